package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/shopspring/decimal"

	"github.com/relance/relance"
)

// orders stores orders with their lines, refunds and returns.
func (w *writer) orders(ctx context.Context, list []relance.Order) error {
	if err := w.blankOrders(ctx, list); err != nil {
		return err
	}
	facts := toFacts(list, func(o *relance.Order) (string, *relance.Version) { return o.ExternalID, &o.Version })
	facts, _, err := changed(ctx, w, "orders", facts)
	if err != nil || len(facts) == 0 {
		return err
	}
	done, err := w.upsertOrders(ctx, facts)
	if err != nil {
		return fmt.Errorf("store orders: %w", err)
	}
	replaced := ids(done, true)
	if err := w.owe(ctx, replaced); err != nil {
		return err
	}
	kept, err := w.keptCosts(ctx, replaced)
	if err != nil {
		return err
	}
	if err := w.dropParts(ctx, "order_id", replaced, "order_lines", "refunds"); err != nil {
		return err
	}
	if err := w.insertLines(ctx, facts, done, kept); err != nil {
		return fmt.Errorf("store order lines: %w", err)
	}
	if err := w.insertRefunds(ctx, facts, done); err != nil {
		return fmt.Errorf("store refunds: %w", err)
	}
	return w.later(ctx, "ORDER", ids(done, false))
}

func (w *writer) upsertOrders(ctx context.Context, facts []fact[relance.Order]) (map[string]written, error) {
	type F = fact[relance.Order]
	text := func(f func(*relance.Order) string) []string {
		return column(facts, func(x *F) string { return f(x.Record) })
	}
	amount := func(f func(*relance.Order) decimal.Decimal) []decimal.Decimal {
		return column(facts, func(x *F) decimal.Decimal { return f(x.Record) })
	}
	lists, err := jsonColumn(facts, func(o *relance.Order) any {
		return map[string]any{"codes": notNil(o.DiscountCodes), "tags": notNil(o.Tags), "history": notNil(o.History), "returns": notNil(o.Returns), "vouchers": notNil(o.Vouchers), "erased": o.Erased}
	})
	if err != nil {
		return nil, err
	}
	return collect(w.tx.Query(ctx, upsertOrdersSQL+newerOnly("orders"),
		w.merchant, w.source,
		column(facts, func(*F) uuid.UUID { return newID() }),
		column(facts, func(f *F) string { return f.ExternalID }),
		text(func(o *relance.Order) string { return o.Number }),
		text(func(o *relance.Order) string { return o.CustomerID }),
		text(func(o *relance.Order) string { return o.Email }),
		text(func(o *relance.Order) string { return o.CartID }),
		text(func(o *relance.Order) string { return o.CheckoutToken }),
		text(func(o *relance.Order) string { return string(o.State) }),
		text(func(o *relance.Order) string { return o.ShopState }),
		column(facts, func(f *F) bool { return f.Record.Paid }),
		column(facts, func(f *F) bool { return f.Record.NotValidated }),
		column(facts, func(f *F) bool { return f.Record.Test }),
		column(facts, func(f *F) time.Time { return f.Record.PlacedAt }),
		column(facts, func(f *F) *time.Time { return f.Record.CancelledAt }),
		text(func(o *relance.Order) string { return o.Currency }),
		text(func(o *relance.Order) string { return o.Language }),
		amount(func(o *relance.Order) decimal.Decimal { return o.Total }),
		amount((*relance.Order).ExactTotal),
		amount(func(o *relance.Order) decimal.Decimal { return o.Shipping }),
		amount(func(o *relance.Order) decimal.Decimal { return o.Wrapping }),
		amount(func(o *relance.Order) decimal.Decimal { return o.Discount }),
		amount(func(o *relance.Order) decimal.Decimal { return o.Tax }),
		amount((*relance.Order).Returned),
		text(func(o *relance.Order) string { return o.Payment }),
		text(func(o *relance.Order) string { return o.Fulfilment }),
		lists,
		text(func(o *relance.Order) string { return o.Note }),
		column(facts, func(f *F) *relance.Address { return f.Record.Billing }),
		column(facts, func(f *F) *relance.Address { return f.Record.Delivery }),
		column(facts, func(f *F) time.Time { return f.Version.UpdatedAt }),
		column(facts, func(f *F) time.Time { return f.Version.ReadAt }),
		column(facts, func(f *F) []byte { return f.Digest })))
}

