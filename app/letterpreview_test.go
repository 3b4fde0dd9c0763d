package app

import (
	"testing"

	"github.com/relance/relance"
	"github.com/relance/relance/letter/paper"
)

// What the envelope's picture shows of the sheet: the window where it is on the envelope, and the
// sheet in the middle of its play behind it.
func TestTheWindowOfALayout(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]relance.Window{
		"de-form-b": {X: 15, Y: 47.5, Width: 90, Height: 45, Left: 20, Top: 50, EnvelopeWidth: 220, EnvelopeHeight: 110},
		"fr-c5":     {X: 99.5, Y: 48.25, Width: 100, Height: 45, Left: 109, Top: 55, EnvelopeWidth: 229, EnvelopeHeight: 162},
	} {
		l, known := paper.Named(name)
		if !known {
			t.Fatalf("there is no layout %s", name)
		}
		if got := windowOf(l); got == nil || *got != want {
			t.Errorf("%s: %+v, not %+v", name, got, want)
		}
	}
	if l, _ := paper.Named("pingen-left"); windowOf(l) != nil {
		t.Error("nobody knows Pingen's envelope")
	}
}
