#!/usr/bin/env bats
# The query language of the pretend Salesforce org, over REST and Bulk.
# shellcheck disable=SC2030,SC2031,SC2034

load helpers
load sf-api

# q QUERY FILTER: what jq's FILTER makes of the answer
q()
{
	soql "$1" | jq -c "$2"
}

# says QUERY CODE MESSAGE'S END
says()
{
	soql "$1" >/dev/null
	assert_equal "$CODE $(jq -r '.[0].errorCode' answer)" "400 $2"
	jq -e --arg m "$3" '.[0].message|endswith($m)' answer ||
	    { jq -r '.[0].message' answer >&2; return 1; }
}

# Four accounts a b c d with employees 1 2 3 -, two industries; contacts of
# a: two, of b: one, without account: one
people()
{
	{
		echo Magento_Id__c,Name,NumberOfEmployees,Industry,AnnualRevenue,Rating
		echo a,Ann,1,Retail,100.5,Hot
		echo b,Bob,2,Retail,200,
		echo c,Cyd,3,Energy,,Hot
		echo 'd,d_%e,,,7,'
	} | bulk insert Account ''
	{
		echo Account.Magento_Id__c,LastName,FirstName,Email,Birthdate
		echo a,One,Ada,ada@x.org,1970-01-02
		echo a,Two,Ben,ben@x.org,1980-02-29
		echo b,Three,,,
		echo ,Lone,,,2000-12-31
	} | bulk insert Contact ''
	A=$(soql "SELECT Id FROM Account WHERE Magento_Id__c = 'a'" | jq -r '.records[0].Id')
}

names()
{
	q "SELECT Name FROM Account WHERE $1" '[.records[].Name]|sort|join(" ")'
}

@test "WHERE: and, or, not, parentheses; they do not mix without" {
	people
	assert_equal "$(names "Industry = 'Retail' AND NumberOfEmployees > 1")" '"Bob"'
	assert_equal "$(names "Industry = 'retail' OR (NOT Rating = null AND Name != 'Ann')")" '"Ann Bob Cyd"'
	assert_equal "$(names "NOT (Industry = 'Retail' OR Industry = null)")" '"Cyd"'
	assert_equal "$(names "NOT NOT Name = 'Ann'")" '"Ann"'
	assert_equal "$(names 'NumberOfEmployees >= 2')" '"Bob Cyd"'
	assert_equal "$(names 'NumberOfEmployees < 2')" '"Ann"'
	assert_equal "$(names 'NumberOfEmployees <> 2 AND NumberOfEmployees != null')" '"Ann Cyd"'
	assert_equal "$(names 'AnnualRevenue > 1e2')" '"Ann Bob"'
	assert_equal "$(names 'NumberOfEmployees < 99999999999')" '"Ann Bob Cyd"'
	says "SELECT Id FROM Account WHERE Name = 'a' AND Name = 'b' OR Name = 'c'" MALFORMED_QUERY "unexpected token: 'OR'"
}

@test "LIKE, IN, NOT IN: wildcards, escapes, nulls" {
	people
	assert_equal "$(names "Name LIKE '%n%'")" '"Ann"'
	assert_equal "$(names "Name LIKE 'B_B'")" '"Bob"'
	assert_equal "$(names "Name LIKE 'd\\_\\%_'")" '"d_%e"'
	assert_equal "$(names "(NOT Name LIKE '%b%') AND Industry != null")" '"Ann Cyd"'
	assert_equal "$(names "Industry IN ('Energy', null)")" '"Cyd d_%e"'
	assert_equal "$(names "Name NOT IN ('Ann','bob')")" '"Cyd d_%e"'
	make Account '{"Name":"It'\''s \"q\""}' >/dev/null
	assert_equal "$(names "Name = 'It\\'s \\\"q\\\"'")" '"It'\''s \"q\""'
	long=$(printf '%%a%.0s' {1..60})
	assert_equal "$(names "Name LIKE '${long}q'")" '""'
}

@test "text literals: \u names a character, '' is null" {
	people
	make Account '{"Name":"é€😀","Site":"here"}' >/dev/null
	assert_equal "$(names "Name = '\\u00e9\\u20AC\\ud83d\\ude00'")" '"é€😀"'
	assert_equal "$(names "Name LIKE '\\u0041%'")" '"Ann"'
	for t in '\ud83d' '\ude00' '\ud83d\u0041' '\u00e' '\u00eg' '\U00e9'; do
		says "SELECT Id FROM Account WHERE Name = '$t'" MALFORMED_QUERY "no viable alternative at character '${t:1:1}'"
	done
	says "SELECT Id FROM Account WHERE Name = 'x\\'" MALFORMED_QUERY "line 1:40 mismatched character '<EOF>' expecting '''"
	assert_equal "$(names "Site = ''")" '"Ann Bob Cyd d_%e"'
	assert_equal "$(names "Site != ''")" '"é€😀"'
	assert_equal "$(names "Rating IN ('', 'Hot') AND Name != 'Ann'")" '"Bob Cyd d_%e é€😀"'
	says "SELECT Id FROM Account WHERE ParentId = ''" INVALID_QUERY_FILTER_OPERATOR 'invalid ID field: '
}

