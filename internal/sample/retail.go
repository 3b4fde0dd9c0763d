package sample

import (
	"cmp"
	"compress/gzip"
	"encoding/csv"
	"fmt"
	"hash/fnv"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/relance/relance"
)

// RetailReport counts what the reshaping of the Online Retail data set did.
type RetailReport struct {
	Rows          int // of the file
	Customers     int // people with an id
	InBoth        int // of them known to both shops
	Orders        int
	Refunds       int // parts of return documents
	OpeningOrders int // zero-value orders that only carry returns of older purchases
	LeftOut       int // negative rows at price 0: stock corrections, no sale and no return
}

// retailInBoth is how many people buy in both shops: a third each share the e-mail
// address, the phone number or the postal address.
const retailInBoth = 400

// Retail reshapes the public "Online Retail" data set (UCI, Daqing Chen, 2015, CC BY
// 4.0; gzipped CSV) into two shops. Invoices without a customer go to the Shopify shop
// as orders without a customer. A negative row is a refund on an earlier order of the
// same person that holds the article, else on an opening order of value zero; all parts
// of a return carry its number. Names and addresses are invented.
func Retail(file io.Reader) (Shops, RetailReport, error) {
	z, err := gzip.NewReader(file)
	if err != nil {
		return Shops{}, RetailReport{}, fmt.Errorf("open data set: %w", err)
	}
	b := &retail{people: map[string]*retailPerson{}, products: map[string]relance.Product{}}
	if err := b.read(z); err != nil {
		return Shops{}, b.report, err
	}
	b.choose()
	b.settle()
	return b.shops(), b.report, nil
}

type retail struct {
	invoices []*retailInvoice
	people   map[string]*retailPerson // by customer id; "" buys without one
	products map[string]relance.Product
	report   RetailReport
}

type retailInvoice struct {
	number   string
	customer string
	country  string
	at       time.Time
	rows     []retailRow
}

type retailRow struct {
	sku, title string
	quantity   int
	price      decimal.Decimal
}

func (i *retailInvoice) isReturn() bool { return strings.HasPrefix(i.number, "C") }

type retailPerson struct {
	id       string
	number   int
	country  string
	since    time.Time
	returned bool
	shopify  bool
	both     bool
	share    int // of those in both shops: 0 the e-mail, 1 the phone, 2 the address
	orders   []*relance.Order
	invoices []*retailInvoice
}

func (b *retail) read(r io.Reader) error {
	zone, err := time.LoadLocation("Europe/London")
	if err != nil {
		return fmt.Errorf("load zone: %w", err)
	}
	c := csv.NewReader(r)
	c.ReuseRecord = true
	if _, err := c.Read(); err != nil {
		return fmt.Errorf("read data set: %w", err)
	}
	var last *retailInvoice
	for {
		f, err := c.Read()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read data set: %w", err)
		}
		b.report.Rows++
		if last == nil || last.number != f[0] {
			at, err := time.ParseInLocation(time.DateTime, f[4], zone)
			if err != nil {
				return fmt.Errorf("row %d: %w", b.report.Rows, err)
			}
			last = &retailInvoice{number: strings.Clone(f[0]), customer: strings.TrimSuffix(strings.Clone(f[6]), ".0"), country: strings.Clone(f[7]), at: at.UTC()}
			b.invoices = append(b.invoices, last)
		}
		if err := b.addRow(last, f); err != nil {
			return fmt.Errorf("row %d: %w", b.report.Rows, err)
		}
	}
}

func (b *retail) addRow(inv *retailInvoice, f []string) error {
	quantity, err := strconv.Atoi(f[3])
	if err != nil {
		return err
	}
	price, err := decimal.NewFromString(f[5])
	if err != nil {
		return err
	}
	if quantity < 0 && price.IsZero() {
		b.report.LeftOut++
		return nil
	}
	row := retailRow{sku: strings.Clone(f[1]), title: strings.TrimSpace(strings.Clone(f[2])), quantity: quantity, price: price}
	if row.title == "" {
		row.title = row.sku
	}
	inv.rows = append(inv.rows, row)
	if _, known := b.products[row.sku]; !known {
		b.products[row.sku] = retailProduct(row, len(b.products)+1)
	}
	return nil
}

func retailProduct(r retailRow, n int) relance.Product {
	at := time.Date(2010, 11, 1, 0, 0, 0, 0, time.UTC)
	return relance.Product{ExternalID: strconv.Itoa(n), Version: relance.Version{UpdatedAt: at}, Title: r.title, SKU: r.sku,
		Category: retailCategory(r.sku), Active: true, Price: r.price.Abs(), Currency: "GBP", CreatedAt: at}
}

