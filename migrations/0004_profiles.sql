-- +goose Up
SET ROLE relance_owner;

-- One row per profile id ever given. merged_into is where a merged id answers from:
-- always the surviving profile itself, never a chain.
CREATE TABLE profiles (
  merchant_id      uuid NOT NULL REFERENCES merchants,
  id               uuid NOT NULL,
  merged_into      uuid,
  first_name       text NOT NULL DEFAULT '',
  last_name        text NOT NULL DEFAULT '',
  company          text NOT NULL DEFAULT '',
  title            text NOT NULL DEFAULT '',
  language         text NOT NULL DEFAULT '',
  birthday         date,
  sort_name        text NOT NULL DEFAULT '',   -- folded "last first", or company, or e-mail
  search_text      text NOT NULL DEFAULT '',   -- folded words
  created_at       timestamptz NOT NULL,       -- became a client: the earliest date at any source
  admin_changed_at timestamptz NOT NULL,       -- by people, never by orders or syncs
  order_count      int NOT NULL DEFAULT 0,
  last_order_at    timestamptz,
  oldest_cart_at   timestamptz,                -- last activity of the longest resting cart without an order
  needs_review     boolean NOT NULL DEFAULT false, -- more records match than may be joined unseen
  PRIMARY KEY (merchant_id, id)
);
CREATE INDEX profiles_by_admin_change ON profiles (merchant_id, admin_changed_at, id) WHERE merged_into IS NULL;
CREATE INDEX profiles_by_name ON profiles (merchant_id, sort_name COLLATE "C", id) WHERE merged_into IS NULL;
CREATE INDEX profiles_by_created ON profiles (merchant_id, created_at, id) WHERE merged_into IS NULL;
CREATE INDEX profiles_by_last_order ON profiles (merchant_id, last_order_at, id) WHERE merged_into IS NULL;
CREATE INDEX profiles_merged ON profiles (merchant_id, merged_into) WHERE merged_into IS NOT NULL;
CREATE INDEX profiles_search ON profiles USING gin (merchant_id, search_text gin_trgm_ops) WHERE merged_into IS NULL;
SELECT fence('profiles');
COMMENT ON COLUMN profiles.first_name IS 'personal';
COMMENT ON COLUMN profiles.last_name IS 'personal';
COMMENT ON COLUMN profiles.company IS 'personal';
COMMENT ON COLUMN profiles.title IS 'personal';
COMMENT ON COLUMN profiles.birthday IS 'personal';
COMMENT ON COLUMN profiles.sort_name IS 'personal';
COMMENT ON COLUMN profiles.search_text IS 'personal';

-- Which profile a customer of a source belongs to, and why. home_profile_id is the
-- profile made for this record; it comes back when the record stands alone again.
CREATE TABLE identities (
  merchant_id     uuid NOT NULL,
  customer_id     uuid NOT NULL,
  home_profile_id uuid NOT NULL,
  profile_id      uuid NOT NULL,
  matched_by      text NOT NULL DEFAULT 'NONE' CHECK (matched_by IN ('EMAIL', 'PHONE', 'CUSTOMER_NUMBER', 'ADDRESS', 'HAND', 'NONE')),
  PRIMARY KEY (merchant_id, customer_id),
  FOREIGN KEY (merchant_id, customer_id) REFERENCES customers ON DELETE CASCADE,
  FOREIGN KEY (merchant_id, home_profile_id) REFERENCES profiles,
  FOREIGN KEY (merchant_id, profile_id) REFERENCES profiles
);
CREATE INDEX identities_by_profile ON identities (merchant_id, profile_id, customer_id);
CREATE UNIQUE INDEX identities_by_home ON identities (merchant_id, home_profile_id);
SELECT fence('identities');

CREATE TABLE identity_keys (
  merchant_id uuid NOT NULL,
  kind        text NOT NULL CHECK (kind IN ('EMAIL', 'PHONE', 'CUSTOMER_NUMBER', 'ADDRESS')),
  value       text NOT NULL,
  name        text NOT NULL,   -- folded full name; phones and addresses match only with it
  customer_id uuid NOT NULL,
  PRIMARY KEY (merchant_id, kind, value, name, customer_id),
  FOREIGN KEY (merchant_id, customer_id) REFERENCES customers ON DELETE CASCADE
);
CREATE INDEX identity_keys_by_customer ON identity_keys (merchant_id, customer_id);
SELECT fence('identity_keys');
COMMENT ON COLUMN identity_keys.value IS 'personal';
COMMENT ON COLUMN identity_keys.name IS 'personal';

