-- +goose Up
SET ROLE relance_owner;

-- Why a shop was not told of an objection, for programs: what stands in detail as a sentence. And
-- whether only somebody's doing helps: a right or a key is missing.
ALTER TABLE consent_withdrawals
  ADD COLUMN cause          jsonb,
  ADD COLUMN needs_somebody boolean NOT NULL DEFAULT false;
CREATE INDEX consent_withdrawals_stuck ON consent_withdrawals (merchant_id) WHERE state = 'FAILED' OR state = 'DUE' AND needs_somebody;
RESET ROLE;
