package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/relance/relance"
	"github.com/relance/relance/identity"
)

// Merge joins the profiles from into another by a person's decision, which stays above
// all matching until it is undone. It returns the ledger entry and the survivor.
func (s *Store) Merge(ctx context.Context, m, into uuid.UUID, from []uuid.UUID, actor string, now time.Time) (merge, survivor uuid.UUID, err error) {
	merge = newID()
	err = s.inTx(ctx, m, func(tx pgx.Tx) error {
		if err := lockMerchant(ctx, tx, m); err != nil {
			return err
		}
		d := &deriver{tx: tx, merchant: m, now: now}
		keep, err := d.current(ctx, into)
		if err != nil {
			return err
		}
		joins, err := d.joining(ctx, keep, from)
		if err != nil {
			return err
		}
		if err := d.fits(ctx, keep, joins); err != nil {
			return err
		}
		members, err := d.decideTogether(ctx, keep, joins, merge, actor, now)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `INSERT INTO merges (merchant_id, id, kind, into_profile_id, from_profile_ids, members, matched_by, actor, at)
			VALUES ($1, $2, 'HAND', $3, $4, $5, 'HAND', $6, $7)`, m, merge, keep, joins, members, actor, now); err != nil {
			return fmt.Errorf("write merge: %w", err)
		}
		survivor = keep
		return d.resolveNow(ctx, members)
	})
	return merge, survivor, err
}

// current gives the profile that an id now answers from.
func (d *deriver) current(ctx context.Context, id uuid.UUID) (uuid.UUID, error) {
	err := d.tx.QueryRow(ctx, `SELECT coalesce(merged_into, id) FROM profiles WHERE merchant_id = $1 AND id = $2 AND erased_at IS NULL`, d.merchant, id).Scan(&id)
	return id, notFound(err, "profile")
}

// joining checks and lists the profiles that are to be joined into keep.
func (d *deriver) joining(ctx context.Context, keep uuid.UUID, from []uuid.UUID) ([]uuid.UUID, error) {
	var out []uuid.UUID
	for _, id := range from {
		cur, err := d.current(ctx, id)
		if err != nil {
			return nil, err
		}
		if cur != keep && !slices.Contains(out, cur) {
			out = append(out, cur)
		}
	}
	if len(out) == 0 {
		return nil, relance.TellField("from", "ONE_ALREADY")
	}
	return out, nil
}

// fits refuses a merge that would make a person of more records than matching keeps
// together: some of them would drop out again.
func (d *deriver) fits(ctx context.Context, keep uuid.UUID, joins []uuid.UUID) error {
	var n int
	if err := d.tx.QueryRow(ctx, `SELECT count(*) FROM identities WHERE merchant_id = $1 AND profile_id = ANY($2)`, d.merchant,
		append([]uuid.UUID{keep}, joins...)).Scan(&n); err != nil {
		return fmt.Errorf("count records: %w", err)
	}
	if n > identity.MaxIdentities {
		return relance.Tell(relance.CodeConflict, nil, "MERGE_TOO_LARGE", "records", strconv.Itoa(n), "most", strconv.Itoa(identity.MaxIdentities)).At("from")
	}
	return nil
}

