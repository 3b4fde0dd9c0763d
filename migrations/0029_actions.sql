-- +goose Up
SET ROLE relance_owner;
-- What a step of a campaign noted about somebody instead of writing to them: once for each way through it.
CREATE TABLE step_actions (
  merchant_id  uuid NOT NULL,
  enrolment_id uuid NOT NULL,
  step_key     text NOT NULL,
  campaign_id  uuid NOT NULL,
  at           timestamptz NOT NULL,
  PRIMARY KEY (merchant_id, enrolment_id, step_key),
  FOREIGN KEY (merchant_id, enrolment_id) REFERENCES enrolments
);
CREATE INDEX step_actions_by_campaign ON step_actions (merchant_id, campaign_id);
SELECT fence('step_actions');
RESET ROLE;
