package shopify

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"github.com/relance/relance"
)

const (
	refundsShown   = 3  // refunds of one order that a page of orders shows
	refundsPerCall = 15 // refunds whose lines one request reads
)

// refundNode is a refund as Shopify writes it. Its lines come by further requests.
type refundNode struct {
	ID        string                     `json:"id"`
	CreatedAt string                     `json:"createdAt"`
	Note      string                     `json:"note"`
	Total     moneyBag                   `json:"totalRefundedSet"`
	Lines     connection[refundLineNode] `json:"refundLineItems"`
}

type refundLineNode struct {
	ID       string   `json:"id"`
	Quantity int      `json:"quantity"`
	Line     *idNode  `json:"lineItem"`
	Subtotal moneyBag `json:"subtotalSet"`
	Tax      moneyBag `json:"totalTaxSet"`
}

// completeRefunds reads what pages and bulk files leave out: further refunds of
// orders that have many, and every refund's lines.
func (s *Connector) completeRefunds(ctx context.Context, orders []*orderNode) error {
	var all []*refundNode
	for _, o := range orders {
		if len(o.Refunds) == refundsShown {
			if err := s.moreRefunds(ctx, o); err != nil {
				return err
			}
		}
		o.Refunds = slices.DeleteFunc(o.Refunds, func(f *refundNode) bool { return f == nil })
		all = append(all, o.Refunds...)
	}
	for batch := range slices.Chunk(all, refundsPerCall) {
		if err := s.refundLines(ctx, batch); err != nil {
			return err
		}
	}
	return nil
}

// moreRefunds reads all refunds of an order. An order deleted meanwhile keeps those
// it showed.
func (s *Connector) moreRefunds(ctx context.Context, o *orderNode) error {
	var answer struct {
		Node *struct {
			Refunds []*refundNode `json:"refunds"`
		} `json:"node"`
	}
	err := s.callWhole(ctx, s.docs.orderRefunds, map[string]any{"id": o.ID}, &answer)
	if err == nil && answer.Node != nil {
		o.Refunds = answer.Node.Refunds
	}
	return err
}

// refundLines reads the lines of a batch of refunds.
func (s *Connector) refundLines(ctx context.Context, batch []*refundNode) error {
	byID := map[string]*refundNode{}
	ids := make([]string, 0, len(batch))
	for _, f := range batch {
		if byID[f.ID] == nil {
			ids = append(ids, f.ID)
		}
		byID[f.ID] = f
	}
	var answer struct {
		Nodes []*refundNode `json:"nodes"`
	}
	if err := s.callWhole(ctx, s.docs.refundLines, map[string]any{"ids": ids}, &answer); err != nil {
		return err
	}
	for _, got := range answer.Nodes {
		if got == nil || byID[got.ID] == nil {
			continue
		}
		f := byID[got.ID]
		f.Lines = got.Lines
		if after, on := moreOf(got.Lines); on {
			add := func(raw json.RawMessage) error { return addTo(&f.Lines, raw) }
			if err := s.children(ctx, s.docs.refundChildren, f.ID, after, add); err != nil {
				return err
			}
		}
	}
	return nil
}

// reference reports whether a note is nothing but the number of a document: up to
// four letters, perhaps a dash or slash, and at least three digits.
func reference(note string) bool {
	letters := len(note) - len(strings.TrimLeft(note, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"))
	digits := note[letters:]
	if digits != "" && (digits[0] == '-' || digits[0] == '/') {
		digits = digits[1:]
	}
	return letters <= 4 && len(digits) >= 3 && strings.Trim(digits, "0123456789") == ""
}

// refund turns the node into the product's noun. Its document is the note if that is
// a bare reference, so that one return over several orders is counted once; else the
// refund stands for itself.
func (n *refundNode) refund(taxesIncluded bool, r *reader) relance.Refund {
	f := relance.Refund{
		ExternalID: r.number("refunds.id", n.ID), At: moment(n.CreatedAt),
		Amount: r.amount("totalRefundedSet", n.Total.Shop.Amount), Note: text(n.Note),
	}
	f.Document = f.ExternalID
	if reference(f.Note) {
		f.Document = f.Note
	}
	for _, l := range n.Lines.Nodes {
		amount := r.optional("subtotalSet", l.Subtotal.Shop.Amount)
		if !taxesIncluded {
			amount = amount.Add(r.optional("totalTaxSet", l.Tax.Shop.Amount))
		}
		f.Lines = append(f.Lines, relance.RefundLine{ExternalID: plainID(l.ID), OrderLineID: l.Line.plain(), Quantity: l.Quantity, Amount: amount})
	}
	return f
}
