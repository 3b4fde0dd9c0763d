package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/relance/relance"
	"github.com/relance/relance/app"
	"github.com/relance/relance/store"
)

type erasedCmd struct {
	Save  erasedSaveCmd  `cmd:"" help:"Write the list of all merchants to a file, after each backup or more often."`
	Apply erasedApplyCmd `cmd:"" help:"After a backup was restored: take the list up, and erase again whom and which shops the backup brought back. The workers do it."`
}

type erasedSaveCmd struct {
	File string `arg:"" type:"path" help:"The file; it is replaced as a whole."`
}

// Run implements the command.
func (c *erasedSaveCmd) Run(ctx context.Context, s *Settings, std *streams) error {
	return inApp(ctx, s, func(_ *app.App, st *store.Store) error {
		merchants, err := st.Merchants(ctx)
		if err != nil {
			return err
		}
		f, err := os.OpenFile(c.File+".new", os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
		if err != nil {
			return err
		}
		defer os.Remove(c.File + ".new") //nolint:errcheck // it has its name by then
		sums, shops := 0, 0
		for _, m := range merchants {
			list, err := st.ErasedList(ctx, m)
			if relance.CodeOf(err) == relance.CodeNotFound {
				continue
			}
			if err == nil {
				err = json.NewEncoder(f).Encode(list)
			}
			if err != nil {
				return errors.Join(err, f.Close())
			}
			sums, shops = sums+len(list.Sums), shops+len(list.Shops)
		}
		if err := errors.Join(f.Sync(), f.Close()); err != nil {
			return err
		}
		std.printf("%d sums of people who were erased, %d shops that were erased as a whole\n", sums, shops)
		return os.Rename(c.File+".new", c.File)
	})
}

type erasedApplyCmd struct {
	File string `arg:"" type:"existingfile" help:"What save wrote."`
}

// Run implements the command. Doing it twice changes nothing.
func (c *erasedApplyCmd) Run(ctx context.Context, s *Settings, std *streams) error {
	return inApp(ctx, s, func(a *app.App, st *store.Store) error {
		f, err := os.Open(c.File)
		if err != nil {
			return err
		}
		defer f.Close()
		for lines := json.NewDecoder(bufio.NewReader(f)); ; {
			var list store.ErasedList
			if err := lines.Decode(&list); errors.Is(err, io.EOF) {
				return nil
			} else if err != nil {
				return fmt.Errorf("%s is not what `relance erased save` writes: %w", c.File, err)
			}
			added, err := st.TakeErasedList(ctx, list, a.Now())
			if err != nil {
				return err
			}
			people, err := a.EraseAgain(ctx, list.MerchantID)
			if err != nil {
				return err
			}
			shops, err := a.EraseShopsAgain(ctx, list.MerchantID, list.Shops)
			if err != nil {
				return err
			}
			std.printf("merchant %s: sums taken up: %d, people erased again: %d, shops erased again: %d\n", list.MerchantID, added, people, shops)
		}
	})
}
