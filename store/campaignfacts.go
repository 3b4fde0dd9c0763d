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
	"github.com/relance/relance/identity"
)

// people are the facts being gathered, by profile.
type people map[uuid.UUID]*relance.Facts

// readFacts reads what is known of the profiles for decisions, in one round trip and in their
// order; ids that are no profiles, or were merged away, are left out. What few decisions need is read
// where they do.
func readFacts(ctx context.Context, tx pgx.Tx, m uuid.UUID, ids []uuid.UUID, needs factNeeds) ([]*relance.Facts, error) {
	found := people{}
	shared := &relance.FactMerchant{Shops: map[uuid.UUID]relance.FactShop{}}
	b := &pgx.Batch{}
	queueFactMerchant(b, m, shared)
	each(b, factPeople, m, ids, func(r factPerson) {
		p := r.Facts
		p.Merchant = shared
		found[r.ProfileID] = &p
	})
	var taken []factTaken
	records := factRecords
	if needs.letters {
		records = factRecordsForLetters
		owned(b, found, factNoLetters, m, ids, func(p *relance.Facts, r factNoLetter) { p.NoLetters = append(p.NoLetters, r.FactNoLetters) })
	}
	if needs.lines {
		owned(b, found, factLines, m, ids, func(p *relance.Facts, r factLine) { p.Lines = append(p.Lines, r.FactLine) })
	}
	owned(b, found, records, m, ids, func(p *relance.Facts, r factRecord) {
		r.Masked = r.Email != "" && identity.Email(r.Email) == ""
		p.Records = append(p.Records, r.FactRecord)
		for _, why := range r.StoppedFor {
			p.Stopped = append(p.Stopped, relance.FactStopped{CustomerID: r.CustomerID, Email: r.StoppedAt, Reason: why})
		}
	})
	if needs.letters {
		owned(b, found, takenAddresses, m, ids, func(_ *relance.Facts, r factTaken) { taken = append(taken, r) })
	}
	if needs.terms {
		owned(b, found, factTerms, m, ids, func(p *relance.Facts, r factTerm) { p.Business, p.PaymentDays = r.Business, r.Days })
	}
	if needs.countries {
		owned(b, found, factCountries, m, ids, func(p *relance.Facts, r factCountry) { r.tell(p) })
	}
	owned(b, found, factConsents, m, ids, func(p *relance.Facts, r factConsent) { p.Consents = append(p.Consents, r.FactConsent) })
	owned(b, found, factOrders, m, ids, func(p *relance.Facts, r factOrder) { p.Orders = append(p.Orders, r.FactOrder) })
	owned(b, found, factCarts, m, ids, func(p *relance.Facts, r factCart) { p.Carts = append(p.Carts, r.FactCart) })
	owned(b, found, factEnrolments, m, ids, func(p *relance.Facts, r factEnrolment) { p.Enrolments = append(p.Enrolments, r.Enrolment) })
	owned(b, found, factMessages, m, ids, func(p *relance.Facts, r factMessage) { p.Messages = append(p.Messages, r.FactMessage) })
	owned(b, found, factHousehold, m, ids, func(p *relance.Facts, r factMessage) { p.Household = append(p.Household, r.FactMessage) })
	owned(b, found, factUnanswered, m, ids, func(p *relance.Facts, r factThread) { p.Unanswered = &r.At })
	owned(b, found, factObjections, m, ids, func(p *relance.Facts, r factStop) { p.Stopped = append(p.Stopped, r.FactStopped) })
	if err := tx.SendBatch(ctx, b).Close(); err != nil {
		return nil, fmt.Errorf("read facts: %w", err)
	}
	for _, p := range found {
		writeToTyped(p)
	}
	for i := range taken { // afterwards, as the post may have moved just the typed address
		moveTo(found[taken[i].ProfileID], &taken[i].TakenAddress)
	}
	var out []*relance.Facts
	for _, id := range ids {
		if p := found[id]; p != nil {
			out = append(out, p)
		}
	}
	return out, nil
}

