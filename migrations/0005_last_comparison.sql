-- +goose Up
SET ROLE relance_owner;

-- When a shop's ids were last compared is asked for at the beginning of each pull.
CREATE INDEX sync_steps_done ON sync_steps (merchant_id, shop_id, kind, finished_at) WHERE state = 'DONE';
RESET ROLE;
