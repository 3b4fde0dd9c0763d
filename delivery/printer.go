package delivery

import (
	"context"
	"net/http"

	"github.com/relance/relance"
)

// Printer prints letters and posts them. Handing over has two steps, so that a crash between any
// two bytes prints nothing twice: Prepare leaves a draft that costs nothing, its id is committed
// on our side, and only then Submit releases that very draft.
//
// What goes wrong is a *[Failure], or ctx's error where nothing was begun.
type Printer interface {
	// Can says what the provider is able to do, and what it asks of a file.
	Can() PrinterAbilities
	// Quote is what the letter will cost with postage. A provider that cannot say gives nil.
	Quote(ctx context.Context, o relance.PrintOrder) (*relance.Money, error)
	// Prepare hands over the file and gives the id of the draft. With the same key it finds what
	// an earlier try left, or makes another: a draft that is never submitted costs nothing.
	Prepare(ctx context.Context, o relance.PrintOrder) (id string, err error)
	// Submit orders the draft to be printed; from here on it costs money. Doing it again for the
	// same id orders nothing more. Later also means: the provider still checks the file.
	Submit(ctx context.Context, id string) (relance.PrintStatus, error)
	// Status asks how a letter stands.
	Status(ctx context.Context, id string) (relance.PrintStatus, error)
	// Cancel takes a letter back; Refused where it is too late. Doing it again is no error.
	Cancel(ctx context.Context, id string) error
}

// PrinterHook is a printer that tells news by itself.
type PrinterHook interface {
	// ReadNews checks that a request is the provider's, by the secret that was agreed, and gives
	// what it tells. A forged one is UNAUTHORIZED. The same news may come twice and out of order.
	ReadNews(header http.Header, body []byte) ([]relance.PrintStatus, error)
}

// PrinterAbilities is what a provider can do, and what it asks of a file.
type PrinterAbilities struct {
	Name     string // of the provider, for people
	Quotes   bool   // says beforehand what a letter costs
	MaxPages int
	MaxBytes int
	Windows  []relance.WindowSide // that its envelopes have
}
