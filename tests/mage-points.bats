#!/usr/bin/env bats
# The pretend Magento shop: the points of what bites those who read and
# write over REST, each by its number (5 and 6 stand in mage-auth.bats).
load helpers
bats_require_minimum_version 1.5.0
load mage-api

ENTITIES=$REPO/fixtures/magento/entities
ASC='searchCriteria[sortOrders][0][field]=entity_id&searchCriteria[sortOrders][0][direction]=ASC'

plan()	# FAULT...: the plan from now on
{
	faults mage "$@"
}

page()	# SIZE NUMBER [MORE]: ids of a page of orders, sorted by id
{
	answer GET "/rest/V1/orders?$ASC&searchCriteria[pageSize]=$1&searchCriteria[currentPage]=$2&fields=items[entity_id],total_count${3:+&$3}" |
	    jq -c '[.items[]?.entity_id] + [.total_count]'
}

put()	# NAME RECORD...
{
	local name=$1
	shift
	printf '%s\n' "$@" |
	    curl -sf --data-binary @- "$URL/sandbox/records/$name" >/dev/null
}

@test "1: null members are missing, but for those that never are" {
	sandbox
	answer GET "/rest/V1/orders/1" | jq -e '(has("customer_id")|not) and
	    (has("coupon_code")|not) and has("ext_order_id")==has("ext_order_id")
	    and (.payment|has("account_status") and .account_status==null and
	    .cc_last4==null)'
	answer GET "/rest/V1/shipments?searchCriteria[pageSize]=0" |
	    jq -e '[.items[].tracks[]|has("qty") and has("description")]|length>0 and all'
	answer GET /rest/V1/coupons/search?searchCriteria |
	    jq -e '[.items[]|has("is_primary")]|all'
	# a member that somebody sets to null is gone when it is read again
	plan '{"path":"/orders/7$","change":[{"update":"orders","id":7,"record":{"remote_ip":null}}]}'
	answer GET /rest/V1/orders/7 | jq -e 'has("remote_ip")|not'
}

@test "2: no sort, no order; ties stand otherwise on each page" {
	sandbox --set unsorted=each --set ties=each
	for p in 1 2 3 4; do
		answer GET "/rest/V1/orders?searchCriteria[pageSize]=20&searchCriteria[currentPage]=$p&fields=items[entity_id]" |
		    jq '.items[].entity_id'
	done >got
	[ "$(wc -l <got)" -eq 76 ]
	[ "$(sort -un got | wc -l)" -lt 76 ]	# so rows repeat, and others miss
	tied()
	{
		answer GET "/rest/V1/orders?searchCriteria[sortOrders][0][field]=store_id&searchCriteria[sortOrders][0][direction]=ASC&fields=items[entity_id,store_id]"
	}
	tied >one
	tied >two
	run ! cmp -s one two
	[ "$(jq '[.items[].store_id]|.==sort' one)" = true ]
	# the id as the second key mends it
	answer GET "/rest/V1/orders?searchCriteria[sortOrders][0][field]=store_id&searchCriteria[sortOrders][1][field]=entity_id&fields=items[entity_id]" >one
	answer GET "/rest/V1/orders?searchCriteria[sortOrders][0][field]=store_id&searchCriteria[sortOrders][1][field]=entity_id&fields=items[entity_id]" | cmp - one
}

