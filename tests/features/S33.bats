#!/usr/bin/env bats
# S33: invoice_date_as_close_date: on conversion the close date becomes the
# day of the first invoice, where the shop is; else that of S27 stays.
load ../helpers
load features

invoiced()	# the day of the order's first invoice
{
	local at
	at=$(curl -sS "$MAGE_URL/sandbox/state?entity=invoices" |
		jq -rs 'map(select(.order_id == 25).created_at) | min')
	TZ=America/Chicago date -d "$at UTC" +%F
}

day()
{
	ask "SELECT CloseDate FROM Opportunity WHERE Magento_Id__c = '25'"
}

@test "yes: the day of the invoice, also where invoices are not sent" {
	shop 25
	set_conf orders create_opportunity = every
	set_conf opportunities convert = yes
	set_conf opportunities invoice_date_as_close_date = yes
	set_conf invoices automatic = no
	sync 0 nightly
	[ "$(day)" = 2026-12-21 ]
	pay 25
	sync 0 nightly
	[ "$(day)" = "$(invoiced)" ]
	[ "$(day)" != 2026-12-21 ]
	[ -z "$(ask 'SELECT Id FROM Magento_Invoice__c')" ]
}

@test "yes: an order that comes paid is closed on that day at once" {
	shop 25
	pay 25
	set_conf orders create_opportunity = every
	set_conf opportunities convert = yes
	set_conf opportunities invoice_date_as_close_date = yes
	sync 0 nightly
	[ "$(day)" = "$(invoiced)" ]
}

@test "no: the sales cycle stays" {
	shop 25
	set_conf orders create_opportunity = every
	set_conf opportunities convert = yes
	sync 0 nightly
	pay 25
	sync 0 nightly
	[ "$(day)" = 2026-12-21 ]
	[ "$(ask 'SELECT StageName FROM Opportunity')" = 'Closed Won' ]
}
