package prestashoptest

import (
	"cmp"
	"hash/fnv"
	"slices"
	"sort"
	"strings"
	"sync"
)

// table holds the rows of one resource with the indexes that lists use. It is
// guarded by the server's lock.
type table struct {
	res  *resource
	rows []row      // ascending by id
	mu   sync.Mutex // guards keys while readers make an index
	// keys are the indexes: rows ascending by (column, id), made when first used.
	keys map[string]*keyIndex
	// over holds values that replace what the row itself says: written through the
	// webservice, or spoilt on purpose.
	over map[int64]map[string]value
	last int64 // highest id ever given
}

// keyIndex is rows ascending by (value of a column, id).
type keyIndex struct {
	field int
	rows  []row
}

func newTable(res *resource) *table {
	return &table{res: res, keys: map[string]*keyIndex{}, over: map[int64]map[string]value{}}
}

// load takes all rows of a fresh table at once.
func (t *table) load(rows []row) {
	slices.SortFunc(rows, func(a, b row) int { return cmp.Compare(a.rowID(), b.rowID()) })
	t.rows = rows
	t.keys = map[string]*keyIndex{}
	if n := len(rows); n > 0 {
		t.last = max(t.last, rows[n-1].rowID())
	}
}

// value is the field of a row, overrides included.
func (t *table) value(x row, field int) value {
	if len(t.over) > 0 {
		if o := t.over[x.rowID()]; o != nil {
			if v, ok := o[t.res.fields[field].name]; ok {
				return v
			}
		}
	}
	return t.res.fields[field].get(x)
}

// set overrides a field; the caller keeps the indexes right by change.
func (t *table) set(id int64, name string, v value) {
	if t.over[id] == nil {
		t.over[id] = map[string]value{}
	}
	t.over[id][name] = v
}

func (t *table) find(id int64) row {
	i := sort.Search(len(t.rows), func(i int) bool { return t.rows[i].rowID() >= id })
	if i < len(t.rows) && t.rows[i].rowID() == id {
		return t.rows[i]
	}
	return nil
}

// nextID gives a fresh id.
func (t *table) nextID() int64 {
	t.last++
	return t.last
}

// insert adds a row or replaces the one with its id; what overrides it stays.
func (t *table) insert(x row) {
	id := x.rowID()
	over := t.over[id]
	t.remove(id)
	if over != nil {
		t.over[id] = over
	}
	t.last = max(t.last, id)
	i := sort.Search(len(t.rows), func(i int) bool { return t.rows[i].rowID() >= id })
	t.rows = slices.Insert(t.rows, i, x)
	for _, k := range t.keys {
		t.enter(k, x)
	}
}

// remove deletes a row; it reports whether there was one.
func (t *table) remove(id int64) bool {
	i := sort.Search(len(t.rows), func(i int) bool { return t.rows[i].rowID() >= id })
	if i == len(t.rows) || t.rows[i].rowID() != id {
		return false
	}
	x := t.rows[i]
	for _, k := range t.keys {
		t.leave(k, x)
	}
	t.rows = slices.Delete(t.rows, i, i+1)
	delete(t.over, id)
	return true
}

// change lets do alter a row and keeps the indexes right.
func (t *table) change(x row, do func()) {
	for _, k := range t.keys {
		t.leave(k, x)
	}
	do()
	for _, k := range t.keys {
		t.enter(k, x)
	}
}

func (t *table) enter(k *keyIndex, x row) {
	n, id := ordinal(t.value(x, k.field)), x.rowID()
	i := sort.Search(len(k.rows), func(i int) bool { return !t.before(k, k.rows[i], n, id) })
	k.rows = slices.Insert(k.rows, i, x)
}

func (t *table) leave(k *keyIndex, x row) {
	n, id := ordinal(t.value(x, k.field)), x.rowID()
	i := sort.Search(len(k.rows), func(i int) bool { return !t.before(k, k.rows[i], n, id) })
	if i < len(k.rows) && k.rows[i] == x {
		k.rows = slices.Delete(k.rows, i, i+1)
	}
}

// before reports whether x sorts before (n, id) in the index.
func (t *table) before(k *keyIndex, x row, n, id int64) bool {
	if m := ordinal(t.value(x, k.field)); m != n {
		return m < n
	}
	return x.rowID() < id
}

// ordinal is where an index has a value: numbers and dates by size, texts by their hash.
func ordinal(v value) int64 {
	if v.kind != kText {
		return v.n
	}
	h := fnv.New64a()
	_, _ = h.Write([]byte(strings.ToLower(v.s)))
	return int64(h.Sum64()) //nolint:gosec // any number does
}

// key returns the index of a column.
func (t *table) key(name string) *keyIndex {
	t.mu.Lock()
	defer t.mu.Unlock()
	if k := t.keys[name]; k != nil {
		return k
	}
	k := &keyIndex{field: t.res.index[name], rows: slices.Clone(t.rows)}
	slices.SortFunc(k.rows, func(a, b row) int {
		return cmp.Or(cmp.Compare(ordinal(t.value(a, k.field)), ordinal(t.value(b, k.field))), cmp.Compare(a.rowID(), b.rowID()))
	})
	t.keys[name] = k
	return k
}

// between returns the rows of an index whose column is from low to high, both
// included.
func (t *table) between(name string, low, high int64) []row {
	k := t.key(name)
	i := sort.Search(len(k.rows), func(i int) bool { return ordinal(t.value(k.rows[i], k.field)) >= low })
	j := sort.Search(len(k.rows), func(i int) bool { return ordinal(t.value(k.rows[i], k.field)) > high })
	if j < i {
		return nil
	}
	return k.rows[i:j]
}
