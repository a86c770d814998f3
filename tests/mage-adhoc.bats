# mage-extract for looking at some records: filters, keys, --for, subscribers.
load helpers

ENTITIES=$BATS_TEST_DIRNAME/../fixtures/magento/entities
MAPPINGS=$BATS_TEST_DIRNAME/../pipelines/mappings

prepare()
{
	start_mage
	settings
}

settings()
{
	credential mage token >token
	printf '[magento]\nurl = %s\nattempts = 2\ntoken_file = token\n' "$MAGE_URL" >millrace.conf
	export MILLRACE_CONF=$WORK/millrace.conf
}

faults()
{
	printf '%s\n' "$@" | curl -sf -X POST --data-binary @- "$MAGE_URL/sandbox/faults"
}

sent()
{
	curl -sf "$MAGE_URL/sandbox/log"
}

# of ENTITY FILTER [ID]: ids of the fixtures that a jq filter finds
of()
{
	jq "select($2) | ${3:-.entity_id}" "$ENTITIES/$1.ndjson" | sort -n
}

# found ENTITY WHERE... : ids that Magento finds
found()
{
	local entity=$1 where=()
	shift
	for w in "$@"; do where+=(--where "$w"); done
	mage-extract "${where[@]}" "$entity" | jq '.entity_id // .id'
}

@test "every operator says what it says" {
	of orders '.entity_id == 7' | diff - <(found orders 'entity_id = 7')
	of orders '.store_id != 1' | diff - <(found orders 'store_id <> 1')
	of orders '.grand_total > 100' | diff - <(found orders 'grand_total gt 100')
	of orders '.grand_total >= 100 and .grand_total <= 200' |
		diff - <(found orders 'grand_total from 100' 'grand_total <= 200')
	of orders '.grand_total < 50' | diff - <(found orders 'grand_total lt 50')
	of orders '.customer_email | test("^roni"; "i")' | diff - <(found orders 'customer_email like roni%')
	of orders '.customer_email | test("^roni"; "i") | not' | diff - <(found orders 'customer_email nlike roni%')
	of orders '.status | IN("pending", "complete")' | diff - <(found orders 'status in pending , complete')
	of orders '.status | IN("pending", "complete") | not' | diff - <(found orders 'status nin pending,complete')
	of orders '.customer_id == null' | diff - <(found orders 'customer_id null')
	of orders '.coupon_code != null' | diff - <(found orders 'coupon_code notnull')
	of sales-rules '.is_active' .rule_id | diff - <(mage-extract --where 'is_active = 1' sales-rules | jq .rule_id)
	of carts .is_active .id | diff - <(found carts 'is_active = true')
	of carts '.is_active | not' .id | diff - <(found carts 'is_active != true')
	of sales-rules '.coupon_type == "SPECIFIC_COUPON"' .rule_id | diff - <(mage-extract --where 'coupon_type = SPECIFIC_COUPON' sales-rules | jq .rule_id)
	of coupons '.rule_id >= 2' .coupon_id | diff - <(mage-extract --where 'rule_id gteq 2' coupons | jq .coupon_id)
}

@test "values with commas, quotes, percent signs and what firewalls dislike arrive as they are" {
	echo '{"id":9001,"email":"a+b@example.com","firstname":"O'"'"'Brien \"x\" <b>","lastname":"Smith, Jr & Söhne 100%","store_id":1,"website_id":1,"group_id":1}' |
		curl -sf -X POST --data-binary @- "$MAGE_URL/sandbox/records/customers"
	for w in 'lastname = Smith, Jr & Söhne 100%' 'lastname in "Smith, Jr & Söhne 100%",Nobody' \
		'lastname in Nobody,"Smith, Jr & Söhne 100%"' 'lastname like %, Jr & S%100\%' \
		"firstname = O'Brien \"x\" <b>" 'email = a+b@example.com' 'firstname like %"x" <b>'; do
		run_status 0 found customers "$w"
		assert_output 9001
	done
	run found customers 'lastname nin "Smith, Jr & Söhne 100%",Costello'
	refute_line 9001
	[ "$(sent | jq -r .query | grep -c '[<>" ]')" -eq 0 ]
	run_status 2 mage-extract --where 'lastname in "Smith' customers
	assert_output --partial "closing quote"
}

