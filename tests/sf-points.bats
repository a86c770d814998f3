#!/usr/bin/env bats
# The pretend Salesforce org: points of the list of what bites that the other
# files of tests do not show by their number.

load helpers
load sf-api

@test "6: describe calls them nillable, and they are required all the same" {
	shop
	api GET /sobjects/OrderItem/describe | jq -e '.fields|map({(.name):.nillable})|add|
	    .UnitPrice and .PricebookEntryId and (.Quantity|not)'
	bulk insert OrderItem '' <<EOF
OrderId,PricebookEntryId,Quantity,UnitPrice
$ORDER,$ENTRY,1,
$ORDER,,1,1
$ORDER,$ENTRY,,
EOF
	refused 'REQUIRED_FIELD_MISSING:Order Products must have a Unit Price.:--'
	refused 'REQUIRED_FIELD_MISSING:Required fields are missing: [PricebookEntryId]:PricebookEntryId --'
	refused 'REQUIRED_FIELD_MISSING:Required fields are missing: [Quantity]:Quantity --'
	bulk insert Opportunity '' <<<$'Name,StageName,CloseDate\nx,,'
	refused 'REQUIRED_FIELD_MISSING:Required fields are missing: [StageName, CloseDate]:StageName, CloseDate --'
}

@test "8: a key is what the field makes of it, not its spelling" {
	field Account Num__c '<type>Number</type><precision>9</precision><scale>0</scale><externalId>true</externalId><unique>true</unique>'
	with_schema
	upsert() { json PATCH /composite/sobjects/Account/Num__c "{\"records\":[{\"attributes\":{\"type\":\"Account\"},\"Num__c\":$1,\"Name\":\"a\"}]}"; }
	upsert 13 | jq -e '.[0]|.success and .created'
	upsert 13 | jq -e '.[0]|.success and (.created|not)'
	upsert '""' | jq -e '.[0].errors[0]|.statusCode=="MISSING_ARGUMENT" and .message=="Num__c not specified"'
	bulk upsert Account Num__c <<<$'Num__c,Name\n12,a\n12.0,b\n13,c'
	assert_equal "$(grep -c 'DUPLICATE_VALUE:Duplicate external id specified: 12.0:--' bad)" 2
	assert_equal "$(wc -l <good)" 2
	id=$(make Account '{"Name":"a"}')
	bulk upsert Account Id <<<$'Id,Name\n'"$id,b"$'\n'"${id:0:15},c"
	assert_equal "$(grep -c "DUPLICATE_VALUE:Duplicate external id specified: $id:--" bad)" 2
}

@test "15: an activated order: lines and delete locked, Draft unlocks" {
	shop
	line
	json PATCH "/sobjects/Order/$ORDER" '{"Status":"Activated"}'
	bulk delete Order '' <<<$'Id\n'"$ORDER"
	refused 'ENTITY_IS_LOCKED:Unable to modify activated or superseded Order:  cannot delete Order, or add or remove Order Products:--'
	bulk insert OrderItem '' <<<$'OrderId,PricebookEntryId,Quantity,UnitPrice\n'"$ORDER,$ENTRY,1,1"
	refused 'ENTITY_IS_LOCKED:Unable to modify activated or superseded Order:  cannot delete Order, or add or remove Order Products:--'
	json PATCH "/sobjects/Order/$ORDER" '{"Status":"Draft"}'
	assert_equal "$CODE" 204
	bulk delete Order '' <<<$'Id\n'"$ORDER"
	assert_equal "$(jq -r .numberRecordsFailed info.json)" 0
	soql 'SELECT COUNT() FROM OrderItem' | jq -e '.totalSize==0'
}