// factOwner is the first column of every row: whose it is.
type factOwner struct{ ProfileID uuid.UUID }

func (o factOwner) owner() uuid.UUID { return o.ProfileID }

type factPerson struct{ relance.Facts }

func (p factPerson) owner() uuid.UUID { return p.ProfileID }

type factRecord struct {
	factOwner
	relance.FactRecord
	StoppedAt  string // the address of the record, if it takes no more e-mail
	StoppedFor []relance.StopReason
}

type factLine struct {
	factOwner
	relance.FactLine
}

type factCountry struct {
	factOwner
	CustomerID uuid.UUID
	Countries  []string
}

type factTerm struct {
	factOwner
	Business bool
	Days     int
}

// tell gives the countries to the record they are of.
func (c factCountry) tell(p *relance.Facts) {
	for i := range p.Records {
		if p.Records[i].CustomerID == c.CustomerID {
			p.Records[i].Countries = c.Countries
		}
	}
}

// factNeeds says what is read besides what every decision needs.
type factNeeds struct{ letters, lines, countries, terms bool }

// needsOf tells what the campaigns need: letters, where some may come of them, and what their audiences
// ask for, by the plans that people are under way on too.
func needsOf(campaigns ...relance.Campaign) (n factNeeds) {
	for i := range campaigns {
		c := &campaigns[i]
		n.letters = n.letters || writesLetters(*c)
		n.ask(c.Plan.Audience)
		for _, p := range c.Older {
			n.ask(p.Audience)
		}
	}
	return n
}

// also needs what another needs.
func (n *factNeeds) also(o factNeeds) {
	n.letters, n.lines, n.countries, n.terms = n.letters || o.letters, n.lines || o.lines, n.countries || o.countries, n.terms || o.terms
}

func (n *factNeeds) ask(f *relance.Filter) {
	if f == nil {
		return
	}
	n.lines = n.lines || f.Any(func(f *relance.Filter) bool { return len(f.BoughtCategories)+len(f.BoughtProducts) > 0 })
	n.terms = n.terms || f.Any(func(f *relance.Filter) bool { return f.PaymentOverdue != nil })
	n.countries = n.countries || f.Any(func(f *relance.Filter) bool { return len(f.Countries) > 0 })
}

type factConsent struct {
	factOwner
	relance.FactConsent
}

type factOrder struct {
	factOwner
	relance.FactOrder
}

type factCart struct {
	factOwner
	relance.FactCart
}

type factEnrolment struct {
	factOwner
	relance.Enrolment
}

type factMessage struct {
	factOwner
	relance.FactMessage
}

type factThread struct {
	factOwner
	At time.Time
}

type factNoLetter struct {
	factOwner
	relance.FactNoLetters
}

type factTaken struct {
	factOwner
	relance.TakenAddress
}

type factStop struct {
	factOwner
	relance.FactStopped
}

// owned queues a query about the profiles and hands each row to its owner. Vacant profiles, which are not
// among those that were found, may have rows.
func owned[T interface{ owner() uuid.UUID }](b *pgx.Batch, found people, sql string, m uuid.UUID, ids []uuid.UUID, add func(*relance.Facts, T)) {
	each(b, sql, m, ids, func(x T) {
		if p := found[x.owner()]; p != nil {
			add(p, x)
		}
	})
}

func each[T any](b *pgx.Batch, sql string, m uuid.UUID, ids []uuid.UUID, add func(T)) {
	b.Queue(sql, m, ids).Query(func(rows pgx.Rows) error {
		list, err := pgx.CollectRows(rows, pgx.RowToStructByNameLax[T])
		for _, x := range list {
			add(x)
		}
		return err
	})
}

