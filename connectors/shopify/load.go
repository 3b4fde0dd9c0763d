package shopify

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"unicode/utf8"

	"github.com/relance/relance"
	"github.com/relance/relance/connectors"
)

// maxLine bounds one line of a bulk file, in bytes.
const maxLine = 4 << 20

// fileTimeouts is how many times longer than an exchange a chunk of a file may take,
// the storing of its rows included.
const fileTimeouts = 10

// errFileGone says that the file's address no longer works.
var errFileGone = errors.New("the bulk file is gone")

// loadBulk streams some chunks of the file into the staging. What is staged stays
// staged: a process that dies here goes on where its last page ended, and lines that
// come twice are stored once.
func (s *Connector) loadBulk(ctx context.Context, r resource, staging connectors.Staging, p place) (connectors.Page, error) {
	op, err := s.askBulk(ctx, p.Op)
	switch {
	case err != nil:
		return connectors.Page{}, err
	case op == nil || op.Status != "COMPLETED" || op.URL == "":
		return s.askAgain(r, p, "the result is gone"), nil
	}
	for range s.tune.chunks {
		end, err := s.loadChunk(ctx, op.URL, staging, &p)
		if errors.Is(err, errFileGone) {
			return s.setback(r, p, "the file is gone"), nil
		}
		if err != nil {
			return connectors.Page{}, err
		}
		if end {
			return s.reconcile(ctx, r, staging, p)
		}
	}
	total := int(p.Roots)
	return connectors.Page{Next: p.cursor(), Total: &total}, nil
}

// reconcile compares what is staged with what the shop announced before anything is
// given out: rows lost on the way must not move a watermark.
func (s *Connector) reconcile(ctx context.Context, r resource, staging connectors.Staging, p place) (connectors.Page, error) {
	_, staged, err := staging.Last(ctx)
	if err != nil {
		return connectors.Page{}, err
	}
	total := int(p.Roots)
	if staged == p.Objects && p.Line == p.Objects {
		p.Phase = phaseRows
		return connectors.Page{Next: p.cursor(), Total: &total}, nil
	}
	s.log.Warn("shopify: a bulk file does not have the rows it should", slog.String("kind", string(r.kind)),
		slog.Int64("announced", p.Objects), slog.Int64("lines", p.Line), slog.Int64("staged", staged))
	if p.Attempts++; p.Attempts >= maxAttempts {
		return s.setback(r, p, "row counts differ"), nil
	}
	if err := staging.Clear(ctx); err != nil {
		return connectors.Page{}, err
	}
	p.Offset, p.Line = 0, 0
	return connectors.Page{Next: p.cursor(), Total: &total}, nil
}

// loadChunk fetches one range of the file and stages its whole lines; end tells that
// the file has no more.
func (s *Connector) loadChunk(ctx context.Context, address string, staging connectors.Staging, p *place) (end bool, err error) {
	bounded, cancel := context.WithTimeout(ctx, fileTimeouts*s.timeout)
	defer cancel()
	req, err := http.NewRequestWithContext(bounded, http.MethodGet, address, nil)
	if err != nil {
		return false, relance.Tell(relance.CodeShopGarbage, nil, "NOT_ITS_FORMAT")
	}
	req.Header.Set("Range", fmt.Sprintf("bytes=%d-%d", p.Offset, p.Offset+s.tune.chunk-1))
	res, err := s.files.Do(req)
	if err != nil {
		return false, fileError(ctx, err)
	}
	defer res.Body.Close()
	switch {
	case res.StatusCode == http.StatusRequestedRangeNotSatisfiable:
		return true, nil
	case res.StatusCode == http.StatusOK && p.Offset > 0:
		// No ranges here: read on from the beginning, past what is staged.
		if _, err := io.CopyN(io.Discard, res.Body, p.Offset); err != nil {
			return false, fileError(ctx, err)
		}
	case res.StatusCode == http.StatusForbidden, res.StatusCode == http.StatusNotFound, res.StatusCode == http.StatusGone:
		return false, errFileGone
	case res.StatusCode != http.StatusOK && res.StatusCode != http.StatusPartialContent:
		return false, statusError(max(res.StatusCode, 500))
	}
	whole, last := rangeEnd(res)
	if err := s.stage(ctx, res.Body, staging, p, last); err != nil {
		return false, fileError(ctx, err)
	}
	return last || whole > 0 && p.Offset >= whole, nil
}

// rangeEnd reads how long the whole file is and whether the answer reaches its end.
func rangeEnd(res *http.Response) (whole int64, last bool) {
	if res.StatusCode == http.StatusOK {
		return 0, true
	}
	var from, to int64
	if n, _ := fmt.Sscanf(res.Header.Get("Content-Range"), "bytes %d-%d/%d", &from, &to, &whole); n == 3 {
		return whole, to+1 >= whole
	}
	return 0, false
}

