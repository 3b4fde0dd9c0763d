package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// ErasedSum is one sum by which somebody who was erased is known. It names nobody without the key.
type ErasedSum struct {
	Sum      []byte    `json:"sum"`
	Kind     string    `json:"kind"`
	Objected bool      `json:"objected,omitempty"`
	At       time.Time `json:"at"`
}

// ErasedList is who was erased at a merchant: the sealed key and the sums made with it. Kept apart from
// the backups, it keeps a restored one from bringing anybody back.
type ErasedList struct {
	MerchantID uuid.UUID    `json:"merchant"`
	Key        []byte       `json:"key"` // sealed by RELANCE_SECRET_KEY
	Sums       []ErasedSum  `json:"sums"`
	Shops      []ErasedShop `json:"shops,omitempty"`
}

// ErasedShop is a shop all of which was erased, and that nobody has connected since.
type ErasedShop struct {
	ID uuid.UUID `json:"id"`
	At time.Time `json:"at"` // when it was decided
}

// ErasedList reads a merchant's; NOT_FOUND where nobody was erased.
func (s *Store) ErasedList(ctx context.Context, m uuid.UUID) (out ErasedList, err error) {
	out.MerchantID = m
	err = s.read(ctx, m, func(b *pgx.Batch) {
		b.Queue(`SELECT sealed FROM suppression_keys WHERE merchant_id = $1`, m).QueryRow(func(r pgx.Row) error { return r.Scan(&out.Key) })
		b.Queue(`SELECT sum, kind, objected, at FROM suppressions WHERE merchant_id = $1 ORDER BY at, sum`, m).Query(rowsInto(&out.Sums))
		b.Queue(`SELECT h.id, max(e.begun_at) AS at FROM shop_erasures e JOIN shops h ON h.merchant_id = $1 AND h.id = e.shop_id AND h.state = 'DISCONNECTED' WHERE e.merchant_id = $1 GROUP BY h.id ORDER BY 2, 1`, m).Query(rowsInto(&out.Shops))
	})
	return out, notFound(err, "key")
}

// TakeErasedList adds the sums that are not there, and tells how many. A list made with another key than
// the merchant's is refused: its sums would know nobody.
func (s *Store) TakeErasedList(ctx context.Context, list ErasedList, now time.Time) (added int64, err error) {
	m := list.MerchantID
	err = s.inTx(ctx, m, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `INSERT INTO suppression_keys (merchant_id, sealed, created_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`, m, list.Key, now); err != nil {
			return err
		}
		p, err := s.suppressor(ctx, tx, m, aloneSuppressions, now)
		if err != nil {
			return err
		}
		if key, err := s.unseal(list.Key, m, uuid.Nil); err != nil || !bytes.Equal(key, p.key) {
			return fmt.Errorf("the list of merchant %s was made with another key than the one in this database: it knows nobody here", m)
		}
		erasure := newID() // whose the sums were is not told: they hang on one that erased nobody
		if _, err := tx.Exec(ctx, `INSERT INTO erasures (merchant_id, id, profile_id, cause, step, begun_by, begun_at, next_at, finished_at) VALUES ($1, $2, $2, 'RESTORED', 'DONE', 'relance', $3, $3, $3)`, m, erasure, now); err != nil {
			return err
		}
		tag, err := tx.Exec(ctx, `INSERT INTO suppressions (merchant_id, sum, kind, objected, erasure_id, at) SELECT $1, x.sum, x.kind, x.objected, $2, x.at
			FROM unnest($3::bytea[], $4::text[], $5::boolean[], $6::timestamptz[]) x(sum, kind, objected, at) ON CONFLICT DO NOTHING`, m, erasure,
			column(list.Sums, func(x *ErasedSum) []byte { return x.Sum }), column(list.Sums, func(x *ErasedSum) string { return x.Kind }),
			column(list.Sums, func(x *ErasedSum) bool { return x.Objected }), column(list.Sums, func(x *ErasedSum) time.Time { return x.At }))
		if added = tag.RowsAffected(); err == nil && added == 0 {
			_, err = tx.Exec(ctx, `DELETE FROM erasures WHERE merchant_id = $1 AND id = $2`, m, erasure)
		}
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("take up who was erased: %w", err)
	}
	return added, nil
}

