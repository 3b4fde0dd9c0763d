package identity

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/nyaruka/phonenumbers"
	"pgregory.net/rapid"
)

// drawRecords makes records that share few keys under few names, so that they meet.
func drawRecords(t *rapid.T, label string, atMost int) []Record {
	n := rapid.IntRange(0, atMost).Draw(t, label)
	out := make([]Record, n)
	for i := range out {
		name := fmt.Sprint("name", rapid.IntRange(0, 5).Draw(t, "name"))
		out[i].ID = fmt.Sprintf("r%02d", i)
		for range rapid.IntRange(0, 3).Draw(t, "keys") {
			k := Key{Kind: rapid.SampledFrom([]KeyKind{ByEmail, ByCustomerNumber, ByPhone, ByAddress}).Draw(t, "kind"),
				Value: fmt.Sprint(rapid.IntRange(0, 3).Draw(t, "value")), Name: name}
			if !slices.Contains(out[i].Keys, k) {
				out[i].Keys = append(out[i].Keys, k)
			}
		}
	}
	return out
}

func drawVerdicts(t *rapid.T, records []Record) []Verdict {
	if len(records) < 2 {
		return nil
	}
	seen := map[[2]int]bool{}
	var out []Verdict
	for range rapid.IntRange(0, 5).Draw(t, "verdicts") {
		a, b := rapid.IntRange(0, len(records)-1).Draw(t, "a"), rapid.IntRange(0, len(records)-1).Draw(t, "b")
		if a < b && !seen[[2]int{a, b}] { // one verdict a pair, as the store keeps them
			seen[[2]int{a, b}] = true
			out = append(out, Verdict{records[a].ID, records[b].ID, rapid.Bool().Draw(t, "together")})
		}
	}
	return out
}

func TestAnyOrderGivesTheSamePartition(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		records := drawRecords(t, "records", 14)
		verdicts := drawVerdicts(t, records)
		want := Partition(records, verdicts)
		shuffled, turned := rapid.Permutation(records).Draw(t, "order"), rapid.Permutation(verdicts).Draw(t, "verdict order")
		for i := range turned {
			if rapid.Bool().Draw(t, "swap") {
				turned[i].A, turned[i].B = turned[i].B, turned[i].A
			}
		}
		for i := range shuffled {
			shuffled[i].Keys = rapid.Permutation(shuffled[i].Keys).Draw(t, "key order")
		}
		if diff := cmp.Diff(want, Partition(shuffled, turned)); diff != "" {
			t.Fatalf("another order, another partition:\n%s", diff)
		}
	})
}

// linked reports whether two records may be joined by a key: written anew, pair by
// pair, so that it does not share mistakes with the code.
func linked(all []Record, a, b Record) bool {
	for _, x := range a.Keys {
		for _, y := range b.Keys {
			if x.Kind != y.Kind || x.Value != y.Value || (x.Kind == ByPhone || x.Kind == ByAddress) && x.Name != y.Name {
				continue
			}
			names, held := map[string]bool{}, 0
			for _, r := range all {
				for _, k := range r.Keys {
					if k.Kind == x.Kind && k.Value == x.Value {
						names[k.Name] = true
						held++
					}
				}
			}
			if len(names) <= 4 && held <= 50 {
				return true
			}
		}
	}
	return false
}

func groupOf(groups []Group) map[string]int {
	out := map[string]int{}
	for i, g := range groups {
		for _, r := range g.Records {
			out[r] = i
		}
	}
	return out
}

func TestWithoutVerdictsPeopleAreTheConnectedRecords(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		records := drawRecords(t, "records", 14)
		at := groupOf(Partition(records, nil))
		reach := map[string]map[string]bool{}
		for _, start := range records {
			seen := map[string]bool{start.ID: true}
			for queue := []Record{start}; len(queue) > 0; queue = queue[1:] {
				for _, r := range records {
					if !seen[r.ID] && linked(records, queue[0], r) {
						seen[r.ID] = true
						queue = append(queue, r)
					}
				}
			}
			reach[start.ID] = seen
		}
		for _, a := range records {
			for _, b := range records {
				if (at[a.ID] == at[b.ID]) != reach[a.ID][b.ID] {
					t.Fatalf("%s and %s: together %v, connected %v", a.ID, b.ID, at[a.ID] == at[b.ID], reach[a.ID][b.ID])
				}
			}
		}
	})
}