@test "23: unrestricted picklists take anything: stage, role, type" {
	con=$(make Contact '{"LastName":"a"}')
	opp=$(make Opportunity '{"Name":"o","StageName":"Macy'\''s","CloseDate":"2026-11-20"}')
	make OpportunityContactRole "{\"OpportunityId\":\"$opp\",\"ContactId\":\"$con\",\"Role\":\"Uncle\"}"
	json PATCH "/sobjects/Opportunity/$opp" '{"ForecastCategoryName":"<b>"}'
	error_is 400 INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST \
	    'Forecast Category: bad value for restricted picklist field: &lt;b&gt;'
	json PATCH "/sobjects/Opportunity/$opp" '{"Probability":123456}'
	error_is 400 NUMBER_OUTSIDE_VALID_RANGE \
	    'Probability (%): value outside of valid range on numeric field: 123456'
}

@test "25: an int of JSON is one of 32 bits" {
	json POST /sobjects/Account '{"Name":"a","NumberOfEmployees":99999999999}'
	error_is 400 JSON_PARSER_ERROR
	json POST /sobjects/Account '{"Name":"a","NumberOfEmployees":2147483647}'
	assert_equal "$CODE" 201
}

@test "31: contentUrl, apiVersion, and what each answer has" {
	job insert Account
	jq -e '.apiVersion==62.0 and (has("jobType")|not) and
	    .contentUrl=="services/data/v62.0/jobs/ingest/\(.id)/batches"' job.json
	api GET "/jobs/ingest/$JOB" | jq -e '.jobType=="V2Ingest" and
	    .retries==0 and (has("numberRecordsProcessed")|not) and has("contentUrl")'
	printf 'Name\na\n' >f
	put f
	finish
	assert_equal "$(jq -r 'keys_unsorted|join(" ")' close.json)" \
	    "id operation object createdById createdDate systemModstamp state concurrencyMode contentType apiVersion"
	assert_equal "$(jq -r 'keys_unsorted|join(" ")' info.json)" \
	    "id operation object createdById createdDate systemModstamp state concurrencyMode contentType apiVersion jobType lineEnding columnDelimiter numberRecordsProcessed numberRecordsFailed retries totalProcessingTime apiActiveProcessingTime apexProcessingTime"
}

@test "32: arrays with errorCode, OAuth's object, statusCode in collections" {
	json POST /sobjects/Contact '{}'
	jq -e 'type=="array" and (.[0]|.errorCode=="REQUIRED_FIELD_MISSING" and
	    .fields==["LastName"] and (has("statusCode")|not))' answer
	json POST /jobs/ingest '{"operation":"insert","object":"Foo"}'
	jq -e '.[0]|.errorCode=="INVALIDJOB" and (has("fields")|not)' answer
	curl -s "$SF_URL/services/oauth2/token" -d grant_type=nonsense |
	    jq -e '.error=="unsupported_grant_type" and has("error_description")'
	json POST /composite/sobjects '{"records":[{"attributes":{"type":"Contact"}}]}'
	jq -e '.[0]|.success==false and (.errors[0]|
	    .statusCode=="REQUIRED_FIELD_MISSING" and .fields==["LastName"] and
	    (has("errorCode")|not))' answer
}

@test "33: locators, the last is null; another version 409; no aggregates" {
	{ echo Name; seq 3; } | bulk insert Account ''
	json POST /jobs/query '{"operation":"query","query":"SELECT Name FROM Account"}'
	JOB=$(jq -r .id answer)
	for ((i = 0; i < 200; i++)); do
		api GET "/jobs/query/$JOB" | jq -e '.state=="JobComplete"' && break
		sleep 0.02
	done
	api GET "/jobs/query/$JOB/results?maxRecords=2" >p1
	grep -qi '^Sforce-NumberOfRecords: 2' headers
	locator=$(sed -n 's/^Sforce-Locator: //Ip' headers | tr -d '\r')
	[ "$locator" != null ]
	for i in 1 2; do	# a page may be read again
		api GET "/jobs/query/$JOB/results?maxRecords=2&locator=$locator" >p2
		grep -qi '^Sforce-Locator: null' headers
		assert_equal "$(wc -l <p2)" 2
	done
	BASE=$SF_URL/services/data/v60.0 api GET "/jobs/query/$JOB/results"
	assert_equal "$CODE" 409
	for q in 'COUNT() FROM Account' 'Name, COUNT(Id) FROM Account GROUP BY Name'; do
		json POST /jobs/query "{\"operation\":\"query\",\"query\":\"SELECT $q\"}"
		assert_equal "$CODE" 400
	done
}

