package graph

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/relance/relance"
)

// shop reads a shop that the bearer may see.
func (r *Resolver) shop(ctx context.Context, id uuid.UUID) (*relance.Shop, error) {
	b := bearer(ctx)
	if err := visible(b, id, "shop"); err != nil {
		return nil, err
	}
	list, err := r.Read.Shops(ctx, b.MerchantID, []uuid.UUID{id})
	if err == nil && len(list) == 0 {
		err = relance.Errorf(relance.CodeNotFound, "there is no such shop")
	}
	if err != nil {
		return nil, err
	}
	return &list[0], nil
}

// shopPayload is what a change of a shop answers.
func (r *Resolver) shopPayload(ctx context.Context, id uuid.UUID, err error) (*ShopPayload, error) {
	errs, err := userErrors(err)
	if err != nil || len(errs) > 0 {
		return &ShopPayload{Errors: errs}, err
	}
	shop, err := r.shop(ctx, id)
	return &ShopPayload{Shop: shop, Errors: errs}, err
}

func (r *Resolver) connect(ctx context.Context, p relance.Platform, cred relance.Credentials, name *string) (*ConnectPayload, error) {
	b := bearer(ctx)
	shop, err := r.Use.Connect(ctx, b.MerchantID, p, cred, orEmpty(name), b.Actor())
	errs, err := userErrors(err)
	if err != nil || len(errs) > 0 {
		return &ConnectPayload{Errors: errs}, err
	}
	return &ConnectPayload{Shop: &shop, Errors: errs}, nil
}

func syncPayload(run relance.Run, err error) (*SyncPayload, error) {
	errs, err := userErrors(err)
	if err != nil || len(errs) > 0 {
		return &SyncPayload{Errors: errs}, err
	}
	return &SyncPayload{Run: &run, Errors: errs}, nil
}

// run reads a run of a shop that the bearer may see.
func (r *Resolver) run(ctx context.Context, id uuid.UUID) (relance.Run, error) {
	b := bearer(ctx)
	run, err := r.Read.Run(ctx, b.MerchantID, id)
	if err == nil {
		err = visible(b, run.ShopID, "sync run")
	}
	return run, err
}

func (r *Resolver) moveSync(ctx context.Context, id uuid.UUID, to relance.RunState) (*SyncPayload, error) {
	if _, err := r.run(ctx, id); err != nil {
		return syncPayload(relance.Run{}, err)
	}
	return syncPayload(r.Use.MoveSync(ctx, bearer(ctx).MerchantID, id, to))
}

// progress sends the shop's latest run whenever it moved, until it has ended.
func (r *Resolver) progress(ctx context.Context, shop uuid.UUID) (<-chan *relance.Run, error) {
	if _, err := r.shop(ctx, shop); err != nil {
		return nil, err
	}
	m := bearer(ctx).MerchantID
	out := make(chan *relance.Run, 1)
	go func() {
		defer close(out)
		tick := time.NewTicker(r.ProgressEvery)
		defer tick.Stop()
		for sent := ""; ; {
			runs, err := r.Read.LatestRuns(ctx, m, shop, 1)
			if err != nil {
				return
			}
			if len(runs) == 1 && fingerprint(runs[0]) != sent {
				sent = fingerprint(runs[0])
				select {
				case out <- &runs[0]:
				case <-ctx.Done():
					return
				}
				if !runs[0].State.Active() {
					return
				}
			}
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
		}
	}()
	return out, nil
}

// quarantine lists rows that could not be read.
func (r *Resolver) quarantine(ctx context.Context, first int, after *string, shops []uuid.UUID) (*QuarantineConnection, error) {
	p, err := paging(first, after)
	if err != nil {
		return nil, err
	}
	b := bearer(ctx)
	scope, err := scopeOf(b, shops)
	if err != nil {
		return nil, err
	}
	var from *uuid.UUID
	if p.After != "" {
		id, err := uuid.Parse(p.After)
		if err != nil {
			return nil, relance.TellField("after", "CURSOR_UNKNOWN")
		}
		from = &id
	}
	rows, err := r.Read.Quarantine(ctx, b.MerchantID, scope, from, first+1)
	if err != nil {
		return nil, err
	}
	info := relance.PageInfo{HasNextPage: len(rows) > first}
	rows = rows[:min(len(rows), first)]
	if len(rows) > 0 {
		info.End = rows[len(rows)-1].ID.String()
	}
	return &QuarantineConnection{Nodes: pointers(rows), PageInfo: &info}, nil
}
