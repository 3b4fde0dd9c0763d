package store

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/relance/relance"
	"github.com/relance/relance/identity"
)

// Unsealer opens what was sealed for a merchant and a thing of theirs.
type Unsealer func(sealed []byte, merchant, thing uuid.UUID) ([]byte, error)

// UseKeys says who opens the keys that sums of erased people are made with. It is set once, before use:
// without it nothing is stored for a merchant who has erased somebody.
func (s *Store) UseKeys(unseal Unsealer) { s.unseal = unseal }

// SuppressionKey gives the sealed key of the merchant's sums; NOT_FOUND where nobody was erased yet.
func (s *Store) SuppressionKey(ctx context.Context, m uuid.UUID) (sealed []byte, err error) {
	err = s.readRow(ctx, m, []any{&sealed}, `SELECT sealed FROM suppression_keys WHERE merchant_id = $1`, m)
	return sealed, notFound(err, "key")
}

// MakeSuppressionKey stores the merchant's key; of two at once the first holds.
func (s *Store) MakeSuppressionKey(ctx context.Context, m uuid.UUID, sealed []byte, now time.Time) error {
	return s.inTx(ctx, m, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO suppression_keys (merchant_id, sealed, created_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`, m, sealed, now)
		return err
	})
}

// suppressor knows who was erased. Nil: nobody was.
type suppressor struct {
	tx       pgx.Tx
	merchant uuid.UUID
	key      []byte
	now      time.Time
}

// The lock keeps a page that was read before an erasure began from being stored after it: who writes
// records shares it, who suppresses somebody has it alone.
const (
	shareSuppressions = `SELECT pg_advisory_xact_lock_shared(hashtextextended($1::text, 26))`
	aloneSuppressions = `SELECT pg_advisory_xact_lock(hashtextextended($1::text, 26))`
)

// suppressor reads the merchant's key, under the lock: the second statement sees what the lock waited for.
func (s *Store) suppressor(ctx context.Context, tx pgx.Tx, m uuid.UUID, lock string, now time.Time) (*suppressor, error) {
	var sealed []byte
	b := &pgx.Batch{}
	b.Queue(lock, m.String())
	b.Queue(`SELECT sealed FROM suppression_keys WHERE merchant_id = $1`, m).QueryRow(func(r pgx.Row) error {
		err := r.Scan(&sealed)
		if errors.Is(err, pgx.ErrNoRows) {
			return nil
		}
		return err
	})
	if err := tx.SendBatch(ctx, b).Close(); err != nil {
		return nil, fmt.Errorf("read who was erased: %w", err)
	}
	if sealed == nil {
		return nil, nil
	}
	if s.unseal == nil {
		return nil, relance.Errorf(relance.CodeInternal, "people were erased at this merchant, and nothing can be stored without the key that knows them: RELANCE_SECRET_KEY is not set")
	}
	key, err := s.unseal(sealed, m, uuid.Nil)
	if err != nil {
		return nil, relance.WrapError(relance.CodeInternal, err, "the key that knows who was erased cannot be read: RELANCE_SECRET_KEY lacks the key that sealed it")
	}
	return &suppressor{tx: tx, merchant: m, key: key, now: now}, nil
}

// sum is a key as it is kept of somebody who was erased. Phones and addresses are those of a household:
// only the name beside them makes them somebody's.
func (s *suppressor) sum(kind, value, name string) string {
	if kind != string(identity.ByPhone) && kind != string(identity.ByAddress) {
		name = ""
	}
	h := hmac.New(sha256.New, s.key)
	for _, part := range []string{kind, value, name} {
		_, _ = fmt.Fprintf(h, "%d:%s|", len(part), part)
	}
	return string(h.Sum(nil))
}

// recordKind is the kind of the sum that knows a record by its id at its source.
const recordKind = "RECORD"

func (s *suppressor) record(source uuid.UUID, external string) string {
	return s.sum(recordKind, source.String()+"/"+external, "")
}

// ofCustomer lists the sums by which a record would be recognised.
func (s *suppressor) ofCustomer(source uuid.UUID, c *relance.Customer) []string {
	var out []string
	if c.ExternalID != "" {
		out = append(out, s.record(source, c.ExternalID))
	}
	for _, k := range identity.Keys(c, "") {
		out = append(out, s.sum(string(k.Kind), k.Value, k.Name))
	}
	return out
}

// ofOrder lists the sums by which the buyer would be recognised. Where something is sent to says nothing:
// it may be a gift.
func (s *suppressor) ofOrder(source uuid.UUID, o *relance.Order) []string {
	buyer := relance.Customer{ExternalID: o.CustomerID, Email: o.Email}
	if o.Billing != nil {
		buyer.FirstName, buyer.LastName, buyer.Addresses = o.Billing.FirstName, o.Billing.LastName, []relance.Address{*o.Billing}
	}
	return s.ofCustomer(source, &buyer)
}

// met tells which of the things were erased, by their place, and counts them as left out.
func (s *suppressor) met(ctx context.Context, sums [][]string) (map[int]bool, error) {
	by, err := s.known(ctx, sums)
	if err != nil || len(by) == 0 {
		return nil, err
	}
	hits, counted := map[int]bool{}, [][]byte{}
	for i, sum := range by {
		hits[i] = true
		counted = append(counted, []byte(sum))
	}
	_, err = s.tx.Exec(ctx, `UPDATE suppressions p SET dropped = dropped + x.n, dropped_at = $3
		FROM (SELECT t.sum, count(*) AS n FROM unnest($2::bytea[]) t(sum) GROUP BY 1 ORDER BY 1) x WHERE p.merchant_id = $1 AND p.sum = x.sum`, s.merchant, counted, s.now)
	if err != nil {
		return nil, fmt.Errorf("count who was left out: %w", err)
	}
	return hits, nil
}

// known tells which of the things were erased, by their place, with the first sum that says so.
func (s *suppressor) known(ctx context.Context, sums [][]string) (map[int]string, error) {
	if s == nil || len(sums) == 0 {
		return nil, nil
	}
	var all [][]byte
	for _, list := range sums {
		for _, x := range list {
			all = append(all, []byte(x))
		}
	}
	rows, err := s.tx.Query(ctx, `SELECT sum FROM suppressions WHERE merchant_id = $1 AND sum = ANY($2)`, s.merchant, all)
	if err != nil {
		return nil, fmt.Errorf("find who was erased: %w", err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowTo[[]byte])
	if err != nil {
		return nil, fmt.Errorf("find who was erased: %w", err)
	}
	known := make(map[string]bool, len(found))
	for _, x := range found {
		known[string(x)] = true
	}
	hits := map[int]string{}
	for i, list := range sums {
		if at := slices.IndexFunc(list, func(x string) bool { return known[x] }); at >= 0 {
			hits[i] = list[at]
		}
	}
	return hits, nil
}

// erased reads, once in a transaction, who was erased.
func (w *writer) erased(ctx context.Context) (*suppressor, error) {
	if w.suppress == nil {
		s, err := w.store.suppressor(ctx, w.tx, w.merchant, shareSuppressions, w.now)
		if err != nil {
			return nil, err
		}
		w.suppress = &s
	}
	return *w.suppress, nil
}

// withoutErased leaves out customers who were erased, and tells their places.
func (w *writer) withoutErased(ctx context.Context, list []relance.Customer) (kept []relance.Customer, left map[int]bool, err error) {
	s, err := w.erased(ctx)
	if err != nil || s == nil {
		return list, nil, err
	}
	sums := make([][]string, len(list))
	for i := range list {
		sums[i] = s.ofCustomer(w.source, &list[i])
	}
	if left, err = s.met(ctx, sums); err != nil || len(left) == 0 {
		return list, nil, err
	}
	for i := range list {
		if !left[i] {
			kept = append(kept, list[i])
		}
	}
	return kept, left, nil
}

// blankOrders takes the buyer out of orders of people who were erased: what was sold stays.
func (w *writer) blankOrders(ctx context.Context, list []relance.Order) error {
	s, err := w.erased(ctx)
	if err != nil || s == nil {
		return err
	}
	sums := make([][]string, len(list))
	for i := range list {
		sums[i] = s.ofOrder(w.source, &list[i])
	}
	hits, err := s.met(ctx, sums)
	for i := range hits {
		blankOrder(&list[i])
	}
	return err
}

func blankOrder(o *relance.Order) {
	o.CustomerID, o.Email, o.Note, o.CheckoutToken = "", "", "", blankToken(o.CheckoutToken)
	o.Billing, o.Delivery, o.Tags, o.DiscountCodes, o.Vouchers = nil, nil, nil, nil, nil
	o.Refunds, o.Returns = slices.Clone(o.Refunds), slices.Clone(o.Returns)
	for i := range o.Refunds {
		o.Refunds[i].Note = ""
	}
	for i := range o.Returns {
		o.Returns[i].Lines = slices.Clone(o.Returns[i].Lines)
		for j := range o.Returns[i].Lines {
			o.Returns[i].Lines[j].Reason = ""
		}
	}
	o.Erased = true
}

// blankToken is what stands in for a token that opens a cart: it still ties order and cart together. See
// blankTokenSQL.
func blankToken(token string) string {
	if token == "" {
		return ""
	}
	sum := sha256.Sum256([]byte(token))
	return "erased:" + hex.EncodeToString(sum[:16])
}

const blankTokenSQL = `CASE WHEN checkout_token = '' OR checkout_token LIKE 'erased:%' THEN checkout_token ELSE 'erased:' || left(encode(sha256(convert_to(checkout_token, 'UTF8')), 'hex'), 32) END`

// blankCarts takes the person out of carts of people who were erased.
func (w *writer) blankCarts(ctx context.Context, list []relance.Cart) error {
	s, err := w.erased(ctx)
	if err != nil || s == nil {
		return err
	}
	sums := make([][]string, len(list))
	for i := range list {
		if list[i].CustomerID != "" {
			sums[i] = []string{s.record(w.source, list[i].CustomerID)}
		}
	}
	hits, err := s.met(ctx, sums)
	for i := range hits {
		c := &list[i]
		c.CustomerID, c.RestoreURL, c.CheckoutToken, c.Erased = "", "", blankToken(c.CheckoutToken), true
	}
	return err
}

// withoutErasedRows finds rows of a spreadsheet, by their cells, that hold the e-mail address of somebody
// who was erased: what is wrong with such a row is not kept.
func (w *writer) withoutErasedRows(ctx context.Context, list []relance.ImportError) (kept []relance.ImportError, left int, err error) {
	s, err := w.erased(ctx)
	if err != nil || s == nil {
		return list, 0, err
	}
	sums := make([][]string, len(list))
	for i := range list {
		for _, cell := range list[i].Cells {
			if at := identity.Email(cell); at != "" {
				sums[i] = append(sums[i], s.sum(string(identity.ByEmail), at, ""))
			}
		}
	}
	hits, err := s.met(ctx, sums)
	for i := range list {
		if !hits[i] {
			kept = append(kept, list[i])
		}
	}
	return kept, len(hits), err
}

// refuseErased lets nobody type in somebody who was erased.
func (s *Store) refuseErased(ctx context.Context, tx pgx.Tx, m uuid.UUID, d *relance.TypedDetails, now time.Time) error {
	p, err := s.suppressor(ctx, tx, m, shareSuppressions, now)
	if err != nil || p == nil {
		return err
	}
	c := customerOf(d, uuid.Nil, now, now)
	c.MoreEmails, c.MorePhones = others(d.Emails), others(d.Phones)
	hits, err := p.met(ctx, [][]string{p.ofCustomer(uuid.Nil, &c)})
	if err == nil && len(hits) > 0 {
		err = relance.Tell(relance.CodeConflict, nil, "PERSON_ERASED")
	}
	return err
}
