-- What lists and exports ask of the people of people.sql besides: what they spent, words to find them by,
-- a label for one in a hundred, a membership for one in fifty, a group for one in twenty.
UPDATE profiles SET search_text = 'camille ' || translate(left(md5(last_name), 7), '0123456789', 'aeioulmnrs') || ' person' || (('x' || right(id::text, 8))::bit(32)::int) || '@example.com paris' WHERE merchant_id = '$M$';
INSERT INTO profile_stats (merchant_id, profile_id, currency, order_count, spent, returned, last_order_at)
SELECT merchant_id, profile_id, 'EUR', count(*), sum(total), 0, max(placed_at) FROM orders WHERE merchant_id = '$M$' GROUP BY 1, 2;
INSERT INTO labels (merchant_id, id, name) VALUES ('$M$', '60000000-0000-7000-8000-000000000001', 'VIP');
INSERT INTO profile_labels (merchant_id, origin_profile_id, label_id, profile_id, at)
SELECT '$M$', ('10000000-0000-7000-8000-' || lpad(to_hex(i), 12, '0'))::uuid, '60000000-0000-7000-8000-000000000001', ('10000000-0000-7000-8000-' || lpad(to_hex(i), 12, '0'))::uuid, '$NOW$' FROM generate_series(1, $N$, 100) i;
INSERT INTO groups (merchant_id, id, name, created_at) VALUES ('$M$', '60000000-0000-7000-8000-000000000002', 'Wholesale', '$NOW$');
UPDATE profiles SET group_id = '60000000-0000-7000-8000-000000000002', group_since = '$NOW$' WHERE merchant_id = '$M$' AND ('x' || right(id::text, 8))::bit(32)::int % 20 = 0;
INSERT INTO memberships (merchant_id, id, origin_profile_id, profile_id, type, status, since)
SELECT '$M$', ('70000000-0000-7000-8000-' || lpad(to_hex(i), 12, '0'))::uuid, ('10000000-0000-7000-8000-' || lpad(to_hex(i), 12, '0'))::uuid, ('10000000-0000-7000-8000-' || lpad(to_hex(i), 12, '0'))::uuid, 'Club', 'ACTIVE', '$NOW$' FROM generate_series(1, $N$, 50) i;
VACUUM ANALYZE;
