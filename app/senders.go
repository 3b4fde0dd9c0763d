package app

import (
	"context"

	"github.com/google/uuid"

	"github.com/relance/relance"
)

// CheckSender looks at what the DNS says of the domain that a shop sends from; nil where it has
// no sender address. It takes up to some seconds and stores nothing.
func (a *App) CheckSender(ctx context.Context, m, shop uuid.UUID) (*relance.SenderCheck, error) {
	set, err := a.Store.ShopSettings(ctx, m, shop)
	if err != nil || set.SenderEmail == "" || a.Senders == nil {
		return nil, err
	}
	check := a.Senders.Check(ctx, set.SenderEmail, set.DKIMSelector, a.Now())
	return &check, nil
}
