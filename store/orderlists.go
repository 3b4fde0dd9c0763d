package store

import (
	"context"
	"fmt"
	"maps"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/relance/relance"
)

// check refuses pages that are too large and cursors that are not ours before any
// statement runs.
func (f *filler) check() error {
	for _, w := range f.want.Orders {
		if _, _, err := place(w.After, "orders"); err != nil {
			return err
		}
	}
	for _, w := range f.want.Carts {
		if _, _, err := place(w.After, "carts"); err != nil {
			return err
		}
	}
	for _, w := range f.want.Purchases {
		if w.After == "" {
			continue
		}
		if err := decodeCursor(w.After, "purchases", new(time.Time), new(uuid.UUID), new(string)); err != nil {
			return err
		}
	}
	return nil
}

// place reads a cursor of a list sorted by time and id, newest first; nil for its beginning.
func place(cursor, kind string) (at *time.Time, id *uuid.UUID, err error) {
	if cursor == "" {
		return nil, nil, nil
	}
	return at, id, decodeCursor(cursor, kind, &at, &id)
}

// recovered tells whether an abandoned cart led to order o.
const recovered = `EXISTS (SELECT 1 FROM carts k WHERE k.merchant_id = $1 AND k.order_id = o.id AND k.was_abandoned)`

func badgeColumn(wanted bool) string {
	if wanted {
		return recovered
	}
	return "false"
}

func (f *filler) queueOrders(b *pgx.Batch, alias string, w relance.OrderWant) {
	for _, p := range f.at {
		p.Orders[alias] = &relance.OrderPage{}
	}
	a := f.args()
	cond := f.inScope(a, "o.source_id")
	if w.Total {
		b.Queue(`SELECT o.profile_id, count(*) FROM orders o WHERE o.merchant_id = $1 AND o.profile_id = ANY($2) AND o.deleted_at IS NULL`+cond+` GROUP BY 1`,
			a.list...).Query(func(rows pgx.Rows) error {
			for _, p := range f.at {
				p.Orders[alias].Total = new(int64)
			}
			var profile uuid.UUID
			var n int64
			_, err := pgx.ForEachRow(rows, []any{&profile, &n}, func() error { *f.at[profile].Orders[alias].Total = n; return nil })
			return err
		})
	}
	at, id, _ := place(w.After, "orders")
	if at != nil {
		cond += " AND (o.placed_at, o.id) < (" + a.add(at) + ", " + a.add(id) + ")"
	}
	columns := orderColumns(w.Fields)
	b.Queue(fmt.Sprintf(`SELECT t.* FROM unnest($2::uuid[]) p(id) CROSS JOIN LATERAL (SELECT %s, %s FROM orders o
		WHERE o.merchant_id = $1 AND o.profile_id = p.id AND o.deleted_at IS NULL%s ORDER BY o.placed_at DESC, o.id DESC LIMIT %d) t`,
		columns.sql, badgeColumn(w.Badges), cond, w.First+1), a.list...).Query(func(rows pgx.Rows) error {
		for rows.Next() {
			o := &relance.OrderView{}
			if err := rows.Scan(columns.targets(o, &o.Recovered)...); err != nil {
				return err
			}
			o.InCurrency()
			o.Shop = f.shops[o.SourceID]
			page := f.at[*o.ProfileID].Orders[alias]
			if len(page.Orders) == w.First {
				page.Info.HasNextPage = true
				continue
			}
			page.Orders = append(page.Orders, o)
			page.Info.End = encodeCursor("orders", o.PlacedAt, o.ID)
		}
		return rows.Err()
	})
}

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

