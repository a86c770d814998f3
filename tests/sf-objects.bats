#!/usr/bin/env bats
# The pretend Salesforce org: what leads, opportunities, campaigns, notes,
# queues, persons and currencies demand.

load helpers
load sf-api

opportunity()
{
	make Opportunity "{\"Name\":\"Deal\",\"StageName\":\"Prospecting\",
	    \"CloseDate\":\"2026-11-20\"${1:-}}"
}

# item OPPORTUNITY ENTRY REST
item()
{
	json POST /sobjects/OpportunityLineItem "{\"OpportunityId\":\"$1\",
	    \"PricebookEntryId\":\"$2\"$3}"
}

@test "describe: fields, lengths and prefixes of the sales objects" {
	api GET /sobjects/Lead/describe | jq -e '.keyPrefix=="00Q" and
	    (.fields|map({(.name):.})|add|.Company.length==255 and
	    (.Company.nillable|not) and .OwnerId.referenceTo==["Group","User"]
	    and .IsConverted.createable and (.IsConverted.updateable|not) and
	    .Email.idLookup and (.Status.picklistValues|map(select(
	    .defaultValue).value)==["Open - Not Contacted"]))'
	api GET /sobjects/Opportunity/describe | jq -e '.keyPrefix=="006" and
	    (.fields|map({(.name):.})|add|.Name.length==120 and
	    .Probability.precision==3 and .ContactId.createable and
	    (.ContactId.updateable|not) and (.StageName.restrictedPicklist|not)
	    and .ForecastCategoryName.restrictedPicklist) and
	    (.childRelationships|map(select(.cascadeDelete).relationshipName)|
	    contains(["OpportunityLineItems","OpportunityContactRoles"]))'
	api GET /sobjects/CampaignMemberStatus/describe |
	    jq -e '.fields|map({(.name):.})|add|.Label.length==765'
	job insert ContentNote
	jq -e '.[0].errorCode=="INVALIDENTITY"' job.json
	for o in Note Task Case OpportunityStage; do
		[ $o != OpportunityStage ] || continue
		job insert $o
		[ -n "$JOB" ]
	done
}

@test "lead: name, default status; a converted one is closed" {
	id=$(make Lead '{"FirstName":"A","LastName":"B","Company":"C"}')
	get Lead "$id" Name,Status '.Name=="A B" and .Status=="Open - Not Contacted"'
	json POST /sobjects/Lead '{"LastName":"B"}'
	error_is 400 REQUIRED_FIELD_MISSING 'Required fields are missing: [Company]'
	json PATCH "/sobjects/Lead/$id" '{"IsConverted":true}'
	error_is 400 INVALID_FIELD_FOR_INSERT_UPDATE
	json PATCH "/sobjects/Lead/$id" '{"ConvertedDate":"2026-11-20"}'
	error_is 400 INVALID_FIELD_FOR_INSERT_UPDATE
	id=$(make Lead '{"LastName":"B","Company":"C","IsConverted":true}')
	json PATCH "/sobjects/Lead/$id" '{"Phone":"1"}'
	error_is 400 CANNOT_UPDATE_CONVERTED_LEAD 'cannot reference converted lead'
}

@test "opportunity: the stage decides, probability and category may be sent" {
	id=$(opportunity)
	get Opportunity "$id" IsClosed,Probability,ForecastCategoryName,Fiscal \
	    '[.IsClosed,.Probability,.ForecastCategoryName,.Fiscal]==[false,10,"Pipeline","2026 4"]'
	json PATCH "/sobjects/Opportunity/$id" '{"StageName":"Closed Won","Amount":10}'
	get Opportunity "$id" IsClosed,IsWon,Probability,ForecastCategory,ExpectedRevenue \
	    '[.IsClosed,.IsWon,.Probability,.ForecastCategory,.ExpectedRevenue]==[true,true,100,"Closed",10]'
	json PATCH "/sobjects/Opportunity/$id" '{"StageName":"Qualification",
	    "Probability":33,"ForecastCategoryName":"Commit"}'
	get Opportunity "$id" IsClosed,Probability,ForecastCategory,ExpectedRevenue \
	    '[.IsClosed,.Probability,.ForecastCategory,.ExpectedRevenue]==[false,33,"Forecast",3.3]'
	json PATCH "/sobjects/Opportunity/$id" '{"StageName":"Our own"}'
	assert_equal "$CODE" 204
	json PATCH "/sobjects/Opportunity/$id" '{"IsWon":true}'
	error_is 400 INVALID_FIELD_FOR_INSERT_UPDATE
}

