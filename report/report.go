// Package report writes a monthly report as a file: XLSX, or CSV. It is pure: rows come in,
// bytes go out, the same for the same rows.
package report

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/shopspring/decimal"
	"github.com/xuri/excelize/v2"

	"github.com/relance/relance"
)

// headings are the names of the columns in a language (ISO 639-1), in English where there is no
// other.
func headings(language string) []string {
	switch language {
	case "fr":
		return []string{"Boutique", "Groupe", "Campagne", "Devise", "Examinés", "Entrées", "Envoyés", "Bons créés", "Bons utilisés", "Chiffre d’affaires par code", "Coût de la remise", "Remises inconnues", "Courriers", "Coût d’impression", "Courriers sans prix connu"}
	case "de":
		return []string{"Shop", "Gruppe", "Kampagne", "Währung", "Geprüft", "Eingetreten", "Gesendet", "Erstellte Gutscheine", "Eingelöste Gutscheine", "Umsatz nach Code", "Kosten des Rabatts", "Unbekannte Rabatte", "Briefe", "Druckkosten", "Briefe ohne bekannten Preis"}
	}
	return []string{"Shop", "Group", "Campaign", "Currency", "Judged", "Entered", "Sent", "Vouchers made", "Vouchers redeemed", "Revenue by code", "Cost of the discount", "Discounts not known", "Letters", "Print cost", "Letters without a known price"}
}

// cells are a row's values: text, int or decimal.Decimal.
func cells(r *relance.ReportRow) []any {
	return []any{plain(r.ShopName), plain(r.Group), plain(r.CampaignName), plain(r.Currency), r.Evaluated, r.Eligible, r.Sent, r.Issued, r.Redeemed, r.Revenue, r.Discount, r.UnknownDiscounts, r.Letters, r.PrintCost, r.UnpricedLetters}
}

// plain keeps a spreadsheet from taking a text for a formula: names come from shops, and
// with them from whoever can name a group there. OWASP, "CSV injection".
func plain(s string) string {
	if s != "" && strings.ContainsAny(s[:1], "=+-@\t\r\n") {
		return "'" + s
	}
	return s
}

// WriteCSV writes the rows as UTF-8 with a heading; amounts are exact.
func WriteCSV(w io.Writer, language string, rows []relance.ReportRow) error {
	out := csv.NewWriter(w)
	if err := out.Write(headings(language)); err != nil {
		return err
	}
	for i := range rows {
		var line []string
		for _, c := range cells(&rows[i]) {
			switch c := c.(type) {
			case int:
				line = append(line, strconv.Itoa(c))
			default:
				line = append(line, fmt.Sprint(c))
			}
		}
		if err := out.Write(line); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// WriteXLSX writes the rows as a workbook with one sheet that is called after the month. Its
// numbers are those of a spreadsheet: right to 15 digits.
func WriteXLSX(w io.Writer, month, language string, rows []relance.ReportRow) (err error) {
	f := excelize.NewFile()
	defer func() {
		if e := f.Close(); err == nil {
			err = e
		}
	}()
	if err := f.SetSheetName("Sheet1", month); err != nil {
		return err
	}
	sheet, err := f.NewStreamWriter(month)
	if err != nil {
		return err
	}
	if err := fill(f, sheet, language, rows); err != nil {
		return err
	}
	_, err = f.WriteTo(w)
	return err
}

func fill(f *excelize.File, sheet *excelize.StreamWriter, language string, rows []relance.ReportRow) error {
	bold, err := f.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}})
	if err != nil {
		return err
	}
	money, err := f.NewStyle(&excelize.Style{NumFmt: 4}) // #,##0.00
	if err != nil {
		return err
	}
	if err := sheet.SetColWidth(1, len(headings(language)), 18); err != nil {
		return err
	}
	var head []any
	for _, h := range headings(language) {
		head = append(head, excelize.Cell{StyleID: bold, Value: h})
	}
	if err := sheet.SetRow("A1", head); err != nil {
		return err
	}
	for i := range rows {
		line := cells(&rows[i])
		for j, c := range line {
			if d, ok := c.(decimal.Decimal); ok {
				line[j] = excelize.Cell{StyleID: money, Value: d.InexactFloat64()}
			}
		}
		if err := sheet.SetRow("A"+strconv.Itoa(i+2), line); err != nil {
			return err
		}
	}
	return sheet.Flush()
}
