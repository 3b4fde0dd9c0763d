package main

import (
	"context"
	_ "embed"
	"fmt"
	"runtime"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/shopspring/decimal"

	"github.com/relance/relance"
	"github.com/relance/relance/internal/sheet"
)

//go:embed lists.sql
var listsSQL string

// list is a set of filters, and the plain SQL that finds the same people: $1 is the merchant, $2 now.
type list struct {
	name   string
	filter relance.Filter
	order  relance.ProfileOrder
	where  string
	sort   string // "" as the product sorts by itself
}

// lists are the sets that are measured.
func lists() []list {
	yes, three := true, 3
	some, none := func(n int64) *decimal.Decimal { d := decimal.NewFromInt(n); return &d }, 1
	ago := func(days int) *time.Time { t := workingMorning.AddDate(0, 0, -days); return &t }
	const eur = `(SELECT s.spent FROM profile_stats s WHERE s.merchant_id = $1 AND s.profile_id = p.id AND s.currency = 'EUR')`
	const vip = `EXISTS (SELECT 1 FROM profile_labels x WHERE x.merchant_id = $1 AND x.profile_id = p.id AND x.label_id = '60000000-0000-7000-8000-000000000001')`
	const said = `EXISTS (SELECT 1 FROM identities i JOIN consents c ON c.merchant_id = $1 AND c.customer_id = i.customer_id AND c.channel = 'EMAIL' AND c.preference = '' AND c.state = 'CONFIRMED' WHERE i.merchant_id = $1 AND i.profile_id = p.id)`
	const club = `EXISTS (SELECT 1 FROM memberships x WHERE x.merchant_id = $1 AND x.profile_id = p.id AND x.status = 'ACTIVE')`
	const french = `EXISTS (SELECT 1 FROM identities i JOIN addresses a ON a.merchant_id = $1 AND a.customer_id = i.customer_id AND a.country_code = 'FR' WHERE i.merchant_id = $1 AND i.profile_id = p.id)`
	group := uuid.MustParse("60000000-0000-7000-8000-000000000002")
	cart := fmt.Sprintf(`p.oldest_cart_at <= $2::timestamptz - interval '%d minutes'`, 60)
	return []list{
		{name: "everybody, as they were last changed", where: `true`},
		{name: "by name", order: relance.ProfileOrder{Field: relance.ByName}, where: `true`, sort: `p.sort_name, p.id`},
		{name: "three orders or more, latest first", filter: relance.Filter{OrderCount: &relance.IntRange{Min: &three}}, order: relance.ProfileOrder{Field: relance.ByLastOrder, Descending: true}, where: `p.order_count >= 3`, sort: `p.last_order_at DESC NULLS LAST, p.id DESC`},
		{name: "no order and in France", filter: relance.Filter{OrderCount: &relance.IntRange{Max: &none}, Countries: []string{"FR"}}, where: `p.order_count < 1 AND ` + french},
		{name: "spent 300 or more", filter: relance.Filter{Spent: &relance.MoneyRange{Min: some(300), Currency: "EUR"}}, where: eur + ` >= 300`},
		{name: "ordered within a month, wants e-mail", filter: relance.Filter{LastOrderBetween: &relance.TimeRange{From: ago(30)}, Marketing: []relance.MarketingFilter{{Channel: relance.ChannelEmail, State: relance.ConsentConfirmed}}},
			where: `p.last_order_at >= $2::timestamptz - interval '30 days' AND ` + said},
		{name: "left a cart", filter: relance.Filter{HasAbandonedCart: &yes}, where: cart},
		{name: "VIP or in the club, not in the group", filter: relance.Filter{Or: []relance.Filter{{Labels: []string{"VIP"}}, {HasMembership: &yes}}, Not: &relance.Filter{GroupIDs: []uuid.UUID{group}}},
			where: `(` + vip + ` OR ` + club + `) AND NOT coalesce(p.group_id = '` + group.String() + `', false)`},
		{name: "VIP who ordered within a month", filter: relance.Filter{Labels: []string{"VIP"}, LastOrderBetween: &relance.TimeRange{From: ago(30)}}, where: vip + ` AND p.last_order_at >= $2::timestamptz - interval '30 days'`},
		{name: "search: a name", filter: relance.Filter{Search: "Obaecna"}, where: `(p.search_text LIKE '%obaecna%' OR 'obaecna' <% p.search_text)`},
		{name: "search: a name misspelt", filter: relance.Filter{Search: "obaekna"}, where: `(p.search_text LIKE '%obaekna%' OR 'obaekna' <% p.search_text)`},
		{name: "search: an address of one", filter: relance.Filter{Search: "person4242@example.com"}, where: `p.search_text LIKE '%person4242@example.com%'`},
	}
}

