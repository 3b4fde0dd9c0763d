package store_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

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
