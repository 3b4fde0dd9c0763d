package shopify

import (
	"context"
	"encoding/json"

	"github.com/relance/relance"
)

// childPage is how many children one request for the rest of a nested list asks.
const childPage = 50

// maxChildren ends a nested list that does not end.
const maxChildren = 50_000

// childrenAnswer is a page of a nested list.
type childrenAnswer struct {
	Node *struct {
		Children *struct {
			PageInfo pageInfo          `json:"pageInfo"`
			Nodes    []json.RawMessage `json:"nodes"`
		} `json:"children"`
	} `json:"node"`
}

// complete reads the rest of a record's nested list.
func (s *Connector) complete(ctx context.Context, r resource, n node) error {
	after, on := n.more()
	if !on {
		return nil
	}
	return s.children(ctx, r.children, n.id(), after, n.add)
}

// children reads a nested list from a cursor to its end.
func (s *Connector) children(ctx context.Context, d document, id, after string, add func(json.RawMessage) error) error {
	for count := 0; ; {
		vars := map[string]any{"id": id, "first": childPage}
		if after != "" {
			vars["after"] = after
		}
		var answer childrenAnswer
		if err := s.callWhole(ctx, d, vars, &answer); err != nil {
			return err
		}
		if answer.Node == nil || answer.Node.Children == nil {
			return nil // deleted meanwhile
		}
		for _, raw := range answer.Node.Children.Nodes {
			if err := add(raw); err != nil {
				return relance.Tell(relance.CodeShopGarbage, errFormat, "NOT_ITS_FORMAT")
			}
		}
		info := answer.Node.Children.PageInfo
		if !info.HasNextPage {
			return nil
		}
		if count += len(answer.Node.Children.Nodes); info.EndCursor == after || count > maxChildren {
			return relance.Tell(relance.CodeShopGarbage, nil, "LIST_STUCK")
		}
		after = info.EndCursor
	}
}
