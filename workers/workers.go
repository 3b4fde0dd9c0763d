// Package workers runs the product's background jobs with Asynq. Postgres holds what is
// to be done; a task in Redis only hints at a row, and the handler reads the row again.
// Whatever Redis loses, the sweep of any worker finds and hands out anew, so any number
// of workers may run side by side and be killed at any moment.
package workers

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/hibiken/asynq"
	"github.com/redis/go-redis/v9"

	"github.com/relance/relance"
)

// The queues; weights say how often each is served first.
const (
	queuePull   = "pull"
	queueDerive = "derive"
	queueSend   = "send"
	queueExport = "export"
)

// UseCases is what the jobs call.
type UseCases interface {
	PullPage(ctx context.Context, task relance.PageTask) error
	DeriveWaiting(ctx context.Context, merchant uuid.UUID) error
	StartScheduledSync(ctx context.Context, merchant, shop uuid.UUID) (relance.Run, error)
	EvaluateDue(ctx context.Context, merchant uuid.UUID) error
	SendDue(ctx context.Context, merchant uuid.UUID) (more bool, err error)
	TidyVouchers(ctx context.Context, merchant uuid.UUID) error
	PassOnObjections(ctx context.Context, merchant uuid.UUID) error
	LookAtLetters(ctx context.Context, merchant uuid.UUID) error
	TidyLetters(ctx context.Context, merchant uuid.UUID) error
	MoveMemberships(ctx context.Context, merchant uuid.UUID) error
	MailReport(ctx context.Context, t relance.ReportTask) error
	MailOptIn(ctx context.Context, t relance.OptInTask) error
	ExpireOptIns(ctx context.Context, merchant uuid.UUID) error
	RunExport(ctx context.Context, t relance.Claim) error
	TidyExports(ctx context.Context, merchant uuid.UUID) error
	RunImport(ctx context.Context, t relance.Claim) error
	RunErasure(ctx context.Context, t relance.Claim) error
	RunShopErasure(ctx context.Context, t relance.Claim) error
	Retain(ctx context.Context, merchant uuid.UUID) error
	TidyPhotos(ctx context.Context, merchant uuid.UUID) error
	RunBulk(ctx context.Context, t relance.Claim) error
	Stale() time.Duration
}

// Rows is what the sweeps read.
type Rows interface {
	DuePages(ctx context.Context, now time.Time, stale time.Duration) ([]relance.PageTask, error)
	Reclaim(ctx context.Context, t relance.PageTask, now time.Time) (int64, error)
	QueuedMerchants(ctx context.Context, before time.Time) ([]uuid.UUID, error)
	DueShops(ctx context.Context, before, now time.Time) ([]relance.ShopRef, error)
	DuePeople(ctx context.Context, now time.Time) ([]uuid.UUID, error)
	Merchants(ctx context.Context) ([]uuid.UUID, error)
	DueWithdrawals(ctx context.Context, now time.Time) ([]uuid.UUID, error)
	DueLetters(ctx context.Context, now time.Time) ([]uuid.UUID, error)
	DueFollowUps(ctx context.Context, now time.Time) ([]uuid.UUID, error)
	DueReports(ctx context.Context, now time.Time) ([]relance.ReportTask, error)
	DueOptIns(ctx context.Context, now time.Time) ([]relance.OptInTask, error)
	OverOptIns(ctx context.Context, now time.Time) ([]uuid.UUID, error)
	DueExports(ctx context.Context, now time.Time, stale time.Duration) ([]relance.Claim, error)
	DueImports(ctx context.Context, now time.Time) ([]relance.Claim, error)
	DueErasures(ctx context.Context, now time.Time) ([]relance.Claim, error)
	DueShopErasures(ctx context.Context, now time.Time) ([]relance.Claim, error)
	DueBulks(ctx context.Context, now time.Time, stale time.Duration) ([]relance.Claim, error)
	LearnGrownTables(ctx context.Context) error
}

// Options tunes the workers.
type Options struct {
	Concurrency int           // jobs at once; 0 means 4
	SweepEvery  time.Duration // 0 means 2 s
	SyncEvery   time.Duration // how often a shop's changes are pulled; 0 means 10 min
	Grace       time.Duration // how long running jobs may finish on stop; 0 means 8 s
}

