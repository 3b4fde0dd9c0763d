package main

// questions lists the queries measured: the contract's two, and fifty profiles with ten
// orders each and their lines.
func questions() []question {
	return []question{
		{name: "Profiles", graphql: `query Profiles { profiles(first: 50) { totalCount pageInfo { hasNextPage endCursor }
			nodes { id displayName firstName lastName emails { address } phones { number } labels { name } shops { id name platform }
				orderCount spent { amount currencyCode } averageOrder { amount currencyCode } lastOrderAt createdAt } } }`,
			sql: `SELECT json_build_object('data', json_build_object('profiles', json_build_object(
				'totalCount', (SELECT count(*) FROM profiles WHERE merchant_id = $1 AND merged_into IS NULL),
				'pageInfo', json_build_object('hasNextPage', true, 'endCursor', ''),
				'nodes', (SELECT json_agg(json_build_object(` + profileFields + `)) FROM (SELECT * FROM profiles WHERE merchant_id = $1 AND merged_into IS NULL
					ORDER BY admin_changed_at, id LIMIT 50) p ` + moneyJoin + `))))`},
		{name: "Profile", graphql: `query Profile($id: ID!) { profile(id: $id) { id displayName firstName lastName company
			emails { address source { shop { id } } } phones { number } addresses { kind line1 line2 postalCode city countryCode }
			consents { channel state since source } identities { shop { id name platform } externalId kind matchedBy }
			orderCount spent { amount currencyCode } spentByCurrency { amount currencyCode } returned { amount currencyCode } averageOrder { amount currencyCode } lastOrderAt
			habits { topCategories(first: 3) { name quantity } sizes { value quantity } }
			orders(first: 10) { totalCount pageInfo { hasNextPage endCursor } nodes { id number placedAt state cancelledAt
				total { amount currencyCode } returned { amount currencyCode } net { amount currencyCode } badges shop { id name }
				lines { title sku quantity returnedQuantity unitPrice { amount } total { amount } category options { name value } productUrl } } }
			carts(first: 10) { nodes { id state startedAt updatedAt value { amount currencyCode } restoreUrl order { id number } lines { title quantity } } } } }`,
			sql: `SELECT json_build_object('data', json_build_object('profile', (SELECT json_build_object(` + personFields + `)
				FROM profiles p ` + moneyJoin + ` WHERE p.merchant_id = $1 AND p.id = $2)))`},
		{name: "50 × 10", graphql: `{ profiles(first: 50, orderBy: { field: LAST_ORDER, direction: DESC }) { nodes { id displayName orders(first: 10) { nodes { id number placedAt state
			total { amount currencyCode } lines { title sku quantity unitPrice { amount } total { amount } } } } } } }`,
			sql: `SELECT json_build_object('data', json_build_object('profiles', json_build_object('nodes', (SELECT json_agg(json_build_object('id', p.id,
				'displayName', trim(p.first_name || ' ' || p.last_name), 'orders', json_build_object('nodes', (SELECT coalesce(json_agg(json_build_object('id', o.id, 'number', o.number,
					'placedAt', o.placed_at, 'state', o.state, 'total', json_build_object('amount', o.total::text, 'currencyCode', o.currency), 'lines',
					(SELECT json_agg(json_build_object('title', l.title, 'sku', l.sku, 'quantity', l.quantity, 'unitPrice', json_build_object('amount', l.unit_price::text),
						'total', json_build_object('amount', l.total::text)) ORDER BY l.position) FROM order_lines l WHERE l.merchant_id = $1 AND l.order_id = o.id)) ORDER BY o.placed_at DESC, o.id DESC), '[]')
				FROM (SELECT * FROM orders o WHERE o.merchant_id = $1 AND o.profile_id = p.id AND o.deleted_at IS NULL ORDER BY o.placed_at DESC, o.id DESC LIMIT 10) o))))
				FROM (SELECT * FROM profiles WHERE merchant_id = $1 AND merged_into IS NULL ORDER BY last_order_at DESC NULLS LAST, id DESC LIMIT 50) p))))`},
	}
}

const moneyJoin = ` LEFT JOIN LATERAL (SELECT spent, returned, currency FROM profile_stats s WHERE s.merchant_id = $1 AND s.profile_id = p.id AND s.currency = 'EUR') m ON true `

const contactFields = `'id', p.id, 'displayName', trim(p.first_name || ' ' || p.last_name), 'firstName', p.first_name, 'lastName', p.last_name,
	'emails', (SELECT json_agg(json_build_object('address', c.email)) FROM identities i JOIN customers c ON c.merchant_id = $1 AND c.id = i.customer_id WHERE i.merchant_id = $1 AND i.profile_id = p.id),
	'phones', (SELECT json_agg(json_build_object('number', c.phone)) FROM identities i JOIN customers c ON c.merchant_id = $1 AND c.id = i.customer_id WHERE i.merchant_id = $1 AND i.profile_id = p.id),
	'orderCount', p.order_count, 'spent', json_build_object('amount', coalesce(m.spent, 0)::text, 'currencyCode', 'EUR'),
	'averageOrder', json_build_object('amount', CASE WHEN p.order_count = 0 THEN '0' ELSE round(coalesce(m.spent, 0) / p.order_count, 6)::text END, 'currencyCode', 'EUR'),
	'lastOrderAt', p.last_order_at`

const shopFields = `json_build_object('id', h.id, 'name', h.name, 'platform', h.platform)`

