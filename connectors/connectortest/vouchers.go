package connectortest

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/relance/relance"
	"github.com/relance/relance/connectors"
	"github.com/relance/relance/internal/faults"
	"github.com/relance/relance/internal/sample"
)

// VoucherShop is a simulated shop whose customers can buy with vouchers. What [Platform.Open]
// gives must be one for [RunVouchers].
type VoucherShop interface {
	Shop
	// ConnectReadOnly makes a connector whose credentials may sync but not write vouchers.
	ConnectReadOnly(t *testing.T) connectors.Connector
	// Buy places an order of a customer for goods worth an amount with a code.
	Buy(customerID, code string, goods decimal.Decimal) (orderID string, err error)
	// LoseAnswers lets the next n requests that change a voucher work without an answer.
	LoseAnswers(n int)
	// Writes tells how many changes clients have made so far.
	Writes() int
	// Vouchers counts the vouchers with a code, and those of them that are active.
	Vouchers(code string) (all, active int)
}

// voucherTries is how often a caller repeats what may succeed later.
const voucherTries = 60

// RunVouchers runs the suite of [connectors.VoucherIssuer].
func RunVouchers(t *testing.T, p Platform) {
	t.Helper()
	for name, test := range map[string]func(*testing.T, Platform){
		"Issue": testIssue, "Repeat": testRepeat, "Conflict": testVoucherConflict, "Parallel": testParallelIssues, "LostAnswer": testLostAnswer,
		"Revoke": testRevoke, "Extend": testExtend, "Remove": testRemove, "Redeem": testRedeem, "Unbound": testUnbound, "Refusals": testVoucherRefusals, "Rights": testVoucherRights, "Faults": testVoucherFaults,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, p)
		})
	}
}

// voucherWorld is a shop with somebody who issues vouchers in it.
type voucherWorld struct {
	shop   VoucherShop
	seed   sample.Shop
	issuer connectors.VoucherIssuer
}

func openVouchers(t *testing.T, p Platform, f *faults.Set) voucherWorld {
	t.Helper()
	seed := p.contents(5)
	shop, ok := p.Open(t, seed, f).(VoucherShop)
	if !ok {
		t.Fatal("the shop of the suite is no VoucherShop")
	}
	w := voucherWorld{shop: shop, seed: seed}
	w.issuer = w.connect(t)
	return w
}

func (w voucherWorld) connect(t *testing.T) connectors.VoucherIssuer {
	t.Helper()
	issuer, ok := w.shop.Connect(t, true).(connectors.VoucherIssuer)
	if !ok {
		t.Fatal("the connector issues no vouchers")
	}
	return issuer
}

// order is a voucher of 10 % for the first customer.
func (w voucherWorld) order(code string) relance.VoucherOrder {
	now := time.Now().UTC().Truncate(time.Second)
	return relance.VoucherOrder{Code: code, Kind: relance.VoucherPercent, Value: decimal.NewFromInt(10), Currency: w.seed.Info.Currency,
		From: now.Add(-24 * time.Hour), Until: now.Add(30 * 24 * time.Hour), CustomerID: w.seed.Customers[0].ExternalID,
		Titles: map[string]string{"en": "Come back & save", "fr": "Revenez « vite »"}, Language: "fr"}
}

func (w voucherWorld) issue(t *testing.T, o relance.VoucherOrder) relance.Voucher {
	t.Helper()
	v, err := w.issuer.IssueVoucher(t.Context(), o)
	if err != nil {
		t.Fatalf("issue %s: %v", o.Code, err)
	}
	return v
}

// count compares the shop's own view of a code.
func (w voucherWorld) count(t *testing.T, code string, active int) {
	t.Helper()
	if _, got := w.shop.Vouchers(code); got != active {
		t.Errorf("%d vouchers with the code %s are active, want %d", got, code, active)
	}
}

