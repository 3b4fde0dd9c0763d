package prestashoptest

import (
	"strconv"
	"strings"
)

// product is a row of the products table.
type product struct {
	id, category, image int64
	name, reference     string
	slug                string
	price               int64 // tax included
	cost                int64 // what the merchant pays, without tax; 0: nobody told
	quantity            int64
	active              bool
	add, upd            wall
	combinations        []*combination
}

func (x *product) rowID() int64  { return x.id }
func (x *product) touch(at wall) { x.upd = at }

// combination is a buyable form of a product.
type combination struct {
	id        int64
	product   *product
	reference string
	price     int64 // the whole price, tax included
	cost      int64 // 0: the product's
	quantity  int64
	options   []int64 // product_option_values
}

func (x *combination) rowID() int64 { return x.id }

func idRows(ids []int64) [][]value {
	out := make([][]value, len(ids))
	for i, id := range ids {
		out[i] = []value{num(id)}
	}
	return out
}

func (s *Server) productResource() *resource {
	same := func(text string) value {
		all := make([]string, len(s.opts.Languages))
		for i := range all {
			all[i] = text
		}
		return langs(all...)
	}
	res := newResource("products", "products", "product", colsProducts, getters[*product]{
		"id_category_default": func(x *product) value { return num(x.category) },
		"id_default_image": func(x *product) value {
			if x.image == 0 {
				return str("")
			}
			return num(x.image)
		},
		"id_manufacturer":         func(*product) value { return str("") },
		"id_supplier":             func(*product) value { return str("") },
		"id_default_combination":  func(x *product) value { return num(firstCombination(x)) },
		"cache_default_attribute": func(x *product) value { return num(firstCombination(x)) },
		"manufacturer_name":       func(*product) value { return value{kind: kFalse} },
		"quantity":                func(*product) value { return num(0) },
		"position_in_category":    func(*product) value { return num(1) },
		"type":                    func(*product) value { return str("simple") },
		"product_type":            func(*product) value { return str("combinations") },
		"location":                func(*product) value { return str("") },
		"id_shop_default":         func(*product) value { return num(1) },
		"reference":               func(x *product) value { return str(x.reference) },
		"price":                   func(x *product) value { return dec(withoutTax(x.price)) },
		"wholesale_price":         func(x *product) value { return dec(x.cost) },
		"active":                  func(x *product) value { return flag(x.active) },
		"redirect_type":           func(*product) value { return str("default") },
		"condition":               func(*product) value { return str("new") },
		"visibility":              func(*product) value { return str("both") },
		"show_price":              func(*product) value { return str("1") },
		"show_condition":          func(*product) value { return str("1") },
		"available_for_order":     func(*product) value { return str("1") },
		"state":                   func(*product) value { return num(1) },
		"minimal_quantity":        func(*product) value { return num(1) },
		"unit_price_ratio":        func(*product) value { return dec(0) },
		"date_add":                func(x *product) value { return date(x.add) },
		"date_upd":                func(x *product) value { return date(x.upd) },
		"link_rewrite":            func(x *product) value { return same(x.slug) },
		"name":                    func(x *product) value { return same(x.name) },
	})
	res.assocs = productAssocs()
	return res
}

func firstCombination(x *product) int64 {
	if len(x.combinations) > 0 {
		return x.combinations[0].id
	}
	return 0
}

func productAssocs() []assoc {
	return []assoc{
		{name: "categories", node: "category", fields: []string{"id"},
			get: func(x row) [][]value { return idRows([]int64{2, x.(*product).category}) }},
		{name: "images", node: "image", fields: []string{"id"}, get: func(x row) [][]value {
			if p := x.(*product); p.image != 0 {
				return idRows([]int64{p.image})
			}
			return nil
		}},
		{name: "combinations", node: "combination", fields: []string{"id"}, get: func(x row) [][]value {
			var ids []int64
			for _, c := range x.(*product).combinations {
				ids = append(ids, c.id)
			}
			return idRows(ids)
		}},
		{name: "product_option_values", node: "product_option_value", fields: []string{"id"}, get: func(x row) [][]value {
			var ids []int64
			for _, c := range x.(*product).combinations {
				ids = append(ids, c.options...)
			}
			return idRows(ids)
		}},
		{name: "product_features", node: "product_feature", fields: []string{"id", "id_feature_value"}, get: nothing},
		{name: "tags", node: "tag", fields: []string{"id"}, get: nothing},
		{name: "stock_availables", node: "stock_available", fields: []string{"id", "id_product_attribute"},
			get: func(x row) [][]value { return [][]value{{num(x.rowID()), num(0)}} }},
		{name: "attachments", node: "attachment", fields: []string{"id"}, get: nothing},
		{name: "accessories", node: "product", fields: []string{"id"}, get: nothing},
		{name: "product_bundle", node: "product", fields: []string{"id", "id_product_attribute", "quantity"}, get: nothing},
	}
}

func nothing(row) [][]value { return nil }

func combinationResource() *resource {
	res := newResource("combinations", "combinations", "combination", colsCombinations, getters[*combination]{
		"id_product":       func(x *combination) value { return num(x.product.id) },
		"reference":        func(x *combination) value { return str(x.reference) },
		"price":            func(x *combination) value { return dec(withoutTax(x.price) - withoutTax(x.product.price)) },
		"wholesale_price":  func(x *combination) value { return dec(x.cost) },
		"minimal_quantity": func(*combination) value { return num(1) },
		"default_on":       func(x *combination) value { return flag(x.product.combinations[0] == x) },
	})
	res.assocs = []assoc{
		{name: "product_option_values", node: "product_option_value", fields: []string{"id"}, plain: true,
			get: func(x row) [][]value { return idRows(x.(*combination).options) }},
		{name: "images", node: "image", fields: []string{"id"}, plain: true, get: nothing},
	}
	res.noUpd, res.noAdd = true, true
	return res
}

// price is a computed price of a product; an attribute of another product counts as
// none.
func (s *Server) price(x row, f priceField) value {
	p, ok := x.(*product)
	if !ok {
		return value{}
	}
	amount := p.price
	for _, c := range p.combinations {
		if c.id == f.attribute {
			amount = c.price
		}
	}
	if !f.withTax {
		amount = withoutTax(amount)
	}
	return dec(amount)
}

// slug is the part of a product's address made from its name.
func slug(name string) string {
	var b strings.Builder
	for _, c := range strings.ToLower(name) {
		if c >= 'a' && c <= 'z' || c >= '0' && c <= '9' {
			b.WriteRune(c)
		} else if b.Len() > 0 && !strings.HasSuffix(b.String(), "-") {
			b.WriteByte('-')
		}
	}
	return strings.TrimSuffix(b.String(), "-")
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }
