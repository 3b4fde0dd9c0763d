package store

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/relance/relance"
)

// PageRows is one page of records as a connector gave it, and where the pull goes on.
type PageRows struct {
	Products  []relance.Product
	Customers []relance.Customer
	Orders    []relance.Order
	Carts     []relance.Cart
	Consents  []relance.ConsentChange
	Rejected  []relance.Quarantined
	Missing   []relance.MissingRight
	Listed    *Listing // ids of a listing, for the comparison that finds deletions
	Gone      *Gone    // records proven to be deleted at the source
	Next      relance.Cursor
	Done      bool
	Total     *int
	Wait      time.Duration
}

// StorePage stores the records and the cursor of a page in one transaction, and with
// the last page starts the run's next step or ends the run. It stores nothing and
// returns false where the page was stored before, or is no longer wanted.
func (s *Store) StorePage(ctx context.Context, t relance.PageTask, p PageRows, now time.Time) (stored bool, err error) {
	err = s.inTx(ctx, t.MerchantID, func(tx pgx.Tx) error {
		if stored, err = advance(ctx, tx, t, p, now); err != nil || !stored {
			return err
		}
		w := s.writer(tx, t.MerchantID, t.ShopID, now)
		if err := w.records(ctx, p); err != nil {
			return err
		}
		if err := w.quarantine(ctx, p, now); err != nil {
			return err
		}
		if err := addMissing(ctx, tx, t.MerchantID, t.ShopID, p.Missing); err != nil {
			return err
		}
		if err := w.listed(ctx, p.Listed); err != nil {
			return err
		}
		if err := w.gone(ctx, p.Gone); err != nil {
			return err
		}
		if p.Done {
			return finishStep(ctx, tx, t, p.Next, now)
		}
		return nil
	})
	return stored && err == nil, err
}

// StoreRecords stores records outside of a run, as a repair does.
func (s *Store) StoreRecords(ctx context.Context, m, source uuid.UUID, p PageRows, now time.Time) error {
	return s.inTx(ctx, m, func(tx pgx.Tx) error {
		w := s.writer(tx, m, source, now)
		if err := w.records(ctx, p); err != nil {
			return err
		}
		if err := w.gone(ctx, p.Gone); err != nil {
			return err
		}
		return w.quarantine(ctx, p, now)
	})
}

func (w *writer) records(ctx context.Context, p PageRows) error {
	if len(p.Products) > 0 {
		if err := w.products(ctx, p.Products); err != nil {
			return err
		}
	}
	if len(p.Customers) > 0 {
		if err := w.customers(ctx, p.Customers); err != nil {
			return err
		}
	}
	if len(p.Orders) > 0 {
		if err := w.orders(ctx, p.Orders); err != nil {
			return err
		}
	}
	if len(p.Carts) > 0 {
		if err := w.carts(ctx, p.Carts); err != nil {
			return err
		}
	}
	return w.consentChanges(ctx, p.Consents)
}

// advance moves the step past the page, first of all: it locks the step, so that of two
// workers on the same page one stores it and the other stores nothing.
func advance(ctx context.Context, tx pgx.Tx, t relance.PageTask, p PageRows, now time.Time) (bool, error) {
	n := len(p.Products) + len(p.Customers) + len(p.Orders) + len(p.Carts) + len(p.Consents)
	if p.Gone != nil {
		n += len(p.Gone.IDs)
	}
	tag, err := tx.Exec(ctx, `UPDATE sync_steps s SET cursor = $5, seq = s.seq + 1, attempt = 0, claims = 0, done = s.done + $6,
			rejected = s.rejected + $7, total = coalesce($8, s.total), next_at = $9, heartbeat_at = $10,
			started_at = coalesce(s.started_at, $10), error_code = NULL, error = NULL, cause = NULL
		FROM sync_runs r WHERE r.merchant_id = $1 AND r.id = $2 AND r.state IN ('RUNNING', 'PAUSED')
			AND s.merchant_id = $1 AND s.run_id = $2 AND s.kind = $3 AND s.seq = $4 AND s.cursor = $11 AND s.state = 'RUNNING'`,
		t.MerchantID, t.RunID, t.Kind, t.Seq, p.Next, n, len(p.Rejected), p.Total, now.Add(p.Wait), now, t.Cursor)
	if err != nil {
		return false, fmt.Errorf("move cursor: %w", err)
	}
	return tag.RowsAffected() == 1, nil
}

// finishStep keeps the watermark, and starts the next step or ends the run.
func finishStep(ctx context.Context, tx pgx.Tx, t relance.PageTask, watermark relance.Cursor, now time.Time) error {
	if _, err := tx.Exec(ctx, `INSERT INTO sync_cursors (merchant_id, shop_id, kind, cursor, updated_at) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (merchant_id, shop_id, kind) DO UPDATE SET cursor = excluded.cursor, updated_at = excluded.updated_at`,
		t.MerchantID, t.ShopID, t.Kind, watermark, now); err != nil {
		return fmt.Errorf("keep watermark: %w", err)
	}
	if _, err := tx.Exec(ctx, `UPDATE sync_steps SET state = 'DONE', finished_at = $4, total = done + rejected
		WHERE merchant_id = $1 AND run_id = $2 AND kind = $3`, t.MerchantID, t.RunID, t.Kind, now); err != nil {
		return fmt.Errorf("finish step: %w", err)
	}
	tag, err := tx.Exec(ctx, `UPDATE sync_steps SET state = 'RUNNING', next_at = $3 WHERE merchant_id = $1 AND run_id = $2 AND kind =
		(SELECT kind FROM sync_steps WHERE merchant_id = $1 AND run_id = $2 AND state = 'QUEUED' ORDER BY position LIMIT 1)`,
		t.MerchantID, t.RunID, now)
	if err != nil || tag.RowsAffected() == 1 {
		return err
	}
	if _, err := tx.Exec(ctx, `UPDATE sync_runs SET state = 'DONE', finished_at = $3 WHERE merchant_id = $1 AND id = $2`, t.MerchantID, t.RunID, now); err != nil {
		return fmt.Errorf("finish run: %w", err)
	}
	return shopSynced(ctx, tx, t.MerchantID, t.ShopID, now)
}
