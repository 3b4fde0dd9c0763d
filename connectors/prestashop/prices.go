package prestashop

import (
	"encoding/json"
	"strconv"
	"time"

	"github.com/shopspring/decimal"

	"github.com/relance/relance"
)

// The shop computes each price asked for, for each product of the request; these
// bound how many that are.
const (
	priceProducts   = 10
	priceAttributes = 20
	pricePlain      = 100 // products without combinations
)

// priceCache remembers prices of one shop for a while.
type priceCache struct {
	busy  gate
	since time.Time
	known map[variantKey]decimal.Decimal
}

func newPriceCache() *priceCache { return &priceCache{busy: newGate()} }

// pricesOf gives the present prices, tax and reductions included, of some products
// and combinations; those the shop no longer sells are absent.
func (r *run) pricesOf(wanted []variantKey) (map[variantKey]decimal.Decimal, error) {
	if r.missing.skip("products") {
		return nil, nil
	}
	pc := r.c.state.prices
	if err := pc.busy.enter(r.ctx); err != nil {
		return nil, err
	}
	defer pc.busy.leave()
	if now := r.c.now(); now.Sub(pc.since) > r.c.opts.Keep || len(pc.known) > maxCatalog {
		pc.since, pc.known = now, map[variantKey]decimal.Decimal{}
	}
	for _, b := range priceBatches(wanted, pc.known) {
		err := r.askPrices(b, pc.known)
		if readable, err := r.missing.optional("products", err); !readable {
			return nil, err
		}
	}
	out := map[variantKey]decimal.Decimal{}
	for _, k := range wanted {
		if p, ok := pc.known[k]; ok {
			out[k] = p
		}
	}
	return out, nil
}

// priceBatch is one request for prices.
type priceBatch struct {
	products   []int64
	attributes map[int64]int64 // attribute → its product; 0 for the plain price
}

// priceBatches groups what is not known by product, few products and attributes at a
// time; products without attributes go together in larger groups.
func priceBatches(wanted []variantKey, known map[variantKey]decimal.Decimal) []priceBatch {
	var plain, mixed []priceBatch
	asked := map[variantKey]bool{}
	for _, k := range wanted {
		if _, ok := known[k]; ok || asked[k] || k.product == 0 {
			continue
		}
		asked[k] = true
		if k.attribute == 0 {
			plain = addToBatch(plain, k, pricePlain, 1)
		} else {
			mixed = addToBatch(mixed, k, priceProducts, priceAttributes)
		}
	}
	return append(plain, mixed...)
}

func addToBatch(list []priceBatch, k variantKey, products, attributes int) []priceBatch {
	n := len(list)
	if n == 0 || len(list[n-1].products) >= products || k.attribute != 0 && len(list[n-1].attributes) >= attributes {
		list = append(list, priceBatch{attributes: map[int64]int64{}})
		n++
	}
	b := &list[n-1]
	b.products = append(b.products, k.product)
	b.attributes[k.attribute] = k.product
	return list
}

// askPrices makes one request: each attribute is a computed field p<attribute> of
// every product, of which only its own product's counts.
func (r *run) askPrices(b priceBatch, known map[variantKey]decimal.Decimal) error {
	p := params{}
	fields := []string{"id"}
	for attribute := range b.attributes {
		name := "p" + strconv.FormatInt(attribute, 10)
		fields = append(fields, name)
		p["price["+name+"][use_tax]"] = "1"
		p["price["+name+"][use_reduction]"] = "1"
		p["price["+name+"][product_attribute]"] = strconv.FormatInt(attribute, 10)
	}
	got, err := listByIDs[map[string]json.RawMessage](r.ctx, r.c.client, listing{resource: "products", fields: fields, extra: p}, "id", b.products)
	if err != nil {
		return err
	}
	for _, row := range got.rows {
		var id text
		_ = id.UnmarshalJSON(row["id"])
		product := idRow{id}.number()
		for attribute, owner := range b.attributes {
			if attribute != 0 && owner != product {
				continue
			}
			var amount text
			_ = amount.UnmarshalJSON(row["p"+strconv.FormatInt(attribute, 10)])
			if price, err := relance.ParseAmount(string(amount)); err == nil && amount != "" {
				known[variantKey{product, attribute}] = price
			}
		}
	}
	return nil
}
