package shopify

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"github.com/relance/relance"
	"github.com/relance/relance/connectors"
	"github.com/relance/relance/connectors/shopify/shopifytest"
	"github.com/relance/relance/internal/sample"
)

// TestNestedListsAreReadToTheirEnd has records with 300 of everything.
func TestNestedListsAreReadToTheirEnd(t *testing.T) {
	t.Parallel()
	const many = 300
	seeded := testShop(1, 1)
	customer, order, cart, product := &seeded.Customers[0], &seeded.Orders[0], &seeded.Carts[0], &seeded.Products[0]
	order.Refunds = nil
	customer.Addresses, order.Lines, cart.Lines, product.Variants, product.Costs = nil, nil, nil, nil, nil
	order.Total = order.Shipping.Sub(order.Discount)
	for i := range many {
		a := testCustomer(3).Addresses[0]
		a.ExternalID = fmt.Sprint(1_000_000 + i)
		customer.Addresses = append(customer.Addresses, a)
		l := testOrder(0, 1).Lines[0]
		l.ExternalID, l.Net = fmt.Sprint(2_000_000+i), ptr(dec("16.67"))
		order.Lines = append(order.Lines, l)
		order.Total = order.Total.Add(l.Total)
		c := testCart(0).Lines[0]
		c.ExternalID = fmt.Sprint(3_000_000 + i)
		cart.Lines = append(cart.Lines, c)
		v := testProduct(0).Variants[0]
		v.ExternalID = fmt.Sprint(4_000_000 + i)
		product.Variants = append(product.Variants, v)
	}
	order.SpreadDiscount(order.Discount)
	for n := range 20 {
		f := testRefund(0, n, order.Lines[n].ExternalID)
		f.Lines = nil
		for i := range 40 {
			f.Lines = append(f.Lines, relance.RefundLine{ExternalID: fmt.Sprint(5_000_000 + 100*n + i), OrderLineID: order.Lines[n].ExternalID, Quantity: 1, Amount: dec("0.25")})
		}
		order.Refunds = append(order.Refunds, f)
	}
	for _, staged := range []bool{true, false} {
		shop := shopifytest.NewShop(t, seeded, shopifytest.Options{})
		checkAll(t, seeded, pullAll(t, connect(t, shop, nil), staged))
	}
}

// TestOrderAmountsAddUp checks the one equation that a reader of an order relies on,
// with taxes in and out of the prices.
func TestOrderAmountsAddUp(t *testing.T) {
	t.Parallel()
	for _, excluded := range []bool{false, true} {
		seeded := testShop(10, 60)
		for i := range seeded.Orders {
			seeded.Orders[i].Tax = decimal.Zero
			if excluded { // all tax there is: the lines' and 0.50 on the shipping
				for _, l := range seeded.Orders[i].Lines {
					seeded.Orders[i].Tax = seeded.Orders[i].Tax.Add(l.Total.Mul(dec("20")).DivRound(dec("120"), 2))
				}
				seeded.Orders[i].Tax = seeded.Orders[i].Tax.Add(dec("0.50"))
			}
		}
		shop := shopifytest.NewShop(t, seeded, shopifytest.Options{TaxesExcluded: excluded})
		for id, o := range pullAll(t, connect(t, shop, nil), true).orders {
			sum := o.Shipping.Add(o.Wrapping).Sub(o.Discount)
			for _, l := range o.Lines {
				sum = sum.Add(l.Total)
			}
			if !sum.Equal(o.Total) {
				t.Errorf("taxes excluded %v, order %s: parts make %s, total is %s", excluded, id, sum, o.Total)
			}
		}
	}
}

func TestDeniedFields(t *testing.T) {
	t.Parallel()
	seeded := testShop(8, 4)
	shop := shopifytest.NewShop(t, seeded, shopifytest.Options{
		Denied: []string{"Customer.firstName", "Customer.lastName", "CustomerEmailAddress.emailAddress", "MailingAddress.address1", "AbandonedCheckout.abandonedCheckoutUrl"},
		Bulk:   shopifytest.BulkOptions{Fail: "ACCESS_DENIED"},
	})
	p := pullAll(t, connect(t, shop, nil), true)
	if len(p.customers) != 8 || len(p.orders) != 4 || len(p.carts) != 2 || len(p.rejected) != 0 {
		t.Fatalf("partial data was thrown away: %d customers, %d orders, %d carts, rejected %v", len(p.customers), len(p.orders), len(p.carts), p.rejected)
	}
	c := p.customers["1003"]
	if c.FirstName != "" || c.Email != "" || c.Phone == "" || len(c.Addresses) != 4 || c.Addresses[0].City != "Paris" {
		t.Errorf("got %+v", c)
	}
	if p.carts["40000"].RestoreURL != "" || len(p.carts["40000"].Lines) != 1 {
		t.Errorf("got %+v", p.carts["40000"])
	}
	var rights []string
	for _, m := range p.missing {
		if !slices.Contains(rights, m.Right) {
			rights = append(rights, m.Right)
		}
	}
	slices.Sort(rights)
	want := []string{"abandonedCheckoutUrl", "protected customer data: address", "protected customer data: email", "protected customer data: name"}
	if diff := cmp.Diff(want, rights); diff != "" {
		t.Error(diff)
	}
}