// voucherKinds are orders of each kind.
func (w voucherWorld) voucherKinds() []relance.VoucherOrder {
	var out []relance.VoucherOrder
	add := func(code string, change func(*relance.VoucherOrder)) {
		o := w.order(code)
		change(&o)
		out = append(out, o)
	}
	add("PERCENT-1", func(o *relance.VoucherOrder) { o.Value = decimal.RequireFromString("12.5") })
	add("PERCENT-2", func(o *relance.VoucherOrder) { o.Value, o.Currency = decimal.NewFromInt(33), "" })
	add("AMOUNT-1", func(o *relance.VoucherOrder) {
		o.Kind, o.Value, o.Minimum = relance.VoucherAmount, decimal.RequireFromString("5.50"), decimal.RequireFromString("29.99")
	})
	add("SHIPPING-1", func(o *relance.VoucherOrder) {
		o.Kind, o.Value, o.CustomerID, o.Minimum = relance.VoucherFreeShipping, decimal.Zero, "", decimal.NewFromInt(20)
	})
	return out
}

// testIssue issues each kind and finds it again, in small letters too.
func testIssue(t *testing.T, p Platform) {
	w := openVouchers(t, p, nil)
	if found, err := w.issuer.FindVouchers(t.Context(), "PERCENT-1"); err != nil || len(found) > 0 {
		t.Fatalf("an empty shop has %v, %v", found, err)
	}
	if w.shop.Writes() != 0 {
		t.Error("looking wrote")
	}
	for _, o := range w.voucherKinds() {
		v := w.issue(t, o)
		if v.ExternalID == "" || !v.Fulfils(o) || !v.Active || v.Spent() || v.Used != 0 {
			t.Errorf("%s: issued %+v", o.Code, v)
		}
		found, err := w.issuer.FindVouchers(t.Context(), strings.ToLower(o.Code))
		if err != nil || len(found) != 1 || found[0].ExternalID != v.ExternalID || !found[0].Fulfils(o) {
			t.Errorf("%s: found %+v, %v", o.Code, found, err)
		}
	}
}

// testRepeat issues twice: the second time nothing is written.
func testRepeat(t *testing.T, p Platform) {
	w := openVouchers(t, p, nil)
	for _, o := range w.voucherKinds() {
		first := w.issue(t, o)
		writes := w.shop.Writes()
		w.issuer = w.connect(t)
		if again := w.issue(t, o); again.ExternalID != first.ExternalID || w.shop.Writes() != writes {
			t.Errorf("%s: the repeat gave %s after %s and made %d writes", o.Code, again.ExternalID, first.ExternalID, w.shop.Writes()-writes)
		}
		w.count(t, o.Code, 1)
	}
}

// testVoucherConflict asks for a code that another voucher has.
func testVoucherConflict(t *testing.T, p Platform) {
	w := openVouchers(t, p, nil)
	o := w.order("TAKEN-1")
	w.issue(t, o)
	writes := w.shop.Writes()
	o.Value = decimal.NewFromInt(20)
	if _, err := w.issuer.IssueVoucher(t.Context(), o); relance.CodeOf(err) != relance.CodeConflict || relance.Temporary(err) {
		t.Errorf("another voucher with the code: %v", err)
	}
	if w.shop.Writes() != writes {
		t.Error("a conflict wrote")
	}
	w.count(t, o.Code, 1)
}

// testParallelIssues issues one code from four processes at once, without the callers' lock.
func testParallelIssues(t *testing.T, p Platform) {
	w := openVouchers(t, p, nil)
	for round := range 5 {
		o := w.order(fmt.Sprintf("PARALLEL-%d", round))
		var all sync.WaitGroup
		start := make(chan struct{})
		for range 4 {
			issuer := w.connect(t)
			all.Go(func() {
				<-start
				if err := persist(t, func() error {
					v, err := issuer.IssueVoucher(t.Context(), o)
					if err == nil && !v.Fulfils(o) {
						t.Errorf("issued %+v", v)
					}
					return err
				}); err != nil {
					t.Errorf("issue: %v", err)
				}
			})
		}
		close(start)
		all.Wait()
		w.count(t, o.Code, 1)
	}
}