// stage appends the lines of a chunk in batches. A line cut off by the chunk's end
// is left for the next one, unless this is the last.
func (s *Connector) stage(ctx context.Context, body io.Reader, staging connectors.Staging, p *place, last bool) error {
	lines := bufio.NewReaderSize(body, 64<<10)
	at := *p
	var batch []connectors.StagedRow
	flush := func() error {
		if len(batch) > 0 {
			if err := staging.Append(ctx, batch); err != nil {
				return err
			}
			batch = batch[:0]
		}
		*p = at
		return nil
	}
	for ctx.Err() == nil {
		line, size, err := readLine(lines, last)
		if errors.Is(err, io.EOF) {
			return flush()
		}
		if err != nil {
			return errors.Join(flush(), err)
		}
		at.Offset += size
		if len(line) == 0 {
			continue
		}
		at.Line++
		row, err := stagedRow(at.Line, line)
		if err != nil {
			return err
		}
		if batch = append(batch, row); len(batch) >= s.tune.batch {
			if err := flush(); err != nil {
				return err
			}
		}
	}
	return ctx.Err()
}

// readLine reads one line and tells its size with the line feed. A last line without
// one counts only where the file ends there.
func readLine(r *bufio.Reader, last bool) ([]byte, int64, error) {
	var line []byte
	for {
		part, err := r.ReadSlice('\n')
		line = append(line, part...)
		if len(line) > maxLine {
			return nil, 0, relance.Tell(relance.CodeShopGarbage, nil, "ANSWER_TOO_LARGE")
		}
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case errors.Is(err, io.EOF) && last && len(line) > 0:
			return bytes.TrimSpace(line), int64(len(line)), nil
		case err != nil:
			return nil, 0, err
		}
		return bytes.TrimSpace(line), int64(len(line)), nil
	}
}

// stagedRow reads of a line what staging needs.
func stagedRow(seq int64, line []byte) (connectors.StagedRow, error) {
	line = dropNUL(line)
	if id, parent, ok := plainHead(line); ok && json.Valid(line) {
		return connectors.StagedRow{Seq: seq, ID: id, Parent: parent, Body: line}, nil
	}
	var head struct {
		ID     string `json:"id"`
		Parent string `json:"__parentId"`
	}
	if err := json.Unmarshal(line, &head); err != nil {
		return connectors.StagedRow{}, relance.Tell(relance.CodeShopGarbage, errFormat, "NOT_ITS_FORMAT")
	}
	return connectors.StagedRow{Seq: seq, ID: head.ID, Parent: head.Parent, Body: line}, nil
}

// plainHead finds the ids of a line in the form that Shopify writes, the id first and
// the parent's last, without decoding it. Inside a text the quotes would be escaped,
// so nothing else looks like it.
func plainHead(line []byte) (id, parent string, ok bool) {
	rest, ok := bytes.CutPrefix(line, []byte(`{"id":"`))
	end := bytes.IndexByte(rest, '"')
	if !ok || end < 0 || bytes.IndexByte(rest[:end], '\\') >= 0 {
		return "", "", false
	}
	id = string(rest[:end])
	at := bytes.LastIndex(line, []byte(`"__parentId":`))
	if at < 0 {
		return id, "", true
	}
	value, ok := bytes.CutPrefix(line[at:], []byte(`"__parentId":"`))
	value, closed := bytes.CutSuffix(value, []byte(`"}`))
	if !ok || !closed || bytes.ContainsAny(value, `"\`) {
		return "", "", false
	}
	return id, string(value), true
}

// dropNUL removes what a database does not store as JSON: escaped NUL characters and
// bytes that are not UTF-8.
func dropNUL(line []byte) []byte {
	if !utf8.Valid(line) {
		line = bytes.ToValidUTF8(line, []byte("\uFFFD"))
	}
	if !bytes.Contains(line, []byte(`\u0000`)) {
		return line
	}
	out := make([]byte, 0, len(line))
	for i := 0; i < len(line); i++ {
		if line[i] != '\\' || i+1 == len(line) {
			out = append(out, line[i])
			continue
		}
		if bytes.HasPrefix(line[i:], []byte(`\u0000`)) {
			i += len(`\u0000`) - 1
			continue
		}
		out = append(out, line[i], line[i+1])
		i++
	}
	return out
}

// fileError says what a failed download means, without its signed address.
func fileError(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	var ours *relance.Error
	if errors.As(err, &ours) {
		return err
	}
	if errors.Is(err, errForbiddenHost) {
		return errFileGone
	}
	return transportError(err)
}
