package shopify

import (
	"slices"
	"strconv"
	"time"

	"github.com/shopspring/decimal"

	"github.com/relance/relance"
)

// voucherNode is a code discount as Shopify writes it.
type voucherNode struct {
	ID       string `json:"id"`
	Discount struct {
		Type   string `json:"__typename"`
		Status string `json:"status"`
		Starts string `json:"startsAt"`
		Ends   string `json:"endsAt"`
		Limit  *int   `json:"usageLimit"`
		Used   int    `json:"asyncUsageCount"`
		Codes  struct {
			Nodes []struct {
				Code string `json:"code"`
			} `json:"nodes"`
		} `json:"codes"`
		Context struct {
			Type      string   `json:"__typename"`
			Customers []idNode `json:"customers"`
		} `json:"context"`
		Minimum *struct {
			Type     string `json:"__typename"`
			Subtotal money  `json:"greaterThanOrEqualToSubtotal"`
		} `json:"minimumRequirement"`
		Gets *voucherGets `json:"customerGets"`
	} `json:"codeDiscount"`
}

// voucherGets is what a code takes off the goods.
type voucherGets struct {
	Items struct {
		All bool `json:"allItems"`
	} `json:"items"`
	Value struct {
		Type       string `json:"__typename"`
		Percentage loose  `json:"percentage"` // 0 to 1
		Amount     money  `json:"amount"`
		EachItem   bool   `json:"appliesOnEachItem"`
	} `json:"value"`
}

// voucher turns the node into the product's noun.
func (n *voucherNode) voucher(code string) (relance.Voucher, error) {
	var r reader
	d := &n.Discount
	v := relance.Voucher{ExternalID: r.number("id", n.ID), Code: code, From: moment(d.Starts), Until: momentOf(d.Ends),
		Active: d.Status == "ACTIVE" || d.Status == "SCHEDULED", Used: d.Used}
	if len(d.Codes.Nodes) == 1 {
		v.Code = name(d.Codes.Nodes[0].Code)
	}
	if d.Limit != nil {
		left := max(0, *d.Limit-d.Used)
		v.Left = &left
	}
	n.terms(&v, &r)
	if n.unlike() {
		v.Kind = ""
	}
	if r.field != "" {
		return v, relance.Errorf(relance.CodeShopGarbage, "A voucher of the shop cannot be read (%s: %s).", r.field, r.reason)
	}
	return v, nil
}

// unlike reports what no order of ours makes: several codes or customers, segments,
// markets, a minimum of pieces.
func (n *voucherNode) unlike() bool {
	d := &n.Discount
	known := []string{"DiscountBuyerSelectionAll", "DiscountCustomers"}
	return len(d.Codes.Nodes) > 1 || len(d.Context.Customers) > 1 || !slices.Contains(known, d.Context.Type) ||
		d.Minimum != nil && d.Minimum.Type != "DiscountMinimumSubtotal"
}

// terms fills in what the voucher takes off, for whom and from what minimum.
func (n *voucherNode) terms(v *relance.Voucher, r *reader) {
	d := &n.Discount
	if len(d.Context.Customers) == 1 {
		v.CustomerID = d.Context.Customers[0].plain()
	}
	if d.Minimum != nil && d.Minimum.Type == "DiscountMinimumSubtotal" {
		v.Minimum = r.amount("minimumRequirement", d.Minimum.Subtotal.Amount)
		v.Currency = r.currency("minimumRequirement", d.Minimum.Subtotal.Currency)
	}
	switch gets := d.Gets; {
	case d.Type == "DiscountCodeFreeShipping":
		v.Kind = relance.VoucherFreeShipping
	case gets == nil || !gets.Items.All:
	case gets.Value.Type == "DiscountPercentage":
		v.Kind, v.Value = relance.VoucherPercent, r.share(gets.Value.Percentage)
	case gets.Value.Type == "DiscountAmount" && !gets.Value.EachItem:
		v.Kind, v.Value = relance.VoucherAmount, r.amount("customerGets", gets.Value.Amount.Amount)
		v.Currency = r.currency("customerGets", gets.Value.Amount.Currency)
	}
}

// share reads a fraction of 1 as a percentage. It came as a binary fraction, so that what
// stands beyond the percentages a voucher can have is noise.
func (r *reader) share(fraction loose) decimal.Decimal {
	f, err := strconv.ParseFloat(string(fraction), 64)
	if err != nil || !(f >= 0 && f <= 1) { // NaN is neither
		r.bad("customerGets", relance.Say("NOT_AN_AMOUNT"))
		return decimal.Zero
	}
	return decimal.NewFromFloat(f).Shift(2).Round(4)
}

// voucherInput is the input of the mutations that make a voucher: one use, by one customer
// where one is named, beside no other discount.
func voucherInput(o relance.VoucherOrder) map[string]any {
	in := map[string]any{
		"code": o.Code, "title": o.Title(o.Language),
		"startsAt": o.From.UTC().Format(time.RFC3339), "endsAt": o.Until.UTC().Format(time.RFC3339),
		"usageLimit": 1, "appliesOncePerCustomer": true,
		"context":      map[string]any{"all": "ALL"},
		"combinesWith": map[string]any{"orderDiscounts": false, "productDiscounts": false, "shippingDiscounts": false},
	}
	if o.CustomerID != "" {
		in["context"] = map[string]any{"customers": map[string]any{"add": []string{gid("Customer", o.CustomerID)}}}
	}
	if o.Minimum.IsPositive() {
		in["minimumRequirement"] = map[string]any{"subtotal": map[string]any{"greaterThanOrEqualToSubtotal": o.Minimum.String()}}
	}
	switch o.Kind {
	case relance.VoucherFreeShipping:
		in["destination"] = map[string]any{"all": true}
	case relance.VoucherPercent:
		in["customerGets"] = gets(map[string]any{"percentage": o.Value.Shift(-2).InexactFloat64()})
	case relance.VoucherAmount:
		in["customerGets"] = gets(map[string]any{"discountAmount": map[string]any{"amount": o.Value.String(), "appliesOnEachItem": false}})
	}
	return in
}

func gets(value map[string]any) map[string]any {
	return map[string]any{"value": value, "items": map[string]any{"all": true}}
}