const upsertOrdersSQL = `
	INSERT INTO orders (merchant_id, source_id, id, external_id, number, customer_external_id, email,
		cart_external_id, checkout_token, state, shop_state, paid, not_validated, test, placed_at, cancelled_at, currency, language,
		total, exact_total, shipping, wrapping, discount, tax, returned, payment, fulfilment, discount_codes, tags, history, returns, used_vouchers, note,
		billing, delivery, source_updated_at, read_at, digest, erased, profile_id)
	SELECT $1, $2, t.id, t.external_id, t.number, t.customer_external_id, t.email, t.cart_external_id, t.checkout_token, t.state,
		t.shop_state, t.paid, t.not_validated, t.test, t.placed_at, t.cancelled_at, t.currency, t.language, t.total, t.exact_total,
		t.shipping, t.wrapping, t.discount, t.tax, t.returned, t.payment, t.fulfilment,
		ARRAY(SELECT jsonb_array_elements_text(t.lists->'codes')), ARRAY(SELECT jsonb_array_elements_text(t.lists->'tags')),
		t.lists->'history', t.lists->'returns', t.lists->'vouchers', t.note, t.billing, t.delivery, t.source_updated_at, t.read_at, t.digest, (t.lists->>'erased')::bool, i.profile_id
	FROM unnest($3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[], $11::text[],
		$12::bool[], $13::bool[], $14::bool[], $15::timestamptz[], $16::timestamptz[], $17::text[], $18::text[], $19::numeric[],
		$20::numeric[], $21::numeric[], $22::numeric[], $23::numeric[], $24::numeric[], $25::numeric[], $26::text[], $27::text[],
		$28::jsonb[], $29::text[], $30::jsonb[], $31::jsonb[], $32::timestamptz[], $33::timestamptz[], $34::bytea[])
		AS t(id, external_id, number, customer_external_id, email, cart_external_id, checkout_token, state, shop_state, paid,
		not_validated, test, placed_at, cancelled_at, currency, language, total, exact_total, shipping, wrapping, discount, tax,
		returned, payment, fulfilment, lists, note, billing, delivery, source_updated_at, read_at, digest)
	LEFT JOIN customers c ON c.merchant_id = $1 AND c.source_id = $2 AND c.external_id = t.customer_external_id AND t.customer_external_id <> ''
	LEFT JOIN identities i ON i.merchant_id = $1 AND i.customer_id = c.id
	ON CONFLICT (merchant_id, source_id, external_id) DO UPDATE SET number = excluded.number,
		customer_external_id = excluded.customer_external_id, email = excluded.email, cart_external_id = excluded.cart_external_id,
		checkout_token = excluded.checkout_token, state = excluded.state, shop_state = excluded.shop_state, paid = excluded.paid,
		not_validated = excluded.not_validated, test = excluded.test, placed_at = excluded.placed_at,
		cancelled_at = excluded.cancelled_at, currency = excluded.currency, language = excluded.language, total = excluded.total,
		exact_total = excluded.exact_total, shipping = excluded.shipping, wrapping = excluded.wrapping, discount = excluded.discount,
		tax = excluded.tax, returned = excluded.returned, payment = excluded.payment, fulfilment = excluded.fulfilment,
		discount_codes = excluded.discount_codes, tags = excluded.tags, history = excluded.history, returns = excluded.returns,
		used_vouchers = excluded.used_vouchers, note = excluded.note,
		billing = excluded.billing, delivery = excluded.delivery, source_updated_at = excluded.source_updated_at,
		read_at = excluded.read_at, digest = excluded.digest, erased = excluded.erased, deleted_at = excluded.deleted_at`

// orderLine is a line with what its order's refunds say of it.
type orderLine struct {
	*relance.OrderLine
	Owner    uuid.UUID
	Position int
	Returned int
}

func orderLines(facts []fact[relance.Order], done map[string]written) []orderLine {
	var out []orderLine
	for i := range facts {
		d, ok := done[facts[i].ExternalID]
		if !ok {
			continue
		}
		returned := facts[i].Record.ReturnedQuantity()
		one := parts(facts[i:i+1], done, func(o *relance.Order) []relance.OrderLine { return o.Lines },
			func(l *relance.OrderLine) string { return l.ExternalID })
		for _, p := range one {
			out = append(out, orderLine{OrderLine: p.Part, Owner: d.ID, Position: p.Position, Returned: returned[p.Part.ExternalID]})
		}
	}
	return out
}

