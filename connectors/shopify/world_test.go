package shopify

import (
	"errors"
	"fmt"
	"net/netip"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/relance/relance"
	"github.com/relance/relance/connectors"
	"github.com/relance/relance/connectors/shopify/shopifytest"
	"github.com/relance/relance/internal/outbound"
	"github.com/relance/relance/internal/sample"
)

// opened is when the shops of the tests were seeded, well before any overlap.
func opened() time.Time { return time.Date(2026, 1, 5, 10, 0, 0, 0, time.UTC) }

func dec(s string) decimal.Decimal { return decimal.RequireFromString(s) }

func ptr[T any](v T) *T { return &v }

// testShop has the given numbers of customers and orders, one product for every ten
// orders and one checkout for every four customers.
func testShop(customers, orders int) sample.Shop {
	shop := sample.Shop{Info: relance.ShopInfo{Name: "Maison Test", URL: "https://maison.example", Currency: "EUR", TimeZone: "Europe/Paris"}}
	for i := range max(1, orders/10) {
		shop.Products = append(shop.Products, testProduct(i))
	}
	for i := range customers {
		shop.Customers = append(shop.Customers, testCustomer(i))
		if i%4 == 0 {
			shop.Carts = append(shop.Carts, testCart(i))
		}
	}
	for i := range orders {
		shop.Orders = append(shop.Orders, testOrder(i, customers))
	}
	return shop
}

func testProduct(i int) relance.Product {
	return relance.Product{
		ExternalID: fmt.Sprint(500 + i), Version: relance.Version{UpdatedAt: opened().Add(time.Duration(i) * time.Minute)},
		Title: fmt.Sprintf("Shirt %d", i), SKU: fmt.Sprintf("S%d-M", i), Category: "Apparel > Shirts", URL: "https://maison.example/p/" + fmt.Sprint(i),
		Active: i%5 != 4, Price: dec("19.90"), Currency: "EUR", Stock: ptr(7), Backorder: ptr(false), CreatedAt: opened(),
		Options: []relance.ProductOption{{Name: "Size", Values: []string{"M", "L"}}},
		Variants: []relance.Variant{
			{ExternalID: fmt.Sprint(7000 + 2*i), SKU: fmt.Sprintf("S%d-M", i), Price: dec("19.90"), Stock: ptr(3), Options: []relance.Option{{Name: "Size", Value: "M"}}},
			{ExternalID: fmt.Sprint(7001 + 2*i), SKU: fmt.Sprintf("S%d-L", i), Price: dec("21.90"), Stock: ptr(4), Options: []relance.Option{{Name: "Size", Value: "L"}}},
		},
		Costs: map[string]relance.Money{fmt.Sprint(7000 + 2*i): {Amount: dec("8.40"), Currency: "EUR"}}, // of the other nobody told
	}
}

func testCustomer(i int) relance.Customer {
	states := []relance.ConsentState{relance.ConsentConfirmed, relance.ConsentGranted, relance.ConsentPending, relance.ConsentWithdrawn, relance.ConsentUnknown, relance.ConsentRefused}
	c := relance.Customer{
		ExternalID: fmt.Sprint(1000 + i), Version: relance.Version{UpdatedAt: opened().Add(time.Duration(i/3) * time.Second)},
		Kind: relance.IdentityCustomer, Active: true, Email: fmt.Sprintf("person%d@example.com", i), Phone: fmt.Sprintf("+3361%07d", i),
		FirstName: "Person", LastName: fmt.Sprintf("Number%d", i), Language: "fr", Tags: []string{"vip", fmt.Sprintf("t%d", i%7)}, Note: "a note",
		CreatedAt: opened().Add(-time.Hour),
		Consents:  []relance.Consent{{Channel: relance.ChannelEmail, State: states[i%len(states)], Since: ptr(opened())}},
	}
	if i%9 == 8 {
		c.Kind = relance.IdentityGuest
	}
	for n := range 1 + i%4 {
		c.Addresses = append(c.Addresses, relance.Address{
			ExternalID: fmt.Sprint(100_000 + 10*i + n), Kind: relance.AddressHome, FirstName: "Person", LastName: fmt.Sprintf("Number%d", i),
			Line1: fmt.Sprintf("%d rue du Test", i), PostalCode: "75001", City: "Paris", Region: "", CountryCode: "FR", Phone: "+33100000000",
		})
	}
	return c
}

