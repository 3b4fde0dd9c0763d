-- +goose Up
SET ROLE relance_owner;

-- Lists of customers as files, made in the background. This row is the truth of it: a worker that falls
-- silent loses its claim, and the next one begins anew.
CREATE TABLE exports (
  merchant_id  uuid NOT NULL REFERENCES merchants,
  id           uuid NOT NULL,
  state        text NOT NULL CHECK (state IN ('QUEUED', 'RUNNING', 'DONE', 'FAILED', 'CANCELLED')),
  choice       jsonb NOT NULL,        -- format, filter, columns
  scope        uuid[],                -- the shops that whoever asked may see; null: all
  author       text NOT NULL,
  created_at   timestamptz NOT NULL,
  total        bigint,                -- people who match; null: not counted yet
  done         bigint NOT NULL DEFAULT 0,
  rows         bigint NOT NULL DEFAULT 0,
  bytes        bigint NOT NULL DEFAULT 0,
  claims       int NOT NULL DEFAULT 0,
  failures     int NOT NULL DEFAULT 0,
  heartbeat_at timestamptz,
  finished_at  timestamptz,
  cause        jsonb,                 -- of FAILED
  PRIMARY KEY (merchant_id, id)
);
CREATE INDEX exports_due ON exports (merchant_id, heartbeat_at) WHERE state IN ('QUEUED', 'RUNNING');
CREATE INDEX exports_by_time ON exports (merchant_id, created_at DESC);
SELECT fence('exports');
COMMENT ON COLUMN exports.choice IS 'personal: a filter may hold words that were searched for';
GRANT SELECT (merchant_id, id, state, claims, heartbeat_at) ON exports TO relance_system;
CREATE POLICY sweep ON exports FOR SELECT TO relance_system USING (true);

-- The file, piece by piece.
CREATE TABLE export_parts (
  merchant_id uuid NOT NULL,
  export_id   uuid NOT NULL,
  n           int NOT NULL,
  content     bytea NOT NULL,
  PRIMARY KEY (merchant_id, export_id, n),
  FOREIGN KEY (merchant_id, export_id) REFERENCES exports ON DELETE CASCADE
);
ALTER TABLE export_parts ALTER COLUMN content SET STORAGE EXTERNAL;
SELECT fence('export_parts');
COMMENT ON COLUMN export_parts.content IS 'personal';
RESET ROLE;
