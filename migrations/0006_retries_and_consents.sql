-- +goose Up
SET ROLE relance_owner;

-- A shop whose pull failed is tried again by itself: when, and how many pulls failed in a
-- row. Both mean something in the state ATTENTION only.
ALTER TABLE shops ADD COLUMN failures int NOT NULL DEFAULT 0;
ALTER TABLE shops ADD COLUMN next_try_at timestamptz;
UPDATE shops SET failures = 1, next_try_at = now() WHERE state = 'ATTENTION';
GRANT SELECT (next_try_at) ON shops TO relance_system;

-- The latest reading that stated something of a consent, and the latest that stated
-- nothing ("unknown"). Readings arrive in any order; what holds follows from these two.
CREATE TABLE consent_readings (
  merchant_id uuid NOT NULL,
  customer_id uuid NOT NULL,
  channel     text NOT NULL,
  preference  text NOT NULL,
  stated      text,
  stated_at   timestamptz,
  unknown_at  timestamptz,
  PRIMARY KEY (merchant_id, customer_id, channel, preference),
  FOREIGN KEY (merchant_id, customer_id) REFERENCES customers ON DELETE CASCADE
) WITH (fillfactor = 80);
SELECT fence('consent_readings');
INSERT INTO consent_readings (merchant_id, customer_id, channel, preference, stated, stated_at)
  SELECT DISTINCT ON (merchant_id, customer_id, channel, preference) merchant_id, customer_id, channel, preference, state, recorded_at
  FROM consents ORDER BY merchant_id, customer_id, channel, preference, recorded_at DESC, id DESC;

-- Goods on their way back, whether or not they are paid back.
ALTER TABLE orders ADD COLUMN returns jsonb NOT NULL DEFAULT '[]';
RESET ROLE;
