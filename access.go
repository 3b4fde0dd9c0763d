package relance

import (
	"time"

	"github.com/google/uuid"
)

// Role is what somebody may do.
type Role string

// The roles, from the widest to the narrowest.
const (
	RoleOwner    Role = "OWNER"    // everything
	RoleMarketer Role = "MARKETER" // customers, segments, campaigns
	RoleClerk    Role = "CLERK"    // look up and serve customers, perhaps of some shops only
	RoleReader   Role = "READER"   // look
)

// Includes reports whether r may do what needs other.
func (r Role) Includes(other Role) bool { return r.rank() >= other.rank() && r.rank() > 0 }

func (r Role) rank() int {
	switch r {
	case RoleOwner:
		return 4
	case RoleMarketer:
		return 3
	case RoleClerk:
		return 2
	case RoleReader:
		return 1
	}
	return 0
}

// Bearer is who a request comes from.
type Bearer struct {
	MerchantID uuid.UUID
	TokenID    uuid.UUID // of a program; nil for a person
	UserID     uuid.UUID // of a person; nil for a program
	SessionID  uuid.UUID
	Role       Role
	ShopIDs    []uuid.UUID // nil: all shops
	TwoFactor  bool        // the person has a second factor
}

// Actor names the bearer in the audit trail.
func (b Bearer) Actor() string {
	if b.UserID != uuid.Nil {
		return "user " + b.UserID.String()
	}
	return "token " + b.TokenID.String()
}

// Sees reports whether the bearer may see a shop.
func (b Bearer) Sees(shop uuid.UUID) bool {
	if b.ShopIDs == nil {
		return true
	}
	for _, id := range b.ShopIDs {
		if id == shop {
			return true
		}
	}
	return false
}

// Merchant is a tenant: one business with its shops, customers and staff.
type Merchant struct {
	ID           uuid.UUID
	Name         string
	MainCurrency string // ISO 4217
	// AbandonAfterMinutes is how long a cart rests before it counts as abandoned.
	AbandonAfterMinutes int
	// RelayContractOn is the date of the data processing agreement with whoever carries the mail
	// (Article 28 GDPR); nil: there is none yet, and no campaign can be started.
	RelayContractOn *time.Time
}
