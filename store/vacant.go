package store

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// A profile is vacant when nothing is left of it: no record that lives, no order, cart or message, and
// nothing that people did about it. Like one that was erased it answers for itself alone (merged_into is its
// own id), so that it is in no list, count, segment, campaign or export. Its records are still there:
// its id opens it, a copy of it can be given out, it can be erased, and it comes back with whatever is
// stored or done about it next.

// standing is the condition that a profile is nobody else's by now and was not erased: vacant ones stand too.
const standing = `(p.merged_into IS NULL OR p.merged_into = p.id AND p.erased_at IS NULL)`

// lifelessRecords finds the profiles of $2 that may be vacant, or were. Each is asked for by itself: see profileStats.
const lifelessRecords = `SELECT p.id FROM unnest($2::uuid[]) u(id)
	CROSS JOIN LATERAL (SELECT p.id, p.merged_into FROM profiles p WHERE p.merchant_id = $1 AND p.id = u.id AND ` + standing + ` OFFSET 0) p
	LEFT JOIN LATERAL (SELECT true AS found FROM identities i CROSS JOIN LATERAL (SELECT FROM customers c WHERE c.merchant_id = $1 AND c.id = i.customer_id AND c.deleted_at IS NULL OFFSET 0) c
		WHERE i.merchant_id = $1 AND i.profile_id = u.id LIMIT 1) live ON true
	WHERE live.found IS NULL OR p.merged_into IS NOT NULL`

// vacancy takes profiles off the lists, or puts them back. What an import said of somebody's consent keeps
// nobody listed: the ledger of a record stays, and holds again when the record comes back.
const vacancy = `UPDATE profiles p SET merged_into = CASE WHEN x.vacant THEN p.id END
	FROM (SELECT u.id, NOT (
			EXISTS (SELECT 1 FROM identities i JOIN customers c ON c.merchant_id = $1 AND c.id = i.customer_id AND c.deleted_at IS NULL WHERE i.merchant_id = $1 AND i.profile_id = u.id)
			OR EXISTS (SELECT 1 FROM orders y WHERE y.merchant_id = $1 AND y.profile_id = u.id AND y.deleted_at IS NULL)
			OR EXISTS (SELECT 1 FROM carts y WHERE y.merchant_id = $1 AND y.profile_id = u.id AND y.deleted_at IS NULL)
			OR EXISTS (SELECT 1 FROM notes y WHERE y.merchant_id = $1 AND y.profile_id = u.id)
			OR EXISTS (SELECT 1 FROM tasks y WHERE y.merchant_id = $1 AND y.profile_id = u.id)
			OR EXISTS (SELECT 1 FROM memberships y WHERE y.merchant_id = $1 AND y.profile_id = u.id)
			OR EXISTS (SELECT 1 FROM profile_labels y WHERE y.merchant_id = $1 AND y.profile_id = u.id)
			OR EXISTS (SELECT 1 FROM profile_groups y WHERE y.merchant_id = $1 AND y.profile_id = u.id)
			OR EXISTS (SELECT 1 FROM profile_photos y WHERE y.merchant_id = $1 AND y.profile_id = u.id AND y.hidden_at IS NULL)
			OR EXISTS (SELECT 1 FROM privacy_requests y WHERE y.merchant_id = $1 AND y.profile_id = u.id AND y.state NOT IN ('DONE', 'REFUSED'))
			OR EXISTS (SELECT 1 FROM identities i JOIN messages y ON y.merchant_id = $1 AND y.customer_id = i.customer_id WHERE i.merchant_id = $1 AND i.profile_id = u.id)
			OR EXISTS (SELECT 1 FROM identities i JOIN enrolment_members y ON y.merchant_id = $1 AND y.customer_id = i.customer_id WHERE i.merchant_id = $1 AND i.profile_id = u.id)
			OR EXISTS (SELECT 1 FROM identities i JOIN opt_ins y ON y.merchant_id = $1 AND y.customer_id = i.customer_id WHERE i.merchant_id = $1 AND i.profile_id = u.id)
			OR EXISTS (SELECT 1 FROM identities i JOIN consents y ON y.merchant_id = $1 AND y.customer_id = i.customer_id AND (y.controller <> '' OR y.source LIKE 'hand:%') WHERE i.merchant_id = $1 AND i.profile_id = u.id)
		) AS vacant FROM unnest($2::uuid[]) u(id)) x
	WHERE p.merchant_id = $1 AND p.id = x.id AND ` + standing + ` AND (p.merged_into IS NOT NULL) <> x.vacant`

// vacate takes those of the profiles off the lists of which nothing is left, and puts back those of which
// there is something again.
func (d *deriver) vacate(ctx context.Context, profiles []uuid.UUID) error {
	rows, err := d.tx.Query(ctx, lifelessRecords, d.merchant, profiles)
	if err != nil {
		return fmt.Errorf("find vacant profiles: %w", err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
	if err != nil || len(list) == 0 {
		return err
	}
	if _, err := d.tx.Exec(ctx, vacancy, d.merchant, list); err != nil {
		return fmt.Errorf("take vacant profiles off the lists: %w", err)
	}
	return nil
}
