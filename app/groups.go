package app

import (
	"context"

	"github.com/google/uuid"

	"github.com/relance/relance"
)

// SaveGroup adds a customer group, or changes the one with its id.
func (a *App) SaveGroup(ctx context.Context, m uuid.UUID, g relance.CustomerGroup, actor string) (uuid.UUID, error) {
	if err := g.Check(); err != nil {
		return g.ID, err
	}
	id, err := a.Store.SaveGroup(ctx, m, g, a.Now())
	if err != nil {
		return id, err
	}
	return id, a.audit(ctx, m, actor, "save_group", "group", id, map[string]any{"name": g.Name})
}

// RemoveGroup removes a customer group that nobody is in.
func (a *App) RemoveGroup(ctx context.Context, m, id uuid.UUID, actor string) error {
	if err := a.Store.RemoveGroup(ctx, m, id); err != nil {
		return err
	}
	return a.audit(ctx, m, actor, "remove_group", "group", id, nil)
}

// SetGroup puts a profile into a group and out of the one it was in; nil: into none.
func (a *App) SetGroup(ctx context.Context, m, profile uuid.UUID, group *uuid.UUID, actor string) error {
	change, err := a.Store.SetGroup(ctx, m, profile, group, actor, a.Now())
	if err != nil || change == uuid.Nil {
		return err
	}
	return a.audit(ctx, m, actor, "set_group", "profile", profile, map[string]any{"change": change, "group": group})
}
