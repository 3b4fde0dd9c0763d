package app

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/relance/relance"
	"github.com/relance/relance/connectors"
	"github.com/relance/relance/store"
)

// maxAttempts is how often a page is tried before its run fails: with the growing
// delays about an hour and a half.
const maxAttempts = 24

// maxRestarts is how often a step begins anew because the shop refuses its cursor.
const maxRestarts = 3

// StartSync starts a pull of the shop that somebody asked for, or gives the one that is
// running. It goes through all kinds.
func (a *App) StartSync(ctx context.Context, m, shop uuid.UUID, full bool) (relance.Run, error) {
	return a.startSync(ctx, m, shop, full, func(p connectors.Platform) ([]relance.Kind, error) { return p.Kinds, nil })
}

// StartScheduledSync starts the regular pull of a shop's changes. Comparing every id, and
// reading everybody's consent where the shop does not date its changes, costs by the size
// of the shop and not of its changes: that is done every CompareEvery only.
func (a *App) StartScheduledSync(ctx context.Context, m, shop uuid.UUID) (relance.Run, error) {
	return a.startSync(ctx, m, shop, false, func(p connectors.Platform) ([]relance.Kind, error) {
		kinds := slices.Clone(p.Kinds)
		for _, k := range []relance.Kind{relance.KindDeletions, relance.KindConsents} {
			last, err := a.Store.LastDone(ctx, m, shop, k)
			if err != nil {
				return nil, err
			}
			if last != nil && a.Now().Sub(*last) < a.CompareEvery {
				kinds = slices.DeleteFunc(kinds, func(x relance.Kind) bool { return x == k })
			}
		}
		return kinds, nil
	})
}

func (a *App) startSync(ctx context.Context, m, shop uuid.UUID, full bool, kindsOf func(connectors.Platform) ([]relance.Kind, error)) (relance.Run, error) {
	s, err := a.Store.Shop(ctx, m, shop)
	if err != nil {
		return relance.Run{}, err
	}
	p, err := a.platform(s.Platform)
	if err != nil {
		return relance.Run{}, err
	}
	if s.State == relance.ShopDisconnected {
		return relance.Run{}, relance.Tell(relance.CodeConflict, nil, "DISCONNECTED")
	}
	kinds, err := kindsOf(p)
	if err != nil {
		return relance.Run{}, err
	}
	id, _, err := a.Store.StartRun(ctx, m, shop, kinds, full, a.Now())
	if err != nil {
		return relance.Run{}, err
	}
	if err := a.enqueueNext(ctx, m, id); err != nil {
		a.Log.Warn("queue not reached; a sweep will go on", "run", id, "err", err)
	}
	return a.Store.Run(ctx, m, id)
}

// ResumeSync lets a paused run go on.
func (a *App) ResumeSync(ctx context.Context, m, run uuid.UUID) error {
	if err := a.Store.MoveRun(ctx, m, run, relance.RunRunning, a.Now()); err != nil {
		return err
	}
	return a.enqueueNext(ctx, m, run)
}

func (a *App) enqueueNext(ctx context.Context, m, run uuid.UUID) error {
	task, ok, err := a.Store.NextPage(ctx, m, run)
	if err != nil || !ok {
		return err
	}
	return a.Queue.Page(ctx, task)
}

// PullPage pulls and stores the page a task names, and asks the queue for what follows.
// A task that is outdated (its page is stored, its run ended) does nothing. Failures
// are noted on the step and tried again later; only what nobody can do anything about
// (the database is away) is returned.
func (a *App) PullPage(ctx context.Context, task relance.PageTask) error {
	current, ok, err := a.Store.NextPage(ctx, task.MerchantID, task.RunID)
	if err != nil || !ok || current.Kind != task.Kind || current.Seq != task.Seq || current.Attempt != task.Attempt || current.Claims != task.Claims {
		return err
	}
	stored, err := a.workOn(ctx, current)
	if err != nil {
		return a.pageFailed(ctx, current, err)
	}
	next, more, err := a.Store.NextPage(ctx, current.MerchantID, current.RunID)
	switch {
	case err != nil:
		return err
	case !more:
		a.derive(ctx, current.MerchantID, 0) // the run has ended: nothing more to gather
		return nil
	case stored:
		a.derive(ctx, current.MerchantID, deriveDelay)
	}
	return a.Queue.Page(ctx, next)
}

// PullNext pulls the run's next page in this process, if it is due and nobody else has
// it in hand.
func (a *App) PullNext(ctx context.Context, m, run uuid.UUID) error {
	task, ok, err := a.Store.NextPage(ctx, m, run)
	if err != nil || !ok || task.NextAt.After(a.Now()) || task.InHand(a.Now(), a.Stale()) {
		return err
	}
	return a.PullPage(ctx, task)
}

// deriveDelay gathers the pages of a pull into fewer, larger steps of deriving.
const deriveDelay = 2 * time.Second

// derive asks for the changed facts to be derived after about delay.
func (a *App) derive(ctx context.Context, m uuid.UUID, delay time.Duration) {
	if err := a.Queue.Derive(ctx, m, delay); err != nil {
		a.Log.Warn("queue not reached; a sweep will derive", "merchant", m, "err", err)
	}
}

