package prestashoptest

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"
)

// run finds the rows of a list.
func (t *table) run(q query) []row {
	if q.broken || q.limit == 0 {
		return nil
	}
	candidates, ordered, tests := t.candidates(q)
	var out []row
	want := -1
	if ordered && q.limit >= 0 {
		want = q.offset + q.limit
	}
	for _, x := range candidates {
		if t.visible(x, q.shop) && t.passes(x, tests) {
			out = append(out, x)
			if len(out) == want {
				break
			}
		}
	}
	if !ordered {
		t.sort(out, q.sorts)
	}
	out = out[min(q.offset, len(out)):]
	if q.limit >= 0 {
		out = out[:min(q.limit, len(out))]
	}
	return out
}

func (t *table) visible(x row, shop int64) bool {
	if shop == 0 || t.res.scope == nil {
		return true
	}
	if v, ok := t.over[x.rowID()]["id_shop"]; ok {
		return v.n == shop
	}
	return t.res.scope(x) == shop
}

// candidates narrows the rows down by an index, says whether they come in the order
// asked for, and which tests are left to make.
func (t *table) candidates(q query) (rows []row, ordered bool, rest []test) {
	for i, tst := range q.tests {
		rest = slices.Delete(slices.Clone(q.tests), i, i+1)
		name := t.res.fields[tst.field].name
		switch {
		case name == "id" && tst.op == opEqual:
			return t.byIDs(tst.values), orderedBy(q, t, "id"), rest
		case isKey(name) && tst.op == opEqual:
			var out []row
			for _, n := range t.numbers(tst) {
				out = append(out, t.between(name, n, n)...)
			}
			one := len(tst.values) == 1
			return out, one && (orderedBy(q, t, "id") || orderedBy(q, t, name, "id")), rest
		}
	}
	for _, tst := range q.tests {
		if name := t.res.fields[tst.field].name; isTextKey(name) && tst.op == opEqual && len(tst.values) == 1 {
			n := ordinal(str(tst.values[0]))
			return t.between(name, n, n), orderedBy(q, t, "id"), q.tests
		}
	}
	for i, tst := range q.tests {
		rest = slices.Delete(slices.Clone(q.tests), i, i+1)
		name := t.res.fields[tst.field].name
		low, high, ok := t.bounds(tst)
		switch {
		case !ok:
		case name == "id":
			return slice(t.rows, low, high), orderedBy(q, t, "id"), rest
		case name == "date_upd" || name == "date_add":
			return t.between(name, max(low, int64(wallZero)), high), orderedBy(q, t, name, "id"), rest
		}
	}
	if len(q.sorts) > 0 && orderedBy(q, t, "date_upd", "id") {
		return t.key("date_upd").rows, true, q.tests
	}
	if len(q.sorts) == 0 && len(q.tests) == 0 {
		return unsorted(t.rows), true, nil
	}
	return t.rows, orderedBy(q, t, "id"), q.tests
}

// unsorted is the arbitrary order in which a database gives rows nobody sorted; small
// tables happen to come by id.
func unsorted(rows []row) []row {
	if len(rows) < 50 {
		return rows
	}
	cut := len(rows) * 7 / 10
	return slices.Concat(rows[cut:], rows[:cut])
}

func slice(rows []row, low, high int64) []row {
	i, _ := slices.BinarySearchFunc(rows, low, func(x row, id int64) int { return cmp.Compare(x.rowID(), id) })
	j := len(rows)
	if high < math.MaxInt64 {
		j, _ = slices.BinarySearchFunc(rows, high+1, func(x row, id int64) int { return cmp.Compare(x.rowID(), id) })
	}
	return rows[i:max(i, j)]
}

// bounds turns a comparison into an interval of the column's numbers.
func (t *table) bounds(tst test) (low, high int64, ok bool) {
	low, high = math.MinInt64, math.MaxInt64
	switch tst.op {
	case opGreater:
		low = t.number(tst.field, tst.values[0]) + 1
	case opLess:
		high = t.number(tst.field, tst.values[0]) - 1
	case opBetween:
		low, high = t.number(tst.field, tst.values[0]), t.number(tst.field, tst.values[1])
	default:
		return 0, 0, false
	}
	return low, high, true
}