const factPeople = `SELECT p.id AS profile_id, p.first_name, p.last_name, p.title, p.language, p.birthday, p.created_at,
		coalesce((SELECT array_agg(l.name ORDER BY l.name) FROM profile_labels x JOIN labels l ON l.merchant_id = $1 AND l.id = x.label_id WHERE x.merchant_id = $1 AND x.profile_id = p.id), '{}') AS labels,
		EXISTS (SELECT 1 FROM memberships x WHERE x.merchant_id = $1 AND x.profile_id = p.id AND x.status = 'ACTIVE') AS member,
		p.group_id, p.group_since,
		EXISTS (SELECT 1 FROM privacy_requests r JOIN profiles q ON q.merchant_id = $1 AND q.id = r.profile_id WHERE r.merchant_id = $1 AND r.state NOT IN ('DONE', 'REFUSED') AND (r.restricted OR r.state = 'ERASING')
				AND coalesce(q.merged_into, q.id) = p.id)
			OR EXISTS (SELECT 1 FROM erasures e JOIN profiles q ON q.merchant_id = $1 AND q.id = e.profile_id WHERE e.merchant_id = $1 AND e.finished_at IS NULL AND coalesce(q.merged_into, q.id) = p.id) AS restricted,
		(SELECT jsonb_agg(jsonb_build_object('ID', x.id, 'EndsOn', x.ends_on::timestamp AT TIME ZONE 'UTC') ORDER BY x.ends_on, x.id) FROM memberships x
			WHERE x.merchant_id = $1 AND x.profile_id = p.id AND x.status <> 'ENDED' AND x.ends_on IS NOT NULL) AS ending
	FROM profiles p WHERE p.merchant_id = $1 AND p.id = ANY($2) AND p.merged_into IS NULL`

const factLines = `SELECT o.profile_id, o.id AS order_id, l.category, l.title, l.quantity - l.returned_quantity AS kept
	FROM unnest($2::uuid[]) p(id) CROSS JOIN LATERAL (SELECT o.id, o.profile_id FROM orders o WHERE o.merchant_id = $1 AND o.profile_id = p.id AND o.deleted_at IS NULL OFFSET 0) o CROSS JOIN LATERAL (SELECT l.category, l.title, l.quantity, l.returned_quantity FROM order_lines l WHERE l.merchant_id = $1 AND l.order_id = o.id OFFSET 0) l`

const factTerms = `SELECT u.profile_id, EXISTS (SELECT 1 ` + businessRecords + ` AND ` + isBusiness + `) AS business, coalesce(` + paymentDays + `, 0) AS days FROM unnest($2::uuid[]) u(profile_id)`

const factCountries = `SELECT i.profile_id, i.customer_id, x.countries FROM identities i
	CROSS JOIN LATERAL (SELECT array_agg(DISTINCT x.country_code) AS countries FROM addresses x WHERE x.merchant_id = $1 AND x.customer_id = i.customer_id AND x.country_code <> '' OFFSET 0) x
	WHERE i.merchant_id = $1 AND i.profile_id = ANY($2) AND x.countries IS NOT NULL`

const factRecords = recordFacts + recordJoins + ofTheProfiles

// Where letters go: the billing address in the person's own name, else another of their own.
const factRecordsForLetters = recordFacts + `, p.address, coalesce(p.robinson, false) AS robinson` + recordJoins + `
	LEFT JOIN LATERAL (SELECT jsonb_build_object('FirstName', coalesce(nullif(a.first_name, ''), c.first_name), 'LastName', coalesce(nullif(a.last_name, ''), c.last_name), 'Company', a.company, 'Line1', a.line1, 'Line2', a.line2,
			'PostalCode', a.postal_code, 'City', a.city, 'Region', a.region, 'CountryCode', a.country_code) AS address,
			CASE WHEN (SELECT EXISTS (SELECT 1 FROM robinson r WHERE r.merchant_id = $1)) THEN EXISTS (SELECT 1 FROM robinson r WHERE r.merchant_id = $1 AND r.key = robinson_key(coalesce(nullif(a.first_name, ''), c.first_name), coalesce(nullif(a.last_name, ''), c.last_name), a.line1, a.postal_code, a.country_code)) END AS robinson
		FROM addresses a WHERE a.merchant_id = $1 AND a.customer_id = c.id AND a.line1 <> '' AND (a.last_name = '' OR ` + ownName + `) ORDER BY a.kind <> 'BILLING', a.kind = 'DELIVERY', a.position LIMIT 1) p ON true` + ofTheProfiles

