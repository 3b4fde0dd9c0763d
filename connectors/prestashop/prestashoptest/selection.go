package prestashoptest

import (
	"slices"
	"strconv"
	"strings"
)

// selection is what of each row is shown.
type selection struct {
	idsOnly  bool
	fields   []int
	assocs   []selectedAssoc
	prices   []priceField
	lang     int // 0: all languages
	noAssocs bool
}

type selectedAssoc struct {
	place int
	cols  []int
}

// priceField is a computed price that a request adds to products.
type priceField struct {
	name      string
	withTax   bool
	attribute int64
}

// selection understands display, language and price.
func (s *Server) selection(r *request, t *table) (selection, *apiError) {
	sel := selection{}
	if v := r.raw.last("language"); v != "" {
		n, err := strconv.Atoi(strings.Trim(v, "[]"))
		if err != nil || n < 1 || n > len(s.opts.Languages) {
			return sel, &apiError{400, 81, "language is not available"}
		}
		sel.lang = n
	}
	sel.prices = parsePrices(r.raw)
	display := r.raw.last("display")
	switch {
	case display == "full" || display == "" && r.id != "":
		for i := range t.res.fields {
			sel.fields = append(sel.fields, i)
		}
		for i, a := range t.res.assocs {
			sel.assocs = append(sel.assocs, selectedAssoc{i, allColumns(a)})
		}
		return sel, nil
	case display == "":
		sel.idsOnly = true
		sel.fields = []int{0}
		return sel, nil
	}
	return t.selectFields(sel, strings.TrimSuffix(strings.TrimPrefix(display, "["), "]"))
}

func allColumns(a assoc) []int {
	cols := make([]int, len(a.fields))
	for i := range cols {
		cols[i] = i
	}
	return cols
}

// selectFields reads a list such as id,name,order_rows[id,product_id].
func (t *table) selectFields(sel selection, list string) (selection, *apiError) {
	wanted := prices(sel.prices)
	sel.prices = nil
	for _, item := range splitFields(list) {
		name, inner, nested := strings.Cut(item, "[")
		if i, ok := t.res.index[name]; ok && !nested {
			sel.fields = append(sel.fields, i)
		} else if p, ok := wanted[name]; ok {
			sel.prices = append(sel.prices, p)
		} else if i := t.res.assoc(name); i >= 0 {
			if a, ok := t.res.assocs[i].subset(i, strings.TrimSuffix(inner, "]")); ok {
				sel.assocs = append(sel.assocs, a)
			}
		} else {
			return sel, &apiError{400, 35, `Unable to display this field "` + name + `". However, these are available: ` +
				strings.Join(t.res.fieldNames(), ", ")}
		}
	}
	slices.Sort(sel.fields)
	sel.fields = slices.Compact(sel.fields)
	return sel, nil
}

// subset picks columns of a nested list; plain lists show none.
func (a assoc) subset(place int, list string) (selectedAssoc, bool) {
	if a.plain {
		return selectedAssoc{}, false
	}
	sa := selectedAssoc{place: place}
	for _, name := range splitFields(list) {
		if i := slices.Index(a.fields, name); i >= 0 {
			sa.cols = append(sa.cols, i)
		}
	}
	slices.Sort(sa.cols)
	return sa, len(sa.cols) > 0
}

// splitFields splits at the commas outside brackets.
func splitFields(list string) []string {
	var out []string
	depth, from := 0, 0
	for i, c := range list {
		switch c {
		case '[':
			depth++
		case ']':
			depth--
		case ',':
			if depth == 0 {
				out = append(out, list[from:i])
				from = i + 1
			}
		}
	}
	return append(out, list[from:])
}

// parsePrices reads price[name][option]=value.
func parsePrices(raw rawQuery) []priceField {
	var out []priceField
	for _, p := range raw {
		rest, ok := strings.CutPrefix(p.field, "price[")
		if !ok {
			continue
		}
		name, option, ok := strings.Cut(rest, "][")
		if !ok {
			continue
		}
		i := slices.IndexFunc(out, func(f priceField) bool { return f.name == name })
		if i < 0 {
			out = append(out, priceField{name: name, withTax: true})
			i = len(out) - 1
		}
		switch strings.TrimSuffix(option, "]") {
		case "use_tax":
			out[i].withTax = p.value != "0"
		case "product_attribute":
			out[i].attribute, _ = strconv.ParseInt(p.value, 10, 64)
		}
	}
	return out
}

func prices(list []priceField) map[string]priceField {
	out := map[string]priceField{}
	for _, p := range list {
		out[p.name] = p
	}
	return out
}
