package app

import (
	"context"

	"github.com/google/uuid"

	"github.com/relance/relance"
	"github.com/relance/relance/identity"
)

// AddPerson adds somebody whom no shop knows; see store.AddPerson.
func (a *App) AddPerson(ctx context.Context, m uuid.UUID, shop *uuid.UUID, d relance.TypedDetails, actor string) (profile uuid.UUID, err error) {
	if err := d.Check(a.Now()); err != nil {
		return profile, err
	}
	if d.FirstName == "" {
		return profile, relance.TellField("firstName", "NAME_NEEDED")
	}
	if d.LastName == "" {
		return profile, relance.TellField("lastName", "NAME_NEEDED")
	}
	if shop != nil {
		if _, err := a.Store.Shop(ctx, m, *shop); err != nil {
			return profile, err
		}
	}
	if profile, err = a.Store.AddPerson(ctx, m, shop, d, actor, a.Now()); err != nil {
		return profile, err
	}
	return profile, a.audit(ctx, m, actor, "add_person", "profile", profile, nil)
}

// SaveDetails puts details in place of what was typed about a profile; see store.SaveDetails.
func (a *App) SaveDetails(ctx context.Context, m, profile uuid.UUID, d relance.TypedDetails, revision int, actor string) error {
	if err := d.Check(a.Now()); err != nil {
		return err
	}
	change, err := a.Store.SaveDetails(ctx, m, profile, d, revision, actor, a.Now())
	if err != nil || change == uuid.Nil {
		return err
	}
	return a.audit(ctx, m, actor, "change_details", "profile", profile, map[string]any{"change": change})
}

// UndoChange takes a change of a profile back, and gives the profile.
func (a *App) UndoChange(ctx context.Context, m, change uuid.UUID, actor string) (uuid.UUID, error) {
	profile, err := a.Store.UndoChange(ctx, m, change, actor, a.Now())
	if err != nil {
		return profile, err
	}
	return profile, a.audit(ctx, m, actor, "undo_change", "profile", profile, map[string]any{"change": change})
}

// PossibleDuplicates finds who is known already of those whom the details could be, by what joins
// records, and by the name.
func (a *App) PossibleDuplicates(ctx context.Context, m uuid.UUID, d relance.TypedDetails) ([]relance.Likeness, error) {
	c := relance.Customer{FirstName: d.FirstName, LastName: d.LastName, Addresses: d.Addresses, MoreEmails: d.Emails, MorePhones: d.Phones}
	return a.Store.Likenesses(ctx, m, identity.Keys(&c, ""), identity.Fold(d.LastName+" "+d.FirstName))
}
