package shopify

import (
	"context"
	"encoding/json"
	"log/slog"
	"time"

	"github.com/relance/relance"
	"github.com/relance/relance/connectors"
)

// pageAnswer is a page of a root list.
type pageAnswer struct {
	Page *struct {
		PageInfo pageInfo          `json:"pageInfo"`
		Nodes    []json.RawMessage `json:"nodes"`
	} `json:"page"`
}

// nodesAnswer is what was found of a list of ids.
type nodesAnswer struct {
	Nodes []json.RawMessage `json:"nodes"`
}

// pages gives the next page of a window.
func (s *Connector) pages(ctx context.Context, r resource, p place, staging connectors.Staging) (connectors.Page, error) {
	if p.Clean && staging != nil {
		if err := staging.Clear(ctx); err != nil {
			return connectors.Page{}, err
		}
	}
	p.Clean = false
	var page connectors.Page
	read := s.now().UTC()
	answer, list, err := s.readPage(ctx, r, &p)
	if relance.CodeOf(err) == relance.CodeCursorRefused && p.After != "" {
		s.rebase(r, &p)
		return connectors.Page{Next: p.cursor(), Total: p.Total}, nil
	}
	if err != nil {
		return page, err
	}
	page.Missing = list.missing(r.scope)
	nodes, err := s.decodePage(ctx, r, answer.Page.Nodes, list, &page)
	if err != nil {
		return page, err
	}
	if err := r.finish(ctx, s, s.within(nodes, p), read, &page); err != nil {
		return page, err
	}
	if err := s.advance(ctx, r, &p, nodes, len(answer.Page.Nodes), answer.Page.PageInfo, &page); err != nil {
		return connectors.Page{}, err
	}
	page.Total = p.Total
	return page, nil
}

// within drops what a filter understood by the day let through. A record whose time
// cannot be read is kept.
func (s *Connector) within(nodes []node, p place) []node {
	kept := nodes[:0:0]
	for _, n := range nodes {
		if at := n.changed(); at.IsZero() || !at.Before(p.Since) {
			kept = append(kept, n)
		}
	}
	return kept
}

// readPage asks for a page and makes pages smaller where the shop finds them too
// costly, or without the protected address of checkouts where that is not granted.
func (s *Connector) readPage(ctx context.Context, r resource, p *place) (pageAnswer, problems, error) {
	for {
		var answer pageAnswer
		first := s.costs.pageRows(r, s.tune)
		vars := map[string]any{"first": first, "query": query(r, *p)}
		if p.After != "" {
			vars["after"] = p.After
		}
		urlAsked := r.withURL && !s.noURL.Load()
		if r.withURL {
			vars["withUrl"] = urlAsked
		}
		list, err := s.call(ctx, r.page, vars, &answer)
		switch {
		case relance.CodeOf(err) == relance.CodeTooComplex && first > 1:
			s.costs.shrink(r.kind, first/2)
		case urlAsked && deniedURL(list, err):
			s.noURL.Store(true)
		case err != nil:
			return answer, list, err
		case answer.Page == nil:
			return answer, list, list.asError(0)
		case p.Total == nil && p.Round == 0 && p.Count == 0 && p.Since.IsZero():
			p.Total = s.total(ctx, r, *p)
			return answer, list, nil
		default:
			return answer, list, nil
		}
	}
}

// pageRows is how many records a page of a kind may have.
func (b *costBook) pageRows(r resource, t tuning) int {
	b.mu.Lock()
	defer b.mu.Unlock()
	if n := b.pages[r.kind]; n > 0 {
		return n
	}
	if n := t.pageRows[r.kind]; n > 0 {
		return n
	}
	return r.first
}

func (b *costBook) shrink(kind relance.Kind, rows int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.pages[kind] = rows
}

// query is the window in the shop's search language: quoted, because a bare time
// loses its time part, and with >=, because > leaves out the whole second.
func query(r resource, p place) string {
	q := ""
	add := func(term string) {
		if q != "" {
			q += " AND "
		}
		q += term
	}
	if !p.Since.IsZero() {
		add("updated_at:>='" + p.Since.UTC().Format(time.RFC3339) + "'")
	}
	if !p.Until.IsZero() {
		add("updated_at:<='" + p.Until.UTC().Format(time.RFC3339) + "'")
	}
	if p.MinID != "" && r.sortKey == "ID" {
		add("id:>" + p.MinID)
	}
	return q
}

