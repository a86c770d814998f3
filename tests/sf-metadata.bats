#!/usr/bin/env bats
# The pretend Salesforce org: custom objects and record types from metadata in
# Salesforce DX source format.

load helpers
load sf-api

@test "custom objects: name field, masters and details, every type of field" {
	object Ship__c '<type>Text</type>' '<enableActivities>true</enableActivities>'
	object Parcel__c '<displayFormat>P-{0000}</displayFormat><type>AutoNumber</type>'
	field Parcel__c Ship__c '<type>MasterDetail</type><referenceTo>Ship__c</referenceTo><relationshipName>Parcels</relationshipName><relationshipOrder>0</relationshipOrder>'
	field Ship__c Port__c '<type>Lookup</type><referenceTo>Account</referenceTo><relationshipName>Ships</relationshipName><deleteConstraint>Restrict</deleteConstraint>'
	field Ship__c No__c '<type>AutoNumber</type><displayFormat>S{00}</displayFormat><externalId>true</externalId>'
	field Ship__c Where__c '<type>Location</type><scale>5</scale>'
	field Ship__c Text__c '<type>Html</type><length>32768</length>'
	field Ship__c Kind__c '<type>Picklist</type><valueSet><restricted>true</restricted><valueSetDefinition><value><fullName>Cog</fullName><default>false</default><label>Cog</label></value><value><fullName>Hulk</fullName><default>true</default><label>Hulk</label></value></valueSetDefinition></valueSet>'
	field Ship__c Flags__c '<type>MultiselectPicklist</type><valueSet><restricted>true</restricted><valueSetDefinition><value><fullName>A</fullName></value><value><fullName>B</fullName></value></valueSetDefinition></valueSet>'
	field Ship__c Sum__c '<type>Number</type><precision>18</precision><scale>0</scale><formula>1 + 1</formula>'
	field Ship__c Code__c '<type>EncryptedText</type><length>20</length>'
	field Ship__c Note__c '<type>Text</type><length>9</length><defaultValue>"none"</defaultValue>'
	with_schema
	api GET /sobjects/Ship__c/describe >d
	jq -e '.custom and (.keyPrefix|startswith("a")) and .label=="Our Ship__c"
	    and (.fields|map({(.name):.})|add|.Name.length==80 and .Name.idLookup
	    and .OwnerId.referenceTo==["Group","User"] and .Sum__c.createable==false
	    and .No__c.autoNumber and .Where__Latitude__s.type=="double" and
	    .Where__c.type=="location" and .Code__c.type=="encryptedstring") and
	    (.childRelationships|map(.relationshipName)|contains(["Parcels__r","Notes","Tasks"]))' d
	api GET /sobjects/Parcel__c/describe | jq -e '.fields|map({(.name):.})|add|
	    has("OwnerId")==false and .Name.autoNumber and .Ship__c.updateable==false
	    and (.Ship__c.nillable|not) and .Ship__c.relationshipName=="Ship__r"'
	acc=$(make Account '{"Name":"a"}')
	ship=$(make Ship__c "{\"Port__c\":\"$acc\",\"Where__Latitude__s\":53.123456,\"Flags__c\":\"B;A\"}")
	get Ship__c "$ship" Name,No__c,Kind__c,Note__c,Where__Latitude__s,Flags__c \
	    ".Name==\"$ship\" and .No__c==\"S01\" and .Kind__c==\"Hulk\" and
	    .Note__c==\"none\" and .Where__Latitude__s==53.12346"
	json POST /sobjects/Ship__c '{"Flags__c":"A;C"}'
	error_is 400 INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST
	json POST /sobjects/Ship__c '{"Sum__c":1}'
	error_is 400 INVALID_FIELD_FOR_INSERT_UPDATE
	json POST /sobjects/Parcel__c '{}'
	error_is 400 REQUIRED_FIELD_MISSING 'Required fields are missing: [Ship__c]'
	bulk insert Parcel__c '' <<<$'Ship__r.No__c\nS01\nS01\nS09'
	assert_equal "$(wc -l <good)" 3
	refused 'INVALID_FIELD:Foreign key external ID: S09 not found for field No__c in entity Ship__c:--'
	soql 'SELECT Name, Ship__r.Kind__c FROM Parcel__c ORDER BY Name' |
	    jq -e '.records|map([.Name,.Ship__r.Kind__c])==[["P-0001","Hulk"],["P-0002","Hulk"]]'
	json PATCH "/sobjects/Parcel__c/$(soql 'SELECT Id FROM Parcel__c' | jq -r '.records[0].Id')" "{\"Ship__c\":\"$ship\"}"
	error_is 400 INVALID_FIELD_FOR_INSERT_UPDATE
	make Note "{\"ParentId\":\"$ship\",\"Title\":\"t\"}" >/dev/null
	api DELETE "/sobjects/Account/$acc"
	error_is 400 DELETE_FAILED
	api DELETE "/sobjects/Ship__c/$ship"
	soql 'SELECT COUNT() FROM Parcel__c' | jq -e '.totalSize==0'
}

