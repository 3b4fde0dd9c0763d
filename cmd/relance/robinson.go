package main

import (
	"context"
	"os"
	"time"

	"github.com/google/uuid"

	"github.com/relance/relance/app"
	"github.com/relance/relance/store"
)

// robinsonCmd takes up a list of people who want no advertising letters.
type robinsonCmd struct {
	List     string     `arg:"" type:"existingfile" help:"CSV in UTF-8; its first line names the columns: last name, street, postal code, and first name and country where it has them (English, French or German)."`
	Country  string     `name:"country" default:"DE" help:"Of those whose row names none: ISO 3166-1 alpha-2."`
	Merchant *uuid.UUID `name:"merchant" help:"The merchant; needed once there are two."`
}

// Run implements the command. Reading a list again adds nobody.
func (c *robinsonCmd) Run(ctx context.Context, s *Settings, std *streams) error {
	return withStore(ctx, s, func(st *store.Store) error {
		m, err := theMerchant(ctx, st, c.Merchant, false)
		if err != nil {
			return err
		}
		f, err := os.Open(c.List)
		if err != nil {
			return err
		}
		defer f.Close()
		done, err := (&app.App{Store: st, Now: time.Now}).ImportRobinson(ctx, m, f, c.Country, "command line")
		if err != nil {
			return err
		}
		std.printf("%d read, %d new, %d skipped for want of a name, street or postal code\n", done.Read, done.Added, done.Skipped)
		return nil
	})
}
