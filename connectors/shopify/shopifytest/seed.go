package shopifytest

import (
	"hash/fnv"
	"strconv"
	"time"

	"github.com/relance/relance"
	"github.com/relance/relance/internal/sample"
)

// store is all that the shop holds.
type store struct {
	customers, orders, checkouts, products *table
	events                                 *table
	refunds                                map[int64]refundAt // by refund id
	returns                                map[int64]refundAt // by return id
	discounts                              map[string]*discount
	webhooks                               []webhook
	writes                                 int
	nextID                                 int64
}

// refundAt says on which order a refund or return is, and which of its refunds or returns.
type refundAt struct {
	order int64
	index int
}

// seed turns the sample into rows; rows without times get now.
func seed(shop sample.Shop, now time.Time) store {
	st := store{refunds: map[int64]refundAt{}, returns: map[int64]refundAt{}, discounts: map[string]*discount{}, nextID: 9_000_000_000}
	customers := make([]row, len(shop.Customers))
	for i := range shop.Customers {
		customers[i] = newCustomer(shop.Customers[i], now)
	}
	orders := make([]row, len(shop.Orders))
	for i := range shop.Orders {
		o := newOrder(shop.Orders[i], now)
		orders[i] = o
		st.noteRefunds(o)
	}
	checkouts := make([]row, len(shop.Carts))
	for i := range shop.Carts {
		checkouts[i] = newCheckout(shop.Carts[i], now)
	}
	products := make([]row, len(shop.Products))
	for i := range shop.Products {
		products[i] = newProduct(shop.Products[i], now)
	}
	st.customers, st.orders = newTable("Customer", customers), newTable("Order", orders)
	st.checkouts, st.products = newTable("AbandonedCheckout", checkouts), newTable("Product", products)
	st.events = newTable("BasicEvent", nil)
	return st
}

func (st *store) noteRefunds(o *order) {
	for i, r := range o.Refunds {
		st.refunds[number(r.ExternalID)] = refundAt{o.id, i}
	}
	for i, r := range o.Returns {
		st.returns[number(r.ExternalID)] = refundAt{o.id, i}
	}
}

// number turns an external id into the number a gid carries; ids that are not
// numbers get a stable one.
func number(id string) int64 {
	if n, err := strconv.ParseInt(id, 10, 64); err == nil {
		return n
	}
	h := fnv.New64a()
	_, _ = h.Write([]byte(id))
	return int64(h.Sum64() >> 12)
}

func gid(typ string, id int64) string {
	return "gid://shopify/" + typ + "/" + strconv.FormatInt(id, 10)
}

// newStamps completes a row's times: whole seconds, updated no earlier than created.
func newStamps(created, updated, now time.Time) stamps {
	if created.IsZero() {
		created = now
	}
	s := stamps{created: created.UTC().Truncate(time.Second), updated: updated.UTC().Truncate(time.Second)}
	if s.updated.Before(s.created) {
		s.updated = s.created
	}
	return s
}

// stamp writes a time as the API does, null for none.
func stamp(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UTC().Format(time.RFC3339)
}

func stampOf(t *time.Time) any {
	if t == nil {
		return nil
	}
	return stamp(*t)
}

// orNull is null for the empty string.
func orNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// options lists chosen options.
func options(list []relance.Option) []any {
	out := make([]any, len(list))
	for i, o := range list {
		out[i] = record{"SelectedOption", map[string]any{"name": o.Name, "value": o.Value}}
	}
	return out
}
