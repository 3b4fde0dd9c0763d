package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/relance/relance/internal/secret"
)

// TestWhoWasErasedOnTheCommandLine: an empty list is written and taken up; what is no list is refused by name.
func TestWhoWasErasedOnTheCommandLine(t *testing.T) {
	key, err := secret.NewKeyset()
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("RELANCE_SECRET_KEY", key)
	t.Setenv("DATABASE_URL", cluster.URL(t))
	file := filepath.Join(t.TempDir(), "erased")
	if code, said := command(t, "erased", "save", file); code != exitDone || !strings.Contains(said, "0 sums") {
		t.Fatalf("save: exit %d %s", code, said)
	}
	if code, said := command(t, "erased", "apply", file); code != exitDone {
		t.Errorf("apply: exit %d %s", code, said)
	}
	if err := os.WriteFile(file, []byte("merchants\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if code, said := command(t, "erased", "apply", file); code != exitError || !strings.Contains(said, "is not what `relance erased save` writes") {
		t.Errorf("no list: exit %d %s", code, said)
	}
}
