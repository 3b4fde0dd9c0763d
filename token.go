package relance

import (
	"time"

	"github.com/google/uuid"
)

// Token is what lets a program or a person use the API. Its secret is known only to who
// made it.
type Token struct {
	ID        uuid.UUID
	Name      string
	Role      Role
	ShopIDs   []uuid.UUID // empty: all shops
	Shops     []*Shop     // the shops of ShopIDs, where they were asked for; nil: all
	CreatedAt time.Time
}
