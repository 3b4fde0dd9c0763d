package prestashop

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"

	"github.com/relance/relance"
	"github.com/relance/relance/connectors"
)

// badRow is an object of a list that does not have the shape of its resource.
type badRow struct {
	id     string
	reason relance.Sentence
}

// decodeRows reads a list: {"customers":[…]} with the given key, or [] for none. Rows
// of an impossible shape come apart; anything that is no list is an error.
func decodeRows[T any](body []byte, key string) ([]T, []badRow, error) {
	body = bytes.TrimSpace(bytes.TrimPrefix(body, []byte("\xef\xbb\xbf")))
	if len(body) == 0 {
		return nil, nil, garbage("an empty body")
	}
	if body[0] == '[' {
		var none []json.RawMessage
		if json.Unmarshal(body, &none) != nil || len(none) > 0 {
			return nil, nil, garbage("a list without a name")
		}
		return nil, nil, nil
	}
	list, err := listOf(body, key)
	if err != nil {
		return nil, nil, err
	}
	var rows []T
	if err := json.Unmarshal(list, &rows); err == nil {
		return rows, nil, nil
	} else if t := (*json.UnmarshalTypeError)(nil); !errors.As(err, &t) {
		return nil, nil, garbage("broken JSON")
	}
	return rowByRow[T](list)
}

// listOf finds the list inside its envelope. The usual envelope has one key, so that
// the list is simply what stands between; anything else is taken apart properly.
func listOf(body []byte, key string) ([]byte, error) {
	head := `{"` + key + `":`
	if bytes.HasPrefix(body, []byte(head)) && body[len(body)-1] == '}' {
		list := bytes.TrimSpace(body[len(head) : len(body)-1])
		if len(list) > 1 && list[0] == '[' && list[len(list)-1] == ']' {
			return list, nil
		}
	}
	var envelope map[string]json.RawMessage
	if body[0] != '{' || json.Unmarshal(body, &envelope) != nil {
		return nil, garbage("not JSON")
	}
	if list, ok := envelope[key]; ok {
		return list, nil
	}
	if errs := parseErrors(body); len(errs) > 0 {
		return nil, relance.Tell(relance.CodeShopDown, statusError(200, errs), "SHOP_FAILED")
	}
	return nil, garbage("a list of something else")
}

// rowByRow reads each row on its own and sets apart those that cannot be.
func rowByRow[T any](list []byte) ([]T, []badRow, error) {
	var raw []json.RawMessage
	if json.Unmarshal(list, &raw) != nil {
		return nil, nil, garbage("not a list")
	}
	var rows []T
	var bad []badRow
	for _, b := range raw {
		var x T
		if json.Unmarshal(b, &x) == nil {
			rows = append(rows, x)
			continue
		}
		var only struct {
			ID text `json:"id"`
		}
		_ = json.Unmarshal(b, &only)
		id := string(only.ID)
		if only.ID == unreadable || strings.Trim(id, "0123456789") != "" {
			id = ""
		}
		bad = append(bad, badRow{id, relance.Say("ODD_SHAPE")})
	}
	return rows, bad, nil
}

// rejected turns rows of an impossible shape into entries of a page.
func rejected(kind relance.Kind, bad []badRow) []connectors.Rejected {
	var out []connectors.Rejected
	for _, b := range bad {
		out = append(out, connectors.Rejected{Kind: kind, ExternalID: b.id, Reason: b.reason})
	}
	return out
}

// reject is a row that was read up to a field that makes no sense.
func (r *reader) reject(kind relance.Kind, id int64) connectors.Rejected {
	return connectors.Rejected{Kind: kind, ExternalID: ref(id), Field: r.field, Reason: r.reason}
}
