package relance

import (
	"slices"
	"time"

	"github.com/google/uuid"
)

// BulkKind says what is done to many people at once.
type BulkKind string

// What can be done. Nothing of it sends anything.
const (
	BulkAddLabel    BulkKind = "ADD_LABEL"
	BulkRemoveLabel BulkKind = "REMOVE_LABEL"
	BulkSetGroup    BulkKind = "SET_GROUP"
	BulkAddTask     BulkKind = "ADD_TASK"
)

// BulkAct is what is done to each of the people.
type BulkAct struct {
	Kind    BulkKind    `json:"kind"`
	Label   string      `json:"label,omitempty"`
	GroupID *uuid.UUID  `json:"group_id,omitempty"` // SET_GROUP; nil: out of the group they are in
	Group   string      `json:"group,omitempty"`    // its name then
	Task    *TaskChange `json:"task,omitempty"`
}

// Check tidies the act up and gives the first error, at its field.
func (b *BulkAct) Check() (err error) {
	switch b.Kind {
	case BulkAddLabel, BulkRemoveLabel:
		b.Label, err = LabelName(b.Label, "name")
	case BulkAddTask:
		err = b.Task.Check()
	}
	return err
}

// MostBulkIDs is how many people can be named one by one.
const MostBulkIDs = 250

// BulkPeople says to whom something is done: those with the ids, or all who match the filter.
type BulkPeople struct {
	IDs    []uuid.UUID `json:"ids,omitempty"`
	Filter *Filter     `json:"filter,omitempty"`
	// Expected is how many people were shown to whoever confirmed; where another number matches by now,
	// nothing is done. nil: not asked.
	Expected *int64 `json:"-"`
}

// Check drops repeated ids, and refuses what names nobody, or names people in two ways.
func (p *BulkPeople) Check() error {
	if (p.Filter == nil) == (len(p.IDs) == 0) {
		return TellField("people", "BULK_PEOPLE")
	}
	if len(p.IDs) > MostBulkIDs {
		return TellField("ids", "BULK_MOST", "most", "250")
	}
	slices.SortFunc(p.IDs, func(a, b uuid.UUID) int { return slices.Compare(a[:], b[:]) })
	p.IDs = slices.Compact(p.IDs)
	return nil
}

// BulkState says how far a run is.
type BulkState string

// The states of a run.
const (
	BulkQueued    BulkState = "QUEUED"
	BulkRunning   BulkState = "RUNNING"
	BulkDone      BulkState = "DONE"
	BulkFailed    BulkState = "FAILED"
	BulkCancelled BulkState = "CANCELLED"
	BulkUndoing   BulkState = "UNDOING"
	BulkUndone    BulkState = "UNDONE"
)

// BulkUndo is how long a run can be taken back.
const BulkUndo = 30 * 24 * time.Hour

// BulkRun is one act on many people.
type BulkRun struct {
	ID         uuid.UUID
	State      BulkState
	Act        BulkAct
	People     BulkPeople
	Scope      []uuid.UUID // the shops that whoever asked may see; nil: all
	Author     string      // as people call them
	CreatedAt  time.Time
	Total      int64  // people when it was asked for
	Cursor     string // of the list of people; how far it is
	Changed    int64
	Unchanged  int64 // they were like that already
	Failed     int64 // they were not there any more, or not to be seen by whoever asked
	Undone     int64 // changes that were taken back
	Kept       int64 // changes that were not: something else was changed since
	FinishedAt *time.Time
	UndoneBy   string
	UndoneAt   *time.Time
	Cause      *Sentence // of FAILED
}

// Done is how many people were looked at.
func (b *BulkRun) Done() int64 { return b.Changed + b.Unchanged + b.Failed }

// UndoUntil is until when the run can be taken back; nil: it cannot be.
func (b *BulkRun) UndoUntil() *time.Time {
	over := b.State == BulkDone || b.State == BulkFailed || b.State == BulkCancelled
	if !over || b.Changed == 0 || b.FinishedAt == nil {
		return nil
	}
	until := b.FinishedAt.Add(BulkUndo)
	return &until
}
