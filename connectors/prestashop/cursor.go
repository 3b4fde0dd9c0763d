package prestashop

import (
	"encoding/json"
	"time"

	"github.com/relance/relance"
)

// cursorVersion is the first field of every cursor; others are refused.
const cursorVersion = 1

// cursor is a place in a pull, or between pulls. It is small enough to be stored with
// every page.
type cursor struct {
	Version int `json:"v"`
	// Since is the watermark: everything changed before is known. Unix seconds; 0
	// while a first pull is under way.
	Since int64 `json:"w,omitempty"`
	// Phase is the list that is being walked; "" between pulls.
	Phase string `json:"p,omitempty"`
	// Start is when the running pull began by the shop's clock, Unix seconds: what
	// the watermark is made of once it ends.
	Start int64 `json:"s,omitempty"`
	// Low and High bound the changes this pull looks for, in shop-local walls.
	Low  wall `json:"lo,omitempty"`
	High wall `json:"hi,omitempty"`
	// At and ID are the last row read of the phase.
	At wall  `json:"t,omitempty"`
	ID int64 `json:"i,omitempty"`
	// Dense says that the page ended amid many rows of the second At.
	Dense bool `json:"d,omitempty"`
	// Total is how many records a first pull will give.
	Total int `json:"n,omitempty"`
}

const phaseAll = "all" // a first pull, by id

// parseCursor reads a cursor; what is none of ours is CURSOR_REFUSED.
func parseCursor(s relance.Cursor) (cursor, error) {
	if s == "" {
		return cursor{Version: cursorVersion}, nil
	}
	var c cursor
	if len(s) > 1000 || json.Unmarshal([]byte(s), &c) != nil || c.Version != cursorVersion || c.ID < 0 ||
		c.Since < 0 || c.Phase == "" && c.Since == 0 {
		return cursor{}, relance.Tell(relance.CodeCursorRefused, nil, "CONTINUATION_REFUSED")
	}
	return c, nil
}

func (c cursor) String() relance.Cursor {
	b, err := json.Marshal(c)
	if err != nil {
		return ""
	}
	return relance.Cursor(b)
}

// finished is the cursor between pulls: the next one looks at everything since the
// start of this one, less the overlap.
func (c cursor) finished(overlap time.Duration) cursor {
	return cursor{Version: cursorVersion, Since: max(1, c.Start-int64(overlap/time.Second))}
}
