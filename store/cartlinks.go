package store

import (
	"context"
	"fmt"

	"github.com/google/uuid"
)

// linkCarts joins carts with the orders that completed them: by the shop's own ids, by
// the checkout token, and else (Shopify without webhooks) by the same customer, a
// completion within a minute of the order, and the same total, if only one fits. Of
// several orders of one cart (a PrestaShop that splits them) the first counts.
//
// What resembles is judged anew with every order and cart that comes near it: a second
// one that fits, or a token that tells, parts again what had been joined, so that the
// order of arrival does not matter.
//
// A cart was abandoned before where it rested for the merchant's waiting time, stored
// as resting, before the next activity or the order; a checkout that its platform
// lists as abandoned and completed needs only the time.
func (d *deriver) linkCarts(ctx context.Context, orders, carts []uuid.UUID, dirty map[uuid.UUID]bool) error {
	if len(orders)+len(carts) == 0 {
		return nil
	}
	if err := d.mark(ctx, dirty, linkSQL, d.merchant, notNil(orders), notNil(carts)); err != nil {
		return fmt.Errorf("link carts: %w", err)
	}
	return nil
}

// pairsOf lists the orders that the shop's ids or the checkout token name for the carts.
const (
	pairsFrom = `SELECT c.id AS cart_id, o.id AS order_id FROM `
	pairsOf   = ` a JOIN carts c ON c.merchant_id = $1 AND c.id = a.id
		JOIN orders o ON o.merchant_id = $1 AND o.source_id = c.source_id AND `
	byCart   = `o.cart_external_id = c.external_id AND o.cart_external_id <> ''`
	byOrder  = `o.external_id = c.order_external_id AND c.order_external_id <> ''`
	byToken  = `o.checkout_token = c.checkout_token AND o.checkout_token <> '' AND c.checkout_token <> ''`
	pairsIn  = pairsFrom + `asked` + pairsOf + byCart + ` UNION ` + pairsFrom + `asked` + pairsOf + byOrder + ` UNION ` + pairsFrom + `asked` + pairsOf + byToken
	pairsIn0 = pairsFrom + `named` + pairsOf + byCart + ` UNION ` + pairsFrom + `named` + pairsOf + byOrder + ` UNION ` + pairsFrom + `named` + pairsOf + byToken
)

// resembles is when the cart c may have become the order o.
const resembles = `c.merchant_id = $1 AND o.merchant_id = $1 AND o.source_id = c.source_id AND o.customer_external_id = c.customer_external_id
	AND o.customer_external_id <> '' AND c.total > 0 AND o.total = c.total
	AND c.completed_at BETWEEN o.placed_at - interval '60 seconds' AND o.placed_at + interval '60 seconds'`

