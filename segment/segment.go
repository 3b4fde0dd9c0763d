// Package segment judges a [relance.Filter] for one person in Go. It is one of the two
// interpreters of filters; the other, in store, writes SQL for lists. A differential test
// in store holds them equal. Decisions use this one: what they know of a person may be
// as of a past date.
package segment

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/relance/relance"
)

// Check refuses what can be asked of a list but is no lasting property of a person, and what
// no list could be made of.
func Check(f *relance.Filter) error { return checkAt(f, 0) }

func checkAt(f *relance.Filter, depth int) error {
	switch {
	case depth > relance.MaxFilterDepth:
		return relance.TellField("filter", "FILTER_DEPTH", "most", strconv.Itoa(relance.MaxFilterDepth))
	case strings.TrimSpace(f.Search) != "":
		return relance.TellField("filter", "SEGMENT_SEARCH")
	}
	for _, sub := range nested(f) {
		if err := checkAt(sub, depth+1); err != nil {
			return err
		}
	}
	return nil
}

func nested(f *relance.Filter) (out []*relance.Filter) {
	for i := range f.And {
		out = append(out, &f.And[i])
	}
	for i := range f.Or {
		out = append(out, &f.Or[i])
	}
	if f.Not != nil {
		out = append(out, f.Not)
	}
	return out
}

// Changes is the next time after now at which the answer may be another though nothing
// happens; nil: never. A cart that rests is taken for abandoned one day, and an order that is not paid is
// over its payment delay.
func Changes(f *relance.Filter, p *relance.Facts, now time.Time) (at *time.Time) {
	soonest := func(t time.Time) {
		if t.After(now) && (at == nil || t.Before(*at)) {
			at = &t
		}
	}
	if asksForCarts(f) {
		for i := range p.Carts {
			if c := &p.Carts[i]; !c.Ordered {
				soonest(c.ActiveAt.Add(p.Merchant.AbandonAfter))
			}
		}
	}
	if f.Any(func(f *relance.Filter) bool { return f.PaymentOverdue != nil }) {
		for i := range p.Orders {
			if t := dueAt(p, &p.Orders[i]); t != nil {
				soonest(*t)
			}
		}
	}
	return at
}

func asksForCarts(f *relance.Filter) bool {
	return f.HasAbandonedCart != nil || slices.ContainsFunc(nested(f), asksForCarts)
}

// Holds reports whether the filter holds for the person at now. A search never does.
func Holds(f *relance.Filter, p *relance.Facts, now time.Time) bool {
	for _, c := range conditions {
		if c.asked(f) && !c.holds(f, p, now) {
			return false
		}
	}
	for i := range f.And {
		if !Holds(&f.And[i], p, now) {
			return false
		}
	}
	if len(f.Or) > 0 && !slices.ContainsFunc(f.Or, func(o relance.Filter) bool { return Holds(&o, p, now) }) {
		return false
	}
	return f.Not == nil || !Holds(f.Not, p, now)
}

// Fails names the conditions at the top of the filter that do not hold: why somebody is not in
// a segment.
func Fails(f *relance.Filter, p *relance.Facts, now time.Time) (out []string) {
	for _, c := range conditions {
		if c.asked(f) && !c.holds(f, p, now) {
			out = append(out, c.name)
		}
	}
	for i := range f.And {
		for _, name := range Fails(&f.And[i], p, now) {
			if !slices.Contains(out, name) {
				out = append(out, name)
			}
		}
	}
	if len(f.Or) > 0 && !slices.ContainsFunc(f.Or, func(o relance.Filter) bool { return Holds(&o, p, now) }) {
		out = append(out, "or")
	}
	if f.Not != nil && Holds(f.Not, p, now) {
		out = append(out, "not")
	}
	return out
}

// condition is one field of a filter.
type condition struct {
	name  string
	asked func(*relance.Filter) bool
	holds func(f *relance.Filter, p *relance.Facts, now time.Time) bool
}

