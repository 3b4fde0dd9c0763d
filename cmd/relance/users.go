package main

import (
	"context"
	"strings"

	"github.com/google/uuid"

	"github.com/relance/relance"
	"github.com/relance/relance/app"
)

type userCmd struct {
	Invite userInviteCmd `cmd:"" help:"Add somebody to the staff and print the link with which they choose their password."`
	Reset  userResetCmd  `cmd:"" help:"Print a link with which somebody chooses a new password; --two-factor also switches a lost second factor off."`
}

type userInviteCmd struct {
	Email    string      `arg:"" help:"Their e-mail address."`
	Role     string      `name:"role" required:"" enum:"owner,marketer,clerk,reader" help:"owner, marketer, clerk or reader."`
	Merchant *uuid.UUID  `name:"merchant" help:"The merchant; needed once there are two."`
	Shop     []uuid.UUID `name:"shop" help:"Limits a clerk to this shop; may be repeated."`
}

// Run implements the command.
func (c *userInviteCmd) Run(ctx context.Context, s *Settings, std *streams) error {
	return withTokens(ctx, s, func(a *app.App) error {
		m, err := theMerchant(ctx, a.Store, c.Merchant, true)
		if err != nil {
			return err
		}
		_, secret, err := a.Invite(ctx, m, relance.User{Email: c.Email, Role: relance.Role(strings.ToUpper(c.Role)), ShopIDs: c.Shop}, commandLine)
		if err != nil {
			return err
		}
		std.printf("%s\n", s.linkTo(secret))
		return nil
	})
}

type userResetCmd struct {
	Email     string     `arg:"" help:"Their e-mail address."`
	Merchant  *uuid.UUID `name:"merchant" help:"The merchant; needed once there are two."`
	TwoFactor bool       `name:"two-factor" help:"Also switch their second factor off."`
}

// Run implements the command.
func (c *userResetCmd) Run(ctx context.Context, s *Settings, std *streams) error {
	return withTokens(ctx, s, func(a *app.App) error {
		m, err := theMerchant(ctx, a.Store, c.Merchant, false)
		if err != nil {
			return err
		}
		list, err := a.Store.Users(ctx, m, false)
		if err != nil {
			return err
		}
		for _, u := range list {
			if !strings.EqualFold(u.Email, c.Email) {
				continue
			}
			if c.TwoFactor {
				if err := a.ResetTwoFactor(ctx, m, u.ID, commandLine); err != nil {
					return err
				}
			}
			secret, err := a.ResetPassword(ctx, m, u.ID, commandLine)
			if err != nil {
				return err
			}
			std.printf("%s\n", s.linkTo(secret))
			return nil
		}
		return relance.Errorf(relance.CodeNotFound, "nobody on the staff has this e-mail address; see relance user invite")
	})
}

// linkTo is the address of a one-time link. Without RELANCE_PUBLIC_URL it is the one that
// `relance serve` listens on by itself.
func (s *Settings) linkTo(secret string) string {
	base := strings.TrimRight(s.PublicURL, "/")
	if base == "" {
		base = "http://127.0.0.1:8080"
	}
	return base + "/link#token=" + secret
}
