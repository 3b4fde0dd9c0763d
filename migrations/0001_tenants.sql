-- +goose Up
-- Roles: relance_owner owns the tables and is used by migrations only; relance_app is
-- the running product, fenced by row-level security; relance_system sees, across
-- tenants, only the few tables a sweep needs.
-- +goose StatementBegin
DO $$
DECLARE r text;
BEGIN
  FOREACH r IN ARRAY ARRAY['relance_owner', 'relance_app', 'relance_system'] LOOP
    BEGIN
      EXECUTE format('CREATE ROLE %I NOLOGIN NOSUPERUSER NOBYPASSRLS', r);
    EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
    END;
    BEGIN
      EXECUTE format('GRANT %I TO CURRENT_USER', r);
    EXCEPTION WHEN invalid_grant_operation OR unique_violation OR insufficient_privilege THEN NULL; -- granted already
    END;
  END LOOP;
END $$;
-- +goose StatementEnd
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE EXTENSION IF NOT EXISTS btree_gin;
GRANT USAGE ON SCHEMA public TO relance_app, relance_system;
-- +goose StatementBegin
DO $$ BEGIN
  EXECUTE format('GRANT CREATE, USAGE ON SCHEMA public TO relance_owner');
END $$;
-- +goose StatementEnd
SET ROLE relance_owner;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO relance_app;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE ON SEQUENCES TO relance_app;

-- fence puts a tenant table behind row-level security: without a tenant set, every
-- statement on it fails.
-- +goose StatementBegin
CREATE FUNCTION fence(tab regclass, col text DEFAULT 'merchant_id') RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', tab);
  EXECUTE format('CREATE POLICY tenant ON %s TO relance_app USING (%I = current_setting(''relance.merchant'')::uuid)', tab, col);
END $$;
-- +goose StatementEnd

CREATE TABLE merchants (
  id            uuid PRIMARY KEY,
  name          text NOT NULL,
  main_currency text NOT NULL DEFAULT 'EUR',
  abandon_after interval NOT NULL DEFAULT '60 minutes',
  created_at    timestamptz NOT NULL DEFAULT now()
);
SELECT fence('merchants', 'id');

CREATE TABLE users (
  merchant_id   uuid NOT NULL REFERENCES merchants,
  id            uuid NOT NULL,
  email         text NOT NULL,
  name          text NOT NULL DEFAULT '',
  role          text NOT NULL CHECK (role IN ('OWNER', 'MARKETER', 'CLERK', 'READER')),
  shop_ids      uuid[] NOT NULL DEFAULT '{}',
  password_hash text,
  created_at    timestamptz NOT NULL DEFAULT now(),
  disabled_at   timestamptz,
  PRIMARY KEY (merchant_id, id)
);
CREATE UNIQUE INDEX users_email ON users (merchant_id, lower(email));
SELECT fence('users');

CREATE TABLE api_tokens (
  merchant_id uuid NOT NULL REFERENCES merchants,
  id          uuid NOT NULL,
  hash        bytea NOT NULL,
  name        text NOT NULL DEFAULT '',
  role        text NOT NULL CHECK (role IN ('OWNER', 'MARKETER', 'CLERK', 'READER')),
  shop_ids    uuid[] NOT NULL DEFAULT '{}',
  created_at  timestamptz NOT NULL DEFAULT now(),
  revoked_at  timestamptz,
  PRIMARY KEY (merchant_id, id)
);
CREATE INDEX api_tokens_hash ON api_tokens (hash);
SELECT fence('api_tokens');

-- Who a token belongs to is asked before any tenant is known.
-- +goose StatementBegin
CREATE FUNCTION token_bearer(token_hash bytea)
RETURNS TABLE (merchant_id uuid, id uuid, role text, shop_ids uuid[])
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  RETURN QUERY SELECT t.merchant_id, t.id, t.role, t.shop_ids FROM api_tokens t
    WHERE t.hash = token_hash AND t.revoked_at IS NULL;
END $$;
-- +goose StatementEnd

-- The command line names merchants before any tenant is known.
-- +goose StatementBegin
CREATE FUNCTION all_merchants() RETURNS SETOF merchants
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN RETURN QUERY SELECT * FROM merchants ORDER BY created_at, merchants.id; END $$;
-- +goose StatementEnd

CREATE TABLE audit (
  merchant_id  uuid NOT NULL REFERENCES merchants,
  id           uuid NOT NULL,
  at           timestamptz NOT NULL DEFAULT now(),
  actor        text NOT NULL,
  action       text NOT NULL,
  subject_kind text NOT NULL DEFAULT '',
  subject_id   text NOT NULL DEFAULT '',
  detail       jsonb NOT NULL DEFAULT '{}',
  PRIMARY KEY (merchant_id, id)
);
SELECT fence('audit');
REVOKE UPDATE, DELETE ON audit FROM relance_app;
REVOKE ALL ON FUNCTION token_bearer, all_merchants FROM PUBLIC;
GRANT EXECUTE ON FUNCTION token_bearer TO relance_app;
GRANT EXECUTE ON FUNCTION all_merchants TO relance_system;
COMMENT ON COLUMN users.email IS 'personal: staff e-mail';
COMMENT ON COLUMN users.name IS 'personal: staff name';
COMMENT ON COLUMN users.password_hash IS 'secret';
RESET ROLE;
