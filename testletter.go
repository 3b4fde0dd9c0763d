package relance

import (
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"
)

// TestLetter is a letter that somebody has printed and posted to see it, to an address that they
// typed. It belongs to no campaign and counts in nothing.
type TestLetter struct {
	ID          uuid.UUID // the key that whoever ordered it gave: the same one orders once
	ShopID      uuid.UUID
	PrinterID   uuid.UUID
	PrinterName string
	ExternalID  string
	State       PrintState
	Raw         string // the printer's own word
	Recipient   []string
	City        string
	Country     string
	Layout      string
	Pages       int
	File        []byte // SHA-256 of the PDF
	Price       *decimal.Decimal
	Currency    string
	BatchNumber *int
	Author      string
	MadeAt      time.Time
	OrderedAt   *time.Time // when the printer was told to print: from then on it may have been
	PostedAt    *time.Time
	EndedAt     *time.Time
}

// Cost is what it costs; nil: not known.
func (t *TestLetter) Cost() *Money {
	if t.Price == nil {
		return nil
	}
	return &Money{Amount: *t.Price, Currency: t.Currency}
}

// TestLetterOrder is a test letter as somebody wants it: what they looked at, to an address.
type TestLetterOrder struct {
	LetterPreviewOrder
	Key    uuid.UUID
	Agreed *Money // what they were told that it costs; nil: they were told that nobody knows
}
