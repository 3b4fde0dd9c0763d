package relance

import (
	"time"
	"unicode/utf8"

	"github.com/google/uuid"
)

// Task is what somebody of the merchant is to do about a person.
type Task struct {
	ID         uuid.UUID
	ProfileID  uuid.UUID
	Title      string
	DueOn      *time.Time // a day
	AssigneeID *uuid.UUID
	Assignee   string // as people call them; empty: nobody
	CreatedBy  string
	CreatedAt  time.Time
	DoneAt     *time.Time
	DoneBy     string
	Profile    *Profile // where it is asked for
}

// TaskChange is what a task is to be.
type TaskChange struct {
	Title      string
	DueOn      *time.Time
	AssigneeID *uuid.UUID
}

// Check tidies a task up and gives the first error, at its field.
func (t *TaskChange) Check() error {
	if t.Title = tidy(t.Title); t.Title == "" || utf8.RuneCountInString(t.Title) > 200 || !plain(t.Title) {
		return TellField("title", "TASK_TITLE")
	}
	if t.DueOn != nil && (t.DueOn.Year() < 2000 || t.DueOn.Year() > 2200) {
		return TellField("dueOn", "DATE_FORM")
	}
	return nil
}

// TaskQuery asks for a page of tasks, the most urgent first.
type TaskQuery struct {
	Paging
	ProfileID  *uuid.UUID
	AssigneeID *uuid.UUID  // this person's, and those that are nobody's
	Done       bool        // those that are done, the latest first
	DueBefore  *time.Time  // a day: due before it
	Scope      []uuid.UUID // of people whom these shops know; nil: all
}

// TaskPage is a page of tasks.
type TaskPage struct {
	Total *int64
	Info  PageInfo
	Tasks []*Task
}