@test "opportunity lines: book, prices, amount" {
	shop
	opp=$(opportunity)
	item "$opp" "$ENTRY" ',"Quantity":2,"UnitPrice":6.5,"TotalPrice":13'
	error_is 400 FIELD_INTEGRITY_EXCEPTION
	item "$opp" "$ENTRY" ',"Quantity":2'
	error_is 400 REQUIRED_FIELD_MISSING 'Required fields are missing: [UnitPrice]'
	item "$opp" "$ENTRY" ',"Quantity":2,"UnitPrice":6.5'
	line=$(jq -r .id answer)
	item "$opp" "$ENTRY" ',"Quantity":4,"TotalPrice":10'
	get Opportunity "$opp" Amount,Pricebook2Id,HasOpportunityLineItem \
	    ".Amount==23 and .Pricebook2Id==\"$BOOK\" and .HasOpportunityLineItem"
	soql "SELECT UnitPrice, Name, ListPrice FROM OpportunityLineItem WHERE TotalPrice = 10" |
	    jq -e '.records[0]|.UnitPrice==2.5 and .Name=="Deal Mug" and .ListPrice==6'
	std=$(soql "SELECT Id FROM PricebookEntry WHERE Pricebook2Id = '$STD'" | jq -r '.records[0].Id')
	item "$opp" "$std" ',"Quantity":1,"UnitPrice":1'
	error_is 400 FIELD_INTEGRITY_EXCEPTION
	jq -e '.[0].message|endswith("pricebook entry is in a different pricebook than the one assigned to the opportunity")' answer
	json PATCH "/sobjects/Opportunity/$opp" '{"Amount":5,"NextStep":"x"}'
	assert_equal "$CODE" 204
	get Opportunity "$opp" Amount,NextStep '.Amount==23 and .NextStep=="x"'
	json PATCH "/sobjects/Opportunity/$opp" "{\"Pricebook2Id\":\"$STD\"}"
	error_is 400 FIELD_INTEGRITY_EXCEPTION
	json PATCH "/sobjects/OpportunityLineItem/$line" '{"Quantity":1}'
	get OpportunityLineItem "$line" UnitPrice,TotalPrice '.UnitPrice==13 and .TotalPrice==13'
	json PATCH "/sobjects/OpportunityLineItem/$line" "{\"OpportunityId\":\"$opp\"}"
	error_is 400 INVALID_FIELD_FOR_INSERT_UPDATE
	api DELETE "/sobjects/OpportunityLineItem/$line"
	get Opportunity "$opp" Amount .Amount==10
	json PATCH "/sobjects/PricebookEntry/$ENTRY" '{"IsActive":false}'
	item "$opp" "$ENTRY" ',"Quantity":1,"UnitPrice":1'
	error_is 400 FIELD_INTEGRITY_EXCEPTION 'The pricebook entry is inactive'
	json PATCH "/sobjects/PricebookEntry/$ENTRY" '{"IsActive":true}'
	json PATCH "/sobjects/Pricebook2/$BOOK" '{"IsActive":false}'
	item "$(opportunity)" "$ENTRY" ',"Quantity":1,"UnitPrice":1'
	error_is 400 FIELD_INTEGRITY_EXCEPTION
}

@test "an opportunity line's discount comes off its total" {
	json PATCH "/sobjects/Pricebook2/$(soql 'SELECT Id FROM Pricebook2 WHERE IsStandard = true' | jq -r '.records[0].Id')" '{"IsActive":true}'
	std=$(soql 'SELECT Id FROM Pricebook2' | jq -r '.records[0].Id')
	entry=$(make PricebookEntry "{\"Pricebook2Id\":\"$std\",\"UnitPrice\":6,\"IsActive\":true,
	    \"Product2Id\":\"$(make Product2 '{"Name":"Mug"}')\"}")
	opp=$(opportunity)
	item "$opp" "$entry" ',"Quantity":4,"UnitPrice":5,"Discount":25'
	line=$(jq -r .id answer)
	get OpportunityLineItem "$line" TotalPrice,Discount '.TotalPrice==15 and .Discount==25'
	json PATCH "/sobjects/OpportunityLineItem/$line" '{"Discount":null}'
	get OpportunityLineItem "$line" TotalPrice,UnitPrice '.TotalPrice==20 and .UnitPrice==5'
	item "$opp" "$entry" ',"Quantity":2,"TotalPrice":9,"Discount":10'
	get OpportunityLineItem "$(jq -r .id answer)" UnitPrice .UnitPrice==5
	get Opportunity "$opp" Amount .Amount==29
	# as decimals multiply, not doubles: 8.325
	item "$opp" "$entry" ',"Quantity":2.5,"UnitPrice":3.33'
	get OpportunityLineItem "$(jq -r .id answer)" TotalPrice .TotalPrice==8.33
	item "$opp" "$entry" ',"Quantity":2,"UnitPrice":9,"Discount":1000'
	error_is 400 NUMBER_OUTSIDE_VALID_RANGE
}

