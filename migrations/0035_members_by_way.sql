-- +goose Up
SET ROLE relance_owner;
-- Whoever settles a message puts its recipient in line again: found by the way through the campaign. The condition
-- always holds; it keeps the index from people's own ways, which a plan made while the table was empty took it for.
CREATE INDEX enrolment_members_by_way ON enrolment_members (merchant_id, enrolment_id) WHERE enrolment_id IS NOT NULL;
RESET ROLE;
