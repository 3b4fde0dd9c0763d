package prestashoptest

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/relance/relance"
	"github.com/relance/relance/internal/sample"
)

// live gives a seeder that adds to the tables as they are. The lock must be held.
func (s *Server) live() *seeder {
	d := newSeeder(s, sample.Shop{Info: s.shop.Info})
	for name, t := range s.table {
		d.next[name] = t.last
	}
	remember := func(ids map[string]int64, resource, column string) {
		t := s.table[resource]
		for _, x := range t.rows {
			ids[t.value(x, t.res.index[column]).text()] = x.rowID()
		}
	}
	remember(d.currencies, "currencies", "iso_code")
	remember(d.countries, "countries", "iso_code")
	remember(d.states, "states", "name")
	return d
}

// save puts what a seeder made into the tables.
func (s *Server) save(d *seeder) {
	for name, rows := range d.rows {
		for _, x := range rows {
			s.table[name].insert(x)
		}
	}
}

func (s *Server) now() wall { return wallOf(s.opts.Now(), s.zone) }

// change runs a mutation under the lock.
func (s *Server) change(do func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	do()
}

// PutCustomer adds a customer with addresses and messages, or replaces the one with
// its id. date_upd becomes now; a date of sign-up is kept.
func (s *Server) PutCustomer(c relance.Customer) {
	s.change(func() {
		d := s.live()
		d.shop.Customers = []relance.Customer{c}
		d.reserve()
		d.customers()
		now := s.now()
		for _, x := range d.rows["customers"] {
			x.(*customer).upd = now
			if x.(*customer).add == wallZero {
				x.(*customer).add = now
			}
		}
		for _, x := range d.rows["addresses"] {
			x.(*address).upd = now
		}
		s.save(d)
	})
}

// PutOrder adds an order, or replaces the one with its id; date_upd becomes now.
// A new state enters order_histories; refunds the shop does not know become slips.
func (s *Server) PutOrder(o relance.Order) {
	s.change(func() {
		d := s.live()
		d.shop.Orders = []relance.Order{o}
		d.reserve()
		s.rememberAddresses(d, o.CustomerID)
		d.orders()
		now := s.now()
		x := d.rows["orders"][0].(*order)
		x.upd = now
		if x.add == wallZero {
			x.add = now
		}
		if old, ok := s.table["orders"].find(x.id).(*order); ok {
			for _, l := range old.lines {
				s.table["order_details"].remove(l.id)
			}
			if old.state == x.state {
				delete(d.rows, "order_histories")
			}
		}
		s.save(d)
	})
}

func (s *Server) rememberAddresses(d *seeder, customer string) {
	id := idOrZero("customers", customer)
	for _, a := range s.table["addresses"].between("id_customer", id, id) {
		d.addresses[customer] = append(d.addresses[customer], a.(*address))
	}
}

// SellOut leaves nothing of any product, and takes no orders beyond that. It moves no date of a
// product, as in the real shop.
func (s *Server) SellOut() {
	s.change(func() {
		for _, x := range s.table["stock_availables"].rows {
			r := x.(*record)
			r.vals["quantity"], r.vals["out_of_stock"] = num(0), num(0)
		}
	})
}

// SetConfiguration writes a setting of the shop.
func (s *Server) SetConfiguration(name, text string) {
	s.change(func() {
		for _, x := range s.table["configurations"].rows {
			if r := x.(*record); r.vals["name"].s == name {
				r.vals["value"] = str(text)
			}
		}
	})
}

// PutCart adds a cart, or replaces the one with its id; date_upd becomes now.
func (s *Server) PutCart(c relance.Cart) {
	s.change(func() {
		d := s.live()
		d.shop.Carts = []relance.Cart{c}
		d.reserve()
		d.carts()
		x := d.rows["carts"][0].(*cart)
		x.upd = s.now()
		if x.add == wallZero {
			x.add = x.upd
		}
		s.save(d)
	})
}

// Delete removes a row for good, as the back office does; what points at it stays.
// resource is the webservice's name, such as "customers". It reports whether there
// was such a row.
func (s *Server) Delete(resource string, id int64) bool {
	var ok bool
	s.change(func() { ok = s.table[resource].remove(id) })
	return ok
}

// Touch moves a row's date_upd to now and changes nothing else.
func (s *Server) Touch(resource string, id int64) {
	s.change(func() {
		t := s.table[resource]
		if x := t.find(id); x != nil {
			s.touchRow(t, x, s.now())
		}
	})
}

// SetNewsletter signs a customer up or off through the newsletter block of the front
// office, which does not touch date_upd; signing off keeps the date of the sign-up.
func (s *Server) SetNewsletter(id int64, on bool) {
	s.change(func() {
		x, ok := s.table["customers"].find(id).(*customer)
		if !ok {
			return
		}
		x.newsletter = on
		if on {
			x.newsletterAt = s.now()
		}
	})
}

// SetAddressCity changes an address; its customer is not touched.
func (s *Server) SetAddressCity(id int64, city string) {
	s.change(func() {
		t := s.table["addresses"]
		if x, ok := t.find(id).(*address); ok {
			t.change(x, func() { x.city, x.upd = city, s.now() })
		}
	})
}

// SetOrderState moves an order into a state of the shop (2 paid, 4 shipped,
// 6 cancelled…), which touches the order and enters order_histories.
func (s *Server) SetOrderState(id, state int64) {
	s.change(func() { s.enterState(id, state) })
}

