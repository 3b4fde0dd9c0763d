package prestashop

import (
	"context"
	"errors"
	"time"

	"github.com/relance/relance"
)

// maxCatalog bounds how many products and combinations are remembered; beyond it the
// memory starts afresh.
const maxCatalog = 50_000

// variantKey is a product and one of its combinations, 0 for none.
type variantKey struct{ product, attribute int64 }

// productInfo is what lines of orders and carts show of a product.
type productInfo struct {
	name     string
	sku      string
	category int64
	image    int64
}

// catalogCache remembers, for one shop, what lines need of its catalogue.
type catalogCache struct {
	busy       gate
	since      time.Time
	products   map[int64]productInfo
	variants   map[int64][]relance.Option
	categories map[int64]categoryRow
	values     map[int64]relance.Option
}

func newCatalogCache() *catalogCache { return &catalogCache{busy: newGate()} }

// catalog is the catalogue as one page sees it.
type catalog struct {
	products map[int64]productInfo
	variants map[int64][]relance.Option
	paths    map[int64]string // of categories
}

// categoryRow is one category with its parent.
type categoryRow struct {
	ID     text `json:"id"`
	Parent text `json:"id_parent"`
	Depth  text `json:"level_depth"`
	Name   text `json:"name"`
	Root   text `json:"is_root_category"`
}

func (r categoryRow) number() int64 { return idRow{r.ID}.number() }

// catalogOf makes sure that all products and combinations of some lines are known.
func (r *run) catalogOf(wanted []variantKey) (*catalog, error) {
	cc := r.c.state.catalog
	if err := cc.busy.enter(r.ctx); err != nil {
		return nil, err
	}
	defer cc.busy.leave()
	if now := r.c.now(); now.Sub(cc.since) > r.c.opts.Keep || len(cc.products)+len(cc.variants) > maxCatalog {
		cc.since, cc.products, cc.variants, cc.categories, cc.values = now, map[int64]productInfo{}, map[int64][]relance.Option{}, nil, nil
	}
	var products, variants []int64
	for _, k := range wanted {
		if _, ok := cc.products[k.product]; !ok && k.product > 0 {
			products = append(products, k.product)
		}
		if _, ok := cc.variants[k.attribute]; !ok && k.attribute > 0 {
			variants = append(variants, k.attribute)
		}
	}
	if err := r.learnProducts(cc, products); err != nil {
		return nil, err
	}
	if err := r.learnVariants(cc, variants); err != nil {
		return nil, err
	}
	return cc.view(wanted), nil
}

// view copies what a page needs, so that the memory may start afresh meanwhile.
func (cc *catalogCache) view(wanted []variantKey) *catalog {
	k := &catalog{products: map[int64]productInfo{}, variants: map[int64][]relance.Option{}, paths: map[int64]string{}}
	for _, w := range wanted {
		info := cc.products[w.product]
		k.products[w.product] = info
		k.variants[w.attribute] = cc.variants[w.attribute]
		if _, ok := k.paths[info.category]; !ok {
			k.paths[info.category] = cc.categoryPath(info.category)
		}
	}
	return k
}

// learnProducts reads products that lines name; those that are gone stay blank.
func (r *run) learnProducts(cc *catalogCache, ids []int64) error {
	if len(ids) == 0 || r.missing.skip("products") {
		return nil
	}
	type row struct {
		ID       text `json:"id"`
		Name     text `json:"name"`
		SKU      text `json:"reference"`
		Category text `json:"id_category_default"`
		Image    text `json:"id_default_image"`
	}
	got, err := listByIDs[row](r.ctx, r.c.client, listing{resource: "products", extra: r.refs.language(),
		fields: []string{"id", "name", "reference", "id_category_default", "id_default_image"}}, "id", ids)
	if readable, err := r.missing.optional("products", err); !readable {
		return err
	}
	for _, id := range ids {
		cc.products[id] = productInfo{}
	}
	for _, x := range got.rows {
		cc.products[idRow{x.ID}.number()] = productInfo{name: cleanLine(string(x.Name), maxName), sku: cleanLine(string(x.SKU), maxName),
			category: idRow{x.Category}.number(), image: idRow{x.Image}.number()}
	}
	return r.learnCategories(cc)
}

