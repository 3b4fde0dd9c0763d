package store

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"

	"github.com/relance/relance"
)

// carts stores carts with their lines, and the activity seen as an event.
func (w *writer) carts(ctx context.Context, list []relance.Cart) error {
	if err := w.blankCarts(ctx, list); err != nil {
		return err
	}
	facts := toFacts(list, func(c *relance.Cart) (string, *relance.Version) { return c.ExternalID, &c.Version })
	facts, _, err := changed(ctx, w, "carts", facts)
	if err != nil || len(facts) == 0 {
		return err
	}
	done, err := w.upsertCarts(ctx, facts)
	if err != nil {
		return fmt.Errorf("store carts: %w", err)
	}
	if err := w.dropParts(ctx, "cart_id", ids(done, true), "cart_lines"); err != nil {
		return err
	}
	if err := w.insertCartLines(ctx, facts, done); err != nil {
		return fmt.Errorf("store cart lines: %w", err)
	}
	changedIDs := ids(done, false)
	_, err = w.tx.Exec(ctx, `INSERT INTO cart_events (merchant_id, id, cart_id, kind, at, recorded_at, value)
		SELECT $1, t.event_id, c.id, 'ACTIVE', c.active_at, c.read_at, c.value
		FROM unnest($2::uuid[], $3::uuid[]) AS t(event_id, cart_id) JOIN carts c ON c.merchant_id = $1 AND c.id = t.cart_id
		ON CONFLICT (merchant_id, cart_id, kind, at) DO NOTHING`, w.merchant,
		column(changedIDs, func(*uuid.UUID) uuid.UUID { return newID() }), changedIDs)
	if err != nil {
		return fmt.Errorf("store cart events: %w", err)
	}
	return w.later(ctx, "CART", changedIDs)
}

func (w *writer) upsertCarts(ctx context.Context, facts []fact[relance.Cart]) (map[string]written, error) {
	type F = fact[relance.Cart]
	text := func(f func(*relance.Cart) string) []string {
		return column(facts, func(x *F) string { return f(x.Record) })
	}
	return collect(w.tx.Query(ctx, `INSERT INTO carts (merchant_id, source_id, id, external_id, customer_external_id, currency, language,
			value, total, value_known, restore_url, checkout_token, started_at, active_at, completed_at, order_external_id,
			gift, source_updated_at, read_at, digest, erased, stored_at, profile_id)
		SELECT $1, $2, t.*, $22, i.profile_id
		FROM unnest($3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[], $8::numeric[], $9::numeric[], $10::bool[], $11::text[],
			$12::text[], $13::timestamptz[], $14::timestamptz[], $15::timestamptz[], $16::text[], $17::bool[], $18::timestamptz[], $19::timestamptz[], $20::bytea[], $21::bool[])
			AS t(id, external_id, customer_external_id, currency, language, value, total, value_known, restore_url, checkout_token,
			started_at, active_at, completed_at, order_external_id, gift, source_updated_at, read_at, digest, erased)
		LEFT JOIN customers c ON c.merchant_id = $1 AND c.source_id = $2 AND c.external_id = t.customer_external_id AND t.customer_external_id <> ''
		LEFT JOIN identities i ON i.merchant_id = $1 AND i.customer_id = c.id
		ON CONFLICT (merchant_id, source_id, external_id) DO UPDATE SET customer_external_id = excluded.customer_external_id,
			currency = excluded.currency, language = excluded.language, value = excluded.value, total = excluded.total,
			value_known = excluded.value_known, restore_url = excluded.restore_url, checkout_token = excluded.checkout_token,
			started_at = excluded.started_at, active_at = excluded.active_at, completed_at = excluded.completed_at,
			order_external_id = excluded.order_external_id, gift = excluded.gift, source_updated_at = excluded.source_updated_at, read_at = excluded.read_at,
			digest = excluded.digest, erased = excluded.erased, deleted_at = excluded.deleted_at`+newerOnly("carts"),
		w.merchant, w.source,
		column(facts, func(*F) uuid.UUID { return newID() }),
		column(facts, func(f *F) string { return f.ExternalID }),
		text(func(c *relance.Cart) string { return c.CustomerID }),
		text(func(c *relance.Cart) string { return c.Currency }),
		text(func(c *relance.Cart) string { return c.Language }),
		column(facts, func(f *F) decimal.Decimal { return f.Record.Value }),
		column(facts, func(f *F) decimal.Decimal { return f.Record.Total }),
		column(facts, func(f *F) bool { return f.Record.ValueKnown }),
		text(func(c *relance.Cart) string { return c.RestoreURL }),
		text(func(c *relance.Cart) string { return c.CheckoutToken }),
		column(facts, func(f *F) time.Time { return f.Record.StartedAt }),
		column(facts, func(f *F) time.Time { return f.Record.UpdatedAt }),
		column(facts, func(f *F) *time.Time { return f.Record.CompletedAt }),
		text(func(c *relance.Cart) string { return c.OrderID }),
		column(facts, func(f *F) bool { return f.Record.Gift }),
		column(facts, func(f *F) time.Time { return f.Version.UpdatedAt }),
		column(facts, func(f *F) time.Time { return f.Version.ReadAt }),
		column(facts, func(f *F) []byte { return f.Digest }),
		column(facts, func(f *F) bool { return f.Record.Erased }),
		w.now))
}

func (w *writer) insertCartLines(ctx context.Context, facts []fact[relance.Cart], done map[string]written) error {
	list := parts(facts, done, func(c *relance.Cart) []relance.CartLine { return c.Lines },
		func(l *relance.CartLine) string { return l.ExternalID })
	if len(list) == 0 {
		return nil
	}
	type P = part[relance.CartLine]
	text := func(f func(*relance.CartLine) string) []string {
		return column(list, func(p *P) string { return f(p.Part) })
	}
	_, err := w.tx.Exec(ctx, `INSERT INTO cart_lines (merchant_id, cart_id, position, external_id, product_id, variant_id, title, sku,
			quantity, unit_price, total, options, image_url)
		SELECT $1, * FROM unnest($2::uuid[], $3::int[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::int[],
			$10::numeric[], $11::numeric[], $12::jsonb[], $13::text[])`,
		w.merchant,
		column(list, func(p *P) uuid.UUID { return p.Owner }),
		column(list, func(p *P) int { return p.Position }),
		text(func(l *relance.CartLine) string { return l.ExternalID }),
		text(func(l *relance.CartLine) string { return l.ProductID }),
		text(func(l *relance.CartLine) string { return l.VariantID }),
		text(func(l *relance.CartLine) string { return l.Title }),
		text(func(l *relance.CartLine) string { return l.SKU }),
		column(list, func(p *P) int { return p.Part.Quantity }),
		column(list, func(p *P) decimal.Decimal { return p.Part.UnitPrice }),
		column(list, func(p *P) decimal.Decimal { return p.Part.Total }),
		column(list, func(p *P) []relance.Option { return notNil(p.Part.Options) }),
		text(func(l *relance.CartLine) string { return l.ImageURL }))
	return err
}
