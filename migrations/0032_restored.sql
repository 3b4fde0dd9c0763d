-- +goose Up
SET ROLE relance_owner;
-- An erasure that was forgotten with a backup, and is done again.
ALTER TABLE erasures DROP CONSTRAINT erasures_cause_check, ADD CONSTRAINT erasures_cause_check CHECK (cause IN ('REQUEST', 'RETENTION', 'RESTORED'));
RESET ROLE;
