-- +goose Up
SET ROLE relance_owner;
-- Whoever settles a message puts its recipient in line again: found by the way through the campaign.
CREATE INDEX enrolment_members_by_way ON enrolment_members (merchant_id, enrolment_id);
RESET ROLE;
