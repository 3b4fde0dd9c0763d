package campaign

import (
	"time"

	"github.com/relance/relance"
)

// inactiveCustomer: the latest order, of any state, is as many days ago; at least one counts.
// The event is the day on which that came true.
func inactiveCustomer(c *relance.Campaign, f *relance.Facts, _ time.Time) []relance.Instance {
	var last, counted *relance.FactOrder
	for i := range f.Orders {
		o := &f.Orders[i]
		if o.Test {
			continue
		}
		if last == nil || !o.PlacedAt.Before(last.PlacedAt) {
			last = o
		}
		if o.Counted && of(c, f, o.SourceID) {
			counted = o
		}
	}
	if counted == nil {
		return nil
	}
	return []relance.Instance{{Key: nextPeriod(c, f), At: last.PlacedAt.AddDate(0, 0, c.Plan.Trigger.Days), ShopID: counted.SourceID, Language: counted.Language}}
}

func checkInactive(t *relance.Trigger) error {
	if t.Days < 1 || t.Days > 3650 {
		return relance.TellField("trigger.days", "INACTIVE_DAYS")
	}
	return checkAges(t)
}
