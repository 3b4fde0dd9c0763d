package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/google/uuid"
	pgxdecimal "github.com/jackc/pgx-shopspring-decimal"
	"github.com/jackc/pgx/v5"
	pgxuuid "github.com/vgarvardt/pgx-google-uuid/v5"

	"github.com/relance/relance"
	"github.com/relance/relance/connectors"
	"github.com/relance/relance/connectors/prestashop"
	"github.com/relance/relance/connectors/prestashop/prestashoptest"
)

// floorPull is the bare program: it pages, decodes and upserts the same rows into the
// same tables, one transaction a page, and does nothing else.
func (r *rig) floorPull(ctx context.Context, w *world, of *shop) (time.Duration, error) {
	conn, err := pgx.Connect(ctx, w.url)
	if err != nil {
		return 0, err
	}
	defer func() { _ = conn.Close(ctx) }()
	c, err := prestashop.Platform().New(r.deps(slog.New(slog.DiscardHandler)), relance.Credentials{URL: of.url, Key: prestashoptest.DefaultKey})
	if err != nil {
		return 0, err
	}
	f := &floor{conn: conn, merchant: w.merchant, source: w.shop}
	f.register()
	began := time.Now()
	for _, kind := range []relance.Kind{relance.KindProducts, relance.KindCustomers, relance.KindOrders, relance.KindCarts, relance.KindConsents} {
		for after, done := relance.Cursor(""), false; !done; {
			page, err := c.Pull(ctx, connectors.Request{Kind: kind, After: after})
			if err != nil {
				return 0, err
			}
			if err := f.store(ctx, page); err != nil {
				return 0, err
			}
			after, done = page.Next, page.Done
		}
	}
	return time.Since(began), nil
}

type floor struct {
	conn             *pgx.Conn
	merchant, source uuid.UUID
}

// register lets the connection write our types.
func (f *floor) register() {
	pgxdecimal.Register(f.conn.TypeMap())
	pgxuuid.Register(f.conn.TypeMap())
}

// batch is the rows of one table.
type batch struct {
	table, key string
	columns    []string
	rows       [][]any
}

func (f *floor) store(ctx context.Context, p connectors.Page) error {
	now := time.Now()
	var list []batch
	list = append(list, f.products(p.Products, now))
	list = append(list, f.customers(p.Customers, now)...)
	list = append(list, f.orderRows(p.Orders, now)...)
	list = append(list, f.carts(p.Carts, now)...)
	return pgx.BeginFunc(ctx, f.conn, func(tx pgx.Tx) error {
		for _, b := range list {
			if err := upsert(ctx, tx, b); err != nil {
				return fmt.Errorf("%s: %w", b.table, err)
			}
		}
		return nil
	})
}

// upsert copies the rows into a temporary table and from there into the real one.
func upsert(ctx context.Context, tx pgx.Tx, b batch) error {
	if len(b.rows) == 0 {
		return nil
	}
	cols := strings.Join(b.columns, ", ")
	if _, err := tx.Exec(ctx, fmt.Sprintf("CREATE TEMP TABLE in_%s ON COMMIT DROP AS SELECT %s FROM %s LIMIT 0", b.table, cols, b.table)); err != nil {
		return err
	}
	if _, err := tx.CopyFrom(ctx, pgx.Identifier{"in_" + b.table}, b.columns, pgx.CopyFromRows(b.rows)); err != nil {
		return err
	}
	set := make([]string, len(b.columns))
	for i, c := range b.columns {
		set[i] = c + " = excluded." + c
	}
	_, err := tx.Exec(ctx, fmt.Sprintf("INSERT INTO %s (%s) SELECT %s FROM in_%s ON CONFLICT (%s) DO UPDATE SET %s", b.table, cols, cols, b.table, b.key, strings.Join(set, ", ")))
	return err
}

const externalKey = "merchant_id, source_id, external_id"

func id() uuid.UUID { return uuid.Must(uuid.NewV7()) }

func text(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		return "null"
	}
	return string(b)
}

func (f *floor) products(list []relance.Product, now time.Time) batch {
	b := batch{table: "products", key: externalKey, columns: strings.Fields("merchant_id source_id id external_id title sku category url image_url active price currency options variants created_at source_updated_at read_at digest")}
	for _, p := range list {
		b.rows = append(b.rows, []any{f.merchant, f.source, id(), p.ExternalID, p.Title, p.SKU, p.Category, p.URL, p.ImageURL, p.Active, p.Price, p.Currency,
			text(p.Options), text(p.Variants), now, p.Version.UpdatedAt, p.Version.ReadAt, []byte{}})
	}
	return b
}

