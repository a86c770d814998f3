#!/usr/bin/env bats
# magento-api-rest, and oauth-1.0a below a plain fetch, against mage-sandbox.

load clients

setup_file()
{
	open_shop
}

@test "an order by its id" {
	ok mage <<'END'
	const r = await api().get('orders/1');
	print([r.status, r.data.entity_id, r.data.increment_id]);
END
	want '. == [200, 1, "000000001"]'
}

@test "its own words for searches: sort, pages, or, from and to" {
	ok mage <<'END'
	const ids = async (q) => (await api().get('orders', q)).data.items.map((o) => o.entity_id);
	print([
		await ids({ $perPage: 3, $page: 2, $sort: { entity_id: 'asc' } }),
		await ids({ $or: [{ entity_id: 5 }, { entity_id: 7 }], $sort: { entity_id: 'desc' } }),
		await ids({ increment_id: '000000009' }),
		(await ids({ $from: '2026-11-21 00:00:00', $to: '2026-11-30 00:00:00', $perPage: 200 })).length,
		await ids({ $after: '2027-01-01 00:00:00' }),
	]);
END
	want '.[0] == [4, 5, 6] and .[1] == [7, 5] and .[2] == [9] and .[3] == 75 and .[4] == []'
}

@test "searchCriteria as Magento spells it, keys in a window" {
	ok mage <<'END'
	const r = await api().get('orders', {
		filter_groups: [
			{ filters: [{ field: 'entity_id', value: 10, condition_type: 'gt' }] },
			{ filters: [{ field: 'entity_id', value: 20, condition_type: 'lteq' }] },
		],
		sort_orders: [{ field: 'entity_id', direction: 'ASC' }],
		page_size: 4,
	});
	print([r.data.total_count, r.data.items.map((o) => o.entity_id)]);
END
	want '. == [10, [11, 12, 13, 14]]'
}

@test "lists of all kinds" {
	ok mage <<'END'
	const out = {};
	for (const list of ['customers/search', 'customerGroups/search', 'products', 'carts/search',
		'invoices', 'shipments', 'creditmemos', 'coupons/search', 'salesRules/search', 'orders/items',
		'categories/list', 'transactions', 'inventory/source-items'])
		out[list] = (await api().get(list)).data.total_count;
	for (const list of ['store/storeViews', 'store/websites', 'attributeMetadata/customer'])
		out[list] = (await api().get(list)).data.length;
	print(out);
END
	want '."customers/search" == 142 and .products == 18 and .transactions == 0 and
	    ."store/storeViews" == 4 and ([.[] | type] | unique == ["number"])'
}

@test "an order is saved sparsely, and read back" {
	ok mage <<'END'
	const c = api();
	const saved = await c.post('orders', { entity: { entity_id: 7, increment_id: '000000007', ext_order_id: '801CLIENT' } });
	const read = await c.get('orders/7');
	print([saved.status, saved.data.grand_total === null || saved.data.grand_total === undefined, read.data.ext_order_id, read.data.items.length > 0]);
END
	want '. == [200, true, "801CLIENT", true]'
	curl -s "$MAGE_URL/sandbox/state?entity=orders" | jq -se '.[]
	    | select(.entity_id == 7).ext_order_id == "801CLIENT"'
}

@test "a customer is changed, made, and taken away" {
	ok mage <<'END'
	const c = api();
	await c.put('customers/9', { customer: { id: 9, custom_attributes: [{ attribute_code: 'sf_contact_id', value: '003C' }] } });
	const nine = (await c.get('customers/9')).data;
	const made = (await c.post('customers', { customer: { email: 'zoë@client.example', firstname: 'Zoë', lastname: 'O’Brien', website_id: 1 } })).data;
	const found = (await c.get('customers/search', { email: 'zoë@client.example' })).data;
	const gone = (await c.delete('customers/' + made.id)).data;
	print([nine.custom_attributes.map((a) => a.value), found.total_count, found.items[0].lastname, gone]);
END
	want '(.[0] | index("003C")) and .[1:] == [1, "O’Brien", true]'
}