// Workers runs the jobs of the table.
type Workers struct {
	use   UseCases
	rows  Rows
	queue *Queue
	redis redis.UniversalClient
	opts  Options
	log   *slog.Logger
	now   func() time.Time
}

// New makes workers on the Redis of the client.
func New(r redis.UniversalClient, use UseCases, rows Rows, queue *Queue, opts Options, log *slog.Logger, now func() time.Time) *Workers {
	if opts.Concurrency == 0 {
		opts.Concurrency = 4
	}
	if opts.SweepEvery == 0 {
		opts.SweepEvery = 2 * time.Second
	}
	if opts.SyncEvery == 0 {
		opts.SyncEvery = 10 * time.Minute
	}
	if opts.Grace == 0 {
		opts.Grace = 8 * time.Second
	}
	return &Workers{use: use, rows: rows, queue: queue, redis: r, opts: opts, log: log, now: now}
}

// job is one line of the table.
type job struct {
	kind  string
	queue string        // served by the queue's tasks, or
	every time.Duration // run this often by every worker; several at once are harmless
	does  string
	run   func(ctx context.Context, payload []byte) error
}

// table lists every job there is.
func (w *Workers) table() []job {
	return []job{
		{kind: PullPage{}.Kind(), queue: queuePull, does: "pulls one page of a shop's records and stores it", run: handle(w.pullPage)},
		{kind: DeriveFacts{}.Kind(), queue: queueDerive, does: "brings profiles and statistics up to date with changed facts", run: handle(w.derive)},
		{kind: EvaluatePeople{}.Kind(), queue: queueDerive, does: "judges people whose facts or times changed, for the campaigns that run", run: handle(w.evaluate)},
		{kind: SendDue{}.Kind(), queue: queueSend, does: "sends a merchant's messages that are due, their vouchers made first", run: handle(w.sendDue)},
		{kind: kindExport, queue: queueExport, does: "writes a list of customers as a file", run: handle(w.use.RunExport)},
		{kind: kindImport, queue: queuePull, does: "reads a spreadsheet page by page: checks it, stores it or takes it back", run: handle(w.use.RunImport)},
		{kind: kindErasure, queue: queueDerive, does: "goes on with the erasure of a person: shops, printers, then all records at once", run: handle(w.use.RunErasure)},
		{kind: "sweep_erasures", every: w.opts.SweepEvery, does: "hands out erasures that nobody is at", run: w.sweepErasures},
		{kind: kindShopErasure, queue: queueExport, does: "goes on with the erasure of all that a shop told of people, one after the other", run: handle(w.use.RunShopErasure)},
		{kind: "sweep_shop_erasures", every: w.opts.SweepEvery, does: "hands out erasures of shops that nobody is at", run: w.sweepShopErasures},
		{kind: "retain", every: 43_200 * w.opts.SweepEvery, does: "names people without a sign of life before they are erased, and forgets what is older than its period", run: w.retain},
		{kind: kindBulk, queue: queueExport, does: "changes many people page by page, or takes that back", run: handle(w.use.RunBulk)},
		{kind: "sweep_bulk_runs", every: w.opts.SweepEvery, does: "hands out changes of many people that nobody is at", run: w.sweepBulkRuns},
		{kind: "sweep_imports", every: w.opts.SweepEvery, does: "hands out imports that nobody is at", run: w.sweepImports},
		{kind: "sweep_pages", every: w.opts.SweepEvery, does: "hands out pages that are due and that nobody works on", run: w.sweepPages},
		{kind: "sweep_facts", every: w.opts.SweepEvery, does: "hands out merchants whose facts wait to be derived", run: w.sweepFacts},
		{kind: "sweep_people", every: w.opts.SweepEvery, does: "hands out merchants with people to be judged", run: w.sweepPeople},
		{kind: "sweep_follow_ups", every: w.opts.SweepEvery, does: "hands out merchants with messages that are due, or whose worker fell silent", run: w.sweepFollowUps},
		{kind: "sweep_exports", every: w.opts.SweepEvery, does: "hands out exports that wait, and those whose worker fell silent", run: w.sweepExports},
		{kind: "learn_tables", every: w.opts.SweepEvery, does: "lets the database's planner know of tables that grew much", run: w.learnTables},
		{kind: "tidy_vouchers", every: 15 * w.opts.SweepEvery, does: "revokes vouchers that nobody is to use any more", run: w.tidyVouchers},
		{kind: "tidy_letters", every: 150 * w.opts.SweepEvery, does: "deletes the files of letters whose time is over", run: w.tidyLetters},
		{kind: "tidy_exports", every: 150 * w.opts.SweepEvery, does: "deletes the files of exports a week after they were made", run: w.tidyExports},
		{kind: "tidy_photos", every: 150 * w.opts.SweepEvery, does: "deletes photos of people that have not been shown for 30 days", run: w.tidyPhotos},
		{kind: "pass_on_objections", every: 5 * w.opts.SweepEvery, does: "tells the shops who objected to e-mail", run: w.passOnObjections},
		{kind: "look_at_letters", every: 5 * w.opts.SweepEvery, does: "asks printers how letters stand, and calls back those that somebody objected to", run: w.lookAtLetters},
		{kind: "move_memberships", every: 150 * w.opts.SweepEvery, does: "ends memberships whose last day is over, lets rested ones hold again, writes down payments due", run: w.moveMemberships},
		{kind: "mail_reports", every: 5 * w.opts.SweepEvery, does: "mails last month's report to those who want it", run: w.mailReports},
		{kind: "mail_opt_ins", every: w.opts.SweepEvery, does: "mails people the link by which they confirm a consent", run: w.mailOptIns},
		{kind: "expire_opt_ins", every: 15 * w.opts.SweepEvery, does: "erases what was asked and nobody confirmed within 14 days", run: w.expireOptIns},
		{kind: "sync_shops", every: max(w.opts.SyncEvery/20, time.Second), does: "starts a pull of every shop whose last one is old enough, or failed and has rested", run: w.syncShops},
	}
}

