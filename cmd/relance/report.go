package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"

	"github.com/google/uuid"

	"github.com/relance/relance/app"
	"github.com/relance/relance/store"
)

// reportCmd writes a month's report.
type reportCmd struct {
	Month    string     `name:"month" required:"" help:"The month, such as 2026-11."`
	Out      string     `name:"out" help:"The file; its ending, xlsx or csv, says how. relance-MONTH.xlsx where it is left out."`
	Language string     `name:"language" default:"en" enum:"en,fr,de" help:"Of the headings: en, fr or de."`
	Merchant *uuid.UUID `name:"merchant" help:"The merchant; needed once there are two."`
}

// Run implements the command. There is no file where it fails before.
func (c *reportCmd) Run(ctx context.Context, s *Settings, std *streams) error {
	return withStore(ctx, s, func(st *store.Store) error {
		m, err := theMerchant(ctx, st, c.Merchant, false)
		if err != nil {
			return err
		}
		if c.Out == "" {
			c.Out = "relance-" + c.Month + ".xlsx"
		}
		var file bytes.Buffer
		format := strings.TrimPrefix(strings.ToLower(filepath.Ext(c.Out)), ".")
		if err := (&app.App{Store: st}).WriteReport(ctx, &file, m, c.Month, format, c.Language, nil); err != nil {
			return err
		}
		if err := os.WriteFile(c.Out, file.Bytes(), 0o600); err != nil {
			return err
		}
		std.printf("%s\n", c.Out)
		return nil
	})
}
