package shopifytest

import (
	"encoding/json"
	"strconv"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// maxPage is the largest page and the largest list of ids.
const maxPage = 250

// cost computes what a query may cost at most: an object 1, a scalar 0, a connection
// 2 and its page size times its node, a mutation 10. The second value is a complaint
// about page sizes.
func (s *Server) cost(op *ast.OperationDefinition, vars map[string]any) (float64, string) {
	c := coster{vars: vars, s: s}
	total := c.set(op.SelectionSet)
	if op.Operation == ast.Mutation {
		total += 10
	}
	return total, c.problem
}

type coster struct {
	s       *Server
	vars    map[string]any
	problem string
}

func (c *coster) set(set ast.SelectionSet) float64 {
	var total, alternative float64
	for _, selection := range set {
		switch n := selection.(type) {
		case *ast.Field:
			total += c.field(n)
		case *ast.FragmentSpread:
			total += c.set(n.Definition.SelectionSet)
		case *ast.InlineFragment:
			alternative = max(alternative, c.set(n.SelectionSet))
		}
	}
	return total + alternative
}

func (c *coster) field(n *ast.Field) float64 {
	if n.Definition == nil || len(n.SelectionSet) == 0 {
		return 0
	}
	args := n.ArgumentMap(c.vars)
	name := n.Definition.Type.Name()
	switch {
	case name == "PageInfo":
		return 0
	case strings.HasSuffix(name, "Connection"):
		return 2 + c.pageSize(args, true)*c.node(n.SelectionSet)
	case n.Name == "nodes":
		ids, _ := args["ids"].([]any)
		if len(ids) > maxPage {
			c.problem = "The input array size of " + strconv.Itoa(len(ids)) + " is greater than the maximum allowed of 250."
		}
		return float64(len(ids)) * (1 + c.set(n.SelectionSet))
	case n.Definition.Type.Elem != nil:
		return c.pageSize(args, false) * (1 + c.set(n.SelectionSet))
	default:
		return 1 + c.set(n.SelectionSet)
	}
}

// node is the cost of one node of a connection.
func (c *coster) node(set ast.SelectionSet) float64 {
	var total float64
	for _, selection := range set {
		n, ok := selection.(*ast.Field)
		if !ok {
			continue
		}
		switch n.Name {
		case "nodes":
			total = max(total, 1+c.set(n.SelectionSet))
		case "edges":
			total = max(total, c.set(n.SelectionSet))
		}
	}
	return total
}

func (c *coster) pageSize(args map[string]any, required bool) float64 {
	for _, name := range []string{"first", "last"} {
		if n, ok := integer(args[name]); ok {
			if n < 0 || n > maxPage {
				c.problem = name + " must be between 0 and 250"
			}
			return float64(n)
		}
	}
	if required {
		c.problem = "you must provide one of first or last"
	}
	return 1
}

// integer reads an argument however it was given.
func integer(v any) (int, bool) {
	switch n := v.(type) {
	case int:
		return n, true
	case int64:
		return int(n), true
	case float64:
		return int(n), true
	case json.Number:
		i, err := n.Int64()
		return int(i), err == nil
	default:
		return 0, false
	}
}
