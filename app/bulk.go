package app

import (
	"context"
	"strconv"
	"time"

	"github.com/google/uuid"

	"github.com/relance/relance"
	"github.com/relance/relance/segment"
	"github.com/relance/relance/store"
)

const (
	bulkPage  = 100 // people in one transaction, which keeps others from the merchant's lock
	bulkTries = 3
	bulkSlice = 10 * time.Minute // after which a worker lets others come first
)

// StartBulk does something to many people: at once to those named by their ids, by a worker to all who match
// a filter. key is the caller's own: asked twice is one run. scope are the shops that the asker may see; nil: all.
func (a *App) StartBulk(ctx context.Context, m, key uuid.UUID, act relance.BulkAct, people relance.BulkPeople, asSegment bool, scope []uuid.UUID, actor string) (uuid.UUID, error) {
	if err := act.Check(); err != nil {
		return uuid.Nil, err
	}
	if err := people.Check(); err != nil {
		return uuid.Nil, err
	}
	if people.Filter != nil && asSegment {
		members := segment.Members(*people.Filter)
		people.Filter = &members
	}
	total, err := a.bulkTotal(ctx, m, people, scope)
	if err != nil {
		return uuid.Nil, err
	}
	id, fresh, err := a.Store.StartBulk(ctx, m, key, relance.BulkRun{Act: act, People: people, Scope: scope, Author: actor, Total: total}, a.Now())
	if err != nil || !fresh || people.Filter != nil {
		return id, err
	}
	return id, a.RunBulk(ctx, relance.Claim{MerchantID: m, ID: id})
}

// bulkTotal counts the people, and refuses where they are not as many as were shown to whoever confirmed.
func (a *App) bulkTotal(ctx context.Context, m uuid.UUID, people relance.BulkPeople, scope []uuid.UUID) (int64, error) {
	if people.Filter == nil {
		return int64(len(people.IDs)), nil
	}
	page, err := a.Store.Profiles(ctx, m, relance.ProfileQuery{Paging: relance.Paging{First: 1, Total: true}, Filter: *people.Filter, Scope: scope, Now: a.Now()})
	if err != nil {
		return 0, err
	}
	total := *page.Total
	if people.Expected != nil && *people.Expected != total {
		return 0, relance.Tell(relance.CodeConflict, nil, "BULK_COUNT", "expected", strconv.FormatInt(*people.Expected, 10), "count", strconv.FormatInt(total, 10))
	}
	return total, nil
}

// CancelBulk ends a run that is under way; what it did stays, and can be taken back.
func (a *App) CancelBulk(ctx context.Context, m, id uuid.UUID) error {
	return a.Store.CancelBulk(ctx, m, id, a.Now())
}

// UndoBulk takes back what a run changed: at once where it was about people named by their ids.
func (a *App) UndoBulk(ctx context.Context, m, id uuid.UUID, actor string) error {
	t, err := a.Store.UndoBulk(ctx, m, id, actor, a.Now())
	if err != nil {
		return err
	}
	b, err := a.Store.BulkRun(ctx, m, id, nil)
	if err != nil || b.People.Filter != nil {
		return err // a worker does it
	}
	return a.RunBulk(ctx, t)
}

// RunBulk goes on with a run from where it was left. How far it is commits with each page, so that whoever
// is killed, or loses the run to another, has done nothing that is done again.
func (a *App) RunBulk(ctx context.Context, t relance.Claim) error {
	claims, err := a.Store.ClaimBulk(ctx, t, a.Now())
	if relance.CodeOf(err) == relance.CodeNotFound {
		return nil
	}
	if err != nil {
		return err
	}
	t.Claims = claims
	b, err := a.Store.BulkRun(ctx, t.MerchantID, t.ID, nil)
	if err != nil {
		return err
	}
	if b.State == relance.BulkUndoing {
		err = a.undoBulk(ctx, t)
	} else {
		err = a.applyBulk(ctx, t, &b)
	}
	if err == nil || relance.CodeOf(err) == relance.CodeNotFound || ctx.Err() != nil {
		return ctx.Err() // done, or somebody else's by now
	}
	a.Log.Error("a bulk run failed", "run", t.ID, "err", err)
	cause := relance.Say("BULK_FAILED")
	return a.Store.FailBulk(ctx, t, cause, bulkTries, a.Now())
}

func (a *App) applyBulk(ctx context.Context, t relance.Claim, b *relance.BulkRun) error {
	q := relance.ProfileQuery{Paging: relance.Paging{First: bulkPage, After: b.Cursor}, IDs: b.People.IDs, Order: relance.ProfileOrder{Field: relance.ByID}, Scope: b.Scope}
	if b.People.Filter != nil {
		q.Filter = *b.People.Filter
	}
	until := a.Now().Add(bulkSlice)
	for a.Now().Before(until) {
		q.Now = a.Now()
		page, err := a.Store.Profiles(ctx, t.MerchantID, q)
		if err != nil {
			return err
		}
		p := store.BulkPage{From: q.After, To: page.Info.End, Last: !page.Info.HasNextPage}
		for _, person := range page.Profiles {
			p.Profiles = append(p.Profiles, person.ID)
		}
		if err := a.Store.ApplyBulkPage(ctx, t, p, a.Now()); err != nil || p.Last {
			return err
		}
		q.After = p.To
	}
	return nil // a sweep hands out the rest
}

func (a *App) undoBulk(ctx context.Context, t relance.Claim) error {
	until := a.Now().Add(bulkSlice)
	for a.Now().Before(until) {
		done, err := a.Store.UndoBulkPage(ctx, t, bulkPage, a.Now())
		if err != nil || done {
			return err
		}
	}
	return nil
}
