package relance

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"
)

// Preview is who would get what now, and who would not and why. Nothing is sent for it.
type Preview struct {
	People   int // judged
	Events   int // found
	Sends    int
	Acts     int     // labels and tasks
	Letters  int     // of Sends
	Cost     []Money // of the letters, by what the printers ask, where that is known
	Waits    int
	Holdout  int
	Refused  map[Reason]int
	Waiting  map[Reason]int
	Examples []PreviewRow // the first of those who would get something
	most     int
}

// PreviewRow is one of those who would get something.
type PreviewRow struct {
	ProfileID uuid.UUID
	Name      string
	Email     string
	Language  string
	StepKey   string
	Variant   *MessageVariant // nil: the step has one only
	ShopID    uuid.UUID
	Basis     LegalBasis
	Channel   ConsentChannel
}

// NewPreview makes an empty preview that keeps so many examples.
func NewPreview(examples int) *Preview {
	return &Preview{Refused: map[Reason]int{}, Waiting: map[Reason]int{}, most: examples}
}

// Add counts a decision.
func (p *Preview) Add(f *Facts, d *Decision) {
	p.Events++
	switch {
	case d.Holdout:
		p.Holdout++
	case d.Verdict == VerdictSend:
		p.Sends++
		if d.Channel == ChannelLetter {
			p.letter(f.Merchant.Shops[d.Recipient.ShopID])
		}
		if len(p.Examples) < p.most {
			where := d.Recipient.Email
			if d.Channel == ChannelLetter {
				where = d.Recipient.Address.City
			}
			p.Examples = append(p.Examples, PreviewRow{ProfileID: f.ProfileID, Name: strings.TrimSpace(f.FirstName + " " + f.LastName), Email: where,
				Language: d.Recipient.Language, StepKey: d.Step.Key, Variant: d.Variant.Told(), ShopID: d.Recipient.ShopID, Basis: d.Recipient.Basis, Channel: d.Channel})
		}
	case d.Verdict == VerdictAct:
		p.Acts++
	case d.Verdict == VerdictWait:
		p.Waits++
		p.Waiting[d.Reasons[0]]++
	default:
		p.Refused[d.Reasons[0]]++
	}
}

// letter counts one, with what the shop's printer asks for it.
func (p *Preview) letter(shop FactShop) {
	p.Letters++
	if shop.LetterPrice == nil {
		return
	}
	for i := range p.Cost {
		if p.Cost[i].Currency == shop.LetterCurrency {
			p.Cost[i].Amount = p.Cost[i].Amount.Add(*shop.LetterPrice)
			return
		}
	}
	p.Cost = append(p.Cost, Money{Amount: *shop.LetterPrice, Currency: shop.LetterCurrency})
}

// ReasonCount is how often a reason was met.
type ReasonCount struct {
	Reason Reason
	Count  int
}

// Reasons lists counts, the most frequent first.
func Reasons(counts map[Reason]int) []ReasonCount {
	var out []ReasonCount
	for r, n := range counts {
		out = append(out, ReasonCount{r, n})
	}
	slices.SortFunc(out, func(a, b ReasonCount) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Reason, b.Reason))
	})
	return out
}

// Backtest is what a campaign would have done over a past time. Labels, memberships, settings
// and whether orders had arrived are as of today.
type Backtest struct {
	From, To time.Time
	People   int
	Sends    int
	Vouchers int
	Holdout  int
	Refused  map[Reason]int // events by the last reason
	ByStep   map[string]int
	ByDay    map[string]int // YYYY-MM-DD, UTC
	Hash     string         // the same for the same data
	// Discounts is what the vouchers would have taken off by currency, if each had been used on
	// the cart that it was for; of Unpriced ones that is not known.
	Discounts map[string]decimal.Decimal
	Unpriced  int
	Examples  []BacktestRow // the first of those who would have got something
}

// BacktestRow is one of those who would have got something.
type BacktestRow struct {
	ProfileID uuid.UUID
	Name      string
	At        time.Time
	StepKey   string
	Variant   *MessageVariant // nil: the step has one only
	ShopID    uuid.UUID
}
