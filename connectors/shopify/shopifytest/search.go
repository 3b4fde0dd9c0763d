package shopifytest

import (
	"strconv"
	"strings"
	"time"
)

// filter is a parsed search query: a row matches if any group matches, a group if
// all its terms do.
type filter struct {
	groups [][]term
}

// term is one condition. Times are compared in whole seconds.
type term struct {
	name, op, value string
	negate          bool
	from, till      time.Time // what a time value spans: a day, or a second
	timed           bool
}

// known lists the filters that each kind of row understands; others are ignored with
// a warning, as the real shop does.
func known(typ, name string) bool {
	switch name {
	case "id", "updated_at", "created_at":
		return true
	case "status":
		return typ == "Order" || typ == "AbandonedCheckout" || typ == "Product" || typ == "BulkOperation"
	case "recovery_state":
		return typ == "AbandonedCheckout"
	case "email":
		return typ == "Customer" || typ == "Order"
	case "state", "tag":
		return typ == "Customer"
	case "customer_id", "financial_status", "checkout_token", "cart_token", "name":
		return typ == "Order"
	case "action", "subject_type":
		return typ == "BasicEvent"
	case "operation_type":
		return typ == "BulkOperation"
	default:
		return false
	}
}

// parseFilter reads the search language: terms joined by AND (also implied) and OR,
// "-" or NOT before a term, values bare or quoted.
func parseFilter(typ, query string) (f filter, warnings []string) {
	group, negate := []term{}, false
	for _, token := range words(query) {
		switch token {
		case "AND":
		case "OR":
			f.groups = append(f.groups, group)
			group = nil
		case "NOT":
			negate = true
		default:
			name, rest, ok := strings.Cut(strings.Trim(token, "()"), ":")
			name, minus := strings.CutPrefix(name, "-")
			if !ok || !known(typ, name) {
				warnings = append(warnings, "Invalid search field for this query: "+name)
				negate = false
				continue
			}
			t := parseTerm(name, rest)
			t.negate = negate || minus
			group = append(group, t)
			negate = false
		}
	}
	f.groups = append(f.groups, group)
	return f, warnings
}

// words splits at blanks outside quotes.
func words(query string) []string {
	var list []string
	var b strings.Builder
	var quote rune
	for _, r := range query {
		switch {
		case quote != 0 && r == quote:
			quote = 0
			b.WriteRune(r)
		case quote == 0 && (r == '\'' || r == '"'):
			quote = r
			b.WriteRune(r)
		case quote == 0 && (r == ' ' || r == '\n' || r == '\t'):
			if b.Len() > 0 {
				list = append(list, b.String())
			}
			b.Reset()
		default:
			b.WriteRune(r)
		}
	}
	if b.Len() > 0 {
		list = append(list, b.String())
	}
	return list
}

func parseTerm(name, rest string) term {
	t := term{name: name}
	for _, op := range []string{">=", "<=", ">", "<"} {
		if value, ok := strings.CutPrefix(rest, op); ok {
			t.op, rest = op, value
			break
		}
	}
	quoted := len(rest) >= 2 && (rest[0] == '\'' || rest[0] == '"')
	t.value = strings.Trim(rest, `'"`)
	if !strings.HasSuffix(name, "_at") {
		return t
	}
	text := t.value
	if day, _, timed := strings.Cut(text, "T"); timed && !quoted {
		text = day // an unquoted time loses its time part
	}
	if at, err := time.Parse(time.RFC3339, text); err == nil {
		t.from, t.till, t.timed = at.UTC().Truncate(time.Second), at.UTC().Truncate(time.Second).Add(time.Second), true
	} else if day, err := time.Parse(time.DateOnly, text); err == nil {
		t.from, t.till, t.timed = day, day.AddDate(0, 0, 1), true
	}
	return t
}

// matches reports whether a row fulfils the filter.
func (f filter) matches(r row) bool {
	for _, group := range f.groups {
		ok := true
		for _, t := range group {
			if t.matches(r) == t.negate {
				ok = false
				break
			}
		}
		if ok {
			return true
		}
	}
	return false
}

func (t term) matches(r row) bool {
	switch t.name {
	case "updated_at":
		return t.matchesTime(r.at().updated)
	case "created_at":
		return t.matchesTime(r.at().created)
	case "id":
		n, err := strconv.ParseInt(t.value, 10, 64)
		return err == nil && compare(t.op, r.rowID(), n)
	default:
		return strings.EqualFold(r.word(t.name), t.value)
	}
}

func (t term) matchesTime(at time.Time) bool {
	if !t.timed {
		return true // an unreadable value filters nothing
	}
	switch t.op {
	case ">=":
		return !at.Before(t.from)
	case ">":
		return !at.Before(t.till) // the whole second (or day) is left out
	case "<":
		return at.Before(t.from)
	case "<=":
		return at.Before(t.till)
	default:
		return !at.Before(t.from) && at.Before(t.till)
	}
}

func compare(op string, a, b int64) bool {
	switch op {
	case ">=":
		return a >= b
	case ">":
		return a > b
	case "<=":
		return a <= b
	case "<":
		return a < b
	default:
		return a == b
	}
}

// span returns the bounds that every match lies in, for the field a list is sorted
// by, so that a long list is entered by binary search.
func (f filter) span(name string) (from, till time.Time, exact bool) {
	if len(f.groups) != 1 {
		return from, till, false
	}
	exact = true
	for _, t := range f.groups[0] {
		if t.name != name || !t.timed || t.negate {
			exact = false
			continue
		}
		switch t.op {
		case ">=":
			from = later(from, t.from)
		case ">":
			from = later(from, t.till)
		case "<":
			till = earlier(till, t.from)
		case "<=":
			till = earlier(till, t.till)
		default:
			from, till = later(from, t.from), earlier(till, t.till)
		}
	}
	return from, till, exact
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

func earlier(a, b time.Time) time.Time {
	if a.IsZero() || b.Before(a) {
		return b
	}
	return a
}
