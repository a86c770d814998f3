#!/usr/bin/env bats
# millrace-config: what is set, what is missing, what is wrong.
load helpers

settings()	# LINE...: the configuration
{
	printf '%s\n' "$@" >millrace.conf
}

@test "the example file is what init writes" {
	run millrace-config init -
	assert_success
	diff <(printf '%s\n' "$output") "$REPO/pipelines/setup/millrace.conf.example"
}

@test "init makes a file that reads back as the defaults, once" {
	millrace-config init
	run millrace-config show --origin
	assert_success
	refute_output --partial 'millrace.conf:'
	run millrace-config init
	assert_failure 2
	assert_output --partial "is there already"
}

@test "every setting is in millrace-config.5, and nothing else" {
	touch millrace.conf
	millrace-config show | sed -n 's/ =.*//p; /^\[/p' >have
	sed -n '/^\.Ss Retired/q; s/^\.Ss \(\[.*\]\)/\1/p; s/^\.It Cm \([a-z_]*\) No.*/\1/p' \
	    "$REPO/src/millrace-config.5" >page
	diff have page
}

@test "defaults in millrace-config.5 are the real ones" {
	touch millrace.conf
	section=
	sed -n '/^\.Ss Retired/q; s/^\.Ss \[\(.*\)\]/[\1/p; s/^\.It Cm \([a-z_]*\) No (\(.*\))/\1 \2/p' \
	    "$REPO/src/millrace-config.5" | while read -r name rest; do
		case $name in
		'['*) section=${name#[}; continue ;;
		esac
		case $rest in
		*', '*) want=${rest#*, } ;;
		*'|'*) continue ;;	# the first, or told in words
		*) want= ;;
		esac
		got=$(millrace-config show --origin |
		    awk -F'\t' -v k="$section.$name" '$1 == k { print $2 }')
		[ "$got" = "$want" ] || { echo "$section.$name: '$got', page says '$want'"; exit 1; }
	done
}

@test "show tells values, and where they were set" {
	settings '[orders]' 'create_order = paid' 'statuses = new, complete'
	run millrace-config show --origin
	assert_line --regexp $'^orders.create_order\tpaid\t.*millrace.conf:2$'
	assert_line --regexp $'^orders.default_status\tDraft\tdefault$'
	run millrace-config show
	assert_line 'create_order = paid'
	run bash -c 'millrace-config show --json | jq -c ".orders.statuses, .orders.automatic, .prices.pricebook"'
	assert_output $'["new","complete"]\ntrue\nnull'
}

@test "secrets are not shown, nor their files in JSON" {
	settings '[magento]' 'token_file = token'
	echo s3cret >token
	run millrace-config show --json
	refute_output --partial token
	run millrace-config show
	refute_output --partial s3cret
}

@test "an unknown name is an error with the nearest, all at once" {
	settings '[orders]' 'create_oder = paid' '[guest]' 'guests = no' \
	    '[orders]' 'zero_grand_total = maybe'
	run millrace-config show
	assert_failure 2
	assert_output --partial "millrace.conf:2: unknown setting 'create_oder' in [orders]; did you mean 'create_order'?"
	assert_output --partial "did you mean [guests]?"
	assert_output --partial "is 'maybe', not one of synchronize|skip"
}

@test "a retired name is a warning" {
	settings '[orders]' 'draft_status = Draft'
	run millrace-config show
	assert_success
	assert_output --partial "warning: setting 'draft_status' in [orders] is retired: it is 'default_status' now"
}

@test "check tells what is missing, all at once" {
	settings '[magento]' 'login = admin' '[salesforce]' 'login = jwt'
	run millrace-config check --offline
	assert_failure 2
	for name in url username password_file; do
		assert_output --partial "[magento] $name is missing"
	done
	for name in url client_id username jwt_key_file; do
		assert_output --partial "[salesforce] $name is missing"
	done
}

