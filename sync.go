package relance

import (
	"time"

	"github.com/google/uuid"
)

// RunState is the state of a sync run and of each of its steps.
type RunState string

// The states of runs and steps.
const (
	RunQueued    RunState = "QUEUED"
	RunRunning   RunState = "RUNNING"
	RunPaused    RunState = "PAUSED"
	RunDone      RunState = "DONE"
	RunFailed    RunState = "FAILED"
	RunCancelled RunState = "CANCELLED"
)

// Active reports whether the run still has work to do.
func (s RunState) Active() bool { return s == RunQueued || s == RunRunning || s == RunPaused }

// Run is one pull of a shop: everything, or what changed.
type Run struct {
	MerchantID uuid.UUID
	ID         uuid.UUID
	ShopID     uuid.UUID
	Full       bool
	State      RunState
	CreatedAt  time.Time
	StartedAt  *time.Time
	FinishedAt *time.Time
	ErrorCode  string
	Error      string // for people, no personal data
	Cause      *Sentence
	Steps      []Step
}

// Step is the part of a run that pulls one kind of record.
type Step struct {
	Kind       Kind
	State      RunState
	Done       int64
	Total      *int64 // nil until known
	Rejected   int64
	StartedAt  *time.Time
	FinishedAt *time.Time
	UpdatedAt  *time.Time
	Error      string
	Cause      *Sentence
}

// Problem is why the run failed, nil where it did not.
func (r Run) Problem() *string { return orNil(r.Error) }

// Problem is what went wrong at the last try, nil where nothing did.
func (s Step) Problem() *string { return orNil(s.Error) }

func orNil(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// PerSecond is the mean rate of the step so far, nil before its first page.
func (s Step) PerSecond() *float64 {
	if s.StartedAt == nil || s.UpdatedAt == nil || s.Done == 0 {
		return nil
	}
	end := *s.UpdatedAt
	if s.FinishedAt != nil {
		end = *s.FinishedAt
	}
	secs := max(end.Sub(*s.StartedAt).Seconds(), 0.001)
	rate := float64(s.Done) / secs
	return &rate
}

// SecondsLeft is how long the step will take at its mean rate, nil where the rate or the
// total is unknown.
func (s Step) SecondsLeft() *int {
	rate := s.PerSecond()
	if rate == nil || s.Total == nil || s.State != RunRunning {
		return nil
	}
	left := int(float64(max(*s.Total-s.Done, 0)) / *rate)
	return &left
}

// PageTask is a page that is to be pulled: the address of a step's next page.
type PageTask struct {
	MerchantID uuid.UUID
	ShopID     uuid.UUID
	RunID      uuid.UUID
	Kind       Kind
	Seq        int64 // pages stored before it
	Attempt    int   // tries of this page that failed
	Restarts   int   // how often the step began anew because the shop refused its cursor
	Claims     int64 // how often it was handed out anew because nobody seemed to work on it
	Cursor     Cursor
	Full       bool
	NextAt     time.Time
	BeatAt     *time.Time // when somebody last confirmed working on it
}

// InHand reports whether somebody works on the page: they confirmed it after it became
// due and not longer than stale ago.
func (t PageTask) InHand(now time.Time, stale time.Duration) bool {
	return t.BeatAt != nil && t.BeatAt.After(t.NextAt) && t.BeatAt.After(now.Add(-stale))
}

// Quarantined is a row of a shop that could not be read, kept until it can.
type Quarantined struct {
	ID         uuid.UUID
	ShopID     uuid.UUID
	Kind       Kind
	ExternalID string
	Field      string
	Reason     string
	Cause      *Sentence // the reason for programs; nil in rows of earlier versions
	FirstAt    time.Time
	LastAt     time.Time
	Times      int
	ResolvedAt *time.Time
}

// ShopRef names a shop of a merchant.
type ShopRef struct{ MerchantID, ID uuid.UUID }
