package main

import (
	"context"
	"encoding/json"
	"time"

	"github.com/google/uuid"

	"github.com/relance/relance"
	"github.com/relance/relance/store"
)

// previewCmd shows who would get what now.
type previewCmd struct {
	Campaign uuid.UUID `arg:"" help:"The campaign's id."`
	Merchant uuid.UUID `name:"merchant" required:"" help:"The merchant's id."`
	Examples int       `name:"examples" default:"10" help:"How many of those who would get something are listed."`
}

// Run implements the command.
func (c *previewCmd) Run(ctx context.Context, s *Settings, std *streams) error {
	return withStore(ctx, s, func(st *store.Store) error {
		a, err := s.newApp(st, nil, s.logger())
		if err != nil {
			return err
		}
		p, err := a.Preview(ctx, c.Merchant, c.Campaign, min(max(c.Examples, 0), 100))
		if err != nil {
			return err
		}
		std.printf("%d people, %d events: %d would be sent, %d waited for, %d held out\n", p.People, p.Events, p.Sends, p.Waits, p.Holdout)
		printReasons(std, "not sent", p.Refused)
		printReasons(std, "not yet", p.Waiting)
		for _, e := range p.Examples {
			std.printf("would get %s: %s <%s> (%s, %s)\n", e.StepKey, e.Name, e.Email, e.Language, e.Basis)
		}
		return nil
	})
}

// backtestCmd plays a campaign over the past.
type backtestCmd struct {
	Campaign uuid.UUID `arg:"" help:"The campaign's id."`
	Merchant uuid.UUID `name:"merchant" required:"" help:"The merchant's id."`
	Days     int       `name:"days" default:"90" help:"Over how many past days."`
	JSON     bool      `name:"json" help:"Print everything as JSON."`
}

// Run implements the command.
func (c *backtestCmd) Run(ctx context.Context, s *Settings, std *streams) error {
	return withStore(ctx, s, func(st *store.Store) error {
		a, err := s.newApp(st, nil, s.logger())
		if err != nil {
			return err
		}
		b, err := a.Backtest(ctx, c.Merchant, c.Campaign, c.Days, 0)
		if err != nil {
			return err
		}
		if c.JSON {
			enc := json.NewEncoder(std.out)
			enc.SetIndent("", "  ")
			return enc.Encode(b)
		}
		std.printf("%s to %s, %d people: %d messages with %d vouchers would have gone out, %d events held out\n",
			b.From.Format(time.DateOnly), b.To.Format(time.DateOnly), b.People, b.Sends, b.Vouchers, b.Holdout)
		printReasons(std, "not sent", b.Refused)
		std.printf("labels, memberships, settings and whether orders had arrived are as of today; hash %s\n", b.Hash)
		return nil
	})
}

func printReasons(std *streams, what string, counts map[relance.Reason]int) {
	for _, r := range relance.Reasons(counts) {
		std.printf("%s: %-20s %d\n", what, r.Reason, r.Count)
	}
}

// withStore runs f on the database and closes it.
func withStore(ctx context.Context, s *Settings, f func(*store.Store) error) error {
	st, err := s.openStore(ctx)
	if err != nil {
		return err
	}
	defer st.Close()
	return f(st)
}
