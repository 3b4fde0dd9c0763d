package main

import (
	"fmt"
	"os"
	"strings"

	"github.com/relance/relance"
	"github.com/relance/relance/letter"
	"github.com/relance/relance/letter/paper"
	"github.com/relance/relance/letter/proof"
)

type letterCmd struct {
	Sample letterSampleCmd `cmd:"" help:"Make a letter between invented people, measure it, and say what was found."`
}

// letterSampleCmd needs no database: it shows layouts and ready texts.
type letterSampleCmd struct {
	Layout   string `name:"layout" required:"" help:"de-form-a, de-form-b, fr-dl, fr-c5, ch-right, ch-left or pingen-left."`
	Language string `name:"language" default:"de" enum:"en,fr,de" help:"en, fr or de."`
	Text     string `name:"text" default:"second-order" enum:"second-order,best-customer,inactive,abandoned-cart" help:"Which ready text: second-order, best-customer, inactive or abandoned-cart."`
	Logo     string `name:"logo" type:"existingfile" help:"A PNG or JPEG for the letterhead."`
	Out      string `name:"out" required:"" help:"The file."`
	Overlay  bool   `name:"overlay" help:"Draw in colour what the window shows always (red) and can show (orange), what must be empty (blue), and the folds (green)."`
}

// Run implements the command. What was measured is always the letter without the overlay.
func (c *letterSampleCmd) Run(std *streams) error {
	layout, known := paper.Named(c.Layout)
	if !known {
		return relance.Errorf(relance.CodeBadInput, "there is no layout %s", c.Layout)
	}
	r, err := letter.New()
	if err != nil {
		return err
	}
	l := letter.Sample(layout, letter.Occasion(c.Text), c.Language)
	if c.Logo != "" {
		if l.Sender.Logo, err = readLogo(c.Logo); err != nil {
			return err
		}
	}
	made, err := r.Render(l)
	if err != nil {
		return err
	}
	found := proof.Check(made.PDF, layout, proof.Expected{Address: made.Address, Return: made.Return, Codes: made.Codes})
	std.printf("%s", measured(made, found))
	if len(found.Problems) > 0 {
		return relance.Errorf(relance.CodeBadInput, "this letter would not be sent")
	}
	if c.Overlay {
		l.Overlay = true
		if made, err = r.Render(l); err != nil {
			return err
		}
	}
	if err := os.WriteFile(c.Out, made.PDF, 0o600); err != nil {
		return err
	}
	std.printf("%s\n", c.Out)
	return nil
}

func readLogo(path string) (*letter.Logo, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	return letter.ReadLogo(b)
}

// measured is what the proof found, for people.
func measured(made letter.File, r proof.Report) string {
	var b strings.Builder
	line := func(format string, args ...any) { b.WriteString(fmt.Sprintf(format, args...) + "\n") }
	line("%d page(s), %d bytes", r.Pages, len(made.PDF))
	line("address: x %.1f–%.1f, y %.1f–%.1f mm; from the edges of what always shows: left %.1f, top %.1f, right %.1f, bottom %.1f mm",
		r.Address.X, r.Address.Right(), r.Address.Y, r.Address.Bottom(), r.Room.Left, r.Room.Top, r.Room.Right, r.Room.Bottom)
	for _, m := range r.Marks {
		line("mark: y %.1f mm", m)
	}
	for _, c := range r.Codes {
		line("code: %.1f × %.1f mm, %d modules of %.2f mm, %.1f mm (%.1f modules) free around it", c.Box.W, c.Box.H, c.Modules, c.Module, c.Quiet, c.Quiet/c.Module)
	}
	for _, p := range r.Problems {
		line("problem: %s", p)
	}
	return b.String()
}
