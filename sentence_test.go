package relance_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/relance/relance"
)

// Whatever is said is in the table, with all that stands in it; what is in the table is said.
func TestSentencesAreKnownAndSaid(t *testing.T) {
	t.Parallel()
	said := map[string]bool{}
	for _, c := range saidInSources(t) {
		said[c.code] = true
		text := relance.Say(c.code).String()
		if text == "" {
			t.Errorf("%s: %s is not in sentences.go", c.at, c.code)
		}
		var wanted []string
		for _, m := range regexp.MustCompile(`\{(\w+)\}`).FindAllStringSubmatch(text, -1) {
			wanted = append(wanted, m[1])
		}
		if slices.Sort(wanted); !slices.Equal(wanted, c.params) {
			t.Errorf("%s: %s has %v, its sentence wants %v", c.at, c.code, c.params, wanted)
		}
	}
	for code := range sentencesInTable(t) {
		if !said[code] {
			t.Errorf("%s is never said", code)
		}
	}
}

func TestASentenceIsToldWithWhatStandsInIt(t *testing.T) {
	t.Parallel()
	e := relance.Tell(relance.CodeShopRights, nil, "NO_RIGHT", "resource", "orders")
	if !strings.Contains(e.Message, `to read "orders"`) || e.Says.Code != "NO_RIGHT" {
		t.Errorf("told %q as %v", e.Message, e.Says)
	}
	if got := relance.SaidBy(e).Params(); len(got) != 1 || got[0] != (relance.SentenceParam{Name: "resource", Value: "orders"}) {
		t.Errorf("params are %v", got)
	}
	if got := relance.SaidBy(filepath.ErrBadPattern); got.Code != "INTERNAL" {
		t.Errorf("what is no Error says %v", got)
	}
}

type saying struct {
	at, code string
	params   []string
}

// saidInSources finds the calls that say something: their first argument in capitals is the
// code, what follows are names and values.
func saidInSources(t *testing.T) []saying {
	t.Helper()
	var out []saying
	code := regexp.MustCompile(`^[A-Z]+(_[A-Z]+)*$`)
	files := token.NewFileSet()
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			if d != nil && d.Name() == "node_modules" {
				return filepath.SkipDir
			}
			return err
		}
		file, err := parser.ParseFile(files, path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok || !slices.Contains([]string{"Say", "Tell", "TellField", "tell", "fail", "busy"}, calledName(call)) {
				return true
			}
			var s saying
			for i, arg := range call.Args {
				text, ok := literal(arg)
				if s.code != "" || !ok || !code.MatchString(text) {
					continue
				}
				s.code = text
				for j := i + 1; j < len(call.Args); j += 2 {
					name, _ := literal(call.Args[j])
					s.params = append(s.params, name)
				}
			}
			if s.code != "" {
				slices.Sort(s.params)
				s.at = files.Position(call.Pos()).String()
				out = append(out, s)
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func calledName(call *ast.CallExpr) string {
	switch f := call.Fun.(type) {
	case *ast.Ident:
		return f.Name
	case *ast.SelectorExpr:
		return f.Sel.Name
	}
	return ""
}

func literal(e ast.Expr) (string, bool) {
	if l, ok := e.(*ast.BasicLit); ok && l.Kind == token.STRING {
		s, err := strconv.Unquote(l.Value)
		return s, err == nil
	}
	return "", false
}

// sentencesInTable reads the codes of sentences.go.
func sentencesInTable(t *testing.T) map[string]bool {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "sentences.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]bool{}
	ast.Inspect(file, func(n ast.Node) bool {
		if pair, ok := n.(*ast.KeyValueExpr); ok {
			code, _ := literal(pair.Key)
			out[code] = true
		}
		return true
	})
	return out
}

// What somebody can mend is told in three languages: those who refuse it say a sentence, except
// where only programs or operators can meet it.
func TestRefusalsAreSentences(t *testing.T) {
	t.Parallel()
	onlyPrograms := []string{
		"a value of the filter or the cursor cannot be read", // no screen makes such
		"profiles cannot be sorted by that",
		"DATABASE_URL is not a Postgres address",
		"somebody else has this follow-up", // told to workers
		"there is no connector for %s",
		"this platform cannot list its ids",  // relance doctor
		"a report is written as xlsx or csv", // the dashboard offers these
		"the window is one of %v days",       // the same
	}
	mends := []string{"CodeBadInput", "CodeConflict", "CodeWrongCredentials", "CodeWrongCode", "CodeCodeRequired", "CodeTooManyAttempts"}
	for _, dir := range []string{"app", "campaign", "segment", "store", "template", "letter", "letter/postal", "letter/proof", "internal/picture"} {
		files, err := filepath.Glob(dir + "/*.go")
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: %v", dir, err)
		}
		for _, path := range files {
			if !strings.HasSuffix(path, "_test.go") {
				for _, at := range refusedInEnglish(t, path, mends, onlyPrograms) {
					t.Errorf("%s refuses in English only: take Tell or TellField, and add a sentence", at)
				}
			}
		}
	}
}

// refusedInEnglish finds the errors of a file that somebody can mend and that have no sentence.
func refusedInEnglish(t *testing.T, path string, mends, allowed []string) (out []string) {
	t.Helper()
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, path, nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			name := calledName(n)
			mendable := name == "FieldErrorf"
			if name == "Errorf" || name == "WrapError" {
				code, is := n.Args[0].(*ast.SelectorExpr)
				mendable = is && slices.Contains(mends, code.Sel.Name)
			}
			spoken := false
			for _, arg := range n.Args {
				text, is := literal(arg)
				spoken = spoken || is && slices.Contains(allowed, text)
			}
			if mendable && !spoken {
				out = append(out, files.Position(n.Pos()).String())
			}
		case *ast.CompositeLit:
			if of, is := n.Type.(*ast.SelectorExpr); is && of.Sel.Name == "Error" {
				out = append(out, files.Position(n.Pos()).String())
			}
		}
		return true
	})
	return out
}
