package sample

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"time"

	"github.com/shopspring/decimal"

	"github.com/relance/relance"
)

// DemoOptions sizes an invented pair of shops.
type DemoOptions struct {
	Seed   uint64
	People int       // over both shops; a tenth of them buy in both
	Orders int       // mean per person and shop; 0 means 2
	Now    time.Time // nothing is younger
}

// Demo invents two shops: French, German and English speaking people, some known to
// both shops by e-mail, phone or address, some as guests; orders with sizes, vouchers,
// returns, cancellations and unpaid ones; open, abandoned and recovered carts.
func Demo(o DemoOptions) Shops {
	if o.Orders == 0 {
		o.Orders = 2
	}
	d := &demo{DemoOptions: o, dice: rand.New(rand.NewPCG(o.Seed, 0xde40))}
	shops := Shops{
		Shopify:    Shop{Info: relance.ShopInfo{Name: "Atelier Mode", Currency: "EUR", TimeZone: "Europe/Berlin"}},
		PrestaShop: Shop{Info: relance.ShopInfo{Name: "Maison du Thé", Currency: "EUR", TimeZone: "Europe/Paris"}},
	}
	for _, s := range []*Shop{&shops.Shopify, &shops.PrestaShop} {
		s.Groups = []Group{{ID: "1", Name: "Visitor"}, {ID: "2", Name: "Guest"}, {ID: "3", Name: "Customer"}}
		s.Products = d.products()
	}
	for n := range o.People {
		switch both := n%10 == 0; {
		case both:
			d.person(&shops.Shopify, n, 0, n/10%3)
			d.person(&shops.PrestaShop, n, 1, n/10%3)
		case n%2 == 0:
			d.person(&shops.Shopify, n, 0, -1)
		default:
			d.person(&shops.PrestaShop, n, 0, -1)
		}
	}
	for range o.People / 20 { // orders without a customer: Shopify's guest checkouts
		d.order(&shops.Shopify, "", d.ago(300*24*time.Hour))
	}
	for i := range shops.Shopify.Orders {
		d.goBack(&shops.Shopify.Orders[i], i)
		if o := &shops.Shopify.Orders[i]; i%15 == 2 && o.CustomerID != "" {
			shops.Shopify.Carts = append(shops.Shopify.Carts, d.recovered(o))
		}
	}
	return shops
}

// recovered is the cart that an order came from after it had rested for half a day. Only
// Shopify tells that of carts that are read for the first time.
func (d *demo) recovered(o *relance.Order) relance.Cart {
	d.carts++
	at := o.PlacedAt
	c := relance.Cart{ExternalID: strconv.Itoa(d.carts + 100), CustomerID: o.CustomerID, Currency: o.Currency, Language: o.Language, Value: o.Total.Sub(o.Shipping), Total: o.Total,
		ValueKnown: true, StartedAt: at.Add(-12 * time.Hour), UpdatedAt: at, CompletedAt: &at, Version: relance.Version{UpdatedAt: at}, CheckoutToken: fmt.Sprintf("token%06d", d.carts)}
	for _, l := range o.Lines {
		c.Lines = append(c.Lines, relance.CartLine{ExternalID: l.ExternalID, ProductID: l.ProductID, VariantID: l.VariantID, Title: l.Title, SKU: l.SKU,
			Quantity: l.Quantity, UnitPrice: l.UnitPrice, Total: l.Total, Options: l.Options})
	}
	return c
}

// goBack gives an order that was paid back in part the return that led to it, and one in
// thirty of the others a return that is still asked for or on its way.
func (d *demo) goBack(o *relance.Order, n int) {
	l := o.Lines[0]
	r := relance.Return{ExternalID: strconv.Itoa(700_000 + n), Number: o.Number + "-R1", RequestedAt: o.PlacedAt.Add(24 * time.Hour),
		Lines: []relance.ReturnLine{{ExternalID: strconv.Itoa(800_000 + n), OrderLineID: l.ExternalID, Title: l.Title, SKU: l.SKU, Quantity: 1, Reason: "Not as expected"}}}
	switch {
	case len(o.Refunds) > 0:
		r.State, r.ClosedAt, r.Lines[0].RefundedQuantity = relance.ReturnClosed, &o.Refunds[0].At, 1
	case n%30 == 4 && o.Paid && r.RequestedAt.Before(d.Now):
		r.State = []relance.ReturnState{relance.ReturnRequested, relance.ReturnOpen}[n/30%2]
	default:
		return
	}
	o.Returns = []relance.Return{r}
}