// decideTogether links the profiles' first records, lifts earlier decisions to keep
// their people apart, and gives the records that join.
func (d *deriver) decideTogether(ctx context.Context, keep uuid.UUID, joins []uuid.UUID, merge uuid.UUID, actor string, now time.Time) ([]uuid.UUID, error) {
	var members []uuid.UUID
	if err := d.tx.QueryRow(ctx, `SELECT array_agg(customer_id ORDER BY customer_id) FROM identities WHERE merchant_id = $1 AND profile_id = ANY($2)`,
		d.merchant, joins).Scan(&members); err != nil {
		return nil, fmt.Errorf("read members: %w", err)
	}
	if _, err := d.tx.Exec(ctx, `DELETE FROM decisions x USING identities i, identities j WHERE x.merchant_id = $1 AND x.verdict = 'APART'
			AND i.merchant_id = $1 AND i.customer_id = x.customer_a AND j.merchant_id = $1 AND j.customer_id = x.customer_b
			AND i.profile_id = ANY($2) AND j.profile_id = ANY($2)`, d.merchant, append([]uuid.UUID{keep}, joins...)); err != nil {
		return nil, fmt.Errorf("lift decisions: %w", err)
	}
	_, err := d.tx.Exec(ctx, `INSERT INTO decisions (merchant_id, customer_a, customer_b, verdict, merge_id, into_home, actor, at)
		SELECT $1, least(a.customer_id, b.customer_id), greatest(a.customer_id, b.customer_id), 'TOGETHER', $4, $2, $5, $6
		FROM identities a, identities b WHERE a.merchant_id = $1 AND a.home_profile_id = $2 AND b.merchant_id = $1 AND b.home_profile_id = ANY($3)
		ON CONFLICT (merchant_id, customer_a, customer_b) DO UPDATE SET verdict = 'TOGETHER', merge_id = excluded.merge_id,
			into_home = excluded.into_home, actor = excluded.actor, at = excluded.at`, d.merchant, keep, joins, merge, actor, now)
	if err != nil {
		return nil, fmt.Errorf("decide together: %w", err)
	}
	return members, nil
}

// Unmerge undoes an entry of the merge ledger and gives the profiles that are apart
// again. Records that would be joined anew by what they share are kept apart from now on.
func (s *Store) Unmerge(ctx context.Context, m, merge uuid.UUID, actor string, now time.Time) (profiles []uuid.UUID, err error) {
	err = s.inTx(ctx, m, func(tx pgx.Tx) error {
		if err := lockMerchant(ctx, tx, m); err != nil {
			return err
		}
		var into uuid.UUID
		var from, members []uuid.UUID
		err := tx.QueryRow(ctx, `UPDATE merges SET undone_at = $3, undone_by = $4 WHERE merchant_id = $1 AND id = $2 AND undone_at IS NULL
			RETURNING into_profile_id, from_profile_ids, members`, m, merge, now, actor).Scan(&into, &from, &members)
		if errors.Is(err, pgx.ErrNoRows) {
			return relance.Errorf(relance.CodeNotFound, "there is no such merge, or it is undone already")
		}
		if err != nil {
			return fmt.Errorf("undo merge: %w", err)
		}
		d := &deriver{tx: tx, merchant: m, now: now}
		if _, err := tx.Exec(ctx, `DELETE FROM decisions WHERE merchant_id = $1 AND merge_id = $2`, m, merge); err != nil {
			return fmt.Errorf("lift decision: %w", err)
		}
		if err := d.resolveNow(ctx, members); err != nil {
			return err
		}
		if err := d.separate(ctx, into, members, actor, now); err != nil {
			return err
		}
		rows, err := tx.Query(ctx, `SELECT DISTINCT coalesce(merged_into, id) FROM profiles WHERE merchant_id = $1 AND id = ANY($2)`, m, append(from, into))
		if err != nil {
			return err
		}
		profiles, err = pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
		return err
	})
	return profiles, err
}

