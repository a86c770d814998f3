# millrace-doctor - do both connections work, with all rights?
load helpers

prepare()
{
	start_mage
	start_sf
	write_conf
}

mage_faults()
{
	printf '%s\n' "$@" | curl -sf -X POST --data-binary @- "$MAGE_URL/sandbox/faults"
}

@test "all is well" {
	run_status 0 millrace doctor
	refute_line --regexp '^(mend|later)'
	assert_line --partial "Magento lets us read orders"
	assert_line --partial "Magento lets us write orders"
	assert_line --partial "Magento's clock and ours agree"
	assert_line --partial "logged in to $SF_URL"
	assert_line --partial "order-item.map: Salesforce's OrderItem takes its"
	assert_line --partial "Salesforce's clock and ours agree"
}

@test "nothing is written" {
	curl -sf "$MAGE_URL/sandbox/state" | sort >before
	millrace-doctor >/dev/null
	curl -sf "$MAGE_URL/sandbox/state" | sort | cmp - before
}

@test "a wrong token, and a missing one" {
	echo wrong >mage.token
	run_status 2 millrace-doctor
	assert_line --regexp '^mend .*read stores.*401'
	assert_line --partial "probably wrong"
	assert_equal "$(grep -c '^mend' <<<"$output")" 4
	assert_line --partial "logged in to $SF_URL"	# the other is looked at
	rm mage.token
	run_status 2 millrace-doctor
	assert_line --regexp '^mend .*mage.token'
	echo wrong >sf.secret
	run_status 2 millrace-doctor
	assert_line --regexp '^mend .*Salesforce'
	refute_output --partial "wrong"
}

@test "a right that is missing is named" {
	stop mage
	rm -f ledger.sqlite*
	start_mage --set deny=Magento_Sales::shipment
	write_conf
	run_status 2 millrace-doctor
	assert_line --regexp '^mend .*may not read shipments.*Magento_Sales::shipment'
	assert_line --partial "lets us read credit memos"
}

@test "customer attributes" {
	sed -i '/^\[magento\]/a customer_attribute_account = sf_account_id\ncustomer_attribute_contact = nonsense' millrace.conf
	run_status 2 millrace-doctor
	assert_line --partial "customers have the attribute sf_account_id"
	assert_line --regexp "^mend .*customer_attribute_contact.*'nonsense'"
	assert_line --partial "lets us write customers"
}

@test "maintenance is for later, a dead server to mend" {
	mage_faults '{"path":"/V1/","status":503,"body_text":"down"}'
	sed -i '/^\[magento\]/a attempts = 1' millrace.conf
	run_status 4 millrace-doctor
	assert_line --regexp '^later .*503'
	# what is no answer to the question, and a page for people
	mage_faults '{"path":"/V1/attributeMetadata","times":9,"status":200,"headers":{"Content-Type":"application/json"},"body_text":"{}"}'
	run_status 2 millrace-doctor
	assert_line --regexp '^mend .*cannot read attributes: .*without a list'
	mage_faults '{"path":"/V1/","status":200,"headers":{"Content-Type":"text/html"},"body_text":"<p>we are \u001b[2J back soon"}'
	run_status 2 millrace-doctor
	assert_line --partial 'a page for people instead of JSON: "we are'
	assert_equal "$(tr -dc '\033' <<<"$output")" ""
	sed -i '/^\[runs\]/a metrics = nowhere' millrace.conf
	stop mage
	run_status 2 millrace-doctor
	assert_line --regexp '^mend .*is it up'
	assert_line --regexp "^mend .*metrics: cannot write in '.*nowhere'"
}

@test "clocks that differ" {
	mage_faults '{"path":"/V1/","headers":{"Date":"Sat, 21 Nov 2020 02:00:00 GMT"}}'
	run_status 2 millrace-doctor
	assert_line --regexp '^mend .*ahead of Magento'
}

@test "another store than the ledger's" {
	run_status 0 millrace-doctor
	stop mage
	start_mage
	write_conf
	run_status 2 millrace-doctor
	assert_line --regexp '^mend .*ledger'
}

@test "fields that are not deployed" {
	stop sf
	rm -rf sf.state* ledger.sqlite*
	mkdir none
	start sf sf-sandbox --state "$WORK/sf2.state" --port 0 --schema none
	SF_URL=$(jq -r .url sf.first)
	write_conf
	run_status 2 millrace doctor
	assert_line --regexp '^mend +account.map:[0-9]+: Account.Magento_Id__c: no such field'
	assert_line --regexp '^note +order.map: [0-9]+ more; millrace check tells them all'
	assert_line --regexp '^mend .*deploy pipelines/setup/salesforce.*permission set Millrace'
}

@test "arguments, configuration, a full disk" {
	run_status 2 millrace-doctor extra
	run_status 2 millrace-doctor --nonsense
	run_status 0 millrace-doctor --help
	run_status 2 millrace-doctor -c nothing.conf
	run_status 3 bash -c 'millrace-doctor >/dev/full'
}
