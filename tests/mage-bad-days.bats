# Bad days of a store and of what stands in front of it: each is got over, or
# ends in time with one line that says what, where and what to do.
load helpers

ENTITIES=$BATS_TEST_DIRNAME/../fixtures/magento/entities

prepare()
{
	start_mage
	settings
}

# settings LINE...: with a client that is soon out of patience
settings()
{
	credential mage token >token
	printf '%s\n' '[magento]' "url = ${URL:-$MAGE_URL}" 'attempts = 2' 'timeout = 2s' 'patience = 3s' \
		'token_file = token' "$@" >millrace.conf
	export MILLRACE_CONF=$WORK/millrace.conf
}

# bad STATUS TEXT [ENTITY]: ends so, within 20 s, in one line that has the text
# and no secret, and writes nothing that is half
bad()
{
	local status=0 what=$1-$2
	timeout 20 mage-extract "${3:-orders}" >out 2>err || status=$?
	if [ "$status" -ne "$1" ] || ! grep -qF -- "$2" err || [ "$(wc -l <err)" -ne 1 ] ||
		[ "$(wc -c <err)" -gt 600 ] || grep -qF "$(cat token)" err ||
		{ [ -s out ] && [ "$(tail -c 1 out)" != "" ]; }; then
		echo "$what: status $status"
		cat err
		return 1
	fi
}

# answers STATUS TEXT FAULT: every answer is this
answers()
{
	faults mage "{\"path\":\"/V1/\",$3}"
	bad "$1" "$2"
}

@test "answers that are none: HTML, halves, messages with 200, PHP's last words" {
	answers 3 'a page for people instead of JSON: "Please log in"' \
		'"status":200,"body_text":"<html><style>x{}</style><body>Please <b>log in</b></body></html>"'
	answers 4 'a page for people instead of JSON: "We are in maintenance' '"status":200,"body_text":"<h1>We are in maintenance</h1>"'
	answers 3 'with nothing in it' '"status":200,"body_text":"","type":"application/json"'
	answers 3 'stops in the middle' '"truncate":60'
	answers 3 'stops in the middle' '"status":200,"body_text":"{\"items\":[{\"entity_id\":1","type":"application/json"'
	answers 3 'a message instead of a list: The product that was requested does not exist' \
		'"status":200,"body_json":{"message":"The %1 that was requested does not exist","parameters":["product"]}'
	answers 3 'without a list of items: []' '"status":200,"body_json":[]'
	answers 3 'Server internal error. See details in report api/7' \
		'"status":500,"body_json":{"messages":{"error":[{"code":500,"message":"Server internal error. See details in report api/7"}]}}'
	answers 3 'Report ID: webapi-5f' '"status":500,"body_json":{"message":"Internal Error. Details are available in Magento log file. Report ID: webapi-5f"}'
	answers 3 'no text' '"status":500,"body_text":""'
	answers 3 'Magento counts 76 orders and gives none of them' '"status":200,"body_json":{"items":[],"total_count":76}'
	answers 3 "has no 'entity_id'" '"status":200,"body_json":{"items":[{"id":"x"}],"total_count":1}'
	answers 3 "'entity_id' of a record of orders is no id of Magento: 12345678901234567890123" \
		'"status":200,"body_text":"{\"items\":[{\"entity_id\":12345678901234567890123}],\"total_count\":1}","type":"application/json"'
}

@test "maintenance, limits, gateways: the same command again later" {
	answers 4 'status 503: Service Temporarily Unavailable; try again later' '"status":503,"body_text":"<h1>Service Temporarily Unavailable</h1>"'
	answers 4 'it asks to come back in 900 s' '"status":503,"headers":{"Retry-After":"900"},"body_text":"x"'
	answers 4 'it asks to come back in 86000 s' '"status":429,"headers":{"Retry-After":"86000"},"body_text":"slow down"'
	answers 4 'status 429: slow down; try again later' '"status":429,"body_text":"slow down"'
	answers 4 'status 502: 502 Bad Gateway nginx' '"status":502,"body_text":"<h1>502 Bad Gateway</h1><hr>nginx"'
	answers 4 'status 504' '"status":504,"body_text":"<h1>504 Gateway Time-out</h1>"'
}

