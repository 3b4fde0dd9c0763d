package store

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/relance/relance"
)

// dossierSection is a part of what is held about a person.
type dossierSection struct{ key, sql string }

// The person's messages; x is what hangs on each.
const ofMessages = ` FROM (SELECT DISTINCT f.id FROM identities i JOIN enrolment_members x ON x.merchant_id = $1 AND x.customer_id = i.customer_id
	JOIN follow_ups f ON f.merchant_id = $1 AND f.enrolment_id = x.enrolment_id AND f.customer_id = i.customer_id WHERE i.merchant_id = $1 AND i.profile_id = $2) q JOIN follow_ups f ON f.merchant_id = $1 AND f.id = q.id`

const ofRecords = ` FROM identities i JOIN customers c ON c.merchant_id = $1 AND c.id = i.customer_id JOIN sources s ON s.merchant_id = $1 AND s.id = c.source_id LEFT JOIN shops h ON h.merchant_id = $1 AND h.id = s.id`

const aboutThem = ` i.merchant_id = $1 AND i.profile_id = $2`

const sourceName = `coalesce(nullif(h.name, ''), nullif(s.name, ''), s.kind) AS source`

// dossier lists everything that is held about a person, in the order in which it is shown. Each query gives
// rows as JSON.
var dossier = []dossierSection{ //nolint:gochecknoglobals // a table
	{"person", `SELECT p.title, p.first_name, p.last_name, p.company, p.language, p.birthday, p.created_at, p.order_count, p.last_order_at, g.name AS group FROM profiles p
		LEFT JOIN groups g ON g.merchant_id = $1 AND g.id = p.group_id WHERE p.merchant_id = $1 AND p.id = $2`},
	{"records", `SELECT ` + sourceName + `, c.external_id, c.kind, c.active, c.title, c.first_name, c.last_name, c.company, c.email, c.phone, c.language, c.birthday, c.customer_number, c.group_name, c.tags, c.note,
		c.business, c.typed, c.created_at, c.source_updated_at, c.deleted_at, i.matched_by` + ofRecords + ` WHERE` + aboutThem + ` ORDER BY c.id`},
	{"addresses", `SELECT ` + sourceName + `, a.kind, a.first_name, a.last_name, a.company, a.line1, a.line2, a.postal_code, a.city, a.region, a.country_code, a.phone, a.vat_number` + ofRecords + `
		JOIN addresses a ON a.merchant_id = $1 AND a.customer_id = c.id WHERE` + aboutThem + ` ORDER BY c.id, a.position`},
	{"contacts", `SELECT k.kind, k.value FROM identities i JOIN contacts k ON k.merchant_id = $1 AND k.customer_id = i.customer_id WHERE` + aboutThem + ` ORDER BY k.kind, k.position`},
	{"consents", `SELECT ` + sourceName + `, x.channel, x.preference, x.state, x.since, x.source AS stated_by, x.proof, x.controller AS given_to, x.wording_version, x.recorded_at` + ofRecords + `
		JOIN consents x ON x.merchant_id = $1 AND x.customer_id = c.id WHERE` + aboutThem + ` ORDER BY x.recorded_at, x.id`},
	{"confirmations", `SELECT x.controller AS given_to, x.preference, x.wording, x.wording_version, x.language, x.address AS email, x.since, x.how, x.proof, x.state, x.requested_at, x.sent_at, x.confirmed_at, x.expires_at FROM identities i
		JOIN opt_ins x ON x.merchant_id = $1 AND x.customer_id = i.customer_id WHERE` + aboutThem + ` ORDER BY x.requested_at, x.id`},
	{"objections", `SELECT 'EMAIL' AS channel, x.reason, x.address AS email, x.at, x.lifted_at FROM stopped_addresses x WHERE x.merchant_id = $1 AND x.address IN (SELECT lower(c.email)` + ofRecords + ` WHERE` + aboutThem + `)
		UNION ALL SELECT 'LETTER', x.reason, '', x.at, x.lifted_at FROM identities i JOIN letter_stops x ON x.merchant_id = $1 AND x.customer_id = i.customer_id WHERE` + aboutThem + ` ORDER BY 4`},
	{"orders", `SELECT ` + sourceName + `, o.number, o.external_id, o.placed_at, o.state, o.shop_state, o.paid, o.currency, o.total, o.returned, o.net, o.payment, o.fulfilment, o.email, o.note, o.tags, o.discount_codes, o.billing, o.delivery,
			(SELECT jsonb_agg(jsonb_build_object('title', l.title, 'sku', l.sku, 'quantity', l.quantity, 'returned_quantity', l.returned_quantity, 'unit_price', l.unit_price, 'total', l.total, 'options', l.options) ORDER BY l.position)
				FROM order_lines l WHERE l.merchant_id = $1 AND l.order_id = o.id) AS lines,
			(SELECT jsonb_agg(jsonb_build_object('at', r.at, 'amount', r.amount, 'note', r.note) ORDER BY r.at) FROM refunds r WHERE r.merchant_id = $1 AND r.order_id = o.id) AS refunds, o.returns
		FROM orders o JOIN sources s ON s.merchant_id = $1 AND s.id = o.source_id LEFT JOIN shops h ON h.merchant_id = $1 AND h.id = o.source_id WHERE o.merchant_id = $1 AND o.profile_id = $2 ORDER BY o.placed_at, o.id`},
	{"carts", `SELECT ` + sourceName + `, o.external_id, o.started_at, o.active_at, o.completed_at, o.currency, o.value, o.gift,
			(SELECT jsonb_agg(jsonb_build_object('title', l.title, 'sku', l.sku, 'quantity', l.quantity, 'unit_price', l.unit_price, 'total', l.total) ORDER BY l.position) FROM cart_lines l WHERE l.merchant_id = $1 AND l.cart_id = o.id) AS lines
		FROM carts o JOIN sources s ON s.merchant_id = $1 AND s.id = o.source_id LEFT JOIN shops h ON h.merchant_id = $1 AND h.id = o.source_id WHERE o.merchant_id = $1 AND o.profile_id = $2 ORDER BY o.active_at, o.id`},
	{"conversations", `SELECT ` + sourceName + `, x.at, x.from_customer, x.private, x.body` + ofRecords + ` JOIN messages x ON x.merchant_id = $1 AND x.customer_id = c.id WHERE` + aboutThem + ` ORDER BY x.at`},
	{"campaigns", `SELECT DISTINCT ON (e.entered_at, e.id) c.name AS campaign, e.event_at, e.entered_at, e.holdout, e.ended_at, e.end_reason FROM identities i JOIN enrolment_members x ON x.merchant_id = $1 AND x.customer_id = i.customer_id
		JOIN enrolments e ON e.merchant_id = $1 AND e.id = x.enrolment_id JOIN campaigns c ON c.merchant_id = $1 AND c.id = e.campaign_id WHERE` + aboutThem + ` ORDER BY e.entered_at, e.id`},
	{"messages", `SELECT c.name AS campaign, f.channel, f.state, f.reason, f.basis, f.due_at, f.sent_at, f.variant, e.recipient, e.subject, e.body_text` + ofMessages + `
		JOIN campaigns c ON c.merchant_id = $1 AND c.id = f.campaign_id LEFT JOIN emails e ON e.merchant_id = $1 AND e.follow_up_id = f.id ORDER BY f.id`},
	{"letters", `SELECT l.made_at, l.ordered_at, l.posted_at, l.state, p.name AS printer, l.recipient, l.country, l.code, l.pages, l.scans, l.scanned_at,
			(SELECT jsonb_agg(jsonb_build_object('at', x.at, 'by_a_person', x.human) ORDER BY x.at) FROM letter_scans x WHERE x.merchant_id = $1 AND x.follow_up_id = l.follow_up_id) AS scanned
		` + ofMessages + ` JOIN letters l ON l.merchant_id = $1 AND l.follow_up_id = f.id JOIN printers p ON p.merchant_id = $1 AND p.id = l.printer_id ORDER BY l.made_at`},
	{"vouchers", `SELECT v.code, v.kind, v.value, v.minimum, v.currency, v.valid_from, v.valid_until, v.state, v.redeemed_at` + ofMessages + ` JOIN vouchers v ON v.merchant_id = $1 AND v.follow_up_id = f.id ORDER BY v.valid_from`},
	{"decisions", `SELECT c.name AS campaign, v.verdict, v.reason, v.at, v.until FROM verdicts v JOIN campaigns c ON c.merchant_id = $1 AND c.id = v.campaign_id WHERE v.merchant_id = $1 AND v.profile_id = $2 ORDER BY v.at`},
	{"labels", `SELECT l.name AS label, x.at FROM profile_labels x JOIN labels l ON l.merchant_id = $1 AND l.id = x.label_id WHERE x.merchant_id = $1 AND x.profile_id = $2 ORDER BY x.at`},
	{"notes", `SELECT x.at, ` + actorName("x.author") + ` AS author, x.body FROM notes x WHERE x.merchant_id = $1 AND x.profile_id = $2 ORDER BY x.at`},
	{"tasks", `SELECT x.title, x.due_on, x.created_at, x.done_at FROM tasks x WHERE x.merchant_id = $1 AND x.profile_id = $2 ORDER BY x.created_at`},
	{"memberships", `SELECT x.type, x.rate, x.status, x.since, x.ends_on, x.ended_at, x.price, x.currency, x.period, (SELECT jsonb_agg(jsonb_build_object('due_on', y.due_on, 'amount', y.amount, 'paid_on', y.paid_on) ORDER BY y.due_on)
		FROM membership_payments y WHERE y.merchant_id = $1 AND y.membership_id = x.id) AS payments FROM memberships x WHERE x.merchant_id = $1 AND x.profile_id = $2 ORDER BY x.since`},
	{"figures", `SELECT x.currency, x.order_count, x.spent, x.returned, x.last_order_at FROM profile_stats x WHERE x.merchant_id = $1 AND x.profile_id = $2 ORDER BY x.currency`},
	{"habits", `SELECT x.what, x.value, x.quantity FROM profile_habits x WHERE x.merchant_id = $1 AND x.profile_id = $2 AND x.quantity > 0 ORDER BY x.what, x.quantity DESC, x.value`},
	{"changes", `SELECT x.at, ` + actorName("x.actor") + ` AS author, x.kind, x.values, x.undone_at FROM profile_changes x WHERE x.merchant_id = $1 AND x.profile_id = $2 ORDER BY x.at`},
	{"merges", `SELECT x.at, x.kind, x.matched_by, x.undone_at FROM merges x WHERE x.merchant_id = $1 AND (x.into_profile_id = $2 OR x.from_profile_ids @> ARRAY[$2::uuid]) ORDER BY x.at`},
	{"imports", `SELECT m.file_name, m.created_at, r.record` + ofRecords + ` JOIN imports m ON m.merchant_id = $1 AND m.source_id = c.source_id
		JOIN import_records r ON r.merchant_id = $1 AND r.import_id = m.id AND r.kind = 'customers' AND r.external_id = c.external_id WHERE` + aboutThem + ` ORDER BY m.created_at`},
	{"requests", `SELECT x.kind, x.channel, x.state, x.received_on, x.due_on, x.requester, x.note, x.closed_at FROM privacy_requests x JOIN profiles p ON p.merchant_id = $1 AND p.id = x.profile_id
		WHERE x.merchant_id = $1 AND coalesce(p.merged_into, p.id) = $2 ORDER BY x.received_on`},
	{"recipients", `SELECT 'SHOP' AS kind, h.name, h.url AS address, count(*) AS given` + ofRecords + ` WHERE` + aboutThem + ` AND h.id IS NOT NULL GROUP BY h.id, h.name, h.url
		UNION ALL SELECT 'MAIL_RELAY', '', '', count(*)` + ofMessages + ` JOIN emails e ON e.merchant_id = $1 AND e.follow_up_id = f.id HAVING count(*) > 0
		UNION ALL SELECT 'PRINTER', p.name, p.kind, count(*)` + ofMessages + ` JOIN letters l ON l.merchant_id = $1 AND l.follow_up_id = f.id AND l.ordered_at IS NOT NULL JOIN printers p ON p.merchant_id = $1 AND p.id = l.printer_id GROUP BY p.name, p.kind`},
}

// Dossier reads everything that is held about a person, as of one moment.
func (s *Store) Dossier(ctx context.Context, m, profile uuid.UUID) (out []relance.DossierSection, err error) {
	err = s.inTx(ctx, m, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY`); err != nil {
			return err
		}
		current, err := (&deriver{tx: tx, merchant: m}).current(ctx, profile)
		if err != nil {
			return err
		}
		for _, d := range dossier {
			var rows []json.RawMessage
			if err := tx.QueryRow(ctx, `SELECT coalesce(json_agg(row_to_json(x)), '[]') FROM (`+d.sql+`) x`, m, current).Scan(&rows); err != nil {
				return fmt.Errorf("read %s of a person: %w", d.key, err)
			}
			out = append(out, relance.DossierSection{Key: d.key, Rows: rows})
		}
		return nil
	})
	return out, err
}
