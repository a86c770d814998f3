# sf-check - maps and settings against what Salesforce takes
load helpers
load sf

prepare()
{
	start_sf
	write_sf_conf
	maps=$REPO/pipelines/mappings
}

# map NAME LINE...: a map of orders; without `object` it is one of Order
map()
{
	local name=$1
	shift
	{
		echo "from orders"
		echo "phase 5"
		[[ $* == *object* ]] || echo "object Order"
		[[ $* == *"key "* ]] || echo "key Magento_Id__c = .entity_id | text"
		printf '%s\n' "$@"
	} >"$name.map"
}

# What an order must have, so that only what is looked for is found.
whole='Account.Magento_Id__c [insert] = .customer_id | text
EffectiveDate = .created_at | local_date("UTC")
Status [insert] = "Draft"'

@test "the shipped maps have no finding in the shipped schema" {
	run_status 0 sf-check "$maps"/*.map
	assert_output ""
	run_status 0 millrace check
	assert_output ""
}

@test "it only reads, and counts its requests" {
	curl -sf "$SF_URL/sandbox/state" | sort >before
	sf-check "$maps"/*.map
	curl -sf "$SF_URL/sandbox/state" | sort | cmp - before
	run requests
	refute_line --regexp '^(PATCH|PUT|DELETE)'
	assert_equal "$(grep -c 'POST' <<<"$output")" 1	# the login
	assert_equal "$(grep -c '/describe$' <<<"$output")" 7
	run led requests
	assert_output --partial describe
}

@test "a field that is not there, by the nearest name" {
	map m "$whole" 'PoNumbr = .payment.po_number'
	run_status 1 sf-check m.map
	assert_line --partial 'm.map:8: Order.PoNumbr: no such field; nearest is PoNumber'
	assert_equal "${#lines[@]}" 1
}

@test "an object that is not there" {
	map m 'object Visit__c' 'Name = .x' 'key Id__c = .x'
	run_status 1 sf-check m.map
	assert_output --regexp "^m.map:3: .*no object 'Visit__c'.*may not see"
}

@test "what Salesforce said once answers as well, and nothing is asked" {
	map m "$whole" 'Nonsense__c = .x'
	run_status 1 sf-check --save kept m.map
	online=$output
	assert_equal "$(stat -c %a kept/Order.json)" 600
	stop sf
	run_status 1 sf-check --describe kept m.map
	assert_output "$online"
	run_status 1 sf-check --describe kept --set prices.pricebook=Shop m.map
	assert_line --partial 'warning: [prices] pricebook: not checked'
	run_status 1 sf-check --describe kept "$maps"/product.map
	assert_output --partial "'kept/Product2.json' is not there"
	printf 'garbage' >kept/Order.json
	run_status 3 sf-check --describe kept m.map
	assert_output --partial kept
}

@test "arguments, configuration, mistakes in maps, a full disk" {
	run_status 2 sf-check
	run_status 2 sf-check --nonsense "$maps"/product.map
	run_status 2 sf-check --save a --describe b "$maps"/product.map
	run_status 2 sf-check -c nothing.conf "$maps"/product.map
	run_status 2 sf-check nothing.map
	map m 'Name = .x | nonsense'
	map n 'from products' 'Name = .x | rubbish'
	run_status 2 sf-check m.map n.map
	assert_output --partial nonsense
	run_status 2 sf-check --extract x "$maps"/product.map "$maps"/account.map
	map m "$whole" 'PoNumbr = .x'
	run_status 3 bash -c 'sf-check m.map >/dev/full'
	run_status 0 sf-check --help
}