@test "text has no case in any alphabet: conditions, groups, keys" {
	make Account '{"Name":"École ÜNÏ","Site":"ДОМ","Magento_Id__c":"É1"}' >made
	for w in "Name = 'école ünï'" "Name IN ('x', 'éCOLE üNï')" "Name LIKE 'éco%ün_'" \
	    "Name LIKE '_COLE ___'" "Site LIKE '%о_'" "NOT Site != 'дом'" "Magento_Id__c = 'é1'"; do
		assert_equal "$w: $(names "$w")" "$w: \"École ÜNÏ\""
	done
	assert_equal "$(names "Name = 'ecole uni' OR Name LIKE '_COLE __'")" '""'
	make Account '{"Name":"ÉCOLE ünï","Magento_Id__c":"2"}' >/dev/null
	assert_equal "$(q 'SELECT Name, COUNT(Id) n FROM Account GROUP BY Name' '[.records[].n]')" '[2]'
	json PATCH /sobjects/Account/Magento_Id__c/%C3%A91 '{"Phone":"1"}' | jq -e '.created==false'
	json POST /sobjects/Account '{"Name":"x","Magento_Id__c":"é1"}'
	error_is 400 DUPLICATE_VALUE
	bulk upsert Account Magento_Id__c <<<$'Magento_Id__c,Name\nĀ,x\nā,y'
	assert_equal "$(grep -c 'DUPLICATE_VALUE:Duplicate external id specified: ā' bad)" 2
}

@test "INCLUDES and EXCLUDES: one of, all of" {
	mkdir -p dx/objects/Account/fields
	cat >dx/objects/Account/fields/Tags__c.field-meta.xml <<-END
	<?xml version="1.0" encoding="UTF-8"?>
	<CustomField xmlns="http://soap.sforce.com/2006/04/metadata">
	<fullName>Tags__c</fullName><label>Tags</label><type>MultiselectPicklist</type>
	<valueSet><valueSetDefinition><sorted>false</sorted>
	<value><fullName>A</fullName><default>false</default><label>A</label></value>
	<value><fullName>B</fullName><default>false</default><label>B</label></value>
	<value><fullName>C</fullName><default>false</default><label>C</label></value>
	</valueSetDefinition></valueSet><visibleLines>4</visibleLines>
	</CustomField>
	END
	stop sf
	start sf sf-sandbox --state "$WORK/multi.state" --port 0 --schema dx
	SF_URL=$(jq -r .url "$WORK/sf.first")
	SF_CREDENTIALS=$(jq -c .credentials "$WORK/sf.first")
	session
	make Account '{"Name":"ab","Tags__c":"A;B"}' >/dev/null
	make Account '{"Name":"c","Tags__c":"C"}' >/dev/null
	make Account '{"Name":"none"}' >/dev/null
	assert_equal "$(names "Tags__c INCLUDES ('A;B','C')")" '"ab c"'
	assert_equal "$(names "Tags__c INCLUDES ('A;C')")" '""'
	assert_equal "$(names "Tags__c EXCLUDES ('a')")" '"c none"'
	assert_equal "$(names "Tags__c = 'A;B'")" '"ab"'
	says "SELECT Id FROM Account WHERE Name INCLUDES ('a')" INVALID_QUERY_FILTER_OPERATOR 'includes/excludes operators only valid on multipicklist field'
	says "SELECT Id FROM Account ORDER BY Tags__c" MALFORMED_QUERY "field 'Tags__c' can not be sorted in a query call"
}

@test "date literals: the record of today is in the right ones" {
	people
	for l in TODAY THIS_WEEK THIS_MONTH THIS_QUARTER THIS_YEAR LAST_90_DAYS \
	    LAST_N_DAYS:1 THIS_FISCAL_YEAR THIS_FISCAL_QUARTER; do
		assert_equal "$l $(q "SELECT COUNT() FROM Account WHERE CreatedDate = $l" .totalSize)" "$l 4"
	done
	for l in YESTERDAY TOMORROW LAST_WEEK NEXT_WEEK LAST_MONTH NEXT_MONTH \
	    LAST_QUARTER NEXT_QUARTER LAST_YEAR NEXT_YEAR NEXT_90_DAYS \
	    NEXT_N_DAYS:3 N_DAYS_AGO:1 NEXT_N_WEEKS:2 LAST_N_WEEKS:2 \
	    N_WEEKS_AGO:1 NEXT_N_MONTHS:2 LAST_N_MONTHS:2 N_MONTHS_AGO:1 \
	    NEXT_N_QUARTERS:2 LAST_N_QUARTERS:2 N_QUARTERS_AGO:1 \
	    NEXT_N_YEARS:2 LAST_N_YEARS:2 N_YEARS_AGO:1 LAST_FISCAL_YEAR \
	    NEXT_FISCAL_QUARTER NEXT_N_FISCAL_YEARS:2 \
	    LAST_N_FISCAL_QUARTERS:2 N_FISCAL_YEARS_AGO:1; do
		assert_equal "$l $(q "SELECT COUNT() FROM Account WHERE CreatedDate = $l" .totalSize)" "$l 0"
	done
	assert_equal "$(q 'SELECT COUNT() FROM Account WHERE CreatedDate > YESTERDAY AND CreatedDate < TOMORROW' .totalSize)" 4
	says 'SELECT Id FROM Account WHERE CreatedDate = LAST_N_DAYS:x' MALFORMED_QUERY "unexpected token: 'LAST_N_DAYS:x'"
	says 'SELECT Id FROM Account WHERE Name = TODAY' INVALID_FIELD "value of filter criterion for field 'Name' must be of type string and should be enclosed in quotes"
}

