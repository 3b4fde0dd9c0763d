package connectortest

import (
	"cmp"
	"context"
	"slices"
	"sync"

	"github.com/relance/relance/connectors"
)

// Staging keeps staged rows in memory, as the store keeps them in its table.
type Staging struct {
	mu   sync.Mutex
	rows map[int64]connectors.StagedRow
}

// NewStaging makes an empty staging.
func NewStaging() *Staging { return &Staging{rows: map[int64]connectors.StagedRow{}} }

// Append implements connectors.Staging.
func (s *Staging) Append(_ context.Context, rows []connectors.StagedRow) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range rows {
		if _, stored := s.rows[r.Seq]; !stored {
			r.Body = slices.Clone(r.Body)
			s.rows[r.Seq] = r
		}
	}
	return nil
}

// Last implements connectors.Staging.
func (s *Staging) Last(context.Context) (seq, count int64, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for n := range s.rows {
		seq = max(seq, n)
	}
	return seq, int64(len(s.rows)), nil
}

// Roots implements connectors.Staging.
func (s *Staging) Roots(_ context.Context, after int64, limit int) ([]connectors.StagedRoot, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	children := map[string][]connectors.StagedRow{}
	var out []connectors.StagedRoot
	for _, r := range s.rows {
		if r.Parent != "" {
			children[r.Parent] = append(children[r.Parent], r)
		} else if r.Seq > after {
			out = append(out, connectors.StagedRoot{StagedRow: r})
		}
	}
	slices.SortFunc(out, func(a, b connectors.StagedRoot) int { return cmp.Compare(a.Seq, b.Seq) })
	out = out[:min(limit, len(out))]
	for i := range out {
		for parents := []string{out[i].ID}; len(parents) > 0; {
			var next []string
			for _, p := range parents {
				for _, c := range children[p] {
					out[i].Children = append(out[i].Children, c)
					if c.ID != "" {
						next = append(next, c.ID)
					}
				}
			}
			parents = next
		}
		slices.SortFunc(out[i].Children, func(a, b connectors.StagedRow) int { return cmp.Compare(a.Seq, b.Seq) })
	}
	return out, nil
}

// Clear implements connectors.Staging.
func (s *Staging) Clear(context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.rows)
	return nil
}
