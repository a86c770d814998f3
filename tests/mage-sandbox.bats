#!/usr/bin/env bats
# mage-sandbox: against what a real store answered, and what is its own.
load helpers
load mage-api

ids()	# PATH: ids of a list of customers, on one line
{
	answer GET "$1" | jq -c '[.items[].id]'
}

@test "264 captured queries: status and whole body" {
	run "$REPO/tests/replay" queries
	assert_success
	assert_output --regexp '^.*264 the same, 0 known differences, 0 wrong$'
}

@test "captured exchanges: saves, comments, errors, paging, auth, limits" {
	run "$REPO/tests/replay" exchanges
	assert_success
}

@test "the replay fails on a difference that nobody listed, and on a stale one" {
	mkdir -p "$WORK/repo/tests" "$WORK/repo/fixtures"
	cp "$REPO/tests/replay" "$REPO/tests/captured.py" "$WORK/repo/tests/"
	ln -s "$REPO/fixtures/magento" "$WORK/repo/fixtures/magento"
	grep -v empty_install "$REPO/tests/replay.differences" \
	    >"$WORK/repo/tests/replay.differences"
	printf 'exchanges\tnosuch\tno reason\n' \
	    >>"$WORK/repo/tests/replay.differences"
	run "$WORK/repo/tests/replay" exchanges
	assert_failure
	assert_output --partial 'differs: empty_install/modules'
	assert_output --partial 'listed, but does not differ: nosuch'
}

@test "a keyset window copies the records byte for byte" {
	sandbox
	answer GET "/rest/V1/orders?$SC[field]=entity_id&$SC[value]=3&$SC[condition_type]=gt&searchCriteria[sortOrders][0][field]=entity_id&searchCriteria[sortOrders][0][direction]=ASC&searchCriteria[pageSize]=2" >got
	sed -n 4,5p "$REPO/fixtures/magento/entities/orders.ndjson" |
	    paste -sd, >want
	grep -qF "{\"items\":[$(cat want)],\"search_criteria\"" got
}

@test "rows without a sort come in no order, but each once over the pages" {
	sandbox
	for p in 1 2 3; do
		ids "/rest/V1/customers/search?searchCriteria[pageSize]=50&searchCriteria[currentPage]=$p"
	done | jq -c '.[]' >got
	run sort -n -c got
	assert_failure
	sort -n got | diff - <(jq .id "$REPO/fixtures/magento/entities/customers.ndjson")
}

@test "release 2.3: the last page again, a new increment_id" {
	sandbox --set release=2.3.3
	run ids "/rest/V1/customers/search?searchCriteria[sortOrders][0][field]=entity_id&searchCriteria[sortOrders][0][direction]=ASC&searchCriteria[pageSize]=100&searchCriteria[currentPage]=9"
	assert_output --regexp '^\[1[0-9][0-9],.*,144\]$'
	send POST /rest/V1/orders '{"entity":{"entity_id":7,"ext_order_id":"X"}}'
	run answer GET '/rest/V1/orders/7?fields=increment_id,ext_order_id'
	refute_output --partial '000000007'
	assert_output --partial '"ext_order_id":"X"'
}

@test "release 2.4.2: names of customers are not checked yet" {
	make_one()	# FIRSTNAME
	{
		send POST /rest/V1/customers \
		    '{"customer":{"email":"'$RANDOM'@names.example","firstname":"'"$1"'","lastname":"L"}}'
	}
	sandbox --set release=2.4.2
	run make_one '{{var x}}'
	assert_line --partial '"firstname":"{{var x}}"'
	assert_line 200
	stop mage
	sandbox
	for name in '{{var x}}' 'a;b' 'dash—dash' 'Zoë 🎉'; do
		run make_one "$name"
		assert_line '{"message":"First Name is not valid!"}'
		assert_line 400
	done
	[ "$(make_one "O’Brien-Ångström & Sons, Jr." | tail -n 1)" = 200 ]
}

