package app

import (
	"context"
	"io"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"

	"github.com/relance/relance"
	"github.com/relance/relance/export"
	"github.com/relance/relance/segment"
)

const (
	exportPage  = 1000      // people read at once
	exportPart  = 512 << 10 // bytes of the file kept at once
	exportTries = 3
)

// StartExport puts an export in line; a worker writes it. scope are the shops that the asker may see; nil:
// all. Of a segment those are left out whom it leaves out.
func (a *App) StartExport(ctx context.Context, m uuid.UUID, c relance.ExportChoice, asSegment bool, scope []uuid.UUID, actor string) (uuid.UUID, error) {
	if asSegment {
		c.Filter = segment.Members(c.Filter)
	}
	if len(c.IDs) > relance.MostBulkIDs {
		return uuid.Nil, relance.TellField("ids", "BULK_MOST", "most", strconv.Itoa(relance.MostBulkIDs))
	}
	// A filter that cannot be read is refused at once, not by the worker.
	if _, err := a.Store.Profiles(ctx, m, relance.ProfileQuery{Paging: relance.Paging{First: 1}, Filter: c.Everybody(), Scope: scope, Now: a.Now()}); err != nil {
		return uuid.Nil, err
	}
	return a.Store.StartExport(ctx, m, c, scope, actor, a.Now())
}

// CancelExport ends an export that is under way.
func (a *App) CancelExport(ctx context.Context, m, id uuid.UUID) error {
	return a.Store.CancelExport(ctx, m, id, a.Now())
}

// ExportFile finds an export whose file is whole, for somebody who may see the shops of scope, and notes
// who takes it.
func (a *App) ExportFile(ctx context.Context, m, id uuid.UUID, scope []uuid.UUID, actor string) (relance.Export, error) {
	e, err := a.Store.Export(ctx, m, id, scope)
	if err != nil {
		return e, err
	}
	if e.State != relance.ExportDone || e.FinishedAt.Before(a.Now().Add(-relance.ExportKept)) {
		return e, relance.Errorf(relance.CodeNotFound, "there is no such file")
	}
	return e, a.audit(ctx, m, actor, "download_export", "export", id, map[string]any{"rows": e.Rows})
}

// WriteExport writes the file of an export.
func (a *App) WriteExport(ctx context.Context, w io.Writer, m, id uuid.UUID) error {
	return a.Store.WriteExport(ctx, w, m, id)
}

// TidyExports deletes the files whose time is over.
func (a *App) TidyExports(ctx context.Context, m uuid.UUID) error {
	return a.Store.DropOldExports(ctx, m, a.Now().Add(-relance.ExportKept))
}

// RunExport writes one export from its start to its end. Whoever takes it up meanwhile, or cancels it, ends
// this.
func (a *App) RunExport(ctx context.Context, t relance.Claim) error {
	e, claims, err := a.Store.ClaimExport(ctx, t, a.Now())
	if relance.CodeOf(err) == relance.CodeNotFound {
		return nil
	}
	if err != nil {
		return err
	}
	t.Claims = claims
	x := &exporter{App: a, task: t, export: e}
	work, stop := context.WithCancel(ctx)
	defer stop()
	var beats sync.WaitGroup
	beats.Go(func() { x.beat(work, stop) })
	err = x.write(work)
	stop()
	beats.Wait()
	switch {
	case err == nil:
		return a.Store.FinishExport(ctx, t, x.done.Load(), x.rows.Load(), x.told(), a.Now())
	case ctx.Err() != nil || x.lost.Load():
		return ctx.Err() // another takes it up, if anybody
	}
	a.Log.Error("an export failed", "export", t.ID, "err", err)
	return a.failExport(ctx, t, err)
}

// failExport has an export tried again, except where its filter will not be read next time either.
func (a *App) failExport(ctx context.Context, t relance.Claim, err error) error {
	cause, tries := relance.Say("EXPORT_FAILED"), exportTries
	if said := relance.SaidBy(err); said != nil && relance.CodeOf(err) == relance.CodeBadInput {
		cause, tries = *said, 1
	}
	return a.Store.FailExport(ctx, t, cause, tries, a.Now())
}

// exporter writes one export.
type exporter struct {
	*App
	task   relance.Claim
	export relance.Export
	total  atomic.Pointer[int64]
	done   atomic.Int64
	rows   atomic.Int64
	lost   atomic.Bool
}

// beat tells every so often that somebody works on the export and how far it is, and stops the work once it
// is not wanted any more.
func (x *exporter) beat(ctx context.Context, stop context.CancelFunc) {
	tick := time.NewTicker(min(x.Heartbeat, time.Second))
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			wanted, err := x.Store.BeatExport(ctx, x.task, x.total.Load(), x.done.Load(), x.rows.Load(), x.Now())
			if err == nil && !wanted {
				x.lost.Store(true)
				stop()
				return
			}
		}
	}
}

func (x *exporter) write(ctx context.Context) error {
	m, err := x.Store.Merchant(ctx, x.task.MerchantID)
	if err != nil {
		return err
	}
	zone, err := x.merchantZone(ctx, m.ID)
	if err != nil {
		return err
	}
	file := &parts{ctx: ctx, exporter: x}
	now := x.Now()
	out, err := export.New(file, export.Options{Choice: x.export.Choice, Zone: zone, Currency: m.MainCurrency, Now: now})
	if err != nil {
		return err
	}
	rows := x.people
	if x.export.Choice.List == relance.ExportOutstanding {
		rows = x.debtors
	}
	if err := rows(ctx, out, now); err != nil {
		file.over = true
		_ = out.Close() // for its temporary file; nobody wants what it writes by now
		return err
	}
	if err := out.Close(); err != nil {
		return err
	}
	return file.flush()
}