@test "3: rows change while one pages: repeated, missed, as SQL does it" {
	sandbox
	order=$(sed -n 1p "$ENTITIES/orders.ndjson" | jq -c '.entity_id=100000')
	# a row of the first page goes: the first of the second is missed
	plan '{"path":"/orders$","nth":2,"change":[{"delete":"orders","id":3}]}'
	run page 10 1
	assert_output '[1,2,3,4,5,6,7,8,9,10,76]'
	run page 10 2
	assert_output '[12,13,14,15,16,17,18,19,20,21,75]'
	curl -sf -X POST "$URL/sandbox/reset"
	# a new row in front: the last of the first page comes again
	down="searchCriteria[sortOrders][0][field]=entity_id&searchCriteria[pageSize]=5&fields=items[entity_id]"
	plan "{\"path\":\"/orders\$\",\"nth\":2,\"change\":[{\"put\":\"orders\",\"record\":$order}]}"
	run answer GET "/rest/V1/orders?$down"
	assert_output '{"items":[{"entity_id":76},{"entity_id":75},{"entity_id":74},{"entity_id":73},{"entity_id":72}]}'
	run answer GET "/rest/V1/orders?$down&searchCriteria[currentPage]=2"
	assert_output --partial '[{"entity_id":72},'
	# updated_at jumps: a window's rows leave it
	plan '{"path":"/orders$","nth":2,"change":[{"update":"orders","id":1,"record":{}}]}'
	old="$SC[field]=updated_at&$SC[condition_type]=lt&$SC[value]=2026-11-22%2000:15:00&searchCriteria[pageSize]=1&fields=total_count"
	n=$(answer GET "/rest/V1/orders?$old" | jq .total_count)
	[ "$(answer GET "/rest/V1/orders?$old" | jq .total_count)" -eq $((n - 1)) ]
	# by keys and with a fixed upper bound nothing is missed
	plan '{"path":"/orders$","nth":2,"change":[{"delete":"orders","id":3}]}'
	keys="$SC[field]=entity_id&$SC[condition_type]=gt&$ASC&searchCriteria[pageSize]=10&fields=items[entity_id]"
	answer GET "/rest/V1/orders?$keys&$SC[value]=0" >one
	run answer GET "/rest/V1/orders?$keys&$SC[value]=$(jq '.items[-1].entity_id' one)"
	assert_output --partial '{"items":[{"entity_id":11},'
}

@test "4: updated_at: whole seconds in UTC, shared, and committed late" {
	sandbox --set clock=2030-01-02T03:04:05Z
	put orders '{"entity_id":501,"updated_at":"2030-01-02 03:00:00"}' \
	    '{"entity_id":502,"updated_at":"2030-01-02 03:00:00"}' \
	    '{"entity_id":503,"updated_at":"2030-01-02 03:00:01"}'
	win="$SC[field]=updated_at&$SC[condition_type]=gteq&$SC[value]=2030-01-02%2003:00:00&$ASC&fields=items[entity_id,updated_at]"
	run answer GET "/rest/V1/orders?${win/gteq/gt}"
	assert_output '{"items":[{"entity_id":503,"updated_at":"2030-01-02 03:00:01"}]}'
	run answer GET "/rest/V1/orders?$win"
	assert_output --partial '"entity_id":501'
	# a transaction that began before and commits after the reading
	plan '{"path":"/orders$","change_at":"after","times":1,"change":[{"put":"orders","record":{"entity_id":500,"updated_at":"2030-01-02 02:59:58"}}]}'
	late="$SC[field]=updated_at&$SC[condition_type]=gteq&$SC[value]=2030-01-02%2002:59:00&fields=total_count"
	run answer GET "/rest/V1/orders?$late"
	assert_output '{"total_count":3}'
	run answer GET "/rest/V1/orders?$late"
	assert_output '{"total_count":4}'
	# an update that names no time is of the shop's clock
	plan '{"path":"/orders/501","change":[{"update":"orders","id":501,"record":{"status":"x"}}]}'
	run answer GET "/rest/V1/orders/501"
	assert_output --regexp '"updated_at":"2030-01-02 03:04:[01][0-9]","status":"x"'
}

@test "7: a limit on pageSize names itself; without a size all, or the default" {
	sandbox --set release=2.4.3
	run ask GET '/rest/V1/orders?searchCriteria[pageSize]=301'
	assert_line '{"message":"Maximum SearchCriteria pageSize is %max","parameters":{"max":300}}'
	assert_line 400
	answer GET /rest/V1/orders?searchCriteria | jq -e '.items|length==20'
	answer GET '/rest/V1/orders?searchCriteria[pageSize]=0' | jq -e '.items|length==76'
	many='/rest/V1/orders?searchCriteria[pageSize]=1'
	for i in {0..20}; do
		many+="&searchCriteria[filter_groups][$i][filters][0][field]=entity_id&searchCriteria[filter_groups][$i][filters][0][value]=1"
	done
	run answer GET "$many"
	assert_output --partial 'Maximum items of type'
	stop mage
	sandbox --set release=2.4.6 --set bearer=on
	answer GET /rest/V1/orders?searchCriteria | jq -e '.items|length==76'
	answer GET '/rest/V1/orders?searchCriteria[pageSize]=-5' | jq -e '.items|length==1'
}

