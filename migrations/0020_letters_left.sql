-- +goose Up
SET ROLE relance_owner;

-- TAKEN: the address that the post reported stands in for the one that the letter went to, for as long
-- as the shop has that one. DISMISSED: somebody left the address as it is; DONE: saw to it otherwise.
ALTER TABLE address_proposals
  DROP CONSTRAINT address_proposals_state_check,
  ADD CONSTRAINT address_proposals_state_check CHECK (state IN ('OPEN', 'TAKEN', 'DONE', 'DISMISSED'));
CREATE INDEX address_proposals_of ON address_proposals (merchant_id, customer_id);

-- Letters that somebody has printed and posted to see them, to an address that they typed. They belong
-- to no campaign and count in nothing. The id is the caller's key: the same one orders once.
CREATE TABLE test_letters (
  merchant_id uuid NOT NULL,
  id          uuid NOT NULL,
  shop_id     uuid NOT NULL,
  printer_id  uuid NOT NULL,
  external_id text NOT NULL DEFAULT '',     -- of the draft at the printer's
  state       text NOT NULL CHECK (state IN ('DRAFT', 'VALIDATED', 'SUBMITTED', 'ACCEPTED', 'PRINTING', 'POSTED', 'DELIVERED', 'UNDELIVERABLE', 'RETURNED', 'REJECTED', 'CANCELLED', 'EXPIRED', 'UNKNOWN')),
  raw         text NOT NULL DEFAULT '',     -- the printer's own word
  recipient   text[] NOT NULL,              -- the lines in the window
  city        text NOT NULL,
  country     text NOT NULL,
  layout      text NOT NULL,
  pages       int NOT NULL,
  file        bytea NOT NULL,               -- SHA-256 of the PDF
  price       numeric(20,6),
  currency    text NOT NULL DEFAULT '',
  batch_id    uuid,                         -- of one's own printer
  author      text NOT NULL,
  made_at     timestamptz NOT NULL,
  ordered_at  timestamptz,                  -- when the printer was told to print: from then on it may have been
  posted_at   timestamptz,
  ended_at    timestamptz,                  -- nothing more is to come
  look_at     timestamptz,                  -- when the printer is asked next; null: not
  PRIMARY KEY (merchant_id, id),
  FOREIGN KEY (merchant_id, printer_id) REFERENCES printers
);
CREATE INDEX test_letters_by_time ON test_letters (merchant_id, made_at DESC, id DESC);
CREATE INDEX test_letters_at_printer ON test_letters (merchant_id, printer_id, external_id);
CREATE INDEX test_letters_of_batch ON test_letters (merchant_id, batch_id) WHERE batch_id IS NOT NULL;
SELECT fence('test_letters');
COMMENT ON COLUMN test_letters.recipient IS 'personal';
COMMENT ON COLUMN test_letters.city IS 'personal';
GRANT SELECT (merchant_id, look_at) ON test_letters TO relance_system;
CREATE POLICY sweep ON test_letters FOR SELECT TO relance_system USING (true);
RESET ROLE;
