package paper_test

import (
	"math"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"testing"

	"github.com/relance/relance/letter/paper"
)

// The rectangles that windows always show, computed by another program than ours: x from, x to,
// y from, y to. Where that program lies beside the project it is run, and must still say so.
var always = map[string][4]float64{
	"DE DL 90x45, form A (87/192)":   {20, 100, 32, 72},
	"DE DL 90x45, form B (105/210)":  {20, 100, 50, 90},
	"FR DL 100x45 20/20 (105/210)":   {100, 190, 45, 85},
	"FR DL 100x45 20/20 (99/198)":    {100, 190, 45, 79},
	"FR C5 100x45 20/62 (half fold)": {109, 190, 55, 86.5},
}

func TestWindowsShowWhatTheOtherComputationSays(t *testing.T) {
	t.Parallel()
	oracle := "../../../shared/reference/letter_windows.py"
	if _, err := os.Stat(oracle); err != nil {
		t.Log("the other program is not here: its numbers as of writing are compared")
	} else {
		compareOracle(t, oracle)
	}
	for layout, names := range map[string][]string{
		"de-form-a": {"DE DL 90x45, form A (87/192)"}, "de-form-b": {"DE DL 90x45, form B (105/210)"},
		"fr-dl": {"FR DL 100x45 20/20 (99/198)", "FR DL 100x45 20/20 (105/210)"}, "fr-c5": {"FR C5 100x45 20/62 (half fold)"},
	} {
		l, _ := paper.Named(layout)
		if len(l.Envelopes) != len(names) {
			t.Fatalf("%s has %d envelopes", layout, len(l.Envelopes))
		}
		for i, n := range names {
			w := always[n]
			if got, want := l.Envelopes[i].Visible(), paper.Between(w[0], w[2], w[1], w[3]); !same(got, want) {
				t.Errorf("%s in %s always shows %v, want %v", layout, n, got, want)
			}
		}
	}
}

// compareOracle runs the program and compares its table with ours.
func compareOracle(t *testing.T, path string) {
	t.Helper()
	out, err := exec.Command("python3", path).Output()
	if err != nil {
		t.Logf("the other program cannot be run: %v", err)
		return
	}
	rows := regexp.MustCompile(`(?m)^\| (.+?) \| .+? \| ([\d.]+)-([\d.]+) \| ([\d.]+)-([\d.]+) \|`).FindAllStringSubmatch(string(out), -1)
	found := 0
	for _, r := range rows {
		want, ours := always[r[1]]
		if !ours {
			continue
		}
		found++
		for i := range 4 {
			if v, _ := strconv.ParseFloat(r[2+i], 64); v != want[i] {
				t.Errorf("%s: the other program says %s, the test %g", r[1], r[2+i], want[i])
			}
		}
	}
	if found != len(always) {
		t.Errorf("the other program names %d of our windows", found)
	}
}

func same(a, b paper.Rect) bool { return a.Holds(b, 0.001) && b.Holds(a, 0.001) }

// Every layout can hold what it must: six lines in the window, text below it, nothing of its own
// where something else goes.
func TestLayoutsAreSound(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, l := range paper.Layouts() {
		if seen[l.Name] || l.Version < 1 {
			t.Errorf("%s is there twice or has no version", l.Name)
		}
		seen[l.Name] = true
		safe, a := l.Safe(), l.Address
		line := a.Size * 25.4 / 72 * (0.905 + 0.212) // of Liberation Sans, as of Arial
		six := paper.Between(a.X, a.Top, a.X+60, a.Top+5*a.Leading+line)
		if !safe.Holds(six, 0.01) {
			t.Errorf("%s: six lines are %v, safe is %v", l.Name, six, safe)
		}
		if l.Text.Y < l.Exposed().Bottom() {
			t.Errorf("%s: the text begins at %g, the window shows down to %g", l.Name, l.Text.Y, l.Exposed().Bottom())
		}
		if l.Exposed().Meets(l.Brand) || l.Franking.Meets(l.Brand) || l.Franking.Meets(l.Field) {
			t.Errorf("%s: zones lie upon each other", l.Name)
		}
		for _, f := range l.Folds {
			if f > l.Text.Y && f < l.Text.Y+6 {
				t.Errorf("%s: a fold at %g goes through the subject", l.Name, f)
			}
		}
		for _, e := range l.Envelopes {
			if !e.Exposed().Holds(e.Visible(), 0) || e.Visible().Empty() {
				t.Errorf("%s: %s always shows %v, ever %v", l.Name, e.Name, e.Visible(), e.Exposed())
			}
		}
	}
	if len(seen) != 7 {
		t.Errorf("there are %d layouts", len(seen))
	}
}

// The address box that Swiss and French houses print in agrees with what is computed.
func TestPublishedBoxesAgree(t *testing.T) {
	t.Parallel()
	right, _ := paper.Named("ch-right")
	if v := right.Envelopes[0].Visible(); math.Abs(v.Right()-198) > 0.01 || math.Abs(v.Bottom()-78) > 0.01 {
		t.Errorf("ch-right shows %v; the box of the norm ends at 198, 78", v)
	}
	for _, l := range paper.Layouts() {
		if !l.Safe().Grow(0.01).Meets(l.Field) {
			t.Errorf("%s lies outside of its field", l.Name)
		}
	}
}
