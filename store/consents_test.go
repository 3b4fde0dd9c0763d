package store_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"pgregory.net/rapid"

	"github.com/relance/relance"
	"github.com/relance/relance/store"
)

func says(id string, minute int, s relance.ConsentState) store.PageRows {
	return store.PageRows{Consents: []relance.ConsentChange{{CustomerID: id, ReadAt: at(minute).ReadAt,
		Consents: []relance.Consent{{Channel: relance.ChannelEmail, State: s, Source: "shop:newsletter"}}}}}
}

func (l *lab) holds(external string) string {
	l.Helper()
	var out []string
	for _, c := range l.who(0, external).Consents {
		out = append(out, string(c.State))
	}
	return strings.Join(out, " ")
}

func TestConsentLedger(t *testing.T) {
	t.Parallel()
	base := newLab(t)
	const granted, confirmed, refused, withdrawn, unknown, pending = relance.ConsentGranted, relance.ConsentConfirmed, relance.ConsentRefused, relance.ConsentWithdrawn, relance.ConsentUnknown, relance.ConsentPending
	for _, c := range []struct {
		said    []relance.ConsentState
		holds   string
		entries int
	}{
		{[]relance.ConsentState{unknown}, "", 0},
		{[]relance.ConsentState{granted}, "GRANTED", 1},
		{[]relance.ConsentState{granted, granted}, "GRANTED", 1},
		{[]relance.ConsentState{granted, confirmed}, "CONFIRMED", 2},
		{[]relance.ConsentState{granted, unknown}, "WITHDRAWN", 2},
		{[]relance.ConsentState{confirmed, unknown, unknown}, "WITHDRAWN", 2},
		{[]relance.ConsentState{granted, refused, unknown}, "REFUSED", 2},
		{[]relance.ConsentState{pending, unknown}, "PENDING", 1},
		{[]relance.ConsentState{granted, withdrawn, granted}, "GRANTED", 3},
	} {
		t.Run(fmt.Sprint(c.said), func(t *testing.T) {
			t.Parallel()
			l := base.tenant(t)
			l.give(0, customers(withEmail("c", "c@example.com")))
			for i, s := range c.said {
				l.give(0, says("c", i, s))
			}
			if got := l.holds("c"); got != c.holds {
				t.Errorf("holds %q, want %q", got, c.holds)
			}
			if got := len(l.rows(`SELECT 1 FROM consents WHERE merchant_id = $1`, l.m)); got != c.entries {
				t.Errorf("%d entries, want %d", got, c.entries)
			}
		})
	}
}

func TestAnOlderWordDoesNotCount(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.give(0, customers(withEmail("c", "c@example.com")))
	l.give(0, says("c", 5, relance.ConsentWithdrawn))
	l.give(0, says("c", 1, relance.ConsentGranted))
	l.give(0, says("nobody", 1, relance.ConsentGranted)) // not stored yet: left to its own reading
	if got := l.holds("c"); got != "WITHDRAWN" {
		t.Errorf("holds %s, want WITHDRAWN", got)
	}
}

func TestTheLedgerIsAppendOnly(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.give(0, customers(withEmail("c", "c@example.com")))
	l.give(0, says("c", 0, relance.ConsentRefused))
	l.ok(l.s.Audit(l.ctx, l.m, "tester", "act", "thing", "1", nil, noon))
	for _, table := range []string{"consents", "audit", "cart_events"} {
		for _, sql := range []string{"UPDATE " + table + " SET merchant_id = merchant_id", "DELETE FROM " + table, "TRUNCATE " + table} {
			err := l.as("relance_app", func(tx pgx.Tx) error { _, err := tx.Exec(l.ctx, sql); return err })
			if err == nil || !strings.Contains(err.Error(), "permission denied") {
				t.Errorf("%s as relance_app: %v, want permission denied", sql, err)
			}
		}
	}
}

// Whatever two records of one person said, the strictest stated word holds, and what was
// never stated does not count.
func TestMergingNeverWidensConsent(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	states := []relance.ConsentState{relance.ConsentWithdrawn, relance.ConsentRefused, relance.ConsentPending, relance.ConsentUnknown, relance.ConsentGranted, relance.ConsentConfirmed}
	n := 0
	for i, a := range states {
		for _, b := range states[i:] {
			n++
			one, two := fmt.Sprint("a", n), fmt.Sprint("b", n)
			l.put(0, customers(withEmail(one, fmt.Sprint(n, "@example.com")), withEmail(two, fmt.Sprint(n, "@example.com"))))
			l.put(0, says(one, 0, a))
			l.put(0, says(two, 1, b))
		}
	}
	l.derive()
	n = 0
	for i, a := range states {
		for _, b := range states[i:] {
			n++
			want := string(a)
			if a == relance.ConsentUnknown {
				want = strings.TrimPrefix(string(b), string(relance.ConsentUnknown))
			}
			if got := l.holds(fmt.Sprint("a", n)); got != want {
				t.Errorf("%s and %s make %q, want %q", a, b, got, want)
			}
		}
	}
}

