package connectors

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/relance/relance"
)

// desk is a shop that says what a test wants.
type desk struct {
	held     []relance.Voucher
	made     int
	outcome  error // of MakeVoucher
	late     bool  // the voucher does not show after it was made
	twin     bool  // another process makes one at the same time
	lookFail int   // the number of the look that fails
	looks    int
	off      []string
}

var errLook = &relance.Error{Code: relance.CodeShopDown, Message: "no answer", Wait: time.Minute}

func (d *desk) FindVouchers(context.Context, string) ([]relance.Voucher, error) {
	if d.looks++; d.looks == d.lookFail {
		return nil, errLook
	}
	return append([]relance.Voucher(nil), d.held...), nil
}

func (d *desk) MakeVoucher(_ context.Context, o relance.VoucherOrder) error {
	d.made++
	if d.late {
		return d.outcome
	}
	for _, id := range []string{"8", "9"} {
		one := 1
		d.held = append(d.held, relance.Voucher{ExternalID: id, Code: o.Code, Kind: o.Kind, Value: o.Value, From: o.From, Until: &o.Until, Active: true, Left: &one})
		if !d.twin {
			break
		}
	}
	return d.outcome
}

func (d *desk) DeactivateVoucher(_ context.Context, id string) error {
	d.off = append(d.off, id)
	return nil
}

func someOrder() relance.VoucherOrder {
	from := time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC)
	return relance.VoucherOrder{Code: "BACK-1", Kind: relance.VoucherPercent, Value: decimal.NewFromInt(10), From: from, Until: from.AddDate(0, 1, 0)}
}

func TestIssuingLooksMakesAndLooks(t *testing.T) {
	t.Parallel()
	lost := OutcomeUnknown(errLook)
	for name, c := range map[string]struct {
		desk    desk
		id      string
		made    int
		unknown bool
		code    relance.Code
		off     int
	}{
		"the plain way":                    {desk: desk{}, id: "8", made: 1},
		"a lost answer, and it is there":   {desk: desk{outcome: lost}, id: "8", made: 1},
		"a lost answer, and nothing shows": {desk: desk{outcome: lost, late: true}, made: 1, unknown: true, code: relance.CodeShopDown},
		"a lost answer, and then no look":  {desk: desk{outcome: lost, lookFail: 2}, made: 1, unknown: true, code: relance.CodeShopDown},
		"made, and then no look":           {desk: desk{lookFail: 2}, made: 1, unknown: true, code: relance.CodeShopDown},
		"made, and it does not show":       {desk: desk{late: true}, made: 1, unknown: true, code: relance.CodeShopDown},
		"no look at first":                 {desk: desk{lookFail: 1}, code: relance.CodeShopDown},
		"refused":                          {desk: desk{outcome: relance.FieldErrorf("value", "no"), late: true}, made: 1, code: relance.CodeBadInput},
		"taken by somebody quicker":        {desk: desk{outcome: relance.WrapError(relance.CodeConflict, ErrCodeTaken, "taken")}, id: "8", made: 1},
		"taken, and by what does not show": {desk: desk{outcome: relance.WrapError(relance.CodeConflict, ErrCodeTaken, "taken"), late: true}, made: 1, unknown: true, code: relance.CodeShopDown},
		"a twin at the same time goes":     {desk: desk{twin: true}, id: "8", made: 1, off: 1},
		"another voucher with the code":    {desk: desk{held: []relance.Voucher{{ExternalID: "1", Code: "BACK-1", Active: true}}}, code: relance.CodeConflict},
		"another one that works no longer": {desk: desk{held: []relance.Voucher{{ExternalID: "1", Code: "BACK-1"}}}, code: relance.CodeConflict},
	} {
		v, err := IssueVoucher(t.Context(), &c.desk, someOrder())
		if v.ExternalID != c.id || c.desk.made != c.made || len(c.desk.off) != c.off {
			t.Errorf("%s: %q after %d makes, %v switched off", name, v.ExternalID, c.desk.made, c.desk.off)
		}
		if relance.CodeOf(err) != c.code || errors.Is(err, ErrOutcomeUnknown) != c.unknown {
			t.Errorf("%s: %v (%s)", name, err, relance.CodeOf(err))
		}
	}
}

// A spent voucher stays and its twin goes, whichever is older: it would allow it once more.
func TestTheSpentOneOfTwoStays(t *testing.T) {
	t.Parallel()
	d := &desk{twin: true}
	if err := d.MakeVoucher(t.Context(), someOrder()); err != nil {
		t.Fatal(err)
	}
	none := 0
	d.held[1].Left, d.held[1].Used = &none, 1
	v, err := IssueVoucher(t.Context(), d, someOrder())
	if err != nil || v.ExternalID != "9" || len(d.off) != 1 || d.off[0] != "8" || d.made != 1 {
		t.Errorf("%q, %v, switched off %v", v.ExternalID, err, d.off)
	}
}

func TestOutcomeUnknownKeepsTheCause(t *testing.T) {
	t.Parallel()
	err := OutcomeUnknown(errLook)
	var e *relance.Error
	if !errors.As(err, &e) || e.Wait != time.Minute || !relance.Temporary(err) || !errors.Is(err, errLook) {
		t.Errorf("%v", err)
	}
	if err := OutcomeUnknown(context.Canceled); !errors.Is(err, context.Canceled) || !errors.Is(err, ErrOutcomeUnknown) {
		t.Errorf("%v", err)
	}
}