@test "statuses of leads, cases and tasks are objects; two not for Bulk" {
	soql 'SELECT ApiName FROM LeadStatus WHERE IsConverted = true' |
	    jq -e '[.records[].ApiName]==["Closed - Converted"]'
	soql 'SELECT MasterLabel FROM CaseStatus WHERE IsClosed = true' |
	    jq -e '[.records[].MasterLabel]==["Closed"]'
	soql 'SELECT ApiName, IsDefault FROM TaskStatus ORDER BY SortOrder' |
	    jq -e '.totalSize==5 and (.records[0]|.IsDefault and .ApiName=="Not Started")'
	for o in CaseStatus TaskStatus; do
		json POST /jobs/query "{\"operation\":\"query\",\"query\":\"SELECT Id FROM $o\"}"
		error_is 400 INVALIDENTITY "InvalidEntity : Entity '$o' is not supported by the Bulk API."
	done
	json POST /jobs/query '{"operation":"query","query":"SELECT Id FROM LeadStatus"}'
	assert_equal "$CODE" 200
}

@test "who is no longer active owns nothing anew" {
	old=$(soql 'SELECT Id FROM User WHERE IsActive = false' | jq -r '.records[0].Id')
	json POST /sobjects/Case "{\"OwnerId\":\"$old\"}"
	error_is 400 INACTIVE_OWNER_OR_USER "operation performed with inactive user [$old] as owner of [case]"
	account=$(make Account '{"Name":"a"}')
	bulk update Account '' <<<$'Id,Owner.Username\n'"$account,former@millrace.test"
	refused "INACTIVE_OWNER_OR_USER:operation performed with inactive user [$old] as owner of [account]:OwnerId --"
}

@test "what a rule changes moves SystemModstamp: the parent's, the deleted's" {
	account=$(make Account '{"Name":"a"}')
	opp=$(opportunity ",\"AccountId\":\"$account\"")
	was=$(api GET "/sobjects/Opportunity/$opp?fields=SystemModstamp,LastModifiedDate" | jq -c '[.SystemModstamp,.LastModifiedDate]')
	sleep 0.01
	make OpportunityContactRole "{\"OpportunityId\":\"$opp\",\"IsPrimary\":true,
	    \"ContactId\":\"$(make Contact '{"LastName":"b"}')\"}"
	get Opportunity "$opp" SystemModstamp,LastModifiedDate \
	    ".SystemModstamp > $was[0] and .LastModifiedDate == $was[1]"
	was=$(api GET "/sobjects/Account/$account?fields=SystemModstamp" | jq .SystemModstamp)
	sleep 0.01
	api DELETE "/sobjects/Account/$account"
	api GET /queryAll -G --data-urlencode "q=SELECT SystemModstamp FROM Account WHERE IsDeleted = true" |
	    jq -e ".records[0].SystemModstamp > $was"
}

@test "contact roles: one primary, swapped in silence" {
	a=$(make Contact '{"LastName":"a"}')
	b=$(make Contact '{"LastName":"b"}')
	opp=$(opportunity ",\"ContactId\":\"$a\"")
	soql 'SELECT ContactId, IsPrimary FROM OpportunityContactRole' |
	    jq -e ".records==[.records[0]] and .records[0].IsPrimary and .records[0].ContactId==\"$a\""
	make OpportunityContactRole "{\"OpportunityId\":\"$opp\",\"ContactId\":\"$b\",\"IsPrimary\":true}"
	soql 'SELECT ContactId FROM OpportunityContactRole WHERE IsPrimary = true' |
	    jq -e ".totalSize==1 and .records[0].ContactId==\"$b\""
	get Opportunity "$opp" ContactId ".ContactId==\"$b\""
	# pairs may repeat
	make OpportunityContactRole "{\"OpportunityId\":\"$opp\",\"ContactId\":\"$b\"}"
	json POST /sobjects/OpportunityContactRole "{\"ContactId\":\"$b\"}"
	error_is 400 REQUIRED_FIELD_MISSING 'Required fields are missing: [OpportunityId]'
	api DELETE "/sobjects/Opportunity/$opp"
	soql 'SELECT COUNT() FROM OpportunityContactRole' | jq -e '.totalSize==0'
}

