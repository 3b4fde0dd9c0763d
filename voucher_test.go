package relance

import (
	"errors"
	"testing"
	"time"

	"github.com/shopspring/decimal"
)

func goodVoucher() VoucherOrder {
	from := time.Date(2026, 11, 20, 23, 0, 0, 0, time.UTC)
	return VoucherOrder{Code: "BACK-10-ABC", Kind: VoucherPercent, Value: decimal.NewFromInt(10), From: from, Until: from.AddDate(0, 1, 0),
		Titles: map[string]string{"en": "Come back", "fr": "Revenez"}, Language: "fr"}
}

func TestVoucherOrderIsValidated(t *testing.T) {
	t.Parallel()
	dec := decimal.RequireFromString
	amount := func(value, currency string) func(*VoucherOrder) {
		return func(o *VoucherOrder) { o.Kind, o.Value, o.Currency = VoucherAmount, dec(value), currency }
	}
	code := func(s string) func(*VoucherOrder) { return func(o *VoucherOrder) { o.Code = s } }
	percent := func(s string) func(*VoucherOrder) { return func(o *VoucherOrder) { o.Value = dec(s) } }
	for name, c := range map[string]struct {
		change func(*VoucherOrder)
		field  string
	}{
		"good":                     {func(*VoucherOrder) {}, ""},
		"all of it":                {percent("100"), ""},
		"a fraction":               {percent("12.5"), ""},
		"an amount":                {amount("5.50", "EUR"), ""},
		"free shipping":            {func(o *VoucherOrder) { o.Kind, o.Value = VoucherFreeShipping, decimal.Zero }, ""},
		"no code":                  {code(""), "code"},
		"small letters":            {code("Back-10"), "code"},
		"a blank":                  {code("BACK 10"), "code"},
		"what a filter reads":      {code("BACK|10"), "code"},
		"an accent":                {code("RÉDUC"), "code"},
		"two hyphens":              {code("BACK--10"), "code"},
		"a hyphen at the end":      {code("BACK-"), "code"},
		"too short":                {code("AB"), "code"},
		"no discount":              {percent("0"), "value"},
		"more than all":            {percent("150"), "value"},
		"a rise":                   {percent("-10"), "value"},
		"three decimals":           {percent("3.333"), "value"},
		"no amount":                {amount("0", "EUR"), "value"},
		"an amount below zero":     {amount("-5", "EUR"), "value"},
		"no currency":              {amount("5", ""), "currency"},
		"an odd currency":          {amount("5", "euro"), "currency"},
		"minimum without currency": {func(o *VoucherOrder) { o.Minimum = dec("30") }, "currency"},
		"minimum below zero":       {func(o *VoucherOrder) { o.Minimum = dec("-1") }, "minimum"},
		"until before from":        {func(o *VoucherOrder) { o.Until = o.From.Add(-time.Second) }, "until"},
		"no end":                   {func(o *VoucherOrder) { o.Until = time.Time{} }, "until"},
		"no title":                 {func(o *VoucherOrder) { o.Titles = map[string]string{"en": " "} }, "titles"},
		"a title of HTML":          {func(o *VoucherOrder) { o.Titles["fr"] = "<b>10</b>" }, "titles"},
		"an unknown kind":          {func(o *VoucherOrder) { o.Kind = "GIFT" }, "kind"},
		"shipping with a value":    {func(o *VoucherOrder) { o.Kind = VoucherFreeShipping }, "value"},
	} {
		o := goodVoucher()
		c.change(&o)
		err := o.Validate()
		var e *Error
		errors.As(err, &e)
		switch {
		case c.field == "" && err != nil:
			t.Errorf("%s: %v", name, err)
		case c.field != "" && (e == nil || e.Field != c.field || e.Code != CodeBadInput):
			t.Errorf("%s: %v, want the field %s", name, err, c.field)
		}
	}
}

func TestVoucherTitleFallsBack(t *testing.T) {
	t.Parallel()
	o := goodVoucher()
	for language, want := range map[string]string{"fr": "Revenez", "fr-CA": "Revenez", "en": "Come back", "de": "Revenez", "": "Revenez"} {
		if got := o.Title(language); got != want {
			t.Errorf("%q: %q, want %q", language, got, want)
		}
	}
	o.Language = "it"
	if got := o.Title("de"); got != "Come back" {
		t.Errorf("got %q", got)
	}
}

func TestVoucherFulfilsItsOrderOnly(t *testing.T) {
	t.Parallel()
	o := goodVoucher()
	o.CustomerID = "104"
	one := 1
	made := Voucher{Code: "back-10-abc", Kind: o.Kind, Value: decimal.RequireFromString("10.00"), From: o.From, Until: &o.Until, CustomerID: "104", Active: true, Left: &one}
	if !made.Fulfils(o) {
		t.Error("the voucher of the order does not fulfil it")
	}
	revoked := made
	now := o.From.Add(time.Hour)
	revoked.Active, revoked.Until = false, &now
	if !revoked.Fulfils(o) {
		t.Error("a revoked voucher is forgotten, and would be issued again")
	}
	for name, change := range map[string]func(*Voucher){
		"value": func(v *Voucher) { v.Value = decimal.NewFromInt(15) }, "customer": func(v *Voucher) { v.CustomerID = "" },
		"kind": func(v *Voucher) { v.Kind = VoucherAmount }, "end": func(v *Voucher) { v.Until = nil }, "begin": func(v *Voucher) { v.From = now },
		"minimum": func(v *Voucher) { v.Minimum = decimal.NewFromInt(1) }, "uses": func(v *Voucher) { v.Left = nil }, "code": func(v *Voucher) { v.Code = "OTHER" },
	} {
		other := made
		if change(&other); other.Fulfils(o) {
			t.Errorf("a voucher with another %s passes for the order's", name)
		}
	}
}
