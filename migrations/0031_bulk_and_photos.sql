-- +goose Up
SET ROLE relance_owner;

-- One act on many people. This row is the truth of it: how far it is commits with each page of people, so
-- that whoever is killed has lost nothing, and nobody is touched twice.
CREATE TABLE bulk_runs (
  merchant_id  uuid NOT NULL REFERENCES merchants,
  id           uuid NOT NULL,
  key          uuid NOT NULL,         -- of whoever asks: asked twice is one run
  state        text NOT NULL CHECK (state IN ('QUEUED', 'RUNNING', 'DONE', 'FAILED', 'CANCELLED', 'UNDOING', 'UNDONE')),
  act          jsonb NOT NULL,        -- what is done
  people       jsonb NOT NULL,        -- to whom: ids, or a filter
  scope        uuid[],                -- the shops that whoever asked may see; null: all
  author       text NOT NULL,
  created_at   timestamptz NOT NULL,
  total        bigint NOT NULL,       -- people when it was asked for
  cursor       text NOT NULL DEFAULT '',
  changed      bigint NOT NULL DEFAULT 0,
  unchanged    bigint NOT NULL DEFAULT 0,
  failed       bigint NOT NULL DEFAULT 0,
  undone       bigint NOT NULL DEFAULT 0, -- changes that were taken back
  kept         bigint NOT NULL DEFAULT 0, -- changes that could not be: something else was changed since
  claims       int NOT NULL DEFAULT 0,
  failures     int NOT NULL DEFAULT 0,
  heartbeat_at timestamptz,
  finished_at  timestamptz,
  undone_by    text NOT NULL DEFAULT '',
  undone_at    timestamptz,
  cause        jsonb,
  PRIMARY KEY (merchant_id, id)
);
CREATE UNIQUE INDEX bulk_runs_key ON bulk_runs (merchant_id, author, key);
CREATE INDEX bulk_runs_due ON bulk_runs (merchant_id, heartbeat_at) WHERE state IN ('QUEUED', 'RUNNING', 'UNDOING');
CREATE INDEX bulk_runs_by_time ON bulk_runs (merchant_id, created_at DESC, id DESC);
SELECT fence('bulk_runs');
COMMENT ON COLUMN bulk_runs.people IS 'personal: a filter may hold words that were searched for';
COMMENT ON COLUMN bulk_runs.act IS 'personal: the words of a task';
GRANT SELECT (merchant_id, id, state, claims, heartbeat_at) ON bulk_runs TO relance_system;
CREATE POLICY sweep ON bulk_runs FOR SELECT TO relance_system USING (true);

-- What a run changed, by which it is taken back.
ALTER TABLE profile_changes ADD COLUMN bulk_id uuid;
CREATE INDEX profile_changes_by_bulk ON profile_changes (merchant_id, bulk_id, id) WHERE bulk_id IS NOT NULL;
ALTER TABLE tasks ADD COLUMN bulk_id uuid;
CREATE UNIQUE INDEX tasks_by_bulk ON tasks (merchant_id, bulk_id, origin_profile_id) WHERE bulk_id IS NOT NULL;

-- People's pictures, made anew from what was handed in. One that was replaced or taken away is not shown any
-- more and stays for an undo. Of a person who became one of several the latest that is shown holds.
CREATE TABLE profile_photos (
  merchant_id       uuid NOT NULL,
  id                uuid NOT NULL,
  origin_profile_id uuid NOT NULL,
  profile_id        uuid NOT NULL,
  content           bytea NOT NULL,    -- JPEG
  digest            text NOT NULL,     -- SHA-256 of content, in hex
  at                timestamptz NOT NULL,
  hidden_at         timestamptz,       -- null: it is shown
  PRIMARY KEY (merchant_id, id),
  FOREIGN KEY (merchant_id, origin_profile_id) REFERENCES profiles
);
ALTER TABLE profile_photos ALTER COLUMN content SET STORAGE EXTERNAL;
CREATE INDEX profile_photos_by_profile ON profile_photos (merchant_id, profile_id);
CREATE INDEX profile_photos_by_origin ON profile_photos (merchant_id, origin_profile_id);
CREATE INDEX profile_photos_hidden ON profile_photos (merchant_id, hidden_at) WHERE hidden_at IS NOT NULL;
SELECT fence('profile_photos');
COMMENT ON COLUMN profile_photos.content IS 'personal';
COMMENT ON COLUMN profile_photos.digest IS 'personal';
ALTER TABLE profile_changes DROP CONSTRAINT profile_changes_kind_check;
ALTER TABLE profile_changes ADD CONSTRAINT profile_changes_kind_check CHECK (kind IN ('DETAILS', 'LABEL', 'GROUP', 'CONSENT', 'PHOTO'));

-- How many vouchers somebody may be given by hand within 30 days; 0: any number.
ALTER TABLE merchants ADD COLUMN goodwill_each int NOT NULL DEFAULT 3 CHECK (goodwill_each BETWEEN 0 AND 100);
RESET ROLE;