// enterState does the work of SetOrderState; the lock must be held. It gives the row
// of order_histories, nil for an unknown order.
func (s *Server) enterState(id, state int64) *history {
	t := s.table["orders"]
	x, ok := t.find(id).(*order)
	if !ok {
		return nil
	}
	st := stateByID(state)
	t.change(x, func() {
		x.state, x.valid, x.upd = state, st.logable, s.now()
		if st.paid {
			x.paidReal = x.total
		}
	})
	h := &history{s.table["order_histories"].nextID(), id, state, s.now()}
	s.table["order_histories"].insert(h)
	return h
}

// AddSlip gives money back for an order. The order is not touched. It returns the
// slip's id.
func (s *Server) AddSlip(orderID int64, r relance.Refund) int64 {
	var id int64
	s.change(func() {
		x, ok := s.table["orders"].find(orderID).(*order)
		if !ok {
			return
		}
		if r.At.IsZero() {
			r.At = s.opts.Now()
		}
		d := s.live()
		y := d.slip(r, relance.Order{CustomerID: itoa(x.customer)}, x)
		s.table["order_slip"].insert(y)
		id = y.id
	})
	return id
}

// AddMessage lets a customer write, or the shop write to one; the customer is not
// touched. Messages of one ThreadID are one conversation.
func (s *Server) AddMessage(customerID int64, m relance.Message) {
	s.change(func() {
		x, ok := s.table["customers"].find(customerID).(*customer)
		if !ok {
			return
		}
		if m.At.IsZero() {
			m.At = s.opts.Now()
		}
		d := s.live()
		d.messages(relance.Customer{Messages: []relance.Message{m}}, x)
		if old := s.table["customer_threads"].find(idOrZero("customer_threads", m.ThreadID)); old != nil {
			delete(d.rows, "customer_threads")
		}
		s.save(d)
	})
}

// Login gives a visitor's cart to a customer the way a log-in does where carts are not
// merged: the guest gets the customer, the cart keeps id_customer 0.
func (s *Server) Login(cartID, customerID int64) {
	s.change(func() {
		if x, ok := s.table["carts"].find(cartID).(*cart); ok {
			s.table["guests"].set(x.guest, "id_customer", num(customerID))
		}
	})
}

// Spoil makes the webservice show a field of a row as any JSON, such as a date
// "tomorrow" or an amount 1e400.
func (s *Server) Spoil(resource string, id int64, field string, raw json.RawMessage) {
	s.change(func() { s.table[resource].set(id, field, value{kind: kRaw, s: string(raw)}) })
}

// SetText writes a column of text directly; "" is an empty text, not NULL.
func (s *Server) SetText(resource string, id int64, field, text string) {
	s.change(func() { s.table[resource].set(id, field, str(text)) })
}

// SetDate writes a date column directly, in the shop's own time and without an
// offset: "2026-10-25 02:30:00". It is how tests make hours that exist twice.
func (s *Server) SetDate(resource string, id int64, field, local string) {
	s.change(func() {
		w, _ := parseWall(local)
		t := s.table[resource]
		if x := t.find(id); x != nil {
			t.change(x, func() { t.set(id, field, date(w)) })
		}
	})
}

// MoveToShop gives a row to another shop of the multi-shop.
func (s *Server) MoveToShop(resource string, id, shop int64) {
	s.change(func() { s.table[resource].set(id, "id_shop", num(shop)) })
}

// Count is how many rows a resource has.
func (s *Server) Count(resource string) int {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return len(s.table[resource].rows)
}

// Clock is the shop's own time.
func (s *Server) Clock() time.Time { return s.opts.Now() }

// Redeem notes a voucher as used in an order, without the questions that [Server.Buy] asks:
// its quantity goes down and order_cart_rules gets a row. A later cancellation does not undo
// it.
func (s *Server) Redeem(ruleID, orderID int64, discount decimal.Decimal) {
	s.change(func() { s.redeem(ruleID, orderID, micro(discount)) })
}

// redeem does the work of Redeem; the lock must be held.
func (s *Server) redeem(ruleID, orderID, amount int64) {
	t := s.table["cart_rules"]
	x := t.find(ruleID)
	if x == nil {
		return
	}
	t.change(x, func() {
		if left := t.value(x, t.res.index["quantity"]); left.text() != "" {
			t.set(ruleID, "quantity", num(max(0, left.n-1)))
		}
		t.set(ruleID, "date_upd", date(s.now()))
	})
	used := s.table["order_cart_rules"]
	used.insert(&record{used.nextID(), map[string]value{"id_order": num(orderID), "id_cart_rule": num(ruleID), "id_order_invoice": num(0),
		"name": str(t.value(x, t.res.index["name"]).text()), "value": dec(amount), "value_tax_excl": dec(withoutTax(amount)),
		"free_shipping": t.value(x, t.res.index["free_shipping"])}})
}

// Subscribed reports whether any customer with the e-mail address gets the newsletter.
func (s *Server) Subscribed(email string) bool {
	s.mu.RLock()
	defer s.mu.RUnlock()
	t := s.table["customers"]
	address, newsletter := t.res.index["email"], t.res.index["newsletter"]
	return slices.ContainsFunc(t.rows, func(x row) bool {
		return strings.EqualFold(t.value(x, address).text(), email) && t.value(x, newsletter).text() == "1"
	})
}
