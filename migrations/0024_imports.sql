-- +goose Up
SET ROLE relance_owner;

-- Records that programs send or spreadsheets hold are of sources of their own; shop_id says whose
-- customers and orders they are. There is one source for a name and a shop.
ALTER TABLE sources ADD COLUMN shop_id uuid;
ALTER TABLE sources ADD FOREIGN KEY (merchant_id, shop_id) REFERENCES shops;
CREATE UNIQUE INDEX sources_by_name ON sources (merchant_id, kind, name, coalesce(shop_id, '00000000-0000-0000-0000-000000000000'))
  WHERE kind IN ('API', 'IMPORT');

-- A spreadsheet that somebody uploaded, and how far it is read.
CREATE TABLE imports (
  merchant_id  uuid NOT NULL REFERENCES merchants,
  id           uuid NOT NULL,
  file_name    text NOT NULL,
  bytes        bigint NOT NULL DEFAULT 0,
  format       text NOT NULL DEFAULT '' CHECK (format IN ('', 'CSV', 'XLSX')),
  encoding     text NOT NULL DEFAULT '',
  separator    text NOT NULL DEFAULT '',
  header       text[] NOT NULL DEFAULT '{}',
  sample       jsonb NOT NULL DEFAULT '[]',      -- the first rows
  what         text NOT NULL DEFAULT 'CUSTOMERS' CHECK (what IN ('CUSTOMERS', 'ORDERS')),
  mapping      jsonb NOT NULL DEFAULT '{}',      -- field by column
  currency     text NOT NULL DEFAULT '',         -- of amounts without one
  country      text NOT NULL DEFAULT '',         -- of addresses without one
  day_first    boolean NOT NULL DEFAULT true,    -- 01/02 is the first of February
  list         text NOT NULL DEFAULT '',         -- the list it goes into: the name of its source
  source_id    uuid,
  shop_id      uuid,
  scope        uuid[],                           -- the shops of who began it; null: all
  state        text NOT NULL CHECK (state IN ('UPLOADING', 'UPLOADED', 'CHECKING', 'CHECKED', 'RUNNING', 'DONE', 'FAILED', 'UNDOING', 'UNDONE')),
  cursor       bigint NOT NULL DEFAULT 0,        -- rows read
  total        bigint,                           -- rows, once they have been counted
  added        bigint NOT NULL DEFAULT 0,
  updated      bigint NOT NULL DEFAULT 0,
  skipped      bigint NOT NULL DEFAULT 0,
  invalid      bigint NOT NULL DEFAULT 0,
  kept         bigint NOT NULL DEFAULT 0,        -- consents that were not taken: the person left
  checked      jsonb,                            -- what the check counted
  cause        jsonb,                            -- why it failed
  error        text NOT NULL DEFAULT '',
  next_at      timestamptz NOT NULL,             -- when a worker may take it up; moved while one is at it
  claims       bigint NOT NULL DEFAULT 0,
  actor        text NOT NULL,
  created_at   timestamptz NOT NULL,
  started_at   timestamptz,
  finished_at  timestamptz,
  undone_at    timestamptz,
  undone_by    text NOT NULL DEFAULT '',
  PRIMARY KEY (merchant_id, id),
  FOREIGN KEY (merchant_id, source_id) REFERENCES sources
);
CREATE INDEX imports_due ON imports (next_at) WHERE state IN ('CHECKING', 'RUNNING', 'UNDOING');
CREATE INDEX imports_by_source ON imports (merchant_id, source_id, id) WHERE source_id IS NOT NULL;
SELECT fence('imports');
CREATE POLICY sweep ON imports TO relance_system USING (true);
GRANT SELECT (merchant_id, id, state, next_at, claims) ON imports TO relance_system;
COMMENT ON COLUMN imports.file_name IS 'personal: may name somebody';
COMMENT ON COLUMN imports.sample IS 'personal';

-- The file, until it is imported and can no longer be checked anew.
CREATE TABLE import_parts (
  merchant_id uuid NOT NULL,
  import_id   uuid NOT NULL,
  seq         int NOT NULL,
  body        bytea NOT NULL,
  PRIMARY KEY (merchant_id, import_id, seq),
  FOREIGN KEY (merchant_id, import_id) REFERENCES imports ON DELETE CASCADE
);
ALTER TABLE import_parts ALTER COLUMN body SET STORAGE EXTERNAL;
SELECT fence('import_parts');
COMMENT ON COLUMN import_parts.body IS 'personal';

-- Rows that were not taken, or not as they stand, with their cells to be mended.
CREATE TABLE import_errors (
  merchant_id uuid NOT NULL,
  import_id   uuid NOT NULL,
  line        bigint NOT NULL,
  field       text NOT NULL,
  cause       jsonb NOT NULL,
  stored      boolean NOT NULL,   -- the row was taken all the same
  cells       text[] NOT NULL,
  PRIMARY KEY (merchant_id, import_id, line, field),
  FOREIGN KEY (merchant_id, import_id) REFERENCES imports ON DELETE CASCADE
);
SELECT fence('import_errors');
COMMENT ON COLUMN import_errors.cells IS 'personal';

-- What each import wrote of a record: undoing puts back what the one before wrote, else the record goes.
CREATE TABLE import_records (
  merchant_id uuid NOT NULL,
  source_id   uuid NOT NULL,
  kind        text NOT NULL CHECK (kind IN ('customers', 'orders')),
  external_id text NOT NULL,
  import_id   uuid NOT NULL,
  record      jsonb NOT NULL,
  PRIMARY KEY (merchant_id, source_id, kind, external_id, import_id),
  FOREIGN KEY (merchant_id, import_id) REFERENCES imports ON DELETE CASCADE
);
CREATE INDEX import_records_of ON import_records (merchant_id, import_id, kind, external_id);
SELECT fence('import_records');
COMMENT ON COLUMN import_records.record IS 'personal';

-- Which columns meant what, by the header they stood in.
CREATE TABLE import_mappings (
  merchant_id uuid NOT NULL REFERENCES merchants,
  what        text NOT NULL,
  header_sum  bytea NOT NULL,
  mapping     jsonb NOT NULL,
  used_at     timestamptz NOT NULL,
  PRIMARY KEY (merchant_id, what, header_sum)
);
SELECT fence('import_mappings');
RESET ROLE;
