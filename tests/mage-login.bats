# How a store lets us in: an integration's token, its four keys, an admin.
load helpers

ENTITIES=$BATS_TEST_DIRNAME/../fixtures/magento/entities

prepare()
{
	start_mage --set bearer=off
	oauth
}

# conf LINE...: the configuration
conf()
{
	printf '%s\n' "[magento]" "url = $MAGE_URL" "attempts = 3" "$@" >millrace.conf
	export MILLRACE_CONF=$WORK/millrace.conf
}

secrets()
{
	credential mage access_token >token
	credential mage consumer_secret >consumer.secret
	credential mage token_secret >token.secret
	credential mage admin_password >password
}

oauth()
{
	secrets
	conf "login = oauth" "consumer_key = $(credential mage consumer_key)" \
		"consumer_secret_file = consumer.secret" "token_file = token" \
		"token_secret_file = token.secret" "$@"
}

admin()
{
	secrets
	conf "login = admin" "username = admin" "password_file = password" "$@"
}

# again OPTION...: another store, everything else as it was
again()
{
	stop mage
	rm -f ledger.sqlite*
	start_mage "$@"
}

sent()
{
	curl -sf "$MAGE_URL/sandbox/log"
}

# logins STATUS: how many were answered so
logins()
{
	sent | jq -s "map(select((.path | endswith(\"/admin/token\")) and .status == $1)) | length"
}

@test "oauth: every entity as it is, several requests at once" {
	oauth "page_size = 7" "in_flight = 4"
	for e in orders customers products; do
		mage-extract $e | sort | cmp - <(sort "$ENTITIES/$e.ndjson")
	done
	mage-extract reference >ref
	[ "$(grep -c '"reference":"store"' ref)" -eq "$(wc -l <"$ENTITIES/stores.ndjson")" ]
	oauth "store = de"
	mage-extract products | head -1 | grep -q '^{'
	[ "$(sent | grep -c '"status":401')" -eq 0 ]
}

@test "oauth: whatever stands in a filter, and more groups than ten" {
	mage-extract --where 'email like %+%' customers >got
	grep '^[^[]*"email":"[^"]*+' "$ENTITIES/customers.ndjson" | cmp - got
	mage-extract --where "lastname in O'Brien,a&b=c,100% ü,[x]" customers >none
	run_status 0 mage-extract --limit 3 --where 'entity_id > 0' --where 'entity_id > 1' --where 'entity_id > 2' \
		--where 'entity_id > 3' --where 'entity_id > 4' --where 'entity_id > 5' --where 'entity_id > 6' \
		--where 'entity_id > 7' --where 'entity_id > 8' --where 'entity_id > 9' --where 'store_id > 0' orders
	assert_line --index 0 --partial '"entity_id":10,'
}

@test "oauth: a repetition is signed anew, a nonce never used twice" {
	faults mage '{"path":"/V1/orders$","nth":2,"status":503,"headers":{"Retry-After":"0"}}' \
		'{"path":"/V1/orders$","nth":4,"reset":"after"}'
	oauth "page_size = 20"
	mage-extract orders | sort | cmp - <(sort "$ENTITIES/orders.ndjson")
}

@test "oauth: a clock that is ahead of Magento's is held against its Date" {
	for off in -7200 7200; do
		again --set bearer=off --set offset=$off
		oauth
		run_status 0 mage-extract -v --limit 1 orders
		if [ $off -lt 0 ]; then assert_output --partial "signed with its time"; fi
	done
}

@test "oauth: what is wrong with the keys is told, no secret is" {
	local secret
	secret=$(cat consumer.secret)
	echo "${secret%?}x" >consumer.secret
	run_status 2 mage-extract orders
	assert_output --partial "signature is invalid"
	assert_output --partial "consumer_secret_file"
	refute_output --partial "${secret%?}"
	echo "$secret" >consumer.secret
	sed -i 's/^consumer_key.*/consumer_key = nobody/' millrace.conf
	run_status 2 mage-extract orders
	assert_output --partial "one integration"
	oauth
	sed -i /consumer_key/d millrace.conf
	run_status 2 mage-extract orders
	assert_output --partial "consumer_key"
	oauth
	rm token.secret
	run_status 2 mage-extract orders
	assert_output --partial "token.secret"
	run_status 2 millrace-config check
	oauth
	chmod 644 token.secret
	run_status 2 mage-extract orders
}

