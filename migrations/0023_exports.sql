-- +goose Up
SET ROLE relance_owner;

-- Lists of customers as files, made in the background. This row is the truth of it: a worker that falls
-- silent loses its claim, and the next one begins anew.
CREATE TABLE exports (
  merchant_id  uuid NOT NULL REFERENCES merchants,
  id           uuid NOT NULL,
  state        text NOT NULL CHECK (state IN ('QUEUED', 'RUNNING', 'DONE', 'FAILED', 'CANCELLED')),
  choice       jsonb NOT NULL,        -- format, filter, columns
  scope        uuid[],                -- the shops that whoever asked may see; null: all
  author       text NOT NULL,
  created_at   timestamptz NOT NULL,
  total        bigint,                -- people who match; null: not counted yet
  done         bigint NOT NULL DEFAULT 0,
  rows         bigint NOT NULL DEFAULT 0,
  bytes        bigint NOT NULL DEFAULT 0,
  claims       int NOT NULL DEFAULT 0,
  failures     int NOT NULL DEFAULT 0,
  heartbeat_at timestamptz,
  finished_at  timestamptz,
  cause        jsonb,                 -- of FAILED
  PRIMARY KEY (merchant_id, id)
);
CREATE INDEX exports_due ON exports (merchant_id, heartbeat_at) WHERE state IN ('QUEUED', 'RUNNING');
CREATE INDEX exports_by_time ON exports (merchant_id, created_at DESC);
SELECT fence('exports');
COMMENT ON COLUMN exports.choice IS 'personal: a filter may hold words that were searched for';
GRANT SELECT (merchant_id, id, state, claims, heartbeat_at) ON exports TO relance_system;
CREATE POLICY sweep ON exports FOR SELECT TO relance_system USING (true);

-- The file, piece by piece.
CREATE TABLE export_parts (
  merchant_id uuid NOT NULL,
  export_id   uuid NOT NULL,
  n           int NOT NULL,
  content     bytea NOT NULL,
  PRIMARY KEY (merchant_id, export_id, n),
  FOREIGN KEY (merchant_id, export_id) REFERENCES exports ON DELETE CASCADE
);
ALTER TABLE export_parts ALTER COLUMN content SET STORAGE EXTERNAL;
SELECT fence('export_parts');
COMMENT ON COLUMN export_parts.content IS 'personal';

-- Who bought a product, or something of a category, and what there is to choose from.
CREATE INDEX profile_habits_by_value ON profile_habits (merchant_id, what, value, profile_id) WHERE quantity > 0 AND what <> 'SIZE';

-- Somebody on the telephone reads out a code, or part of one: that of a voucher, or the reference of a letter.
CREATE INDEX vouchers_by_part ON vouchers USING gin (merchant_id, replace(code, '-', '') gin_trgm_ops);
CREATE INDEX letters_by_part ON letters USING gin (merchant_id, code gin_trgm_ops);

-- The messages that a code is of, later ones that show the same voucher included. A part that many
-- codes have, such as a campaign's own beginning, is of nobody in particular.
-- +goose StatementBegin
CREATE FUNCTION find_codes(written text) RETURNS SETOF uuid
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  m uuid := current_setting('relance.merchant')::uuid;
  part text := upper(regexp_replace(written, '[[:space:]-]', '', 'g'));
  hits uuid[];
BEGIN
  IF part !~ '^[A-Z0-9]{4,60}$' THEN RETURN; END IF;
  EXECUTE format('SELECT array_agg(id) FROM (
      (SELECT v.follow_up_id AS id FROM vouchers v WHERE v.merchant_id = %1$L AND replace(v.code, ''-'', '''') LIKE %2$L LIMIT 51)
      UNION ALL (SELECT l.follow_up_id FROM letters l WHERE l.merchant_id = %1$L AND l.code LIKE %2$L LIMIT 51)) x', m, '%' || part || '%') INTO hits;
  IF cardinality(hits) > 50 THEN RETURN; END IF;
  RETURN QUERY SELECT DISTINCT g.id FROM unnest(hits) h(id)
    CROSS JOIN LATERAL (SELECT f.enrolment_id FROM follow_ups f WHERE f.merchant_id = m AND f.id = h.id OFFSET 0) f
    CROSS JOIN LATERAL (SELECT g.id, g.voucher_from FROM follow_ups g WHERE g.merchant_id = m AND g.enrolment_id = f.enrolment_id OFFSET 0) g
    WHERE g.id = h.id OR g.voucher_from = h.id;
END $$;

CREATE OR REPLACE FUNCTION search_profiles(words text[], whole text) RETURNS SETOF uuid
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = public, pg_temp SET pg_trgm.word_similarity_threshold = 0.55 AS $$
DECLARE
  m uuid := current_setting('relance.merchant')::uuid;
  cond text := '';
  w text;
BEGIN
  FOREACH w IN ARRAY words LOOP
    cond := cond || format(' AND (p.search_text LIKE %L', '%' || replace(replace(replace(w, '\', '\\'), '%', '\%'), '_', '\_') || '%');
    IF length(w) >= 4 AND position('@' IN w) = 0 THEN cond := cond || format(' OR %L <%% p.search_text', w); END IF;
    cond := cond || ')';
  END LOOP;
  RETURN QUERY EXECUTE 'SELECT p.id FROM profiles p WHERE p.merchant_id = $1 AND p.merged_into IS NULL' || cond
    || ' UNION SELECT o.profile_id FROM orders o WHERE o.merchant_id = $1 AND o.profile_id IS NOT NULL AND o.deleted_at IS NULL AND upper(o.number) LIKE $2'
    || ' UNION SELECT i.profile_id FROM find_codes($3) c(id)'
    || ' CROSS JOIN LATERAL (SELECT f.customer_id FROM follow_ups f WHERE f.merchant_id = $1 AND f.id = c.id OFFSET 0) f'
    || ' JOIN identities i ON i.merchant_id = $1 AND i.customer_id = f.customer_id'
    USING m, upper(replace(replace(replace(whole, '\', '\\'), '%', '\%'), '_', '\_')) || '%', whole;
END $$;
-- +goose StatementEnd
REVOKE ALL ON FUNCTION find_codes FROM PUBLIC;
GRANT EXECUTE ON FUNCTION find_codes TO relance_app;
RESET ROLE;
