package shopify

import (
	"context"
	"log/slog"
	"strconv"
	"time"

	"github.com/relance/relance"
	"github.com/relance/relance/connectors"
)

const (
	maxAttempts = 3 // times a bulk file is loaded before another operation is asked for
	// maxSetbacks is how often a pull tries the bulk way again before it goes by pages:
	// those take a large shop a hundred times as long.
	maxSetbacks = 5
)

// setback begins the bulk way anew, or leaves it after the last try.
func (s *Connector) setback(r resource, p place, why string) connectors.Page {
	return s.askAgain(r, place{Setbacks: p.Setbacks, Plain: p.Plain}, why)
}

// askAgain tries a place once more, or leaves the bulk way after the last try. A single
// answer without what was asked for proves nothing.
func (s *Connector) askAgain(r resource, p place, why string) connectors.Page {
	if p.Setbacks++; p.Setbacks > maxSetbacks {
		return s.fallBack(r, why)
	}
	s.log.Info("shopify: a setback of a bulk operation", slog.String("kind", string(r.kind)), slog.String("why", why), slog.Int("try", p.Setbacks))
	return connectors.Page{Next: p.cursor(), Wait: s.pollWait(p.Setbacks)}
}

// bulkOperation is what the shop says of one.
type bulkOperation struct {
	ID      string `json:"id"`
	Status  string `json:"status"`
	Error   string `json:"errorCode"`
	Created string `json:"createdAt"`
	Objects loose  `json:"objectCount"`
	Roots   loose  `json:"rootObjectCount"`
	URL     string `json:"url"`
}

func count(text loose) int64 {
	n, _ := strconv.ParseInt(string(text), 10, 64)
	return n
}

// startBulk empties the staging and asks for a bulk operation over all records.
func (s *Connector) startBulk(ctx context.Context, r resource, staging connectors.Staging, p place) (connectors.Page, error) {
	if err := staging.Clear(ctx); err != nil {
		return connectors.Page{}, err
	}
	var answer struct {
		Run *struct {
			Operation *bulkOperation `json:"bulkOperation"`
			Problems  []struct {
				Code string `json:"code"`
			} `json:"userErrors"`
		} `json:"bulkOperationRunQuery"`
	}
	query := r.bulk
	if p.Plain {
		query = r.bulkPlain
	}
	_, err := s.call(ctx, s.docs.bulkRun, map[string]any{"query": query.text}, &answer)
	switch code := relance.CodeOf(err); {
	case ctx.Err() != nil:
		return connectors.Page{}, ctx.Err()
	case code == relance.CodeShopRights || code == relance.CodeTooComplex || code == relance.CodeInternal:
		return s.fallBack(r, string(code)), nil
	case err != nil:
		return connectors.Page{}, err
	case answer.Run == nil:
		return s.setback(r, p, "denied"), nil
	case len(answer.Run.Problems) > 0:
		return s.setback(r, p, answer.Run.Problems[0].Code), nil
	case answer.Run.Operation == nil || answer.Run.Operation.ID == "":
		return s.setback(r, p, "no operation"), nil
	}
	op := answer.Run.Operation
	next := place{Phase: phaseBulk, Op: op.ID, Began: moment(op.Created), Seen: s.nowSecond(), Setbacks: p.Setbacks, Plain: p.Plain}
	if next.Began.IsZero() {
		next.Began = next.Seen
	}
	return connectors.Page{Next: next.cursor(), Wait: s.pollWait(0)}, nil
}

// pollWait is the time between two looks: short at first, for small shops.
func (s *Connector) pollWait(polls int) time.Duration {
	return min(s.tune.poll, 100*time.Millisecond<<min(polls, 10))
}

// askBulk reads an operation's state; nil if the shop no longer knows it.
func (s *Connector) askBulk(ctx context.Context, id string) (*bulkOperation, error) {
	var answer struct {
		Operation *bulkOperation `json:"bulkOperation"`
	}
	list, err := s.call(ctx, s.docs.bulkPoll, map[string]any{"id": id}, &answer)
	if err == nil && answer.Operation == nil && len(list) > 0 {
		err = list.asError(0)
	}
	return answer.Operation, err
}

// pollBulk looks whether the operation has ended.
func (s *Connector) pollBulk(ctx context.Context, r resource, p place) (connectors.Page, error) {
	op, err := s.askBulk(ctx, p.Op)
	switch {
	case err != nil:
		return connectors.Page{}, err
	case op == nil:
		return s.askAgain(r, p, "operation unknown"), nil
	case op.Status == "COMPLETED":
		return s.bulkEnded(ctx, r, p, op)
	case op.Status == "FAILED" && op.Error == "ACCESS_DENIED" && !p.Plain && r.bulkPlain.text != "":
		return connectors.Page{Next: place{Setbacks: p.Setbacks, Plain: true}.cursor()}, nil
	case op.Status != "CREATED" && op.Status != "RUNNING":
		return s.setback(r, p, op.Status+" "+op.Error), nil
	}
	now := s.nowSecond()
	if n := count(op.Objects); n > p.Objects {
		p.Objects, p.Seen = n, now
	}
	if now.Sub(p.Seen) > s.tune.stalled {
		s.cancelBulk(ctx, p.Op)
		return s.fallBack(r, "no progress"), nil
	}
	p.Polls++
	return connectors.Page{Next: p.cursor(), Wait: s.pollWait(p.Polls)}, nil
}

// bulkEnded goes on to load the file. An operation that found nothing is believed
// only if the shop also counts nothing.
func (s *Connector) bulkEnded(ctx context.Context, r resource, p place, op *bulkOperation) (connectors.Page, error) {
	p.Objects, p.Roots, p.Phase = count(op.Objects), count(op.Roots), phaseLoad
	if p.Objects > 0 && op.URL != "" {
		total := int(p.Roots)
		return connectors.Page{Next: p.cursor(), Total: &total}, nil
	}
	n, err := s.expected(ctx, r)
	if err != nil {
		return connectors.Page{}, err
	}
	if n > 0 {
		return s.setback(r, p, "an empty result although there are records"), nil
	}
	next := s.window(p.Began, 1)
	next.Clean = true
	return connectors.Page{Next: next.cursor(), Total: &n}, nil
}

// cancelBulk frees the shop's slot; it does not matter whether it succeeds.
func (s *Connector) cancelBulk(ctx context.Context, id string) {
	var ignored struct{}
	if _, err := s.call(ctx, s.docs.bulkCancel, map[string]any{"id": id}, &ignored); err != nil {
		s.log.Debug("shopify: a bulk operation could not be cancelled", slog.String("code", string(relance.CodeOf(err))))
	}
}
