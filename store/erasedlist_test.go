package store_test

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/relance/relance"
)

// TestARestoredBackupBringsNobodyBack: the list that was kept apart knows whom the database has forgotten to
// have erased, and nobody else.
func TestARestoredBackupBringsNobodyBack(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.s.UseKeys(func(sealed []byte, _, _ uuid.UUID) ([]byte, error) { return sealed, nil })
	l.give(0, customers(withEmail("a", "anna@example.com"), withEmail("b", "ben@example.com")))
	l.give(1, customers(withEmail("x", "anna@example.com")))
	anna := l.id(0, "a")
	key := bytes.Repeat([]byte{7}, 32)
	l.ok(l.s.MakeSuppressionKey(l.ctx, l.m, key, noon))
	_, err := l.s.BeginErasure(l.ctx, l.m, anna, nil, "REQUEST", "tester", noon)
	l.ok(err)
	list, err := l.s.ErasedList(l.ctx, l.m)
	l.ok(err)
	// The backup is from before.
	for _, table := range []string{"suppressions", "erasures", "suppression_keys"} {
		l.ok(l.as("", func(tx pgx.Tx) error {
			_, err := tx.Exec(l.ctx, `DELETE FROM `+table+` WHERE merchant_id = $1`, l.m)
			return err
		}))
	}
	here := func() []uuid.UUID {
		t.Helper()
		out, err := l.s.ErasedAndHere(l.ctx, l.m, noon)
		l.ok(err)
		return out
	}
	if got := here(); len(got) > 0 {
		t.Errorf("nobody was erased, and yet %v", got)
	}
	for _, want := range []int64{int64(len(list.Sums)), 0} {
		added, err := l.s.TakeErasedList(l.ctx, list, noon)
		l.ok(err)
		if added != want || want == 0 && len(list.Sums) < 3 {
			t.Errorf("%d of %d sums taken up, want %d", added, len(list.Sums), want)
		}
	}
	if diff := cmp.Diff([]uuid.UUID{anna}, here()); diff != "" {
		t.Errorf("erased again (-want +got):\n%s", diff)
	}
	_, err = l.s.BeginErasure(l.ctx, l.m, anna, nil, "RESTORED", "tester", noon)
	l.ok(err)
	if got := here(); len(got) > 0 {
		t.Errorf("under way already: %v", got)
	}
	gone, err := l.s.ErasedIDs(l.ctx, l.m, shopID(0), []string{"a", "b", "z"}, noon)
	l.ok(err)
	if !gone["a"] || len(gone) != 1 {
		t.Errorf("of the shop's ids %v are known to be erased", gone)
	}
	list.Key = bytes.Repeat([]byte{8}, 32)
	if _, err := l.s.TakeErasedList(l.ctx, list, noon); err == nil {
		t.Errorf("a list made with another key: %v", err)
	}
	if _, err := l.s.ErasedList(l.ctx, l.tenant(t).m); relance.CodeOf(err) != relance.CodeNotFound {
		t.Errorf("where nobody was erased: %v", err)
	}
}