// learnCategories reads the tree of categories once.
func (r *run) learnCategories(cc *catalogCache) error {
	if cc.categories != nil || r.missing.skip("categories") {
		return nil
	}
	rows, err := listAll[categoryRow](r.ctx, r.c.client, listing{resource: "categories", extra: r.refs.language(),
		fields: []string{"id", "id_parent", "level_depth", "name", "is_root_category"}}, 1000, maxReference)
	if readable, err := r.missing.optional("categories", err); !readable {
		return err
	}
	cc.categories = map[int64]categoryRow{}
	for _, c := range rows {
		cc.categories[c.number()] = c
	}
	return nil
}

// combinationRow is one combination with the values that make it.
type combinationRow struct {
	ID      text `json:"id"`
	Product text `json:"id_product"`
	SKU     text `json:"reference"`
	Price   text `json:"price"`
	Cost    text `json:"wholesale_price"`
	Nested  struct {
		Values []idRow `json:"product_option_values"`
	} `json:"associations"`
}

func (r combinationRow) number() int64   { return idRow{r.ID}.number() }
func (r combinationRow) changedAt() text { return "" }

// combinationListing asks for everything: no field list shows the option values of a
// combination, and a combination holds no secret.
func combinationListing() listing { return listing{resource: "combinations", full: true} }

// learnVariants reads combinations that lines name.
func (r *run) learnVariants(cc *catalogCache, ids []int64) error {
	if len(ids) == 0 || r.missing.skip("combinations") {
		return nil
	}
	got, err := listByIDs[combinationRow](r.ctx, r.c.client, combinationListing(), "id", ids)
	if readable, err := r.missing.optional("combinations", err); !readable {
		return err
	}
	rows, err := r.withValues(got.rows)
	if err != nil {
		return err
	}
	if err := r.learnValues(cc, rows); err != nil {
		return err
	}
	for _, id := range ids {
		cc.variants[id] = nil
	}
	for _, row := range rows {
		cc.variants[row.number()] = cc.options(row)
	}
	return nil
}

// withValues reads combinations again that came without values, which none should.
func (r *run) withValues(rows []combinationRow) ([]combinationRow, error) {
	for range confirmations {
		var lost []int64
		for _, row := range rows {
			if len(row.Nested.Values) == 0 {
				lost = append(lost, row.number())
			}
		}
		if len(lost) == 0 {
			break
		}
		got, err := listByIDs[combinationRow](r.ctx, r.c.client, combinationListing(), "id", lost)
		if err != nil {
			return nil, err
		}
		rows = dedupe(append(rows, got.rows...))
	}
	return rows, nil
}

func (cc *catalogCache) options(row combinationRow) []relance.Option {
	var out []relance.Option
	for _, v := range row.Nested.Values {
		if o, ok := cc.values[v.number()]; ok {
			out = append(out, o)
		}
	}
	return out
}

// learnValues reads the names of options and their values once, and again when a
// combination names one that is not known.
func (r *run) learnValues(cc *catalogCache, rows []combinationRow) error {
	unknown := cc.values == nil
	for _, row := range rows {
		for _, v := range row.Nested.Values {
			if _, ok := cc.values[v.number()]; !ok {
				unknown = true
			}
		}
	}
	if !unknown || r.missing.skip("product_option_values") || r.missing.skip("product_options") {
		return nil
	}
	values, err := readOptions(r.ctx, r.c.client, r.refs.language())
	var denied *deniedResource
	if errors.As(err, &denied) {
		_, err = r.missing.optional(denied.resource, err)
		return err
	}
	if err == nil {
		cc.values = values
	}
	return err
}

// readOptions reads all options with their values.
func readOptions(ctx context.Context, c *client, language params) (map[int64]relance.Option, error) {
	type optionRow struct {
		namedRow
		Public text `json:"public_name"`
		Group  text `json:"id_attribute_group"`
	}
	groups, err := listAll[optionRow](ctx, c, listing{resource: "product_options", extra: language, fields: []string{"id", "name", "public_name"}}, 1000, maxReference)
	if err != nil {
		return nil, err
	}
	names := map[int64]string{}
	for _, g := range groups {
		names[g.number()] = cleanLine(string(g.Public), maxName)
		if names[g.number()] == "" {
			names[g.number()] = cleanLine(string(g.Name), maxName)
		}
	}
	values, err := listAll[optionRow](ctx, c, listing{resource: "product_option_values", extra: language, fields: []string{"id", "id_attribute_group", "name"}}, 1000, maxReference)
	if err != nil {
		return nil, err
	}
	out := map[int64]relance.Option{}
	for _, v := range values {
		out[v.number()] = relance.Option{Name: names[idRow{v.Group}.number()], Value: cleanLine(string(v.Name), maxName)}
	}
	return out, nil
}
