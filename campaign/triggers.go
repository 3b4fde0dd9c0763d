package campaign

import (
	"slices"
	"strconv"
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
	case relance.TriggerLetterScanned:
		return trigger{scannedLetters, checkAges}
	case relance.TriggerGroupJoined:
		return trigger{joinedGroup, checkAges}
	case relance.TriggerMembershipEnding:
		return trigger{endingMemberships, checkEnding}
	case relance.TriggerOneTime:
		return trigger{oneTime, checkAges}
	default:
		return trigger{
			func(*relance.Campaign, *relance.Facts, time.Time) []relance.Instance { return nil },
			func(*relance.Trigger) error {
				return relance.TellField("trigger.kind", "TRIGGER_UNKNOWN")
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

func cartKey(id uuid.UUID) string   { return "cart:" + id.String() }
func orderKey(id uuid.UUID) string  { return "order:" + id.String() }
func letterKey(id uuid.UUID) string { return "letter:" + id.String() }
func profileKey(id uuid.UUID, period string) string {
	return "profile:" + id.String() + ":" + period
}

// known reports whether the event began a way through the campaign, by whichever profile the
// person had then: after a merge the same birthday has another profile in its key.
func known(c *relance.Campaign, f *relance.Facts, key string) bool {
	return slices.ContainsFunc(f.Enrolments, func(e relance.Enrolment) bool {
		return e.CampaignID == c.ID && ofNobody(e.InstanceKey) == ofNobody(key)
	})
}

// ofNobody is a key without the profile in it.
func ofNobody(key string) string {
	if rest, ok := strings.CutPrefix(key, "profile:"); ok {
		_, period, _ := strings.Cut(rest, ":")
		return "profile:" + period
	}
	return key
}

// nextPeriod is the key of what happens to a person for the first, second, … time. Merging and
// unmerging may leave a count that is taken.
func nextPeriod(c *relance.Campaign, f *relance.Facts) string {
	for n, _ := times(c, f); ; n++ {
		if key := profileKey(f.ProfileID, strconv.Itoa(n)); !known(c, f, key) {
			return key
		}
	}
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
		if in.Cart != nil && in.Cart.OrderID != nil {
			in.Order = orderOf(f, in.Cart.OrderID.String())
		}
	}
	if rest, ok := strings.CutPrefix(e.InstanceKey, "order:"); ok {
		in.Order = orderOf(f, rest)
	}
	if in.Order != nil {
		in.Language = in.Order.Language
	}
	return in
}

func orderOf(f *relance.Facts, id string) *relance.FactOrder {
	for i := range f.Orders {
		if f.Orders[i].ID.String() == id {
			return &f.Orders[i]
		}
	}
	return nil
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
		return relance.TellField("trigger.minAgeMinutes", "AGE_BOUNDS")
	}
	if t.MaxAge != 0 && t.MaxAge <= t.MinAge {
		return relance.TellField("trigger.maxAgeMinutes", "AGES_CROSSED")
	}
	return nil
}

// checkCurrency refuses a code that no order or cart has: amounts are compared by it as it is.
func checkCurrency(at, currency string) error {
	if c, err := relance.ParseCurrency(currency); err != nil || c != currency {
		return relance.TellField(at, "CURRENCY_FORM")
	}
	return nil
}