const profileFields = contactFields + `, 'createdAt', p.created_at,
	'labels', (SELECT coalesce(json_agg(json_build_object('name', l.name)), '[]') FROM profile_labels x JOIN labels l ON l.merchant_id = $1 AND l.id = x.label_id WHERE x.merchant_id = $1 AND x.profile_id = p.id),
	'shops', (SELECT json_agg(DISTINCT jsonb_build_object('id', h.id, 'name', h.name, 'platform', h.platform)) FROM identities i JOIN customers c ON c.merchant_id = $1 AND c.id = i.customer_id
		JOIN shops h ON h.merchant_id = $1 AND h.id = c.source_id WHERE i.merchant_id = $1 AND i.profile_id = p.id)`

const personFields = contactFields + `, 'company', p.company,
	'addresses', (SELECT json_agg(json_build_object('kind', a.kind, 'line1', a.line1, 'line2', a.line2, 'postalCode', a.postal_code, 'city', a.city, 'countryCode', a.country_code))
		FROM identities i JOIN addresses a ON a.merchant_id = $1 AND a.customer_id = i.customer_id WHERE i.merchant_id = $1 AND i.profile_id = p.id),
	'source', (SELECT json_agg(json_build_object('shop', json_build_object('id', h.id))) FROM identities i JOIN customers c ON c.merchant_id = $1 AND c.id = i.customer_id
		JOIN shops h ON h.merchant_id = $1 AND h.id = c.source_id WHERE i.merchant_id = $1 AND i.profile_id = p.id),
	'consents', (SELECT coalesce(json_agg(json_build_object('channel', c.channel, 'state', c.state, 'since', c.since, 'source', c.source)), '[]')
		FROM identities i JOIN consents c ON c.merchant_id = $1 AND c.customer_id = i.customer_id WHERE i.merchant_id = $1 AND i.profile_id = p.id),
	'identities', (SELECT json_agg(json_build_object('shop', ` + shopFields + `, 'externalId', c.external_id, 'kind', c.kind, 'matchedBy', i.matched_by)) FROM identities i
		JOIN customers c ON c.merchant_id = $1 AND c.id = i.customer_id JOIN shops h ON h.merchant_id = $1 AND h.id = c.source_id WHERE i.merchant_id = $1 AND i.profile_id = p.id),
	'spentByCurrency', (SELECT json_agg(json_build_object('amount', s.spent::text, 'currencyCode', s.currency)) FROM profile_stats s WHERE s.merchant_id = $1 AND s.profile_id = p.id),
	'returned', json_build_object('amount', coalesce(m.returned, 0)::text, 'currencyCode', 'EUR'),
	'habits', json_build_object('topCategories', (SELECT json_agg(x) FROM (SELECT value AS name, quantity FROM profile_habits h WHERE h.merchant_id = $1 AND h.profile_id = p.id
		AND h.what = 'CATEGORY' AND quantity > 0 ORDER BY quantity DESC, value LIMIT 3) x), 'sizes', (SELECT json_agg(x) FROM (SELECT value, quantity FROM profile_habits h WHERE h.merchant_id = $1
		AND h.profile_id = p.id AND h.what = 'SIZE' AND quantity > 0 ORDER BY quantity DESC, value) x)),
	'orders', json_build_object('totalCount', (SELECT count(*) FROM orders o WHERE o.merchant_id = $1 AND o.profile_id = p.id AND o.deleted_at IS NULL), 'nodes',
		(SELECT json_agg(json_build_object('id', o.id, 'number', o.number, 'placedAt', o.placed_at, 'state', o.state, 'cancelledAt', o.cancelled_at,
			'total', json_build_object('amount', o.total::text, 'currencyCode', o.currency), 'returned', json_build_object('amount', o.returned::text, 'currencyCode', o.currency),
			'net', json_build_object('amount', o.net::text, 'currencyCode', o.currency),
			'recovered', EXISTS (SELECT 1 FROM carts k WHERE k.merchant_id = $1 AND k.order_id = o.id AND k.was_abandoned),
			'shop', (SELECT json_build_object('id', h.id, 'name', h.name) FROM shops h WHERE h.merchant_id = $1 AND h.id = o.source_id),
			'lines', (SELECT json_agg(json_build_object('title', l.title, 'sku', l.sku, 'quantity', l.quantity, 'returnedQuantity', l.returned_quantity,
				'unitPrice', json_build_object('amount', l.unit_price::text), 'total', json_build_object('amount', l.total::text), 'category', l.category, 'options', l.options,
				'productUrl', l.product_url) ORDER BY l.position) FROM order_lines l WHERE l.merchant_id = $1 AND l.order_id = o.id)) ORDER BY o.placed_at DESC, o.id DESC)
		FROM (SELECT * FROM orders o WHERE o.merchant_id = $1 AND o.profile_id = p.id AND o.deleted_at IS NULL ORDER BY o.placed_at DESC, o.id DESC LIMIT 10) o)),
	'carts', json_build_object('nodes', (SELECT json_agg(json_build_object('id', c.id, 'state', CASE WHEN c.ordered THEN 'ORDERED' ELSE 'ABANDONED' END, 'startedAt', c.started_at,
		'updatedAt', c.active_at, 'value', json_build_object('amount', c.value::text, 'currencyCode', c.currency), 'order', (SELECT json_build_object('id', o.id, 'number', o.number) FROM orders o
			WHERE o.merchant_id = $1 AND o.id = c.order_id), 'lines', (SELECT json_agg(json_build_object('title', l.title, 'quantity', l.quantity) ORDER BY l.position) FROM cart_lines l
			WHERE l.merchant_id = $1 AND l.cart_id = c.id))) FROM carts c WHERE c.merchant_id = $1 AND c.profile_id = p.id AND c.deleted_at IS NULL))`
