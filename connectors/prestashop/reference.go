package prestashop

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/relance/relance"
)

// maxReference bounds how many rows of a settings table are kept.
const maxReference = 20_000

// references is what a shop's settings tables say; records hold only their ids.
type references struct {
	loaded     time.Time
	clock      *clock
	config     map[string]string
	currencies map[int64]string // ISO codes, upper case
	languages  map[int64]string // BCP 47 language
	countries  map[int64]string // ISO 3166-1 alpha-2
	regions    map[int64]string
	groups     map[int64]string
	states     map[int64]orderState
	missing    []string // resources the key may not read
}

// orderState is one of the shop's states of orders.
type orderState struct {
	name                             string
	paid, shipped, delivery, logable bool
}

func configNames() []string {
	return []string{"PS_TIMEZONE", "PS_CURRENCY_DEFAULT", "PS_LANG_DEFAULT", "PS_VERSION_DB", "PS_SHOP_DEFAULT", "PS_SHOP_NAME",
		"PS_OS_CANCELED", "PS_OS_ERROR", "PS_OS_REFUND", "PS_OS_DELIVERED", "PS_OS_SHIPPING",
		"PS_STOCK_MANAGEMENT", "PS_ORDER_OUT_OF_STOCK", "PS_SHIPPING_FREE_PRICE"}
}

// namedRow is a row of any settings table; each uses a few of the fields.
type namedRow struct {
	ID       text `json:"id"`
	Name     text `json:"name"`
	Value    text `json:"value"`
	ISO      text `json:"iso_code"`
	Paid     text `json:"paid"`
	Shipped  text `json:"shipped"`
	Delivery text `json:"delivery"`
	Logable  text `json:"logable"`
	Active   text `json:"active"`
}

func (r namedRow) number() int64 { return idRow{r.ID}.number() }

func yes(t text) bool { return t != "" && t != "0" && t != unreadable }

// references gives the shop's settings, from memory while they are fresh.
func (c *Connector) references(ctx context.Context) (*references, error) {
	return c.referencesSince(ctx, c.now().Add(-c.opts.Keep))
}

// referencesSince gives settings read at or after an instant.
func (c *Connector) referencesSince(ctx context.Context, oldest time.Time) (*references, error) {
	if err := c.state.loading.enter(ctx); err != nil {
		return nil, err
	}
	defer c.state.loading.leave()
	if r := c.state.refs; r != nil && !r.loaded.Before(oldest) {
		return r, nil
	}
	r := &references{loaded: c.now()}
	if err := c.loadConfig(ctx, r); err != nil {
		return nil, err
	}
	lang := params{}
	if id := r.config["PS_LANG_DEFAULT"]; id != "" {
		lang["language"] = id
	}
	if err := c.loadTables(ctx, r, lang); err != nil {
		return nil, err
	}
	c.state.refs = r
	return r, nil
}

func (c *Connector) loadConfig(ctx context.Context, r *references) error {
	got, err := list[namedRow](ctx, c.client, listing{resource: "configurations", fields: []string{"id", "name", "value"}},
		params{"filter[name]": "[" + strings.Join(configNames(), "|") + "]", "sort": "[id_ASC]"})
	if err != nil {
		return err
	}
	r.config = map[string]string{}
	for _, row := range got.rows {
		if name := string(row.Name); r.config[name] == "" {
			r.config[name] = cleanLine(string(row.Value), maxName)
		}
	}
	zone, err := time.LoadLocation(r.config["PS_TIMEZONE"])
	if err != nil || r.config["PS_TIMEZONE"] == "" || r.config["PS_TIMEZONE"] == "Local" {
		return relance.Tell(relance.CodeShopGarbage, nil, "NO_TIME_ZONE")
	}
	r.clock = &clock{zone}
	return nil
}

// loadTables reads the settings tables; those without the right stay empty.
func (c *Connector) loadTables(ctx context.Context, r *references, lang params) error {
	missing := &missingRights{c: c.client}
	read := func(resource string, fields ...string) (map[int64]namedRow, error) {
		if missing.skip(resource) {
			return nil, nil
		}
		rows, err := listAll[namedRow](ctx, c.client, listing{resource: resource, fields: append([]string{"id"}, fields...), extra: lang}, 1000, maxReference)
		if _, err = missing.optional(resource, err); err != nil {
			return nil, err
		}
		out := make(map[int64]namedRow, len(rows))
		for _, row := range rows {
			out[row.number()] = row
		}
		return out, nil
	}
	for _, t := range []struct {
		resource string
		fields   []string
		use      func(map[int64]namedRow)
	}{
		{"currencies", []string{"iso_code"}, func(m map[int64]namedRow) { r.currencies = pick(m, upperISO) }},
		{"languages", []string{"iso_code"}, func(m map[int64]namedRow) { r.languages = pick(m, lowerISO) }},
		{"countries", []string{"iso_code"}, func(m map[int64]namedRow) { r.countries = pick(m, upperISO) }},
		{"states", []string{"name"}, func(m map[int64]namedRow) { r.regions = pick(m, rowName) }},
		{"groups", []string{"name"}, func(m map[int64]namedRow) { r.groups = pick(m, rowName) }},
		{"order_states", []string{"name", "paid", "shipped", "delivery", "logable"}, func(m map[int64]namedRow) { r.states = pick(m, rowState) }},
	} {
		rows, err := read(t.resource, t.fields...)
		if err != nil {
			return err
		}
		t.use(rows)
	}
	r.missing = slices.Sorted(maps.Keys(missing.seen))
	return nil
}

func pick[V any](rows map[int64]namedRow, f func(namedRow) V) map[int64]V {
	out := make(map[int64]V, len(rows))
	for id, row := range rows {
		out[id] = f(row)
	}
	return out
}

func upperISO(r namedRow) string { return strings.ToUpper(cleanLine(string(r.ISO), 3)) }
func rowName(r namedRow) string  { return cleanLine(string(r.Name), maxName) }

// lowerISO is a language as BCP 47 knows it; PrestaShop has a few codes of its own.
func lowerISO(r namedRow) string {
	iso := strings.ToLower(cleanLine(string(r.ISO), 5))
	switch iso {
	case "gb":
		return "en"
	case "br":
		return "pt"
	case "mx", "ag", "cb":
		return "es"
	case "qc":
		return "fr"
	case "tw":
		return "zh"
	}
	return iso
}

func rowState(r namedRow) orderState {
	return orderState{name: cleanLine(string(r.Name), maxName), paid: yes(r.Paid), shipped: yes(r.Shipped),
		delivery: yes(r.Delivery), logable: yes(r.Logable)}
}

// setting is a configuration that holds an id, with what a fresh shop has there.
func (r *references) setting(name string, fallback int64) int64 {
	if n, err := strconv.ParseInt(r.config[name], 10, 64); err == nil && n > 0 {
		return n
	}
	return fallback
}

// language is the parameter that makes texts come in the shop's default language.
func (r *references) language() params {
	if id := r.config["PS_LANG_DEFAULT"]; id != "" {
		return params{"language": id}
	}
	return params{}
}