@test "custom objects come to an org that is there; ids stay" {
	mkdir x
	object B__c '<type>Text</type>'
	with_schema
	b=$(make B__c '{"Name":"b"}')
	object A__c '<type>Text</type>'
	stop sf
	start sf sf-sandbox --state sf.state --port 0 --schema x
	SF_URL=$(jq -r .url sf.first)
	session
	get B__c "$b" Name '.Name=="b"'
	a=$(make A__c '{"Name":"a"}')
	[ "${a:0:3}" != "${b:0:3}" ]
}

@test "EntityDefinition follows the schema that a state file is opened with" {
	start_with()
	{
		stop sf
		start sf sf-sandbox --state sf.state --port 0 --schema "$1"
		SF_URL=$(jq -r .url sf.first) SF_CREDENTIALS=$(jq -c .credentials sf.first)
		session
	}
	q="SELECT Label FROM EntityDefinition WHERE QualifiedApiName = 'Ship__c'"
	soql "$q" | jq -e '.totalSize==0'
	object Ship__c '<type>Text</type>'
	start_with x
	soql "$q" | jq -e '.totalSize==1'
	mkdir empty
	start_with empty
	soql "$q" | jq -e '.totalSize==0'
	soql "SELECT Label FROM EntityDefinition WHERE QualifiedApiName = 'Account'" | jq -e '.totalSize==1'
}

@test "object files that are wrong are named" {
	object A__c '<type>Nope</type>'
	run_status 2 sf-sandbox --state y --port 0 --schema x
	assert_output --partial "x/objects/A__c/A__c.object-meta.xml: the type of <nameField> is Text or AutoNumber, not 'Nope'"
	object A__c '<type>Text</type>'
	object Nothing '<type>Text</type>'
	run_status 2 sf-sandbox --state y --port 0 --schema x
	assert_output --partial "'Nothing' is neither an object of this org nor a custom one"
	rm -r x/objects/Nothing
	field B__c C__c '<type>Text</type><length>5</length>'
	run_status 2 sf-sandbox --state y --port 0 --schema x
	assert_output --partial "no object 'B__c' in this org, nor its B__c.object-meta.xml"
	rm -r x/objects/B__c
	field A__c D__c '<type>Date</type><defaultValue>TODAY()</defaultValue>'
	run_status 2 sf-sandbox --state y --port 0 --schema x
	assert_output --partial "<defaultValue> 'TODAY()' is a formula"
}

# --- record types ---

# rtype OBJECT NAME [XML]: a record type
rtype()
{
	mkdir -p "x/objects/$1/recordTypes"
	cat >"x/objects/$1/recordTypes/$2.recordType-meta.xml" <<END
<?xml version="1.0" encoding="UTF-8"?>
<RecordType xmlns="http://soap.sforce.com/2006/04/metadata">
<fullName>$2</fullName><active>${ACTIVE:-true}</active>${3:-}
<label>The ${2//_/ } &amp; more</label></RecordType>
END
}

# sees OBJECT.TYPE...: the user's profile; a default one has ! behind it
sees()
{
	mkdir -p x/profiles
	{
		echo '<Profile xmlns="http://soap.sforce.com/2006/04/metadata">'
		for t in "$@"; do
			echo "<recordTypeVisibilities><default>$([[ $t == *! ]] &&
			    echo true || echo false)</default>
			    <recordType>${t%!}</recordType>
			    <visible>true</visible></recordTypeVisibilities>"
		done
		echo '<userLicense>Salesforce</userLicense></Profile>'
	} >x/profiles/Admin.profile-meta.xml
}

