package shopifytest

import (
	"encoding/base64"
	"encoding/json"

	"github.com/relance/relance/internal/faults"
)

// connection is one page of a list.
type connection struct {
	node        string // type name of its nodes
	nodes       []any
	cursor      func(i int) string
	hasNext     bool
	hasPrevious bool
}

func (c *connection) typeName() string { return c.node + "Connection" }

func (c *connection) field(_ *run, f field) any {
	switch f.name {
	case "nodes":
		return c.nodes
	case "edges":
		edges := make([]any, len(c.nodes))
		for i, n := range c.nodes {
			edges[i] = record{c.node + "Edge", map[string]any{"node": n, "cursor": c.cursor(i)}}
		}
		return edges
	default:
		info := record{"PageInfo", map[string]any{"hasNextPage": c.hasNext, "hasPreviousPage": c.hasPrevious}}
		if len(c.nodes) > 0 {
			info.values["startCursor"], info.values["endCursor"] = c.cursor(0), c.cursor(len(c.nodes)-1)
		}
		return info
	}
}

// place of a cursor of a root list; Key guards against a cursor of another order.
type rootCursor struct {
	Key string `json:"k"`
	spot
}

func encodeCursor(v any) string {
	text, _ := json.Marshal(v)
	return base64.RawURLEncoding.EncodeToString(text)
}

func decodeCursor(text string, v any) bool {
	raw, err := base64.RawURLEncoding.DecodeString(text)
	return err == nil && json.Unmarshal(raw, v) == nil
}

func invalidCursor() fieldError {
	return fieldError{"Invalid cursor for current pagination sort.", "BAD_REQUEST"}
}

// list answers a root list of a table.
func (x *run) list(t *table, node string, args map[string]any) any {
	key, _ := args["sortKey"].(string)
	query, _ := args["query"].(string)
	f, warnings := parseFilter(t.typ, query)
	x.warnings = append(x.warnings, warnings...)
	if x.s.opts.Faults.Roll(faults.EmptyList) {
		return &connection{node: node}
	}
	list, exact := t.match(key, f)
	if exact {
		f = filter{}
	}
	return x.page(list, f, key, node, args)
}

// page walks a list, forwards or backwards, from its cursor until the page is full.
// A filter without groups is known to match.
func (x *run) page(list []row, f filter, key, node string, args map[string]any) any {
	first, _ := integer(args["first"])
	reverse, _ := args["reverse"].(bool)
	at := func(i int) row { return list[i] }
	if reverse {
		at = func(i int) row { return list[len(list)-1-i] }
	}
	start := 0
	if after, _ := args["after"].(string); after != "" {
		var c rootCursor
		if !decodeCursor(after, &c) || c.Key != key {
			return invalidCursor()
		}
		start = find(list, key, spot{c.At, c.ID + 1})
		if reverse {
			start = len(list) - find(list, key, c.spot)
		}
	}
	c := &connection{node: node, hasPrevious: start > 0}
	for i := start; i < len(list); i++ {
		if len(f.groups) > 0 && !f.matches(at(i)) {
			continue
		}
		if len(c.nodes) == first {
			c.hasNext = true
			x.maybeTouch(c.nodes, at(i))
			break
		}
		c.nodes = append(c.nodes, at(i))
	}
	c.cursor = func(i int) string { return encodeCursor(rootCursor{key, place(key, c.nodes[i].(row))}) }
	return c
}

// maybeTouch chooses a row that was just read and the one to be read next to be
// changed while the list is being paged.
func (x *run) maybeTouch(page []any, next row) {
	if len(page) > 0 && x.s.opts.Faults.Roll(faults.Touch) {
		x.touched = append(x.touched, page[len(page)/2].(row), next)
	}
}

// nested pages a list that hangs on a row. The partial fault makes a page shorter
// than asked for, with more to come, which is allowed.
func (x *run) nested(node string, all []any, args map[string]any) any {
	if x.bulk {
		return &connection{node: node, nodes: all}
	}
	start := 0
	if after, _ := args["after"].(string); after != "" {
		var at int
		if !decodeCursor(after, &at) {
			return invalidCursor()
		}
		start = min(at+1, len(all))
	}
	first, ok := integer(args["first"])
	if !ok {
		first = len(all)
	}
	if x.partial && first > 1 && len(all)-start > 1 {
		first, x.partial = 1, false
	}
	end := min(start+first, len(all))
	return &connection{
		node: node, nodes: all[start:end], hasNext: end < len(all), hasPrevious: start > 0,
		cursor: func(i int) string { return encodeCursor(start + i) },
	}
}

// count answers a count field: capped unless the limit is null.
func (x *run) count(t *table, args map[string]any) any {
	query, _ := args["query"].(string)
	f, warnings := parseFilter(t.typ, query)
	x.warnings = append(x.warnings, warnings...)
	n := t.count(f)
	if limit, ok := integer(args["limit"]); ok && n > limit {
		return record{"Count", map[string]any{"count": limit, "precision": "AT_LEAST"}}
	}
	return record{"Count", map[string]any{"count": n, "precision": "EXACT"}}
}