@test "campaign members: once, their status, what the campaign counts" {
	camp=$(make Campaign '{"Name":"C"}')
	con=$(make Contact '{"LastName":"a","Email":"a@b.example"}')
	lead=$(make Lead '{"LastName":"l","Company":"c"}')
	soql "SELECT Label, IsDefault FROM CampaignMemberStatus ORDER BY SortOrder" |
	    jq -e '.records|map([.Label,.IsDefault])==[["Sent",true],["Responded",false]]'
	id=$(make CampaignMember "{\"CampaignId\":\"$camp\",\"ContactId\":\"$con\",
	    \"LeadId\":\"$lead\",\"Status\":\"Unheard of\"}")
	get CampaignMember "$id" LeadId,Status,HasResponded,Type,Email \
	    '.LeadId==null and .Status=="Sent" and .HasResponded==false and
	    .Type=="Contact" and .Email=="a@b.example"'
	json POST /sobjects/CampaignMember "{\"CampaignId\":\"$camp\",\"ContactId\":\"$con\"}"
	error_is 400 DUPLICATE_VALUE 'Already a campaign member.'
	bulk insert CampaignMember '' <<<$'CampaignId,LeadId,Status\n'"$camp,$lead,responded"$'\n'"$camp,$lead,"
	refused 'DUPLICATE_VALUE:Already a campaign member.:--'
	get Campaign "$camp" NumberOfContacts,NumberOfLeads,NumberOfResponses \
	    '[.NumberOfContacts,.NumberOfLeads,.NumberOfResponses]==[1,1,1]'
	json PATCH "/sobjects/CampaignMember/$id" '{"Status":"Responded"}'
	for field in "CampaignId $camp" "LeadId $lead" "ContactId $con"; do
		json PATCH "/sobjects/CampaignMember/$id" "{\"${field% *}\":\"${field#* }\"}"
		error_is 400 INVALID_FIELD_FOR_INSERT_UPDATE
	done
	get CampaignMember "$id" HasResponded,FirstRespondedDate '.HasResponded and .FirstRespondedDate!=null'
	api DELETE "/sobjects/CampaignMember/$id"
	get Campaign "$camp" NumberOfContacts,NumberOfResponses \
	    '[.NumberOfContacts,.NumberOfResponses]==[0,1]'
	json POST /sobjects/CampaignMember "{\"CampaignId\":\"$camp\"}"
	error_is 400 REQUIRED_FIELD_MISSING
	id=$(soql "SELECT Id FROM CampaignMemberStatus WHERE IsDefault = true" | jq -r '.records[0].Id')
	api DELETE "/sobjects/CampaignMemberStatus/$id"
	error_is 400 DELETE_FAILED 'the default status of a campaign cannot be deleted'
	another_sf --set member_status=on
	camp=$(make Campaign '{"Name":"C"}')
	con=$(make Contact '{"LastName":"a"}')
	json POST /sobjects/CampaignMember "{\"CampaignId\":\"$camp\",\"ContactId\":\"$con\",\"Status\":\"Macy's\"}"
	error_is 400 INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST \
	    'Status: bad value for restricted picklist field: Macy&#39;s'
}

