package shopifytest

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/relance/relance"
)

// shippingPrice is what the simulated shop takes for every parcel.
const shippingPrice = "4.90"

// Buy places an order of a customer for goods worth an amount, tax included, with a code, as
// the checkout does; customerID "" is a guest. It gives the order's id, or why the checkout
// refuses the code.
func (s *Server) Buy(customerID, code string, goods decimal.Decimal) (orderID string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.opts.Now().UTC()
	buyer := int64(0)
	if customerID != "" {
		buyer = number(customerID)
	}
	d := s.data.discounts[strings.ToLower(strings.TrimSpace(code))]
	if err := d.refusal(buyer, goods, now); err != nil {
		return "", err
	}
	d.used++
	d.users = append(d.users, buyer)
	o := s.sale(customerID, goods, now)
	o.DiscountCodes, o.Discount = []string{d.code}, d.off(goods)
	o.Total = goods.Add(o.Shipping).Sub(o.Discount)
	o.Vouchers = []relance.UsedVoucher{{Code: d.code, Amount: o.Discount}}
	if d.typ == "DiscountCodeBasic" {
		o.Lines[0].Total = goods.Sub(o.Discount)
	}
	s.data.orders.put(newOrder(o, now.Truncate(time.Second)))
	return o.ExternalID, nil
}

// refusal is why a code cannot be used.
func (d *discount) refusal(buyer int64, goods decimal.Decimal, now time.Time) error {
	switch {
	case d == nil:
		return errors.New("enter a valid discount code")
	case d.status(now) != "ACTIVE":
		return errors.New("the discount code is not valid at the moment")
	case d.limit > 0 && d.used >= d.limit:
		return errors.New("the discount code has reached its usage limit")
	case d.customers != nil && !slices.Contains(d.customers, buyer):
		return errors.New("the discount code is not for this customer")
	case d.oncePerCustomer && buyer != 0 && slices.Contains(d.users, buyer):
		return errors.New("the customer has used the discount code")
	case goods.LessThan(d.minimum):
		return errors.New("the cart is below the minimum of the discount code")
	}
	return nil
}

// off is what the code takes off: never more than the goods, or the shipping.
func (d *discount) off(goods decimal.Decimal) decimal.Decimal {
	switch {
	case d.typ == "DiscountCodeFreeShipping":
		return decimal.RequireFromString(shippingPrice)
	case d.share != nil:
		return goods.Mul(*d.share).Round(2)
	}
	return decimal.Min(*d.amount, goods)
}

// offByCode is what codes took off a line: its total has it, its price has not.
func (l line) offByCode() decimal.Decimal {
	if len(l.order.Vouchers) == 0 {
		return decimal.Zero
	}
	return l.UnitPrice.Mul(decimal.NewFromInt(int64(l.Quantity))).Sub(l.Total)
}

// offShipping is what codes took off beyond the lines.
func (o *order) offShipping() (sum decimal.Decimal) {
	for _, v := range o.Vouchers {
		sum = sum.Add(v.Amount)
	}
	for i := range o.Lines {
		sum = sum.Sub(line{&o.Lines[i], o}.offByCode())
	}
	return sum
}

// allocations is the list of discounts of a part of the order: one for its first code, or
// none.
func (o *order) allocations(off decimal.Decimal) []any {
	if len(o.Vouchers) == 0 || !off.IsPositive() {
		return []any{}
	}
	return []any{record{"DiscountAllocation", map[string]any{"allocatedAmountSet": o.money(off),
		"discountApplication": record{"DiscountCodeApplication", map[string]any{"code": o.Vouchers[0].Code, "index": 0}}}}}
}

// sale is an order for goods without any discount. The lock is held.
func (s *Server) sale(customerID string, goods decimal.Decimal, now time.Time) relance.Order {
	s.data.nextID++
	id := strconv.FormatInt(s.data.nextID, 10)
	o := relance.Order{ExternalID: id, Number: "#" + id, CustomerID: customerID, Currency: s.shop.Info.Currency, PlacedAt: now,
		State: relance.OrderPaid, Paid: true, Shipping: decimal.RequireFromString(shippingPrice), Version: relance.Version{UpdatedAt: now},
		Lines: []relance.OrderLine{{ExternalID: id + "1", Title: "Goods", Quantity: 1, UnitPrice: goods, Total: goods}}}
	if all := s.data.products.byID; len(all) > 0 {
		p := all[0].(*product)
		if o.Lines[0].ProductID = p.ExternalID; len(p.Variants) > 0 {
			o.Lines[0].VariantID = p.Variants[0].ExternalID
		}
	}
	if c, ok := s.data.customers.get(number(customerID)).(*customer); ok && customerID != "" {
		o.Email, o.Language = c.Email, c.Language
	}
	return o
}

// Writes tells how many changes clients have asked for that reached the shop: vouchers,
// subscriptions; not bulk operations, which only read.
func (s *Server) Writes() int {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.data.writes
}

// Vouchers counts the vouchers with a code, and those of them that are active.
func (s *Server) Vouchers(code string) (all, active int) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	d := s.data.discounts[strings.ToLower(code)]
	if d == nil {
		return 0, 0
	}
	if d.status(s.opts.Now()) == "EXPIRED" {
		return 1, 0
	}
	return 1, 1
}
