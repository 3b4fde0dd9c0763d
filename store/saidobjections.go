package store

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/relance/relance"
)

// Objects writes down that a person said they want no more e-mail or no more letters, for all their
// records and addresses, or that they took it back. Shops are told of e-mail; letters that are not
// printed yet are wanted back.
func (s *Store) Objects(ctx context.Context, m, profile uuid.UUID, channel relance.ConsentChannel, undo bool, now time.Time) error {
	return s.onProfile(ctx, m, profile, now, func(tx pgx.Tx, current uuid.UUID) error {
		if channel == relance.ChannelLetter {
			return objectToLetters(ctx, tx, m, current, undo, now)
		}
		rows, err := tx.Query(ctx, `SELECT lower(x.address) FROM identities i JOIN customers c ON c.merchant_id = $1 AND c.id = i.customer_id
			CROSS JOIN LATERAL (SELECT c.email AS address UNION SELECT k.value FROM contacts k WHERE k.merchant_id = $1 AND k.customer_id = c.id AND k.kind = 'EMAIL') x
			WHERE i.merchant_id = $1 AND i.profile_id = $2 AND x.address <> '' GROUP BY 1 ORDER BY 1`, m, current)
		if err != nil {
			return fmt.Errorf("read addresses: %w", err)
		}
		list, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil {
			return fmt.Errorf("read addresses: %w", err)
		}
		if len(list) == 0 {
			return relance.Tell(relance.CodeConflict, nil, "NO_EMAIL_TO_STOP")
		}
		for _, address := range list {
			if err := objectToEmail(ctx, tx, m, address, undo, now); err != nil {
				return err
			}
		}
		return nil
	})
}

func objectToEmail(ctx context.Context, tx pgx.Tx, m uuid.UUID, address string, undo bool, now time.Time) error {
	if undo {
		if _, err := tx.Exec(ctx, `UPDATE stopped_addresses SET lifted_at = $3 WHERE merchant_id = $1 AND address = $2 AND reason = 'OBJECTION' AND lifted_at IS NULL`, m, address, now); err != nil {
			return err
		}
		return dropWithdrawals(ctx, tx, m, address)
	}
	if _, err := tx.Exec(ctx, `INSERT INTO stopped_addresses AS s (merchant_id, address, reason, at) VALUES ($1, $2, 'OBJECTION', $3)
		ON CONFLICT (merchant_id, address, reason) DO UPDATE SET lifted_at = NULL, at = CASE WHEN s.lifted_at IS NULL THEN s.at ELSE excluded.at END`, m, address, now); err != nil {
		return fmt.Errorf("stop address: %w", err)
	}
	return queueWithdrawals(ctx, tx, m, address, uuid.Nil, now)
}

func objectToLetters(ctx context.Context, tx pgx.Tx, m, profile uuid.UUID, undo bool, now time.Time) error {
	const records = `SELECT customer_id FROM identities WHERE merchant_id = $1 AND profile_id = $2`
	b := &pgx.Batch{}
	if undo {
		b.Queue(`UPDATE letter_stops SET lifted_at = $3 WHERE merchant_id = $1 AND reason = 'OBJECTION' AND lifted_at IS NULL AND customer_id IN (`+records+`)`, m, profile, now)
		b.Queue(`UPDATE letters l SET cancel_at = NULL FROM follow_ups f WHERE f.merchant_id = $1 AND f.customer_id IN (`+records+`) AND l.merchant_id = $1 AND l.follow_up_id = f.id AND l.cancel_at IS NOT NULL AND l.ended_at IS NULL`, m, profile)
	} else {
		b.Queue(`INSERT INTO letter_stops AS x (merchant_id, customer_id, reason, at) SELECT $1, customer_id, 'OBJECTION', $3 FROM (`+records+`) r
			ON CONFLICT (merchant_id, customer_id, reason, address_key) DO UPDATE SET lifted_at = NULL, at = CASE WHEN x.lifted_at IS NULL THEN x.at ELSE excluded.at END`, m, profile, now)
		b.Queue(callBack+`f.customer_id IN (`+records+`)`, m, profile, now)
	}
	if err := tx.SendBatch(ctx, b).Close(); err != nil {
		return fmt.Errorf("stop letters: %w", err)
	}
	return nil
}

// callBack wants letters back that are not printed yet, as of $3; whose, follows.
const callBack = `UPDATE letters l SET cancel_at = $3, look_at = $3 FROM follow_ups f WHERE f.merchant_id = $1 AND l.merchant_id = $1 AND l.follow_up_id = f.id AND l.ordered_at IS NOT NULL
	AND l.cancel_at IS NULL AND l.batch_id IS NULL AND l.state IN ('DRAFT', 'VALIDATED', 'SUBMITTED', 'ACCEPTED', 'UNKNOWN') AND `

// queueObjections reads to what the people objected, in their own words or by a link.
func (f *filler) queueObjections(b *pgx.Batch) {
	b.Queue(`SELECT DISTINCT i.profile_id, 'EMAIL' AS channel FROM identities i JOIN customers c ON c.merchant_id = $1 AND c.id = i.customer_id
			JOIN stopped_addresses s ON s.merchant_id = $1 AND s.address = lower(c.email) AND s.reason = 'OBJECTION' AND s.lifted_at IS NULL WHERE i.merchant_id = $1 AND i.profile_id = ANY($2) AND c.email <> ''
		UNION SELECT i.profile_id, 'LETTER' FROM identities i JOIN letter_stops x ON x.merchant_id = $1 AND x.customer_id = i.customer_id AND x.reason = 'OBJECTION' AND x.lifted_at IS NULL
			WHERE i.merchant_id = $1 AND i.profile_id = ANY($2) ORDER BY 1, 2`, f.merchant, f.ids).Query(func(rows pgx.Rows) error {
		var profile uuid.UUID
		var channel relance.ConsentChannel
		_, err := pgx.ForEachRow(rows, []any{&profile, &channel}, func() error {
			f.at[profile].Objections = append(f.at[profile].Objections, channel)
			return nil
		})
		return err
	})
}
