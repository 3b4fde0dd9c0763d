-- +goose Up
-- Everything here may be there already: databases made between two landings have it from
-- the migrations before, as those stood then.
SET ROLE relance_owner;

-- How often a step began anew because the shop refused its cursor.
ALTER TABLE sync_steps ADD COLUMN IF NOT EXISTS restarts int NOT NULL DEFAULT 0;

-- Staged rows have one index, by parent: a table that was filled a moment ago has no
-- statistics, and with a second index by seq a planner chose that one to look for children.
DROP INDEX IF EXISTS staged_rows_children;
ALTER TABLE staged_rows DROP CONSTRAINT staged_rows_pkey, ADD PRIMARY KEY (merchant_id, shop_id, kind, parent_id, seq);

-- How far each list is staged; pulls that are under way go on.
-- +goose StatementBegin
DO $$ BEGIN
  IF to_regclass('staged_lists') IS NULL THEN
    CREATE TABLE staged_lists (
      merchant_id uuid NOT NULL,
      shop_id     uuid NOT NULL,
      kind        text NOT NULL,
      last_seq    bigint NOT NULL,
      PRIMARY KEY (merchant_id, shop_id, kind)
    );
    PERFORM fence('staged_lists');
    INSERT INTO staged_lists SELECT merchant_id, shop_id, kind, max(seq) FROM staged_rows GROUP BY 1, 2, 3;
  END IF;
END $$;
-- +goose StatementEnd

-- Absences are told by comparing listings; nobody counted them here.
DROP TABLE IF EXISTS absent_ids;

CREATE INDEX IF NOT EXISTS profiles_by_latest_order ON profiles (merchant_id, last_order_at DESC NULLS LAST, id DESC) WHERE merged_into IS NULL;

-- Search forgives typing errors in words, not in e-mail addresses: those of one provider
-- are all alike. Calling the extension first loads it, and with it the name of its setting.
SELECT show_limit();
-- +goose StatementBegin
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
    USING m, upper(replace(replace(replace(whole, '\', '\\'), '%', '\%'), '_', '\_')) || '%';
END $$;
-- +goose StatementEnd
RESET ROLE;
