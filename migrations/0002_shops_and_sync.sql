-- +goose Up
SET ROLE relance_owner;

CREATE TABLE sources (
  merchant_id uuid NOT NULL REFERENCES merchants,
  id          uuid NOT NULL,
  kind        text NOT NULL CHECK (kind IN ('SHOP', 'IMPORT', 'API', 'MANUAL')),
  name        text NOT NULL,
  created_at  timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (merchant_id, id)
);
SELECT fence('sources');

CREATE TABLE shops (
  merchant_id    uuid NOT NULL,
  id             uuid NOT NULL,
  platform       text NOT NULL,
  external_key   text NOT NULL,
  name           text NOT NULL,
  url            text NOT NULL,
  currency       text NOT NULL,
  time_zone      text NOT NULL,
  state          text NOT NULL CHECK (state IN ('CONNECTED', 'PULLING', 'PAUSED', 'ATTENTION', 'DISCONNECTED')),
  missing_rights jsonb NOT NULL DEFAULT '[]',
  credentials    bytea NOT NULL,
  last_synced_at timestamptz,
  created_at     timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (merchant_id, id),
  FOREIGN KEY (merchant_id, id) REFERENCES sources
);
CREATE UNIQUE INDEX shops_external_key ON shops (merchant_id, platform, external_key);
SELECT fence('shops');
COMMENT ON COLUMN shops.credentials IS 'secret: encrypted with the merchant and shop id as associated data';

CREATE TABLE sync_runs (
  merchant_id uuid NOT NULL,
  id          uuid NOT NULL,
  shop_id     uuid NOT NULL,
  full_pull   boolean NOT NULL,
  state       text NOT NULL CHECK (state IN ('QUEUED', 'RUNNING', 'PAUSED', 'DONE', 'FAILED', 'CANCELLED')),
  created_at  timestamptz NOT NULL DEFAULT now(),
  started_at  timestamptz,
  finished_at timestamptz,
  error_code  text,
  error       text,
  PRIMARY KEY (merchant_id, id),
  FOREIGN KEY (merchant_id, shop_id) REFERENCES shops
);
CREATE UNIQUE INDEX sync_runs_one_active ON sync_runs (merchant_id, shop_id) WHERE state IN ('QUEUED', 'RUNNING', 'PAUSED');
CREATE INDEX sync_runs_by_shop ON sync_runs (merchant_id, shop_id, id DESC);
SELECT fence('sync_runs');

-- One step per kind of record; cursor and seq move in the transaction that stores a page.
CREATE TABLE sync_steps (
  merchant_id  uuid NOT NULL,
  run_id       uuid NOT NULL,
  kind         text NOT NULL,
  shop_id      uuid NOT NULL,
  position     int NOT NULL,
  state        text NOT NULL CHECK (state IN ('QUEUED', 'RUNNING', 'PAUSED', 'DONE', 'FAILED', 'CANCELLED')),
  cursor       text NOT NULL DEFAULT '',
  seq          bigint NOT NULL DEFAULT 0,  -- pages stored
  attempt      int NOT NULL DEFAULT 0,     -- tries of the current page that failed
  claims       bigint NOT NULL DEFAULT 0,  -- how often the current page was handed to a queue again
  next_at      timestamptz NOT NULL DEFAULT now(),
  heartbeat_at timestamptz,
  done         bigint NOT NULL DEFAULT 0,
  total        bigint,
  rejected     bigint NOT NULL DEFAULT 0,
  started_at   timestamptz,
  finished_at  timestamptz,
  error_code   text,
  error        text,
  PRIMARY KEY (merchant_id, run_id, kind),
  FOREIGN KEY (merchant_id, run_id) REFERENCES sync_runs
);
CREATE INDEX sync_steps_due ON sync_steps (next_at) WHERE state = 'RUNNING';
SELECT fence('sync_steps');

-- Where the next pull of a kind begins.
CREATE TABLE sync_cursors (
  merchant_id uuid NOT NULL,
  shop_id     uuid NOT NULL,
  kind        text NOT NULL,
  cursor      text NOT NULL,
  updated_at  timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (merchant_id, shop_id, kind),
  FOREIGN KEY (merchant_id, shop_id) REFERENCES shops
);
SELECT fence('sync_cursors');

