-- +goose Up
SET ROLE relance_owner;

ALTER TABLE merchants
  ADD COLUMN sending_stopped_at timestamptz,                -- somebody stopped all sending
  ADD COLUMN cap_count   int NOT NULL DEFAULT 3,            -- messages to one person …
  ADD COLUMN cap_days    int NOT NULL DEFAULT 14,           -- … in so many days
  ADD COLUMN gap_hours   int NOT NULL DEFAULT 24,           -- between two messages to one person
  ADD COLUMN quiet_from  int NOT NULL DEFAULT 20 CHECK (quiet_from BETWEEN 0 AND 23),
  ADD COLUMN quiet_until int NOT NULL DEFAULT 8 CHECK (quiet_until BETWEEN 0 AND 23);

ALTER TABLE shop_settings
  ADD COLUMN country      text NOT NULL DEFAULT '',  -- of its customers, where their records do not say
  ADD COLUMN notice_since date;                      -- since when people are told about e-mail as they give their address

CREATE TABLE segments (
  merchant_id uuid NOT NULL REFERENCES merchants,
  id          uuid NOT NULL,
  name        text NOT NULL,
  filter      jsonb NOT NULL,
  created_at  timestamptz NOT NULL,
  updated_at  timestamptz NOT NULL,
  PRIMARY KEY (merchant_id, id)
);
CREATE UNIQUE INDEX segments_name ON segments (merchant_id, lower(name));
SELECT fence('segments');

CREATE TABLE campaigns (
  merchant_id uuid NOT NULL REFERENCES merchants,
  id          uuid NOT NULL,
  name        text NOT NULL,
  state       text NOT NULL CHECK (state IN ('DRAFT', 'RUNNING', 'PAUSED', 'ENDED')),
  version     int NOT NULL,
  started_at  timestamptz,
  ended_at    timestamptz,
  created_at  timestamptz NOT NULL,
  updated_at  timestamptz NOT NULL,
  PRIMARY KEY (merchant_id, id)
);
SELECT fence('campaigns');

-- What a campaign did or does: a change is a new version.
CREATE TABLE campaign_versions (
  merchant_id uuid NOT NULL,
  campaign_id uuid NOT NULL,
  version     int NOT NULL,
  plan        jsonb NOT NULL,
  author      text NOT NULL,
  at          timestamptz NOT NULL,
  PRIMARY KEY (merchant_id, campaign_id, version),
  FOREIGN KEY (merchant_id, campaign_id) REFERENCES campaigns
);
SELECT fence('campaign_versions');

-- Kind PROFILE in "due": somebody to be judged, when the earliest of what concerns them is
-- due: facts that changed, a waiting time that ends.
CREATE INDEX due_by_merchant ON due (merchant_id, kind, due_at);

-- The ledger, first half: somebody's way through a campaign, begun by one event. An event
-- begins one way only, whatever happens to the profiles.
CREATE TABLE enrolments (
  merchant_id  uuid NOT NULL,
  id           uuid NOT NULL,
  campaign_id  uuid NOT NULL,
  instance_key text NOT NULL,   -- cart:ID, order:ID or profile:ID:period
  profile_id   uuid NOT NULL,   -- at the time of entering
  version      int NOT NULL,
  shop_id      uuid,
  event_at     timestamptz NOT NULL,
  entered_at   timestamptz NOT NULL,
  holdout      boolean NOT NULL,
  ended_at     timestamptz,
  end_reason   text NOT NULL DEFAULT '',
  PRIMARY KEY (merchant_id, id),
  FOREIGN KEY (merchant_id, campaign_id, version) REFERENCES campaign_versions
);
CREATE UNIQUE INDEX enrolments_once ON enrolments (merchant_id, campaign_id, instance_key);
SELECT fence('enrolments');

-- By which records: merging and unmerging profiles leaves these as they are, so re-entry and
-- caps look through all that a person was ever known by.
CREATE TABLE enrolment_members (
  merchant_id  uuid NOT NULL,
  customer_id  uuid NOT NULL,
  enrolment_id uuid NOT NULL,
  PRIMARY KEY (merchant_id, customer_id, enrolment_id),
  FOREIGN KEY (merchant_id, enrolment_id) REFERENCES enrolments
);
SELECT fence('enrolment_members');

