package prestashop_test

import (
	"strconv"
	"time"

	"github.com/shopspring/decimal"

	"github.com/relance/relance"
	"github.com/relance/relance/internal/sample"
)

func amount(s string) decimal.Decimal { return decimal.RequireFromString(s) }

func ptr[T any](v T) *T { return &v }

// lab is a small shop with one of everything.
func lab() sample.Shop {
	shop := people(12)
	shop.Products = []relance.Product{
		{ExternalID: "50", Title: "Mug", SKU: "MUG", Category: "Kitchen > Mugs", Active: true, Price: amount("12"), CreatedAt: noon(),
			ImageURL: "x", Stock: ptr(7)},
		{ExternalID: "51", Title: "Shirt", SKU: "SHIRT", Category: "Clothes", Active: true, Price: amount("24"), CreatedAt: noon(),
			Variants: []relance.Variant{
				{ExternalID: "900", SKU: "SHIRT-S", Price: amount("24"), Options: []relance.Option{{Name: "Size", Value: "S"}, {Name: "Color", Value: "Red"}}},
				{ExternalID: "901", SKU: "SHIRT-M", Price: amount("30"), Options: []relance.Option{{Name: "Size", Value: "M"}, {Name: "Color", Value: "Red"}}},
			}},
	}
	shop.Orders = []relance.Order{
		order("1", "100", relance.OrderPaid), order("2", "100", relance.OrderShipped), order("3", "101", relance.OrderDelivered),
		order("4", "101", relance.OrderOpen), order("5", "102", relance.OrderCancelled), order("6", "103", relance.OrderRefunded),
	}
	shop.Orders[5].Refunds = []relance.Refund{
		{ExternalID: "70", Document: "C1", At: noon().Add(72 * time.Hour), Amount: amount("18.000"), Shipping: amount("6"),
			Lines: []relance.RefundLine{{OrderLineID: "61", Quantity: 1, Amount: amount("12")}}},
		{ExternalID: "71", Document: "C2", At: noon().Add(72 * time.Hour), Amount: amount("30"),
			Lines: []relance.RefundLine{{OrderLineID: "62", Quantity: 1, Amount: amount("30")}}},
	}
	shop.Carts = []relance.Cart{
		{ExternalID: "30", CustomerID: "104", Currency: "EUR", StartedAt: noon(), UpdatedAt: noon().Add(time.Hour),
			Lines: []relance.CartLine{{ProductID: "51", VariantID: "901", Quantity: 2}, {ProductID: "50", Quantity: 1}}},
		{ExternalID: "31", Currency: "EUR", StartedAt: noon(), UpdatedAt: noon().Add(time.Hour), Lines: []relance.CartLine{{ProductID: "50", Quantity: 3}}},
		{ExternalID: "32", CustomerID: "100", Currency: "EUR", StartedAt: noon(), UpdatedAt: noon().Add(time.Hour), OrderID: "1",
			Lines: []relance.CartLine{{ProductID: "50", Quantity: 1}}},
		{ExternalID: "33", CustomerID: "105", Currency: "EUR", StartedAt: noon(), UpdatedAt: noon()},
		{ExternalID: "34", CustomerID: "105", Currency: "EUR", StartedAt: noon(), UpdatedAt: noon(), Lines: []relance.CartLine{{ProductID: "9999", Quantity: 1}}},
	}
	shop.Customers[5].Messages = []relance.Message{
		{ExternalID: "80", ThreadID: "8", FromCustomer: true, Text: "Où est ma commande ?", At: noon(), OrderID: "1"},
		{ExternalID: "81", ThreadID: "8", Private: true, Text: "sent", At: noon().Add(time.Hour)},
	}
	return shop
}

func order(id, customer string, state relance.OrderState) relance.Order {
	o := relance.Order{ExternalID: id, CustomerID: customer, Number: "REF" + id, State: state, Currency: "EUR", Language: "fr", PlacedAt: noon(),
		Total: amount("48"), Shipping: amount("6"), Version: relance.Version{UpdatedAt: noon().Add(48 * time.Hour)}, Note: "internal",
		Lines: []relance.OrderLine{
			{ExternalID: id + "1", ProductID: "50", Title: "Mug", SKU: "MUG", Quantity: 1, UnitPrice: amount("12"), Total: amount("12")},
			{ExternalID: id + "2", ProductID: "51", VariantID: "901", Title: "Shirt", SKU: "SHIRT-M", Quantity: 1, UnitPrice: amount("30"), Total: amount("30"),
				Options: []relance.Option{{Name: "Size", Value: "M"}, {Name: "Color", Value: "Red"}}},
		}}
	return o
}

// manyOrders is a shop of n customers with k orders each.
func manyOrders(n, k int) sample.Shop {
	shop := people(n)
	shop.Products = lab().Products
	for i := range n * k {
		o := order(strconv.Itoa(1000+i), strconv.Itoa(100+i/k), relance.OrderPaid)
		o.Lines[0].ExternalID, o.Lines[1].ExternalID = strconv.Itoa(10*i+1), strconv.Itoa(10*i+2)
		o.PlacedAt = noon().Add(time.Duration(i) * time.Second)
		o.Version.UpdatedAt = o.PlacedAt
		shop.Orders = append(shop.Orders, o)
	}
	return shop
}