@test "date literals: the first and the last day of ranges" {
	born() { make Contact "{\"LastName\":\"$1\",\"Birthdate\":\"$(date -u -d "$1" +%F)\"}" >/dev/null; }
	is() { assert_equal "$1 $(q "SELECT LastName FROM Contact WHERE Birthdate = $1" '[.records[].LastName]|sort|join(",")')" "$1 \"$2\""; }
	first=$(date -u +%Y-%m-01)
	for d in '2 days ago' '3 days ago' '2 days' '3 days' "$first -1 day" \
	    "$first -2 months" "$first -2 months -1 day"; do born "$d"; done
	q "SELECT LastName FROM Contact WHERE Birthdate = LAST_N_DAYS:2" '[.records[].LastName]|index("2 days ago")!=null and index("3 days ago")==null' | grep -q true
	q "SELECT LastName FROM Contact WHERE Birthdate = NEXT_N_DAYS:2" '[.records[].LastName]|index("2 days")!=null and index("3 days")==null' | grep -q true
	is N_DAYS_AGO:3 "$(soql "SELECT LastName FROM Contact WHERE Birthdate = $(date -u -d '3 days ago' +%F)" | jq -r '[.records[].LastName]|sort|join(",")')"
	q "SELECT LastName FROM Contact WHERE Birthdate = LAST_N_MONTHS:2" "[.records[].LastName]|index(\"$first -1 day\")!=null and index(\"$first -2 months\")!=null and index(\"$first -2 months -1 day\")==null" | grep -q true
	q "SELECT LastName FROM Contact WHERE Birthdate < LAST_MONTH" "[.records[].LastName]|index(\"$first -2 months\")!=null and index(\"$first -1 day\")==null" | grep -q true
}

@test "date functions in WHERE and GROUP BY" {
	people
	assert_equal "$(q 'SELECT LastName FROM Contact WHERE CALENDAR_YEAR(Birthdate) = 1980 AND DAY_IN_MONTH(Birthdate) = 29' '[.records[].LastName]')" '["Two"]'
	assert_equal "$(q 'SELECT LastName FROM Contact WHERE DAY_IN_WEEK(Birthdate) = 6' '[.records[].LastName]|sort')" '["One","Two"]'
	assert_equal "$(q 'SELECT LastName FROM Contact WHERE DAY_IN_YEAR(Birthdate) > 365 AND WEEK_IN_YEAR(Birthdate) = 53 AND CALENDAR_QUARTER(Birthdate) = 4' '[.records[].LastName]')" '["Lone"]'
	assert_equal "$(q "SELECT COUNT() FROM Account WHERE DAY_ONLY(CreatedDate) = $(date -u +%F) AND HOUR_IN_DAY(CreatedDate) <= 23" .totalSize)" 4
	assert_equal "$(q 'SELECT CALENDAR_YEAR(CreatedDate) y, COUNT(Id) FROM Account GROUP BY CALENDAR_YEAR(CreatedDate)' '.records|map(del(.attributes))')" "[{\"y\":$(date -u +%Y),\"expr0\":4}]"
	says 'SELECT Id FROM Account WHERE DAY_ONLY(CreatedDate) = TODAY' INVALID_FIELD "must be of type date and should not be enclosed in quotes"
	says 'SELECT Id FROM Account WHERE CALENDAR_YEAR(Name) = 1' MALFORMED_QUERY 'field Name does not support function CALENDAR_YEAR'
}

@test "parents: nested objects, null when there is none, five levels, Owner" {
	people
	soql "SELECT LastName, Account.Name, Account.Owner.Username FROM Contact ORDER BY LastName" >p
	jq -e '.records[0]|.LastName=="Lone" and .Account==null' p
	jq -e '.records[1].Account|.attributes.type=="Account" and .Name=="Ann" and
	    .Owner.attributes.type=="User" and (.Owner.Username|test("@"))' p
	up=Parent.Parent.Parent.Parent.Parent
	json PATCH "/sobjects/Account/$A" '{}'
	soql "SELECT $up.Name FROM Account" >/dev/null
	assert_equal "$CODE" 200
	says "SELECT $up.Owner.Name FROM Account" INVALID_FIELD "Didn't understand relationship 'Owner' in field path. If you are attempting to use a custom relationship, be sure to append the '__r' after the custom relationship name. Please reference your WSDL or the describe call for the appropriate names."
	assert_equal "$(q "SELECT LastName FROM Contact WHERE Account.Name = 'Ann' ORDER BY LastName DESC" '[.records[].LastName]')" '["Two","One"]'
	assert_equal "$(q "SELECT a.Name, o.Alias FROM Account a, a.Owner o WHERE a.Name = 'Ann'" '.records[0]|[.Name,.Owner!=null]')" '["Ann",true]'
	assert_equal "$(q "SELECT Account.Name FROM Account WHERE Account.Name = 'Ann'" '.records[0].Name')" '"Ann"'
}

