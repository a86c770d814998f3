#!/usr/bin/env bats
# mage-sandbox: what is sent to /async, and what the consumer makes of it.
load helpers
load mage-api

@test "a bulk is taken with 202, and its mixed results come" {
	sandbox --set consumer_ms=0
	queue POST /rest/all/async/bulk/V1/orders '[
	    {"entity":{"entity_id":7,"ext_order_id":"A7"}},
	    {"entity":{"entity_id":99999,"ext_order_id":"none"}},
	    {"entity":{"entity_id":8,"ext_order_id":"A8"}}]'
	[ "$(tail -n 1 taken)" = 202 ]
	[ "$(head -n 1 taken | jq -c '[.request_items[] | [.id, .status]]')" = \
	    '[[0,"accepted"],[1,"accepted"],[2,"accepted"]]' ]
	run operations
	assert_line --index 0 \
	    '1 Service execution success Magento\Sales\Model\OrderRepository\Interceptor::save'
	assert_line --index 1 '3 Please provide payment for the order.'
	[ "$(get orders/8 .ext_order_id)" = '"A8"' ]
	# a text that fails keeps what was sent, a success what came of it
	run get "bulk/$BULK/detailed-status" '[.operations_list[] | [
	    .id, (.serialized_data // "{}" | fromjson.meta_information),
	    (.result_serialized_data // "{}" | fromjson.ext_order_id)]]'
	assert_output '[[0,null,"A7"],[1,"{\"entity\":{\"entity_id\":99999,\"ext_order_id\":\"none\"}}",null],[2,null,"A8"]]'
	[ "$(answer GET "/rest/V1/bulk/$BULK/operation-status/1")" = 2 ]
	[ "$(answer GET "/rest/V1/bulk/$BULK/operation-status/4")" = 0 ]
	run get "bulk?${SC}[field]=status&${SC}[value]=3" '[.items[].id]'
	assert_output '[1]'
}

@test "without a consumer a bulk stays open, and nothing happens" {
	sandbox --set consumer=off --set consumer_ms=0
	queue POST /rest/async/bulk/V1/orders/byId/comments '[
	    {"id":7,"statusHistory":{"comment":"never","is_customer_notified":0}}]'
	run operations
	assert_output '4 null'
	run get orders/7/comments '[.items[].comment] | index("never")'
	assert_output null
	# somebody starts it
	stop mage
	sandbox --set consumer_ms=0
	run operations
	assert_line --regexp '^1 .*Magento.Sales.Model.Service.OrderService.Interceptor::addComment$'
	run get orders/7/comments '[.items[] | select(.comment == "never")] | length'
	assert_output 1
}

@test "the consumer takes its time for each operation, bulk after bulk" {
	sandbox --set consumer_ms=600000
	queue POST /rest/async/bulk/V1/orders \
	    '[{"entity":{"entity_id":7,"ext_order_id":"LATER"}}]'
	run operations
	assert_output '4 null'
	[ "$(get orders/7 .ext_order_id)" != '"LATER"' ]
	run curl -s "$URL/sandbox/state?entity=bulks"
	first=$(jq .begin <<<"$output")
	queue POST /rest/async/V1/orders/7/comments \
	    '{"statusHistory":{"comment":"x"}}'
	run curl -s "$URL/sandbox/state?entity=bulks"
	[ "$(tail -n 1 <<<"$output" | jq .begin)" -eq $((first + 600000)) ]
}

@test "kill -9: operations that wait are carried out once, later" {
	sandbox --set consumer=off
	queue POST /rest/async/bulk/V1/customers "$(jq -nc '[range(20) | {customer:
	    {email: "k\(.)@example.com", firstname: "K", lastname: "L"}}]')"
	stop mage KILL
	sandbox --set consumer_ms=0
	[ "$(operations | grep -c '^1 ')" -eq 20 ]
	stop mage KILL
	sandbox --set consumer_ms=0
	[ "$(operations | grep -c '^1 ')" -eq 20 ]
	run get "customers/search?${SC}[field]=email&${SC}[value]=k%25@example.com&${SC}[condition_type]=like" .total_count
	assert_output 20
}

@test "a bulk with a body that no service takes is refused whole" {
	sandbox --set consumer_ms=0
	run send POST /rest/async/bulk/V1/orders \
	    '[{"entity":{"entity_id":7,"ext_order_id":"X"}},{"entity":{"nosuch":1}}]'
	assert_line --partial '"%fieldName\" is not supported.'
	assert_line 400
	run send POST /rest/async/bulk/V1/orders '[{"order":{}}]'
	assert_line --partial '"parameters":{"fieldName":"entity"}'
	assert_line 400
	run send POST /rest/async/bulk/V1/orders/byId/comments \
	    '[{"statusHistory":{"comment":"for which order?"}}]'
	assert_line --partial '"parameters":{"fieldName":"id"}'
	run send POST /rest/async/bulk/V1/orders '[]'
	assert_line --partial '"request_items":[]'
	assert_line 202
	[ "$(get bulk?searchCriteria .total_count)" = 0 ]
	[ "$(get orders/7 .ext_order_id)" != '"X"' ]
}