// measureLists measures the first page of lists, and exports.
func (r *rig) measureLists(ctx context.Context) error {
	w, conn, err := r.manyPeople(ctx)
	if err != nil {
		return err
	}
	defer w.store.Close()
	defer func() { _ = conn.Close(ctx) }()
	fmt.Printf("\nThe first page of lists of %d people, without the count (median of %d, spread)\n", r.people, r.runs)
	for _, l := range lists() {
		if err := r.measureList(ctx, w, conn, &l); err != nil {
			return fmt.Errorf("%s: %w", l.name, err)
		}
	}
	return r.measureExport(ctx, w)
}

// manyPeople is a database with r.people in it and all that lists ask about.
func (r *rig) manyPeople(ctx context.Context) (*world, *pgx.Conn, error) {
	w, err := r.newWorld(ctx, r.small)
	if err != nil {
		return nil, nil, err
	}
	w.app.Now = func() time.Time { return workingMorning }
	conn, err := pgx.Connect(ctx, w.url)
	if err != nil {
		return nil, nil, err
	}
	fill := strings.NewReplacer("$M$", w.merchant.String(), "$S$", w.shop.String(), "$N$", strconv.Itoa(r.people), "$NOW$", workingMorning.Format(time.RFC3339))
	if _, err := conn.Exec(ctx, fill.Replace(peopleSQL)); err != nil {
		return nil, nil, fmt.Errorf("fill: %w", err)
	}
	for _, statement := range strings.SplitAfter(fill.Replace(listsSQL), ";\n") {
		if _, err := conn.Exec(ctx, statement); err != nil {
			return nil, nil, fmt.Errorf("fill: %w", err)
		}
	}
	_, err = conn.Exec(ctx, "SET pg_trgm.word_similarity_threshold = 0.55")
	return w, conn, err
}

// measureList asks the product and the plain SQL in turn, after once for each that warms up.
func (r *rig) measureList(ctx context.Context, w *world, conn *pgx.Conn, l *list) error {
	sort := l.sort
	if sort == "" {
		sort = `p.admin_changed_at, p.id`
	}
	sql := `SELECT p.id, p.first_name, p.last_name, p.created_at FROM profiles p WHERE p.merchant_id = $1 AND p.merged_into IS NULL AND ($2::timestamptz IS NULL OR true) AND ` + l.where + ` ORDER BY ` + sort + ` LIMIT 51`
	q := relance.ProfileQuery{Paging: relance.Paging{First: 50}, Filter: l.filter, Order: l.order, Want: relance.ProfileWant{Columns: map[string]bool{"first_name": true, "last_name": true, "created_at": true}}, Now: workingMorning}
	var bare, over []float64
	for run := range r.runs + 1 {
		began := time.Now()
		rows, err := conn.Query(ctx, sql, w.merchant, workingMorning)
		if err != nil {
			return err
		}
		ids, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (id uuid.UUID, err error) {
			return id, row.Scan(&id, nil, nil, nil)
		})
		if err != nil {
			return err
		}
		took := time.Since(began)
		began = time.Now()
		page, err := w.store.Profiles(ctx, w.merchant, q)
		if err != nil {
			return err
		}
		own := time.Since(began)
		if len(page.Profiles) != min(len(ids), 50) || len(ids) > 0 && page.Profiles[0].ID != ids[0] {
			return fmt.Errorf("the plain SQL finds others: %d against %d", len(ids), len(page.Profiles))
		}
		if run > 0 {
			bare, over = append(bare, took.Seconds()), append(over, max(own-5*time.Millisecond, 0).Seconds())
		}
	}
	atMost(fmt.Sprintf("%s: plain SQL %.1f ms; product less 5 ms, times that", l.name, median(bare)*1000), quotients(over, bare), 2)
	return nil
}