func (w *writer) insertLines(ctx context.Context, facts []fact[relance.Order], done map[string]written, kept map[lineKey]lineCost) error {
	list := orderLines(facts, done)
	if len(list) == 0 {
		return nil
	}
	type L = orderLine
	text := func(f func(*L) string) []string { return column(list, f) }
	costs, currencies, late := costKept(list, kept)
	_, err := w.tx.Exec(ctx, insertLinesSQL, w.merchant,
		column(list, func(l *L) uuid.UUID { return l.Owner }),
		column(list, func(l *L) int { return l.Position }),
		text(func(l *L) string { return l.ExternalID }),
		text(func(l *L) string { return l.ProductID }),
		text(func(l *L) string { return l.VariantID }),
		text(func(l *L) string { return l.Title }),
		text(func(l *L) string { return l.SKU }),
		column(list, func(l *L) int { return l.Quantity }),
		column(list, func(l *L) int { return l.Returned }),
		column(list, func(l *L) decimal.Decimal { return l.UnitPrice }),
		column(list, func(l *L) decimal.Decimal { return l.Total }),
		text(func(l *L) string { return l.Category }),
		text(func(l *L) string { return relance.Size(l.Options) }),
		column(list, func(l *L) []relance.Option { return notNil(l.Options) }),
		text(func(l *L) string { return l.ProductURL }),
		text(func(l *L) string { return l.ImageURL }),
		column(list, func(l *L) *decimal.Decimal { return l.Net }),
		costs, currencies, late, w.source, w.now)
	return err
}

// insertLinesSQL writes lines; one that has no cost yet gets the product's of today.
const insertLinesSQL = `INSERT INTO order_lines (merchant_id, order_id, position, external_id, product_id, variant_id, title, sku,
		quantity, returned_quantity, unit_price, total, category, size, options, product_url, image_url, net, cost, cost_currency, cost_late)
	SELECT $1, l.order_id, l.position, l.external_id, l.product_id, l.variant_id, l.title, l.sku, l.quantity, l.returned, l.unit_price, l.total,
		l.category, l.size, l.options, l.product_url, l.image_url, l.net, coalesce(l.cost, ` + costNow + `), CASE WHEN l.cost IS NOT NULL THEN l.currency ELSE coalesce(` + currencyNow + `, '') END,
		CASE WHEN l.cost IS NOT NULL THEN l.late ELSE coalesce(p.costs ? l.variant_id AND o.placed_at < $23::timestamptz - ` + lateCost + `, false) END
	FROM unnest($2::uuid[], $3::int[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::int[], $10::int[],
		$11::numeric[], $12::numeric[], $13::text[], $14::text[], $15::jsonb[], $16::text[], $17::text[], $18::numeric[], $19::numeric[], $20::text[], $21::bool[])
		AS l(order_id, position, external_id, product_id, variant_id, title, sku, quantity, returned, unit_price, total, category, size, options, product_url, image_url,
		net, cost, currency, late)
	LEFT JOIN products p ON p.merchant_id = $1 AND p.source_id = $22 AND p.external_id = l.product_id AND l.product_id <> '' AND p.costs IS NOT NULL
	LEFT JOIN orders o ON o.merchant_id = $1 AND o.id = l.order_id`

func (w *writer) insertRefunds(ctx context.Context, facts []fact[relance.Order], done map[string]written) error {
	list := parts(facts, done, func(o *relance.Order) []relance.Refund { return o.Refunds },
		func(r *relance.Refund) string { return r.ExternalID })
	if len(list) == 0 {
		return nil
	}
	type P = part[relance.Refund]
	lines := make([]json.RawMessage, len(list))
	for i, p := range list {
		b, err := json.Marshal(notNil(p.Part.Lines))
		if err != nil {
			return err
		}
		lines[i] = b
	}
	_, err := w.tx.Exec(ctx, `INSERT INTO refunds (merchant_id, order_id, external_id, document, at, amount, shipping, note, lines)
		SELECT $1, * FROM unnest($2::uuid[], $3::text[], $4::text[], $5::timestamptz[], $6::numeric[], $7::numeric[], $8::text[], $9::jsonb[])`,
		w.merchant,
		column(list, func(p *P) uuid.UUID { return p.Owner }),
		column(list, func(p *P) string { return p.Part.ExternalID }),
		column(list, func(p *P) string { return p.Part.Document }),
		column(list, func(p *P) time.Time { return p.Part.At }),
		column(list, func(p *P) decimal.Decimal { return p.Part.Amount }),
		column(list, func(p *P) decimal.Decimal { return p.Part.Shipping }),
		column(list, func(p *P) string { return p.Part.Note }),
		lines)
	return err
}

// UnknownOrders gives those of the external ids that no order of the source has.
func (s *Store) UnknownOrders(ctx context.Context, m, source uuid.UUID, external []string) (unknown []string, err error) {
	err = s.read(ctx, m, func(b *pgx.Batch) {
		b.Queue(`SELECT x.id FROM unnest($3::text[]) x(id) WHERE NOT EXISTS (SELECT 1 FROM orders o WHERE o.merchant_id = $1 AND o.source_id = $2 AND o.external_id = x.id)`, m, source, external).Query(func(rows pgx.Rows) (err error) {
			unknown, err = pgx.CollectRows(rows, pgx.RowTo[string])
			return err
		})
	})
	return unknown, err
}
