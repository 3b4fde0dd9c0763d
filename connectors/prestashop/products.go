package prestashop

import (
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/relance/relance"
)

// productRow is what is read of a product; WithTax is a price computed on request.
type productRow struct {
	ID       text `json:"id"`
	Category text `json:"id_category_default"`
	Image    text `json:"id_default_image"`
	SKU      text `json:"reference"`
	Price    text `json:"price"`
	Cost     text `json:"wholesale_price"`
	WithTax  text `json:"with_tax"`
	Active   text `json:"active"`
	Name     text `json:"name"`
	Added    text `json:"date_add"`
	Updated  text `json:"date_upd"`
}

func (r productRow) number() int64   { return idRow{r.ID}.number() }
func (r productRow) changedAt() text { return r.Updated }

func (r *run) productListing() listing {
	extra := params{"date": "1", "price[with_tax][use_tax]": "1", "price[with_tax][use_reduction]": "1"}
	for k, v := range r.refs.language() {
		extra[k] = v
	}
	return listing{resource: "products", extra: extra, fields: []string{"id", "id_category_default", "id_default_image", "reference",
		"price", "wholesale_price", "with_tax", "active", "name", "date_add", "date_upd"}}
}

// productPlan pulls products: by id at first, later by their own date.
func productPlan() plan {
	size := func(r *run) int { return min(r.c.opts.PageSize, productPage) }
	return plan{
		resource: "products",
		all: func(r *run) (bool, error) {
			got, done, err := walkAll[productRow](r.ctx, r.c.client, r.productListing(), r.cur, size(r))
			if err != nil {
				return false, err
			}
			return done, r.addProducts(got)
		},
		changed: []phase{{"products", func(r *run) (bool, error) {
			got, done, err := walkChanged[productRow](r.ctx, r.c.client, r.productListing(), "date_upd", r.cur, size(r))
			if err != nil {
				return false, err
			}
			return done, r.addProducts(got)
		}}},
	}
}

// addProducts puts rows onto the page with their combinations and stock.
func (r *run) addProducts(got rowsOf[productRow]) error {
	r.page.Rejected = append(r.page.Rejected, rejected(relance.KindProducts, got.bad)...)
	rows := dedupe(got.rows)
	if len(rows) == 0 {
		return nil
	}
	var ids []int64
	for _, row := range rows {
		ids = append(ids, row.number())
	}
	combinations, options, err := r.combinationsOf(ids)
	if err != nil {
		return err
	}
	stock, err := r.stockOf(ids)
	if err != nil {
		return err
	}
	pieces := stock.pieces
	paths, err := r.categoryPaths(rows)
	if err != nil {
		return err
	}
	for _, row := range rows {
		v := &reader{clock: r.refs.clock}
		p := r.product(v, row, got.readAt)
		p.Category = paths[idRow{row.Category}.number()]
		p.Stock, p.Backorder = pieces[variantKey{row.number(), 0}], stock.backorder[row.number()]
		r.addVariants(v, &p, row, combinations[row.number()], options, pieces)
		if v.failed() {
			r.page.Rejected = append(r.page.Rejected, v.reject(relance.KindProducts, row.number()))
			continue
		}
		r.page.Products = append(r.page.Products, p)
	}
	return nil
}

// product makes a product of a row, as yet without variants.
func (r *run) product(v *reader, row productRow, readAt time.Time) relance.Product {
	id := v.id("id", row.ID)
	if id == 0 {
		v.fail("id", "ID_MISSING")
	}
	price := v.amount("with_tax", row.WithTax)
	if row.WithTax == "" {
		price = v.amount("price", row.Price)
	}
	p := relance.Product{
		ExternalID: ref(id),
		Version:    v.version("date_upd", row.Updated, readAt),
		Title:      v.name("name", row.Name, maxLine),
		SKU:        v.name("reference", row.SKU, maxName),
		URL:        r.c.client.productURL(id, 0),
		ImageURL:   r.c.client.imageURL(v.id("id_default_image", row.Image)),
		Active:     v.bool("active", row.Active),
		Price:      price,
		Currency:   r.refs.currencies[r.refs.setting("PS_CURRENCY_DEFAULT", 1)],
		CreatedAt:  v.time("date_add", row.Added),
	}
	addCost(&p, 0, row.Cost)
	return p
}

// addCost notes what a piece costs the merchant, without tax and in the shop's currency. Nothing and 0
// are what the shop writes where nobody told; a combination without a cost of its own has the
// product's. What cannot be read was not told: a product is worth keeping without it.
func addCost(p *relance.Product, combination int64, t text) {
	cost, err := relance.ParseAmount(string(t))
	if of, told := p.Costs[""]; err == nil && cost.IsZero() && told {
		cost = of.Amount
	}
	if err != nil || !cost.IsPositive() || p.Currency == "" {
		return
	}
	if p.Costs == nil {
		p.Costs = map[string]relance.Money{}
	}
	p.Costs[ref(combination)] = relance.Money{Amount: cost, Currency: p.Currency}
}