@test "polymorphic Owner: the object Name, its Type, TYPEOF" {
	shop
	soql "SELECT Owner.Name, Owner.Type FROM Order WHERE Owner.Type = 'User'" >p
	jq -e '.records[0].Owner|.attributes.type=="Name" and
	    (.attributes.url|test("/sobjects/User/005")) and .Type=="User"' p
	says 'SELECT Owner.CreatedDate FROM Order' INVALID_FIELD "No such column 'CreatedDate' on entity 'Name'. If you are attempting to use a custom field, be sure to append the '__c' after the custom field name. Please reference your WSDL or the describe call for the appropriate names."
	soql 'SELECT TYPEOF Owner WHEN User THEN Username, Email ELSE Name END FROM Order' >p
	jq -e '.records[0].Owner|.attributes.type=="User" and has("Username") and has("Email") and (has("Name")|not)' p
	says 'SELECT TYPEOF Account WHEN Account THEN Name END FROM Order' INVALID_FIELD "relationship 'Account' cannot be used in TYPEOF: it is not polymorphic"
	json POST /jobs/query '{"operation":"query","query":"SELECT TYPEOF Owner WHEN User THEN Id END FROM Order"}' >/dev/null
	error_is 400 API_ERROR 'TYPEOF not supported in Bulk Query'
}

@test "ORDER BY: directions, nulls first and last, parents; LIMIT, OFFSET" {
	people
	assert_equal "$(q 'SELECT Name FROM Account ORDER BY NumberOfEmployees' '[.records[].Name]|join(" ")')" '"d_%e Ann Bob Cyd"'
	assert_equal "$(q 'SELECT Name FROM Account ORDER BY NumberOfEmployees DESC NULLS LAST' '[.records[].Name]|join(" ")')" '"Cyd Bob Ann d_%e"'
	assert_equal "$(q 'SELECT Name FROM Account ORDER BY Rating ASC NULLS LAST, Name DESC LIMIT 2 OFFSET 1' '[.records[].Name]|join(" ")')" '"Ann d_%e"'
	assert_equal "$(q 'SELECT LastName FROM Contact ORDER BY Account.Name DESC NULLS FIRST, LastName' '[.records[].LastName]|join(" ")')" '"Lone Three One Two"'
	assert_equal "$(q 'SELECT Id FROM Account LIMIT 0' '[.totalSize,.done]')" '[0,true]'
	says 'SELECT Id FROM Account OFFSET 2001' NUMBER_OUTSIDE_VALID_RANGE 'Maximum SOQL offset allowed is 2000'
	says 'SELECT Id FROM Account ORDER BY Description' MALFORMED_QUERY "field 'Description' can not be sorted in a query call"
}

@test "LIMIT: the largest number and an offset are no less than all" {
	people
	assert_equal "$(q 'SELECT Name FROM Account LIMIT 9223372036854775807 OFFSET 1' .totalSize)" 3
	assert_equal "$(q "SELECT Name FROM Account WHERE Magento_Id__c IN ('a', 'b') LIMIT 9223372036854775807 OFFSET 1" .totalSize)" 1
}

@test "FIELDS(): all, standard, custom, and the LIMIT they need" {
	people
	q 'SELECT FIELDS(STANDARD) FROM Account' '.records[0]|has("Name") and has("CreatedDate") and (has("Magento_Id__c")|not)' | grep -q true
	q 'SELECT FIELDS(CUSTOM), Id FROM Account LIMIT 200' '.records[0]|has("Magento_Id__c") and (has("Name")|not)' | grep -q true
	q 'SELECT FIELDS(ALL) FROM Account LIMIT 1' '.records[0]|has("Magento_Id__c") and has("Name")' | grep -q true
	says 'SELECT FIELDS(ALL) FROM Account' MALFORMED_QUERY 'The SOQL FIELDS function must have a LIMIT of at most 200'
	says 'SELECT FIELDS(CUSTOM) FROM Account LIMIT 201' MALFORMED_QUERY 'The SOQL FIELDS function must have a LIMIT of at most 200'
	says 'SELECT FIELDS(STANDARD), Name FROM Account' MALFORMED_QUERY 'duplicate field selected: Name'
}

