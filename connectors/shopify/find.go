package shopify

import (
	"context"
	"strings"

	"github.com/relance/relance/connectors"
)

// OrdersOf implements [connectors.OrderFinder]. Shopify's search learns of an order within
// seconds of it.
func (s *Connector) OrdersOf(ctx context.Context, customers, emails []string) ([]string, error) {
	var terms []string
	for _, id := range customers {
		if isNumber(id) {
			terms = append(terms, "customer_id:"+id)
		}
	}
	for _, address := range emails {
		if strings.Contains(address, "@") && !strings.ContainsAny(address, "'\"\\ \t\r\n") {
			terms = append(terms, "email:'"+address+"'")
		}
	}
	if len(terms) == 0 {
		return nil, nil
	}
	var answer struct {
		Orders *connection[idNode] `json:"orders"`
	}
	list, err := s.call(ctx, s.docs.ordersOf, map[string]any{"query": strings.Join(terms, " OR ")}, &answer)
	if err == nil && answer.Orders == nil {
		err = list.asError(0)
	}
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, n := range answer.Orders.Nodes {
		if id := n.plain(); id != "" {
			ids = append(ids, id)
		}
	}
	return ids, nil
}

var _ connectors.OrderFinder = (*Connector)(nil)
