package shopify

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/relance/relance"
)

// problem is an entry of errors. Its message is not kept: it may quote values.
type problem struct {
	Path       []any `json:"path"`
	Extensions struct {
		Code string `json:"code"`
	} `json:"extensions"`
	Message string `json:"message"`
}

// problems is the list of errors; a text or an object instead of a list is one
// problem without a code.
type problems []problem

// UnmarshalJSON takes whatever form errors come in.
func (p *problems) UnmarshalJSON(raw []byte) error {
	var list []problem
	if json.Unmarshal(raw, &list) == nil {
		*p = list
		return nil
	}
	*p = problems{{}}
	return nil
}

// passing reports whether something went wrong in the shop that may go right the
// next time.
func (p problems) passing() bool {
	return slices.ContainsFunc(p, func(q problem) bool {
		return q.Extensions.Code == "INTERNAL_SERVER_ERROR" || q.Extensions.Code == "TIMEOUT" || q.Extensions.Code == ""
	})
}

// asError says what errors without data mean; wait is in seconds, for a throttled
// request.
func (p problems) asError(wait float64) error {
	if len(p) == 0 {
		return relance.Tell(relance.CodeShopGarbage, nil, "NOT_ITS_FORMAT")
	}
	code := p[0].Extensions.Code
	switch code {
	case "THROTTLED":
		d := time.Duration(max(wait, 0) * float64(time.Second))
		return slowDown(min(d, time.Minute))
	case "ACCESS_DENIED":
		return relance.Tell(relance.CodeShopRights, nil, "NO_SCOPE", "field", p[0].place())
	case "MAX_COST_EXCEEDED":
		return relance.Tell(relance.CodeTooComplex, nil, "TOO_COSTLY")
	case "SHOP_INACTIVE":
		return relance.Tell(relance.CodeShopDown, nil, "SHOP_FROZEN")
	case "INTERNAL_SERVER_ERROR", "TIMEOUT":
		return relance.Tell(relance.CodeShopDown, errors.New(code), "SHOP_FAILED")
	}
	if strings.Contains(p[0].Message, "cursor") {
		return relance.Tell(relance.CodeCursorRefused, nil, "CONTINUATION_REFUSED")
	}
	if code == "" {
		return relance.Tell(relance.CodeShopDown, nil, "QUERY_REFUSED")
	}
	return relance.Tell(relance.CodeInternal, errors.New(cut(clean(code), 60)), "QUERY_REFUSED")
}

// place is the path of the field without positions.
func (q problem) place() string {
	var parts []string
	for _, step := range q.Path {
		if s, ok := step.(string); ok {
			parts = append(parts, cut(clean(s), 60))
		}
	}
	return strings.Join(parts, ".")
}

// row is the position in the page's nodes that the problem lies in, -1 if none.
func (q problem) row() int {
	for i, step := range q.Path {
		if n, ok := step.(float64); ok && i > 0 && q.Path[i-1] == "nodes" {
			return int(n)
		}
	}
	return -1
}

// missing turns what was denied into named rights, each once.
func (p problems) missing(scope string) []relance.MissingRight {
	var out []relance.MissingRight
	for _, q := range p {
		if q.Extensions.Code != "ACCESS_DENIED" {
			continue
		}
		right := missingRight(q, scope)
		if !slices.ContainsFunc(out, func(r relance.MissingRight) bool { return r.Right == right.Right }) {
			out = append(out, right)
		}
	}
	return out
}

func missingRight(q problem, scope string) relance.MissingRight {
	if q.row() < 0 {
		return lackingScope(scope)
	}
	field := ""
	if s, ok := q.Path[len(q.Path)-1].(string); ok {
		field = s
	}
	var group string
	var lost relance.Sentence
	switch field {
	case "firstName", "lastName":
		group, lost = "name", relance.Say("LOSES_PROTECTED_NAME")
	case "emailAddress", "email":
		group, lost = "email", relance.Say("LOSES_PROTECTED_EMAIL")
	case "phoneNumber", "phone":
		group, lost = "phone", relance.Say("LOSES_PROTECTED_PHONE")
	case "address1", "address2", "zip", "city":
		group, lost = "address", relance.Say("LOSES_PROTECTED_ADDRESS")
	default:
		return relance.Lacking(field, relance.Say("LOSES_FIELD", "field", field))
	}
	return relance.Lacking("protected customer data: "+group, lost, relance.Say("GRANT_PROTECTED"))
}
