package store

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/relance/relance"
)

// timelineBranch is where events of a kind are found. Every branch reads of one person alone, by an
// index, and no more than a page of it.
type timelineBranch struct {
	kind relance.TimelineKind
	id   string // of the event among those of its kind
	at   string
	// rest: thing, shop, title, detail, actor, amount and currency.
	rest string
	from string // with its conditions; mine is the profile
	shop string // what a bearer limited to shops is held to, "" where it is of the whole person
}

const (
	theirOrders   = `FROM orders o WHERE o.merchant_id = $1 AND o.profile_id = (SELECT id FROM mine) AND o.deleted_at IS NULL AND NOT o.test`
	theirRecords  = `(SELECT i.customer_id FROM identities i WHERE i.merchant_id = $1 AND i.profile_id = (SELECT id FROM mine))`
	theirMails    = `FROM theirs f JOIN campaigns c ON c.merchant_id = $1 AND c.id = f.campaign_id WHERE f.state IN ('SENT', 'BOUNCED', 'UNCERTAIN', 'FAILED') AND f.channel = `
	mailRest      = `f.id, f.shop_id, CASE WHEN c.by_hand THEN '' ELSE c.name END, CASE WHEN f.again_of IS NOT NULL AND f.state = 'SENT' THEN 'RESENT' ELSE f.state END, CASE WHEN c.by_hand THEN f.decided_by ELSE '' END, NULL::numeric, ''`
	theirVouchers = `FROM theirs f JOIN vouchers v ON v.merchant_id = $1 AND v.follow_up_id = f.id WHERE `
	voucherRest   = `f.id, v.shop_id, v.code, v.kind, CASE WHEN f.by_hand <> '' THEN f.decided_by ELSE '' END, v.value, CASE WHEN v.kind = 'AMOUNT' THEN v.currency ELSE '' END`
	theirChanges  = `FROM profile_changes x WHERE x.merchant_id = $1 AND x.profile_id = (SELECT id FROM mine) AND x.kind = `
	putOrTaken    = `NULL::uuid, NULL::uuid, coalesce(nullif(x.values->0->>'after', ''), x.values->0->>'before', ''), CASE WHEN x.undone_at IS NOT NULL THEN 'UNDONE' WHEN x.values->0->>'after' = '' THEN 'REMOVED' ELSE 'ADDED' END, x.actor, NULL::numeric, ''`
	memberRest    = `x.id, NULL::uuid, x.type, x.rate, '', NULL::numeric, ''`
	theirMembers  = `FROM memberships x WHERE x.merchant_id = $1 AND x.profile_id = (SELECT id FROM mine)`
	mergeRest     = `x.id, NULL::uuid, '', x.kind, `
	theirMerges   = `FROM merges x WHERE x.merchant_id = $1 AND x.into_profile_id IN (SELECT i.home_profile_id FROM identities i WHERE i.merchant_id = $1 AND i.profile_id = (SELECT id FROM mine))`
	// An objection stays with whoever made it, whatever address the shop has of them by now.
	theirStops = `FROM (SELECT DISTINCT s.address, s.at, s.lifted_at FROM (SELECT lower(c.email) AS address FROM customers c WHERE c.merchant_id = $1 AND c.id IN ` + theirRecords + `
			UNION SELECT lower(e.recipient) FROM theirs f JOIN emails e ON e.merchant_id = $1 AND e.follow_up_id = f.id) a JOIN stopped_addresses s ON s.merchant_id = $1 AND s.address = a.address AND s.reason = 'OBJECTION'
		UNION ALL SELECT DISTINCT 'LETTER', s.at, s.lifted_at FROM letter_stops s WHERE s.merchant_id = $1 AND s.customer_id IN ` + theirRecords + ` AND s.reason = 'OBJECTION') x`
	stopRest = `NULL::uuid, NULL::uuid, CASE WHEN x.address = 'LETTER' THEN 'LETTER' ELSE 'EMAIL' END, '', '', NULL::numeric, ''`
)

