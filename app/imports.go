package app

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/csv"
	"errors"
	"io"
	"path/filepath"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/relance/relance"
	"github.com/relance/relance/identity"
	"github.com/relance/relance/internal/sheet"
)

const (
	importPart   = 1 << 20 // bytes of a file that are kept in one row
	importSample = 8       // rows that are shown before
)

// UploadImport keeps a spreadsheet and says what it looks like. Whatever breaks, nothing is left of it.
func (a *App) UploadImport(ctx context.Context, m uuid.UUID, name string, file io.Reader, shops []uuid.UUID, actor string) (relance.Import, error) {
	id, err := a.Store.BeginImport(ctx, m, fileName(name), shops, actor, a.Now())
	if err != nil {
		return relance.Import{}, err
	}
	if err = a.keepFile(ctx, m, id, file); err == nil {
		err = a.look(ctx, m, id)
	}
	if err != nil {
		return relance.Import{}, errors.Join(err, a.Store.DropImport(context.WithoutCancel(ctx), m, id))
	}
	return a.Store.Import(ctx, m, id, a.Now())
}

// fileName is a file's name without its folders and whatever is no text.
func fileName(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == utf8.RuneError {
			return -1
		}
		return r
	}, filepath.Base(strings.ReplaceAll(s, `\`, "/")))
	if r := []rune(s); len(r) > 120 {
		s = string(r[:120])
	}
	return s
}

func (a *App) keepFile(ctx context.Context, m, id uuid.UUID, file io.Reader) error {
	part := make([]byte, importPart)
	size := 0
	for seq := 0; ; seq++ {
		n, err := io.ReadFull(file, part)
		if size += n; size > relance.MostImportBytes {
			return relance.TellField("file", "IMPORT_TOO_LARGE", "most", strconv.Itoa(relance.MostImportBytes>>20))
		}
		if n > 0 {
			if err := a.Store.AddImportPart(ctx, m, id, seq, part[:n]); err != nil {
				return err
			}
		}
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return nil
		}
		if err != nil {
			return relance.TellField("file", "IMPORT_FORMAT")
		}
	}
}

// look finds out what a file is, and reads its header and first rows.
func (a *App) look(ctx context.Context, m, id uuid.UUID) error {
	head, err := a.Store.ImportPart(ctx, m, id, 0)
	if err != nil {
		return err
	}
	g, err := sheet.Detect(head[:min(len(head), 256<<10)])
	if err != nil {
		return refusedSheet(err)
	}
	i := &relance.Import{ID: id, Format: g.Format, Encoding: g.Encoding, Separator: g.Separator}
	r, err := a.openSheet(ctx, m, i)
	if err != nil {
		return err
	}
	defer func() { _ = r.Close() }()
	first, err := r.Next()
	if err != nil || first.Problem != sheet.Fine || len(first.Cells) == 0 {
		return relance.TellField("file", "IMPORT_HEADER", "most", strconv.Itoa(sheet.MaxColumns))
	}
	i.Header = first.Cells
	for len(i.Sample) < importSample {
		row, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return refusedSheet(err)
		}
		i.Sample = append(i.Sample, row.Cells)
	}
	return a.Store.Uploaded(ctx, m, i)
}

func refusedSheet(err error) error {
	switch {
	case errors.Is(err, sheet.ErrBomb):
		return relance.TellField("file", "IMPORT_BOMB")
	case errors.Is(err, sheet.ErrFormat):
		return relance.TellField("file", "IMPORT_FORMAT")
	}
	return err
}

// GuessImport is the mapping that was used last for the file's header, else what its words say.
func (a *App) GuessImport(ctx context.Context, m uuid.UUID, i *relance.Import, what relance.ImportWhat) ([]string, error) {
	known, err := a.Store.Mapping(ctx, m, what, headerSum(i.Header))
	if err != nil || len(known) == len(i.Header) && known != nil {
		return known, err
	}
	folded := make([]string, len(i.Header))
	for n, h := range i.Header {
		folded[n] = identity.Fold(h)
	}
	return relance.GuessMapping(what, folded), nil
}

// headerSum knows a set of columns by their folded headers.
func headerSum(header []string) []byte {
	h := sha256.New()
	for _, s := range header {
		_, _ = io.WriteString(h, identity.Fold(s)+"\x00")
	}
	return h.Sum(nil)[:16]
}

// StartImport has an import checked, or run: a worker reads the file.
func (a *App) StartImport(ctx context.Context, m, id uuid.UUID, p relance.ImportPlan, run bool, actor string) error {
	i, err := a.Store.Import(ctx, m, id, a.Now())
	if err != nil {
		return err
	}
	if err := p.Check(len(i.Header)); err != nil {
		return err
	}
	if p.ShopID != nil {
		if _, err := a.Store.Shop(ctx, m, *p.ShopID); err != nil {
			return err
		}
	}
	if err := a.Store.StartImport(ctx, m, id, &p, headerSum(i.Header), run, a.Now()); err != nil {
		return err
	}
	a.handOut(ctx, relance.Claim{MerchantID: m, ID: id, Claims: i.Claims})
	if !run {
		return nil
	}
	return a.audit(ctx, m, actor, "start_import", "import", id, map[string]any{"what": p.What, "bytes": i.Bytes})
}

// UndoImport takes back what an import wrote: what it made goes, what it changed is as before.
func (a *App) UndoImport(ctx context.Context, m, id uuid.UUID, actor string) error {
	if err := a.Store.UndoImport(ctx, m, id, actor, a.Now()); err != nil {
		return err
	}
	i, err := a.Store.Import(ctx, m, id, a.Now())
	if err != nil {
		return err
	}
	a.handOut(ctx, relance.Claim{MerchantID: m, ID: id, Claims: i.Claims})
	return a.audit(ctx, m, actor, "undo_import", "import", id, i.Counts)
}

// handOut asks for a worker; where the queue is not reached, a sweep does.
func (a *App) handOut(ctx context.Context, t relance.Claim) {
	if err := a.Queue.Import(ctx, t); err != nil {
		a.Log.Warn("queue not reached; a sweep will hand the import out", "import", t.ID, "err", err)
	}
}

// WriteImportErrors writes the rows that were not taken, each with its line and why, as a CSV that can be
// mended and uploaded again. No cell can be taken for a formula.
func (a *App) WriteImportErrors(ctx context.Context, w io.Writer, m, id uuid.UUID) error {
	i, err := a.Store.Import(ctx, m, id, a.Now())
	if err != nil {
		return err
	}
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return err
	}
	out := csv.NewWriter(w)
	out.Comma = ';'
	if err := out.Write(append(harmless(i.Header), "Line", "Reason")); err != nil {
		return err
	}
	for after := int64(0); ; {
		list, err := a.Store.ImportErrors(ctx, m, id, after, 1000)
		if err != nil || len(list) == 0 {
			out.Flush()
			return errors.Join(err, out.Error())
		}
		for _, e := range list {
			cells := make([]string, len(i.Header))
			copy(cells, e.Cells)
			if err := out.Write(append(harmless(cells), strconv.FormatInt(e.Line, 10), e.Cause.String())); err != nil {
				return err
			}
			after = e.Line
		}
	}
}

func harmless(cells []string) []string {
	out := make([]string, len(cells), len(cells)+2)
	for i, c := range cells {
		if out[i] = c; c != "" && bytes.ContainsRune([]byte("=+-@\t\r"), rune(c[0])) {
			out[i] = "'" + c
		}
	}
	return out
}
