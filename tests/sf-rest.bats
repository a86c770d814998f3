#!/usr/bin/env bats
# The REST resources of the pretend Salesforce org that hold others.
# shellcheck disable=SC2030,SC2031,SC2034

load helpers
load sf-api

V=/services/data/v62.0

count()
{
	soql "SELECT COUNT() FROM $1" | jq .totalSize
}

# --- composite ---

@test "composite: answers are referred to, in bodies and in URLs" {
	json POST /composite '{"compositeRequest":[
	    {"method":"POST","url":"'$V'/sobjects/Account","referenceId":"acc","body":{"Name":"A \"q\"","NumberOfEmployees":7}},
	    {"method":"POST","url":"'$V'/sobjects/Contact","referenceId":"con","body":{"LastName":"of @{acc.id}","AccountId":"@{acc.id}"}},
	    {"method":"GET","url":"'$V'/sobjects/Account/@{acc.id}?fields=Name,NumberOfEmployees","referenceId":"back"},
	    {"method":"PATCH","url":"'$V'/sobjects/Contact/@{con.id}","referenceId":"upd","body":{"FirstName":"@{back.Name}","Title":"n @{back.NumberOfEmployees}"}},
	    {"method":"GET","url":"'$V'/query?q=SELECT+Name+FROM+Account","referenceId":"q"},
	    {"method":"POST","url":"'$V'/sobjects/Account","referenceId":"two","body":{"Name":"@{q.records[0].Name}","NumberOfEmployees":"@{back.NumberOfEmployees}"}}]}' >c
	assert_equal "$CODE" 200
	assert_equal "$(jq -c '[.compositeResponse[]|[.httpStatusCode,.referenceId]]' c)" '[[201,"acc"],[201,"con"],[200,"back"],[204,"upd"],[200,"q"],[201,"two"]]'
	jq -e '.compositeResponse[0]|.body.success and .httpHeaders.Location=="'$V'/sobjects/Account/\(.body.id)"' c
	jq -e '.compositeResponse[3].body==null' c
	soql 'SELECT LastName, FirstName, Title, AccountId FROM Contact' | jq -e '.records[0]|.LastName=="of \(.AccountId)" and .FirstName=="A \"q\"" and .Title=="n 7"'
	soql "SELECT NumberOfEmployees n FROM Account" >/dev/null
	assert_equal "$(soql 'SELECT Name, NumberOfEmployees FROM Account' | jq -c '[.records[]|[.Name,.NumberOfEmployees]]')" '[["A \"q\"",7],["A \"q\"",7]]'
}

@test "composite: what depends on a failure is halted, the rest runs" {
	json POST /composite '{"compositeRequest":[
	    {"method":"POST","url":"'$V'/sobjects/Contact","referenceId":"bad","body":{"LastName":"x","Email":"no"}},
	    {"method":"POST","url":"'$V'/sobjects/Contact","referenceId":"dep","body":{"LastName":"@{bad.id}"}},
	    {"method":"POST","url":"'$V'/sobjects/Account","referenceId":"ok","body":{"Name":"x"}}]}' >c
	assert_equal "$(jq -c '[.compositeResponse[].httpStatusCode]' c)" '[400,400,201]'
	jq -e '.compositeResponse[0].body[0].errorCode=="INVALID_EMAIL_ADDRESS"' c
	jq -e '.compositeResponse[1].body[0]|.errorCode=="PROCESSING_HALTED" and .message=="Invalid reference specified. No value for bad.id found in bad."' c
	assert_equal "$(count Account)" 1
}

