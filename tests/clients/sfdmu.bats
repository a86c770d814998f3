#!/usr/bin/env bats
# SFDMU, the plugin of sf that moves data between files and orgs.

load clients

setup_file()
{
	open_org
	cd "$BATS_FILE_TMPDIR"
	command sf plugins link --no-install "$MILLRACE_CLIENTS/sfdmu" \
	    >link.txt 2>&1 || { cat link.txt >&2; return 1; }
}

# plan OBJECT...: export.json, each OBJECT a JSON object
plan()
{
	printf '%s\n' "$@" | jq -s --arg url "$SF_URL" --arg token "$TOKEN" \
	    '{orgs: [{name: "box", instanceUrl: $url, accessToken: $token}],
	    objects: ., pollingIntervalMs: 100}' >export.json
}

move()	# SOURCE TARGET: csvfile or box
{
	command sf sfdmu run --sourceusername "$1" --targetusername "$2" \
	    --path . --noprompt >out.json 2>err.txt &&
	    grep -q 'Exit code 0 (SUCCESS)' out.json
}

accounts='{"query":"SELECT Name, Phone, Magento_Id__c FROM Account","operation":"Upsert","externalId":"Magento_Id__c"}'

@test "csv to org: upsert by external id, and once more" {
	plan "$accounts"
	printf 'Name,Phone,Magento_Id__c\nFirst,1,m1\n"Second, ""2""",,m2\n' >Account.csv
	ok move csvfile box
	holds Account 'map([.Magento_Id__c, .Name, .Phone]) | sort == [["m1", "First", "1"], ["m2", "Second, \"2\"", null]]'
	printf 'Name,Phone,Magento_Id__c\nFirst,1,m1\nSecond,2,m2\nThird,3,m3\n' >Account.csv
	forget
	ok move csvfile box
	holds Account 'map([.Magento_Id__c, .Name, .Phone]) | sort == [["m1", "First", "1"], ["m2", "Second", "2"], ["m3", "Third", "3"]]'
	run requests
	assert_line '200 POST /services/data/v47.0/composite/sobjects'
	assert_line '200 PATCH /services/data/v47.0/composite/sobjects'
}

@test "what it asks of an org before it begins" {
	plan "$accounts"
	printf 'Name,Phone,Magento_Id__c\nFirst,1,m1\n' >Account.csv
	forget
	ok move csvfile box
	curl -s "$SF_URL/sandbox/log" |
	    jq -r '"\(.status) \(.path) \(.query)" | gsub("%20|%0A"; " ") | gsub(" +"; " ") | gsub("%2C"; ",") | gsub("%3D"; "=")' >log
	run cat log
	assert_line --partial '200 /services/data/v47.0/sobjects/Account/describe'
	# an org without person accounts has no such field
	assert_line --partial '400 /services/data/v47.0/query q=SELECT IsPersonAccount FROM Account LIMIT 1'
	assert_line --partial '200 /services/data/v47.0/query q=SELECT QualifiedApiName, Label FROM EntityDefinition WHERE IsDeprecatedAndHidden = false ORDER BY QualifiedApiName'
	assert_line --partial '200 /services/data/v47.0/query q=SELECT COUNT(Id) CNT FROM Account'
}

@test "org to csv" {
	make Account '{"Name":"Out, of \"it\"","Magento_Id__c":"o1"}' >/dev/null
	make Account '{"Name":"Out too","Magento_Id__c":"o2","Phone":"5"}' >/dev/null
	plan '{"query":"SELECT Name, Phone, Magento_Id__c FROM Account WHERE Magento_Id__c LIKE '"'o%'"' ORDER BY Magento_Id__c","operation":"Readonly","externalId":"Magento_Id__c"}'
	ok move box csvfile
	run cat Account.csv
	assert_line --index 0 'Id,Name,Phone,Magento_Id__c'
	grep -q '"Out, of ""it""",,o1' Account.csv
	grep -q 'Out too,5,o2' Account.csv
}

@test "children find their parents by external id" {
	plan "$accounts" '{"query":"SELECT LastName, AccountId, Magento_Id__c FROM Contact","operation":"Upsert","externalId":"Magento_Id__c"}'
	printf 'Name,Phone,Magento_Id__c\nParent,1,p1\n' >Account.csv
	printf 'LastName,Account.Magento_Id__c,Magento_Id__c\nChild,p1,c1\nOther,p1,c2\n' >Contact.csv
	ok move csvfile box
	[ "$(soql "SELECT Id FROM Contact WHERE Account.Magento_Id__c = 'p1'" | wc -l)" -eq 2 ]
}

@test "many rows go by Bulk API 2.0" {
	plan "$accounts"
	{
		echo Name,Phone,Magento_Id__c
		seq 300 | sed 's/.*/Bulk &,0,b&/'
	} >Account.csv
	forget
	ok move csvfile box
	holds Account 'map(select(.Magento_Id__c | startswith("b"))) | length == 300'
	run requests
	assert_line --regexp '^201 PUT /services/data/v47.0/jobs/ingest/750[A-Za-z0-9]+/batches'
}

@test "old data is deleted first" {
	make Account '{"Name":"Old","Magento_Id__c":"x1"}' >/dev/null
	plan '{"query":"SELECT Name, Magento_Id__c FROM Account WHERE Magento_Id__c LIKE '"'x%'"'","operation":"Insert","externalId":"Magento_Id__c","deleteOldData":true,"deleteQuery":"SELECT Id FROM Account WHERE Magento_Id__c LIKE '"'x%'"'"}'
	printf 'Name,Magento_Id__c\nNew,x2\n' >Account.csv
	ok move csvfile box
	holds Account 'map(select(.Magento_Id__c | startswith("x")) | .Name) == ["New"]'
}

@test "a row that the org refuses is in its report, the others are there" {
	plan '{"query":"SELECT Name, NumberOfEmployees, Magento_Id__c FROM Account","operation":"Upsert","externalId":"Magento_Id__c"}'
	printf 'Name,NumberOfEmployees,Magento_Id__c\nGood,5,y1\n%s,5,y2\n' "$(printf 'x%.0s' {1..256})" >Account.csv
	move csvfile box || :
	holds Account 'map(select(.Magento_Id__c | startswith("y")) | .Name) == ["Good"]'
	grep -rq 'data value too large' out.json ./*.csv target 2>/dev/null
}
