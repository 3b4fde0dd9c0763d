package shopify

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"math/rand/v2"
	"net/http/httptrace"
	"sync"
	"sync/atomic"
	"time"

	goshopify "github.com/bold-commerce/go-shopify/v4"

	"github.com/relance/relance"
	"github.com/relance/relance/connectors"
)

// payload is the body of a GraphQL request.
type payload struct {
	Query     string         `json:"query"`
	Variables map[string]any `json:"variables,omitempty"`
}

// envelope is what the shop answers: data, errors or both, and what it cost.
type envelope struct {
	Data       json.RawMessage `json:"data"`
	Errors     problems        `json:"errors"`
	Extensions struct {
		Cost struct {
			Requested float64 `json:"requestedQueryCost"`
			Throttle  struct {
				Maximum   float64 `json:"maximumAvailable"`
				Available float64 `json:"currentlyAvailable"`
				Restore   float64 `json:"restoreRate"`
			} `json:"throttleStatus"`
		} `json:"cost"`
	} `json:"extensions"`

	reached bool // a connection to the shop was there: it may have got the request
}

// costBook remembers what documents cost and how long pages may be.
type costBook struct {
	mu    sync.Mutex
	known map[string]float64
	pages map[relance.Kind]int
}

func (b *costBook) of(d document) float64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	if c, ok := b.known[d.name]; ok {
		return c
	}
	return d.cost
}

func (b *costBook) learn(d document, cost float64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.known == nil {
		b.known = map[string]float64{}
	}
	if cost > 0 {
		b.known[d.name] = cost
	}
}

// call sends a document and decodes data into out. It tries up to three times what
// may pass. Problems that came with usable data are returned beside it.
func (s *Connector) call(ctx context.Context, d document, vars map[string]any, out any) (problems, error) {
	var err error
	for try := range s.tune.tries {
		if try > 0 {
			if err := s.pause(ctx, try, err); err != nil {
				return nil, err
			}
		}
		var e envelope
		if e, err = s.send(ctx, d, vars); err == nil {
			if err = json.Unmarshal(e.Data, out); err != nil {
				err = relance.Tell(relance.CodeShopGarbage, errFormat, "NOT_ITS_FORMAT")
			} else if !e.Errors.passing() || try == s.tune.tries-1 {
				return e.Errors, nil
			} else {
				err = e.Errors.asError(0)
			}
		}
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if !s.worthAgain(ctx, err) {
			break
		}
	}
	return nil, err
}

// callWhole is call where data with holes is of no use: what failed in the shop is an
// error.
func (s *Connector) callWhole(ctx context.Context, d document, vars map[string]any, out any) error {
	list, err := s.call(ctx, d, vars, out)
	if err == nil && list.passing() {
		err = list.asError(0)
	}
	return err
}

// callOnce is call for what must not be done twice. It tries again only what the shop
// refused before doing anything; the error of any other failure after the request was on
// its way is [connectors.ErrOutcomeUnknown].
func (s *Connector) callOnce(ctx context.Context, d document, vars map[string]any, out any) (problems, error) {
	var err error
	for try := range s.tune.tries {
		if try > 0 {
			if err := s.pause(ctx, try, err); err != nil {
				return nil, err
			}
		}
		var e envelope
		if e, err = s.send(ctx, d, vars); err == nil {
			if json.Unmarshal(e.Data, out) == nil {
				return e.Errors, nil
			}
			err = relance.WrapError(relance.CodeShopGarbage, errFormat, "The shop's answer has an unexpected form.")
		}
		if e.reached && !refused(err) {
			return nil, connectors.OutcomeUnknown(err)
		}
		if ctx.Err() != nil || !s.worthAgain(ctx, err) {
			return nil, err
		}
	}
	return nil, err
}

// refused reports whether a failure proves that the shop did nothing: it did not know the
// key, asked for patience, or did not take the document.
func refused(err error) bool {
	var e *relance.Error
	return errors.As(err, &e) && e.Code != relance.CodeShopDown && e.Code != relance.CodeShopGarbage
}

// errFormat stands for a decoder's complaint, whose text may quote the data.
var errFormat = errors.New("the JSON does not fit the document")

// worthAgain reports whether another try may help now rather than later.
func (s *Connector) worthAgain(ctx context.Context, err error) bool {
	var e *relance.Error
	if !errors.As(err, &e) {
		return false
	}
	if e.Code == relance.CodeShopAuth {
		return s.auth.renew(ctx)
	}
	return relance.Temporary(err) && e.Code != relance.CodeInternal && e.Wait <= s.tune.patience
}

// pause waits before another try: as long as the shop asked, else longer each time
// and not in step with others.
func (s *Connector) pause(ctx context.Context, try int, cause error) error {
	wait := s.tune.backoff << (try - 1)
	wait += time.Duration(rand.Int64N(int64(wait)/2 + 1))
	var e *relance.Error
	if errors.As(cause, &e) && e.Wait > wait {
		wait = e.Wait
	}
	if relance.CodeOf(cause) == relance.CodeShopAuth {
		wait = 0
	}
	s.log.Debug("shopify: trying again", slog.String("code", string(relance.CodeOf(cause))), slog.Duration("wait", wait))
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// send does one exchange through go-shopify: one client per call, because a shared
// one is not safe, and one attempt, because its own waiting ignores the context.
func (s *Connector) send(ctx context.Context, d document, vars map[string]any) (envelope, error) {
	var e envelope
	token, err := s.auth.token(ctx)
	if err != nil {
		return e, err
	}
	cost := s.costs.of(d)
	if s.limiter != nil {
		if err := s.limiter.Wait(ctx, s.shop.key(), cost); err != nil {
			return e, err
		}
	}
	client, err := goshopify.NewClient(goshopify.App{}, s.shop.domain, token, goshopify.WithVersion(Version),
		goshopify.WithRetry(1), goshopify.WithHTTPClient(s.http), goshopify.WithLogger(silent{}))
	if err != nil {
		return e, relance.Tell(relance.CodeShopAddress, err, "ADDRESS_UNUSABLE")
	}
	bounded, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	var reached atomic.Bool
	bounded = httptrace.WithClientTrace(bounded, &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { reached.Store(true) }})
	err = client.Post(bounded, "graphql.json", payload{Query: d.text, Variables: vars}, &e)
	e.reached = reached.Load()
	if err != nil {
		return e, translate(ctx, err)
	}
	s.report(ctx, d, cost, e)
	if len(e.Data) == 0 || string(e.Data) == "null" {
		wait := 0.0
		if t := e.Extensions.Cost; t.Throttle.Restore > 0 {
			wait = (t.Requested - t.Throttle.Available) / t.Throttle.Restore
		}
		return e, e.Errors.asError(wait)
	}
	return e, nil
}

// report passes on what the shop said about its allowance.
func (s *Connector) report(ctx context.Context, d document, reserved float64, e envelope) {
	c := e.Extensions.Cost
	s.costs.learn(d, c.Requested)
	if s.limiter == nil || c.Throttle.Maximum <= 0 {
		return
	}
	s.limiter.Report(ctx, s.shop.key(), connectors.LimitStatus{
		Maximum: c.Throttle.Maximum, Available: c.Throttle.Available, Restore: c.Throttle.Restore, Reserved: reserved,
	})
}

// silent keeps go-shopify from logging: its debug lines hold bodies.
type silent struct{}

func (silent) Debugf(string, ...any) {}
func (silent) Errorf(string, ...any) {}
func (silent) Infof(string, ...any)  {}
func (silent) Warnf(string, ...any)  {}