@test "composite: all or none undoes what went before, collections too" {
	json POST /composite '{"allOrNone":true,"compositeRequest":[
	    {"method":"POST","url":"'$V'/sobjects/Account","referenceId":"a","body":{"Name":"x"}},
	    {"method":"POST","url":"'$V'/sobjects/Contact","referenceId":"b","body":{}},
	    {"method":"POST","url":"'$V'/sobjects/Account","referenceId":"c","body":{"Name":"y"}}]}' >c
	assert_equal "$CODE" 200
	assert_equal "$(jq -c '[.compositeResponse[]|[.httpStatusCode,.body[0].errorCode]]' c)" '[[400,"PROCESSING_HALTED"],[400,"REQUIRED_FIELD_MISSING"],[400,"PROCESSING_HALTED"]]'
	jq -e '.compositeResponse[0].body[0].message=="The transaction was rolled back since another operation in the same transaction failed."' c
	assert_equal "$(count Account)" 0
	json POST /composite '{"allOrNone":true,"compositeRequest":[
	    {"method":"POST","url":"'$V'/sobjects/Account","referenceId":"a","body":{"Name":"x"}},
	    {"method":"POST","url":"'$V'/composite/sobjects","referenceId":"b","body":{"records":[{"attributes":{"type":"Account"},"Name":"y"},{"attributes":{"type":"Contact"}}]}}]}' >c
	jq -e '.compositeResponse[0].httpStatusCode==400' c
	assert_equal "$(jq -c '[.compositeResponse[1].body[].success]' c)" '[false,false]'
	assert_equal "$(count Account)" 0
}

@test "composite: what is refused as a whole" {
	one='{"method":"GET","url":"'$V'/limits","referenceId":"r%d"}'
	# shellcheck disable=SC2059
	json POST /composite "{\"compositeRequest\":[$(for i in {1..26}; do printf "$one," "$i"; done | sed 's/,$//')]}"
	error_is 400 INVALID_INPUT
	json POST /composite '{"compositeRequest":[{"method":"GET","url":"'$V'/limits","referenceId":"a[1]"}]}'
	error_is 400 INVALID_INPUT
	json POST /composite '{"compositeRequest":[{"method":"GET","url":"/x","referenceId":"a"}]}'
	error_is 400 INVALID_INPUT
	json POST /composite '{"compositeRequest":[{"method":"POST","url":"'$V'/composite","referenceId":"a","body":{}}]}'
	error_is 400 INVALID_INPUT
	q='{"method":"GET","url":"'$V'/query?q=SELECT+Id+FROM+Account","referenceId":"r%d"}'
	# shellcheck disable=SC2059
	json POST /composite "{\"compositeRequest\":[$(for i in {1..6}; do printf "$q," "$i"; done | sed 's/,$//')]}"
	error_is 400 INVALID_INPUT
	api GET /composite | jq -e '.tree=="'$V'/composite/tree"'
	json POST /composite '{}'
	error_is 400 INVALID_INPUT
}

@test "composite: a header of a subrequest is its own" {
	stop sf
	start_sf --set job_delay_ms=5 --set duplicates=Account.Name
	session
	make Account '{"Name":"x"}' >/dev/null
	json POST /composite '{"compositeRequest":[
	    {"method":"POST","url":"'$V'/sobjects/Account","referenceId":"a","body":{"Name":"x"}},
	    {"method":"POST","url":"'$V'/sobjects/Account","referenceId":"b","httpHeaders":{"Sforce-Duplicate-Rule-Header":"allowSave=true"},"body":{"Name":"x"}}]}' >c
	assert_equal "$(jq -c '[.compositeResponse[].httpStatusCode]' c)" '[400,201]'
}

# --- batch ---

@test "batch: independent; haltOnError halts; each one counts" {
	before=$(api GET /limits | jq .DailyApiRequests.Remaining)
	json POST /composite/batch '{"batchRequests":[
	    {"method":"POST","url":"v62.0/sobjects/Account","richInput":{"Name":"x"}},
	    {"method":"POST","url":"v62.0/sobjects/Account","richInput":{}},
	    {"method":"GET","url":"v61.0/query?q=SELECT+Name+FROM+Account"},
	    {"method":"GET","url":"v99.0/limits"}]}' >b
	jq -e '.hasErrors and ([.results[].statusCode]==[201,400,200,404]) and
	    (.results[2].result.records[0]|.Name=="x" and (.attributes.url|test("/v61.0/")))' b
	after=$(api GET /limits | jq .DailyApiRequests.Remaining)
	assert_equal "$((before - after))" 5
	json POST /composite/batch '{"haltOnError":true,"batchRequests":[
	    {"method":"POST","url":"v62.0/sobjects/Account","richInput":{"Name":"y"}},
	    {"method":"GET","url":"v62.0/sobjects/Nope"},
	    {"method":"POST","url":"v62.0/sobjects/Account","richInput":{"Name":"z"}}]}' >b
	jq -e '[.results[].statusCode]==[201,404,412] and .results[2].result[0].errorCode=="BATCH_PROCESSING_HALTED"' b
	assert_equal "$(count Account)" 2
	json POST /composite/batch '{"batchRequests":[]}'
	error_is 400 INVALID_BATCH_SIZE
}

