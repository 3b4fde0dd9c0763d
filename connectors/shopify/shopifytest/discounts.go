package shopifytest

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/shopspring/decimal"
)

// discount is a voucher code.
type discount struct {
	id              int64
	typ             string // DiscountCodeBasic, DiscountCodeFreeShipping
	code, title     string
	starts, ends    time.Time
	limit           int
	used            int
	oncePerCustomer bool
	customers       []int64          // who can use it; nil: everybody
	users           []int64          // who did
	share           *decimal.Decimal // of 1, off the goods
	amount          *decimal.Decimal // off the goods
	eachItem        bool
	minimum         decimal.Decimal
	combines        map[string]any
}

// discount finds a code by its id.
func (st *store) discount(id int64) *discount {
	for _, d := range st.discounts {
		if d.id == id {
			return d
		}
	}
	return nil
}

// createDiscount answers discountCodeBasicCreate and discountCodeFreeShippingCreate. A code
// is unique without regard to case.
func (x *run) createDiscount(kind string, input any) any {
	if !x.granted("write_discounts") {
		return fieldError{"Access denied for discountCode" + kind + "Create field. Required access: `write_discounts` access scope.", "ACCESS_DENIED"}
	}
	payload := "DiscountCode" + kind + "CreatePayload"
	in, _ := input.(map[string]any)
	d := newDiscount("DiscountCode"+kind, in)
	if code, at := x.complaint(d, in); code != "" {
		root := strings.ToLower(kind[:1]) + kind[1:] + "CodeDiscount"
		return record{payload, map[string]any{"userErrors": []any{discountError(code, root, at)}}}
	}
	x.data.nextID++
	d.id = x.data.nextID
	x.data.discounts[strings.ToLower(d.code)] = d
	return record{payload, map[string]any{"codeDiscountNode": x.discountNode(d), "userErrors": []any{}}}
}

func discountError(code string, field ...string) record {
	message := map[string]string{"TAKEN": "Code must be unique. Please try a different code.", "BLANK": "A required value is blank"}[code]
	if message == "" {
		message = "The value is not accepted"
	}
	return record{"DiscountUserError", map[string]any{"code": code, "message": message, "field": field}}
}

func newDiscount(typ string, in map[string]any) *discount {
	d := &discount{typ: typ, starts: parseTime(in["startsAt"]), ends: parseTime(in["endsAt"])}
	d.code, _ = in["code"].(string)
	d.code = strings.TrimSpace(d.code)
	d.title, _ = in["title"].(string)
	d.limit, _ = integer(in["usageLimit"])
	d.oncePerCustomer, _ = in["appliesOncePerCustomer"].(bool)
	d.combines, _ = in["combinesWith"].(map[string]any)
	if add, ok := below(in, "context", "customers", "add").([]any); ok {
		for _, id := range add {
			text, _ := id.(string)
			n, _ := strconv.ParseInt(strings.TrimPrefix(text, "gid://shopify/Customer/"), 10, 64)
			d.customers = append(d.customers, n)
		}
	}
	d.share = decimalOf(below(in, "customerGets", "value", "percentage"))
	d.amount = decimalOf(below(in, "customerGets", "value", "discountAmount", "amount"))
	d.eachItem, _ = below(in, "customerGets", "value", "discountAmount", "appliesOnEachItem").(bool)
	if m := decimalOf(below(in, "minimumRequirement", "subtotal", "greaterThanOrEqualToSubtotal")); m != nil {
		d.minimum = *m
	}
	return d
}