// workOn pulls and stores one page while its heartbeat tells that somebody does.
func (a *App) workOn(ctx context.Context, task relance.PageTask) (stored bool, err error) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	wanted, err := a.Store.Heartbeat(ctx, task, a.Now())
	if err != nil || !wanted {
		return false, err
	}
	var beats sync.WaitGroup
	beats.Go(func() { a.beat(ctx, task, stop) })
	rows, err := a.pull(ctx, task)
	if err == nil {
		stored, err = a.Store.StorePage(ctx, task, rows, a.Now())
	}
	stop()
	beats.Wait()
	return stored, err
}

// beat confirms the page every so often, and stops the work once it is not wanted any
// more (the run was paused or cancelled).
func (a *App) beat(ctx context.Context, task relance.PageTask, stop context.CancelFunc) {
	tick := time.NewTicker(a.Heartbeat)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if wanted, err := a.Store.Heartbeat(ctx, task, a.Now()); err == nil && !wanted {
				stop()
				return
			}
		}
	}
}

func (a *App) pull(ctx context.Context, task relance.PageTask) (store.PageRows, error) {
	c, p, err := a.connector(ctx, task.MerchantID, task.ShopID)
	if err != nil {
		return store.PageRows{}, err
	}
	if task.Kind == relance.KindDeletions {
		return a.pullDeletions(ctx, task, c, p)
	}
	page, err := c.Pull(ctx, connectors.Request{Kind: task.Kind, After: task.Cursor,
		Staging: staging{a.Store.Staging(task.MerchantID, task.ShopID, task.Kind)}})
	return pageRows(page), err
}

// pageRows takes a connector's page to the store.
func pageRows(p connectors.Page) store.PageRows {
	rows := store.PageRows{Products: p.Products, Customers: p.Customers, Orders: p.Orders, Carts: p.Carts, Consents: p.Consents,
		Missing: p.Missing, Next: p.Next, Done: p.Done, Total: p.Total, Wait: p.Wait}
	for _, r := range p.Rejected {
		rows.Rejected = append(rows.Rejected, relance.Quarantined{Kind: r.Kind, ExternalID: r.ExternalID, Field: r.Field, Reason: r.Reason.String(), Cause: &r.Reason})
	}
	return rows
}

// pageFailed decides what a failure means: later, anew, or the end of the run.
func (a *App) pageFailed(ctx context.Context, t relance.PageTask, cause error) error {
	if ctx.Err() != nil { // this worker stops; the next one may begin at once
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		return a.Store.ReleasePage(ctx, t)
	}
	if errors.Is(cause, context.Canceled) { // the run was paused or cancelled
		return a.Store.ReleasePage(ctx, t)
	}
	a.Log.Warn("page failed", "merchant", t.MerchantID, "shop", t.ShopID, "run", t.RunID, "kind", t.Kind, "seq", t.Seq,
		"attempt", t.Attempt, "code", relance.CodeOf(cause), "err", cause)
	switch {
	case relance.CodeOf(cause) == relance.CodeCursorRefused && t.Cursor != "" && t.Restarts < maxRestarts:
		if err := a.Store.RestartStep(ctx, t, a.Now()); err != nil {
			return err
		}
	case relance.Temporary(cause) && t.Attempt+1 < maxAttempts:
		if err := a.Store.DelayPage(ctx, t, cause, a.Now().Add(retryDelay(t.Attempt, cause))); err != nil {
			return err
		}
	default:
		return a.Store.FailRun(ctx, t, cause, a.Now())
	}
	return a.enqueueNext(ctx, t.MerchantID, t.RunID)
}

// retryDelay grows from a quarter of a second to five minutes, unless the shop named a
// time, and varies so that workers do not come back all at once.
func retryDelay(attempt int, cause error) time.Duration {
	var e *relance.Error
	if errors.As(cause, &e) && e.Wait > 0 {
		return min(e.Wait, 10*time.Minute)
	}
	d := min(250*time.Millisecond<<min(attempt, 12), 5*time.Minute)
	return d/2 + rand.N(d/2)
}

// staging lends the store's staging to a connector.
type staging struct{ rows *store.Staging }

func (s staging) Append(ctx context.Context, rows []connectors.StagedRow) error {
	out := make([]store.StagedRow, len(rows))
	for i, r := range rows {
		out[i] = store.StagedRow{Seq: r.Seq, ObjectID: r.ID, ParentID: r.Parent, Body: string(r.Body)}
	}
	return s.rows.Append(ctx, out)
}

func (s staging) Last(ctx context.Context) (seq, count int64, err error) {
	seq, err = s.rows.Last(ctx)
	return seq, seq, err
}

func (s staging) Clear(ctx context.Context) error { return s.rows.Clear(ctx) }

func (s staging) Roots(ctx context.Context, after int64, limit int) ([]connectors.StagedRoot, error) {
	roots, descendants, err := s.rows.Roots(ctx, after, limit)
	if err != nil {
		return nil, err
	}
	owner := make(map[string]int, len(roots)) // by object id: which root it is under
	out := make([]connectors.StagedRoot, len(roots))
	for i, r := range roots {
		out[i] = connectors.StagedRoot{StagedRow: stagedRow(r)}
		owner[r.ObjectID] = i
	}
	for _, d := range descendants { // parents before children
		i := owner[d.ParentID]
		out[i].Children = append(out[i].Children, stagedRow(d))
		if d.ObjectID != "" {
			owner[d.ObjectID] = i
		}
	}
	return out, nil
}

func stagedRow(r store.StagedRow) connectors.StagedRow {
	return connectors.StagedRow{Seq: r.Seq, ID: r.ObjectID, Parent: r.ParentID, Body: []byte(r.Body)}
}