const recordFacts = `SELECT i.profile_id, c.id AS customer_id, c.source_id, c.shop_id, c.external_id, c.kind, c.active, c.deleted_at IS NOT NULL AS deleted, c.email, c.language, c.created_at,
		coalesce(a.country_code, '') AS country, coalesce(c.business->>'siret', '') <> '' OR coalesce(c.business->>'vat_number', '') <> '' AS business,
		coalesce(s.address, '') AS stopped_at, s.reasons AS stopped_for`

const recordJoins = `
	FROM identities i CROSS JOIN LATERAL (SELECT c.id, c.source_id, c.shop_id, c.external_id, c.kind, c.active, c.deleted_at, c.email, lower(c.email) AS lower_email, c.language, c.created_at, c.business, c.first_name, c.last_name
		FROM customers c WHERE c.merchant_id = $1 AND c.id = i.customer_id OFFSET 0) c
	LEFT JOIN LATERAL (SELECT x.country_code FROM addresses x WHERE x.merchant_id = $1 AND x.customer_id = c.id AND x.country_code <> ''
		ORDER BY x.kind <> 'BILLING', x.position LIMIT 1) a ON true
	LEFT JOIN LATERAL (SELECT s.address, array_agg(s.reason) AS reasons FROM stopped_addresses s WHERE s.merchant_id = $1 AND s.address = c.lower_email AND s.lifted_at IS NULL GROUP BY s.address OFFSET 0) s ON true`

const ofTheProfiles = `
	WHERE i.merchant_id = $1 AND i.profile_id = ANY($2) ORDER BY c.id`

const factConsents = `SELECT DISTINCT ON (c.customer_id, c.channel, c.preference, c.controller) i.profile_id, c.customer_id, c.channel, c.preference, c.state, c.since, c.controller,
		coalesce((SELECT lower(o.address) FROM opt_ins o WHERE o.merchant_id = $1 AND o.id = c.opt_in_id AND o.state = 'CONFIRMED'), '') AS address
	FROM identities i CROSS JOIN LATERAL (SELECT c.* FROM consents c WHERE c.merchant_id = $1 AND c.customer_id = i.customer_id OFFSET 0) c WHERE i.merchant_id = $1 AND i.profile_id = ANY($2)` + latestFirst

const factOrders = `SELECT o.profile_id, o.id, o.source_id, o.customer_external_id AS customer_id, o.state, o.counted, o.test, o.paid, o.not_validated, o.placed_at, o.currency, o.language, o.net,
		EXISTS (SELECT 1 FROM jsonb_array_elements(o.returns) r WHERE r->>'state' IN ('REQUESTED', 'OPEN')) AS return_open
	FROM unnest($2::uuid[]) p(id) CROSS JOIN LATERAL (SELECT o.* FROM orders o WHERE o.merchant_id = $1 AND o.profile_id = p.id AND o.deleted_at IS NULL OFFSET 0) o ORDER BY o.placed_at, o.id`

