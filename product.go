package relance

import (
	"time"

	"github.com/shopspring/decimal"
)

// Product is an article as the source sells it.
type Product struct {
	ExternalID string
	Version    Version
	Title      string
	SKU        string
	Category   string // full name, levels joined by " > "
	URL        string
	ImageURL   string
	Active     bool
	Price      decimal.Decimal // current, including tax where the source says
	Currency   string
	Stock      *int // nil: not tracked or not told
	// Backorder is whether it may be ordered beyond its stock; nil: not told.
	Backorder *bool `json:",omitempty"`
	Options   []ProductOption
	Variants  []Variant
	// Costs are what the merchant pays for a piece, without tax, by the variant's external id; under
	// "" that of the product without a variant. What is not there was not told: it is never zero.
	// Source: PrestaShop's wholesale price, Shopify's cost per item.
	Costs     map[string]Money `json:",omitempty"`
	CreatedAt time.Time
}

// ProductOption is a choice a product offers, with its values in order.
type ProductOption struct {
	Name   string   `json:"name"`
	Values []string `json:"values"`
}

// Variant is one buyable form of a product (Shopify variant, PrestaShop combination).
type Variant struct {
	ExternalID string          `json:"id"`
	SKU        string          `json:"sku,omitempty"`
	Price      decimal.Decimal `json:"price"`
	Options    []Option        `json:"options,omitempty"`
	Stock      *int            `json:"stock,omitempty"`
	// Backorder is whether it may be ordered beyond its stock.
	Backorder bool `json:"backorder,omitempty"`
}
