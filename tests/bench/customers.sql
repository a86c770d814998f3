-- customers.sql - customers.map, written for DuckDB by hand
COPY (
	SELECT 'Person' AS object, 'customers' AS map, 10 AS phase,
		'customers/' || id AS source,
		'customer-' || id AS key,
		'Person_Key__c' AS extid,
		{
			'City': billing.city,
			'Country': billing.country_id,
			'Created': created_at[1:10] || 'T' || created_at[12:19] || '.000Z',
			'Credit': list_filter(custom_attributes, lambda a: a.attribute_code = 'credit_limit')[1].value,
			'Email': lower(email),
			'First_Name': firstname,
			'Group': group_id,
			'Last_Name': lastname,
			'Name': firstname || ' ' || lastname,
			'Postcode': billing.postcode,
			'Region': billing.region.region,
			'Street': array_to_string(billing.street, E'\n'),
			'Subscribed': extension_attributes.is_subscribed,
			'Tier': list_filter(custom_attributes, lambda a: a.attribute_code = 'tier')[1].value,
			'Vip': list_filter(custom_attributes, lambda a: a.attribute_code = 'is_vip')[1].value = '1',
			'Website': website_id
		} AS fields
	FROM (
		SELECT *, list_filter(addresses, lambda a: a.default_billing)[1] AS billing,
			custom_attributes
		FROM read_json('customers.ndjson', format = 'newline_delimited', columns = {
			id: 'BIGINT', created_at: 'VARCHAR', email: 'VARCHAR',
			firstname: 'VARCHAR', lastname: 'VARCHAR',
			group_id: 'BIGINT', website_id: 'BIGINT',
			addresses: 'STRUCT(default_billing BOOLEAN, city VARCHAR,
				country_id VARCHAR, postcode VARCHAR, street VARCHAR[],
				region STRUCT(region VARCHAR))[]',
			extension_attributes: 'STRUCT(is_subscribed BOOLEAN)',
			custom_attributes: 'STRUCT(attribute_code VARCHAR, value VARCHAR)[]'
		})
	)
) TO 'duckdb.out' (FORMAT json);