type_id()
{
	soql "SELECT Id FROM RecordType WHERE SobjectType = '$1' AND DeveloperName = '$2'" |
	    jq -re '.records[0].Id'
}

invalid_type()
{
	error_is 400 INVALID_CROSS_REFERENCE_KEY "Record Type ID: this ID value isn't valid for the user: $1"
}

@test "record types: describe, records, the default, who may give which" {
	object Ship__c '<type>Text</type>'
	rtype Order Shop
	rtype Order Fair
	ACTIVE=false rtype Order Closed
	rtype Order Unseen
	rtype Ship__c Shop
	sees Order.Shop Order.Fair! Order.Closed Ship__c.Shop
	with_schema
	api GET /sobjects/Order/describe | jq -e '(.recordTypeInfos|map({(.developerName):
	    [.active,.available,.defaultRecordTypeMapping,.master]})|add)==
	    {Closed:[false,false,false,false],Fair:[true,true,true,false],
	    Shop:[true,true,false,false],Unseen:[true,false,false,false],
	    Master:[true,true,false,true]} and (.fields[]|select(
	    .name=="RecordTypeId")|.createable and .updateable and .nillable and
	    .referenceTo==["RecordType"])'
	api GET /sobjects/Ship__c/describe | jq -e '.recordTypeInfos|
	    map([.name,.defaultRecordTypeMapping])==
	    [["The Shop & more",false],["Master",true]]'
	api GET /sobjects/Product2/describe | jq -e '(.recordTypeInfos|length)==1
	    and (.fields|map(.name)|index("RecordTypeId"))==null'
	soql "SELECT DeveloperName, Name, IsActive FROM RecordType WHERE SobjectType = 'Order' ORDER BY DeveloperName" |
	    jq -e '.records|map([.DeveloperName,.Name,.IsActive])==
	    [["Closed","The Closed & more",false],["Fair","The Fair & more",true],
	    ["Shop","The Shop & more",true],["Unseen","The Unseen & more",true]]'
	acc=$(make Account '{"Name":"a"}')
	o=",\"AccountId\":\"$acc\",\"EffectiveDate\":\"2026-11-20\",\"Status\":\"Draft\""
	id=$(make Order "{${o#,}}")
	api GET "/query?q=SELECT+RecordType.DeveloperName+FROM+Order" |
	    jq -e '.records[0].RecordType.DeveloperName=="Fair"'
	for t in Closed Unseen; do
		bad=$(type_id Order $t)
		json POST /sobjects/Order "{\"RecordTypeId\":\"$bad\"$o}"
		invalid_type "$bad"
		json PATCH "/sobjects/Order/$id" "{\"RecordTypeId\":\"$bad\"}"
		invalid_type "$bad"
	done
	bad=$(type_id Ship__c Shop)
	json PATCH "/sobjects/Order/$id" "{\"RecordTypeId\":\"$bad\"}"
	invalid_type "$bad"
	shop=$(type_id Order Shop)
	json PATCH "/sobjects/Order/$id" "{\"RecordTypeId\":\"$shop\"}"
	assert_equal "$CODE" 204
	json PATCH "/sobjects/Order/$id" '{"RecordTypeId":null}'
	get Order "$id" RecordTypeId .RecordTypeId==null
	ship=$(make Ship__c '{}')
	get Ship__c "$ship" RecordTypeId .RecordTypeId==null
}

@test "record types by label: of the object itself; by DeveloperName not at all" {
	object Ship__c '<type>Text</type>'
	rtype Ship__c Shop
	rtype Contact Shop
	rtype Contact Hidden
	sees Ship__c.Shop Contact.Shop!
	with_schema
	bulk insert Contact '' <<<$'LastName,RecordType.Name\na,The Shop & more\nb,The Hidden & more\nc,\nd,None'
	assert_equal "$(wc -l <good)" 3
	refused "INVALID_CROSS_REFERENCE_KEY:Record Type ID: this ID value isn't valid for the user: $(type_id Contact Hidden):RecordTypeId --"
	refused 'INVALID_FIELD:Foreign key external ID: None not found for field Name in entity RecordType:--'
	soql "SELECT Name FROM Contact WHERE RecordType.DeveloperName = 'Shop' ORDER BY Name" |
	    jq -e '.records|map(.Name)==["a","c"]'
	bulk insert Contact '' <<<$'LastName,RecordType.DeveloperName\na,Shop'
	job_failed 'InvalidBatch : DeveloperName is not an External ID or indexed field for RecordType'
}

