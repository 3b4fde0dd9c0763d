package store

import (
	"context"
	"fmt"
	"strings"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/relance/relance"
)

// orderList is a list of orders o over all customers, by the date they were placed.
type orderList struct {
	*sqlArgs
	kind        string // of its cursors
	where       []string
	oldestFirst bool
}

func newOrderList(m uuid.UUID, kind string, scope []uuid.UUID) *orderList {
	l := &orderList{sqlArgs: &sqlArgs{list: []any{m}}, kind: kind, where: []string{"o.merchant_id = $1", "o.deleted_at IS NULL"}}
	if scope != nil {
		l.and("o.source_id = ANY(" + l.add(scope) + ")")
	}
	return l
}

func (l *orderList) and(cond string) { l.where = append(l.where, cond) }

// holds adds a condition that must be so, or not, or does not matter.
func (l *orderList) holds(want *bool, cond string) {
	switch {
	case want == nil:
	case *want:
		l.and(cond)
	default:
		l.and("NOT " + cond)
	}
}

// Orders lists orders over all customers.
func (s *Store) Orders(ctx context.Context, m uuid.UUID, q relance.OrderQuery) (*relance.OrderPage, error) {
	l := newOrderList(m, "all orders", q.Scope)
	l.oldestFirst = q.OldestFirst
	if q.ID != nil {
		l.and("o.id = " + l.add(*q.ID))
	}
	if len(q.States) > 0 {
		l.and("o.state = ANY(" + l.add(q.States) + ")")
	}
	between(&l.where, l.sqlArgs, "o.placed_at", q.PlacedBetween)
	if q.Number != "" {
		l.and(numbered(l.add(strings.TrimPrefix(q.Number, "#"))))
	}
	l.holds(q.Counted, "o.counted")
	l.holds(q.Recovered, recovered)
	l.holds(q.Validated, "(NOT o.not_validated)")
	l.holds(q.Returned, "(o.returned > 0)")
	return s.orderPage(ctx, m, l, q.OrderWant)
}

// numbered is the condition that a number begins like the parameter. The operators compare
// byte by byte, as the index does, and need no literal as LIKE does to make use of it.
func numbered(start string) string {
	begins := func(with string) string {
		return "(upper(o.number) ~>=~ " + with + " AND upper(o.number) ~<~ (" + with + " || chr(1114111)))"
	}
	return "(" + begins("upper("+start+")") + " OR " + begins("upper('#' || "+start+")") + ")"
}

// OrdersWithoutProfile lists orders for which the shop names no customer and that
// nobody assigned, newest first.
func (s *Store) OrdersWithoutProfile(ctx context.Context, m uuid.UUID, scope []uuid.UUID, w relance.OrderWant) (*relance.OrderPage, error) {
	l := newOrderList(m, "orphans", scope)
	l.and("o.profile_id IS NULL AND o.customer_external_id = '' AND NOT o.erased")
	return s.orderPage(ctx, m, l, w)
}

// orderPage reads a page of the list, and counts the whole where that is wanted.
func (s *Store) orderPage(ctx context.Context, m uuid.UUID, l *orderList, w relance.OrderWant) (*relance.OrderPage, error) {
	counting, count := append([]any(nil), l.list...), "SELECT count(*) FROM orders o WHERE "+strings.Join(l.where, " AND ")
	at, id, err := place(w.After, l.kind)
	if err != nil {
		return nil, err
	}
	way, than := "DESC", "<"
	if l.oldestFirst {
		way, than = "ASC", ">"
	}
	if at != nil {
		l.and("(o.placed_at, o.id) " + than + " (" + l.add(at) + ", " + l.add(id) + ")")
	}
	page := &relance.OrderPage{}
	f := &filler{merchant: m}
	columns := orderColumns(w.Fields)
	err = s.read(ctx, m, func(b *pgx.Batch) {
		f.queueShops(b)
		b.Queue(fmt.Sprintf("SELECT %s, %s FROM orders o WHERE %s ORDER BY o.placed_at %s, o.id %s LIMIT %d", columns.sql, badgeColumn(w.Badges),
			strings.Join(l.where, " AND "), way, way, w.First+1), l.list...).Query(func(rows pgx.Rows) error {
			for rows.Next() {
				o := &relance.OrderView{}
				if err := rows.Scan(columns.targets(o, &o.Recovered)...); err != nil {
					return err
				}
				o.InCurrency()
				o.Shop = f.shops[o.SourceID]
				page.Orders = append(page.Orders, o)
			}
			return rows.Err()
		})
		if w.Total {
			b.Queue(count, counting...).QueryRow(func(r pgx.Row) error { return r.Scan(&page.Total) })
		}
	})
	if err != nil {
		return nil, fmt.Errorf("list %s: %w", l.kind, err)
	}
	if page.Info.HasNextPage = len(page.Orders) > w.First; page.Info.HasNextPage {
		page.Orders = page.Orders[:w.First]
	}
	byID := map[uuid.UUID][]*relance.OrderView{}
	for _, o := range page.Orders {
		byID[o.ID] = append(byID[o.ID], o)
		page.Info.End = encodeCursor(l.kind, o.PlacedAt, o.ID)
	}
	return page, s.orderParts(ctx, m, byID, w)
}

// orderParts reads what is wanted of the orders beside their own rows.
func (s *Store) orderParts(ctx context.Context, m uuid.UUID, orders map[uuid.UUID][]*relance.OrderView, w relance.OrderWant) error {
	if !w.Lines && !w.Refunds && !w.Returns {
		return nil
	}
	return s.readSome(ctx, m, func(b *pgx.Batch) {
		if w.Lines {
			queueOrderLines(b, m, orders, w.LineFields)
		}
		if w.Refunds {
			queueRefunds(b, m, orders)
		}
		if w.Returns {
			queueReturns(b, m, orders)
		}
	})
}