-- The ledger, second half: one row for each message, there before anything leaves the house.
CREATE TABLE follow_ups (
  merchant_id  uuid NOT NULL,
  id           uuid NOT NULL,
  enrolment_id uuid NOT NULL,
  campaign_id  uuid NOT NULL,
  step_key     text NOT NULL,   -- stays over all versions
  profile_id   uuid NOT NULL,   -- at the time of deciding
  customer_id  uuid NOT NULL,   -- the record it goes to
  shop_id      uuid NOT NULL,
  cart_id      uuid,
  channel      text NOT NULL CHECK (channel IN ('EMAIL', 'LETTER')),
  state        text NOT NULL CHECK (state IN ('DUE', 'SENDING', 'SENT', 'REFUSED', 'EXPIRED', 'FAILED', 'BOUNCED', 'UNCERTAIN')),
  reason       text NOT NULL DEFAULT '',  -- of a state that is not SENT
  detail       text NOT NULL DEFAULT '',  -- in a sentence; nothing personal
  basis        text NOT NULL DEFAULT '',  -- ground on which it was sent
  due_at       timestamptz NOT NULL,
  expires_at   timestamptz NOT NULL,
  next_at      timestamptz NOT NULL,      -- when a worker may take it; while one has it: when another may
  attempts     int NOT NULL DEFAULT 0,
  created_at   timestamptz NOT NULL,
  sent_at      timestamptz,
  decided_by   text NOT NULL DEFAULT '',  -- who decided about an uncertain one
  PRIMARY KEY (merchant_id, id),
  FOREIGN KEY (merchant_id, enrolment_id) REFERENCES enrolments,
  FOREIGN KEY (merchant_id, campaign_id) REFERENCES campaigns
);
CREATE UNIQUE INDEX follow_ups_once ON follow_ups (merchant_id, enrolment_id, step_key);
CREATE INDEX follow_ups_waiting ON follow_ups (merchant_id, next_at) WHERE state IN ('DUE', 'SENDING');
CREATE INDEX follow_ups_by_campaign ON follow_ups (merchant_id, campaign_id, created_at DESC, id DESC);
SELECT fence('follow_ups');

-- The vouchers of follow-ups. The row with its code is there before the shop is asked.
CREATE TABLE vouchers (
  merchant_id  uuid NOT NULL,
  follow_up_id uuid NOT NULL,
  shop_id      uuid NOT NULL,
  code         text NOT NULL,
  kind         text NOT NULL CHECK (kind IN ('PERCENT', 'AMOUNT', 'FREE_SHIPPING')),
  value        numeric(20,6) NOT NULL,
  minimum      numeric(20,6) NOT NULL,
  currency     text NOT NULL,
  valid_from   timestamptz NOT NULL,
  valid_until  timestamptz NOT NULL,
  state        text NOT NULL CHECK (state IN ('PLANNED', 'ISSUED', 'REDEEMED', 'REVOKED')),
  external_id  text NOT NULL DEFAULT '',
  issued_at    timestamptz,
  redeemed_at  timestamptz,
  order_id     uuid,
  revoked_at   timestamptz,
  PRIMARY KEY (merchant_id, follow_up_id),
  FOREIGN KEY (merchant_id, follow_up_id) REFERENCES follow_ups
);
CREATE UNIQUE INDEX vouchers_code ON vouchers (merchant_id, shop_id, code);
SELECT fence('vouchers');
COMMENT ON COLUMN vouchers.code IS 'personal: a discount for one person';

-- The mail as it was sent.
CREATE TABLE emails (
  merchant_id  uuid NOT NULL,
  follow_up_id uuid NOT NULL,
  recipient    text NOT NULL,
  subject      text NOT NULL,
  body_text    text NOT NULL,
  body_html    text NOT NULL,
  message_id   text NOT NULL,
  at           timestamptz NOT NULL,
  PRIMARY KEY (merchant_id, follow_up_id),
  FOREIGN KEY (merchant_id, follow_up_id) REFERENCES follow_ups
);
SELECT fence('emails');
COMMENT ON COLUMN emails.recipient IS 'personal';
COMMENT ON COLUMN emails.subject IS 'personal';
COMMENT ON COLUMN emails.body_text IS 'personal';
COMMENT ON COLUMN emails.body_html IS 'personal';

-- Addresses that take no more e-mail: objections, which outlive everything, and bounces.
CREATE TABLE stopped_addresses (
  merchant_id  uuid NOT NULL,
  address      text NOT NULL,   -- folded
  reason       text NOT NULL CHECK (reason IN ('OBJECTION', 'BOUNCE')),
  follow_up_id uuid,            -- by which it came
  at           timestamptz NOT NULL,
  lifted_at    timestamptz,     -- undone by the person, or mended by somebody
  PRIMARY KEY (merchant_id, address, reason)
);
SELECT fence('stopped_addresses');
COMMENT ON COLUMN stopped_addresses.address IS 'personal';

-- What was decided last about an event, where nothing was sent: why, and for how many.
CREATE TABLE verdicts (
  merchant_id  uuid NOT NULL,
  campaign_id  uuid NOT NULL,
  instance_key text NOT NULL,
  profile_id   uuid NOT NULL,
  verdict      text NOT NULL,
  reason       text NOT NULL,
  until        timestamptz,
  at           timestamptz NOT NULL,
  PRIMARY KEY (merchant_id, campaign_id, instance_key),
  FOREIGN KEY (merchant_id, campaign_id) REFERENCES campaigns
);
SELECT fence('verdicts');

-- Keys that sign links in messages. They outlive the rotation of others: links must open.
CREATE TABLE link_keys (
  merchant_id uuid NOT NULL REFERENCES merchants,
  id          int NOT NULL,
  sealed      bytea NOT NULL,
  created_at  timestamptz NOT NULL,
  PRIMARY KEY (merchant_id, id)
);
SELECT fence('link_keys');
COMMENT ON COLUMN link_keys.sealed IS 'secret';

-- The sweeps look across merchants.
GRANT SELECT (merchant_id, id, state, next_at, attempts) ON follow_ups TO relance_system;
CREATE POLICY sweep ON follow_ups FOR SELECT TO relance_system USING (true);
RESET ROLE;
