package store

import (
	"context"
	"maps"
	"slices"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/relance/relance"
)

// SendingShops reads what of the shops decides about sending; no ids are all of them.
func (s *Store) SendingShops(ctx context.Context, m uuid.UUID, ids []uuid.UUID) ([]relance.FactShop, error) {
	found := &relance.FactMerchant{Shops: map[uuid.UUID]relance.FactShop{}}
	if err := s.read(ctx, m, func(b *pgx.Batch) { queueFactMerchant(b, m, found) }); err != nil {
		return nil, err
	}
	return slices.Collect(func(yield func(relance.FactShop) bool) {
		for shop := range maps.Values(found.Shops) {
			if (len(ids) == 0 || slices.Contains(ids, shop.ID)) && !yield(shop) {
				return
			}
		}
	}), nil
}
