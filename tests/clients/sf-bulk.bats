#!/usr/bin/env bats
# The Salesforce CLI: Bulk API 2.0, with resume and results.

load clients

setup_file()
{
	open_org --set bulk_page=1000
	cd "$BATS_FILE_TMPDIR"
	ok login
}

@test "upsert bulk: new ones, then the same once more" {
	printf 'Magento_Id__c,Name\nu1,One\nu2,"Two, Ltd"\n' >up.csv
	ok sf data upsert bulk -s Account -f up.csv -i Magento_Id__c --wait 2
	want '.result.jobInfo | .numberRecordsProcessed == 2 and .numberRecordsFailed == 0 and .externalIdFieldName == "Magento_Id__c"'
	want '.result.records.successfulResults | map([.Magento_Id__c, .sf__Created]) | sort == [["u1", "true"], ["u2", "true"]]'
	printf 'Magento_Id__c,Name\nu1,Changed\nu2,"Two, Ltd"\nu3,Three\n' >up.csv
	ok sf data upsert bulk -s Account -f up.csv -i Magento_Id__c --wait 2
	want '.result.records.successfulResults | map(.sf__Created) | sort == ["false", "false", "true"]'
	holds Account 'map(select(.Magento_Id__c? // "" | startswith("u")) | .Name) | sort == ["Changed", "Three", "Two, Ltd"]'
}

@test "upsert bulk with a bad row: status 1, and bulk results has both files" {
	printf 'Magento_Id__c,Name\nb1,Good\nb2,\n' >up.csv
	fails sf data upsert bulk -s Account -f up.csv -i Magento_Id__c --wait 2
	want '.name == "FailedRecordDetailsError" and .data.state == "JobComplete"'
	ok sf data bulk results --job-id "$(jq -r .data.jobId out.json)"
	want '.result | .successfulRecords == 1 and .failedRecords == 1 and .operation == "upsert"'
	run cat "$(jq -r .result.failedFilePath out.json)"
	assert_line '"","REQUIRED_FIELD_MISSING:Required fields are missing: [Name]:Name --","b2",""'
	run cat "$(jq -r .result.successFilePath out.json)"
	assert_line --regexp '^"001[A-Za-z0-9]{15}","true","b1","Good"$'
}

@test "upsert bulk without waiting, and resume" {
	printf 'Magento_Id__c,Name\nr1,Resumed\n' >up.csv
	ok sf data upsert bulk -s Account -f up.csv -i Magento_Id__c
	ok sf data upsert resume --job-id "$(jq -r .result.jobInfo.id out.json)" --wait 2
	want '.result.jobInfo.state == "JobComplete" and .result.records.successfulResults[0].Magento_Id__c == "r1"'
	holds Account 'map(select(.Magento_Id__c == "r1")) | length == 1'
}

@test "upsert bulk of an org that takes its time: sf comes again" {
	own_home "$WORK/home"
	start_sf --set job_delay_ms=1500
	TOKEN=$(credential sf token)
	ok login
	printf 'Magento_Id__c,Name\ns1,Slow\n' >up.csv
	ok sf data upsert bulk -s Account -f up.csv -i Magento_Id__c
	want '.result.jobInfo.state == "UploadComplete"'
	ok sf data upsert resume --use-most-recent --wait 2
	want '.result.jobInfo.state == "JobComplete"'
	holds Account 'map(.Magento_Id__c) == ["s1"]'
}

@test "upsert bulk with CRLF and semicolons" {
	printf 'Magento_Id__c;Name\r\nc1;"Semi; colon"\r\n' >up.csv
	ok sf data upsert bulk -s Account -f up.csv -i Magento_Id__c --wait 2 \
	    --line-ending CRLF --column-delimiter SEMICOLON
	holds Account 'map(select(.Magento_Id__c == "c1"))[0].Name == "Semi; colon"'
}

@test "upsert bulk by a field that is no external id" {
	printf 'Phone,Name\n1,x\n' >up.csv
	fails sf data upsert bulk -s Account -f up.csv -i Phone --wait 2
	want '.message | test("Field name provided, Phone does not match an External ID for Account")'
}

@test "upsert bulk with a column that is not there: the job fails" {
	printf 'Magento_Id__c,Name,Nothing__c\nf1,x,y\n' >up.csv
	fails sf data upsert bulk -s Account -f up.csv -i Magento_Id__c --wait 2
	want '.message | test("InvalidBatch : Field name not found : Nothing__c")'
	holds Account 'map(select(.Magento_Id__c == "f1")) == []'
}

@test "a parent by its external id, in a relationship column" {
	make Account '{"Name":"P","Magento_Id__c":"par1"}' >/dev/null
	printf 'LastName,Account.Magento_Id__c\nKid,par1\nOrphan,nobody\n' >up.csv
	fails sf data import bulk -s Contact -f up.csv --wait 2
	soql "SELECT LastName FROM Contact WHERE Account.Magento_Id__c = 'par1'" >kids
	want '.LastName == "Kid"' kids
	ok sf data bulk results --job-id "$(jq -r .data.jobId out.json)"
	run cat "$(jq -r .result.failedFilePath out.json)"
	assert_line --partial 'INVALID_FIELD:Foreign key external ID: nobody not found for field Magento_Id__c in entity Account:--'
}

