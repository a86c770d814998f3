# mage-writeback when the store refuses, fails, loses answers or is away.
# shellcheck disable=SC2034  # mage-told.bash reads MORE
load helpers
load mage-told

@test "what Magento refuses gets a verdict, the others are told" {
	for i in 11 12 13; do order $i; done >in
	faults '{"method":"POST","path":"/V1/orders$","body":"\"entity_id\":12,","status":400,"body_json":{"message":"No %1 today","parameters":["orders"]}}'
	run_status 1 bash -c 'mage-writeback <in >out'
	[ "$(wc -l <out)" -eq 4 ]
	run sed -n 3p out
	assert_output --partial '{"verdict":"failed","reason":"http-400"'
	assert_output --partial 'No orders today'
	assert_equal "$(has orders 13 | jq -r .ext_order_id)" "$(sfid 801 13)"
	sed -i.bak 's/created/unchanged/' in
	run_status 0 mage-writeback <in	# refused for good
	faults ''
	run_status 0 mage-writeback <in.bak		# it has changed: once more
	assert_equal "$(has orders 12 | jq -r .ext_order_id)" "$(sfid 801 12)"
}

@test "a save that fails inside Magento is tried again by the next run" {
	order 12 >in
	faults '{"method":"POST","path":"/V1/orders$","status":500,"body_text":"oops"}'
	run_status 1 bash -c 'mage-writeback <in >out'
	grep -q '"reason":"http-500"' out
	faults ''
	sed -i.bak 's/created/unchanged/' in
	run_status 0 mage-writeback <in
	assert_equal "$(has orders 12 | jq -r .ext_order_id)" "$(sfid 801 12)"
}

@test "a write that Magento takes and does not keep is found out" {
	order 12 >in
	faults '{"method":"POST","path":"/V1/orders$","status":200,"body_json":{"entity_id":12}}'
	run_status 1 bash -c 'mage-writeback <in >out'
	grep -q '"reason":"not-kept"' out
}

@test "an answer that is lost after the write: written once, well" {
	order 12 >in
	faults '{"method":"POST","path":"/V1/orders$","nth":1,"reset":"after"}'
	run_status 0 mage-writeback <in
	assert_equal "$(has orders 12 | jq -r .ext_order_id)" "$(sfid 801 12)"
}

@test "when Magento does not answer the verdicts still pass" {
	for i in 11 12 13; do order $i; done >in
	faults '{"path":"/V1/","status":503,"body_text":"maintenance"}'
	run_status 4 bash -c 'mage-writeback <in >out'
	cmp in out
	faults ''
	echo wrong >token
	run_status 2 bash -c 'mage-writeback <in >out'
	cmp in out
	stop mage
	run_status 3 bash -c 'mage-writeback <in >out'
	cmp in out
	rm token
	run_status 2 bash -c 'mage-writeback <in >out'
	cmp in out
}

@test "a comment whose answer is lost is looked for, not posted again" {
	local fault
	conf 'order_place = comment'
	for fault in '"reset":"after"' '"status":500,"after":true,"body_text":"x"' '"status":502,"after":true,"body_text":"x"'; do
		curl -sf -X POST "$MAGE_URL/sandbox/reset"
		rm -f ledger.sqlite*
		order 12 >in
		faults "{\"method\":\"POST\",\"path\":\"/comments\$\",\"nth\":1,$fault}"
		run_status 0 bash -c 'mage-writeback <in | cmp - in'
		assert_equal "$(comments 12 .comment | grep -c 'Salesforce Order')" 1
	done
}

@test "a comment that did not come about waits, is due, and comes with the next run" {
	local fault
	conf 'order_place = comment'
	for fault in '"reset":"before"' '"status":500,"body_text":"x"' '"status":504,"body_text":"x"'; do
		curl -sf -X POST "$MAGE_URL/sandbox/reset"
		rm -f ledger.sqlite*
		order 12 >in
		faults "{\"method\":\"POST\",\"path\":\"/comments\$\",\"nth\":1,$fault}"
		run_status 1 bash -c 'mage-writeback <in >out'
		run sed -n 2p out
		assert_output --partial '{"verdict":"waiting","reason":"'
		run_status 0 led due orders
		assert_output 12
		sed 's/created/unchanged/' in | mage-writeback >/dev/null
		assert_equal "$(comments 12 .comment | grep -c 'Salesforce Order')" 1
		run_status 0 led due orders
		assert_output ''
	done
}

