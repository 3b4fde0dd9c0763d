-- +goose Up
SET ROLE relance_owner;

-- Whether a product may be ordered beyond its stock; null: the shop did not tell, or it was stored
-- before this was asked. Each variant has its own in the variants' JSON.
ALTER TABLE products ADD COLUMN backorder boolean;

-- What of a product nobody can order now: the external ids of its variants, and '' where it is
-- all of the product.
CREATE FUNCTION sold_out(active boolean, stock int, backorder boolean, variants jsonb) RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE
    WHEN NOT active THEN ARRAY['']
    WHEN backorder IS NULL THEN '{}'
    WHEN jsonb_array_length(variants) = 0 THEN CASE WHEN stock <= 0 AND NOT backorder THEN ARRAY[''] ELSE '{}' END
    ELSE (SELECT CASE WHEN count(*) = jsonb_array_length(variants) THEN array_append(array_agg(v->>'id'), '') ELSE coalesce(array_agg(v->>'id'), '{}') END
      FROM jsonb_array_elements(variants) v WHERE (v->>'stock')::int <= 0 AND NOT coalesce((v->>'backorder')::boolean, false))
  END
$$;
ALTER TABLE products ADD COLUMN sold_out text[] NOT NULL GENERATED ALWAYS AS (sold_out(active, stock, backorder, variants)) STORED;

-- A cart that somebody has wrapped as a gift; its content is named nowhere.
ALTER TABLE carts ADD COLUMN gift boolean NOT NULL DEFAULT false;

-- From which value of a cart on shipping is free, in the shop's currency: as the shop says, and as
-- the merchant says, which comes first; null: not told.
ALTER TABLE shops ADD COLUMN free_shipping_from numeric(20,6) CHECK (free_shipping_from > 0);
ALTER TABLE shop_settings
  ADD COLUMN free_shipping_from  numeric(20,6) CHECK (free_shipping_from > 0),
  ADD COLUMN discreet_categories text[] NOT NULL DEFAULT '{}';  -- full names; their children are meant as well

-- The date of the contract with who carries the mail; without one no campaign starts.
ALTER TABLE merchants ADD COLUMN relay_contract_on date;

-- Which of two variants of its step a message is; empty where the step had only one.
ALTER TABLE follow_ups ADD COLUMN variant text NOT NULL DEFAULT '' CHECK (variant IN ('', 'A', 'B'));

-- What stands in detail, for programs: its sentence.
ALTER TABLE follow_ups ADD COLUMN cause jsonb;
RESET ROLE;
