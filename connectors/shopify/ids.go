package shopify

import (
	"context"
	"slices"

	"github.com/relance/relance"
	"github.com/relance/relance/connectors"
)

const (
	idsPerPage   = 250
	pagesPerList = 8
)

// IDs lists the ids of all records of a kind, smallest first.
func (s *Connector) IDs(ctx context.Context, kind relance.Kind, after relance.Cursor) (ids []string, next relance.Cursor, done bool, err error) {
	r, ok := s.resource(kind)
	if !ok {
		return nil, "", false, relance.Errorf(relance.CodeBadInput, "Shopify has no list of %s.", kind)
	}
	p, err := parsePlace(after)
	if err != nil {
		return nil, "", false, err
	}
	byID := r
	byID.sortKey = "ID"
	for range pagesPerList {
		vars := map[string]any{"first": idsPerPage, "query": query(byID, p)}
		if p.After != "" {
			vars["after"] = p.After
		}
		var answer struct {
			Page *struct {
				PageInfo pageInfo `json:"pageInfo"`
				Nodes    []idNode `json:"nodes"`
			} `json:"page"`
		}
		list, err := s.call(ctx, r.ids, vars, &answer)
		if err == nil && answer.Page == nil {
			err = list.asError(0)
		}
		if err != nil {
			return nil, "", false, err
		}
		for _, n := range answer.Page.Nodes {
			if id := n.plain(); id != "" {
				ids = append(ids, id)
				p.Last = spot{ID: id}
			}
		}
		p.Chain += len(answer.Page.Nodes)
		done, err = s.nextIDs(ctx, byID, &p, answer.Page.PageInfo)
		if err != nil || done {
			return ids, "", done, err
		}
	}
	p.Phase = phasePages
	return ids, p.cursor(), false, nil
}

// nextIDs moves a list of ids on and judges its end.
func (s *Connector) nextIDs(ctx context.Context, r resource, p *place, info pageInfo) (bool, error) {
	if info.HasNextPage && info.EndCursor != "" && info.EndCursor != p.After {
		p.After = info.EndCursor
		if p.Chain >= s.tune.rebaseRows {
			s.rebase(r, p)
		}
		return false, nil
	}
	if info.HasNextPage {
		return false, relance.Tell(relance.CodeShopGarbage, nil, "LIST_STUCK")
	}
	end, err := s.believeEnd(ctx, r, place{Last: p.Last, MinID: p.MinID})
	if err == nil && !end && info.EndCursor != "" {
		p.After = info.EndCursor
	}
	return end, err
}

// Fetch reads single records by id. Ids the shop does not know are absent.
func (s *Connector) Fetch(ctx context.Context, kind relance.Kind, ids []string) (connectors.Page, error) {
	var page connectors.Page
	r, ok := s.resource(kind)
	if !ok {
		return page, relance.Errorf(relance.CodeBadInput, "Shopify has no records of kind %s.", kind)
	}
	for batch := range slices.Chunk(ids, r.first) {
		if err := s.fetch(ctx, r, batch, &page); err != nil {
			return connectors.Page{}, err
		}
	}
	page.Done = true
	return page, nil
}

func (s *Connector) fetch(ctx context.Context, r resource, batch []string, page *connectors.Page) error {
	gids := make([]string, 0, len(batch))
	for _, id := range batch {
		if isNumber(id) {
			gids = append(gids, gid(r.typ, id))
		}
	}
	read := s.now().UTC()
	for {
		vars := map[string]any{"ids": gids}
		urlAsked := r.withURL && !s.noURL.Load()
		if r.withURL {
			vars["withUrl"] = urlAsked
		}
		var answer nodesAnswer
		list, err := s.call(ctx, r.nodes, vars, &answer)
		if urlAsked && deniedURL(list, err) {
			s.noURL.Store(true)
			continue
		}
		if err != nil {
			return err
		}
		for _, right := range list.missing(r.scope) {
			if !slices.Contains(page.Missing, right) {
				page.Missing = append(page.Missing, right)
			}
		}
		nodes, err := s.decodePage(ctx, r, answer.Nodes, list, page)
		if err != nil {
			return err
		}
		return r.finish(ctx, s, nodes, read, page)
	}
}
