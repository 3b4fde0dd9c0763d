package app

import (
	"context"

	"github.com/google/uuid"

	"github.com/relance/relance"
	"github.com/relance/relance/identity"
)

// AddPrivacyRequest enters a request into the register. What its clock runs from is the day it was received.
func (a *App) AddPrivacyRequest(ctx context.Context, m uuid.UUID, r relance.NewPrivacyRequest, actor string) (uuid.UUID, error) {
	if err := r.Check(a.Now()); err != nil {
		return uuid.Nil, err
	}
	id, added, err := a.Store.AddPrivacyRequest(ctx, m, &r, actor, a.Now())
	if err != nil || !added {
		return id, err
	}
	return id, a.audit(ctx, m, actor, "add_privacy_request", "privacy_request", id, map[string]any{"kind": r.Kind, "channel": r.Channel})
}

// IdentifyRequester notes how somebody made sure who asks.
func (a *App) IdentifyRequester(ctx context.Context, m, id, profile uuid.UUID, how, actor string) error {
	how, err := relance.CheckPrivacyWords("how", how)
	if err != nil {
		return err
	}
	if r, err := a.Store.PrivacyRequest(ctx, m, id); err != nil {
		return err
	} else if r.WholeShop {
		return relance.Tell(relance.CodeConflict, nil, "PRIVACY_CLOSED")
	}
	if _, err := a.Store.ConfirmingWord(ctx, m, profile); err != nil { // nobody, or merged into somebody else
		return err
	}
	if err := a.Store.IdentifyRequester(ctx, m, id, profile, how, actor, a.Now()); err != nil {
		return err
	}
	return a.audit(ctx, m, actor, "identify_requester", "privacy_request", id, nil)
}

// RestrictRequester lets somebody get nothing while their request runs, or lifts it.
func (a *App) RestrictRequester(ctx context.Context, m, id uuid.UUID, on bool, actor string) error {
	if err := a.Store.RestrictRequester(ctx, m, id, on, a.Now()); err != nil {
		return err
	}
	return a.audit(ctx, m, actor, "restrict_requester", "privacy_request", id, map[string]any{"on": on})
}

// RefusePrivacyRequest ends a request with a reason that the person is told.
func (a *App) RefusePrivacyRequest(ctx context.Context, m, id uuid.UUID, reason, actor string) error {
	reason, err := relance.CheckPrivacyWords("reason", reason)
	if err != nil {
		return err
	}
	if err := a.Store.ClosePrivacyRequest(ctx, m, id, relance.PrivacyRefused, reason, actor, a.Now()); err != nil {
		return err
	}
	return a.audit(ctx, m, actor, "refuse_privacy_request", "privacy_request", id, nil)
}

// FinishPrivacyRequest ends a request for a copy: the person has it. A request to be erased ends by erasing.
func (a *App) FinishPrivacyRequest(ctx context.Context, m, id uuid.UUID, actor string) error {
	r, err := a.Store.PrivacyRequest(ctx, m, id)
	if err != nil {
		return err
	}
	if r.Kind != relance.PrivacyAccess {
		return relance.Tell(relance.CodeConflict, nil, "PRIVACY_ERASE_FIRST")
	}
	if r.State != relance.PrivacyIdentified {
		return relance.Tell(relance.CodeConflict, nil, "PRIVACY_NOT_IDENTIFIED")
	}
	if err := a.Store.ClosePrivacyRequest(ctx, m, id, relance.PrivacyDone, "", actor, a.Now()); err != nil {
		return err
	}
	return a.audit(ctx, m, actor, "finish_privacy_request", "privacy_request", id, nil)
}

// ErasePerson erases whom a request is about. confirm must be the person's name as the card shows it, so
// that nobody erases somebody else by a slip.
func (a *App) ErasePerson(ctx context.Context, m, id uuid.UUID, confirm, actor string) error {
	r, err := a.Store.PrivacyRequest(ctx, m, id)
	if err != nil {
		return err
	}
	switch {
	case r.Kind != relance.PrivacyErasure || !r.Open() || r.State == relance.PrivacyErasing:
		return relance.Tell(relance.CodeConflict, nil, "PRIVACY_CLOSED")
	case r.State != relance.PrivacyIdentified || r.ProfileID == nil:
		return relance.Tell(relance.CodeConflict, nil, "PRIVACY_NOT_IDENTIFIED")
	}
	word, err := a.Store.ConfirmingWord(ctx, m, *r.ProfileID)
	if err != nil {
		return err
	}
	if identity.Fold(confirm) != identity.Fold(word) {
		return relance.TellField("confirm", "ERASURE_CONFIRM")
	}
	_, err = a.EraseProfile(ctx, m, *r.ProfileID, &id, "REQUEST", actor)
	return err
}

// LiftSuppression lets somebody who was erased come back, by the e-mail address that they had.
func (a *App) LiftSuppression(ctx context.Context, m uuid.UUID, email, actor string) error {
	at := identity.Email(email)
	if at == "" {
		return relance.TellField("email", "EMAIL_FORM")
	}
	n, err := a.Store.LiftSuppression(ctx, m, at, a.Now())
	if err != nil {
		return err
	}
	if n == 0 {
		return relance.TellField("email", "NOBODY_SUPPRESSED")
	}
	return a.audit(ctx, m, actor, "lift_suppression", "merchant", m, map[string]any{"sums": n})
}
