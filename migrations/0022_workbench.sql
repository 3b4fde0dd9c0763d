-- +goose Up
SET ROLE relance_owner;

-- What people typed about a person is a record of a source of its own (kind MANUAL): no sync ever
-- writes it. Its columns, addresses and further ways to reach the person follow from typed.
ALTER TABLE customers
  ADD COLUMN typed          jsonb,
  ADD COLUMN typed_revision int NOT NULL DEFAULT 0,
  ADD COLUMN shop_id        uuid;  -- typed, imported: the shop whose customer it is; none: of no certain shop
COMMENT ON COLUMN customers.typed IS 'personal';
CREATE UNIQUE INDEX sources_typed ON sources (merchant_id) WHERE kind = 'MANUAL';

-- Further ways to reach the person of a record, besides its own e-mail address and phone number.
CREATE TABLE contacts (
  merchant_id uuid NOT NULL,
  customer_id uuid NOT NULL,
  kind        text NOT NULL CHECK (kind IN ('EMAIL', 'PHONE')),
  position    int NOT NULL,
  value       text NOT NULL,
  PRIMARY KEY (merchant_id, customer_id, kind, position),
  FOREIGN KEY (merchant_id, customer_id) REFERENCES customers ON DELETE CASCADE
);
SELECT fence('contacts');
COMMENT ON COLUMN contacts.value IS 'personal';

-- What people changed about profiles: who, when, from what to what. before and after are what an undo
-- puts back and expects to find. The audit trail names the change; what it was about stands here,
-- where an erasure finds it.
CREATE TABLE profile_changes (
  merchant_id       uuid NOT NULL,
  id                uuid NOT NULL,
  origin_profile_id uuid NOT NULL,
  profile_id        uuid NOT NULL,
  at                timestamptz NOT NULL,
  actor             text NOT NULL,
  kind              text NOT NULL CHECK (kind IN ('DETAILS', 'LABEL', 'GROUP')),
  values            jsonb NOT NULL,
  customer_id       uuid,  -- DETAILS: the record that was typed
  before            jsonb,
  after             jsonb,
  undone_at         timestamptz,
  undone_by         text NOT NULL DEFAULT '',
  PRIMARY KEY (merchant_id, id),
  FOREIGN KEY (merchant_id, origin_profile_id) REFERENCES profiles
);
CREATE INDEX profile_changes_by_profile ON profile_changes (merchant_id, profile_id, at DESC, id DESC);
CREATE INDEX profile_changes_by_origin ON profile_changes (merchant_id, origin_profile_id);
SELECT fence('profile_changes');
COMMENT ON COLUMN profile_changes.values IS 'personal';
COMMENT ON COLUMN profile_changes.before IS 'personal';
COMMENT ON COLUMN profile_changes.after IS 'personal';
RESET ROLE;
