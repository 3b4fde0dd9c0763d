package relance

import (
	"time"
)

// PrintState is where a letter stands with whoever prints it, in one set of words for all
// providers.
type PrintState string

// The states of a printed letter, in the order in which they come.
const (
	PrintDraft         PrintState = "DRAFT"         // handed over; nothing is printed yet
	PrintValidated     PrintState = "VALIDATED"     // the provider has checked the file
	PrintSubmitted     PrintState = "SUBMITTED"     // ordered: from here on it costs money
	PrintAccepted      PrintState = "ACCEPTED"      // the provider will print it
	PrintPrinting      PrintState = "PRINTING"      // too late to cancel
	PrintPosted        PrintState = "POSTED"        // with the post
	PrintDelivered     PrintState = "DELIVERED"     // the post says so
	PrintUndeliverable PrintState = "UNDELIVERABLE" // nobody there by that name
	PrintReturned      PrintState = "RETURNED"      // came back
	PrintRejected      PrintState = "REJECTED"      // the provider will not print it
	PrintCancelled     PrintState = "CANCELLED"
	PrintExpired       PrintState = "EXPIRED" // the provider gave it up: never released in time
	PrintUnknown       PrintState = "UNKNOWN" // a word that is not in our table: kept as text, and told
)

// Final reports whether the provider has nothing more to say.
func (s PrintState) Final() bool {
	switch s {
	case PrintDelivered, PrintUndeliverable, PrintReturned, PrintRejected, PrintCancelled, PrintExpired:
		return true
	}
	return false
}

// WindowSide is where the window of the envelope is.
type WindowSide string

// The sides.
const (
	WindowLeft  WindowSide = "LEFT"
	WindowRight WindowSide = "RIGHT"
)

// PrintOrder is a letter for a provider to print and post.
type PrintOrder struct {
	// Key is the letter's own, the same for every try: by it a provider tells a repeat, or we
	// find what an earlier try left there.
	Key       string
	PDF       []byte
	Pages     int
	Recipient []string // as it stands in the window, for providers that want it apart
	Country   string   // of the recipient, ISO 3166-1 alpha-2
	Window    WindowSide
	Color     bool
	Duplex    bool
}

// PrintStatus is what a provider says of a letter.
type PrintStatus struct {
	ExternalID string
	State      PrintState
	Raw        string // the provider's own word
	Reason     string // in the provider's words, of what went wrong; it may hold personal data
	At         time.Time
	// Corrected is where the person lives by now, where the post knows; nil else.
	Corrected *Address
	Price     *Money // what it costs, once the provider says
}
