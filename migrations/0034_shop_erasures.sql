-- +goose Up
SET ROLE relance_owner;

-- The erasure of all that a shop told: this row is the truth of it. People whom nobody else knows are erased one by
-- one, the others lose what the shop told of them; who is left is found by looking, so whoever is killed lost nothing.
CREATE TABLE shop_erasures (
  merchant_id  uuid NOT NULL,
  id           uuid NOT NULL,
  shop_id      uuid NOT NULL,
  request_id   uuid,
  remainder_id uuid NOT NULL,          -- the profile without a name that orders of people who stay hang on
  step         text NOT NULL CHECK (step IN ('PEOPLE', 'REST', 'DONE')),
  people       bigint NOT NULL,        -- whom nobody else knew when it was confirmed
  elsewhere    bigint NOT NULL,        -- who were known elsewhere
  done         bigint NOT NULL DEFAULT 0, -- people who are dealt with
  parted       bigint NOT NULL DEFAULT 0, -- of them, who stay without what the shop told
  erased       jsonb NOT NULL DEFAULT '{}', -- how many rows, by table
  kept         jsonb NOT NULL DEFAULT '{}',
  begun_by     text NOT NULL,
  begun_at     timestamptz NOT NULL,
  finished_at  timestamptz,
  next_at      timestamptz NOT NULL,   -- when a worker may take it up; moved while one is at it
  claims       bigint NOT NULL DEFAULT 0,
  attempts     int NOT NULL DEFAULT 0,
  PRIMARY KEY (merchant_id, id),
  FOREIGN KEY (merchant_id, shop_id) REFERENCES shops,
  FOREIGN KEY (merchant_id, request_id) REFERENCES privacy_requests
);
CREATE UNIQUE INDEX shop_erasures_open ON shop_erasures (merchant_id, shop_id) WHERE finished_at IS NULL;
CREATE UNIQUE INDEX shop_erasures_by_request ON shop_erasures (merchant_id, request_id) WHERE request_id IS NOT NULL;
CREATE INDEX shop_erasures_due ON shop_erasures (merchant_id, next_at) WHERE finished_at IS NULL;
SELECT fence('shop_erasures');
CREATE POLICY sweep ON shop_erasures FOR SELECT TO relance_system USING (true);
GRANT SELECT (merchant_id, id, claims, next_at, finished_at) ON shop_erasures TO relance_system;

-- People who are erased with their shop.
ALTER TABLE erasures ADD COLUMN shop_erasure_id uuid;
ALTER TABLE erasures DROP CONSTRAINT erasures_cause_check, ADD CONSTRAINT erasures_cause_check CHECK (cause IN ('REQUEST', 'RETENTION', 'RESTORED', 'SHOP'));
CREATE INDEX erasures_of_shop ON erasures (merchant_id, shop_erasure_id) WHERE shop_erasure_id IS NOT NULL;
RESET ROLE;
