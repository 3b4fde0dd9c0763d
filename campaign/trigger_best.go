package campaign

import (
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
	var reached *relance.FactOrder
	for i := range f.Orders {
		o := &f.Orders[i]
		if o.PlacedAt.Before(since) || !o.Counted || !o.Paid || o.Currency != t.Currency || !of(c, f, o.SourceID) {
			continue
		}
		// An order may be below zero: more was given back than was paid.
		switch sum = sum.Add(o.Net); {
		case sum.LessThan(t.Amount):
			reached = nil
		case reached == nil:
			reached = o
		}
	}
	if reached == nil {
		return nil
	}
	return []relance.Instance{{Key: nextPeriod(c, f), At: reached.PlacedAt, ShopID: reached.SourceID, Language: reached.Language}}
}

func checkBest(t *relance.Trigger) error {
	if !t.Amount.IsPositive() || t.Currency == "" {
		return relance.TellField("trigger.amount", "BEST_AMOUNT")
	}
	if t.Days < 1 || t.Days > 3650 {
		return relance.TellField("trigger.days", "BEST_DAYS")
	}
	if err := checkCurrency("trigger.currency", t.Currency); err != nil {
		return err
	}
	return checkAges(t)
}