type demo struct {
	DemoOptions
	dice   *rand.Rand
	orders int
	lines  int
	carts  int
}

// ago is a moment up to span before now, to the second.
func (d *demo) ago(span time.Duration) time.Time {
	return d.Now.Add(-time.Duration(d.dice.Int64N(int64(span)))).UTC().Truncate(time.Second)
}

func (d *demo) products() []relance.Product {
	kinds := []struct {
		title, category string
		sized           bool
	}{{"Green tea Sencha", "Tea > Green", false}, {"Earl Grey", "Tea > Black", false}, {"Linen shirt", "Clothes > Shirts", true},
		{"Wool jumper", "Clothes > Jumpers", true}, {"Porcelain mug", "Tableware > Mugs", false}, {"Teapot", "Tableware > Pots", false},
		{"Felt slippers", "Clothes > Shoes", true}, {"Biscuit tin", "Sweets", false}}
	at := d.Now.AddDate(-3, 0, 0).UTC().Truncate(time.Second)
	var out []relance.Product
	for i := range 40 {
		k := kinds[i%len(kinds)]
		p := relance.Product{ExternalID: strconv.Itoa(i + 1), Version: relance.Version{UpdatedAt: at}, Title: fmt.Sprintf("%s No. %d", k.title, i/len(kinds)+1),
			SKU: fmt.Sprintf("ART-%03d", i+1), Category: k.category, Active: true, Price: decimal.New(int64(490+i*310), -2), Currency: "EUR", CreatedAt: at}
		if k.sized {
			p.Options = []relance.ProductOption{{Name: "Size", Values: []string{"S", "M", "L"}}}
			for j, size := range p.Options[0].Values {
				p.Variants = append(p.Variants, relance.Variant{ExternalID: strconv.Itoa((i+1)*10 + j), SKU: p.SKU + "-" + size, Price: p.Price,
					Options: []relance.Option{{Name: "Size", Value: size}}})
			}
		}
		p.Costs = demoCosts(i, &p)
		out = append(out, p)
	}
	return out
}

// demoCosts are what a product costs the shop: half its price or so; of every fifth nobody told.
func demoCosts(i int, p *relance.Product) map[string]relance.Money {
	if i%5 == 4 {
		return nil
	}
	cost := relance.Money{Amount: p.Price.Div(decimal.NewFromInt(2)).Round(2), Currency: p.Currency}
	if len(p.Variants) == 0 {
		return map[string]relance.Money{"": cost}
	}
	out := map[string]relance.Money{}
	for j := range p.Variants {
		out[p.Variants[j].ExternalID] = cost
	}
	return out
}

// person adds somebody to a shop with orders and carts. share says what a person in
// both shops has in common in them: 0 the e-mail, 1 the phone, 2 the address; -1 is
// somebody in one shop only.
func (d *demo) person(s *Shop, n, variant, share int) {
	pick := func(what int) int {
		if share == what {
			return n
		}
		return n + variant*10_000_000
	}
	id := strconv.Itoa(n + 1)
	since := d.ago(2 * 365 * 24 * time.Hour)
	c := relance.Customer{ExternalID: id, Kind: relance.IdentityCustomer, Active: true, FirstName: firstName(n), LastName: lastName(n),
		Title: []string{"MR", "MRS"}[n%2], Language: []string{"fr", "de", "en"}[n%3], CreatedAt: since, Version: relance.Version{UpdatedAt: since},
		GroupID: "3", GroupName: "Customer", Email: fmt.Sprintf("client.%d@example.%s", pick(0), []string{"com", "org", "net"}[n%3])}
	if n%17 == 3 {
		c.Kind, c.GroupID, c.GroupName = relance.IdentityGuest, "2", "Guest"
	}
	country := []string{"FR", "DE", "GB"}[n%3]
	c.Phone = []string{fmt.Sprintf("+336%08d", pick(1)%100_000_000), fmt.Sprintf("+49151%08d", pick(1)%100_000_000), fmt.Sprintf("+4474%08d", (10_000_000+pick(1))%100_000_000)}[n%3]
	c.Addresses = []relance.Address{{ExternalID: id, Kind: relance.AddressHome, FirstName: c.FirstName, LastName: c.LastName, CountryCode: country, Phone: c.Phone,
		Line1: []string{"rue des Lilas", "Lindenstraße", "High Street"}[n%3] + " " + strconv.Itoa(pick(2)+1), City: []string{"Exempleville", "Musterstadt", "Sampletown"}[n%3],
		PostalCode: postcode(n%3, pick(2))}}
	if state := []relance.ConsentState{relance.ConsentGranted, relance.ConsentUnknown, relance.ConsentConfirmed}[d.dice.IntN(3)]; state != relance.ConsentUnknown {
		c.Consents = []relance.Consent{{Channel: relance.ChannelEmail, State: state, Since: &since}}
	}
	s.Customers = append(s.Customers, c)
	at := since
	for range d.dice.IntN(2*d.Orders + 1) {
		if at = at.Add(time.Duration(d.dice.IntN(90*24)) * time.Hour); at.After(d.Now.Add(-time.Hour)) {
			break
		}
		d.order(s, id, at)
	}
	d.cart(s, id)
}