@test "update bulk by Id" {
	id=$(make Account '{"Name":"Before","Phone":"1"}')
	printf 'Id,Name,Phone\n%s,After,#N/A\n' "$id" >up.csv
	ok sf data update bulk -s Account -f up.csv --wait 2
	want '.result.successfulRecords == 1'
	holds Account "map(select(.Id == \"$id\"))[0] | .Name == \"After\" and .Phone == null"
}

@test "update bulk and resume by the most recent" {
	id=$(make Account '{"Name":"Before"}')
	printf 'Id,Name\n%s,Much later\n' "$id" >up.csv
	ok sf data update bulk -s Account -f up.csv
	ok sf data update resume --use-most-recent --wait 2
	holds Account "map(select(.Id == \"$id\"))[0].Name == \"Much later\""
}

@test "import bulk, waiting and resumed" {
	printf 'Name\nImported 1\nImported 2\n' >in.csv
	ok sf data import bulk -s Account -f in.csv --wait 2
	want '.result.successfulRecords == 2'
	ok sf data import bulk -s Account -f in.csv
	ok sf data import resume --use-most-recent --wait 2
	want '.result.successfulRecords == 2'
	holds Account 'map(select(.Name | startswith("Imported "))) | length == 4'
}

@test "export bulk: CSV with a parent, null and quotes" {
	id=$(make Account '{"Name":"Say \"hi\", twice","Magento_Id__c":"x1"}')
	make Contact "{\"LastName\":\"Exp\",\"AccountId\":\"$id\"}" >/dev/null
	ok sf data export bulk -q "SELECT LastName, Email, Account.Name FROM Contact WHERE Account.Magento_Id__c = 'x1'" \
	    --output-file out.csv --wait 2
	want '.result.totalSize == 1'
	run cat out.csv
	assert_line --index 0 '"LastName","Email","Account.Name"'
	assert_line --index 1 '"Exp","","Say ""hi"", twice"'
}

@test "export bulk as JSON" {
	make Account '{"Name":"JSON","Magento_Id__c":"x2"}' >/dev/null
	ok sf data export bulk -q "SELECT Name, Magento_Id__c, Phone FROM Account WHERE Magento_Id__c = 'x2'" \
	    --output-file out2.json --result-format json --wait 2
	want '.[0].Name == "JSON" and .[0].Magento_Id__c == "x2"' out2.json
}

@test "export bulk and resume" {
	ok sf data export bulk -q "SELECT Id, DeveloperName FROM RecordType" --output-file later.csv
	ok sf data export resume --use-most-recent
	[ "$(wc -l <later.csv)" -eq $(($(state RecordType | wc -l) + 1)) ]
}

@test "export bulk of several pages" {
	for ((i = 0; i < 1500; i++)); do
		echo "Paged $i"
	done | { echo Name; cat; } >many.csv
	ok sf data import bulk -s Account -f many.csv --wait 5
	forget
	ok sf data export bulk -q "SELECT Name FROM Account WHERE Name LIKE 'Paged %'" \
	    --output-file pages.csv --wait 5
	want '.result.totalSize == 1500'
	[ "$(sort -u pages.csv | wc -l)" -eq 1501 ]
	curl -s "$SF_URL/sandbox/log" | jq -r 'select(.path | endswith("/results")) | .query' >asked
	[ "$(wc -l <asked)" -eq 2 ]
	grep -q '^locator=' asked
}

@test "export bulk: what Bulk refuses" {
	fails sf data export bulk -q "SELECT COUNT() FROM Account" --output-file no.csv --wait 2
	fails sf data export bulk -q "SELECT Id FROM Account GROUP BY Id" --output-file no.csv --wait 2
	fails sf data export bulk -q "SELECT BillingAddress FROM Account" --output-file no.csv --wait 2
	want '.message | test("compound data not supported in Bulk Query")'
}

@test "delete bulk, then again: ENTITY_IS_DELETED for each" {
	printf 'Name\nDel 1\nDel 2\n' >in.csv
	ok sf data import bulk -s Account -f in.csv --wait 2
	{ echo Id; state Account | jq -r 'select(.Name | startswith("Del ")) | .Id'; } >ids.csv
	ok sf data delete bulk -s Account -f ids.csv --wait 2
	want '.result.jobInfo.numberRecordsProcessed == 2 and (.result.records.successfulResults | length) == 2'
	holds Account 'map(select(.Name | startswith("Del "))) == []'
	fails sf data delete bulk -s Account -f ids.csv --wait 2
	ok sf data bulk results --job-id "$(jq -r .data.jobId out.json)"
	run cat "$(jq -r .result.failedFilePath out.json)"
	assert_equal "$(grep -c '"ENTITY_IS_DELETED:entity is deleted:--"' <<<"$output")" 2
}

@test "delete bulk with more than Id" {
	id=$(make Account '{"Name":"Stays"}')
	printf 'Id,Name\n%s,Stays\n' "$id" >ids.csv
	fails sf data delete bulk -s Account -f ids.csv --wait 2
	want "tostring | test(\"The 'delete' batch must contain only ids\")"
	holds Account "map(select(.Id == \"$id\")) | length == 1"
}

@test "delete bulk and resume" {
	id=$(make Account '{"Name":"Resumed end"}')
	printf 'Id\n%s\n' "$id" >ids.csv
	ok sf data delete bulk -s Account -f ids.csv
	ok sf data delete resume --use-most-recent
	holds Account "map(select(.Id == \"$id\")) == []"
}

@test "bulk results of a job that is not there" {
	fails sf data bulk results --job-id 750000000000000AAA
	want '.name == "InvalidIdError"'
}