@test "8: past the end: nothing since 2.4, the last page again before" {
	for r in 2.3.7:76 2.4.0:null 2.4.8:null; do
		sandbox --set release=${r%:*} --set bearer=on
		run page 70 9
		assert_output --regexp "76\]$"
		[ "$(jq '.[:-1]|last' <<<"$output")" = ${r#*:} ]
		run page 70 0
		assert_output --regexp '^\[1,'
		stop mage
	done
}

@test "9: comments, tracks and addresses do not move updated_at" {
	sandbox
	was=$(sed -n 5p "$ENTITIES/orders.ndjson" | jq -r .updated_at)
	send POST /rest/V1/orders/5/comments '{"statusHistory":{"comment":"x","is_customer_notified":0,"is_visible_on_front":0,"parent_id":5}}'
	answer GET /rest/V1/orders/5 | jq -e ".updated_at==\"$was\" and .status_histories[0].comment==\"x\""
	plan '{"path":"/shipments$","change":[{"update":"shipments","id":1,"quiet":true,"record":{"tracks":[{"track_number":"T"}]}}]}'
	was=$(jq -r 'select(.entity_id==1).updated_at' "$ENTITIES/shipments.ndjson")
	answer GET "/rest/V1/shipments?$SC[field]=entity_id&$SC[value]=1" |
	    jq -e ".items[0]|.updated_at==\"$was\" and .tracks[0].track_number==\"T\""
	plan '{"path":"/products$","change":[{"update":"products","id":2,"quiet":true,"record":{"name":"N"}}]}'
	was=$(sed -n 2p "$ENTITIES/products.ndjson" | jq -r .updated_at)
	answer GET "/rest/V1/products?$SC[field]=entity_id&$SC[value]=2" |
	    jq -e ".items[0]|.updated_at==\"$was\" and .name==\"N\""
}

@test "10: guests have no customer_id, their carts a customer of nulls" {
	sandbox
	answer GET "/rest/V1/orders?$SC[field]=customer_is_guest&$SC[value]=1" |
	    jq -e '.total_count>0 and ([.items[]|(has("customer_id")|not) and
	    .customer_group_id==0 and .customer_email!=null]|all)'
	answer GET /rest/V1/carts/27 | jq -e '.customer=={"email":null,"firstname":null,"lastname":null}
	    and .billing_address.city==null'
	answer GET "/rest/V1/orders?$SC[field]=customer_id&$SC[condition_type]=null&$SC[value]=1&fields=total_count" |
	    jq -e ".total_count==$(jq -s 'map(select(has("customer_id")|not))|length' "$ENTITIES/orders.ndjson")"
}

@test "11: carts: no items when inactive, totals only when active, purged" {
	sandbox
	answer GET '/rest/V1/carts/search?searchCriteria[pageSize]=0' >all
	jq -e '[.items[]|select(.is_active==false)|.items==[] or (has("items")|not)]|length>0 and all' all
	jq -e '[.items[]|select(.is_active)|has("items")]|all' all
	answer GET /rest/V1/carts/28/totals | jq -e '.grand_total==117'
	run ask GET /rest/V1/carts/1/totals
	assert_line --partial 'No such entity with %fieldName = %fieldValue'
	assert_line 404
	plan '{"path":"/carts/search","change":[{"delete":"carts","id":28}]}'
	answer GET '/rest/V1/carts/search?searchCriteria[pageSize]=1' >first
	[ "$(jq .total_count first)" -eq $(($(jq .total_count all) - 1)) ]
	[ "$(status_of GET /rest/V1/carts/28)" = 404 ]
}

@test "12: items: parent and child, twice in an order, row_total by release" {
	sandbox
	answer GET '/rest/V1/orders?searchCriteria[pageSize]=0' >all
	jq -e '[.items[]|select(.is_virtual==0)|(.items|length)==(.extension_attributes.shipping_assignments[0].items|length)]|all' all
	jq -e '[.items[].items[]|select(.parent_item)|.parent_item.item_id==.parent_item_id]|length>0 and all' all
	total()
	{
		answer GET /rest/V1/orders/8 | jq -c '.items[0]|[.row_total,.base_row_total]'
	}
	[ "$(total)" = '[80.97,80.97]' ]	# 3 * 29.99 - 9
	answer GET /rest/V1/orders/8 | jq -e '.extension_attributes|has("taxes")'
	for r in 2.3.0:[89.97,89.97] 2.4.6:[80.97,80.97] 2.4.8:[20.99,20.99]; do
		stop mage
		sandbox --set release=${r%%:*} --set bearer=on
		[ "$(total)" = "${r#*:}" ]
	done
	answer GET "/rest/V1/orders/items?$SC[field]=order_id&$SC[value]=8" |
	    jq -e '[.items[].row_total]|index(20.99)'
}

