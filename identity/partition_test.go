package identity

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func mail(s string) Key              { return Key{ByEmail, s, ""} }
func phone(s, name string) Key       { return Key{ByPhone, s, name} }
func rec(id string, k ...Key) Record { return Record{ID: id, Keys: k} }

// many makes n records that all hold one key.
func many(n int, key func(i int) Key) []Record {
	out := make([]Record, n)
	for i := range out {
		out[i] = rec(fmt.Sprintf("r%03d", i), key(i))
	}
	return out
}

func TestPartition(t *testing.T) {
	t.Parallel()
	none, email, tel, hand := ByNothing, ByEmail, ByPhone, ByHand
	for what, c := range map[string]struct {
		records  []Record
		verdicts []Verdict
		want     []Group
	}{
		"nobody": {},
		"same e-mail": {[]Record{rec("a", mail("x")), rec("b", mail("x")), rec("c", mail("y"))}, nil,
			[]Group{{[]string{"a", "b"}, []KeyKind{email, email}, false}, {[]string{"c"}, []KeyKind{none}, false}}},
		"a household shares its phone": {[]Record{rec("a", phone("1", "anna m")), rec("b", phone("1", "paul m")), rec("c", phone("1", "anna m"))}, nil,
			[]Group{{[]string{"a", "c"}, []KeyKind{tel, tel}, false}, {[]string{"b"}, []KeyKind{none}, false}}},
		"over two steps, each by its strongest link": {[]Record{rec("a", mail("x")), rec("b", mail("x"), phone("1", "n")), rec("c", phone("1", "n"))}, nil,
			[]Group{{[]string{"a", "b", "c"}, []KeyKind{email, email, tel}, false}}},
		"by hand": {[]Record{rec("a"), rec("b")}, []Verdict{{"b", "a", true}}, []Group{{[]string{"a", "b"}, []KeyKind{hand, hand}, false}}},
		"kept apart": {[]Record{rec("a", mail("x")), rec("b", mail("x"))}, []Verdict{{"a", "b", false}},
			[]Group{{[]string{"a"}, []KeyKind{none}, false}, {[]string{"b"}, []KeyKind{none}, false}}},
		"kept apart through a third; the stronger link wins": {
			[]Record{rec("a", phone("1", "n")), rec("b", phone("1", "n"), mail("x")), rec("c", mail("x"))}, []Verdict{{"a", "c", false}},
			[]Group{{[]string{"a"}, []KeyKind{none}, false}, {[]string{"b", "c"}, []KeyKind{email, email}, false}}},
		"verdicts on unknown records": {[]Record{rec("a")}, []Verdict{{"a", "z", true}, {"y", "a", false}}, []Group{{[]string{"a"}, []KeyKind{none}, false}}},
	} {
		if diff := cmp.Diff(c.want, Partition(c.records, c.verdicts)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", what, diff)
		}
	}
}

func TestSharedKeysJoinNobody(t *testing.T) {
	t.Parallel()
	name := func(names int) func(int) Key {
		return func(i int) Key { return Key{ByEmail, "office", fmt.Sprint("name ", i%names)} }
	}
	for what, c := range map[string]struct {
		records []Record
		groups  int
	}{
		"as many names as are believed":   {many(8, name(MaxNames)), 1},
		"one name more":                   {many(8, name(MaxNames+1)), 8},
		"as many holders as are believed": {many(MaxHolders, name(1)), 1},
		"one holder more":                 {many(MaxHolders+1, name(1)), MaxHolders + 1},
		"a reception's phone, same names": {many(10, func(i int) Key { return phone("1", fmt.Sprint("n", i%5)) }), 10},
	} {
		if got := len(Partition(c.records, nil)); got != c.groups {
			t.Errorf("%s: %d groups, want %d", what, got, c.groups)
		}
	}
}

func TestTooManyForOnePersonNeedALook(t *testing.T) {
	t.Parallel()
	// Two crowds of 30, each one person by e-mail, and a phone that links them.
	var records []Record
	for i := range 60 {
		r := rec(fmt.Sprintf("r%03d", i), mail(fmt.Sprint("mail", i/30)))
		if i%30 == 0 {
			r.Keys = append(r.Keys, phone("1", "n"))
		}
		records = append(records, r)
	}
	groups := Partition(records, nil)
	if len(groups) != 2 || !groups[0].NeedsReview || !groups[1].NeedsReview {
		t.Fatalf("%d groups, want 2 that both need a look", len(groups))
	}
	// A person's decision joins the two it names; who else comes along is still bounded.
	at := groupOf(Partition(records, []Verdict{{"r000", "r030", true}}))
	if at["r000"] != at["r030"] {
		t.Fatal("a person's decision does not join them")
	}
}