@test "requests do not nest, however their paths are written" {
	in_batch()
	{
		json POST /composite/batch '{"batchRequests":[{"method":"POST","url":"'"$1"'","richInput":{"batchRequests":[{"method":"GET","url":"v62.0/limits"}],
		    "compositeRequest":[{"method":"GET","url":"'$V'/limits","referenceId":"a"}],
		    "graphs":[{"graphId":"g","compositeRequest":[{"method":"GET","url":"'$V'/limits","referenceId":"a"}]}],
		    "records":[{"attributes":{"type":"Account","referenceId":"a"},"Name":"x"}]}}]}' |
		    jq -e '.hasErrors and (.results[0]|.statusCode==400 and .result[0].errorCode=="INVALID_INPUT")'
	}
	for p in composite composite/batch composite/graph composite/tree/Account; do
		in_batch "v62.0/$p"
		in_batch "$V/$p/"
		in_batch "v62.0//%63${p#c}"
	done
	in_composite()
	{
		json POST /composite '{"compositeRequest":[{"method":"POST","url":"'"$1"'","referenceId":"a","body":{}}]}'
		error_is 400 INVALID_INPUT "not a resource for a composite request: $1"
	}
	for p in /composite //composite/batch /%63omposite/tree/Account //jobs/ingest /%6aobs/query; do
		in_composite "$V$p"
	done
	json POST /sobjects/Account '{"Name":"x","Site":"jobs","AccountNumber":"composite"}'
	for p in Site/ingest AccountNumber/batch; do
		json POST /composite '{"compositeRequest":[{"method":"GET","url":"'$V'/query?q=SELECT+Site,AccountNumber+FROM+Account","referenceId":"q"},
		    {"method":"POST","url":"'$V'/@{q.records[0].'"${p%/*}}/${p#*/}"'","referenceId":"a","body":{}}]}' |
		    jq -e '.compositeResponse[1]|.httpStatusCode==400 and .body[0].errorCode=="INVALID_INPUT"'
	done
	json POST /composite "{\"compositeRequest\":[$(for i in {1..6}; do echo "{\"method\":\"GET\",\"url\":\"$V//query?q=SELECT+Id+FROM+Account\",\"referenceId\":\"r$i\"},"; done | sed '$s/,$//')]}"
	error_is 400 INVALID_INPUT
	assert_equal "$(count Account)" 1
}

@test "a file has no place in a batch: result files, content" {
	bulk insert Account '' <<<Name,Phone
	json POST /jobs/query '{"operation":"query","query":"SELECT Id FROM Account"}' >q
	q=$(member id q)
	until api GET "/jobs/query/$q" | grep -q JobComplete; do sleep 0.02; done
	note=$(make ContentNote '{"Title":"n","Content":"eA=="}')
	for u in "jobs/query/$q/results" "jobs/ingest/$JOB/successfulResults" "sobjects/ContentNote/$note/Content"; do
		api GET "/$u"
		assert_equal "$u $CODE" "$u 200"
		jq -nc --arg u "v62.0/$u" '{batchRequests:[range(25)|{method:"GET",url:$u}]}' >b
		json POST /composite/batch @b >p
		assert_equal "$CODE" 200
		jq -e '.hasErrors and (.results|length==25 and
		    all(.statusCode==400 and .result[0].errorCode=="INVALID_INPUT"))' p
		[ "$(grep -ci '^sforce-' headers)" -eq 1 ]
	done
}