// handle reads a job's arguments.
func handle[T any](f func(context.Context, T) error) func(context.Context, []byte) error {
	return func(ctx context.Context, payload []byte) error {
		var args T
		if err := json.Unmarshal(payload, &args); err != nil {
			return fmt.Errorf("read job: %w: %w", err, asynq.SkipRetry)
		}
		return f(ctx, args)
	}
}

func (w *Workers) pullPage(ctx context.Context, j PullPage) error {
	return w.use.PullPage(ctx, relance.PageTask{MerchantID: j.MerchantID, ShopID: j.ShopID, RunID: j.RunID, Kind: j.What, Seq: j.Seq,
		Attempt: j.Attempt, Claims: j.Claims})
}

func (w *Workers) retain(ctx context.Context, _ []byte) error {
	merchants, err := w.rows.Merchants(ctx)
	return each(ctx, merchants, err, w.use.Retain)
}

func (w *Workers) sweepErasures(ctx context.Context, _ []byte) error {
	tasks, err := w.rows.DueErasures(ctx, w.now())
	return each(ctx, tasks, err, w.queue.Erasure)
}

func (w *Workers) sweepShopErasures(ctx context.Context, _ []byte) error {
	tasks, err := w.rows.DueShopErasures(ctx, w.now())
	return each(ctx, tasks, err, w.queue.ShopErasure)
}

func (w *Workers) sweepBulkRuns(ctx context.Context, _ []byte) error {
	tasks, err := w.rows.DueBulks(ctx, w.now(), w.use.Stale())
	return each(ctx, tasks, err, w.queue.Bulk)
}

func (w *Workers) sweepImports(ctx context.Context, _ []byte) error {
	tasks, err := w.rows.DueImports(ctx, w.now())
	return each(ctx, tasks, err, w.queue.Import)
}

func (w *Workers) derive(ctx context.Context, j DeriveFacts) error {
	return w.use.DeriveWaiting(ctx, j.MerchantID)
}

