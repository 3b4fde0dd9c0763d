package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/relance/relance"
)

// maxBulkRuns is how many runs over a filter may be under way at once.
const maxBulkRuns = 3

func bulkColumns() string {
	return `b.id, b.state, b.act, b.people, b.scope, b.created_at, b.total, b.cursor, b.changed, b.unchanged, b.failed, b.undone, b.kept, b.finished_at, b.undone_at, b.cause, ` +
		actorName("b.author") + ` AS author, ` + actorName("b.undone_by") + ` AS undone_by`
}

// StartBulk puts a run in line. Asked for again with the same key, it is the run that is there; fresh says
// whether it is new.
func (s *Store) StartBulk(ctx context.Context, m, key uuid.UUID, b relance.BulkRun, now time.Time) (id uuid.UUID, fresh bool, err error) {
	err = s.inTx(ctx, m, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `SELECT pg_advisory_xact_lock(hashtextextended($1::text, 31))`, m.String()); err != nil {
			return err
		}
		err := tx.QueryRow(ctx, `SELECT id FROM bulk_runs WHERE merchant_id = $1 AND author = $2 AND key = $3`, m, b.Author, key).Scan(&id)
		if !errors.Is(err, pgx.ErrNoRows) {
			return err
		}
		if err := s.bulkAllowed(ctx, tx, m, &b); err != nil {
			return err
		}
		id, fresh = newID(), true
		_, err = tx.Exec(ctx, `INSERT INTO bulk_runs (merchant_id, id, key, state, act, people, scope, author, created_at, total) VALUES ($1, $2, $3, 'QUEUED', $4, $5, $6, $7, $8, $9)`,
			m, id, key, b.Act, b.People, b.Scope, b.Author, now, b.Total)
		return err
	})
	return id, fresh, err
}

// bulkAllowed refuses a run too many, and what can be done to nobody.
func (s *Store) bulkAllowed(ctx context.Context, tx pgx.Tx, m uuid.UUID, b *relance.BulkRun) error {
	var active int
	if err := tx.QueryRow(ctx, `SELECT count(*) FROM bulk_runs WHERE merchant_id = $1 AND state IN ('QUEUED', 'RUNNING', 'UNDOING') AND people ? 'filter'`, m).Scan(&active); err != nil {
		return err
	}
	if b.People.Filter != nil && active >= maxBulkRuns {
		return relance.Tell(relance.CodeConflict, nil, "BULK_RUNNING", "most", fmt.Sprint(maxBulkRuns))
	}
	if b.Act.GroupID != nil {
		err := tx.QueryRow(ctx, `SELECT name FROM groups WHERE merchant_id = $1 AND id = $2`, m, *b.Act.GroupID).Scan(&b.Act.Group)
		return notFound(err, "group")
	}
	if t := b.Act.Task; t != nil && t.AssigneeID != nil {
		var known bool
		err := tx.QueryRow(ctx, `SELECT EXISTS (SELECT 1 FROM users WHERE merchant_id = $1 AND id = $2)`, m, *t.AssigneeID).Scan(&known)
		if err == nil && !known {
			err = relance.TellField("assigneeId", "TASK_ASSIGNEE")
		}
		return err
	}
	return nil
}

// BulkRuns lists the latest runs that somebody may see, newest first: those of no other shops than scope.
func (s *Store) BulkRuns(ctx context.Context, m uuid.UUID, scope []uuid.UUID, limit int) (out []relance.BulkRun, err error) {
	err = s.read(ctx, m, func(b *pgx.Batch) {
		b.Queue(`SELECT `+bulkColumns()+` FROM bulk_runs b WHERE b.merchant_id = $1 AND ($2::uuid[] IS NULL OR b.scope <@ $2) ORDER BY b.created_at DESC, b.id DESC LIMIT $3`, m, scope, limit).
			Query(rowsInto(&out))
	})
	if err != nil {
		return nil, fmt.Errorf("list bulk runs: %w", err)
	}
	return out, nil
}

// BulkRun reads one run, where somebody limited to scope may see it.
func (s *Store) BulkRun(ctx context.Context, m, id uuid.UUID, scope []uuid.UUID) (out relance.BulkRun, err error) {
	err = s.inTx(ctx, m, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `SELECT `+bulkColumns()+` FROM bulk_runs b WHERE b.merchant_id = $1 AND b.id = $2 AND ($3::uuid[] IS NULL OR b.scope <@ $3)`, m, id, scope)
		if err != nil {
			return err
		}
		out, err = pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[relance.BulkRun])
		return err
	})
	return out, notFound(err, "run")
}

