package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/relance/relance"
	"github.com/relance/relance/identity"
	"github.com/relance/relance/internal/sheet"
	"github.com/relance/relance/store"
)

const (
	importPage  = 1000             // rows that are stored at once
	importSlice = 10 * time.Minute // after which a worker lets others come first
)

// RunImport reads a spreadsheet, or takes one back, unless somebody else does. How far it came is a row:
// whoever is killed meanwhile has lost a page at most.
func (a *App) RunImport(ctx context.Context, t relance.Claim) error {
	lease := max(a.Stale(), time.Second)
	claims, mine, err := a.Store.ClaimImport(ctx, t, lease, a.Now())
	if err != nil || !mine {
		return err
	}
	t.Claims = claims
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	go a.keepImport(ctx, t, lease)
	i, err := a.Store.Import(ctx, t.MerchantID, t.ID, a.Now())
	if err != nil {
		return err
	}
	if i.State == relance.ImportUndoing {
		err = a.takeBack(ctx, t, lease)
	} else {
		err = a.readImport(ctx, t, &i, lease)
	}
	stop()
	after := context.WithoutCancel(ctx)
	a.derive(after, t.MerchantID, 0)
	var told *relance.Error
	if errors.As(err, &told) && told.Says != nil && told.Code == relance.CodeBadInput {
		return a.Store.FailImport(after, t, told.Says, a.Now())
	}
	return errors.Join(err, a.Store.KeepImport(after, t, 0, a.Now()))
}

// keepImport says, until ctx ends, that a worker is at it.
func (a *App) keepImport(ctx context.Context, t relance.Claim, lease time.Duration) {
	tick := time.NewTicker(lease / 3)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if err := a.Store.KeepImport(ctx, t, lease, a.Now()); err != nil && ctx.Err() == nil {
				a.Log.Warn("an import's worker cannot say that it lives", "import", t.ID, "err", err)
			}
		}
	}
}

func (a *App) takeBack(ctx context.Context, t relance.Claim, lease time.Duration) error {
	for {
		done, err := a.Store.UndoImportPage(ctx, t, lease, a.Now())
		if err != nil || done {
			return err
		}
	}
}

// importReader makes pages of the rows of a file.
type importReader struct {
	store    *store.Store
	merchant uuid.UUID
	rows     sheet.Reader
	i        *relance.Import
	plan     relance.ImportPlan
	now      time.Time
	seen     map[string]bool
	at       int64 // rows read
}

// readImport reads the file from where it was left.
func (a *App) readImport(ctx context.Context, t relance.Claim, i *relance.Import, lease time.Duration) error {
	rows, err := a.openSheet(ctx, t.MerchantID, i)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	r := &importReader{store: a.Store, merchant: t.MerchantID, rows: rows, i: i, now: i.CreatedAt, plan: relance.ImportPlan{What: i.What, Mapping: i.Mapping, Currency: i.Currency, Country: i.Country, DayFirst: i.DayFirst}}
	if i.StartedAt != nil {
		r.now = *i.StartedAt
	}
	if i.State == relance.ImportChecking {
		r.seen = map[string]bool{}
	}
	for r.at < i.Cursor+1 { // the header too
		if _, err := r.rows.Next(); err != nil {
			return refusedSheet(err)
		}
		r.at++
	}
	r.at--
	until := a.Now().Add(importSlice)
	pages, stop := r.ahead(ctx)
	defer stop()
	n := 0
	for p := range pages {
		if n++; n&(n-1) == 0 { // the tables fill from nothing: see Store.LearnGrownTables
			if err := a.Store.LearnGrownTables(ctx); err != nil {
				a.Log.Warn("planner statistics not refreshed", "err", err)
			}
		}
		if a.Now().After(until) || ctx.Err() != nil || p.err != nil {
			return errors.Join(ctx.Err(), p.err)
		}
		stored, err := a.Store.StoreImportPage(ctx, t, p.ImportPage, lease, a.Now())
		if err != nil || !stored {
			return err
		}
		if !p.Dry {
			a.derive(ctx, t.MerchantID, 0)
		}
	}
	return ctx.Err()
}

// pageAhead is a page that was read while another was stored, or why it was not.
type pageAhead struct {
	store.ImportPage
	err error
}

// ahead reads and matches the next page while the one before is stored.
// It ends with the last page, an error, or stop, which waits for it.
func (r *importReader) ahead(ctx context.Context) (pages <-chan pageAhead, stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	out := make(chan pageAhead)
	var reading sync.WaitGroup
	reading.Go(func() {
		defer close(out)
		for last := false; !last; {
			p, err := r.page()
			if err == nil {
				err = r.store.MatchImportPage(ctx, r.merchant, r.i.Scope, &p)
			}
			last = p.Done || err != nil
			select {
			case out <- pageAhead{p, err}:
			case <-ctx.Done():
				return
			}
		}
	})
	return out, func() {
		cancel()
		reading.Wait()
	}
}

