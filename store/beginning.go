package store

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/relance/relance"
)

// Outgoing is a message that is ready for the relay.
type Outgoing struct {
	*FollowUp
	// Made is what the shop calls the message's voucher, to be noted; "" where there is none, or it is noted.
	Made string
	Mail relance.Email
	// Decision is what was decided when its turn came.
	Decision relance.Decision
	// Err tells why nobody could ask; CONFLICT where somebody else has the message.
	Err error
}

// BeginSending asks for each message once more, on the facts of this moment, and where the answer is
// SEND commits that the message is being sent, and the message as it is. From then on it may have gone
// out. Of several messages to one person, or to one household, each is judged when those before it are
// being sent.
func (s *Store) BeginSending(ctx context.Context, m uuid.UUID, list []*Outgoing, judge func(*FollowUp) relance.Decision, lease time.Duration, now time.Time) {
	rounds := [][]*Outgoing{list}
	for len(rounds) > 0 {
		round := rounds[0]
		rounds = rounds[1:]
		var later []*Outgoing
		err := s.inFactTx(ctx, m, func(tx pgx.Tx) (err error) {
			later, err = begin(ctx, tx, m, round, judge, now, now.Add(lease))
			return err
		})
		switch {
		case err == nil && len(later) > 0:
			rounds = append(rounds, later)
		case err != nil && len(round) == 1:
			round[0].Err = err
		case err != nil: // one of them cannot be judged: the others can
			for _, o := range round {
				rounds = append(rounds, []*Outgoing{o})
			}
		}
	}
}

// begin begins the messages that concern nobody else's of the list, and gives the others back.
func begin(ctx context.Context, tx pgx.Tx, m uuid.UUID, list []*Outgoing, judge func(*FollowUp) relance.Decision, now, until time.Time) (later []*Outgoing, err error) {
	fresh := make([]*FollowUp, len(list))
	for i, o := range list {
		copied := *o.FollowUp
		fresh[i] = &copied
	}
	homes, err := hold(ctx, tx, m, fresh)
	if err != nil {
		return nil, err
	}
	list, fresh, later = apart(list, fresh, homes)
	if err := readFollowUps(ctx, tx, m, fresh); err != nil {
		return nil, err
	}
	b := &pgx.Batch{}
	for i, o := range list {
		if o.Made != "" { // whatever becomes of the message: then it is to be revoked
			b.Queue(voucherIssuedSQL, m, o.ID, o.Made, now)
		}
		if o.Decision = judge(fresh[i]); o.Decision.Verdict != relance.VerdictSend {
			continue
		}
		b.Queue(beginSQL, m, o.ID, o.Decision.Recipient.Basis, until)
		b.Queue(`INSERT INTO emails (merchant_id, follow_up_id, recipient, subject, body_text, body_html, message_id, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
			ON CONFLICT (merchant_id, follow_up_id) DO UPDATE SET recipient = excluded.recipient, subject = excluded.subject, body_text = excluded.body_text, body_html = excluded.body_html, at = excluded.at`,
			m, o.ID, o.Mail.To, o.Mail.Subject, o.Mail.Text, o.Mail.HTML, o.Mail.MessageID, now)
	}
	return later, tx.SendBatch(ctx, b).Close()
}

// apart keeps the first message of each person and household for now.
func apart(list []*Outgoing, fresh []*FollowUp, homes map[uuid.UUID][]string) (first []*Outgoing, read []*FollowUp, later []*Outgoing) {
	taken := map[string]bool{}
	for i, o := range list {
		whose := append(homes[o.Facts.ProfileID], o.Facts.ProfileID.String())
		free := true
		for _, x := range whose {
			free = free && !taken[x]
		}
		if !free {
			later = append(later, o)
			continue
		}
		for _, x := range whose {
			taken[x] = true
		}
		first, read = append(first, o), append(read, fresh[i])
	}
	return first, read, later
}

const beginSQL = `UPDATE follow_ups SET state = 'SENDING', basis = $3, next_at = $4 WHERE merchant_id = $1 AND id = $2`

// askAgain judges on the facts of this transaction, with everybody else kept from sending to the
// person until it ends.
func (f *FollowUp) askAgain(ctx context.Context, tx pgx.Tx, m uuid.UUID, judge func(*FollowUp) relance.Decision) (*FollowUp, relance.Decision, error) {
	fresh := *f
	list := []*FollowUp{&fresh}
	if _, err := hold(ctx, tx, m, list); err != nil {
		return nil, relance.Decision{}, err
	}
	if err := readFollowUps(ctx, tx, m, list); err != nil {
		return nil, relance.Decision{}, err
	}
	return &fresh, judge(&fresh), nil
}

// hold keeps everybody else from the messages, and from sending to their people and households,
// until the transaction ends: of two messages to one person, or to two people of one household, the
// second sees that the first is being sent. It gives the households of each person. Whoever holds
// several does it in the same order.
func hold(ctx context.Context, tx pgx.Tx, m uuid.UUID, list []*FollowUp) (homes map[uuid.UUID][]string, err error) {
	profiles := column(list, func(f **FollowUp) uuid.UUID { return (*f).Facts.ProfileID })
	homes = map[uuid.UUID][]string{}
	b := &pgx.Batch{}
	b.Queue(`SELECT pg_advisory_xact_lock(hashtextextended('send to ' || id, 2)) FROM (SELECT DISTINCT x::text AS id FROM unnest($1::uuid[]) x ORDER BY 1) p`, profiles)
	b.Queue(`SELECT profile_id, household, pg_advisory_xact_lock(hashtextextended('send to ' || household, 3))::text FROM (SELECT DISTINCT a.household, i.profile_id FROM identities i`+ownAddress+`
			WHERE i.merchant_id = $1 AND i.profile_id = ANY($2) ORDER BY 1, 2) h`, m, profiles).Query(func(rows pgx.Rows) error {
		var id uuid.UUID
		var household, locked string
		_, err := pgx.ForEachRow(rows, []any{&id, &household, &locked}, func() error {
			homes[id] = append(homes[id], household)
			return nil
		})
		return err
	})
	// Locked only: a row that is written twice in one transaction has its foreign keys checked anew.
	b.Queue(`SELECT f.id FROM unnest($2::uuid[], $3::int[]) x(id, attempts) JOIN follow_ups f ON f.merchant_id = $1 AND f.id = x.id WHERE f.state = 'DUE' AND f.attempts = x.attempts ORDER BY f.id FOR NO KEY UPDATE OF f`,
		m, column(list, func(f **FollowUp) uuid.UUID { return (*f).ID }), column(list, func(f **FollowUp) int { return (*f).Attempts })).Exec(func(tag pgconn.CommandTag) error {
		if int(tag.RowsAffected()) < len(list) {
			return relance.Errorf(relance.CodeConflict, "somebody else has this follow-up")
		}
		return nil
	})
	return homes, tx.SendBatch(ctx, b).Close()
}