@test "refusals in an older ledger are known for what they are" {
	order 12 | mage-writeback >/dev/null
	sqlite3 ledger.sqlite "DROP INDEX told_again; ALTER TABLE told DROP COLUMN asked; ALTER TABLE told DROP COLUMN attempts;
		UPDATE told SET refusal = 'no'; PRAGMA user_version = 3"
	n=$(writes)
	order 12 '' unchanged | mage-writeback >/dev/null
	assert_equal "$(writes)" "$n"
	assert_equal "$(sqlite3 ledger.sqlite 'SELECT hash IS NULL, asked IS NULL, refusal, attempts FROM told')" '1|0|no|0'
	order 12 "$(sfid 801 44)" | mage-writeback >out || [ $? -eq 1 ]
	grep -q '"reason":"foreign-value"' out
}

@test "what fails in passing is tried so often, then it is a person's" {
	printf '[runs]\nattempts = 3\n' >>millrace.conf
	order 12 >in
	faults '{"method":"POST","path":"/V1/orders$","status":500,"body_text":"oops"}'
	for want in waiting waiting failed; do
		run_status 1 bash -c 'mage-writeback <in >out'
		sed -n 2p out | grep -q "^{\"verdict\":\"$want\",\"reason\":\"http-500\""
		sed -i 's/created/unchanged/' in
	done
	run_status 0 led due orders
	assert_output ''
	n=$(writes)
	run_status 0 mage-writeback <in
	assert_equal "$(writes)" "$n"
	run_status 0 led status orders/12
	assert_output --partial 'not told to Magento'
}

@test "one order that hangs, fails or breaks the line does not stop the others" {
	local fault
	for fault in '"hang":2' '"reset":"before"' '"status":504,"body_text":"x"' '"status":500,"body_text":"x"' '"status":400,"body_text":"<html>no"' \
		'"status":200,"body_text":"<html>hello</html>"' '"status":200,"body_text":"","type":"application/json"'; do
		curl -sf -X POST "$MAGE_URL/sandbox/reset"
		rm -f ledger.sqlite*
		conf 'attempts = 1' 'timeout = 1s'
		sed -i '/^attempts = 2/d' millrace.conf
		for i in 11 12 13; do order $i; done >in
		faults "{\"method\":\"POST\",\"path\":\"/V1/orders\$\",\"body\":\"\\\"entity_id\\\":12,\",$fault}"
		run_status 1 bash -c 'mage-writeback <in >out'
		assert_equal "$(wc -l <out)" 4
		faults ''
		assert_equal "$(has orders 13 | jq -r .ext_order_id)" "$(sfid 801 13)"
		assert_equal "$(has orders 11 | jq -r .ext_order_id)" "$(sfid 801 11)"
	done
}

@test "a save that took effect is told, whatever was answered" {
	local fault
	for fault in '"reset":"after"' '"status":500,"after":true,"body_text":"x"' '"status":502,"after":true,"body_text":"x"' \
		'"status":200,"after":true,"body_text":""' '"truncate":10'; do
		curl -sf -X POST "$MAGE_URL/sandbox/reset"
		rm -f ledger.sqlite*
		order 12 >in
		faults "{\"method\":\"POST\",\"path\":\"/V1/orders\$\",$fault}"
		run_status 0 bash -c 'mage-writeback <in | cmp - in'
		faults ''
		assert_equal "$(has orders 12 | jq -r .ext_order_id)" "$(sfid 801 12)"
	done
}

