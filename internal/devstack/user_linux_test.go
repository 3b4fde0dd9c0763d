package devstack

import (
	"errors"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

func TestRootWithoutUserNamespaces(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		t.Skip("SKIPPED: only root has to become somebody else")
	}
	scratch, err := Scratch()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(scratch) })
	reached := start(t, Options{Dir: scratch, NoRedis: true, Throwaway: true, noNamespace: true})
	if got := query(t, reached.DatabaseURL, "SHOW data_directory"); got != filepath.Join(scratch, "postgres") {
		t.Errorf("kept in %s, not in %s", got, scratch)
	}
	dir := t.TempDir() // below a folder that is root's alone
	s := start(t, Options{Dir: dir, NoRedis: true, Throwaway: true, noNamespace: true})
	home := query(t, s.DatabaseURL, "SHOW data_directory")
	if !strings.HasPrefix(home, "/var/tmp/relance-") {
		t.Errorf("kept in %s, which another user cannot reach", home)
	}
	if info, err := user.Lookup("nobody"); err == nil { // who stays where the files are theirs
		uid, _ := strconv.Atoi(info.Uid)
		place, err := apart(filepath.Join(dir, "other"))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = os.Remove(place) })
		if err := errors.Join(os.Mkdir(place, 0o700), os.Chown(place, uid, uid)); err != nil {
			t.Fatal(err)
		}
		if as, err := unprivileged(t.Context(), Options{Dir: filepath.Join(dir, "other"), noNamespace: true}); err != nil || as.uid != uid {
			t.Errorf("runs as %d, want nobody (%d): %v", as.uid, uid, err)
		}
	}
	if err := s.Stop(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(home); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("%s is still there: %v", home, err)
	}
}