@test "check reads the secrets and refuses one that others can read" {
	settings '[magento]' 'url = https://shop.example/' 'token_file = token' \
	    '[salesforce]' 'url = https://example.my.salesforce.com' \
	    'client_id = x' 'client_secret_file = secret'
	echo t >token
	run millrace-config check --offline
	assert_failure 2
	assert_output --partial "cannot open secret"
	echo s >secret
	run millrace-config check --offline
	assert_success
	assert_line --regexp ': ok$'
	chmod 644 secret
	run millrace-config check --offline
	assert_failure 2
	assert_output --partial 'can be read by others'
}

@test "check finds settings that contradict each other" {
	settings '[orders]' 'sync_all_orders = no' \
	    '[prices]' 'multi_currency = yes' 'currency = USD'
	run millrace-config check --offline
	assert_failure 2
	assert_output --partial 'statuses is empty'
	assert_output --partial 'multi_currency is yes'
}

@test "arguments: no verb, an unknown verb, one too many" {
	run millrace-config
	assert_failure 2
	run millrace-config shew
	assert_failure 2
	touch millrace.conf
	run millrace-config show check
	assert_failure 2
	run millrace-config init a b
	assert_failure 2
	# an option of another verb
	for words in 'get --json orders.automatic' 'maps --origin' 'check --json' \
	    'show --offline' 'init --mappings maps'; do
		# shellcheck disable=SC2086
		run_status 2 millrace-config $words
		assert_output --regexp 'go with (show|check)'
	done
	[ ! -s millrace.conf ]
}

@test "a full disk is told" {
	touch millrace.conf
	run bash -c 'millrace-config show >/dev/full'
	assert_failure 3
	run bash -c 'millrace-config init - >/dev/full'
	assert_failure 3
}

@test "get: the values of some settings, and nothing of one that is not there" {
	printf '[orders]\nautomatic = no\n' >millrace.conf
	run_status 0 millrace-config get orders.automatic orders.statuses orders.default_status
	assert_output $'no\n\nDraft'
	for name in orders.automatik orders .automatic orders. guests.; do
		run_status 2 millrace-config get orders.automatic "$name"
		assert_output --partial "no setting '$name'"
		refute_line no
	done
	run_status 2 millrace-config get
	run_status 2 millrace-config show orders.automatic
}

# What is named on either side is there, and can be used.
against()	# LINE...: a configuration for both sandboxes, and these
{
	load features/features
	shop 6 12
	printf '%s\n' "$@" >>millrace.conf
}

