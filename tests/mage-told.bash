# shellcheck shell=bash disable=SC2154  # bats and the tests
# What the tests of mage-writeback share: verdicts, and what the shop has of
# them.

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