// complaint is why the shop refuses a discount: a code of DiscountErrorCode and a field.
func (x *run) complaint(d *discount, in map[string]any) (code, at string) {
	one := decimal.NewFromInt(1)
	switch {
	case d.code == "":
		return "BLANK", "code"
	case d.title == "":
		return "BLANK", "title"
	case d.starts.IsZero():
		return "BLANK", "startsAt"
	case in["context"] == nil:
		return "BLANK", "context"
	case len(d.code) > 255:
		return "INVALID", "code"
	case x.data.discounts[strings.ToLower(d.code)] != nil:
		return "TAKEN", "code"
	case !d.ends.IsZero() && !d.ends.After(d.starts):
		return "END_DATE_BEFORE_START_DATE", "endsAt"
	case slices.ContainsFunc(d.customers, func(id int64) bool { return x.data.customers.get(id) == nil }):
		return "INVALID", "context"
	case d.minimum.IsNegative():
		return "GREATER_THAN", "minimumRequirement"
	case d.typ == "DiscountCodeFreeShipping":
		return "", ""
	case in["customerGets"] == nil || d.share == nil && d.amount == nil:
		return "BLANK", "customerGets"
	case d.share != nil && (!d.share.IsPositive() || d.share.GreaterThan(one)):
		return "VALUE_OUTSIDE_RANGE", "customerGets"
	case d.amount != nil && !d.amount.IsPositive():
		return "GREATER_THAN", "customerGets"
	}
	return "", ""
}

// below walks into nested input objects.
func below(v any, path ...string) any {
	for _, name := range path {
		m, _ := v.(map[string]any)
		v = m[name]
	}
	return v
}

// decimalOf reads a Decimal or a Float; nil for none.
func decimalOf(v any) *decimal.Decimal {
	var text string
	switch n := v.(type) {
	case string:
		text = n
	case json.Number:
		text = n.String()
	case float64:
		text = strconv.FormatFloat(n, 'g', -1, 64)
	case int64:
		text = strconv.FormatInt(n, 10)
	}
	d, err := decimal.NewFromString(text)
	if err != nil {
		return nil
	}
	return &d
}

func parseTime(v any) time.Time {
	text, _ := v.(string)
	t, _ := time.Parse(time.RFC3339, text)
	return t
}

// updateDiscount answers discountCodeBasicUpdate and discountCodeFreeShippingUpdate: of what can be
// changed, the end. An id of the other kind is none.
func (x *run) updateDiscount(kind string, args map[string]any, root string) any {
	if !x.granted("write_discounts") {
		return fieldError{"Access denied for discountCode" + kind + "Update field. Required access: `write_discounts` access scope.", "ACCESS_DENIED"}
	}
	payload := "DiscountCode" + kind + "UpdatePayload"
	id, _ := args["id"].(string)
	n, _ := strconv.ParseInt(strings.TrimPrefix(id, "gid://shopify/DiscountCodeNode/"), 10, 64)
	d := x.data.discount(n)
	in, _ := args[root].(map[string]any)
	ends := parseTime(in["endsAt"])
	switch {
	case d == nil || d.typ != "DiscountCode"+kind:
		return record{payload, map[string]any{"userErrors": []any{discountError("INVALID", "id")}}}
	case !ends.IsZero() && !ends.After(d.starts):
		return record{payload, map[string]any{"userErrors": []any{discountError("END_DATE_BEFORE_START_DATE", root, "endsAt")}}}
	case !ends.IsZero():
		d.ends = ends
	}
	return record{payload, map[string]any{"codeDiscountNode": x.discountNode(d), "userErrors": []any{}}}
}

// deactivateDiscount ends a code now.
func (x *run) deactivateDiscount(args map[string]any) any {
	return x.endDiscount("Deactivate", args, func(d *discount, _ string) map[string]any {
		d.ends = x.s.opts.Now()
		return map[string]any{"codeDiscountNode": x.discountNode(d)}
	})
}

// deleteDiscount removes a code.
func (x *run) deleteDiscount(args map[string]any) any {
	return x.endDiscount("Delete", args, func(d *discount, id string) map[string]any {
		delete(x.data.discounts, strings.ToLower(d.code))
		return map[string]any{"deletedCodeDiscountId": id}
	})
}