@test "check asks the store and the org: what, where, what to do" {
	against '[magento]' 'customer_attribute_account = sf_accont' \
	    'product_attribute_status = nosuch' 'store = en' \
	    '[customers]' 'groups = 1, 77' 'owner = former@millrace.test' 'record_type = Reseller' \
	    '[orders]' 'sync_all_orders = no' 'statuses = complete, Complete Order' \
	    'default_status = Activated' 'create_opportunity = every' \
	    '[opportunities]' 'draft_stage = Closed Won' 'convert = yes' \
	    'converted_status = Prospecting' 'contact_roles = yes' 'contact_role = Buyer' \
	    'record_type = Web' '[carts]' 'automatic = yes' 'abandoned_status = Left' \
	    '[prices]' 'pricebook = Shop' 'currency = USD' '[guests]' 'account = all'
	mkdir maps
	printf 'status,Status\ncomplete,Done\n' >maps/order-status.csv
	printf 'status,StageName\ncomplete,Closed Won\nprocessing,Nearly\n' >maps/opportunity-status.csv
	run_status 2 millrace-config check --mappings maps
	sed 's,^[^ ]*/,,' <<<"$output" >said
	line() { grep -n "^$1" millrace.conf | tail -1 | cut -d: -f1; }
	while IFS='|' read -r at text; do
		[[ $at == *.csv* ]] || at=millrace.conf:$(line "$at")
		grep -F "$at: " said | grep -F "$text" || { echo "no: $at: $text"; cat said; return 1; }
	done <<-'END'
	customer_attribute_account|customers have no attribute 'sf_accont'
	product_attribute_status|products have no attribute 'nosuch'
	store|no store view 'en'; it has default, admin, de, fr
	groups|no customer group with the id '77'; it has 0, 1
	owner|the user 'former@millrace.test' is not active
	record_type = Web|Opportunity has no record type 'Web'
	record_type = R|Account has no record type 'Reseller'
	statuses|warning: [orders] statuses: no order has the status 'Complete Order'
	default_status|is of category Activated, not Draft
	draft_stage|warning: [opportunities] draft_stage: the stage 'Closed Won' is a closed one
	converted_status|warning: [opportunities] converted_status: the stage 'Prospecting' is an open one
	contact_role =|OpportunityContactRole.Role has no value 'Buyer'
	abandoned_status|Salesforce has no stage 'Left'
	pricebook|no price book 'Shop'
	currency|the website 'eu' sells in EUR
	account|no Account has Magento_Id__c 'all'
	order-status.csv:2|'complete': Salesforce has no order status 'Done'
	opportunity-status.csv:3|'processing': Salesforce has no stage 'Nearly'
	order-status.csv|orders have the Magento status 'processing', which is not in this table
	END
	refute_output --partial "'1'"
	# who sends no orders needs no statuses of theirs
	printf '[orders]\ncreate_order = no\n' >>millrace.conf
	run_status 2 millrace-config check --mappings maps
	refute_output --partial 'order-status.csv'
	assert_output --partial 'opportunity-status.csv:3'
}

@test "check: a sound configuration is ok on both sides, and one that does not answer is told" {
	against '[orders]' 'create_opportunity = every' '[carts]' 'automatic = yes'
	run_status 0 millrace config check
	assert_output --regexp ': ok$'
	assert_output --partial "websites 'base' (USD) and 'eu' (EUR) share one price book"
	refute_output --partial 'table'
	[ ! -e ledger.sqlite ]
	printf '[salesforce]\nurl = http://127.0.0.1:9\n[customers]\ngroups = 99\n' >>millrace.conf
	run millrace config check
	[ "$status" -ge 2 ]
	assert_output --partial "customer group with the id '99'"
	assert_output --partial 'millrace-config: '
}

# used LINE...: with these settings, ENTITY yes|no and ENTITY MAP a line each
used()
{
	settings "$@"
	millrace-config maps | while read -r -a word; do
		printf "${word[0]} %s\n" "${word[@]:1}"
	done | sort
}

@test "maps: which a run uses as things are set; all that there are, and no other" {
	local section set more
	used '[orders]' 'create_opportunity = every' '[campaigns]' \
		'automatic = yes' '[subscribers]' 'automatic = yes' '[carts]' \
		'automatic = yes' '[leads]' 'from = customers, carts, guests' >all
	diff <(sed 's/.* //; /^yes$/d; /^no$/d' all | sort -u) \
		<(cd "$REPO/pipelines/mappings" && printf '%s\n' *.map | sed 's/\.map$//' | sort)
	# each by its own setting, and nothing else by it
	used >none
	while IFS='|' read -r section set more; do
		assert_equal "$set: $(used "[$section]" "$set" | comm -13 none - | paste -sd,)" \
			"$set: $more"
	done <<-END
	orders|create_opportunity = every|orders opportunity,orders opportunity-draft,orders opportunity-fee,orders opportunity-line,orders opportunity-role,orders opportunity-stage
	carts|automatic = yes|carts yes
	leads|from = carts|carts cart-lead
	leads|from = guests|orders guest-lead
	leads|from = customers|customers lead,subscribers lead,subscribers lead-subscriber
	campaigns|automatic = yes|orders campaign-member,sales-rules yes
	campaigns|members = every|
	subscribers|automatic = yes|customers subscriber,websites yes
	END
}
