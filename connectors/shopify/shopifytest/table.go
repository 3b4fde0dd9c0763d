package shopifytest

import (
	"cmp"
	"slices"
	"sort"
	"time"
)

// row is a record of the shop. Rows are never changed, only replaced.
type row interface {
	object
	rowID() int64
	at() stamps
	word(name string) string // the value a search filter of that name compares
}

// stamps are a row's times, in whole seconds.
type stamps struct{ created, updated time.Time }

// table holds the rows of one type in three orders.
type table struct {
	typ       string
	byID      []row
	byCreated []row
	byUpdated []row
}

func newTable(typ string, rows []row) *table {
	t := &table{typ: typ, byID: rows, byCreated: slices.Clone(rows), byUpdated: slices.Clone(rows)}
	for _, key := range []string{"ID", "CREATED_AT", "UPDATED_AT"} {
		list := t.order(key)
		slices.SortFunc(*list, func(a, b row) int { return place(key, a).compare(place(key, b)) })
	}
	return t
}

// spot is a place in an order: the sort value, then the id.
type spot struct {
	At time.Time
	ID int64
}

func (s spot) compare(o spot) int {
	if c := s.At.Compare(o.At); c != 0 {
		return c
	}
	return cmp.Compare(s.ID, o.ID)
}

func place(key string, r row) spot {
	switch key {
	case "UPDATED_AT":
		return spot{r.at().updated, r.rowID()}
	case "CREATED_AT", "PROCESSED_AT":
		return spot{r.at().created, r.rowID()}
	default:
		return spot{ID: r.rowID()}
	}
}

func (t *table) order(key string) *[]row {
	switch key {
	case "UPDATED_AT":
		return &t.byUpdated
	case "CREATED_AT", "PROCESSED_AT":
		return &t.byCreated
	default:
		return &t.byID
	}
}

// find returns the first index in an order that is not before a spot.
func find(list []row, key string, s spot) int {
	return sort.Search(len(list), func(i int) bool { return place(key, list[i]).compare(s) >= 0 })
}

// get returns the row with an id, or nil.
func (t *table) get(id int64) row {
	i := find(t.byID, "ID", spot{ID: id})
	if i < len(t.byID) && t.byID[i].rowID() == id {
		return t.byID[i]
	}
	return nil
}

// put adds a row or replaces the one with its id.
func (t *table) put(r row) {
	t.remove(r.rowID())
	for _, key := range []string{"ID", "CREATED_AT", "UPDATED_AT"} {
		list := t.order(key)
		*list = slices.Insert(*list, find(*list, key, place(key, r)), r)
	}
}

// remove takes a row away and reports whether it was there.
func (t *table) remove(id int64) bool {
	old := t.get(id)
	if old == nil {
		return false
	}
	for _, key := range []string{"CREATED_AT", "UPDATED_AT", "ID"} {
		list := t.order(key)
		i := find(*list, key, place(key, old))
		*list = slices.Delete(*list, i, i+1)
	}
	return true
}

// match returns the part of an order that a filter may match, and whether it matches
// all of that part.
func (t *table) match(key string, f filter) (list []row, exact bool) {
	list = *t.order(key)
	name := map[string]string{"UPDATED_AT": "updated_at", "CREATED_AT": "created_at"}[key]
	from, till, exact := f.span(name)
	end := len(list)
	if !till.IsZero() {
		end = find(list, key, spot{At: till})
	}
	start := 0
	if !from.IsZero() {
		start = find(list, key, spot{At: from})
	}
	return list[min(start, end):end], exact
}

// snapshot is a copy that can be asked for ids while the table changes.
func (t *table) snapshot() *table { return &table{typ: t.typ, byID: slices.Clone(t.byID)} }

// count counts the matches of a filter, in a known range without looking at rows.
func (t *table) count(f filter) int {
	list, exact := t.match("UPDATED_AT", f)
	if exact {
		return len(list)
	}
	n := 0
	for _, r := range list {
		if f.matches(r) {
			n++
		}
	}
	return n
}
