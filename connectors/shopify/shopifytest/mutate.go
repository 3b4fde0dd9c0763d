package shopifytest

import (
	"strconv"
	"time"

	"github.com/relance/relance"
)

// PutCustomer adds a customer or replaces the one with its id, changed now.
func (s *Server) PutCustomer(c relance.Customer) {
	s.put(func(now time.Time) row {
		c.Version.UpdatedAt = now
		return newCustomer(c, now)
	})
}

// PutOrder adds an order or replaces the one with its id, changed now.
func (s *Server) PutOrder(o relance.Order) {
	s.put(func(now time.Time) row {
		o.Version.UpdatedAt = now
		return newOrder(o, now)
	})
}

// PutCart adds a checkout or replaces the one with its id, changed now.
func (s *Server) PutCart(c relance.Cart) {
	s.put(func(now time.Time) row {
		c.UpdatedAt = now
		return newCheckout(c, now)
	})
}

// PutProduct adds a product or replaces the one with its id, changed now.
func (s *Server) PutProduct(p relance.Product) {
	s.put(func(now time.Time) row {
		p.Version.UpdatedAt = now
		return newProduct(p, now)
	})
}

// AddRefund adds a refund to an order, which thereby changes; it reports whether the
// order exists.
func (s *Server) AddRefund(orderID string, r relance.Refund) bool {
	s.mu.RLock()
	old, ok := s.data.orders.get(number(orderID)).(*order)
	s.mu.RUnlock()
	if !ok {
		return false
	}
	o := old.Order
	o.Refunds = append(append([]relance.Refund(nil), o.Refunds...), r)
	s.PutOrder(o)
	return true
}

// Break gives an order a total that no shop should send, such as "NaN".
func (s *Server) Break(orderID, total string) {
	s.put(func(now time.Time) row {
		o := *s.data.orders.get(number(orderID)).(*order)
		o.badTotal, o.updated = &total, now
		return &o
	})
}

// Delete removes a record and leaves a destroy event. Kinds are CUSTOMERS, ORDERS,
// PRODUCTS; carts vanish without one.
func (s *Server) Delete(kind relance.Kind, id string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	tables := map[relance.Kind]*table{
		relance.KindCustomers: s.data.customers, relance.KindOrders: s.data.orders,
		relance.KindProducts: s.data.products, relance.KindCarts: s.data.checkouts,
	}
	t := tables[kind]
	if t == nil || !t.remove(number(id)) {
		return false
	}
	if kind != relance.KindCarts {
		s.data.nextID++
		now := s.opts.Now().UTC().Truncate(time.Second)
		s.data.events.put(&event{id: s.data.nextID, stamps: stamps{now, now}, subject: gid(t.typ, number(id)), typ: t.typ})
	}
	return true
}

// put stores a row that make builds under the lock.
func (s *Server) put(build func(now time.Time) row) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := build(s.opts.Now().UTC().Truncate(time.Second))
	switch v := r.(type) {
	case *customer:
		s.data.customers.put(r)
	case *order:
		s.data.orders.put(r)
		s.data.noteRefunds(v)
	case *checkout:
		s.data.checkouts.put(r)
	case *product:
		s.data.products.put(r)
	}
}

// touch moves the rows' time of change to now.
func (s *Server) touch(rows []row) {
	if len(rows) == 0 {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.opts.Now().UTC().Truncate(time.Second)
	for _, r := range rows {
		switch v := r.(type) {
		case *customer:
			c := *v
			c.updated = now
			s.data.customers.replace(v, &c)
		case *order:
			o := *v
			o.updated = now
			s.data.orders.replace(v, &o)
		case *checkout:
			c := *v
			c.updated = now
			s.data.checkouts.replace(v, &c)
		case *product:
			p := *v
			p.updated = now
			s.data.products.replace(v, &p)
		}
	}
}

// replace puts fresh in old's place, unless old has been replaced meanwhile.
func (t *table) replace(old, fresh row) {
	if t.get(old.rowID()) == old {
		t.put(fresh)
	}
}

// event is a row of events: something was destroyed.
type event struct {
	stamps
	id      int64
	subject string
	typ     string
}

func (*event) typeName() string { return "BasicEvent" }
func (e *event) rowID() int64   { return e.id }
func (e *event) at() stamps     { return e.stamps }

func (e *event) word(name string) string {
	if name == "subject_type" {
		return e.typ
	}
	return "destroy"
}

func (e *event) field(_ *run, f field) any {
	switch f.name {
	case "id":
		return "gid://shopify/BasicEvent/" + strconv.FormatInt(e.id, 10)
	case "action":
		return "destroy"
	case "createdAt":
		return stamp(e.created)
	case "message":
		return "A record was deleted."
	case "subjectId":
		return e.subject
	case "subjectType":
		return map[string]string{"Customer": "CUSTOMER", "Order": "ORDER", "Product": "PRODUCT"}[e.typ]
	default:
		return nil
	}
}