@test "34: hardDelete needs its permission, and leaves nothing in the bin" {
	id=$(make Account '{"Name":"a"}')
	another_sf --set hard_delete=on
	id=$(make Account '{"Name":"a"}')
	bulk hardDelete Account '' <<<$'Id,Name\n'"$id,a"
	assert_equal "$(jq -r .state info.json)" Failed
	bulk hardDelete Account '' <<<$'Id\n'"$id"
	assert_equal "$(jq -r .numberRecordsFailed info.json)" 0
	bulk delete Account '' <<<$'Id\n'"$id"
	refused 'ENTITY_IS_DELETED:entity is deleted:--'
}

@test "37: a contact role has no external id, in metadata nor in jobs" {
	mkdir -p x/objects/OpportunityContactRole/fields
	cat >x/objects/OpportunityContactRole/fields/A__c.field-meta.xml <<'END'
<CustomField><fullName>A__c</fullName><label>A</label><type>Text</type><length>9</length><externalId>true</externalId></CustomField>
END
	run_status 2 sf-sandbox --state y --port 0 --schema x
	assert_output --partial 'A__c.field-meta.xml: a contact role can have no external id'
	job upsert OpportunityContactRole Role
	jq -e '.[0].message=="InvalidJob : Field name provided, Role does not match an External ID for OpportunityContactRole"' job.json
	json PATCH /sobjects/OpportunityContactRole/Role/x '{"IsPrimary":true}'
	error_is 404 NOT_FOUND 'Provided external ID field does not exist or is not accessible: Role'
}

@test "38: the day's calls are counted but for the list of versions" {
	api GET /limits | jq -e '.DailyBulkApiBatches.Max==15000 and .DailyApiRequests.Max==100000'
	curl -s "$SF_URL/services/data/" -D headers >/dev/null
	grep -qi '^sforce-limit-info' headers && return 1
	api GET /limits >/dev/null
	grep -qi '^sforce-limit-info: api-usage=2/100000' headers
}

@test "39: gzip for those who ask" {
	{ echo Name; seq 500; } >f
	bulk insert Account '' <f
	api GET "/jobs/ingest/$JOB/successfulResults" >/dev/null
	grep -qi '^content-encoding' headers && return 1
	api GET "/jobs/ingest/$JOB/successfulResults" -H 'Accept-Encoding: gzip' >/dev/null
	grep -qi '^content-encoding: gzip' headers
	gunzip <answer | cmp - good
}

@test "40: HTML, 503, and a PUT whose answer was lost has landed" {
	faults sf '{"path":"/limits","nth":1,"status":503,"type":"text/html","body_text":"<html>down</html>"}
{"method":"PUT","nth":1,"reset":"after"}'
	api GET /limits
	assert_equal "$CODE $(cat answer)" '503 <html>down</html>'
	grep -qi '^content-type: text/html' headers
	job insert Account
	printf 'Name\na\n' >f
	put f || true
	assert_equal "$CODE" 000
	put f
	error_is 400 BULK_API_ERROR
	jq -e '.[0].message|startswith("Found multipe contents for job: <")' answer
	finish
	assert_equal "$(jq -r .numberRecordsProcessed info.json)" 1
}

@test "14: activating changes nothing but the status; parents of an activated order stay" {
	shop
	line
	for field in Description Magento_Status__c; do
		json PATCH "/sobjects/Order/$ORDER" "{\"Status\":\"Activated\",\"$field\":\"x\"}"
		error_is 400 FAILED_ACTIVATION
	done
	other=$(make Account '{"Name":"other"}')
	# the key of an upsert is no change
	bulk upsert Order Magento_Id__c <<<$'Magento_Id__c,Status\no1,Activated'
	assert_equal "$(jq -r .numberRecordsFailed info.json)" 0
	# not even on the way back to Draft
	json PATCH "/sobjects/Order/$ORDER" "{\"Status\":\"Draft\",\"AccountId\":\"$other\"}"
	error_is 400 ENTITY_IS_LOCKED 'unable to modify activated order'
	json PATCH "/sobjects/Order/$ORDER" '{"Status":"Draft"}'
	json PATCH "/sobjects/Order/$ORDER" "{\"AccountId\":\"$other\"}"
	assert_equal "$CODE" 204
	json PATCH "/sobjects/Order/$ORDER" "{\"Pricebook2Id\":\"$STD\"}"
	error_is 400 FIELD_INTEGRITY_EXCEPTION
}

