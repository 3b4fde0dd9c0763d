package campaign

import (
	"time"

	"github.com/relance/relance"
)

// oneTime: everybody of the audience, once, at the campaign's start.
func oneTime(c *relance.Campaign, f *relance.Facts, now time.Time) []relance.Instance {
	at := now
	if c.StartedAt != nil {
		at = *c.StartedAt
	}
	shop, ok := homeShop(c, f)
	if !ok {
		return nil
	}
	return []relance.Instance{{Key: profileKey(f.ProfileID, "0"), At: at, ShopID: shop.ID}}
}
