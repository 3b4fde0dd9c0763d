package prestashop

import (
	"encoding/xml"
	"strconv"

	"github.com/relance/relance"
)

// ruleDocument is the body of a request that writes a cart rule. The webservice takes XML
// only.
type ruleDocument struct {
	XMLName xml.Name `xml:"prestashop"`
	Rule    any      `xml:"cart_rule"`
}

// newRule is a cart rule with every field that has a meaning: what is left out is no
// default but NULL, which is unlimited uses, or a voucher for everybody.
type newRule struct {
	Customer               string     `xml:"id_customer"`
	From                   string     `xml:"date_from"`
	Until                  string     `xml:"date_to"`
	Description            string     `xml:"description"`
	Quantity               int        `xml:"quantity"`
	QuantityPerUser        int        `xml:"quantity_per_user"`
	Priority               int        `xml:"priority"`
	PartialUse             int        `xml:"partial_use"`
	Code                   string     `xml:"code"`
	Minimum                string     `xml:"minimum_amount"`
	MinimumTax             int        `xml:"minimum_amount_tax"`
	MinimumCurrency        int64      `xml:"minimum_amount_currency"`
	MinimumShipping        int        `xml:"minimum_amount_shipping"`
	MinimumQuantity        int        `xml:"minimum_product_quantity"`
	CountryRestriction     int        `xml:"country_restriction"`
	CarrierRestriction     int        `xml:"carrier_restriction"`
	GroupRestriction       int        `xml:"group_restriction"`
	CartRuleRestriction    int        `xml:"cart_rule_restriction"`
	ProductRestriction     int        `xml:"product_restriction"`
	ShopRestriction        int        `xml:"shop_restriction"`
	FreeShipping           int        `xml:"free_shipping"`
	Percent                string     `xml:"reduction_percent"`
	Amount                 string     `xml:"reduction_amount"`
	AmountTax              int        `xml:"reduction_tax"`
	AmountCurrency         int64      `xml:"reduction_currency"`
	ReductionProduct       int        `xml:"reduction_product"`
	ExcludeSpecial         int        `xml:"reduction_exclude_special"`
	GiftProduct            int        `xml:"gift_product"`
	GiftProductCombination int        `xml:"gift_product_attribute"`
	Highlight              int        `xml:"highlight"`
	Active                 int        `xml:"active"`
	Names                  []ruleName `xml:"name>language"`
}

type ruleName struct {
	Language int64  `xml:"id,attr"`
	Text     string `xml:",chardata"`
}

// rulePatch switches a cart rule off. PUT would empty every field that is left out.
type rulePatch struct {
	ID     string `xml:"id"`
	Active int    `xml:"active"`
}

// ruleOf writes an order as a cart rule: one use, by one customer where one is named, in no
// company, of amounts that include tax.
func ruleOf(o relance.VoucherOrder, c *clock, currency int64, languages []language) newRule {
	x := newRule{
		Customer: "0", From: c.wall(o.From).String(), Until: c.wall(o.Until).String(), Quantity: 1, QuantityPerUser: 1, Priority: 1,
		Code: o.Code, Minimum: o.Minimum.String(), MinimumTax: 1, MinimumCurrency: currency, CartRuleRestriction: 1,
		Percent: "0", Amount: "0", AmountTax: 1, AmountCurrency: currency, Active: 1,
	}
	if o.CustomerID != "" {
		// A highlighted voucher is offered in the cart: of its customer, or of everybody if
		// it has none, and then the first visitor would have it.
		x.Customer, x.Highlight = o.CustomerID, 1
	}
	switch o.Kind {
	case relance.VoucherPercent:
		x.Percent = o.Value.String()
	case relance.VoucherAmount:
		x.Amount = o.Value.String()
	case relance.VoucherFreeShipping:
		x.FreeShipping = 1
	}
	for _, l := range languages {
		x.Names = append(x.Names, ruleName{l.id, o.Title(l.code)})
	}
	return x
}

// language is one of the shop's.
type language struct {
	id   int64
	code string // BCP 47
}

// ruleBody writes the body of a request.
func ruleBody(rule any) ([]byte, error) {
	body, err := xml.Marshal(ruleDocument{Rule: rule})
	if err != nil {
		return nil, relance.WrapError(relance.CodeInternal, err, "The voucher cannot be written as XML.")
	}
	return append([]byte(xml.Header), body...), nil
}

// ruleRow is a cart rule as the webservice lists it.
type ruleRow struct {
	ID              text `json:"id"`
	Customer        text `json:"id_customer"`
	Code            text `json:"code"`
	Active          text `json:"active"`
	Quantity        text `json:"quantity"`
	From            text `json:"date_from"`
	Until           text `json:"date_to"`
	Percent         text `json:"reduction_percent"`
	Amount          text `json:"reduction_amount"`
	AmountCurrency  text `json:"reduction_currency"`
	FreeShipping    text `json:"free_shipping"`
	Minimum         text `json:"minimum_amount"`
	MinimumCurrency text `json:"minimum_amount_currency"`
	Gift            text `json:"gift_product"`
	ReductionOf     text `json:"reduction_product"`
}

func (r ruleRow) number() int64 { return idRow{r.ID}.number() }

func ruleListing() listing {
	return listing{resource: "cart_rules", fields: []string{"id", "id_customer", "code", "active", "quantity", "date_from", "date_to",
		"reduction_percent", "reduction_amount", "reduction_currency", "free_shipping", "minimum_amount", "minimum_amount_currency",
		"gift_product", "reduction_product"}}
}

// voucher turns a row into the product's noun.
func (r ruleRow) voucher(v *reader, currencies map[int64]string) relance.Voucher {
	out := relance.Voucher{ExternalID: ref(v.id("id", r.ID)), Code: cleanLine(string(r.Code), maxName), CustomerID: ref(v.id("id_customer", r.Customer)),
		From: v.time("date_from", r.From), Until: v.at("date_to", r.Until), Minimum: v.amount("minimum_amount", r.Minimum)}
	percent, amount := v.amount("reduction_percent", r.Percent), v.amount("reduction_amount", r.Amount)
	free := v.bool("free_shipping", r.FreeShipping)
	switch {
	case v.id("gift_product", r.Gift) != 0 || v.int("reduction_product", r.ReductionOf) != 0:
	case percent.IsPositive() && amount.IsZero() && !free:
		out.Kind, out.Value = relance.VoucherPercent, percent
	case amount.IsPositive() && percent.IsZero() && !free:
		out.Kind, out.Value, out.Currency = relance.VoucherAmount, amount, currencies[v.id("reduction_currency", r.AmountCurrency)]
	case free && percent.IsZero() && amount.IsZero():
		out.Kind = relance.VoucherFreeShipping
	}
	if out.Minimum.IsPositive() {
		currency := currencies[v.id("minimum_amount_currency", r.MinimumCurrency)]
		if out.Currency != "" && out.Currency != currency {
			out.Kind = "" // two currencies in one voucher
		}
		out.Currency = currency
	}
	out.Active = v.bool("active", r.Active)
	if string(r.Quantity) != "" { // NULL is unlimited
		left := int(v.int("quantity", r.Quantity))
		out.Left = &left
		if left <= 0 {
			out.Used = 1
		}
	}
	return out
}

// isID reports whether an id can be one of the shop's rows.
func isID(s string) bool {
	n, err := strconv.ParseInt(s, 10, 64)
	return err == nil && n > 0
}