@test "notes: a parent of known kinds, 32000 characters; tasks and cases" {
	acc=$(make Account '{"Name":"a"}')
	make Note "{\"ParentId\":\"$acc\",\"Title\":\"t\",\"Body\":\"b\"}" >/dev/null
	bulk insert Note '' <<<$'Title,Account:Parent.Magento_Id__c\nt,none'
	refused 'INVALID_FIELD:Foreign key external ID: none not found for field Magento_Id__c in entity Account:--'
	user=$(soql 'SELECT Id FROM User' | jq -r '.records[0].Id')
	json POST /sobjects/Note "{\"ParentId\":\"$user\",\"Title\":\"t\"}"
	error_is 400 MALFORMED_ID
	jq -nc --arg p "$acc" '{ParentId:$p,Title:"t",Body:("x"*32001)}' >long
	json POST /sobjects/Note @long
	error_is 400 STRING_TOO_LONG
	con=$(make Contact "{\"LastName\":\"c\",\"AccountId\":\"$acc\",\"Email\":\"c@d.example\"}")
	id=$(make Task "{\"Subject\":\"Ours\",\"WhoId\":\"$con\",\"Status\":\"Completed\",\"Priority\":\"High\"}")
	get Task "$id" IsClosed,AccountId,IsHighPriority ".IsClosed and .IsHighPriority and .AccountId==\"$acc\""
	id=$(make Case "{\"Subject\":\"s\",\"ContactId\":\"$con\"}")
	get Case "$id" Status,Priority,ContactEmail,CaseNumber '.Status=="New" and
	    .Priority=="Medium" and .ContactEmail=="c@d.example" and (.CaseNumber|test("^[0-9]{8}$"))'
	api DELETE "/sobjects/Account/$acc"
	error_is 400 DELETE_FAILED
	api DELETE "/sobjects/Case/$id"
	api DELETE "/sobjects/Account/$acc"
	soql 'SELECT COUNT() FROM Note' | jq -e '.totalSize==0'
	soql 'SELECT COUNT() FROM Task' | jq -e '.totalSize==0'
}

@test "content notes: base64, shared with their owner; links are unique" {
	acc=$(make Account '{"Name":"a"}')
	json POST /sobjects/ContentNote '{"Title":"t","Content":"no base64!"}'
	error_is 400 JSON_PARSER_ERROR
	id=$(make ContentNote "{\"Title\":\"t\",\"Content\":\"$(printf '<b>Gr\303\274n</b> &amp; rot' | base64)\"}")
	get ContentNote "$id" FileType,TextPreview,ContentSize \
	    '.FileType=="SNOTE" and .TextPreview=="Grün &amp; rot" and .ContentSize==22'
	# the content is not in the record, but at an address
	get ContentNote "$id" Content ".Content==\"/services/data/v62.0/sobjects/ContentNote/$id/Content\""
	soql 'SELECT Content FROM ContentNote' | jq -e '.records[0].Content|endswith("/Content")'
	api GET "/sobjects/ContentNote/$id/Content" | cmp - <(printf '<b>Gr\303\274n</b> &amp; rot')
	soql "SELECT LinkedEntityId, ShareType FROM ContentDocumentLink WHERE ContentDocumentId = '$id'" |
	    jq -e '.totalSize==1 and .records[0].ShareType=="I" and (.records[0].LinkedEntityId|startswith("005"))'
	soql "SELECT Id FROM ContentDocumentLink WHERE ShareType = 'I'"
	error_is 400 MALFORMED_QUERY "Implementation restriction: ContentDocumentLink requires a filter by a single Id on ContentDocumentId or LinkedEntityId using the equals operator or multiple Id's using the IN operator."
	l="{\"ContentDocumentId\":\"$id\",\"LinkedEntityId\":\"$acc\""
	json POST /sobjects/ContentDocumentLink "$l}"
	error_is 400 REQUIRED_FIELD_MISSING 'Required fields are missing: [ShareType]'
	json POST /sobjects/ContentDocumentLink "$l,\"ShareType\":\"X\"}"
	error_is 400 INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST
	make ContentDocumentLink "$l,\"ShareType\":\"V\"}" >/dev/null
	json POST /sobjects/ContentDocumentLink "$l,\"ShareType\":\"V\"}"
	error_is 400 DUPLICATE_VALUE "Document with ID: $id is already linked with the entity with ID: $acc"
	for way in "sobjects/ContentNote/Id/$id" composite/sobjects/ContentNote/Id; do
		json PATCH "/$way" "{\"records\":[{\"attributes\":{\"type\":\"ContentNote\"},\"Id\":\"$id\",\"Title\":\"u\"}]}"
		error_is 404 NOT_FOUND 'Provided external ID field does not exist or is not accessible: Id'
	done
	json PATCH "/sobjects/ContentNote/$id" '{"FileType":"PDF"}'
	error_is 400 INVALID_FIELD_FOR_INSERT_UPDATE
	api DELETE "/sobjects/ContentNote/$id"
	soql "SELECT COUNT() FROM ContentDocumentLink WHERE LinkedEntityId = '$acc'" | jq -e '.totalSize==0'
}