// ShopsBackAgain tells which of the shops are here though they were erased: a restored backup does not know of it.
func (s *Store) ShopsBackAgain(ctx context.Context, m uuid.UUID, shops []ErasedShop) (out []uuid.UUID, err error) {
	err = s.read(ctx, m, func(b *pgx.Batch) {
		b.Queue(`SELECT h.id FROM unnest($2::uuid[], $3::timestamptz[]) x(id, at) JOIN shops h ON h.merchant_id = $1 AND h.id = x.id
			WHERE NOT EXISTS (SELECT 1 FROM shop_erasures e WHERE e.merchant_id = $1 AND e.shop_id = h.id AND e.begun_at >= x.at) ORDER BY 1`, m,
			column(shops, func(x *ErasedShop) uuid.UUID { return x.ID }), column(shops, func(x *ErasedShop) time.Time { return x.At })).Query(func(rows pgx.Rows) (err error) {
			out, err = pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
			return err
		})
	})
	return out, err
}

// erasedBatch is how many records are looked at in one transaction.
const erasedBatch = 2000

// ErasedAndHere lists profiles that hold a record of somebody who was erased: a restored backup brought
// them back. Those whose erasure is under way are left out.
func (s *Store) ErasedAndHere(ctx context.Context, m uuid.UUID, now time.Time) (out []uuid.UUID, err error) {
	seen := map[uuid.UUID]bool{}
	err = s.read(ctx, m, func(b *pgx.Batch) {
		b.Queue(`SELECT profile_id FROM erasures WHERE merchant_id = $1 AND finished_at IS NULL`, m).Query(func(rows pgx.Rows) error {
			var id uuid.UUID
			_, err := pgx.ForEachRow(rows, []any{&id}, func() error { seen[id] = true; return nil })
			return err
		})
	})
	if err != nil {
		return nil, fmt.Errorf("find erasures under way: %w", err)
	}
	for after, more := uuid.Nil, true; more; {
		err := s.inTx(ctx, m, func(tx pgx.Tx) error {
			found, last, err := s.erasedAfter(ctx, tx, m, after, now)
			for _, p := range found {
				if !seen[p] {
					seen[p] = true
					out = append(out, p)
				}
			}
			after, more = last, last != uuid.Nil
			return err
		})
		if err != nil {
			return nil, fmt.Errorf("find who was erased and is here: %w", err)
		}
	}
	return out, nil
}

func (s *Store) erasedAfter(ctx context.Context, tx pgx.Tx, m, after uuid.UUID, now time.Time) (out []uuid.UUID, last uuid.UUID, err error) {
	p, err := s.suppressor(ctx, tx, m, shareSuppressions, now)
	if err != nil || p == nil {
		return nil, last, err
	}
	rows, err := tx.Query(ctx, `SELECT id FROM customers WHERE merchant_id = $1 AND id > $2 ORDER BY id LIMIT $3`, m, after, erasedBatch)
	if err != nil {
		return nil, last, err
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
	if err != nil || len(ids) == 0 {
		return nil, last, err
	}
	people, err := (&deriver{tx: tx, merchant: m, now: now}).people(ctx, ids)
	if err != nil {
		return nil, last, err
	}
	e := &eraser{suppress: p}
	sums := make([][]string, len(people))
	for i := range people {
		for _, x := range e.sumsOf(&people[i]) {
			sums[i] = append(sums[i], x.sum)
		}
	}
	hits, err := p.known(ctx, sums)
	for i := range hits {
		if people[i].Profile == nil {
			return nil, last, errors.New("records wait to be derived: run the workers for a moment, then this again")
		}
		out = append(out, *people[i].Profile)
	}
	return out, ids[len(ids)-1], err
}

// ErasedIDs tells which of a source's records are those of people who were erased.
func (s *Store) ErasedIDs(ctx context.Context, m, source uuid.UUID, external []string, now time.Time) (out map[string]bool, err error) {
	out = map[string]bool{}
	err = s.inTx(ctx, m, func(tx pgx.Tx) error {
		p, err := s.suppressor(ctx, tx, m, shareSuppressions, now)
		if err != nil || p == nil {
			return err
		}
		sums := make([][]string, len(external))
		for i, id := range external {
			sums[i] = []string{p.record(source, id)}
		}
		hits, err := p.known(ctx, sums)
		for i := range hits {
			out[external[i]] = true
		}
		return err
	})
	return out, err
}