@test "12: before 2.4.7 no taxes among the extension attributes" {
	sandbox --set release=2.4.6 --set bearer=on
	answer GET '/rest/V1/orders?searchCriteria[pageSize]=0' |
	    jq -e '[.items[].extension_attributes|keys[]]|unique|
	    index("taxes")==null and index("additional_itemized_taxes")==null
	    and index("shipping_assignments")!=null'
	run answer GET '/rest/V1/orders/items?searchCriteria[pageSize]=0'
	refute_output --partial itemized_taxes
	# and before 2.4 lists do not say who is subscribed, a customer does
	stop mage
	sandbox --set release=2.3.7
	run answer GET '/rest/V1/customers/search?searchCriteria[pageSize]=0'
	refute_output --partial is_subscribed
	answer GET /rest/V1/customers/1 | jq -e '.extension_attributes|has("is_subscribed")'
}

@test "13: one poisoned record breaks each page that holds it" {
	sandbox --set poison=orders:17,products:2 --set poison_as=fatal
	run ask GET "/rest/V1/orders?$ASC&searchCriteria[pageSize]=10&searchCriteria[currentPage]=2"
	assert_line --regexp '^\{"messages":\{"error":\[\{"code":500,"message":"Server internal error\. See details in report api\\/[0-9]+"\}\]\}\}$'
	assert_line 500
	[ "$(status_of GET "/rest/V1/orders?$ASC&searchCriteria[pageSize]=10")" = 200 ]
	[ "$(status_of GET /rest/V1/orders/17)" = 500 ]
	[ "$(status_of GET /rest/V1/orders/18)" = 200 ]
	[ "$(status_of GET /rest/V1/products/24-MB04)" = 500 ]
	stop mage
	sandbox
	plan '{"path":"/orders","poison":"orders:3,orders:5"}'
	run ask GET "/rest/V1/orders?$ASC&searchCriteria[pageSize]=4"
	assert_line --regexp '^\{"message":"Internal Error\. Details are available in Magento log file\. Report ID: webapi-[0-9a-f]{13}"\}$'
	assert_line 500
	plan '{"path":"/orders","poison":"orders:5","as":"message"}'
	[ "$(status_of GET "/rest/V1/orders?$ASC&searchCriteria[pageSize]=4")" = 200 ]
	run ask GET "/rest/V1/orders?$ASC&searchCriteria[pageSize]=5"
	assert_line --regexp '^\{"message":"[^"]*"\}$'
	assert_line 200
	plan '{"poison":"orders:5","as":"empty"}'
	run ask GET /rest/V1/orders/5
	assert_output $'\n200'
}

@test "14: messages have %1 with a list, %name with an object, or errors" {
	sandbox
	answer GET "/rest/V1/products?$SC[field]=nosuch&$SC[value]=1" |
	    jq -e '(.message|contains("%1")) and .parameters==["nosuch"]'
	answer GET /rest/V1/customers/999 | jq -e '(.message|contains("%fieldName"))
	    and .parameters=={"fieldName":"customerId","fieldValue":999}'
	sed '1,/^$/d' "$REPO/fixtures/magento/exchanges/errors/400_customer_address_multi_errors.req" >body
	answer POST /rest/V1/customers -H 'Content-Type: application/json' \
	    --data-binary @body | jq -e '(.errors|length)==4 and
	    .message=="One or more input exceptions have occurred."'
}

@test "15: maintenance, gateways, resets, truncated JSON" {
	sandbox
	plan '{"times":1,"as":"maintenance"}' '{"nth":2,"as":"gateway"}' \
	    '{"nth":3,"as":"timeout"}' '{"nth":4,"reset":"before"}' \
	    '{"nth":5,"truncate":20}'
	run ask GET /rest/V1/customers/1 -D -
	assert_line --partial 'Service Temporarily Unavailable</title>'
	assert_line --regexp '^Content-Type: text/html'
	assert_line 503
	refute_output --partial Retry-After
	[ "$(status_of GET /rest/V1/customers/1)" = 502 ]
	[ "$(status_of GET /rest/V1/customers/1)" = 504 ]
	[ "$(status_of GET /rest/V1/customers/1)" = 000 ]
	run curl -s -H "Authorization: Bearer $TOKEN" "$URL/rest/V1/customers/1"
	assert_equal "$status" 18
	assert_output '{"id":1,"group_id":2'
	# cut, but the length fits what is sent: PHP's memory ended in between
	plan '{"status":200,"body_text":"{\"items\":[{\"entity_id\":1,","type":"application/json"}'
	run ask GET /rest/V1/orders?searchCriteria
	assert_line '{"items":[{"entity_id":1,'
	assert_line 200
}

