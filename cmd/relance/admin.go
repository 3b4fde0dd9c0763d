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