-- The merge ledger: every joining of profiles, by hand or by matching, and its undoing.
CREATE TABLE merges (
  merchant_id      uuid NOT NULL,
  id               uuid NOT NULL,
  kind             text NOT NULL CHECK (kind IN ('HAND', 'AUTO')),
  into_profile_id  uuid NOT NULL,
  from_profile_ids uuid[] NOT NULL,
  members          uuid[] NOT NULL,  -- the customer records that joined
  matched_by       text NOT NULL,
  actor            text NOT NULL,
  at               timestamptz NOT NULL,
  undone_at        timestamptz,
  undone_by        text,
  PRIMARY KEY (merchant_id, id)
);
CREATE INDEX merges_by_into ON merges (merchant_id, into_profile_id) WHERE undone_at IS NULL;
CREATE INDEX merges_by_from ON merges USING gin (merchant_id, from_profile_ids) WHERE undone_at IS NULL;
SELECT fence('merges');

-- What people decided about two customer records: TOGETHER links them (by a merge),
-- APART keeps them in different profiles whatever they share.
CREATE TABLE decisions (
  merchant_id uuid NOT NULL,
  customer_a  uuid NOT NULL,
  customer_b  uuid NOT NULL CHECK (customer_a < customer_b),
  verdict     text NOT NULL CHECK (verdict IN ('TOGETHER', 'APART')),
  merge_id    uuid,
  into_home   uuid,   -- TOGETHER: the profile that the person chose to keep
  actor       text NOT NULL,
  at          timestamptz NOT NULL,
  PRIMARY KEY (merchant_id, customer_a, customer_b),
  FOREIGN KEY (merchant_id, customer_a) REFERENCES customers ON DELETE CASCADE,
  FOREIGN KEY (merchant_id, customer_b) REFERENCES customers ON DELETE CASCADE
);
CREATE INDEX decisions_by_b ON decisions (merchant_id, customer_b);
CREATE INDEX decisions_by_merge ON decisions (merchant_id, merge_id) WHERE merge_id IS NOT NULL;
SELECT fence('decisions');

CREATE TABLE profile_stats (
  merchant_id   uuid NOT NULL,
  profile_id    uuid NOT NULL,
  currency      text NOT NULL,
  order_count   int NOT NULL,
  spent         numeric(20,6) NOT NULL,
  returned      numeric(20,6) NOT NULL,
  last_order_at timestamptz,
  PRIMARY KEY (merchant_id, profile_id, currency),
  FOREIGN KEY (merchant_id, profile_id) REFERENCES profiles
);
CREATE INDEX profile_stats_spent ON profile_stats (merchant_id, currency, spent, profile_id);
SELECT fence('profile_stats');

CREATE TABLE profile_habits (
  merchant_id uuid NOT NULL,
  profile_id  uuid NOT NULL,
  what        text NOT NULL CHECK (what IN ('CATEGORY', 'SIZE', 'PRODUCT')),
  value       text NOT NULL,
  quantity    bigint NOT NULL,
  PRIMARY KEY (merchant_id, profile_id, what, value),
  FOREIGN KEY (merchant_id, profile_id) REFERENCES profiles
);
SELECT fence('profile_habits');

-- What replaced order lines had added to habits and must be taken off again.
CREATE TABLE habit_debts (
  merchant_id uuid NOT NULL,
  seq         bigint GENERATED ALWAYS AS IDENTITY,
  profile_id  uuid NOT NULL,
  what        text NOT NULL,
  value       text NOT NULL,
  quantity    bigint NOT NULL,
  PRIMARY KEY (merchant_id, seq)
);
SELECT fence('habit_debts');

-- Things people attach to a profile. origin_profile_id is where it was attached;
-- profile_id follows merges and comes back with an unmerge.
CREATE TABLE labels (
  merchant_id uuid NOT NULL REFERENCES merchants,
  id          uuid NOT NULL,
  name        text NOT NULL,
  created_at  timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (merchant_id, id)
);
CREATE UNIQUE INDEX labels_name ON labels (merchant_id, lower(name));
SELECT fence('labels');

