package main

import (
	"context"
	"net/http"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/relance/relance"
	"github.com/relance/relance/app"
	"github.com/relance/relance/delivery/pingen/pingentest"
	"github.com/relance/relance/delivery/printersim"
)

// letterPace is how fast letters come on at the simulated printer.
const letterPace = 20 * time.Second

// simulatePingen serves a simulated Pingen whose letters come on by themselves, and gives its
// address.
func simulatePingen(ctx context.Context, group *errgroup.Group) (string, error) {
	s := pingentest.New(printersim.Options{Now: time.Now})
	l, err := listen(ctx, "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	group.Go(func() error { return serveHTTP(ctx, l, http.Handler(s)) })
	group.Go(func() error {
		tick := time.NewTicker(letterPace)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return nil
			case <-tick.C:
			}
			for _, orders := range s.Printed() {
				for _, o := range orders {
					_, _ = s.Advance(ctx, o.ID) // one that has arrived goes no further
				}
			}
		}
	})
	return "http://" + l.Addr().String(), nil
}

// addDemoPrinters gives a merchant without a printer two: their own, and the simulated Pingen.
func addDemoPrinters(ctx context.Context, a *app.App) error {
	m, err := demoMerchant(ctx, a.Store)
	if err != nil {
		return err
	}
	if list, err := a.Store.Printers(ctx, m); err != nil || len(list) > 0 {
		return err
	}
	today := a.Now().UTC().Truncate(24 * time.Hour)
	for _, c := range []relance.PrinterChange{
		{Kind: relance.PrinterHand, Name: "Print it yourself", PostsFrom: "FR"},
		{Kind: relance.PrinterPingen, Name: "Pingen (simulated)", PostsFrom: "FR", ContractOn: &today,
			Account: relance.PrinterAccount{ClientID: pingentest.ClientID, ClientSecret: pingentest.ClientSecret, Organisation: pingentest.Organisation, HookSecret: pingentest.SigningKey}},
	} {
		if _, err := a.AddPrinter(ctx, m, c, "relance dev"); err != nil {
			return err
		}
	}
	return nil
}
