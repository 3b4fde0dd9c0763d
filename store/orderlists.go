package store

import (
	"fmt"
	"maps"
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

const cartJoins = `JOIN merchants m ON m.id = $1 LEFT JOIN orders o ON o.merchant_id = $1 AND o.id = c.order_id`

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