func TestVerdictsHold(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		records := drawRecords(t, "records", 14)
		verdicts := drawVerdicts(t, records)
		at := groupOf(Partition(records, verdicts))
		apart := map[[2]int]bool{}
		for _, v := range verdicts {
			if !v.Together {
				if at[v.A] == at[v.B] {
					t.Fatalf("%s and %s are to be kept apart and are one", v.A, v.B)
				}
				apart[[2]int{at[v.A], at[v.B]}], apart[[2]int{at[v.B], at[v.A]}] = true, true
			}
		}
		// Whatever is linked and yet in two groups has somebody to be kept apart in them.
		for _, a := range records {
			for _, b := range records {
				if at[a.ID] != at[b.ID] && linked(records, a, b) && !apart[[2]int{at[a.ID], at[b.ID]}] {
					t.Fatalf("%s and %s share a key and nothing forbids to join them", a.ID, b.ID)
				}
			}
		}
		for _, v := range verdicts {
			if v.Together && at[v.A] != at[v.B] && !apart[[2]int{at[v.A], at[v.B]}] {
				t.Fatalf("%s and %s were decided to be one and nothing forbids it", v.A, v.B)
			}
		}
	})
}

func TestUndoRestoresThePartition(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		records := drawRecords(t, "records", 14)
		before := drawVerdicts(t, records)
		want := Partition(records, before)
		merged := append(slices.Clone(before), drawVerdicts(t, records)...)
		Partition(records, merged) // nothing of it may stay behind
		if diff := cmp.Diff(want, Partition(records, merged[:len(before)])); diff != "" {
			t.Fatalf("undoing does not restore:\n%s", diff)
		}
	})
}

func TestANewcomerSplitsNobody(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		records := drawRecords(t, "records", 10)
		for i := range records { // few names and holders: no key becomes a shared one
			for j := range records[i].Keys {
				records[i].Keys[j].Name = fmt.Sprint("name", i%2)
			}
		}
		before := groupOf(Partition(records, nil))
		newcomer := Record{ID: "new"}
		for _, r := range records {
			if len(r.Keys) > 0 && rapid.Bool().Draw(t, "shares a key") {
				newcomer.Keys = append(newcomer.Keys, r.Keys[0])
			}
		}
		after := groupOf(Partition(append([]Record{newcomer}, records...), nil))
		for _, a := range records {
			for _, b := range records {
				if before[a.ID] == before[b.ID] && after[a.ID] != after[b.ID] {
					t.Fatalf("%s and %s were one person until somebody else came", a.ID, b.ID)
				}
			}
		}
	})
}

func TestAPlainNumberIsReadAsTheLibraryReadsIt(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		country := rapid.SampledFrom([]string{"FR", "DE", "CH", "AT", "BE", "NL", "US", "33", ""}).Draw(t, "country")
		start := rapid.SampledFrom([]string{"+33", "+49", "+41", "+43", "+32", "+31", "+1", "+", "0", "00", "33", ""}).Draw(t, "start")
		s := start + rapid.StringMatching(`[0-9]{2,4}[ .-]?[0-9]{2,9}`).Draw(t, "number")
		got, valid := plainPhone(s, country)
		if !valid {
			return // the library is asked
		}
		n, err := phonenumbers.Parse(s, country)
		if err != nil || !phonenumbers.IsValidNumber(n) || phonenumbers.Format(n, phonenumbers.E164) != got {
			t.Fatalf("%q in %q is %s; the library has %v (%v)", s, country, got, n, err)
		}
	})
}
