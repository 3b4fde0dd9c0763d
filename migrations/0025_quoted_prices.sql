-- +goose Up
SET ROLE relance_owner;
-- What a letter was to cost when it was ordered. A budget counts it where the printer asks for another
-- currency in the end: nothing is converted, and nothing may escape.
ALTER TABLE letters ADD COLUMN quoted numeric(20,6), ADD COLUMN quoted_currency text NOT NULL DEFAULT '';
UPDATE letters SET quoted = price, quoted_currency = coalesce(currency, '') WHERE ordered_at IS NOT NULL;
RESET ROLE;