func (f *floor) customers(list []relance.Customer, now time.Time) []batch {
	b := batch{table: "customers", key: externalKey, columns: strings.Fields("merchant_id source_id id external_id kind active email phone title first_name last_name company language birthday customer_number group_id group_name note created_at source_updated_at read_at digest")}
	a := batch{table: "addresses", key: "merchant_id, customer_id, external_id", columns: strings.Fields("merchant_id customer_id external_id position kind first_name last_name company line1 line2 postal_code city region country_code phone vat_number")}
	c := batch{table: "consents", key: "merchant_id, id", columns: strings.Fields("merchant_id id customer_id channel preference state since source proof recorded_at")}
	for _, x := range list {
		me := id()
		b.rows = append(b.rows, []any{f.merchant, f.source, me, x.ExternalID, string(x.Kind), x.Active, x.Email, x.Phone, x.Title, x.FirstName, x.LastName, x.Company,
			x.Language, x.Birthday, x.CustomerNumber, x.GroupID, x.GroupName, x.Note, x.CreatedAt, x.Version.UpdatedAt, x.Version.ReadAt, []byte{}})
		for i, y := range x.Addresses {
			a.rows = append(a.rows, []any{f.merchant, me, y.ExternalID, i, string(y.Kind), y.FirstName, y.LastName, y.Company, y.Line1, y.Line2, y.PostalCode, y.City, y.Region, y.CountryCode, y.Phone, y.VATNumber})
		}
		for _, y := range x.Consents {
			if y.State != relance.ConsentUnknown {
				c.rows = append(c.rows, []any{f.merchant, id(), me, string(y.Channel), y.Preference, string(y.State), y.Since, y.Source, y.Proof, now})
			}
		}
	}
	return []batch{b, a, c}
}

func (f *floor) orderRows(list []relance.Order, _ time.Time) []batch {
	b := batch{table: "orders", key: externalKey, columns: strings.Fields("merchant_id source_id id external_id number customer_external_id cart_external_id state shop_state paid not_validated placed_at cancelled_at currency language total exact_total shipping wrapping discount tax returned payment note billing delivery history source_updated_at read_at digest")}
	l := batch{table: "order_lines", key: "merchant_id, order_id, external_id", columns: strings.Fields("merchant_id order_id external_id position product_id variant_id title sku quantity returned_quantity unit_price total category size options product_url")}
	rf := batch{table: "refunds", key: "merchant_id, order_id, external_id", columns: strings.Fields("merchant_id order_id external_id document at amount shipping note lines")}
	for i := range list {
		o := &list[i]
		me := id()
		b.rows = append(b.rows, []any{f.merchant, f.source, me, o.ExternalID, o.Number, o.CustomerID, o.CartID, string(o.State), o.ShopState, o.Paid, o.NotValidated, o.PlacedAt,
			o.CancelledAt, o.Currency, o.Language, o.Total, o.ExactTotal(), o.Shipping, o.Wrapping, o.Discount, o.Tax, o.Returned(), o.Payment, o.Note,
			text(o.Billing), text(o.Delivery), text(o.History), o.Version.UpdatedAt, o.Version.ReadAt, []byte{}})
		back := o.ReturnedQuantity()
		for j, x := range o.Lines {
			l.rows = append(l.rows, []any{f.merchant, me, x.ExternalID, j, x.ProductID, x.VariantID, x.Title, x.SKU, x.Quantity, back[x.ExternalID], x.UnitPrice, x.Total,
				x.Category, relance.Size(x.Options), text(x.Options), x.ProductURL})
		}
		for _, x := range o.Refunds {
			rf.rows = append(rf.rows, []any{f.merchant, me, x.ExternalID, x.Document, x.At, x.Amount, x.Shipping, x.Note, text(x.Lines)})
		}
	}
	return []batch{b, l, rf}
}

func (f *floor) carts(list []relance.Cart, now time.Time) []batch {
	b := batch{table: "carts", key: externalKey, columns: strings.Fields("merchant_id source_id id external_id customer_external_id currency language value total value_known started_at active_at order_external_id source_updated_at read_at digest stored_at")}
	l := batch{table: "cart_lines", key: "merchant_id, cart_id, external_id", columns: strings.Fields("merchant_id cart_id external_id position product_id variant_id title sku quantity unit_price total options")}
	for _, c := range list {
		me := id()
		b.rows = append(b.rows, []any{f.merchant, f.source, me, c.ExternalID, c.CustomerID, c.Currency, c.Language, c.Value, c.Total, c.ValueKnown, c.StartedAt, c.UpdatedAt,
			c.OrderID, c.Version.UpdatedAt, c.Version.ReadAt, []byte{}, now})
		for j, x := range c.Lines {
			l.rows = append(l.rows, []any{f.merchant, me, x.ExternalID, j, x.ProductID, x.VariantID, x.Title, x.SKU, x.Quantity, x.UnitPrice, x.Total, text(x.Options)})
		}
	}
	return []batch{b, l}
}
