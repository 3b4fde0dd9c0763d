package relance

import (
	"encoding/base64"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"
)

// PrinterKind says who prints.
type PrinterKind string

// The kinds of printers.
const (
	PrinterHand    PrinterKind = "HAND"    // the merchant, in batches
	PrinterPingen  PrinterKind = "PINGEN"  // Pingen v2
	PrinterMaileva PrinterKind = "MAILEVA" // Maileva v2 (La Poste)
)

// Printer is whoever prints a merchant's letters and posts them.
type Printer struct {
	ID        uuid.UUID
	Kind      PrinterKind
	Name      string
	PostsFrom string // country, ISO 3166-1 alpha-2
	Color     bool
	Duplex    bool
	// Price of a letter with postage: as typed, or as last quoted; nil: not known.
	Price    *decimal.Decimal
	Currency string
	// ContractOn is the date of the data processing agreement; without it the printer gets
	// nothing. One's own printer needs none.
	ContractOn *time.Time
	Cause      *Sentence // what went wrong last; nil: nothing
	Waiting    int       // letters that wait for one's own printer
	CreatedAt  time.Time
	Sealed     []byte // credentials
}

// Quoted is what a letter costs with postage; nil: not known.
func (p *Printer) Quoted() *Money {
	if p.Price == nil {
		return nil
	}
	return &Money{Amount: *p.Price, Currency: p.Currency}
}

// Message is what went wrong last in English; empty: nothing.
func (p *Printer) Message() string {
	if p.Cause == nil {
		return ""
	}
	return p.Cause.String()
}

// HookPath is where a provider tells its news, below the product's public address; empty for one's
// own printer.
func (p *Printer) HookPath() string {
	if p.Kind == PrinterHand {
		return ""
	}
	return "/hooks/print/" + p.ID.String()
}

// PrinterChange is a printer as somebody wants it.
type PrinterChange struct {
	Kind       PrinterKind
	Name       string
	PostsFrom  string
	Color      bool
	Duplex     bool
	Price      *decimal.Decimal
	Currency   string
	ContractOn *time.Time
	Account    PrinterAccount // all empty: as it was
}

// PrinterAccount is what opens an account at a provider.
type PrinterAccount struct {
	ClientID     string `json:"client_id,omitempty"`
	ClientSecret string `json:"client_secret,omitempty"`
	Organisation string `json:"organisation,omitempty"` // Pingen
	Username     string `json:"username,omitempty"`     // Maileva
	Password     string `json:"password,omitempty"`     // Maileva
	// HookSecret is what news is signed with (Pingen), or the password that comes with it
	// (Maileva).
	HookSecret string `json:"hook_secret,omitempty"`
	Live       bool   `json:"live,omitempty"` // false: the provider's test system, which prints nothing
}

// Letter is a letter of the ledger.
type Letter struct {
	FollowUpID uuid.UUID
	Code       string
	PrinterID  uuid.UUID
	ExternalID string
	State      PrintState
	Raw        string
	Recipient  []string
	City       string
	Country    string
	AddressKey string
	Language   string
	Layout     string
	Pages      int
	File       []byte // SHA-256 of the PDF
	Price      *decimal.Decimal
	Currency   string
	BatchID    *uuid.UUID
	MadeAt     time.Time
	OrderedAt  *time.Time // when the printer was first told to print: from then on it may have been
	PostedAt   *time.Time
	EndedAt    *time.Time
	CancelAt   *time.Time
	Round      int // counts up when a person has it sent once more
	Scans      int
	ScannedAt  *time.Time // first by a person
}

// PrintBatch is letters that the merchant prints together.
type PrintBatch struct {
	ID        uuid.UUID
	PrinterID uuid.UUID
	Number    int
	Letters   int // tests included
	Tests     int
	Pages     int
	Author    string
	CreatedAt time.Time
	PostedAt  *time.Time
}

// LetterPreview is a letter to look at.
type LetterPreview struct {
	PDF       []byte // nil where it could not be made
	Pages     int
	Recipient []string
	Problems  []Sentence // why it would not be sent
	Window    *Window    // what the envelope shows; nil: not told
	Price     *Money
}

// Base64 is the file as it travels in JSON.
func (p *LetterPreview) Base64() string { return base64.StdEncoding.EncodeToString(p.PDF) }

// Window is a rectangle on the sheet, in mm from its top left corner, and the envelope around it.
type Window struct {
	X, Y, Width, Height           float64
	Left, Top                     float64 // of the window, from the envelope's top left corner
	EnvelopeWidth, EnvelopeHeight float64
}

// LetterPreviewOrder says what to look at.
type LetterPreviewOrder struct {
	ShopID    uuid.UUID
	ProfileID *uuid.UUID // nil: somebody invented, or Address
	Address   *Address   // as somebody typed it; the price is then what the printer asks for this very letter
	Language  string
	Text      LetterText
	Voucher   *Offer
	Overlay   bool
}

// ProposalState is what became of an address that the post reported.
type ProposalState string

// The states of a proposal.
const (
	ProposalOpen      ProposalState = "OPEN"
	ProposalTaken     ProposalState = "TAKEN"     // it stands in for the address that the letter went to
	ProposalDismissed ProposalState = "DISMISSED" // the address stays as it is
	ProposalDone      ProposalState = "DONE"      // somebody saw to it otherwise, such as in the shop
)

// AddressProposal is what the post says of somebody's address.
type AddressProposal struct {
	ID         uuid.UUID
	FollowUpID uuid.UUID
	ProfileID  *uuid.UUID // nil: gone
	Name       string
	Written    []string
	Country    string   // that the letter went to
	Address    *Address // nil: a letter came back, and nobody knows where they live
	At         time.Time
	State      ProposalState
	DecidedBy  string // "" while it is open
	DecidedAt  *time.Time
}

// ProposalQuery asks for proposals; without ID and ProfileID for those that are open.
type ProposalQuery struct {
	ID        *uuid.UUID
	ProfileID *uuid.UUID
	ShopIDs   []uuid.UUID // the asker may see no others; nil: all
	Limit     int
}

// Proposed is where they live by now, line by line; empty: nobody knows.
func (p *AddressProposal) Proposed() []string {
	if p.Address == nil {
		return []string{}
	}
	a := p.Address
	lines := []string{strings.TrimSpace(a.FirstName + " " + a.LastName), a.Company, a.Line1, a.Line2, strings.TrimSpace(a.PostalCode + " " + a.City), a.CountryCode}
	return slices.DeleteFunc(lines, func(l string) bool { return l == "" })
}
