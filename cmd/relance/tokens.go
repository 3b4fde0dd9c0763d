package main

import (
	"context"
	"log/slog"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/relance/relance"
	"github.com/relance/relance/app"
	"github.com/relance/relance/store"
)

// commandLine is who acts, in the audit trail.
const commandLine = "command line"

type tokenCmd struct {
	Create tokenCreateCmd `cmd:"" help:"Print a new API token, alone on standard output."`
	List   tokenListCmd   `cmd:"" help:"List the tokens that are not revoked: id, role, when it was made, shops, name."`
	Revoke tokenRevokeCmd `cmd:"" help:"End a token for good; servers refuse it within five seconds."`
}

type tokenCreateCmd struct {
	Role     string      `name:"role" required:"" enum:"owner,marketer,clerk,reader" help:"owner, marketer, clerk or reader."`
	Merchant *uuid.UUID  `name:"merchant" help:"The merchant; needed once there are two."`
	Shop     []uuid.UUID `name:"shop" help:"Limits a clerk to this shop; may be repeated."`
	Name     string      `name:"name" help:"What the token is for."`
}

// Run implements the command.
func (c *tokenCreateCmd) Run(ctx context.Context, s *Settings, std *streams) error {
	if len(c.Shop) > 0 && c.Role != "clerk" {
		return relance.Errorf(relance.CodeBadInput, "--shop limits a clerk; a token of the role %s sees all shops", c.Role)
	}
	return withTokens(ctx, s, func(a *app.App) error {
		m, err := theMerchant(ctx, a.Store, c.Merchant, true)
		if err != nil {
			return err
		}
		secret, _, err := a.CreateToken(ctx, m, relance.Token{Role: relance.Role(strings.ToUpper(c.Role)), ShopIDs: c.Shop, Name: c.Name}, commandLine)
		if err != nil {
			return err
		}
		std.printf("%s\n", secret)
		return nil
	})
}

type tokenListCmd struct {
	Merchant *uuid.UUID `name:"merchant" help:"The merchant; all of them where it is left out."`
}

// Run implements the command.
func (c *tokenListCmd) Run(ctx context.Context, s *Settings, std *streams) error {
	return withTokens(ctx, s, func(a *app.App) error {
		merchants, err := merchantsOr(ctx, a.Store, c.Merchant)
		if err != nil {
			return err
		}
		for _, m := range merchants {
			list, err := a.Store.Tokens(ctx, m, false)
			if err != nil {
				return err
			}
			for _, t := range list {
				std.printf("%s\t%s\t%s\t%s\t%s\n", t.ID, strings.ToLower(string(t.Role)), t.CreatedAt.UTC().Format(time.RFC3339), shopsOf(t), t.Name)
			}
		}
		return nil
	})
}

// shopsOf says which shops a token reaches.
func shopsOf(t relance.Token) string {
	if len(t.ShopIDs) == 0 {
		return "all shops"
	}
	ids := make([]string, len(t.ShopIDs))
	for i, id := range t.ShopIDs {
		ids[i] = id.String()
	}
	return strings.Join(ids, ",")
}

type tokenRevokeCmd struct {
	ID       uuid.UUID  `arg:"" help:"The token's id, from relance token list; not the token itself."`
	Merchant *uuid.UUID `name:"merchant" help:"The merchant; any where it is left out."`
}

// Run implements the command.
func (c *tokenRevokeCmd) Run(ctx context.Context, s *Settings, std *streams) error {
	return withTokens(ctx, s, func(a *app.App) error {
		merchants, err := merchantsOr(ctx, a.Store, c.Merchant)
		if err != nil {
			return err
		}
		for _, m := range merchants {
			switch err := a.RevokeToken(ctx, m, c.ID, commandLine); relance.CodeOf(err) {
			case "":
				std.printf("relance: the token is revoked; servers refuse it within five seconds\n")
				return nil
			case relance.CodeNotFound: // another merchant's, perhaps
			default:
				return err
			}
		}
		return relance.Errorf(relance.CodeNotFound, "there is no token %s, or it is revoked already; see relance token list", c.ID)
	})
}

// withTokens opens what commands about tokens need: the database, but no secret key.
func withTokens(ctx context.Context, s *Settings, f func(*app.App) error) error {
	st, err := s.openStore(ctx)
	if err != nil {
		return err
	}
	defer st.Close()
	return f(&app.App{Store: st, Now: time.Now, Log: slog.New(slog.DiscardHandler)})
}

// merchantsOr gives the merchant named, or all of them.
func merchantsOr(ctx context.Context, st *store.Store, named *uuid.UUID) ([]uuid.UUID, error) {
	if named != nil {
		m, err := theMerchant(ctx, st, named, false)
		return []uuid.UUID{m}, err
	}
	all, err := st.AllMerchants(ctx)
	out := make([]uuid.UUID, len(all))
	for i, m := range all {
		out[i] = m.ID
	}
	return out, err
}