// endDiscount finds the code of an id and lets a mutation end it.
func (x *run) endDiscount(how string, args map[string]any, end func(d *discount, id string) map[string]any) any {
	if !x.granted("write_discounts") {
		return fieldError{"Access denied for discountCode" + how + " field. Required access: `write_discounts` access scope.", "ACCESS_DENIED"}
	}
	payload := "DiscountCode" + how + "Payload"
	id, _ := args["id"].(string)
	n, _ := strconv.ParseInt(strings.TrimPrefix(id, "gid://shopify/DiscountCodeNode/"), 10, 64)
	d := x.data.discount(n)
	if d == nil {
		return record{payload, map[string]any{"userErrors": []any{discountError("INVALID", "id")}}}
	}
	answer := end(d, id)
	answer["userErrors"] = []any{}
	return record{payload, answer}
}

// discountByCode looks a code up, whatever its case.
func (x *run) discountByCode(args map[string]any) any {
	code, _ := args["code"].(string)
	if d := x.data.discounts[strings.ToLower(code)]; d != nil {
		return x.discountNode(d)
	}
	return nil
}

func (d *discount) status(now time.Time) string {
	switch {
	case !d.ends.IsZero() && !d.ends.After(now):
		return "EXPIRED"
	case d.starts.After(now):
		return "SCHEDULED"
	}
	return "ACTIVE"
}

func (x *run) discountNode(d *discount) any {
	values := map[string]any{
		"title": d.title, "status": d.status(x.s.opts.Now()), "startsAt": stamp(d.starts), "endsAt": stamp(d.ends),
		"asyncUsageCount": d.used, "appliesOncePerCustomer": d.oncePerCustomer, "context": x.discountContext(d),
		"codes": &connection{node: "DiscountRedeemCode", cursor: func(i int) string { return encodeCursor(i) },
			nodes: []any{record{"DiscountRedeemCode", map[string]any{"id": gid("DiscountRedeemCode", d.id), "code": d.code, "asyncUsageCount": d.used}}}},
		"combinesWith": record{"DiscountCombinesWith", map[string]any{"orderDiscounts": d.combines["orderDiscounts"] == true,
			"productDiscounts": d.combines["productDiscounts"] == true, "shippingDiscounts": d.combines["shippingDiscounts"] == true}},
	}
	if d.limit > 0 {
		values["usageLimit"] = d.limit
	}
	if d.minimum.IsPositive() {
		values["minimumRequirement"] = record{"DiscountMinimumSubtotal", map[string]any{"greaterThanOrEqualToSubtotal": x.shopMoney(d.minimum)}}
	}
	if d.typ == "DiscountCodeBasic" {
		values["customerGets"] = record{"DiscountCustomerGets", map[string]any{"value": x.discountValue(d), "items": record{"AllDiscountItems", map[string]any{"allItems": true}}}}
	}
	return record{"DiscountCodeNode", map[string]any{"id": gid("DiscountCodeNode", d.id), "codeDiscount": record{d.typ, values}}}
}

func (x *run) shopMoney(d decimal.Decimal) money {
	return money(bag{amount: d, currency: x.s.shop.Info.Currency})
}

func (x *run) discountContext(d *discount) any {
	if d.customers == nil {
		return record{"DiscountBuyerSelectionAll", map[string]any{"all": "ALL"}}
	}
	list := []any{}
	for _, id := range d.customers {
		if c := x.data.customers.get(id); c != nil {
			list = append(list, c)
		}
	}
	return record{"DiscountCustomers", map[string]any{"customers": list}}
}

func (x *run) discountValue(d *discount) any {
	if d.share != nil {
		return record{"DiscountPercentage", map[string]any{"percentage": json.RawMessage(d.share.String())}}
	}
	return record{"DiscountAmount", map[string]any{"amount": x.shopMoney(*d.amount), "appliesOnEachItem": d.eachItem}}
}