// testLostAnswer loses the answer of the request that makes the voucher.
func testLostAnswer(t *testing.T, p Platform) {
	w := openVouchers(t, p, nil)
	for i, o := range w.voucherKinds() {
		w.shop.LoseAnswers(1)
		v, err := w.issuer.IssueVoucher(t.Context(), o)
		if err != nil && !errors.Is(err, connectors.ErrOutcomeUnknown) {
			t.Errorf("%s: a lost answer is %v", o.Code, err)
		}
		writes := w.shop.Writes()
		if again := w.issue(t, o); err == nil && again.ExternalID != v.ExternalID || w.shop.Writes() != writes || writes != i+1 {
			t.Errorf("%s: the repeat gave %s after %s; %d writes", o.Code, again.ExternalID, v.ExternalID, w.shop.Writes())
		}
		if all, active := w.shop.Vouchers(o.Code); all != 1 || active != 1 {
			t.Errorf("%s: %d vouchers, %d active", o.Code, all, active)
		}
	}
}

// testRevoke revokes: twice, with the answer lost, and what never was.
func testRevoke(t *testing.T, p Platform) {
	w := openVouchers(t, p, nil)
	o := w.order("REVOKE-1")
	v := w.issue(t, o)
	for range 2 {
		w.shop.LoseAnswers(1)
		if err := persist(t, func() error { return w.issuer.RevokeVoucher(t.Context(), v.ExternalID) }); err != nil {
			t.Errorf("revoke: %v", err)
		}
		w.count(t, o.Code, 0)
	}
	w.shop.LoseAnswers(0)
	if err := w.issuer.RevokeVoucher(t.Context(), "987654"); err != nil {
		t.Errorf("revoking what is gone: %v", err)
	}
	if _, err := w.shop.Buy(o.CustomerID, o.Code, decimal.NewFromInt(100)); err == nil {
		t.Error("a revoked voucher works")
	}
	again := w.issue(t, o)
	if again.ExternalID != v.ExternalID || again.Active {
		t.Errorf("issuing the order of a revoked voucher gave %+v", again)
	}
	w.count(t, o.Code, 0)
}

// testExtend gives vouchers of each kind another end: twice, with the answer lost. Nothing else of them
// changes, and each works still once, for whom it was made.
func testExtend(t *testing.T, p Platform) {
	w := openVouchers(t, p, nil)
	extender, ok := w.issuer.(connectors.VoucherExtender)
	if !ok {
		t.Fatal("the connector extends no vouchers")
	}
	for _, o := range w.voucherKinds() {
		v := w.issue(t, o)
		o.Until = o.Until.Add(14 * 24 * time.Hour)
		for range 2 {
			w.shop.LoseAnswers(1)
			if err := persist(t, func() error { return extender.ExtendVoucher(t.Context(), v.ExternalID, o.Until) }); err != nil {
				t.Errorf("%s: extend: %v", o.Code, err)
			}
		}
		w.shop.LoseAnswers(0)
		found, err := w.issuer.FindVouchers(t.Context(), o.Code)
		if err != nil || len(found) != 1 || found[0].ExternalID != v.ExternalID || !found[0].Active || !found[0].Fulfils(o) {
			t.Errorf("%s: extended to %+v, %v", o.Code, found, err)
		}
		w.count(t, o.Code, 1)
	}
	if err := extender.ExtendVoucher(t.Context(), "987654", time.Now().Add(time.Hour)); relance.CodeOf(err) != relance.CodeNotFound {
		t.Errorf("extending what is gone: %v", err)
	}
}