@test "a record type narrows restricted picklists, and no others" {
	local choice='<picklistValues><picklist>%s</picklist>%s</picklistValues>'
	local v='<values><fullName>%s</fullName><default>false</default></values>'
	# shellcheck disable=SC2059  # formats they are
	some() { printf "$choice" "$1" "$(shift; printf "$v" "$@")"; }
	list() { printf '<valueSet><restricted>%s</restricted><valueSetDefinition>%s</valueSetDefinition></valueSet>' \
	    "$1" '<value><fullName>A/1</fullName></value><value><fullName>B</fullName></value><value><fullName>C</fullName></value>'; }
	field Contact Kind__c "<type>Picklist</type>$(list true)"
	field Contact Flags__c "<type>MultiselectPicklist</type>$(list true)"
	field Contact Free__c "<type>Picklist</type>$(list false)"
	rtype Contact Shop "$(some Kind__c A%2F1 B; some Flags__c B C; some Free__c B)"
	rtype Contact Other
	sees Contact.Shop! Contact.Other
	with_schema
	id=$(make Contact '{"LastName":"a","Kind__c":"A/1","Flags__c":"C;B","Free__c":"C"}')
	json PATCH "/sobjects/Contact/$id" '{"Kind__c":"C"}'
	error_is 400 INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST 'The Kind__c: bad value for restricted picklist field: C'
	json POST /sobjects/Contact '{"LastName":"b","Flags__c":"B;A/1"}'
	error_is 400 INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST 'The Flags__c: bad value for restricted picklist field: B;A/1'
	json PATCH "/sobjects/Contact/$id" "{\"RecordTypeId\":\"$(type_id Contact Other)\",\"Kind__c\":\"C\"}"
	assert_equal "$CODE" 204
	json PATCH "/sobjects/Contact/$id" "{\"RecordTypeId\":\"$(type_id Contact Shop)\"}"
	assert_equal "$CODE" 204
}

@test "campaign members have the type that their campaign says" {
	rtype CampaignMember Guest
	rtype Campaign Fair
	sees CampaignMember.Guest Campaign.Fair
	with_schema
	api GET /sobjects/CampaignMember/describe | jq -e '.fields[]|
	    select(.name=="RecordTypeId")|(.createable or .updateable)|not'
	guest=$(type_id CampaignMember Guest) fair=$(type_id Campaign Fair)
	json POST /sobjects/Campaign "{\"Name\":\"x\",\"CampaignMemberRecordTypeId\":\"$fair\"}"
	invalid_type "$fair"
	c=$(make Campaign "{\"Name\":\"x\",\"RecordTypeId\":\"$fair\",\"CampaignMemberRecordTypeId\":\"$guest\"}")
	p=$(make Contact '{"LastName":"a"}')
	json POST /sobjects/CampaignMember "{\"CampaignId\":\"$c\",\"ContactId\":\"$p\",\"RecordTypeId\":\"$guest\"}"
	error_is 400 INVALID_FIELD_FOR_INSERT_UPDATE
	m=$(make CampaignMember "{\"CampaignId\":\"$c\",\"ContactId\":\"$p\"}")
	get CampaignMember "$m" RecordTypeId ".RecordTypeId==\"$guest\""
}

@test "a default record type of businesses leaves persons what they are" {
	mkdir -p x
	sees Account.Consumer!
	with_schema --set person_accounts=on
	make Account '{"Name":"a"}' >/dev/null
	make Account '{"LastName":"b"}' >/dev/null
	soql 'SELECT RecordType.DeveloperName, IsPersonAccount FROM Account ORDER BY Name' |
	    jq -e '.records|map([.RecordType.DeveloperName,.IsPersonAccount])==
	    [["Consumer",false],["PersonAccount",true]]'
}