@test "a field that Magento does not know: named, with the nearest" {
	run_status 2 mage-extract --where 'statsu = pending' orders
	assert_output --partial "no field 'statsu' of orders; did you mean 'status'?"
	[ "$(sent | grep -c '"status":500')" -eq 2 ]	# not once by chance
	run_status 2 mage-extract --where 'emial = x' customers
	assert_output --partial "no field 'emial' of customers; did you mean 'email'?"
	run_status 2 mage-extract --where 'items = x' orders
	assert_output --partial "no field 'items' of orders"
	run_status 2 mage-extract --where 'status eqq x' orders
	assert_output --partial "did you mean 'eq'"
}

@test "a field that only a module knows is asked for" {
	curl -sf -X DELETE "$MAGE_URL/sandbox/log"
	found customers 'tier notnull' >got
	jq -c 'select(any(.custom_attributes[]?; .attribute_code == "tier")) | .id' "$ENTITIES/customers.ndjson" | diff - got
	sent | jq -r .query | grep -c notnull
}

@test "a store that fails is not said to lack a field" {
	found customers 'tier notnull' >want
	faults '{"path":"/customers/search","nth":1,"status":500,"body_text":"oops"}'
	found customers 'tier notnull' | diff want -
	faults '{"path":"/customers/search","status":500,"body_text":"oops"}'
	run_status 3 mage-extract --where 'tier notnull' customers
	refute_output --partial "knows no field"
}

@test "moments: offsets are reckoned, days have an end, what is ambiguous is refused" {
	t=$(jq -r .created_at "$ENTITIES/orders.ndjson" | sort | sed -n 40p)
	of orders ".created_at >= \"$t\"" | diff - <(found orders "created_at >= $t")
	local east
	east=$(date -u -d "$t UTC +2 hours" +%Y-%m-%dT%H:%M:%S+02:00)
	of orders ".created_at >= \"$t\"" | diff - <(found orders "created_at >= $east")
	mage-extract --since "$east" orders | jq .entity_id | diff - <(of orders ".updated_at >= \"$t\"")
	day=${t% *}
	of orders ".created_at[0:10] > \"$day\"" | diff - <(found orders "created_at > $day")
	of orders ".created_at[0:10] <= \"$day\"" | diff - <(found orders "created_at <= $day")
	of orders ".created_at[0:7] == \"${day%-*}\"" | diff - <(found orders "created_at like ${day%-*}%")
	for w in "= $day" "> yesterday" "> 21.11.2026" "> 1763690400" "gt $t CET" "in $day,$t"; do
		run_status 2 mage-extract --where "created_at $w" orders
	done
}

@test "subscribers: customers who are subscribed, and what is not known is said" {
	run_status 0 mage-extract subscribers
	assert_output --partial "guests, dates and unconfirmed addresses"
	mage-extract -q subscribers >got
	grep '"is_subscribed":true' "$ENTITIES/customers.ndjson" | sort | cmp - <(sort got)
	[ -s got ]
	[ "$(mage-extract -q --limit 2 subscribers | wc -l)" -eq 2 ]
	no=$(grep '"is_subscribed":false' "$ENTITIES/customers.ndjson" | head -1 | jq .id)
	yes=$(head -1 got | jq .id)
	printf 'subscribers/%s\n%s\n' "$no" "$yes" >keys
	run_status 1 mage-extract --keys keys subscribers
	assert_output --partial "no subscribers/$no in Magento"
	assert_output --partial "{\"id\":$yes,"
	run_status 2 mage-extract --since 2026-11-21 subscribers
	run_status 2 mage-extract --highest subscribers
	echo '{"id":9001,"email":"a@example.com","firstname":"A","lastname":"B","store_id":1,"website_id":1,"group_id":1}' |
		curl -sf -X POST --data-binary @- "$MAGE_URL/sandbox/records/customers"
	run_status 1 mage-extract subscribers
	assert_output --partial "1 customers do not tell"
}

