#!/usr/bin/env bats
# sf-match and sf-load with objects that have rules between them: prices,
# opportunities, campaigns, orders that others hold, persons, duplicates.
# Each by Bulk and by Collections.
bats_require_minimum_version 1.5.0
load helpers
load sf
load steps

# --- prices -----------------------------------------------------------------

# prices CURRENCY...: two products, each with a standard price and one in the
# shop's own book for each currency
prices()
{
	local i c
	for i in 1 2; do
		payload Product2 product 1 "products/$i" "$i" \
			",\"match\":[{\"StockKeepingUnit\":\"sku$i\"}],\"fields\":{\"IsActive\":true,\"Name\":\"P$i\",\"StockKeepingUnit\":\"sku$i\"}"
		for c in "$@"; do
			price standard 2 "$i" "$c" '"Pricebook2.IsStandard":true'
			price shop 3 "$i" "$c" '"Pricebook2.Name":"Shop"'
		done
	done
}

# price BOOK PHASE PRODUCT CURRENCY FIELD
price()
{
	local cur=${4:+,\"CurrencyIsoCode\":\"$4\"}
	payload PricebookEntry "price-$1" "$2" "products/$3" "$3:$1${4:+:$4}" \
		",\"parent\":\"Product2/$3\",\"match\":[{\"Product2.StockKeepingUnit\":\"sku$3\",$5$cur}],\"insert\":{\"Product2.Magento_Id__c\":\"$3\",$5$cur},\"fields\":{\"IsActive\":true,\"UnitPrice\":${PRICE:-10.50}}"
}

entries()
{
	sf-query 'SELECT Magento_Id__c, UnitPrice, IsActive FROM PricebookEntry' |
		jq -r '[.Magento_Id__c,.UnitPrice,.IsActive]|join(" ")' | sort
}

price_run()
{
	make Pricebook2 '{"Name":"Shop","IsActive":true}' >/dev/null
	prices EUR USD >one
	run_lines 0 one
	[ "$(verdicts out | grep -c ^created)" -eq 10 ]
	[ "$(entries | wc -l)" -eq 8 ]
	PRICE=11 prices EUR USD >two
	run_lines 0 two
	[ "$(verdicts out | grep -c '^updated .* PricebookEntry')" -eq 8 ]
	[ "$(entries | grep -c ' 11 true')" -eq 8 ]
	# the ledger is lost: all is found again by its key
	rm ledger.sqlite*
	run_lines 0 two
	[ "$(verdicts out | grep -c ^updated)" -eq 10 ]
}

@test "standard prices before custom ones, for each currency, and again" {
	both price_run --set currencies=EUR,USD
}

adopt_run()
{
	local p e
	make Pricebook2 '{"Name":"Shop","IsActive":true}' >/dev/null
	p=$(make Product2 '{"Name":"Theirs","StockKeepingUnit":"sku1"}')
	e=$(make PricebookEntry "{\"Product2Id\":\"$p\",\"Pricebook2Id\":\"$(book)\",\"UnitPrice\":3,\"IsActive\":false}")
	prices '' >one
	run_lines 0 one
	[ "$(jq -r 'select(.key=="1:standard")|[.verdict,.id,.adopted]|join(" ")' out)" = "updated $e true" ]
	[ "$(jq -r 'select(.key=="1").id' out)" = "$p" ]
	assert_equal "$(entries)" "1:shop 10.5 true
1:standard 10.5 true
2:shop 10.5 true
2:standard 10.5 true"
}

@test "an entry that somebody made is found by its book and product, and adopted" {
	both adopt_run
}

late_run()
{
	local p
	make Pricebook2 '{"Name":"Shop","IsActive":true}' >/dev/null
	prices '' >one
	led-recall <one | sf-match >matched
	p=$(make Product2 '{"Name":"Theirs","StockKeepingUnit":"skuX","Magento_Id__c":"1"}')
	make PricebookEntry "{\"Product2Id\":\"$p\",\"Pricebook2Id\":\"$(book)\",\"UnitPrice\":3,\"IsActive\":true}" >/dev/null
	run_status 0 bash -o pipefail -c 'sf-load <matched | led-record >out'
	assert_equal "$(jq -r 'select(.key=="1:standard")|[.verdict,.adopted]|join(" ")' out)" "updated true"
	[ "$(entries | grep -c ' 10.5 true')" -eq 4 ]
	# but one that another key has is theirs
	sed 's/1:standard/1:mine/' matched | grep 1:mine >two
	run_status 1 bash -o pipefail -c 'sf-load <two >out'
	assert_equal "$(verdicts out)" "failed FIELD_INTEGRITY_EXCEPTION PricebookEntry 1:mine"
	# nor are two keys for one record
	p=$(make Product2 '{"Name":"Theirs","StockKeepingUnit":"sku9","Magento_Id__c":"9"}')
	make PricebookEntry "{\"Product2Id\":\"$p\",\"Pricebook2Id\":\"$(book)\",\"UnitPrice\":3,\"IsActive\":true}" >/dev/null
	for i in a b; do
		sed "s/1:mine/9:$i/; s/\"1\"/\"9\"/g; s/sku1/sku9/" two
	done >three
	run_status 1 bash -o pipefail -c 'sf-load <three >out'
	assert_equal "$(verdicts out | cut -d' ' -f1,2 | sort)" "failed FIELD_INTEGRITY_EXCEPTION
updated -"
}

@test "an entry that somebody makes while we load is found, unless another key has it" {
	both late_run
}

broken_standard()
{
	make Pricebook2 '{"Name":"Shop","IsActive":true}' >/dev/null
	prices '' >one
	faults '{"fail_rows":{"match":"1:standard","code":"FIELD_CUSTOM_VALIDATION_EXCEPTION","message":"no"}}'
	run_lines 1 one
	assert_equal "$(verdicts out)" "created - Product2 1
failed FIELD_CUSTOM_VALIDATION_EXCEPTION PricebookEntry 1:standard
waiting parent-failed PricebookEntry 1:shop
created - Product2 2
created - PricebookEntry 2:standard
created - PricebookEntry 2:shop"
	faults ''
	run_lines 0 one
	[ "$(entries | wc -l)" -eq 4 ]
	# nobody says why there is none
	payload Product2 product 1 products/3 3 ',"fields":{"IsActive":true,"Name":"P3"}' >two
	price shop 3 3 '' '"Pricebook2.Name":"Shop"' >>two
	run_lines 1 two
	assert_equal "$(tail -1 out | verdicts)" "waiting parent-missing PricebookEntry 3:shop"
}

@test "a custom price whose standard price failed waits" {
	both broken_standard
}

# --- opportunities ----------------------------------------------------------

REV=0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef

# opportunity N STAGE LAST_STAGE LINES...: with lines between the stage that
# it is open in and its last one
opportunity()
{
	local n=$1 i
	payload Opportunity opp-open 5 "carts/$n" "$n" \
		",\"with\":[\"opp\",\"opp-line\",\"opp-stage\"],\"only\":\"update\",\"fields\":{\"StageName\":\"$2\"}"
	payload Opportunity opp 10 "carts/$n" "$n" \
		",\"rev\":\"$REV\",\"children\":{\"opp-line\":{\"phase\":20,\"rev\":\"$REV\",\"keys\":[$(printf '"%s",' "${@:4}" | sed 's/,$//')]}},\"insert\":{\"Amount\":5,\"Pricebook2.Name\":\"Shop\",\"StageName\":\"$2\"},\"fields\":{\"CloseDate\":\"2026-12-31\",\"Name\":\"Cart $n\",\"Account.Magento_Id__c\":\"1\"}"
	for i in "${@:4}"; do
		payload OpportunityLineItem opp-line 20 "carts/$n" "$i" \
			",\"parent\":\"Opportunity/$n\",\"insert\":{\"Opportunity.Magento_Id__c\":\"$n\",\"PricebookEntry.Magento_Id__c\":\"${ENTRY:-1:shop}\"},\"fields\":{\"Quantity\":2,\"UnitPrice\":${PRICE:-10.50}}"
	done
	payload Opportunity opp-stage 30 "carts/$n" "$n" \
		",\"with\":[\"opp\",\"opp-line\"],\"fields\":{\"StageName\":\"$3\"}"
}

sales_ready()
{
	make Pricebook2 '{"Name":"Shop","IsActive":true}' >/dev/null
	{ customers 1 2; prices ''; } >base
	run_lines 0 base
}

opps()
{
	sf-query 'SELECT Magento_Id__c, StageName, Amount FROM Opportunity' |
		jq -r '[.Magento_Id__c,.StageName,.Amount]|join(" ")' | sort
}

opportunity_run()
{
	sales_ready
	{ opportunity 1 Prospecting 'Closed Won' 1-1 1-2
	ENTRY=1:standard opportunity 2 Prospecting 'Closed Won' 2-1; } >one
	run_lines 1 one
	assert_equal "$(verdicts out)" "skipped only-update Opportunity 1
created - Opportunity 1
created - OpportunityLineItem 1-1
created - OpportunityLineItem 1-2
updated - Opportunity 1
skipped only-update Opportunity 2
created - Opportunity 2
failed FIELD_INTEGRITY_EXCEPTION OpportunityLineItem 2-1
waiting parent-failed Opportunity 2"
	assert_equal "$(opps)" "1 Closed Won 42
2 Prospecting 5"
	# a line goes, the other gets dearer, the wrong entry is mended
	{ PRICE=11 opportunity 1 Prospecting 'Closed Lost' 1-1
	opportunity 2 Prospecting 'Closed Won' 2-1; } >two
	run_lines 0 two
	assert_equal "$(opps)" "1 Closed Lost 22
2 Closed Won 21"
	assert_equal "$(grep carts/1 out | verdicts)" "updated - Opportunity 1
unchanged - Opportunity 1
deleted - OpportunityLineItem 1-2
updated - OpportunityLineItem 1-1
updated - Opportunity 1"
	run_lines 0 two
	[ "$(verdicts out | grep -vc '^unchanged')" -eq 0 ]
	# Salesforce's own sum is no difference, for Amount is [insert]
	run -0 bash -o pipefail -c "led-recall --again <two | sf-match | sf-diff"
	[ "$(grep -c '"was"' <<<"$output")" -eq 0 ]
}

@test "an opportunity, its lines, its stage; lines that go, one of another book" {
	both opportunity_run
}

# role N CONTACT PRIMARY: of an object that can have no external id
role()
{
	printf '{"object":"OpportunityContactRole","map":"role","phase":20,"source":"carts/%s","key":"%s:%s","parent":"Opportunity/%s","match":[{"Opportunity.Magento_Id__c":"%s","Contact.Magento_Id__c":"%s"}],"insert":{"Contact.Magento_Id__c":"%s","Opportunity.Magento_Id__c":"%s"},"fields":{"IsPrimary":%s,"Role":"Decision Maker"}}\n' \
		"$1" "$1" "$2" "$1" "$1" "$2" "$2" "$1" "$3"
}

roles()
{
	sf-query 'SELECT Opportunity.Magento_Id__c, Contact.Magento_Id__c, IsPrimary FROM OpportunityContactRole' |
		jq -r '[.[]]|join(" ")' | sort
}

role_run()
{
	local o
	sales_ready
	{ opportunity 1 Prospecting Prospecting 1-1; role 1 1 true; role 1 2 false; } >one
	run_lines 0 one
	assert_equal "$(roles)" "1 1 true
1 2 false"
	# somebody made one by hand, the ledger is lost, the primary changes
	{ opportunity 1 Prospecting Prospecting 1-1; role 1 1 false; role 1 2 true; } >two
	run_lines 0 two
	assert_equal "$(roles)" "1 1 false
1 2 true"
	rm ledger.sqlite*
	run_lines 0 two
	assert_equal "$(roles)" "1 1 false
1 2 true"
	# without sf-match: sf-load looks itself
	rm ledger.sqlite*
	run_status 0 bash -c "grep role two | sf-load >out"
	assert_equal "$(roles)" "1 1 false
1 2 true"
	# an answer that is lost, and a lock that passes
	faults '{"method":"POST","path":"/composite/","nth":1,"reset":"after"}
{"path":".","nth":1,"lock":{"record":"Opportunity.Magento_Id__c=2","times":2}}'
	{ opportunity 2 Prospecting Prospecting 2-1; role 2 1 true; role 2 2 false; } >three
	run_lines 0 three
	assert_equal "$(roles | tail -2)" "2 1 true
2 2 false"
	# twice by hand: nobody guesses
	o=$(sf-query 'SELECT OpportunityId, ContactId FROM OpportunityContactRole' | head -1)
	make OpportunityContactRole "$o" >/dev/null
	rm ledger.sqlite*
	run_lines 1 two
	assert_equal "$(verdicts out | grep -c '^held ambiguous-match OpportunityContactRole')" 1
}

@test "contact roles are looked up before they are made; one is primary" {
	both role_run
}

# --- campaigns --------------------------------------------------------------

# member CONTACT STATUS
member()
{
	payload CampaignMember member 30 "rules/1" "1:$1" \
		",\"parent\":\"Campaign/1\",\"match\":[{\"Campaign.Magento_Id__c\":\"1\",\"Contact.Magento_Id__c\":\"$1\"}],\"insert\":{\"Campaign.Magento_Id__c\":\"1\",\"Contact.Magento_Id__c\":\"$1\"},\"fields\":{\"Status\":\"$2\"}"
}

campaign()
{
	payload Campaign campaign 10 rules/1 1 ',"match":[{"Name":"Sale"}],"fields":{"IsActive":true,"Name":"Sale"}'
}

members()
{
	sf-query 'SELECT Contact.Magento_Id__c, Status, Magento_Id__c FROM CampaignMember' |
		jq -r '[.[]]|join(" ")' | sort
}

campaign_run()
{
	local c p
	sales_ready
	c=$(make Campaign '{"Name":"sale"}')
	p=$(sf-query "SELECT Id FROM Contact WHERE Magento_Id__c = '1'" | jq -r .Id)
	make CampaignMember "{\"CampaignId\":\"$c\",\"ContactId\":\"$p\"}" >/dev/null
	{ campaign; member 1 Responded; member 2 Sent; } >one
	# the campaign gets our key in this run, so that sf-match cannot find the
	# member by it: what Salesforce says of it is why it is looked for again
	run_lines 0 one
	assert_equal "$(verdicts out)" "updated - Campaign 1
updated - CampaignMember 1:1
created - CampaignMember 1:2"
	assert_equal "$(jq -r 'select(.key == "1:1").adopted' out)" true
	run_lines 0 one
	assert_equal "$(members)" "1 Responded 1:1
2 Sent 1:2"
}

# A lead is no contact, and nobody is a member twice.
lead_run()
{
	{ campaign
	payload Lead lead 20 subs/1 1 ',"match":[{"Email":"l@example.com"}],"fields":{"Company":"C","Email":"l@example.com","LastName":"L"}'
	payload CampaignMember member 30 subs/1 1:l ',"parent":"Lead/1","match":[{"Campaign.Magento_Id__c":"1","Lead.Magento_Id__c":"1"}],"insert":{"Campaign.Magento_Id__c":"1","Lead.Magento_Id__c":"1"},"fields":{"Status":"Sent"}'; } >one
	run_lines 0 one
	rm ledger.sqlite*
	sed 's/1:l/1:x/' one >two
	run_lines 1 two
	assert_equal "$(tail -1 out | verdicts)" "failed DUPLICATE_VALUE CampaignMember 1:x"
	[ "$(jq -r .message out | tail -1)" = "Already a campaign member." ]
	[ "$(sf-query 'SELECT Id FROM CampaignMember' | wc -l)" -eq 1 ]
}

@test "a member that another key owns is not taken from it, nor made again" {
	both lead_run
}

@test "a campaign and members that are there are found, not made again" {
	both campaign_run
}

# --- orders that others hold ------------------------------------------------

orders_ready()
{
	customers 1 1 | sf-load >/dev/null
	FEW=0 catalogue
	BOOK=$(book)
}

statuses()
{
	sf-query 'SELECT Magento_Id__c, Status FROM Order' |
		jq -r '[.[]]|join(" ")' | sort
}

one_bad_run()
{
	orders_ready
	{ order 7 1; order 8 1 | sed '/"8-2"/s/"Quantity":1/"Quantity":0/'; order 9 1; } >one
	run_lines 1 one
	assert_equal "$(statuses)" "7 Activated
8 Draft
9 Activated"
	# the lines that are there are not sent again, the order is finished
	{ order 7 1; order 8 1; order 9 1; } >two
	run_lines 0 two
	assert_equal "$(statuses | grep -c Activated)" 3
	[ "$(verdicts out | grep -vc ^unchanged)" -eq 2 ]
}

@test "of several orders the one with a bad line is not activated, until it is mended" {
	both one_bad_run
}

# Lines for an order that somebody activated behind our back.
locked_run()
{
	local id
	orders_ready
	order 7 1 | grep -v order-activate | jq -c 'select(.key!="7-2")' >one
	run_lines 0 one
	id=$(sf-query 'SELECT Id FROM Order' | jq -r .Id)
	api PATCH "sobjects/Order/$id" '{"Status":"Activated"}'
	order 7 1 | grep -v order-activate >two
	run_lines 1 two
	assert_equal "$(verdicts out)" "unchanged - Order 7
unchanged - OrderItem 7-1
failed ENTITY_IS_LOCKED OrderItem 7-2"
	[ "$(requests | grep -c 'jobs/ingest$\|composite/sobjects')" -le 20 ]
	run millrace-explain ENTITY_IS_LOCKED
	assert_output --partial 'order'
	# a map with steps takes it back to draft
	order 7 1 "$id" >three
	run_lines 0 three
	assert_equal "$(statuses)" "7 Activated"
	[ "$(sf-query 'SELECT Id FROM OrderItem' | wc -l)" -eq 2 ]
}

@test "a line for an order that somebody activated is refused, once, with advice" {
	both locked_run
}

lock_run()
{
	orders_ready
	# for as long as the first run tries
	faults '{"path":".","nth":1,"lock":{"record":"Account.Magento_Id__c=1","times":4}}'
	order 7 1 >one
	run_lines 1 one
	assert_equal "$(verdicts out)" "waiting UNABLE_TO_LOCK_ROW Order 7
waiting parent-failed OrderItem 7-1
waiting parent-failed OrderItem 7-2
waiting parent-failed Order 7"
	run_lines 0 one
	assert_equal "$(statuses)" "7 Activated"
	# one that passes is no verdict
	faults '{"path":".","nth":1,"lock":{"record":"Account.Magento_Id__c=1","times":2}}'
	order 8 1 >two
	run_lines 0 two
	assert_equal "$(statuses | tail -1)" "8 Activated"
}

@test "a lock that lasts waits, and the next run brings it; one that passes does not show" {
	both lock_run
}

spent_run()
{
	orders_ready
	printf '%s\n' '[runs]' 'attempts = 2' >>millrace.conf
	faults '{"path":"/batches$|/composite/","fail_rows":{"match":"2026-11-20"}}'
	order 7 1 >one
	run_lines 1 one
	run_lines 1 one
	assert_equal "$(head -1 out | verdicts)" "waiting UNABLE_TO_LOCK_ROW Order 7"
	curl -sf -X DELETE "$SF_URL/sandbox/log"
	run_lines 1 one
	assert_equal "$(verdicts out)" "failed UNABLE_TO_LOCK_ROW Order 7
waiting parent-failed OrderItem 7-1
waiting parent-failed OrderItem 7-2
waiting parent-failed Order 7"
	[ "$(requests | grep -c 'jobs/ingest\|composite/sobjects')" -eq 0 ]
}

@test "attempts that are spent end in failed, and nothing is sent" {
	both spent_run
}

@test "lines whose call was answered into the void are not refused the second time" {
	start_sales
	FEW=2000 write_sf_conf
	orders_ready
	faults '{"method":"PATCH","path":"/composite/sobjects/OrderItem","nth":1,"reset":"after"}
{"method":"PATCH","path":"/composite/sobjects/Order/","nth":1,"reset":"after"}'
	{ order 7 1; order 8 1; } >one
	run_lines 0 one
	assert_equal "$(statuses)" "7 Activated
8 Activated"
	[ "$(sf-query 'SELECT Id FROM OrderItem' | wc -l)" -eq 4 ]
}

# Only a look tells a line that is there from a field that nobody may set.
upsert_run()
{
	orders_ready
	order 7 1 | sed '/order-activate/d' >one
	sf-load <one >/dev/null
	rm ledger.sqlite*
	order 7 2 | sed '/order-activate/d' >two
	run_status 0 bash -c 'sf-load <two >out'
	assert_equal "$(verdicts out)" "updated - Order 7
updated - OrderItem 7-1
updated - OrderItem 7-2"
	run -0 sf-query 'SELECT Quantity FROM OrderItem'
	assert_line '{"Quantity":2.0}'
}

@test "without ledger, lines that are there are found by their key and updated" {
	both upsert_run
}

@test "a field that nobody may set is refused, after a look" {
	start_sales --set read_only=Order.Magento_Tax__c
	write_sf_conf 'check_values = no'
	orders_ready
	order 7 1 | sed '/"order"/s/"EffectiveDate"/"Magento_Tax__c":1,&/' >one
	run_lines 1 one
	assert_equal "$(head -1 out | verdicts)" "failed INVALID_FIELD_FOR_INSERT_UPDATE Order 7"
}

# --- persons ----------------------------------------------------------------

# person N EMAIL NAME
person()
{
	payload Account person 10 "customers/$1" "$1" \
		",\"match\":[{\"PersonEmail\":\"$2\"}],\"own\":[\"LastName\"],\"insert\":{\"RecordType.DeveloperName\":\"PersonAccount\"},\"fields\":{\"FirstName\":\"F$1\",\"LastName\":\"$3\",\"PersonEmail\":\"$2\"}"
}

persons()
{
	sf-query 'SELECT Magento_Id__c, Name, PersonEmail, IsPersonAccount FROM Account' |
		jq -r '[.[]]|join(" ")' | sort
}

person_run()
{
	make Account '{"LastName":"Theirs","PersonEmail":"b@example.com"}' >/dev/null
	{ person 1 a@example.com A; person 2 B@example.com B
	payload Account business 10 customers/3 3 ',"fields":{"Name":"Shop"}'; } >one
	run_lines 0 one
	assert_equal "$(persons)" "1 F1 A a@example.com true
2 F2 Theirs B@example.com true
3 Shop  false"
	[ "$(sf-query 'SELECT Id FROM Contact' | wc -l)" -eq 2 ]
	{ person 1 a2@example.com A; person 2 B@example.com B; } >two
	run_lines 0 two
	rm ledger.sqlite*
	run_lines 0 two
	assert_equal "$(persons | head -1)" "1 F1 A a2@example.com true"
	[ "$(sf-query 'SELECT Id FROM Contact' | wc -l)" -eq 2 ]
	# a contact for the store's address is the one that the person has
	{ person 1 a2@example.com A
	payload Contact contact 20 customers/1 1 ',"parent":"Account/1","match":[{"Email":"a2@example.com"}],"fields":{"Email":"a2@example.com","LastName":"A"}'; } >three
	run_lines 0 three
	[ "$(tail -1 out | jq -r '[.verdict,.adopted]|join(" ")')" = "updated true" ]
	[ "$(sf-query 'SELECT Id FROM Contact' | wc -l)" -eq 2 ]
	{ person 1 a2@example.com A
	payload Contact contact 20 customers/1 c1 ',"parent":"Account/1","fields":{"Account.Magento_Id__c":"1","LastName":"A"}'; } >four
	run_lines 1 four
	assert_equal "$(tail -1 out | verdicts)" "failed FIELD_INTEGRITY_EXCEPTION Contact c1"
	[ "$(sf-query 'SELECT Id FROM Contact' | wc -l)" -eq 2 ]
}

@test "persons with their record type; each has one contact, whatever is sent" {
	both person_run --set person_accounts=on
}

# --- duplicate rules --------------------------------------------------------

duplicate_run()
{
	make Contact '{"LastName":"Theirs","Email":"a@example.com"}' >/dev/null
	payload Contact contact 10 customers/1 1 ',"fields":{"Email":"a@example.com","LastName":"A"}' >one
	payload Contact contact 10 customers/2 2 ',"fields":{"Email":"b@example.com","LastName":"B"}' >>one
	run_lines 1 one
	assert_equal "$(verdicts out)" "failed DUPLICATES_DETECTED Contact 1
created - Contact 2"
	run millrace-explain DUPLICATES_DETECTED
	assert_output --partial 'duplicate rule'
	assert_output --partial 'led tie'
	# as the advice says
	id=$(sf-query "SELECT Id FROM Contact WHERE LastName = 'Theirs'" | jq -r .Id)
	run -0 led tie --any Contact/1 "$id"
	run_lines 0 one
	assert_equal "$(verdicts out)" "updated - Contact 1
unchanged - Contact 2"
	[ "$(sf-query 'SELECT Id FROM Contact' | wc -l)" -eq 2 ]
}

@test "a duplicate rule blocks one row, and what millrace explain says mends it" {
	both duplicate_run --set duplicates=Contact.Email
}

@test "the records that a duplicate rule found are told, where Salesforce tells them" {
	start_sales
	FEW=2000 write_sf_conf
	faults '{"path":"/composite/","status":200,"body_json":[{"success":false,"errors":[{"statusCode":"DUPLICATES_DETECTED","message":"Use one of these records?","fields":[],"duplicateResult":{"matchResults":[{"matchRecords":[{"record":{"Id":"0038c00002FInboAAD"}},{"record":{}},{"record":{"Id":"0038c00002FInbpAAD"}}]},{"matchRecords":"x"}]}}]}]}'
	payload Contact contact 10 customers/1 1 ',"fields":{"LastName":"A"}' >one
	run_lines 1 one
	[ "$(jq -r .message out)" = "Use one of these records? It resembles 0038c00002FInboAAD, 0038c00002FInbpAAD" ]
}

# --- smaller calls ----------------------------------------------------------

@test "what comes again by Collections comes in smaller calls, one after the other" {
	start_sales
	FEW=2000 write_sf_conf
	for i in $(seq 100); do
		payload Account account 10 "c/$i" "$i" ",\"fields\":{\"Name\":\"A$i\"}"
	done >one
	faults '{"path":"/composite/","fail_rows":{"every":1}}'
	run_lines 1 one
	[ "$(verdicts out | grep -c '^waiting UNABLE_TO_LOCK_ROW')" -eq 100 ]
	assert_equal "$(requests | grep -c 'PATCH .*/composite/')" $((1 + 2 + 10 + 10))
}