@test "oauth: writes are signed as well, and no word of it is shown" {
	printf '{"verdict":"created","object":"Order","map":"order","phase":20,"source":"orders/15","key":"15","id":"8015e0000000015AAA","hash":"aa"}\n' >in
	mage-writeback -v <in >out 2>err
	cmp in out
	echo 15 >keys
	mage-extract -v --keys keys orders 2>>err | grep -q '"ext_order_id":"8015e0000000015AAA"'
	cat err in out | grep -cFf <(cat consumer.secret token token.secret; echo oauth_) | grep -x 0
	run millrace-doctor
	assert_line 'ok     Magento lets us read orders'
	assert_line 'ok     Magento lets us write orders'
	[ "$(sent | grep -c '"status":401')" -eq 0 ]
}

@test "oauth: products are told whatever stands in their SKU" {
	local id
	mage-extract products | jq -c 'select(.sku | test("[ /%+&]|[^ -~]"))' >odd
	[ "$(wc -l <odd)" -gt 1 ]
	grep -q '/' odd
	conf "login = oauth" "product_attribute = sf_product_id" \
		"consumer_key = $(credential mage consumer_key)" "consumer_secret_file = consumer.secret" \
		"token_file = token" "token_secret_file = token.secret"
	for id in $(jq .id odd); do
		printf '{"verdict":"created","object":"Product2","map":"product","source":"products/%s","key":"%s","id":"01t5e%010dAAA"}\n' "$id" "$id" "$id"
	done >in
	mage-writeback <in | cmp - in
	for id in $(jq .id odd); do
		echo "$id" >keys
		mage-extract --keys keys products | grep -qF "$(printf '01t5e%010dAAA' "$id")"
	done
	[ "$(sent | grep -c '"status":401')" -eq 0 ]
}

@test "oauth: a right that is missing is named" {
	again --set bearer=off --set deny=Magento_Sales::actions_view
	oauth
	run_status 2 mage-extract orders
	assert_output --partial "Magento_Sales::actions_view"
	assert_output --partial "lacks this right"
	run_status 0 mage-extract --limit 1 customers
}

@test "bearer: a store that takes none says what to do" {
	conf "token_file = token"
	run_status 2 mage-extract orders
	assert_output --partial "login = oauth"
	assert_output --partial "enable_integration_as_bearer"
	[ "$(wc -l <<<"$output")" -eq 1 ]
}

@test "admin: the token is had anew before its life ends" {
	again --set token_life=3 --set latency=350
	admin "page_size = 8" "in_flight = 1"
	mage-extract orders | sort | cmp - <(sort "$ENTITIES/orders.ndjson")
	[ "$(logins 200)" -ge 2 ]
	[ "$(sent | grep -c '"status":401')" -eq 0 ]
}

@test "admin: one that dies before is renewed, once for a call, once for all of them" {
	again
	admin "page_size = 5" "in_flight = 4"
	faults mage '{"path":"/V1/orders$","nth":6,"expire_token":true}'
	mage-extract orders | sort | cmp - <(sort "$ENTITIES/orders.ndjson")
	[ "$(logins 200)" -eq 2 ]
	faults mage '{"path":"/V1/orders$","status":401,"body_json":{"message":"no"}}'
	curl -sf -X DELETE "$MAGE_URL/sandbox/log"
	run_status 2 mage-extract orders
	assert_output --partial "lacks this right"
	[ "$(logins 200)" -eq 2 ]
}

@test "admin: a wrong password is sent once, and what to do is told" {
	again
	admin "in_flight = 8"
	echo wrong99 >password
	run_status 2 mage-extract orders
	assert_output --partial "half an hour"
	refute_output --partial wrong99
	[ "$(logins 401)" -eq 1 ]
	# in mid-run, with eight that want to log in
	admin "in_flight = 8" "page_size = 2"
	faults mage '{"path":"/V1/orders$","nth":20,"expire_token":true}' \
		'{"path":"/admin/token$","nth":2,"times":99,"status":401,"body_json":{"message":"The account sign-in was incorrect"}}'
	curl -sf -X DELETE "$MAGE_URL/sandbox/log"
	run_status 3 mage-extract orders
	assert_output --partial "half an hour"
	[ "$(logins 401)" -eq 1 ]
}

@test "admin: two-factor login refuses, and what to do is told" {
	again
	admin
	for s in 400 401; do
		faults mage "{\"path\":\"/admin/token\$\",\"status\":$s,\"body_json\":{\"message\":\"Please use the 2fa provider-specific endpoints to obtain a token.\",\"parameters\":{\"active_providers\":[\"google\"]}}}"
		run_status 2 mage-extract orders
		assert_output --partial "two-factor"
		assert_output --partial "login = oauth"
	done
	again --set two_factor=on
	admin
	run_status 2 mage-extract orders
	assert_output --partial "two-factor"
	faults mage '{"path":"/admin/token$","status":200,"body_json":""}'
	run_status 3 mage-extract orders
	assert_output --partial "without a token"
}