// addVariants adds the combinations. Their price is an impact without tax on the
// product's; it is given in the same proportion of tax and reduction as the product.
func (r *run) addVariants(v *reader, p *relance.Product, row productRow, list []combinationRow, options *catalog, stock map[variantKey]*int) {
	factor := decimal.NewFromInt(1)
	if net := v.amount("price", row.Price); net.IsPositive() && p.Price.IsPositive() {
		factor = p.Price.DivRound(net, 12)
	}
	for _, c := range list {
		impact := v.amount("combinations.price", c.Price).Mul(factor)
		x := relance.Variant{
			ExternalID: ref(c.number()),
			SKU:        v.name("combinations.reference", c.SKU, maxName),
			Price:      p.Price.Add(impact).Round(relance.MoneyScale),
			Options:    options.variants[c.number()],
			Stock:      stock[variantKey{row.number(), c.number()}],
			Backorder:  p.Backorder != nil && *p.Backorder,
		}
		p.Variants = append(p.Variants, x)
		addCost(p, c.number(), c.Cost)
		for _, o := range x.Options {
			addOption(p, o)
		}
	}
}

func addOption(p *relance.Product, o relance.Option) {
	i := slices.IndexFunc(p.Options, func(have relance.ProductOption) bool { return have.Name == o.Name })
	if i < 0 {
		p.Options = append(p.Options, relance.ProductOption{Name: o.Name})
		i = len(p.Options) - 1
	}
	if !slices.Contains(p.Options[i].Values, o.Value) {
		p.Options[i].Values = append(p.Options[i].Values, o.Value)
	}
}

// combinationsOf reads the combinations of some products, with their options.
func (r *run) combinationsOf(products []int64) (map[int64][]combinationRow, *catalog, error) {
	none := &catalog{variants: map[int64][]relance.Option{}}
	if r.missing.skip("combinations") {
		return nil, none, nil
	}
	got, err := listByIDs[combinationRow](r.ctx, r.c.client, combinationListing(), "id_product", products)
	if readable, err := r.missing.optional("combinations", err); !readable {
		return nil, none, err
	}
	rows, err := r.withValues(dedupe(got.rows))
	if err != nil {
		return nil, none, err
	}
	cc := r.c.state.catalog
	if err := cc.busy.enter(r.ctx); err != nil {
		return nil, none, err
	}
	defer cc.busy.leave()
	if err := r.learnValues(cc, rows); err != nil {
		return nil, none, err
	}
	out := map[int64][]combinationRow{}
	for _, row := range rows {
		none.variants[row.number()] = cc.options(row)
		product := idRow{row.Product}.number()
		out[product] = append(out[product], row)
	}
	return out, none, nil
}

// stocks is what is in stock, and whether a product may be ordered beyond it.
type stocks struct {
	pieces    map[variantKey]*int
	backorder map[int64]*bool
}

// stockOf reads how many pieces there are, where the key may and the shop counts them.
func (r *run) stockOf(products []int64) (stocks, error) {
	out := stocks{map[variantKey]*int{}, map[int64]*bool{}}
	if r.missing.skip("stock_availables") || r.refs.config["PS_STOCK_MANAGEMENT"] == "0" {
		return out, nil
	}
	type stockRow struct {
		ID        text `json:"id"`
		Product   text `json:"id_product"`
		Attribute text `json:"id_product_attribute"`
		Quantity  text `json:"quantity"`
		Beyond    text `json:"out_of_stock"`
	}
	got, err := listByIDs[stockRow](r.ctx, r.c.client, listing{resource: "stock_availables",
		fields: []string{"id", "id_product", "id_product_attribute", "quantity", "out_of_stock"}}, "id_product", products)
	if readable, err := r.missing.optional("stock_availables", err); !readable {
		return out, err
	}
	for _, row := range got.rows {
		v := &reader{clock: r.refs.clock}
		n := int(v.int("quantity", row.Quantity))
		if strings.TrimSpace(string(row.Quantity)) != "" && !v.failed() {
			out.pieces[variantKey{idRow{row.Product}.number(), idRow{row.Attribute}.number()}] = &n
		}
		// The row of the product speaks for its combinations too.
		if k := (cartLineRow{Product: row.Product, Attribute: row.Attribute}).key(); row.Beyond != "" && k.attribute == 0 {
			beyond := r.refs.beyondStock(row.Beyond)
			out.backorder[k.product] = &beyond
		}
	}
	return out, nil
}

// beyondStock reads out_of_stock: 0 refuses orders beyond the stock, 1 takes them, 2 goes by the
// shop's setting, which refuses them unless it says otherwise.
func (r *references) beyondStock(t text) bool {
	if t == "2" {
		return r.config["PS_ORDER_OUT_OF_STOCK"] == "1"
	}
	return t == "1"
}

// categoryPaths gives the full names of the products' main categories.
func (r *run) categoryPaths(rows []productRow) (map[int64]string, error) {
	cc := r.c.state.catalog
	if err := cc.busy.enter(r.ctx); err != nil {
		return nil, err
	}
	defer cc.busy.leave()
	for _, row := range rows {
		if _, ok := cc.categories[idRow{row.Category}.number()]; !ok && cc.categories != nil {
			cc.categories = nil // a new category: read the tree again
			break
		}
	}
	if err := r.learnCategories(cc); err != nil {
		return nil, err
	}
	out := map[int64]string{}
	for _, row := range rows {
		id := idRow{row.Category}.number()
		out[id] = cc.categoryPath(id)
	}
	return out, nil
}
