package connectors

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/relance/relance"
)

// VoucherIssuer is a connector that can issue vouchers. It needs rights that the sync does
// not: Check names them as missing, and its methods fail with [relance.CodeShopRights]
// where they are.
//
// Callers hold a lock per code, so that one process at a time issues it. A connector is safe
// without it: however often, and from however many processes at once, an order is issued,
// one working voucher is left once all calls have returned.
type VoucherIssuer interface {
	// FindVouchers returns every voucher with the code, in ascending order of ids; none is
	// no error. Case does not matter. PrestaShop can hold several with one code.
	FindVouchers(ctx context.Context, code string) ([]relance.Voucher, error)
	// IssueVoucher makes the voucher, or returns the one that fulfils the order already,
	// even one that was revoked or spent since. It looks for the code before and after, and
	// deactivates late twins. A code that another voucher has is [relance.CodeConflict]; an
	// order that the shop cannot fulfil is [relance.CodeBadInput] with the field.
	//
	// An error that is [ErrOutcomeUnknown] says that the voucher may exist, or come into
	// being any moment. Nothing may be sent; calling again with the same order looks first.
	IssueVoucher(ctx context.Context, order relance.VoucherOrder) (relance.Voucher, error)
	// RevokeVoucher makes a voucher useless, twins of its code included. One that is gone
	// or inactive is success. It can be repeated after any error.
	RevokeVoucher(ctx context.Context, externalID string) error
}

// VoucherRemover is a connector that can take a voucher out of the shop for good, so that lists
// in its back office do not grow with those that nobody used.
type VoucherRemover interface {
	// RemoveVoucher deletes a voucher. One that is gone is success; it can be repeated. A missing
	// right is [relance.CodeShopRights].
	RemoveVoucher(ctx context.Context, externalID string) error
}

// VoucherExtender is a connector that can give a voucher another end.
type VoucherExtender interface {
	// ExtendVoucher makes until the last second of a voucher, and nothing else of it another. It sees
	// that the shop shows the new end, and can be repeated after any error. One that the shop does not
	// have is [relance.CodeNotFound], a missing right [relance.CodeShopRights].
	ExtendVoucher(ctx context.Context, externalID string, until time.Time) error
}

// ErrOutcomeUnknown is in the chain of the error of a request that was sent and whose
// answer never came or told nothing: the shop may have done it.
var ErrOutcomeUnknown = errors.New("the shop may have done it")

// OutcomeUnknown wraps the failure of such a request. The code, and with it whether and
// when to try again, is that of the failure.
func OutcomeUnknown(cause error) error {
	out := &relance.Error{Code: relance.CodeOf(cause), Err: fmt.Errorf("%w: %w", ErrOutcomeUnknown, cause),
		Message: "The shop may or may not have made the voucher. It is looked for before it is tried again."}
	var e *relance.Error
	if errors.As(cause, &e) {
		out.Wait = e.Wait
	}
	return out
}

// VoucherDesk is what IssueVoucher is made of on a platform.
type VoucherDesk interface {
	FindVouchers(ctx context.Context, code string) ([]relance.Voucher, error)
	// MakeVoucher sends one request that makes the voucher. [ErrOutcomeUnknown] is in the
	// error of one that may have been obeyed, [ErrCodeTaken] of one that was refused
	// because a voucher has the code.
	MakeVoucher(ctx context.Context, order relance.VoucherOrder) error
	// DeactivateVoucher switches one voucher off; it can be repeated.
	DeactivateVoucher(ctx context.Context, externalID string) error
}

// ErrCodeTaken is how a shop with unique codes refuses one that it has.
var ErrCodeTaken = errors.New("the code is taken")

// IssueVoucher is IssueVoucher of a [VoucherIssuer] for any platform: it looks, makes and
// looks again. The order's times are such as the shop keeps them.
func IssueVoucher(ctx context.Context, desk VoucherDesk, order relance.VoucherOrder) (relance.Voucher, error) {
	found, err := settle(ctx, desk, order)
	if err != nil || found != nil {
		return orNone(found), err
	}
	made := desk.MakeVoucher(ctx, order)
	if made != nil && !errors.Is(made, ErrOutcomeUnknown) && !errors.Is(made, ErrCodeTaken) {
		return relance.Voucher{}, made
	}
	found, err = settle(ctx, desk, order)
	switch {
	case found != nil:
		return *found, nil
	case relance.CodeOf(err) == relance.CodeConflict:
		return relance.Voucher{}, err
	case errors.Is(made, ErrOutcomeUnknown):
		return relance.Voucher{}, made
	case err != nil:
		return relance.Voucher{}, OutcomeUnknown(err)
	}
	return relance.Voucher{}, OutcomeUnknown(relance.WrapError(relance.CodeShopDown, made, "The shop does not show the voucher yet."))
}

func orNone(v *relance.Voucher) relance.Voucher {
	if v == nil {
		return relance.Voucher{}
	}
	return *v
}

// settle looks for the order's voucher; nil if the shop has none with its code. Of several
// that work, the one with the lowest id stays.
func settle(ctx context.Context, desk VoucherDesk, order relance.VoucherOrder) (*relance.Voucher, error) {
	all, err := desk.FindVouchers(ctx, order.Code)
	if err != nil {
		return nil, err
	}
	if slices.ContainsFunc(all, func(v relance.Voucher) bool { return !v.Fulfils(order) }) {
		return nil, &relance.Error{Code: relance.CodeConflict, Field: "code",
			Message: "The shop has another voucher with this code; choose another code."}
	}
	keep := keeper(all)
	for i := range all {
		if all[i].Active && &all[i] != keep {
			if err := desk.DeactivateVoucher(ctx, all[i].ExternalID); err != nil {
				return nil, err
			}
		}
	}
	return keep, nil
}

// keeper is the voucher with the lowest id of those that work, else of all. A spent one
// goes first: it shows that the voucher was used, and its twins would allow it once more.
func keeper(all []relance.Voucher) *relance.Voucher {
	if len(all) == 0 {
		return nil
	}
	rank := func(v relance.Voucher) int {
		switch {
		case v.Spent():
			return 0
		case v.Active:
			return 1
		}
		return 2
	}
	best := 0
	for i := range all {
		if cmp.Compare(rank(all[i]), rank(all[best])) < 0 {
			best = i
		}
	}
	return &all[best]
}
