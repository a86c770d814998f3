#!/usr/bin/env bats
# mage-sandbox: what writes do.
load helpers
load mage-api

# act PATH [JSON]: what the answer says
act()
{
	send POST "/rest/V1/$1" "${2:-}" | head -n 1
}

# order ID: its states and totals
order()
{
	get "orders/$1" '[.state, .total_invoiced, .total_paid, .total_due,
	    .total_refunded]'
}

@test "an order's life: invoiced in two parts, shipped, refunded in two parts" {
	sandbox
	[ "$(order 17)" = '["new",null,null,117.83,null]' ]
	item=$(get orders/17 '.items[0].item_id')
	qty=$(get orders/17 '.items[0].qty_ordered')
	part='{"items":[{"order_item_id":'$item',"qty":1}]}'
	run act order/17/invoice "$part"
	assert_output --regexp '^"[0-9]+"$'
	first=$(tr -d '"' <<<"$output")
	[ "$(get orders/17 .state)" = '"processing"' ]
	act order/17/invoice
	[ "$(order 17)" = '["processing",117.83,117.83,0,null]' ]
	run act order/17/invoice
	assert_output --partial 'The order does not allow an invoice to be created.'
	act order/17/ship '{"tracks":[{"track_number":"T","title":"t","carrier_code":"ups"}]}'
	[ "$(get orders/17 .state)" = '"complete"' ]
	# what was invoiced adds up to the cent, and shipping was invoiced once
	run get "invoices?${SC}[field]=order_id&${SC}[value]=17" \
	    '[([.items[].grand_total] | add * 100 | round), ([.items[].shipping_amount // 0] | max == add)]'
	assert_output '[11783,true]'
	updated=$(get "invoices/$first" .updated_at)
	run act "invoice/$first/refund" \
	    "{\"items\":[{\"order_item_id\":$item,\"qty\":1}],\"arguments\":{\"shipping_amount\":0}}"
	memo=$(tr -d '"' <<<"$output")
	[ "$(get "creditmemo/$memo" .invoice_id)" = "$first" ]
	[ "$(get "invoices/$first" .updated_at)" = "$updated" ]
	[ "$(get orders/17 .state)" = '"complete"' ]
	act order/17/refund
	[ "$(order 17)" = '["closed",117.83,117.83,0,117.83]' ]
	[ "$(get orders/17 '[.status_histories[:2][].status]')" = '["closed","complete"]' ]
	[ "$qty" -ge 1 ]
}

@test "shipping is refunded once, though nobody says how much of it" {
	sandbox
	item=$(get orders/17 '.items[0].item_id')
	act order/17/invoice
	run act order/17/refund '{"items":[{"order_item_id":'$item',"qty":1}]}'
	assert_output --regexp '^"[0-9]+"$'
	run act order/17/refund
	assert_output --regexp '^"[0-9]+"$'
	[ "$(order 17)" = '["closed",117.83,117.83,0,117.83]' ]
	run get "creditmemos?${SC}[field]=order_id&${SC}[value]=17&searchCriteria[sortOrders][0][field]=entity_id&searchCriteria[sortOrders][0][direction]=ASC" \
	    '[.items[].shipping_amount]'
	[ "$output" = "[$(get orders/17 .shipping_amount),0]" ]
}

@test "what was not invoiced is canceled, and can be invoiced no more" {
	sandbox
	item=$(get orders/17 '.items[0].item_id')
	act order/17/invoice '{"items":[{"order_item_id":'$item',"qty":1}]}'
	[ "$(act orders/17/cancel)" = true ]
	[ "$(get orders/17 '[.state, ([.items[].qty_canceled // 0] | add)]')" = '["processing",2]' ]
	run act order/17/invoice
	assert_output --partial 'The order does not allow an invoice to be created.'
	run act order/17/ship '{"items":[{"order_item_id":'$item',"qty":2}]}'
	assert_output --partial 'The quantity to ship must not be greater'
	act order/17/ship
	[ "$(get orders/17 '[.state, ([.items[].qty_shipped // 0] | add)]')" = '["complete",1]' ]
	# nothing is left to ship when the rest is canceled: it is complete at once
	curl -sf -X POST "$URL/sandbox/reset"
	for what in invoice ship; do
		act order/17/$what '{"items":[{"order_item_id":'$item',"qty":1}]}'
	done
	[ "$(get orders/17 .state)" = '"processing"' ]
	[ "$(act orders/17/cancel)" = true ]
	[ "$(get orders/17 .state)" = '"complete"' ]
}