@test "15: a reduction order takes away; what it reduces stays activated" {
	shop
	line ',"Magento_Id__c":"i1"'
	item=$(jq -r .id answer)
	json PATCH "/sobjects/Order/$ORDER" '{"Status":"Activated"}'
	O=$(make Order "{\"AccountId\":\"$ACC\",\"Pricebook2Id\":\"$BOOK\",
	    \"EffectiveDate\":\"2026-11-20\",\"Status\":\"Draft\",
	    \"IsReductionOrder\":true,\"OriginalOrderId\":\"$ORDER\"}")
	Q=1 line ",\"OriginalOrderItemId\":\"$item\""
	error_is 400 FIELD_INTEGRITY_EXCEPTION
	Q=-0.5 line ",\"OriginalOrderItemId\":\"$item\""
	assert_equal "$CODE" 201
	less=$(jq -r .id answer)
	get OrderItem "$item" AvailableQuantity .AvailableQuantity==1.5
	json PATCH "/sobjects/OrderItem/$less" '{"Quantity":-1.25}'
	get OrderItem "$item" AvailableQuantity,Quantity '.AvailableQuantity==0.75 and .Quantity==2'
	json PATCH "/sobjects/Order/$ORDER" '{"Status":"Draft"}'
	error_is 400 ENTITY_IS_LOCKED 'unable to modify activated order'
	api DELETE "/sobjects/OrderItem/$less"
	get OrderItem "$item" AvailableQuantity .AvailableQuantity==2
	json PATCH "/sobjects/Order/$ORDER" '{"Status":"Draft"}'
	assert_equal "$CODE" 204
}

@test "18: an entry that leaves the standard price gets its own in a later update" {
	shop
	entry() { json PATCH "/sobjects/PricebookEntry/$ENTRY" "$1"; }
	entry '{"UseStandardPrice":true,"UnitPrice":5}'
	assert_equal "$CODE" 204
	entry '{"UseStandardPrice":false,"UnitPrice":7}'
	error_is 400 FIELD_INTEGRITY_EXCEPTION 'field integrity exception'
	entry '{"UseStandardPrice":false}'
	assert_equal "$CODE" 204
	entry '{"UnitPrice":7}'
	assert_equal "$CODE" 204
}

@test "19: dates of an order and of its lines; signs; what is inactive or another's" {
	shop
	json PATCH "/sobjects/Order/$ORDER" '{"EndDate":"2026-11-19"}'
	error_is 400 FIELD_INTEGRITY_EXCEPTION
	# without an end the order has no ceiling
	line ',"ServiceDate":"2026-11-20","EndDate":"2036-01-01"'
	assert_equal "$CODE" 201
	api DELETE "/sobjects/OrderItem/$(jq -r .id answer)"
	json PATCH "/sobjects/Order/$ORDER" '{"EndDate":"2026-12-31"}'
	assert_equal "$CODE" 204
	line ',"ServiceDate":"2026-11-19"'
	error_is 400 FIELD_INTEGRITY_EXCEPTION
	line ',"EndDate":"2027-01-01"'
	error_is 400 FIELD_INTEGRITY_EXCEPTION
	Q=-1 line
	error_is 400 FIELD_INTEGRITY_EXCEPTION
	line ",\"Product2Id\":\"$(make Product2 '{"Name":"Cup"}')\""
	error_is 400 FIELD_INTEGRITY_EXCEPTION
	json PATCH "/sobjects/PricebookEntry/$ENTRY" '{"IsActive":false}'
	line
	error_is 400 FIELD_INTEGRITY_EXCEPTION 'This price definition is inactive'
	json PATCH "/sobjects/PricebookEntry/$ENTRY" '{"IsActive":true}'
	line ',"ServiceDate":"2026-11-20","EndDate":"2026-12-31"'
	assert_equal "$CODE" 201
}
