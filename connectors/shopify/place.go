package shopify

import (
	"encoding/json"
	"time"

	"github.com/relance/relance"
)

// phase says what the next call of Pull has to do.
type phase string

const (
	phaseStart phase = ""     // the first pull of a kind: ask for a bulk operation
	phaseBulk  phase = "bulk" // wait for the bulk operation
	phaseLoad  phase = "load" // stream its file into staging
	phaseRows  phase = "rows" // give out what is staged
	phasePages phase = "page" // walk a window of changes
	phaseIdle  phase = "idle" // done; Until is where the next pull begins
)

// place is what a cursor holds. Times are in whole seconds UTC.
type place struct {
	Phase phase `json:"p"`

	// Bulk.
	Op       string    `json:"op,omitempty"` // gid of the bulk operation
	Began    time.Time `json:"b,omitzero"`   // when it began, by the shop's clock
	Seen     time.Time `json:"w,omitzero"`   // when its progress was last seen to move, by ours
	Objects  int64     `json:"n,omitempty"`  // its objectCount
	Roots    int64     `json:"r,omitempty"`  // its rootObjectCount
	Polls    int       `json:"q,omitempty"`
	Plain    bool      `json:"v,omitempty"` // the shop denied a part of what was asked for: it is left out
	Attempts int       `json:"x,omitempty"` // times the file was loaded from its start
	Setbacks int       `json:"y,omitempty"` // times the bulk way was begun or asked again
	Offset   int64     `json:"o,omitempty"` // bytes of the file that are staged, whole lines
	Line     int64     `json:"l,omitempty"` // lines that are staged
	Seq      int64     `json:"s,omitempty"` // the last root given out
	Given    int64     `json:"g,omitempty"` // roots given out

	// Window.
	Since time.Time `json:"f,omitzero"`  // lower bound, zero for none
	Until time.Time `json:"u,omitzero"`  // upper bound
	After string    `json:"a,omitempty"` // the shop's cursor
	Last  spot      `json:"t,omitzero"`  // the last record seen
	MinID string    `json:"i,omitempty"` // lists by id: begin after this one
	Chain int       `json:"c,omitempty"` // records since the cursor chain began
	Count int       `json:"k,omitempty"` // records of this window
	Round int       `json:"d,omitempty"` // how many windows this pull has walked
	Clean bool      `json:"e,omitempty"` // staging is to be emptied
	Total *int      `json:"z,omitempty"`
}

// spot is a record's place in a list.
type spot struct {
	At time.Time `json:"at,omitzero"`
	ID string    `json:"id,omitempty"` // plain
}

// IsZero tells the encoder what to leave out.
func (s spot) IsZero() bool { return s.ID == "" }

// before orders spots by time and then by number; by number alone where lists are
// sorted by id.
func (s spot) before(o spot, byID bool) bool {
	if !byID && !s.At.Equal(o.At) {
		return s.At.Before(o.At)
	}
	if len(s.ID) != len(o.ID) {
		return len(s.ID) < len(o.ID)
	}
	return s.ID < o.ID
}

func (p place) cursor() relance.Cursor {
	raw, _ := json.Marshal(p) // a place always encodes
	return relance.Cursor(raw)
}

func parsePlace(c relance.Cursor) (place, error) {
	var p place
	if c == "" {
		return p, nil
	}
	if err := json.Unmarshal([]byte(c), &p); err != nil {
		return p, relance.Tell(relance.CodeCursorRefused, nil, "CONTINUATION_REFUSED")
	}
	switch p.Phase {
	case phaseStart, phaseBulk, phaseLoad, phaseRows, phasePages, phaseIdle:
		return p, nil
	default:
		return p, relance.Tell(relance.CodeCursorRefused, nil, "CONTINUATION_REFUSED")
	}
}
