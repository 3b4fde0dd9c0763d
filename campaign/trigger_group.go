package campaign

import (
	"time"

	"github.com/relance/relance"
)

// joinedGroup: people put the person into a customer group. Each joining is an event of its own; which
// groups are meant, the audience says.
func joinedGroup(c *relance.Campaign, f *relance.Facts, _ time.Time) []relance.Instance {
	if f.GroupID == nil || f.GroupSince == nil {
		return nil
	}
	shop, ok := homeShop(c, f)
	if !ok {
		return nil
	}
	period := "group:" + f.GroupID.String() + ":" + f.GroupSince.UTC().Format(time.RFC3339)
	return []relance.Instance{{Key: profileKey(f.ProfileID, period), At: *f.GroupSince, ShopID: shop.ID}}
}
