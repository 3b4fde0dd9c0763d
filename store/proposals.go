package store

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/relance/relance"
)

const proposalColumns = `x.id, x.follow_up_id, i.profile_id, coalesce(trim(p.first_name || ' ' || p.last_name), '') AS name, l.recipient AS written, l.country, x.address, x.at, x.state,
		coalesce(nullif(u.name, ''), u.email, nullif(t.name, ''), x.decided_by) AS decided_by, x.decided_at
	FROM address_proposals x JOIN letters l ON l.merchant_id = $1 AND l.follow_up_id = x.follow_up_id JOIN follow_ups f ON f.merchant_id = $1 AND f.id = x.follow_up_id
	LEFT JOIN identities i ON i.merchant_id = $1 AND i.customer_id = x.customer_id LEFT JOIN profiles p ON p.merchant_id = $1 AND p.id = i.profile_id
	LEFT JOIN users u ON u.merchant_id = $1 AND x.decided_by = 'user ' || u.id LEFT JOIN api_tokens t ON t.merchant_id = $1 AND x.decided_by = 'token ' || t.id`

// Proposals lists what the post says of addresses, newest first: what nobody decided about yet, or all
// that concerns a person.
func (s *Store) Proposals(ctx context.Context, m uuid.UUID, q relance.ProposalQuery) (out []relance.AddressProposal, err error) {
	err = s.read(ctx, m, func(b *pgx.Batch) {
		b.Queue(`SELECT `+proposalColumns+` WHERE x.merchant_id = $1 AND ($2::uuid[] IS NULL OR f.shop_id = ANY($2)) AND ($3::uuid IS NULL OR x.id = $3)
			AND CASE WHEN $4::uuid IS NOT NULL THEN i.profile_id = (SELECT coalesce(merged_into, id) FROM profiles WHERE merchant_id = $1 AND id = $4) ELSE $3 IS NOT NULL OR x.state = 'OPEN' END
			ORDER BY x.at DESC, x.id LIMIT $5`, m, q.ShopIDs, q.ID, q.ProfileID, q.Limit).Query(rowsInto(&out))
	})
	return out, err
}

// DecideProposal notes what somebody makes of what the post says; OPEN takes their word back. CONFLICT
// where somebody decided before.
func (s *Store) DecideProposal(ctx context.Context, m, id uuid.UUID, to relance.ProposalState, actor string, now time.Time) error {
	return s.inTx(ctx, m, func(tx pgx.Tx) error {
		var followUp uuid.UUID
		var before relance.ProposalState
		if err := tx.QueryRow(ctx, `SELECT follow_up_id, state FROM address_proposals WHERE merchant_id = $1 AND id = $2 FOR UPDATE`, m, id).Scan(&followUp, &before); err != nil {
			return notFound(err, "proposal")
		}
		if (before == relance.ProposalOpen) == (to == relance.ProposalOpen) {
			return nobodyDecides(0, nil)
		}
		if _, err := tx.Exec(ctx, `UPDATE address_proposals SET state = $3, decided_by = CASE WHEN $3 = 'OPEN' THEN '' ELSE $4 END, decided_at = CASE WHEN $3 = 'OPEN' THEN NULL ELSE $5::timestamptz END
			WHERE merchant_id = $1 AND id = $2`, m, id, to, actor, now); err != nil {
			return err
		}
		return queueReader(ctx, tx, m, followUp, now)
	})
}

// takenAddresses are the addresses of the people's records that somebody took from what the post
// reported, the earliest first: a later one may stand in for an earlier one.
const takenAddresses = `SELECT i.profile_id, x.customer_id, l.address_key AS instead_of, x.address, EXISTS (SELECT 1 FROM robinson r WHERE r.merchant_id = $1 AND r.key = robinson_key(
			coalesce(nullif(x.address->>'FirstName', ''), c.first_name), coalesce(nullif(x.address->>'LastName', ''), c.last_name), x.address->>'Line1', x.address->>'PostalCode', coalesce(nullif(x.address->>'CountryCode', ''), l.country))) AS robinson, x.decided_at AS taken_at
	FROM identities i JOIN address_proposals x ON x.merchant_id = $1 AND x.customer_id = i.customer_id AND x.state = 'TAKEN'
	JOIN letters l ON l.merchant_id = $1 AND l.follow_up_id = x.follow_up_id JOIN customers c ON c.merchant_id = $1 AND c.id = i.customer_id
	WHERE i.merchant_id = $1 AND i.profile_id = ANY($2) ORDER BY x.at, x.id`

// moveTo lets an address that was taken stand in for that of the record it is for.
func moveTo(p *relance.Facts, t *relance.TakenAddress) {
	for i := range p.Records {
		if r := &p.Records[i]; r.CustomerID == t.CustomerID && r.Address != nil && r.Address.Key() == t.InsteadOf {
			a := t.For(*r.Address)
			r.Address, r.Robinson = &a, r.Robinson || t.Robinson
		}
	}
}

// LetterCosts sums what a campaign's letters cost so far, by currency.
func (s *Store) LetterCosts(ctx context.Context, m, campaign uuid.UUID) (out []relance.Money, err error) {
	err = s.read(ctx, m, func(b *pgx.Batch) {
		b.Queue(`SELECT sum(l.price) AS amount, l.currency FROM follow_ups f JOIN letters l ON l.merchant_id = $1 AND l.follow_up_id = f.id
			WHERE f.merchant_id = $1 AND f.campaign_id = $2 AND f.channel = 'LETTER' AND l.ordered_at IS NOT NULL AND l.price IS NOT NULL AND l.state NOT IN ('REJECTED', 'CANCELLED', 'EXPIRED')
			GROUP BY l.currency ORDER BY l.currency`, m, campaign).Query(rowsInto(&out))
	})
	return out, err
}
