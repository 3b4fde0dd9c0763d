package campaign

import (
	"time"

	"github.com/relance/relance"
)

// endingMemberships: so many days before a membership holds no more, at the start of the day in the
// person's shop's zone. An end that is moved is another event.
func endingMemberships(c *relance.Campaign, f *relance.Facts, _ time.Time) (out []relance.Instance) {
	shop, ok := homeShop(c, f)
	if !ok {
		return nil
	}
	for _, m := range f.Ending {
		y, month, d := m.EndsOn.UTC().Date()
		at := time.Date(y, month, d-c.Plan.Trigger.Days, 0, 0, 0, 0, shop.Zone)
		out = append(out, relance.Instance{Key: profileKey(f.ProfileID, "membership:"+m.ID.String()+":"+m.EndsOn.UTC().Format(time.DateOnly)), At: at, ShopID: shop.ID})
	}
	return out
}

func checkEnding(t *relance.Trigger) error {
	if t.Days < 1 || t.Days > 90 {
		return relance.TellField("trigger.days", "ENDING_DAYS")
	}
	if t.MaxAge <= 0 || t.MaxAge > time.Duration(t.Days)*24*time.Hour {
		return relance.TellField("trigger.maxAgeMinutes", "ENDING_LATE")
	}
	return checkAges(t)
}