# --- tree ---

@test "tree: children come below their parents" {
	json POST /composite/tree/Account '{"records":[
	    {"attributes":{"type":"Account","referenceId":"a1"},"Name":"One",
	     "Contacts":{"records":[{"attributes":{"type":"Contact","referenceId":"c1"},"LastName":"x"}]},
	     "ChildAccounts":{"records":[{"attributes":{"type":"Account","referenceId":"a3"},"Name":"Sub"}]}},
	    {"attributes":{"type":"Account","referenceId":"a2"},"Name":"Two"}]}' >t
	assert_equal "$CODE" 201
	jq -e '.hasErrors==false and ([.results[].referenceId]|sort==["a1","a2","a3","c1"])' t
	soql 'SELECT LastName, Account.Name FROM Contact' | jq -e '.records[0].Account.Name=="One"'
	soql "SELECT Parent.Name FROM Account WHERE Name = 'Sub'" | jq -e '.records[0].Parent.Name=="One"'
}

@test "tree: one bad record undoes all; only it is told" {
	json POST /composite/tree/Account '{"records":[
	    {"attributes":{"type":"Account","referenceId":"a1"},"Name":"One",
	     "Contacts":{"records":[{"attributes":{"type":"Contact","referenceId":"c1"},"LastName":"x","Email":"123"}]}},
	    {"attributes":{"type":"Account","referenceId":"a2"},"Name":"Two"}]}' >t
	assert_equal "$CODE" 400
	assert_equal "$(jq -c . t)" '{"hasErrors":true,"results":[{"referenceId":"c1","errors":[{"statusCode":"INVALID_EMAIL_ADDRESS","message":"Email: invalid email address: 123","fields":["Email"]}]}]}'
	assert_equal "$(count Account)" 0
	json POST /composite/tree/Account '{"records":[{"attributes":{"type":"Account","referenceId":"a"},"Name":"x"},{"attributes":{"type":"Account","referenceId":"a"},"Name":"y"}]}'
	error_is 400 INVALID_INPUT
	json POST /composite/tree/Account '{"records":[{"attributes":{"type":"Contact","referenceId":"a"},"LastName":"x"}]}'
	error_is 400 INVALID_INPUT
	json POST /composite/tree/Account '{"records":[{"attributes":{"type":"Account"},"Name":"x"}]}'
	error_is 400 INVALID_INPUT
	jq -nc '{records:[range(201)|{attributes:{type:"Account",referenceId:"r\(.)"},Name:"n"}]}' >many
	json POST /composite/tree/Account @many
	error_is 400 INVALID_INPUT
	json POST /composite/tree/Nope '{"records":[]}'
	error_is 404 NOT_FOUND
	deep='{"attributes":{"type":"Account","referenceId":"r6"},"Name":"x"}'
	for i in 5 4 3 2 1; do
		deep='{"attributes":{"type":"Account","referenceId":"r'$i'"},"Name":"x","ChildAccounts":{"records":['$deep']}}'
	done
	json POST /composite/tree/Account '{"records":['"$deep"']}'
	error_is 400 INVALID_INPUT
	assert_equal "$(count Account)" 0
}

# --- graph ---

@test "graph: each graph is all or none by itself" {
	json POST /composite/graph '{"graphs":[
	    {"graphId":"g1","compositeRequest":[
	      {"method":"POST","url":"'$V'/sobjects/Account","referenceId":"a","body":{"Name":"x"}},
	      {"method":"POST","url":"'$V'/sobjects/Contact","referenceId":"c","body":{"LastName":"l","AccountId":"@{a.id}"}}]},
	    {"graphId":"g2","compositeRequest":[
	      {"method":"POST","url":"'$V'/sobjects/Account","referenceId":"a","body":{"Name":"y"}},
	      {"method":"POST","url":"'$V'/sobjects/Contact","referenceId":"c","body":{}}]}]}' >g
	assert_equal "$CODE" 200
	assert_equal "$(jq -c '[.graphs[]|[.graphId,.isSuccessful,.graphResponse.compositeResponse[].httpStatusCode]]' g)" '[["g1",true,201,201],["g2",false,400,400]]'
	assert_equal "$(soql 'SELECT Name FROM Account' | jq -c '[.records[].Name]')" '["x"]'
	json POST /composite/graph '{"graphs":[]}'
	error_is 400 INVALID_INPUT
}

