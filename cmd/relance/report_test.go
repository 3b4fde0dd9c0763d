package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

func TestAReportIsWrittenToAFile(t *testing.T) {
	t.Setenv("RELANCE_SECRET_KEY", "")
	t.Setenv("DATABASE_URL", cluster.URL(t))
	if code, said := command(t, "merchant", "create", "--name", "Tea"); code != exitDone {
		t.Fatal(said)
	}
	dir := t.TempDir()
	for file, begins := range map[string]string{"a.csv": "Boutique,Groupe,", "b.xlsx": "PK"} {
		path := filepath.Join(dir, file)
		code, said := command(t, "report", "--month", "2026-11", "--language", "fr", "--out", path)
		b, err := os.ReadFile(path)
		if code != exitDone || err != nil || !strings.HasPrefix(string(b), begins) || !strings.Contains(said, path) {
			t.Errorf("%s: exit %d, %v, %.20q, said %s", file, code, err, b, said)
		}
	}
	b, err := os.ReadFile(filepath.Join(dir, "b.xlsx"))
	if err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	if rows, err := f.GetRows("2026-11"); err != nil || len(rows) != 1 || rows[0][0] != "Boutique" {
		t.Errorf("the workbook holds %v, %v", rows, err)
	}
	for _, bad := range [][]string{{"--month", "11/2026", "--out", filepath.Join(dir, "c.csv")}, {"--month", "2026-11", "--out", filepath.Join(dir, "c.pdf")}} {
		if code, said := command(t, append([]string{"report"}, bad...)...); code != exitError {
			t.Errorf("%v: exit %d %s", bad, code, said)
		}
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "c.*")); len(left) > 0 {
		t.Errorf("a report that failed leaves %v", left)
	}
}