@test "tokens: wrong, missing, expired, locked out, a right that lacks" {
	sandbox --set token_life=0 --set deny=Magento_Sales::actions_view
	no="isn't authorized to access %resources"
	run ask GET '/rest/V1/orders/1'
	assert_line --partial "$no"
	assert_line 401
	TOKEN=wrong
	run ask GET '/rest/V1/customers/1'
	assert_line --partial '"resources":"Magento_Customer::customer"'
	assert_line 401
	login="{\"username\":\"admin\",\"password\":\"$(credential mage admin_password)\"}"
	run send POST /rest/V1/integration/admin/token "$login"
	assert_line 200
	TOKEN=$(jq -r . <<<"${lines[0]}")
	[ "$(status_of GET /rest/V1/customers/1)" = 401 ]
	for i in 1 2 3 4 5 6; do
		send POST /rest/V1/integration/admin/token \
		    '{"username":"admin","password":"no"}' >/dev/null
	done
	run send POST /rest/V1/integration/admin/token "$login"
	assert_line 401
}

@test "an admin token is good until a fault kills it; a new one is good again" {
	sandbox --set bearer=off
	[ "$(status_of GET /rest/V1/customers/1)" = 401 ]
	login()
	{
		send POST /rest/V1/integration/admin/token \
		    "{\"username\":\"admin\",\"password\":\"$(credential mage admin_password)\"}" |
		    sed '$d' | jq -r .
	}
	TOKEN=$(login)
	[ "$(status_of GET /rest/V1/customers/1)" = 200 ]
	curl -sf -d '{"path":"/customers/","times":1,"expire_token":true}' \
	    "$URL/sandbox/faults"
	[ "$(status_of GET /rest/V1/customers/1)" = 401 ]
	[ "$(status_of GET /rest/V1/customers/1)" = 401 ]
	TOKEN=$(login)
	[ "$(status_of GET /rest/V1/customers/1)" = 200 ]
	TOKEN=${TOKEN%?}x
	[ "$(status_of GET /rest/V1/customers/1)" = 401 ]
}

@test "a sparse save moves updated_at once; the same again moves nothing" {
	sandbox
	send POST /rest/V1/orders \
	    '{"entity":{"entity_id":7,"ext_order_id":"801000000000001AAA"}}'
	answer GET /rest/V1/orders/7 >first
	was=$(sed -n 7p "$REPO/fixtures/magento/entities/orders.ndjson")
	diff <(jq -S 'del(.ext_order_id,.updated_at)' first) \
	    <(jq -S 'del(.ext_order_id,.updated_at)' <<<"$was")
	[ "$(jq -r .updated_at first)" != "$(jq -r .updated_at <<<"$was")" ]
	sleep 1.1
	send POST /rest/V1/orders \
	    '{"entity":{"entity_id":7,"ext_order_id":"801000000000001AAA"}}'
	answer GET /rest/V1/orders/7 | cmp - first
}

@test "a customer's updated_at moves with every PUT" {
	sandbox --set clock=2030-01-02T03:04:05Z
	send PUT /rest/V1/customers/9 '{"customer":{"id":9,"custom_attributes":[{"attribute_code":"sf_contact_id","value":"003A"}]}}'
	run answer GET '/rest/V1/customers/9'
	assert_output --regexp '"updated_at":"2030-01-02 03:04:[01]'
	assert_output --partial '"custom_attributes":[{"attribute_code":"sf_contact_id","value":"003A"}]'
	run ids "/rest/V1/customers/search?$SC[field]=sf_contact_id&$SC[value]=003a"
	assert_output '[9]'
}

@test "an order's customer goes, the order stays" {
	sandbox
	id=$(jq -r 'select(.customer_id).customer_id' \
	    "$REPO/fixtures/magento/entities/orders.ndjson" | sort -u | head -1)
	n=$(jq -c "select(.customer_id == $id)" \
	    "$REPO/fixtures/magento/entities/orders.ndjson" | wc -l)
	[ "$n" -gt 0 ]
	run ask DELETE "/rest/V1/customers/$id"
	assert_line true
	run ask GET "/rest/V1/customers/$id"
	assert_line 404
	run answer GET "/rest/V1/orders?$SC[field]=customer_id&$SC[value]=$id&fields=total_count"
	assert_output '{"total_count":0}'
}

