package identity

import (
	"cmp"
	"slices"
	"strings"
)

// Limits beyond which a key or a person is not believed without a look.
const (
	// MaxNames is how many different full names may share a phone number, postal address
	// or e-mail address before it counts as shared (a shop's counter, a company, a
	// reception) and joins nobody.
	MaxNames = 4
	// MaxHolders is how many records may hold a key before it counts as shared.
	MaxHolders = 50
	// MaxIdentities is how many records one person may have; links beyond need a look.
	MaxIdentities = 50
)

// Record is a customer of a source as the partition sees it.
type Record struct {
	ID   string // natural and stable, so that it gives the same order everywhere
	Keys []Key
}

// Verdict is what people decided about two records.
type Verdict struct {
	A, B     string // record ids
	Together bool   // false: keep them apart
}

// Group is the records of one person, sorted by id, and what attached each of them:
// MatchedBy[i] is the strongest way in which Records[i] is linked to the others.
type Group struct {
	Records     []string
	MatchedBy   []KeyKind
	NeedsReview bool // more records match than may be joined unseen
}

// Partition joins records into people. It looks at nothing but its arguments, and their
// order does not matter. Links are tried strongest first, then by key, then by record;
// one that would unite two records to be kept apart, or more than MaxIdentities, is
// refused. Keys shared by too many join nobody.
func Partition(records []Record, verdicts []Verdict) []Group {
	records = slices.Clone(records)
	slices.SortFunc(records, func(a, b Record) int { return strings.Compare(a.ID, b.ID) })
	p := newPartition(records, verdicts)
	for _, l := range links(records, verdicts) {
		p.join(l)
	}
	return p.groups(records)
}

// link is two records, by position, and why they belong together.
type link struct {
	kind KeyKind
	key  Key
	a, b int
}

// links lists all links in the order in which they are tried.
func links(records []Record, verdicts []Verdict) []link {
	at := positions(records)
	var out []link
	for _, v := range verdicts {
		a, okA := at[v.A]
		b, okB := at[v.B]
		if v.Together && okA && okB {
			out = append(out, link{kind: ByHand, a: min(a, b), b: max(a, b)})
		}
	}
	for key, holders := range holders(records) {
		for i, a := range holders {
			for _, b := range holders[i+1:] {
				out = append(out, link{kind: key.Kind, key: key, a: a, b: b})
			}
		}
	}
	slices.SortFunc(out, func(x, y link) int {
		return cmp.Or(cmp.Compare(x.kind.rank(), y.kind.rank()), strings.Compare(x.key.Value, y.key.Value),
			strings.Compare(x.key.Name, y.key.Name), cmp.Compare(x.a, y.a), cmp.Compare(x.b, y.b))
	})
	return out
}

func positions(records []Record) map[string]int {
	at := make(map[string]int, len(records))
	for i := range records {
		at[records[i].ID] = i
	}
	return at
}

// holders maps each key that may join people to the records that hold it.
func holders(records []Record) map[Key][]int {
	names := map[Key]map[string]bool{} // by kind and value
	count := map[Key]int{}
	out := map[Key][]int{}
	for i := range records {
		for _, k := range records[i].Keys {
			bare := Key{Kind: k.Kind, Value: k.Value}
			if names[bare] == nil {
				names[bare] = map[string]bool{}
			}
			if k.Name != "" {
				names[bare][k.Name] = true
			}
			count[bare]++
			if m := k.matches(); len(out[m]) == 0 || out[m][len(out[m])-1] != i {
				out[m] = append(out[m], i)
			}
		}
	}
	for k, list := range out {
		bare := Key{Kind: k.Kind, Value: k.Value}
		if len(list) < 2 || Shared(len(names[bare]), count[bare]) {
			delete(out, k)
		}
	}
	return out
}

// Shared reports whether a key held under so many names by so many records stands for
// more than one person.
func Shared(names, records int) bool { return names > MaxNames || records > MaxHolders }

type partition struct {
	parent []int
	size   []int
	apart  map[int]map[int]bool // by root: roots that must not be united with it
	by     []KeyKind
	review []bool
}

func newPartition(records []Record, verdicts []Verdict) *partition {
	p := &partition{parent: make([]int, len(records)), size: make([]int, len(records)), apart: map[int]map[int]bool{},
		by: make([]KeyKind, len(records)), review: make([]bool, len(records))}
	for i := range p.parent {
		p.parent[i], p.size[i], p.by[i] = i, 1, ByNothing
	}
	at := positions(records)
	for _, v := range verdicts {
		a, okA := at[v.A]
		b, okB := at[v.B]
		if !v.Together && okA && okB {
			p.keepApart(a, b)
			p.keepApart(b, a)
		}
	}
	return p
}

func (p *partition) keepApart(a, b int) {
	if p.apart[a] == nil {
		p.apart[a] = map[int]bool{}
	}
	p.apart[a][b] = true
}

func (p *partition) root(i int) int {
	for p.parent[i] != i {
		p.parent[i] = p.parent[p.parent[i]]
		i = p.parent[i]
	}
	return i
}

// join unites the two records of a link unless something forbids it.
func (p *partition) join(l link) {
	a, b := p.root(l.a), p.root(l.b)
	if a != b {
		if p.apart[a][b] {
			return
		}
		if p.size[a]+p.size[b] > MaxIdentities && l.kind != ByHand {
			p.review[a], p.review[b] = true, true
			return
		}
		p.unite(min(a, b), max(a, b))
	}
	for _, i := range []int{l.a, l.b} {
		if l.kind.rank() < p.by[i].rank() {
			p.by[i] = l.kind
		}
	}
}

func (p *partition) unite(into, from int) {
	p.parent[from] = into
	p.size[into] += p.size[from]
	p.review[into] = p.review[into] || p.review[from]
	for other := range p.apart[from] {
		p.keepApart(into, other)
		p.keepApart(other, into)
		delete(p.apart[other], from)
	}
	delete(p.apart, from)
}

func (p *partition) groups(records []Record) []Group {
	index := map[int]int{}
	var out []Group
	for i := range records {
		r := p.root(i)
		g, ok := index[r]
		if !ok {
			g = len(out)
			index[r] = g
			out = append(out, Group{NeedsReview: p.review[r]})
		}
		out[g].Records = append(out[g].Records, records[i].ID)
		out[g].MatchedBy = append(out[g].MatchedBy, p.by[i])
	}
	return out
}