func testOrder(i, customers int) relance.Order {
	o := relance.Order{
		ExternalID: fmt.Sprint(20_000 + i), Version: relance.Version{UpdatedAt: opened().Add(time.Duration(i/2) * time.Second)},
		Number: fmt.Sprintf("#%d", 1001+i), Email: fmt.Sprintf("person%d@example.com", i), CheckoutToken: fmt.Sprintf("tok%d", i),
		State: relance.OrderPaid, Paid: true, PlacedAt: opened().Add(-2 * time.Hour), Currency: "EUR", Language: "fr",
		Shipping: dec("4.90"), Discount: dec("1.00"), Payment: "bogus", DiscountCodes: []string{"WELCOME"}, Tags: []string{"web"}, Note: "ring twice",
		Delivery: &relance.Address{ExternalID: fmt.Sprint(900_000 + i), FirstName: "Person", LastName: "X", Line1: "1 rue", PostalCode: "75001", City: "Paris", CountryCode: "FR"},
	}
	if customers > 0 && i%5 != 4 {
		o.CustomerID = fmt.Sprint(1000 + i%customers)
	}
	o.Total = dec("3.90")
	for n := range 1 + i%5 {
		o.Lines = append(o.Lines, relance.OrderLine{
			ExternalID: fmt.Sprint(300_000 + 100*i + n), ProductID: "500", VariantID: "7000", Title: "Shirt 0", SKU: "S0-M", Quantity: 2,
			UnitPrice: dec("10.005"), Total: dec("20.01"), Options: []relance.Option{{Name: "Size", Value: "M"}},
		})
		o.Lines[n].Net = ptr(dec("16.67")) // 20 % of tax are in it
		o.Total = o.Total.Add(dec("20.01"))
	}
	o.SpreadDiscount(o.Discount)
	switch i % 6 {
	case 1:
		o.State = relance.OrderShipped
	case 2:
		o.State = relance.OrderDelivered
	case 3:
		o.State, o.CancelledAt = relance.OrderCancelled, ptr(opened())
	case 4:
		o.State, o.Paid = relance.OrderOpen, false
	case 5:
		o.Refunds = append(o.Refunds, testRefund(i, 0, o.Lines[0].ExternalID))
	}
	return o
}

func testRefund(i, n int, line string) relance.Refund {
	id := fmt.Sprint(600_000 + 100*i + n)
	return relance.Refund{
		ExternalID: id, Document: fmt.Sprintf("C%d", 536_000+i), At: opened(), Amount: dec("10.00"),
		Lines: []relance.RefundLine{{ExternalID: id + "1", OrderLineID: line, Quantity: 1, Amount: dec("10.00")}},
	}
}

func testCart(i int) relance.Cart {
	c := relance.Cart{
		ExternalID: fmt.Sprint(40_000 + i), CustomerID: fmt.Sprint(1000 + i), Currency: "EUR", Value: dec("20.01"), Total: dec("24.91"),
		ValueKnown: true, StartedAt: opened(), UpdatedAt: opened().Add(time.Duration(i) * time.Second),
		RestoreURL: fmt.Sprintf("https://maison.example/cart/%d", i),
		Lines: []relance.CartLine{{
			ExternalID: fmt.Sprint(800_000 + i), ProductID: "500", VariantID: "7000", Title: "Shirt 0", SKU: "S0-M", Quantity: 2,
			UnitPrice: dec("10.005"), Total: dec("20.01"), Options: []relance.Option{{Name: "Size", Value: "M"}},
		}},
	}
	if i%8 == 0 {
		c.CompletedAt = ptr(opened().Add(time.Hour))
	}
	return c
}

func fastTuning() tuning {
	t := defaultTuning()
	t.backoff, t.poll, t.patience = 2*time.Millisecond, time.Millisecond, 50*time.Millisecond
	t.rows, t.batch = 50, 40
	return t
}

// connect makes a connector to a simulator.
func connect(t testing.TB, shop *shopifytest.Shop, change func(*tuning, *connectors.Deps)) *Connector {
	t.Helper()
	tune := fastTuning()
	client := outbound.New(outbound.Options{AllowNetworks: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, Timeout: 2 * time.Second})
	t.Cleanup(client.CloseIdleConnections)
	deps := connectors.Deps{HTTP: client, Now: time.Now}
	if change != nil {
		change(&tune, &deps)
	}
	c, err := newConnector(deps, relance.Credentials{URL: shop.Addr, Key: "shpat_test"}, tune)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// pulled is what a pull gave, the latest version of each record.
type pulled struct {
	products  map[string]relance.Product
	customers map[string]relance.Customer
	orders    map[string]relance.Order
	carts     map[string]relance.Cart
	rejected  []connectors.Rejected
	missing   []relance.MissingRight
	cursor    relance.Cursor
	pages     int
	failures  int
}

func newPulled() *pulled {
	return &pulled{
		products: map[string]relance.Product{}, customers: map[string]relance.Customer{},
		orders: map[string]relance.Order{}, carts: map[string]relance.Cart{},
	}
}

func (p *pulled) take(page connectors.Page) {
	for _, r := range page.Products {
		p.products[r.ExternalID] = r
	}
	for _, r := range page.Customers {
		p.customers[r.ExternalID] = r
	}
	for _, r := range page.Orders {
		p.orders[r.ExternalID] = r
	}
	for _, r := range page.Carts {
		p.carts[r.ExternalID] = r
	}
	p.rejected = append(p.rejected, page.Rejected...)
	p.missing = append(p.missing, page.Missing...)
	p.cursor = page.Next
	p.pages++
}

// pull runs a kind's pull from p's cursor to its end; calls that fail for a passing
// reason are repeated as a worker would.
func pull(t testing.TB, c *Connector, kind relance.Kind, staging connectors.Staging, p *pulled) {
	t.Helper()
	for range 20_000 {
		page, err := c.Pull(t.Context(), connectors.Request{Kind: kind, After: p.cursor, Staging: staging})
		if err != nil {
			var e *relance.Error
			if !relance.Temporary(err) || !errors.As(err, &e) || p.failures > 2000 {
				t.Fatalf("pull %s at %s: %v", kind, p.cursor, err)
			}
			p.failures++
			continue
		}
		p.take(page)
		if page.Done {
			return
		}
		if page.Wait > 0 {
			<-time.After(page.Wait)
		}
	}
	t.Fatalf("pull %s did not end; cursor %s", kind, p.cursor)
}
