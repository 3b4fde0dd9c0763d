// Package letter makes printed letters: from a text, what is known of the recipient and a layout
// it makes the bytes of a PDF. It is pure: the same input gives the same bytes.
//
//	text (Liquid, Markdown) ─template─▶ blocks ─┐
//	address ─postal─▶ lines ────────────────────┼─▶ pages ─fpdf─▶ PDF ─proof─▶ may be sent
//	layout ─paper─▶ where things stand ─────────┘
//
// Where things stand is data of letter/paper. Whether they do stand there is not this package's
// word: letter/proof measures the finished file.
package letter

import (
	"time"

	"github.com/relance/relance"
	"github.com/relance/relance/letter/paper"
	"github.com/relance/relance/template"
)

// MaxPages is how long a letter may be.
const MaxPages = 3

// Text is a letter's text in one language. It can say what an e-mail's text can, but for the cart.
type Text = relance.LetterText

// Sender is who writes, and what the law wants told of them.
type Sender struct {
	Name    string   // stands where there is no logo
	Address []string // lines: where letters come back to, and objections go
	Details []string // lines beside the address: telephone, web, e-mail
	Place   string   // before the date
	Imprint string   // at the foot of the first page
	// Controller, Source and PrivacyURL are named in every letter (GDPR 13, 14); Source follows
	// "we have your address from".
	Controller, Source, PrivacyURL string
	Signature                      []string // who signs, below the closing words
	Logo                           *Logo    // nil: the name stands there
}

// Letter is all that one letter is made of.
type Letter struct {
	Layout    paper.Layout
	Text      Text
	Data      template.Data // Cart must be nil
	Sender    Sender
	Recipient relance.Address
	Date      time.Time // printed, in the zone of the shop
	// CodeURL is behind the code beside the voucher; none where it is empty.
	CodeURL string
	// ObjectURL is behind the code at the foot, where the person says "no more letters".
	ObjectURL string
	Overlay   bool // draw window, zones and folds, for people to look at; never sent
}

// File is a finished letter.
type File struct {
	PDF     []byte
	Pages   int
	Address []string // the lines in the window, as printed
	Return  string   // the sender's line above them; empty where the layout has none
	Codes   int      // codes for a camera on the first page and further ones
}
