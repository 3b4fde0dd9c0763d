package store

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"

	"github.com/relance/relance"
)

// products stores products with their options and variants.
func (w *writer) products(ctx context.Context, list []relance.Product) error {
	facts := toFacts(list, func(p *relance.Product) (string, *relance.Version) { return p.ExternalID, &p.Version })
	facts, _, err := changed(ctx, w, "products", facts)
	if err != nil || len(facts) == 0 {
		return err
	}
	type F = fact[relance.Product]
	text := func(f func(*relance.Product) string) []string {
		return column(facts, func(x *F) string { return f(x.Record) })
	}
	_, err = collect(w.tx.Query(ctx, `INSERT INTO products (merchant_id, source_id, id, external_id, title, sku, category, url, image_url,
			active, price, currency, stock, backorder, options, variants, costs, created_at, source_updated_at, read_at, digest)
		SELECT $1, $2, * FROM unnest($3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::bool[],
			$11::numeric[], $12::text[], $13::int[], $14::bool[], $15::jsonb[], $16::jsonb[], $17::jsonb[], $18::timestamptz[], $19::timestamptz[], $20::timestamptz[], $21::bytea[])
		ON CONFLICT (merchant_id, source_id, external_id) DO UPDATE SET title = excluded.title, sku = excluded.sku,
			category = excluded.category, url = excluded.url, image_url = excluded.image_url, active = excluded.active,
			price = excluded.price, currency = excluded.currency, stock = excluded.stock, backorder = excluded.backorder, options = excluded.options,
			variants = excluded.variants, costs = excluded.costs, created_at = excluded.created_at, source_updated_at = excluded.source_updated_at,
			read_at = excluded.read_at, digest = excluded.digest, deleted_at = excluded.deleted_at`+newerOnly("products"),
		w.merchant, w.source,
		column(facts, func(*F) uuid.UUID { return newID() }),
		column(facts, func(f *F) string { return f.ExternalID }),
		text(func(p *relance.Product) string { return p.Title }),
		text(func(p *relance.Product) string { return p.SKU }),
		text(func(p *relance.Product) string { return p.Category }),
		text(func(p *relance.Product) string { return p.URL }),
		text(func(p *relance.Product) string { return p.ImageURL }),
		column(facts, func(f *F) bool { return f.Record.Active }),
		column(facts, func(f *F) decimal.Decimal { return f.Record.Price }),
		text(func(p *relance.Product) string { return p.Currency }),
		column(facts, func(f *F) *int { return f.Record.Stock }),
		column(facts, func(f *F) *bool { return f.Record.Backorder }),
		column(facts, func(f *F) []relance.ProductOption { return notNil(f.Record.Options) }),
		column(facts, func(f *F) []relance.Variant { return notNil(f.Record.Variants) }),
		column(facts, func(f *F) *map[string]relance.Money { return costsOf(f.Record) }),
		column(facts, func(f *F) time.Time { return timeOr(f.Record.CreatedAt, f.Version.ReadAt) }),
		column(facts, func(f *F) time.Time { return f.Version.UpdatedAt }),
		column(facts, func(f *F) time.Time { return f.Version.ReadAt }),
		column(facts, func(f *F) []byte { return f.Digest })))
	if err != nil {
		return fmt.Errorf("store products: %w", err)
	}
	return nil
}