// sweepPages hands out due pages: those in Redis already are refused there, those that
// Redis lost are queued, those whose worker fell silent get a new claim.
func (w *Workers) sweepPages(ctx context.Context, _ []byte) error {
	now := w.now()
	tasks, err := w.rows.DuePages(ctx, now, w.use.Stale())
	if err != nil {
		return err
	}
	for _, t := range tasks {
		if t.NextAt.Before(now.Add(-w.use.Stale())) {
			if t.Claims, err = w.rows.Reclaim(ctx, t, now); err != nil {
				continue // somebody else did, or the page is stored
			}
		}
		if err := w.queue.Page(ctx, t); err != nil {
			return err
		}
	}
	return nil
}

func (w *Workers) sweepFacts(ctx context.Context, _ []byte) error {
	merchants, err := w.rows.QueuedMerchants(ctx, w.now().Add(-w.use.Stale()))
	if err != nil {
		return err
	}
	for _, m := range merchants {
		if err := w.queue.Derive(ctx, m, 0); err != nil {
			return err
		}
	}
	return nil
}

func (w *Workers) evaluate(ctx context.Context, j EvaluatePeople) error {
	return w.use.EvaluateDue(ctx, j.MerchantID)
}

func (w *Workers) sendDue(ctx context.Context, j SendDue) error {
	more, err := w.use.SendDue(ctx, j.MerchantID)
	if more && ctx.Err() == nil {
		err = errors.Join(err, w.queue.Send(ctx, j.MerchantID))
	}
	return err
}

func (w *Workers) sweepPeople(ctx context.Context, _ []byte) error {
	merchants, err := w.rows.DuePeople(ctx, w.now())
	return each(ctx, merchants, err, w.queue.Evaluate)
}

func (w *Workers) sweepFollowUps(ctx context.Context, _ []byte) error {
	merchants, err := w.rows.DueFollowUps(ctx, w.now())
	return each(ctx, merchants, err, w.queue.Send)
}

func (w *Workers) moveMemberships(ctx context.Context, _ []byte) error {
	merchants, err := w.rows.Merchants(ctx)
	return each(ctx, merchants, err, w.use.MoveMemberships)
}

func (w *Workers) sweepExports(ctx context.Context, _ []byte) error {
	tasks, err := w.rows.DueExports(ctx, w.now(), w.use.Stale())
	return each(ctx, tasks, err, w.queue.Export)
}

func (w *Workers) tidyExports(ctx context.Context, _ []byte) error {
	merchants, err := w.rows.Merchants(ctx)
	return each(ctx, merchants, err, w.use.TidyExports)
}

func (w *Workers) tidyPhotos(ctx context.Context, _ []byte) error {
	merchants, err := w.rows.Merchants(ctx)
	return each(ctx, merchants, err, w.use.TidyPhotos)
}

func (w *Workers) learnTables(ctx context.Context, _ []byte) error {
	return w.rows.LearnGrownTables(ctx)
}

// each does something for what a list holds, in turn.
func each[T any](ctx context.Context, list []T, err error, do func(context.Context, T) error) error {
	if err != nil {
		return err
	}
	for _, x := range list {
		if err := do(ctx, x); err != nil {
			return err
		}
	}
	return nil
}

func (w *Workers) tidyVouchers(ctx context.Context, _ []byte) error {
	merchants, err := w.rows.Merchants(ctx)
	return each(ctx, merchants, err, w.use.TidyVouchers)
}

func (w *Workers) tidyLetters(ctx context.Context, _ []byte) error {
	merchants, err := w.rows.Merchants(ctx)
	return each(ctx, merchants, err, w.use.TidyLetters)
}

func (w *Workers) passOnObjections(ctx context.Context, _ []byte) error {
	merchants, err := w.rows.DueWithdrawals(ctx, w.now())
	return each(ctx, merchants, err, w.use.PassOnObjections)
}

func (w *Workers) lookAtLetters(ctx context.Context, _ []byte) error {
	merchants, err := w.rows.DueLetters(ctx, w.now())
	return each(ctx, merchants, err, w.use.LookAtLetters)
}