@test "who refuses: firewalls, methods, unknown stores, other servers" {
	answers 2 'let User-Agent millrace through' '"status":403,"body_text":"<h1>Access Denied</h1> Reference #18.2"'
	answers 2 'is [magento] url right?' '"status":404,"body_text":"<h1>Not Found</h1>"'
	answers 2 'is [magento] store a code of a store view' '"status":404,"body_json":{"message":"Request does not match any route."}'
	settings 'store = nowhere'
	faults mage
	bad 2 'is [magento] store a code of a store view'
	settings
	answers 2 'takes no request so long' '"status":414,"body_text":"<h1>414 Request-URI Too Large</h1>"'
	answers 2 'status 401' '"status":401,"body_json":{"message":"The consumer isn'"'"'t authorized to access %resources.","parameters":{"resources":"Magento_Sales::actions_view"}}'
	answers 2 'enable_integration_as_bearer' '"status":401,"body_text":""'
	answers 3 'status 418: I am a teapot' '"status":418,"body_text":"I am a teapot"'
}

@test "redirects are not followed, and their query is not shown" {
	for s in 301 302 307 308; do
		answers 2 "it points to $MAGE_URL/elsewhere: is the url" \
			"\"status\":$s,\"headers\":{\"Location\":\"$MAGE_URL/elsewhere?token=canary\"},\"body_text\":\"\""
		[ "$(grep -c canary err)" -eq 0 ]
		curl -sf "$MAGE_URL/sandbox/log" >log
		grep -q '"path":"/rest/' log
		[ "$(grep -c '"path":"/elsewhere' log)" -eq 0 ]
	done
}

@test "what lay in a cache is no answer" {
	answers 2 'comes from a cache (Age: 77)' '"headers":{"Age":"77"}'
	answers 2 'comes from a cache (X-Cache: MISS, HIT)' '"headers":{"X-Cache":"MISS, HIT"}'
	answers 2 'comes from a cache (X-Cache: Hit from cloudfront)' '"headers":{"X-Cache":"Hit from cloudfront"}'
	answers 2 'keep rest/ out of the cache' '"headers":{"X-Magento-Cache-Debug":"HIT"}'
	faults mage '{"path":"/V1/","headers":{"Age":"0","X-Cache":"MISS"}}'
	mage-extract orders | sort | cmp - <(sort "$ENTITIES/orders.ndjson")
}

@test "the line: refused, no such host, no TLS, silence, resets" {
	answers 3 'takes too long' '"hang":true'
	answers 3 'broke' '"reset":"before"'
	URL=http://127.0.0.1:1/ settings
	rm -f ledger.sqlite*
	bad 3 'cannot connect to Magento at 127.0.0.1:1'
	URL=https://no-such-host.invalid/ settings
	rm -f ledger.sqlite*
	bad 2 'cannot find Magento at no-such-host.invalid'
	URL=https://${MAGE_URL#http://} settings
	rm -f ledger.sqlite*
	bad 2 'no safe connection to Magento'
	URL=http://shop.example/ settings
	rm -f ledger.sqlite*
	bad 2 'plain http'
}

@test "the same for the reference, and for one list of it" {
	faults mage '{"path":"/V1/store/storeViews","status":200,"body_json":{"message":"no"}}'
	bad 3 'store/storeViews' reference
	faults mage '{"path":"/V1/products/attributes","status":500,"body_json":{"message":"Internal Error"}}'
	bad 3 'products/attributes' reference
	faults mage '{"path":"/V1/store/websites","status":401,"body_json":{"message":"no"}}'
	bad 2 'store/websites' reference
	faults mage '{"path":"/V1/attributeMetadata","status":401,"body_json":{"message":"no"}}'
	bad 3 'the output is incomplete, it ends after' reference
	faults mage '{"path":"/V1/store/websites","status":200,"body_json":[]}'
	bad 3 'there are stores, but Magento answered store/websites without records' reference
	faults mage '{"path":"/V1/store/websites","status":200,"body_json":[{"name":"Main"}]}'
	bad 3 "whose records have no 'id'" reference
	faults mage '{"path":"/V1/customerGroups","status":200,"body_json":{"items":[{"id":0}],"total_count":4}}'
	bad 3 'counts 4 records and gives 1 of them' reference
}

@test "a page of fewer records than Magento counts is asked for again" {
	settings 'page_size = 20' 'in_flight = 1'
	faults mage '{"path":"/V1/orders$","nth":3,"status":200,"body_json":{"items":[],"total_count":1}}'
	mage-extract orders | sort | cmp - <(sort "$ENTITIES/orders.ndjson")
	faults mage '{"path":"/V1/orders$","nth":3,"times":99,"status":200,"body_json":{"items":[],"total_count":1}}'
	bad 3 'Magento counts 1 orders and gives none of them'
	head -2 "$ENTITIES/customers.ndjson" | jq -r '"email:" + .email' >keys
	faults mage '{"path":"/V1/customers","status":200,"body_json":{"items":[],"total_count":1}}'
	run_status 3 mage-extract --keys keys customers
	assert_output --partial 'counts 1 customers and gives 0 of them'
}

@test "documents of which Magento gives none at all are no order's fault" {
	faults mage '{"path":"/V1/invoices$","status":500,"body_json":{"message":"no"}}'
	run_status 3 mage-extract --with invoices orders
	assert_output --partial '/V1/invoices answered status 500'
	refute_output --partial unreadable
}

@test "what passes is got over" {
	local f
	settings 'patience = 20s' 'page_size = 20'
	for f in '"status":500,"body_text":""' '"status":503,"headers":{"Retry-After":"0"}' '"status":503' '"status":429' \
		'"status":502' '"status":504' '"truncate":100' '"reset":"before"' '"reset":"after"' \
		'"status":200,"body_text":"<html>back in a minute</html>"' '"status":200,"body_text":""'; do
		faults mage "{\"path\":\"/V1/orders\$\",\"nth\":3,$f}"
		mage-extract orders 2>err | sort | cmp - <(sort "$ENTITIES/orders.ndjson")
		[ ! -s err ]
	done
}

@test "a record that Magento cannot show, however it says so, stands alone" {
	local as
	for as in report fatal message empty; do
		stop mage
		rm -f ledger.sqlite*
		start_mage --set poison=orders:3,orders:40,orders:76 --set poison_as=$as
		settings
		run_status 1 bash -c 'mage-extract orders 2>err >out'
		[ "$(grep -c '^{"verdict":"rejected","reason":"unreadable"' out)" -eq 3 ]
		grep -v '^{"verdict"' out | jq .entity_id | diff - <(jq .entity_id "$ENTITIES/orders.ndjson" |
			grep -vxE '3|40|76' | sort -n)
		printf '3\n4\n' >keys
		run_status 1 bash -c 'mage-extract --keys keys orders 2>err'
		assert_line --index 0 --partial '{"verdict":"rejected"'
	done
}

# A server that takes no query over 700 bytes.
@test "a URL too long for a server on the way is asked in parts" {
	faults mage '{"path":"/V1/customers","query":"^.{700}","status":414,"body_text":"<h1>414</h1>"}'
	jq .id "$ENTITIES/customers.ndjson" >keys
	mage-extract --keys keys customers | sort | cmp - <(sort "$ENTITIES/customers.ndjson")
	jq -r '"email:" + .email' "$ENTITIES/customers.ndjson" | head -40 >keys
	run_status 0 mage-extract --keys keys customers
	[ "$(grep -c '^{"id"' <<<"$output")" -ge 40 ]
	faults mage '{"path":"/V1/","query":"^.{100}","status":414,"body_text":"<h1>414</h1>"}'
	run_status 2 mage-extract --keys keys customers
	assert_output --partial 'takes no request so long'
}

@test "a day that turns bad in the middle: what came is whole, and it says so" {
	settings 'page_size = 5' 'in_flight = 1'
	for f in '"status":503,"body_text":"<h1>maintenance</h1>"' '"status":403' '"reset":"before"' '"headers":{"Age":"3"}'; do
		faults mage "{\"path\":\"/V1/orders\$\",\"nth\":6,\"times\":99,$f}"
		bad 3 'the output is incomplete, it ends after'
		jq -c .entity_id out >ids
		[ -s ids ]
	done
}
