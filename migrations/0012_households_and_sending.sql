-- +goose Up
SET ROLE relance_owner;

-- +goose StatementBegin
-- household_words writes an address as it is compared: without case, accents, punctuation, and
-- with the usual words for a street in one form.
CREATE FUNCTION household_words(written text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(
    translate(replace(lower(written), 'ß', 'ss'), 'àáâãäåçèéêëìíîïñòóôõöùúûüýÿ', 'aaaaaaceeeeiiiinooooouuuuyy'),
    '([aou])e', '\1', 'g'), '(strasse|str\.?)(?![a-z])', 'str', 'g'), '\m(boulevard|bld|bd)\M\.?', 'bd', 'g'), '\m(avenue|ave|av)\M\.?', 'av', 'g'), '[^[:alnum:]]+', '', 'g')
$$;
-- +goose StatementEnd

-- A household is the same full address and the same family name.
ALTER TABLE addresses ADD COLUMN household text GENERATED ALWAYS AS (
  CASE WHEN last_name <> '' AND line1 <> '' AND postal_code <> '' AND city <> '' THEN
    household_words(last_name) || '|' || household_words(line1 || ' ' || line2) || '|' || household_words(postal_code) || '|' || household_words(city) || '|' || country_code END) STORED;
COMMENT ON COLUMN addresses.household IS 'personal';
CREATE INDEX addresses_household ON addresses (merchant_id, md5(household)) WHERE household IS NOT NULL;

ALTER TABLE merchants
  ADD COLUMN household_cap      int NOT NULL DEFAULT 4,  -- messages to one household in cap_days; 0: no bound
  ADD COLUMN household_vouchers int NOT NULL DEFAULT 1;  -- open vouchers in one household; 0: no bound

ALTER TABLE follow_ups
  ADD COLUMN voucher_from uuid,      -- the message of the same enrolment whose voucher this one shows again
  DROP CONSTRAINT follow_ups_state_check,
  ADD CONSTRAINT follow_ups_state_check CHECK (state IN ('HELD', 'DUE', 'SENDING', 'SENT', 'REFUSED', 'EXPIRED', 'FAILED', 'BOUNCED', 'UNCERTAIN'));
CREATE INDEX follow_ups_unsettled ON follow_ups (merchant_id, state, next_at) WHERE state IN ('HELD', 'DUE', 'SENDING', 'UNCERTAIN');

CREATE INDEX enrolments_open ON enrolments (merchant_id, campaign_id) WHERE ended_at IS NULL;

-- EXPIRED: its time is over and the shop holds it no more, or never did.
ALTER TABLE vouchers
  ADD COLUMN checked_at timestamptz,  -- when the shop was last asked for it
  ADD COLUMN finding    text NOT NULL DEFAULT '',  -- what the shop says otherwise than we do
  DROP CONSTRAINT vouchers_state_check,
  ADD CONSTRAINT vouchers_state_check CHECK (state IN ('PLANNED', 'ISSUED', 'REDEEMED', 'EXPIRED', 'REVOKED'));
CREATE INDEX vouchers_open ON vouchers (merchant_id, valid_until) WHERE state IN ('PLANNED', 'ISSUED');

-- Objections on their way to the shops: every record of the controller that has the address.
CREATE TABLE consent_withdrawals (
  merchant_id uuid NOT NULL,
  customer_id uuid NOT NULL,
  at          timestamptz NOT NULL,
  state       text NOT NULL CHECK (state IN ('DUE', 'DONE', 'FAILED')),
  attempts    int NOT NULL DEFAULT 0,
  next_at     timestamptz NOT NULL,
  detail      text NOT NULL DEFAULT '',  -- why it is not done; nothing personal
  done_at     timestamptz,
  PRIMARY KEY (merchant_id, customer_id),
  FOREIGN KEY (merchant_id, customer_id) REFERENCES customers ON DELETE CASCADE
);
CREATE INDEX consent_withdrawals_waiting ON consent_withdrawals (merchant_id, next_at) WHERE state = 'DUE';
SELECT fence('consent_withdrawals');
GRANT SELECT (merchant_id, state, next_at) ON consent_withdrawals TO relance_system;
CREATE POLICY sweep ON consent_withdrawals FOR SELECT TO relance_system USING (true);

-- Vouchers that somebody of the merchant's tries in the shop; they are revoked after an hour.
CREATE TABLE trial_vouchers (
  merchant_id uuid NOT NULL REFERENCES merchants,
  id          uuid NOT NULL,
  shop_id     uuid NOT NULL,
  code        text NOT NULL,
  external_id text NOT NULL DEFAULT '',
  author      text NOT NULL,
  created_at  timestamptz NOT NULL,
  revoke_at   timestamptz NOT NULL,
  revoked_at  timestamptz,
  PRIMARY KEY (merchant_id, id)
);
SELECT fence('trial_vouchers');
COMMENT ON COLUMN trial_vouchers.code IS 'personal: a discount for one person';
-- After many decisions at once the planner knows nothing of their rows until autovacuum comes by.
-- +goose StatementBegin
CREATE FUNCTION learn_decisions() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  ANALYZE enrolments, enrolment_members, follow_ups, vouchers, verdicts, due;
END $$;
-- +goose StatementEnd
REVOKE ALL ON FUNCTION learn_decisions FROM PUBLIC;
GRANT EXECUTE ON FUNCTION learn_decisions TO relance_app;
RESET ROLE;
