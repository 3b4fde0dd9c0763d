package shopify

import (
	"embed"
	"strings"
)

//go:embed documents/*.graphql
var documentFiles embed.FS

// document is an operation with the fragments it uses.
type document struct {
	name string
	text string
	cost float64 // a guess at its cost in points until the shop has told
}

// load puts an operation and its fragments together.
func load(cost float64, name string, fragments ...string) document {
	d := document{name: name, cost: cost}
	var b strings.Builder
	for _, part := range append([]string{name}, fragments...) {
		text, err := documentFiles.ReadFile("documents/" + part + ".graphql")
		if err != nil {
			continue // a test loads every document
		}
		for line := range strings.Lines(string(text)) {
			if !strings.HasPrefix(strings.TrimSpace(line), "#") {
				b.WriteString(line)
			}
		}
	}
	d.text = b.String()
	return d
}

// helpers are the documents that belong to no kind.
type helpers struct {
	check, checkCosts, variantCosts, orderRefunds, refundLines, refundChildren, orderReturns, returnChildren, bulkRun, bulkPoll, bulkCancel, ordersOf, consentWithdraw document
	vouchers                                                                                                                                                           voucherDocuments
}

func loadHelpers() helpers {
	return helpers{
		check:           load(10, "check"),
		checkCosts:      load(10, "check_costs"),
		variantCosts:    load(310, "variant_costs"),
		orderRefunds:    load(610, "order_refunds", "refund_fields"),
		refundLines:     load(980, "refund_lines", "refund_line_fields"),
		refundChildren:  load(310, "refund_children", "refund_line_fields"),
		orderReturns:    load(700, "order_returns", "return_line_fields"),
		returnChildren:  load(410, "return_children", "return_line_fields"),
		bulkRun:         load(20, "bulk_run", "bulk_fields"),
		bulkPoll:        load(10, "bulk_poll", "bulk_fields"),
		bulkCancel:      load(20, "bulk_cancel"),
		ordersOf:        load(60, "orders_of"),
		consentWithdraw: load(20, "consent_withdraw"),
		vouchers:        loadVoucherDocuments(),
	}
}