@test "16: 429 with and without Retry-After, a firewall's 403 by the query" {
	sandbox
	plan '{"times":1,"as":"limit"}' '{"nth":2,"as":"limit","headers":{"Retry-After":"9"}}' \
	    '{"query":"(%|'\''|select|<)","as":"waf"}'
	run ask GET /rest/V1/customers/1 -D -
	assert_line 429
	refute_output --partial Retry-After
	run ask GET /rest/V1/customers/1 -D -
	assert_line 429
	assert_line --regexp '^Retry-After: 9'
	run ask GET "/rest/V1/customers/search?$SC[field]=email&$SC[value]=a%25&$SC[condition_type]=like"
	assert_line --partial '403 Forbidden'
	assert_line 403
	[ "$(status_of GET "/rest/V1/customers/search?$SC[field]=email&$SC[value]=a")" = 200 ]
	run curl -s -d '{"as":"nosuch"}' "$URL/sandbox/faults"
	assert_output "line 1: 'as' is not the name of an answer"
	run curl -s -d '{"change":[{"put":"nosuch","record":{}}]}' "$URL/sandbox/faults"
	assert_output "line 1: 'change' is not an array of puts, updates and deletes"
	[ "$(status_of GET "/rest/V1/customers/search?x=$(printf 'y%.0s' {1..8200})")" = 414 ]
}

@test "17: groups AND, filters OR; eq by default, in, like, null; unknown names" {
	sandbox
	g()	# GROUP FILTER FIELD VALUE [TYPE]
	{
		printf '&searchCriteria[filter_groups][%s][filters][%s][field]=%s&searchCriteria[filter_groups][%s][filters][%s][value]=%s' \
		    "$1" "$2" "$3" "$1" "$2" "$4"
		[ -z "$5" ] || printf '&searchCriteria[filter_groups][%s][filters][%s][condition_type]=%s' "$1" "$2" "$5"
	}
	n()
	{
		answer GET "/rest/V1/orders?fields=items[entity_id]&$ASC$1" | jq -c '[.items[]?.entity_id]'
	}
	[ "$(n "$(g 0 0 entity_id 3)$(g 0 1 entity_id 5)")" = '[3,5]' ]
	[ "$(n "$(g 0 0 entity_id 3)$(g 1 0 entity_id 5)")" = '[]' ]
	[ "$(n "$(g 0 0 entity_id 3,5,900 in)")" = '[3,5]' ]
	[ "$(n "$(g 0 0 entity_id 3 from)$(g 1 0 entity_id 5 to)")" = '[3,4,5]' ]
	[ "$(n "$(g 0 0 increment_id %2500005 like)")" = '[5,45]' ]
	[ "$(n "$(g 0 0 entity_id 70 moreq)")" = '[70]' ]	# taken for eq
	[ "$(n "$(g 0 0 entity_id 3)$(g 0 1 ext_order_id x notnull)$(g 1 0 entity_id 6 lt)")" != '[]' ]
	[ "$(status_of GET "/rest/V1/orders?searchCriteria$(g 0 0 id 3)")" = 500 ]
	[ "$(status_of GET "/rest/V1/invoices?searchCriteria$(g 0 0 nosuch 3)")" = 500 ]
	[ "$(status_of GET "/rest/V1/customers/search?searchCriteria$(g 0 0 id 3)")" = 400 ]
	[ "$(status_of GET "/rest/V1/products?searchCriteria$(g 0 0 nosuch 3)")" = 400 ]
	[ "$(status_of GET "/rest/V1/customerGroups/search?searchCriteria$(g 0 0 id 1)")" = 200 ]
}

