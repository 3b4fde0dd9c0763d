package relance

import (
	"strconv"
	"time"

	"github.com/google/uuid"
)

// Retention says how long what is kept, in months.
type Retention struct {
	PeopleMonths int  // people since they last ordered, had a cart, scanned a letter or wrote; opening a mail never counts
	PeopleErase  bool // false: they are only named
	WarnDays     int  // how long before they are named
	CartMonths   int  // carts that became no order
	LogMonths    int  // pulls, and records that could not be read
	ScanMonths   int  // scans of letters one by one; how many they were stays
	LetterMonths int  // files of letters
	Saved        bool // somebody said so: until then nothing is forgotten by itself
}

// DefaultRetention is what holds until a merchant says otherwise: it names people and erases nobody.
func DefaultRetention() Retention {
	return Retention{PeopleMonths: 36, WarnDays: 30, CartMonths: 24, LogMonths: 12, ScanMonths: 24, LetterMonths: 36}
}

// Check gives the first period that is too short or too long, at its field.
func (r *Retention) Check() error {
	for _, x := range []struct {
		field           string
		value, low, top int
	}{{"peopleMonths", r.PeopleMonths, 12, 120}, {"warnDays", r.WarnDays, 30, 180}, {"cartMonths", r.CartMonths, 3, 120}, {"logMonths", r.LogMonths, 1, 120},
		{"scanMonths", r.ScanMonths, 1, 120}, {"letterMonths", r.LetterMonths, 1, 120}} {
		if x.value < x.low || x.value > x.top {
			return TellField(x.field, "PERIOD_RANGE", "least", strconv.Itoa(x.low), "most", strconv.Itoa(x.top))
		}
	}
	return nil
}

// RetentionWarning is somebody who is to be erased.
type RetentionWarning struct {
	ProfileID uuid.UUID
	LastAt    time.Time
	EraseOn   time.Time  // a day
	KeptUntil *time.Time // a day; somebody wants to keep them
	Profile   *Profile   // where it is asked for
}

// RetentionList is who is to be erased, the first first.
type RetentionList struct {
	Total    int64
	Warnings []*RetentionWarning
}
