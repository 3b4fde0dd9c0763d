package app

import (
	"context"

	"github.com/google/uuid"

	"github.com/relance/relance"
	"github.com/relance/relance/letter/postal"
)

// DecideProposal notes what somebody makes of what the post said of an address: take it for the
// letters to come, leave the address as it is, or that they saw to it otherwise. OPEN takes their word
// back. NOT_FOUND where the shops that they may see are others.
func (a *App) DecideProposal(ctx context.Context, m, id uuid.UUID, to relance.ProposalState, shops []uuid.UUID, actor string) error {
	list, err := a.Store.Proposals(ctx, m, relance.ProposalQuery{ID: &id, ShopIDs: shops, Limit: 1})
	if err != nil {
		return err
	}
	if len(list) == 0 {
		return relance.Errorf(relance.CodeNotFound, "there is no such proposal")
	}
	if to == relance.ProposalTaken {
		if err := canBeWritten(&list[0]); err != nil {
			return err
		}
	}
	if err := a.Store.DecideProposal(ctx, m, id, to, actor, a.Now()); err != nil {
		return err
	}
	return a.audit(ctx, m, actor, "decide_address_proposal", "address_proposal", id, map[string]any{"state": to})
}

// canBeWritten refuses what the post reported where no letter could go there. Name and country may be
// missing: they are those of the letter that came back.
func canBeWritten(p *relance.AddressProposal) error {
	if p.Address == nil {
		return relance.Tell(relance.CodeConflict, nil, "PROPOSAL_WITHOUT_ADDRESS")
	}
	taken := relance.TakenAddress{Address: *p.Address}
	to := taken.For(relance.Address{LastName: "X", CountryCode: p.Country})
	if _, wrong := postal.Lines(to, to.CountryCode); len(wrong) > 0 {
		return relance.Telling(wrong[0]).As(relance.CodeConflict, nil)
	}
	return nil
}