@test "kill -9 and the same state: what was written is there, whole" {
	sandbox
	for i in 1 2 3 4 5; do
		send POST /rest/V1/orders \
		    "{\"entity\":{\"entity_id\":$i,\"ext_order_id\":\"KILL$i\"}}" >/dev/null
	done
	stop mage KILL
	sandbox
	run answer GET "/rest/V1/orders?$SC[field]=ext_order_id&$SC[value]=KILL%25&$SC[condition_type]=like&fields=total_count"
	assert_output '{"total_count":5}'
	curl -sf -X POST "$URL/sandbox/reset"
	run answer GET "/rest/V1/orders?$SC[field]=ext_order_id&$SC[value]=KILL%25&$SC[condition_type]=like&fields=total_count"
	assert_output '{"total_count":0}'
}

@test "records can be put and taken away, and the state shown" {
	sandbox
	curl -sf -d '{"id":9001,"email":"new@example.com"}' \
	    "$URL/sandbox/records/customers" | grep -qx '{"id":9001}'
	run curl -sf -d '{"email":"newer@example.com"}' \
	    "$URL/sandbox/records/customers"
	assert_output '{"id":9002}'
	curl -sf "$URL/sandbox/state?entity=customers" >got
	[ "$(wc -l <got)" -eq 144 ]
	[ "$(tail -n 1 got | jq -c .)" = '{"email":"newer@example.com","id":9002}' ]
	head -142 got | cmp - "$REPO/fixtures/magento/entities/customers.ndjson"
	curl -sf -X DELETE "$URL/sandbox/records/customers/9001"
	[ "$(status_of GET /rest/V1/customers/9001)" = 404 ]
	run curl -s "$URL/sandbox/state"
	assert_line --index 0 --regexp '^\{"entity":"orders","record":\{'
	run curl -s -o /dev/null -w '%{http_code}' -d x "$URL/sandbox/records/nosuch"
	assert_output 404
}

@test "columns that were asked for before keep to their records as these come and go" {
	sandbox
	by_email()	# EMAIL
	{
		get "customers/search?$SC[field]=email&$SC[value]=$1" '[.items[].id]'
	}
	sorted()
	{
		answer GET "/rest/V1/customers/search?$SC[field]=created_at&$SC[value]=2000-01-01&$SC[condition_type]=gt&searchCriteria[sortOrders][0][field]=email&searchCriteria[sortOrders][0][direction]=ASC" |
		    jq -c '[.items[] | [.id, .email]]'
	}
	curl -sf "$URL/sandbox/state?entity=customers" >all
	# of the first two the e-mail is the same
	gone=$(sed -n 3p all | jq .id)
	behind=$(tail -n 1 all | jq -r .email)
	run by_email "$behind"
	assert_output "[$(tail -n 1 all | jq .id)]"
	sorted >before
	jq -e 'length > 100' before
	curl -sf -X DELETE "$URL/sandbox/records/customers/$gone"
	run by_email "$(sed -n 3p all | jq -r .email)"
	assert_output '[]'
	run by_email "$behind"
	assert_output "[$(tail -n 1 all | jq .id)]"
	sorted | diff - <(jq -c "map(select(.[0] != $gone))" before)
	sed -n 3p all | curl -sf --data-binary @- "$URL/sandbox/records/customers"
	sorted | diff - before
}

@test "the release, without its patch, is told to everybody" {
	start_mage --set release=2.4.6
	[ "$(curl -sf "$MAGE_URL/magento_version")" = 'Magento/2.4 (Community)' ]
}

@test "items of a changed order are in the list of items too" {
	sandbox
	curl -sf -d '{"entity_id":500,"items":[{"item_id":900,"order_id":500,"sku":"A","extension_attributes":{"itemized_taxes":[]}}]}' \
	    "$URL/sandbox/records/orders"
	send POST /rest/V1/orders '{"entity":{"entity_id":500,"items":[{"sku":"B","qty_ordered":2}]}}'
	answer GET "/rest/V1/orders/items?$SC[field]=order_id&$SC[value]=500&searchCriteria[sortOrders][0][field]=item_id&searchCriteria[sortOrders][0][direction]=ASC" >got
	run jq -c '[.items[] | [.item_id, .sku, .qty_ordered, has("extension_attributes")]]' got
	assert_output '[[900,"A",null,false],[901,"B",2,false]]'
}

