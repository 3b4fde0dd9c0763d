package prestashop

import (
	"strconv"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/relance/relance"
)

// categoryPath is the full name of a category, without the two roots above it.
func (cc *catalogCache) categoryPath(id int64) string {
	var names []string
	for range 20 {
		row, ok := cc.categories[id]
		depth, _ := strconv.Atoi(string(row.Depth))
		if !ok || depth < 2 && (yes(row.Root) || depth < 1 || len(names) > 0) {
			break
		}
		names = append([]string{cleanLine(string(row.Name), maxName)}, names...)
		id = idRow{row.Parent}.number()
	}
	return strings.Join(names, " > ")
}

// line makes an order's line. What the shop no longer knows is read from the line's
// own name as far as it tells.
func (k *catalog) line(v *reader, row orderLineRow, c *client) relance.OrderLine {
	product, attribute := v.id("product_id", row.Product), v.id("product_attribute_id", row.Attribute)
	quantity := v.int("product_quantity", row.Quantity)
	unit := v.amount("unit_price_tax_incl", row.Unit)
	l := relance.OrderLine{
		ExternalID: ref(v.id("order_rows.id", row.ID)),
		ProductID:  ref(product),
		VariantID:  ref(attribute),
		Title:      v.name("product_name", row.Name, maxLine),
		SKU:        v.name("product_reference", row.Reference, maxName),
		Quantity:   int(quantity),
		UnitPrice:  unit,
		Total:      unit.Mul(decimal.NewFromInt(quantity)),
		ProductURL: c.productURL(product, attribute),
	}
	if net, err := relance.ParseAmount(string(row.UnitExcl)); err == nil && row.UnitExcl != "" {
		net = net.Mul(decimal.NewFromInt(quantity))
		l.Net = &net
	}
	info := k.products[product]
	l.Category = k.paths[info.category]
	l.ImageURL = c.imageURL(info.image)
	l.Title, l.Options = splitOptions(l.Title, k.variants[attribute], attribute != 0)
	return l
}

// splitOptions parts "Mug (Size: M - Color: Red)" into the name and the options. The
// options of the catalogue, where known, beat those of the name.
func splitOptions(name string, known []relance.Option, variant bool) (string, []relance.Option) {
	if !variant {
		return name, nil
	}
	title, inner := name, ""
	if i := strings.LastIndex(name, " ("); i > 0 && strings.HasSuffix(name, ")") {
		title, inner = name[:i], name[i+2:len(name)-1]
	} else if head, tail, ok := strings.Cut(name, " - "); ok { // before 1.7.8
		title, inner = head, tail
	}
	var told []relance.Option
	for part := range strings.SplitSeq(inner, "- ") {
		option, value, ok := strings.Cut(part, ":")
		if !ok {
			if len(known) > 0 {
				return name, known
			}
			return name, nil
		}
		told = append(told, relance.Option{Name: strings.TrimSpace(option), Value: strings.TrimSpace(value)})
	}
	if len(known) > 0 {
		return title, known
	}
	return title, told
}

// productURL is the address of a product that works with and without friendly URLs.
func (c *client) productURL(product, attribute int64) string {
	if product == 0 {
		return ""
	}
	u := c.base.String() + "/index.php?controller=product&id_product=" + strconv.FormatInt(product, 10)
	if attribute != 0 {
		u += "&id_product_attribute=" + strconv.FormatInt(attribute, 10)
	}
	return u
}

// imageURL is where PrestaShop keeps an image: a folder a digit.
func (c *client) imageURL(image int64) string {
	if image == 0 {
		return ""
	}
	id := strconv.FormatInt(image, 10)
	return c.base.String() + "/img/p/" + strings.Join(strings.Split(id, ""), "/") + "/" + id + ".jpg"
}