// separate keeps the members apart from everybody else they still share a profile with.
func (d *deriver) separate(ctx context.Context, into uuid.UUID, members []uuid.UUID, actor string, now time.Time) error {
	tag, err := d.tx.Exec(ctx, `INSERT INTO decisions (merchant_id, customer_a, customer_b, verdict, actor, at)
		SELECT $1, least(a.customer_id, b.customer_id), greatest(a.customer_id, b.customer_id), 'APART', $4, $5
		FROM profiles p JOIN identities i ON i.merchant_id = $1 AND i.home_profile_id = p.id
		JOIN identities b ON b.merchant_id = $1 AND b.profile_id = i.profile_id AND NOT b.customer_id = ANY($3)
		JOIN identities a ON a.merchant_id = $1 AND a.profile_id = i.profile_id AND a.customer_id = ANY($3)
		WHERE p.merchant_id = $1 AND p.id = $2
		ON CONFLICT (merchant_id, customer_a, customer_b) DO UPDATE SET verdict = 'APART', merge_id = NULL, into_home = NULL,
			actor = excluded.actor, at = excluded.at`, d.merchant, into, members, actor, now)
	if err != nil {
		return fmt.Errorf("keep apart: %w", err)
	}
	if tag.RowsAffected() == 0 {
		return nil
	}
	return d.resolveNow(ctx, members)
}

// resolveNow derives the customers at once instead of by the queue.
func (d *deriver) resolveNow(ctx context.Context, customers []uuid.UUID) error {
	return d.run(ctx, map[string][]uuid.UUID{"CUSTOMER": customers})
}

const mergeColumns = `id, kind, into_profile_id, from_profile_ids, matched_by, actor, at, undone_at`

// Merges lists the open entries that joined others into the profile, newest first.
func (s *Store) Merges(ctx context.Context, m, profile uuid.UUID) ([]*relance.MergeEntry, error) {
	p := &relance.Profile{ID: profile}
	err := s.fill(ctx, m, []*relance.Profile{p}, relance.ProfileWant{Merges: true}, nil, time.Time{})
	return p.Merges, err
}

// queueMerges reads the latest open entries that joined others into the profiles.
func (f *filler) queueMerges(b *pgx.Batch) {
	b.Queue(`SELECT g.* FROM unnest($2::uuid[]) p(id) CROSS JOIN LATERAL (SELECT `+mergeColumns+` FROM merges WHERE merchant_id = $1 AND into_profile_id = p.id
		AND undone_at IS NULL ORDER BY id DESC LIMIT 200) g`, f.merchant, f.ids).Query(func(rows pgx.Rows) error {
		list, err := pgx.CollectRows(rows, pgx.RowToAddrOfStructByName[relance.MergeEntry])
		for _, e := range list {
			p := f.at[e.IntoProfileID]
			p.Merges = append(p.Merges, e)
		}
		return err
	})
}

// MergeEntry reads one entry of the ledger.
func (s *Store) MergeEntry(ctx context.Context, m, id uuid.UUID) (out *relance.MergeEntry, err error) {
	err = s.inTx(ctx, m, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `SELECT `+mergeColumns+` FROM merges WHERE merchant_id = $1 AND id = $2`, m, id)
		if err != nil {
			return err
		}
		out, err = pgx.CollectExactlyOneRow(rows, pgx.RowToAddrOfStructByName[relance.MergeEntry])
		return err
	})
	return out, notFound(err, "merge")
}

// AssignOrder gives an order without a customer to a profile, or with a nil profile
// releases it again.
func (s *Store) AssignOrder(ctx context.Context, m, order uuid.UUID, profile *uuid.UUID, now time.Time) error {
	return s.inTx(ctx, m, func(tx pgx.Tx) error {
		if err := lockMerchant(ctx, tx, m); err != nil {
			return err
		}
		d := &deriver{tx: tx, merchant: m, now: now}
		if profile != nil {
			current, err := d.current(ctx, *profile)
			if err != nil {
				return err
			}
			profile = &current
		}
		tag, err := tx.Exec(ctx, `UPDATE orders SET assigned_profile_id = $3 WHERE merchant_id = $1 AND id = $2 AND customer_external_id = '' AND NOT erased`, m, order, profile)
		if err != nil {
			return fmt.Errorf("assign order: %w", err)
		}
		if tag.RowsAffected() == 0 {
			return relance.Tell(relance.CodeConflict, nil, "ORDER_HAS_CUSTOMER")
		}
		return d.run(ctx, map[string][]uuid.UUID{"ORDER": {order}})
	})
}
