package prestashoptest_test

import (
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/shopspring/decimal"

	"github.com/relance/relance/connectors/prestashop/prestashoptest"
)

// The checkout asks what the real one asks, and reads what was not sent as it does.
func TestBuyingWithVouchers(t *testing.T) {
	t.Parallel()
	const dates = "<date_from>2026-11-01 00:00:00</date_from><date_to>2026-12-21 23:59:59</date_to>"
	const good = dates + "<quantity>1</quantity><quantity_per_user>1</quantity_per_user><code>CODE</code><active>1</active><reduction_percent>10</reduction_percent>"
	with := func(changes ...string) string { return strings.NewReplacer(changes...).Replace(good) }
	for name, c := range map[string]struct {
		fields string
		first  string // what the first purchase of somebody is answered; "" is an order
		second string
	}{
		"one use":               {good, "", "already been used"},
		"unlimited if not sent": {with("<quantity>1</quantity>", "", "<quantity_per_user>1</quantity_per_user>", ""), "", ""},
		"once by everybody":     {with("<quantity>1</quantity>", "<quantity>9</quantity>"), "", "any more"},
		"0 is unusable":         {with("<quantity>1</quantity>", "<quantity>0</quantity>"), "already been used", "already been used"},
		"0 for each too":        {with("<quantity_per_user>1</quantity_per_user>", "<quantity_per_user>0</quantity_per_user>"), "any more", "any more"},
		"not sent is inactive":  {with("<active>1</active>", ""), "disabled", "disabled"},
		"a day is its midnight": {with("2026-12-21 23:59:59", "2026-11-21"), "expired", "expired"},
		"turned dates":          {with("2026-11-01 00:00:00", "2026-12-21 00:00:00", "2026-12-21 23:59:59", "2026-11-01 23:59:59"), "not valid yet", "not valid yet"},
		"somebody else's":       {good + "<id_customer>999</id_customer>", "cannot use", "cannot use"},
		"the buyer's":           {good + "<id_customer>104</id_customer>", "", "already been used"},
		"a minimum":             {good + "<minimum_amount>388.28</minimum_amount>", "minimum", "minimum"},
		"not sent is no code":   {with("<code>CODE</code>", ""), "does not exist", "does not exist"},
	} {
		s, web := newShop(t, small(), prestashoptest.Options{Now: recordedNow})
		body := "<prestashop><cart_rule>" + c.fields + `<name><language id="1">x</language></name></cart_rule></prestashop>`
		if status, answer := web.do(http.MethodPost, "/api/cart_rules", body); status != http.StatusCreated {
			t.Fatalf("%s: %d %s", name, status, answer)
		}
		for i, want := range []string{c.first, c.second} {
			_, err := s.Buy("104", "code", decimal.RequireFromString("388.27"))
			if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
				t.Errorf("%s, purchase %d: %v, want %q", name, i+1, err, want)
			}
		}
	}
}

// ⚠ A voucher without a code comes by itself to every visitor; a percentage and an amount
// both count.
func TestVouchersThatComeByThemselves(t *testing.T) {
	t.Parallel()
	s, c := newShop(t, small(), prestashoptest.Options{Now: recordedNow})
	c.do(http.MethodPost, "/api/cart_rules", voucher("<active>1</active><reduction_percent>10</reduction_percent><quantity>9</quantity>"))
	c.do(http.MethodPost, "/api/cart_rules", voucher("<active>1</active><code>BOTH</code><reduction_percent>10</reduction_percent><reduction_amount>5</reduction_amount><quantity>1</quantity>"))
	id, err := s.Buy("104", "BOTH", decimal.NewFromInt(100))
	if err != nil {
		t.Fatal(err)
	}
	if got := c.get("/api/order_cart_rules?display=[id_cart_rule,value]&filter[id_order]=[" + id + "]&output_format=JSON"); got != `{"order_cart_rules":[{"id_cart_rule":1,"value":"10.000000"},{"id_cart_rule":2,"value":"15.000000"}]}` {
		t.Error(got)
	}
	if got := c.get("/api/orders?display=[total_discounts,total_paid]&filter[id]=[" + id + "]&output_format=JSON"); got != `{"orders":[{"total_discounts":"25.000000","total_paid":"79.900000"}]}` {
		t.Error(got)
	}
}

// Two restricted vouchers exclude each other; one alone excludes nothing.
func TestRestrictedVouchersExcludeEachOther(t *testing.T) {
	t.Parallel()
	s, c := newShop(t, small(), prestashoptest.Options{Now: recordedNow})
	c.do(http.MethodPost, "/api/cart_rules", voucher("<active>1</active><cart_rule_restriction>1</cart_rule_restriction><reduction_percent>10</reduction_percent>"))
	c.do(http.MethodPost, "/api/cart_rules", voucher("<active>1</active><code>ALONE</code><cart_rule_restriction>1</cart_rule_restriction><reduction_percent>10</reduction_percent>"))
	c.do(http.MethodPost, "/api/cart_rules", voucher("<active>1</active><code>FREE</code><reduction_percent>10</reduction_percent>"))
	if _, err := s.Buy("104", "ALONE", decimal.NewFromInt(100)); err == nil || !strings.Contains(err.Error(), "not combinable") {
		t.Error(err)
	}
	if _, err := s.Buy("104", "FREE", decimal.NewFromInt(100)); err != nil {
		t.Error(err)
	}
}

// ⚠ One code posted four times at once makes four vouchers.
func TestTrapParallelDuplicates(t *testing.T) {
	t.Parallel()
	s, c := newShop(t, small(), prestashoptest.Options{})
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			if status, body := c.do(http.MethodPost, "/api/cart_rules", voucher("<code>SAME</code><active>1</active>")); status != http.StatusCreated {
				t.Error(status, body)
			}
		})
	}
	all.Wait()
	if n, active := s.Vouchers("same"); n != 4 || active != 4 || s.Writes() != 4 {
		t.Errorf("%d vouchers, %d active, %d writes", n, active, s.Writes())
	}
}
