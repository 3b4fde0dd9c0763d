package campaign

import (
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/relance/relance"
)

// trigger finds the events of a person that a campaign of its kind follows up.
type trigger struct {
	// instances lists the events, those too young or too old included.
	instances func(c *relance.Campaign, f *relance.Facts, now time.Time) []relance.Instance
	// check refuses parameters that make no sense.
	check func(t *relance.Trigger) error
}

// triggerOf is the table of triggers.
func triggerOf(kind relance.TriggerKind) trigger {
	switch kind {
	case relance.TriggerAbandonedCart:
		return trigger{abandonedCarts, checkCart}
	case relance.TriggerOrderPlaced:
		return trigger{placedOrders, checkAges}
	case relance.TriggerBestCustomer:
		return trigger{bestCustomer, checkBest}
	case relance.TriggerInactiveCustomer:
		return trigger{inactiveCustomer, checkInactive}
	case relance.TriggerBirthday:
		return trigger{birthday, checkBirthday}
	case relance.TriggerCartRecovered:
		return trigger{recoveredCarts, checkCart}
	case relance.TriggerOneTime:
		return trigger{oneTime, func(*relance.Trigger) error { return nil }}
	default:
		return trigger{
			func(*relance.Campaign, *relance.Facts, time.Time) []relance.Instance { return nil },
			func(*relance.Trigger) error {
				return relance.FieldErrorf("trigger.kind", "there is no such trigger")
			},
		}
	}
}

// of reports whether the campaign follows up events of the shop.
func of(c *relance.Campaign, f *relance.Facts, shop uuid.UUID) bool {
	if _, ok := f.Merchant.Shops[shop]; !ok {
		return false
	}
	list := c.Plan.Trigger.Shops
	for _, id := range list {
		if id == shop {
			return true
		}
	}
	return len(list) == 0
}

func cartKey(id uuid.UUID) string  { return "cart:" + id.String() }
func orderKey(id uuid.UUID) string { return "order:" + id.String() }
func profileKey(id uuid.UUID, period string) string {
	return "profile:" + id.String() + ":" + period
}

// instanceOf finds the event by which somebody entered among the facts of today.
func instanceOf(e *relance.Enrolment, f *relance.Facts) relance.Instance {
	in := relance.Instance{Key: e.InstanceKey, At: e.EventAt}
	if e.ShopID != nil {
		in.ShopID = *e.ShopID
	}
	if rest, ok := strings.CutPrefix(e.InstanceKey, "cart:"); ok {
		for i := range f.Carts {
			if f.Carts[i].ID.String() == rest {
				in.Cart, in.Language = &f.Carts[i], f.Carts[i].Language
			}
		}
	}
	if rest, ok := strings.CutPrefix(e.InstanceKey, "order:"); ok {
		for i := range f.Orders {
			if f.Orders[i].ID.String() == rest {
				in.Order, in.Language = &f.Orders[i], f.Orders[i].Language
			}
		}
	}
	return in
}

// times counts how often the person was in the campaign: the period of what happens to
// a person rather than to a cart.
func times(c *relance.Campaign, f *relance.Facts) (n int, last time.Time) {
	for i := range f.Enrolments {
		if e := &f.Enrolments[i]; e.CampaignID == c.ID {
			n++
			if e.EnteredAt.After(last) {
				last = e.EnteredAt
			}
		}
	}
	return n, last
}

func checkAges(t *relance.Trigger) error {
	if t.MinAge < 0 || t.MinAge > 3*365*24*time.Hour {
		return relance.FieldErrorf("trigger.minAgeMinutes", "give a time between 0 and three years")
	}
	if t.MaxAge != 0 && t.MaxAge <= t.MinAge {
		return relance.FieldErrorf("trigger.maxAgeMinutes", "the greatest age must be greater than the least")
	}
	return nil
}