@test "the numbers of documents count per store" {
	sandbox
	for order in 10 11 13; do
		act "order/$order/invoice" >id
		get "invoices/$(tr -d '"' <id)" .increment_id >>numbers
	done
	[ "$(tr '\n' ' ' <numbers)" = '"2000000008" "3000000002" "000000028" ' ]
}

@test "what an order does not allow is refused, and changes nothing" {
	sandbox
	answer GET /rest/V1/orders/17 >before
	item=$(jq '.items[0].item_id' before)
	run act order/17/invoice "{\"items\":[{\"order_item_id\":$item,\"qty\":1000}]}"
	assert_output --partial 'The quantity to invoice must not be greater than the uninvoiced quantity for product SKU \"'
	run act order/17/ship '{"items":[{"order_item_id":1,"qty":1}]}'
	assert_output --partial 'that is not part of the original order.'
	run act order/17/invoice '{"items":[{"order_item_id":"x","qty":1}]}'
	assert_output --partial 'Error occurred during \"order_item_id\" processing.'
	run act order/17/refund
	assert_output --partial 'The most money available to refund is 0.'
	run act orders/17/unhold
	assert_output '{"message":"You cannot remove the hold."}'
	run act order/99999/ship
	assert_output --partial "The entity that was requested doesn't exist."
	run act order/abc/ship
	assert_output --partial "value's type is invalid"
	run act invoices/1/capture
	assert_output '{"message":"The capture action is not available."}'
	answer GET /rest/V1/orders/17 | cmp - before
	[ "$(get 'invoices?searchCriteria[pageSize]=1' .total_count)" = 35 ]
}

@test "hold and unhold, cancel twice; what is held can neither" {
	sandbox
	[ "$(act orders/17/hold)" = true ]
	[ "$(get orders/17 '[.state, .hold_before_state]')" = '["holded","new"]' ]
	[ "$(act orders/17/cancel)" = false ]
	run act order/17/invoice
	assert_output --partial 'when an order has a status of holded'
	[ "$(act orders/17/unhold)" = true ]
	[ "$(get orders/17 '[.state, .status, .hold_before_state]')" = '["new","pending",null]' ]
	[ "$(act orders/17/cancel)" = true ]
	[ "$(act orders/17/cancel)" = false ]
	[ "$(get orders/17 '[.state, .total_canceled, ([.items[].qty_canceled] | add)]')" = '["canceled",117.83,3]' ]
}

@test "what moves updated_at of an order, and what does not" {
	sandbox
	moves()	# yes|no PATH JSON
	{
		local now
		get orders/17 .updated_at >was
		act "$2" "$3" >/dev/null
		now=$(get orders/17 .updated_at)
		if [ "$1" = yes ]; then
			[ "$now" != "$(cat was)" ]
		else
			[ "$now" = "$(cat was)" ]
		fi
	}
	moves no orders/17/comments '{"statusHistory":{"comment":"c","status":"pending"}}'
	stop mage
	sandbox --set offset=100
	moves yes order/17/invoice '{}'
	stop mage
	sandbox --set offset=200
	moves yes order/17/ship '{}'
	shipment=$(get 'shipments?searchCriteria[sortOrders][0][field]=entity_id&searchCriteria[pageSize]=1' '.items[0].entity_id')
	invoice=$(get 'invoices?searchCriteria[sortOrders][0][field]=entity_id&searchCriteria[pageSize]=1' '.items[0].entity_id')
	stop mage
	sandbox --set offset=300
	get "shipment/$shipment" .updated_at >shipped
	get "invoices/$invoice" .updated_at >invoiced
	moves no shipment/track "{\"entity\":{\"order_id\":17,\"parent_id\":$shipment,\"track_number\":\"T\",\"title\":\"t\",\"carrier_code\":\"c\"}}"
	moves no "shipment/$shipment/comments" "{\"entity\":{\"parent_id\":$shipment,\"comment\":\"x\"}}"
	moves no invoices/comments "{\"entity\":{\"parent_id\":$invoice,\"comment\":\"x\"}}"
	[ "$(get "shipment/$shipment" '[.updated_at, (.tracks | length), .comments[0].comment]')" = "[$(cat shipped),1,\"x\"]" ]
	[ "$(get "invoices/$invoice" '[.updated_at, .comments[0].comment]')" = "[$(cat invoiced),\"x\"]" ]
	moves yes order/17/refund '{}'
}

