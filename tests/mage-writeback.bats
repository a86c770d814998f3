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

# log JQ: of the requests that Magento had
log()
{
	curl -sf "$MAGE_URL/sandbox/log" | jq -s "map(select(.path | startswith(\"/rest/\"))) | $1"
}

# comments ID: what the order's comments say, oldest first
comments()
{
	curl -sf -H "Authorization: Bearer $(cat token)" "$MAGE_URL/rest/V1/orders/$1/comments" | jq -c ".items[] | $2"
}

# put ENTITY JSON: as if the shop had done it
put()
{
	curl -sf -X POST -d "$2" "$MAGE_URL/sandbox/records/$1" >/dev/null
}

@test "a comment instead of ext_order_id: once, with the order's status, for nobody's eyes" {
	conf 'order_place = comment'
	has orders 12 >before
	order 12 >in
	mage-writeback <in | cmp - in
	run comments 12 'select(.comment | startswith("Salesforce")) | [.comment, .status, .is_customer_notified, .is_visible_on_front, .parent_id]'
	assert_output "$(jq -c --arg id "$(sfid 801 12)" '["Salesforce Order " + $id, .status, 0, 0, 12]' before)"
	has orders 12 | jq -S 'del(.status_histories)' | cmp - <(jq -S 'del(.status_histories)' before)
	n=$(writes)
	mage-writeback <in >/dev/null
	mage-writeback --again <in >/dev/null		# it is found
	rm ledger.sqlite
	mage-writeback <in >/dev/null
	assert_equal "$(writes)" "$n"
	order 12 "$(sfid 801 44)" | mage-writeback >/dev/null	# another id is news
	assert_equal "$(comments 12 .comment | grep -c 'Salesforce Order')" 2
}

@test "a comment has the status of the moment, not the one that was read before" {
	conf 'order_place = comment' 'in_flight = 1'
	for i in 11 12; do order $i; done >in
	# a payment comes while the first comment is on its way
	faults "$(jq -cn --argjson o "$(has orders 12 | jq '.status = "holded" | .state = "holded"')" \
		'{method: "POST", path: "/orders/11/comments$", change: [{put: "orders", record: $o}]}')"
	mage-writeback <in >out
	assert_equal "$(has orders 12 | jq -r .status)" holded
	assert_equal "$(comments 12 'select(.comment | startswith("Salesforce")).status')" '"holded"'
}

@test "a status that does not belong to the order's state is left to the store" {
	conf 'order_place = comment'
	put orders "$(has orders 12 | jq -c '.status = "special"')"
	order 12 | mage-writeback >/dev/null
	assert_equal "$(has orders 12 | jq -r .status)" special
	assert_equal "$(comments 12 .comment | grep -c 'Salesforce Order')" 1
}