@test "too many requests and a token that ends on the way are got over" {
	order 12 >in
	faults '{"method":"POST","path":"/V1/orders$","nth":1,"status":429,"headers":{"Retry-After":"0"},"body_text":"slow"}'
	run_status 0 bash -c 'mage-writeback <in | cmp - in'
	printf '[magento]\nurl = %s\nlogin = admin\nusername = %s\npassword_file = password\n' "$MAGE_URL" \
		"$(credential mage admin_username)" >millrace.conf
	credential mage admin_password >password
	faults '{"method":"POST","path":"/V1/orders$","nth":1,"expire_token":true}'
	order 13 >in
	run_status 0 bash -c 'mage-writeback <in | cmp - in'
	assert_equal "$(log 'map(select(.path | endswith("admin/token"))) | length')" 2
}

@test "an order that goes away in the meantime is skipped" {
	for i in 11 12 13; do order $i; done >in
	faults '{"method":"POST","path":"/V1/orders$","body":"\"entity_id\":12,","change":[{"delete":"orders","id":12}]}'
	run_status 0 bash -c 'mage-writeback <in >out'
	run sed -n 3p out
	assert_output --partial '{"verdict":"skipped","reason":"not-in-magento"'
	assert_output --partial '"source":"orders/12"'
	assert_equal "$(has orders 13 | jq -r .ext_order_id)" "$(sfid 801 13)"
}

@test "when Magento is away, what was to be told is owed and due" {
	for i in 12 13; do order $i; done >in
	faults '{"path":"/V1/","status":503,"body_text":"maintenance"}'
	run_status 4 bash -c 'mage-writeback <in >out'
	run_status 0 led due orders
	assert_output "$(printf '12\n13')"
	faults ''
	sed 's/created/unchanged/' in | mage-writeback >/dev/null
	assert_equal "$(has orders 13 | jq -r .ext_order_id)" "$(sfid 801 13)"
	run_status 0 led due orders
	assert_output ''
	rm token					# not even a beginning
	order 14 >in
	run_status 2 bash -c 'mage-writeback <in >out'
	run_status 0 led due orders
	assert_output 14
}

@test "a customer that cannot be saved is a verdict, with Magento's words" {
	conf 'customer_attribute_contact = sf_contact_id'
	put customers "$(has customers 2 | jq -c '.firstname = "R2D2 <3"')"
	{ customer 1; customer 2; customer 3; } >in
	run_status 1 bash -c 'mage-writeback <in >out'
	run sed -n 5p out
	assert_output --partial '{"verdict":"failed","reason":"http-400","message":"'
	assert_output --partial 'First Name is not valid!'
	assert_output --partial '"object":"magento/customers"'
	assert_equal "$(has customers 3 | jq -r '.custom_attributes[] | select(.attribute_code == "sf_contact_id").value')" "$(sfid 003 3)"
}

@test "an order that Magento cannot show waits, the others are told" {
	for i in 11 12 13; do order $i; done >in
	faults '{"path":"/orders","poison":"orders:12","as":"report"}'
	run_status 1 bash -c 'mage-writeback <in >out'
	assert_equal "$(wc -l <out)" 4
	run sed -n 3p out
	assert_output --partial '{"verdict":"waiting","reason":"http-500"'
	faults ''
	assert_equal "$(has orders 13 | jq -r .ext_order_id)" "$(sfid 801 13)"
	sed 's/created/unchanged/' in | mage-writeback >/dev/null
	assert_equal "$(has orders 12 | jq -r .ext_order_id)" "$(sfid 801 12)"
}

@test "an order that Magento counts and does not give, or answers with a message, is not called deleted" {
	local body
	for body in '{"items":[],"total_count":1}' '{"message":"The order is broken"}'; do
		curl -sf -X POST "$MAGE_URL/sandbox/reset"
		rm -f ledger.sqlite*
		for i in 11 12 13; do order $i; done >in
		faults "{\"path\":\"/orders\$\",\"query\":\"value\\\\]=([0-9]+,)*12[,&]\",\"status\":200,\"body_json\":$body}"
		run_status 1 bash -c 'mage-writeback <in >out'
		run sed -n 3p out
		assert_output --partial '{"verdict":"waiting","reason":"unreadable"'
		assert_equal "$(wc -l <out)" 4
		faults ''
		assert_equal "$(has orders 13 | jq -r .ext_order_id)" "$(sfid 801 13)"
	done
}