@test "aggregates over all: shapes, types, nulls" {
	people
	soql 'SELECT COUNT(Id), COUNT(NumberOfEmployees) n, SUM(NumberOfEmployees), AVG(NumberOfEmployees), MIN(Name), MAX(AnnualRevenue), COUNT_DISTINCT(Industry) FROM Account' >p
	assert_equal "$(cat p)" '{"totalSize":1,"done":true,"records":[{"attributes":{"type":"AggregateResult"},"expr0":4,"n":3,"expr1":6,"expr2":2.0,"expr3":"Ann","expr4":200.0,"expr5":2}]}'
	assert_equal "$(q "SELECT SUM(AnnualRevenue), COUNT(Id) FROM Account WHERE Name = 'x'" '.records[0]|[.expr0,.expr1]')" '[null,0]'
	says 'SELECT SUM(Name) FROM Account' MALFORMED_QUERY 'field Name does not support aggregate operator SUM'
	says 'SELECT COUNT(IsDeleted) FROM Account' MALFORMED_QUERY 'field IsDeleted does not support aggregate operator COUNT'
	says 'SELECT Name, COUNT(Id) FROM Account' MALFORMED_QUERY 'Field must be grouped or aggregated: Name'
	says 'SELECT MAX(Name) FROM Account LIMIT 1' MALFORMED_QUERY 'Non-grouped query that uses overall aggregate functions cannot also use LIMIT'
	says 'SELECT Id FROM Account WHERE COUNT(Id) > 1' MALFORMED_QUERY 'Aggregate functions stand in HAVING, not in WHERE: COUNT(Id)'
	says 'SELECT Name n FROM Account' MALFORMED_QUERY 'only aggregate expressions use field aliasing'
}

@test "GROUP BY: keys without regard to case, parents, HAVING, ORDER BY, LIMIT" {
	people
	make Account '{"Name":"Eve","Industry":"retail"}' >/dev/null
	assert_equal "$(q 'SELECT Industry, COUNT(Id) FROM Account GROUP BY Industry' '[.records[]|[.Industry,.expr0]]')" '[[null,1],["Energy",1],["Retail",3]]'
	assert_equal "$(q 'SELECT Industry i, COUNT(Id) c FROM Account GROUP BY Industry HAVING COUNT(Id) = 1 AND Industry != null' '[.records[]|[.i,.c]]')" '[["Energy",1]]'
	assert_equal "$(q 'SELECT Industry, MAX(NumberOfEmployees) FROM Account GROUP BY Industry ORDER BY COUNT(Id) DESC, Industry NULLS LAST LIMIT 2' '[.records[].Industry]')" '["Retail","Energy"]'
	assert_equal "$(q 'SELECT Account.Name, COUNT(Id) FROM Contact GROUP BY Account.Name' '[.records[]|[.Name,.expr0]]')" '[[null,1],["Ann",2],["Bob",1]]'
	assert_equal "$(q 'SELECT Industry FROM Account GROUP BY Industry OFFSET 1' .totalSize)" 2
	says 'SELECT Name FROM Account GROUP BY Industry' MALFORMED_QUERY 'Field must be grouped or aggregated: Name'
	says 'SELECT Industry FROM Account GROUP BY Industry ORDER BY Name' MALFORMED_QUERY 'Ordered field must be grouped or aggregated: Name'
	says 'SELECT COUNT(Industry) FROM Account GROUP BY Industry' MALFORMED_QUERY 'Grouped field should not be aggregated: Industry'
	says 'SELECT COUNT(Id) FROM Account GROUP BY AnnualRevenue' INVALID_FIELD "field 'AnnualRevenue' can not be grouped in a query call"
	says 'SELECT COUNT(Id) x, MAX(Name) X FROM Account' MALFORMED_QUERY 'duplicate alias: X'
}

@test "GROUP BY of more than 2,000 groups does not fit an answer" {
	{ echo Name; seq 2001; } | bulk insert Account ''
	says 'SELECT Name, COUNT(Id) FROM Account GROUP BY Name' EXCEEDED_ID_LIMIT 'Aggregate query does not support queryMore(), use LIMIT to restrict the results to a single batch'
	assert_equal "$(q 'SELECT Name, COUNT(Id) FROM Account GROUP BY Name LIMIT 2000' .totalSize)" 2000
}

@test "children: nested result, null when empty, their own clauses" {
	people
	soql "SELECT Name, (SELECT LastName, Account.Name FROM Contacts ORDER BY LastName) FROM Account ORDER BY Name" >p
	jq -e '.records[0].Contacts|.totalSize==2 and .done and .records[0].LastName=="One" and
	    .records[0].attributes.type=="Contact" and .records[1].Account.Name=="Ann"' p
	jq -e '.records[2]|has("Contacts") and .Contacts==null' p
	assert_equal "$(q "SELECT Name, (SELECT Id FROM Account.Contacts WHERE Email != null LIMIT 1) FROM Account WHERE Name = 'Ann'" '.records[0].Contacts.totalSize')" 1
	says 'SELECT Id, (SELECT Id FROM Contact) FROM Account' INVALID_TYPE "Didn't understand relationship 'Contact' in FROM part of query call. If you are attempting to use a custom relationship, be sure to append the '__r' after the custom relationship name. Please reference your WSDL or the describe call for the appropriate names."
	says 'SELECT Id, (SELECT COUNT(Id) FROM Contacts) FROM Account' MALFORMED_QUERY 'Only root queries support aggregate expressions'
	says 'SELECT Id, (SELECT Nope FROM Contacts) FROM Account' INVALID_FIELD "be sure to append the '__c' after the custom field name. Please reference your WSDL or the describe call for the appropriate names."
	soql 'SELECT Id, (SELECT Id, (SELECT Id FROM OrderItems) FROM Orders) FROM Account' >/dev/null
	assert_equal "$CODE" 200
}

