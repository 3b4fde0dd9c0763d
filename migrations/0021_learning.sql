-- +goose Up
SET ROLE relance_owner;

-- What the planner knows of a table is as old as its last ANALYZE, and autovacuum comes by once a
-- minute. Meanwhile a first pull fills tables that it takes for empty, and it reads them as a whole
-- for every row. Here tables that more than doubled since are looked at again, by one process at a
-- time. Tables of which all rows are in transactions still open are left for later: they would
-- count as empty, however large.
-- +goose StatementBegin
CREATE FUNCTION learn_grown_tables() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  t regclass;
BEGIN
  IF NOT pg_try_advisory_xact_lock(hashtextextended('learn_grown_tables', 0)) THEN
    RETURN;
  END IF;
  FOR t IN SELECT c.oid FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND c.relowner = 'relance_owner'::regrole
    AND pg_relation_size(c.oid) / current_setting('block_size')::int > CASE WHEN c.reltuples > 0 THEN 2 * c.relpages + 8 ELSE 8 END
    AND pg_stat_get_live_tuples(c.oid) > 0
  LOOP
    EXECUTE format('ANALYZE %s', t);
  END LOOP;
END $$;
-- +goose StatementEnd
REVOKE ALL ON FUNCTION learn_grown_tables FROM PUBLIC;
GRANT EXECUTE ON FUNCTION learn_grown_tables TO relance_app;
DROP FUNCTION learn_tables, learn_decisions;

-- Without its condition: as long as nothing is known of the table, the planner takes an index of the
-- rows that are not deleted for a tiny one, and reads all orders of a merchant by it to find those
-- of a person.
DROP INDEX orders_by_date;
CREATE INDEX orders_by_date ON orders (merchant_id, placed_at DESC, id DESC);
RESET ROLE;