// testRedeem buys with a voucher: the wrong person, too little, then right, then once more.
func testRedeem(t *testing.T, p Platform) {
	w := openVouchers(t, p, nil)
	o := w.order("REDEEM-1")
	o.Minimum = decimal.NewFromInt(50)
	w.issue(t, o)
	puller := newPuller(w.shop)
	puller.pull(t, relance.KindOrders)
	goods := decimal.RequireFromString("129.90")
	if _, err := w.shop.Buy(w.seed.Customers[1].ExternalID, o.Code, goods); err == nil {
		t.Error("somebody else's voucher works")
	}
	if _, err := w.shop.Buy(o.CustomerID, o.Code, decimal.RequireFromString("49.99")); err == nil {
		t.Error("a voucher works below its minimum")
	}
	id, err := w.shop.Buy(o.CustomerID, strings.ToLower(o.Code), goods)
	if err != nil {
		t.Fatalf("buy: %v", err)
	}
	if _, err := w.shop.Buy(o.CustomerID, o.Code, goods); err == nil {
		t.Error("a voucher works twice")
	}
	if v := w.issue(t, o); v.Used != 1 || !v.Spent() {
		t.Errorf("after it was redeemed: %+v", v)
	}
	checkRedemption(t, puller.pull(t, relance.KindOrders), id, o.Code)
}

// checkRedemption looks for the order that a voucher was used in.
func checkRedemption(t *testing.T, pages []connectors.Page, id, code string) {
	t.Helper()
	for _, page := range pages {
		for i := range page.Orders {
			o := &page.Orders[i]
			if o.ExternalID != id {
				continue
			}
			if len(o.DiscountCodes) != 1 || o.DiscountCodes[0] != code {
				t.Errorf("the order has the codes %v", o.DiscountCodes)
			}
			if len(o.Vouchers) != 1 || o.Vouchers[0].Code != code || !o.Vouchers[0].Amount.Equal(decimal.RequireFromString("12.99")) {
				t.Errorf("the order has the vouchers %+v", o.Vouchers)
			}
			if !o.ExactTotal().Equal(o.Total) {
				t.Errorf("the order's parts are %s, its total %s", o.ExactTotal(), o.Total)
			}
			return
		}
	}
	t.Errorf("the order %s did not come", id)
}

// testUnbound uses a code that whoever types it first can use.
func testUnbound(t *testing.T, p Platform) {
	w := openVouchers(t, p, nil)
	o := w.order("UNBOUND-1")
	o.CustomerID = ""
	w.issue(t, o)
	goods := decimal.NewFromInt(80)
	if _, err := w.shop.Buy(w.seed.Customers[1].ExternalID, o.Code, goods); err != nil {
		t.Errorf("buy: %v", err)
	}
	if _, err := w.shop.Buy(w.seed.Customers[0].ExternalID, o.Code, goods); err == nil {
		t.Error("a code for one use works twice")
	}
}

// testVoucherRefusals asks for what cannot be: it is refused with the field, and nothing is
// written.
func testVoucherRefusals(t *testing.T, p Platform) {
	w := openVouchers(t, p, nil)
	for field, change := range map[string]func(*relance.VoucherOrder){
		"currency": func(o *relance.VoucherOrder) {
			o.Kind, o.Value, o.Currency = relance.VoucherAmount, decimal.NewFromInt(5), "CHF"
		},
		"value":    func(o *relance.VoucherOrder) { o.Value = decimal.NewFromInt(150) },
		"code":     func(o *relance.VoucherOrder) { o.Code = "" },
		"customer": func(o *relance.VoucherOrder) { o.CustomerID = "nobody" },
		"until":    func(o *relance.VoucherOrder) { o.Until = o.From },
	} {
		o := w.order("REFUSED-1")
		change(&o)
		_, err := w.issuer.IssueVoucher(t.Context(), o)
		var e *relance.Error
		if !errors.As(err, &e) || e.Code != relance.CodeBadInput || e.Field != field {
			t.Errorf("a bad %s: %v", field, err)
		}
	}
	if w.shop.Writes() != 0 {
		t.Errorf("%d writes", w.shop.Writes())
	}
}

