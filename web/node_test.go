package web

import (
	"os"
	"os/exec"
	"testing"
)

// The tests of the sources beside this file: texts of the three languages, filters,
// formats. The tests in a browser are in cmd/relance.
func TestSources(t *testing.T) {
	t.Parallel()
	npm, err := exec.LookPath("npm")
	if err == nil {
		_, err = os.Stat("node_modules/vitest")
	}
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("the dashboard's sources are not tested: npm or web/node_modules is missing (scripts/need.sh gets it)")
		}
		t.Skip("SKIPPED, the dashboard's sources are not tested: npm or web/node_modules is missing (scripts/need.sh gets it)")
	}
	if out, err := exec.CommandContext(t.Context(), npm, "test").CombinedOutput(); err != nil {
		t.Errorf("npm test: %v\n%s", err, out)
	}
}
