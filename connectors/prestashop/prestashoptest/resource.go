package prestashoptest

import (
	"slices"
	"strings"
)

// row is one record of a table.
type row interface{ rowID() int64 }

// resource describes one kind of record as the webservice shows it.
type resource struct {
	name   string // in the URL: customers
	plural string // key of a list: customers; order_slips for order_slip
	node   string // one item: customer
	fields []field
	index  map[string]int // field name → place in fields
	assocs []assoc
	scope  func(row) int64 // id_shop where lists are shop-scoped, else nil
	noUpd  bool            // the table has no date_upd column
	noAdd  bool            // the table has no date_add column
}

// field is one column.
type field struct {
	name      string
	format    string // PrestaShop's validation rule, "" if none
	link      string // resource an id points at, for XML
	required  bool
	readOnly  bool
	dynamic   bool // cannot be filtered
	langs     bool // one text a language
	get       func(row) value
	isDateCol bool // date_add, date_upd: hidden from filters without date=1
}

// assoc is a nested list.
type assoc struct {
	name   string // order_rows
	node   string // order_row
	api    string // resource the ids belong to, "" for virtual rows
	fields []string
	// plain lists declare no fields of their own; asking for some of their fields
	// shows nothing at all (PHP 8 compares 0 with a name).
	plain bool
	get   func(row) [][]value
}

// getters gives the columns that are not constant. What a resource has no getter
// for shows the default of its format.
type getters[T row] map[string]func(T) value

// newResource reads a specification: fields parted by commas, each a name, then "!" required,
// "~" read only, "-" not filterable, "#" one text a language, then the format and
// "@resource".
func newResource[T row](name, plural, node, spec string, get getters[T]) *resource {
	r := &resource{name: name, plural: plural, node: node, index: map[string]int{}}
	r.add(field{name: "id", get: func(x row) value { return num(x.rowID()) }})
	for _, item := range strings.Split(spec, ",") {
		words := strings.Fields(item)
		if len(words) == 0 {
			continue
		}
		f := parseField(words)
		if g, ok := get[f.name]; ok {
			f.get = func(x row) value { return g(x.(T)) }
		} else {
			d := defaultOf(f)
			f.get = func(row) value { return d }
		}
		r.add(f)
	}
	for name := range get {
		if _, ok := r.index[name]; !ok {
			panic("prestashoptest: " + r.name + " has no field " + name)
		}
	}
	return r
}

func (r *resource) add(f field) {
	f.isDateCol = f.name == "date_add" || f.name == "date_upd"
	r.index[f.name] = len(r.fields)
	r.fields = append(r.fields, f)
}

func parseField(words []string) field {
	name := strings.TrimRight(words[0], "!~-#")
	marks := words[0][len(name):]
	f := field{
		name: name, required: strings.Contains(marks, "!"), readOnly: strings.Contains(marks, "~"),
		dynamic: strings.Contains(marks, "-"), langs: strings.Contains(marks, "#"),
	}
	for _, w := range words[1:] {
		if link, ok := strings.CutPrefix(w, "@"); ok {
			f.link = link
		} else {
			f.format = w
		}
	}
	return f
}

// defaultOf is what a fresh database column shows.
func defaultOf(f field) value {
	switch {
	case f.langs:
		return langs("", "", "")
	case f.format == "isBool":
		return str("0")
	case strings.HasPrefix(f.format, "isUnsigned") && f.format != "isUnsignedFloat",
		f.format == "isInt", f.format == "isPriceDisplayMethod", f.format == "isNullOrUnsignedId", f.format == "isPositiveInt":
		return num(0)
	case strings.Contains(f.format, "Price"), strings.Contains(f.format, "Float"):
		return dec(0)
	case f.format == "isPercentage":
		return value{kind: kPercent}
	case f.format == "isDate":
		return date(wallZero)
	}
	return value{}
}

// filterNames lists the fields a filter may name.
func (r *resource) filterNames(withDates bool) []string {
	var names []string
	for _, f := range r.fields {
		if !f.dynamic && (withDates || !f.isDateCol) {
			names = append(names, f.name)
		}
	}
	return names
}

func (r *resource) fieldNames() []string {
	names := make([]string, len(r.fields))
	for i, f := range r.fields {
		names[i] = f.name
	}
	return names
}

func (r *resource) assoc(name string) int {
	return slices.IndexFunc(r.assocs, func(a assoc) bool { return a.name == name })
}
