package shopifytest

import (
	"strings"
	"time"
)

// discount is a voucher code.
type discount struct {
	id              int64
	code, title     string
	starts, ends    time.Time
	limit           int
	used            int
	oncePerCustomer bool
}

func (x *run) createDiscount(args map[string]any) any {
	complaint := func(code, message string) any {
		return record{"DiscountCodeBasicCreatePayload", map[string]any{"userErrors": []any{
			record{"DiscountUserError", map[string]any{"code": code, "message": message, "field": []string{"basicCodeDiscount", "code"}}},
		}}}
	}
	if !x.granted("write_discounts") {
		return fieldError{"Access denied for discountCodeBasicCreate field.", "ACCESS_DENIED"}
	}
	in, _ := args["basicCodeDiscount"].(map[string]any)
	d := &discount{}
	d.code, _ = in["code"].(string)
	d.title, _ = in["title"].(string)
	d.limit, _ = integer(in["usageLimit"])
	d.oncePerCustomer, _ = in["appliesOncePerCustomer"].(bool)
	d.starts, d.ends = parseTime(in["startsAt"]), parseTime(in["endsAt"])
	key := strings.ToLower(d.code)
	switch {
	case d.code == "" || d.title == "" || d.starts.IsZero() || in["context"] == nil || in["customerGets"] == nil:
		return complaint("BLANK", "A required value is blank")
	case x.data.discounts[key] != nil:
		return complaint("TAKEN", "Code must be unique. Please try a different code.")
	}
	x.data.nextID++
	d.id = x.data.nextID
	x.data.discounts[key] = d
	return record{"DiscountCodeBasicCreatePayload", map[string]any{"codeDiscountNode": x.discountNode(d), "userErrors": []any{}}}
}

func parseTime(v any) time.Time {
	text, _ := v.(string)
	t, _ := time.Parse(time.RFC3339, text)
	return t
}

func (x *run) deactivateDiscount(args map[string]any) any {
	id, _ := args["id"].(string)
	for _, d := range x.data.discounts {
		if gid("DiscountCodeNode", d.id) == id {
			d.ends = x.s.opts.Now()
			return record{"DiscountCodeDeactivatePayload", map[string]any{"codeDiscountNode": x.discountNode(d), "userErrors": []any{}}}
		}
	}
	return record{"DiscountCodeDeactivatePayload", map[string]any{"userErrors": []any{
		record{"DiscountUserError", map[string]any{"code": "INVALID", "message": "Code discount does not exist.", "field": []string{"id"}}},
	}}}
}

// discountByCode looks a code up, whatever its case.
func (x *run) discountByCode(args map[string]any) any {
	code, _ := args["code"].(string)
	if d := x.data.discounts[strings.ToLower(code)]; d != nil {
		return x.discountNode(d)
	}
	return nil
}

func (x *run) discountNode(d *discount) any {
	now := x.s.opts.Now()
	status := "ACTIVE"
	switch {
	case !d.ends.IsZero() && !d.ends.After(now):
		status = "EXPIRED"
	case d.starts.After(now):
		status = "SCHEDULED"
	}
	values := map[string]any{
		"title": d.title, "status": status, "startsAt": stamp(d.starts), "endsAt": stamp(d.ends),
		"asyncUsageCount": d.used, "appliesOncePerCustomer": d.oncePerCustomer,
	}
	if d.limit > 0 {
		values["usageLimit"] = d.limit
	}
	return record{"DiscountCodeNode", map[string]any{"id": gid("DiscountCodeNode", d.id), "codeDiscount": record{"DiscountCodeBasic", values}}}
}

// Redeem uses a voucher code once; it reports whether the shop accepted it.
func (s *Server) Redeem(code string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	d := s.data.discounts[strings.ToLower(code)]
	now := s.opts.Now()
	if d == nil || d.starts.After(now) || !d.ends.IsZero() && !d.ends.After(now) || d.limit > 0 && d.used >= d.limit {
		return false
	}
	d.used++
	return true
}