@test "35: queues own orders, leads, cases that they are made for, no accounts" {
	queue=$(make Group '{"Name":"Shop","Type":"Queue"}')
	make QueueSobject "{\"QueueId\":\"$queue\",\"SobjectType\":\"Order\"}" >/dev/null
	shop
	json PATCH "/sobjects/Order/$ORDER" "{\"OwnerId\":\"$queue\"}"
	assert_equal "$CODE" 204
	bulk update Order '' <<<$'Id,Owner.Username\n'"$ORDER,x"
	assert_equal "$(jq -r .state info.json)" Failed
	json POST /sobjects/Lead "{\"LastName\":\"a\",\"Company\":\"b\",\"OwnerId\":\"$queue\"}"
	error_is 400 INVALID_OPERATION 'Queue not associated with this SObject type'
	json PATCH "/sobjects/Account/$ACC" "{\"OwnerId\":\"$queue\"}"
	error_is 400 MALFORMED_ID "Owner ID: id value of incorrect type: $queue"
}

@test "21: what a duplicate rule says, and whom it lets through" {
	another_sf --set duplicates=Contact.Email --set duplicates_block=Account.Name
	id=$(make Contact '{"LastName":"a","Email":"a@b.example"}')
	json POST /sobjects/Contact '{"LastName":"b","Email":"A@b.example"}'
	error_is 400 DUPLICATES_DETECTED 'Use one of these records?'
	jq -e --arg id "$id" '.[0].duplicateResult|.allowSave and
	    .duplicateRuleEntityType=="Contact" and (.matchResults[0]|
	    .size==1 and .success and .matchRecords[0].record.Id==$id and
	    (.matchRecords[0].record.attributes.url|endswith($id)))' answer
	# itself is no duplicate
	json PATCH "/sobjects/Contact/$id" '{"Email":"a@B.example"}'
	assert_equal "$CODE" 204
	api POST /sobjects/Contact -H 'Content-Type: application/json' -d '{"LastName":"b","Email":"a@b.example"}' \
	    -H 'Sforce-Duplicate-Rule-Header: allowSave=true; includeRecordDetails=false; runAsCurrentUser=true'
	assert_equal "$CODE" 201
	make Account '{"Name":"a"}' >/dev/null
	api POST /sobjects/Account -H 'Content-Type: application/json' -d '{"Name":"a"}' \
	    -H 'Sforce-Duplicate-Rule-Header: allowSave=true'
	error_is 400 DUPLICATES_DETECTED
	jq -e '.[0].duplicateResult.allowSave==false' answer
	bulk insert Account '' <<<$'Name\na'
	refused 'DUPLICATES_DETECTED:Use one of these records?:--'
}

person()
{
	make Account "{\"RecordTypeId\":\"$TYPE\",\"LastName\":\"Sparrow\"${1:-}}"
}

