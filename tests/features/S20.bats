#!/usr/bin/env bats
# S20: a retired option in the configuration is a warning, an unknown one an
# error that names the nearest; neither lets a run begin with half a meaning.
load ../helpers

@test "retired: a warning, and what is instead; unknown: an error before anything is asked" {
	printf '[customers]\nguests = no\n[orders]\ndraft_status = Draft\n[salesforce]\nsecurity_token_file = x\n' >millrace.conf
	run_status 0 millrace config show --origin
	assert_output --partial "millrace.conf:2: warning: setting 'guests' in [customers] is retired: it is 'guests' in [guests] now"
	assert_output --partial "millrace.conf:4: warning: setting 'draft_status' in [orders] is retired"
	assert_output --partial "millrace.conf:6: warning: setting 'security_token_file' in [salesforce] is retired"
	refute_line --regexp '^customers\.guests'
	printf '[orders]\nautomatik = no\n[order]\nmode = queue\n' >>millrace.conf
	run_status 2 millrace config check
	assert_output --partial "millrace.conf:8: unknown setting 'automatik' in [orders]; did you mean 'automatic'?"
	assert_output --partial "millrace.conf:10: unknown section [order]; did you mean [orders]?"
	run_status 2 millrace nightly
	assert_output --partial "unknown setting 'automatik'"
	[ ! -e ledger.sqlite ]
}

@test "every option is there with its values, typed, documented, and in its section alone" {
	touch millrace.conf
	export MILLRACE_CONF=$WORK/millrace.conf
	page=$REPO/src/millrace-config.5
	while read -r name values; do
		section=${name%.*} key=${name#*.}
		# as the page has it
		sed -n "/^\.Ss \[$section\]/,/^\.Ss/p" "$page" | grep -q "^\.It Cm $key No " ||
			{ echo "$name: not documented"; return 1; }
		for value in ${values//|/ }; do
			[ "$value" != TEXT ] || value='any text'
			[ "$value" != WRONG ] || { # none of these types takes it
				printf '[%s]\n%s = sometimes\n' "$section" "$key" >bad.conf
				run_status 2 millrace-config -c bad.conf show
				assert_output --partial "bad.conf:2:"
				continue
			}
			printf '[%s]\n%s = %s\n' "$section" "$key" "$value" >good.conf
			[ "$(millrace-config -c good.conf get "$name")" = "$value" ] ||
				{ echo "$name = $value"; return 1; }
		done
	done <<-'END'
	orders.automatic yes|no|WRONG
	orders.mode auto|queue|WRONG
	orders.zero_grand_total synchronize|skip|WRONG
	orders.synchronize_notes yes|no|WRONG
	orders.update_order_info yes|no|WRONG
	orders.default_status TEXT
	orders.sync_all_orders yes|no|WRONG
	orders.statuses pending
	orders.create_order paid|every|no|WRONG
	orders.create_opportunity no|every|WRONG
	orders.unmapped_status draft|hold|WRONG
	orders.fees products|price|fields|WRONG
	orders.bundles bundle|both|parts|WRONG
	customers.automatic yes|no|WRONG
	customers.mode auto|queue|WRONG
	customers.groups 2
	customers.owner TEXT
	customers.person_accounts no|private|all|WRONG
	guests.guests yes|no|WRONG
	guests.account TEXT
	products.automatic yes|no|WRONG
	products.mode auto|queue|WRONG
	carts.automatic yes|no|WRONG
	carts.mode auto|queue|WRONG
	carts.record_type TEXT
	carts.abandoned_status TEXT
	opportunities.record_type TEXT
	opportunities.contact_roles yes|no|WRONG
	opportunities.contact_role TEXT
	opportunities.sales_cycle_length 45|WRONG
	opportunities.draft_stage TEXT
	opportunities.convert yes|no|WRONG
	opportunities.converted_status TEXT
	opportunities.invoice_date_as_close_date yes|no|WRONG
	campaigns.automatic yes|no|WRONG
	campaigns.mode auto|queue|WRONG
	subscribers.automatic yes|no|WRONG
	invoices.automatic yes|no|WRONG
	shipments.automatic yes|no|WRONG
	creditmemos.automatic yes|no|WRONG
	queue.sync_time manual|15m|1h|2h|WRONG
	runs.attempts 3|WRONG
	END
	# where somebody would look first
	printf '[carts]\ncontact_role = Buyer\n' >millrace.conf
	run_status 2 millrace-config show
	assert_output --partial "unknown setting 'contact_role' in [carts]; it is in [opportunities]"
}

@test "what other products call it: a warning that says what it is here" {
	printf '%s\n' '[salesforce]' 'password = secret-word' 'token = x' 'wsdl = x.xml' '[customers]' 'sync_groups = 1' \
	    'customer_group = 2' 'default_owner = ann' 'account_name = 1' >millrace.conf
	export MILLRACE_CONF=$WORK/millrace.conf
	run_status 0 millrace-config show --origin
	[ "$(grep -c 'warning: setting .* is retired: ' <<<"$output")" -eq 7 ]
	assert_output --partial "it is 'owner' now, by username"
	# nor is a secret that stands there shown
	refute_output --partial secret-word
}
