package prestashoptest

import (
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// query is a list request after its parameters were understood.
type query struct {
	tests  []test
	sorts  []sorting
	offset int
	limit  int // -1: none
	broken bool
	shop   int64 // 0: all shops
}

// sorting is one column to sort by.
type sorting struct {
	field int
	desc  bool
}

// operators of a filter, as the webservice turns them into SQL.
type operator uint8

const (
	opEqual operator = iota
	opNot
	opGreater
	opLess
	opBetween
	opLike
)

// test is one condition on a column.
type test struct {
	field  int
	op     operator
	values []string
}

var (
	// filterShape is how PrestaShop takes a filter's value apart; what stands before
	// the bracket and is no known operator makes it drop the filter.
	filterShape = regexp.MustCompile(`(?s)^(.*)\[(.*)\](.*)$`)
	rangeShape  = regexp.MustCompile(`^([\d.:\-\s]+),([\d.:\-\s]+)$`)
	sortShape   = regexp.MustCompile(`^(.+)_(ASC|DESC)$`)
)

// parseTest reads the value of a filter; ok is false where PrestaShop drops it.
func parseTest(field int, v string) (t test, ok bool) {
	m := filterShape.FindStringSubmatch(v)
	if m == nil {
		return test{field, opEqual, []string{v}}, true
	}
	before, inner, after := m[1], m[2], m[3]
	switch {
	case before == "%" || after == "%":
		return test{field, opLike, []string{before + inner + after}}, true
	case before == "" && after == "":
		if strings.Index(inner, "|") > 0 {
			return test{field, opEqual, strings.Split(inner, "|")}, true
		}
		if r := rangeShape.FindStringSubmatch(inner); r != nil {
			return test{field, opBetween, sortedAsPHP(r[1], r[2])}, true
		}
		return test{field, opEqual, []string{inner}}, true
	case before == ">":
		return test{field, opGreater, []string{inner}}, true
	case before == "<":
		return test{field, opLess, []string{inner}}, true
	case before == "!":
		return test{field, opNot, strings.Split(inner, "|")}, true
	}
	return test{}, false
}

func sortedAsPHP(a, b string) []string {
	x, errX := strconv.ParseFloat(strings.TrimSpace(a), 64)
	y, errY := strconv.ParseFloat(strings.TrimSpace(b), 64)
	if errX == nil && errY == nil && x > y || (errX != nil || errY != nil) && a > b {
		return []string{b, a}
	}
	return []string{a, b}
}

// parseQuery understands filter, sort, limit and date of a list request.
func (t *table) parseQuery(raw rawQuery) (query, *apiError) {
	q := query{limit: -1}
	withDates := raw.last("date") == "1"
	for _, p := range raw.filters() {
		i, known := t.res.index[p.field]
		if !known && withDates && (p.field == "date_add" || p.field == "date_upd") {
			q.broken = true // PrestaShop believes that each table has them
			continue
		}
		if !known || t.res.fields[i].isDateCol && !withDates {
			return q, unknownFilter(t.res, p.field, withDates)
		}
		if t.res.fields[i].dynamic {
			return q, &apiError{400, 34, `The field "` + p.field + `" is dynamic. It cannot be filtered.`}
		}
		if tst, ok := parseTest(i, p.value); ok {
			q.tests = append(q.tests, tst)
		}
	}
	if err := t.parseSort(&q, raw.last("sort"), withDates); err != nil {
		return q, err
	}
	return q, parseLimit(&q, raw.last("limit"))
}

func unknownFilter(r *resource, name string, withDates bool) *apiError {
	return &apiError{400, 32, `This filter does not exist: "` + name + `". The full list is: "` +
		strings.Join(r.filterNames(withDates), `", "`) + `"`}
}

func (t *table) parseSort(q *query, v string, withDates bool) *apiError {
	if v == "" {
		return nil
	}
	v = strings.TrimSuffix(strings.TrimPrefix(v, "["), "]")
	for part := range strings.SplitSeq(v, ",") {
		m := sortShape.FindStringSubmatch(strings.TrimSpace(part))
		if m == nil {
			return &apiError{400, 37, `The "sort" value has to be formed as "field_ASC" or "[field_1_DESC,field_2_ASC]"`}
		}
		i, known := t.res.index[m[1]]
		if !known && withDates && (m[1] == "date_add" || m[1] == "date_upd") {
			q.broken = true
			continue
		}
		if !known || t.res.fields[i].isDateCol && !withDates {
			return &apiError{400, 38, "Unable to filter by this field. However, these are available: " +
				strings.Join(t.res.filterNames(withDates), ", ")}
		}
		q.sorts = append(q.sorts, sorting{i, m[2] == "DESC"})
	}
	return nil
}

func parseLimit(q *query, v string) *apiError {
	if v == "" {
		return nil
	}
	parts := strings.Split(v, ",")
	if len(parts) > 2 {
		return &apiError{400, 39, `The "limit" value has to be formed as "5,25" or "10"`}
	}
	numbers := make([]int, len(parts))
	for i, p := range parts {
		n, err := strconv.Atoi(p)
		if err != nil || n < 0 {
			q.broken = true // goes into the SQL as it is
			return nil
		}
		numbers[i] = n
	}
	q.limit = numbers[len(numbers)-1]
	if len(numbers) == 2 {
		q.offset = numbers[0]
	}
	return nil
}

// rawQuery is a query string with its order kept: of equal names the last one wins,
// but filters come in the order of their first appearance.
type rawQuery []pair

type pair struct{ field, value string }

func parseRaw(s string) rawQuery {
	var q rawQuery
	for part := range strings.SplitSeq(s, "&") {
		k, v, _ := strings.Cut(part, "=")
		key, errK := url.QueryUnescape(k)
		val, errV := url.QueryUnescape(v)
		if key != "" && errK == nil && errV == nil {
			q = append(q, pair{key, val})
		}
	}
	return q
}

func (q rawQuery) last(name string) string {
	for _, p := range slices.Backward(q) {
		if p.field == name {
			return p.value
		}
	}
	return ""
}

func (q rawQuery) has(name string) bool {
	return slices.ContainsFunc(q, func(p pair) bool { return p.field == name })
}

// filters lists filter[field]=value, the last value of a field winning.
func (q rawQuery) filters() []pair {
	var out []pair
	for _, p := range q {
		name, ok := strings.CutPrefix(p.field, "filter[")
		if !ok || !strings.HasSuffix(name, "]") {
			continue
		}
		name = strings.TrimSuffix(name, "]")
		if i := slices.IndexFunc(out, func(o pair) bool { return o.field == name }); i >= 0 {
			out[i].value = p.value
		} else {
			out = append(out, pair{name, p.value})
		}
	}
	return out
}