@test "36: a person account and its contact" {
	json POST /sobjects/Account '{"Name":"a","LastName":"b"}'
	error_is 400 INVALID_FIELD
	another_sf --set person_accounts=on
	api GET /sobjects/Account/describe | jq -e '.fields|map({(.name):.})|add|
	    .LastName.nillable and .IsPersonAccount.createable==false and
	    .PersonContactId.updateable==false and .PersonEmail.length==80 and
	    (.Magento_Id__pc|.externalId or .unique|not)'
	q="SELECT+DeveloperName+FROM+CustomField+WHERE+TableEnumOrId+=+'Account'"
	api GET "/tooling/query?q=$q" | jq -e '.records|map(.DeveloperName)|
	    contains(["Magento_Id"]) and all(.[]; endswith("_")|not)'
	TYPE=$(soql 'SELECT Id FROM RecordType WHERE IsPersonType = true' | jq -r '.records[0].Id')
	json POST /sobjects/Account "{\"RecordTypeId\":\"$TYPE\",\"Name\":\"x\",\"LastName\":\"y\"}"
	error_is 400 INVALID_FIELD_FOR_INSERT_UPDATE 'Unable to create/update fields: Name. Please check the security settings of this field and verify that it is read/write for your profile or permission set.'
	json POST /sobjects/Account "{\"RecordTypeId\":\"$TYPE\"}"
	error_is 400 REQUIRED_FIELD_MISSING 'Required fields are missing: [LastName]'
	json POST /sobjects/Account '{"Phone":"1"}'
	error_is 400 REQUIRED_FIELD_MISSING 'Required fields are missing: [Name]'
	json POST /sobjects/Account '{"Name":"x","PersonEmail":"a@b.example"}'
	error_is 400 INVALID_FIELD_FOR_INSERT_UPDATE
	id=$(person ',"FirstName":"Jack","PersonEmail":"j@b.example","Magento_Id__pc":"7","Magento_Id__c":"8"')
	con=$(api GET "/sobjects/Account/$id" | jq -r .PersonContactId)
	get Account "$id" Name,IsPersonAccount '.Name=="Jack Sparrow" and .IsPersonAccount'
	get Contact "$con" Name,Email,Magento_Id__c,AccountId,IsPersonAccount \
	    ".Name==\"Jack Sparrow\" and .Email==\"j@b.example\" and
	    .Magento_Id__c==\"7\" and .AccountId==\"$id\" and .IsPersonAccount"
	json PATCH "/sobjects/Account/$id" '{"PersonEmail":"k@b.example"}'
	get Contact "$con" Email '.Email=="k@b.example"'
	json PATCH "/sobjects/Contact/$con" '{"FirstName":"Joan"}'
	get Account "$id" Name,FirstName '.Name=="Joan Sparrow" and .FirstName=="Joan"'
	json PATCH "/sobjects/Account/$id" '{"IsPersonAccount":false}'
	error_is 400 INVALID_FIELD_FOR_INSERT_UPDATE
	json POST /sobjects/Account "{\"RecordTypeId\":\"$TYPE\",\"LastName\":\"z\",\"Magento_Id__pc\":\"7\"}"
	error_is 400 DUPLICATE_VALUE "duplicate value found: Magento_Id__c duplicates value on record with id: $con"
	api DELETE "/sobjects/Contact/$con"
	error_is 400 INSUFFICIENT_ACCESS_OR_READONLY
	json POST /sobjects/Contact "{\"LastName\":\"q\",\"AccountId\":\"$id\"}"
	error_is 400 FIELD_INTEGRITY_EXCEPTION
	make OpportunityContactRole "{\"OpportunityId\":\"$(opportunity)\",\"ContactId\":\"$con\"}" >/dev/null
	api DELETE "/sobjects/Account/$id"
	assert_equal "$CODE" 204
	soql 'SELECT COUNT() FROM Contact' | jq -e '.totalSize==0'
}

@test "36: persons and businesses in one file; one kind becomes the other" {
	another_sf --set person_accounts=on
	TYPE=$(soql 'SELECT Id FROM RecordType WHERE IsPersonType = true' | jq -r '.records[0].Id')
	bulk upsert Account Magento_Id__c <<<$'Magento_Id__c,Name,LastName,PersonEmail\n1,Acme,,\n2,,Sparrow,s@b.example\n3,Bad,Both,'
	assert_equal "$(wc -l <good)" 3
	refused 'INVALID_FIELD_FOR_INSERT_UPDATE:Unable to create/update fields: LastName. Please check the security settings of this field and verify that it is read/write for your profile or permission set.:LastName --'
	soql "SELECT PersonContact.Email, RecordType.Name FROM Account WHERE LastName = 'Sparrow'" |
	    jq -e '.records[0]|.PersonContact.Email=="s@b.example" and .RecordType.Name=="Person Account"'
	acc=$(soql "SELECT Id FROM Account WHERE Name = 'Acme'" | jq -r '.records[0].Id')
	json PATCH "/sobjects/Account/$acc" "{\"RecordTypeId\":\"$TYPE\",\"Phone\":\"1\"}"
	error_is 400 INVALID_FIELD_FOR_INSERT_UPDATE
	json PATCH "/sobjects/Account/$acc" "{\"RecordTypeId\":\"$TYPE\"}"
	error_is 400 FIELD_INTEGRITY_EXCEPTION 'An account must have exactly one contact to become a person account'
	con=$(make Contact "{\"LastName\":\"Only\",\"AccountId\":\"$acc\"}")
	json PATCH "/sobjects/Account/$acc" "{\"RecordTypeId\":\"$TYPE\"}"
	assert_equal "$CODE" 204
	get Account "$acc" Name,PersonContactId ".Name==\"Only\" and .PersonContactId==\"$con\""
	business=$(soql "SELECT Id FROM RecordType WHERE DeveloperName = 'Business_Account'" | jq -r '.records[0].Id')
	json PATCH "/sobjects/Account/$acc" "{\"RecordTypeId\":\"$business\"}"
	get Account "$acc" Name,LastName,PersonContactId,IsPersonAccount \
	    '[.Name,.LastName,.PersonContactId,.IsPersonAccount]==["Only",null,null,false]'
	get Contact "$con" IsPersonAccount .IsPersonAccount==false
}

