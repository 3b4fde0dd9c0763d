-- +goose Up
SET ROLE relance_owner;

CREATE TABLE customers (
  merchant_id       uuid NOT NULL,
  id                uuid NOT NULL,
  source_id         uuid NOT NULL,
  external_id       text NOT NULL,
  kind              text NOT NULL CHECK (kind IN ('CUSTOMER', 'GUEST', 'IMPORT', 'MANUAL')),
  active            boolean NOT NULL,
  email             text NOT NULL DEFAULT '',
  phone             text NOT NULL DEFAULT '',
  title             text NOT NULL DEFAULT '',
  first_name        text NOT NULL DEFAULT '',
  last_name         text NOT NULL DEFAULT '',
  company           text NOT NULL DEFAULT '',
  language          text NOT NULL DEFAULT '',
  birthday          date,
  customer_number   text NOT NULL DEFAULT '',
  group_id          text NOT NULL DEFAULT '',
  group_name        text NOT NULL DEFAULT '',
  tags              text[] NOT NULL DEFAULT '{}',
  note              text NOT NULL DEFAULT '',
  business          jsonb,
  created_at        timestamptz NOT NULL,
  source_updated_at timestamptz NOT NULL,
  read_at           timestamptz NOT NULL,
  digest            bytea NOT NULL,  -- of the whole record with its parts: equal means nothing changed
  deleted_at        timestamptz,
  PRIMARY KEY (merchant_id, id),
  FOREIGN KEY (merchant_id, source_id) REFERENCES sources
);
CREATE UNIQUE INDEX customers_external ON customers (merchant_id, source_id, external_id);
SELECT fence('customers');
COMMENT ON COLUMN customers.email IS 'personal';
COMMENT ON COLUMN customers.phone IS 'personal';
COMMENT ON COLUMN customers.title IS 'personal';
COMMENT ON COLUMN customers.first_name IS 'personal';
COMMENT ON COLUMN customers.last_name IS 'personal';
COMMENT ON COLUMN customers.company IS 'personal';
COMMENT ON COLUMN customers.birthday IS 'personal';
COMMENT ON COLUMN customers.customer_number IS 'personal';
COMMENT ON COLUMN customers.tags IS 'personal';
COMMENT ON COLUMN customers.note IS 'personal';
COMMENT ON COLUMN customers.business IS 'personal';

CREATE TABLE addresses (
  merchant_id  uuid NOT NULL,
  customer_id  uuid NOT NULL,
  external_id  text NOT NULL,
  position     int NOT NULL,
  kind         text NOT NULL CHECK (kind IN ('HOME', 'WORK', 'BILLING', 'DELIVERY', 'OTHER')),
  first_name   text NOT NULL DEFAULT '',
  last_name    text NOT NULL DEFAULT '',
  company      text NOT NULL DEFAULT '',
  line1        text NOT NULL DEFAULT '',
  line2        text NOT NULL DEFAULT '',
  postal_code  text NOT NULL DEFAULT '',
  city         text NOT NULL DEFAULT '',
  region       text NOT NULL DEFAULT '',
  country_code text NOT NULL DEFAULT '',
  phone        text NOT NULL DEFAULT '',
  vat_number   text NOT NULL DEFAULT '',
  PRIMARY KEY (merchant_id, customer_id, external_id),
  FOREIGN KEY (merchant_id, customer_id) REFERENCES customers ON DELETE CASCADE
);
SELECT fence('addresses');
COMMENT ON COLUMN addresses.first_name IS 'personal';
COMMENT ON COLUMN addresses.last_name IS 'personal';
COMMENT ON COLUMN addresses.company IS 'personal';
COMMENT ON COLUMN addresses.line1 IS 'personal';
COMMENT ON COLUMN addresses.line2 IS 'personal';
COMMENT ON COLUMN addresses.postal_code IS 'personal';
COMMENT ON COLUMN addresses.city IS 'personal';
COMMENT ON COLUMN addresses.region IS 'personal';
COMMENT ON COLUMN addresses.phone IS 'personal';
COMMENT ON COLUMN addresses.vat_number IS 'personal';

