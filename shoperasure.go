package relance

import (
	"time"

	"github.com/google/uuid"
)

// ShopErasureStep is what the erasure of a shop does next.
type ShopErasureStep string

// The steps in their order.
const (
	ShopErasePeople ShopErasureStep = "PEOPLE" // one after the other
	ShopEraseRest   ShopErasureStep = "REST"   // what belongs to nobody: orders and carts without a customer, rows of pulls
	ShopEraseDone   ShopErasureStep = "DONE"
)

// ShopErasure is the erasure of all that a shop told of people, and in the end its certificate.
type ShopErasure struct {
	ID         uuid.UUID
	ShopID     uuid.UUID
	ShopName   string
	RequestID  *uuid.UUID
	Step       ShopErasureStep
	People     int64            // whom nobody else knew when it was confirmed
	Elsewhere  int64            // who were known elsewhere
	Done       int64            // people who are dealt with
	Parted     int64            // of them, who stay, without what the shop told of them
	Erased     map[string]int64 // rows, by table
	Kept       map[string]int64
	BegunBy    string
	BegunAt    time.Time
	FinishedAt *time.Time
}

// ShopPeople is who would be erased with a shop.
type ShopPeople struct {
	ShopID    uuid.UUID
	ShopName  string
	People    int64 // whom nobody else knows
	Elsewhere int64 // whom another shop, a spreadsheet, a program or the merchant knows as well
}
