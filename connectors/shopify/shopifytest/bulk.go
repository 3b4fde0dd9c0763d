package shopifytest

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/validator/rules"

	"github.com/relance/relance/internal/faults"
)

// bulkPath begins the addresses of bulk files.
const bulkPath = "/bulk-files/"

// maxBulk is how many bulk queries may run at once.
const maxBulk = 5

// BulkOptions says how bulk operations behave. The zero value is well-behaved.
type BulkOptions struct {
	Polls        int           // how often an operation is still RUNNING when asked
	Refuse       string        // answer every start with this user error code
	Fail         string        // end FAILED with this error code
	FailTimes    int           // with Fail: only so many operations; 0: all
	PartialURL   bool          // with Fail: leave what was written so far at partialDataUrl
	Endless      bool          // never end
	URLLife      time.Duration // the file is gone this long after completion; 0: 7 days
	Miscount     int           // added to objectCount
	LoseLines    int           // leave out this many last lines of the file, first download only
	AccessDenied bool          // refuse the mutation itself
}

// bulkRunner runs bulk operations in the background and serves their files.
type bulkRunner struct {
	s    *Server
	stop context.CancelFunc
	ctx  context.Context
	wg   sync.WaitGroup

	mu   sync.Mutex
	ops  []*bulkOp
	file map[string]*bulkOp
}

// bulkOp is one operation.
type bulkOp struct {
	id, query, name      string
	status, errorCode    string
	created, completed   time.Time
	objects, roots, size int64
	path                 string // of the finished file
	written              bool   // the background work is done
	polls                int
	downloads            int
}

func newBulkRunner(s *Server) *bulkRunner {
	ctx, stop := context.WithCancel(context.Background())
	return &bulkRunner{s: s, ctx: ctx, stop: stop, file: map[string]*bulkOp{}}
}

func (b *bulkRunner) close() {
	b.stop()
	b.wg.Wait()
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, op := range b.ops {
		if op.path != "" {
			_ = os.Remove(op.path)
		}
	}
}

func bulkComplaint(code, message string) any {
	return record{"BulkOperationRunQueryPayload", map[string]any{"userErrors": []any{
		record{"BulkOperationUserError", map[string]any{"code": code, "message": message, "field": []string{"query"}}},
	}}}
}

// start is bulkOperationRunQuery; the caller holds the server's write lock, so the
// rows are taken as they are now.
func (b *bulkRunner) start(x *run, query string) any {
	b.mu.Lock()
	defer b.mu.Unlock()
	o := b.s.opts.Bulk
	if o.AccessDenied {
		return fieldError{"Access denied for bulkOperationRunQuery field.", "ACCESS_DENIED"}
	}
	if o.Refuse != "" {
		return bulkComplaint(o.Refuse, "A bulk query operation for this app and shop is already in progress.")
	}
	doc, list := gqlparser.LoadQueryWithRules(b.s.schema, query, rules.NewDefaultRules())
	if len(list) > 0 {
		return bulkComplaint("INVALID", "Invalid bulk query: "+list[0].Message)
	}
	if complaint := bulkRules(b.s.schema, doc.Operations[0].SelectionSet); complaint != "" {
		return bulkComplaint("INVALID", complaint)
	}
	if b.running() >= maxBulk {
		return bulkComplaint("OPERATION_IN_PROGRESS", "A bulk query operation for this app and shop is already in progress.")
	}
	x.data.nextID++
	op := &bulkOp{id: gid("BulkOperation", x.data.nextID), query: query, status: "CREATED", created: b.s.opts.Now(), name: fmt.Sprintf("%d.jsonl", x.data.nextID)}
	b.ops = append(b.ops, op)
	b.file[op.name] = op
	job := newBulkJob(b.s, doc)
	b.wg.Go(func() { b.work(op, job) })
	return record{"BulkOperationRunQueryPayload", map[string]any{"bulkOperation": b.record(op, x.host), "userErrors": []any{}}}
}

func (b *bulkRunner) running() (n int) {
	for _, op := range b.ops {
		if op.status == "CREATED" || op.status == "RUNNING" {
			n++
		}
	}
	return n
}

// work writes the file.
func (b *bulkRunner) work(op *bulkOp, job *bulkJob) {
	path, err := job.write(b.ctx)
	b.mu.Lock()
	defer b.mu.Unlock()
	op.path, op.objects, op.roots, op.size, op.written = path, job.objects, job.roots, job.size, true
	switch {
	case err != nil:
		op.status, op.errorCode = "FAILED", "INTERNAL_SERVER_ERROR"
	case b.s.deniesCosts() && strings.Contains(op.query, "unitCost"):
		op.status, op.errorCode = "FAILED", "ACCESS_DENIED"
	}
}

// poll answers for one operation and moves it on: it ends once its file is written
// and it has been asked often enough.
func (b *bulkRunner) poll(x *run, id string) any {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, op := range b.ops {
		if op.id == id {
			b.advance(op)
			return b.record(op, x.host)
		}
	}
	return nil
}

