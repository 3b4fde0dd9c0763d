package store

import (
	"context"
	"fmt"
	"strings"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/relance/relance"
)

func (f *filler) queueCarts(b *pgx.Batch, alias string, w relance.CartWant) {
	for _, p := range f.at {
		p.Carts[alias] = &relance.CartPage{}
	}
	a := f.args()
	cond := f.inScope(a, "c.source_id")
	if w.Total {
		b.Queue(`SELECT c.profile_id, count(*) FROM carts c WHERE c.merchant_id = $1 AND c.profile_id = ANY($2) AND c.deleted_at IS NULL`+cond+` GROUP BY 1`,
			a.list...).Query(func(rows pgx.Rows) error {
			for _, p := range f.at {
				p.Carts[alias].Total = new(int64)
			}
			var profile uuid.UUID
			var n int64
			_, err := pgx.ForEachRow(rows, []any{&profile, &n}, func() error { *f.at[profile].Carts[alias].Total = n; return nil })
			return err
		})
	}
	at, id, _ := place(w.After, "carts")
	if at != nil {
		cond += " AND (c.active_at, c.id) < (" + a.add(at) + ", " + a.add(id) + ")"
	}
	now := a.add(f.now)
	b.Queue(fmt.Sprintf(`SELECT t.* FROM unnest($2::uuid[]) p(id) CROSS JOIN LATERAL (SELECT %s FROM carts c %s
		WHERE c.merchant_id = $1 AND c.profile_id = p.id AND c.deleted_at IS NULL%s ORDER BY c.active_at DESC, c.id DESC LIMIT %d) t`,
		cartColumns(now), cartJoins, cond, w.First+1), a.list...).Query(func(rows pgx.Rows) error {
		for rows.Next() {
			c := &relance.CartView{}
			if err := rows.Scan(cartTargets(c)...); err != nil {
				return err
			}
			c.Shop = f.shops[c.SourceID]
			page := f.at[*c.ProfileID].Carts[alias]
			if len(page.Carts) == w.First {
				page.Info.HasNextPage = true
				continue
			}
			page.Carts = append(page.Carts, c)
			page.Info.End = encodeCursor("carts", c.UpdatedAt, c.ID)
		}
		return rows.Err()
	})
}

// cartColumns derives the state as of now, a parameter.
func cartColumns(now string) string {
	return `c.id, c.source_id, c.external_id, c.profile_id, ` + cartState(now) + ` AS state, c.started_at, c.active_at, c.currency, c.value, c.value_known,
		c.language, nullif(c.restore_url, ''), o.id AS order_id, o.number`
}

// cartState is the state of cart c of merchant m as of now, a parameter.
func cartState(now string) string {
	return `CASE WHEN c.ordered THEN CASE WHEN c.was_abandoned THEN 'RECOVERED' ELSE 'ORDERED' END
		WHEN c.active_at <= ` + now + `::timestamptz - m.abandon_after THEN 'ABANDONED' ELSE 'OPEN' END`
}

func cartTargets(c *relance.CartView) []any {
	return []any{&c.ID, &c.SourceID, &c.ExternalID, &c.ProfileID, &c.State, &c.StartedAt, &c.UpdatedAt, &c.Currency, &c.Amount, &c.ValueKnown,
		&c.Language, &c.RestoreURL, &c.OrderID, &c.OrderNumber}
}

func queueCartLines(b *pgx.Batch, m uuid.UUID, carts map[uuid.UUID][]*relance.CartView) {
	if len(carts) == 0 {
		return
	}
	b.Queue(`SELECT cart_id, title, sku, quantity, unit_price, total, options, image_url FROM cart_lines WHERE merchant_id = $1 AND cart_id = ANY($2) ORDER BY cart_id, position`,
		m, keysOf(carts)).Query(func(rows pgx.Rows) error {
		for rows.Next() {
			var l relance.CartLineView
			if err := rows.Scan(&l.CartID, &l.Title, &l.SKU, &l.Quantity, &l.UnitPrice, &l.Total, &l.Options, &l.ImageURL); err != nil {
				return err
			}
			for _, c := range carts[l.CartID] {
				c.Lines = append(c.Lines, &l)
			}
		}
		return rows.Err()
	})
}