@test "a list of something else is no list of orders: none of them is called deleted" {
	local body
	for body in '{"items":[{"id":"x","entity_id":"x"}],"total_count":1}' '{"items":[7,null,"x"],"total_count":3}' \
		'{"items":[{"entity_id":99999999999999999999999}],"total_count":1}'; do
		curl -sf -X POST "$MAGE_URL/sandbox/reset"
		rm -f ledger.sqlite*
		for i in 11 12; do order $i; done >in
		faults "{\"method\":\"GET\",\"path\":\"/orders\$\",\"status\":200,\"body_json\":$body}"
		run_status 1 bash -c 'mage-writeback <in >out'
		assert_equal "$(grep -c '"verdict":"waiting","reason":"unreadable"' out)" 2
		assert_equal "$(wc -l <out) $(writes)" '4 0'
		run_status 0 led due orders
		assert_output "$(printf '11\n12')"
	done
}

@test "only Magento itself says that an attribute is not there" {
	local fault
	conf 'product_attribute = sf_product_id'
	product 1 >in
	for fault in '"status":404,"body_text":"<h1>Not Found</h1>"' '"status":200,"body_json":{}' \
		'"status":404,"body_json":{"message":"Request does not match any route."}'; do
		faults "{\"path\":\"/products/attributes/\",$fault}"
		run bash -c 'mage-writeback <in >out'
		[[ $status =~ ^[23]$ ]]
		refute_output --partial "no attribute 'sf_product_id'"
		cmp in out
	done
	conf 'customer_attribute_account = sf_account_id'
	customer 1 >in
	for fault in '[]' '[{}]' '[7,null]' '{"items":[]}'; do
		faults "{\"path\":\"/attributeMetadata/customer\$\",\"status\":200,\"body_json\":$fault}"
		run_status 3 bash -c 'mage-writeback <in >out'
		refute_output --partial "no attribute 'sf_account_id'"
		cmp in out
	done
}

@test "an order without an increment_id is not saved" {
	put orders "$(has orders 12 | jq -c 'del(.increment_id)')"
	order 12 >in
	run_status 1 bash -c 'mage-writeback <in >out'
	grep -q '"verdict":"failed","reason":"no-increment"' out
	assert_equal "$(writes)" 0
}

@test "what a bulk refuses is a verdict of its own, what it calls retriable is told alone" {
	many 1 2 3 4 6 8
	put customers "$(has customers 2 | jq -c '.firstname = "R2D2 <3"')"
	faults '{"path":"/async/bulk/","operation_status":2,"operation":3}'
	run_status 1 bash -c 'mage-writeback <in >out'
	assert_equal "$(wc -l <out)" 13
	run sed -n 5p out
	assert_output --partial '{"verdict":"failed","reason":"bulk-refused","message":"First Name is not valid!"'
	assert_equal "$(bulks) $(alone)" '1 1'
	for i in 1 3 4 6 8; do told $i; done
	n=$(writes)
	sed 's/created/unchanged/' in | mage-writeback >/dev/null	# refused for good
	assert_equal "$(writes)" "$n"
}

@test "operations that fail, are rejected: those alone" {
	local status
	for status in 3 5; do
		curl -sf -X POST "$MAGE_URL/sandbox/reset"
		rm -f ledger.sqlite*
		many 1 2 3
		faults "{\"path\":\"/async/bulk/\",\"operation_status\":$status,\"operation\":1}"
		run_status 1 bash -c 'mage-writeback <in >out'
		run sed -n 5p out
		assert_output --partial '{"verdict":"failed","reason":"bulk-refused","message":"'
		told 1
		told 3
	done
}

