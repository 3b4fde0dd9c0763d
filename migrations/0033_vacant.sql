-- +goose Up
SET ROLE relance_owner;
-- Typed details that were all taken back make nobody any more.
UPDATE customers SET deleted_at = source_updated_at WHERE kind = 'MANUAL' AND typed = '{}' AND deleted_at IS NULL;
-- Profiles without a record that lives are looked at anew: those of which nothing is left come off the lists.
INSERT INTO derive_queue (merchant_id, what, ids)
  SELECT merchant_id, 'PROFILE', array_agg(id) FROM (SELECT p.merchant_id, p.id, row_number() OVER (PARTITION BY p.merchant_id ORDER BY p.id) / 1000 AS page FROM profiles p
    WHERE p.merged_into IS NULL AND NOT EXISTS (SELECT 1 FROM identities i JOIN customers c ON c.merchant_id = i.merchant_id AND c.id = i.customer_id
      WHERE i.merchant_id = p.merchant_id AND i.profile_id = p.id AND c.deleted_at IS NULL)) x GROUP BY merchant_id, page;
RESET ROLE;