// ClaimBulk takes a run up where it was left. NOT_FOUND where another has it, or it is over.
func (s *Store) ClaimBulk(ctx context.Context, t relance.Claim, now time.Time) (claims int64, err error) {
	err = s.inTx(ctx, t.MerchantID, func(tx pgx.Tx) error {
		return tx.QueryRow(ctx, `UPDATE bulk_runs SET state = CASE state WHEN 'QUEUED' THEN 'RUNNING' ELSE state END, claims = claims + 1, heartbeat_at = $4
			WHERE merchant_id = $1 AND id = $2 AND claims = $3 AND state IN ('QUEUED', 'RUNNING', 'UNDOING') RETURNING claims`, t.MerchantID, t.ID, t.Claims, now).Scan(&claims)
	})
	return claims, notFound(err, "run to work on")
}

// BulkPage is some of the people of a run.
type BulkPage struct {
	From, To string // cursors of the list of people
	Profiles []uuid.UUID
	Last     bool // nobody comes after them
}

// bulkRow is a run as its worker holds it.
type bulkRow struct {
	relance.BulkRun
	author string
}

// heldBulk locks a run that the worker of a claim still has, in a state.
func heldBulk(ctx context.Context, tx pgx.Tx, t relance.Claim, state relance.BulkState) (*bulkRow, error) {
	if err := lockMerchant(ctx, tx, t.MerchantID); err != nil {
		return nil, err
	}
	b := &bulkRow{}
	err := tx.QueryRow(ctx, `SELECT act, people, cursor, total, changed, unchanged, failed, undone, kept, author, undone_by FROM bulk_runs WHERE merchant_id = $1 AND id = $2 AND claims = $3 AND state = $4 FOR UPDATE`,
		t.MerchantID, t.ID, t.Claims, state).Scan(&b.Act, &b.People, &b.Cursor, &b.Total, &b.Changed, &b.Unchanged, &b.Failed, &b.Undone, &b.Kept, &b.author, &b.UndoneBy)
	return b, notFound(err, "run")
}

// ApplyBulkPage does to a page of people what the run says, and notes how far it is, in one transaction.
// NOT_FOUND where the worker has lost the run.
func (s *Store) ApplyBulkPage(ctx context.Context, t relance.Claim, p BulkPage, now time.Time) error {
	return s.inTx(ctx, t.MerchantID, func(tx pgx.Tx) error {
		b, err := heldBulk(ctx, tx, t, relance.BulkRunning)
		if err != nil {
			return err
		}
		if b.Cursor != p.From {
			return relance.Errorf(relance.CodeNotFound, "the page is somebody else's by now")
		}
		e := &editor{deriver: &deriver{tx: tx, merchant: t.MerchantID, now: now}, actor: b.author, bulk: &t.ID}
		if err := e.bulkEach(ctx, b, p.Profiles); err != nil {
			return err
		}
		if p.Last {
			if left := b.Total - b.Done(); len(b.People.IDs) > 0 && left > 0 {
				b.Failed += left // named, and not there to be seen
			}
			return e.endBulk(ctx, t, b, relance.BulkDone)
		}
		_, err = tx.Exec(ctx, `UPDATE bulk_runs SET cursor = $3, changed = $4, unchanged = $5, failed = $6, heartbeat_at = $7, failures = 0 WHERE merchant_id = $1 AND id = $2`,
			t.MerchantID, t.ID, p.To, b.Changed, b.Unchanged, b.Failed, now)
		return err
	})
}

// bulkEach does it to each of the people, and counts.
func (e *editor) bulkEach(ctx context.Context, b *bulkRow, profiles []uuid.UUID) error {
	var touched []uuid.UUID
	for _, id := range profiles {
		current, err := e.current(ctx, id)
		if relance.CodeOf(err) == relance.CodeNotFound {
			b.Failed++
			continue
		}
		if err != nil {
			return err
		}
		changed, err := e.bulkAct(ctx, &b.Act, current)
		switch {
		case err != nil:
			return err
		case changed:
			b.Changed++
			touched = append(touched, current)
		default:
			b.Unchanged++
		}
	}
	if b.Act.Kind == relance.BulkAddTask { // tasks are no administrative change
		return nil
	}
	return e.touched(ctx, touched)
}

// touched notes that people were changed by hand, and has them judged anew.
func (e *editor) touched(ctx context.Context, profiles []uuid.UUID) error {
	if _, err := e.tx.Exec(ctx, `UPDATE profiles SET admin_changed_at = $3 WHERE merchant_id = $1 AND id = ANY($2)`, e.merchant, profiles, e.now); err != nil {
		return err
	}
	if err := e.vacate(ctx, profiles); err != nil {
		return err
	}
	return e.queueProfiles(ctx, profiles)
}

