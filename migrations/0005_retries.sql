-- +goose Up
SET ROLE relance_owner;

-- A shop whose pull failed is tried again by itself: when, and how many pulls failed in a
-- row. Both mean something in the state ATTENTION only.
ALTER TABLE shops ADD COLUMN failures int NOT NULL DEFAULT 0;
ALTER TABLE shops ADD COLUMN next_try_at timestamptz;
UPDATE shops SET failures = 1, next_try_at = now() WHERE state = 'ATTENTION';
GRANT SELECT (next_try_at) ON shops TO relance_system;
RESET ROLE;
