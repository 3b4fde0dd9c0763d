package main

import (
	"os"
	"strings"
	"testing"

	"github.com/relance/relance/store/storetest"
)

// cluster is shared by the tests of this package.
var cluster = &storetest.Cluster{}

func TestMain(m *testing.M) { storetest.Main(m, cluster) }

// command runs a command line against a database and gives its exit code and standard
// output.
func command(t *testing.T, args ...string) (int, string) {
	t.Helper()
	var out, errs output
	code := run(t.Context(), args, &streams{out: &out, err: &errs})
	return code, out.String() + errs.String()
}

func TestTokensOnTheCommandLine(t *testing.T) {
	t.Setenv("RELANCE_SECRET_KEY", "")
	t.Setenv("DATABASE_URL", cluster.URL(t))
	code, token := command(t, "token", "create", "--role", "owner", "--name", "mine")
	if code != exitDone || !strings.HasPrefix(token, "rel_") || strings.TrimSpace(token) != strings.TrimSuffix(token, "\n") || strings.Contains(strings.TrimSpace(token), "\n") {
		t.Fatalf("exit %d, the token is not alone on standard output: %q", code, token)
	}
	code, list := command(t, "token", "list")
	if fields := strings.Split(strings.TrimSpace(list), "\t"); code != exitDone || len(fields) != 5 || fields[1] != "owner" || fields[3] != "all shops" || fields[4] != "mine" {
		t.Fatalf("exit %d, listed %q", code, list)
	}
	if _, other := command(t, "merchant", "create", "--name", "Another"); other == "" {
		t.Fatal("no second merchant")
	}
	id, _, _ := strings.Cut(list, "\t")
	if code, said := command(t, "token", "revoke", id); code != exitDone {
		t.Errorf("revoke: exit %d %s", code, said)
	}
	if code, list := command(t, "token", "list"); code != exitDone || list != "" {
		t.Errorf("after revoking: exit %d, listed %q", code, list)
	}
	if code, said := command(t, "token", "revoke", id); code != exitError || !strings.Contains(said, "no token") {
		t.Errorf("revoked twice: exit %d %s", code, said)
	}
	if code, _ := command(t, "token", "revoke", os.DevNull); code != exitUsage {
		t.Errorf("revoking what is no id: exit %d", code)
	}
}
