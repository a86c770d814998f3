#!/usr/bin/env bats
# The Salesforce CLI: queries, single records and trees.

load clients

setup_file()
{
	open_org
	cd "$BATS_FILE_TMPDIR"
	ok login
}

@test "data create record, quoted values, found in the org" {
	ok sf data create record -s Account \
	    -v "Name='Acme \"& Sons\"' Magento_Id__c=11 NumberOfEmployees=25 Site=''"
	want '.result.success and (.result.errors == [])'
	id=$(jq -r .result.id out.json)
	[ ${#id} -eq 18 ]
	holds Account 'map(select(.Magento_Id__c == "11"))[0] | .Id == "'"$id"'" and .Name == "Acme \"& Sons\"" and .NumberOfEmployees == 25'
}

@test "data get record by id and by a field" {
	id=$(make Account '{"Name":"Get me","Magento_Id__c":"12"}')
	ok sf data get record -s Account -i "$id"
	want '.result.Name == "Get me" and .result.attributes.type == "Account"'
	ok sf data get record -s Account -w Magento_Id__c=12
	want ".result.Id == \"$id\""
}

@test "data get record by a field that several have is refused by sf" {
	make Account '{"Name":"Twin"}' >/dev/null
	make Account '{"Name":"Twin"}' >/dev/null
	fails sf data get record -s Account -w Name=Twin
	want '.message | test("multiple|2 records|more than one"; "i")'
}

@test "data update record by a field" {
	make Account '{"Name":"Old","Magento_Id__c":"13"}' >/dev/null
	ok sf data update record -s Account -w Magento_Id__c=13 \
	    -v "Name='New name' Phone=0123"
	holds Account 'map(select(.Magento_Id__c == "13"))[0] | .Name == "New name" and .Phone == "0123"'
}

@test "data delete record, and a second time" {
	id=$(make Account '{"Name":"Gone"}')
	ok sf data delete record -s Account -i "$id"
	holds Account "map(select(.Id == \"$id\")) == []"
	fails sf data delete record -s Account -i "$id"
	want '.name == "ENTITY_IS_DELETED"'
	fails sf data get record -s Account -i "$id"
	want '.name == "NOT_FOUND"'
}

@test "data create record: a required field is missing" {
	fails sf data create record -s Contact -v "FirstName=Ann"
	want '.name == "REQUIRED_FIELD_MISSING" and .message == "Required fields are missing: [LastName]"'
}

@test "data create record: a field that is not there, a text too long" {
	fails sf data create record -s Account -v "Name=x Nothing__c=1"
	want '.name == "INVALID_FIELD" and .message == "No such column '"'Nothing__c'"' on sobject of type Account"'
	fails sf data create record -s Account -v "Name=$(printf 'x%.0s' {1..256})"
	want '.name == "STRING_TOO_LONG" and (.message | endswith("(max length=255)"))'
}

@test "data query: fields, parents, nulls" {
	id=$(make Account '{"Name":"Parent","Magento_Id__c":"21"}')
	make Contact "{\"LastName\":\"Child\",\"AccountId\":\"$id\"}" >/dev/null
	ok sf data query -q "SELECT LastName, Email, Account.Magento_Id__c FROM Contact WHERE Account.Name = 'Parent'"
	want '.result.totalSize == 1 and .result.done'
	want '.result.records[0] | .LastName == "Child" and .Email == null and .Account.Magento_Id__c == "21" and .Account.attributes.type == "Account"'
}

@test "data query as CSV and as a table: sf asks for the columns" {
	id=$(make Account '{"Name":"For CSV","Magento_Id__c":"22"}')
	make Contact "{\"LastName\":\"Cell\",\"AccountId\":\"$id\"}" >/dev/null
	forget
	command sf data query -r csv >out.csv \
	    -q "SELECT LastName, Account.Name, Account.Owner.Username FROM Contact WHERE Account.Magento_Id__c = '22'"
	run cat out.csv
	assert_line 'LastName,Account.Name,Account.Owner.Username'
	assert_line "Cell,For CSV,$USERNAME"
	curl -s "$SF_URL/sandbox/log" | jq -r .query >asked
	grep -q '&columns=true$' asked
	run command sf data query -q "SELECT Name FROM Account WHERE Magento_Id__c = '22'"
	assert_line --partial 'For CSV'
	assert_line 'Total number of records retrieved: 1.'
}

@test "data query: COUNT()" {
	ok sf data query -q "SELECT COUNT() FROM RecordType"
	want ".result.totalSize == $(state RecordType | wc -l) and .result.records == []"
}

@test "data query: GROUP BY with names of its own, as CSV" {
	make Account '{"Name":"G1","Industry":"Banking","NumberOfEmployees":10}' >/dev/null
	make Account '{"Name":"G2","Industry":"Banking","NumberOfEmployees":30}' >/dev/null
	make Account '{"Name":"G3","Industry":"Energy","NumberOfEmployees":5}' >/dev/null
	q="SELECT Industry, COUNT(Id) n, MAX(NumberOfEmployees) FROM Account WHERE Name LIKE 'G%' AND Industry != null GROUP BY Industry ORDER BY Industry"
	ok sf data query -q "$q"
	want '.result.records | map([.Industry, .n, .expr0]) == [["Banking", 2, 30], ["Energy", 1, 5]]'
	run command sf data query -q "$q"
	assert_line --regexp 'INDUSTRY .* N .* MAX\(NUMBEROFEMPLOYEES\)'
	assert_line --regexp 'Banking .* 30'
}

@test "data query: GROUP BY as CSV; sf itself loses what has an alias" {
	make Account '{"Name":"H1","Industry":"Media"}' >/dev/null
	command sf data query -r csv >out.csv \
	    -q "SELECT Industry, COUNT(Id) FROM Account WHERE Name = 'H1' GROUP BY Industry"
	run cat out.csv
	assert_line 'Industry,count(Id)'
	assert_line 'Media,1'
	command sf data query -r csv >out.csv \
	    -q "SELECT Industry, COUNT(Id) n FROM Account WHERE Name = 'H1' GROUP BY Industry"
	run cat out.csv
	assert_line 'Industry,count(Id)'
	assert_line 'Media,'
}

@test "data query: children of a parent" {
	id=$(make Account '{"Name":"Mother","Magento_Id__c":"23"}')
	for n in One Two; do
		make Contact "{\"LastName\":\"$n\",\"AccountId\":\"$id\"}" >/dev/null
	done
	ok sf data query -q "SELECT Name, (SELECT LastName FROM Contacts ORDER BY LastName) FROM Account WHERE Magento_Id__c = '23'"
	want '.result.records[0].Contacts | .totalSize == 2 and .done and (.records | map(.LastName)) == ["One", "Two"]'
	ok sf data query -q "SELECT Name, (SELECT LastName FROM Contacts WHERE LastName = 'None') FROM Account WHERE Magento_Id__c = '23'"
	want '.result.records[0].Contacts == null'
	command sf data query -r csv >out.csv -q "SELECT Name, (SELECT LastName FROM Contacts ORDER BY LastName) FROM Account WHERE Magento_Id__c = '23'"
	run cat out.csv
	assert_line 'Name,Contacts.totalSize,Contacts.records.0.LastName,Contacts.totalSize,Contacts.records.1.LastName'
	assert_line 'Mother,2,One,2,Two'
}

@test "data query: more than one page is fetched by itself" {
	for ((i = 0; i < 2400; i++)); do
		echo "Page $i,p$i"
	done | { echo Name,Magento_Id__c; cat; } >many.csv
	ok sf data import bulk -s Account -f many.csv --wait 5
	forget
	ok sf data query -q "SELECT Id, Magento_Id__c FROM Account WHERE Name LIKE 'Page %'"
	want '.result.totalSize == 2400 and (.result.records | map(.Magento_Id__c) | unique | length) == 2400'
	run requests
	assert_line --regexp '^200 GET //services/data/v[0-9.]+/query/01g.*-2000$'
}

@test "data query --all-rows shows deleted ones" {
	id=$(make Account '{"Name":"In the bin"}')
	api DELETE "/sobjects/Account/$id"
	ok sf data query -q "SELECT Id FROM Account WHERE Name = 'In the bin'"
	want '.result.totalSize == 0'
	ok sf data query --all-rows -q "SELECT Id, IsDeleted FROM Account WHERE Name = 'In the bin'"
	want ".result.records[0] | .Id == \"$id\" and .IsDeleted"
}

@test "data query --use-tooling-api: custom fields of the schema" {
	ok sf data query --use-tooling-api \
	    -q "SELECT DeveloperName FROM CustomField WHERE TableEnumOrId = 'Account'"
	want '.result.records | map(.DeveloperName) | contains(["Magento_Id"])'
}

@test "data query: the errors' words" {
	fails sf data query -q "SELECT Nothing__c FROM Account"
	want '.name == "INVALID_FIELD" and (.message | test("ERROR at Row:1:Column:8\nNo such column .Nothing__c. on entity .Account."))'
	fails sf data query -q "SELECT Id FROM"
	want '.name == "MALFORMED_QUERY"'
	fails sf data query -q "SELECT Id FROM Nothing"
	want '.name == "INVALID_TYPE" and (.message | test("sObject type .Nothing. is not supported"))'
}

@test "import tree: children inside their parents" {
	cat >tree.json <<'END'
{"records":[
 {"attributes":{"type":"Account","referenceId":"A1"},"Name":"Tree one","Magento_Id__c":"31",
  "Contacts":{"records":[
   {"attributes":{"type":"Contact","referenceId":"C1"},"LastName":"Leaf 1"},
   {"attributes":{"type":"Contact","referenceId":"C2"},"LastName":"Leaf 2"}]}},
 {"attributes":{"type":"Account","referenceId":"A2"},"Name":"Tree two"}]}
END
	ok sf data import tree --files tree.json
	want '.result | map(.refId) | sort == ["A1", "A2", "C1", "C2"]'
	want '.result | all(.id | length == 18)'
	soql "SELECT LastName FROM Contact WHERE Account.Magento_Id__c = '31' ORDER BY LastName" >leaves
	want '.LastName | startswith("Leaf ")' leaves
	[ "$(wc -l <leaves)" -eq 2 ]
}

@test "import tree by a plan: references between files" {
	cat >plan.json <<'END'
[{"sobject":"Account","files":["accounts.json"]},
 {"sobject":"Contact","files":["contacts.json"]}]
END
	cat >accounts.json <<'END'
{"records":[{"attributes":{"type":"Account","referenceId":"PA"},"Name":"Planned","Magento_Id__c":"32"}]}
END
	cat >contacts.json <<'END'
{"records":[{"attributes":{"type":"Contact","referenceId":"PC"},"LastName":"Planned","AccountId":"@PA"}]}
END
	ok sf data import tree --plan plan.json
	want '.result | map([.type, .refId]) == [["Account", "PA"], ["Contact", "PC"]]'
	[ "$(soql "SELECT Id FROM Contact WHERE Account.Magento_Id__c = '32'" | wc -l)" -eq 1 ]
}

@test "import tree: one bad record and none is there" {
	cat >bad.json <<'END'
{"records":[
 {"attributes":{"type":"Account","referenceId":"B1"},"Name":"Half a tree"},
 {"attributes":{"type":"Account","referenceId":"B2"},"Phone":"1"}]}
END
	fails sf data import tree --files bad.json
	want 'tostring | test("REQUIRED_FIELD_MISSING") and test("B2")'
	holds Account 'map(select(.Name == "Half a tree")) == []'
}

@test "export tree, and what it wrote imported again" {
	id=$(make Account '{"Name":"Exported"}')
	for n in X Y; do
		make Contact "{\"LastName\":\"Exported $n\",\"AccountId\":\"$id\"}" >/dev/null
	done
	ok sf data export tree --plan \
	    -q "SELECT Name, (SELECT LastName FROM Contacts) FROM Account WHERE Name = 'Exported'"
	[ -s Account-Contact-plan.json ]
	ok sf data import tree --plan Account-Contact-plan.json
	[ "$(soql "SELECT Id FROM Contact WHERE Account.Name = 'Exported' AND LastName LIKE 'Exported %'" | wc -l)" -eq 4 ]
	[ "$(soql "SELECT Id FROM Account WHERE Name = 'Exported'" | wc -l)" -eq 2 ]
}