const factCarts = `SELECT c.profile_id, c.id, c.source_id, c.customer_external_id AS customer_id, c.currency, c.language, c.value, c.value_known, c.started_at, c.active_at, c.ordered, c.order_id, c.was_abandoned,
		coalesce(l.items, 0)::int AS items, coalesce(l.sold_out, false) AS sold_out
	FROM unnest($2::uuid[]) p(id) CROSS JOIN LATERAL (SELECT c.* FROM carts c WHERE c.merchant_id = $1 AND c.profile_id = p.id AND c.deleted_at IS NULL OFFSET 0) c
	LEFT JOIN LATERAL (SELECT sum(l.quantity) AS items, bool_and(` + lineSoldOut + `) AS sold_out FROM cart_lines l` + lineProduct + `
		WHERE l.merchant_id = $1 AND l.cart_id = c.id AND NOT c.ordered) l ON true ORDER BY c.active_at, c.id`

// Ways through campaigns and messages are found by the person's records, which merging and
// unmerging leave as they are.
const factEnrolments = `SELECT DISTINCT ON (i.profile_id, e.id) i.profile_id, e.id, e.campaign_id, e.instance_key, e.version, e.shop_id, e.event_at, e.entered_at, e.holdout, e.ended_at,
		i.profile_id IS DISTINCT FROM coalesce(
			CASE WHEN e.instance_key LIKE 'cart:%' THEN (SELECT c.profile_id FROM ` + instanceID + ` JOIN LATERAL (SELECT c.profile_id FROM carts c WHERE c.merchant_id = $1 AND c.id = k.id OFFSET 0) c ON true)
				WHEN e.instance_key LIKE 'order:%' THEN (SELECT o.profile_id FROM ` + instanceID + ` JOIN LATERAL (SELECT o.profile_id FROM orders o WHERE o.merchant_id = $1 AND o.id = k.id OFFSET 0) o ON true) END,
			(SELECT coalesce(p.merged_into, p.id) FROM profiles p WHERE p.merchant_id = $1 AND p.id = e.profile_id)) AS elsewhere,
		coalesce((SELECT jsonb_agg(jsonb_build_object('ID', f.id, 'StepKey', f.step_key, 'State', f.state, 'DueAt', f.due_at, 'SentAt', coalesce(f.arrives_at, f.sent_at), 'Variant', f.variant, 'Channel', f.channel) ORDER BY f.id)
			FROM follow_ups f WHERE f.merchant_id = $1 AND f.enrolment_id = e.id), '[]')
		|| coalesce((SELECT jsonb_agg(jsonb_build_object('StepKey', x.step_key, 'State', 'SENT', 'DueAt', x.at, 'SentAt', x.at)) FROM step_actions x WHERE x.merchant_id = $1 AND x.enrolment_id = e.id), '[]') AS follow_ups
	FROM identities i` + theirWays + `
	CROSS JOIN LATERAL (SELECT e.* FROM enrolments e WHERE e.merchant_id = $1 AND e.id = x.enrolment_id OFFSET 0) e
	WHERE i.merchant_id = $1 AND i.profile_id = ANY($2)`

// instanceID is the cart or order that a way through a campaign is about, told apart before it is looked
// up by: see voucherOf.
const instanceID = `(SELECT split_part(e.instance_key, ':', 2)::uuid AS id OFFSET 0) k`

// What follows goes from a person to their records, ways and messages, one by one: OFFSET 0 keeps
// the planner from another order. Without knowledge of a table that was just filled it begins
// with all messages of the merchant.

const theirWays = `
	CROSS JOIN LATERAL (SELECT x.enrolment_id FROM enrolment_members x WHERE x.merchant_id = $1 AND x.customer_id = i.customer_id OFFSET 0) x`

const theirMessages = theirWays + `
	CROSS JOIN LATERAL (SELECT f.* FROM follow_ups f WHERE f.merchant_id = $1 AND f.enrolment_id = x.enrolment_id OFFSET 0) f`

