# mage-writeback - tells Magento the ids that Salesforce gave.
load helpers

prepare()
{
	start_mage
	conf
}

conf()
{
	credential mage token >token
	{
		printf '[magento]\nurl = %s\nattempts = 2\ntoken_file = token\n' "$MAGE_URL"
		printf '%s\n' "$@"
	} >millrace.conf
	export MILLRACE_CONF=$WORK/millrace.conf
}

faults()
{
	printf '%s\n' "$@" | curl -sf -X POST --data-binary @- "$MAGE_URL/sandbox/faults"
}

# writes: how many writing calls Magento has had
writes()
{
	curl -sf "$MAGE_URL/sandbox/log" | jq -s 'map(select(.method != "GET" and (.path | startswith("/rest/")))) | length'
}

reads()
{
	curl -sf "$MAGE_URL/sandbox/log" | jq -s 'map(select(.method == "GET" and (.path | startswith("/rest/")))) | length'
}

# order N [ID [VERDICT]]: a verdict about it
order()
{
	printf '{"verdict":"%s","object":"Order","map":"order","phase":20,"source":"orders/%s","key":"%s","id":"%s","hash":"aa"}\n' \
		"${3:-created}" "$1" "$1" "${2:-$(sfid 801 "$1")}"
}

sfid()
{
	printf '%s5e%010dAAA' "$1" "$2"
}

customer()
{
	printf '{"verdict":"created","object":"Account","map":"account","phase":1,"source":"customers/%s","key":"%s","id":"%s"}\n' "$1" "$1" "$(sfid 001 "$1")"
	printf '{"verdict":"created","object":"Contact","map":"contact","phase":2,"source":"customers/%s","key":"%s","id":"%s"}\n' "$1" "$1" "$(sfid 003 "$1")"
}

# has ENTITY ID: the record as the shop has it
has()
{
	echo "$2" >one.key
	mage-extract --keys one.key "$1"
}

# free: the orders whose ext_order_id nobody has taken in the fixtures
free()
{
	jq -r 'select(.ext_order_id == null) | .entity_id' "$REPO/fixtures/magento/entities/orders.ndjson" | sort -n
}

@test "an id on its order, and nothing else changed" {
	has orders 15 >before
	order 15 >in
	mage-writeback <in >out
	cmp in out
	has orders 15 >after
	assert_equal "$(jq -r .ext_order_id after)" "$(sfid 801 15)"
	cmp <(jq -S 'del(.ext_order_id, .updated_at)' before) <(jq -S 'del(.ext_order_id, .updated_at)' after)
	assert_equal "$(writes)" 1
}

@test "what Magento was told is remembered: no call the second time" {
	for i in 11 12 13; do order $i; done >in
	mage-writeback <in >out
	n=$(reads) m=$(writes)
	mage-writeback <in | cmp - in
	sed 's/created/unchanged/' in | mage-writeback >/dev/null
	assert_equal "$(reads) $(writes)" "$n $m"
	mage-writeback --again <in | cmp - in
	assert_equal "$(writes)" "$m"		# it is there already
	[ "$(reads)" -gt "$n" ]
}

@test "led requests has every call that the store had" {
	order 15 | mage-writeback >out
	led requests >requests
	[ "$(jq -s 'map(select(.system == "magento") | .calls) | add' requests)" -eq $(($(reads) + $(writes))) ]
	[ "$(writes)" -gt 0 ]
}

@test "a new id for the same record replaces ours" {
	order 14 | mage-writeback >/dev/null
	order 14 "$(sfid 801 44)" | mage-writeback >out
	[ "$(wc -l <out)" -eq 1 ]
	assert_equal "$(has orders 14 | jq -r .ext_order_id)" "$(sfid 801 44)"
}

@test "a foreign ext_order_id is held, not overwritten" {
	curl -sf -X POST -H "Authorization: Bearer $(cat token)" -H 'Content-Type: application/json' \
		-d "{\"entity\":{\"entity_id\":16,\"increment_id\":$(has orders 16 | jq .increment_id),\"ext_order_id\":\"ERP-77\"}}" \
		"$MAGE_URL/rest/all/V1/orders" >/dev/null
	order 16 >in
	run_status 1 bash -c 'mage-writeback <in >out'
	run cat out
	assert_line --index 0 "$(cat in)"
	assert_line --index 1 --partial '{"verdict":"held","reason":"foreign-value"'
	assert_line --index 1 --partial 'ERP-77'
	assert_line --index 1 --partial '"object":"magento/orders","map":"writeback","source":"orders/16","key":"16"'
	assert_line --index 1 --partial "\"fields\":{\"ext_order_id\":\"$(sfid 801 16)\"}"
	assert_equal "$(has orders 16 | jq -r .ext_order_id)" ERP-77
	sed -i.bak 's/created/unchanged/' in
	run_status 0 mage-writeback <in	# told once
}

