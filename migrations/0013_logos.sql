-- +goose Up
SET ROLE relance_owner;

ALTER TABLE shop_settings
  ADD COLUMN dkim_selector text NOT NULL DEFAULT '';  -- of the key that its mail is signed with; empty: the relay's

-- What stands at the head of a shop's e-mails: made anew from what was handed in, so that it
-- is a picture and nothing else.
CREATE TABLE shop_logos (
  merchant_id uuid NOT NULL,
  shop_id     uuid NOT NULL,
  media_type  text NOT NULL CHECK (media_type IN ('image/png', 'image/jpeg')),
  width       int NOT NULL CHECK (width > 0),   -- pixels
  height      int NOT NULL CHECK (height > 0),  -- pixels
  content     bytea NOT NULL,
  digest      text NOT NULL,                    -- SHA-256 of content, in hex
  at          timestamptz NOT NULL,
  PRIMARY KEY (merchant_id, shop_id),
  FOREIGN KEY (merchant_id, shop_id) REFERENCES shops
);
SELECT fence('shop_logos');
RESET ROLE;