// measureExport writes everybody, and a tenth of them, and compares what memory it takes.
func (r *rig) measureExport(ctx context.Context, w *world) error {
	tenth := workingMorning.AddDate(0, 0, -730+70)
	var peaks []float64
	for _, f := range []relance.Filter{{CreatedBetween: &relance.TimeRange{To: &tenth}}, {}} {
		id, err := w.app.StartExport(ctx, w.merchant, relance.ExportChoice{Format: relance.ExportCSV, Filter: f, Language: "en", Separator: relance.SeparatorComma}, false, nil, "bench")
		if err != nil {
			return err
		}
		began := time.Now()
		peak, err := peakOf(func() error { return w.app.RunExport(ctx, relance.Claim{MerchantID: w.merchant, ID: id}) })
		if err != nil {
			return err
		}
		e, err := w.store.Export(ctx, w.merchant, id, nil)
		if err != nil {
			return err
		}
		if e.State != relance.ExportDone {
			return fmt.Errorf("the export is %s", e.State)
		}
		fmt.Printf("export of %d people: %.1f s, %.0f MB, peak of the heap %.0f MiB\n", e.Rows, time.Since(began).Seconds(), float64(e.Bytes)/1e6, peak)
		peaks = append(peaks, peak)
	}
	atMost("export: peak of the heap, times that of a tenth of the people", []float64{peaks[1] / peaks[0]}, 1.5)
	return nil
}

// peakOf tells how many MiB of heap were in use at most.
func peakOf(do func() error) (float64, error) {
	runtime.GC()
	stop, peak := make(chan struct{}), make(chan uint64)
	go func() {
		var most uint64
		tick := time.NewTicker(20 * time.Millisecond)
		defer tick.Stop()
		for {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			most = max(most, m.HeapInuse)
			select {
			case <-stop:
				peak <- most
				return
			case <-tick.C:
			}
		}
	}()
	err := do()
	close(stop)
	return float64(<-peak) / (1 << 20), err
}

// measureImport imports a spreadsheet of a tenth of r.people, beside a bare program that upserts the same
// rows in bulk.
func (r *rig) measureImport(ctx context.Context) error {
	n := r.people / 10
	var stored, complete []float64
	for range r.runs {
		floor, err := r.bareImport(ctx, n)
		if err != nil {
			return err
		}
		facts, all, err := r.productImport(ctx, n)
		if err != nil {
			return err
		}
		fmt.Printf("import of %d people: bulk upsert %.1f s, rows stored %.1f s, complete %.1f s\n", n, floor.Seconds(), facts.Seconds(), all.Seconds())
		stored, complete = append(stored, floor.Seconds()/facts.Seconds()), append(complete, floor.Seconds()/all.Seconds())
	}
	atLeast("import: rows stored, share of the bulk upsert's speed", stored, 0.5)
	atLeast("import: profiles complete, share of the bulk upsert's speed", complete, 0.35)
	return nil
}

