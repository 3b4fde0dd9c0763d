package store

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/relance/relance"
)

// Tasks reads a page of tasks: open ones by the day they are due, those without a day last; done ones
// by when they were done, the latest first.
func (s *Store) Tasks(ctx context.Context, m uuid.UUID, q relance.TaskQuery) (*relance.TaskPage, error) {
	a := &sqlArgs{list: []any{m}}
	where := tasksWhere(q, a)
	counting := append([]any{}, a.list...)
	key, dir, order := "coalesce(t.due_on, '9999-12-31'::date)::timestamp AT TIME ZONE 'UTC'", ">", "ASC"
	if q.Done {
		key, dir, order = "t.done_at", "<", "DESC"
	}
	at, id, err := place(q.After, "tasks")
	if err != nil {
		return nil, err
	}
	more := ""
	if at != nil {
		more = fmt.Sprintf(" AND (%s, t.id) %s (%s::timestamptz, %s::uuid)", key, dir, a.add(at), a.add(id))
	}
	page := &relance.TaskPage{}
	var keys []time.Time
	err = s.read(ctx, m, func(b *pgx.Batch) {
		b.Queue(`SELECT t.id, t.profile_id, t.title, t.due_on, t.assignee_id, coalesce(nullif(u.name, ''), u.email, '') AS assignee, `+actorName("t.created_by")+` AS created_by,
				t.created_at, t.done_at, `+actorName("t.done_by")+` AS done_by, `+key+`
			FROM tasks t LEFT JOIN users u ON u.merchant_id = $1 AND u.id = t.assignee_id WHERE t.merchant_id = $1`+where+more+`
			ORDER BY `+key+` `+order+`, t.id `+order+fmt.Sprintf(` LIMIT %d`, q.First+1), a.list...).Query(func(rows pgx.Rows) error {
			var t relance.Task
			var at time.Time
			_, err := pgx.ForEachRow(rows, []any{&t.ID, &t.ProfileID, &t.Title, &t.DueOn, &t.AssigneeID, &t.Assignee, &t.CreatedBy, &t.CreatedAt, &t.DoneAt, &t.DoneBy, &at}, func() error {
				copied := t
				page.Tasks, keys = append(page.Tasks, &copied), append(keys, at)
				return nil
			})
			return err
		})
		if q.Total {
			b.Queue(`SELECT count(*) FROM tasks t WHERE t.merchant_id = $1`+where, counting...).QueryRow(func(r pgx.Row) error { return r.Scan(&page.Total) })
		}
	})
	if err != nil {
		return nil, fmt.Errorf("list tasks: %w", err)
	}
	if page.Info.HasNextPage = len(page.Tasks) > q.First; page.Info.HasNextPage {
		page.Tasks = page.Tasks[:q.First]
	}
	if n := len(page.Tasks); n > 0 {
		page.Info.End = encodeCursor("tasks", keys[n-1], page.Tasks[n-1].ID)
	}
	return page, nil
}

func tasksWhere(q relance.TaskQuery, a *sqlArgs) string {
	where := " AND t.done_at IS NULL"
	if q.Done {
		where = " AND t.done_at IS NOT NULL"
	}
	if q.ProfileID != nil {
		where += " AND t.profile_id = (SELECT coalesce(merged_into, id) FROM profiles WHERE merchant_id = $1 AND id = " + a.add(*q.ProfileID) + ")"
	}
	if q.AssigneeID != nil {
		where += " AND (t.assignee_id IS NULL OR t.assignee_id = " + a.add(*q.AssigneeID) + ")"
	}
	if q.DueBefore != nil {
		where += " AND t.due_on < " + a.add(*q.DueBefore) + "::date"
	}
	if q.Scope != nil {
		where += " AND EXISTS (SELECT 1 FROM profiles p WHERE p.merchant_id = $1 AND p.id = t.profile_id AND " + knownTo(a, q.Scope) + ")"
	}
	return where
}

// AddTask sets a task about a profile.
func (s *Store) AddTask(ctx context.Context, m, profile uuid.UUID, t relance.TaskChange, actor string, now time.Time) (id uuid.UUID, err error) {
	id = newID()
	err = s.inTx(ctx, m, func(tx pgx.Tx) error {
		d := &deriver{tx: tx, merchant: m}
		current, err := d.current(ctx, profile)
		if err != nil {
			return err
		}
		if _, err = tx.Exec(ctx, `INSERT INTO tasks (merchant_id, id, origin_profile_id, profile_id, title, due_on, assignee_id, created_by, created_at) VALUES ($1, $2, $3, $3, $4, $5, $6, $7, $8)`,
			m, id, current, t.Title, t.DueOn, t.AssigneeID, actor, now); err != nil {
			return err
		}
		return d.vacate(ctx, []uuid.UUID{current})
	})
	return id, nobodyAssigned(err)
}

// ChangeTask makes a task what it is to be.
func (s *Store) ChangeTask(ctx context.Context, m, id uuid.UUID, t relance.TaskChange) error {
	return nobodyAssigned(s.oneTask(ctx, m, `UPDATE tasks SET title = $3, due_on = $4, assignee_id = $5 WHERE merchant_id = $1 AND id = $2`, id, t.Title, t.DueOn, t.AssigneeID))
}

// SetTaskDone says that a task is done, or is not after all.
func (s *Store) SetTaskDone(ctx context.Context, m, id uuid.UUID, done bool, actor string, now time.Time) error {
	if !done {
		return s.oneTask(ctx, m, `UPDATE tasks SET done_at = NULL, done_by = '' WHERE merchant_id = $1 AND id = $2`, id)
	}
	return s.oneTask(ctx, m, `UPDATE tasks SET done_at = coalesce(done_at, $3), done_by = CASE WHEN done_at IS NULL THEN $4 ELSE done_by END WHERE merchant_id = $1 AND id = $2`, id, now, actor)
}

// RemoveTask removes a task.
func (s *Store) RemoveTask(ctx context.Context, m, id uuid.UUID) error {
	return s.inTx(ctx, m, func(tx pgx.Tx) error {
		var profile uuid.UUID
		if err := tx.QueryRow(ctx, `DELETE FROM tasks WHERE merchant_id = $1 AND id = $2 RETURNING profile_id`, m, id).Scan(&profile); err != nil {
			return notFound(err, "task")
		}
		return (&deriver{tx: tx, merchant: m}).vacate(ctx, []uuid.UUID{profile})
	})
}

func (s *Store) oneTask(ctx context.Context, m uuid.UUID, sql string, id uuid.UUID, args ...any) error {
	return s.inTx(ctx, m, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, sql, append([]any{m, id}, args...)...)
		return oneRow(tag, err, "task")
	})
}

// nobodyAssigned tells that the assignee does not exist.
func nobodyAssigned(err error) error {
	if isReferred(err) {
		return relance.TellField("assigneeId", "TASK_ASSIGNEE")
	}
	return err
}

// TaskProfile is the profile that a task is about.
func (s *Store) TaskProfile(ctx context.Context, m, id uuid.UUID) (profile uuid.UUID, err error) {
	err = s.readRow(ctx, m, []any{&profile}, `SELECT profile_id FROM tasks WHERE merchant_id = $1 AND id = $2`, m, id)
	return profile, notFound(err, "task")
}