var conditions = []condition{ //nolint:gochecknoglobals // a table
	{"search", func(f *relance.Filter) bool { return strings.TrimSpace(f.Search) != "" },
		func(*relance.Filter, *relance.Facts, time.Time) bool { return false }},
	{"labels", func(f *relance.Filter) bool { return len(f.Labels) > 0 },
		func(f *relance.Filter, p *relance.Facts, _ time.Time) bool { return labelled(f.Labels, p.Labels) }},
	{"marketing", func(f *relance.Filter) bool { return len(f.Marketing) > 0 },
		func(f *relance.Filter, p *relance.Facts, _ time.Time) bool {
			return !slices.ContainsFunc(f.Marketing, func(m relance.MarketingFilter) bool {
				return Consent(p.Consents, m.Channel, m.Preference) != m.State
			})
		}},
	{"createdBetween", func(f *relance.Filter) bool { return f.CreatedBetween != nil },
		func(f *relance.Filter, p *relance.Facts, _ time.Time) bool {
			return within(f.CreatedBetween, &p.CreatedAt)
		}},
	{"shopIds", func(f *relance.Filter) bool { return len(f.ShopIDs) > 0 },
		func(f *relance.Filter, p *relance.Facts, _ time.Time) bool {
			return slices.ContainsFunc(p.Records, func(r relance.FactRecord) bool {
				return slices.Contains(f.ShopIDs, r.SourceID) || r.ShopID != nil && slices.Contains(f.ShopIDs, *r.ShopID)
			})
		}},
	{"orderCount", func(f *relance.Filter) bool { return f.OrderCount != nil },
		func(f *relance.Filter, p *relance.Facts, _ time.Time) bool {
			n, r := OrderCount(p), f.OrderCount
			return (r.Min == nil || n >= *r.Min) && (r.Max == nil || n < *r.Max)
		}},
	{"spent", func(f *relance.Filter) bool { return f.Spent != nil },
		func(f *relance.Filter, p *relance.Facts, _ time.Time) bool {
			spent, r := Spent(p, f.Spent.Currency), f.Spent
			return (r.Min == nil || spent.GreaterThanOrEqual(*r.Min)) && (r.Max == nil || spent.LessThan(*r.Max))
		}},
	{"lastOrderBetween", func(f *relance.Filter) bool { return f.LastOrderBetween != nil },
		func(f *relance.Filter, p *relance.Facts, _ time.Time) bool {
			return within(f.LastOrderBetween, LastOrder(p))
		}},
	{"hasAbandonedCart", func(f *relance.Filter) bool { return f.HasAbandonedCart != nil },
		func(f *relance.Filter, p *relance.Facts, now time.Time) bool {
			rests := now.Add(-p.Merchant.AbandonAfter)
			return *f.HasAbandonedCart == slices.ContainsFunc(p.Carts, func(c relance.FactCart) bool { return !c.Ordered && !c.ActiveAt.After(rests) })
		}},
	{"hasMembership", func(f *relance.Filter) bool { return f.HasMembership != nil },
		func(f *relance.Filter, p *relance.Facts, _ time.Time) bool { return *f.HasMembership == p.Member }},
	{"groupIds", func(f *relance.Filter) bool { return len(f.GroupIDs) > 0 },
		func(f *relance.Filter, p *relance.Facts, _ time.Time) bool {
			return p.GroupID != nil && slices.Contains(f.GroupIDs, *p.GroupID)
		}},
	{"countries", func(f *relance.Filter) bool { return len(f.Countries) > 0 },
		func(f *relance.Filter, p *relance.Facts, _ time.Time) bool { return livesIn(f.Countries, p.Records) }},
	{"boughtCategories", func(f *relance.Filter) bool { return len(f.BoughtCategories) > 0 },
		func(f *relance.Filter, p *relance.Facts, _ time.Time) bool {
			return bought(f.BoughtCategories, p, func(l *relance.FactLine) string { return l.Category })
		}},
	{"boughtProducts", func(f *relance.Filter) bool { return len(f.BoughtProducts) > 0 },
		func(f *relance.Filter, p *relance.Facts, _ time.Time) bool {
			return bought(f.BoughtProducts, p, func(l *relance.FactLine) string { return l.Title })
		}},
	{"letterReceived", func(f *relance.Filter) bool { return f.LetterReceived != nil },
		func(f *relance.Filter, p *relance.Facts, _ time.Time) bool {
			return slices.ContainsFunc(p.Messages, func(m relance.FactMessage) bool {
				return m.Channel == relance.ChannelLetter && m.SentAt != nil && within(f.LetterReceived, m.SentAt)
			})
		}},
	{"qrScanned", func(f *relance.Filter) bool { return f.QRScanned != nil },
		func(f *relance.Filter, p *relance.Facts, _ time.Time) bool {
			return *f.QRScanned == slices.ContainsFunc(p.Messages, func(m relance.FactMessage) bool { return m.ScannedAt != nil })
		}},
	{"paymentOverdue", func(f *relance.Filter) bool { return f.PaymentOverdue != nil },
		func(f *relance.Filter, p *relance.Facts, now time.Time) bool {
			return *f.PaymentOverdue == slices.ContainsFunc(p.Orders, func(o relance.FactOrder) bool { at := dueAt(p, &o); return at != nil && !at.After(now) })
		}},
}