@test "categories, stock, countries and money of the shop" {
	sandbox
	answer GET /rest/V1/categories | jq -e '.id==2 and .children_data==[] and .level==1 and .product_count==1'
	answer GET "/rest/V1/categories/list?$SC[field]=name&$SC[value]=Default%25&$SC[condition_type]=like" |
	    jq -e '.total_count==1 and .items[0].path=="1/2"'
	answer GET /rest/V1/categories/2 | jq -e '.name=="Default Category"'
	run ask GET /rest/V1/categories/99
	assert_line 404
	answer GET /rest/V1/stockItems/24-MB01 | jq -e '.product_id==1'
	[ "$(status_of GET /rest/V1/stockItems/nosuch)" = 404 ]
	answer GET "/rest/V1/inventory/source-items?$SC[field]=sku&$SC[value]=24-MB04" | jq -e '.items[0].quantity==88'
	answer GET /rest/V1/directory/countries/US | jq -e '.available_regions|length>50'
	[ "$(status_of GET /rest/V1/directory/countries/XX)" = 404 ]
	answer GET /rest/V1/directory/currency | jq -e '.base_currency_code=="USD"'
}

@test "input limits" {
	sandbox --set limits=on --set max_page_size=50
	run ask GET '/rest/V1/orders?searchCriteria[pageSize]=51'
	assert_line '{"message":"Maximum SearchCriteria pageSize is %max","parameters":{"max":50}}'
	assert_line 400
	run answer GET '/rest/V1/customers/search?searchCriteria'
	[ "$(jq '.items | length' <<<"$output")" -eq 20 ]
}

@test "an answer beyond PHP's memory is a bare 500" {
	sandbox --set memory=20000
	run ask GET '/rest/V1/orders?searchCriteria[pageSize]=0'
	assert_line 500
	refute_output --partial '{'
}

@test "faults: status with headers, on the nth, then no more" {
	cat >faults <<-'END'
	# every second word
	{"path":"/customers/","nth":2,"times":2,"status":503,"headers":{"Retry-After":"7"},"body_text":"<h1>busy</h1>"}
	END
	sandbox --faults faults
	for i in 1 2 3 4; do status_of GET /rest/V1/customers/1; done | paste -sd' ' >got
	[ "$(cat got)" = '200 503 503 200' ]
	curl -sf -d '{"path":"/customers/","status":429,"headers":{"Retry-After":"7"},"body_json":{"message":"slow"}}' "$URL/sandbox/faults"
	run ask GET /rest/V1/customers/1 -D -
	assert_line --regexp '^Retry-After: 7.?$'
	assert_line '{"message":"slow"}'
	curl -sf -d '' "$URL/sandbox/faults"
	[ "$(status_of GET /rest/V1/customers/1)" = 200 ]
	run curl -s -d '{"nth":-1}' "$URL/sandbox/faults"
	assert_output "line 1: 'nth' is not a number of 0 or more"
}

@test "faults: reset before and after the effect, truncated, after a status" {
	sandbox
	save()
	{
		send POST /rest/V1/orders \
		    "{\"entity\":{\"entity_id\":8,\"ext_order_id\":\"$1\"}}"
	}
	value()
	{
		answer GET '/rest/V1/orders/8?fields=ext_order_id'
	}
	curl -sf -d '{"method":"POST","reset":"before"}' "$URL/sandbox/faults"
	run save A
	assert_line 000
	[ "$(value)" = '[]' ] || value | grep -v '"A"'
	curl -sf -d '{"method":"POST","reset":"after"}' "$URL/sandbox/faults"
	run save B
	assert_line 000
	[ "$(value)" = '{"ext_order_id":"B"}' ]
	curl -sf -d '{"method":"POST","status":504,"after":true}' "$URL/sandbox/faults"
	run save C
	assert_line 504
	[ "$(value)" = '{"ext_order_id":"C"}' ]
	curl -sf -d '{"method":"GET","truncate":10}' "$URL/sandbox/faults"
	run curl -sf -H "Authorization: Bearer $TOKEN" "$URL/rest/V1/orders/8"
	assert_equal "$status" 18
	[ "${#output}" -eq 10 ]
}

