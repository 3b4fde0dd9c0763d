package store_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"github.com/relance/relance"
	"github.com/relance/relance/identity"
	"github.com/relance/relance/store"
)

// groups tells who is together, by external ids of shop 0.
func (l *lab) groups() [][]string {
	l.Helper()
	out := [][]string{}
	for _, v := range l.views() {
		out = append(out, v.Records)
	}
	return out
}

func TestAChangedKeySplitsAgain(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.give(0, customers(withEmail("a", "x@example.com"), withEmail("b", "x@example.com"), withEmail("c", "y@example.com")))
	before := l.id(0, "b")
	if l.id(0, "a") != before || l.id(0, "c") == before {
		t.Fatalf("groups %v", l.groups())
	}
	l.ok(l.s.AddLabel(l.ctx, l.m, before, "VIP", "clerk", noon))
	b := withEmail("b", "y@example.com")
	b.Version = at(1)
	l.give(0, customers(b))
	want := [][]string{{"1/a NONE deleted=false"}, {"1/b EMAIL deleted=false", "1/c EMAIL deleted=false"}}
	if diff := cmp.Diff(want, l.groups()); diff != "" {
		t.Errorf("after the change of an e-mail address (-want +got):\n%s", diff)
	}
	l.rebuilt()
	open, err := l.s.Merges(l.ctx, l.m, l.id(0, "a"))
	l.ok(err)
	if len(open) != 0 {
		t.Errorf("the ledger still says that somebody is part of a: %+v", open)
	}
}

func TestAKeyThatBecomesSharedJoinsNobody(t *testing.T) {
	t.Parallel()
	base := newLab(t)
	crowd := func(from, to int) store.PageRows {
		var list []relance.Customer
		for i := from; i < to; i++ {
			list = append(list, customer(fmt.Sprintf("c%03d", i), func(c *relance.Customer) {
				c.FirstName, c.LastName, c.Email = "Anna", "Martin", "desk@example.com"
			}))
		}
		return customers(list...)
	}
	n := identity.MaxHolders
	for what, pages := range map[string][][2]int{
		"one by one past the limit":   {{0, n}, {n, n + 1}, {n + 1, n + 2}},
		"many at once past the limit": {{0, n}, {n, n + 10}},
		"all at once":                 {{0, n + 10}},
		"from few to very many":       {{0, 2}, {2, 3 * n}},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			l := base.tenant(t)
			all := 0
			for _, p := range pages {
				l.give(0, crowd(p[0], p[1]))
				all = p[1]
			}
			if got := len(l.profiles()); got != all {
				t.Errorf("%d customers that share an address with too many are %d profiles", all, got)
			}
			l.rebuilt()
		})
	}
}

func TestACrowdThatShrinksIsOnePersonAgain(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	names := func(n, version int) store.PageRows {
		var list []relance.Customer
		for i := range 5 {
			list = append(list, customer(fmt.Sprint(i), func(c *relance.Customer) {
				c.FirstName, c.LastName, c.Email, c.Version = "Anna", fmt.Sprint("Martin", min(i, n-1)), "office@example.com", at(version)
			}))
		}
		return customers(list...)
	}
	l.give(0, names(5, 0))
	if got := len(l.profiles()); got != 5 {
		t.Fatalf("five names at one address are %d profiles, want 5", got)
	}
	l.give(0, names(4, 1))
	if got := len(l.profiles()); got != 1 {
		t.Errorf("four names at one address are %d profiles, want 1", got)
	}
	l.rebuilt()
}

func TestWhatAProfileShows(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	person := func(id, first, last string, minute int, more func(*relance.Customer)) relance.Customer {
		return customer(id, func(c *relance.Customer) {
			c.FirstName, c.LastName, c.Email, c.Version = first, last, "one@example.com", at(minute)
			more(c)
		})
	}
	l.give(0, customers(
		person("old", "Anna", "Martin", 1, func(c *relance.Customer) {
			c.Company, c.Language, c.Title, c.CreatedAt = "ACME", "fr", "MRS", noon.AddDate(-3, 0, 0)
		}),
		person("gone", "Ghost", "Deleted", 9, func(c *relance.Customer) { c.Deleted = true })))
	l.give(1, customers(person("new", "Änna", "Martin-Petit", 5, func(c *relance.Customer) { c.Language = "de" })))
	p := l.who(0, "old")
	got := []string{p.FirstName, p.LastName, p.Company, p.Language, p.Title, p.CreatedAt.UTC().Format("2006"), fmt.Sprint(len(p.Records))}
	if diff := cmp.Diff([]string{"Änna", "Martin-Petit", "ACME", "de", "MRS", "2023", "3"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	l.rebuilt()
}

// No foreign key ties what is derived to its records, for the price of it: see migration 0037.
func TestWhoSomebodyIsGoesWithTheirRecord(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.give(0, customers(withEmail("a", "a@example.com"), withEmail("b", "b@example.com")))
	for _, role := range []string{"relance_app", "relance_owner"} {
		if role == "relance_owner" {
			l.give(0, customers(withEmail("c", "c@example.com")))
		}
		l.ok(l.as(role, func(tx pgx.Tx) error {
			_, err := tx.Exec(l.ctx, `DELETE FROM customers WHERE merchant_id = $1 AND external_id <> 'b'`, l.m)
			return err
		}))
		for _, table := range []string{"identities", "identity_keys"} {
			if n := l.count(table); n != 1 {
				t.Errorf("as %s: %d %s after all records but one went", role, n, table)
			}
		}
		err := l.as(role, func(tx pgx.Tx) error {
			_, err := tx.Exec(l.ctx, `DELETE FROM profiles WHERE merchant_id = $1`, l.m)
			return err
		})
		if err == nil {
			t.Errorf("as %s: profiles can be deleted", role)
		}
	}
}
