package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestASampleLetterIsMadeAndMeasured(t *testing.T) {
	dir := t.TempDir()
	plain, drawn := filepath.Join(dir, "a.pdf"), filepath.Join(dir, "b.pdf")
	code, said := command(t, "letter", "sample", "--layout", "de-form-b", "--language", "de", "--out", plain)
	for _, want := range []string{"1 page(s)", "address: x 25.0", "mark: y 105.0 mm", "29 modules", plain} {
		if code != exitDone || !strings.Contains(said, want) {
			t.Errorf("exit %d; %q is not in %s", code, want, said)
		}
	}
	if code, said := command(t, "letter", "sample", "--layout", "fr-dl", "--text", "inactive", "--language", "fr", "--overlay", "--out", drawn); code != exitDone {
		t.Error(said)
	}
	for _, path := range []string{plain, drawn} {
		if b, err := os.ReadFile(path); err != nil || !bytes.HasPrefix(b, []byte("%PDF-")) {
			t.Errorf("%s: %v, %.10q", path, err, b)
		}
	}
	none := filepath.Join(dir, "c.pdf")
	if code, said := command(t, "letter", "sample", "--layout", "us-letter", "--out", none); code != exitError || !strings.Contains(said, "us-letter") {
		t.Errorf("exit %d %s", code, said)
	}
	if _, err := os.Stat(none); err == nil {
		t.Error("a letter that failed leaves a file")
	}
}