@test "order actions by bulk, and by a client without the right" {
	sandbox --set consumer_ms=0 --set deny=Magento_Sales::ship
	queue POST /rest/async/bulk/V1/order/byOrderId/invoice \
	    '[{"orderId":17},{"orderId":24}]'
	run operations
	assert_line --index 0 '1 Service execution success Magento\Sales\Model\InvoiceOrder\Interceptor::execute'
	assert_line --index 1 '3 Invoice Document Validation Error(s):'
	[ "$(order 17)" = '["processing",117.83,117.83,0,null]' ]
	run send POST /rest/V1/order/17/ship '{}'
	assert_line --partial Magento_Sales::ship
	assert_line 401
}

@test "release 2.4.6: a comment without status takes the order's away" {
	sandbox --set release=2.4.6 --set bearer=on
	[ "$(act orders/17/comments '{"statusHistory":{"comment":"a","status":"pending"}}')" = true ]
	[ "$(get orders/17 .status)" = '"pending"' ]
	[ "$(act orders/17/comments '{"statusHistory":{"comment":"b"}}')" = true ]
	[ "$(get orders/17 '[has("status"), .state]')" = '[false,"new"]' ]
	[ "$(act orders/17/comments '{"statusHistory":{"comment":"c","status":"any text"}}')" = true ]
	[ "$(get orders/17 .status)" = '"any text"' ]
	stop mage
	sandbox
	[ "$(act orders/16/comments '{"statusHistory":{"comment":"b"}}')" = true ]
	[ "$(get orders/16 .status)" = '"pending"' ]
	run act orders/16/comments '{"statusHistory":{"comment":"c","status":"any text"}}'
	assert_output --partial 'is not part of the order'
}

@test "values of products by scope: for all stores, for one view, for a website" {
	sandbox
	send PUT /rest/V1/products/DEC-3 '{"product":{"name":"Here","price":4,
	    "status":2,"custom_attributes":[{"attribute_code":"sf_product_id",
	    "value":"01t"},{"attribute_code":"meta_title","value":"Title"},
	    {"attribute_code":"nosuch","value":"x"}]}}' >got
	[ "$(tail -n 1 got)" = 200 ]
	[ "$(head -n 1 got | jq -c '[.name, .price, .status]')" = '["Here",4,2]' ]
	values='[.name, .price, .status, (.custom_attributes | map(select(.attribute_code
	    == ("sf_product_id", "meta_title", "nosuch")).value))]'
	[ "$(product DEC-3 all "$values")" = '["Third of ten",4,1,["01t"]]' ]
	[ "$(product DEC-3 default "$values")" = '["Here",4,2,["01t","Title"]]' ]
	[ "$(product DEC-3 de "$values")" = '["Third of ten",4,2,["01t"]]' ]
	[ "$(product DEC-3 fr "$values")" = '["Third of ten",4,1,["01t"]]' ]
	send PUT /rest/all/V1/products/DEC-3 '{"product":{"name":"Everywhere",
	    "custom_attributes":[{"attribute_code":"sf_product_id","value":null}]}}' >got
	[ "$(product DEC-3 de "$values")" = '["Everywhere",4,2,[]]' ]
	[ "$(product DEC-3 default "$values")" = '["Here",4,2,["Title"]]' ]
}

