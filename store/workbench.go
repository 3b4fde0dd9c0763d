package store

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/relance/relance"
)

// Merchant reads the tenant.
func (s *Store) Merchant(ctx context.Context, m uuid.UUID) (out relance.Merchant, err error) {
	err = s.inTx(ctx, m, func(tx pgx.Tx) error {
		return tx.QueryRow(ctx, `SELECT id, name, main_currency, (extract(epoch FROM abandon_after) / 60)::int FROM merchants WHERE id = $1`, m).
			Scan(&out.ID, &out.Name, &out.MainCurrency, &out.AbandonAfterMinutes)
	})
	return out, notFound(err, "merchant")
}

// AddLabel puts a label on a profile, making the label where the word is new.
func (s *Store) AddLabel(ctx context.Context, m, profile uuid.UUID, name string, now time.Time) error {
	return s.onProfile(ctx, m, profile, now, func(tx pgx.Tx, current uuid.UUID) error {
		var label uuid.UUID
		err := tx.QueryRow(ctx, `INSERT INTO labels (merchant_id, id, name) VALUES ($1, $2, $3)
			ON CONFLICT (merchant_id, lower(name)) DO UPDATE SET name = labels.name RETURNING id`, m, newID(), strings.TrimSpace(name)).Scan(&label)
		if err != nil {
			return fmt.Errorf("add label: %w", err)
		}
		_, err = tx.Exec(ctx, `INSERT INTO profile_labels (merchant_id, origin_profile_id, label_id, profile_id, at) VALUES ($1, $2, $3, $2, $4)
			ON CONFLICT DO NOTHING`, m, current, label, now)
		return err
	})
}

// RemoveLabel takes a label off a profile.
func (s *Store) RemoveLabel(ctx context.Context, m, profile uuid.UUID, name string, now time.Time) error {
	return s.onProfile(ctx, m, profile, now, func(tx pgx.Tx, current uuid.UUID) error {
		_, err := tx.Exec(ctx, `DELETE FROM profile_labels x USING labels l WHERE x.merchant_id = $1 AND x.profile_id = $2
			AND l.merchant_id = $1 AND l.id = x.label_id AND lower(l.name) = lower($3)`, m, current, strings.TrimSpace(name))
		return err
	})
}

// AddNote writes a private note on a profile. Notes are no administrative change.
func (s *Store) AddNote(ctx context.Context, m, profile uuid.UUID, body, author string, now time.Time) error {
	return s.inTx(ctx, m, func(tx pgx.Tx) error {
		current, err := (&deriver{tx: tx, merchant: m}).current(ctx, profile)
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `INSERT INTO notes (merchant_id, id, origin_profile_id, profile_id, body, author, at) VALUES ($1, $2, $3, $3, $4, $5, $6)`,
			m, newID(), current, body, author, now)
		return err
	})
}

// onProfile changes a profile as an administrative act.
func (s *Store) onProfile(ctx context.Context, m, profile uuid.UUID, now time.Time, change func(pgx.Tx, uuid.UUID) error) error {
	return s.inTx(ctx, m, func(tx pgx.Tx) error {
		if err := lockMerchant(ctx, tx, m); err != nil {
			return err
		}
		current, err := (&deriver{tx: tx, merchant: m}).current(ctx, profile)
		if err != nil {
			return err
		}
		if err := change(tx, current); err != nil {
			return err
		}
		if _, err = tx.Exec(ctx, `UPDATE profiles SET admin_changed_at = $3 WHERE merchant_id = $1 AND id = $2`, m, current, now); err != nil {
			return err
		}
		return (&deriver{tx: tx, merchant: m, now: now}).queueProfiles(ctx, []uuid.UUID{current})
	})
}

// OrdersWithoutProfile lists orders for which the shop names no customer and that
// nobody assigned, newest first.
func (s *Store) OrdersWithoutProfile(ctx context.Context, m uuid.UUID, scope []uuid.UUID, w relance.OrderWant) (*relance.OrderPage, error) {
	at, id, err := place(w.After, "orphans")
	if err != nil {
		return nil, err
	}
	page := &relance.OrderPage{}
	f := &filler{merchant: m}
	columns := orderColumns(w.Fields)
	where := ` FROM orders o WHERE o.merchant_id = $1 AND o.deleted_at IS NULL AND o.profile_id IS NULL AND o.customer_external_id = '' AND ($2::uuid[] IS NULL OR o.source_id = ANY($2))`
	err = s.read(ctx, m, func(b *pgx.Batch) {
		f.queueShops(b)
		b.Queue(fmt.Sprintf(`SELECT %s%s AND ($3::timestamptz IS NULL OR (o.placed_at, o.id) < ($3, $4::uuid)) ORDER BY o.placed_at DESC, o.id DESC LIMIT %d`,
			columns.sql, where, w.First+1), m, scope, at, id).Query(func(rows pgx.Rows) error {
			for rows.Next() {
				o := &relance.OrderView{}
				if err := rows.Scan(columns.targets(o)...); err != nil {
					return err
				}
				o.InCurrency()
				o.Shop = f.shops[o.SourceID]
				page.Orders = append(page.Orders, o)
			}
			return rows.Err()
		})
		if w.Total {
			b.Queue(`SELECT count(*)`+where, m, scope).QueryRow(func(r pgx.Row) error { return r.Scan(&page.Total) })
		}
	})
	if err != nil {
		return nil, fmt.Errorf("list orders without profile: %w", err)
	}
	if page.Info.HasNextPage = len(page.Orders) > w.First; page.Info.HasNextPage {
		page.Orders = page.Orders[:w.First]
	}
	byID := map[uuid.UUID][]*relance.OrderView{}
	for _, o := range page.Orders {
		byID[o.ID] = append(byID[o.ID], o)
		page.Info.End = encodeCursor("orphans", o.PlacedAt, o.ID)
	}
	if !w.Lines {
		return page, nil
	}
	return page, s.readSome(ctx, m, func(b *pgx.Batch) { queueOrderLines(b, m, byID, w.LineFields) })
}