// A message that has not gone out counts from when it was decided: when it came due may be long
// ago, and then nothing would hold the next one back.
const factMessages = `SELECT * FROM (SELECT DISTINCT ON (i.profile_id, f.id) i.profile_id, ` + messageFacts + `
	, CASE WHEN f.state = 'SENT' THEN f.sent_at END AS sent_at
	, CASE WHEN f.channel = 'LETTER' THEN (SELECT l.scanned_at FROM letters l WHERE l.merchant_id = $1 AND l.follow_up_id = f.id) END AS scanned_at
	FROM identities i` + theirMessages + messageVoucher + `
	WHERE i.merchant_id = $1 AND i.profile_id = ANY($2) AND f.state IN ('HELD', 'DUE', 'SENDING', 'SENT', 'UNCERTAIN')) q ORDER BY at`

const messageFacts = `f.id, f.shop_id, f.created_at AS decided_at, f.enrolment_id, f.step_key, f.campaign_id, f.channel, coalesce(f.arrives_at, f.sent_at, greatest(f.due_at, f.created_at)) AS at, f.cart_id,
		CASE WHEN v.state IN ('PLANNED', 'ISSUED') AND f.by_hand NOT IN ('GOODWILL', 'GOODWILL_MAIL') THEN v.valid_until END AS voucher_until, ` + voucherOf + ` AS follow_up_id,
		coalesce(v.kind, '') AS voucher_kind, coalesce(v.value, 0) AS voucher_value, coalesce(v.minimum, 0) AS voucher_minimum, coalesce(v.currency, '') AS voucher_currency`

const messageVoucher = `
	LEFT JOIN LATERAL (SELECT v.* FROM vouchers v WHERE v.merchant_id = $1 AND v.follow_up_id = ` + voucherOf + ` OFFSET 0) v ON true`

// voucherOf is the message f whose voucher f shows: its own, or an earlier step's. Behind row-level
// security nothing is looked up by what a function gives that could tell its arguments, and coalesce
// counts as one: it read every voucher of the merchant.
const voucherOf = `CASE WHEN f.voucher_from IS NULL THEN f.id ELSE f.voucher_from END`

// A person's household is told by the addresses in their own name, not by those that they sent
// gifts to. What is only due does not count: two people of a household would wait for each other.
const factHousehold = `SELECT * FROM (SELECT DISTINCT ON (h.profile_id, f.id) h.profile_id, ` + messageFacts + `
	FROM (SELECT i.profile_id, i.customer_id, a.household FROM identities i` + ownAddress + `
		WHERE i.merchant_id = $1 AND i.profile_id = ANY($2) OFFSET 0) h
	CROSS JOIN LATERAL (SELECT a.customer_id, a.last_name FROM addresses a WHERE a.merchant_id = $1 AND md5(a.household) = md5(h.household) AND a.household = h.household AND a.customer_id <> h.customer_id OFFSET 0) a
	CROSS JOIN LATERAL (SELECT i.customer_id FROM identities i WHERE i.merchant_id = $1 AND i.customer_id = a.customer_id AND i.profile_id <> h.profile_id OFFSET 0) i
	JOIN LATERAL (SELECT c.last_name FROM customers c WHERE c.merchant_id = $1 AND c.id = i.customer_id OFFSET 0) c ON ` + ownName + theirMessages + messageVoucher + `
	WHERE f.state IN ('SENDING', 'SENT', 'UNCERTAIN')) q ORDER BY at`

const ownAddress = `
	CROSS JOIN LATERAL (SELECT c.id, c.last_name FROM customers c WHERE c.merchant_id = $1 AND c.id = i.customer_id OFFSET 0) c
	JOIN LATERAL (SELECT a.household, a.last_name FROM addresses a WHERE a.merchant_id = $1 AND a.customer_id = c.id AND a.household IS NOT NULL OFFSET 0) a ON ` + ownName

// Nearly always both are written alike, and nothing needs to be folded.
const ownName = `(lower(a.last_name) = lower(c.last_name) OR household_words(a.last_name) = household_words(c.last_name))`

