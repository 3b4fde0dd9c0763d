package store

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/shopspring/decimal"

	"github.com/relance/relance"
)

// DueFollowUps lists the merchants with messages that a worker may take by now: those that are
// due, and those whose worker fell silent.
func (s *Store) DueFollowUps(ctx context.Context, now time.Time) ([]uuid.UUID, error) {
	rows, err := s.system.Query(ctx, `SELECT DISTINCT merchant_id FROM follow_ups WHERE state IN ('DUE', 'SENDING') AND next_at <= $1`, now)
	if err != nil {
		return nil, fmt.Errorf("list merchants with due messages: %w", err)
	}
	return pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
}

// TakeFollowUps hands messages of a merchant to a worker until the lease ends, those that waited
// longest first; more says that others may wait. One that was being sent when its worker fell silent becomes
// UNCERTAIN: nobody knows whether it went out; a letter does not, as its printer can be asked. One that is
// too late expires. An error may come with messages that it does not concern.
func (s *Store) TakeFollowUps(ctx context.Context, m uuid.UUID, most int, lease time.Duration, now time.Time) (list []*FollowUp, more bool, err error) {
	claims, err := s.claim(ctx, m, most, lease, now)
	if err != nil {
		return nil, false, fmt.Errorf("take messages: %w", err)
	}
	var errs []error
	for i := range claims {
		c := &claims[i]
		f := &FollowUp{ID: c.ID, Channel: c.Channel, ExpiresAt: c.ExpiresAt, Attempts: c.Attempts}
		f.Ordering = c.State == relance.SendSending && c.Channel == relance.ChannelLetter
		switch {
		case f.Ordering:
			list = append(list, f)
		case c.State == relance.SendSending:
			errs = append(errs, s.Settle(ctx, m, f, relance.SendUncertain, "", relance.Telling(relance.Say("WORKER_STOPPED")), now))
		case now.After(f.ExpiresAt):
			errs = append(errs, s.Settle(ctx, m, f, relance.SendExpired, relance.ReasonExpired, relance.Detail{}, now))
		default:
			list = append(list, f)
		}
	}
	list, err = s.readTaken(ctx, m, list)
	return list, len(claims) == most, errors.Join(append(errs, err)...)
}

// claim is a message that nobody else takes before its lease ends.
type claim struct {
	ID        uuid.UUID
	State     relance.SendState
	Channel   relance.ConsentChannel
	ExpiresAt time.Time
	Attempts  int
}

func (s *Store) claim(ctx context.Context, m uuid.UUID, most int, lease time.Duration, now time.Time) (out []claim, err error) {
	err = s.inTx(ctx, m, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `UPDATE follow_ups f SET attempts = f.attempts + 1, next_at = $3
			FROM (SELECT id FROM follow_ups WHERE merchant_id = $1 AND state IN ('DUE', 'SENDING') AND next_at <= $2 ORDER BY next_at, id LIMIT $4 FOR UPDATE SKIP LOCKED) t
			WHERE f.merchant_id = $1 AND f.id = t.id RETURNING f.id, f.state, f.channel, f.expires_at, f.attempts`, m, now, now.Add(lease), most)
		if err != nil {
			return err
		}
		out, err = pgx.CollectRows(rows, pgx.RowToStructByName[claim])
		return err
	})
	slices.SortFunc(out, func(a, b claim) int { return slices.Compare(a.ID[:], b.ID[:]) })
	return out, err
}

// readTaken reads what the messages are about. Where that fails for all at once each is read by
// itself: what cannot be read holds nothing else up, and is tried again when its lease ends.
func (s *Store) readTaken(ctx context.Context, m uuid.UUID, list []*FollowUp) ([]*FollowUp, error) {
	if len(list) == 0 {
		return nil, nil
	}
	read := func(list []*FollowUp) error {
		return s.inFactTx(ctx, m, func(tx pgx.Tx) error {
			if err := readFollowUps(ctx, tx, m, list); err != nil {
				return err
			}
			return readOrders(ctx, tx, m, list)
		})
	}
	err := read(list)
	if err == nil || ctx.Err() != nil {
		return list, err
	}
	var good []*FollowUp
	var errs []error
	for _, f := range list {
		if err := read([]*FollowUp{f}); err != nil {
			errs = append(errs, fmt.Errorf("read message %s: %w", f.ID, err))
			continue
		}
		good = append(good, f)
	}
	return good, errors.Join(errs...)
}

// readOrders reads which orders of the people are known: a shop that tells of these tells nothing new.
func readOrders(ctx context.Context, tx pgx.Tx, m uuid.UUID, list []*FollowUp) error {
	byProfile := map[uuid.UUID]map[uuid.UUID][]string{}
	for _, f := range list {
		if f.Facts == nil {
			continue
		}
		if f.Orders = byProfile[f.Facts.ProfileID]; f.Orders == nil {
			f.Orders = map[uuid.UUID][]string{}
			byProfile[f.Facts.ProfileID] = f.Orders
		}
	}
	rows, err := tx.Query(ctx, `SELECT p.id, o.source_id, o.external_id FROM unnest($2::uuid[]) p(id)
		CROSS JOIN LATERAL (SELECT o.source_id, o.external_id FROM orders o WHERE o.merchant_id = $1 AND o.profile_id = p.id AND o.deleted_at IS NULL OFFSET 0) o`, m, slices.Collect(maps.Keys(byProfile)))
	if err != nil {
		return fmt.Errorf("read known orders: %w", err)
	}
	var profile, source uuid.UUID
	var external string
	_, err = pgx.ForEachRow(rows, []any{&profile, &source, &external}, func() error {
		byProfile[profile][source] = append(byProfile[profile][source], external)
		return nil
	})
	return err
}

