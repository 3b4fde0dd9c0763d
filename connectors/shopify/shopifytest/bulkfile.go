package shopifytest

import (
	"bufio"
	"bytes"
	"context"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/relance/relance/internal/faults"
)

// bulkJob writes the file of one bulk operation from the rows as they were when it
// began: first a line for every root, then, in another order, the lines of their
// connections, each with __parentId.
type bulkJob struct {
	x    *run
	rows []row
	data store
	node ast.SelectionSet // selection of a root

	w                    *bufio.Writer
	objects, roots, size int64
}

func newBulkJob(s *Server, doc *ast.QueryDocument) *bulkJob {
	j := &bulkJob{data: s.data}
	root := doc.Operations[0].SelectionSet[0].(*ast.Field)
	j.x = &run{s: s, vars: map[string]any{}, merged: map[mergeKey][]merged{}, bulk: true}
	j.x.data = &j.data
	j.data.products, j.data.customers = s.data.products.snapshot(), s.data.customers.snapshot()
	tables := map[string]*table{"customers": s.data.customers, "orders": s.data.orders, "abandonedCheckouts": s.data.checkouts, "products": s.data.products}
	t := tables[root.Name]
	if t == nil {
		return j
	}
	args := root.ArgumentMap(nil)
	key, _ := args["sortKey"].(string)
	query, _ := args["query"].(string)
	f, _ := parseFilter(t.typ, query)
	list, exact := t.match(key, f)
	for _, r := range list {
		if exact || f.matches(r) {
			j.rows = append(j.rows, r)
		}
	}
	j.node = nodeOf(root.SelectionSet)
	return j
}

// nodeOf finds the selection of the nodes of a connection.
func nodeOf(set ast.SelectionSet) ast.SelectionSet {
	for _, selection := range set {
		n, ok := selection.(*ast.Field)
		switch {
		case ok && n.Name == "nodes":
			return n.SelectionSet
		case ok && n.Name == "edges":
			for _, inner := range n.SelectionSet {
				if e, ok := inner.(*ast.Field); ok && e.Name == "node" {
					return e.SelectionSet
				}
			}
		}
	}
	return nil
}

// write writes the file and returns its path.
func (j *bulkJob) write(ctx context.Context) (string, error) {
	file, err := os.CreateTemp("", "shopifytest-*.jsonl")
	if err != nil {
		return "", err
	}
	j.w = bufio.NewWriterSize(file, 1<<16)
	for i, r := range j.rows {
		if i%1000 == 0 && ctx.Err() != nil {
			break
		}
		j.line(r, j.node, "")
		j.roots++
	}
	// Children follow in blocks of seven parents, later blocks' parents interleaved.
	const stride = 7
	for offset := range stride {
		for i := offset; i < len(j.rows) && ctx.Err() == nil; i += stride {
			j.children(j.rows[i], j.node)
		}
	}
	err = j.w.Flush()
	if closeErr := file.Close(); err == nil {
		err = closeErr
	}
	return file.Name(), err
}

// children writes a line for each node of each connection of o, and theirs.
func (j *bulkJob) children(o object, set ast.SelectionSet) {
	for _, m := range j.x.collect(o.typeName(), set) {
		if !isConnection(m.node) {
			continue
		}
		c, ok := o.field(j.x, field{name: m.node.Name}).(*connection)
		if !ok {
			continue
		}
		parent, _ := o.field(j.x, field{name: "id"}).(string)
		below := nodeOf(m.below)
		for _, n := range c.nodes {
			j.line(n.(object), below, parent)
			j.children(n.(object), below)
		}
	}
}

func (j *bulkJob) line(o object, set ast.SelectionSet, parent string) {
	j.x.out.Reset()
	j.x.path = j.x.path[:0]
	if !j.x.write(o, set) {
		return
	}
	text := j.x.out.Bytes()
	if parent != "" {
		text = append(text[:len(text)-1], `,"__parentId":"`+parent+`"}`...)
	}
	j.objects++
	j.size += int64(len(text)) + 1
	_, _ = j.w.Write(text)
	_ = j.w.WriteByte('\n')
}

// sendFile serves the file; the first download may lose its last lines.
func sendFile(w http.ResponseWriter, r *http.Request, path string, lose, downloads int) {
	if lose > 0 && downloads <= 1 {
		text, _ := os.ReadFile(path)
		lines := strings.SplitAfter(string(text), "\n")
		lines = lines[:max(0, len(lines)-1-lose)]
		http.ServeContent(w, r, "", time.Time{}, strings.NewReader(strings.Join(lines, "")))
		return
	}
	file, err := os.Open(path)
	if err != nil {
		http.Error(w, "gone", http.StatusNotFound)
		return
	}
	defer file.Close()
	w.Header().Set("Content-Type", "application/jsonl")
	http.ServeContent(w, r, "", time.Time{}, file)
}

// misbehaveFile rolls the faults of a file's download.
func (s *Server) misbehaveFile(w http.ResponseWriter, r *http.Request) bool {
	f := s.opts.Faults
	switch {
	case f.Roll(faults.Internal):
		http.Error(w, "try again", http.StatusInternalServerError)
	case f.Roll(faults.Truncate):
		w.Header().Set("Content-Length", "1000000")
		w.WriteHeader(http.StatusOK)
		_, _ = w.Write(bytes.Repeat([]byte(" "), 100))
		panic(http.ErrAbortHandler)
	default:
		return false
	}
	return true
}

// SetBulk changes how bulk operations behave from now on.
func (s *Server) SetBulk(o BulkOptions) {
	s.bulk.mu.Lock()
	defer s.bulk.mu.Unlock()
	s.opts.Bulk = o
}