@test "record types follow the metadata; permission sets show them; ids stay" {
	rtype Contact Shop
	rtype Contact Old
	mkdir x/sets
	echo '<PermissionSet><label>Set</label><recordTypeVisibilities><recordType>Contact.Shop</recordType><visible>true</visible></recordTypeVisibilities></PermissionSet>' >x/sets/S.permissionset-meta.xml
	with_schema
	shop=$(type_id Contact Shop)
	make Contact "{\"LastName\":\"a\",\"RecordTypeId\":\"$shop\"}" >/dev/null
	rm x/objects/Contact/recordTypes/Old*
	ACTIVE=false rtype Contact Shop '<description>gone</description>'
	rtype Contact New
	stop sf
	start sf sf-sandbox --state sf.state --port 0 --schema x
	SF_URL=$(jq -r .url sf.first)
	session
	soql "SELECT Id, DeveloperName, IsActive, Description FROM RecordType WHERE SobjectType = 'Contact' ORDER BY DeveloperName" |
	    jq -e ".records|map([.DeveloperName,.IsActive,.Description])==
	    [[\"New\",true,null],[\"Old\",false,null],[\"Shop\",false,\"gone\"]]
	    and .[2].Id==\"$shop\""
	json POST /sobjects/Contact "{\"LastName\":\"a\",\"RecordTypeId\":\"$shop\"}"
	invalid_type "$shop"
	curl -s -X POST "$SF_URL/sandbox/reset"
	curl -s "$SF_URL/sandbox/state?object=RecordType" | jq -se 'map(
	    .DeveloperName)==["Business_Account","Consumer","New","Shop"]'
}

# wrong FILE TEXT: the sandbox refuses x for it
wrong()
{
	run_status 2 sf-sandbox --state y --port 0 --schema x
	assert_output --partial "$1: $2"
	rm "$1"
}

@test "record type files that are wrong are named" {
	at=x/objects/Contact/recordTypes
	rtype Contact Shop '<businessProcess>Sales</businessProcess>'
	wrong $at/Shop.recordType-meta.xml 'a record type of Contact has no <businessProcess>'
	rtype Lead Shop
	wrong x/objects/Lead/recordTypes/Shop.recordType-meta.xml 'a record type of Lead has a <businessProcess>'
	rtype OrderItem Shop
	wrong x/objects/OrderItem/recordTypes/Shop.recordType-meta.xml 'OrderItem cannot have record types'
	ACTIVE=yes rtype Contact Shop
	wrong $at/Shop.recordType-meta.xml '<active> is neither true nor false'
	rtype Contact 2nd
	wrong $at/2nd.recordType-meta.xml "<fullName> '2nd' is no name of a record type"
	rtype Contact Shop
	mv $at/Shop.recordType-meta.xml $at/Two.recordType-meta.xml
	wrong $at/Two.recordType-meta.xml "<fullName> 'Shop' is not the file's name"
	rtype Contact Shop '<picklistValues><picklist>Email</picklist></picklistValues>'
	wrong $at/Shop.recordType-meta.xml "Contact has no picklist 'Email'"
	rtype Contact Shop '<picklistValues><picklist>Salutation</picklist><values><fullName>Count</fullName></values></picklistValues>'
	wrong $at/Shop.recordType-meta.xml "picklist Salutation has no value 'Count'"
	rtype Contact Shop '<picklistValues><picklist>LeadSource</picklist><values><fullName>Web</fullName></values><values><fullName>%00%4</fullName></values></picklistValues>'
	wrong $at/Shop.recordType-meta.xml "picklist LeadSource has no value '%00%4'"
	sees Contact.Shop
	wrong x/profiles/Admin.profile-meta.xml "Contact has no record type 'Shop'"
	sees Account.Consumer! Account.Business_Account!
	wrong x/profiles/Admin.profile-meta.xml 'Account has two default record types'
	sees Account.Consumer!
	sed -i s/visible.true/visible\>false/ x/profiles/Admin.profile-meta.xml
	wrong x/profiles/Admin.profile-meta.xml 'Account.Consumer is the default and not visible'
	sees Nothing.Shop Shop
	wrong x/profiles/Admin.profile-meta.xml '<recordType> is missing, or no OBJECT.RECORDTYPE'
}