func retailCategory(sku string) string {
	h := fnv.New32a()
	_, _ = io.WriteString(h, sku)
	return []string{"Kitchen", "Garden", "Lights", "Bags", "Paper", "Toys", "Decoration", "Baking"}[h.Sum32()%8]
}

// fixed are people whose prices have three decimals: PrestaShop keeps six in its rows.
func fixed(id string) bool {
	return slices.Contains([]string{"13952", "15618", "16198", "13405"}, id)
}

// choose gives everybody a shop, and some both.
func (b *retail) choose() {
	for _, inv := range b.invoices {
		p := b.people[inv.customer]
		if p == nil {
			p = &retailPerson{id: inv.customer, country: inv.country, since: inv.at}
			b.people[inv.customer] = p
		}
		p.returned = p.returned || inv.isReturn()
		p.invoices = append(p.invoices, inv)
		if inv.at.Before(p.since) {
			p.since = inv.at
		}
	}
	ids := make([]string, 0, len(b.people))
	for id := range b.people {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	for i, id := range ids {
		p := b.people[id]
		p.number = i
		p.shopify = id == "" || i%2 == 0 && !fixed(id)
		if id != "" {
			b.report.Customers++
		}
		if id != "" && !fixed(id) && !p.returned && len(p.invoices) > 1 && b.report.InBoth < retailInBoth {
			p.both, p.share = true, b.report.InBoth%3
			b.report.InBoth++
		}
	}
}

// settle makes orders of the invoices, and refunds of the negative rows.
func (b *retail) settle() {
	slices.SortStableFunc(b.invoices, func(x, y *retailInvoice) int { return x.at.Compare(y.at) })
	for _, inv := range b.invoices {
		p := b.people[inv.customer]
		var positive, negative []retailRow
		for _, r := range inv.rows {
			if r.quantity < 0 || r.price.IsNegative() {
				negative = append(negative, r)
			} else {
				positive = append(positive, r)
			}
		}
		if len(positive) > 0 {
			p.orders = append(p.orders, b.order(inv.number, inv.at, positive))
		}
		b.giveBack(p, inv, negative)
	}
}

func (b *retail) order(number string, at time.Time, rows []retailRow) *relance.Order {
	b.report.Orders++
	id := strconv.Itoa(1000 + b.report.Orders)
	o := &relance.Order{ExternalID: id, Number: number, PlacedAt: at, Version: relance.Version{UpdatedAt: at}, State: relance.OrderDelivered, Paid: true,
		Currency: "GBP", Language: "en", Payment: "Card"}
	for i, r := range rows {
		o.Lines = append(o.Lines, b.line(id, i, r))
		o.Total = o.Total.Add(o.Lines[i].Total)
	}
	return o
}

func (b *retail) line(order string, i int, r retailRow) relance.OrderLine {
	product := b.products[r.sku]
	n, _ := strconv.Atoi(order)
	return relance.OrderLine{ExternalID: strconv.Itoa(n*2000 + i), ProductID: product.ExternalID, Title: r.title, SKU: r.sku, Quantity: r.quantity,
		UnitPrice: r.price, Total: r.price.Mul(decimal.NewFromInt(int64(r.quantity))), Category: product.Category}
}

// giveBack refunds negative rows on earlier orders that hold the article, and what is
// left on an opening order.
func (b *retail) giveBack(p *retailPerson, inv *retailInvoice, rows []retailRow) {
	parts := map[*relance.Order]*relance.Refund{}
	var order []*relance.Order
	var opening []retailRow
	add := func(o *relance.Order, line string, quantity int, amount decimal.Decimal) {
		if parts[o] == nil {
			parts[o] = &relance.Refund{Document: inv.number, At: inv.at}
			order = append(order, o)
		}
		r := parts[o]
		r.Amount = r.Amount.Add(amount)
		r.Lines = append(r.Lines, relance.RefundLine{ExternalID: line + "-" + strconv.Itoa(len(r.Lines)), OrderLineID: line, Quantity: quantity, Amount: amount})
	}
	for _, r := range rows {
		back := retailRow{sku: r.sku, title: r.title, quantity: max(r.quantity, -r.quantity), price: r.price.Abs()}
		if o, l := holder(p.orders, back); o != nil {
			add(o, l.ExternalID, back.quantity, back.price.Mul(decimal.NewFromInt(int64(back.quantity))))
			continue
		}
		opening = append(opening, back)
	}
	if len(opening) > 0 {
		free := make([]retailRow, len(opening))
		for i, r := range opening {
			free[i] = retailRow{sku: r.sku, title: r.title, quantity: r.quantity}
		}
		o := b.order("O-"+inv.number, inv.at, free)
		b.report.OpeningOrders++
		p.orders = append(p.orders, o)
		for i, r := range opening {
			add(o, o.Lines[i].ExternalID, r.quantity, r.price.Mul(decimal.NewFromInt(int64(r.quantity))))
		}
	}
	for _, o := range order {
		b.report.Refunds++
		parts[o].ExternalID = strconv.Itoa(500_000 + b.report.Refunds)
		o.Refunds = append(o.Refunds, *parts[o])
		o.Version.UpdatedAt = inv.at
	}
}

// holder finds the latest order with a line of the article from which that much can
// still come back.
func holder(orders []*relance.Order, r retailRow) (*relance.Order, *relance.OrderLine) {
	for _, o := range slices.Backward(orders) {
		if o.Total.IsZero() {
			continue
		}
		gone := o.ReturnedQuantity()
		for i := range o.Lines {
			if l := &o.Lines[i]; l.SKU == r.sku && l.Quantity-gone[l.ExternalID] >= r.quantity {
				return o, l
			}
		}
	}
	return nil, nil
}

// shops deals customers and orders out.
func (b *retail) shops() Shops {
	out := Shops{
		Shopify:    Shop{Info: relance.ShopInfo{Name: "Retail on Shopify", Currency: "GBP", TimeZone: "Europe/London"}},
		PrestaShop: Shop{Info: relance.ShopInfo{Name: "Retail on PrestaShop", Currency: "GBP", TimeZone: "Europe/London"}},
	}
	ids := make([]string, 0, len(b.people))
	for id := range b.people {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	for _, id := range ids {
		p := b.people[id]
		if id != "" && (p.shopify || p.both) {
			out.Shopify.Customers = append(out.Shopify.Customers, p.customer(true))
		}
		if id != "" && (!p.shopify || p.both) {
			out.PrestaShop.Customers = append(out.PrestaShop.Customers, p.customer(false))
		}
		for i, o := range p.orders {
			o.CustomerID = id
			if shopify := p.shopify; shopify != (p.both && i%2 == 1) {
				out.Shopify.Orders = append(out.Shopify.Orders, *o)
			} else {
				out.PrestaShop.Orders = append(out.PrestaShop.Orders, *o)
			}
		}
	}
	for _, pr := range b.products {
		out.Shopify.Products = append(out.Shopify.Products, pr)
	}
	slices.SortFunc(out.Shopify.Products, func(x, y relance.Product) int {
		return cmp.Or(cmp.Compare(len(x.ExternalID), len(y.ExternalID)), strings.Compare(x.ExternalID, y.ExternalID))
	})
	out.PrestaShop.Products = slices.Clone(out.Shopify.Products)
	return out
}

// customer is the person as one of the shops knows them. People in both shops share
// one thing only, and their name.
func (p *retailPerson) customer(shopify bool) relance.Customer {
	n := p.number
	c := relance.Customer{ExternalID: p.id, Kind: relance.IdentityCustomer, Active: true, FirstName: firstName(n), LastName: lastName(n),
		Language: "en", CreatedAt: p.since, Version: relance.Version{UpdatedAt: p.since}, Title: []string{"MR", "MRS"}[n%2]}
	variant := 0
	if p.both && !shopify {
		variant = 1
	}
	pick := func(share int) int { // the same for both shops only where that is what they share
		if p.both && p.share == share {
			return n
		}
		return n + variant*10_000
	}
	c.Email = fmt.Sprintf("person.%d@example.com", pick(0))
	c.Phone = fmt.Sprintf("+4474%08d", 10_000_000+pick(1))
	c.Addresses = []relance.Address{{ExternalID: p.id, Kind: relance.AddressHome, FirstName: c.FirstName, LastName: c.LastName,
		Line1: fmt.Sprintf("%d High Street", 1+pick(2)), PostalCode: fmt.Sprintf("EX%d %dAA", pick(2)%90+1, pick(2)%9), City: "Sampletown",
		CountryCode: retailCountry(p.country), Phone: c.Phone}}
	return c
}

func retailCountry(name string) string {
	codes := map[string]string{"United Kingdom": "GB", "Germany": "DE", "France": "FR", "EIRE": "IE", "Spain": "ES", "Netherlands": "NL", "Belgium": "BE",
		"Switzerland": "CH", "Portugal": "PT", "Australia": "AU", "Norway": "NO", "Italy": "IT", "Finland": "FI", "Cyprus": "CY", "Sweden": "SE",
		"Austria": "AT", "Denmark": "DK", "Japan": "JP", "Poland": "PL", "Israel": "IL", "USA": "US", "Singapore": "SG", "Iceland": "IS", "Canada": "CA",
		"Greece": "GR", "Malta": "MT", "United Arab Emirates": "AE", "Lebanon": "LB", "Lithuania": "LT", "Brazil": "BR", "Bahrain": "BH"}
	if c, ok := codes[name]; ok {
		return c
	}
	return "GB"
}
