package graph

import (
	"context"

	"github.com/relance/relance"
)

// consentPreferences gives the preferences as they are after a change, or why it was not made.
func (r *Resolver) consentPreferences(ctx context.Context, err error) (*ConsentPreferencePayload, error) {
	errs, err := userErrors(err)
	if err != nil || len(errs) > 0 {
		return &ConsentPreferencePayload{Preferences: []*relance.ConsentPreference{}, Errors: errs}, err
	}
	list, err := r.Read.ConsentPreferences(ctx, bearer(ctx).MerchantID, true)
	return &ConsentPreferencePayload{Preferences: pointers(list), Errors: errs}, err
}
