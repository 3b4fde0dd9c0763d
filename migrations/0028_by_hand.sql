-- +goose Up
SET ROLE relance_owner;

-- What a clerk may give away on the telephone. The amount holds in the currency of the shop: nothing
-- is converted.
ALTER TABLE merchants
  ADD COLUMN goodwill_percent numeric(7,4) NOT NULL DEFAULT 20 CHECK (goodwill_percent BETWEEN 0 AND 100),
  ADD COLUMN goodwill_amount  numeric(20,6) NOT NULL DEFAULT 20 CHECK (goodwill_amount >= 0),
  ADD COLUMN goodwill_days    int NOT NULL DEFAULT 90 CHECK (goodwill_days BETWEEN 1 AND 365);

-- What people do by hand stands in the ledger under a campaign of its own, one to a merchant, which is
-- over from the start: nothing enters it by itself.
ALTER TABLE campaigns ADD COLUMN by_hand boolean NOT NULL DEFAULT false;
CREATE UNIQUE INDEX campaigns_by_hand ON campaigns (merchant_id) WHERE by_hand;

-- HANDED: the voucher is made, and whoever asked for it tells the code; nothing goes out.
ALTER TABLE follow_ups
  ADD COLUMN by_hand  text NOT NULL DEFAULT '' CHECK (by_hand IN ('', 'GOODWILL', 'GOODWILL_MAIL', 'RESEND')),
  ADD COLUMN again_of uuid,                 -- RESEND: the message that is sent once more
  DROP CONSTRAINT follow_ups_state_check,
  ADD CONSTRAINT follow_ups_state_check CHECK (state IN ('HELD', 'DUE', 'SENDING', 'SENT', 'REFUSED', 'EXPIRED', 'FAILED', 'BOUNCED', 'UNCERTAIN', 'HANDED')),
  ADD FOREIGN KEY (merchant_id, again_of) REFERENCES follow_ups;
-- Of a message one repeat at a time.
CREATE UNIQUE INDEX follow_ups_again ON follow_ups (merchant_id, again_of) WHERE state IN ('DUE', 'SENDING', 'UNCERTAIN');
CREATE INDEX follow_ups_by_original ON follow_ups (merchant_id, again_of) WHERE again_of IS NOT NULL;

-- Somebody's word on a voucher stands here before the shop is asked, and until it has done it.
ALTER TABLE vouchers
  ADD COLUMN extend_to   timestamptz,       -- the shop is to know this end
  ADD COLUMN extended_at timestamptz,       -- when it last came to
  ADD COLUMN revoke_at   timestamptz,       -- somebody wants it revoked, since then
  ADD COLUMN changed_by  text NOT NULL DEFAULT '';  -- who said so
CREATE INDEX vouchers_to_extend ON vouchers (merchant_id) WHERE extend_to IS NOT NULL;

-- What the timeline of a person looks for among thousands of orders.
CREATE INDEX orders_cancelled_of ON orders (merchant_id, profile_id, cancelled_at DESC, id DESC) WHERE cancelled_at IS NOT NULL AND profile_id IS NOT NULL AND deleted_at IS NULL;
CREATE INDEX orders_returned_of ON orders (merchant_id, profile_id) WHERE returned > 0 AND profile_id IS NOT NULL AND deleted_at IS NULL;
CREATE INDEX orders_returns_of ON orders (merchant_id, profile_id) WHERE returns <> '[]' AND profile_id IS NOT NULL AND deleted_at IS NULL;
CREATE INDEX carts_left_of ON carts (merchant_id, profile_id, active_at DESC, id DESC) WHERE NOT ordered AND profile_id IS NOT NULL AND deleted_at IS NULL;
-- Orders that wait to be paid.
CREATE INDEX orders_unpaid_of ON orders (merchant_id, profile_id, placed_at) WHERE NOT paid AND state NOT IN ('CANCELLED', 'REFUNDED') AND NOT test AND profile_id IS NOT NULL AND deleted_at IS NULL;
CREATE INDEX merges_of ON merges (merchant_id, into_profile_id);
RESET ROLE;
