package shopify

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"github.com/relance/relance"
	"github.com/relance/relance/connectors"
	"github.com/relance/relance/connectors/shopify/shopifytest"
	"github.com/relance/relance/internal/faults"
)

func follow(code string) relance.VoucherOrder {
	return relance.VoucherOrder{Code: code, Kind: relance.VoucherPercent, Value: dec("12.5"), Currency: "EUR", CustomerID: "1000",
		From: time.Now().Add(-time.Hour), Until: time.Now().Add(time.Hour), Titles: map[string]string{"fr": "Revenez", "en": "Come back"}, Language: "fr"}
}

func TestVoucherInput(t *testing.T) {
	t.Parallel()
	o := follow("INPUT-1")
	o.From, o.Until = time.Date(2026, 11, 20, 23, 0, 0, 0, time.UTC), time.Date(2026, 12, 21, 22, 59, 59, 0, time.UTC)
	amount, shipping := o, o
	amount.Kind, amount.Value, amount.Minimum, amount.CustomerID = relance.VoucherAmount, dec("5.50"), dec("29.99"), ""
	shipping.Kind, shipping.Value = relance.VoucherFreeShipping, decimal.Zero
	const common = `"code":"INPUT-1","title":"Revenez","startsAt":"2026-11-20T23:00:00Z","endsAt":"2026-12-21T22:59:59Z","usageLimit":1,"appliesOncePerCustomer":true,
		"combinesWith":{"orderDiscounts":false,"productDiscounts":false,"shippingDiscounts":false},`
	const bound, anybody = `"context":{"customers":{"add":["gid://shopify/Customer/1000"]}}`, `"context":{"all":"ALL"}`
	for want, order := range map[string]relance.VoucherOrder{
		`{` + common + bound + `,"customerGets":{"value":{"percentage":0.125},"items":{"all":true}}}`: o,
		`{` + common + anybody + `,"minimumRequirement":{"subtotal":{"greaterThanOrEqualToSubtotal":"29.99"}},
			"customerGets":{"value":{"discountAmount":{"amount":"5.5","appliesOnEachItem":false}},"items":{"all":true}}}`: amount,
		`{` + common + bound + `,"destination":{"all":true}}`: shipping,
	} {
		var got, wanted any
		raw, _ := json.Marshal(voucherInput(order))
		if err := errors.Join(json.Unmarshal(raw, &got), json.Unmarshal([]byte(want), &wanted)); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(wanted, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", order.Kind, diff)
		}
	}
}

func TestVoucherRefusedByTheShop(t *testing.T) {
	t.Parallel()
	shop := shopifytest.NewShop(t, testShop(3, 0), shopifytest.Options{})
	c := connect(t, shop, nil)
	o := follow("REFUSED-1")
	o.CustomerID = "77"
	_, err := c.IssueVoucher(t.Context(), o)
	var e *relance.Error
	if !errors.As(err, &e) || e.Field != "customer" || errors.Is(err, connectors.ErrOutcomeUnknown) {
		t.Errorf("an unknown customer: %v", err)
	}
	for _, u := range []struct {
		problem userError
		code    relance.Code
		field   string
		unknown bool
	}{
		{userError{"TAKEN", []string{"basicCodeDiscount", "code"}}, relance.CodeConflict, "code", false},
		{userError{"DUPLICATE", []string{"basicCodeDiscount", "code"}}, relance.CodeConflict, "code", false},
		{userError{"INTERNAL_ERROR", nil}, relance.CodeShopDown, "", true},
		{userError{"END_DATE_BEFORE_START_DATE", []string{"basicCodeDiscount", "endsAt"}}, relance.CodeBadInput, "until", false},
		{userError{"VALUE_OUTSIDE_RANGE", []string{"basicCodeDiscount", "customerGets", "value", "percentage"}}, relance.CodeBadInput, "value", false},
		{userError{"GREATER_THAN", []string{"basicCodeDiscount", "minimumRequirement"}}, relance.CodeBadInput, "minimum", false},
		{userError{"MAX_APP_DISCOUNTS", nil}, relance.CodeBadInput, "", false},
	} {
		err := u.problem.asError()
		var e *relance.Error
		if !errors.As(err, &e) || e.Code != u.code || e.Field != u.field || errors.Is(err, connectors.ErrOutcomeUnknown) != u.unknown {
			t.Errorf("%+v: %v", u.problem, err)
		}
	}
}

