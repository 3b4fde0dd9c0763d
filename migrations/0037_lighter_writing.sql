-- +goose Up
SET ROLE relance_owner;

-- A foreign key looks up and locks its row once for every row that is written: a third of what a new profile cost.
-- Profiles, identities and identity_keys are derived: store.Derive makes all of them in one transaction, under the
-- merchant's lock that whoever erases holds too, and no profile is ever deleted. There the key guards nothing, nor does
-- the one to the merchant, who is the transaction's own.
ALTER TABLE profiles DROP CONSTRAINT profiles_merchant_id_fkey;
ALTER TABLE identities DROP CONSTRAINT identities_merchant_id_customer_id_fkey;
ALTER TABLE identities DROP CONSTRAINT identities_merchant_id_home_profile_id_fkey;
ALTER TABLE identities DROP CONSTRAINT identities_merchant_id_profile_id_fkey;
ALTER TABLE identity_keys DROP CONSTRAINT identity_keys_merchant_id_customer_id_fkey;

-- +goose StatementBegin
CREATE FUNCTION profiles_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'profiles are never deleted: one of which nothing is left is merged into itself or another';
END $$;
-- +goose StatementEnd
CREATE TRIGGER profiles_stay BEFORE DELETE OR TRUNCATE ON profiles FOR EACH STATEMENT EXECUTE FUNCTION profiles_stay();

-- Who a customer is goes with the customer, whoever deletes it.
-- +goose StatementBegin
CREATE FUNCTION customers_take_their_identity() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM identities i USING gone c WHERE i.merchant_id = c.merchant_id AND i.customer_id = c.id;
  DELETE FROM identity_keys k USING gone c WHERE k.merchant_id = c.merchant_id AND k.customer_id = c.id;
  RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER customers_take_their_identity AFTER DELETE ON customers REFERENCING OLD TABLE AS gone
  FOR EACH STATEMENT EXECUTE FUNCTION customers_take_their_identity();

-- What an import wrote is found by the import, which knows its list. An import that wrote something is never deleted.
ALTER TABLE import_records DROP CONSTRAINT import_records_merchant_id_import_id_fkey;
ALTER TABLE import_records DROP CONSTRAINT import_records_pkey;
DROP INDEX import_records_of;
ALTER TABLE import_records DROP COLUMN source_id;
ALTER TABLE import_records ALTER COLUMN record TYPE json;
ALTER TABLE import_records ADD PRIMARY KEY (merchant_id, import_id, kind, external_id);

-- Of a table that is small still, a few thousand rows tell enough: it is looked at again when it has doubled.
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION learn_grown_tables() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET default_statistics_target = 100 AS $$
DECLARE
  t record;
BEGIN
  IF NOT pg_try_advisory_xact_lock(hashtextextended('learn_grown_tables', 0)) THEN
    RETURN;
  END IF;
  FOR t IN SELECT c.oid::regclass AS name, pg_relation_size(c.oid) / current_setting('block_size')::int AS pages FROM pg_class c
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND c.relowner = 'relance_owner'::regrole
    AND pg_relation_size(c.oid) / current_setting('block_size')::int > CASE WHEN c.reltuples > 0 THEN 2 * c.relpages + 8 ELSE 8 END
    AND pg_stat_get_live_tuples(c.oid) > 0
  LOOP
    PERFORM set_config('default_statistics_target', CASE WHEN t.pages > 4000 THEN '100' ELSE '20' END, true);
    EXECUTE format('ANALYZE %s', t.name);
  END LOOP;
END $$;
-- +goose StatementEnd
RESET ROLE;
