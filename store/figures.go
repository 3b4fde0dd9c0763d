package store

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/relance/relance"
)

// figures tells a list of profiles where their figures stand. For somebody limited to
// some shops these are counted from the orders and carts of those shops: the figures that
// are kept speak of all shops. A filter counts for each person it meets, so that a list in
// another order ends with its page; sorting counts for all at once.
type figures struct {
	*sqlArgs
	scope []uuid.UUID
	now   time.Time
	all   bool              // count for all at once from here on
	names map[string]string // of what was joined, by what it is
	joins string
}

func newFigures(a *sqlArgs, scope []uuid.UUID, now time.Time) *figures {
	return &figures{sqlArgs: a, scope: scope, now: now, names: map[string]string{}}
}

// key tells what is counted for each person from what is counted for all.
func (f *figures) key(what string) string { return fmt.Sprint(what, " ", f.scope != nil && f.all) }

// join joins a query of figures per profile, and gives the name it goes by.
func (f *figures) join(what, columns, table, where string) string {
	name := fmt.Sprint("f", len(f.names))
	f.names[f.key(what)] = name
	from := " FROM " + table + " WHERE merchant_id = $1 AND source_id = ANY(" + f.add(f.scope) + ") AND deleted_at IS NULL AND " + where
	if f.all {
		f.joins += " LEFT JOIN (SELECT profile_id, " + columns + from + " AND profile_id IS NOT NULL GROUP BY profile_id) " + name + " ON " + name + ".profile_id = p.id"
	} else {
		f.joins += " LEFT JOIN LATERAL (SELECT " + columns + from + " AND profile_id = p.id) " + name + " ON true"
	}
	return name
}

func (f *figures) orders() string {
	if name := f.names[f.key("orders")]; name != "" {
		return name
	}
	return f.join("orders", "count(*) AS order_count, max(placed_at) AS last_order_at", "orders", "counted")
}

func (f *figures) orderCount() string {
	if f.scope == nil {
		return "p.order_count"
	}
	return "coalesce(" + f.orders() + ".order_count, 0)"
}

func (f *figures) lastOrder() string {
	if f.scope == nil {
		return "p.last_order_at"
	}
	return f.orders() + ".last_order_at"
}

func (f *figures) oldestCart() string {
	if f.scope == nil {
		return "p.oldest_cart_at"
	}
	if name := f.names[f.key("carts")]; name != "" {
		return name + ".oldest_cart_at"
	}
	return f.join("carts", "min(active_at) AS oldest_cart_at", "carts", "NOT ordered") + ".oldest_cart_at"
}

// spent is what was spent in a currency, null where nothing was ordered in it; "" is the
// merchant's main currency.
func (f *figures) spent(currency string) string {
	currency = strings.ToUpper(currency)
	what := "spent " + currency
	if name := f.names[f.key(what)]; name != "" {
		return name + ".spent"
	}
	cur := "(SELECT m.main_currency FROM merchants m WHERE m.id = $1)"
	if currency != "" {
		cur = f.add(currency) + "::text"
	}
	if f.scope != nil {
		return f.join(what, "coalesce(sum(net) FILTER (WHERE paid), 0) AS spent", "orders",
			"NOT test AND state <> 'CANCELLED' AND currency = "+cur) + ".spent"
	}
	name := fmt.Sprint("f", len(f.names))
	f.names[f.key(what)] = name
	f.joins += " LEFT JOIN profile_stats " + name + " ON " + name + ".merchant_id = $1 AND " + name + ".profile_id = p.id AND " + name + ".currency = " + cur
	return name + ".spent"
}

// knownTo asks for a live record at any of the shops that the asker may see.
func (f *figures) knownTo(shops []uuid.UUID) string {
	if f.scope != nil {
		shops = slices.DeleteFunc(slices.Clone(shops), func(id uuid.UUID) bool { return !slices.Contains(f.scope, id) })
	}
	return knownTo(f.sqlArgs, shops)
}

// livesIn asks for an address in any of the countries, among those that the asker may see.
func (f *figures) livesIn(countries []string) string {
	mine := ""
	if f.scope != nil {
		mine = " AND (c.source_id = ANY(" + f.add(f.scope) + ") OR c.kind = 'MANUAL')"
	}
	list := column(countries, func(s *string) string { return strings.ToUpper(strings.TrimSpace(*s)) })
	return `EXISTS (SELECT 1 FROM identities i JOIN customers c ON c.merchant_id = $1 AND c.id = i.customer_id JOIN addresses x ON x.merchant_id = $1 AND x.customer_id = c.id
		WHERE i.merchant_id = $1 AND i.profile_id = p.id AND x.country_code <> '' AND x.country_code = ANY(` + f.add(list) + `)` + mine + `)`
}

// bought asks for pieces of any of the values that were bought and kept, in shops that the asker may see.
func (f *figures) bought(what, lineColumn string, values []string) string {
	list := f.add(values)
	if f.scope == nil {
		return `p.id IN (SELECT h.profile_id FROM profile_habits h WHERE h.merchant_id = $1 AND h.what = '` + what + `' AND h.what <> 'SIZE' AND h.value = ANY(` + list + `) AND h.quantity > 0)`
	}
	return `p.id IN (SELECT o.profile_id FROM orders o JOIN order_lines l ON l.merchant_id = $1 AND l.order_id = o.id
		WHERE o.merchant_id = $1 AND o.profile_id IS NOT NULL AND o.source_id = ANY(` + f.add(f.scope) + `) AND o.deleted_at IS NULL AND o.counted AND l.` + lineColumn + ` <> '' AND l.` + lineColumn + ` = ANY(` + list + `)
		GROUP BY o.profile_id, l.` + lineColumn + ` HAVING sum(l.quantity - l.returned_quantity) > 0)`
}

// spentSQL compares the spent of one currency; people without orders in it spent 0.
func (f *figures) spentSQL(r *relance.MoneyRange) string {
	out := "true"
	if r.Min != nil {
		out += " AND coalesce(" + f.spent(r.Currency) + ", 0) >= " + f.add(*r.Min)
	}
	if r.Max != nil {
		out += " AND coalesce(" + f.spent(r.Currency) + ", 0) < " + f.add(*r.Max)
	}
	return out
}
