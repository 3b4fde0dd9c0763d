-- +goose Up
SET ROLE relance_owner;

-- Whoever prints a merchant's letters and posts them.
CREATE TABLE printers (
  merchant_id uuid NOT NULL REFERENCES merchants,
  id          uuid NOT NULL,
  kind        text NOT NULL CHECK (kind IN ('HAND', 'PINGEN', 'MAILEVA')),
  name        text NOT NULL,
  sealed      bytea,                          -- credentials; null: it needs none
  posts_from  text NOT NULL,                  -- country, ISO 3166-1 alpha-2
  color       boolean NOT NULL DEFAULT false,
  duplex      boolean NOT NULL DEFAULT false,
  price       numeric(20,6),                  -- of a letter with postage: as typed, or as last quoted
  currency    text NOT NULL DEFAULT '',
  contract_on date,                           -- of the data processing agreement; one's own printer needs none
  cause       jsonb,                          -- what went wrong last; null: nothing
  created_at  timestamptz NOT NULL,
  removed_at  timestamptz,
  PRIMARY KEY (merchant_id, id)
);
SELECT fence('printers');
COMMENT ON COLUMN printers.sealed IS 'secret';

ALTER TABLE shop_settings
  ADD COLUMN letter_layout  text NOT NULL DEFAULT '',     -- of the envelope, by name; '': none chosen
  ADD COLUMN letter_address text[] NOT NULL DEFAULT '{}', -- where letters come back to
  ADD COLUMN letter_details text[] NOT NULL DEFAULT '{}', -- beside it: telephone, web
  ADD COLUMN letter_place   text NOT NULL DEFAULT '',     -- before the date
  ADD COLUMN signature      text[] NOT NULL DEFAULT '{}',
  ADD COLUMN privacy_url    text NOT NULL DEFAULT '',
  ADD COLUMN printer_id     uuid;

-- When a message counts from: a letter from the day it arrives.
ALTER TABLE follow_ups ADD COLUMN arrives_at timestamptz;

-- A letter. Its row is there, with the file, before anybody is asked to print it.
CREATE TABLE letters (
  merchant_id  uuid NOT NULL,
  follow_up_id uuid NOT NULL,
  code         text NOT NULL,                 -- in its links, and what people read out on the telephone
  printer_id   uuid NOT NULL,
  external_id  text NOT NULL DEFAULT '',      -- of the draft at the printer's
  state        text NOT NULL CHECK (state IN ('DRAFT', 'VALIDATED', 'SUBMITTED', 'ACCEPTED', 'PRINTING', 'POSTED', 'DELIVERED', 'UNDELIVERABLE', 'RETURNED', 'REJECTED', 'CANCELLED', 'EXPIRED', 'UNKNOWN')),
  raw          text NOT NULL DEFAULT '',      -- the printer's own word
  reason       text NOT NULL DEFAULT '',      -- the printer's words on what went wrong
  recipient    text[] NOT NULL,               -- the lines in the window
  city         text NOT NULL DEFAULT '',
  country      text NOT NULL,
  address_key  text NOT NULL,
  language     text NOT NULL,
  layout       text NOT NULL,
  pages        int NOT NULL,
  file         bytea NOT NULL,                -- SHA-256 of the PDF
  price        numeric(20,6),
  currency     text NOT NULL DEFAULT '',
  batch_id     uuid,                          -- of one's own printer
  made_at      timestamptz NOT NULL,
  ordered_at   timestamptz,                   -- when the printer was first told to print: from then on it may have been
  posted_at    timestamptz,
  ended_at     timestamptz,                   -- nothing more is to come
  look_at      timestamptz,                   -- when the printer is asked next; null: not
  cancel_at    timestamptz,                   -- since when somebody wants it back
  round        int NOT NULL DEFAULT 0,        -- counts up when a person has it sent once more
  scans        int NOT NULL DEFAULT 0,
  scanned_at   timestamptz,                   -- first by a person
  PRIMARY KEY (merchant_id, follow_up_id),
  FOREIGN KEY (merchant_id, follow_up_id) REFERENCES follow_ups,
  FOREIGN KEY (merchant_id, printer_id) REFERENCES printers
);
CREATE UNIQUE INDEX letters_code ON letters (merchant_id, code);
CREATE INDEX letters_of_code ON letters (code);
CREATE INDEX letters_at_printer ON letters (merchant_id, printer_id, external_id);
CREATE INDEX letters_to_look ON letters (merchant_id, look_at) WHERE look_at IS NOT NULL;
CREATE INDEX letters_of_batch ON letters (merchant_id, batch_id) WHERE batch_id IS NOT NULL;
CREATE INDEX letters_by_time ON letters (merchant_id, made_at DESC, follow_up_id DESC);
SELECT fence('letters');
COMMENT ON COLUMN letters.recipient IS 'personal';
COMMENT ON COLUMN letters.city IS 'personal';
COMMENT ON COLUMN letters.reason IS 'personal';
COMMENT ON COLUMN letters.address_key IS 'personal: a sum of the address';
GRANT SELECT (merchant_id, look_at, state) ON letters TO relance_system;
CREATE POLICY sweep ON letters FOR SELECT TO relance_system USING (true);

-- The files as they were ordered, each once.
CREATE TABLE letter_files (
  merchant_id uuid NOT NULL REFERENCES merchants,
  sum         bytea NOT NULL,
  pdf         bytea NOT NULL,
  made_at     timestamptz NOT NULL,
  keep_until  date NOT NULL,
  PRIMARY KEY (merchant_id, sum)
);
CREATE INDEX letter_files_keep ON letter_files (merchant_id, keep_until);
ALTER TABLE letter_files ALTER COLUMN pdf SET STORAGE EXTERNAL; -- PDFs are packed already
SELECT fence('letter_files');
COMMENT ON COLUMN letter_files.pdf IS 'personal';

