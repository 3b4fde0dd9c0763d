package maileva

import "github.com/relance/relance"

// sendings are Maileva's words for a sending. With errors means for a sending of one letter that
// its recipient tells.
var sendings = map[string]relance.PrintState{ //nolint:gochecknoglobals // a table
	"DRAFT":                 relance.PrintDraft,
	"PENDING":               relance.PrintSubmitted,
	"ACCEPTED":              relance.PrintAccepted,
	"REJECTED":              relance.PrintRejected,
	"PROCESSED":             relance.PrintPosted,
	"PROCESSED_WITH_ERRORS": relance.PrintUnknown,
}

// recipients are its words for a recipient of a sending that is being printed.
var recipients = map[string]relance.PrintState{ //nolint:gochecknoglobals // a table
	"DRAFT":     relance.PrintAccepted,
	"PENDING":   relance.PrintAccepted,
	"PROCESSED": relance.PrintPosted,
	"REJECTED":  relance.PrintRejected,
}

// deliveries are the words of the post. Maileva publishes no closed list of them: these are the
// French post's usual ones ("pli non distribuable", "n'habite pas à l'adresse indiquée"), to be
// compared with the account's own documentation. Another word leaves the recipient's state.
var deliveries = map[string]relance.PrintState{ //nolint:gochecknoglobals // a table
	"DISTRIBUTED":   relance.PrintDelivered,
	"DELIVERED":     relance.PrintDelivered,
	"UNDELIVERABLE": relance.PrintUndeliverable,
	"PND":           relance.PrintUndeliverable,
	"NPAI":          relance.PrintUndeliverable,
	"RETURNED":      relance.PrintReturned,
}

func word(table map[string]relance.PrintState, s string) relance.PrintState {
	if state, known := table[s]; known {
		return state
	}
	return relance.PrintUnknown
}