func (e *editor) bulkAct(ctx context.Context, a *relance.BulkAct, profile uuid.UUID) (bool, error) {
	switch a.Kind {
	case relance.BulkAddLabel, relance.BulkRemoveLabel:
		return e.label(ctx, profile, a.Label, a.Kind == relance.BulkAddLabel)
	case relance.BulkSetGroup:
		change, err := e.group(ctx, profile, a.GroupID)
		return change != uuid.Nil, err
	}
	tag, err := e.tx.Exec(ctx, `INSERT INTO tasks (merchant_id, id, origin_profile_id, profile_id, title, due_on, assignee_id, created_by, created_at, bulk_id)
		SELECT $1, $2, $3, $3, $4, $5, $6, $7, $8, $9 WHERE NOT EXISTS (SELECT 1 FROM tasks WHERE merchant_id = $1 AND bulk_id = $9 AND profile_id = $3) ON CONFLICT DO NOTHING`,
		e.merchant, newID(), profile, a.Task.Title, a.Task.DueOn, a.Task.AssigneeID, e.actor, e.now, e.bulk)
	return tag.RowsAffected() > 0, err
}

// endBulk ends a run, and notes in the audit trail who did what to how many.
func (e *editor) endBulk(ctx context.Context, t relance.Claim, b *bulkRow, to relance.BulkState) error {
	if _, err := e.tx.Exec(ctx, `UPDATE bulk_runs SET state = $3, changed = $4, unchanged = $5, failed = $6, finished_at = $7 WHERE merchant_id = $1 AND id = $2`,
		t.MerchantID, t.ID, to, b.Changed, b.Unchanged, b.Failed, e.now); err != nil {
		return err
	}
	told := map[string]any{"what": b.Act.Kind, "state": to, "changed": b.Changed, "unchanged": b.Unchanged, "failed": b.Failed}
	if b.Act.Label != "" {
		told["label"] = b.Act.Label
	}
	if b.Act.GroupID != nil {
		told["group"] = b.Act.GroupID
	}
	return e.auditBulk(ctx, t, b.author, "change_many", told)
}

func (e *editor) auditBulk(ctx context.Context, t relance.Claim, actor, action string, detail map[string]any) error {
	doc, err := json.Marshal(detail)
	if err != nil {
		return err
	}
	_, err = e.tx.Exec(ctx, `INSERT INTO audit (merchant_id, id, at, actor, action, subject_kind, subject_id, detail) VALUES ($1, $2, $3, $4, $5, 'bulk', $6, $7)`,
		t.MerchantID, newID(), e.now, actor, action, t.ID.String(), doc)
	return err
}

// FailBulk notes a failure; the run is tried again from where it was left, unless it was the last try.
func (s *Store) FailBulk(ctx context.Context, t relance.Claim, cause relance.Sentence, tries int, now time.Time) error {
	return s.inTx(ctx, t.MerchantID, func(tx pgx.Tx) error {
		var failures int
		var state relance.BulkState
		err := tx.QueryRow(ctx, `UPDATE bulk_runs SET failures = failures + 1, heartbeat_at = $4 WHERE merchant_id = $1 AND id = $2 AND claims = $3 AND state IN ('RUNNING', 'UNDOING') RETURNING failures, state`,
			t.MerchantID, t.ID, t.Claims, now).Scan(&failures, &state)
		if err != nil || failures < tries || state == relance.BulkUndoing { // an undo is tried until it is done
			return err
		}
		b, err := heldBulk(ctx, tx, t, relance.BulkRunning)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `UPDATE bulk_runs SET cause = $3 WHERE merchant_id = $1 AND id = $2`, t.MerchantID, t.ID, cause); err != nil {
			return err
		}
		return (&editor{deriver: &deriver{tx: tx, merchant: t.MerchantID, now: now}}).endBulk(ctx, t, b, relance.BulkFailed)
	})
}

// CancelBulk ends a run that is under way; what it did stays, and can be taken back.
func (s *Store) CancelBulk(ctx context.Context, m, id uuid.UUID, now time.Time) error {
	return s.inTx(ctx, m, func(tx pgx.Tx) error {
		if err := lockMerchant(ctx, tx, m); err != nil {
			return err
		}
		t := relance.Claim{MerchantID: m, ID: id}
		err := tx.QueryRow(ctx, `UPDATE bulk_runs SET claims = claims + 1, state = 'RUNNING' WHERE merchant_id = $1 AND id = $2 AND state IN ('QUEUED', 'RUNNING') RETURNING claims`, m, id).Scan(&t.Claims)
		if relance.CodeOf(notFound(err, "run")) == relance.CodeNotFound {
			return relance.Tell(relance.CodeConflict, nil, "BULK_OVER")
		}
		if err != nil {
			return err
		}
		b, err := heldBulk(ctx, tx, t, relance.BulkRunning)
		if err != nil {
			return err
		}
		return (&editor{deriver: &deriver{tx: tx, merchant: m, now: now}}).endBulk(ctx, t, b, relance.BulkCancelled)
	})
}

