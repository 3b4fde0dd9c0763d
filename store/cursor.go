package store

import (
	"encoding/base64"
	"encoding/json"

	"github.com/relance/relance"
)

// encodeCursor makes the opaque place after a row; kind tells lists apart so that a
// cursor of one list is refused by another.
func encodeCursor(kind string, values ...any) string {
	b, err := json.Marshal(append([]any{kind}, values...))
	if err != nil {
		return ""
	}
	return base64.RawURLEncoding.EncodeToString(b)
}

// decodeCursor reads a cursor of the kind into dst, one pointer per value.
func decodeCursor(cursor, kind string, dst ...any) error {
	bad := relance.TellField("after", "CURSOR_UNKNOWN")
	b, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil || len(cursor) > 2000 {
		return bad
	}
	var parts []json.RawMessage
	if json.Unmarshal(b, &parts) != nil || len(parts) != len(dst)+1 {
		return bad
	}
	var got string
	if json.Unmarshal(parts[0], &got) != nil || got != kind {
		return bad
	}
	for i, d := range dst {
		if json.Unmarshal(parts[i+1], d) != nil {
			return bad
		}
	}
	return nil
}