@test "children beyond a page are fetched by their own locator" {
	A=$(make Account '{"Name":"many"}')
	{ echo AccountId,LastName; seq -f "$A,%03g" 250; } | bulk insert Contact ''
	api GET /query -G -H 'Sforce-Query-Options: batchSize=200' \
	    --data-urlencode 'q=SELECT Name, (SELECT LastName FROM Contacts ORDER BY LastName DESC) FROM Account' >p
	jq -e '.done and (.records[0].Contacts|.totalSize==250 and .done==false and (.records|length)==200)' p
	next=$(jq -r '.records[0].Contacts.nextRecordsUrl' p)
	api GET "${next#/services/data/v62.0}" | jq -e '.done and .totalSize==250 and (.records|length)==50 and .records[49].LastName=="001"'
}

# next FILTER QUERY: the page behind the one that FILTER finds in the answer
next()
{
	soql "$2" >p
	api GET "$(jq -r "$1.nextRecordsUrl" p | sed "s,.*v62.0,,")"
}

@test "the next page knows aliases, limits, what is around it, and the Tooling API" {
	another_sf --set page=1
	people
	next '.records[0].Contacts' "SELECT Id, (SELECT c.LastName, a.Name FROM Contacts c, c.Account a WHERE c.LastName > 'A' ORDER BY c.LastName) FROM Account WHERE Magento_Id__c = 'a'" |
	    jq -e '.done and .totalSize==2 and (.records[0]|.LastName=="Two" and .Account.Name=="Ann")'
	next '.records[0].Contacts' "SELECT Id, (SELECT FIELDS(ALL) FROM Contacts LIMIT 9) FROM Account WHERE Magento_Id__c = 'a'" |
	    jq -e '.done and .records[0].Email=="ben@x.org"'
	for i in 1 2; do
		n=$(make ContentNote "{\"Title\":\"n$i\",\"Content\":\"eA==\"}")
		make ContentDocumentLink "{\"ContentDocumentId\":\"$n\",\"LinkedEntityId\":\"$A\",\"ShareType\":\"V\"}"
	done
	next '.records[0].ContentDocumentLinks' "SELECT Id, (SELECT ShareType FROM ContentDocumentLinks) FROM Account WHERE Magento_Id__c = 'a'" |
	    jq -e '.done and .records[0].ShareType=="V"'
	shop
	line
	line
	next '.records[0].Orders.records[0].OrderItems' "SELECT Id, (SELECT Id, (SELECT i.Quantity FROM OrderItems i) FROM Orders) FROM Account WHERE Magento_Id__c = '1'" |
	    jq -e '.done and .totalSize==2 and .records[0].Quantity==2'
	api GET /tooling/query -G --data-urlencode 'q=SELECT DeveloperName FROM CustomField' >p
	tool=$(jq -r .nextRecordsUrl p)
	[[ $tool == */v62.0/tooling/query/01g* ]]
	api GET "${tool#*/v62.0}" | jq -e '.done==false and .records[0].DeveloperName and (.nextRecordsUrl|contains("/tooling/query/"))'
	api GET "${tool#*/v62.0/tooling}"
	error_is 400 INVALID_QUERY_LOCATOR
}

@test "a page of what another schema no longer has is not there" {
	another_sf --set page=1
	people
	soql 'SELECT Magento_Id__c FROM Account' >p
	next=$(jq -r .nextRecordsUrl p)
	stop sf
	mkdir none
	SF_SCHEMA=none start_sf
	session
	api GET "${next#*/v62.0}"
	error_is 400 INVALID_QUERY_LOCATOR
}