// people writes everybody, a page at a time.
func (x *exporter) people(ctx context.Context, out export.Writer, now time.Time) error {
	q := relance.ProfileQuery{Paging: relance.Paging{First: exportPage, Total: true}, Filter: x.export.Choice.Everybody(), IDs: x.export.Choice.IDs, Order: relance.ProfileOrder{Field: relance.ByID},
		Want: export.Want(), Scope: x.export.Scope, Now: now}
	for {
		page, err := x.Store.Profiles(ctx, x.task.MerchantID, q)
		if err != nil {
			return err
		}
		if page.Total != nil {
			x.total.Store(page.Total)
			if _, err := x.Store.BeatExport(ctx, x.task, page.Total, 0, 0, x.Now()); err != nil {
				return err
			}
		}
		if err := x.page(ctx, out, page.Profiles); err != nil {
			return err
		}
		if !page.Info.HasNextPage {
			return nil
		}
		q.After, q.Total = page.Info.End, false
	}
}

// debtors writes business customers with unpaid orders, a page at a time.
func (x *exporter) debtors(ctx context.Context, out export.Writer, now time.Time) error {
	q := relance.OutstandingQuery{Paging: relance.Paging{First: exportPage}, Overdue: x.export.Choice.Overdue, ShopIDs: x.export.Scope}
	for {
		page, err := x.Store.Outstanding(ctx, x.task.MerchantID, q, now)
		if err != nil {
			return err
		}
		if err := x.debtorPage(ctx, out, page.Customers, now); err != nil || !page.Info.HasNextPage {
			return err
		}
		q.After = page.Info.End
	}
}

func (x *exporter) debtorPage(ctx context.Context, out export.Writer, list []*relance.Outstanding, now time.Time) error {
	ids := make([]uuid.UUID, len(list))
	for i, o := range list {
		ids[i] = o.ProfileID
	}
	people, err := x.Store.ProfilesByID(ctx, x.task.MerchantID, ids, export.Want(), x.export.Scope, now)
	if err != nil {
		return err
	}
	known := map[uuid.UUID]*relance.Profile{}
	for _, p := range people {
		known[p.ID] = p
	}
	for _, o := range list {
		p := known[o.ProfileID]
		if p == nil { // nobody whom the shops that may be seen know themselves
			p = &relance.Profile{ID: o.ProfileID}
		}
		if err := out.Debtor(p, o); err != nil {
			return err
		}
		x.done.Add(1)
		x.rows.Add(int64(len(o.Amounts)))
	}
	return ctx.Err()
}

func (x *exporter) page(ctx context.Context, out export.Writer, list []*relance.Profile) error {
	var stops map[uuid.UUID]relance.Stops
	if channel := x.export.Choice.OptedIn; channel != "" {
		ids := make([]uuid.UUID, len(list))
		for i, p := range list {
			ids[i] = p.ID
		}
		var err error
		if stops, err = x.Store.StopsOf(ctx, x.task.MerchantID, ids, channel); err != nil {
			return err
		}
	}
	for _, p := range list {
		written, err := out.Row(p, stops[p.ID])
		if err != nil {
			return err
		}
		if x.done.Add(1); written {
			x.rows.Add(1)
		}
	}
	return ctx.Err()
}

// told is what the audit trail keeps of an export: not the words that were searched for, which may be a
// person's name.
func (x *exporter) told() map[string]any {
	c := x.export.Choice
	if c.List == relance.ExportOutstanding {
		return map[string]any{"rows": x.rows.Load(), "format": c.Format, "overdue": c.Overdue}
	}
	out := map[string]any{"rows": x.rows.Load(), "format": c.Format, "columns": c.Columns, "filter": withoutWords(c.Filter)}
	if c.IDs != nil {
		out["chosen"] = len(c.IDs)
	}
	if c.OptedIn != "" {
		out["opted_in"] = c.OptedIn
	}
	return out
}

func withoutWords(f relance.Filter) relance.Filter {
	if strings.TrimSpace(f.Search) != "" {
		f.Search = "…"
	}
	f.And, f.Or = slices.Clone(f.And), slices.Clone(f.Or)
	for i := range f.And {
		f.And[i] = withoutWords(f.And[i])
	}
	for i := range f.Or {
		f.Or[i] = withoutWords(f.Or[i])
	}
	if f.Not != nil {
		not := withoutWords(*f.Not)
		f.Not = &not
	}
	return f
}

// parts keeps what is written to it in the store, a piece at a time.
type parts struct {
	*exporter
	ctx context.Context //nolint:containedctx // io.Writer has no place for it
	buf []byte
	n   int
	// over: nothing more is kept.
	over bool
}

// Write implements io.Writer.
func (p *parts) Write(b []byte) (int, error) {
	if p.over {
		return 0, io.ErrClosedPipe
	}
	p.buf = append(p.buf, b...)
	for len(p.buf) >= exportPart {
		if err := p.keep(p.buf[:exportPart]); err != nil {
			return 0, err
		}
		p.buf = append(p.buf[:0], p.buf[exportPart:]...)
	}
	return len(b), nil
}

func (p *parts) flush() error {
	if len(p.buf) == 0 {
		return nil
	}
	return p.keep(p.buf)
}

func (p *parts) keep(b []byte) error {
	if err := p.ctx.Err(); err != nil {
		return err
	}
	err := p.Store.AddExportPart(p.ctx, p.task, p.n, b, p.Now())
	if relance.CodeOf(err) == relance.CodeNotFound {
		p.lost.Store(true)
	}
	p.n++
	return err
}
