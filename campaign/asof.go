package campaign

import (
	"time"

	"github.com/google/uuid"

	"github.com/relance/relance"
)

// AsOf gives the facts as they were known at t, from those of today and their history. Labels, groups,
// memberships, addresses, which pieces of an order came back, shops' settings and whether an order has arrived are as of today: nobody wrote
// down when they changed.
func AsOf(f *relance.Facts, h *relance.History, t time.Time) *relance.Facts {
	out := *f
	out.Records, out.Orders, out.Carts, out.Messages, out.Household = nil, nil, nil, nil, nil
	if f.Unanswered != nil && f.Unanswered.After(t) {
		out.Unanswered = nil
	}
	for _, r := range f.Records {
		if !r.CreatedAt.After(t) {
			out.Records = append(out.Records, r)
		}
	}
	placed := map[uuid.UUID]time.Time{}
	for _, o := range f.Orders {
		placed[o.ID] = o.PlacedAt
		if !o.PlacedAt.After(t) {
			out.Orders = append(out.Orders, orderAsOf(o, h.Orders[o.ID], t))
		}
	}
	for _, c := range f.Carts {
		if !c.StartedAt.After(t) {
			out.Carts = append(out.Carts, cartAsOf(c, h.Carts[c.ID], f.Merchant.AbandonAfter, placed, t))
		}
	}
	for _, m := range f.Messages {
		if !m.DecidedAt.After(t) {
			if m.ScannedAt != nil && m.ScannedAt.After(t) {
				m.ScannedAt = nil
			}
			if m.SentAt != nil && m.SentAt.After(t) {
				m.SentAt = nil
			}
			out.Messages = append(out.Messages, m)
		}
	}
	for _, m := range f.Household {
		if !m.At.After(t) {
			out.Household = append(out.Household, m)
		}
	}
	out.Consents = consentsAsOf(h.Consents, t)
	return &out
}

func orderAsOf(o relance.FactOrder, h *relance.OrderHistory, t time.Time) relance.FactOrder {
	o.ReturnOpen = false
	if h == nil {
		return o
	}
	back := h.Total.Sub(h.Total)
	for _, r := range h.Refunds {
		if !r.At.After(t) {
			back = back.Add(r.Amount)
		}
	}
	cancelled := o.State == relance.OrderCancelled && (h.CancelledAt == nil || !h.CancelledAt.After(t))
	switch {
	case cancelled:
	case o.State == relance.OrderCancelled, o.State == relance.OrderRefunded && back.LessThan(h.Total):
		if o.State = relance.OrderOpen; o.Paid {
			o.State = relance.OrderPaid
		}
	}
	o.Net = h.Total.Sub(back)
	o.Counted = !cancelled && !o.Test && !(h.Total.IsZero() && back.IsPositive())
	return o
}

func cartAsOf(c relance.FactCart, h *relance.CartHistory, abandonAfter time.Duration, placed map[uuid.UUID]time.Time, t time.Time) relance.FactCart {
	if h != nil {
		c.Items = h.Items
	}
	c.SoldOut = false // nobody wrote down what was in stock then
	if c.ActiveAt.After(t) {
		c.ActiveAt = c.StartedAt
	}
	if h != nil {
		for _, at := range h.ActiveAt {
			if !at.After(t) && at.After(c.ActiveAt) {
				c.ActiveAt = at
			}
		}
	}
	if c.OrderID != nil {
		at, known := placed[*c.OrderID]
		if !known || at.After(t) { // not ordered yet: nor is it known by which order
			c.Ordered, c.OrderID = false, nil
		}
		c.WasAbandoned = known && at.Sub(c.ActiveAt) >= abandonAfter
	}
	return c
}

// consentsAsOf gives what held for each record, channel, preference and controller.
func consentsAsOf(ledger []relance.ConsentEntry, t time.Time) []relance.FactConsent {
	type key struct {
		customer   uuid.UUID
		channel    relance.ConsentChannel
		preference string
		controller string
	}
	holds, order := map[key]relance.FactConsent{}, []key{}
	for _, e := range ledger {
		from := e.RecordedAt
		if e.Since != nil {
			from = *e.Since
		}
		if from.After(t) && (!e.First || e.Since != nil) {
			continue
		}
		k := key{e.CustomerID, e.Channel, e.Preference, e.Controller}
		if _, seen := holds[k]; !seen {
			order = append(order, k)
		}
		holds[k] = e.FactConsent
	}
	out := make([]relance.FactConsent, len(order))
	for i, k := range order {
		out[i] = holds[k]
	}
	return out
}
