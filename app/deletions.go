package app

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/google/uuid"

	"github.com/relance/relance"
	"github.com/relance/relance/connectors"
	"github.com/relance/relance/store"
)

// Deletions are found by comparing ids, and nothing is believed once: a record counts
// as deleted when two listings of the shop's ids, made one after the other, do not hold
// it and asking for it by itself gives nothing either.
const (
	listings      = 2
	confirmAtOnce = 200
	// suspicious is the share of records beyond which an absence is left to a person:
	// shops do not lose a third of their customers between two pulls.
	suspicious = 3
)

// deletionPlace is the cursor of a DELETIONS step.
type deletionPlace struct {
	Kind     int            `json:"k"`           // position in the list of kinds that are compared
	Round    int            `json:"r"`           // listings finished
	Listings []uuid.UUID    `json:"l,omitempty"` // their ids
	After    relance.Cursor `json:"a,omitempty"` // place in the listing at hand
}

// comparedKinds lists the kinds whose deletions are followed. Platforms purge old carts
// by themselves: a cart's absence says nothing.
func comparedKinds(p connectors.Platform) []relance.Kind {
	return slices.DeleteFunc(slices.Clone(p.Kinds), func(k relance.Kind) bool {
		return k != relance.KindCustomers && k != relance.KindOrders && k != relance.KindProducts
	})
}

// pullDeletions does the next bit of a DELETIONS step: a page of ids, or a comparison.
func (a *App) pullDeletions(ctx context.Context, t relance.PageTask, c connectors.Connector, p connectors.Platform) (store.PageRows, error) {
	lister, ok := c.(connectors.IDLister)
	fetcher, ok2 := c.(connectors.Fetcher)
	kinds := comparedKinds(p)
	var at deletionPlace
	if t.Cursor != "" && json.Unmarshal([]byte(t.Cursor), &at) != nil {
		return store.PageRows{}, relance.Tell(relance.CodeCursorRefused, nil, "CONTINUATION_REFUSED")
	}
	if !ok || !ok2 || at.Kind >= len(kinds) {
		return store.PageRows{Done: true}, nil
	}
	kind := kinds[at.Kind]
	complete := at.Round == listings
	if at.Round > 0 && !complete && at.After == "" { // where nothing is absent nothing needs a second look
		absent, _, err := a.Store.Absent(ctx, t.MerchantID, t.ShopID, kind, at.Listings, 1)
		if err != nil {
			return store.PageRows{}, err
		}
		complete = len(absent) == 0
	}
	if complete {
		gone, err := a.proveGone(ctx, t, kind, at, fetcher)
		if err != nil {
			return store.PageRows{}, err
		}
		return place(deletionPlace{Kind: at.Kind + 1}, store.PageRows{Gone: gone}, at.Kind+1 == len(kinds))
	}
	return a.listPage(ctx, t, kind, at, lister)
}

// listPage keeps a page of the ids that the shop lists.
func (a *App) listPage(ctx context.Context, t relance.PageTask, kind relance.Kind, at deletionPlace, lister connectors.IDLister) (store.PageRows, error) {
	if len(at.Listings) == at.Round {
		at.Listings = append(at.Listings, uuid.Must(uuid.NewV7()))
	}
	ids, next, done, err := lister.IDs(ctx, kind, at.After)
	if err != nil {
		return store.PageRows{}, err
	}
	listing := &store.Listing{ID: at.Listings[at.Round], Kind: kind, IDs: ids}
	at.After = next
	if done {
		at.Round, at.After = at.Round+1, ""
	}
	return place(at, store.PageRows{Listed: listing}, false)
}

func place(at deletionPlace, rows store.PageRows, done bool) (store.PageRows, error) {
	if done {
		rows.Done = true // the next comparison begins anew: no watermark
		return rows, nil
	}
	b, err := json.Marshal(at)
	rows.Next = relance.Cursor(b)
	return rows, err
}

// proveGone asks for each absent record by itself. Too many at once are left alone: the
// shop is more likely ill than empty.
func (a *App) proveGone(ctx context.Context, t relance.PageTask, kind relance.Kind, at deletionPlace, f connectors.Fetcher) (*store.Gone, error) {
	gone := &store.Gone{Kind: kind, Listings: at.Listings}
	absent, stored, err := a.Store.Absent(ctx, t.MerchantID, t.ShopID, kind, at.Listings, 100_000)
	if err != nil {
		return nil, err
	}
	if int64(len(absent))*suspicious > stored && len(absent) > 20 {
		a.Log.Warn("the shop lists far fewer records than are stored; nothing is deleted, compare with `relance doctor`",
			"shop", t.ShopID, "kind", kind, "absent", len(absent), "stored", stored)
		return gone, nil
	}
	for chunk := range slices.Chunk(absent, confirmAtOnce) {
		left, err := stillAbsent(ctx, f, kind, chunk)
		if err != nil {
			return nil, err
		}
		gone.IDs = append(gone.IDs, left...)
	}
	return gone, nil
}

// stillAbsent gives the ids that the shop does not know when asked for them.
func stillAbsent(ctx context.Context, f connectors.Fetcher, kind relance.Kind, ids []string) ([]string, error) {
	page, err := f.Fetch(ctx, kind, ids)
	if err != nil {
		return nil, err
	}
	found := map[string]bool{}
	for _, r := range page.Customers {
		found[r.ExternalID] = true
	}
	for _, r := range page.Orders {
		found[r.ExternalID] = true
	}
	for _, r := range page.Products {
		found[r.ExternalID] = true
	}
	for _, r := range page.Carts {
		found[r.ExternalID] = true
	}
	for _, r := range page.Rejected {
		found[r.ExternalID] = true
	}
	return slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return found[id] }), nil
}
