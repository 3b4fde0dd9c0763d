package shopify

import (
	"cmp"
	"context"
	"slices"
	"sync"

	"github.com/relance/relance/connectors"
)

// memoryStaging keeps staged rows in memory as the store keeps them in its table.
type memoryStaging struct {
	mu       sync.Mutex
	seen     map[int64]bool
	last     int64
	roots    []connectors.StagedRow // in order of Seq
	children map[string][]connectors.StagedRow
	// stop, if set, is asked before each append; an error stands for a killed process.
	stop func() error
}

func newStaging() *memoryStaging {
	return &memoryStaging{seen: map[int64]bool{}, children: map[string][]connectors.StagedRow{}}
}

func bySeq(a, b connectors.StagedRow) int { return cmp.Compare(a.Seq, b.Seq) }

func (m *memoryStaging) Append(_ context.Context, rows []connectors.StagedRow) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.stop != nil {
		if err := m.stop(); err != nil {
			return err
		}
	}
	for _, r := range rows {
		if m.seen[r.Seq] {
			continue
		}
		m.seen[r.Seq], m.last = true, max(m.last, r.Seq)
		r.Body = slices.Clone(r.Body)
		if r.Parent == "" {
			m.roots = append(m.roots, r)
		} else {
			m.children[r.Parent] = append(m.children[r.Parent], r)
		}
	}
	if !slices.IsSortedFunc(m.roots[max(0, len(m.roots)-len(rows)-1):], bySeq) {
		slices.SortFunc(m.roots, bySeq)
	}
	return nil
}

func (m *memoryStaging) Last(context.Context) (seq, count int64, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.last, int64(len(m.seen)), nil
}

func (m *memoryStaging) Roots(_ context.Context, after int64, limit int) ([]connectors.StagedRoot, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	from, _ := slices.BinarySearchFunc(m.roots, after+1, func(r connectors.StagedRow, seq int64) int { return cmp.Compare(r.Seq, seq) })
	var out []connectors.StagedRoot
	for _, r := range m.roots[from:min(from+limit, len(m.roots))] {
		children := slices.Clone(m.children[r.ID])
		slices.SortFunc(children, bySeq)
		out = append(out, connectors.StagedRoot{StagedRow: r, Children: children})
	}
	return out, nil
}

func (m *memoryStaging) Clear(context.Context) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	clear(m.seen)
	clear(m.children)
	m.roots, m.last = nil, 0
	return nil
}
