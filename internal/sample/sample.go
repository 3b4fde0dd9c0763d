// Package sample makes the shops that simulators serve: an invented one for demos
// and tests, and the public "Online Retail" data set reshaped into two shops. It
// speaks in the product's own nouns with plain numeric external ids; each simulator
// turns them into its platform's shapes.
package sample

import "github.com/relance/relance"

// Shop is everything one simulated shop holds.
type Shop struct {
	Info      relance.ShopInfo
	Groups    []Group
	Products  []relance.Product
	Customers []relance.Customer // of kind CUSTOMER or GUEST
	Orders    []relance.Order    // CustomerID "" for an order without a customer
	Carts     []relance.Cart     // OrderID set where an order completed it
}

// Group is a customer group of a shop.
type Group struct {
	ID   string
	Name string
}

// Shops are the two shops of one merchant, with people who buy in both.
type Shops struct {
	Shopify    Shop
	PrestaShop Shop
}