# payloads ENTITY MAP...: the same from whole records and from what --for gives
payloads()
{
	local entity=$1 maps
	shift
	maps=$(IFS=,; echo "$*")
	mage-extract -v --for "$maps" "$entity" >part 2>log
	[ "$(wc -l <part)" -eq "$(wc -l <"$ENTITIES/$entity.ndjson")" ]
	mage-extract "$entity" >whole
	rec-map --ref ref "$@" <whole >want || [ $? -eq 1 ]
	rec-map --ref ref "$@" <part >got || [ $? -eq 1 ]
	# what is rejected shows its record
	sed 's/,"record":.*//' want | cmp - <(sed 's/,"record":.*//' got)
	[ -s got ]
}

@test "--for: the shipped maps give the same payloads" {
	mage-extract reference >ref
	payloads customers "$MAPPINGS"/{account,contact}.map
	grep -q 'asked for: items\[id,' log
	[ "$(wc -c <part)" -lt "$(($(wc -c <whole) * 9 / 10))" ]
	payloads products "$MAPPINGS"/{product,price,price-standard}.map
	payloads orders "$MAPPINGS"/{order,order-item,order-fee,order-draft,order-activate,guest-account,guest-contact,placeholder-product,placeholder-price,placeholder-price-standard}.map
	[ "$(wc -c <part)" -lt "$(($(wc -c <whole) / 3))" ]
}

@test "--for: what is empty is as empty as in the whole record" {
	mkdir data
	for r in '"addresses":[],"extension_attributes":{"other":1}' '"addresses":[{"id":1,"city":"X"}]' '"addresses":[{"id":2}],"extension_attributes":{"is_subscribed":true}' '"firstname":null'; do
		echo "{\"id\":$((++n)),\"email\":\"c$n@example.com\",\"website_id\":1,\"store_id\":1,$r}"
	done >data/customers.ndjson
	stop mage
	MAGE_DATA=$PWD/data start_mage
	rm -f ledger.sqlite*
	settings
	cat >m.map <<-'EOF'
		from customers
		object Account
		phase 1
		key Id__c = .id | text
		N = .addresses | length
		T = if .addresses then "some" else "none" end
		C = [.addresses[]?.city] | map(. // "-") | join(",")
		S = .extension_attributes.is_subscribed // "?" | text
		F = .firstname
	EOF
	mage-extract customers | rec-map m.map >want
	mage-extract --for m.map customers >part
	rec-map m.map <part | cmp - want
	grep -q '"addresses":\[\]' part
	grep -q '"extension_attributes":{}' part
	sent | jq -r .query | grep -q 'fields=items%5Bid%2C.*addresses%5Bcity%5D'
}

@test "--for: maps that want the record as a whole get it, and it is said" {
	printf 'from customers\nobject Account\nphase 1\nkey Id__c = .id | text\nAll__c = tojson\n' >m.map
	run_status 0 mage-extract -v --for m.map --limit 1 customers
	assert_output --partial "as a whole"
	mage-extract --for m.map customers | cmp - <(mage-extract customers)
}

@test "--for: with keys, filters and children; not where it would lie" {
	printf '5\n9\n' >keys
	mage-extract --keys keys --for "$MAPPINGS/order.map" --with invoices orders >got
	[ "$(jq -c '[.entity_id, (.children.invoices | type)]' got | tr -d '\n')" = '[5,"array"][9,"array"]' ]
	run_status 2 mage-extract --for "$MAPPINGS/order.map" customers
	assert_output --partial "read orders, not customers"
	run_status 2 mage-extract --for nothing.map orders
	run_status 2 mage-extract --for "$MAPPINGS/order.map" --since 2026-11-21 orders
	run_status 2 mage-extract --for "$MAPPINGS/order.map" reference
	MILLRACE_RUN=$PWD run_status 2 mage-extract --for "$MAPPINGS/order.map" orders
	assert_output --partial "not in a run"
}