// queuePurchases lists one row per product bought.
func (f *filler) queuePurchases(b *pgx.Batch, alias string, w relance.Paging) {
	for _, p := range f.at {
		p.Products[alias] = &relance.PurchasePage{}
	}
	a := f.args()
	cond := f.inScope(a, "o.source_id")
	if w.After != "" {
		var at time.Time
		var id uuid.UUID
		var line string
		if decodeCursor(w.After, "purchases", &at, &id, &line) == nil {
			cond += " AND (o.placed_at, o.id, l.external_id) < (" + a.add(at) + ", " + a.add(id) + ", " + a.add(line) + ")"
		}
	}
	order, line := orderColumns(nil), lineColumns(nil)
	b.Queue(fmt.Sprintf(`SELECT t.* FROM unnest($2::uuid[]) p(id) CROSS JOIN LATERAL (SELECT %s, %s FROM orders o
		JOIN order_lines l ON l.merchant_id = $1 AND l.order_id = o.id
		WHERE o.merchant_id = $1 AND o.profile_id = p.id AND o.deleted_at IS NULL%s ORDER BY o.placed_at DESC, o.id DESC, l.external_id DESC LIMIT %d) t`,
		order.sql, line.sql, cond, w.First+1), a.list...).Query(func(rows pgx.Rows) error {
		for rows.Next() {
			x := &relance.Purchase{}
			if err := rows.Scan(order.targets(&x.Order, line.targets(&x.Line)...)...); err != nil {
				return err
			}
			x.Order.InCurrency()
			x.Order.Shop = f.shops[x.Order.SourceID]
			x.Line.UnitPrice.Currency, x.Line.Total.Currency = x.Order.Currency, x.Order.Currency
			page := f.at[*x.Order.ProfileID].Products[alias]
			if len(page.Purchases) == w.First {
				page.Info.HasNextPage = true
				continue
			}
			page.Purchases = append(page.Purchases, x)
			page.Info.End = encodeCursor("purchases", x.Order.PlacedAt, x.Order.ID, x.Line.ExternalID)
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

const cartJoins = `JOIN merchants m ON m.id = $1 LEFT JOIN orders o ON o.merchant_id = $1 AND o.id = c.order_id`

func cartTargets(c *relance.CartView) []any {
	return []any{&c.ID, &c.SourceID, &c.ExternalID, &c.ProfileID, &c.State, &c.StartedAt, &c.UpdatedAt, &c.Currency, &c.Amount, &c.ValueKnown,
		&c.Language, &c.RestoreURL, &c.OrderID, &c.OrderNumber}
}

// queueParts reads lines, refunds and returns of the orders and lines of the carts found.
func (f *filler) queueParts(b *pgx.Batch) {
	lines, refunds, returns, cartLines := map[uuid.UUID][]*relance.OrderView{}, map[uuid.UUID][]*relance.OrderView{}, map[uuid.UUID][]*relance.OrderView{}, map[uuid.UUID][]*relance.CartView{}
	lineFields := map[string]bool{}
	for _, w := range f.want.Orders {
		if w.LineFields == nil && w.Lines {
			lineFields = nil
			break
		}
		maps.Copy(lineFields, w.LineFields)
	}
	for _, p := range f.at {
		for alias, page := range p.Orders {
			for _, o := range page.Orders {
				if f.want.Orders[alias].Lines {
					lines[o.ID] = append(lines[o.ID], o)
				}
				if f.want.Orders[alias].Refunds {
					refunds[o.ID] = append(refunds[o.ID], o)
				}
				if f.want.Orders[alias].Returns {
					returns[o.ID] = append(returns[o.ID], o)
				}
			}
		}
		for alias, page := range p.Carts {
			for _, c := range page.Carts {
				if f.want.Carts[alias].Lines {
					cartLines[c.ID] = append(cartLines[c.ID], c)
				}
			}
		}
	}
	queueOrderLines(b, f.merchant, lines, lineFields)
	queueRefunds(b, f.merchant, refunds)
	queueReturns(b, f.merchant, returns)
	queueCartLines(b, f.merchant, cartLines)
}

func keysOf[V any](m map[uuid.UUID]V) []uuid.UUID {
	out := make([]uuid.UUID, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	return out
}

func queueOrderLines(b *pgx.Batch, m uuid.UUID, orders map[uuid.UUID][]*relance.OrderView, fields map[string]bool) {
	if len(orders) == 0 {
		return
	}
	columns := lineColumns(fields)
	b.Queue(`SELECT `+columns.sql+` FROM order_lines l WHERE l.merchant_id = $1 AND l.order_id = ANY($2) ORDER BY l.order_id, l.position`, m, keysOf(orders)).Query(func(rows pgx.Rows) error {
		for rows.Next() {
			var l relance.OrderLineView
			if err := rows.Scan(columns.targets(&l)...); err != nil {
				return err
			}
			for _, o := range orders[l.OrderID] {
				o.AddLine(l)
			}
		}
		return rows.Err()
	})
}

func queueRefunds(b *pgx.Batch, m uuid.UUID, orders map[uuid.UUID][]*relance.OrderView) {
	if len(orders) == 0 {
		return
	}
	b.Queue(`SELECT order_id, external_id, document, at, amount, shipping, note, lines FROM refunds WHERE merchant_id = $1 AND order_id = ANY($2) ORDER BY at, external_id`,
		m, keysOf(orders)).Query(func(rows pgx.Rows) error {
		for rows.Next() {
			var id uuid.UUID
			var r relance.Refund
			if err := rows.Scan(&id, &r.ExternalID, &r.Document, &r.At, &r.Amount, &r.Shipping, &r.Note, &r.Lines); err != nil {
				return err
			}
			for _, o := range orders[id] {
				o.Refunds = append(o.Refunds, r)
			}
		}
		return rows.Err()
	})
}

func queueReturns(b *pgx.Batch, m uuid.UUID, orders map[uuid.UUID][]*relance.OrderView) {
	if len(orders) == 0 {
		return
	}
	b.Queue(`SELECT id, returns FROM orders WHERE merchant_id = $1 AND id = ANY($2) AND returns <> '[]'`, m, keysOf(orders)).Query(func(rows pgx.Rows) error {
		for rows.Next() {
			var id uuid.UUID
			var list []relance.Return
			if err := rows.Scan(&id, &list); err != nil {
				return err
			}
			for _, o := range orders[id] {
				o.Returns = list
			}
		}
		return rows.Err()
	})
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
