package prestashop

import (
	"context"
	"strconv"
	"time"

	"github.com/relance/relance"
	"github.com/relance/relance/connectors"
)

// run is one page being made.
type run struct {
	c       *Connector
	ctx     context.Context
	cur     *cursor
	refs    *references
	page    *connectors.Page
	missing *missingRights
}

// phase is one list of a pull; step adds its next rows to the page.
type phase struct {
	name string
	step func(*run) (done bool, err error)
}

// plan is how a kind is pulled: everything by id, or the phases one after another.
type plan struct {
	resource string
	all      func(*run) (done bool, err error)
	changed  []phase
}

func planOf(kind relance.Kind) (plan, bool) {
	switch kind {
	case relance.KindCustomers:
		return customerPlan(), true
	case relance.KindOrders:
		return orderPlan(), true
	case relance.KindCarts:
		return cartPlan(), true
	case relance.KindProducts:
		return productPlan(), true
	}
	return plan{}, false
}

// Pull gives the next page of a kind. Errors are *relance.Error or the context's own;
// an error leaves the cursor where it was.
func (c *Connector) Pull(ctx context.Context, req connectors.Request) (connectors.Page, error) {
	if req.Kind == relance.KindConsents {
		return c.pullConsents(ctx, req.After)
	}
	if req.Kind == relance.KindDeletions { // found by comparing IDs, not pulled
		return connectors.Page{Next: req.After, Done: true}, nil
	}
	p, ok := planOf(req.Kind)
	if !ok {
		return connectors.Page{}, relance.Errorf(relance.CodeBadInput, "PrestaShop has no records of the kind %s.", req.Kind)
	}
	cur, err := parseCursor(req.After)
	if err != nil {
		return connectors.Page{}, err
	}
	r, err := c.newRun(ctx, &cur)
	if err != nil {
		return connectors.Page{}, err
	}
	if cur.Phase == "" {
		if err := r.begin(p); err != nil {
			return connectors.Page{}, err
		}
	}
	done, err := r.steps(p)
	if err != nil {
		return connectors.Page{}, err
	}
	r.finish(done)
	return *r.page, nil
}

func (c *Connector) newRun(ctx context.Context, cur *cursor) (*run, error) {
	refs, err := c.references(ctx)
	if err != nil {
		return nil, err
	}
	r := &run{c: c, ctx: ctx, cur: cur, refs: refs, page: &connectors.Page{}, missing: &missingRights{c: c.client}}
	for _, resource := range refs.missing {
		r.missing.note(resource)
	}
	return r, nil
}

// begin starts a pull: it reads the shop's clock and fixes the window of changes.
func (r *run) begin(p plan) error {
	got, err := ask[idRow](r.ctx, r.c.client, listing{resource: p.resource}, params{"limit": "1", "sort": "[id_ASC]"})
	if err != nil {
		return err
	}
	now := got.shopTime
	r.cur.Start = now.Unix()
	if r.cur.Since == 0 {
		r.cur.Phase = phaseAll
		r.cur.Total, err = r.c.count(r.ctx, r.c.idListing(p.resource, r.refs))
		return err
	}
	r.cur.Phase = p.changed[0].name
	r.cur.Low, r.cur.High = r.refs.clock.span(time.Unix(r.cur.Since, 0), now)
	return nil
}

// steps goes on until there is something to give or nothing left.
func (r *run) steps(p plan) (done bool, err error) {
	for {
		step, next := p.find(r.cur.Phase)
		if step == nil {
			return false, relance.Tell(relance.CodeCursorRefused, nil, "CONTINUATION_REFUSED")
		}
		done, err := step(r)
		if err != nil {
			return false, err
		}
		if done {
			if next == "" {
				return true, nil
			}
			r.cur.Phase, r.cur.At, r.cur.ID, r.cur.Dense = next, 0, 0, false
		}
		if r.page.Len() > 0 {
			return false, nil
		}
		if err := r.ctx.Err(); err != nil {
			return false, err
		}
	}
}

// find gives a phase's step and the name of the phase that follows it.
func (p plan) find(name string) (step func(*run) (bool, error), next string) {
	if name == phaseAll {
		return p.all, ""
	}
	for i, ph := range p.changed {
		if ph.name == name {
			if i+1 < len(p.changed) {
				next = p.changed[i+1].name
			}
			return ph.step, next
		}
	}
	return nil, ""
}

func (r *run) finish(done bool) {
	r.page.Missing = r.missing.found
	if r.cur.Total > 0 {
		total := r.cur.Total
		r.page.Total = &total
	}
	r.page.Done = done
	if done {
		*r.cur = r.cur.finished(r.c.opts.Overlap)
	}
	r.page.Next = r.cur.String()
}

// count counts the rows of a list by their ids.
func (c *Connector) count(ctx context.Context, l listing) (int, error) {
	const page = 20_000
	n := 0
	cur := cursor{}
	for {
		got, done, err := walkAll[idRow](ctx, c.client, l, &cur, page)
		if err != nil {
			return 0, err
		}
		n += len(got.rows)
		if done {
			return n, nil
		}
	}
}

func (idRow) changedAt() text { return "" }

// notInWindow leaves out the ids of rows whose own date_upd lies in the window: the
// first phase has read those already.
func (r *run) notInWindow(resource string, ids []int64) ([]int64, error) {
	known := map[int64]bool{}
	for _, chunk := range chunks(ids) {
		got, err := ask[idRow](r.ctx, r.c.client, listing{resource: resource}, params{"filter[id]": chunk, "date": "1",
			"filter[date_upd]": "[" + r.cur.Low.String() + "," + r.cur.High.String() + "]"})
		if err != nil {
			return nil, err
		}
		for _, x := range got.rows {
			known[x.number()] = true
		}
	}
	var out []int64
	for _, id := range ids {
		if id != 0 && !known[id] {
			known[id] = true
			out = append(out, id)
		}
	}
	return out, nil
}

// own reports whether a record of a list that is not shop-scoped belongs to the shop
// that is read.
func (r *run) own(shop text) bool {
	want := r.c.shopID(r.refs)
	return want == "" || shop == "" || shop == "0" || string(shop) == want
}

// parseIDs reads external ids; what is no number cannot exist in the shop.
func parseIDs(ids []string) []int64 {
	var out []int64
	for _, s := range ids {
		if n, err := strconv.ParseInt(s, 10, 64); err == nil && n > 0 {
			out = append(out, n)
		}
	}
	return out
}
