-- $N$ people of the merchant $M$ in the shop $S$: a profile with one record and one address each,
-- three orders for two people, one person in ten with a cart in the last 30 days, every other one
-- with a yes to e-mail. Everything is spread over two years before $NOW$ by the number alone.
INSERT INTO profiles (merchant_id, id, first_name, last_name, language, birthday, sort_name, created_at, admin_changed_at, order_count, last_order_at, oldest_cart_at)
SELECT '$M$', ('10000000-0000-7000-8000-' || lpad(to_hex(i), 12, '0'))::uuid, 'Camille', 'Martin' || i % 5000, 'fr', date '1950-01-01' + i % 18000, 'martin', '$NOW$'::timestamptz - make_interval(days => 730 - i % 700), '$NOW$',
	o.n, o.last, CASE WHEN i % 10 = 0 THEN '$NOW$'::timestamptz - make_interval(hours => (i / 10) % 720) END
FROM generate_series(1, $N$) i, LATERAL (SELECT count(*) AS n, max('$NOW$'::timestamptz - make_interval(days => (i * 7 + k * 131) % 730)) AS last FROM generate_series(1, i % 4) k) o;
INSERT INTO customers (merchant_id, id, source_id, external_id, kind, active, email, first_name, last_name, language, created_at, source_updated_at, read_at, digest)
SELECT '$M$', ('20000000-0000-7000-8000-' || lpad(to_hex(i), 12, '0'))::uuid, '$S$', 'g' || i, 'CUSTOMER', true, 'person' || i || '@example.com', 'Camille', 'Martin' || i % 5000, 'fr',
	'$NOW$'::timestamptz - make_interval(days => 730 - i % 700), '$NOW$', '$NOW$', '' FROM generate_series(1, $N$) i;
INSERT INTO identities (merchant_id, customer_id, home_profile_id, profile_id)
SELECT '$M$', ('20000000-0000-7000-8000-' || lpad(to_hex(i), 12, '0'))::uuid, ('10000000-0000-7000-8000-' || lpad(to_hex(i), 12, '0'))::uuid, ('10000000-0000-7000-8000-' || lpad(to_hex(i), 12, '0'))::uuid FROM generate_series(1, $N$) i;
INSERT INTO addresses (merchant_id, customer_id, external_id, position, kind, first_name, last_name, line1, postal_code, city, country_code)
SELECT '$M$', ('20000000-0000-7000-8000-' || lpad(to_hex(i), 12, '0'))::uuid, '1', 0, 'BILLING', 'Camille', 'Martin' || i % 5000, i / 2 || ' rue de la Paix', lpad((i % 95000)::text, 5, '0'), 'Paris', 'FR' FROM generate_series(1, $N$) i;
INSERT INTO consents (merchant_id, id, customer_id, channel, state, source, recorded_at)
SELECT '$M$', ('30000000-0000-7000-8000-' || lpad(to_hex(i), 12, '0'))::uuid, ('20000000-0000-7000-8000-' || lpad(to_hex(i), 12, '0'))::uuid, 'EMAIL', 'CONFIRMED', 'bench', '$NOW$' FROM generate_series(1, $N$, 2) i;
INSERT INTO orders (merchant_id, id, source_id, external_id, number, customer_external_id, profile_id, state, paid, placed_at, currency, language, total, exact_total, source_updated_at, read_at, digest)
SELECT '$M$', ('40000000-0000-7000-8000-' || lpad(to_hex(i * 4 + k), 12, '0'))::uuid, '$S$', 'g' || i || '-' || k, 'N' || i || k, 'g' || i, ('10000000-0000-7000-8000-' || lpad(to_hex(i), 12, '0'))::uuid, 'DELIVERED', true,
	'$NOW$'::timestamptz - make_interval(days => (i * 7 + k * 131) % 730), 'EUR', 'fr', 20 + i % 200, 20 + i % 200, '$NOW$', '$NOW$', '' FROM generate_series(1, $N$) i, generate_series(1, i % 4) k;
INSERT INTO carts (merchant_id, id, source_id, external_id, customer_external_id, profile_id, currency, language, value, total, value_known, started_at, active_at, source_updated_at, read_at, digest, stored_at)
SELECT '$M$', ('50000000-0000-7000-8000-' || lpad(to_hex(i), 12, '0'))::uuid, '$S$', 'g' || i, 'g' || i, ('10000000-0000-7000-8000-' || lpad(to_hex(i), 12, '0'))::uuid, 'EUR', 'fr', 80, 80, true,
	'$NOW$'::timestamptz - make_interval(hours => (i / 10) % 720 + 1), '$NOW$'::timestamptz - make_interval(hours => (i / 10) % 720), '$NOW$', '$NOW$', '', '$NOW$' FROM generate_series(10, $N$, 10) i;
INSERT INTO cart_lines (merchant_id, cart_id, external_id, position, title, quantity, unit_price, total)
SELECT '$M$', ('50000000-0000-7000-8000-' || lpad(to_hex(i), 12, '0'))::uuid, k::text, k, 'Tea', 1, 40, 40 FROM generate_series(10, $N$, 10) i, generate_series(1, 2) k;
ANALYZE;
