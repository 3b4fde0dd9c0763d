-- +goose Up
SET ROLE relance_owner;

-- What the merchant asks people about, by channel. The key is what stands in the ledger and never
-- changes; the name is what is shown.
CREATE TABLE consent_preferences (
  merchant_id uuid NOT NULL REFERENCES merchants,
  id          uuid NOT NULL,
  channel     text NOT NULL CHECK (channel IN ('EMAIL', 'LETTER', 'SMS')),
  key         text NOT NULL CHECK (key <> ''),
  name        text NOT NULL,
  wording     jsonb NOT NULL,                -- what people are shown, by language
  version     int NOT NULL DEFAULT 1,        -- grows with each change
  created_at  timestamptz NOT NULL,
  retired_at  timestamptz,
  PRIMARY KEY (merchant_id, id)
);
CREATE UNIQUE INDEX consent_preferences_key ON consent_preferences (merchant_id, channel, lower(key));
CREATE UNIQUE INDEX consent_preferences_name ON consent_preferences (merchant_id, channel, lower(name)) WHERE retired_at IS NULL;
SELECT fence('consent_preferences');

-- What was shown to whoever consented to a version.
CREATE TABLE consent_wordings (
  merchant_id   uuid NOT NULL,
  preference_id uuid NOT NULL,
  version       int NOT NULL,
  name          text NOT NULL,
  wording       jsonb NOT NULL,
  at            timestamptz NOT NULL,
  actor         text NOT NULL,
  PRIMARY KEY (merchant_id, preference_id, version),
  FOREIGN KEY (merchant_id, preference_id) REFERENCES consent_preferences
);
SELECT fence('consent_wordings');

-- A word that was given by hand stands beside what the shops say: of a record, channel, preference and
-- controller the latest entry holds. No controller: the record's own shop says it.
ALTER TABLE consents
  ADD COLUMN controller      text NOT NULL DEFAULT '',
  ADD COLUMN wording_version int,            -- of the preference; 0: the standard wording of the channel
  ADD COLUMN opt_in_id       uuid,           -- the request that it confirms, or that it waits for
  ADD COLUMN actor           text NOT NULL DEFAULT '';
CREATE INDEX consents_by_opt_in ON consents (merchant_id, opt_in_id) WHERE opt_in_id IS NOT NULL;

-- Requests to confirm a consent by e-mail. SENDING is committed before the relay is spoken to; found like
-- that after a crash it is UNCERTAIN and left. Of one that nobody confirmed only its day stays, for a year.
CREATE TABLE opt_ins (
  merchant_id     uuid NOT NULL,
  id              uuid NOT NULL,             -- the link names it
  customer_id     uuid NOT NULL,
  shop_id         uuid NOT NULL,             -- in whose name it is asked
  controller      text NOT NULL,
  preference      text NOT NULL,
  wording_version int NOT NULL,
  wording         text NOT NULL,             -- as it was shown
  language        text NOT NULL,
  address         text NOT NULL,
  since           timestamptz NOT NULL,      -- when the person said so
  how             text NOT NULL,
  proof           text NOT NULL,
  lift            boolean NOT NULL,          -- the person asks for it though they objected before
  actor           text NOT NULL,
  state           text NOT NULL CHECK (state IN ('DUE', 'SENDING', 'SENT', 'FAILED', 'UNCERTAIN', 'CONFIRMED', 'EXPIRED', 'ENDED')),
  attempts        int NOT NULL DEFAULT 0,
  next_at         timestamptz NOT NULL,
  cause           jsonb,
  requested_at    timestamptz NOT NULL,
  expires_at      timestamptz NOT NULL,
  sent_at         timestamptz,
  confirmed_at    timestamptz,
  PRIMARY KEY (merchant_id, id),
  FOREIGN KEY (merchant_id, customer_id) REFERENCES customers,
  FOREIGN KEY (merchant_id, shop_id) REFERENCES shops
);
CREATE INDEX opt_ins_of ON opt_ins (merchant_id, customer_id);
CREATE INDEX opt_ins_by_shop ON opt_ins (merchant_id, shop_id);
CREATE INDEX opt_ins_due ON opt_ins (merchant_id, next_at) WHERE state IN ('DUE', 'SENDING');
CREATE INDEX opt_ins_over ON opt_ins (merchant_id, expires_at) WHERE state NOT IN ('CONFIRMED', 'EXPIRED');
CREATE INDEX opt_ins_expired ON opt_ins (merchant_id, requested_at) WHERE state = 'EXPIRED';
SELECT fence('opt_ins');
GRANT SELECT (merchant_id, id, state, attempts, next_at, expires_at, requested_at) ON opt_ins TO relance_system;
CREATE POLICY sweep ON opt_ins FOR SELECT TO relance_system USING (true);
COMMENT ON COLUMN opt_ins.address IS 'personal';
COMMENT ON COLUMN opt_ins.proof IS 'personal';

ALTER TABLE profile_changes
  DROP CONSTRAINT profile_changes_kind_check,
  ADD CONSTRAINT profile_changes_kind_check CHECK (kind IN ('DETAILS', 'LABEL', 'GROUP', 'CONSENT'));
RESET ROLE;
