package app

import (
	"context"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/relance/relance"
)

// CreateToken makes a token of the role, name and shops of t, and gives its secret, which
// cannot be had again.
func (a *App) CreateToken(ctx context.Context, m uuid.UUID, t relance.Token, actor string) (secret string, added relance.Token, err error) {
	if t.Name = strings.TrimSpace(t.Name); utf8.RuneCountInString(t.Name) > 100 || strings.ContainsFunc(t.Name, unicode.IsControl) {
		return "", t, relance.TellField("name", "TOKEN_NAME")
	}
	if len(t.ShopIDs) > 0 && t.Role != relance.RoleClerk {
		return "", t, relance.TellField("shopIds", "SHOPS_OF_CLERKS")
	}
	for _, shop := range t.ShopIDs {
		if _, err := a.Store.Shop(ctx, m, shop); err != nil {
			return "", t, err
		}
	}
	if secret, added, err = a.Store.AddToken(ctx, m, t); err != nil {
		return "", t, err
	}
	return secret, added, a.audit(ctx, m, actor, "create_token", "token", added.ID, map[string]any{"role": t.Role, "shops": t.ShopIDs, "name": t.Name})
}

// RevokeToken ends a token: at once for who asks the store, within seconds for servers
// that believed it a moment ago.
func (a *App) RevokeToken(ctx context.Context, m, id uuid.UUID, actor string) error {
	if err := a.Store.RevokeToken(ctx, m, id); err != nil {
		return err
	}
	return a.audit(ctx, m, actor, "revoke_token", "token", id, nil)
}