// A code that was made between the look and the request is looked up; what the request asked
// for counts, not that it failed.
func TestTakenCodeIsLookedUp(t *testing.T) {
	t.Parallel()
	shop := shopifytest.NewShop(t, testShop(3, 0), shopifytest.Options{})
	c := connect(t, shop, nil)
	o := follow("RACE-1")
	desk := &blind{voucherDesk: voucherDesk{Connector: c}}
	first, err := c.IssueVoucher(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	o.From, o.Until = o.From.Truncate(time.Second), o.Until.Truncate(time.Second)
	again, err := connectors.IssueVoucher(t.Context(), desk, o)
	if err != nil || again.ExternalID != first.ExternalID || shop.Writes() != 2 {
		t.Errorf("%+v, %v, %d writes", again, err, shop.Writes())
	}
}

// blind does not see the code at its first look.
type blind struct {
	voucherDesk
	looked bool
}

func (b *blind) FindVouchers(ctx context.Context, code string) ([]relance.Voucher, error) {
	found, err := b.voucherDesk.FindVouchers(ctx, code)
	if !b.looked {
		b.looked = true
		return nil, err
	}
	return found, err
}

// An order that is given up while the shop is busy with it may have been carried out.
func TestGivenUpVoucherIsUnknown(t *testing.T) {
	t.Parallel()
	set, err := faults.Parse("timeout", 1)
	if err != nil {
		t.Fatal(err)
	}
	shop := shopifytest.NewShop(t, testShop(3, 0), shopifytest.Options{Faults: set, Hold: time.Minute})
	c := connect(t, shop, nil)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	err = (&voucherDesk{Connector: c, currency: "EUR"}).MakeVoucher(ctx, follow("GONE-1"))
	if !errors.Is(err, connectors.ErrOutcomeUnknown) || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("given up: %v", err)
	}
}

// What a merchant made under the code is told apart from ours, whatever it is.
func TestForeignVoucherIsAConflict(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*voucherNode){
		"several codes": func(n *voucherNode) {
			n.Discount.Codes.Nodes = append(n.Discount.Codes.Nodes, n.Discount.Codes.Nodes[0])
		},
		"a segment":           func(n *voucherNode) { n.Discount.Context.Type = "DiscountCustomerSegments" },
		"a minimum of pieces": func(n *voucherNode) { n.Discount.Minimum = minimumOf("DiscountMinimumQuantity") },
		"some products":       func(n *voucherNode) { n.Discount.Gets.Items.All = false },
		"each item": func(n *voucherNode) {
			n.Discount.Gets.Value.Type, n.Discount.Gets.Value.EachItem = "DiscountAmount", true
		},
		"buy X get Y": func(n *voucherNode) { n.Discount.Type, n.Discount.Gets = "DiscountCodeBxgy", nil },
	} {
		n := nodeOf(t, `{"id":"gid://shopify/DiscountCodeNode/1","codeDiscount":{"__typename":"DiscountCodeBasic","status":"ACTIVE","startsAt":"2026-11-01T00:00:00Z",
			"codes":{"nodes":[{"code":"MINE"}]},"context":{"__typename":"DiscountBuyerSelectionAll"},
			"customerGets":{"items":{"allItems":true},"value":{"__typename":"DiscountPercentage","percentage":0.07}}}}`)
		if v, err := n.voucher("mine"); err != nil || v.Kind != relance.VoucherPercent || v.Value.String() != "7" || v.Code != "MINE" || v.Left != nil {
			t.Fatalf("%+v, %v", v, err)
		}
		change(n)
		if v, err := n.voucher("mine"); err != nil || v.Kind != "" {
			t.Errorf("%s: %+v, %v", name, v, err)
		}
	}
}

func nodeOf(t *testing.T, raw string) *voucherNode {
	t.Helper()
	var n voucherNode
	if err := json.NewDecoder(strings.NewReader(raw)).Decode(&n); err != nil {
		t.Fatal(err)
	}
	return &n
}

func minimumOf(typ string) *struct {
	Type     string `json:"__typename"`
	Subtotal money  `json:"greaterThanOrEqualToSubtotal"`
} {
	return &struct {
		Type     string `json:"__typename"`
		Subtotal money  `json:"greaterThanOrEqualToSubtotal"`
	}{Type: typ}
}

// What a code took off comes with bulk files and with pages alike.
func TestRedemptionsByBothWays(t *testing.T) {
	t.Parallel()
	shop := shopifytest.NewShop(t, testShop(12, 40), shopifytest.Options{})
	c := connect(t, shop, nil)
	shippingOrder := follow("SHIP-1")
	shippingOrder.Kind, shippingOrder.Value = relance.VoucherFreeShipping, decimal.Zero
	want := map[string]string{}
	for _, o := range []relance.VoucherOrder{follow("PART-1"), shippingOrder} {
		if _, err := c.IssueVoucher(t.Context(), o); err != nil {
			t.Fatal(err)
		}
		id, err := shop.Buy("1000", o.Code, dec("79.99"))
		if err != nil {
			t.Fatal(err)
		}
		want[id] = map[string]string{"PART-1": "10", "SHIP-1": "4.9"}[o.Code]
	}
	for _, staged := range []bool{true, false} {
		p := pullAll(t, c, staged)
		for id, amount := range want {
			o := p.orders[id]
			if len(o.Vouchers) != 1 || o.Vouchers[0].Amount.String() != amount || !o.ExactTotal().Equal(o.Total) {
				t.Errorf("staged %v: %+v of %s, parts %s, total %s", staged, o.Vouchers, o.DiscountCodes, o.ExactTotal(), o.Total)
			}
		}
	}
}
