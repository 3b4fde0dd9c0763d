package prestashop_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/relance/relance"
	"github.com/relance/relance/connectors/prestashop/prestashoptest"
)

func TestOrdersComeWholeInOurStates(t *testing.T) {
	t.Parallel()
	_, url := prestashoptest.NewShop(t, lab(), prestashoptest.Options{})
	got := pull(t, connect(t, url, quick()), relance.KindOrders, "")
	if len(got.orders) != 6 || len(got.rejected) > 0 {
		t.Fatalf("%d orders, rejected %v", len(got.orders), got.rejected)
	}
	for id, want := range map[string]struct {
		state              relance.OrderState
		shop               string
		paid, notValidated bool
		cancelled          bool
	}{
		"1": {relance.OrderPaid, "Payment accepted", true, false, false},
		"2": {relance.OrderShipped, "Shipped", true, false, false},
		"3": {relance.OrderDelivered, "Delivered", true, false, false},
		"4": {relance.OrderOpen, "Awaiting bank wire payment", false, true, false},
		"5": {relance.OrderCancelled, "Canceled", false, false, true},
		"6": {relance.OrderRefunded, "Refunded", false, false, false},
	} {
		o := got.orders[id]
		if o.State != want.state || o.ShopState != want.shop || o.Paid != want.paid || o.NotValidated != want.notValidated || (o.CancelledAt != nil) != want.cancelled {
			t.Errorf("order %s: %s %q paid %v not validated %v cancelled %v", id, o.State, o.ShopState, o.Paid, o.NotValidated, o.CancelledAt)
		}
	}
	o := got.orders["1"]
	if !o.Total.Equal(amount("48")) || !o.Shipping.Equal(amount("6")) || o.Currency != "EUR" || o.Language != "fr" || o.Number != "REF1" ||
		o.Note != "internal" || o.CartID != "32" || o.CustomerID != "100" || !o.PlacedAt.Equal(noon()) || !o.Tax.Equal(amount("8")) {
		t.Errorf("%+v", o)
	}
	if o.Billing == nil || o.Billing.City != "Paris" || o.Delivery == nil {
		t.Errorf("addresses %v %v", o.Billing, o.Delivery)
	}
	want := relance.OrderLine{ExternalID: "12", ProductID: "51", VariantID: "901", Title: "Shirt", SKU: "SHIRT-M", Quantity: 1,
		UnitPrice: amount("30"), Total: amount("30"), Net: ptr(amount("25")), Category: "Clothes", ProductURL: url + "/index.php?controller=product&id_product=51&id_product_attribute=901",
		Options: []relance.Option{{Name: "Size", Value: "M"}, {Name: "Color", Value: "Red"}}}
	if len(o.Lines) != 2 {
		t.Fatalf("%d lines", len(o.Lines))
	}
	if d := cmp.Diff(want, o.Lines[1]); d != "" {
		t.Error(d)
	}
	if o.Lines[0].Category != "Kitchen > Mugs" || o.Lines[0].ImageURL != url+"/img/p/5/0/50.jpg" {
		t.Errorf("%+v", o.Lines[0])
	}
	if len(o.History) != 1 || o.History[0].ShopState != "Payment accepted" {
		t.Errorf("%+v", o.History)
	}
}

// Capture 21j: amount is of the products, shipping comes on top; slips of a customer
// in the same second are one return document.
func TestOrderSlipsAreRefunds(t *testing.T) {
	t.Parallel()
	_, url := prestashoptest.NewShop(t, lab(), prestashoptest.Options{})
	o := pull(t, connect(t, url, quick()), relance.KindOrders, "").orders["6"]
	if len(o.Refunds) != 2 {
		t.Fatalf("%+v", o.Refunds)
	}
	r := o.Refunds[0]
	if !r.Amount.Equal(amount("18")) || !r.Shipping.Equal(amount("6")) || len(r.Lines) != 1 || r.Lines[0].OrderLineID != "61" || r.Lines[0].Quantity != 1 {
		t.Errorf("%+v", r)
	}
	if r.Document == o.Refunds[1].Document {
		t.Error("two documents became one")
	}
}

func TestSlipsOfOneDocumentShareIt(t *testing.T) {
	t.Parallel()
	shop := lab()
	for i := range 2 {
		shop.Orders[i].Refunds = []relance.Refund{{Document: "C9", At: noon().Add(time.Duration(i) * time.Hour), Amount: amount("1")}}
	}
	_, url := prestashoptest.NewShop(t, shop, prestashoptest.Options{})
	got := pull(t, connect(t, url, quick()), relance.KindOrders, "")
	a, b := got.orders["1"].Refunds, got.orders["2"].Refunds
	if len(a) != 1 || len(b) != 1 || a[0].Document != b[0].Document {
		t.Errorf("%+v %+v", a, b)
	}
}

func TestLinesAreExactToSixDecimals(t *testing.T) {
	t.Parallel()
	shop := lab()
	shop.Orders = shop.Orders[:1]
	shop.Orders[0].Lines = []relance.OrderLine{{ExternalID: "1", ProductID: "50", Title: "Mug", Quantity: 3, UnitPrice: amount("0.001"), Total: amount("0.003")},
		{ExternalID: "2", ProductID: "50", Title: "Mug", Quantity: 7, UnitPrice: amount("67.164001"), Total: amount("470.148007")}}
	_, url := prestashoptest.NewShop(t, shop, prestashoptest.Options{})
	o := pull(t, connect(t, url, quick()), relance.KindOrders, "").orders["1"]
	if !o.Lines[0].Total.Equal(amount("0.003")) || !o.Lines[1].Total.Equal(amount("470.148007")) {
		t.Errorf("%v", o.Lines)
	}
}

func TestOrdersInThreeCurrencies(t *testing.T) {
	t.Parallel()
	shop := lab()
	shop.Orders[1].Currency, shop.Orders[2].Currency = "USD", "CHF"
	_, url := prestashoptest.NewShop(t, shop, prestashoptest.Options{})
	got := pull(t, connect(t, url, quick()), relance.KindOrders, "")
	if got.orders["1"].Currency != "EUR" || got.orders["2"].Currency != "USD" || got.orders["3"].Currency != "CHF" {
		t.Error("currencies are mixed up")
	}
}
