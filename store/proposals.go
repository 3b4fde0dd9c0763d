package store

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/relance/relance"
)

// Proposals lists what the post says of addresses and nobody saw to, newest first; shops narrows it
// where not nil.
func (s *Store) Proposals(ctx context.Context, m uuid.UUID, shops []uuid.UUID, limit int) (out []relance.AddressProposal, err error) {
	err = s.read(ctx, m, func(b *pgx.Batch) {
		b.Queue(`SELECT x.id, x.follow_up_id, i.profile_id, coalesce(trim(p.first_name || ' ' || p.last_name), '') AS name, l.recipient AS written, x.address, x.at
			FROM address_proposals x JOIN letters l ON l.merchant_id = $1 AND l.follow_up_id = x.follow_up_id JOIN follow_ups f ON f.merchant_id = $1 AND f.id = x.follow_up_id
			LEFT JOIN identities i ON i.merchant_id = $1 AND i.customer_id = x.customer_id LEFT JOIN profiles p ON p.merchant_id = $1 AND p.id = i.profile_id
			WHERE x.merchant_id = $1 AND x.state = 'OPEN' AND ($2::uuid[] IS NULL OR f.shop_id = ANY($2)) ORDER BY x.at DESC, x.id LIMIT $3`, m, shops, limit).Query(rowsInto(&out))
	})
	return out, err
}

// CloseProposal ends one; CONFLICT where somebody did.
func (s *Store) CloseProposal(ctx context.Context, m, id uuid.UUID, actor string, now time.Time) error {
	return s.inTx(ctx, m, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `UPDATE address_proposals SET state = 'DONE', decided_by = $3, decided_at = $4 WHERE merchant_id = $1 AND id = $2 AND state = 'OPEN'`, m, id, actor, now)
		return nobodyDecides(tag.RowsAffected(), err)
	})
}

// LetterCosts sums what a campaign's letters cost so far, by currency.
func (s *Store) LetterCosts(ctx context.Context, m, campaign uuid.UUID) (out []relance.Money, err error) {
	err = s.read(ctx, m, func(b *pgx.Batch) {
		b.Queue(`SELECT sum(l.price) AS amount, l.currency FROM follow_ups f JOIN letters l ON l.merchant_id = $1 AND l.follow_up_id = f.id
			WHERE f.merchant_id = $1 AND f.campaign_id = $2 AND f.channel = 'LETTER' AND l.ordered_at IS NOT NULL AND l.price IS NOT NULL AND l.state NOT IN ('REJECTED', 'CANCELLED', 'EXPIRED')
			GROUP BY l.currency ORDER BY l.currency`, m, campaign).Query(rowsInto(&out))
	})
	return out, err
}