func TestMissingScope(t *testing.T) {
	t.Parallel()
	shop := shopifytest.NewShop(t, testShop(3, 3), shopifytest.Options{Scopes: []string{"read_customers"}})
	c := connect(t, shop, nil)
	p := newPulled()
	pull(t, c, relance.KindCustomers, newStaging(), p)
	for _, kind := range []relance.Kind{relance.KindOrders, relance.KindProducts} {
		_, err := c.Pull(t.Context(), connectors.Request{Kind: kind})
		if relance.CodeOf(err) != relance.CodeShopRights {
			t.Errorf("%s: %v", kind, err)
		}
	}
}

// TestBadValues seeds records that no shop should have: each becomes a clean record
// or is rejected with its reason, and the rest arrives.
func TestBadValues(t *testing.T) {
	t.Parallel()
	for _, staged := range []bool{true, false} {
		seeded := testShop(4, 9)
		nasty := &seeded.Customers[0]
		nasty.FirstName = "A\x00nna\u202e\x07 \u0627\u0628"
		nasty.LastName = strings.Repeat("é", 50_000)
		nasty.Note = "line\nbreak\x00 \\u0000 stays"
		nasty.Tags = []string{"", "  ", "ok\x00"}
		seeded.Orders[1].Currency = ""
		seeded.Orders[2].Currency = "EURO"
		shop := shopifytest.NewShop(t, seeded, shopifytest.Options{})
		for id, total := range map[string]string{"20003": "", "20004": "NaN", "20005": "1e400", "20006": "999999999999999999999", "20007": "0x10"} {
			shop.Break(id, total)
		}
		p := pullAll(t, connect(t, shop, nil), staged)
		var rejected []string
		for _, r := range p.rejected {
			if r.Reason.Code == "" || r.Field == "" {
				t.Errorf("a rejection without field or reason: %+v", r)
			}
			if !slices.Contains(rejected, r.ExternalID) {
				rejected = append(rejected, r.ExternalID)
			}
		}
		slices.Sort(rejected)
		if diff := cmp.Diff([]string{"20001", "20002", "20003", "20004", "20005", "20006", "20007"}, rejected); diff != "" {
			t.Error(diff)
		}
		if len(p.orders) != 2 || len(p.customers) != 4 {
			t.Errorf("%d orders and %d customers", len(p.orders), len(p.customers))
		}
		c := p.customers[nasty.ExternalID]
		if c.FirstName != "Anna \u0627\u0628" || len(c.LastName) != 254 || c.Note != "line\nbreak \\u0000 stays" || !slices.Equal(c.Tags, []string{"ok"}) {
			t.Errorf("not clean: %q %d %q %q", c.FirstName, len(c.LastName), c.Note, c.Tags)
		}
	}
}

func TestIDsAndFetch(t *testing.T) {
	t.Parallel()
	seeded := testShop(2300, 30)
	shop := shopifytest.NewShop(t, seeded, shopifytest.Options{})
	c := connect(t, shop, func(tune *tuning, _ *connectors.Deps) { tune.rebaseRows = 600 })
	var all []string
	var at relance.Cursor
	for calls := 0; ; calls++ {
		ids, next, done, err := c.IDs(t.Context(), relance.KindCustomers, at)
		if err != nil || calls > 5 {
			t.Fatal(calls, err)
		}
		all, at = append(all, ids...), next
		if done {
			break
		}
	}
	if len(all) != 2300 || !slices.IsSorted(all) || len(slices.Compact(slices.Clone(all))) != 2300 {
		t.Errorf("%d ids", len(all))
	}
	shop.Delete(relance.KindCustomers, "2000")
	page, err := c.Fetch(t.Context(), relance.KindCustomers, []string{"1999", "2000", "2001", "abc", "99999999"})
	if err != nil || len(page.Customers) != 2 || len(page.Rejected) != 0 {
		t.Errorf("%d customers, rejected %v, %v", len(page.Customers), page.Rejected, err)
	}
	got := newPulled()
	for kind, ids := range map[relance.Kind][]string{relance.KindOrders: {"20005"}, relance.KindCarts: {"40000"}, relance.KindProducts: {"500"}} {
		page, err := c.Fetch(t.Context(), kind, ids)
		if err != nil {
			t.Fatal(err)
		}
		got.take(page)
	}
	want := sample.Shop{Orders: seeded.Orders[5:6], Carts: seeded.Carts[:1], Products: seeded.Products[:1]}
	checkAll(t, want, got)
	if _, _, _, err := c.IDs(t.Context(), relance.KindConsents, ""); relance.CodeOf(err) != relance.CodeBadInput {
		t.Errorf("got %v", err)
	}
}

