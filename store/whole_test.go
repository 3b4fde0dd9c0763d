package store_test

import (
	"testing"

	"github.com/jackc/pgx/v5"
)

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