@test "every line in its place; what gives no id tells nothing" {
	{
		order 11
		echo '{"verdict":"created","object":"OrderItem","map":"order-item","source":"orders/11","key":"1","id":"8025e0000000001AAA"}'
		echo '{"verdict":"failed","reason":"X","object":"Order","map":"order","source":"orders/2","key":"2","fields":{"a":1}}'
		echo '{"verdict":"deleted","object":"Order","map":"order","source":"orders/3","key":"3","id":"8015e0000000003AAA"}'
		echo '{"verdict":"created","object":"Account","map":"guest-account","source":"orders/4","key":"g","id":"0015e0000000004AAA"}'
		echo '{"verdict":"created","object":"Product2","map":"product","source":"products/4","key":"x","id":"01t5e0000000004AAA"}'
		order 15 "801'; DROP TABLE--"
		order 99999
		echo '{"verdict":"rejected","reason":"bad-json","message":"x","bytes":"eA=="}'
	} >in
	mage-writeback <in >out
	grep -v '"map":"writeback"' out | cmp - in
	assert_equal "$(writes)" 1
	run grep '"map":"writeback"' out
	assert_output --partial '"verdict":"skipped","reason":"not-in-magento"'
	assert_output --partial '"source":"orders/99999"'
	[ "$(sed -n 9p out | grep -c writeback)" -eq 1 ]	# behind its own
}

@test "a line that is none keeps its place where a batch ends" {
	yes '{"verdict":"unchanged","object":"Order","map":"order","source":"orders/1","key":"1"}' |
		head -4095 >in
	echo 'no line of ours' >>in
	echo '{"verdict":"skipped","reason":"x","object":"Order","map":"order","source":"orders/2","key":"2"}' >>in
	run_status 1 bash -c 'mage-writeback <in >out 2>err'
	assert_equal "$(wc -l <out)" "$(wc -l <in)"
	sed -n 4096p out | grep -q '^{"verdict":"rejected","reason":"bad-json"'
}

@test "customers: custom attributes, sparse, read back" {
	conf "customer_attribute_account = sf_account_id" "customer_attribute_contact = sf_contact_id"
	has customers 1 >before
	customer 1 >in
	mage-writeback <in | cmp - in
	has customers 1 >after
	assert_equal "$(jq -r '.custom_attributes[] | select(.attribute_code == "sf_account_id").value' after)" "$(sfid 001 1)"
	assert_equal "$(jq -r '.custom_attributes[] | select(.attribute_code == "sf_contact_id").value' after)" "$(sfid 003 1)"
	cmp <(jq -S '.addresses, .email, .group_id' before) <(jq -S '.addresses, .email, .group_id' after)
	assert_equal "$(writes)" 1
	mage-writeback <in >/dev/null
	assert_equal "$(writes)" 1
}

@test "customers without configured attributes are left alone" {
	customer 1 | mage-writeback >/dev/null
	assert_equal "$(writes)" 0
	conf "customer_attribute_account = no_such_thing" "customer_attribute_contact = sf_contact_id"
	customer 1 >in
	run_status 0 bash -c "mage-writeback <in"
	assert_output --partial "no_such_thing"
	assert_equal "$(writes)" 1
	assert_equal "$(has customers 1 | jq -c '[.custom_attributes[]? | select(.attribute_code | startswith("sf_")).attribute_code]')" '["sf_contact_id"]'
}

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

@test "writeback = no: lines pass, Magento hears nothing" {
	conf "writeback = no"
	order 1 | mage-writeback | cmp - <(order 1)
	assert_equal "$(writes)" 0
	assert_equal "$(reads)" 0
}

@test "many, several at once, in order" {
	for i in $(free); do order "$i"; done >in
	mage-writeback <in | cmp - in
	assert_equal "$(mage-extract orders | jq -r .ext_order_id | sort -u | wc -l)" 76
	assert_equal "$(writes)" 69
}

@test "an echo is no change: only ext_order_id and updated_at differ" {
	mage-extract orders | jq -cS 'del(.ext_order_id, .updated_at)' >before
	for i in $(free); do order "$i"; done | mage-writeback >/dev/null
	mage-extract orders | jq -cS 'del(.ext_order_id, .updated_at)' | cmp - before
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

@test "its own echo brings no new sync: the second night is all unchanged" {
	start_sf
	write_conf
	sed -i '/^\[magento\]/a customer_attribute_account = sf_account_id\ncustomer_attribute_contact = sf_contact_id' millrace.conf
	run_status 1 millrace nightly	# seven orders are another's
	assert_equal "$(mage-extract orders | jq -r .ext_order_id | grep -c '^801...............$')" 70
	n=$(writes)
	[ "$n" -gt 200 ]
	run_status 0 millrace nightly
	refute_output --regexp '[1-9][0-9]* (created|updated|held|failed|rejected)'
	assert_equal "$(writes)" "$n"
}

@test "status tells of how many records Magento would not be told, and why of one" {
	start_sf
	write_conf
	printf '%s\n' '{"verdict":"created","object":"Order","map":"order","source":"orders/1","key":"1","id":"801000000000009AAA"}' |
	    led-record | mage-writeback >/dev/null || [ $? -eq 1 ]
	run_status 0 led status orders
	assert_line --partial 'orders: 1 not told to Magento'
	run_status 0 led status orders/1
	assert_line --partial "orders/1: not told to Magento: ext_order_id is '801000000000001AAA', which is not ours"
}