// isKey names the columns worth an index.
func isKey(name string) bool {
	switch name {
	case "id_customer", "id_order", "id_cart", "id_product", "id_customer_thread", "id_cart_rule", "date_upd", "date_add":
		return true
	}
	return false
}

// isTextKey names the columns of text worth an index: the shop's own tables have one too.
func isTextKey(name string) bool { return name == "email" || name == "code" }

func orderedBy(q query, t *table, names ...string) bool {
	if len(q.sorts) == 0 {
		return true
	}
	if len(q.sorts) > len(names) {
		return false
	}
	for i, s := range q.sorts {
		if s.desc || t.res.fields[s.field].name != names[i] {
			return false
		}
	}
	return true
}

func (t *table) byIDs(values []string) []row {
	var out []row
	for _, id := range t.numbers(test{values: values}) {
		if x := t.find(id); x != nil {
			out = append(out, x)
		}
	}
	return out
}

// numbers gives the distinct numbers of a test, ascending.
func (t *table) numbers(tst test) []int64 {
	out := make([]int64, 0, len(tst.values))
	for _, v := range tst.values {
		out = append(out, t.number(tst.field, v))
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func (t *table) sort(rows []row, by []sorting) {
	slices.SortStableFunc(rows, func(a, b row) int {
		for _, s := range by {
			c := compareValues(t.value(a, s.field), t.value(b, s.field))
			if s.desc {
				c = -c
			}
			if c != 0 {
				return c
			}
		}
		return 0
	})
}

func compareValues(a, b value) int {
	if a.kind == b.kind && a.kind != kText && a.kind != kLangs {
		return cmp.Compare(a.n, b.n)
	}
	return cmp.Compare(strings.ToLower(a.text()), strings.ToLower(b.text()))
}

// number reads a filter's value for a column of numbers or dates.
func (t *table) number(field int, s string) int64 {
	if strings.HasPrefix(t.res.fields[field].name, "date_") {
		w, _ := parseWall(s)
		return int64(w)
	}
	end := 0
	for end < len(s) && (s[end] >= '0' && s[end] <= '9' || end == 0 && s[end] == '-') {
		end++
	}
	n, _ := strconv.ParseInt(s[:end], 10, 64)
	return n
}

func (t *table) passes(x row, tests []test) bool {
	for _, tst := range tests {
		if !tst.holds(t, t.value(x, tst.field)) {
			return false
		}
	}
	return true
}

// holds judges one condition as MySQL does: nothing holds for NULL.
func (tst test) holds(t *table, v value) bool {
	if v.kind == kNull || (v.kind == kDate || v.kind == kDay) && wall(v.n) == wallNull {
		return false
	}
	if v.kind == kLangs {
		return slices.ContainsFunc(v.langs, func(s string) bool { return tst.holds(t, str(s)) })
	}
	match := func(s string) int { return compareTo(v, s) }
	switch tst.op {
	case opEqual:
		return slices.ContainsFunc(tst.values, func(s string) bool { return match(s) == 0 })
	case opNot:
		return !slices.ContainsFunc(tst.values, func(s string) bool { return match(s) == 0 })
	case opGreater:
		return match(tst.values[0]) > 0
	case opLess:
		return match(tst.values[0]) < 0
	case opBetween:
		return match(tst.values[0]) >= 0 && match(tst.values[1]) <= 0
	default:
		return like(v.text(), tst.values[0])
	}
}

// compareTo compares a column with text from the URL.
func compareTo(v value, s string) int {
	switch v.kind {
	case kDate, kDay:
		w, ok := parseWall(s)
		if !ok {
			return 1
		}
		return cmp.Compare(wall(v.n), w)
	case kInt, kDecimal, kPercent, kRate:
		have, _ := strconv.ParseFloat(v.text(), 64)
		want, _ := strconv.ParseFloat(strings.TrimSpace(s), 64)
		return cmp.Compare(have, want)
	}
	return cmp.Compare(strings.ToLower(v.text()), strings.ToLower(s))
}

func like(s, pattern string) bool {
	s, pattern = strings.ToLower(s), strings.ToLower(pattern)
	middle := strings.Trim(pattern, "%")
	switch start, end := strings.HasPrefix(pattern, "%"), strings.HasSuffix(pattern, "%"); {
	case start && end:
		return strings.Contains(s, middle)
	case start:
		return strings.HasSuffix(s, middle)
	default:
		return strings.HasPrefix(s, middle)
	}
}