// page reads the next rows.
func (r *importReader) page() (store.ImportPage, error) {
	p := store.ImportPage{From: r.at, Dry: r.seen != nil, Seen: r.seen}
	for range importPage {
		row, err := r.rows.Next()
		if errors.Is(err, io.EOF) {
			p.Done = true
			break
		}
		if err != nil {
			return p, refusedSheet(err)
		}
		if r.at++; r.at > relance.MostImportRows {
			return p, relance.Tell(relance.CodeBadInput, nil, "IMPORT_TOO_MANY_ROWS", "most", strconv.Itoa(relance.MostImportRows))
		}
		if err := r.take(&p, &row); err != nil {
			var told *relance.Error
			if !errors.As(err, &told) || told.Says == nil {
				return p, err
			}
			p.Invalid = append(p.Invalid, relance.ImportError{Line: row.Line, Field: told.Field, Cause: *told.Says, Cells: row.Cells})
		}
	}
	p.To = r.at
	return p, nil
}

// take makes a record of a row.
func (r *importReader) take(p *store.ImportPage, row *sheet.Row) error {
	if err := unreadable(row); err != nil {
		return err
	}
	if r.plan.What == relance.ImportOrders {
		u := r.plan.Order(row.Cells, sheet.Serial)
		o, err := u.Order(r.now)
		if err != nil {
			return err
		}
		p.Orders = append(p.Orders, o)
	} else {
		u := r.plan.Customer(row.Cells, sheet.Serial)
		if u.ExternalID == "" {
			u.ExternalID = externalIDOf(&u)
		}
		c, err := u.Customer(relance.IdentityImport, r.now)
		if err != nil {
			return err
		}
		p.Customers, p.Keys = append(p.Customers, c), append(p.Keys, identity.Keys(&c, ""))
	}
	p.Lines, p.Cells = append(p.Lines, row.Line), append(p.Cells, row.Cells)
	return nil
}

func unreadable(row *sheet.Row) error {
	switch row.Problem {
	case sheet.QuoteOpen:
		return relance.TellField("row", "ROW_QUOTE")
	case sheet.TooManyColumns:
		return relance.TellField("row", "ROW_COLUMNS", "most", strconv.Itoa(sheet.MaxColumns))
	case sheet.TooLong:
		return relance.TellField("row", "ROW_LONG")
	}
	return nil
}

// externalIDOf names somebody in a list that has no ids: by the e-mail address, else by name and
// postal code, else by phone number.
func externalIDOf(u *relance.CustomerUpsert) string {
	if e := identity.Email(u.Email); e != "" {
		return "email:" + e
	}
	postcode := ""
	if len(u.Addresses) > 0 {
		postcode = u.Addresses[0].PostalCode
	}
	if name := identity.Fold(u.LastName + " " + u.FirstName + " " + u.Company); name != "" {
		return "name:" + name + " " + identity.Fold(postcode)
	}
	return "phone:" + identity.Fold(u.Phone+u.CustomerNumber)
}

// fileOfParts is a spreadsheet in a temporary file: a copy of what Postgres holds.
type fileOfParts struct {
	sheet.Reader
	file *os.File
}

// Close removes the copy.
func (f *fileOfParts) Close() error {
	return errors.Join(f.Reader.Close(), f.file.Close(), os.Remove(f.file.Name()))
}

// openSheet opens the file of an import.
func (a *App) openSheet(ctx context.Context, m uuid.UUID, i *relance.Import) (sheet.Reader, error) {
	file, err := os.CreateTemp("", "relance-import-*")
	if err != nil {
		return nil, fmt.Errorf("copy a spreadsheet: %w", err)
	}
	out := &fileOfParts{file: file}
	if err := a.copyParts(ctx, m, i.ID, file); err != nil {
		return nil, errors.Join(err, file.Close(), os.Remove(file.Name()))
	}
	if i.Format == "XLSX" {
		x, err := sheet.OpenXLSX(file.Name())
		if err != nil {
			return nil, errors.Join(refusedSheet(err), file.Close(), os.Remove(file.Name()))
		}
		out.Reader = x
		return out, nil
	}
	out.Reader = sheet.NewCSV(file, i.Encoding, i.Separator)
	return out, nil
}

func (a *App) copyParts(ctx context.Context, m, id uuid.UUID, to *os.File) error {
	for seq := 0; ; seq++ {
		part, err := a.Store.ImportPart(ctx, m, id, seq)
		if err != nil {
			return err
		}
		if part == nil {
			_, err = to.Seek(0, io.SeekStart)
			return err
		}
		if _, err := to.Write(part); err != nil {
			return fmt.Errorf("copy a spreadsheet: %w", err)
		}
	}
}