@test "graph: at most 15 nodes that refer to each other in a row" {
	chain()
	{
		jq -nc --arg v "$V" --argjson n "$1" '{graphs:[{graphId:"g",compositeRequest:[range($n)|{method:"POST",
		    url:"\($v)/sobjects/Account",referenceId:"a\(.)",body:{Name:"x",ParentId:(if .==0 then null else "@{a\(.-1).id}" end)}}]
		    }]}' >g
		json POST /composite/graph @g
	}
	chain 15 | jq -e '.graphs[0].isSuccessful'
	assert_equal "$(count Account)" 15
	chain 16
	error_is 400 INVALID_INPUT
	assert_equal "$(count Account)" 15
	jq -c '.graphs[0].compositeRequest|=map(.body.ParentId=null)' g >wide
	json POST /composite/graph @wide | jq -e '.graphs[0].isSuccessful'
}

# --- collections, records ---

@test "collections: retrieve by URL and by body, null for what is not there" {
	one=$(make Account '{"Name":"x"}')
	two=$(make Account '{"Name":"y"}')
	none=001000000000001AAA
	api GET "/composite/sobjects/Account?ids=$one,$none,$two&fields=Name" | jq -e '[.[]|.Name?]==["x",null,"y"] and .[1]==null and .[0].attributes.type=="Account"'
	json POST /composite/sobjects/Account "{\"ids\":[\"$two\"],\"fields\":[\"Id\",\"Name\"]}" | jq -e '.[0].Name=="y" and .[0].Id=="'"$two"'"'
	api GET "/composite/sobjects/Account?ids=$one&fields=Nope"
	error_is 400 INVALID_FIELD
	api GET "/composite/sobjects/Account?fields=Name"
	error_is 400 MISSING_ARGUMENT
	api DELETE "/composite/sobjects/Account?ids=$one"
	error_is 405 METHOD_NOT_ALLOWED
}

@test "records by key: read and delete; Id as the key; 405 without a value" {
	make Account '{"Name":"x","Magento_Id__c":"k/1"}' >/dev/null
	api GET '/sobjects/Account/Magento_Id__c/k%2F1?fields=Name' | jq -e '.Name=="x" and has("Id")'
	api DELETE '/sobjects/Account/Magento_Id__c/k%2F1'
	assert_equal "$CODE" 204
	api GET '/sobjects/Account/Magento_Id__c/k%2F1'
	error_is 404 NOT_FOUND
	id=$(make Account '{"Name":"y"}')
	json PATCH "/sobjects/Account/Id/$id" '{"Name":"z"}' | jq -e '.success and .created==false'
	json PATCH /sobjects/Account/Id '{"Name":"z"}'
	error_is 405 METHOD_NOT_ALLOWED "HTTP Method 'PATCH' not allowed. Allowed are GET,HEAD,POST"
	json POST /sobjects/Account/Id '{"Name":"new"}' | jq -e .success
	assert_equal "$(count Account)" 2
}

@test "an upsert of as many members as there may be has room for its key" {
	jq -nc '[range(260)|"\"Name\":\"n\(.)\""]|join(",")|"{\(.)}"' -r >many
	json PATCH /sobjects/Account/Magento_Id__c/k @many
	assert_equal "$CODE" 201
	jq -nc '[range(261)|"\"Name\":\"n\(.)\""]|join(",")|"{\(.)}"' -r >many
	json PATCH /sobjects/Account/Magento_Id__c/k @many
	error_is 400 INVALID_FIELD
}