@test "a comment is posted and found" {
	ok mage <<'END'
	const c = api();
	await c.post('orders/5/comments', { statusHistory: { comment: 'Salesforce: 801', is_customer_notified: 0, is_visible_on_front: 0, parent_id: 5 } });
	print((await c.get('orders/5/comments')).data.items.map((h) => h.comment));
END
	want 'index("Salesforce: 801")'
}

@test "errors reach the client as the shop says them" {
	fails mage <<'END'
	await api().get('orders/99999');
END
	want '.status == 404 and (.body.message | startswith("The entity that was requested"))'
	fails mage <<'END'
	await api().get('orders', { nosuch: 1 });
END
	want '.status == 500 and (.body.message | test("Report ID: webapi-"))'
	fails mage <<'END'
	await api().get('customers/search', { nosuch: 1 });
END
	want '.status == 400 and .body.parameters == ["nosuch"]'
}

@test "signatures: SHA1, a foreign secret and a tenth group are refused" {
	fails mage <<'END'
	await api({ sha: 1 }).get('customers/1');
END
	want '.status == 400 and .body.parameters == ["HMAC-SHA1"]'
	fails mage <<'END'
	await api({ tokenSecret: 'x'.repeat(32) }).get('customers/1');
END
	want '.status == 401 and (.body.message | startswith("The signature is invalid"))'
	# oauth-1.0a sorts bytes, the shop by numbers: up to ten all is well
	ok mage <<'END'
	const groups = (n) => ({ filter_groups: Array.from({ length: n }, () => ({ filters: [{ field: 'entity_id', value: 1 }] })) });
	print((await api().get('customers/search', groups(10))).data.total_count);
END
	want '. == 1'
	fails mage <<'END'
	const groups = (n) => ({ filter_groups: Array.from({ length: n }, () => ({ filters: [{ field: 'entity_id', value: 1 }] })) });
	await api().get('customers/search', groups(11));
END
	want '.status == 401 and (.body.message | startswith("The signature is invalid"))'
}

@test "oauth-1.0a: brackets, blanks, letters, a body that is not signed" {
	ok mage <<'END'
	const f = (field, value) => `searchCriteria[filter_groups][0][filters][0][field]=${field}&searchCriteria[filter_groups][0][filters][0][value]=${value}`;
	const put = await signed('PUT', '/rest/V1/customers/3', { customer: { id: 3, taxvat: 'ü €' } });
	print([
		(await signed('GET', '/rest/V1/customers/1')).status,
		(await signed('GET', '/rest/V1/customers/search?' + f('firstname', 'a%20b'))).status,
		(await signed('GET', '/rest/V1/customers/search?' + f('email', 'a%2Bb%40c.example'))).status,
		(await signed('GET', '/rest/V1/customers/search?' + f('firstname', '%E6%97%A5'))).status,
		(await signed('GET', '/rest/V1/customers/search?' + encodeURI(f('firstname', 'x')))).status,
		put.status, put.body.taxvat,
	]);
END
	# it does not decode names before it signs them: encoded brackets fail
	want '. == [200, 200, 200, 200, 401, 200, "ü €"]'
}

@test "oauth-1.0a: a header that is sent twice is refused the second time" {
	ok mage <<'END'
	const url = env.MAGE_URL + '/rest/V1/customers/1';
	const c = JSON.parse(env.MAGE_CREDENTIALS);
	const headers = oauth.toHeader(oauth.authorize({ url, method: 'GET' }, { key: c.access_token, secret: c.token_secret }));
	const one = await fetch(url, { headers });
	const two = await fetch(url, { headers });
	print([one.status, two.status, (await two.json()).message]);
END
	want '. == [200, 401, "The nonce is already being used by the consumer with ID %1"]'
}
