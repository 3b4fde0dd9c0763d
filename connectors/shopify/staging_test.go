package shopify

import (
	"context"
	"slices"
	"sync"

	"github.com/relance/relance/connectors"
)

// memoryStaging keeps staged rows in memory as the store keeps them in its table.
type memoryStaging struct {
	mu   sync.Mutex
	rows map[int64]connectors.StagedRow
	// stop, if set, is asked before each append; an error stands for a killed process.
	stop func() error
}

func newStaging() *memoryStaging { return &memoryStaging{rows: map[int64]connectors.StagedRow{}} }

func (m *memoryStaging) Append(_ context.Context, rows []connectors.StagedRow) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.stop != nil {
		if err := m.stop(); err != nil {
			return err
		}
	}
	for _, r := range rows {
		if _, ok := m.rows[r.Seq]; !ok {
			r.Body = slices.Clone(r.Body)
			m.rows[r.Seq] = r
		}
	}
	return nil
}

func (m *memoryStaging) Last(context.Context) (seq, count int64, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for s := range m.rows {
		seq = max(seq, s)
	}
	return seq, int64(len(m.rows)), nil
}

func (m *memoryStaging) Roots(_ context.Context, after int64, limit int) ([]connectors.StagedRoot, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var seqs []int64
	children := map[string][]connectors.StagedRow{}
	for s := range m.rows {
		seqs = append(seqs, s)
	}
	slices.Sort(seqs)
	var out []connectors.StagedRoot
	for _, s := range seqs {
		r := m.rows[s]
		switch {
		case r.Parent != "":
			children[r.Parent] = append(children[r.Parent], r)
		case s > after && len(out) < limit:
			out = append(out, connectors.StagedRoot{StagedRow: r})
		}
	}
	for i := range out {
		out[i].Children = children[out[i].ID]
	}
	return out, nil
}

func (m *memoryStaging) Clear(context.Context) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	clear(m.rows)
	return nil
}