-- What printers said of letters, in the order in which it was heard; nothing is changed here.
CREATE TABLE letter_events (
  merchant_id  uuid NOT NULL,
  id           uuid NOT NULL,
  follow_up_id uuid NOT NULL,
  state        text NOT NULL,
  raw          text NOT NULL,
  at           timestamptz NOT NULL,  -- as the printer says
  heard_at     timestamptz NOT NULL,
  PRIMARY KEY (merchant_id, id),
  FOREIGN KEY (merchant_id, follow_up_id) REFERENCES letters
);
CREATE UNIQUE INDEX letter_events_once ON letter_events (merchant_id, follow_up_id, raw, at);
SELECT fence('letter_events');

CREATE TABLE letter_scans (
  merchant_id  uuid NOT NULL,
  id           uuid NOT NULL,
  follow_up_id uuid NOT NULL,
  at           timestamptz NOT NULL,
  human        boolean NOT NULL,
  PRIMARY KEY (merchant_id, id),
  FOREIGN KEY (merchant_id, follow_up_id) REFERENCES letters
);
CREATE INDEX letter_scans_of ON letter_scans (merchant_id, follow_up_id, at);
SELECT fence('letter_scans');

-- Why a record of somebody gets no letters: they objected, or one came back from an address.
CREATE TABLE letter_stops (
  merchant_id  uuid NOT NULL,
  customer_id  uuid NOT NULL,
  reason       text NOT NULL CHECK (reason IN ('OBJECTION', 'UNDELIVERABLE')),
  address_key  text NOT NULL DEFAULT '',  -- of UNDELIVERABLE
  follow_up_id uuid,                      -- by which it came
  at           timestamptz NOT NULL,
  lifted_at    timestamptz,
  PRIMARY KEY (merchant_id, customer_id, reason, address_key)
);
SELECT fence('letter_stops');
COMMENT ON COLUMN letter_stops.address_key IS 'personal: a sum of the address';

-- Where the post says that somebody lives by now, or that they do not live where we think.
CREATE TABLE address_proposals (
  merchant_id  uuid NOT NULL,
  id           uuid NOT NULL,
  customer_id  uuid NOT NULL,
  follow_up_id uuid NOT NULL,
  address      jsonb,                     -- null: it only came back
  state        text NOT NULL CHECK (state IN ('OPEN', 'DONE', 'DISMISSED')),
  at           timestamptz NOT NULL,
  decided_by   text NOT NULL DEFAULT '',
  decided_at   timestamptz,
  PRIMARY KEY (merchant_id, id),
  FOREIGN KEY (merchant_id, follow_up_id) REFERENCES letters
);
CREATE UNIQUE INDEX address_proposals_once ON address_proposals (merchant_id, follow_up_id);
SELECT fence('address_proposals');
COMMENT ON COLUMN address_proposals.address IS 'personal';

-- Letters printed together by the merchant.
CREATE TABLE print_batches (
  merchant_id uuid NOT NULL,
  id          uuid NOT NULL,
  printer_id  uuid NOT NULL,
  number      int NOT NULL,              -- counts up, for people
  letters     int NOT NULL,
  pages       int NOT NULL,
  author      text NOT NULL,
  created_at  timestamptz NOT NULL,
  posted_at   timestamptz,
  PRIMARY KEY (merchant_id, id),
  FOREIGN KEY (merchant_id, printer_id) REFERENCES printers
);
CREATE UNIQUE INDEX print_batches_number ON print_batches (merchant_id, number);
SELECT fence('print_batches');

-- People who want no advertising letters from anybody, as lists for that name them: only sums of
-- name and address are kept.
CREATE TABLE robinson (
  merchant_id uuid NOT NULL REFERENCES merchants,
  key         text NOT NULL,
  added_at    timestamptz NOT NULL,
  PRIMARY KEY (merchant_id, key)
);
SELECT fence('robinson');
COMMENT ON COLUMN robinson.key IS 'personal: a sum of name and address';
-- Lists are often in capitals, which lower() leaves alone where the database has no locale.
CREATE FUNCTION robinson_words(written text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT household_words(translate(written, 'ÀÁÂÃÄÅÇÈÉÊËÌÍÎÏÑÒÓÔÕÖÙÚÛÜÝŸ', 'àáâãäåçèéêëìíîïñòóôõöùúûüýÿ'))
$$;
CREATE FUNCTION robinson_key(first_name text, last_name text, line1 text, postal_code text, country text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT md5(robinson_words(first_name) || '|' || robinson_words(last_name) || '|' || robinson_words(line1) || '|' || robinson_words(postal_code) || '|' || upper(country))
$$;

-- Whose letter a code is: links in letters name no merchant.
-- +goose StatementBegin
CREATE FUNCTION letters_of_code(asked text) RETURNS TABLE (merchant_id uuid, follow_up_id uuid)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  RETURN QUERY SELECT l.merchant_id, l.follow_up_id FROM letters l WHERE l.code = asked;
END $$;
CREATE FUNCTION printer_merchant(asked uuid) RETURNS uuid
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  RETURN (SELECT p.merchant_id FROM printers p WHERE p.id = asked AND p.removed_at IS NULL LIMIT 1);
END $$;
-- +goose StatementEnd
REVOKE ALL ON FUNCTION letters_of_code, printer_merchant FROM PUBLIC;
GRANT EXECUTE ON FUNCTION letters_of_code, printer_merchant TO relance_app;
RESET ROLE;
