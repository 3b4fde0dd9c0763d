package store

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/relance/relance"
)

// AddRobinson takes up people who want no advertising letters, and gives how many are new. Only
// sums of name, street, postal code and country are kept.
func (s *Store) AddRobinson(ctx context.Context, m uuid.UUID, people []relance.Address, now time.Time) (added int64, err error) {
	err = s.inTx(ctx, m, func(tx pgx.Tx) error {
		field := func(f func(*relance.Address) string) []string { return column(people, f) }
		tag, err := tx.Exec(ctx, `INSERT INTO robinson (merchant_id, key, added_at) SELECT DISTINCT $1::uuid, robinson_key(x.first, x.last, x.line, x.code, x.country), $2::timestamptz
			FROM unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::text[]) x(first, last, line, code, country) ON CONFLICT DO NOTHING`, m, now,
			field(func(a *relance.Address) string { return a.FirstName }), field(func(a *relance.Address) string { return a.LastName }), field(func(a *relance.Address) string { return a.Line1 }),
			field(func(a *relance.Address) string { return a.PostalCode }), field(func(a *relance.Address) string { return a.CountryCode }))
		added = tag.RowsAffected()
		return err
	})
	return added, err
}

// JudgeAgain puts everybody of the merchant in line.
func (s *Store) JudgeAgain(ctx context.Context, m uuid.UUID, now time.Time) error {
	return s.inTx(ctx, m, func(tx pgx.Tx) error { return judgeEverybody(ctx, tx, m, now) })
}