@test "semi- and anti-joins, and what they refuse" {
	people
	assert_equal "$(names "Id IN (SELECT AccountId FROM Contact WHERE Email != null)")" '"Ann"'
	assert_equal "$(names "Id NOT IN (SELECT AccountId FROM Contact) AND Rating = 'Hot'")" '"Cyd"'
	assert_equal "$(q "SELECT LastName FROM Contact WHERE AccountId IN (SELECT Id FROM Account WHERE Name = 'Bob')" '[.records[].LastName]')" '["Three"]'
	says "SELECT Id FROM Account WHERE Name = 'x' OR Id IN (SELECT AccountId FROM Contact)" MALFORMED_QUERY "Semi join sub-selects are not allowed with the 'OR' operator"
	says 'SELECT Id FROM Account WHERE Id IN (SELECT AccountId FROM Contact WHERE AccountId IN (SELECT Id FROM Account))' MALFORMED_QUERY 'Nesting of semi join sub-selects is not supported'
	says 'SELECT Id FROM Account WHERE Id IN (SELECT AccountId FROM Contact) AND Id IN (SELECT AccountId FROM Order) AND Id NOT IN (SELECT AccountId FROM Contact)' MALFORMED_QUERY 'Maximum 2 semi join sub-selects are allowed'
	says 'SELECT Id FROM Account WHERE Id IN (SELECT Id FROM Contact)' MALFORMED_QUERY "The selected field 'Id' in the subquery and the left operand field in the where expression in the outer query 'Id' should point to the same object type"
	says 'SELECT Id FROM Account WHERE Id IN (SELECT Id FROM Account)' MALFORMED_QUERY 'The inner and outer selects should not be on the same object type'
}

@test "queryAll: the deleted among children; not what goes past the bin" {
	a=$(make Account '{"Name":"Parent"}')
	make Contact "{\"LastName\":\"Stays\",\"AccountId\":\"$a\"}"
	gone=$(make Contact "{\"LastName\":\"Goes\",\"AccountId\":\"$a\"}")
	api DELETE "/sobjects/Contact/$gone"
	q="SELECT Id, (SELECT LastName, IsDeleted FROM Contacts) FROM Account WHERE Id = '$a'"
	api GET /queryAll -G --data-urlencode "q=$q" |
	    jq -e '[.records[0].Contacts.records[]|[.LastName,.IsDeleted]]==[["Stays",false],["Goes",true]]'
	soql "$q" | jq -e '[.records[0].Contacts.records[].LastName]==["Stays"]'
	opp=$(make Opportunity '{"Name":"o","StageName":"x","CloseDate":"2026-01-01"}')
	role=$(make OpportunityContactRole "{\"OpportunityId\":\"$opp\",
	    \"ContactId\":\"$(make Contact '{"LastName":"R"}')\"}")
	api DELETE "/sobjects/OpportunityContactRole/$role"
	for where in '' "WHERE Id = '$role'" "WHERE Id IN ('$role')"; do
		api GET /queryAll -G --data-urlencode "q=SELECT Id FROM OpportunityContactRole $where" | jq -e '.totalSize==0'
	done
	api DELETE "/sobjects/OpportunityContactRole/$role"
	assert_equal "$CODE" 404
	jq -e '.[0].errorCode=="ENTITY_IS_DELETED"' answer
}

@test "queryAll shows deleted records, and filters by IsDeleted" {
	people
	api DELETE "/sobjects/Account/$A"
	assert_equal "$(names "Name != null")" '"Bob Cyd d_%e"'
	api GET /queryAll -G --data-urlencode "q=SELECT Name, IsDeleted FROM Account WHERE IsDeleted = true" | jq -e '[.records[]|[.Name,.IsDeleted]]==[["Ann",true]]'
	api GET /queryAll -G --data-urlencode "q=SELECT Name FROM Account WHERE Id IN ('$A')" | jq -e '.totalSize==1'
	says 'SELECT Id FROM Account ALL ROWS' MALFORMED_QUERY 'ALL ROWS not allowed in this context'
}

@test "FOR VIEW, FOR REFERENCE and FOR UPDATE change nothing that shows" {
	people
	for f in 'FOR VIEW' 'FOR REFERENCE' 'FOR UPDATE' 'LIMIT 1 FOR VIEW, REFERENCE'; do
		soql "SELECT Id FROM Account $f" >/dev/null
		assert_equal "$f $CODE" "$f 200"
	done
	says 'SELECT Id FROM Account FOR EVER' MALFORMED_QUERY "unexpected token: 'EVER'"
}

@test "syntax errors: place, caret and words" {
	soql 'SELECT * FROM Account' >/dev/null
	error_is 400 MALFORMED_QUERY "$(printf '\nSELECT * FROM Account\n       ^\nERROR at Row:1:Column:8\nunexpected token: '\''*'\')"
	soql "$(printf 'SELECT Id\nFROM Account\nWHRE Id = null')" >/dev/null
	jq -e '.[0].message|endswith("ERROR at Row:3:Column:6\nunexpected token: '\''Id'\''")' answer
	says 'SELECT Id FROM' MALFORMED_QUERY "unexpected token: '<EOF>'"
	says 'SELECT Id, FROM Account' MALFORMED_QUERY "unexpected token: 'FROM'"
	says 'SELECT Id FROM Account WHERE Name = :name' MALFORMED_QUERY 'Bind variables only allowed in Apex code'
	says "SELECT Id FROM Account WHERE Name = 'x" MALFORMED_QUERY "line 1:38 mismatched character '<EOF>' expecting '''"
	says 'SELECT Id FROM Account WHERE Name = "x"' MALFORMED_QUERY "line 1:36 no viable alternative at character '\"'"
	says "SELECT Id FROM Account WHERE Name = '\\q'" MALFORMED_QUERY "line 1:38 no viable alternative at character 'q'"
	says 'SELECT Id FROM Account WHERE IsDeleted > true' INVALID_QUERY_FILTER_OPERATOR 'invalid operator on boolean field'
	says "SELECT Id FROM Account WHERE Id LIKE '001%'" INVALID_QUERY_FILTER_OPERATOR 'invalid operator on id field'
	says "SELECT Id FROM Account WHERE NumberOfEmployees = '1'" INVALID_FIELD "value of filter criterion for field 'NumberOfEmployees' must be of type int and should not be enclosed in quotes"
	soql "SELECT Id FROM Account WHERE $(printf 'NOT %.0s' {1..200}) Name = 'a'" >/dev/null
	error_is 400 MALFORMED_QUERY
}

