package pingen

import "github.com/relance/relance"

// states are Pingen's words. Their list is not a closed one: new words have come without notice.
// "invalid" and "unprintable" are the file's; "action_required" and "fixing" wait for somebody at
// Pingen's own dashboard, who may still release the letter, so they are no end; "cancelling" may
// fail and is none either; with "transferring" the printing house has it.
var states = map[string]relance.PrintState{ //nolint:gochecknoglobals // a table
	"validating":       relance.PrintDraft,
	"fixing":           relance.PrintDraft,
	"action_required":  relance.PrintDraft,
	"valid":            relance.PrintValidated,
	"invalid":          relance.PrintRejected,
	"unprintable":      relance.PrintRejected,
	"rejected":         relance.PrintRejected,
	"awaiting_credits": relance.PrintSubmitted,
	"submitted":        relance.PrintSubmitted,
	"inspection":       relance.PrintSubmitted,
	"cancelling":       relance.PrintSubmitted,
	"accepted":         relance.PrintAccepted,
	"transferring":     relance.PrintPrinting,
	"processing":       relance.PrintPrinting,
	"printing":         relance.PrintPrinting,
	"sent":             relance.PrintPosted,
	"delivered":        relance.PrintDelivered,
	"undeliverable":    relance.PrintUndeliverable,
	"cancelled":        relance.PrintCancelled,
	"expired":          relance.PrintExpired,
}

func stateOf(word string) relance.PrintState {
	if s, known := states[word]; known {
		return s
	}
	return relance.PrintUnknown
}
