package prestashoptest

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/relance/relance"
	"github.com/relance/relance/internal/sample"
)

// seeder turns a sample shop into tables.
type seeder struct {
	s    *Server
	shop sample.Shop
	rows map[string][]row
	next map[string]int64 // highest id given so far, by resource

	currencies map[string]int64
	countries  map[string]int64
	states     map[string]int64
	categories map[string]int64
	options    map[string]int64 // option name
	values     map[string]int64 // option name + "\x00" + value
	byVariant  map[string]*combination
	addresses  map[string][]*address // by customer
	moments    map[string]map[wall]string
	documents  map[string]wall
}

func newSeeder(s *Server, shop sample.Shop) *seeder {
	return &seeder{s: s, shop: shop, rows: map[string][]row{}, next: map[string]int64{},
		currencies: map[string]int64{}, countries: map[string]int64{}, states: map[string]int64{},
		categories: map[string]int64{}, options: map[string]int64{}, values: map[string]int64{},
		byVariant: map[string]*combination{}, addresses: map[string][]*address{},
		moments: map[string]map[wall]string{}, documents: map[string]wall{}}
}

// tables makes every table; those the seed says nothing of are empty.
func (d *seeder) tables() map[string]*table {
	d.reserve()
	d.settings()
	d.products()
	d.customers()
	d.carts()
	d.orders()
	out := map[string]*table{}
	for _, res := range d.s.resources() {
		t := newTable(res)
		t.load(d.rows[res.name])
		t.last = max(t.last, d.next[res.name])
		out[res.name] = t
	}
	return out
}

func (d *seeder) add(resource string, x row) { d.rows[resource] = append(d.rows[resource], x) }

// id reads an external id, or gives a fresh one for "".
func (d *seeder) id(resource, external string) int64 {
	if external == "" {
		d.next[resource]++
		return d.next[resource]
	}
	return mustID(resource, external)
}

func mustID(resource, external string) int64 {
	n, err := strconv.ParseInt(external, 10, 64)
	if err != nil || n <= 0 {
		panic("prestashoptest: the " + resource + " id " + strconv.Quote(external) + " is not a positive number")
	}
	return n
}

// idOrZero is for references: "" is 0.
func idOrZero(resource, external string) int64 {
	if external == "" {
		return 0
	}
	return mustID(resource, external)
}

// reserve finds the highest id of each resource, so that fresh ids collide with none.
func (d *seeder) reserve() {
	use := func(resource, external string) {
		if n, err := strconv.ParseInt(external, 10, 64); err == nil {
			d.next[resource] = max(d.next[resource], n)
		}
	}
	for _, c := range d.shop.Customers {
		use("customers", c.ExternalID)
		for _, a := range c.Addresses {
			use("addresses", a.ExternalID)
		}
		for _, m := range c.Messages {
			use("customer_messages", m.ExternalID)
			use("customer_threads", m.ThreadID)
		}
	}
	for _, p := range d.shop.Products {
		use("products", p.ExternalID)
		for _, v := range p.Variants {
			use("combinations", v.ExternalID)
		}
	}
	for _, c := range d.shop.Carts {
		use("carts", c.ExternalID)
	}
	for _, o := range d.shop.Orders {
		use("orders", o.ExternalID)
		for _, a := range []*relance.Address{o.Billing, o.Delivery} {
			if a != nil {
				use("addresses", a.ExternalID)
			}
		}
		for _, l := range o.Lines {
			use("order_details", l.ExternalID)
		}
		for _, r := range o.Refunds {
			use("order_slip", r.ExternalID)
		}
		for _, h := range o.History {
			use("order_histories", h.ExternalID)
		}
	}
}

// wall is the shop-local time of an instant, without fractions.
func (d *seeder) wall(t time.Time) wall { return wallOf(t, d.s.zone) }

func (d *seeder) wallPtr(t *time.Time) wall {
	if t == nil {
		return wallNull
	}
	return d.wall(*t)
}

// updated is a record's own time of change, else another time.
func (d *seeder) updated(v relance.Version, created time.Time) wall {
	if v.UpdatedAt.IsZero() {
		return d.wall(created)
	}
	return d.wall(v.UpdatedAt)
}

func (d *seeder) lang(code string) int64 {
	base, _, _ := strings.Cut(strings.ToLower(code), "-")
	if i := slices.Index(d.s.opts.Languages, base); i >= 0 {
		return int64(i + 1)
	}
	return 1
}

// micro is an amount in millionths.
func micro(a decimal.Decimal) int64 { return a.Shift(6).Round(0).IntPart() }

// lookup gives the id of a name, making a row for a new one.
func (d *seeder) lookup(ids map[string]int64, resource, name string, add func(id int64)) int64 {
	if id, ok := ids[name]; ok {
		return id
	}
	id := d.id(resource, "")
	ids[name] = id
	add(id)
	return id
}

func (d *seeder) currency(code string) int64 {
	if code == "" {
		return 1
	}
	return d.lookup(d.currencies, "currencies", code, func(id int64) {
		d.add("currencies", &record{id, map[string]value{
			"names": d.all(code), "name": str(code), "symbol": d.all(code), "iso_code": str(code), "numeric_iso_code": str("978"),
			"precision": num(2), "conversion_rate": dec(1_000_000), "deleted": num(0), "active": num(1), "unofficial": num(0),
			"modified": num(0), "pattern": d.all("")}})
	})
}

func (d *seeder) country(code string) int64 {
	if code == "" {
		code = "FR"
	}
	return d.lookup(d.countries, "countries", code, func(id int64) {
		d.add("countries", &record{id, map[string]value{"id_zone": num(1), "iso_code": str(code), "active": str("1"), "name": d.all(code)}})
	})
}

func (d *seeder) region(name string, country int64) int64 {
	if name == "" {
		return 0
	}
	return d.lookup(d.states, "states", name, func(id int64) {
		d.add("states", &record{id, map[string]value{"id_zone": num(1), "id_country": num(country), "iso_code": str(firstN(name, 3)),
			"name": str(name), "active": str("1")}})
	})
}

// all is the same text in every language.
func (d *seeder) all(text string) value {
	out := make([]string, len(d.s.opts.Languages))
	for i := range out {
		out[i] = text
	}
	return langs(out...)
}