@test "faults: a body without a status is answered with 200" {
	sandbox
	curl -sf -d '{"method":"POST","body_text":"<p>hello"}
{"path":"/customers/1","body_json":[]}
{"path":"/orders/8","after":true,"body_json":{"a":1},"type":"text/plain"}' "$URL/sandbox/faults"
	run ask GET /rest/V1/customers/1
	assert_line --index 0 '[]'
	assert_line --index 1 200
	run send POST /rest/V1/orders '{"entity":{"entity_id":9,"ext_order_id":"A"}}'
	assert_line --index 0 '<p>hello'
	run answer GET '/rest/V1/orders/9?fields=ext_order_id'
	refute_output --partial '"A"'
	run ask GET /rest/V1/orders/8 -D -
	assert_line --regexp '^Content-Type: text/plain'
	assert_line '{"a":1}'
}

@test "faults: which requests agree: every, query, body, headers alone" {
	sandbox
	cat >plan <<-'END'
	{"path":"/customers/1$","every":3,"status":500}
	{"query":"fields=a b","status":501}
	{"method":"POST","body":"secret word","status":502}
	{"path":"/customers/2$","headers":{"X-Odd":"yes"},"delay":1}
	END
	curl -sf --data-binary @plan "$URL/sandbox/faults"
	for i in 1 2 3 4 5 6 7; do status_of GET /rest/V1/customers/1; done | paste -sd' ' >got
	[ "$(cat got)" = '500 200 200 500 200 200 500' ]
	[ "$(status_of GET '/rest/V1/customers/3?fields=a%20b')" = 501 ]
	[ "$(send POST /rest/V1/orders '{"a":"secret word"}' | tail -n 1)" = 502 ]
	run ask GET /rest/V1/customers/2 -D -
	assert_line --regexp '^X-Odd: yes.?$'
	assert_line 200
}

@test "the log has every request, the sandbox's own paths aside" {
	sandbox
	ask GET '/rest/V1/customers/1?fields=id' >/dev/null
	ask GET /rest/V1/nosuch >/dev/null
	curl -sf "$URL/sandbox/state" >/dev/null
	run curl -sf "$URL/sandbox/log"
	assert_line --index 0 --partial '{"n":1,"method":"GET","path":"/rest/V1/customers/1","query":"fields=id","status":200,"bytes":0,"at":"2'
	assert_line --index 1 --partial '"path":"/rest/V1/nosuch","query":"","status":404'
	[ "${#lines[@]}" -eq 2 ]
	curl -sf -X DELETE "$URL/sandbox/log"
	run curl -sf "$URL/sandbox/log"
	assert_output ''
}

@test "probability is seeded: the same requests, the same faults" {
	roll()
	{
		sandbox --set seed="$1"
		curl -sf -d '{"probability":0.5,"status":500}' "$URL/sandbox/faults"
		for i in 1 2 3 4 5 6 7 8 9 10 11 12; do
			status_of GET /rest/V1/customers/1
		done
		stop mage
	}
	roll 5 >one
	roll 5 >two
	cmp one two
	grep -q 200 one
	grep -q 500 one
	# the next seed throws others, not the same one throw earlier or later
	roll 6 >two
	cmp -s <(tail -n +2 one) <(head -n 11 two) && return 1
	cmp -s <(tail -n +2 two) <(head -n 11 one) && return 1
	cmp -s one two && return 1
	return 0
}

@test "gzip when asked, and the same bytes" {
	sandbox
	path=/rest/V1/orders?searchCriteria[pageSize]=20
	answer GET "$path" >plain
	run ask GET "$path" --compressed -o squeezed -D -
	assert_line --regexp '^Content-Encoding: gzip.?$'
	printf '\n' | cat squeezed - | cmp - plain
}

