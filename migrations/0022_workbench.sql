-- +goose Up
SET ROLE relance_owner;

-- What people typed about a person is a record of a source of its own (kind MANUAL): no sync ever
-- writes it. Its columns, addresses and further ways to reach the person follow from typed.
ALTER TABLE customers
  ADD COLUMN typed          jsonb,
  ADD COLUMN typed_revision int NOT NULL DEFAULT 0,
  ADD COLUMN shop_id        uuid;  -- typed, imported: the shop whose customer it is; none: of no certain shop
COMMENT ON COLUMN customers.typed IS 'personal';
CREATE UNIQUE INDEX sources_typed ON sources (merchant_id) WHERE kind = 'MANUAL';

-- Further ways to reach the person of a record, besides its own e-mail address and phone number.
CREATE TABLE contacts (
  merchant_id uuid NOT NULL,
  customer_id uuid NOT NULL,
  kind        text NOT NULL CHECK (kind IN ('EMAIL', 'PHONE')),
  position    int NOT NULL,
  value       text NOT NULL,
  PRIMARY KEY (merchant_id, customer_id, kind, position),
  FOREIGN KEY (merchant_id, customer_id) REFERENCES customers ON DELETE CASCADE
);
SELECT fence('contacts');
COMMENT ON COLUMN contacts.value IS 'personal';

-- What people changed about profiles: who, when, from what to what. before and after are what an undo
-- puts back and expects to find. The audit trail names the change; what it was about stands here,
-- where an erasure finds it.
CREATE TABLE profile_changes (
  merchant_id       uuid NOT NULL,
  id                uuid NOT NULL,
  origin_profile_id uuid NOT NULL,
  profile_id        uuid NOT NULL,
  at                timestamptz NOT NULL,
  actor             text NOT NULL,
  kind              text NOT NULL CHECK (kind IN ('DETAILS', 'LABEL', 'GROUP')),
  values            jsonb NOT NULL,
  customer_id       uuid,  -- DETAILS: the record that was typed
  before            jsonb,
  after             jsonb,
  undone_at         timestamptz,
  undone_by         text NOT NULL DEFAULT '',
  PRIMARY KEY (merchant_id, id),
  FOREIGN KEY (merchant_id, origin_profile_id) REFERENCES profiles
);
CREATE INDEX profile_changes_by_profile ON profile_changes (merchant_id, profile_id, at DESC, id DESC);
CREATE INDEX profile_changes_by_origin ON profile_changes (merchant_id, origin_profile_id);
SELECT fence('profile_changes');
COMMENT ON COLUMN profile_changes.values IS 'personal';
COMMENT ON COLUMN profile_changes.before IS 'personal';
COMMENT ON COLUMN profile_changes.after IS 'personal';

-- The merchant's own customer groups; those of the shops stay with the shops' records.
CREATE TABLE groups (
  merchant_id uuid NOT NULL REFERENCES merchants,
  id          uuid NOT NULL,
  name        text NOT NULL,
  discount    numeric(7,4),               -- per cent; recorded here, it takes effect by the shop's own group or vouchers
  benefits    text NOT NULL DEFAULT '',
  created_at  timestamptz NOT NULL,
  PRIMARY KEY (merchant_id, id)
);
CREATE UNIQUE INDEX groups_name ON groups (merchant_id, lower(name));
SELECT fence('groups');

-- Which group people put a profile into, by the profile that it was then. A person who became one of
-- several is in the group chosen last: profiles.group_id, one at a time.
CREATE TABLE profile_groups (
  merchant_id       uuid NOT NULL,
  origin_profile_id uuid NOT NULL,
  profile_id        uuid NOT NULL,
  group_id          uuid NOT NULL,
  since             timestamptz NOT NULL,
  PRIMARY KEY (merchant_id, origin_profile_id),
  FOREIGN KEY (merchant_id, origin_profile_id) REFERENCES profiles,
  FOREIGN KEY (merchant_id, group_id) REFERENCES groups
);
CREATE INDEX profile_groups_by_profile ON profile_groups (merchant_id, profile_id);
CREATE INDEX profile_groups_by_group ON profile_groups (merchant_id, group_id);
SELECT fence('profile_groups');
ALTER TABLE profiles
  ADD COLUMN group_id    uuid,         -- derived from profile_groups
  ADD COLUMN group_since timestamptz,
  ADD FOREIGN KEY (merchant_id, group_id) REFERENCES groups;
