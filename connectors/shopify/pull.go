package shopify

import (
	"context"
	"log/slog"
	"time"

	"github.com/relance/relance"
	"github.com/relance/relance/connectors"
)

// maxRounds bounds the windows by which one pull catches up with changes made
// meanwhile.
const maxRounds = 4

// Pull gives the page after req.After; see the package comment for how a pull goes.
func (s *Connector) Pull(ctx context.Context, req connectors.Request) (connectors.Page, error) {
	if req.Kind == relance.KindDeletions {
		return connectors.Page{Next: req.After, Done: true}, nil
	}
	r, ok := s.resource(req.Kind)
	if !ok {
		return connectors.Page{}, relance.Errorf(relance.CodeBadInput, "Shopify has no records of kind %s.", req.Kind)
	}
	p, err := parsePlace(req.After)
	if err != nil {
		return connectors.Page{}, err
	}
	if req.Staging == nil && (p.Phase == phaseLoad || p.Phase == phaseRows) {
		return s.fallBack(r, "no staging"), nil
	}
	switch p.Phase {
	case phaseStart:
		if req.Staging == nil {
			return s.pages(ctx, r, s.fromBeginning(), nil)
		}
		return s.startBulk(ctx, r, req.Staging, p)
	case phaseBulk:
		return s.pollBulk(ctx, r, p)
	case phaseLoad:
		return s.loadBulk(ctx, r, req.Staging, p)
	case phaseRows:
		return s.stagedRows(ctx, r, req.Staging, p)
	case phaseIdle:
		return s.pages(ctx, r, s.window(p.Until, 0), req.Staging)
	default:
		return s.pages(ctx, r, p, req.Staging)
	}
}

// nowSecond is the present in whole seconds, as the shop keeps its times.
func (s *Connector) nowSecond() time.Time { return s.now().UTC().Truncate(time.Second) }

// window begins a walk over what changed since a time, which it overlaps.
func (s *Connector) window(since time.Time, round int) place {
	if !since.IsZero() {
		since = since.Add(-s.tune.overlap)
	}
	return place{Phase: phasePages, Since: since, Until: s.nowSecond(), Round: round}
}

// fromBeginning walks everything by pages.
func (s *Connector) fromBeginning() place { return s.window(time.Time{}, 0) }

// fallBack leaves the bulk way, says why, and goes on by pages from the beginning.
func (s *Connector) fallBack(r resource, why string) connectors.Page {
	s.log.Warn("shopify: no bulk operation, reading by pages", slog.String("kind", string(r.kind)), slog.String("why", why))
	p := s.fromBeginning()
	p.Clean = true
	return connectors.Page{Next: p.cursor()}
}

// ended closes a window: another one over the time it took, if it took more than a
// page, or the end of the pull with the watermark at the window's upper bound.
func (s *Connector) ended(p place, long bool) (next place, done bool) {
	if long && p.Round+1 < maxRounds {
		next = s.window(p.Until, p.Round+1)
		next.Total = p.Total
		return next, false
	}
	return place{Phase: phaseIdle, Until: p.Until}, true
}
