package app

import (
	"context"

	"github.com/google/uuid"

	"github.com/relance/relance"
)

// AddTask sets a task about a profile.
func (a *App) AddTask(ctx context.Context, m, profile uuid.UUID, t relance.TaskChange, actor string) error {
	if err := t.Check(); err != nil {
		return err
	}
	id, err := a.Store.AddTask(ctx, m, profile, t, actor, a.Now())
	if err != nil {
		return err
	}
	return a.audit(ctx, m, actor, "add_task", "task", id, nil)
}

// ChangeTask makes a task what it is to be.
func (a *App) ChangeTask(ctx context.Context, m, id uuid.UUID, t relance.TaskChange, actor string) error {
	if err := t.Check(); err != nil {
		return err
	}
	if err := a.Store.ChangeTask(ctx, m, id, t); err != nil {
		return err
	}
	return a.audit(ctx, m, actor, "change_task", "task", id, nil)
}

// SetTaskDone says that a task is done, or is not after all.
func (a *App) SetTaskDone(ctx context.Context, m, id uuid.UUID, done bool, actor string) error {
	if err := a.Store.SetTaskDone(ctx, m, id, done, actor, a.Now()); err != nil {
		return err
	}
	return a.audit(ctx, m, actor, "do_task", "task", id, map[string]any{"done": done})
}

// RemoveTask removes a task.
func (a *App) RemoveTask(ctx context.Context, m, id uuid.UUID, actor string) error {
	if err := a.Store.RemoveTask(ctx, m, id); err != nil {
		return err
	}
	return a.audit(ctx, m, actor, "remove_task", "task", id, nil)
}