// timelineBranches are all that a timeline tells.
var timelineBranches = []timelineBranch{ //nolint:gochecknoglobals // a table
	{relance.TimelineOrder, `o.id::text`, `o.placed_at`, `o.id, o.source_id, o.number, o.state, '', o.total, o.currency`, theirOrders, `o.source_id`},
	{relance.TimelineOrderCancelled, `o.id::text`, `o.cancelled_at`, `o.id, o.source_id, o.number, '', '', o.total, o.currency`, theirOrders + ` AND o.cancelled_at IS NOT NULL`, `o.source_id`},
	{relance.TimelineOrderState, `o.id || ':' || (h->>'ExternalID')`, `(h->>'At')::timestamptz`, `o.id, o.source_id, o.number, h->>'ShopState', '', NULL::numeric, ''`,
		strings.Replace(theirOrders, ` WHERE`, ` CROSS JOIN LATERAL jsonb_array_elements(o.history) h WHERE`, 1) + ` AND o.history <> '[]'`, `o.source_id`},
	{relance.TimelineReturn, `o.id || ':' || (r->>'external_id')`, `(r->>'requested_at')::timestamptz`, `o.id, o.source_id, o.number, r->>'state', '', NULL::numeric, ''`,
		strings.Replace(theirOrders, ` WHERE`, ` CROSS JOIN LATERAL jsonb_array_elements(o.returns) r WHERE`, 1) + ` AND o.returns <> '[]'`, `o.source_id`},
	{relance.TimelineRefund, `o.id || ':' || r.external_id`, `r.at`, `o.id, o.source_id, o.number, r.document, '', r.amount, o.currency`,
		strings.Replace(theirOrders, ` WHERE`, ` JOIN refunds r ON r.merchant_id = $1 AND r.order_id = o.id WHERE`, 1) + ` AND o.returned > 0`, `o.source_id`},
	{relance.TimelineCart, `k.id::text`, `k.active_at`, `k.id, k.source_id, '', '', '', k.value, k.currency`, `FROM carts k WHERE k.merchant_id = $1 AND k.profile_id = (SELECT id FROM mine) AND k.deleted_at IS NULL AND NOT k.ordered`, `k.source_id`},
	{relance.TimelineMessage, `c.id || ':' || x.external_id`, `x.at`, `NULL::uuid, c.source_id, left(x.body, 300), CASE WHEN x.from_customer THEN 'FROM_CUSTOMER' WHEN x.private THEN 'PRIVATE' ELSE 'FROM_SHOP' END, '', NULL::numeric, ''`,
		`FROM customers c JOIN messages x ON x.merchant_id = $1 AND x.customer_id = c.id WHERE c.merchant_id = $1 AND c.id IN ` + theirRecords, `c.source_id`},
	{relance.TimelineEmail, `f.id::text`, `coalesce(f.sent_at, f.due_at)`, mailRest, theirMails + `'EMAIL'`, `f.shop_id`},
	{relance.TimelineLetter, `f.id::text`, `coalesce(f.sent_at, f.due_at)`, mailRest, theirMails + `'LETTER'`, `f.shop_id`},
	{relance.TimelineScan, `x.id::text`, `x.at`, `f.id, f.shop_id, c.name, '', '', NULL::numeric, ''`,
		`FROM theirs f JOIN campaigns c ON c.merchant_id = $1 AND c.id = f.campaign_id JOIN letter_scans x ON x.merchant_id = $1 AND x.follow_up_id = f.id AND x.human WHERE f.channel = 'LETTER'`, `f.shop_id`},
	{relance.TimelineVoucherMade, `f.id::text`, `v.issued_at`, voucherRest, theirVouchers + `v.issued_at IS NOT NULL`, `v.shop_id`},
	{relance.TimelineVoucherExtended, `f.id::text`, `v.extended_at`, strings.Replace(voucherRest, `CASE WHEN f.by_hand <> '' THEN f.decided_by ELSE '' END`, `v.changed_by`, 1), theirVouchers + `v.extended_at IS NOT NULL`, `v.shop_id`},
	{relance.TimelineVoucherRedeemed, `f.id::text`, `v.redeemed_at`, strings.Replace(voucherRest, `CASE WHEN f.by_hand <> '' THEN f.decided_by ELSE '' END`, `''`, 1), theirVouchers + `v.redeemed_at IS NOT NULL`, `v.shop_id`},
	{relance.TimelineVoucherRevoked, `f.id::text`, `v.revoked_at`, strings.Replace(voucherRest, `CASE WHEN f.by_hand <> '' THEN f.decided_by ELSE '' END`, `CASE WHEN v.revoke_at IS NOT NULL THEN v.changed_by ELSE '' END`, 1), theirVouchers + `v.revoked_at IS NOT NULL`, `v.shop_id`},
	{relance.TimelineVoucherExpired, `f.id::text`, `v.valid_until`, strings.Replace(voucherRest, `CASE WHEN f.by_hand <> '' THEN f.decided_by ELSE '' END`, `''`, 1), theirVouchers + `v.state = 'EXPIRED'`, `v.shop_id`},
	{relance.TimelineConsent, `x.id::text`, `coalesce(x.since, x.recorded_at)`, `NULL::uuid, NULL::uuid, x.channel || coalesce(':' || nullif(x.preference, ''), ''), x.state, '', NULL::numeric, ''`,
		`FROM consents x WHERE x.merchant_id = $1 AND x.customer_id IN ` + theirRecords + ` AND x.state <> 'UNKNOWN'`, ``},
	{relance.TimelineObjection, `md5(x.address)`, `x.at`, stopRest, theirStops + ` WHERE true`, ``},
	{relance.TimelineObjectionLifted, `md5(x.address)`, `x.lifted_at`, stopRest, theirStops + ` WHERE x.lifted_at IS NOT NULL`, ``},
	{relance.TimelineDetails, `x.id::text`, `x.at`, `NULL::uuid, NULL::uuid, (SELECT string_agg(v->>'name', ',') FROM jsonb_array_elements(x.values) v), CASE WHEN x.undone_at IS NOT NULL THEN 'UNDONE' ELSE '' END, x.actor, NULL::numeric, ''`,
		theirChanges + `'DETAILS'`, ``},
	{relance.TimelineLabel, `x.id::text`, `x.at`, putOrTaken, theirChanges + `'LABEL'`, ``},
	{relance.TimelineGroup, `x.id::text`, `x.at`, putOrTaken, theirChanges + `'GROUP'`, ``},
	{relance.TimelineNote, `x.id::text`, `x.at`, `NULL::uuid, NULL::uuid, left(x.body, 300), '', x.author, NULL::numeric, ''`, `FROM notes x WHERE x.merchant_id = $1 AND x.profile_id = (SELECT id FROM mine)`, ``},
	{relance.TimelineTaskSet, `x.id::text`, `x.created_at`, `x.id, NULL::uuid, x.title, '', x.created_by, NULL::numeric, ''`, `FROM tasks x WHERE x.merchant_id = $1 AND x.profile_id = (SELECT id FROM mine)`, ``},
	{relance.TimelineTaskDone, `x.id::text`, `x.done_at`, `x.id, NULL::uuid, x.title, '', x.done_by, NULL::numeric, ''`, `FROM tasks x WHERE x.merchant_id = $1 AND x.profile_id = (SELECT id FROM mine) AND x.done_at IS NOT NULL`, ``},
	{relance.TimelineMembershipBegun, `x.id::text`, `x.since`, memberRest, theirMembers, ``},
	{relance.TimelineMembershipEnded, `x.id::text`, `x.ended_at`, memberRest, theirMembers + ` AND x.ended_at IS NOT NULL`, ``},
	{relance.TimelineMembershipPaid, `x.id || ':' || y.due_on`, `y.paid_on::timestamp AT TIME ZONE 'UTC'`, `x.id, NULL::uuid, x.type, x.rate, y.paid_by, y.amount, y.currency`,
		strings.Replace(theirMembers, ` WHERE`, ` JOIN membership_payments y ON y.merchant_id = $1 AND y.membership_id = x.id AND y.paid_on IS NOT NULL WHERE`, 1), ``},
	{relance.TimelineMerged, `x.id::text`, `x.at`, mergeRest + `CASE WHEN x.kind = 'HAND' THEN x.actor ELSE '' END, NULL::numeric, ''`, theirMerges, ``},
	{relance.TimelineParted, `x.id::text`, `x.undone_at`, mergeRest + `coalesce(x.undone_by, ''), NULL::numeric, ''`, theirMerges + ` AND x.undone_at IS NOT NULL`, ``},
	{relance.TimelineImport, `x.id::text`, `x.finished_at`, `x.id, x.shop_id, x.file_name, '', x.actor, NULL::numeric, ''`,
		`FROM imports x WHERE x.merchant_id = $1 AND x.finished_at IS NOT NULL AND EXISTS (SELECT 1 FROM customers c JOIN import_records r ON r.merchant_id = $1 AND r.import_id = x.id AND r.kind = 'customers' AND r.external_id = c.external_id
			WHERE c.merchant_id = $1 AND c.source_id = x.source_id AND c.id IN ` + theirRecords + `)`, `x.shop_id`},
}