@test "18: DESC unless said otherwise; another direction is 400" {
	sandbox
	sort='/rest/V1/orders?searchCriteria[pageSize]=2&fields=items[entity_id]&searchCriteria[sortOrders][0][field]=entity_id'
	run answer GET "$sort"
	assert_output '{"items":[{"entity_id":76},{"entity_id":75}]}'
	run answer GET "$sort&searchCriteria[sortOrders][0][direction]=asc"
	assert_output '{"items":[{"entity_id":1},{"entity_id":2}]}'
	[ "$(status_of GET "$sort&searchCriteria[sortOrders][0][direction]=up")" = 400 ]
	[ "$(status_of GET "${sort%entity_id}nosuch")" = 500 ]
	[ "$(status_of GET "/rest/V1/products?searchCriteria[sortOrders][0][field]=nosuch")" = 200 ]
}

@test "19: fields: nested, attributes by code, [] when malformed" {
	sandbox
	run answer GET '/rest/V1/orders/1?fields=entity_id,payment[method],items[sku,parent_item[sku]],billing_address[city]'
	assert_output --regexp '^\{"entity_id":1,"billing_address":\{"city":"[^"]*"\},"items":\[\{"sku":"[^}]*\}.*"payment":\{"method":"checkmo"\}|^\{"entity_id":1,'
	jq -e 'keys==["billing_address","entity_id","items","payment"] and
	    (.payment|keys==["method"]) and ([.items[]|keys-["sku","parent_item"]]|flatten==[])' <<<"$output"
	run answer GET '/rest/V1/customers/1?fields=id,custom_attributes[tier,is_vip]'
	jq -e '[.custom_attributes[].attribute_code]|sort==["is_vip","tier"]' <<<"$output"
	run answer GET '/rest/V1/orders?searchCriteria[pageSize]=1&fields=entity_id'
	assert_output '[]'
	for bad in 'items[entity_id' 'items entity_id' 'items[a]]' ''; do
		run answer GET "/rest/V1/orders?searchCriteria[pageSize]=1&fields=${bad// /%20}"
		assert_output '[]'
	done
	# numbers keep their text
	put orders '{"entity_id":900,"grand_total":10.50,"big":12345678901234567890123}'
	run answer GET '/rest/V1/orders/900?fields=grand_total,big'
	assert_output '{"grand_total":10.50,"big":12345678901234567890123}'
}

@test "20: total_count is a statement of its own: off under writes, the rest under keys" {
	sandbox
	plan '{"path":"/orders$","times":1,"change_at":"rows","change":[{"delete":"orders","id":2},{"delete":"orders","id":1}]}'
	run page 5 1
	assert_output '[1,2,3,4,5,74]'
	run page 5 1
	assert_output '[3,4,5,6,7,74]'
	run answer GET "/rest/V1/orders?$SC[field]=entity_id&$SC[condition_type]=gt&$SC[value]=70&$ASC&searchCriteria[pageSize]=2&fields=total_count"
	assert_output '{"total_count":6}'
}

@test "21: numbers and letters as PHP writes them" {
	sandbox
	put orders '{"entity_id":901,"grand_total":90,"tax_amount":1.0e-7,"weight":0.30000000000000004,"store_name":"A\/B \u00e9 \ud83d\ude00"}'
	run answer GET /rest/V1/orders/901
	assert_output '{"entity_id":901,"grand_total":90,"tax_amount":1.0e-7,"weight":0.30000000000000004,"store_name":"A\/B \u00e9 \ud83d\ude00"}'
	# what comes in as UTF-8 goes out as ASCII
	send POST /rest/V1/orders '{"entity":{"entity_id":901,"customer_firstname":"Zoë/ü"}}'
	run answer GET '/rest/V1/orders/901?fields=customer_firstname'
	assert_output '{"customer_firstname":"Zo\u00eb\/\u00fc"}'
	# the database has no letters of four bytes
	send POST /rest/V1/orders '{"entity":{"entity_id":901,"customer_firstname":"a😀日"}}'
	run answer GET '/rest/V1/orders/901?fields=customer_firstname'
	assert_output '{"customer_firstname":"a????\u65e5"}'
	stop mage
	sandbox --set precision=17
	answer GET /rest/V1/orders/9 >got
	grep -qF '"base_subtotal":158.65000000000001' got
	grep -qF '"base_grand_total":178.71000000000001' got || grep -qE '"base_grand_total":[0-9]+\.?[0-9]*' got
}