CREATE TABLE messages (
  merchant_id   uuid NOT NULL,
  customer_id   uuid NOT NULL,
  external_id   text NOT NULL,
  thread_id     text NOT NULL DEFAULT '',
  from_customer boolean NOT NULL,
  private       boolean NOT NULL,
  body          text NOT NULL,
  at            timestamptz NOT NULL,
  order_id      text NOT NULL DEFAULT '',
  PRIMARY KEY (merchant_id, customer_id, external_id),
  FOREIGN KEY (merchant_id, customer_id) REFERENCES customers ON DELETE CASCADE
);
SELECT fence('messages');
COMMENT ON COLUMN messages.body IS 'personal';

-- The consent ledger: rows are added, never changed; the latest row of a
-- (customer, channel, preference) is what holds.
CREATE TABLE consents (
  merchant_id uuid NOT NULL,
  id          uuid NOT NULL,
  customer_id uuid NOT NULL,
  channel     text NOT NULL CHECK (channel IN ('EMAIL', 'LETTER', 'SMS')),
  preference  text NOT NULL DEFAULT '',
  state       text NOT NULL CHECK (state IN ('GRANTED', 'CONFIRMED', 'PENDING', 'REFUSED', 'WITHDRAWN', 'UNKNOWN')),
  since       timestamptz,
  source      text NOT NULL,
  proof       text NOT NULL DEFAULT '',
  recorded_at timestamptz NOT NULL,
  PRIMARY KEY (merchant_id, id),
  FOREIGN KEY (merchant_id, customer_id) REFERENCES customers
);
CREATE INDEX consents_latest ON consents (merchant_id, customer_id, channel, preference, recorded_at DESC, id DESC);
SELECT fence('consents');
REVOKE UPDATE, DELETE ON consents FROM relance_app;
COMMENT ON COLUMN consents.proof IS 'personal';

CREATE TABLE products (
  merchant_id       uuid NOT NULL,
  id                uuid NOT NULL,
  source_id         uuid NOT NULL,
  external_id       text NOT NULL,
  title             text NOT NULL,
  sku               text NOT NULL DEFAULT '',
  category          text NOT NULL DEFAULT '',
  url               text NOT NULL DEFAULT '',
  image_url         text NOT NULL DEFAULT '',
  active            boolean NOT NULL,
  price             numeric(20,6) NOT NULL DEFAULT 0,
  currency          text NOT NULL DEFAULT '',
  stock             int,
  options           jsonb NOT NULL DEFAULT '[]',
  variants          jsonb NOT NULL DEFAULT '[]',
  created_at        timestamptz NOT NULL,
  source_updated_at timestamptz NOT NULL,
  read_at           timestamptz NOT NULL,
  digest            bytea NOT NULL,  -- of the whole record with its parts: equal means nothing changed
  deleted_at        timestamptz,
  PRIMARY KEY (merchant_id, id),
  FOREIGN KEY (merchant_id, source_id) REFERENCES sources
);
CREATE UNIQUE INDEX products_external ON products (merchant_id, source_id, external_id);
SELECT fence('products');

