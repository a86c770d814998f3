-- products.sql - products.map, written for DuckDB by hand
COPY (
	SELECT 'Thing' AS object, 'products' AS map, 10 AS phase,
		'products/' || id AS source,
		'product-' || id AS key,
		'Thing_Key__c' AS extid,
		{
			'Active': status = 1,
			'Created': created_at[1:10] || 'T' || created_at[12:19] || '.000Z',
			'Description': list_filter(custom_attributes, lambda a: a.attribute_code = 'description')[1].value,
			'Name': name,
			'Price': price,
			'Sku': sku,
			'Tax_Class': list_filter(custom_attributes, lambda a: a.attribute_code = 'tax_class_id')[1].value,
			'Type': type_id,
			'Url': list_filter(custom_attributes, lambda a: a.attribute_code = 'url_key')[1].value,
			'Websites': array_to_string(extension_attributes.website_ids, ';'),
			'Weight': weight
		} AS fields
	FROM read_json('products.ndjson', format = 'newline_delimited', columns = {
		id: 'BIGINT', sku: 'VARCHAR', name: 'VARCHAR', price: 'JSON',
		status: 'BIGINT', type_id: 'VARCHAR', created_at: 'VARCHAR',
		weight: 'JSON',
		extension_attributes: 'STRUCT(website_ids BIGINT[])',
		custom_attributes: 'STRUCT(attribute_code VARCHAR, value VARCHAR)[]'
	})
) TO 'duckdb.out' (FORMAT json);