func sheetOf(n int) string {
	var b strings.Builder
	b.WriteString("E-mail;First name;Last name;Phone;Street;Postal code;City;Country\n")
	for i := range n {
		fmt.Fprintf(&b, "sheet%d@example.com;Camille;Martin%d;+3361%07d;%d rue de la Paix;%05d;Paris;FR\n", i, i%5000, i, i, i%95000)
	}
	return b.String()
}

func (r *rig) productImport(ctx context.Context, n int) (facts, all time.Duration, err error) {
	w, err := r.newWorld(ctx, r.small)
	if err != nil {
		return 0, 0, err
	}
	defer w.store.Close()
	i, err := w.app.UploadImport(ctx, w.merchant, "bench.csv", strings.NewReader(sheetOf(n)), nil, "bench")
	if err != nil {
		return 0, 0, err
	}
	mapping, err := w.app.GuessImport(ctx, w.merchant, &i, relance.ImportCustomers)
	if err != nil {
		return 0, 0, err
	}
	worker, stop, err := r.work(ctx, w)
	if err != nil {
		return 0, 0, err
	}
	defer stop()
	if _, err := pullBy(ctx, w, worker, false); err != nil { // it is at home by then, as a worker is that imports
		return 0, 0, err
	}
	began := time.Now()
	if err := w.app.StartImport(ctx, w.merchant, i.ID, relance.ImportPlan{What: relance.ImportCustomers, List: "Bench", Mapping: mapping, Country: "FR"}, true, "bench"); err != nil {
		return 0, 0, err
	}
	for left := int64(1); facts == 0 || left > 0; {
		select {
		case <-ctx.Done():
			return 0, 0, ctx.Err()
		case <-time.After(50 * time.Millisecond):
		}
		if i, err = w.store.Import(ctx, w.merchant, i.ID, time.Now()); err != nil {
			return 0, 0, err
		}
		if i.State == relance.ImportFailed {
			return 0, 0, fmt.Errorf("the import failed: %+v", i.Counts)
		}
		if i.State != relance.ImportDone {
			continue
		}
		if facts == 0 {
			facts = time.Since(began)
		}
		if left, err = w.store.QueueLength(ctx, w.merchant); err != nil {
			return 0, 0, err
		}
	}
	return facts, time.Since(began), nil
}

// bareImport is the bare program: it reads the same spreadsheet in pages, makes records of its rows and
// upserts them into the same tables, one transaction a page, and does nothing else.
func (r *rig) bareImport(ctx context.Context, n int) (time.Duration, error) {
	w, err := r.newWorld(ctx, r.small)
	if err != nil {
		return 0, err
	}
	defer w.store.Close()
	conn, err := pgx.Connect(ctx, w.url)
	if err != nil {
		return 0, err
	}
	defer func() { _ = conn.Close(ctx) }()
	f := &floor{conn: conn, merchant: w.merchant, source: w.shop}
	f.register()
	text := sheetOf(n)
	plan := relance.ImportPlan{What: relance.ImportCustomers, Country: "FR", Mapping: []string{"email", "firstName", "lastName", "phone", "line1", "postalCode", "city", "countryCode"}}
	began := time.Now()
	rows := sheet.NewCSV(strings.NewReader(text), "UTF-8", ";")
	if _, err := rows.Next(); err != nil { // the header
		return 0, err
	}
	for read := 0; read < n; {
		var list []relance.Customer
		for ; len(list) < 1000 && read < n; read++ {
			row, err := rows.Next()
			if err != nil {
				return 0, err
			}
			u := plan.Customer(row.Cells, sheet.Serial)
			u.ExternalID = "email:" + u.Email
			c, err := u.Customer(relance.IdentityImport, began)
			if err != nil {
				return 0, err
			}
			list = append(list, c)
		}
		err := pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
			for _, b := range f.customers(list, began) {
				if err := upsert(ctx, tx, b); err != nil {
					return fmt.Errorf("%s: %w", b.table, err)
				}
			}
			return nil
		})
		if err != nil {
			return 0, err
		}
	}
	return time.Since(began), nil
}
