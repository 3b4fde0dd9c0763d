package campaign

import (
	"time"

	"github.com/relance/relance"
)

// placedOrders: an order that counts. Guests' orders count too where they left an address.
func placedOrders(c *relance.Campaign, f *relance.Facts, _ time.Time) (out []relance.Instance) {
	for i := range f.Orders {
		o := &f.Orders[i]
		if o.Counted && !o.NotValidated && of(c, f, o.SourceID) {
			out = append(out, relance.Instance{Key: orderKey(o.ID), At: o.PlacedAt, ShopID: o.SourceID, Order: o, Language: o.Language})
		}
	}
	return out
}
