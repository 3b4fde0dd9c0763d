package store

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/relance/relance"
)

// Products lists live products in order of their titles; shops narrows the list where
// it is not nil.
func (s *Store) Products(ctx context.Context, m uuid.UUID, shops []uuid.UUID, w relance.Paging) (*relance.ProductPage, error) {
	var title *string
	var id *uuid.UUID
	if w.After != "" {
		if err := decodeCursor(w.After, "products", &title, &id); err != nil {
			return nil, err
		}
	}
	page := &relance.ProductPage{}
	f := &filler{merchant: m}
	err := s.read(ctx, m, func(b *pgx.Batch) {
		f.queueShops(b)
		b.Queue(`SELECT id, source_id, external_id, title, sku, category, url, image_url, active, price, currency, stock, options FROM products
			WHERE merchant_id = $1 AND deleted_at IS NULL AND ($2::uuid[] IS NULL OR source_id = ANY($2))
				AND ($3::text IS NULL OR (title COLLATE "C", id) > ($3, $4::uuid))
			ORDER BY title COLLATE "C", id LIMIT $5`, m, shops, title, id, w.First+1).Query(func(rows pgx.Rows) error {
			for rows.Next() {
				p := &relance.ProductView{}
				var source uuid.UUID
				if err := rows.Scan(&p.ID, &source, &p.ExternalID, &p.Title, &p.SKU, &p.Category, &p.URL, &p.ImageURL, &p.Active,
					&p.Price.Amount, &p.Price.Currency, &p.Stock, &p.Options); err != nil {
					return err
				}
				p.Shop = f.shops[source]
				page.Products = append(page.Products, p)
			}
			return rows.Err()
		})
	})
	if err != nil {
		return nil, fmt.Errorf("list products: %w", err)
	}
	if page.Info.HasNextPage = len(page.Products) > w.First; page.Info.HasNextPage {
		page.Products = page.Products[:w.First]
	}
	if n := len(page.Products); n > 0 {
		last := page.Products[n-1]
		page.Info.End = encodeCursor("products", last.Title, last.ID)
	}
	return page, nil
}

// Messages lists what a person and the shops wrote to each other, newest first.
func (s *Store) Messages(ctx context.Context, m, profile uuid.UUID, scope []uuid.UUID, limit int) ([]*relance.MessageView, error) {
	out := []*relance.MessageView{}
	f := &filler{merchant: m}
	err := s.read(ctx, m, func(b *pgx.Batch) {
		f.queueShops(b)
		b.Queue(`SELECT c.source_id, x.external_id, x.thread_id, x.from_customer, x.private, x.body, x.at, x.order_id
			FROM identities i JOIN customers c ON c.merchant_id = $1 AND c.id = i.customer_id JOIN messages x ON x.merchant_id = $1 AND x.customer_id = c.id
			WHERE i.merchant_id = $1 AND i.profile_id = $2 AND ($3::uuid[] IS NULL OR c.source_id = ANY($3))
			ORDER BY x.at DESC, x.external_id DESC LIMIT $4`, m, profile, scope, limit).Query(func(rows pgx.Rows) error {
			for rows.Next() {
				v := &relance.MessageView{}
				var source uuid.UUID
				if err := rows.Scan(&source, &v.ExternalID, &v.ThreadID, &v.FromCustomer, &v.Private, &v.Text, &v.At, &v.OrderID); err != nil {
					return err
				}
				v.Shop = f.shops[source]
				out = append(out, v)
			}
			return rows.Err()
		})
	})
	if err != nil {
		return nil, fmt.Errorf("list messages: %w", err)
	}
	return out, nil
}