// UndoBulk has everything taken back that a run changed.
func (s *Store) UndoBulk(ctx context.Context, m, id uuid.UUID, actor string, now time.Time) (t relance.Claim, err error) {
	t = relance.Claim{MerchantID: m, ID: id}
	err = s.inTx(ctx, m, func(tx pgx.Tx) error {
		return tx.QueryRow(ctx, `UPDATE bulk_runs SET state = 'UNDOING', undone_by = $3, heartbeat_at = NULL, failures = 0, undone = 0, kept = 0
			WHERE merchant_id = $1 AND id = $2 AND state IN ('DONE', 'FAILED', 'CANCELLED') AND changed > 0 AND finished_at >= $4 RETURNING claims`, m, id, actor, now.Add(-relance.BulkUndo)).Scan(&t.Claims)
	})
	if relance.CodeOf(notFound(err, "run")) == relance.CodeNotFound {
		return t, relance.Tell(relance.CodeConflict, nil, "BULK_NOT_UNDOABLE")
	}
	return t, err
}

// UndoBulkPage takes some changes of a run back; done when none is left. What was changed since stays.
func (s *Store) UndoBulkPage(ctx context.Context, t relance.Claim, size int, now time.Time) (done bool, err error) {
	err = s.inTx(ctx, t.MerchantID, func(tx pgx.Tx) error {
		b, err := heldBulk(ctx, tx, t, relance.BulkUndoing)
		if err != nil {
			return err
		}
		e := &editor{deriver: &deriver{tx: tx, merchant: t.MerchantID, now: now}, actor: b.UndoneBy}
		found, err := e.undoChanges(ctx, t.ID, size, b)
		if err == nil && b.Act.Kind == relance.BulkAddTask {
			err = e.undoTasks(ctx, t.ID, b)
		}
		if err != nil {
			return err
		}
		if done = found < size; !done {
			_, err := tx.Exec(ctx, `UPDATE bulk_runs SET undone = $3, kept = $4, heartbeat_at = $5 WHERE merchant_id = $1 AND id = $2`, t.MerchantID, t.ID, b.Undone, b.Kept, now)
			return err
		}
		if _, err := tx.Exec(ctx, `UPDATE bulk_runs SET state = 'UNDONE', undone = $3, kept = $4, undone_at = $5 WHERE merchant_id = $1 AND id = $2`, t.MerchantID, t.ID, b.Undone, b.Kept, now); err != nil {
			return err
		}
		return e.auditBulk(ctx, t, b.UndoneBy, "undo_change_many", map[string]any{"undone": b.Undone, "kept": b.Kept})
	})
	return done, err
}

// undoChanges takes back the next changes of a run that nobody took back, the latest first. Those that
// cannot be lose their run, so that they are not looked at again.
func (e *editor) undoChanges(ctx context.Context, bulk uuid.UUID, size int, b *bulkRow) (found int, err error) {
	rows, err := e.tx.Query(ctx, `SELECT id FROM profile_changes WHERE merchant_id = $1 AND bulk_id = $2 AND undone_at IS NULL ORDER BY id DESC LIMIT $3`, e.merchant, bulk, size)
	if err != nil {
		return 0, fmt.Errorf("list changes of a run: %w", err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
	if err != nil {
		return 0, err
	}
	for _, id := range list {
		_, err := e.takeBack(ctx, id)
		switch code := relance.CodeOf(err); {
		case err == nil:
			b.Undone++
		case code == relance.CodeConflict || code == relance.CodeNotFound:
			b.Kept++
			if _, err := e.tx.Exec(ctx, `UPDATE profile_changes SET bulk_id = NULL WHERE merchant_id = $1 AND id = $2`, e.merchant, id); err != nil {
				return 0, err
			}
		default:
			return 0, err
		}
	}
	return len(list), nil
}

// undoTasks removes the tasks of a run that nobody did.
func (e *editor) undoTasks(ctx context.Context, bulk uuid.UUID, b *bulkRow) error {
	tag, err := e.tx.Exec(ctx, `DELETE FROM tasks WHERE merchant_id = $1 AND bulk_id = $2 AND done_at IS NULL`, e.merchant, bulk)
	if err != nil {
		return fmt.Errorf("remove tasks of a run: %w", err)
	}
	b.Undone, b.Kept = tag.RowsAffected(), b.Changed-tag.RowsAffected()
	return nil
}

// DueBulks lists, over all merchants, runs that no worker has, or whose worker was not heard of since stale.
func (s *Store) DueBulks(ctx context.Context, now time.Time, stale time.Duration) ([]relance.Claim, error) {
	return s.claims(ctx, "bulk_runs", `state = 'QUEUED' OR state IN ('RUNNING', 'UNDOING') AND (heartbeat_at IS NULL OR heartbeat_at < $1) LIMIT 1000`, now.Add(-stale))
}