CREATE TABLE profile_labels (
  merchant_id       uuid NOT NULL,
  origin_profile_id uuid NOT NULL,
  label_id          uuid NOT NULL,
  profile_id        uuid NOT NULL,
  at                timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (merchant_id, origin_profile_id, label_id),
  FOREIGN KEY (merchant_id, label_id) REFERENCES labels ON DELETE CASCADE,
  FOREIGN KEY (merchant_id, origin_profile_id) REFERENCES profiles
);
CREATE INDEX profile_labels_by_profile ON profile_labels (merchant_id, profile_id, label_id);
SELECT fence('profile_labels');

CREATE TABLE notes (
  merchant_id       uuid NOT NULL,
  id                uuid NOT NULL,
  origin_profile_id uuid NOT NULL,
  profile_id        uuid NOT NULL,
  body              text NOT NULL,
  author            text NOT NULL,
  at                timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (merchant_id, id),
  FOREIGN KEY (merchant_id, origin_profile_id) REFERENCES profiles
);
CREATE INDEX notes_by_profile ON notes (merchant_id, profile_id, at DESC);
SELECT fence('notes');
COMMENT ON COLUMN notes.body IS 'personal';

CREATE TABLE customer_groups (
  merchant_id uuid NOT NULL,
  source_id   uuid NOT NULL,
  external_id text NOT NULL,
  name        text NOT NULL,
  PRIMARY KEY (merchant_id, source_id, external_id),
  FOREIGN KEY (merchant_id, source_id) REFERENCES sources
);
SELECT fence('customer_groups');

CREATE TABLE memberships (
  merchant_id       uuid NOT NULL,
  id                uuid NOT NULL,
  origin_profile_id uuid NOT NULL,
  profile_id        uuid NOT NULL,
  type              text NOT NULL,
  rate              text NOT NULL DEFAULT '',
  status            text NOT NULL CHECK (status IN ('ACTIVE', 'PAUSED', 'ENDED')),
  since             timestamptz NOT NULL,
  ended_at          timestamptz,
  PRIMARY KEY (merchant_id, id),
  FOREIGN KEY (merchant_id, origin_profile_id) REFERENCES profiles
);
CREATE INDEX memberships_by_profile ON memberships (merchant_id, profile_id);
SELECT fence('memberships');

-- Search reads the tenant from the setting itself: trigram operators are not
-- leakproof, so under plain row-level security the index would not be used.
-- +goose StatementBegin
CREATE FUNCTION search_profiles(words text[], whole text) RETURNS SETOF uuid
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = public, pg_temp SET pg_trgm.word_similarity_threshold = 0.55 AS $$
DECLARE
  m uuid := current_setting('relance.merchant')::uuid;
  cond text := '';
  w text;
BEGIN
  FOREACH w IN ARRAY words LOOP
    cond := cond || format(' AND (p.search_text LIKE %L', '%' || replace(replace(replace(w, '\', '\\'), '%', '\%'), '_', '\_') || '%');
    IF length(w) >= 4 THEN cond := cond || format(' OR %L <%% p.search_text', w); END IF;
    cond := cond || ')';
  END LOOP;
  RETURN QUERY EXECUTE 'SELECT p.id FROM profiles p WHERE p.merchant_id = $1 AND p.merged_into IS NULL' || cond
    || ' UNION SELECT o.profile_id FROM orders o WHERE o.merchant_id = $1 AND o.profile_id IS NOT NULL AND o.deleted_at IS NULL AND upper(o.number) LIKE $2'
    USING m, upper(replace(replace(replace(whole, '\', '\\'), '%', '\%'), '_', '\_')) || '%';
END $$;
-- +goose StatementEnd
-- After a first pull the planner knows nothing of the new rows until autovacuum comes by.
-- +goose StatementBegin
CREATE FUNCTION learn_tables() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  ANALYZE customers, addresses, consents, products, orders, order_lines, refunds, carts, cart_lines, cart_events,
    profiles, identities, identity_keys, profile_stats, profile_habits;
END $$;
-- +goose StatementEnd
REVOKE ALL ON FUNCTION search_profiles, learn_tables FROM PUBLIC;
GRANT EXECUTE ON FUNCTION search_profiles, learn_tables TO relance_app;
RESET ROLE;
