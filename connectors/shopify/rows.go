package shopify

import (
	"context"
	"encoding/json"

	"github.com/relance/relance/connectors"
)

// stagedRows gives out the next roots of a loaded bulk file with their children.
func (s *Connector) stagedRows(ctx context.Context, r resource, staging connectors.Staging, p place) (connectors.Page, error) {
	total := int(p.Roots)
	page := connectors.Page{Total: &total}
	roots, err := staging.Roots(ctx, p.Seq, s.tune.rows)
	if err != nil {
		return page, err
	}
	if len(roots) == 0 {
		if p.Given < p.Roots {
			return s.setback(r, p, "staged rows are gone"), nil
		}
		next := s.window(p.Began, 1)
		next.Clean, next.Total = true, &total
		page.Next = next.cursor()
		return page, nil
	}
	nodes := make([]node, 0, len(roots))
	for _, root := range roots {
		n, ok := decodeRoot(r, root)
		if !ok {
			page.Rejected = append(page.Rejected, unreadable(r.kind, root.Body))
			continue
		}
		nodes = append(nodes, n)
	}
	if err := r.finish(ctx, s, nodes, p.Began, &page); err != nil {
		return connectors.Page{}, err
	}
	p.Seq, p.Given = roots[len(roots)-1].Seq, p.Given+int64(len(roots))
	page.Next = p.cursor()
	return page, nil
}

// decodeRoot puts a record together from its line and its children's.
func decodeRoot(r resource, root connectors.StagedRoot) (node, bool) {
	n := r.newNode()
	if json.Unmarshal(root.Body, n) != nil {
		return nil, false
	}
	for _, child := range root.Children {
		if n.add(child.Body) != nil {
			return nil, false
		}
	}
	return n, true
}