@test "an update names its record in the path alone; all objects are counted" {
	id=$(make Account '{"Name":"a"}')
	json PATCH "/sobjects/Account/$id" "{\"id\":\"$id\",\"Name\":\"b\"}"
	assert_equal "$CODE" 400
	jq -e '.==[{"message":"The Id field should not be specified in the sobject data.","errorCode":"INVALID_FIELD"}]' answer
	api GET /limits/recordCount |
	    jq -e '[.sObjects[]|select(.name=="Account" or .name=="Contact").count]==[1,0]'
	api GET '/limits/recordCount?sObjects=Contact,Account' |
	    jq -e '.=={"sObjects":[{"count":0,"name":"Contact"},{"count":1,"name":"Account"}]}'
}

@test "a POST can be a PATCH: by header and by argument" {
	id=$(make Account '{"Name":"x"}')
	json POST "/sobjects/Account/$id?_HttpMethod=PATCH" '{"Name":"y"}'
	assert_equal "$CODE" 204
	api POST "/sobjects/Account/$id" -H 'X-HTTP-Method-Override: PATCH' -H 'Content-Type: application/json' -d '{"Site":"s"}'
	assert_equal "$CODE" 204
	api GET "/sobjects/Account/$id" | jq -e '.Name=="y" and .Site=="s"'
}

@test "describe: 304 for those who have it; HEAD has no body" {
	api GET /sobjects/Account/describe >/dev/null
	since=$(sed -n 's/\r$//;s/^[Ll]ast-[Mm]odified: //p' headers)
	[ -n "$since" ]
	for p in /sobjects/Account/describe /sobjects; do
		: >answer
		api GET "$p" -H "If-Modified-Since: $since"
		assert_equal "$p $CODE" "$p 304"
		[ ! -s answer ]
		api GET "$p" -H 'If-Modified-Since: Mon, 30 Nov 2015 08:34:54 GMT' >/dev/null
		assert_equal "$p $CODE" "$p 200"
	done
	CODE=$(curl -sI -H "Authorization: Bearer $TOKEN" -o head -w '%{http_code}' "$BASE/limits")
	assert_equal "$CODE" 200
	grep -qi '^sforce-limit-info: api-usage=' head
}

@test "resources of a version; limits have the names that clients read" {
	api GET / | jq -e '.sobjects=="'$V'/sobjects" and .composite=="'$V'/composite"'
	api GET /limits | jq -e '[.DailyApiRequests,.DailyBulkApiBatches,.DailyBulkV2QueryJobs,.DataStorageMB,.FileStorageMB,.ActiveScratchOrgs,.SingleEmail][]|.Max>=.Remaining'
	make Account '{"Name":"x"}' >/dev/null
	api GET '/limits/recordCount?sObjects=Account,Nope' | jq -e '.sObjects==[{"count":1,"name":"Account"}]'
}

@test "what can only be read refuses other methods" {
	refuses() { api "$2" "$1"; error_is 405 METHOD_NOT_ALLOWED "HTTP Method '$2' not allowed. Allowed are ${3:-GET,HEAD}"; }
	bulk insert Account '' <<<Name
	json POST /jobs/query '{"operation":"query","query":"SELECT Id FROM Account"}' >q
	q=$(member id q)
	for m in POST DELETE PATCH; do
		for p in / /limits /limits/recordCount "/jobs/query/$q/results" "/jobs/query/$q/resultPages" \
		    "/jobs/ingest/$JOB/successfulResults" "/jobs/ingest/$JOB/unprocessedrecords"; do
			refuses "$p" $m
		done
		BASE=$SF_URL/services/data refuses '' $m
	done
	identity=$(api GET / | jq -r .identity)
	for BASE in "$SF_URL/services/oauth2/userinfo" "$identity"; do
		refuses '' DELETE GET,HEAD,POST
		api POST '' | jq -e .organization_id
	done
	session
	api POST "/jobs/query/$q/nothing"
	error_is 404 NOT_FOUND
	json POST /composite/batch '{"batchRequests":[{"method":"DELETE","url":"v62.0/limits"}]}' | jq -e '.results[0].statusCode==405'
}
