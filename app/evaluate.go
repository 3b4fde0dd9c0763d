package app

import (
	"context"
	"crypto/rand"
	"fmt"
	"strings"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
	"golang.org/x/sync/errgroup"

	"github.com/relance/relance"
	"github.com/relance/relance/campaign"
)

const (
	evaluateBatch = 400 // how many people are judged in one transaction
	evaluators    = 2   // how many transactions judge beside each other
)

// EvaluateDue judges everybody of the merchant who is due. What is to be sent by it is a row,
// which the next sweep hands out; so it does with whoever comes due meanwhile.
func (a *App) EvaluateDue(ctx context.Context, m uuid.UUID) error {
	var batches atomic.Int64
	more, err := a.evaluateSome(ctx, m, &batches)
	if err != nil || !more {
		return err
	}
	g, ctx := errgroup.WithContext(ctx)
	for range evaluators {
		g.Go(func() error {
			for {
				if more, err := a.evaluateSome(ctx, m, &batches); err != nil || !more {
					return err
				}
			}
		})
	}
	return g.Wait()
}

// evaluateSome judges a batch of people; false: nobody is due any more.
func (a *App) evaluateSome(ctx context.Context, m uuid.UUID, batches *atomic.Int64) (more bool, err error) {
	done, err := a.Store.Evaluate(ctx, m, evaluateBatch, a.judge, a.Now())
	if err != nil {
		return false, err
	}
	more = done.People == evaluateBatch
	if n := batches.Add(1); n >= 8 && (!more || n&(n-1) == 0) {
		if err := a.Store.LearnGrownTables(ctx); err != nil {
			a.Log.Warn("planner statistics not refreshed", "err", err)
		}
	}
	return more, nil
}

// judge decides about one person for all campaigns; what one decides, the next sees.
func (a *App) judge(campaigns []relance.Campaign, f *relance.Facts) (out []relance.Decision) {
	now := a.Now()
	for i := range campaigns {
		for _, d := range campaign.Decide(&campaigns[i], f, now) {
			campaign.Note(f, &d, now)
			if d.NewVoucher {
				v := planVoucher(d.Step.Voucher, f.Merchant.Shops[d.Recipient.ShopID], d.Recipient.Country, now)
				d.Voucher = &v
			}
			out = append(out, d)
		}
	}
	return out
}

func planVoucher(o *relance.Offer, shop relance.FactShop, country string, now time.Time) relance.PlannedVoucher {
	v := campaign.PlanVoucher(o, shop.Currency, shop.Zone, country, now)
	v.Code = newCode(o.Prefix)
	return v
}

// codeLetters leaves out what is misread or misheard: I, L, O, 0, 1, and U for V.
const codeLetters = "ABCDEFGHJKMNPQRSTVWXYZ23456789"

// newCode makes a voucher code that nobody can guess: eight letters of thirty are 39 bits.
func newCode(prefix string) string {
	var b strings.Builder
	for b.Len() < 8 {
		var raw [16]byte
		_, _ = rand.Read(raw[:]) // never fails
		for _, r := range raw {
			if int(r) < 256/len(codeLetters)*len(codeLetters) && b.Len() < 8 {
				b.WriteByte(codeLetters[int(r)%len(codeLetters)])
			}
		}
	}
	code := fmt.Sprintf("%s-%s", b.String()[:4], b.String()[4:])
	if prefix != "" {
		code = prefix + "-" + code
	}
	return code
}