// linkSQL finds the carts that the changed orders $2 and carts $3 may matter to: those that
// ids and tokens name, those completed near a changed order or cart of the same customer,
// and those linked to a changed order. For these it decides anew.
const linkSQL = `WITH named AS (
		SELECT unnest($3::uuid[]) AS id
		UNION SELECT c.id FROM orders o JOIN carts c ON c.merchant_id = $1 AND c.source_id = o.source_id AND c.external_id = o.cart_external_id
			WHERE o.merchant_id = $1 AND o.id = ANY($2) AND o.cart_external_id <> ''
		UNION SELECT c.id FROM orders o JOIN carts c ON c.merchant_id = $1 AND c.source_id = o.source_id AND c.order_external_id = o.external_id AND c.order_external_id <> ''
			WHERE o.merchant_id = $1 AND o.id = ANY($2)
		UNION SELECT c.id FROM orders o JOIN carts c ON c.merchant_id = $1 AND c.source_id = o.source_id AND c.checkout_token = o.checkout_token AND c.checkout_token <> ''
			WHERE o.merchant_id = $1 AND o.id = ANY($2) AND o.checkout_token <> ''),
	touched AS (SELECT unnest($2::uuid[]) AS id UNION SELECT order_id FROM (` + pairsIn0 + `) t),
	asked AS (SELECT id FROM named
		UNION SELECT c.id FROM touched t JOIN carts c ON c.merchant_id = $1 AND c.order_id = t.id
		UNION SELECT c.id FROM touched t JOIN orders o ON o.merchant_id = $1 AND o.id = t.id AND o.customer_external_id <> ''
			JOIN carts c ON c.merchant_id = $1 AND c.source_id = o.source_id AND c.customer_external_id = o.customer_external_id AND c.customer_external_id <> ''
				AND c.completed_at BETWEEN o.placed_at - interval '60 seconds' AND o.placed_at + interval '60 seconds'
		UNION SELECT c.id FROM carts k JOIN carts c ON c.merchant_id = $1 AND c.source_id = k.source_id AND c.customer_external_id = k.customer_external_id
				AND c.customer_external_id <> '' AND c.completed_at BETWEEN k.completed_at - interval '120 seconds' AND k.completed_at + interval '120 seconds'
			WHERE k.merchant_id = $1 AND k.id = ANY($3) AND k.completed_at IS NOT NULL AND k.customer_external_id <> ''),
	pairs AS (` + pairsIn + `),
	alike AS (SELECT c.id AS cart_id, o.id AS order_id FROM asked a JOIN carts c ON c.merchant_id = $1 AND c.id = a.id JOIN orders o ON ` + resembles + `),
	sure AS (SELECT * FROM pairs UNION SELECT a.* FROM alike a JOIN orders o ON o.merchant_id = $1 AND o.id = a.order_id
		WHERE (SELECT count(*) FROM alike b WHERE b.cart_id = a.cart_id) = 1
			AND (SELECT count(*) FROM carts c WHERE ` + resembles + `) = 1
			AND NOT EXISTS (SELECT 1 FROM pairs p WHERE p.cart_id = a.cart_id)
			AND NOT EXISTS (SELECT 1 FROM carts c WHERE c.merchant_id = $1 AND c.source_id = o.source_id AND c.external_id = o.cart_external_id AND o.cart_external_id <> '')
			AND NOT EXISTS (SELECT 1 FROM carts c WHERE c.merchant_id = $1 AND c.source_id = o.source_id AND ` + byOrder + `)
			AND NOT EXISTS (SELECT 1 FROM carts c WHERE c.merchant_id = $1 AND c.source_id = o.source_id AND ` + byToken + `)),
	one AS (SELECT DISTINCT ON (s.cart_id) s.cart_id, s.order_id FROM sure s JOIN orders o ON o.merchant_id = $1 AND o.id = s.order_id
		ORDER BY s.cart_id, o.placed_at, o.external_id),
	linked AS (UPDATE carts c SET order_id = l.order_id, was_abandoned = l.abandoned FROM (
		SELECT one.cart_id, o.id AS order_id, CASE WHEN c.completed_at IS NOT NULL THEN c.completed_at - c.started_at >= m.abandon_after
			ELSE EXISTS (SELECT 1 FROM (SELECT e.at, e.recorded_at, lead(e.at, 1, o.placed_at) OVER (ORDER BY e.at) AS next_at
				FROM cart_events e WHERE e.merchant_id = $1 AND e.cart_id = c.id AND e.kind = 'ACTIVE' AND e.at <= o.placed_at) e
				WHERE e.next_at - e.at >= m.abandon_after AND e.recorded_at < e.next_at) END AS abandoned
		FROM one JOIN carts c ON c.merchant_id = $1 AND c.id = one.cart_id JOIN orders o ON o.merchant_id = $1 AND o.id = one.order_id
		JOIN merchants m ON m.id = $1) l
		WHERE c.merchant_id = $1 AND c.id = l.cart_id AND (c.order_id, c.was_abandoned) IS DISTINCT FROM (l.order_id, l.abandoned)
		RETURNING c.id, c.profile_id, c.order_id, c.value),
	parted AS (UPDATE carts c SET order_id = NULL, was_abandoned = false FROM asked a
		WHERE c.merchant_id = $1 AND c.id = a.id AND c.order_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM one WHERE one.cart_id = c.id)
		RETURNING c.profile_id),
	events AS (INSERT INTO cart_events (merchant_id, id, cart_id, kind, at, recorded_at, value)
		SELECT $1, gen_random_uuid(), l.id, 'ORDERED', o.placed_at, now(), l.value FROM linked l JOIN orders o ON o.merchant_id = $1 AND o.id = l.order_id
		ON CONFLICT (merchant_id, cart_id, kind, at) DO NOTHING)
	SELECT profile_id FROM linked WHERE profile_id IS NOT NULL UNION SELECT profile_id FROM parted WHERE profile_id IS NOT NULL`
