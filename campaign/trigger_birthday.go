package campaign

import (
	"strconv"
	"time"

	"github.com/relance/relance"
)

// birthday: so many days before the person's birthday, at the start of the day in their shop's
// zone. Dates that shops fill in for "none" are no birthdays; who is born on 29 February
// celebrates on the 28th in other years.
func birthday(c *relance.Campaign, f *relance.Facts, now time.Time) (out []relance.Instance) {
	b := f.Birthday
	if b == nil || b.Year() < 1901 || b.Year() == 1970 && b.YearDay() == 1 {
		return nil
	}
	shop, ok := homeShop(c, f)
	if !ok {
		return nil
	}
	local := now.In(shop.Zone)
	for year := local.Year() - 1; ; year++ {
		day := time.Date(year, b.Month(), b.Day(), 0, 0, 0, 0, shop.Zone)
		if day.Month() != b.Month() {
			day = time.Date(year, 2, 28, 0, 0, 0, 0, shop.Zone)
		}
		at := day.AddDate(0, 0, -c.Plan.Trigger.Days)
		if end := at.Add(c.Plan.Trigger.MaxAge); !end.Before(now) {
			out = append(out, relance.Instance{Key: profileKey(f.ProfileID, strconv.Itoa(year)), At: at, ShopID: shop.ID})
		}
		if len(out) == 2 { // this one and the one after it, which is waited for
			return out
		}
	}
}

// homeShop is the shop of the person's latest order that counts, else of their first record.
func homeShop(c *relance.Campaign, f *relance.Facts) (relance.FactShop, bool) {
	for i := len(f.Orders) - 1; i >= 0; i-- {
		if o := &f.Orders[i]; o.Counted && of(c, f, o.SourceID) {
			return f.Merchant.Shops[o.SourceID], true
		}
	}
	for i := range f.Records {
		if r := &f.Records[i]; !r.Deleted && of(c, f, r.SourceID) {
			return f.Merchant.Shops[r.SourceID], true
		}
	}
	return relance.FactShop{}, false
}

func checkBirthday(t *relance.Trigger) error {
	if t.Days < 0 || t.Days > 60 {
		return relance.TellField("trigger.days", "BIRTHDAY_DAYS")
	}
	if t.MaxAge <= 0 || t.MaxAge > 60*24*time.Hour {
		return relance.TellField("trigger.maxAgeMinutes", "BIRTHDAY_LATE")
	}
	return checkAges(t)
}
