package app

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"

	"github.com/relance/relance"
	"github.com/relance/relance/campaign"
)

// maxBacktest is how far back a campaign may be played.
const maxBacktest = 3 * 366

// Backtest plays a campaign over the past days of stored history: what it would have sent to
// whom, with so many examples, and what not and why. It reads in one read-only transaction and is handed no sender. The same
// data give the same hash.
func (a *App) Backtest(ctx context.Context, m, campaignID uuid.UUID, days, examples int) (*relance.Backtest, error) {
	if days < 1 || days > maxBacktest {
		return nil, relance.TellField("days", "BACKTEST_DAYS", "most", strconv.Itoa(maxBacktest))
	}
	to := a.Now().UTC().Truncate(24 * time.Hour)
	return a.backtest(ctx, m, campaignID, to.AddDate(0, 0, -days), to, examples)
}

func (a *App) backtest(ctx context.Context, m, campaignID uuid.UUID, from, to time.Time, examples int) (*relance.Backtest, error) {
	out := &relance.Backtest{From: from, To: to, Refused: map[relance.Reason]int{}, ByDay: map[string]int{}, ByStep: map[string]int{}, Discounts: map[string]decimal.Decimal{}}
	sum := sha256.New()
	err := a.Store.EachHistory(ctx, m, campaignID, a.Now(), func(c *relance.Campaign, f *relance.Facts, h *relance.History) {
		out.People++
		list := campaign.Replay(c, f, h, from, to)
		for i := range list {
			count(out, f, &list[i], sum)
			if r := &list[i]; r.Verdict == relance.VerdictSend && len(out.Examples) < examples {
				out.Examples = append(out.Examples, relance.BacktestRow{ProfileID: f.ProfileID, Name: strings.TrimSpace(f.FirstName + " " + f.LastName), At: r.At, StepKey: r.Step.Key, Variant: r.Variant.Told(), ShopID: r.Recipient.ShopID})
			}
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
		if r.NewVoucher {
			out.Vouchers++
			price(out, r.Step.Voucher, r.Instance.Cart)
		}
	case r.Holdout || r.Reasons[0] == relance.ReasonHoldout:
		out.Holdout++
	case r.Reasons[0] == relance.ReasonEnded: // it got all that there was to get
	default:
		out.Refused[r.Reasons[0]]++
	}
	if r.Variant != "" {
		step += " " + string(r.Variant)
	}
	_, _ = fmt.Fprintln(sum, f.ProfileID, r.Instance.Key, step, r.Verdict, r.At.Unix(), r.Reasons)
}

// price adds what a voucher would take off, where that is known beforehand.
func price(out *relance.Backtest, o *relance.Offer, cart *relance.FactCart) {
	add := func(currency string, amount decimal.Decimal) {
		out.Discounts[currency] = out.Discounts[currency].Add(amount)
	}
	switch {
	case o.Kind == relance.VoucherAmount && cart != nil && cart.ValueKnown && cart.Currency == o.Currency:
		add(o.Currency, decimal.Min(o.Value, cart.Value))
	case o.Kind == relance.VoucherAmount:
		add(o.Currency, o.Value)
	case o.Kind == relance.VoucherPercent && cart != nil && cart.ValueKnown:
		add(cart.Currency, cart.Value.Mul(o.Value).Div(decimal.NewFromInt(100)).Round(2))
	default:
		out.Unpriced++
	}
}
