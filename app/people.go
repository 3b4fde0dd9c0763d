package app

import (
	"context"
	"strings"

	"github.com/google/uuid"

	"github.com/relance/relance"
)

// Merge joins profiles by a person's decision; see store.Merge.
func (a *App) Merge(ctx context.Context, m, into uuid.UUID, from []uuid.UUID, actor string) (merge, survivor uuid.UUID, err error) {
	if len(from) == 0 || len(from) > 50 {
		return merge, survivor, relance.TellField("from", "MERGE_COUNT")
	}
	if merge, survivor, err = a.Store.Merge(ctx, m, into, from, actor, a.Now()); err != nil {
		return merge, survivor, err
	}
	return merge, survivor, a.audit(ctx, m, actor, "merge_profiles", "profile", survivor, map[string]any{"from": from, "merge": merge})
}

// Unmerge undoes a merge; see store.Unmerge.
func (a *App) Unmerge(ctx context.Context, m, merge uuid.UUID, actor string) ([]uuid.UUID, error) {
	profiles, err := a.Store.Unmerge(ctx, m, merge, actor, a.Now())
	if err != nil {
		return nil, err
	}
	return profiles, a.audit(ctx, m, actor, "unmerge_profiles", "merge", merge, nil)
}

// DecideApart keeps the people of two to ten profiles apart whatever their records share,
// or lifts such decisions; see store.KeepApart and store.AllowTogether.
func (a *App) DecideApart(ctx context.Context, m uuid.UUID, profiles []uuid.UUID, apart bool, actor string) (after []uuid.UUID, err error) {
	if len(profiles) < 2 || len(profiles) > 10 {
		return nil, relance.TellField("profileIds", "APART_COUNT")
	}
	action := "keep_apart"
	if apart {
		after, err = a.Store.KeepApart(ctx, m, profiles, actor, a.Now())
	} else {
		action = "allow_together"
		after, err = a.Store.AllowTogether(ctx, m, profiles, a.Now())
	}
	if err != nil {
		return nil, err
	}
	return after, a.audit(ctx, m, actor, action, "profile", profiles[0], map[string]any{"profiles": profiles})
}

// AssignOrder gives an order without a customer to a profile; nil releases it.
func (a *App) AssignOrder(ctx context.Context, m, order uuid.UUID, profile *uuid.UUID, actor string) error {
	if err := a.Store.AssignOrder(ctx, m, order, profile, a.Now()); err != nil {
		return err
	}
	return a.audit(ctx, m, actor, "assign_order", "order", order, map[string]any{"profile": profile})
}

// LookAt notes that somebody looks at a person's card.
func (a *App) LookAt(ctx context.Context, m, profile uuid.UUID, actor string) error {
	return a.Store.LookedAt(ctx, m, profile, actor, a.Now())
}

// AddLabel puts a label on a profile.
func (a *App) AddLabel(ctx context.Context, m, profile uuid.UUID, name, actor string) error {
	name, err := relance.LabelName(name, "name")
	if err != nil {
		return err
	}
	if err := a.Store.AddLabel(ctx, m, profile, name, actor, a.Now()); err != nil {
		return err
	}
	return a.audit(ctx, m, actor, "add_label", "profile", profile, map[string]any{"label": name})
}

// RemoveLabel takes a label off a profile.
func (a *App) RemoveLabel(ctx context.Context, m, profile uuid.UUID, name, actor string) error {
	if err := a.Store.RemoveLabel(ctx, m, profile, name, actor, a.Now()); err != nil {
		return err
	}
	return a.audit(ctx, m, actor, "remove_label", "profile", profile, map[string]any{"label": name})
}

// AddNote writes a private note on a profile.
func (a *App) AddNote(ctx context.Context, m, profile uuid.UUID, body, actor string) error {
	if body = strings.TrimSpace(body); body == "" || len(body) > 20_000 || strings.ContainsRune(body, 0) {
		return relance.TellField("body", "NOTE_FORM")
	}
	if err := a.Store.AddNote(ctx, m, profile, body, actor, a.Now()); err != nil {
		return err
	}
	return a.audit(ctx, m, actor, "add_note", "profile", profile, nil)
}

// SetMainCurrency chooses the currency of the merchant's sums.
func (a *App) SetMainCurrency(ctx context.Context, m uuid.UUID, currency, actor string) error {
	cur, err := relance.ParseCurrency(currency)
	if err != nil {
		return relance.TellField("currency", "CURRENCY_FORM")
	}
	if err := a.Store.SetMainCurrency(ctx, m, cur, a.Now()); err != nil {
		return err
	}
	return a.audit(ctx, m, actor, "set_main_currency", "merchant", m, map[string]any{"currency": cur})
}

// MoveSync pauses, resumes or cancels a run and gives it as it is then.
func (a *App) MoveSync(ctx context.Context, m, run uuid.UUID, to relance.RunState) (relance.Run, error) {
	var err error
	if to == relance.RunRunning {
		err = a.ResumeSync(ctx, m, run)
	} else {
		err = a.Store.MoveRun(ctx, m, run, to, a.Now())
	}
	if err != nil {
		return relance.Run{}, err
	}
	return a.Store.Run(ctx, m, run)
}

func (a *App) audit(ctx context.Context, m uuid.UUID, actor, action, kind string, subject uuid.UUID, detail any) error {
	return a.Store.Audit(ctx, m, actor, action, kind, subject.String(), detail, a.Now())
}