// A note that came with an order waits for no answer.
const factUnanswered = `SELECT q.profile_id, max(q.at) AS at FROM (SELECT DISTINCT ON (i.profile_id, x.customer_id, x.thread_id) i.profile_id, x.at, x.from_customer, o.placed_at
		FROM identities i JOIN messages x ON x.merchant_id = $1 AND x.customer_id = i.customer_id AND NOT x.private JOIN customers c ON c.merchant_id = $1 AND c.id = i.customer_id
		LEFT JOIN orders o ON o.merchant_id = $1 AND o.source_id = c.source_id AND o.external_id = x.order_id AND x.order_id <> ''
		WHERE i.merchant_id = $1 AND i.profile_id = ANY($2) ORDER BY i.profile_id, x.customer_id, x.thread_id, x.at DESC) q
	WHERE q.from_customer AND (q.placed_at IS NULL OR q.at > q.placed_at + interval '1 hour') GROUP BY q.profile_id`

const factNoLetters = `SELECT i.profile_id, s.customer_id, s.reason, s.address_key FROM identities i JOIN letter_stops s ON s.merchant_id = $1 AND s.customer_id = i.customer_id AND s.lifted_at IS NULL
	WHERE i.merchant_id = $1 AND i.profile_id = ANY($2)`

// An objection stays with whoever made it, whatever address the shop has of them by now.
const factObjections = `SELECT DISTINCT i.profile_id, i.customer_id, s.address AS email, s.reason FROM identities i` + theirMessages + `
	CROSS JOIN LATERAL (SELECT lower(e.recipient) AS email FROM emails e WHERE e.merchant_id = $1 AND e.follow_up_id = f.id OFFSET 0) e
	CROSS JOIN LATERAL (SELECT s.address, s.reason FROM stopped_addresses s WHERE s.merchant_id = $1 AND s.address = e.email AND s.reason = 'OBJECTION' AND s.lifted_at IS NULL OFFSET 0) s
	WHERE i.merchant_id = $1 AND i.profile_id = ANY($2) AND f.customer_id = i.customer_id`

func queueFactMerchant(b *pgx.Batch, m uuid.UUID, out *relance.FactMerchant) {
	queueRules(b, m, out)
	type shopRow struct {
		relance.FactShop
		TimeZone string
		Missing  []relance.MissingRight
	}
	b.Queue(`SELECT h.id, h.currency, h.time_zone, h.missing_rights AS missing, coalesce(t.country, '') AS country, coalesce(t.language, '') AS language,
			coalesce(t.legal_entity, '') AS controller, coalesce(t.sender_email, '') AS sender_email, t.notice_since, coalesce(t.free_shipping_from, h.free_shipping_from) AS free_shipping_from,
			coalesce(t.legal_entity <> '' AND t.privacy_url <> '' AND t.letter_address <> '{}' AND t.letter_layout <> '', false) AS letterhead,
			coalesce(p.posts_from, '') AS posts_from, p.price AS letter_price, coalesce(p.currency, '') AS letter_currency
		FROM shops h LEFT JOIN shop_settings t ON t.merchant_id = h.merchant_id AND t.shop_id = h.id
		LEFT JOIN printers p ON p.merchant_id = $1 AND p.id = t.printer_id AND p.removed_at IS NULL AND (p.kind = 'HAND' OR p.contract_on IS NOT NULL) WHERE h.merchant_id = $1 AND h.state <> 'DISCONNECTED'`, m).Query(func(rows pgx.Rows) error {
		list, err := pgx.CollectRows(rows, pgx.RowToStructByNameLax[shopRow])
		for _, r := range list {
			if r.Zone, err = time.LoadLocation(r.TimeZone); err != nil {
				r.Zone, err = time.UTC, nil
			}
			r.CanVoucher = !slices.ContainsFunc(r.Missing, func(x relance.MissingRight) bool {
				return strings.HasPrefix(x.Right, "cart_rules") || strings.HasSuffix(x.Right, "_discounts")
			})
			out.Shops[r.ID] = r.FactShop
		}
		return err
	})
}
