package store_test

import (
	"slices"
	"testing"

	"github.com/google/uuid"

	"github.com/relance/relance"
)

func TestAnObjectionOnThePhoneHoldsForAllRecords(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.give(0, customers(withEmail("a", "a@example.com")))
	l.give(1, customers(withEmail("b", "A@example.com"), withEmail("c", "c@example.com")))
	p := l.id(0, "a")
	l.typed(p, relance.TypedDetails{Emails: []string{"first@example.com", "second@example.com"}}, noon)
	said := func() []relance.ConsentChannel {
		list, err := l.s.ProfilesByID(l.ctx, l.m, []uuid.UUID{p}, relance.ProfileWant{Objections: true}, nil, noon)
		l.ok(err)
		return list[0].Objections
	}
	l.ok(l.s.Objects(l.ctx, l.m, p, relance.ChannelEmail, false, noon))
	l.ok(l.s.Objects(l.ctx, l.m, p, relance.ChannelLetter, false, noon))
	if got := said(); !slices.Equal(got, []relance.ConsentChannel{relance.ChannelEmail, relance.ChannelLetter}) {
		t.Errorf("objected to %v", got)
	}
	stopped := l.rows(`SELECT address FROM stopped_addresses WHERE lifted_at IS NULL ORDER BY 1`)
	if want := []string{"(a@example.com)", "(first@example.com)", "(second@example.com)"}; !slices.Equal(stopped, want) {
		t.Errorf("stopped %v, want %v", stopped, want)
	}
	if told := l.rows(`SELECT c.external_id FROM consent_withdrawals w JOIN customers c ON c.id = w.customer_id ORDER BY 1`); !slices.Equal(told, []string{"(a)", "(b)"}) {
		t.Errorf("the shops are told of %v", told)
	}
	for _, channel := range []relance.ConsentChannel{relance.ChannelEmail, relance.ChannelLetter} {
		l.ok(l.s.Objects(l.ctx, l.m, p, channel, true, noon))
	}
	if got := said(); len(got) != 0 {
		t.Errorf("taken back, still %v", got)
	}
	if told := l.rows(`SELECT customer_id::text FROM consent_withdrawals`); len(told) != 0 {
		t.Errorf("a shop would still be told of %v", told)
	}
}
