package prestashoptest

import (
	"errors"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/relance/relance"
)

// shippingPrice is what the simulated shop takes for every parcel, in millionths.
const shippingPrice = 4_900_000

// Buy places an order of a customer for goods worth an amount, tax included, with a code, as
// the checkout does: the first voucher with the code is tried, and vouchers without a code
// come by themselves. It gives the order's id, or why the shop refuses the code.
func (s *Server) Buy(customerID, code string, goods decimal.Decimal) (orderID string, err error) {
	s.change(func() {
		buyer, worth := idOrZero("customers", customerID), micro(goods)
		var used []int64
		if used, err = s.applied(code, buyer, worth); err != nil {
			return
		}
		var off int64
		for _, id := range used {
			off += s.rule(id).off(worth)
		}
		id := s.sale(customerID, goods, off)
		for _, rule := range used {
			s.redeem(rule, id, s.rule(rule).off(worth))
		}
		orderID = itoa(id)
	})
	return orderID, err
}

// cartRule is a voucher as the checkout sees it.
type cartRule struct {
	get func(field string) value
	id  int64
}

func (s *Server) rule(id int64) cartRule {
	t := s.table["cart_rules"]
	x := t.find(id)
	return cartRule{id: id, get: func(field string) value { return t.value(x, t.res.index[field]) }}
}

func (r cartRule) yes(field string) bool { return r.get(field).text() == "1" }

// applied lists the vouchers of a cart: those without a code that fit, and the one whose
// code was typed.
func (s *Server) applied(code string, buyer, worth int64) ([]int64, error) {
	var out []int64
	typed, found := cartRule{}, false
	for _, x := range s.table["cart_rules"].rows {
		r := s.rule(x.rowID())
		has := r.get("code").text()
		if has == "" && s.refusal(r, buyer, worth) == nil {
			out = append(out, r.id)
		}
		if !found && code != "" && strings.EqualFold(has, strings.TrimSpace(code)) {
			typed, found = r, true
		}
	}
	if !found {
		return nil, errors.New("this voucher does not exist")
	}
	if err := s.refusal(typed, buyer, worth); err != nil {
		return nil, err
	}
	for _, other := range out {
		// Two restricted vouchers exclude each other; one alone restricts nothing.
		if typed.yes("cart_rule_restriction") && s.rule(other).yes("cart_rule_restriction") {
			return nil, errors.New("this voucher is not combinable with another one in the cart")
		}
	}
	return append(out, typed.id), nil
}

// refusal is why a cart cannot have a voucher.
func (s *Server) refusal(r cartRule, buyer, worth int64) error {
	now := s.now()
	switch quantity, owner := r.get("quantity"), r.get("id_customer").n; {
	case !r.yes("active"):
		return errors.New("this voucher is disabled")
	case quantity.text() != "" && quantity.n <= 0:
		return errors.New("this voucher has already been used")
	case wall(r.get("date_from").n) > now:
		return errors.New("this voucher is not valid yet")
	case wall(r.get("date_to").n) < now:
		return errors.New("this voucher has expired")
	case buyer != 0 && s.overused(r, buyer):
		return errors.New("you cannot use this voucher any more")
	case owner != 0 && owner != buyer:
		return errors.New("you cannot use this voucher")
	case worth < r.get("minimum_amount").n:
		return errors.New("you have not reached the minimum amount")
	}
	return nil
}

// overused reports whether a customer has had the voucher as often as one may.
func (s *Server) overused(r cartRule, buyer int64) bool {
	per := r.get("quantity_per_user")
	if per.text() == "" {
		return false
	}
	t, n := s.table["order_cart_rules"], int64(0)
	for _, x := range t.between("id_cart_rule", r.id, r.id) {
		if o, ok := s.table["orders"].find(t.value(x, t.res.index["id_order"]).n).(*order); ok && o.customer == buyer && o.state != stateError {
			n++
		}
	}
	return n+1 > per.n
}

// off is what the voucher takes off, unrounded: a percentage and an amount both, where a
// voucher has both.
func (r cartRule) off(worth int64) int64 {
	sum := worth/10_000*r.get("reduction_percent").n + worth%10_000*r.get("reduction_percent").n/10_000
	sum += min(r.get("reduction_amount").n, worth)
	if r.yes("free_shipping") {
		sum += shippingPrice
	}
	return sum
}

// sale stores an order and its cart. The lock is held.
func (s *Server) sale(customerID string, goods decimal.Decimal, off int64) int64 {
	d := s.live()
	now := s.opts.Now()
	d.shop.Carts = []relance.Cart{{CustomerID: customerID, Currency: s.shop.Info.Currency, StartedAt: now, UpdatedAt: now}}
	line := relance.OrderLine{Title: "Goods", Quantity: 1, UnitPrice: goods, Total: goods}
	if products := s.table["products"].rows; len(products) > 0 {
		line.ProductID = itoa(products[0].rowID())
	}
	shipping := decimal.New(shippingPrice, -6)
	o := relance.Order{CustomerID: customerID, Currency: s.shop.Info.Currency, State: relance.OrderPaid, Paid: true, PlacedAt: now, Shipping: shipping,
		Discount: decimal.New(off, -6), Total: goods.Add(shipping).Sub(decimal.New(cents(off), -6)), Lines: []relance.OrderLine{line}}
	d.shop.Orders = []relance.Order{o}
	d.carts()
	s.rememberAddresses(d, customerID)
	d.orders()
	x := d.rows["orders"][0].(*order)
	x.cart = d.rows["carts"][0].rowID()
	s.save(d)
	return x.id
}

// Vouchers counts the vouchers with a code, and those of them that are switched on.
func (s *Server) Vouchers(code string) (all, active int) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	for _, x := range s.table["cart_rules"].rows {
		if r := s.rule(x.rowID()); strings.EqualFold(r.get("code").text(), code) {
			all++
			if r.yes("active") {
				active++
			}
		}
	}
	return all, active
}
