-- +goose Up
SET ROLE relance_owner;

-- What the texts beside them say, by code and parameters: readers are told in their language.
ALTER TABLE sync_runs ADD COLUMN cause jsonb;
ALTER TABLE sync_steps ADD COLUMN cause jsonb;
ALTER TABLE quarantine ADD COLUMN cause jsonb;

-- Orders over all customers, newest first.
CREATE INDEX orders_by_date ON orders (merchant_id, placed_at DESC, id DESC) WHERE deleted_at IS NULL;

-- What is in use is offered where lists are narrowed.
CREATE INDEX profile_labels_by_label ON profile_labels (merchant_id, label_id);
CREATE INDEX consents_by_preference ON consents (merchant_id, channel, preference) WHERE preference <> '';
RESET ROLE;