-- Raw rows of lists that a platform delivers at once, until they are stored as records.
CREATE TABLE staged_rows (
  merchant_id uuid NOT NULL,
  shop_id     uuid NOT NULL,
  kind        text NOT NULL,
  seq         bigint NOT NULL,
  object_id   text NOT NULL,
  parent_id   text NOT NULL DEFAULT '',
  body        text NOT NULL,
  PRIMARY KEY (merchant_id, shop_id, kind, seq)
);
CREATE INDEX staged_rows_children ON staged_rows (merchant_id, shop_id, kind, parent_id, seq);
SELECT fence('staged_rows');
COMMENT ON COLUMN staged_rows.body IS 'personal: raw record, removed when the pull ends';

-- The ids a shop listed, for comparison with what is stored; absent counts how often
-- a stored record was not found.
CREATE TABLE listed_ids (
  merchant_id uuid NOT NULL,
  shop_id     uuid NOT NULL,
  kind        text NOT NULL,
  external_id text NOT NULL,
  listing     uuid NOT NULL,
  PRIMARY KEY (merchant_id, shop_id, kind, listing, external_id)
);
SELECT fence('listed_ids');
CREATE TABLE absent_ids (
  merchant_id uuid NOT NULL,
  shop_id     uuid NOT NULL,
  kind        text NOT NULL,
  external_id text NOT NULL,
  listing     uuid NOT NULL,
  first_at    timestamptz NOT NULL,
  times       int NOT NULL,
  PRIMARY KEY (merchant_id, shop_id, kind, external_id)
);
SELECT fence('absent_ids');

CREATE TABLE quarantine (
  merchant_id uuid NOT NULL,
  id          uuid NOT NULL,
  shop_id     uuid NOT NULL,
  kind        text NOT NULL,
  external_id text NOT NULL,
  field       text NOT NULL,
  reason      text NOT NULL,
  first_at    timestamptz NOT NULL,
  last_at     timestamptz NOT NULL,
  times       int NOT NULL DEFAULT 1,
  resolved_at timestamptz,
  PRIMARY KEY (merchant_id, id),
  FOREIGN KEY (merchant_id, shop_id) REFERENCES shops
);
CREATE UNIQUE INDEX quarantine_row ON quarantine (merchant_id, shop_id, kind, external_id, field);
SELECT fence('quarantine');

-- Changed facts whose derived values are not yet up to date; one row per stored page.
CREATE TABLE derive_queue (
  merchant_id uuid NOT NULL,
  seq         bigint GENERATED ALWAYS AS IDENTITY,
  what        text NOT NULL CHECK (what IN ('CUSTOMER', 'ORDER', 'CART', 'PROFILE')),
  ids         uuid[] NOT NULL,
  queued_at   timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (merchant_id, seq)
);
SELECT fence('derive_queue');

-- Things to look at again at a time.
CREATE TABLE due (
  merchant_id uuid NOT NULL,
  id          uuid NOT NULL,
  kind        text NOT NULL,
  ref_id      uuid NOT NULL,
  due_at      timestamptz NOT NULL,
  PRIMARY KEY (merchant_id, id)
);
CREATE UNIQUE INDEX due_ref ON due (merchant_id, kind, ref_id);
CREATE INDEX due_at ON due (due_at);
SELECT fence('due');

-- What a sweep may see across tenants.
CREATE POLICY sweep ON shops TO relance_system USING (true);
CREATE POLICY sweep ON sync_runs TO relance_system USING (true);
CREATE POLICY sweep ON sync_steps TO relance_system USING (true);
CREATE POLICY sweep ON derive_queue TO relance_system USING (true);
CREATE POLICY sweep ON due TO relance_system USING (true);
GRANT SELECT (merchant_id, id, state, last_synced_at, created_at) ON shops TO relance_system;
GRANT SELECT ON sync_runs, sync_steps, derive_queue, due TO relance_system;
RESET ROLE;
