-- +goose Up
SET ROLE relance_owner;

-- What a piece costs the merchant, without tax, as the shop tells it today: an object of
-- {"Amount": …, "Currency": …} by the variant's external id, '' for the product without a variant.
-- Null, and what is not in it: not told. Products that were stored before are stored anew when they
-- are read next.
ALTER TABLE products ADD COLUMN costs jsonb;

-- What a line was sold for, without tax and after every discount; null: not known. Lines that were
-- stored before have it, and their cost, once their order is read next.
-- Cost is what a piece cost the merchant when the line was first stored, and stays; null: not known.
ALTER TABLE order_lines
  ADD COLUMN net           numeric(20,6),
  ADD COLUMN cost          numeric(20,6),
  ADD COLUMN cost_currency text NOT NULL DEFAULT '',
  ADD COLUMN cost_late     boolean NOT NULL DEFAULT false; -- first stored more than a day after the order was placed
RESET ROLE;
