package prestashoptest

import (
	"slices"
	"strings"

	"github.com/relance/relance"
)

// products makes products with combinations, option values, categories and stock.
func (d *seeder) products() {
	for _, p := range d.shop.Products {
		upd := d.updated(p.Version, p.CreatedAt)
		x := &product{id: d.id("products", p.ExternalID), category: d.categoryPath(p.Category), name: p.Title, reference: p.SKU,
			slug: slug(p.Title), price: micro(p.Price), cost: micro(p.Costs[""].Amount), active: p.Active, add: d.wall(p.CreatedAt), upd: upd}
		if p.ImageURL != "" {
			x.image = x.id
		}
		if p.Stock != nil {
			x.quantity = int64(*p.Stock)
		}
		beyond := beyondStock(&p)
		d.stock(x.id, 0, x.quantity, beyond)
		for _, v := range p.Variants {
			d.variant(x, v, micro(p.Costs[v.ExternalID].Amount), beyond)
		}
		d.add("products", x)
	}
}

// beyondStock is the column out_of_stock: a product whose stock nobody told is sold all the same,
// others go by the shop's setting.
func beyondStock(p *relance.Product) int64 {
	counted := p.Stock != nil || slices.ContainsFunc(p.Variants, func(v relance.Variant) bool { return v.Stock != nil })
	switch {
	case p.Backorder == nil && counted:
		return 2
	case p.Backorder != nil && !*p.Backorder:
		return 0
	}
	return 1
}

func (d *seeder) variant(p *product, v relance.Variant, cost, beyond int64) {
	c := &combination{id: d.id("combinations", v.ExternalID), product: p, reference: v.SKU, price: micro(v.Price)}
	if v.Price.IsZero() {
		c.price = p.price
	}
	if cost != p.cost { // the same cost is written as 0: the product's
		c.cost = cost
	}
	if v.Stock != nil {
		c.quantity = int64(*v.Stock)
	}
	for _, o := range v.Options {
		c.options = append(c.options, d.option(o))
	}
	p.combinations = append(p.combinations, c)
	d.byVariant[itoa(c.id)] = c
	d.stock(p.id, c.id, c.quantity, beyond)
	d.add("combinations", c)
}

// option gives the id of an option's value, such as M of Size.
func (d *seeder) option(o relance.Option) int64 {
	group := d.lookup(d.options, "product_options", o.Name, func(id int64) {
		d.add("product_options", &record{id, map[string]value{"group_type": str("select"), "position": num(id - 1),
			"name": d.all(o.Name), "public_name": d.all(o.Name)}})
	})
	return d.lookup(d.values, "product_option_values", o.Name+"\x00"+o.Value, func(id int64) {
		d.add("product_option_values", &record{id, map[string]value{"id_attribute_group": num(group), "color": str(""),
			"position": num(id - 1), "name": d.all(o.Value)}})
	})
}

func (d *seeder) stock(product, attribute, quantity, beyond int64) {
	d.add("stock_availables", &record{d.id("stock_availables", ""), map[string]value{"id_product": num(product),
		"id_product_attribute": num(attribute), "id_shop": num(d.s.opts.Shops[0].ID), "quantity": num(quantity),
		"depends_on_stock": num(0), "out_of_stock": num(beyond), "location": str("")}})
}

// categoryPath gives the category at the end of a path such as "Home > Mugs".
func (d *seeder) categoryPath(path string) int64 {
	parent, depth, sofar := int64(2), int64(1), ""
	for name := range strings.SplitSeq(path, " > ") {
		if name == "" {
			continue
		}
		sofar += "\x00" + name
		depth++
		up, level := parent, depth
		parent = d.lookup(d.categories, "categories", sofar, func(id int64) {
			d.add("categories", &record{id, d.category(up, level, name)})
		})
	}
	return parent
}