CREATE TABLE orders (
  merchant_id          uuid NOT NULL,
  id                   uuid NOT NULL,
  source_id            uuid NOT NULL,
  external_id          text NOT NULL,
  number               text NOT NULL,
  customer_external_id text NOT NULL DEFAULT '',
  profile_id           uuid,          -- derived: whose order it is now
  assigned_profile_id  uuid,          -- by hand, where the shop names no customer
  habits_profile_id    uuid,          -- derived: in whose habits the lines are counted
  email                text NOT NULL DEFAULT '',
  cart_external_id     text NOT NULL DEFAULT '',
  checkout_token       text NOT NULL DEFAULT '',
  state                text NOT NULL CHECK (state IN ('OPEN', 'PAID', 'SHIPPED', 'DELIVERED', 'CANCELLED', 'REFUNDED')),
  shop_state           text NOT NULL DEFAULT '',
  paid                 boolean NOT NULL,
  not_validated        boolean NOT NULL DEFAULT false,
  test                 boolean NOT NULL DEFAULT false,
  placed_at            timestamptz NOT NULL,
  cancelled_at         timestamptz,
  currency             text NOT NULL,
  language             text NOT NULL DEFAULT '',
  total                numeric(20,6) NOT NULL,  -- as placed, as the shop rounds it
  exact_total          numeric(20,6) NOT NULL,  -- the sum of its parts, unrounded
  shipping             numeric(20,6) NOT NULL DEFAULT 0,
  wrapping             numeric(20,6) NOT NULL DEFAULT 0,
  discount             numeric(20,6) NOT NULL DEFAULT 0,
  tax                  numeric(20,6) NOT NULL DEFAULT 0,
  returned             numeric(20,6) NOT NULL DEFAULT 0,
  net                  numeric(20,6) NOT NULL GENERATED ALWAYS AS
    (CASE WHEN state = 'CANCELLED' THEN 0 ELSE total - returned END) STORED,
  counted              boolean NOT NULL GENERATED ALWAYS AS
    (state <> 'CANCELLED' AND NOT test AND NOT (total = 0 AND returned > 0)) STORED,
  payment              text NOT NULL DEFAULT '',
  fulfilment           text NOT NULL DEFAULT '',
  discount_codes       text[] NOT NULL DEFAULT '{}',
  tags                 text[] NOT NULL DEFAULT '{}',
  note                 text NOT NULL DEFAULT '',
  billing              jsonb,
  delivery             jsonb,
  history              jsonb NOT NULL DEFAULT '[]',
  source_updated_at    timestamptz NOT NULL,
  read_at              timestamptz NOT NULL,
  digest               bytea NOT NULL,
  deleted_at           timestamptz,
  PRIMARY KEY (merchant_id, id),
  FOREIGN KEY (merchant_id, source_id) REFERENCES sources
);
CREATE UNIQUE INDEX orders_external ON orders (merchant_id, source_id, external_id);
CREATE INDEX orders_by_customer ON orders (merchant_id, source_id, customer_external_id) WHERE customer_external_id <> '';
CREATE INDEX orders_by_profile ON orders (merchant_id, profile_id, placed_at DESC, id DESC) WHERE profile_id IS NOT NULL AND deleted_at IS NULL;
CREATE INDEX orders_by_number ON orders (merchant_id, upper(number) text_pattern_ops);
CREATE INDEX orders_by_cart ON orders (merchant_id, source_id, cart_external_id) WHERE cart_external_id <> '';
CREATE INDEX orders_by_assignment ON orders (merchant_id, assigned_profile_id) WHERE assigned_profile_id IS NOT NULL;
CREATE INDEX orders_by_checkout ON orders (merchant_id, source_id, checkout_token) WHERE checkout_token <> '';
SELECT fence('orders');
COMMENT ON COLUMN orders.counted IS 'counts as an order: not cancelled, not a test, and not merely the carrier of a return whose purchase is older than the shop';
COMMENT ON COLUMN orders.email IS 'personal';
COMMENT ON COLUMN orders.tags IS 'personal';
COMMENT ON COLUMN orders.checkout_token IS 'personal: names the cart of a person';
COMMENT ON COLUMN orders.note IS 'personal';
COMMENT ON COLUMN orders.billing IS 'personal';
COMMENT ON COLUMN orders.delivery IS 'personal';

CREATE TABLE order_lines (
  merchant_id       uuid NOT NULL,
  order_id          uuid NOT NULL,
  external_id       text NOT NULL,
  position          int NOT NULL,
  product_id        text NOT NULL DEFAULT '',
  variant_id        text NOT NULL DEFAULT '',
  title             text NOT NULL,
  sku               text NOT NULL DEFAULT '',
  quantity          int NOT NULL,
  returned_quantity int NOT NULL DEFAULT 0,
  unit_price        numeric(20,6) NOT NULL,
  total             numeric(20,6) NOT NULL,
  category          text NOT NULL DEFAULT '',
  size              text NOT NULL DEFAULT '',
  options           jsonb NOT NULL DEFAULT '[]',
  product_url       text NOT NULL DEFAULT '',
  image_url         text NOT NULL DEFAULT '',
  PRIMARY KEY (merchant_id, order_id, external_id),
  FOREIGN KEY (merchant_id, order_id) REFERENCES orders ON DELETE CASCADE
);
SELECT fence('order_lines');

CREATE TABLE refunds (
  merchant_id uuid NOT NULL,
  order_id    uuid NOT NULL,
  external_id text NOT NULL,
  document    text NOT NULL,
  at          timestamptz NOT NULL,
  amount      numeric(20,6) NOT NULL,
  shipping    numeric(20,6) NOT NULL DEFAULT 0,
  note        text NOT NULL DEFAULT '',
  lines       jsonb NOT NULL DEFAULT '[]',
  PRIMARY KEY (merchant_id, order_id, external_id),
  FOREIGN KEY (merchant_id, order_id) REFERENCES orders ON DELETE CASCADE
);
SELECT fence('refunds');
COMMENT ON COLUMN refunds.note IS 'personal';