func (b *bulkRunner) advance(op *bulkOp) {
	o := b.s.opts.Bulk
	if op.status != "CREATED" && op.status != "RUNNING" {
		return
	}
	op.status = "RUNNING"
	op.polls++
	switch {
	case o.Endless || !op.written || op.polls <= o.Polls:
	case o.Fail != "" && (o.FailTimes == 0 || len(b.ops) <= o.FailTimes):
		op.status, op.errorCode, op.completed = "FAILED", o.Fail, b.s.opts.Now()
	default:
		op.status, op.completed = "COMPLETED", b.s.opts.Now()
		if b.s.opts.Faults.Roll(faults.EmptyList) {
			op.objects, op.roots, op.size = 0, 0, 0
		}
	}
}

func (b *bulkRunner) record(op *bulkOp, host string) any {
	values := map[string]any{
		"id": op.id, "type": "QUERY", "status": op.status, "errorCode": orNull(op.errorCode), "query": op.query,
		"createdAt": stamp(op.created.UTC().Truncate(time.Second)), "completedAt": stamp(op.completed),
		"objectCount": strconv.FormatInt(op.objects+int64(b.s.opts.Bulk.Miscount), 10), "rootObjectCount": strconv.FormatInt(op.roots, 10),
	}
	url := "http://" + host + bulkPath + op.name
	switch {
	case op.status == "COMPLETED" && op.objects > 0:
		values["url"], values["fileSize"] = url, strconv.FormatInt(op.size, 10)
	case op.status == "FAILED" && b.s.opts.Bulk.PartialURL:
		values["partialDataUrl"] = url
	case op.status != "COMPLETED":
		values["objectCount"] = "0"
	}
	return record{"BulkOperation", values}
}

func (b *bulkRunner) list(x *run, args map[string]any) any {
	b.mu.Lock()
	defer b.mu.Unlock()
	all := []any{}
	for _, op := range slices.Backward(b.ops) {
		all = append(all, b.record(op, x.host))
	}
	return x.nested("BulkOperation", all, args)
}

func (b *bulkRunner) cancel(x *run, id string) any {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, op := range b.ops {
		if op.id == id {
			if op.status == "CREATED" || op.status == "RUNNING" {
				op.status = "CANCELED"
			}
			return record{"BulkOperationCancelPayload", map[string]any{"bulkOperation": b.record(op, x.host), "userErrors": []any{}}}
		}
	}
	return record{"BulkOperationCancelPayload", map[string]any{"userErrors": []any{
		record{"UserError", map[string]any{"message": "Bulk operation does not exist", "field": []string{"id"}}},
	}}}
}

// serveFile gives the file, by ranges if asked, without looking at any token. Its
// address works for 7 days.
func (b *bulkRunner) serveFile(w http.ResponseWriter, r *http.Request) {
	b.s.log.add(r, "bulk file")
	b.mu.Lock()
	op := b.file[strings.TrimPrefix(r.URL.Path, bulkPath)]
	o := b.s.opts.Bulk
	life := o.URLLife
	if life == 0 {
		life = 7 * 24 * time.Hour
	}
	gone := op == nil || op.path == "" || !op.completed.IsZero() && b.s.opts.Now().Sub(op.completed) >= life
	var path string
	var downloads int
	if !gone {
		if r.Header.Get("Range") == "" || strings.HasPrefix(r.Header.Get("Range"), "bytes=0-") {
			op.downloads++
		}
		path, downloads = op.path, op.downloads
	}
	b.mu.Unlock()
	if gone {
		http.Error(w, "<?xml version='1.0'?><Error><Code>ExpiredToken</Code></Error>", http.StatusForbidden)
		return
	}
	if b.s.misbehaveFile(w, r) {
		return
	}
	sendFile(w, r, path, o.LoseLines, downloads)
}

// bulkRules are the restrictions of bulk queries; the answer names the broken one.
func bulkRules(schema *ast.Schema, set ast.SelectionSet) string {
	count := 0
	var walk func(set ast.SelectionSet, depth int, inList bool) string
	walk = func(set ast.SelectionSet, depth int, inList bool) string {
		for _, selection := range set {
			n, ok := selection.(*ast.Field)
			if !ok || len(n.SelectionSet) == 0 {
				continue
			}
			below, list := depth, inList || n.Definition.Type.Elem != nil && n.Name != "edges" && n.Name != "nodes"
			if isConnection(n) {
				count, below = count+1, depth+1
				element := schema.Types[strings.TrimSuffix(n.Definition.Type.Name(), "Connection")]
				switch {
				case inList:
					return "Queries that contain a connection field within a list field are not currently supported."
				case element == nil || !slices.Contains(element.Interfaces, "Node"):
					return "The parent 'node' field for a nested connection must implement Node."
				case below > 3:
					return "Bulk queries cannot contain connections with a nesting depth greater than 2."
				}
			}
			if complaint := walk(n.SelectionSet, below, list); complaint != "" {
				return complaint
			}
		}
		return ""
	}
	if complaint := walk(set, 0, false); complaint != "" {
		return complaint
	}
	if count == 0 || count > 5 {
		return "Bulk queries must contain between one and five connections."
	}
	return ""
}
