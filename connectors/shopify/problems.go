package shopify

import (
	"encoding/json"
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
		return relance.Errorf(relance.CodeShopGarbage, "The shop answered without data.")
	}
	code := p[0].Extensions.Code
	switch code {
	case "THROTTLED":
		d := time.Duration(max(wait, 0) * float64(time.Second))
		return &relance.Error{Code: relance.CodeShopBusy, Message: "The shop asks to slow down.", Wait: min(d, time.Minute)}
	case "ACCESS_DENIED":
		return relance.Errorf(relance.CodeShopRights, "The app lacks a right to read this (%s).", p[0].place())
	case "MAX_COST_EXCEEDED":
		return relance.Errorf(relance.CodeTooComplex, "The query costs more than the shop allows.")
	case "SHOP_INACTIVE":
		return relance.Errorf(relance.CodeShopDown, "The shop is closed or frozen.")
	case "INTERNAL_SERVER_ERROR", "TIMEOUT":
		return relance.Errorf(relance.CodeShopDown, "The shop failed to answer (%s).", code)
	}
	if strings.Contains(p[0].Message, "cursor") {
		return relance.Errorf(relance.CodeCursorRefused, "The shop no longer knows the place to continue from.")
	}
	if code == "" {
		return relance.Errorf(relance.CodeShopDown, "The shop refused the query without saying why.")
	}
	return relance.Errorf(relance.CodeInternal, "The shop refused the query (%s).", cut(clean(code), 60))
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
		if !slices.Contains(out, right) {
			out = append(out, right)
		}
	}
	return out
}

func missingRight(q problem, scope string) relance.MissingRight {
	if q.row() < 0 {
		return relance.MissingRight{Right: scope, Help: "Grant the app the access scope " + scope + " and install it again."}
	}
	field := ""
	if s, ok := q.Path[len(q.Path)-1].(string); ok {
		field = s
	}
	group := map[string]string{
		"firstName": "name", "lastName": "name", "emailAddress": "email", "email": "email", "phoneNumber": "phone", "phone": "phone",
		"address1": "address", "address2": "address", "zip": "address", "city": "address",
	}[field]
	if group == "" {
		return relance.MissingRight{Right: field, Help: "The shop does not give the field " + field + " to this app; records are kept without it."}
	}
	return relance.MissingRight{
		Right: "protected customer data: " + group,
		Help:  "Records are kept without " + group + ". Ask for it in the app's settings under Protected customer data access.",
	}
}