@test "hostile bodies and paths are refused and hurt nothing" {
	sandbox
	while IFS=$'\t' read -r want method path body; do
		got=$(send "$method" "$path" "$body" | tail -n 1)
		[ "$got" = "$want" ] ||
		    echo "$got, not $want: $method $path $body" >>wrong
	done <"$REPO/fixtures/hostile/mage-sandbox.tsv"
	[ ! -e wrong ] || { cat wrong; false; }
	[ "$(status_of GET /rest/V1/customers/1)" = 200 ]
	curl -sf "$URL/sandbox/state?entity=orders" |
	    cmp - "$REPO/fixtures/magento/entities/orders.ndjson"
	stop mage
	run cat "$WORK/mage.log"
	assert_output ''
}

@test "a body over the ceiling is 413" {
	sandbox
	truncate -s 170M big
	run ask POST /rest/V1/orders -H 'Content-Type: application/json' \
	    -H 'Expect:' --data-binary @big
	assert_line 413
}

@test "SIGTERM ends it with 0, also while a request hangs" {
	sandbox
	curl -sf -d '{"path":"/customers/","hang":true}' "$URL/sandbox/faults"
	ask GET /rest/V1/customers/1 >hung 2>&1 &
	sleep 0.3
	pid=$(cat "$WORK/mage.pid")
	kill "$pid"
	wait "$pid"
	assert_equal $? 0
	wait
}

@test "it ends with its parent, and after being idle" {
	sleep 1 &
	start gone mage-sandbox --data "$REPO/fixtures/magento/entities" \
	    --set "parent=$!"
	start idle mage-sandbox --data "$REPO/fixtures/magento/entities" \
	    --set idle=1
	wait "$(cat gone.pid)" "$(cat idle.pid)"
}

@test "bad arguments and files end it with 2 and a reason" {
	run_status 2 timeout 10 mage-sandbox
	assert_output --partial 'usage: mage-sandbox'
	run_status 2 timeout 10 mage-sandbox --data . --set nosuch=1
	assert_output --partial "cannot set 'nosuch=1'"
	run_status 2 timeout 10 mage-sandbox --data . --set bearer=maybe
	run_status 2 timeout 10 mage-sandbox --data "$WORK/nosuch"
	assert_output --partial nosuch
	printf '{"entity_id":1}' >orders.ndjson
	run_status 2 timeout 10 mage-sandbox --data .
	assert_output --partial 'orders: the last line has no newline'
	printf '{"x":1}\n' >orders.ndjson
	run_status 2 timeout 10 mage-sandbox --data .
	assert_output --partial "orders: line 1 has no 'entity_id'"
	rm orders.ndjson
	echo '{' >faults
	run_status 2 timeout 10 mage-sandbox --data . --faults faults
	assert_output --partial 'line 1: '
	run_status 3 sh -c 'timeout 10 mage-sandbox --data . >/dev/full'
	assert_output --partial 'cannot write'
	sandbox
	run_status 3 timeout 10 mage-sandbox --data . --port "${URL##*:}"
	assert_output --partial 'cannot listen on port'
	mkdir dir.state
	run_status 2 timeout 10 mage-sandbox --data . --state dir.state
}

@test "the examples of the page run" {
	cd "$REPO"
	sed -n '/^\.Sh EXAMPLES/,/^\.Ed/p' src/sandbox/mage-sandbox.1 |
	    sed -n '/^\.Bd/,/^\.Ed/{/^\./d;s/\\e/\\/;p}' |
	    sed "s,>first,>$WORK/first,; s, first\\b, $WORK/first,g" >"$WORK/example"
	run bash "$WORK/example"
	assert_output '{"total_count":76}'
}

@test "the clock can be made to stand" {
	start_mage
	for t in 2031-02-03T04:05:06Z 2020-01-01T00:00:00Z; do
		curl -sf -d "$t" "$MAGE_URL/sandbox/clock"
		curl -sfI -X GET "$MAGE_URL/sandbox/log" | tr -d '\r' >head
		[ "$(date -u -d "$(sed -n 's/^Date: //p' head)" +%FT%TZ)" = "$t" ]
	done
	run curl -sf -d tomorrow "$MAGE_URL/sandbox/clock"
	[ "$status" -ne 0 ]
}
