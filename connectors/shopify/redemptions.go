package shopify

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/relance/relance"
)

// vouchersPerCall is how many orders one request reads the vouchers of.
const vouchersPerCall = 11

// allocationNode is the part of a discount that fell to a line or to the shipping.
type allocationNode struct {
	Amount      moneyBag `json:"allocatedAmountSet"`
	Application struct {
		Code string `json:"code"` // "" for a discount without a code
	} `json:"discountApplication"`
}

type shippingLineNode struct {
	Allocations []allocationNode `json:"discountAllocations"`
}

// redeemed is an order's answer to [Connector.completeVouchers].
type redeemed struct {
	ID       string               `json:"id"`
	Shipping *shippingLineNode    `json:"shippingLine"`
	Lines    connection[lineNode] `json:"lineItems"`
}

// completeVouchers reads what codes took off, for the orders with codes or another discount that did
// not bring it along: bulk files have it, pages do not.
func (s *Connector) completeVouchers(ctx context.Context, orders []*orderNode) error {
	byID := map[string]*orderNode{}
	var ids []string
	for _, o := range orders {
		if (len(o.Codes) > 0 || o.discounted()) && !o.allocated() && byID[o.ID] == nil {
			byID[o.ID] = o
			ids = append(ids, o.ID)
		}
	}
	for batch := range slices.Chunk(ids, vouchersPerCall) {
		var answer struct {
			Nodes []*redeemed `json:"nodes"`
		}
		if err := s.callWhole(ctx, s.docs.vouchers.ofOrders, map[string]any{"ids": batch}, &answer); err != nil {
			return err
		}
		for _, got := range answer.Nodes {
			if got == nil || byID[got.ID] == nil {
				continue
			}
			if after, on := moreOf(got.Lines); on {
				add := func(raw json.RawMessage) error { return addTo(&got.Lines, raw) }
				if err := s.children(ctx, s.docs.vouchers.ofLines, got.ID, after, add); err != nil {
					return err
				}
			}
			byID[got.ID].allocate(got)
		}
	}
	return nil
}

// discounted reports whether anything was taken off the order or its shipping.
func (n *orderNode) discounted() bool {
	return n.Discounts != nil && strings.Trim(string(n.Discounts.Shop.Amount), "0.") != ""
}

// allocated reports whether the lines brought their discounts along.
func (n *orderNode) allocated() bool {
	return !slices.ContainsFunc(n.Lines.Nodes, func(l lineNode) bool { return l.Allocations == nil })
}

func (n *orderNode) allocate(got *redeemed) {
	n.ShippingLine = got.Shipping
	for i := range n.Lines.Nodes {
		for _, l := range got.Lines.Nodes {
			if l.ID == n.Lines.Nodes[i].ID {
				n.Lines.Nodes[i].Allocations = l.Allocations
			}
		}
	}
}

// vouchers sums up what each code took off, in the order of the codes.
func (n *orderNode) vouchers(r *reader) []relance.UsedVoucher {
	sums := map[string]decimal.Decimal{}
	sum := func(list []allocationNode) {
		for _, a := range list {
			if code := name(a.Application.Code); code != "" {
				sums[code] = sums[code].Add(r.optional("discountAllocations", a.Amount.Shop.Amount))
			}
		}
	}
	for i := range n.Lines.Nodes {
		sum(n.Lines.Nodes[i].Allocations)
	}
	if n.ShippingLine != nil {
		sum(n.ShippingLine.Allocations)
	}
	var out []relance.UsedVoucher
	for _, code := range names(n.Codes) {
		if amount, told := sums[code]; told {
			out = append(out, relance.UsedVoucher{Code: code, Amount: amount})
		}
	}
	return out
}
