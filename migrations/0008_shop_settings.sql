-- +goose Up
SET ROLE relance_owner;

-- How a shop speaks to its customers. The legal entity is the controller of their data.
CREATE TABLE shop_settings (
  merchant_id  uuid NOT NULL,
  shop_id      uuid NOT NULL,
  legal_entity text NOT NULL DEFAULT '',
  imprint      text NOT NULL DEFAULT '',
  sender_name  text NOT NULL DEFAULT '',
  sender_email text NOT NULL DEFAULT '',
  reply_to     text NOT NULL DEFAULT '',
  language     text NOT NULL DEFAULT '',
  PRIMARY KEY (merchant_id, shop_id),
  FOREIGN KEY (merchant_id, shop_id) REFERENCES shops
);
SELECT fence('shop_settings');

CREATE INDEX audit_latest ON audit (merchant_id, at DESC, id DESC);
RESET ROLE;