@test "website_prices: a price saved in a view is that of its website, alone" {
	sandbox --set website_prices=on
	was=$(product DEC-3 all .price)
	send PUT /rest/de/V1/products/DEC-3 '{"product":{"price":4}}' >got
	for view in all fr; do
		[ "$(product DEC-3 "$view" .price)" = "$was" ]
	done
	for view in de default; do
		[ "$(product DEC-3 "$view" .price)" = 4 ]
	done
}

@test "products: made, found by SKU of any case, in a bulk, deleted" {
	sandbox --set consumer_ms=0
	run send POST /rest/all/V1/products '{"product":{"sku":"N/1"}}'
	assert_line --partial 'Invalid value of'
	assert_line 400
	run send POST /rest/all/V1/products '{"product":{"sku":"N/1","name":"New",
	    "price":"007","extension_attributes":{"stock_item":{"qty":5,"is_in_stock":true}}}}'
	assert_line 200
	[ "$(product n%2F1 all '[.sku, .price, .extension_attributes.stock_item.qty]')" = '["N/1",7,5]' ]
	queue PUT /rest/all/async/bulk/V1/products/bySku '[
	    {"product":{"sku":"N/1","custom_attributes":[{"attribute_code":"sf_product_id","value":"01tN"}]}},
	    {"product":{"sku":"DEC-3","custom_attributes":[{"attribute_code":"weight_type","value":"x"}]}}]'
	run operations
	assert_line --index 0 '1 Service execution success Magento\Catalog\Model\ProductRepository\Interceptor::save'
	assert_line --index 1 --partial '3 Error occurred during "custom_attributes" processing.'
	[ "$(product N%2F1 all '.custom_attributes[0].value')" = '"01tN"' ]
	run send DELETE /rest/V1/products/N%2F1 ''
	assert_line true
	run send DELETE /rest/V1/products/N%2F1 ''
	assert_line 404
}

@test "stock and prices do not move a product's updated_at, a save does" {
	sandbox
	product DEC-3 all .updated_at >was
	[ "$(send PUT /rest/V1/products/DEC-3/stockItems/5 '{"stockItem":{"qty":3,"is_in_stock":true}}' | head -n 1)" = 5 ]
	[ "$(act products/base-prices '{"prices":[{"sku":"DEC-3","price":1.25,"store_id":0}]}')" = '[]' ]
	[ "$(act products/special-price '{"prices":[{"sku":"DEC-3","price":1,"store_id":0}]}')" = '[]' ]
	run act products/base-prices '{"prices":[{"sku":"DEC-3","price":"nan"}]}'
	assert_output --partial '\"float\" type was expected'
	[ "$(product DEC-3 all .updated_at)" = "$(cat was)" ]
	[ "$(product DEC-3 all '[.price, .extension_attributes.stock_item.qty]')" = '[1.25,3]' ]
	send PUT /rest/all/V1/products/DEC-3 '{"product":{"price":1.25}}' >got
	[ "$(product DEC-3 all .updated_at)" != "$(cat was)" ]
}

@test "an attribute that REST makes for products; for customers it makes none" {
	sandbox
	attribute='{"attribute":{"attribute_code":"sf_status","frontend_input":"text",
	    "default_frontend_label":"Status","scope":"global"}}'
	run send POST /rest/V1/products/attributes "$attribute"
	assert_line --partial '"backend_type":"varchar"'
	assert_line 200
	run send POST /rest/V1/products/attributes "$attribute"
	assert_line '{"message":"%1 already exists.","parameters":["Attribute with the same code"]}'
	assert_line 400
	run send POST /rest/V1/attributeMetadata/customer "$attribute"
	assert_line 404
	send PUT /rest/V1/products/DEC-3 '{"product":{"custom_attributes":{"sf_status":"ok"}}}' >got
	[ "$(product DEC-3 all '.custom_attributes[] | select(.attribute_code == "sf_status").value')" = '"ok"' ]
	[ "$(get products/attributes/sf_status .default_frontend_label)" = '"Status"' ]
}