// mailReports goes on where one report fails: the others are to other people.
func (w *Workers) mailReports(ctx context.Context, _ []byte) error {
	tasks, err := w.rows.DueReports(ctx, w.now())
	errs := []error{err}
	for _, t := range tasks {
		errs = append(errs, w.use.MailReport(ctx, t))
	}
	return errors.Join(errs...)
}

// mailOptIns goes on where one mail fails: the others are to other people.
func (w *Workers) mailOptIns(ctx context.Context, _ []byte) error {
	tasks, err := w.rows.DueOptIns(ctx, w.now())
	errs := []error{err}
	for _, t := range tasks {
		errs = append(errs, w.use.MailOptIn(ctx, t))
	}
	return errors.Join(errs...)
}

func (w *Workers) expireOptIns(ctx context.Context, _ []byte) error {
	merchants, err := w.rows.OverOptIns(ctx, w.now())
	return each(ctx, merchants, err, w.use.ExpireOptIns)
}

func (w *Workers) syncShops(ctx context.Context, _ []byte) error {
	now := w.now()
	shops, err := w.rows.DueShops(ctx, now.Add(-w.opts.SyncEvery), now)
	if err != nil {
		return err
	}
	for _, s := range shops {
		if _, err := w.use.StartScheduledSync(ctx, s.MerchantID, s.ID); err != nil {
			w.log.Warn("sync not started", "shop", s.ID, "err", err)
		}
	}
	return nil
}

// Run works until ctx ends, then lets running jobs finish for the grace time; what does
// not finish is released and taken up by the next worker.
func (w *Workers) Run(ctx context.Context) error {
	mux := asynq.NewServeMux()
	var sweeps sync.WaitGroup
	for _, j := range w.table() {
		if j.queue == "" {
			sweeps.Go(func() { w.repeat(ctx, j) })
			continue
		}
		mux.HandleFunc(j.kind, func(ctx context.Context, t *asynq.Task) error { return j.run(ctx, t.Payload()) })
	}
	jobs, stopJobs := context.WithCancel(context.WithoutCancel(ctx))
	defer stopJobs()
	server := asynq.NewServerFromRedisClient(w.redis, asynq.Config{
		Concurrency:              w.opts.Concurrency,
		Queues:                   map[string]int{queuePull: 6, queueDerive: 4, queueSend: 4, queueExport: 1},
		TaskCheckInterval:        15 * time.Millisecond,
		DelayedTaskCheckInterval: 200 * time.Millisecond,
		ShutdownTimeout:          w.opts.Grace,
		Logger:                   asynqLog{w.log},
		LogLevel:                 asynq.WarnLevel,
		ErrorHandler:             asynq.ErrorHandlerFunc(w.failed),
		BaseContext:              func() context.Context { return jobs },
	})
	if err := server.Start(mux); err != nil {
		return fmt.Errorf("start workers: %w", err)
	}
	<-ctx.Done()
	server.Shutdown()
	sweeps.Wait()
	return nil
}

func (w *Workers) failed(_ context.Context, t *asynq.Task, err error) {
	if !errors.Is(err, context.Canceled) {
		w.log.Error("job failed", "job", t.Type(), "err", err)
	}
}

// repeat runs a scheduled job every so often until ctx ends.
func (w *Workers) repeat(ctx context.Context, j job) {
	tick := time.NewTicker(j.every)
	defer tick.Stop()
	for {
		if err := j.run(ctx, nil); err != nil && ctx.Err() == nil {
			w.log.Warn("scheduled job failed; it will run again", "job", j.kind, "err", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// asynqLog sends the library's words to our log.
type asynqLog struct{ log *slog.Logger }

func (l asynqLog) Debug(args ...any) { l.log.Debug(fmt.Sprint(args...)) }
func (l asynqLog) Info(args ...any)  { l.log.Info(fmt.Sprint(args...)) }
func (l asynqLog) Warn(args ...any)  { l.log.Warn(fmt.Sprint(args...)) }
func (l asynqLog) Error(args ...any) { l.log.Error(fmt.Sprint(args...)) }

// Fatal is called by the library where it cannot go on; the error comes back from Run.
func (l asynqLog) Fatal(args ...any) { l.log.Error(fmt.Sprint(args...)) }