@test "22: increment_ids are text, ids have gaps and pass 2^31" {
	sandbox
	put orders '{"entity_id":4294967299,"increment_id":"POS-000007"}' \
	    '{"entity_id":90000,"increment_id":"000012"}'
	run page 10 8
	assert_output '[71,72,73,74,75,76,90000,4294967299,78]'
	keys="$SC[field]=entity_id&$SC[condition_type]=gt&searchCriteria[filter_groups][1][filters][0][field]=entity_id&searchCriteria[filter_groups][1][filters][0][condition_type]=lteq&$ASC&fields=items[entity_id]"
	run answer GET "/rest/V1/orders?$keys&$SC[value]=1000&searchCriteria[filter_groups][1][filters][0][value]=2000"
	assert_output '{"items":null}'
	run answer GET "/rest/V1/orders/4294967299?fields=increment_id"
	assert_output '{"increment_id":"POS-000007"}'
	run answer GET "/rest/V1/orders?$SC[field]=increment_id&$SC[value]=000012&fields=items[entity_id]"
	assert_output '{"items":[{"entity_id":90000}]}'
}

@test "23: attributes of every shape, modules' own members" {
	sandbox
	put customers '{"id":902,"email":"x@y.example","extension_attributes":{"acme":{"points":"5.3300","tags":[null,1],"none":null}},"acme_top":[],"custom_attributes":[{"attribute_code":"a","value":"1,2"},{"attribute_code":"b","value":["3"]},{"attribute_code":"c","value":null}]}'
	answer GET /rest/V1/customers/902 | jq -e '.extension_attributes.acme=={"points":"5.3300","tags":[null,1],"none":null}
	    and .acme_top==[] and (.custom_attributes|length)==3'
	answer GET '/rest/V1/products?searchCriteria[pageSize]=0' |
	    jq -e '[.items[].custom_attributes[]|.value|type]|unique==["array","string"]'
}

@test "24: store codes in the path: texts of products, nothing else" {
	sandbox
	name()
	{
		answer GET "/rest$1/V1/products/24-MB01?fields=name" | jq -r .name
	}
	[ "$(name '')" = 'Joust Duffle Bag' ]
	[ "$(name /all)" = 'Joust Duffle Bag' ]
	[ "$(name /fr)" = 'Joust Duffle Bag' ]
	[ "$(name /de)" = 'Joust Reisetasche' ]
	answer GET "/rest/de/V1/products?$SC[field]=sku&$SC[value]=24-MB01" |
	    jq -e '.items[0].name=="Joust Reisetasche"'
	put product-values '{"id":2,"product_id":1,"store":"default","name":"Mine"}'
	[ "$(name '')" = Mine ]
	[ "$(name /all)" = 'Joust Duffle Bag' ]
	for s in de default all; do
		answer GET "/rest/$s/V1/orders?searchCriteria[pageSize]=1&fields=total_count"
	done | sort -u >got
	[ "$(cat got)" = '{"total_count":76}' ]
	run ask GET /rest/nosuch/V1/orders/1
	assert_line '{"message":"Specified request cannot be processed."}'
	assert_line 400
	run ask GET /rest/V1/nosuch
	assert_line '{"message":"Request does not match any route."}'
	assert_line 404
}

@test "25: one e-mail on two websites, customers without this and that" {
	sandbox
	answer GET "/rest/V1/customers/search?$SC[field]=email&$SC[value]=RONI_cost@example.com" |
	    jq -e '[.items[]|.website_id]|sort==[1,2]'
	# texts are equal without regard to case and accents
	put customers '{"id":925,"email":"z@y.example","firstname":"Zo\u00cb"}'
	for name in zoe ZO%C3%89 Zo%C3%AB%20; do
		answer GET "/rest/V1/customers/search?$SC[field]=firstname&$SC[value]=$name" |
		    jq -e '[.items[]|.id]==[925]'
	done
	answer GET /rest/V1/customers/3 | jq -e '.addresses==[] and (has("default_billing")|not)
	    and (has("dob")|not) and (has("gender")|not)'
	answer GET /rest/V1/customers/1 | jq -e '.default_billing=="1" and .dob=="1973-12-15"'
	answer GET /rest/V1/customerGroups/0 | jq -e '.code=="NOT LOGGED IN"'
}

