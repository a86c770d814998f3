-- job.sql - job.map, written for DuckDB by hand
COPY (
	SELECT 'Line' AS object, 'job' AS map, 10 AS phase,
		'orders/' || entity_id AS source,
		increment_id || '-' || i.item_id AS key,
		'Line_Key__c' AS extid,
		{
			'Buyer': customer_firstname || ' ' || customer_lastname,
			'City': billing_address.city,
			'Created': created_at,
			'Currency': order_currency_code,
			'Email': customer_email,
			'First_Name': customer_firstname,
			'Last_Name': customer_lastname,
			'Line': i.item_id,
			'Magento_Status': status,
			'Name': i.name,
			'Order_Number': increment_id,
			'Placed': created_at[1:10] || 'T' || created_at[12:19] || '.000Z',
			'Price': i.price,
			'Quantity': i.qty_ordered,
			'Reference': increment_id,
			'Row_Total': i.row_total,
			'Sku': i.sku,
			'Source': 'magento',
			'Status': CASE status WHEN 'pending' THEN 'Draft'
				WHEN 'processing' THEN 'Activated'
				WHEN 'complete' THEN 'Activated'
				WHEN 'closed' THEN 'Activated' ELSE 'Other' END,
			'Street': array_to_string(billing_address.street, E'\n'),
			'Total': grand_total
		} AS fields
	FROM (
		SELECT *, unnest(items) AS i
		FROM read_json('orders.ndjson', format = 'newline_delimited', columns = {
			entity_id: 'BIGINT', increment_id: 'VARCHAR',
			state: 'VARCHAR', status: 'VARCHAR',
			created_at: 'VARCHAR', customer_email: 'VARCHAR',
			customer_firstname: 'VARCHAR', customer_lastname: 'VARCHAR',
			order_currency_code: 'VARCHAR', grand_total: 'JSON',
			billing_address: 'STRUCT(street VARCHAR[], city VARCHAR)',
			items: 'STRUCT(item_id BIGINT, parent_item_id BIGINT, sku VARCHAR,
				name VARCHAR, qty_ordered JSON, price JSON, row_total JSON)[]'
		})
		WHERE state NOT IN ('canceled', 'holded')
	)
	WHERE i.parent_item_id IS NULL
) TO 'duckdb.out' (FORMAT json);