@test "several currencies: on every object, one within an order and its book" {
	api GET /sobjects/CurrencyType/describe
	error_is 404 NOT_FOUND
	run_status 2 sf-sandbox --state x --port 0 --set currencies=EUR,DOLLAR
	another_sf --set currencies=EUR,USD
	soql 'SELECT IsoCode, IsCorporate FROM CurrencyType ORDER BY IsoCode' |
	    jq -e '.records|map([.IsoCode,.IsCorporate])==[["EUR",true],["USD",false]]'
	shop
	get Account "$ACC" CurrencyIsoCode '.CurrencyIsoCode=="EUR"'
	json PATCH "/sobjects/Account/$ACC" '{"CurrencyIsoCode":"CHF"}'
	error_is 400 INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST
	json PATCH "/sobjects/PricebookEntry/$ENTRY" '{"CurrencyIsoCode":"USD"}'
	error_is 400 INVALID_FIELD_FOR_INSERT_UPDATE
	# a price of its own in each currency, the standard one first
	entry="{\"Product2Id\":\"$PROD\",\"UnitPrice\":7,\"IsActive\":true,\"CurrencyIsoCode\":\"USD\",\"Pricebook2Id\":"
	json POST /sobjects/PricebookEntry "$entry\"$BOOK\"}"
	error_is 400 STANDARD_PRICE_NOT_DEFINED
	make PricebookEntry "$entry\"$STD\"}" >/dev/null
	usd=$(make PricebookEntry "$entry\"$BOOK\"}")
	E=$usd line
	error_is 400 FIELD_INTEGRITY_EXCEPTION
	line ',"CurrencyIsoCode":"EUR"'
	error_is 400 INVALID_FIELD_FOR_INSERT_UPDATE
	line
	get OrderItem "$(jq -r .id answer)" CurrencyIsoCode '.CurrencyIsoCode=="EUR"'
	json PATCH "/sobjects/Order/$ORDER" '{"CurrencyIsoCode":"USD"}'
	error_is 400 FIELD_INTEGRITY_EXCEPTION
	opp=$(opportunity ',"CurrencyIsoCode":"USD"')
	item "$opp" "$ENTRY" ',"Quantity":1,"UnitPrice":1'
	error_is 400 FIELD_INTEGRITY_EXCEPTION
	item "$opp" "$usd" ',"Quantity":1,"UnitPrice":1'
	get OpportunityLineItem "$(jq -r .id answer)" CurrencyIsoCode '.CurrencyIsoCode=="USD"'
}

@test "the stage history has a line for each change of stage, amount, close date" {
	id=$(opportunity)
	json PATCH "/sobjects/Opportunity/$id" '{"StageName":"Qualification"}'
	json PATCH "/sobjects/Opportunity/$id" '{"NextStep":"call"}'
	json PATCH "/sobjects/Opportunity/$id" '{"CloseDate":"2027-01-31","Amount":5}'
	soql "SELECT StageName, Probability, CloseDate, Amount FROM OpportunityHistory WHERE OpportunityId = '$id' ORDER BY Id" >got
	jq -e '.records | map([.StageName, .Probability, .Amount]) ==
	    [["Prospecting",10,null],["Qualification",10,null],["Qualification",10,5]]' got
	jq -e '.records[2].CloseDate == "2027-01-31"' got
	json POST /sobjects/OpportunityHistory "{\"OpportunityId\":\"$id\"}"
	error_is 400 CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY
	api DELETE "/sobjects/OpportunityHistory/$(soql 'SELECT Id FROM OpportunityHistory LIMIT 1' | jq -r '.records[0].Id')"
	error_is 400 INSUFFICIENT_ACCESS_OR_READONLY
	api DELETE "/sobjects/Opportunity/$id"
	soql 'SELECT Id FROM OpportunityHistory' | jq -e '.totalSize==0'
}
