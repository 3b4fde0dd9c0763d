package prestashoptest_test

import (
	"fmt"
	"strconv"
	"time"

	"github.com/shopspring/decimal"

	"github.com/relance/relance"
	"github.com/relance/relance/internal/sample"
)

// recordedNow is about when the exchanges were recorded.
func recordedNow() time.Time { return time.Date(2026, 11, 21, 20, 53, 20, 0, time.UTC) }

func itoa(n int) string { return strconv.Itoa(n) }

// recordedShop has the same ids as the shop that was recorded, with contents of its own.
func recordedShop() sample.Shop {
	shop := sample.Shop{Info: relance.ShopInfo{Name: "Lab", Currency: "EUR", TimeZone: "Europe/Paris"},
		Groups: []sample.Group{{ID: "4", Name: "Gold"}, {ID: "5", Name: "Wholesale"}}}
	shop.Customers = append(shop.Customers, person(1), person(2))
	for id := 100; id < 300; id++ {
		shop.Customers = append(shop.Customers, person(id))
	}
	for id := 101; id <= 175; id++ {
		shop.Products = append(shop.Products, article(id))
	}
	for id := 1000; id < 1500; id++ {
		shop.Orders = append(shop.Orders, sale(id))
	}
	shop.Orders = append(shop.Orders, sale(2000))
	for id := 5000; id < 5650; id++ {
		shop.Carts = append(shop.Carts, basket(id))
	}
	return shop
}

// sharedSecond are the customers whose date_upd is one and the same.
func sharedSecond(id int) bool { return id >= 100 && id <= 284 && (id-100)%23 == 0 }

func person(id int) relance.Customer {
	at := recordedNow().Add(-time.Duration(310-id) * 12 * time.Hour)
	upd := at
	if sharedSecond(id) {
		upd = time.Date(2026, 10, 5, 10, 0, 0, 0, time.UTC)
	}
	c := relance.Customer{ExternalID: itoa(id), Kind: relance.IdentityCustomer, Active: true, Email: fmt.Sprintf("lab%d@example.test", id),
		FirstName: "Hugo", LastName: "Zeller", Title: "MR", Language: "en", CreatedAt: at, Version: relance.Version{UpdatedAt: upd},
		Deleted: id >= 140 && (id-140)%41 == 0}
	switch {
	case id == 105 || id == 127:
		c.Kind, c.Email = relance.IdentityGuest, fmt.Sprintf("lab%d@example.test", id-1)
	case id == 104:
		c.GroupID, c.Language = "4", "fr"
	case id == 109 || id == 214:
		c.Business = &relance.Business{SIRET: "84068752435609", APE: "4761Z"}
	case id == 102:
		c.Company, c.Business = "Firm", &relance.Business{SIRET: "27905812332473", APE: "4761Z", OutstandingLimit: decimal.NewFromInt(2500), MaxPaymentDays: 30, Risk: "MEDIUM"}
	case id == 110:
		c.Note = "tail ]]> and \v here"
	case id == 120:
		c.Note = "line1\r\nline2\ttab"
	}
	if id%3 == 0 {
		c.Consents = []relance.Consent{{Channel: relance.ChannelEmail, State: relance.ConsentGranted, Since: &at}}
	}
	birthday := time.Date(1984, 2, 29, 0, 0, 0, 0, time.UTC)
	c.Birthday = &birthday
	if id >= 100 {
		c.Addresses = []relance.Address{{ExternalID: itoa(100 + id), Kind: relance.AddressHome, FirstName: "Hugo", LastName: "Zeller",
			Line1: "1 rue du Test", PostalCode: "75011", City: "Paris", CountryCode: "FR", Phone: "0400000000"}}
	}
	if id == 170 || id == 171 {
		c.Messages = []relance.Message{{ExternalID: itoa(900 + 3*(id-170)), ThreadID: itoa(500 + id - 170), FromCustomer: true, Text: "où ? <b>&", At: at}}
	}
	return c
}

func article(id int) relance.Product {
	p := relance.Product{ExternalID: itoa(id), Title: fmt.Sprintf("Lab product %d", id), SKU: fmt.Sprintf("LAB-%05d", id), Category: "Clothes",
		Active: true, Price: decimal.RequireFromString("119.34"), CreatedAt: recordedNow().Add(-time.Duration(id) * time.Hour)}
	if id < 110 {
		for i, size := range []string{"S", "M", "L", "XL"} {
			for j, color := range []string{"White", "Black"} {
				p.Variants = append(p.Variants, relance.Variant{ExternalID: itoa(1000 + (id-101)*8 + i*2 + j), SKU: p.SKU + size,
					Price: p.Price, Options: []relance.Option{{Name: "Size", Value: size}, {Name: "Color", Value: color}}})
			}
		}
	}
	return p
}

func sale(id int) relance.Order {
	at := recordedNow().Add(-time.Duration(2010-id) * time.Hour)
	states := []relance.OrderState{relance.OrderPaid, relance.OrderDelivered, relance.OrderShipped, relance.OrderOpen}
	o := relance.Order{ExternalID: itoa(id), CustomerID: itoa(100 + id%190), CartID: itoa(id + 4150), Number: "REF" + itoa(id), State: states[id%4],
		Currency: "EUR", Language: "en", PlacedAt: at, Version: relance.Version{UpdatedAt: at.Add(time.Hour)}, Total: decimal.NewFromInt(100),
		Shipping: decimal.NewFromInt(6), Note: "internal", Lines: []relance.OrderLine{{ExternalID: itoa(10000 + id), ProductID: "101", VariantID: "1000",
			Title: "Lab product 101", SKU: "LAB", Quantity: 1, UnitPrice: decimal.NewFromInt(94)}}}
	if id == 1000 || id == 1011 || id == 1113 || id == 1470 {
		o.CustomerID = "142"
	} else if o.CustomerID == "142" {
		o.CustomerID = "143"
	}
	if id == 1001 {
		o.Billing = &relance.Address{FirstName: "Old", LastName: "Address", Line1: "2 rue du Test", PostalCode: "69001", City: "Lyon", CountryCode: "FR"}
	}
	if id >= 1009 && id < 1048 {
		o.Refunds = []relance.Refund{{ExternalID: itoa(id + 8991), At: recordedNow().Add(-time.Duration(id-1009) * 24 * time.Hour), Amount: decimal.NewFromInt(16),
			Shipping: decimal.NewFromInt(6), Lines: []relance.RefundLine{{OrderLineID: itoa(10000 + id), Quantity: 1, Amount: decimal.NewFromInt(10)}}}}
	}
	return o
}

func basket(id int) relance.Cart {
	at := recordedNow().Add(-time.Duration(5700-id) * time.Hour)
	c := relance.Cart{ExternalID: itoa(id), CustomerID: itoa(100 + id%190), Currency: "EUR", StartedAt: at, UpdatedAt: at.Add(20 * time.Minute),
		Lines: []relance.CartLine{{ProductID: "101", VariantID: "1000", Quantity: 1}}}
	if id < 5150 {
		c.UpdatedAt = recordedNow().Add(-time.Duration(id-4999) * time.Hour)
	}
	if id%3 == 2 && id < 5150 {
		c.CustomerID = ""
	}
	switch id {
	case 5000, 5003, 5009:
		c.CustomerID = ""
	case 5001, 5002:
		c.CustomerID = "118"
	}
	if id == 5009 {
		c.Lines = nil
	}
	return c
}
