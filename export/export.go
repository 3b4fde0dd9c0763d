// Package export writes lists of customers as files: XLSX with typed cells, or CSV. It is pure: profiles
// come in one by one, bytes go out, and nothing is kept but what a row needs.
package export

import (
	"io"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/relance/relance"
	"github.com/relance/relance/identity"
)

// Options say how a list is written.
type Options struct {
	Choice   relance.ExportChoice
	Zone     *time.Location // in which days are told
	Currency string         // of what was spent
	Now      time.Time      // as of when amounts are overdue
}

// Writer writes the rows of a list. Close ends the file, and must be called for it to be whole.
type Writer interface {
	// Row writes a person. stops keep addresses out of lists of people who opted in; false: there is
	// none left to write to, and no row.
	Row(p *relance.Profile, stops relance.Stops) (bool, error)
	// Debtor writes what a business customer has not paid yet: a row for each currency.
	Debtor(p *relance.Profile, o *relance.Outstanding) error
	Close() error
}

// form is what a row is written to.
type form interface {
	write(cells []any) error
}

// New begins a file.
func New(w io.Writer, o Options) (Writer, error) {
	if o.Zone == nil {
		o.Zone = time.UTC
	}
	l := &list{Options: o, columns: columnsOf(&o.Choice)}
	if o.Choice.Format == relance.ExportCSV {
		return newCSV(w, l)
	}
	return newXLSX(w, l, sheetRows)
}

// Want says what of each profile a list needs.
func Want() relance.ProfileWant {
	return relance.ProfileWant{Columns: map[string]bool{"first_name": true, "last_name": true, "company": true, "language": true, "created_at": true, "order_count": true, "last_order_at": true},
		Records: true, Addresses: true, Consents: true, Labels: true, Group: true, Photo: true, Members: true, Money: true}
}

// list is what both formats have in common.
type list struct {
	Options
	columns []column
}

// day is a date without a time, written as a date.
type day time.Time

// row gives the values of a person: text, int, decimal.Decimal, day, or nil for an empty cell.
func (l *list) row(p *relance.Profile, stops relance.Stops) ([]any, bool) {
	at := &person{list: l, p: p}
	if channel := l.Choice.OptedIn; channel != "" && !at.reach(channel, stops) {
		return nil, false
	}
	return l.cells(at), true
}

func (l *list) cells(at *person) []any {
	out := make([]any, len(l.columns))
	for i, c := range l.columns {
		if out[i] = c.cell(at); out[i] == "" {
			out[i] = nil
		}
	}
	return out
}

// debtor writes what a person owes, a row for each currency.
func (l *list) debtor(p *relance.Profile, o *relance.Outstanding, to form) error {
	for i := range o.Amounts {
		if err := to.write(l.cells(&person{list: l, p: p, owes: o, nth: i})); err != nil {
			return err
		}
	}
	return nil
}

func (l *list) headings() []string {
	out := make([]string, len(l.columns))
	for i, c := range l.columns {
		out[i] = strings.ReplaceAll(l.say(c.title), "{currency}", l.Currency)
	}
	return out
}

// person is whoever a row is of, with the places at which they are written to.
type person struct {
	*list
	p       *relance.Profile
	email   string
	address *relance.Address
	owes    *relance.Outstanding
	nth     int // of the amounts that are owed
}

func (a *person) mail() string {
	if a.email != "" || len(a.p.Emails) == 0 {
		return a.email
	}
	return a.p.Emails[0].Value
}

func (a *person) place() relance.Address {
	if a.address != nil {
		return *a.address
	}
	for _, x := range a.p.Addresses {
		if x.Line1 != "" || x.City != "" {
			return x.Address
		}
	}
	return relance.Address{}
}

// reach finds where the person may be written to on a channel.
func (a *person) reach(channel relance.ConsentChannel, stops relance.Stops) bool {
	stopped := map[string]bool{}
	for _, s := range stops.Places {
		stopped[s] = true
	}
	switch {
	case stops.Objected:
		return false
	case channel == relance.ChannelEmail:
		for _, e := range a.p.Emails {
			if a.email == "" && identity.Email(e.Value) != "" && !stopped[strings.ToLower(e.Value)] {
				a.email = e.Value
			}
		}
		return a.email != ""
	case channel == relance.ChannelLetter:
		for i := range a.p.Addresses {
			if x := &a.p.Addresses[i].Address; a.address == nil && x.Line1 != "" && !a.cameBack(x, stopped) {
				a.address = x
			}
		}
		return a.address != nil
	}
	return len(a.p.Phones) > 0
}

// cameBack reports whether a letter came back from the address. Letters are addressed by the record's name
// where the address has none.
func (a *person) cameBack(x *relance.Address, stopped map[string]bool) bool {
	if stopped[x.Key()] {
		return true
	}
	for _, r := range a.p.Records {
		named := *x
		if named.FirstName == "" {
			named.FirstName = r.FirstName
		}
		if named.LastName == "" {
			named.LastName = r.LastName
		}
		if stopped[named.Key()] {
			return true
		}
	}
	return false
}

func (l *list) dayOf(t time.Time) day { return day(t.In(l.Zone)) }

func (d day) String() string { return time.Time(d).Format(time.DateOnly) }

// joined writes the distinct values of a list, in their order.
func joined(list []string) any {
	var out []string
	seen := map[string]bool{}
	for _, s := range list {
		if s != "" && !seen[s] {
			out, seen[s] = append(out, s), true
		}
	}
	return strings.Join(out, "; ")
}

func amount(d decimal.Decimal) any { return d }
