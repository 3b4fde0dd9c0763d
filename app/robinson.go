package app

import (
	"bufio"
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"io"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"github.com/relance/relance"
)

// Bounds of a list.
const (
	robinsonBatch = 1000
	robinsonLine  = 16 << 10 // of its first line, by which it is understood
)

// robinsonColumns are what the columns of a list may be called, in the languages of the dashboard.
var robinsonColumns = map[string][]string{ //nolint:gochecknoglobals // a table
	"first":   {"first name", "first_name", "firstname", "prénom", "prenom", "vorname"},
	"last":    {"last name", "last_name", "lastname", "surname", "nom", "nachname", "name"},
	"line":    {"street", "address", "address line 1", "line1", "adresse", "rue", "straße", "strasse", "anschrift"},
	"code":    {"postal code", "postal_code", "postcode", "zip", "code postal", "cp", "plz", "postleitzahl"},
	"country": {"country", "country code", "pays", "land"},
}

// Listed is what became of a list.
type Listed struct{ Read, Added, Skipped int64 }

// ImportRobinson takes up a list of people who want no advertising letters from anybody: CSV in
// UTF-8 with a first line that names the columns, by comma, semicolon or tab. Rows without last
// name, street or postal code are skipped; where there is no country, it is the given one.
func (a *App) ImportRobinson(ctx context.Context, m uuid.UUID, list io.Reader, country, actor string) (out Listed, err error) {
	rows, at, err := robinsonRows(list)
	if err != nil {
		return out, err
	}
	batch := make([]relance.Address, 0, robinsonBatch)
	store := func() error {
		n, err := a.Store.AddRobinson(ctx, m, batch, a.Now())
		out.Added, batch = out.Added+n, batch[:0]
		return err
	}
	for {
		row, err := rows.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			line, _ := rows.FieldPos(0)
			return out, relance.Tell(relance.CodeBadInput, err, "LIST_LINE", "line", strconv.Itoa(line))
		}
		out.Read++
		p := relance.Address{FirstName: at.cell(row, "first"), LastName: at.cell(row, "last"), Line1: at.cell(row, "line"), PostalCode: at.cell(row, "code"), CountryCode: strings.ToUpper(at.cell(row, "country"))}
		if p.CountryCode == "" {
			p.CountryCode = country
		}
		if p.LastName == "" || p.Line1 == "" || p.PostalCode == "" {
			out.Skipped++
			continue
		}
		if batch = append(batch, p); len(batch) == robinsonBatch {
			if err := store(); err != nil {
				return out, err
			}
		}
	}
	if err := store(); err != nil {
		return out, err
	}
	if err := a.Store.JudgeAgain(ctx, m, a.Now()); err != nil {
		return out, err
	}
	return out, a.audit(ctx, m, actor, "import_robinson", "merchant", m, map[string]any{"read": out.Read, "added": out.Added, "skipped": out.Skipped})
}

// places says in which column something stands.
type places map[string]int

func (p places) cell(row []string, what string) string {
	i, ok := p[what]
	if !ok || i >= len(row) {
		return ""
	}
	return strings.TrimSpace(strings.ToValidUTF8(row[i], ""))
}

// robinsonRows understands the first line of a list.
func robinsonRows(list io.Reader) (*csv.Reader, places, error) {
	in := bufio.NewReaderSize(list, robinsonLine)
	if start, _ := in.Peek(3); bytes.Equal(start, []byte("\xEF\xBB\xBF")) {
		_, _ = in.Discard(3)
	}
	head, _ := in.Peek(robinsonLine)
	head, _, _ = bytes.Cut(head, []byte("\n"))
	rows := csv.NewReader(in)
	rows.FieldsPerRecord, rows.LazyQuotes, rows.ReuseRecord = -1, true, true
	for _, r := range ";\t," {
		if bytes.ContainsRune(head, r) {
			rows.Comma = r
			break
		}
	}
	names, err := rows.Read()
	if err != nil {
		return nil, nil, relance.Tell(relance.CodeBadInput, err, "LIST_COLUMNS")
	}
	at := places{}
	for i, name := range names {
		name = strings.ToLower(strings.TrimSpace(name))
		for what, called := range robinsonColumns {
			for _, c := range called {
				if _, known := at[what]; c == name && !known {
					at[what] = i
				}
			}
		}
	}
	for _, must := range []string{"last", "line", "code"} {
		if _, ok := at[must]; !ok {
			return nil, nil, relance.Tell(relance.CodeBadInput, nil, "LIST_COLUMNS")
		}
	}
	return rows, at, nil
}