// order adds an order; one in twelve comes back in part, one in twenty is cancelled,
// one in twenty-five is unpaid.
func (d *demo) order(s *Shop, customer string, at time.Time) {
	d.orders++
	id := strconv.Itoa(d.orders + 100)
	o := relance.Order{ExternalID: id, Number: fmt.Sprintf("R%06d", d.orders), CustomerID: customer, PlacedAt: at, Version: relance.Version{UpdatedAt: at},
		State: relance.OrderDelivered, Paid: true, Currency: "EUR", Language: []string{"fr", "de", "en"}[d.orders%3], Payment: "Card", Shipping: decimal.New(590, -2)}
	for range 1 + d.dice.IntN(4) {
		o.Lines = append(o.Lines, d.line(s))
	}
	o.Total = o.Shipping
	for _, l := range o.Lines {
		o.Total = o.Total.Add(l.Total)
	}
	switch {
	case d.orders%20 == 7:
		when := at.Add(2 * time.Hour)
		o.State, o.Paid, o.CancelledAt = relance.OrderCancelled, false, &when
	case d.orders%25 == 9:
		o.State, o.Paid = relance.OrderOpen, false
	case d.orders%12 == 5:
		l := o.Lines[0]
		when := at.Add(5 * 24 * time.Hour)
		if when.Before(d.Now) {
			o.Refunds = []relance.Refund{{ExternalID: id, Document: "RET-" + id, At: when, Amount: l.UnitPrice,
				Lines: []relance.RefundLine{{ExternalID: id, OrderLineID: l.ExternalID, Quantity: 1, Amount: l.UnitPrice}}}}
			o.Version.UpdatedAt = when
		}
	}
	s.Orders = append(s.Orders, o)
}

func (d *demo) line(s *Shop) relance.OrderLine {
	d.lines++
	p := s.Products[d.dice.IntN(len(s.Products))]
	l := relance.OrderLine{ExternalID: strconv.Itoa(d.lines), ProductID: p.ExternalID, Title: p.Title, SKU: p.SKU, Quantity: 1 + d.dice.IntN(3),
		UnitPrice: p.Price, Category: p.Category}
	if len(p.Variants) > 0 {
		v := p.Variants[d.dice.IntN(len(p.Variants))]
		l.VariantID, l.SKU, l.Options = v.ExternalID, v.SKU, slices.Clone(v.Options)
	}
	l.Total = l.UnitPrice.Mul(decimal.NewFromInt(int64(l.Quantity)))
	return l
}

// cart gives one person in four a cart, from minutes to months old.
func (d *demo) cart(s *Shop, customer string) {
	if d.dice.IntN(4) != 0 {
		return
	}
	d.carts++
	at := d.ago(time.Duration(1+d.dice.IntN(60*24)) * time.Hour)
	l := d.line(s)
	c := relance.Cart{ExternalID: strconv.Itoa(d.carts + 100), CustomerID: customer, Currency: "EUR", Language: "fr", Value: l.Total, Total: l.Total, ValueKnown: true,
		StartedAt: at.Add(-20 * time.Minute), UpdatedAt: at, Version: relance.Version{UpdatedAt: at}, CheckoutToken: fmt.Sprintf("token%06d", d.carts),
		Lines: []relance.CartLine{{ExternalID: "1", ProductID: l.ProductID, VariantID: l.VariantID, Title: l.Title, SKU: l.SKU, Quantity: l.Quantity,
			UnitPrice: l.UnitPrice, Total: l.Total, Options: l.Options}}}
	s.Carts = append(s.Carts, c)
}

// postcode is one that the country of the kind could have: France, Germany, Great Britain.
func postcode(kind, of int) string {
	if kind == 2 {
		return fmt.Sprintf("SA%d %dAB", 1+of%99, of/99%10)
	}
	return fmt.Sprintf("%02d%03d", 10+of%80, of/80%1000)
}
