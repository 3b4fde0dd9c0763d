package main

import (
	"context"
	"strings"

	"github.com/google/uuid"

	"github.com/relance/relance"
	"github.com/relance/relance/internal/secret"
	"github.com/relance/relance/store"
)

type migrateCmd struct{}

// Run implements the command.
func (migrateCmd) Run(ctx context.Context, s *Settings, std *streams) error {
	if s.DatabaseURL == "" {
		return relance.Errorf(relance.CodeBadInput, "set DATABASE_URL (or --database-url) to a Postgres database")
	}
	n, err := store.Migrate(ctx, s.DatabaseURL)
	if err != nil {
		return err
	}
	std.printf("relance: %d migrations applied, the database is up to date\n", n)
	return nil
}

type keyCmd struct {
	Rotate bool `name:"rotate" help:"Add a new key to RELANCE_SECRET_KEY and print the keyset of both."`
}

// Run implements the command.
func (c *keyCmd) Run(s *Settings, std *streams) error {
	fresh := secret.NewKeyset
	if c.Rotate {
		fresh = func() (string, error) { return secret.Rotate(s.SecretKey) }
	}
	key, err := fresh()
	if err != nil {
		return relance.WrapError(relance.CodeBadInput, err, "%s", err)
	}
	std.printf("%s\n", key)
	return nil
}

type merchantCmd struct {
	Create merchantCreateCmd `cmd:"" help:"Add a merchant and print its id."`
}

type merchantCreateCmd struct {
	Name string `name:"name" required:"" help:"The merchant's name."`
}

// Run implements the command.
func (c *merchantCreateCmd) Run(ctx context.Context, s *Settings, std *streams) error {
	name := strings.TrimSpace(c.Name)
	if name == "" {
		return relance.Errorf(relance.CodeBadInput, "the merchant needs a name")
	}
	st, err := s.openStore(ctx)
	if err != nil {
		return err
	}
	defer st.Close()
	id, err := st.CreateMerchant(ctx, name)
	if err != nil {
		return err
	}
	std.printf("%s\n", id)
	return nil
}

type tokenCmd struct {
	Create tokenCreateCmd `cmd:"" help:"Print a new API token, alone on standard output."`
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
	st, err := s.openStore(ctx)
	if err != nil {
		return err
	}
	defer st.Close()
	m, err := theMerchant(ctx, st, c.Merchant, true)
	if err != nil {
		return err
	}
	for _, shop := range c.Shop {
		if _, err := st.Shop(ctx, m, shop); err != nil {
			return err
		}
	}
	token, err := st.CreateToken(ctx, m, relance.Role(strings.ToUpper(c.Role)), c.Shop, c.Name)
	if err != nil {
		return err
	}
	std.printf("%s\n", token)
	return nil
}

// theMerchant finds the merchant a command is for: the one named, else the only one,
// else with create a first one.
func theMerchant(ctx context.Context, st *store.Store, named *uuid.UUID, create bool) (uuid.UUID, error) {
	all, err := st.AllMerchants(ctx)
	if err != nil {
		return uuid.Nil, err
	}
	if named != nil {
		for _, m := range all {
			if m.ID == *named {
				return m.ID, nil
			}
		}
		return uuid.Nil, relance.Errorf(relance.CodeNotFound, "there is no merchant %s", named)
	}
	switch {
	case len(all) == 1:
		return all[0].ID, nil
	case len(all) > 1:
		return uuid.Nil, relance.Errorf(relance.CodeBadInput, "there are %d merchants; name one with --merchant", len(all))
	case create:
		return st.CreateMerchant(ctx, "My business")
	}
	return uuid.Nil, relance.Errorf(relance.CodeNotFound, "there is no merchant yet; `relance token create --role owner` makes the first one")
}