// Timeline reads a page of what happened to a person and about them, newest first.
func (s *Store) Timeline(ctx context.Context, m uuid.UUID, q relance.TimelineQuery) (*relance.TimelinePage, error) {
	sql, args, err := timelineSQL(m, q)
	if err != nil {
		return nil, err
	}
	page := &relance.TimelinePage{Events: []*relance.TimelineEvent{}}
	err = s.read(ctx, m, func(b *pgx.Batch) {
		b.Queue(sql, args...).Query(func(rows pgx.Rows) (err error) {
			page.Events, err = pgx.CollectRows(rows, pgx.RowToAddrOfStructByName[relance.TimelineEvent])
			return err
		})
	})
	if err != nil {
		return nil, fmt.Errorf("read timeline: %w", err)
	}
	if page.Info.HasNextPage = len(page.Events) > q.First; page.Info.HasNextPage {
		page.Events = page.Events[:q.First]
	}
	if n := len(page.Events); n > 0 {
		page.Info.End = encodeCursor("timeline", page.Events[n-1].At, page.Events[n-1].Key)
	}
	return page, nil
}

// timelineSQL is the query for a page: of each kind as many as a page has, then the newest of these.
func timelineSQL(m uuid.UUID, q relance.TimelineQuery) (sql string, args []any, err error) {
	a := &sqlArgs{list: []any{m, q.ProfileID}}
	before := ""
	if q.After != "" {
		var at time.Time
		var key string
		if err := decodeCursor(q.After, "timeline", &at, &key); err != nil {
			return "", nil, err
		}
		before = fmt.Sprintf(` AND %%[1]s <= %[1]s::timestamptz AND (%%[1]s < %[1]s::timestamptz OR %%[2]s COLLATE "C" < %[2]s)`, a.add(at), a.add(key))
	}
	scope := ""
	if q.ShopIDs != nil {
		scope = a.add(q.ShopIDs)
	}
	var parts []string
	for _, x := range timelineBranches {
		if len(q.Kinds) > 0 && !slices.Contains(q.Kinds, x.kind) {
			continue
		}
		where := ""
		if before != "" {
			where = fmt.Sprintf(before, x.at, `('`+string(x.kind)+`:' || `+x.id+`)`)
		}
		if scope != "" && x.shop != "" {
			where += ` AND ` + x.shop + ` = ANY(` + scope + `)`
		}
		parts = append(parts, fmt.Sprintf(`(SELECT '%[1]s' AS kind, ('%[1]s:' || %[2]s) COLLATE "C" AS key, %[3]s AS at, %[4]s %[5]s%[6]s ORDER BY %[3]s DESC, %[7]s DESC LIMIT %[8]d)`,
			x.kind, x.id, x.at, x.rest, x.from, where, x.order(), q.First+1))
	}
	if len(parts) == 0 {
		return "", nil, fmt.Errorf("there are no events of the kinds %v", q.Kinds)
	}
	return `WITH mine AS (SELECT coalesce(merged_into, id) AS id FROM profiles WHERE merchant_id = $1 AND id = $2),
		theirs AS MATERIALIZED (SELECT DISTINCT f.* FROM identities i` + theirMessages + ` WHERE i.merchant_id = $1 AND i.profile_id = (SELECT id FROM mine) AND f.customer_id = i.customer_id)
		SELECT t.key, t.kind, t.at, t.thing_id, t.shop_id, coalesce(t.title, '') AS title, coalesce(t.detail, '') AS detail, ` + actorName("t.actor") + ` AS actor, t.amount, coalesce(t.currency, '') AS currency
		FROM (` + strings.Join(parts, "\nUNION ALL ") + `) t(kind, key, at, thing_id, shop_id, title, detail, actor, amount, currency) ORDER BY t.at DESC, t.key DESC LIMIT ` + fmt.Sprint(q.First+1), a.list, nil
}

// order is by what events of the same moment are sorted: an index has ids, and their text sorts alike.
func (x *timelineBranch) order() string {
	if id, plain := strings.CutSuffix(x.id, "::text"); plain {
		return id
	}
	return `(` + x.id + `) COLLATE "C"`
}
