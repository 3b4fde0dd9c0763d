-- +goose Up
SET ROLE relance_owner;

-- What people ask of the merchant about their own data, with its clock. Once somebody is erased, what
-- names them here goes too.
CREATE TABLE privacy_requests (
  merchant_id    uuid NOT NULL REFERENCES merchants,
  id             uuid NOT NULL,
  kind           text NOT NULL CHECK (kind IN ('ACCESS', 'ERASURE')),
  channel        text NOT NULL CHECK (channel IN ('EMAIL', 'PHONE', 'LETTER', 'IN_PERSON', 'SHOP', 'OTHER')),
  state          text NOT NULL CHECK (state IN ('RECEIVED', 'IDENTIFIED', 'ERASING', 'DONE', 'REFUSED')),
  profile_id     uuid,                           -- null: nobody was found yet, or the shop names nobody whom we know
  received_on    date NOT NULL,
  due_on         date NOT NULL,
  requester      text NOT NULL DEFAULT '',       -- who asks, as they name themselves
  note           text NOT NULL DEFAULT '',
  restricted     boolean NOT NULL DEFAULT false, -- nothing is sent while it runs
  identified_how text NOT NULL DEFAULT '',
  identified_by  text NOT NULL DEFAULT '',
  identified_at  timestamptz,
  refusal        text NOT NULL DEFAULT '',       -- why it is refused
  created_by     text NOT NULL,
  created_at     timestamptz NOT NULL,
  closed_by      text NOT NULL DEFAULT '',
  closed_at      timestamptz,
  shop_id        uuid,                           -- SHOP: the one that passed it on
  external_id    text NOT NULL DEFAULT '',       -- SHOP: what it calls it, so that the same word again opens nothing
  PRIMARY KEY (merchant_id, id)
);
CREATE INDEX privacy_requests_open ON privacy_requests (merchant_id, due_on, id) WHERE state NOT IN ('DONE', 'REFUSED');
CREATE INDEX privacy_requests_by_profile ON privacy_requests (merchant_id, profile_id) WHERE profile_id IS NOT NULL;
CREATE UNIQUE INDEX privacy_requests_of_shop ON privacy_requests (merchant_id, shop_id, external_id) WHERE external_id <> '';
SELECT fence('privacy_requests');
COMMENT ON COLUMN privacy_requests.requester IS 'personal';
COMMENT ON COLUMN privacy_requests.note IS 'personal';
COMMENT ON COLUMN privacy_requests.identified_how IS 'personal';
COMMENT ON COLUMN privacy_requests.refusal IS 'personal';

-- The erasure of a person: this row is the truth of it, so that whoever is killed meanwhile is followed by
-- somebody who goes on. It names nobody.
CREATE TABLE erasures (
  merchant_id uuid NOT NULL REFERENCES merchants,
  id          uuid NOT NULL,
  request_id  uuid,
  profile_id  uuid NOT NULL,          -- of the remainder without a name
  cause       text NOT NULL CHECK (cause IN ('REQUEST', 'RETENTION')),
  step        text NOT NULL CHECK (step IN ('VOUCHERS', 'LETTERS', 'RECORDS', 'DONE')),
  erased      jsonb NOT NULL DEFAULT '{}',  -- how many rows, by table
  kept        jsonb NOT NULL DEFAULT '{}',  -- how many of what stays without the person, and is with others
  begun_by    text NOT NULL,
  begun_at    timestamptz NOT NULL,
  finished_at timestamptz,
  next_at     timestamptz NOT NULL,   -- when a worker may take it up; moved while one is at it
  claims      bigint NOT NULL DEFAULT 0,
  attempts    int NOT NULL DEFAULT 0, -- of the step, failed
  problem     jsonb,                  -- what the step waits for
  PRIMARY KEY (merchant_id, id),
  FOREIGN KEY (merchant_id, request_id) REFERENCES privacy_requests
);
CREATE UNIQUE INDEX erasures_once ON erasures (merchant_id, profile_id);
CREATE INDEX erasures_due ON erasures (merchant_id, next_at) WHERE finished_at IS NULL;
CREATE INDEX erasures_by_request ON erasures (merchant_id, request_id) WHERE request_id IS NOT NULL;
SELECT fence('erasures');
CREATE POLICY sweep ON erasures FOR SELECT TO relance_system USING (true);
GRANT SELECT (merchant_id, id, claims, next_at, finished_at) ON erasures TO relance_system;

-- By what somebody who was erased would be recognised, as keyed sums: no sync, import or restore brings
-- them back.
CREATE TABLE suppressions (
  merchant_id uuid NOT NULL REFERENCES merchants,
  sum         bytea NOT NULL,
  kind        text NOT NULL CHECK (kind IN ('RECORD', 'EMAIL', 'CUSTOMER_NUMBER', 'PHONE', 'ADDRESS')),
  erasure_id  uuid NOT NULL,
  objected    boolean NOT NULL DEFAULT false, -- EMAIL: the address took no more e-mail
  at          timestamptz NOT NULL,
  dropped     bigint NOT NULL DEFAULT 0,      -- records that came again and were left out
  dropped_at  timestamptz,
  PRIMARY KEY (merchant_id, sum),
  FOREIGN KEY (merchant_id, erasure_id) REFERENCES erasures
);
CREATE INDEX suppressions_by_erasure ON suppressions (merchant_id, erasure_id);
SELECT fence('suppressions');
CREATE TABLE suppression_keys (
  merchant_id uuid NOT NULL REFERENCES merchants,
  sealed      bytea NOT NULL,
  created_at  timestamptz NOT NULL,
  PRIMARY KEY (merchant_id)
);
SELECT fence('suppression_keys');
COMMENT ON COLUMN suppression_keys.sealed IS 'secret';

-- What stays of somebody who was erased is a profile that answers for itself alone, in no list, and orders
-- and carts without a name. The shops' records come without it from then on.
ALTER TABLE profiles ADD COLUMN erased_at timestamptz;
ALTER TABLE orders ADD COLUMN erased boolean NOT NULL DEFAULT false;
ALTER TABLE carts ADD COLUMN erased boolean NOT NULL DEFAULT false;
ALTER TABLE imports ADD COLUMN erased bigint NOT NULL DEFAULT 0; -- rows about people who were erased
CREATE INDEX audit_by_subject ON audit (merchant_id, subject_id);

-- Consents and the audit trail are only added to; an erasure is what takes away from them.
-- +goose StatementBegin
CREATE FUNCTION erase_ledgers(customers uuid[], subjects text[], OUT consents bigint, OUT audit bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  m uuid := current_setting('relance.merchant')::uuid;
BEGIN
  DELETE FROM public.consents c WHERE c.merchant_id = m AND c.customer_id = ANY(customers);
  GET DIAGNOSTICS consents = ROW_COUNT;
  UPDATE public.audit a SET detail = '{}' WHERE a.merchant_id = m AND a.subject_id = ANY(subjects) AND a.detail <> '{}' AND a.detail <> 'null';
  GET DIAGNOSTICS audit = ROW_COUNT;
END $$;
-- Whose shop it is that a platform speaks of.
CREATE FUNCTION shop_merchant(asked uuid) RETURNS uuid
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  RETURN (SELECT h.merchant_id FROM shops h WHERE h.id = asked LIMIT 1);
END $$;
-- +goose StatementEnd
REVOKE ALL ON FUNCTION erase_ledgers, shop_merchant FROM PUBLIC;
GRANT EXECUTE ON FUNCTION erase_ledgers, shop_merchant TO relance_app;
RESET ROLE;
