package graph

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/handler"
	"github.com/99designs/gqlgen/graphql/handler/extension"
	"github.com/99designs/gqlgen/graphql/handler/lru"
	"github.com/99designs/gqlgen/graphql/handler/transport"
	"github.com/google/uuid"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/relance/relance"
	"github.com/relance/relance/graph/wire"
)

// Limits on what one request may cost.
const (
	maxBody       = 1 << 20
	maxComplexity = 60_000
	maxDepth      = 14
	maxTime       = 20 * time.Second
	resultsCost   = 2_000 // of a campaign's results, and of a report
	timelineCost  = 500   // of a timeline: all kinds of one person
	queryCache    = 1000
)

// NewServer makes the handler of /graphql: POST, also as a form where a file is handed in, and
// server-sent events for subscriptions. It expects Authenticate in front of it.
func NewServer(r *Resolver, log *slog.Logger, introspection bool) http.Handler {
	srv := handler.New(NewExecutableSchema(Config{Resolvers: r, Directives: DirectiveRoot{Needs: needs}, Complexity: complexities()}))
	srv.AddTransport(transport.SSE{}) // before POST, which would answer its requests
	srv.AddTransport(transport.MultipartForm{MaxUploadSize: maxBody, MaxMemory: maxBody})
	srv.AddTransport(transport.POST{})
	srv.SetQueryCache(lru.New[*ast.QueryDocument](queryCache))
	srv.Use(extension.AutomaticPersistedQuery{Cache: lru.New[string](queryCache)})
	srv.Use(extension.FixedComplexityLimit(maxComplexity))
	srv.Use(depthLimit{})
	if introspection {
		srv.Use(extension.Introspection{})
	}
	srv.AroundFields(func(ctx context.Context, next graphql.Resolver) (any, error) {
		res, err := next(ctx)
		if err != nil {
			err = resolverError{err}
		}
		return res, err
	})
	srv.SetErrorPresenter(presenter(log))
	srv.SetRecoverFunc(func(_ context.Context, p any) error {
		log.Error("panic in a resolver", "panic", fmt.Sprint(p))
		return relance.Errorf(relance.CodeInternal, "an internal error")
	})
	return limit(srv)
}

// limit bounds a request's size and, subscriptions apart, its time.
func limit(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.ContentLength > maxBody {
			refuse(w, http.StatusRequestEntityTooLarge, relance.CodeTooComplex, "the request is larger than 1 MiB")
			return
		}
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
		if err != nil {
			refuse(w, http.StatusRequestEntityTooLarge, relance.CodeTooComplex, "the request is larger than 1 MiB, or ended early")
			return
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		if !strings.Contains(r.Header.Get("Accept"), "text/event-stream") {
			ctx, cancel := context.WithTimeout(r.Context(), maxTime)
			defer cancel()
			r = r.WithContext(ctx)
		}
		next.ServeHTTP(w, r)
	})
}

// refuse answers a request that does not reach the schema, in GraphQL's form.
func refuse(w http.ResponseWriter, status int, code relance.Code, message string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]any{"data": nil, "errors": []any{
		map[string]any{"message": message, "extensions": map[string]any{"code": code}}}})
}

// presenter gives errors their codes; what is our own fault is logged, not shown.
func presenter(log *slog.Logger) graphql.ErrorPresenterFunc {
	return func(ctx context.Context, err error) *gqlerror.Error {
		out := graphql.DefaultErrorPresenter(ctx, err)
		if out.Extensions == nil {
			out.Extensions = map[string]any{}
		}
		var e *relance.Error
		switch {
		case errors.As(err, &e) && e.Code != relance.CodeInternal:
			out.Message, out.Extensions["code"] = e.Message, e.Code
			if e.Field != "" {
				out.Extensions["field"] = e.Field
			}
			if e.Says != nil {
				out.Extensions["cause"] = causeOf(e.Says)
			}
		case errors.Is(err, context.DeadlineExceeded):
			out.Message, out.Extensions["code"] = "the query took too long; ask for less at once", relance.CodeTooComplex
		case errors.Is(err, context.Canceled): // nobody waits for the answer any more
			out.Message, out.Extensions["code"] = "the request was given up", relance.CodeInternal
		case out.Extensions["code"] != nil: // the library's own: a malformed query, a limit
		case isInputError(err):
			out.Extensions["code"] = relance.CodeBadInput
		default:
			log.Error("resolver failed", "path", out.Path.String(), "err", err)
			out.Message, out.Extensions["code"] = "an internal error; the log has the details", relance.CodeInternal
		}
		return out
	}
}

