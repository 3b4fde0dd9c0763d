package app

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"strconv"
	"time"

	"github.com/google/uuid"

	"github.com/relance/relance"
	"github.com/relance/relance/campaign"
)

// maxBacktest is how far back a campaign may be played.
const maxBacktest = 3 * 366

// Backtest plays a campaign over the past days of stored history: what it would have sent, and
// what not and why. It reads in one read-only transaction and is handed no sender. The same
// data give the same hash.
func (a *App) Backtest(ctx context.Context, m, campaignID uuid.UUID, days int) (*relance.Backtest, error) {
	if days < 1 || days > maxBacktest {
		return nil, relance.TellField("days", "BACKTEST_DAYS", "most", strconv.Itoa(maxBacktest))
	}
	to := a.Now().UTC().Truncate(24 * time.Hour)
	return a.backtest(ctx, m, campaignID, to.AddDate(0, 0, -days), to)
}

func (a *App) backtest(ctx context.Context, m, campaignID uuid.UUID, from, to time.Time) (*relance.Backtest, error) {
	out := &relance.Backtest{From: from, To: to, Refused: map[relance.Reason]int{}, ByDay: map[string]int{}, ByStep: map[string]int{}}
	sum := sha256.New()
	err := a.Store.EachHistory(ctx, m, campaignID, a.Now(), func(c *relance.Campaign, f *relance.Facts, h *relance.History) {
		out.People++
		list := campaign.Replay(c, f, h, from, to)
		for i := range list {
			count(out, f, &list[i], sum)
		}
	})
	out.Hash = hex.EncodeToString(sum.Sum(nil))
	return out, err
}

func count(out *relance.Backtest, f *relance.Facts, r *campaign.Replayed, sum hash.Hash) {
	step := ""
	switch {
	case r.Verdict == relance.VerdictSend:
		step = r.Step.Key
		out.Sends++
		out.ByStep[step]++
		out.ByDay[r.At.Format(time.DateOnly)]++
		if r.Step.Voucher != nil {
			out.Vouchers++
		}
	case r.Holdout || r.Reasons[0] == relance.ReasonHoldout:
		out.Holdout++
	default:
		out.Refused[r.Reasons[0]]++
	}
	_, _ = fmt.Fprintln(sum, f.ProfileID, r.Instance.Key, step, r.Verdict, r.At.Unix(), r.Reasons)
}
