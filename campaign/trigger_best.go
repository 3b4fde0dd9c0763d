package campaign

import (
	"strconv"
	"time"

	"github.com/shopspring/decimal"

	"github.com/relance/relance"
)

// bestCustomer: the person spent at least the amount within the last days. The event is the
// order that reached it.
func bestCustomer(c *relance.Campaign, f *relance.Facts, now time.Time) []relance.Instance {
	t := &c.Plan.Trigger
	since := now.AddDate(0, 0, -t.Days)
	sum := decimal.Zero
	for i := range f.Orders {
		o := &f.Orders[i]
		if o.PlacedAt.Before(since) || !o.Counted || !o.Paid || o.Currency != t.Currency || !of(c, f, o.SourceID) {
			continue
		}
		if sum = sum.Add(o.Net); sum.GreaterThanOrEqual(t.Amount) {
			n, _ := times(c, f)
			return []relance.Instance{{Key: profileKey(f.ProfileID, strconv.Itoa(n)), At: o.PlacedAt, ShopID: o.SourceID, Language: o.Language}}
		}
	}
	return nil
}

func checkBest(t *relance.Trigger) error {
	if !t.Amount.IsPositive() || t.Currency == "" {
		return relance.FieldErrorf("trigger.amount", "say how much a best customer spends, with its currency")
	}
	if t.Days < 1 || t.Days > 3650 {
		return relance.FieldErrorf("trigger.days", "say within how many days: 1 to 3650")
	}
	return checkAges(t)
}