// dueAt is when an unpaid order of a business customer was to be paid; nil: it is paid, or of somebody else.
func dueAt(p *relance.Facts, o *relance.FactOrder) *time.Time {
	if !p.Business || o.Paid || o.Test || !o.Counted || o.State == relance.OrderCancelled || o.State == relance.OrderRefunded || !o.Net.IsPositive() {
		return nil
	}
	at := o.PlacedAt.Add(time.Duration(p.PaymentDays) * 24 * time.Hour)
	return &at
}

func livesIn(countries []string, records []relance.FactRecord) bool {
	return slices.ContainsFunc(records, func(r relance.FactRecord) bool {
		return slices.ContainsFunc(r.Countries, func(c string) bool {
			return slices.ContainsFunc(countries, func(w string) bool { return strings.ToUpper(strings.TrimSpace(w)) == c })
		})
	})
}

// bought reports whether pieces of one of the values were bought by orders that count, and kept.
func bought(wanted []string, p *relance.Facts, value func(*relance.FactLine) string) bool {
	kept := map[string]int{}
	for i := range p.Lines {
		l := &p.Lines[i]
		if v := value(l); v != "" && slices.Contains(wanted, v) && slices.ContainsFunc(p.Orders, func(o relance.FactOrder) bool { return o.ID == l.OrderID && o.Counted }) {
			kept[v] += l.Kept
		}
	}
	for _, n := range kept {
		if n > 0 {
			return true
		}
	}
	return false
}

func labelled(wanted, has []string) bool {
	return slices.ContainsFunc(wanted, func(w string) bool {
		w = strings.ToLower(strings.TrimSpace(w)) // as SQL compares: folding would find more
		return slices.ContainsFunc(has, func(h string) bool { return w == strings.ToLower(h) })
	})
}

func within(r *relance.TimeRange, t *time.Time) bool {
	if r.From == nil && r.To == nil {
		return true
	}
	return t != nil && (r.From == nil || !t.Before(*r.From)) && (r.To == nil || t.Before(*r.To))
}

// Consent is what holds of a preference: the strictest of what all given records say,
// UNKNOWN where nothing was ever said.
func Consent(list []relance.FactConsent, channel relance.ConsentChannel, preference string) relance.ConsentState {
	var out relance.ConsentState
	for _, c := range list {
		if c.Channel == channel && c.Preference == preference && (out == "" || c.State.Strictness() < out.Strictness()) {
			out = c.State
		}
	}
	if out == "" {
		return relance.ConsentUnknown
	}
	return out
}

// OrderCount counts the orders that count.
func OrderCount(p *relance.Facts) (n int) {
	for i := range p.Orders {
		if p.Orders[i].Counted {
			n++
		}
	}
	return n
}

// LastOrder is when the latest order that counts was placed, nil without one.
func LastOrder(p *relance.Facts) (at *time.Time) {
	for i := range p.Orders {
		if o := &p.Orders[i]; o.Counted && (at == nil || o.PlacedAt.After(*at)) {
			at = &o.PlacedAt
		}
	}
	return at
}

// Spent is what was paid and not given back in a currency; "" is the merchant's main one.
func Spent(p *relance.Facts, currency string) decimal.Decimal {
	if currency == "" {
		currency = p.Merchant.MainCurrency
	}
	sum := decimal.Zero
	for i := range p.Orders {
		if o := &p.Orders[i]; o.Paid && !o.Test && o.State != relance.OrderCancelled && o.Currency == strings.ToUpper(currency) {
			sum = sum.Add(o.Net)
		}
	}
	return sum
}