@test "a consumer that does not run: said, told one by one, no bulk until that one is done" {
	stop mage
	start_mage --set consumer=off
	MORE=('bulk_patience = 1s')
	many 1 2 3
	sed -i '/bulk_patience = 30s/d' millrace.conf
	run_status 0 mage-writeback <in
	assert_output --partial 'async.operations.all'
	assert_output --partial 'one by one'
	assert_equal "$(bulks) $(alone)" '1 3'
	for i in 1 2 3; do told $i; done
	many 4 6 8
	run_status 0 mage-writeback <in
	assert_output --partial 'has not worked off the bulk of an earlier run'
	assert_equal "$(bulks) $(alone)" '1 6'
	stop mage
	MAGE_PORT=${MAGE_URL##*:} start_mage	# cron is mended
	conf
	many 9 10 12
	run_status 0 mage-writeback <in
	refute_output --partial 'one by one'
	for i in 1 2 3 4 6 8 9 10 12; do told $i; done
	[ "$(bulks)" -eq 1 ]		# its log is new
}

@test "a consumer that is slow: what it has not come to waits" {
	stop mage
	start_mage --set consumer_ms=700
	MORE=('bulk_patience = 1s')
	many 1 2 3
	sed -i '/bulk_patience = 30s/d' millrace.conf
	run_status 1 bash -c 'mage-writeback <in >out'
	told 1
	run tail -1 out
	assert_output --partial '{"verdict":"waiting","reason":"bulk-open"'
	assert_equal "$(alone)" 0
	run_status 0 led due customers
	assert_line 3
}

@test "a store that takes no bulks, or whose answers are lost, is told one by one" {
	local fault
	for fault in '"path":"/async/bulk/","status":404,"body_json":{"message":"Request does not match any route."}' \
		'"path":"/async/bulk/","status":500,"body_text":"x"' \
		'"path":"/async/bulk/","status":202,"body_json":{}' \
		'"path":"/async/bulk/","status":202,"body_json":{"bulk_uuid":"../../V1/orders?x=","request_items":[{"id":-1},{"id":9},7]}' \
		'"path":"/async/bulk/","status":202,"body_text":"<html>"' \
		'"path":"/bulk/.*/status","status":401,"body_json":{"message":"The consumer is not authorized to access %resources.","parameters":{"resources":"Magento_Logging::system_magento_logging_bulk_operations"}}' \
		'"path":"/bulk/.*/status","status":404,"body_json":{"message":"no"}'; do
		curl -sf -X POST "$MAGE_URL/sandbox/reset"
		rm -f ledger.sqlite*
		MORE=('attempts = 1')
		many 1 2 3
		sed -i '/attempts = 2/d' millrace.conf
		faults "{$fault}"
		run_status 0 mage-writeback <in
		assert_output --partial 'one by one'
		faults ''
		for i in 1 2 3; do told $i; done
	done
}

@test "a bulk whose answer is lost is sent again; a look that fails is a look less" {
	local fault
	for fault in '"path":"/async/bulk/","nth":1,"reset":"after"' '"path":"/async/bulk/","nth":1,"status":502,"after":true,"body_text":"x"' \
		'"path":"/bulk/.*/status","nth":1,"status":500,"body_text":"x"' '"path":"/bulk/.*/status","nth":1,"truncate":9' \
		'"path":"/bulk/.*/status","nth":1,"status":200,"body_json":{"operations_list":[]}'; do
		curl -sf -X POST "$MAGE_URL/sandbox/reset"
		rm -f ledger.sqlite*
		many 1 2 3
		faults "{$fault}"
		run_status 0 bash -c 'mage-writeback <in | cmp - in'
		for i in 1 2 3; do told $i; done
	done
}

@test "broken input, a full disk, arguments" {
	order 1 | head -c 50 >cut
	run_status 3 mage-writeback <cut
	run_status 3 bash -c "order=1; printf '{\"verdict\":\"skipped\"}\n' | mage-writeback >/dev/full"
	run_status 2 mage-writeback extra
	run_status 2 mage-writeback --agian
	run_status 0 mage-writeback --help
	assert_output --partial "--again"
}