@test "26: slow by the row, and slower by what lies before the page" {
	sandbox --set row_latency=5000 --set skip_latency=2000
	time_of()
	{
		page "$1" "$2" >/dev/null
		curl -s "$URL/sandbox/log" | tail -n 1 | jq .ms
	}
	many=$(time_of 20 1) late=$(time_of 2 30)
	[ "$many" -ge 100 ]
	[ "$late" -ge 126 ]
	for i in 1 2 3; do	# the machine may be busy, but not always
		few=$(time_of 2 1)
		[ "$few" -ge "$many" ] || break
	done
	[ "$few" -ge 10 ]
	[ "$few" -lt "$many" ]
	# the shop goes on though the client has given up
	plan '{"method":"POST","delay":0}'
	run curl -sg -m 0.2 -H "Authorization: Bearer $TOKEN" "$URL/rest/V1/orders?searchCriteria[pageSize]=60"
	assert_equal "$status" 28
	curl -s "$URL/sandbox/log" | tail -n 1 | jq -e '.status==200 and .ms>=300'
}

@test "27: a stale cache serves the same URL again, to anybody" {
	sandbox --set cache=600
	a='/rest/V1/orders/7?fields=status'
	run ask GET "$a" -D -
	refute_output --regexp '^Age:'
	assert_line --regexp '^Cache-Control: no-store'
	send POST /rest/V1/orders '{"entity":{"entity_id":7,"status":"fresh"}}'
	TOKEN=wrong
	run ask GET "$a" -D -
	assert_line --regexp '^Age: [1-9]'
	refute_output --partial fresh
	TOKEN=$(credential mage token)
	run answer GET "$a&n=2"
	assert_output '{"status":"fresh"}'
}

@test "30: what is deleted is gone without a trace; the clocks differ" {
	sandbox --set offset=-7200
	plan '{"path":"/orders/9$","change":[{"delete":"orders","id":9}]}'
	run ask GET /rest/V1/orders/9 -D -
	assert_line 404
	date=$(sed -n 's/^Date: //p' <<<"$output" | tr -d '\r')
	skew=$(($(date +%s) - $(date -d "$date" +%s)))
	[ "$skew" -ge 7199 ]
	[ "$skew" -le 7203 ]
	run answer GET "/rest/V1/orders?$SC[field]=entity_id&$SC[value]=9&fields=total_count"
	assert_output '{"total_count":0}'
	run page 3 3
	assert_output '[7,8,10,75]'
}

@test "orders on disk stay there: a page by keys reads its own rows alone" {
	env -u MAKEFLAGS -u MFLAGS -u SAN make -s -C "$REPO" .o/bench/gen >/dev/null
	mkdir many
	"$REPO/.o/bench/gen" orders 3000 1 >many/orders.ndjson
	[ "$(stat -c %s many/orders.ndjson)" -gt 25000000 ]
	MAGE_DATA=$WORK/many sandbox
	mapped()	# KB of the file that are in memory
	{
		awk '/orders.ndjson/ { ours = 1 } ours && /^Rss/ { print $2; exit }' \
		    "/proc/$(cat mage.pid)/smaps"
	}
	keys="$SC[field]=entity_id&$SC[condition_type]=gt&$ASC&searchCriteria[pageSize]=10&fields=items[entity_id],total_count"
	page 1 1 >/dev/null
	answer GET "/rest/V1/orders?$keys&$SC[value]=2000" |
	    jq -e '[.items[0].entity_id, .total_count]==[2001,1000]'
	[ "$(mapped)" -lt 2000 ]
	# a column that is filtered by is looked for in all of them, and let go
	new="searchCriteria[filter_groups][1][filters][0][field]=updated_at&searchCriteria[filter_groups][1][filters][0][condition_type]=gteq&searchCriteria[filter_groups][1][filters][0][value]"
	for i in {1..32}; do
		page 1 1 >/dev/null
	done
	n=$(jq -s '[.[]|select(.updated_at>="2026-06")]|length' many/orders.ndjson)
	answer GET "/rest/V1/orders?$keys&$SC[value]=0&$new=2026-06-01" |
	    jq -e ".total_count==$n"
	answer GET "/rest/V1/orders?$keys&$SC[value]=0&$new=2026-06-01" |
	    jq -e ".total_count==$n"
	[ "$(awk '/^RssAnon/ { print $2 }' "/proc/$(cat mage.pid)/status")" -lt 20000 ]
	# writers move what is remembered along
	curl -sf -X DELETE "$URL/sandbox/records/orders/1"
	put orders '{"entity_id":3001,"updated_at":"2030-01-01 00:00:00"}'
	answer GET "/rest/V1/orders?$keys&$SC[value]=0&$new=2029-01-01" |
	    jq -ce '[.items[].entity_id]==[3001]'
}