func TestConsentsOfChannelsAndPreferencesAreApart(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	since := noon.Add(-time.Hour)
	l.give(0, customers(customer("c", func(c *relance.Customer) {
		c.Consents = []relance.Consent{{Channel: relance.ChannelEmail, State: relance.ConsentGranted, Since: &since, Source: "form", Proof: "box"},
			{Channel: relance.ChannelEmail, Preference: "news", State: relance.ConsentRefused}, {Channel: relance.ChannelSMS, State: relance.ConsentPending}}
	})))
	var got []string
	for _, c := range l.who(0, "c").Consents {
		got = append(got, fmt.Sprintf("%s/%s %s %s", c.Channel, c.Preference, c.State, c.Source))
	}
	if diff := cmp.Diff([]string{"EMAIL/ GRANTED form", "EMAIL/news REFUSED ", "SMS/ PENDING "}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// The shop's readings of one person, by the customer record and by the newsletter pass,
// delivered in two orders.
func TestAnyOrderOfReadingsGivesTheSameConsent(t *testing.T) {
	t.Parallel()
	base := newLab(t)
	states := []relance.ConsentState{relance.ConsentGranted, relance.ConsentConfirmed, relance.ConsentPending, relance.ConsentRefused, relance.ConsentWithdrawn, relance.ConsentUnknown}
	rapid.Check(t, func(t *rapid.T) {
		l := base.tenant(t)
		n := rapid.IntRange(2, 6).Draw(t, "readings")
		one, other := make([]store.PageRows, n), make([]store.PageRows, n)
		var said []string
		for i := range n {
			state, minute := rapid.SampledFrom(states).Draw(t, "state"), rapid.IntRange(1, 9).Draw(t, "minute")
			pass := rapid.Bool().Draw(t, "pass")
			said = append(said, fmt.Sprint(minute, " ", state))
			for j, list := range [][]store.PageRows{one, other} {
				id := []string{"a", "b"}[j]
				if list[i] = says(id, minute, state); !pass {
					list[i] = customers(customer(id, func(c *relance.Customer) {
						c.Version, c.Note = at(minute), fmt.Sprint(i)
						c.Consents = []relance.Consent{{Channel: relance.ChannelEmail, State: state, Source: "shop:newsletter"}}
					}))
				}
			}
		}
		l.give(0, customers(customer("a", nil), customer("b", nil)))
		for _, rows := range one {
			l.put(0, rows)
		}
		for _, rows := range rapid.Permutation(other).Draw(t, "order") {
			l.put(0, rows)
		}
		l.derive()
		if a, b := l.holds("a"), l.holds("b"); a != b || a != meant(said) {
			t.Fatalf("%v makes %q in one order and %q in another, want %q", said, a, b, meant(said))
		}
	})
}

// meant is what readings mean, written a second time: gone through by time, of equal times
// the widest first and "unknown" last.
func meant(said []string) string {
	rank := []string{"CONFIRMED", "GRANTED", "PENDING", "REFUSED", "WITHDRAWN", "UNKNOWN"}
	said = slices.Clone(said)
	slices.SortFunc(said, func(a, b string) int {
		if a[0] != b[0] {
			return int(a[0]) - int(b[0])
		}
		return slices.Index(rank, a[2:]) - slices.Index(rank, b[2:])
	})
	holds := ""
	for _, s := range said {
		switch state := s[2:]; {
		case state != "UNKNOWN":
			holds = state
		case holds == "GRANTED" || holds == "CONFIRMED":
			holds = "WITHDRAWN"
		}
	}
	return holds
}

// A late yes from before somebody read "nothing said": they had said yes and took it back.
func TestALateYesIsNoYes(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.give(0, customers(withEmail("c", "c@example.com")))
	l.give(0, says("c", 5, relance.ConsentUnknown))
	l.give(0, says("c", 1, relance.ConsentGranted))
	if got := l.holds("c"); got != "WITHDRAWN" {
		t.Errorf("holds %q, want WITHDRAWN", got)
	}
	l.give(0, says("c", 6, relance.ConsentGranted))
	if got := l.holds("c"); got != "GRANTED" {
		t.Errorf("after a new yes holds %q, want GRANTED", got)
	}
}