@test "an address goes, and with it the default; updated_at stays" {
	sandbox
	id=$(get 'customers/search?searchCriteria[pageSize]=200' \
	    '[.items[] | select(.default_billing)][0].id')
	address=$(get "customers/$id" '.default_billing | tonumber')
	get "customers/$id" .updated_at >was
	run ask DELETE "/rest/V1/addresses/$address"
	assert_line true
	[ "$(get "customers/$id" '[has("default_billing"), ([.addresses[].id] | index('"$address"'))]')" = '[false,null]' ]
	[ "$(get "customers/$id" .updated_at)" = "$(cat was)" ]
	run ask DELETE "/rest/V1/addresses/$address"
	assert_line 404
}

@test "numbers that are none, or not as JSON writes them, do no harm" {
	sandbox
	for n in nan inf 0x1f ' 7' 1e ''; do
		run send POST /rest/V1/orders '{"entity":{"entity_id":17,"weight":"'"$n"'"}}'
		[ "$n" = '' ] || assert_line 400
	done
	run send POST /rest/V1/orders '{"entity":{"entity_id":17,"weight":"007.50"}}'
	assert_line 200
	[ "$(get orders/17 .weight)" = 7.5 ]
	[ "$(act order/17/invoice '{"items":[{"order_item_id":30,"qty":1e300}]}' | jq -r .message | head -c 7)" = Invoice ]
}

@test "input limits: 20 objects of a list at once, 5000 by async, each may be set" {
	sandbox --set limits=on --set consumer=off
	# many N NAME OBJECT: a body whose list NAME holds OBJECT so often
	many()
	{
		jq -nc --argjson one "$3" \
		    "{$2: [range($1) | \$one + {sku: \"S\\(.)\"}]}"
	}
	items()	# N
	{
		many "$1" items '{"qty_ordered":1}' | jq -c '{entity: (. + {entity_id: 17})}'
	}
	run send POST /rest/V1/orders "$(items 21)"
	assert_line '{"message":"Maximum items of type \"%type\" is %max","parameters":{"type":"\\Magento\\Sales\\Api\\Data\\OrderItemInterface","max":20}}'
	assert_line 400
	[ "$(send POST /rest/V1/orders "$(items 20)" | tail -n 1)" = 200 ]
	run send POST /rest/V1/products/base-prices \
	    "$(many 21 prices '{"price":1,"store_id":0}')"
	assert_line --partial '\\Magento\\Catalog\\Api\\Data\\BasePriceInterface","max":20}'
	run act order/16/ship "$(many 21 tracks '{"track_number":"T"}')"
	assert_output --partial 'ShipmentTrackCreationInterface","max":20}'
	run act order/16/invoice "$(many 21 items '{"order_item_id":1,"qty":1}')"
	assert_output --partial 'InvoiceItemCreationInterface","max":20}'
	queue POST /rest/async/V1/orders "$(items 21)"
	[ "$(tail -n 1 taken)" = 202 ]
	items 5001 >body
	run ask POST /rest/async/V1/orders -H 'Content-Type: application/json' \
	    --data-binary @body
	assert_line --partial 'OrderItemInterface","max":5000}'
	assert_line 400
	stop mage
	sandbox --set limits=on --set max_items=2 --set max_async_items=3
	[ "$(send POST /rest/V1/orders "$(items 3)" | tail -n 1)" = 400 ]
	queue POST /rest/async/bulk/V1/orders "[$(items 3)]"
	[ "$(tail -n 1 taken)" = 202 ]
	queue POST /rest/async/bulk/V1/orders "[$(items 3),$(items 4)]"
	[ "$(tail -n 1 taken)" = 400 ]
}
