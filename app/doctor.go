package app

import (
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"github.com/relance/relance"
	"github.com/relance/relance/connectors"
	"github.com/relance/relance/store"
)

// Finding is how one kind of record of a shop compares with what is stored.
type Finding struct {
	Kind        relance.Kind
	AtShop      int
	Stored      int
	Missing     []string // at the shop, not stored
	Extra       []string // stored, not at the shop
	Quarantined int      // missing because they cannot be read
	Erased      int      // at the shop, of people who were erased here: not missing
	Repaired    int
}

// Agrees reports whether nothing differs that is not explained or repaired.
func (f Finding) Agrees() bool { return len(f.Missing)+len(f.Extra) == f.Repaired+f.Quarantined }

// Doctor compares the ids that the shop lists with those that are stored, kind by kind,
// and with repair fetches what is missing and removes what the shop no longer has.
func (a *App) Doctor(ctx context.Context, m, shop uuid.UUID, repair bool) ([]Finding, error) {
	c, p, err := a.connector(ctx, m, shop)
	if err != nil {
		return nil, err
	}
	lister, ok := c.(connectors.IDLister)
	if !ok {
		return nil, relance.Errorf(relance.CodeConflict, "this platform cannot list its ids")
	}
	kinds := comparedKinds(p)
	if slices.Contains(p.Kinds, relance.KindCarts) {
		kinds = append(kinds, relance.KindCarts)
	}
	var out []Finding
	for _, kind := range kinds {
		f, err := a.compare(ctx, m, shop, kind, lister)
		if err != nil {
			return out, fmt.Errorf("compare %s: %w", kind, err)
		}
		if repair {
			if err := a.repair(ctx, m, shop, c, &f); err != nil {
				return out, fmt.Errorf("repair %s: %w", kind, err)
			}
		}
		out = append(out, f)
	}
	return out, a.DeriveAll(ctx, m)
}

func (a *App) compare(ctx context.Context, m, shop uuid.UUID, kind relance.Kind, lister connectors.IDLister) (Finding, error) {
	stored, marked, err := a.Store.StoredIDs(ctx, m, shop, kind)
	if err != nil {
		return Finding{}, err
	}
	f := Finding{Kind: kind, Stored: len(stored)}
	left := make(map[string]bool, len(stored))
	for _, id := range stored {
		left[id] = true
	}
	seen := make(map[string]bool, len(stored))
	for _, id := range marked { // the shop may list them or not
		seen[id] = true
	}
	for after, done := relance.Cursor(""), false; !done; {
		var ids []string
		if ids, after, done, err = lister.IDs(ctx, kind, after); err != nil {
			return f, err
		}
		for _, id := range ids {
			if seen[id] {
				continue
			}
			seen[id] = true
			if left[id] {
				delete(left, id)
			} else {
				f.Missing = append(f.Missing, id)
			}
		}
	}
	f.AtShop = len(seen) - len(marked)
	for id := range left {
		f.Extra = append(f.Extra, id)
	}
	slices.Sort(f.Extra)
	if kind == relance.KindCarts { // shops purge old carts: that is history, not a difference
		f.Extra = nil
	}
	if err := a.leaveErased(ctx, m, shop, &f); err != nil {
		return f, err
	}
	return f, a.countUnreadable(ctx, m, shop, &f)
}

// leaveErased takes records of people who were erased off what is missing: they are not here on purpose.
func (a *App) leaveErased(ctx context.Context, m, shop uuid.UUID, f *Finding) error {
	if f.Kind != relance.KindCustomers || len(f.Missing) == 0 {
		return nil
	}
	erased, err := a.Store.ErasedIDs(ctx, m, shop, f.Missing, a.Now())
	f.Erased = len(erased)
	f.Missing = slices.DeleteFunc(f.Missing, func(id string) bool { return erased[id] })
	return err
}

// countUnreadable counts the missing records that are in quarantine.
func (a *App) countUnreadable(ctx context.Context, m, shop uuid.UUID, f *Finding) error {
	if len(f.Missing) == 0 {
		return nil
	}
	ids, err := a.Store.QuarantinedIDs(ctx, m, shop, f.Kind)
	for _, id := range ids {
		if slices.Contains(f.Missing, id) {
			f.Quarantined++
		}
	}
	return err
}

// repair fetches what is missing and removes what the shop does not know when asked.
func (a *App) repair(ctx context.Context, m, shop uuid.UUID, c connectors.Connector, f *Finding) error {
	fetcher, ok := c.(connectors.Fetcher)
	if !ok {
		return nil
	}
	f.Quarantined = 0 // counted anew as they are read
	for chunk := range slices.Chunk(f.Missing, confirmAtOnce) {
		page, err := fetcher.Fetch(ctx, f.Kind, chunk)
		if err != nil {
			return err
		}
		rows := pageRows(page)
		if err := a.Store.StoreRecords(ctx, m, shop, rows, a.Now()); err != nil {
			return err
		}
		f.Quarantined += len(rows.Rejected)
		f.Repaired += len(page.Customers) + len(page.Orders) + len(page.Carts) + len(page.Products)
	}
	for chunk := range slices.Chunk(f.Extra, confirmAtOnce) {
		gone, err := stillAbsent(ctx, fetcher, f.Kind, chunk)
		if err != nil {
			return err
		}
		if err := a.Store.StoreRecords(ctx, m, shop, store.PageRows{Gone: &store.Gone{Kind: f.Kind, IDs: gone}}, a.Now()); err != nil {
			return err
		}
		f.Repaired += len(gone)
	}
	return nil
}
