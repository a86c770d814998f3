# mage-extract - what Magento has, one record a line.
load helpers

ENTITIES=$BATS_TEST_DIRNAME/../fixtures/magento/entities

prepare()
{
	start_mage
	conf
}

# conf [LINE...]: the configuration, with more lines for [magento]
conf()
{
	credential mage token >token
	credential mage admin_password >password
	{
		printf '[magento]\nurl = %s\nattempts = 2\n' "$MAGE_URL"
		[ $# -gt 0 ] || echo "token_file = token"
		printf '%s\n' "$@"
	} >millrace.conf
	export MILLRACE_CONF=$WORK/millrace.conf
}

bearer()
{
	conf "token_file = token" "$@"
}

# faults LINE...: from now on
faults()
{
	printf '%s\n' "$@" | curl -sf -X POST --data-binary @- "$MAGE_URL/sandbox/faults"
}

# asked PATTERN: how many requests in the log have it
asked()
{
	curl -sf "$MAGE_URL/sandbox/log" | grep -c -- "$1"
}

ids()
{
	jq -r "${2:-.entity_id}" "$1" | tr '\n' ' '
}

@test "every entity, byte for byte, ascending" {
	for e in customers products orders carts invoices shipments creditmemos; do
		mage-extract $e >$e.out
		cmp <(sort $e.out) <(sort "$ENTITIES/$e.ndjson")
		jq -r '.entity_id // .id' $e.out >$e.ids
		sort -nc $e.ids
	done
	jq -e 'has("status_histories") and has("payment") and (.extension_attributes.shipping_assignments | length > 0)' orders.out >/dev/null
	grep -q '"tracks":\[{' shipments.out
	for e in sales-rules coupons; do
		mage-extract $e | sort | cmp - <(sort "$ENTITIES/$e.ndjson")
	done
	mage-extract customer-groups >groups
	[ "$(jq -r .id groups | head -1)" = 0 ]
	[ "$(wc -l <groups)" -eq "$(wc -l <"$ENTITIES/customer-groups.ndjson")" ]
}

@test "led requests has every call that the store had" {
	conf "login = admin" "username = admin" "password_file = password" "page_size = 5"
	mage-extract customers >/dev/null
	mage-extract orders >/dev/null
	led requests --json >requests
	[ "$(jq -s 'map(select(.system == "magento") | .calls) | add' requests)" -eq \
		"$(curl -sf "$MAGE_URL/sandbox/log" | jq -s 'map(select(.path | startswith("/rest/"))) | length')" ]
}

@test "small pages, one or many at once, give the same" {
	mage-extract orders >one
	bearer "page_size = 3" "in_flight = 8"
	mage-extract orders >two
	cmp one two
	bearer "page_size = 1" "in_flight = 1"
	mage-extract products >three
	cmp three <(conf; mage-extract products)
}

@test "reference: every kind, records untouched" {
	mage-extract reference >ref
	run jq -r .reference ref
	for k in website store-group store store-config customer-group product-attribute customer-attribute; do
		assert_line $k
	done
	run grep -c '^{"reference":"store","record":{' ref
	assert_output "$(wc -l <"$ENTITIES/stores.ndjson")"
	bearer "page_size = 2"
	mage-extract reference | cmp - ref
	run_status 2 mage-extract --since 2026-11-21 reference
}

@test "--with: children as a last member, the record as it was" {
	mage-extract --with invoices,shipments,creditmemos orders >with
	mage-extract orders >without
	sed 's/,"children":{"invoices":.*$/}/' with | cmp - without
	[ "$(jq -c '.children.invoices[]' with | wc -l)" -eq "$(wc -l <"$ENTITIES/invoices.ndjson")" ]
	[ "$(jq -c '.children.shipments[]' with | wc -l)" -eq "$(wc -l <"$ENTITIES/shipments.ndjson")" ]
	[ "$(jq -c '.children.creditmemos[]' with | wc -l)" -eq "$(wc -l <"$ENTITIES/creditmemos.ndjson")" ]
	run jq -c 'select(any(.children.invoices[]; .order_id != 1)) | .entity_id' <(head -1 with)
	assert_output ""
	bearer "page_size = 2"
	mage-extract --with invoices,shipments,creditmemos orders | cmp - with
	run_status 2 mage-extract --with invoices,refunds orders
	assert_output --partial "not 'refunds'"
	run_status 2 mage-extract --with invoices customers
	run_status 2 mage-extract --with invoices carts
	assert_output --partial "orders and products with carts, each once, not 'invoices'"
}

@test "--with orders: who else comes from the same cart, of orders and of carts" {
	put orders '[., inputs] | map(select(.entity_id | IN(3, 6, 7, 8, 9)) | .quote_id = 28 | if .entity_id == 6 then del(.quote_id) elif .entity_id > 7 then .quote_id = 0 else . end)[]'
	mage-extract --with orders orders >with
	[ "$(jq -c 'select(.entity_id | IN(3, 7)) | .children.orders' with | uniq -c)" = \
		'      2 [{"entity_id":3,"quote_id":28},{"entity_id":7,"quote_id":28}]' ]
	[ "$(jq -c 'select(.entity_id | IN(6, 8, 9)).children.orders' with | uniq -c)" = '      3 []' ]
	[ "$(jq -c 'select(.entity_id == 25).children.orders' with)" = '[{"entity_id":25,"quote_id":25}]' ]
	for size in 1 2; do
		bearer "page_size = $size"
		mage-extract --with orders orders | cmp - with
	done
	mage-extract --with orders carts >carts
	[ "$(jq -c 'select(.id == 28).children.orders | length' carts)" = 2 ]
	[ "$(jq -c 'select(.id == 29).children.orders | length' carts)" = 0 ]
	mage-extract carts | cmp - <(sed 's/,"children":{"orders":.*$/}/' carts)
}

@test "--since and --until: a closed window in UTC" {
	t=$(jq -r .updated_at "$ENTITIES/orders.ndjson" | sort | sed -n 30p)
	mage-extract --since "$t" orders >since
	jq -c --arg t "$t" 'select(.updated_at >= $t) | .entity_id' "$ENTITIES/orders.ndjson" | sort -n >want
	jq -c .entity_id since | cmp - want
	mage-extract --until "${t/ /T}Z" orders >until
	jq -c --arg t "$t" 'select(.updated_at <= $t) | .entity_id' "$ENTITIES/orders.ndjson" | sort -n >want
	jq -c .entity_id until | cmp - want
	mage-extract --since 2031-01-01 orders >none
	[ ! -s none ]
	mage-extract --since 2000-01-01 --until 2040-01-01 orders | cmp - <(mage-extract orders)
}

# put KIND JQ: records of the fixtures, changed
put()
{
	jq -c "$2" "$ENTITIES/$1.ndjson" | curl -sf -X POST --data-binary @- \
		"$MAGE_URL/sandbox/records/$1" >/dev/null
}

@test "--changed: overlap, a closed end, documents, young orders" {
	bearer 'overlap = 5m'
	printf '[orders]\nreread_days = 0\n' >>millrace.conf
	put orders '.updated_at = "2026-01-01 00:00:00" | .created_at = "2026-01-01 00:00:00"'
	for k in invoices shipments creditmemos; do
		put $k '.updated_at = "2026-01-01 00:00:00"'
	done
	put orders 'select(.entity_id == 11) | .updated_at = "2026-11-21 01:55:00" | .created_at = "2026-01-01 00:00:00"'
	put orders 'select(.entity_id == 12) | .updated_at = "2026-11-21 01:54:59" | .created_at = "2026-01-01 00:00:00"'
	put orders 'select(.entity_id == 13) | .updated_at = "2026-11-21 03:00:00" | .created_at = "2026-01-01 00:00:00"'
	put orders 'select(.entity_id == 14) | .updated_at = "2026-11-21 03:00:01" | .created_at = "2026-01-01 00:00:00"'
	window=(--changed 2026-11-21T02:00:00Z --until 2026-11-21T03:00:00Z)
	mage-extract "${window[@]}" orders >got
	assert_equal "$(ids got)" "11 13 "
	want="11 13"
	for k in invoices shipments creditmemos; do
		read -r id order < <(jq -r 'select(.order_id > 14) | "\(.entity_id) \(.order_id)"' "$ENTITIES/$k.ndjson" | tail -1)
		put $k "select(.entity_id == $id) | .updated_at = \"2026-11-21 02:30:00\""
		want+=" $order"
	done
	mage-extract "${window[@]}" orders >got
	# shellcheck disable=SC2086 # words
	assert_equal "$(ids got)" "$(printf '%s\n' $want | sort -nu | tr '\n' ' ')"
	# those invoices are not of what is asked for here
	mage-extract "${window[@]}" shipments >some
	[ "$(wc -l <some)" -eq 1 ]
	put orders 'select(.entity_id == 20) | .created_at = "2026-11-20 03:00:00" | .updated_at = "2026-11-20 03:00:00"'
	put orders 'select(.entity_id == 21) | .created_at = "2026-11-20 02:59:59" | .updated_at = "2026-11-20 03:00:00"'
	sed -i '/reread_days/d' millrace.conf
	# shellcheck disable=SC2086 # words
	assert_equal "$(mage-extract "${window[@]}" orders | ids -)" "$(printf '%s\n' $want 20 | sort -nu | tr '\n' ' ')"
	put invoices 'select(.entity_id == 7) | .updated_at = "2026-11-21 02:30:00" | del(.order_id)'
	run_status 3 mage-extract "${window[@]}" orders
	assert_output --partial "invoices/7 has no 'order_id'"
}


@test "--changed: a clock that went back has everything read" {
	run_status 0 mage-extract --changed 2026-11-21T02:00:00Z --until 2026-11-21T01:00:00Z orders
	assert_output --partial "went back"
	[ "$(grep -c '^{' <<<"$output")" -eq 76 ]
}

@test "--known: what was deleted is told, and nothing else" {
	for id in 1 7 76; do
		curl -sf -X DELETE "$MAGE_URL/sandbox/records/orders/$id"
	done
	seq 1 76 >known
	bearer "page_size = 10"
	run_status 1 bash -c 'mage-extract --known known orders >got'
	assert_equal "$(jq -r 'select(.verdict) | .source' got | tr '\n' ' ')" "orders/1 orders/7 orders/76 "
	grep -q '"verdict":"held","reason":"source-gone"' got
	[ "$(jq 'select(.verdict | not)' -c got | wc -l)" -eq 73 ]
	# above --up-to nothing was read, but what lies above all is gone
	printf '3\n7\n60\n' >some
	run_status 1 bash -c 'mage-extract --known some --up-to 50 orders >got'
	assert_equal "$(jq -r 'select(.verdict) | .source' got)" orders/7
	printf '7\n3\n' >bad
	run_status 2 mage-extract --known bad --limit 3 orders
	run_status 3 mage-extract --known bad orders
	assert_output --partial "bad:2:"
	run_status 2 mage-extract --known nothing-there orders
	run_status 2 mage-extract --known known --since 2026-01-01 orders
}

@test "moments that Magento would misread are refused" {
	for t in 2026-11-21T02:00:00+1 yesterday 1763690400 2026-02-30 "2026-11-21 25:00:00" ""; do
		run_status 2 mage-extract --since "$t" orders
	done
	run_status 2 mage-extract --since 2026-11-21 customer-groups
	assert_output --partial "updated_at"
}

@test "--also: besides the window, each once, in order" {
	t=$(jq -r .updated_at "$ENTITIES/orders.ndjson" | sort | sed -n 60p)
	{ mage-extract --since "$t" orders | jq -c .entity_id; printf '1\n5\n76\n'; } | sort -nu >want
	printf '5\n1\n5\n76\n99999\n' >also
	mage-extract --since "$t" --also also orders | jq -c .entity_id >got
	cmp got want
	: >empty
	mage-extract --since 2031-01-01 --also empty orders >none
	[ ! -s none ]
	mage-extract --since 2031-01-01 --also also orders >some
	assert_equal "$(ids some)" "1 5 76 "
}

@test "--keys: ids, increment ids, SKUs, addresses" {
	increment=$(jq -r 'select(.entity_id == 9) | .increment_id' "$ENTITIES/orders.ndjson")
	printf '# two\n7\norders/5\n\n5\nincrement:%s\n' "$increment" >keys
	mage-extract --keys keys orders >got
	assert_equal "$(ids got)" "5 7 9 "
	mage-extract --keys - orders <keys | cmp - got
	jq -r '"sku:" + .sku' "$ENTITIES/products.ndjson" >skus
	mage-extract --keys skus products | cmp - <(mage-extract products)
	jq -r '"email:" + .email' "$ENTITIES/customers.ndjson" >mails
	bearer "page_size = 10"
	mage-extract --keys mails customers | cmp - <(mage-extract customers)
}

@test "--keys: what is not there is told, what makes no sense refused" {
	printf '5\n4711\nincrement:nope\n' >keys
	run_status 1 mage-extract --keys keys orders
	assert_output --partial "no orders/4711 in Magento"
	assert_output --partial "'nope'"
	assert_output --partial '"entity_id":5'
	printf '5\nsku:abc\n' >keys
	run_status 2 mage-extract --keys keys orders
	assert_output --partial "keys:2:"
	run_status 2 mage-extract --keys nothing-there orders
	run_status 2 mage-extract --keys keys --since 2026-11-21 orders
}

@test "many keys: no URL is too long" {
	seq 1 3000 >keys
	run_status 1 bash -c 'mage-extract -q --keys keys customers 2>/dev/null >got'
	[ "$(wc -l <got)" -eq 142 ]
	run curl -sf "$MAGE_URL/sandbox/log"
	! grep -q '"status":414' <<<"$output"
}

@test "--of: the customers and products that orders name" {
	mage-extract --limit 40 orders >orders
	mage-extract --of orders customers | jq .id >got
	jq '.customer_id // empty' orders | sort -nu >want
	jq .id "$ENTITIES/customers.ndjson" | sort -n | comm -12 <(sort want) <(sort -) | sort -n | cmp - got
	mage-extract --of orders products | jq .id >got
	jq '.items[].product_id // empty' orders | sort -nu >want
	jq .id "$ENTITIES/products.ndjson" | sort | comm -12 <(sort want) - | sort -n | cmp - got
	run_status 2 mage-extract --of orders invoices
}

@test "--where, ANDed; a condition type that Magento would read as eq is refused" {
	mage-extract --where 'status = pending' --where 'entity_id > 20' orders >got
	jq -c 'select(.status == "pending" and .entity_id > 20) | .entity_id' "$ENTITIES/orders.ndjson" | sort -n >want
	[ -s want ]
	jq -c .entity_id got | cmp - want
	mage-extract --where 'status in pending,complete' orders | jq -r .status | sort -u >got
	mage-extract --where 'customer_id null' orders >guests
	[ "$(wc -l <guests)" -eq 55 ]
	mage-extract --where 'id lteq 3' customers >three
	assert_equal "$(ids three .id)" "1 2 3 "
	mage-extract --where 'email like %+%' customers >plus
	run_status 2 mage-extract --where 'entity_id moreq 70' orders
	assert_output --partial "'moreq'"
	run_status 2 mage-extract --where 'entity_id' orders
	run_status 2 mage-extract --where 'entity_id gt' orders
}

@test "--where on a field that Magento does not know" {
	run_status 2 mage-extract --where 'nonsense = 1' orders
	assert_output --partial "field"
	run_status 2 mage-extract --where 'nonsense = 1' customers
	assert_output --partial "nonsense"
}

@test "--store, --up-to, --limit" {
	code=$(jq -r 'select(.id == 1) | .code' "$ENTITIES/stores.ndjson")
	mage-extract --store "$code" orders | jq .store_id | sort -u >got
	assert_equal "$(cat got)" 1
	run_status 2 mage-extract --store nowhere orders
	assert_output --partial "'nowhere'"
	run_status 2 mage-extract --store "$code" customer-groups
	mage-extract --up-to 5 orders >five
	assert_equal "$(ids five)" "1 2 3 4 5 "
	mage-extract --limit 2 orders >two
	assert_equal "$(ids two)" "1 2 "
	mage-extract --limit 0 orders >zero
	[ ! -s zero ]
	run_status 2 mage-extract --limit some orders
}

@test "a reader that leaves ends it quietly" {
	bearer "page_size = 2"
	mage-extract orders 2>err | head -1 >one
	[ "${PIPESTATUS[0]}" -eq 0 ]
	[ ! -s err ]
	[ "$(wc -l <one)" -eq 1 ]
}

@test "a full disk is told" {
	run_status 3 bash -c 'mage-extract orders >/dev/full'
	assert_output --partial "No space left"
}

@test "a page limit is learned from the refusal" {
	stop mage
	start_mage --set limits=on --set max_page_size=4
	bearer
	mage-extract orders >got
	cmp <(sort got) <(sort "$ENTITIES/orders.ndjson")
	mage-extract reference >ref
	[ "$(grep -c '"product-attribute"' ref)" -eq "$(wc -l <"$ENTITIES/product-attributes.ndjson")" ]
}

@test "an old release, with its page limit and its repeated last page" {
	for r in 2.3.0 2.4.3; do
		stop mage
		rm -f ledger.sqlite*
		start_mage --set release=$r
		bearer "page_size = 7"
		mage-extract orders >got
		# older releases show fewer taxes, and other totals of rows
		cmp <(jq -c '[.entity_id, .grand_total]' got | sort) \
		    <(jq -c '[.entity_id, .grand_total]' "$ENTITIES/orders.ndjson" | sort)
		mage-extract customer-groups >groups
		[ "$(wc -l <groups)" -eq "$(wc -l <"$ENTITIES/customer-groups.ndjson")" ]
	done
}

@test "admin login; a token that dies in mid-run is renewed once" {
	conf "login = admin" "username = admin" "password_file = password" "page_size = 5"
	mage-extract orders >got
	cmp <(sort got) <(sort "$ENTITIES/orders.ndjson")
	faults '{"path":"/V1/orders$","nth":4,"expire_token":true}'
	run_status 0 mage-extract -v orders
	assert_output --partial "renewed"
	[ "$(grep -c '^{' <<<"$output")" -eq 76 ]
}

@test "wrong credentials" {
	echo wr0ng >token
	run_status 2 mage-extract orders
	assert_output --partial "401"
	refute_output --partial wr0ng
	conf "login = admin" "username = admin" "password_file = password"
	echo secret99 >password
	run_status 2 mage-extract orders
	refute_output --partial secret99
	chmod 644 password
	run_status 2 mage-extract orders
	rm password
	run_status 2 mage-extract orders
	rm ledger.sqlite
	sed -i 's,^url.*,url = http://shop.example/,' millrace.conf
	run_status 2 mage-extract orders
	assert_output --partial "plain http"
}

@test "a server that dies in mid-run: incomplete, and says so" {
	bearer "page_size = 5" "in_flight = 1"
	faults '{"path":"/V1/orders$","nth":6,"times":99,"reset":"before"}'
	run_status 3 mage-extract orders
	assert_output --partial "incomplete"
	stop mage
	run_status 3 mage-extract orders
	assert_output --partial "connect"
}

# The page (-1, 3] and every half of it with 3 in it are answered with 500.
@test "a record that Magento cannot give stands alone, the others are saved" {
	bearer "page_size = 4"
	faults '{"path":"/V1/orders$","query":"value\\]=(-1|1|2)&.*=gt&.*value\\]=3&.*=lteq","status":500,"body_json":{"message":"Internal Error. Report ID: webapi-1"}}'
	run_status 1 bash -c 'mage-extract orders 2>/dev/null >got'
	assert_equal "$(grep -c '"items":' got)" 75
	run sed -n 3p got
	assert_output --partial '{"verdict":"rejected","reason":"unreadable"'
	assert_output --partial '"source":"orders/3"'
	assert_output --partial 'webapi-1'
}

@test "an order whose children cannot be read stands alone as well" {
	bearer "page_size = 4"
	faults '{"path":"/V1/invoices$","query":"=order_id.*value\\]=([0-9]*,)*3(,[0-9]*)*&","status":500}'
	run_status 1 bash -c 'mage-extract --with invoices orders 2>/dev/null >got'
	assert_equal "$(grep -c '"children":' got)" 75
	grep -q '"verdict":"rejected","reason":"unreadable".*"source":"orders/3"' got
	# of a cart, it is all orders that come from it
	put orders '[., inputs] | map(select(.entity_id | IN(3, 7)) | .quote_id = 28)[]'
	faults '{"path":"/V1/orders$","query":"=quote_id.*value\\]=([0-9]*,)*28(,[0-9]*)*&","status":500}'
	run_status 1 bash -c 'mage-extract --with orders orders 2>/dev/null >got'
	assert_equal "$(grep -c '"children":' got)" 74
	grep -q '"reason":"unreadable","message":"its orders: .*"source":"orders/7"' got
}

@test "prices by website, and the SKUs of carts; what cannot be shown of them stands alone" {
	bearer "page_size = 4"
	printf '[prices]\npricebooks = base: A, eu: B\nmulti_currency = yes\n' >>millrace.conf
	mage-extract --with prices products >got
	mage-extract products | cmp - <(sed 's/,"children":{"prices":.*$/}/' got)
	[ "$(jq -c 'select(.children.prices | map([.website, .store]) == [["base","default"],["eu","fr"]])' got | wc -l)" -eq 18 ]
	[ "$(jq -c 'select(.id == 1).children.prices[1]' got)" = '{"website":"eu","website_id":2,"store":"fr","currency":"EUR","timezone":"Europe/Paris","price":35.5,"special_price":"28.500000","special_from_date":"2026-11-01 00:00:00","special_to_date":"2027-11-01 00:00:00"}' ]
	[ "$(jq -c 'select(.id == 18).children.prices[0] | has("price")' got)" = false ]
	mage-extract --with products,orders carts >got
	[ "$(jq -c 'select(.id == 28).children.products' got)" = '[{"sku":"24-MB04","id":2},{"sku":"24-MB01","id":1}]' ]
	faults '{"path":"/fr/V1/products$","query":"=entity_id.*value\\]=([0-9]*,)*3(,[0-9]*)*&","status":500}' \
		'{"path":"/V1/products$","query":"=sku.*24-MB01","status":500}'
	run_status 1 bash -c 'mage-extract --with prices products 2>/dev/null >got'
	[ "$(grep -c '"children":' got)" -eq 17 ]
	grep -q '"reason":"unreadable","message":"its prices: .*"source":"products/3"' got
	[ "$(jq -c 'select(.id == 4).children.prices | map(.price)' got)" = '[9.95,9.95]' ]
	mage-extract --with products carts >got
	[ "$(jq -c 'select(.id == 28).children.products' got)" = '[{"sku":"24-MB04","id":2}]' ]
	# where none of them can be, it is no product's fault
	faults '{"path":"/V1/products$","status":500}'
	run_status 3 mage-extract --with products carts
	assert_output --partial "incomplete"
}

@test "a server that does not sort or filter is found out" {
	faults '{"path":"/V1/orders$","query":"lteq","status":200,"body_json":{"items":[{"entity_id":5},{"entity_id":4}],"total_count":2}}'
	run_status 3 mage-extract orders
	assert_output --partial "out of order"
}

@test "a server that answers a list of ids with another record is found out" {
	echo 7 >keys
	bearer "page_size = 1"
	faults '{"path":"/V1/orders$","query":"=in&","status":200,"body_json":{"items":[{"entity_id":5}],"total_count":1}}'
	run_status 3 timeout 20 mage-extract --keys keys orders
	assert_output --partial "does not filter"
}

@test "arguments" {
	run_status 2 mage-extract
	run_status 2 mage-extract ordrs
	assert_output --partial "'orders'"
	run_status 2 mage-extract orders customers
	run_status 2 mage-extract --sinse 2026-11-21 orders
	run_status 0 mage-extract --help
	assert_output --partial "--with"
	bearer "page_size = 0"
	run_status 2 mage-extract orders
	run_status 2 mage-extract -c nothing.conf orders
}

@test "calls are counted in the ledger" {
	mage-extract orders >/dev/null
	run led status
	[ -f ledger.sqlite ]
	run sqlite3 ledger.sqlite "SELECT calls > 0 FROM api WHERE system = 'magento' AND kind = 'read'"
	assert_output 1
}

@test "--highest: where a run begins, by Magento's clock" {
	run_status 0 mage-extract --highest orders
	assert_output --regexp '^76 20[0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9:]{8}Z 76$'
	run_status 0 mage-extract --highest --where 'entity_id < 10' orders
	assert_output --regexp '^9 '
	run_status 0 mage-extract --highest --where 'entity_id > 1000' orders
	assert_output --regexp '^0 '
	# of several, by one clock
	run_status 0 mage-extract --highest customers orders
	assert_output --regexp '^144 ([^ ]+) 142
76 ([^ ]+) 76$'
	[ "$(cut -d' ' -f2 <<<"$output" | uniq | wc -l)" -eq 1 ]
	run_status 2 mage-extract --highest orders wagons
	run_status 2 mage-extract --highest --where 'entity_id > 1' customers orders
	run_status 2 mage-extract --highest
}

# tls OPTION...: a TLS server with a certificate of its own for localhost
tls()
{
	openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -days 2 \
		-subj "/CN=${CN:-localhost}" -addext "subjectAltName=DNS:${CN:-localhost}" 2>/dev/null
	: >tls.out		# without the port of the last one
	openssl s_server -accept 127.0.0.1:0 -key key.pem -cert cert.pem -www "$@" >tls.out 2>&1 </dev/null 3>&- &
	echo $! >tls.pid
	for ((i = 0; i < 100; i++)); do
		port=$(sed -n 's/^ACCEPT .*:\([0-9]*\)$/\1/p' tls.out)
		[ -z "$port" ] || break
		sleep 0.05
	done
	rm -f ledger.sqlite*
	printf '[magento]\nurl = https://localhost:%s/\ntoken_file = token\nattempts = 1\n' "$port" >millrace.conf
}

@test "TLS: verified, by the system's authorities or by ca_file" {
	tls
	run_status 2 mage-extract orders
	assert_output --partial "no safe connection"
	assert_output --partial "ca_file"
	echo "ca_file = cert.pem" >>millrace.conf
	run_status 3 mage-extract orders
	assert_output --partial "a page for people instead of JSON"
	sed -i 's/cert.pem/nothing.pem/' millrace.conf
	run_status 2 mage-extract orders
}

@test "TLS: a certificate for another name, and too old a version, are refused" {
	CN=other.example tls
	echo "ca_file = cert.pem" >>millrace.conf
	run_status 2 mage-extract orders
	assert_output --partial "no safe connection"
	stop tls || true
	tls -tls1_1 -cipher ALL:@SECLEVEL=0
	echo "ca_file = cert.pem" >>millrace.conf
	run_status 2 mage-extract orders
	assert_output --partial "no safe connection"
}

@test "--shard: the parts are the whole, nothing twice" {
	stop mage
	mkdir data
	cp "$ENTITIES/customer-groups.ndjson" data
	jq -nc 'range(1; 9000; 7) | {id: ., group_id: 1, email: "c\(.)@example.com", firstname: "A", lastname: "B", store_id: 1, website_id: 1, created_at: "2026-11-21 00:00:00", updated_at: "2026-11-21 00:00:00"}' >data/customers.ndjson
	MAGE_DATA=$PWD/data start_mage
	bearer
	mage-extract customers >all
	[ "$(wc -l <all)" -eq "$(wc -l <data/customers.ndjson)" ]
	for i in 1 2 3; do mage-extract --shard $i/3 customers; done >parts
	cmp <(sort -t: -k2n parts) <(sort -t: -k2n all)
	for i in 1 2 3; do [ "$(mage-extract --shard $i/3 customers | wc -l)" -gt 300 ]; done
	printf '1\n1002\n2003\n' >keys
	run_status 0 bash -c 'mage-extract --shard 2/3 --keys keys customers | jq -c .id'
	assert_output 1002
	for s in 0/3 4/3 x 1/2/3 ""; do run_status 2 mage-extract --shard "$s" customers; done
}
