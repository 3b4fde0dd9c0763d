package shopify

import (
	"context"
	"time"

	"github.com/relance/relance"
)

// tailAnswer is a list's last record and its length.
type tailAnswer struct {
	Last *struct {
		Nodes []struct {
			ID        string `json:"id"`
			UpdatedAt string `json:"updatedAt"`
		} `json:"nodes"`
	} `json:"last"`
	Count *struct {
		Count int `json:"count"`
	} `json:"count"`
}

// believeEnd asks the shop for the last record of a list from its other end before
// an end is believed: a list that comes back empty or short by a fault of the shop
// must not move the watermark. Records that changed meanwhile have left the window
// and do not count.
func (s *Connector) believeEnd(ctx context.Context, r resource, p place) (bool, error) {
	for range s.tune.tries {
		answer, err := s.askTail(ctx, r, p)
		if err != nil {
			return false, err
		}
		if len(answer.Last.Nodes) == 0 {
			if answer.Count.Count == 0 {
				return true, nil
			}
			continue // an empty list that is said to have records: ask again
		}
		n := answer.Last.Nodes[0]
		last := spot{moment(n.UpdatedAt), plainID(n.ID)}
		return p.Last.ID != "" && !p.Last.before(last, r.sortKey == "ID"), nil
	}
	return false, relance.Tell(relance.CodeShopGarbage, nil, "LISTS_CONTRADICT")
}

func (s *Connector) askTail(ctx context.Context, r resource, p place) (tailAnswer, error) {
	var answer tailAnswer
	err := s.callWhole(ctx, r.tail, map[string]any{"query": query(r, p), "sortKey": r.sortKey}, &answer)
	if err == nil && (answer.Last == nil || answer.Count == nil) {
		err = problems(nil).asError(0)
	}
	return answer, err
}

// total is how many records a window has, nil if the shop does not say.
func (s *Connector) total(ctx context.Context, r resource, p place) *int {
	answer, err := s.askTail(ctx, r, place{Since: p.Since, Until: p.Until})
	if err != nil {
		return nil
	}
	return &answer.Count.Count
}

// expected is how many records of a kind the shop has in all.
func (s *Connector) expected(ctx context.Context, r resource) (int, error) {
	answer, err := s.askTail(ctx, r, place{Until: time.Time{}})
	if err != nil {
		return 0, err
	}
	return answer.Count.Count, nil
}