@test "Bulk: aggregates, children, OFFSET and unbounded FIELDS are refused" {
	b() { json POST /jobs/query "{\"operation\":\"query\",\"query\":\"$1\"}" >/dev/null; }
	for t in 'SELECT MAX(Name) FROM Account' 'SELECT COUNT() FROM Account' \
	    'SELECT Name FROM Account GROUP BY Name' \
	    'SELECT Id, (SELECT Id FROM Contacts) FROM Account'; do
		b "$t"
		error_is 400 API_ERROR 'Aggregate Relationships not supported in Bulk Query'
	done
	b 'SELECT Id FROM Account OFFSET 1'
	error_is 400 API_ERROR 'OFFSET not supported in Bulk Query'
	b 'SELECT FIELDS(ALL) FROM Account LIMIT 200'
	error_is 400 MALFORMED_QUERY
}

@test "queries by key do not look at every record" {
	{ echo Magento_Id__c,Name; seq 20000 | sed 's/.*/&,N&/'; } | bulk insert Account ''
	ids=$(seq -f "'%g'" -s , 500)
	cpu() { awk '{ print $14 + $15 }' "/proc/$(cat "$WORK/sf.pid")/stat"; }
	run()
	{
		local from i
		from=$(cpu)
		for i in 1 2 3 4 5; do
			soql "$1" >/dev/null
			assert_equal "$CODE" 200
		done
		COST=$(($(cpu) - from))
	}
	run "SELECT Id FROM Account WHERE Name LIKE 'x%'"
	scan=$COST
	for w in "Magento_Id__c IN ($ids)" "Magento_Id__c = '7' OR Magento_Id__c = '8'" \
	    "Name != 'x' AND Magento_Id__c = '7'"; do
		run "SELECT Id FROM Account WHERE $w"
		[ $((COST * 2)) -lt "$scan" ] || { echo "$w: $COST, a scan $scan" >&2; return 1; }
	done
	last=$(soql 'SELECT Id FROM Account ORDER BY Id DESC LIMIT 1' | jq -r '.records[0].Id')
	run "SELECT Id FROM Account WHERE Id >= '$last' ORDER BY Id LIMIT 2000"
	[ $((COST * 2)) -lt "$scan" ]
}

@test "columns=true tells the columns instead, each parent and list once" {
	shape() { api GET /query -G -d columns=true --data-urlencode "q=$1"; }
	shape 'SELECT Id, Owner.Name, Magento_Id__c, Owner.Profile.Name, (SELECT LastName, Account.Name FROM Contacts) FROM Account' >p
	jq -e '.entityName=="Account" and .keyPrefix=="001" and .idSelected and (.groupBy|not)' p
	jq -e '.columnMetadata|map(.columnName)==["Id","Owner","Magento_Id__c","Contacts"]' p
	jq -e '.columnMetadata[0]=={"aggregate":false,"apexType":"Id","booleanType":false,"columnName":"Id","custom":false,
	    "displayName":"Id","foreignKeyName":null,"insertable":false,"joinColumns":[],"numberType":false,"textType":false,"updatable":false}' p
	jq -e '.columnMetadata[1]|.foreignKeyName=="OwnerId" and .apexType==null and
	    (.joinColumns|map(.columnName)==["Name","Profile"] and .[1].joinColumns[0].columnName=="Name")' p
	jq -e '.columnMetadata[2]|.custom and .textType and .insertable' p
	jq -e '.columnMetadata[3]|.aggregate and (.joinColumns|map(.columnName)==["LastName","Account"])' p
	shape 'SELECT Owner.Name, COUNT(Id) n, MAX(NumberOfEmployees) FROM Account GROUP BY Owner.Name' >p
	jq -e '.groupBy and (.columnMetadata|map([.columnName,.displayName,.aggregate,.numberType])==
	    [["Name","Name",false,false],["n","count(Id)",true,true],["expr0","max(NumberOfEmployees)",true,true]])' p
	shape 'SELECT COUNT() FROM Account' | jq -e '.columnMetadata==[]'
	shape 'SELECT TYPEOF Owner WHEN User THEN Username END FROM Order' | jq -e '.columnMetadata|map(.columnName)==["Owner"]'
	shape 'SELECT Nope FROM Account' | jq -e '.[0].errorCode=="INVALID_FIELD"'
}