CREATE INDEX profiles_by_group ON profiles (merchant_id, group_id) WHERE group_id IS NOT NULL;

-- What somebody of the merchant is to do about a person.
CREATE TABLE tasks (
  merchant_id       uuid NOT NULL,
  id                uuid NOT NULL,
  origin_profile_id uuid NOT NULL,
  profile_id        uuid NOT NULL,
  title             text NOT NULL,
  due_on            date,
  assignee_id       uuid,                -- nobody: whoever has time
  created_by        text NOT NULL,
  created_at        timestamptz NOT NULL,
  done_at           timestamptz,
  done_by           text NOT NULL DEFAULT '',
  follow_up_id      uuid,                -- the step of a campaign that set it
  PRIMARY KEY (merchant_id, id),
  FOREIGN KEY (merchant_id, origin_profile_id) REFERENCES profiles,
  FOREIGN KEY (merchant_id, assignee_id) REFERENCES users
);
CREATE INDEX tasks_by_profile ON tasks (merchant_id, profile_id);
CREATE INDEX tasks_by_origin ON tasks (merchant_id, origin_profile_id);
CREATE INDEX tasks_open ON tasks (merchant_id, due_on, id) WHERE done_at IS NULL;
CREATE UNIQUE INDEX tasks_by_follow_up ON tasks (merchant_id, follow_up_id) WHERE follow_up_id IS NOT NULL;
SELECT fence('tasks');
COMMENT ON COLUMN tasks.title IS 'personal';

-- What one can be a member of, at which rate; what is asked for it is frozen in each membership.
CREATE TABLE membership_types (
  merchant_id uuid NOT NULL REFERENCES merchants,
  id          uuid NOT NULL,
  name        text NOT NULL,
  rate        text NOT NULL DEFAULT '',
  price       numeric(20,6) NOT NULL,
  currency    text NOT NULL,
  period      text NOT NULL CHECK (period IN ('ONCE', 'MONTH', 'QUARTER', 'YEAR')),
  created_at  timestamptz NOT NULL,
  retired_at  timestamptz,             -- nobody can be enrolled any more
  PRIMARY KEY (merchant_id, id)
);
CREATE UNIQUE INDEX membership_types_name ON membership_types (merchant_id, lower(name), lower(rate)) WHERE retired_at IS NULL;
SELECT fence('membership_types');

ALTER TABLE memberships
  ADD COLUMN type_id    uuid,
  ADD COLUMN price      numeric(20,6) NOT NULL DEFAULT 0,
  ADD COLUMN currency   text NOT NULL DEFAULT '',
  ADD COLUMN period     text NOT NULL DEFAULT 'ONCE' CHECK (period IN ('ONCE', 'MONTH', 'QUARTER', 'YEAR')),
  ADD COLUMN ends_on    date,          -- the first day on which it holds no more
  ADD COLUMN resumes_on date,          -- PAUSED: the day on which it holds again by itself
  ADD COLUMN asked_until date,         -- payments up to this day are written down
  ADD FOREIGN KEY (merchant_id, type_id) REFERENCES membership_types;
CREATE INDEX memberships_to_move ON memberships (merchant_id) WHERE status <> 'ENDED';

CREATE TABLE membership_payments (
  merchant_id   uuid NOT NULL,
  membership_id uuid NOT NULL,
  due_on        date NOT NULL,
  until         date,                  -- what is paid for ends before this day; ONCE: never
  amount        numeric(20,6) NOT NULL,
  currency      text NOT NULL,
  paid_on       date,
  paid_by       text NOT NULL DEFAULT '',  -- who wrote down that it was paid
  PRIMARY KEY (merchant_id, membership_id, due_on),
  FOREIGN KEY (merchant_id, membership_id) REFERENCES memberships ON DELETE CASCADE
);
CREATE INDEX membership_payments_due ON membership_payments (merchant_id, due_on, membership_id) WHERE paid_on IS NULL;
SELECT fence('membership_payments');
RESET ROLE;