// testRemove takes vouchers out of the shop, as often as it is asked, also where the answer is lost.
func testRemove(t *testing.T, p Platform) {
	w := openVouchers(t, p, nil)
	remover, ok := w.issuer.(connectors.VoucherRemover)
	if !ok {
		t.Skip("SKIPPED: the platform removes no vouchers")
	}
	v := w.issue(t, w.order("REMOVE-1"))
	w.shop.LoseAnswers(1)
	if err := persist(t, func() error { return remover.RemoveVoucher(t.Context(), v.ExternalID) }); err != nil {
		t.Fatal(err)
	}
	if err := remover.RemoveVoucher(t.Context(), v.ExternalID); err != nil {
		t.Errorf("again: %v", err)
	}
	if all, _ := w.shop.Vouchers("REMOVE-1"); all != 0 {
		t.Errorf("the shop still has %d", all)
	}
	if err := remover.RemoveVoucher(t.Context(), "x"); relance.CodeOf(err) != relance.CodeBadInput {
		t.Errorf("no id: %v", err)
	}
}

// testVoucherRights uses credentials that can sync and no more.
func testVoucherRights(t *testing.T, p Platform) {
	w := openVouchers(t, p, nil)
	c := w.shop.ConnectReadOnly(t)
	_, missing, err := c.Check(t.Context())
	if err != nil || len(missing) == 0 {
		t.Fatalf("check: %v, missing %v", err, missing)
	}
	for _, m := range missing {
		if m.Lost == nil || m.Lost.Code != "LOSES_VOUCHER_MAKING" && m.Lost.Code != "LOSES_WRITE_BACK" {
			t.Errorf("missing %+v", m)
		}
	}
	if page, err := c.Pull(t.Context(), connectors.Request{Kind: relance.KindCustomers, Staging: NewStaging()}); err != nil || len(page.Missing) > 0 {
		t.Errorf("pull: %v, missing %v", err, page.Missing)
	}
	_, err = c.(connectors.VoucherIssuer).IssueVoucher(t.Context(), w.order("RIGHTS-1"))
	if relance.CodeOf(err) != relance.CodeShopRights || relance.Temporary(err) || errors.Is(err, connectors.ErrOutcomeUnknown) {
		t.Errorf("issue without the right: %v", err)
	}
	if err == nil || !strings.Contains(err.Error(), "Webservice") && !strings.Contains(err.Error(), "write_discounts") {
		t.Errorf("the error does not say what to do: %v", err)
	}
	w.count(t, "RIGHTS-1", 0)
}

// testVoucherFaults issues, repeats and revokes in a shop where every request fails in some
// way with 10 % each, before the work or after it.
func testVoucherFaults(t *testing.T, p Platform) {
	set, err := faults.Parse("429:10%,500:10%,timeout:3%,truncate:10%,garble:10%,emptylist:10%", 23)
	if err != nil {
		t.Fatal(err)
	}
	w := openVouchers(t, p, set)
	for i := range 12 {
		o := w.order(fmt.Sprintf("FAULTS-%d", i))
		var first relance.Voucher
		for range 2 {
			var v relance.Voucher
			if err := persist(t, func() error { v, err = w.issuer.IssueVoucher(t.Context(), o); return err }); err != nil {
				t.Fatalf("issue: %v", err)
			}
			w.count(t, o.Code, 1)
			if first.ExternalID != "" && first.ExternalID != v.ExternalID {
				t.Errorf("%s: %s after %s", o.Code, v.ExternalID, first.ExternalID)
			}
			first = v
		}
		if err := persist(t, func() error { return w.issuer.RevokeVoucher(t.Context(), first.ExternalID) }); err != nil {
			t.Fatalf("revoke: %v", err)
		}
		w.count(t, o.Code, 0)
	}
	for _, f := range []faults.Fault{faults.TooMany, faults.Internal, faults.Truncate, faults.Garble} {
		if set.Counts()[f] == 0 {
			t.Errorf("the fault %s did not happen", f)
		}
	}
}

// persist repeats what may succeed later, as a worker does.
func persist(t *testing.T, do func() error) (err error) {
	t.Helper()
	for range voucherTries {
		if err = do(); err == nil || !relance.Temporary(err) {
			return err
		}
	}
	return err
}
