package shopify

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/relance/relance"
	"github.com/relance/relance/connectors"
)

// returnsPerCall is how many orders one request reads the returns of.
const returnsPerCall = 12

// noReturns is what an order says that has none.
const noReturns = "NO_RETURN"

// returnNode is a return as Shopify writes it: goods on their way back, whether or not
// they are paid back.
type returnNode struct {
	ID        string                     `json:"id"`
	Name      string                     `json:"name"`
	Status    string                     `json:"status"`
	CreatedAt string                     `json:"createdAt"`
	ClosedAt  string                     `json:"closedAt"`
	Lines     connection[returnLineNode] `json:"returnLineItems"`
}

type returnLineNode struct {
	ID       string `json:"id"`
	Quantity int    `json:"quantity"`
	Refunded int    `json:"refundedQuantity"`
	Reason   *struct {
		Name string `json:"name"`
	} `json:"returnReasonDefinition"`
	Sent *struct {
		Line struct {
			ID    string `json:"id"`
			Title string `json:"title"`
			SKU   string `json:"sku"`
		} `json:"lineItem"`
	} `json:"fulfillmentLineItem"`
}

// returnsAnswer is what a request for returns gives.
type returnsAnswer struct {
	Nodes []*struct {
		ID      string                 `json:"id"`
		Returns connection[returnNode] `json:"returns"`
	} `json:"nodes"`
}

// completeReturns reads the returns of the orders that have any. An app without the right
// gets its orders without them, and the right is named.
func (s *Connector) completeReturns(ctx context.Context, orders []*orderNode, page *connectors.Page) error {
	byID := map[string]*orderNode{}
	var ids []string
	for _, o := range orders {
		if o.ReturnStatus != "" && o.ReturnStatus != noReturns && byID[o.ID] == nil {
			byID[o.ID] = o
			ids = append(ids, o.ID)
		}
	}
	for batch := range slices.Chunk(ids, returnsPerCall) {
		granted, err := s.returnsOf(ctx, byID, batch, "")
		if err != nil {
			return err
		}
		if !granted {
			page.Missing = append(page.Missing, lackingScope("read_returns"))
			return nil
		}
	}
	return nil
}

// returnsOf reads a page of the returns of each order, and what follows of those with more.
func (s *Connector) returnsOf(ctx context.Context, byID map[string]*orderNode, ids []string, after string) (granted bool, err error) {
	vars := map[string]any{"ids": ids}
	if after != "" {
		vars["after"] = after
	}
	var answer returnsAnswer
	list, err := s.call(ctx, s.docs.orderReturns, vars, &answer)
	if relance.CodeOf(err) == relance.CodeShopRights || err == nil && len(list.missing("read_returns")) > 0 {
		return false, nil
	}
	if err == nil && list.passing() {
		err = list.asError(0)
	}
	if err != nil {
		return false, err
	}
	for _, got := range answer.Nodes {
		if got == nil || byID[got.ID] == nil {
			continue
		}
		if err := s.returnLines(ctx, got.Returns.Nodes); err != nil {
			return false, err
		}
		o := byID[got.ID]
		o.Returns = append(o.Returns, got.Returns.Nodes...)
		if next, on := moreOf(got.Returns); on && next != after {
			if granted, err := s.returnsOf(ctx, byID, []string{got.ID}, next); err != nil || !granted {
				return granted, err
			}
		}
	}
	return true, nil
}

// returnLines reads the further lines of returns that have many.
func (s *Connector) returnLines(ctx context.Context, list []returnNode) error {
	for i := range list {
		if after, on := moreOf(list[i].Lines); on {
			add := func(raw json.RawMessage) error { return addTo(&list[i].Lines, raw) }
			if err := s.children(ctx, s.docs.returnChildren, list[i].ID, after, add); err != nil {
				return err
			}
		}
	}
	return nil
}

// noun turns the node into the product's noun.
func (n *returnNode) noun(r *reader) relance.Return {
	out := relance.Return{ExternalID: r.number("returns.id", n.ID), Number: name(n.Name), State: relance.ReturnOpen,
		RequestedAt: moment(n.CreatedAt), ClosedAt: momentOf(n.ClosedAt)}
	switch n.Status {
	case "REQUESTED", "CLOSED", "DECLINED":
		out.State = relance.ReturnState(n.Status)
	case "CANCELED":
		out.State = relance.ReturnCancelled
	}
	for _, l := range n.Lines.Nodes {
		line := relance.ReturnLine{ExternalID: plainID(l.ID), Quantity: l.Quantity, RefundedQuantity: l.Refunded}
		if l.Reason != nil {
			line.Reason = name(l.Reason.Name)
		}
		if l.Sent != nil {
			line.OrderLineID, line.Title, line.SKU = plainID(l.Sent.Line.ID), text(l.Sent.Line.Title), name(l.Sent.Line.SKU)
		}
		out.Lines = append(out.Lines, line)
	}
	return out
}