// ReadFollowUp reads a follow-up without taking it.
func (s *Store) ReadFollowUp(ctx context.Context, m, id uuid.UUID) (*FollowUp, error) {
	f := &FollowUp{ID: id}
	return f, s.RefreshFollowUp(ctx, m, f)
}

// RefreshFollowUp reads anew what is known about a follow-up in a worker's hands.
func (s *Store) RefreshFollowUp(ctx context.Context, m uuid.UUID, f *FollowUp) error {
	return notFound(s.inFactTx(ctx, m, func(tx pgx.Tx) error { return readFollowUps(ctx, tx, m, []*FollowUp{f}) }), "message")
}

// followUpRow is a message, its voucher, and whose it is by now.
type followUpRow struct {
	ID          uuid.UUID
	EnrolmentID uuid.UUID
	CampaignID  uuid.UUID
	StepKey     string
	Channel     relance.ConsentChannel
	ByHand      relance.HandKind
	AgainOf     *uuid.UUID
	CustomerID  uuid.UUID
	ShopID      uuid.UUID
	ProfileID   *uuid.UUID
	Code        *string
	Kind        *relance.VoucherKind
	Value       *decimal.Decimal
	Minimum     *decimal.Decimal
	Currency    *string
	ValidFrom   *time.Time
	ValidUntil  *time.Time
	State       *string
	ExternalID  *string
}

// readFollowUps reads what the messages are about, as of this transaction; NOT_FOUND where one is gone.
func readFollowUps(ctx context.Context, tx pgx.Tx, m uuid.UUID, list []*FollowUp) error {
	rows, err := readFollowUpRows(ctx, tx, m, list)
	if err != nil {
		return err
	}
	var profiles []uuid.UUID
	var needs factNeeds
	campaigns := map[uuid.UUID]*relance.Campaign{}
	for _, f := range list {
		r, ok := rows[f.ID]
		if !ok {
			return pgx.ErrNoRows
		}
		f.take(r)
		c := campaigns[f.CampaignID]
		if c == nil {
			if c, err = campaignUnderWay(ctx, tx, m, f.CampaignID); err != nil {
				return err
			}
			campaigns[f.CampaignID] = c
			needs.also(needsOf(*c))
		}
		f.Campaign = *c
		needs.letters = needs.letters || f.Channel == relance.ChannelLetter
		if r.ProfileID != nil && !slices.Contains(profiles, *r.ProfileID) {
			profiles = append(profiles, *r.ProfileID)
		}
	}
	if len(profiles) == 0 {
		return nil
	}
	facts, err := readFacts(ctx, tx, m, profiles, needs)
	if err != nil {
		return err
	}
	known := make(people, len(facts))
	for _, p := range facts {
		known[p.ProfileID] = p
	}
	for _, f := range list {
		if r := rows[f.ID]; r.ProfileID != nil {
			f.know(known[*r.ProfileID], r.EnrolmentID)
		}
	}
	return nil
}

func readFollowUpRows(ctx context.Context, tx pgx.Tx, m uuid.UUID, list []*FollowUp) (map[uuid.UUID]*followUpRow, error) {
	b := &pgx.Batch{}
	queueShareMerchant(b, m)
	var rows []followUpRow
	b.Queue(`SELECT f.id, f.enrolment_id, f.campaign_id, f.step_key, f.channel, f.by_hand, f.again_of, f.customer_id, f.shop_id, i.profile_id, v.code, v.kind, v.value, v.minimum, v.currency, v.valid_from, v.valid_until, v.state, v.external_id
		FROM follow_ups f LEFT JOIN identities i ON i.merchant_id = $1 AND i.customer_id = f.customer_id`+messageVoucher+` WHERE f.merchant_id = $1 AND f.id = ANY($2)`,
		m, column(list, func(f **FollowUp) uuid.UUID { return (*f).ID })).Query(rowsInto(&rows))
	if err := tx.SendBatch(ctx, b).Close(); err != nil {
		return nil, err
	}
	out := make(map[uuid.UUID]*followUpRow, len(rows))
	for i := range rows {
		out[rows[i].ID] = &rows[i]
	}
	return out, nil
}

// campaignUnderWay reads a campaign with the plans that people are under way on. What is used of its
// budget is left out: a message is counted in it already.
func campaignUnderWay(ctx context.Context, tx pgx.Tx, m, id uuid.UUID) (*relance.Campaign, error) {
	c, err := oneCampaign(ctx, tx, m, id)
	if err != nil {
		return nil, err
	}
	return &c, readOlderPlans(ctx, tx, m, &c)
}

// take takes over what a message's row says; what is known of the person is not known any more.
func (f *FollowUp) take(r *followUpRow) {
	f.CampaignID, f.StepKey, f.Channel, f.ByHand, f.AgainOf, f.CustomerID, f.ShopID = r.CampaignID, r.StepKey, r.Channel, r.ByHand, r.AgainOf, r.CustomerID, r.ShopID
	f.Facts, f.Voucher = nil, nil
	if r.Code != nil {
		f.Voucher = &Voucher{Code: *r.Code, Kind: *r.Kind, Value: relance.Money{Amount: *r.Value, Currency: *r.Currency}, Minimum: relance.Money{Amount: *r.Minimum, Currency: *r.Currency},
			ValidFrom: *r.ValidFrom, ValidUntil: *r.ValidUntil, State: *r.State, ExternalID: *r.ExternalID}
	}
}

// know takes over what is known of the person, and with it the way through the campaign.
func (f *FollowUp) know(p *relance.Facts, enrolment uuid.UUID) {
	f.Facts = p
	if p == nil {
		return
	}
	for i := range p.Enrolments {
		if p.Enrolments[i].ID == enrolment {
			f.Enrolment = p.Enrolments[i]
		}
	}
}