// decodePage decodes the nodes one by one: a row that cannot be read is rejected and
// the rest goes on. A row that the shop failed to give whole is asked for once more by
// itself before it is given up.
func (s *Connector) decodePage(ctx context.Context, r resource, raws []json.RawMessage, list problems, page *connectors.Page) ([]node, error) {
	broken := map[int]bool{}
	for _, q := range list {
		if q.Extensions.Code != "ACCESS_DENIED" && q.row() >= 0 {
			broken[q.row()] = true
		}
	}
	var nodes []node
	for i, raw := range raws {
		n := r.newNode()
		if string(raw) == "null" {
			continue
		}
		if err := json.Unmarshal(raw, n); err != nil {
			page.Rejected = append(page.Rejected, unreadable(r.kind, raw))
			continue
		}
		if broken[i] {
			whole, err := s.again(ctx, r, n.id())
			if err != nil {
				return nil, err
			}
			if n = whole; n == nil {
				page.Rejected = append(page.Rejected, connectors.Rejected{Kind: r.kind, ExternalID: unreadable(r.kind, raw).ExternalID, Reason: relance.Say("FIELDS_MISSING")})
				continue
			}
		}
		if err := s.complete(ctx, r, n); err != nil {
			return nil, err
		}
		nodes = append(nodes, n)
	}
	return nodes, nil
}

// again asks for one record by itself; nil if the shop fails to give it whole.
func (s *Connector) again(ctx context.Context, r resource, id string) (node, error) {
	vars := map[string]any{"ids": []string{id}}
	if r.withURL {
		vars["withUrl"] = !s.noURL.Load()
	}
	var answer nodesAnswer
	err := s.callWhole(ctx, r.nodes, vars, &answer)
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err != nil || len(answer.Nodes) != 1 {
		return nil, nil
	}
	n := r.newNode()
	if json.Unmarshal(answer.Nodes[0], n) != nil || n.id() == "" {
		return nil, nil
	}
	return n, nil
}

// unreadable names a row that does not decode, by its id if that much can be read.
func unreadable(kind relance.Kind, raw json.RawMessage) connectors.Rejected {
	var only struct {
		ID loose `json:"id"`
	}
	_ = json.Unmarshal(raw, &only)
	return connectors.Rejected{Kind: kind, ExternalID: plainID(string(only.ID)), Reason: relance.Say("ODD_SHAPE")}
}

// rebase begins the window anew behind the last record seen: the shop refused its
// cursor, or the chain of cursors came near the most the shop gives.
func (s *Connector) rebase(r resource, p *place) {
	p.After, p.Chain = "", 0
	switch {
	case p.Last.ID == "":
	case r.sortKey == "ID":
		p.MinID = p.Last.ID
	default:
		p.Since = p.Last.At
	}
	s.log.Info("shopify: continuing a list by a new query", slog.String("kind", string(r.kind)))
}

// advance moves the place behind the page and judges whether it was the last.
func (s *Connector) advance(ctx context.Context, r resource, p *place, nodes []node, raw int, info pageInfo, page *connectors.Page) error {
	before := p.Last
	for _, n := range nodes {
		if at := (spot{n.changed(), plainID(n.id())}); at.ID != "" {
			p.Last = at
		}
	}
	p.Count += raw
	p.Chain += raw
	if info.HasNextPage {
		if info.EndCursor == "" || info.EndCursor == p.After || raw == 0 {
			return relance.Tell(relance.CodeShopGarbage, nil, "LIST_STUCK")
		}
		if len(nodes) > 0 && before.ID != "" && !before.before(p.Last, r.sortKey == "ID") && p.Since.Before(before.At) {
			return relance.Tell(relance.CodeShopGarbage, nil, "LIST_STUCK")
		}
		p.After = info.EndCursor
		if p.Chain >= s.tune.rebaseRows && (r.sortKey == "ID" || p.Since.Before(p.Last.At)) {
			s.rebase(r, p)
		}
		page.Next = p.cursor()
		return nil
	}
	end, err := s.believeEnd(ctx, r, *p)
	if err != nil {
		return err
	}
	if !end {
		if info.EndCursor != "" {
			p.After = info.EndCursor
		}
		page.Next = p.cursor()
		return nil
	}
	next, done := s.ended(*p, p.Count > s.costs.pageRows(r, s.tune))
	page.Next, page.Done = next.cursor(), done
	return nil
}