@test "only writing routes are offered, by the vendor's names" {
	sandbox --set deny=Magento_Sales::comment
	for path in orders/7/comments orders/byOrderId/comments \
	    customers/byId salesRules integration/admin/token; do
		run send POST "/rest/async/bulk/V1/$path" '[]'
		assert_line --partial 'Request does not match any route.'
		assert_line 404
	done
	run ask GET /rest/async/V1/orders/7
	assert_line --partial 'Specified request cannot be processed.'
	run send POST /rest/nosuch/async/V1/orders '{}'
	assert_line 400
	run send POST /rest/async/bulk/V1/orders/byId/comments '[]'
	assert_line 401
	run ask GET /rest/V1/bulk/00000000-0000-4000-8000-000000000000/status
	assert_line '{"message":"Bulk uuid %bulkUuid not exist","parameters":{"bulkUuid":"00000000-0000-4000-8000-000000000000"}}'
	assert_line 404
}

@test "a customer saved by the consumer is not merged: it has to be whole" {
	sandbox --set consumer_ms=0
	run send PUT /rest/V1/customers/2 '{"customer":{"custom_attributes":[
	    {"attribute_code":"sf_contact_id","value":"003A"}]}}'
	assert_line 200
	queue PUT /rest/all/async/bulk/V1/customers/byCustomerId '[
	    {"customer":{"id":2,"custom_attributes":[
		{"attribute_code":"sf_contact_id","value":"003B"}]}},
	    {"customer":{"id":99999,"email":"a@example.com","firstname":"A",
		"lastname":"B","website_id":1}}]'
	run operations
	assert_line --index 0 '3 "Associate to Website" is a required value.'
	assert_line '"First Name" is a required value.'
	assert_line '3 No such entity with customerId = 99999'
	run get customers/2 '.custom_attributes[] |
	    select(.attribute_code == "sf_contact_id").value'
	assert_output '"003A"'
	queue PUT /rest/all/async/V1/customers/2 "$(answer GET /rest/V1/customers/2 |
	    jq -c '{customer: {email, firstname, lastname, website_id,
	    custom_attributes: [{attribute_code: "sf_contact_id", value: "003C"}]}}')"
	run operations
	assert_output --partial '1 Service execution success'
	run get customers/2 '.custom_attributes[] |
	    select(.attribute_code == "sf_contact_id").value'
	assert_output '"003C"'
}

@test "a fault gives an operation its end: retriable, failed, open, rejected" {
	sandbox --set consumer_ms=0
	for end in 2 3 5; do
		curl -sf -d '{"path":"/async/","operation":1,"operation_status":'$end'}' \
		    "$URL/sandbox/faults"
		queue POST /rest/async/bulk/V1/orders '[
		    {"entity":{"entity_id":7,"ext_order_id":"F'$end'"}},
		    {"entity":{"entity_id":8,"ext_order_id":"F'$end'"}}]'
		run operations
		assert_line --index 0 --regexp '^1 '
		assert_line --index 1 --regexp "^$end "
		[ "$(get orders/7 .ext_order_id)" = "\"F$end\"" ]
		[ "$(get orders/8 .ext_order_id)" != "\"F$end\"" ]
	done
	curl -sf -d '{"operation_status":4}' "$URL/sandbox/faults"
	queue POST /rest/async/bulk/V1/orders \
	    '[{"entity":{"entity_id":8,"ext_order_id":"F4"}}]'
	run operations
	assert_output '4 null'
}

@test "an operation runs in the store that it was sent to" {
	sandbox --set consumer_ms=0
	for store in de all; do
		queue PUT "/rest/$store/async/V1/products/DEC-3" \
		    '{"product":{"name":"Sent to '$store'"}}'
		run operations
		assert_output --regexp '^1 '
	done
	[ "$(product DEC-3 de .name)" = '"Sent to de"' ]
	[ "$(product DEC-3 default .name)" = '"Sent to all"' ]
	queue PUT /rest/async/V1/products/DEC-3 '{"product":{"name":"Sent to none"}}'
	[ "$(product DEC-3 default .name)" = '"Sent to none"' ]
	[ "$(product DEC-3 all .name)" = '"Sent to all"' ]
}