@test "a comment does not take the status from an order of an older release" {
	stop mage
	start_mage --set release=2.4.6 --set bearer=on
	conf 'order_place = comment'
	want=$(has orders 12 | jq -r .status)
	[ "$want" != null ]
	order 12 | mage-writeback >/dev/null
	assert_equal "$(has orders 12 | jq -r .status)" "$want"
	assert_equal "$(comments 12 .comment | grep -c 'Salesforce Order')" 1
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
	for fault in '"hang":2' '"reset":"before"' '"status":504,"body_text":"x"' '"status":500,"body_text":"x"' '"status":400,"body_text":"<html>no"'; do
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

@test "an order is not numbered anew by old releases" {
	stop mage
	start_mage --set release=2.3.2
	conf
	n=$(has orders 12 | jq -r .increment_id)
	order 12 | mage-writeback >/dev/null
	assert_equal "$(has orders 12 | jq -r .increment_id)" "$n"
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

@test "the sync status of a customer, the worst of its verdicts" {
	conf 'customer_attribute_contact = sf_contact_id' 'customer_attribute_status = sf_account_id'
	status()
	{
		has customers "$1" | jq -r '.custom_attributes[]? | select(.attribute_code == "sf_account_id").value'
	}
	customer 1 | mage-writeback >/dev/null
	assert_equal "$(status 1)" synced
	customer 1 | sed '2s/"created"/"failed","reason":"INVALID_EMAIL_ADDRESS"/' | mage-writeback >/dev/null
	assert_equal "$(status 1)" 'failed: INVALID_EMAIL_ADDRESS'
	n=$(writes)
	customer 1 | sed '2s/"created"/"failed","reason":"INVALID_EMAIL_ADDRESS"/' | mage-writeback >/dev/null
	assert_equal "$(writes)" "$n"
	echo '{"verdict":"skipped","reason":"group","object":"Account","map":"account","source":"customers/2","key":"2"}' |
		mage-writeback >/dev/null
	assert_equal "$(status 2)" 'skipped: group'
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

# product N: a verdict about it
product()
{
	printf '{"verdict":"created","object":"Product2","map":"product","phase":1,"source":"products/%s","key":"%s","id":"%s"}\n' "$1" "$1" "$(sfid 01t "$1")"
	printf '{"verdict":"unchanged","object":"PricebookEntry","map":"price","phase":2,"source":"products/%s","key":"%s:b","id":"%s"}\n' "$1" "$1" "$(sfid 01u "$1")"
}

# sold N: the Product2 id that product N has
sold()
{
	has products "$1" | jq -r '.custom_attributes[] | select(.attribute_code == "sf_product_id").value'
}

@test "products: the attribute in the scope of all stores, nothing else, whatever the SKU" {
	conf 'product_attribute = sf_product_id' 'store = default'
	mage-extract products | jq -c 'select(.sku | test("[ /%]|[^ -~]"))' >odd
	mage-extract products | head -3 >>odd
	[ "$(wc -l <odd)" -gt 4 ]
	for i in $(jq .id odd); do product "$i"; done >in
	mage-writeback <in | cmp - in
	for i in $(jq .id odd); do assert_equal "$(sold "$i")" "$(sfid 01t "$i")"; done
	log 'map(select(.method == "POST" or (.method == "GET" and (.path | endswith("products")))) | .path | split("/")[2]) | unique | join(",")' |
		grep -q 'all'
	assert_equal "$(log 'map(select(.method == "POST" or .method == "PUT") | .method + " " + .path) | unique | join(",")')" '"POST /rest/all/V1/products"'
	jq -cS 'del(.updated_at, .custom_attributes)' odd >before
	for i in $(jq .id odd); do has products "$i"; done | jq -cS 'del(.updated_at, .custom_attributes)' | cmp - before
	n=$(writes)
	mage-writeback <in >/dev/null
	assert_equal "$(writes)" "$n"
}

@test "a product attribute that is missing is said once, with what to do" {
	conf 'product_attribute = no_such_thing'
	for i in 1 2 3; do product $i; done >in
	run_status 0 mage-writeback <in
	assert_equal "$(grep -c "no attribute 'no_such_thing' of products" <<<"$output")" 1
	assert_output --partial 'Stores, Attributes, Product'
	assert_equal "$(writes)" 0
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

@test "an order without an increment_id is not saved" {
	put orders "$(has orders 12 | jq -c 'del(.increment_id)')"
	order 12 >in
	run_status 1 bash -c 'mage-writeback <in >out'
	grep -q '"verdict":"failed","reason":"no-increment"' out
	assert_equal "$(writes)" 0
}

# many N...: a shop where three go by bulk, and verdicts of these customers in `in`
many()
{
	conf 'customer_attribute_account = sf_account_id' 'customer_attribute_contact = sf_contact_id' \
		'bulk = all' 'bulk_from = 3' 'bulk_patience = 30s' "${MORE[@]}"
	for i; do customer "$i"; done >in
}

# told N: does customer N have both ids?
told()
{
	[ "$(has customers "$1" | jq -r '[.custom_attributes[]? | select(.attribute_code | startswith("sf_")).value] | sort | join(" ")')" = \
		"$(sfid 001 "$1") $(sfid 003 "$1")" ]
}

# alone: how many were told one by one
alone()
{
	log 'map(select((.method == "PUT" or .method == "POST") and (.path | contains("/async/") | not))) | length'
}

bulks()
{
	log 'map(select(.path | contains("/async/bulk/"))) | length'
}

@test "many customers go by bulk, with what it needs and no more" {
	mage-extract customers >before
	# shellcheck disable=SC2046  # numbers
	many $(jq .id before | head -40)
	sed -i 's/bulk_from = 3/bulk_from = 40/' millrace.conf
	run_status 0 bash -c 'mage-writeback <in >out'
	mapfile -t bad < <(jq -r 'select(.map == "writeback") | .key' out)
	[ "${#bad[@]}" -eq 0 ]
	assert_equal "$(bulks) $(alone)" '1 0'
	told 1; told 20
	mage-extract customers | jq -cS 'del(.updated_at, .custom_attributes)' |
		cmp - <(jq -cS 'del(.updated_at, .custom_attributes)' before)
	n=$(writes)
	mage-writeback <in | cmp - in
	assert_equal "$(writes)" "$n"
	head -78 in | mage-writeback --again >/dev/null
	assert_equal "$(writes)" "$n"
}

@test "fewer, or with bulk = products, customers go one by one" {
	many 1 2
	mage-writeback <in | cmp - in
	assert_equal "$(bulks) $(alone)" '0 2'
	conf 'customer_attribute_contact = sf_contact_id' 'bulk_from = 2'
	for i in 3 4 6; do customer $i; done | mage-writeback >/dev/null
	assert_equal "$(bulks) $(alone)" '0 5'
}

@test "many products go by bulk, unless bulk = no; what the store no longer has is skipped" {
	conf 'product_attribute = sf_product_id' 'bulk_from = 3' 'bulk_patience = 30s'
	for i in 3 4 11 15 16 999; do product $i; done >in
	mage-extract products | jq -cS 'del(.updated_at, .custom_attributes)' >before
	run_status 0 bash -c 'mage-writeback <in >out'
	assert_equal "$(grep -c '"map":"writeback"' out)" 1
	tail -1 out | grep -q '"skipped","reason":"not-in-magento"'
	assert_equal "$(bulks) $(alone)" '1 0'
	assert_equal "$(log 'map(select(.path | contains("/async/")) | .path) | .[0]')" '"/rest/all/async/bulk/V1/products/bySku"'
	for i in 3 4 11 15 16; do assert_equal "$(sold $i)" "$(sfid 01t $i)"; done
	mage-extract products | jq -cS 'del(.updated_at, .custom_attributes)' | cmp - before
	sed -i 's/bulk_from = 3/bulk_from = 3\nbulk = no/' millrace.conf
	for i in 5 6 7; do product $i; done | mage-writeback >/dev/null
	assert_equal "$(bulks) $(alone)" '1 3'
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

# clock TIME: what the store's shows
clock()
{
	curl -sf -X POST -d "$1" "$MAGE_URL/sandbox/clock" >/dev/null
}

# echoes SETTING...: after a night that told much, two incremental runs; the
# first has to read the echoes
echoes()
{
	start_sf
	write_conf
	for i; do sed -i "/^\[magento\]/a $i" millrace.conf; done
	clock 2026-12-01T02:00:00Z
	run_status 1 millrace nightly	# seven orders are another's, or none
	n=$(writes)
	[ "$n" -gt 50 ]
	clock 2026-12-01T03:00:00Z
	run_status 0 millrace incremental
	refute_output --regexp '[1-9][0-9]* (created|updated|held|failed|rejected|waiting)'
	jq -s 'map(select(.stage == "customers.extract") | .lines // 0) | add' runs/latest/audit.ndjson >echoed
	[ "$(cat echoed)" -gt 50 ]
	clock 2026-12-01T04:00:00Z
	run_status 0 millrace incremental
	refute_output --regexp '[1-9][0-9]* (created|updated|held|failed|rejected|waiting)'
	jq -s 'map(select(.stage == "customers.extract") | .lines // 0) | add' runs/latest/audit.ndjson >echoed
	[ "$(cat echoed)" -eq 0 ]
	assert_equal "$(writes)" "$n"
}

@test "incremental runs read the echoes of a write-back, send nothing, tell nothing" {
	echoes 'customer_attribute_account = sf_account_id' 'customer_attribute_status = sf_contact_id' \
		'product_attribute = sf_product_id' 'bulk = all' 'bulk_from = 10'
	[ "$(bulks)" -ge 2 ]
	assert_equal "$(mage-extract products | jq -r '.custom_attributes[] | select(.attribute_code == "sf_product_id").value' | grep -c '^01t')" 18
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