func TestCursors(t *testing.T) {
	t.Parallel()
	shop := shopifytest.NewShop(t, testShop(250, 0), shopifytest.Options{})
	c := connect(t, shop, func(tune *tuning, _ *connectors.Deps) {
		tune.rebaseRows = 60
		tune.pageRows = map[relance.Kind]int{relance.KindCustomers: 20}
	})
	for _, bad := range []relance.Cursor{"x", `{"p":"never"}`, `[]`} {
		if _, err := c.Pull(t.Context(), connectors.Request{Kind: relance.KindCustomers, After: bad}); relance.CodeOf(err) != relance.CodeCursorRefused {
			t.Errorf("%s: %v", bad, err)
		}
	}
	if _, err := c.Pull(t.Context(), connectors.Request{Kind: relance.KindConsents}); relance.CodeOf(err) != relance.CodeBadInput {
		t.Errorf("got %v", err)
	}
	page, err := c.Pull(t.Context(), connectors.Request{Kind: relance.KindDeletions, After: "z"})
	if err != nil || !page.Done || page.Next != "z" {
		t.Errorf("deletions: %+v, %v", page, err)
	}
	// The chain of cursors is broken off and taken up again on the way, and a cursor
	// the shop refuses does not end the pull.
	p := newPulled()
	page, err = c.Pull(t.Context(), connectors.Request{Kind: relance.KindCustomers})
	if err != nil {
		t.Fatal(err)
	}
	p.take(page)
	at, _ := parsePlace(page.Next)
	at.After = "refused by the shop"
	p.cursor = at.cursor()
	pull(t, c, relance.KindCustomers, nil, p)
	if len(p.customers) != 250 {
		t.Errorf("%d customers", len(p.customers))
	}
}

// TestTooCostlyPagesShrink has a shop that allows less than the documents were
// planned for.
func TestTooCostlyPagesShrink(t *testing.T) {
	t.Parallel()
	seeded := testShop(60, 30)
	shop := shopifytest.NewShop(t, seeded, shopifytest.Options{MaxCost: 700})
	c := connect(t, shop, nil)
	for _, kind := range []relance.Kind{relance.KindCustomers, relance.KindOrders} {
		p := newPulled()
		pull(t, c, kind, nil, p)
		if len(p.customers)+len(p.orders) == 0 {
			t.Errorf("%s: nothing", kind)
		}
	}
}

func TestReference(t *testing.T) {
	t.Parallel()
	for note, want := range map[string]bool{
		"C536379": true, "RMA-1234": true, "abc/123": true, "123": true, "-123": true, "": false, "12": false, "C53637 9": false,
		"damaged": false, "ABCDE123": false, "C--123": false, "C123 damaged": false, "C12é3": false,
	} {
		if reference(note) != want {
			t.Errorf("%q: %v", note, !want)
		}
	}
}

// TestOrdersBeyondStock: by the variant's policy, and where nothing is counted.
func TestOrdersBeyondStock(t *testing.T) {
	t.Parallel()
	for _, x := range []struct {
		name            string
		stock           *int
		policy          bool
		product, beyond bool
		counted         bool
	}{
		{"none left", ptr(0), false, false, false, true},
		{"none left, sold all the same", ptr(0), true, true, true, true},
		{"some left", ptr(4), false, false, false, true},
		{"not counted", nil, false, true, true, false}, // so says the shop: none, and for sale
	} {
		p := testProduct(0)
		p.Stock = x.stock
		p.Variants = p.Variants[:1]
		p.Variants[0].Stock, p.Variants[0].Backorder = x.stock, x.policy
		shop := shopifytest.NewShop(t, sample.Shop{Info: testShop(1, 0).Info, Products: []relance.Product{p}}, shopifytest.Options{})
		got := pullAll(t, connect(t, shop, nil), true).products["500"]
		v := got.Variants[0]
		if got.Backorder == nil || *got.Backorder != x.product || v.Backorder != x.beyond || (v.Stock != nil) != x.counted || (got.Stock != nil) != x.counted {
			t.Errorf("%s: %v, %+v", x.name, got.Backorder, v)
		}
	}
	// One variant that is not counted beside one that is: Shopify writes 0, and that it is for sale.
	p := testProduct(0)
	p.Variants[0].Stock = nil
	shop := shopifytest.NewShop(t, sample.Shop{Info: testShop(1, 0).Info, Products: []relance.Product{p}}, shopifytest.Options{})
	if v := pullAll(t, connect(t, shop, nil), true).products["500"].Variants; !v[0].Backorder || v[1].Backorder {
		t.Errorf("%+v", v)
	}
}
