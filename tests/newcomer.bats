#!/usr/bin/env bats
# A newcomer's first ten minutes: clone, init, doctor, plan, ten orders, status,
# a broken map, Ctrl-C and again.  (The demo has a test of its own, demo.bats;
# what was built already is not built again.)
load helpers
load features/features

orders="4 6 7 10 11 12 13 14 15 16"

clone()
{
	git clone -q --shared "$REPO" clone
	make -s -C clone -n demo >/dev/null
	ln -s "$MILLRACE_BIN"/[a-z]* clone/bin/
	export MILLRACE_BIN=$WORK/clone/bin
	PATH=$MILLRACE_BIN:$PATH
}

fill()	# what the sandboxes printed, into what init made
{
	credential mage token >site/secrets/magento.token
	credential sf client_secret >site/secrets/salesforce.secret
	sed -i "/^\[magento\]/,/^\[/s,^url =.*,url = $MAGE_URL,
		/^\[salesforce\]/,/^\[/{ s,^url =.*,url = $SF_URL,
		s,^client_id =.*,client_id = $(credential sf client_id),; }" site/millrace.conf
}

@test "the first ten minutes" {
	clone
	# shellcheck disable=SC2086
	shop $orders
	run_status 0 millrace init site
	export MILLRACE_CONF=$WORK/site/millrace.conf

	# what is missing is told, all of it, and what to do
	run_status 2 millrace doctor
	assert_line --regexp "^mend +Magento: not connected: .*url"
	assert_line --regexp "^mend +Salesforce: not connected: "
	assert_line --regexp "^mend +secret: .*magento.token' is empty"
	fill
	run_status 0 millrace doctor
	refute_line --regexp '^(mend|later)'

	# a plan writes nothing
	run_status 1 millrace plan orders
	assert_line --regexp '^Plan: [0-9]+ to create'
	assert_equal "$(ask 'SELECT Id FROM Order')" ""

	# a broken map ends it before anything is sent, at its line
	cp -r clone/pipelines/mappings own
	sed -i 's/^BillingStreet .*/BillingStreet = .billing_address.street | jion(",")/' own/order.map
	line=$(grep -n jion own/order.map | cut -d: -f1)
	MILLRACE_MAPPINGS=$WORK/own run_status 2 millrace nightly
	assert_output --regexp "own/order.map:$line:[0-9]+: .*jion.*join"
	assert_equal "$(ask 'SELECT Id FROM Account')" ""

	# Ctrl-C while orders are read, and again
	faults mage '{"path":"/V1/orders","delay":5000}'
	env --default-signal=INT setsid millrace nightly >first.out 2>&1 3>&- 4>&- &
	pid=$!
	for ((i = 0; i < 400; i++)); do
		[ -z "$(ask 'SELECT Id FROM Contact LIMIT 1')" ] || break
		sleep 0.1
	done
	kill -INT -- -$pid
	stopped=0
	wait $pid || stopped=$?
	[ "$stopped" -ne 0 ]
	assert_equal "$(ask 'SELECT Id FROM Order')" ""
	faults mage
	run millrace nightly
	[ "$status" -le 1 ]

	# all ten, each once, with their lines, as the store has them
	want=$(jq -r '[.entity_id, ([.items[] | select(.parent_item_id == null)] | length > 0)] | @tsv' store/orders.ndjson | sort -n)
	run_status 0 millrace nightly
	assert_equal "$(ask 'SELECT Magento_Id__c FROM Order' | sort -n | paste -sd' ')" "$orders"
	assert_equal "$(ask 'SELECT Order.Magento_Id__c FROM OrderItem' | sort -nu | paste -sd' ')" \
		"$(cut -f1 <<<"$want" | paste -sd' ')"
	assert_equal "$(ask 'SELECT Magento_Id__c FROM Account' | sort | uniq -d)" ""
	assert_equal "$(ask 'SELECT COUNT(Id) n FROM Contact')" \
		"$(ask 'SELECT Magento_Id__c FROM Contact' | sort -u | wc -l)"

	run_status 0 millrace status
	assert_line --regexp '^orders: 10 in Magento'
	run_status 0 millrace verify
}
