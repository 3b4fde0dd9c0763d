package relance

import (
	"slices"
	"time"

	"github.com/google/uuid"
)

// ExportFormat is the form of an exported list.
type ExportFormat string

// The formats.
const (
	ExportXLSX ExportFormat = "XLSX"
	ExportCSV  ExportFormat = "CSV"
)

// CSVSeparator stands between the values of a line.
type CSVSeparator string

// The separators. Excel in French and German reads the semicolon.
const (
	SeparatorComma     CSVSeparator = "COMMA"
	SeparatorSemicolon CSVSeparator = "SEMICOLON"
	SeparatorTab       CSVSeparator = "TAB"
)

// Rune is the separator itself.
func (s CSVSeparator) Rune() rune {
	switch s {
	case SeparatorSemicolon:
		return ';'
	case SeparatorTab:
		return '\t'
	}
	return ','
}

// ExportList says of what an export is a list.
type ExportList string

// The lists.
const (
	ExportCustomers   ExportList = "CUSTOMERS"
	ExportOutstanding ExportList = "OUTSTANDING"
)

// ExportColumn is a column that one may add to those that every export has.
type ExportColumn string

// The columns to add.
const (
	ExportCompany   ExportColumn = "COMPANY"
	ExportLanguage  ExportColumn = "LANGUAGE"
	ExportGroup     ExportColumn = "GROUP"
	ExportLabels    ExportColumn = "LABELS"
	ExportOrders    ExportColumn = "ORDERS"
	ExportSpent     ExportColumn = "SPENT"
	ExportLastOrder ExportColumn = "LAST_ORDER"
)

// ExportChoice is what is exported, and how.
type ExportChoice struct {
	List   ExportList   `json:"list,omitempty"` // "": customers
	Format ExportFormat `json:"format"`
	Filter Filter       `json:"filter"`
	IDs    []uuid.UUID  `json:"ids,omitempty"` // these alone; nil: all
	// OptedIn narrows the list to people who said yes to marketing on a channel and whom no objection
	// keeps from it, and its columns to what it takes to write to them; "": everybody.
	OptedIn   ConsentChannel `json:"opted_in,omitempty"`
	Columns   []ExportColumn `json:"columns,omitempty"` // beside those that are always there
	Language  string         `json:"language"`          // of headings and words, ISO 639-1
	Separator CSVSeparator   `json:"separator,omitempty"`
	// Overdue narrows outstanding amounts to who is over their payment delay.
	Overdue bool `json:"overdue,omitempty"`
	// Mark begins a CSV file with the mark by which Excel knows UTF-8.
	Mark bool `json:"mark,omitempty"`
}

// Everybody is the filter of who is exported.
func (c *ExportChoice) Everybody() Filter {
	if c.OptedIn == "" {
		return c.Filter
	}
	yes := func(s ConsentState) Filter {
		return Filter{Marketing: []MarketingFilter{{Channel: c.OptedIn, State: s}}}
	}
	out := c.Filter
	out.And = append(slices.Clip(out.And), Filter{Or: []Filter{yes(ConsentGranted), yes(ConsentConfirmed)}})
	return out
}

// ExportState says how far an export is.
type ExportState string

// The states of an export.
const (
	ExportQueued    ExportState = "QUEUED"
	ExportRunning   ExportState = "RUNNING"
	ExportDone      ExportState = "DONE"
	ExportFailed    ExportState = "FAILED"
	ExportCancelled ExportState = "CANCELLED"
)

// ExportKept is how long the file of an export is kept.
const ExportKept = 7 * 24 * time.Hour

// Export is a list of customers as a file.
type Export struct {
	ID         uuid.UUID
	State      ExportState
	Choice     ExportChoice
	Scope      []uuid.UUID // the shops that whoever asked may see; nil: all
	Author     string      // as people call them
	CreatedAt  time.Time
	Total      *int64 // people who match; nil: not counted yet
	Done       int64  // people looked at
	Rows       int64  // lines written
	Bytes      int64
	FinishedAt *time.Time
	Cause      *Sentence // of FAILED
}

// ExpiresAt is when the file is deleted; nil where there is none yet.
func (e *Export) ExpiresAt() *time.Time {
	if e.FinishedAt == nil {
		return nil
	}
	at := e.FinishedAt.Add(ExportKept)
	return &at
}

// Stops is why somebody is not to be written to on a channel.
type Stops struct {
	Objected bool
	Places   []string // addresses that nothing is sent to: e-mail, or the key of a postal address
}
