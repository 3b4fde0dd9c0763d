package prestashop

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/relance/relance/connectors"
)

// newestOrders is how many orders of somebody OrdersOf names at most.
const newestOrders = 50

// OrdersOf implements [connectors.OrderFinder]. Guests who bought with the address are customers
// of their own in PrestaShop.
func (c *Connector) OrdersOf(ctx context.Context, customers, emails []string) ([]string, error) {
	who := parseIDs(customers)
	for _, address := range emails {
		if strings.ContainsAny(address, "[]|,%!<>") || !strings.Contains(address, "@") {
			continue
		}
		got, err := list[idRow](ctx, c.client, listing{resource: "customers"}, params{"filter[email]": "[" + address + "]", "sort": "[id_DESC]", "limit": strconv.Itoa(newestOrders)})
		if err != nil {
			return nil, err
		}
		for _, row := range got.rows {
			who = append(who, row.number())
		}
	}
	var orders []int64
	for _, chunk := range chunks(who) {
		got, err := list[idRow](ctx, c.client, listing{resource: "orders"}, params{"filter[id_customer]": chunk, "sort": "[id_DESC]", "limit": strconv.Itoa(newestOrders)})
		if err != nil {
			return nil, err
		}
		for _, row := range got.rows {
			orders = append(orders, row.number())
		}
	}
	slices.Sort(orders)
	slices.Reverse(orders)
	ids := make([]string, 0, len(orders))
	for _, id := range orders[:min(len(orders), newestOrders)] {
		ids = append(ids, ref(id))
	}
	return ids, nil
}

var _ connectors.OrderFinder = (*Connector)(nil)
