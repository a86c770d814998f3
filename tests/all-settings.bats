#!/usr/bin/env bats
# Every setting that makes more of a store switched on at once, and all orders
# of the fixtures: the maps that nobody else tries together.
load helpers
load features/features

# The org: persons, two price books; everything on
prepare()
{
	MAGE_DATA=$REPO/fixtures/magento/entities start_mage
	start_sf --set person_accounts=on --set currencies=USD,EUR,GBP
	write_conf
	salesforce POST sobjects/Pricebook2 '{"Name":"Shop","IsActive":true}' >/dev/null
	salesforce POST sobjects/Pricebook2 '{"Name":"Europe","IsActive":true}' >/dev/null
	cat >>millrace.conf <<-'END'
	[customers]
	person_accounts = private
	groups = 1, 0
	[prices]
	pricebook = Shop
	pricebooks = eu: Europe
	multi_currency = yes
	[orders]
	create_opportunity = every
	fees = products
	bundles = parts
	[opportunities]
	contact_roles = yes
	convert = yes
	invoice_date_as_close_date = yes
	[carts]
	automatic = yes
	[leads]
	from = customers, guests, carts
	[campaigns]
	automatic = yes
	members = every
	member_status = Bought
	[subscribers]
	automatic = yes
	opt_out = yes
	END
}

# sent: what the last run sent, or could not
sent()
{
	millrace report | awk '$1 ~ /^(created|updated|deleted|waiting|rejected|failed)$/'
}

@test "a night, sound and balanced; then nothing is sent; a plan, applied, makes the same" {
	millrace config check
	millrace check
	# Seven orders tell Magento's id of somebody else.
	run_status 1 millrace nightly
	assert_output --partial 'held             7  writeback'
	refute_output --regexp '(waiting|rejected|failed) +[0-9]'
	[ "$(millrace report | grep -c '^  held')" -eq 1 ]
	millrace verify
	sf_state >night
	run_status 0 millrace nightly
	[ -z "$(sent)" ]
	run_status 0 millrace plan
	assert_output --partial 'unchanged'

	# The store and the org once more, as they were.
	stop_all
	rm -rf ledger.sqlite* runs ./*.state* sf.secret mage.token millrace.conf
	prepare
	run_status 1 millrace plan
	[ -z "$(ask 'SELECT Id FROM Account')" ]
	run_status 1 millrace apply runs/latest/plan.ndjson
	millrace verify
	sf_state | diff night -
	run_status 0 millrace nightly
	[ -z "$(sent)" ]
}

@test "by way of the queue, with the other choices: nobody is a contact who need not be" {
	cat >>millrace.conf <<-'END'
	[magento]
	prefix = de-
	[guests]
	guests = no
	[orders]
	fees = price
	bundles = both
	END
	for of in customers products orders carts campaigns; do
		set_conf $of mode = queue
	done
	run_status 0 millrace nightly
	[ -z "$(ask 'SELECT Id FROM Account')" ]
	# the newsletter's campaigns have no queue
	[ "$(sent | grep -v queued | awk '{print $3}' | sort -u | paste -sd,)" = newsletter,newsletter-status ]
	run millrace queue run
	refute_output --regexp '(waiting|rejected|failed) +[0-9]'
	assert_output --regexp 'created +55  guest-lead'
	assert_output --regexp 'created +2  lead'
	[ -z "$(led queue)" ]
	millrace verify
	[ -z "$(ask "SELECT Id FROM Contact WHERE Magento_Id__c LIKE '%guest:%'")" ]
	[ "$(ask 'SELECT COUNT(Id) FROM Order')" = 20 ]
	# of orders that stay out there is nothing, not even a product
	ask 'SELECT Magento_Id__c FROM Product2 WHERE Magento_Placeholder__c = TRUE' | sort >made
	{
		ask 'SELECT Product2.Magento_Id__c FROM OrderItem'
		ask 'SELECT Product2.Magento_Id__c FROM OpportunityLineItem'
	} | sort -u >sold
	[ -s made ] && [ -z "$(comm -23 made sold)" ]
	run_status 0 millrace nightly
	[ -z "$(sent)" ]
}
