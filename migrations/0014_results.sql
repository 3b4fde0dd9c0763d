-- +goose Up
SET ROLE relance_owner;

-- What each voucher took off an order, as the shop tells it: [{external_id, code, amount}].
-- Orders that were stored before without it are stored anew when they are read next; until
-- then the cost of their discount is not known.
ALTER TABLE orders ADD COLUMN used_vouchers jsonb NOT NULL DEFAULT '[]';
UPDATE orders SET digest = '' WHERE discount_codes <> '{}';
COMMENT ON COLUMN orders.used_vouchers IS 'personal: a voucher''s code is a discount for one person';
RESET ROLE;
