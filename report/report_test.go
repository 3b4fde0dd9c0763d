package report

import (
	"bytes"
	"encoding/csv"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"
	"github.com/xuri/excelize/v2"

	"github.com/relance/relance"
)

func rows() []relance.ReportRow {
	dec := decimal.RequireFromString
	return []relance.ReportRow{
		{ShopName: "Tea & Cups", Group: "Friends", CampaignName: "Carts", Currency: "EUR", Evaluated: 12, Eligible: 10, Sent: 8, Issued: 8, Redeemed: 3, Revenue: dec("270.10"), Discount: dec("30.01"), UnknownDiscounts: 1,
			Letters: 4, PrintCost: dec("4.20"), UnpricedLetters: 1},
		{ShopName: `=HYPERLINK("http://x.example")`, Group: "@cmd", CampaignName: "-1+1", Currency: "USD", Revenue: dec("-12.345678"), Discount: dec("0")},
	}
}

func TestCSVIsExactAndNoFormula(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	if err := WriteCSV(&out, "fr", rows()); err != nil {
		t.Fatal(err)
	}
	got, err := csv.NewReader(&out).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	want := [][]string{headings("fr"),
		{"Tea & Cups", "Friends", "Carts", "EUR", "12", "10", "8", "8", "3", "270.1", "30.01", "1", "4", "4.2", "1"},
		{`'=HYPERLINK("http://x.example")`, "'@cmd", "'-1+1", "USD", "0", "0", "0", "0", "0", "-12.345678", "0", "0", "0", "0", "0"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestXLSXCanBeReadAndHoldsNoFormula(t *testing.T) {
	t.Parallel()
	var out, again bytes.Buffer
	for _, w := range []*bytes.Buffer{&out, &again} {
		if err := WriteXLSX(w, "2026-11", "de", rows()); err != nil {
			t.Fatal(err)
		}
	}
	f, err := excelize.OpenReader(&out)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	got, err := f.GetRows("2026-11", excelize.Options{RawCellValue: true})
	if err != nil {
		t.Fatal(err)
	}
	want := [][]string{headings("de"),
		{"Tea & Cups", "Friends", "Carts", "EUR", "12", "10", "8", "8", "3", "270.1", "30.01", "1", "4", "4.2", "1"},
		{`'=HYPERLINK("http://x.example")`, "'@cmd", "'-1+1", "USD", "0", "0", "0", "0", "0", "-12.345678", "0", "0", "0", "0", "0"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	for _, cell := range []string{"A3", "B3", "C3"} {
		if formula, err := f.GetCellFormula("2026-11", cell); err != nil || formula != "" {
			t.Errorf("%s holds the formula %q (%v)", cell, formula, err)
		}
	}
	if kind, err := f.GetCellType("2026-11", "J2"); err != nil || kind == excelize.CellTypeInlineString || kind == excelize.CellTypeSharedString {
		t.Errorf("revenue is a text (%v, %v)", kind, err)
	}
}

func TestHeadingsFitTheRows(t *testing.T) {
	t.Parallel()
	for _, language := range []string{"en", "fr", "de", "xx"} {
		if n, m := len(headings(language)), len(cells(&relance.ReportRow{})); n != m {
			t.Errorf("%s has %d headings for %d columns", language, n, m)
		}
	}
}