// resolverError marks what our own resolvers return: the library wraps it like its own
// errors, which the caller may read.
type resolverError struct{ error }

// Unwrap gives the resolver's error.
func (e resolverError) Unwrap() error { return e.error }

// isInputError reports whether the library made the error of what the caller sent.
func isInputError(err error) bool {
	var g *gqlerror.Error
	return !errors.As(err, new(resolverError)) && errors.As(err, &g) && g.Rule == ""
}

// depthLimit refuses documents that are nested too deep.
type depthLimit struct{}

// ExtensionName implements graphql.HandlerExtension.
func (depthLimit) ExtensionName() string { return "DepthLimit" }

// Validate implements graphql.HandlerExtension.
func (depthLimit) Validate(graphql.ExecutableSchema) error { return nil }

// MutateOperationContext implements graphql.OperationContextMutator.
func (depthLimit) MutateOperationContext(_ context.Context, oc *graphql.OperationContext) *gqlerror.Error {
	if depth(oc.Operation.SelectionSet, 0) > maxDepth {
		err := gqlerror.Errorf("the query is nested deeper than %d levels", maxDepth)
		err.Extensions = map[string]any{"code": relance.CodeTooComplex}
		return err
	}
	return nil
}

// depth measures a selection; it gives up where it is deep enough to be refused.
func depth(set ast.SelectionSet, above int) int {
	deepest := above
	if above > maxDepth {
		return above
	}
	for _, s := range set {
		switch s := s.(type) {
		case *ast.Field:
			if !strings.HasPrefix(s.Name, "__") { // introspection has its own switch
				deepest = max(deepest, depth(s.SelectionSet, above+1))
			}
		case *ast.InlineFragment:
			deepest = max(deepest, depth(s.SelectionSet, above))
		case *ast.FragmentSpread:
			deepest = max(deepest, depth(s.Definition.SelectionSet, above))
		}
	}
	return deepest
}

// complexities multiplies what a list costs by how many rows are asked for.
func complexities() ComplexityRoot {
	var c ComplexityRoot
	times := func(child, first int) int { return 1 + child*min(max(first, 1), maxFirst) }
	c.Query.Profiles = func(child, first int, _ *string, _ *relance.Filter, _ *wire.ProfileOrder, _ bool) int {
		return times(child, first)
	}
	c.Query.Carts = func(child, first int, _ *string, _ []relance.CartState, _ []uuid.UUID) int {
		return times(child, first)
	}
	c.Query.Orders = func(child, first int, _ *string, _ *relance.OrderFilter, _ string) int { return times(child, first) }
	c.Query.OrdersWithoutProfile = func(child, first int, _ *string) int { return times(child, first) }
	c.Query.Quarantine = func(child, first int, _ *string, _ []uuid.UUID) int { return times(child, first) }
	c.Query.Products = func(child, first int, _ *string, _ []uuid.UUID) int { return times(child, first) }
	c.Query.FollowUps = func(child int, _ *uuid.UUID, _ *uuid.UUID, _ []relance.SendState, first int, _ *string) int {
		return times(child, first)
	}
	c.Query.Outstanding = func(child, first int, _ *string, _ bool) int { return times(child, first) }
	c.Query.MonthlyReport = func(child int, _ string) int { return resultsCost + child }
	// Over all enrolments, whatever is selected of them.
	c.Campaign.Results = func(child, _ int) int { return resultsCost + child }
	c.Profile.Messages = func(child, first int) int { return times(child, first) }
	c.Profile.Timeline = func(child int, _ []relance.TimelineKind, first int, _ *string) int {
		return timelineCost + times(child, first)
	}
	c.Profile.Orders = func(child, first int, _ *string) int { return times(child, first) }
	c.Profile.Carts = func(child, first int, _ *string) int { return times(child, first) }
	c.Profile.Purchases = func(child, first int, _ *string) int { return times(child, first) }
	return c
}
