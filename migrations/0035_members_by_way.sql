-- +goose Up
SET ROLE relance_owner;
-- Whoever settles a message puts its recipient in line again: found by the way through the campaign. The merchant is
-- left out: of two indexes that begin with it, a plan made while the table was empty took this one for people's own ways.
CREATE INDEX enrolment_members_by_way ON enrolment_members (enrolment_id);
RESET ROLE;
