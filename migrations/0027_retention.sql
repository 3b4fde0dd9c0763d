-- +goose Up
SET ROLE relance_owner;

-- How long what is kept, in months. A merchant without a row has the defaults: people are named before they
-- would go, and nobody is erased until somebody switches it on.
CREATE TABLE retention (
  merchant_id   uuid NOT NULL REFERENCES merchants,
  people_months int NOT NULL CHECK (people_months BETWEEN 12 AND 120),  -- since they last ordered, had a cart, scanned or wrote
  people_erase  boolean NOT NULL,
  warn_days     int NOT NULL CHECK (warn_days BETWEEN 30 AND 180),
  cart_months   int NOT NULL CHECK (cart_months BETWEEN 3 AND 120),     -- carts that became no order
  log_months    int NOT NULL CHECK (log_months BETWEEN 1 AND 120),      -- pulls and unreadable records
  scan_months   int NOT NULL CHECK (scan_months BETWEEN 1 AND 120),     -- scans of letters one by one
  letter_months int NOT NULL CHECK (letter_months BETWEEN 1 AND 120),   -- files of letters
  changed_at    timestamptz NOT NULL,
  PRIMARY KEY (merchant_id)
);
SELECT fence('retention');

-- Who is to be erased for want of any life, and when.
CREATE TABLE retention_warnings (
  merchant_id uuid NOT NULL,
  profile_id  uuid NOT NULL,
  last_at     timestamptz NOT NULL,  -- the last sign of life
  warned_at   timestamptz NOT NULL,
  erase_on    date NOT NULL,
  kept_until  date,                  -- somebody wants to keep them until then
  PRIMARY KEY (merchant_id, profile_id),
  FOREIGN KEY (merchant_id, profile_id) REFERENCES profiles
);
CREATE INDEX retention_warnings_due ON retention_warnings (merchant_id, erase_on, profile_id);
SELECT fence('retention_warnings');

-- What was seen of carts is only added to; retention takes carts away as a whole.
-- +goose StatementBegin
CREATE FUNCTION forget_carts(before timestamptz, most int) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  m uuid := current_setting('relance.merchant')::uuid;
  old uuid[];
BEGIN
  old := ARRAY(SELECT c.id FROM carts c WHERE c.merchant_id = m AND c.active_at < before AND NOT c.ordered
    AND NOT EXISTS (SELECT 1 FROM enrolments e WHERE e.merchant_id = m AND e.instance_key = 'cart:' || c.id AND e.ended_at IS NULL) LIMIT most);
  DELETE FROM cart_events e WHERE e.merchant_id = m AND e.cart_id = ANY(old);
  DELETE FROM carts c WHERE c.merchant_id = m AND c.id = ANY(old);
  RETURN coalesce(cardinality(old), 0);
END $$;
-- +goose StatementEnd
REVOKE ALL ON FUNCTION forget_carts FROM PUBLIC;
GRANT EXECUTE ON FUNCTION forget_carts TO relance_app;
RESET ROLE;
