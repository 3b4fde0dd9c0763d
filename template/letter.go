package template

import (
	"strconv"
	"time"

	"github.com/relance/relance"
)

// Line fills in a text of one line, such as the subject of a letter. An error names the place, and
// is BAD_INPUT.
func (r *Renderer) Line(part, source string, d Data) (string, error) {
	out, err := r.bounded(part, source, d, func(s string) string { return s })
	return oneLine(out), err
}

// Markdown fills in a text and leaves it in Markdown, in which the values are text. An error names
// the place, and is BAD_INPUT.
func (r *Renderer) Markdown(part, source string, d Data) (string, error) {
	return r.bounded(part, source, d, escape)
}

func (r *Renderer) bounded(part, source string, d Data, safe func(string) string) (string, error) {
	if len(source) > maxSource {
		return "", relance.TellField(part, "TEXT_TOO_LONG", "most", strconv.Itoa(maxSource))
	}
	return r.liquid(part, source, bindings(d, safe))
}

// Day writes a date as texts do: "1er mai 2026", "1. Mai 2026", "1 May 2026".
func Day(t time.Time, language string) string { return date(t, language) }
