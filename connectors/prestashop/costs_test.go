package prestashop_test

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/relance/relance"
	"github.com/relance/relance/connectors/prestashop/prestashoptest"
)

func eur(s string) relance.Money { return relance.Money{Amount: amount(s), Currency: "EUR"} }

// A wholesale price of 0 is one that nobody told; a combination's 0 means the product's.
func TestWholesalePrices(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		seed map[string]relance.Money
		want string
	}{
		"nobody told":                  {nil, ""},
		"the product's for all":        {map[string]relance.Money{"": eur("9.5"), "900": eur("9.5"), "901": eur("9.5")}, "=9.5 900=9.5 901=9.5"},
		"one combination has its own":  {map[string]relance.Money{"": eur("9.5"), "900": eur("9.5"), "901": eur("11.123456")}, "=9.5 900=9.5 901=11.123456"},
		"told of one combination only": {map[string]relance.Money{"901": eur("11")}, "901=11"},
		"less than nothing":            {map[string]relance.Money{"": eur("9.5"), "900": eur("-1"), "901": eur("9.5")}, "=9.5 901=9.5"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			shop := lab()
			shop.Products[1].Costs = c.seed
			_, url := prestashoptest.NewShop(t, shop, prestashoptest.Options{})
			got := pull(t, connect(t, url, quick()), relance.KindProducts, "").products["51"].Costs
			var list []string
			for _, id := range slices.Sorted(maps.Keys(got)) {
				if got[id].Currency != "EUR" {
					t.Errorf("a cost in %s", got[id].Currency)
				}
				list = append(list, id+"="+got[id].Amount.String())
			}
			if s := strings.Join(list, " "); s != c.want {
				t.Errorf("costs %s, want %s", s, c.want)
			}
		})
	}
}

// Without the right to read combinations nobody knows what one of them costs: it may have its own.
func TestCombinationsThatCannotBeReadCostNobodyKnowsWhat(t *testing.T) {
	t.Parallel()
	shop := lab()
	shop.Products[1].Costs = map[string]relance.Money{"": eur("9.5"), "900": eur("9.5"), "901": eur("11")}
	rights := prestashoptest.ReadOnly(readResources()...)
	delete(rights, "combinations")
	_, url := prestashoptest.NewShop(t, shop, prestashoptest.Options{Keys: []prestashoptest.Key{{Value: prestashoptest.DefaultKey, Rights: rights}}})
	got := pull(t, connect(t, url, quick()), relance.KindProducts, "")
	if c := got.products["51"].Costs; len(c) != 1 || !c[""].Amount.Equal(amount("9.5")) || !got.missing["combinations GET"] {
		t.Errorf("costs %v, missing %v", c, got.missing)
	}
}

// soldFor lists what the lines of an order were sold for.
func soldFor(o relance.Order) string {
	var out []string
	for _, l := range o.Lines {
		if l.Net == nil {
			out = append(out, "?")
			continue
		}
		out = append(out, l.Net.String())
	}
	return strings.Join(out, " ")
}

// What a voucher took off the order is spread over its lines by value, to six decimals; the shipping
// that it gave free is in the same sum and is none of the goods'.
func TestWhatLinesWereSoldFor(t *testing.T) {
	t.Parallel()
	lines := func(o *relance.Order) { // 36 with tax, 30 without
		o.Lines[0].UnitPrice, o.Lines[0].Total = amount("12"), amount("12")
		o.Lines[1].UnitPrice, o.Lines[1].Total = amount("24"), amount("24")
		o.Shipping, o.Total = amount("6"), amount("42")
	}
	for name, c := range map[string]struct {
		change func(*relance.Order)
		free   bool // the voucher gives the shipping free
		denied bool
		want   string
	}{
		"no discount":             {func(*relance.Order) {}, false, false, "10 20"},
		"ten percent":             {func(o *relance.Order) { o.Discount, o.Total = amount("3.6"), amount("38.4") }, false, false, "9 18"},
		"it does not divide":      {func(o *relance.Order) { o.Discount, o.Total = amount("1.2"), amount("40.8") }, false, false, "9.666667 19.333333"},
		"free shipping":           {func(o *relance.Order) { o.Discount, o.Total = amount("6"), amount("36") }, true, false, "10 20"},
		"both":                    {func(o *relance.Order) { o.Discount, o.Total = amount("9.6"), amount("32.4") }, true, false, "9 18"},
		"vouchers cannot be read": {func(o *relance.Order) { o.Discount, o.Total = amount("3.6"), amount("38.4") }, false, true, "? ?"},
		"nor need they":           {func(*relance.Order) {}, false, true, "10 20"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			shop := lab()
			lines(&shop.Orders[0])
			c.change(&shop.Orders[0])
			rights := prestashoptest.ReadOnly(readResources()...)
			rights["cart_rules"] += " POST"
			if c.denied {
				delete(rights, "order_cart_rules")
			}
			s, url := prestashoptest.NewShop(t, shop, prestashoptest.Options{Keys: []prestashoptest.Key{{Value: prestashoptest.DefaultKey, Rights: rights}}})
			if c.free {
				o := follow("FREE-1")
				o.Kind, o.Value = relance.VoucherFreeShipping, amount("0")
				v, err := issuer(t, url).IssueVoucher(t.Context(), o)
				if err != nil {
					t.Fatal(err)
				}
				s.Redeem(number(t, v.ExternalID), 1, shop.Orders[0].Discount)
			}
			if got := soldFor(pull(t, connect(t, url, quick()), relance.KindOrders, "").orders["1"]); got != c.want {
				t.Errorf("sold for %s, want %s", got, c.want)
			}
		})
	}
}

// The simulator's own checkout, with free shipping.
func TestNetPricesOfAVoucherThatWasUsed(t *testing.T) {
	t.Parallel()
	s, url := prestashoptest.NewShop(t, lab(), prestashoptest.Options{})
	c := issuer(t, url)
	o := follow("SHIP-1")
	o.Until = time.Now().AddDate(0, 1, 0)
	o.Kind, o.Value = relance.VoucherFreeShipping, amount("0")
	if _, err := c.IssueVoucher(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	id, err := s.Buy("104", "SHIP-1", amount("60"))
	if err != nil {
		t.Fatal(err)
	}
	if got := soldFor(pull(t, connect(t, url, quick()), relance.KindOrders, "").orders[id]); got != "50" {
		t.Errorf("goods for 60 with tax were sold for %s without", got)
	}
}

func number(t *testing.T, id string) int64 {
	t.Helper()
	n, err := strconv.ParseInt(id, 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return n
}