// Carts lists carts over all customers, latest activity first.
func (s *Store) Carts(ctx context.Context, m uuid.UUID, q relance.CartQuery) (*relance.CartPage, error) {
	a := &sqlArgs{list: []any{m}}
	now := a.add(q.Now)
	where := []string{"c.merchant_id = $1", "c.deleted_at IS NULL"}
	for _, shops := range [][]uuid.UUID{q.Scope, q.Shops} {
		if shops != nil {
			where = append(where, "c.source_id = ANY("+a.add(shops)+")")
		}
	}
	if q.ID != nil {
		where = append(where, "c.id = "+a.add(*q.ID))
	}
	if len(q.States) > 0 {
		where = append(where, cartStates(q.States, now))
	}
	counting, countSQL := append([]any(nil), a.list...), `SELECT count(*) FROM carts c JOIN merchants m ON m.id = $1 WHERE $2::timestamptz IS NOT NULL AND `+strings.Join(where, " AND ")
	at, id, err := place(q.After, "carts")
	if err != nil {
		return nil, err
	}
	if at != nil {
		where = append(where, "(c.active_at, c.id) < ("+a.add(at)+", "+a.add(id)+")")
	}
	page := &relance.CartPage{}
	f := &filler{merchant: m}
	err = s.read(ctx, m, func(b *pgx.Batch) {
		f.queueShops(b)
		b.Queue(fmt.Sprintf(`SELECT %s FROM carts c %s WHERE %s ORDER BY c.active_at DESC, c.id DESC LIMIT %d`, cartColumns(now), cartJoins,
			strings.Join(where, " AND "), q.First+1), a.list...).Query(func(rows pgx.Rows) error {
			for rows.Next() {
				c := &relance.CartView{}
				if err := rows.Scan(cartTargets(c)...); err != nil {
					return err
				}
				c.Shop = f.shops[c.SourceID]
				page.Carts = append(page.Carts, c)
			}
			return rows.Err()
		})
		if q.Total {
			b.Queue(countSQL, counting...).QueryRow(func(r pgx.Row) error { return r.Scan(&page.Total) })
		}
	})
	if err != nil {
		return nil, fmt.Errorf("list carts: %w", err)
	}
	if page.Info.HasNextPage = len(page.Carts) > q.First; page.Info.HasNextPage {
		page.Carts = page.Carts[:q.First]
	}
	byID := map[uuid.UUID][]*relance.CartView{}
	for _, c := range page.Carts {
		byID[c.ID] = append(byID[c.ID], c)
		page.Info.End = encodeCursor("carts", c.UpdatedAt, c.ID)
	}
	if !q.Lines {
		return page, nil
	}
	return page, s.readSome(ctx, m, func(b *pgx.Batch) { queueCartLines(b, m, byID) })
}

// cartStates is the condition that a cart is in any of the states as of now.
func cartStates(states []relance.CartState, now string) string {
	var either []string
	for _, st := range states {
		switch st {
		case relance.CartRecovered:
			either = append(either, "(c.ordered AND c.was_abandoned)")
		case relance.CartOrdered:
			either = append(either, "(c.ordered AND NOT c.was_abandoned)")
		case relance.CartAbandoned:
			either = append(either, "(NOT c.ordered AND c.active_at <= "+now+"::timestamptz - m.abandon_after)")
		case relance.CartOpen:
			either = append(either, "(NOT c.ordered AND c.active_at > "+now+"::timestamptz - m.abandon_after)")
		}
	}
	return "(" + strings.Join(either, " OR ") + ")"
}
