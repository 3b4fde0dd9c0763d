package shopify

import (
	"context"
	"encoding/json"
	"time"

	"github.com/relance/relance"
	"github.com/relance/relance/connectors"
)

// resource is a kind of record with its documents and its decoder.
type resource struct {
	kind     relance.Kind
	typ      string // GraphQL type of a record
	sortKey  string // of page and tail: UPDATED_AT, or ID where there is no such key
	page     document
	nodes    document
	children document // the rest of a record's nested list
	tail     document
	ids      document
	bulk     document
	// bulkPlain is bulk without what the shop may deny while it runs; none: nothing like that.
	bulkPlain document
	first     int    // records of one page
	scope     string // that reading it needs
	withURL   bool   // its documents have the variable $withUrl
	newNode   func() node
	// finish completes decoded nodes by further requests and adds them to the page.
	finish func(ctx context.Context, s *Connector, list []node, read time.Time, page *connectors.Page) error
}

// node is one record as the shop writes it.
type node interface {
	id() string
	changed() time.Time
	// more tells whether its nested list goes on, and after which cursor.
	more() (after string, on bool)
	// add appends one child of the nested list.
	add(raw json.RawMessage) error
}

// resources is the table of what the connector reads.
func resources() []resource {
	return []resource{productResource(), customerResource(), orderResource(), cartResource()}
}

// resource finds a kind's resource.
func (s *Connector) resource(kind relance.Kind) (resource, bool) {
	for _, r := range s.table {
		if r.kind == kind {
			return r, true
		}
	}
	return resource{}, false
}

// connection is a page of a nested list; bulk files leave it out.
type connection[T any] struct {
	PageInfo pageInfo `json:"pageInfo"`
	Nodes    []T      `json:"nodes"`
}

type pageInfo struct {
	HasNextPage bool   `json:"hasNextPage"`
	EndCursor   string `json:"endCursor"`
}

// moreOf is the answer of [node.more] for a connection.
func moreOf[T any](c connection[T]) (string, bool) {
	return c.PageInfo.EndCursor, c.PageInfo.HasNextPage
}

// addTo is [node.add] for a connection.
func addTo[T any](c *connection[T], raw json.RawMessage) error {
	var child T
	if err := json.Unmarshal(raw, &child); err != nil {
		return err
	}
	c.Nodes = append(c.Nodes, child)
	return nil
}