CREATE TABLE carts (
  merchant_id          uuid NOT NULL,
  id                   uuid NOT NULL,
  source_id            uuid NOT NULL,
  external_id          text NOT NULL,
  customer_external_id text NOT NULL DEFAULT '',
  profile_id           uuid,
  currency             text NOT NULL,
  language             text NOT NULL DEFAULT '',
  value                numeric(20,6) NOT NULL DEFAULT 0,
  total                numeric(20,6) NOT NULL DEFAULT 0,
  value_known          boolean NOT NULL,
  restore_url          text NOT NULL DEFAULT '',
  checkout_token       text NOT NULL DEFAULT '',
  started_at           timestamptz NOT NULL,
  active_at            timestamptz NOT NULL,  -- last activity
  completed_at         timestamptz,
  order_external_id    text NOT NULL DEFAULT '',
  order_id             uuid,                  -- derived
  was_abandoned        boolean NOT NULL DEFAULT false,
  ordered              boolean NOT NULL GENERATED ALWAYS AS
    (order_id IS NOT NULL OR order_external_id <> '' OR completed_at IS NOT NULL) STORED,
  source_updated_at    timestamptz NOT NULL,
  read_at              timestamptz NOT NULL,
  digest               bytea NOT NULL,
  stored_at            timestamptz NOT NULL,  -- first
  deleted_at           timestamptz,
  PRIMARY KEY (merchant_id, id),
  FOREIGN KEY (merchant_id, source_id) REFERENCES sources
);
CREATE UNIQUE INDEX carts_external ON carts (merchant_id, source_id, external_id);
CREATE INDEX carts_by_customer ON carts (merchant_id, source_id, customer_external_id) WHERE customer_external_id <> '';
CREATE INDEX carts_by_profile ON carts (merchant_id, profile_id, active_at DESC, id DESC) WHERE profile_id IS NOT NULL AND deleted_at IS NULL;
CREATE INDEX carts_by_activity ON carts (merchant_id, active_at DESC, id DESC) WHERE deleted_at IS NULL;
CREATE INDEX carts_by_order_external ON carts (merchant_id, source_id, order_external_id) WHERE order_external_id <> '';
CREATE INDEX carts_by_checkout ON carts (merchant_id, source_id, checkout_token) WHERE checkout_token <> '';
CREATE INDEX carts_by_order ON carts (merchant_id, order_id) WHERE order_id IS NOT NULL;
SELECT fence('carts');
COMMENT ON COLUMN carts.checkout_token IS 'personal: names the cart of a person';
COMMENT ON COLUMN carts.restore_url IS 'personal: opens the cart of a person';

CREATE TABLE cart_lines (
  merchant_id uuid NOT NULL,
  cart_id     uuid NOT NULL,
  external_id text NOT NULL,
  position    int NOT NULL,
  product_id  text NOT NULL DEFAULT '',
  variant_id  text NOT NULL DEFAULT '',
  title       text NOT NULL,
  sku         text NOT NULL DEFAULT '',
  quantity    int NOT NULL,
  unit_price  numeric(20,6) NOT NULL,
  total       numeric(20,6) NOT NULL,
  options     jsonb NOT NULL DEFAULT '[]',
  image_url   text NOT NULL DEFAULT '',
  PRIMARY KEY (merchant_id, cart_id, external_id),
  FOREIGN KEY (merchant_id, cart_id) REFERENCES carts ON DELETE CASCADE
);
SELECT fence('cart_lines');

-- What was seen of a cart, in order; a past date can be replayed from it.
CREATE TABLE cart_events (
  merchant_id uuid NOT NULL,
  id          uuid NOT NULL,
  cart_id     uuid NOT NULL,
  kind        text NOT NULL CHECK (kind IN ('ACTIVE', 'ORDERED')),
  at          timestamptz NOT NULL,
  recorded_at timestamptz NOT NULL,
  value       numeric(20,6) NOT NULL,
  PRIMARY KEY (merchant_id, id),
  FOREIGN KEY (merchant_id, cart_id) REFERENCES carts
);
CREATE UNIQUE INDEX cart_events_once ON cart_events (merchant_id, cart_id, kind, at);
SELECT fence('cart_events');
REVOKE UPDATE, DELETE ON cart_events FROM relance_app;
RESET ROLE;
