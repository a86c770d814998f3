#!/usr/bin/env bats
# The pretend Salesforce org: what it refuses, and with which words.

load helpers
load sf-api

# --- start, session, limits ---

@test "first line: url and credentials; key file is private" {
	jq -e '.url|startswith("http://127.0.0.1:")' sf.first
	jq -e '.credentials|keys==["client_id","client_secret","jwt_key_file",
	    "refresh_token","token","username"]' sf.first
	assert_equal "$(stat -c %a "$(credential sf jwt_key_file)")" 600
}

@test "wrong use: status 2 and usage" {
	run_status 2 sf-sandbox --port 0
	run_status 2 sf-sandbox --state x --port 0 --set nonsense=1
	assert_output --partial nonsense
	run_status 0 sf-sandbox --help
}

@test "SIGTERM ends it with status 0" {
	pid=$(cat sf.pid)
	kill "$pid"
	rm sf.pid
	wait "$pid"
}

@test "no, dead and malformed session: 401 and the two codes" {
	TOKEN=wrong
	api GET /limits
	error_is 401 INVALID_SESSION_ID 'Session expired or invalid'
	CODE=$(curl -s -o answer -w '%{http_code}' -H 'Authorization: nonsense' \
	    "$BASE/limits")
	error_is 401 INVALID_AUTH_HEADER INVALID_HEADER_TYPE
}

@test "versions without a session; retired ones are gone" {
	curl -s "$SF_URL/services/data/" |
	    jq -e 'map(select(.version=="66.0"))[0].label=="Spring '\''26"'
	CODE=$(curl -s -o answer -w '%{http_code}' "$SF_URL/services/data/v29.0/")
	assert_equal "$CODE" 410
	BASE=$SF_URL/services/data/v99.0 api GET /limits
	error_is 404 NOT_FOUND
}

@test "versions: what is listed is there, and what came later is not" {
	curl -s "$SF_URL/services/data/" >versions
	jq -e 'map(.version)==[range(41;68)|"\(.).0"] and
	    .[0].label=="Winter '\''18"' versions
	for v in 41 67; do
		BASE=$SF_URL/services/data/v$v.0 api GET /limits | jq -e .DataStorageMB
	done
	BASE=$SF_URL/services/data/v40.0 api GET /limits
	error_is 404 NOT_FOUND
	BASE=$SF_URL/services/data/v46.0
	json POST /jobs/query '{"operation":"query","query":"SELECT Id FROM Account"}'
	error_is 404 NOT_FOUND
	api GET /jobs/query
	error_is 404 NOT_FOUND
	r='{"records":[{"attributes":{"type":"Account"},"Name":"u","Magento_Id__c":"u1"}]}'
	json PATCH /composite/sobjects/Account/Magento_Id__c "$r" | jq -e '.[0].created'
	BASE=$SF_URL/services/data/v45.0
	json PATCH /composite/sobjects/Account/Magento_Id__c "$r"
	error_is 404 NOT_FOUND
	for v in 47 57 58; do
		BASE=$SF_URL/services/data/v$v.0
		bulk_query 'SELECT Id FROM Account'
		api GET "/jobs/query/$JOB/results"
		assert_equal "$CODE" 200
		api GET "/jobs/query/$JOB/resultPages"
		[ "$CODE" = 200 ] && there="$there $v"
	done
	assert_equal "$there" " 58"
}

@test "every call counts; the limit refuses with 403" {
	api GET /limits >one
	grep -qi '^sforce-limit-info: api-usage=1/100000' headers
	api GET /limits/recordCount?sObjects=Account
	grep -qi '^sforce-limit-info: api-usage=2/100000' headers
	stop sf
	start_sf --set api_limit=2
	session
	api GET /limits
	api GET /limits
	api GET /limits
	error_is 403 REQUEST_LIMIT_EXCEEDED 'TotalRequests Limit exceeded.'
}

# --- describe ---

@test "describe: types, lengths, required, create-only, custom fields" {
	api GET /sobjects/Account/describe >d
	jq -e '.fields|map({(.name):.})|add|
	    .Name.length==255 and (.Name.nillable|not) and
	    .Magento_Id__c.externalId and .Magento_Id__c.unique and
	    .Magento_Id__c.custom and .Magento_Id__c.idLookup and
	    .NumberOfEmployees.type=="int" and
	    .OwnerId.referenceTo==["User"] and
	    .OwnerId.relationshipName=="Owner"' d
	jq -e '.childRelationships|map(select(.relationshipName=="Contacts"))|
	    length==1 and .[0].childSObject=="Contact" and
	    .[0].field=="AccountId"' d
	api GET /sobjects/OrderItem/describe >d
	jq -e '.keyPrefix=="802" and (.fields|map({(.name):.})|add|
	    (.UnitPrice.nillable) and (.OrderId|.createable and
	    (.updateable|not)) and .Quantity.type=="double")' d
	api GET /sobjects/Order/describe >d
	jq -e '.fields|map({(.name):.})|add|.AccountId.nillable and
	    .OwnerId.referenceTo==["Group","User"] and
	    .Status.restrictedPicklist' d
	jq -e '.fields[0]|has("calculated") and has("soapType") and
	    has("picklistValues") and has("defaultedOnCreate")' d
}

@test "global describe lists all objects; an unknown one is 404" {
	api GET /sobjects/ | jq -e '.maxBatchSize==200 and
	    (.sobjects|map(select(.custom|not))|length)==35 and
	    (.sobjects|any(.name=="Magento_Invoice__c")) and
	    (.sobjects|map(.keyPrefix)|
	    contains(["001","003","01t","01s","01u","801","802"]))'
	api GET /sobjects/Nothing/describe
	error_is 404 NOT_FOUND 'The requested resource does not exist'
}

@test "field-level security and object rights of the user" {
	another_sf --set hide=Account.Magento_Group__c,Account.Phone --set read_only=Account.Site \
	    --set rights=Product2:r,Contact:cu
	api GET /sobjects/Account/describe | jq -e '.fields|map({(.name):.})|add|
	    has("Phone")==false and has("Magento_Group__c")==false and
	    .Site.createable==false and .Site.updateable==false and .Fax.createable'
	api GET /sobjects/Product2/describe | jq -e '.createable==false and .queryable'
	api GET /sobjects/Contact/describe
	error_is 404 NOT_FOUND 'The requested resource does not exist'
	json POST /sobjects/Account '{"Name":"a","Phone":"1"}'
	error_is 400 INVALID_FIELD "No such column 'Phone' on sobject of type Account"
	json POST /sobjects/Account '{"Name":"a","Site":"1"}'
	error_is 400 INVALID_FIELD_FOR_INSERT_UPDATE 'Unable to create/update fields: Site. Please check the security settings of this field and verify that it is read/write for your profile or permission set.'
	run_status 2 sf-sandbox --state x --port 0 --set hide=Account.Nonsense
	run_status 2 sf-sandbox --state x --port 0 --set rights=Account:x
}

@test "who may see which field, for those who may ask" {
	q="SELECT+Field,Parent.Label,Parent.Profile.Name+FROM+FieldPermissions+WHERE+Field+=+'Order.Magento_Tax__c'"
	api GET "/query?q=$q" | jq -e '.records==[.records[0]] and
	    .records[0].Parent.Label=="Millrace" and .records[0].Parent.Profile==null'
	q="SELECT+Parent.Profile.Name+FROM+FieldPermissions+WHERE+Field+=+'Account.Phone'"
	api GET "/query?q=$q" | jq -e '.records[0].Parent.Profile.Name=="System Administrator"'
	q="SELECT+DeveloperName+FROM+CustomField+WHERE+TableEnumOrId+=+'Contact'"
	api GET "/tooling/query?q=$q" | jq -e '.records|map(.DeveloperName)|
	    sort==["Magento_Id","Magento_Sync_Time","Magento_Website"]'
	api GET "/query?q=$q"
	error_is 400 INVALID_TYPE
	another_sf --set view_setup=off
	api GET "/tooling/query?q=$q"
	error_is 400 INVALID_TYPE
	api GET "/query?q=SELECT+Field+FROM+FieldPermissions"
	error_is 400 INVALID_TYPE
}

@test "--schema refuses a malformed field file and names it" {
	d=x/objects/Account/fields
	mkdir -p $d
	sed 's,</label>,,' "$(find "$REPO/pipelines/setup/salesforce" -path \
	    '*Account*Magento_Id__c*')" >$d/Magento_Id__c.field-meta.xml
	run_status 2 sf-sandbox --state y --port 0 --schema x
	assert_output --partial "$d/Magento_Id__c.field-meta.xml: "
	printf '<CustomField><fullName>A__c</fullName><type>Nope</type></CustomField>' \
	    >$d/Magento_Id__c.field-meta.xml
	run_status 2 sf-sandbox --state y --port 0 --schema x
	assert_output --partial "is not the file's name"
}

@test "without --schema the org has standard fields only" {
	stop sf
	start sf sf-sandbox --state plain.state --port 0
	SF_URL=$(jq -r .url sf.first) SF_CREDENTIALS=$(jq -c .credentials sf.first)
	session
	api GET /sobjects/Account/describe | jq -e '.fields|map(.custom)|any|not'
}

# --- jobs (points 1, 2, 3, 5, 11) ---

@test "1: an unknown column gives 201, then a failed job with 0/0" {
	bulk insert Account '' <<<$'Name,Nope__c\na,b'
	grep -q . put && return 1
	job_failed 'InvalidBatch : Field name not found : Nope__c'
	assert_equal "$(cat good)" '"sf__Id","sf__Created",Name,Nope__c'
	assert_equal "$(cat bad)" '"sf__Id","sf__Error",Name,Nope__c'
	cmp rest upload.csv
}

@test "2: line ends must be the job's, in quotes as well" {
	bulk insert Account '' <<<$'Name\r\na\r'
	job_failed 'ClientInputError : LineEnding is invalid on user data. Current LineEnding setting is LF'
	bulk insert Account '' <<<$'Name\n"a\r\nb"'
	job_failed 'ClientInputError : LineEnding is invalid on user data. Current LineEnding setting is LF'
	JOB_MORE=',"lineEnding":"CRLF"' bulk insert Account '' <<<$'Name\na'
	job_failed 'ClientInputError : LineEnding is invalid on user data. Current LineEnding setting is CRLF'
	JOB_MORE=',"lineEnding":"CRLF"' bulk insert Account '' <<<$'Name\r\na\r'
	assert_equal "$(jq -r .state info.json)" JobComplete
}

@test "3: JobComplete with failed rows; processed includes them" {
	bulk insert Account '' <<<$'Name,Site\na,x\n,y\nc,z'
	assert_equal "$(jq -c '[.state,.numberRecordsProcessed,
	    .numberRecordsFailed]' info.json)" '["JobComplete",3,1]'
}

@test "5: result files: raw header, values quoted and printed anew" {
	bulk insert Account '' <<<$'name,AnnualRevenue,"NumberOfEmployees",BillingLatitude\nLorem Ipsum,912260031,2676,10.50'
	assert_equal "$(head -n 1 good)" \
	    '"sf__Id","sf__Created",name,AnnualRevenue,"NumberOfEmployees",BillingLatitude'
	grep -qE '^"001[A-Za-z0-9]{15}","true","Lorem Ipsum","9.12260031E8","2676","10.5"$' good
}

@test "5: rows come back in another order, all of them" {
	{
		echo Name
		seq 1000
	} | bulk insert Account ''
	tail -n +2 good | cut -d, -f3 | tr -d '"' >names
	seq 1000 | cmp -s - names && return 1
	sort -n names | cmp - <(seq 1000)
}

@test "11: one PUT, 201 without a body" {
	job insert Account
	printf 'Name\na\n' >f
	put f
	assert_equal "$CODE" 201
	grep -q . put && return 1
	put f
	error_is 400 BULK_API_ERROR "Found multipe contents for job: <${JOB:0:15}>, please 'Close' / 'Abort' / 'Delete' the current Job then create a new Job and make sure you only do 'PUT' once on a given Job."
}

@test "the id of a deleted job is not given again" {
	job insert Account
	was=$JOB
	json PATCH "/jobs/ingest/$JOB" '{"state":"Aborted"}'
	api DELETE "/jobs/ingest/$JOB"
	assert_equal "$CODE" 204
	job insert Account
	[ "$JOB" != "$was" ]
	api GET "/jobs/ingest/$was"
	error_is 404 NOT_FOUND 'The requested resource does not exist'
}

@test "JobInfo: shapes of POST, PATCH and GET" {
	job insert Account
	assert_equal "$(jq -r 'keys_unsorted|join(" ")' job.json)" "id operation object createdById createdDate systemModstamp state concurrencyMode contentType apiVersion contentUrl lineEnding columnDelimiter"
	assert_equal "$(jq -r .contentUrl job.json)" \
	    "services/data/v62.0/jobs/ingest/$JOB/batches"
	jq -e '.apiVersion==62 and (.createdDate|test("\\.[0-9]{3}\\+0000$"))' job.json
	printf 'Name\na\n' >f
	put f
	finish
	assert_equal "$(jq -r 'keys_unsorted|last' close.json)" apiVersion
	jq -e '.jobType=="V2Ingest" and (has("contentUrl")|not) and
	    has("retries") and has("apexProcessingTime")' info.json
}

@test "JobInfo: the key of an upsert and the assignment rule are in all shapes" {
	JOB_MORE=',"assignmentRuleId":"01QWz0000000001"'
	job upsert Lead Id
	printf 'Id,LastName,Company\n,a,b\n' >f
	put f
	finish
	for f in job close info; do
		jq -e '.externalIdFieldName=="Id" and .assignmentRuleId=="01QWz0000000001"' $f.json
		assert_equal "$(jq -r 'keys_unsorted[6:10]|join(" ")' $f.json)" \
		    "state externalIdFieldName assignmentRuleId concurrencyMode"
	done
	assert_equal "$(jq -r 'keys_unsorted|last' close.json)" apiVersion
	job insert Account
	error_is 400 INVALIDJOB
	BASE=$SF_URL/services/data/v48.0 job insert Case
	error_is 400 INVALIDJOB
	for id in 01QWz000000000 01QWz0000000001AAA 701Wz0000000001; do
		JOB_MORE=",\"assignmentRuleId\":\"$id\""
		job insert Case
		error_is 400 API_ERROR "Invalid value: '$id' supplied for property: 'assignmentRuleId'"
	done
	JOB_MORE=',"assignmentRuleId":null'
	job insert Account
	jq -e 'has("assignmentRuleId")|not' job.json
}

@test "states: closing and aborting twice, deleting an open job" {
	job insert Account
	api DELETE "/jobs/ingest/$JOB"
	error_is 400 API_ERROR 'Error encountered when deleting the job because the job is not terminated'
	json PATCH "/jobs/ingest/$JOB" '{"state":"InProgress"}'
	error_is 400 INVALIDJOBSTATE
	printf 'Name\na\n' >f
	put f
	finish
	json PATCH "/jobs/ingest/$JOB" '{"state":"UploadComplete"}'
	error_is 400 INVALIDJOBSTATE 'Closing already Completed Job not allowed'
	json PATCH "/jobs/ingest/$JOB" '{"state":"Aborted"}'
	error_is 400 INVALIDJOBSTATE 'Aborting already Completed Job not allowed'
	api DELETE "/jobs/ingest/$JOB"
	assert_equal "$CODE" 204
	api GET "/jobs/ingest/$JOB"
	error_is 404 NOT_FOUND
}

@test "create refuses objects, keys and values it does not know" {
	job insert Foo
	jq -e '.[0]|.errorCode=="INVALIDJOB" and
	    .message=="InvalidJob : Unable to find object: Foo"' job.json
	job upsert Account Name
	jq -e '.[0].message=="InvalidJob : Field name provided, Name does not match an External ID for Account"' job.json
	job replace Account
	jq -e '.[0].message=="Invalid value: '\''replace'\'' supplied for property: '\''operation'\''"' job.json
	for object in OrderStatus Attachment ContractStatus; do
		job insert $object
		jq -e --arg o $object '.[0]|.errorCode=="INVALIDENTITY" and (.message|endswith(
		    "Entity '\''\($o)'\'' is not supported by the Bulk API."))' job.json
	done
	job hardDelete Account
	jq -e '.[0].errorCode=="FEATURENOTENABLED"' job.json
}

@test "multipart: job and content in one call" {
	printf '{"operation":"insert","object":"Account"}' >j
	printf 'Name\na\n' >c
	api POST /jobs/ingest -F 'job=@j;type=application/json' \
	    -F 'content=@c;type=text/csv' >job.json
	assert_equal "$(jq -r .state job.json)" UploadComplete
	JOB=$(jq -r .id job.json)
	finish
	assert_equal "$(jq -r .numberRecordsProcessed info.json)" 1
}

@test "delete takes one column Id; a second delete is refused row by row" {
	id=$(make Account '{"Name":"a"}')
	bulk delete Account '' <<<$'Id,Name\n'"$id,a"
	job_failed "InvalidBatch : The 'delete' batch must contain only ids"
	bulk delete Account '' <<<$'Id\n'"$id"$'\n'"${id:0:15}"
	refused 'ENTITY_IS_DELETED:entity is deleted:--'
	assert_equal "$(tail -n +2 good)" "\"$id\",\"false\",\"$id\""
}

@test "27, 29: counters grow in InProgress; an abort keeps what is done" {
	stop sf
	start_sf --set job_delay_ms=5 --set chunk_delay_ms=50
	session
	{ echo Name; seq 100000; } >f
	job insert Account
	put f
	json PATCH "/jobs/ingest/$JOB" '{"state":"UploadComplete"}' >close.json
	for ((i = 0; i < 200; i++)); do
		api GET "/jobs/ingest/$JOB" >info.json
		jq -e '.state=="InProgress" and .numberRecordsProcessed>0' \
		    info.json >/dev/null && break
	done
	json PATCH "/jobs/ingest/$JOB" '{"state":"Aborted"}' >close.json
	assert_equal "$(jq -r .state close.json)" Aborted
	api GET "/jobs/ingest/$JOB" >info.json
	n=$(jq -r .numberRecordsProcessed info.json)
	[ "$n" -gt 0 ]
	[ "$n" -lt 100000 ]
	api GET "/jobs/ingest/$JOB/successfulResults" >good
	api GET "/jobs/ingest/$JOB/unprocessedrecords" >rest
	assert_equal "$(wc -l <good)" $((n + 1))
	assert_equal "$(head -n 1 rest)" Name
	cmp <({ tail -n +2 rest; tail -n +2 good | cut -d, -f3 | tr -d '"'; } |
	    sort -n) <(seq 100000)
	soql 'SELECT COUNT() FROM Account' | jq -e ".totalSize==$n"
	api GET /jobs/ingest/ | jq -e '.done and (.records|length)==1'
}

@test "aborted: partial effects stay, the rest is unprocessed" {
	job insert Account
	printf 'Name\na\n' >f
	put f
	json PATCH "/jobs/ingest/$JOB" '{"state":"Aborted"}' >close.json
	assert_equal "$(jq -r .state close.json)" Aborted
	api GET "/jobs/ingest/$JOB/unprocessedRecords" | cmp - f
}

@test "27: a job takes a step each time it was asked about often enough" {
	stop sf
	start_sf --set job_delay_ms=0 --set job_polls=2
	session
	{ echo Name; seq 450; } >f
	for run in 1 2; do
		job insert Account
		put f
		json PATCH "/jobs/ingest/$JOB" '{"state":"UploadComplete"}' >/dev/null
		: >walk
		for ((i = 0; i < 14; i++)); do
			api GET "/jobs/ingest/$JOB" |
			    jq -r '"\(.state) \(.numberRecordsProcessed)"' >>walk
			sleep 0.05
		done
		assert_equal "$(uniq -c walk | awk '{ print $1, $2, $3 }')" '2 UploadComplete 0
2 InProgress 0
2 InProgress 200
2 InProgress 400
2 InProgress 450
4 JobComplete 450'
	done
}

@test "26: batches of 10,000 are worked off in no order of the file, the seed's" {
	{ echo Name; seq 45000; } >f
	for seed in 5 5 6; do
		another_sf --set seed=$seed
		bulk insert Account '' <f
		n=$((n + 1))
		curl -s "$SF_URL/sandbox/state?object=Account" |
		    jq -r '[.Id,.Name]|join(" ")' >state.$n
		assert_equal "$(wc -l <good)" 45001
	done
	cmp state.1 state.2
	cmp -s state.2 state.3 && return 1
	# in a batch the order is the file's, batches begin at 10,000s
	for k in 1 3; do
		cut -d' ' -f2 state.$k >names
		sort -n names | cmp -s - names && return 1
		awk '$1 != last + 1 && $1 % 10000 != 1 { exit 1 } { last = $1 }' names
	done
}

@test "28: given up midway, the rest of every batch is unprocessed" {
	{ echo Name; seq 35000; } >f
	faults sf '{"method":"PUT","fail_job":{"after":12345},"fail_rows":{"every":1000,"code":"X"}}'
	bulk insert Account '' <f
	jq -e '.state=="Failed" and .numberRecordsProcessed==12345' info.json
	assert_equal "$(head -n 1 rest) $(($(wc -l <rest) - 1))" "Name $((35000 - 12345))"
	cmp <({ tail -n +2 rest; tail -qn +2 good bad | cut -d, -f3 | tr -d '"'; } |
	    sort -n) <(seq 35000)
}

@test "jobs go on side by side" {
	stop sf
	start_sf --set job_delay_ms=5 --set chunk_delay_ms=2
	session
	{ echo Name; seq 40000; } >f
	for k in a b; do
		job insert Account
		put f
		json PATCH "/jobs/ingest/$JOB" '{"state":"UploadComplete"}' >/dev/null
		eval "$k=$JOB"
	done
	for ((i = 0; i < 400; i++)); do
		both=
		for JOB in $a $b; do
			api GET "/jobs/ingest/$JOB" |
			    jq -e '.state=="InProgress" and .numberRecordsProcessed>0' >/dev/null &&
				both=x$both
		done
		[ "$both" != xx ] || break
	done
	assert_equal "$both" xx
}

@test "38: no batch is left: the job fails, and says so" {
	stop sf
	start_sf --set job_delay_ms=5 --set batch_limit=4
	session
	{ echo Name; seq 15000; } >f
	bulk insert Account '' <f	# two, and the platform's empty one
	assert_equal "$(jq -r .state info.json)" JobComplete
	api GET /limits | jq -e '.DailyBulkApiBatches|.Max==4 and .Remaining==1'
	bulk insert Account '' <f
	job_failed 'ExceededQuota : ApiBatchItems Limit exceeded.'
	cmp rest f
}

@test "every delimiter and line end; a blank before a quote is the row's fault" {
	local d e
	while read -r name d; do
		d=$(printf '%b' "$d")
		for e in LF CRLF; do
			JOB_MORE=",\"columnDelimiter\":\"$name\",\"lineEnding\":\"$e\""
			printf 'Name%sSite\n"a%sb ""c"""%s d \nx%s "y"\n' \
			    "$d" "$d" "$d" "$d" >f
			[ $e = LF ] || sed -i 's/$/\r/' f
			bulk insert Account '' <f
			assert_equal "$(jq -r '[.columnDelimiter,.lineEnding,.state]|join(" ")' info.json)" \
			    "$name $e JobComplete"
			assert_equal "$(tail -n +2 good | tr -d '\r' | sed 's/^"[^"]*".//')" \
			    "\"true\"$d\"a${d}b \"\"c\"\"\"$d\" d \""
			assert_equal "$(wc -l <bad)" 2
			assert_equal "$(head -n 1 bad | tr -d '\r')" "\"sf__Id\"$d\"sf__Error\"${d}Name${d}Site"
		done
	done <<'END'
COMMA ,
TAB \t
PIPE |
SEMICOLON ;
CARET ^
BACKQUOTE `
END
	json POST /jobs/ingest '{"operation":"insert","object":"Account","columnDelimiter":"SPACE"}'
	error_is 400 API_ERROR "Invalid value: 'SPACE' supplied for property: 'columnDelimiter'"
}

@test "abort in every state; what was aborted is not closed, filled or aborted again" {
	stop sf
	start_sf --set job_delay_ms=60000
	session
	printf 'Name\na\n' >f
	for put in '' f f; do
		job insert Account
		[ -z "$put" ] || put f
		[ -z "$close" ] || json PATCH "/jobs/ingest/$JOB" '{"state":"UploadComplete"}'
		close=$put
		api GET "/jobs/ingest/$JOB/successfulResults"
		error_is 400 INVALIDJOBSTATE
		json PATCH "/jobs/ingest/$JOB" '{"state":"Aborted","object":"Account"}'
		error_is 400 INVALIDJOBSTATE
		json PATCH "/jobs/ingest/$JOB" '{"state":"Aborted"}' |
		    jq -e '.state=="Aborted" and (has("contentUrl")|not)'
		for state in UploadComplete:Closing Aborted:Aborting; do
			json PATCH "/jobs/ingest/$JOB" "{\"state\":\"${state%:*}\"}"
			error_is 400 INVALIDJOBSTATE "${state#*:} already Completed Job not allowed"
		done
		put f
		[ "$CODE" -eq 400 ]
		api GET "/jobs/ingest/$JOB/unprocessedrecords" >rest
		[ -z "$put" ] || cmp rest f
		api DELETE "/jobs/ingest/$JOB"
		assert_equal "$CODE" 204
	done
	json POST /jobs/query '{"operation":"query","query":"SELECT Id FROM Account"}' >job.json
	JOB=$(jq -r .id job.json)
	api GET "/jobs/query/$JOB/results"
	error_is 400 INVALIDJOBSTATE
	api DELETE "/jobs/query/$JOB"
	error_is 400 API_ERROR
	json PATCH "/jobs/query/$JOB" '{"state":"UploadComplete"}'
	error_is 400 INVALIDJOBSTATE
	json PATCH "/jobs/query/$JOB" '{"state":"Aborted"}' | jq -e '.state=="Aborted"'
	api DELETE "/jobs/query/$JOB"
	assert_equal "$CODE" 204
}

@test "job lists: a thousand a page, by type, each list its own locator" {
	for ((i = 0; i < 1003; i++)); do
		[ $i = 0 ] || echo next
		printf 'url = "%s/jobs/query"\nheader = "Authorization: Bearer %s"\nheader = "Content-Type: application/json"\ndata = "{\\"operation\\":\\"query\\",\\"query\\":\\"SELECT Id FROM Pricebook2\\"}"\noutput = "made.%d"\n' \
		    "$BASE" "$TOKEN" $((i % 2))
	done | curl -s --config -
	job insert Account
	api GET /jobs/query >p1
	jq -e '(.done|not) and (.records|length)==1000 and all(.records[]; .jobType=="V2Query")' p1
	url=$(jq -r .nextRecordsUrl p1)
	[[ $url == /services/data/v62.0/jobs/ingest\?queryLocator=01g*-1000 ]]
	api GET "${url#/services/data/v62.0}" >p2
	jq -e '.done and .nextRecordsUrl==null and (.records|length)==3 and all(.records[]; .jobType=="V2Query")' p2
	assert_equal "$(jq -r '.records[].id' p1 p2 | sort -u | wc -l)" 1003
	api GET '/jobs/ingest?jobType=V2Ingest' | jq -e '.done and (.records|length)==1'
	api GET '/jobs/ingest?jobType=Classic' | jq -e '.done and .records==[]'
	api GET '/jobs/query?isPkChunkingEnabled=true' | jq -e '.records==[]'
	api GET '/jobs/ingest?jobType=Nope'
	error_is 400 API_ERROR
	api GET '/jobs/ingest?queryLocator=x'
	error_is 400 INVALID_QUERY_LOCATOR
}

@test "11: of two bodies at a time one is taken, whole" {
	job insert Account
	{ echo Name; yes a | head -n 2000000; } >a
	{ echo Name; yes b | head -n 2000000; } >b
	for f in a b; do
		curl -s -X PUT -o "$f.said" -w '%{http_code}\n' -H "Authorization: Bearer $TOKEN" \
		    -H 'Content-Type: text/csv' --data-binary "@$f" \
		    "$BASE/jobs/ingest/$JOB/batches" >"$f.code" &
	done
	for ((i = 0; i < 400; i++)); do
		[ -s a.code ] && [ -s b.code ] && break
		sleep 0.05
	done
	assert_equal "$(sort -h a.code b.code | paste -sd ' ')" '201 400'
	jq -e '.[0].errorCode=="BULK_API_ERROR"' "$(grep -l 400 a.code b.code | cut -d. -f1).said"
	taken=$(grep -l 201 a.code b.code | cut -d. -f1)
	json PATCH "/jobs/ingest/$JOB" '{"state":"Aborted"}'
	api GET "/jobs/ingest/$JOB/unprocessedrecords" >rest
	cmp "$taken" rest
}

@test "11: an upload of more than 150 MB in base64 is refused" {
	job insert Account
	head -c 112600000 /dev/zero >big
	put big
	error_is 413 REQUEST_ENTITY_TOO_LARGE
	printf 'Name\na\n' >f
	put f
	assert_equal "$CODE" 201
}

# --- rows (points 4, 6 to 10, 20 to 25, 30) ---

@test "4, 6: required fields, with the fields in sf__Error" {
	bulk insert Contact '' <<<$'FirstName,LastName\na,'
	refused 'REQUIRED_FIELD_MISSING:Required fields are missing: [LastName]:LastName --'
	bulk insert Order '' <<<$'EffectiveDate,Status\n2026-11-20,Draft'
	refused 'REQUIRED_FIELD_MISSING:Select an account.:--'
}

@test "7: an empty cell keeps, #N/A clears" {
	id=$(make Account '{"Name":"a","Site":"s","Fax":"f"}')
	bulk update Account '' <<<$'Id,Site,Fax\n'"$id"',,#N/A'
	assert_equal "$(jq -r .numberRecordsFailed info.json)" 0
	api GET "/sobjects/Account/$id?fields=Site,Fax" |
	    jq -e '.Site=="s" and .Fax==null'
	bulk update Account '' <<<$'Id,Name\n'"$id"',#N/A'
	refused 'REQUIRED_FIELD_MISSING:Required fields are missing: [Name]:Name --'
}

@test "8: upsert: match, create, blank and doubled key" {
	make Account '{"Name":"a","Magento_Id__c":"1"}'
	bulk upsert Account Magento_Id__c <<<$'Magento_Id__c,Name\n1,b\n2,c\n,d\nx,e\nx,f'
	grep -q '"false","1","b"' good
	grep -q '"true","2","c"' good
	refused 'MISSING_ARGUMENT:Magento_Id__c not specified:--'
	assert_equal "$(grep -c 'DUPLICATE_VALUE:Duplicate external id specified: x:--' bad)" 2
}

# The repository's schema with Account.Magento_Id__c changed by a sed script.
other_schema()
{
	stop sf
	rm -rf schema
	cp -R "$REPO/pipelines/setup/salesforce" schema
	find schema -path '*Account*Magento_Id__c*' -exec sed -i "$1" {} +
	start sf sf-sandbox --state sf.state --port 0 --schema schema
	SF_URL=$(jq -r .url sf.first) SF_CREDENTIALS=$(jq -c .credentials sf.first)
	session
}

@test "8: keys heed case where the field says so, and only there" {
	for sensitive in true false; do
		other_schema "s,<caseSensitive>.*<,<caseSensitive>$sensitive<,"
		bulk upsert Account Magento_Id__c <<<$'Magento_Id__c,Name\nx,e\nX,f'
		[ $sensitive = true ] && want=0 || want=2
		assert_equal "$(jq -r .numberRecordsFailed info.json)" $want
	done
}

@test "8: two records match: DUPLICATE_EXTERNAL_ID, and 300 over REST" {
	other_schema 's,<unique>true,<unique>false,'
	a=$(make Account '{"Name":"a","Magento_Id__c":"1"}')
	b=$(make Account '{"Name":"b","Magento_Id__c":"1"}')
	bulk upsert Account Magento_Id__c <<<$'Magento_Id__c,Name\n1,c'
	refused "DUPLICATE_EXTERNAL_ID:Magento Id: more than one record found for external id field: [$a, $b]:--"
	json PATCH /sobjects/Account/Magento_Id__c/1 '{"Name":"c"}'
	assert_equal "$CODE" 300
	jq -e 'length==2 and (.[0]|endswith("/sobjects/Account/'"$a"'"))' answer
	{ echo Magento_Id__c,Name; seq -f '1,%g' 18; } >f
	bulk insert Account '' <f
	json PATCH /sobjects/Account/Magento_Id__c/1 '{"Name":"c"}'
	jq -e 'unique|length==20' answer
	api GET /sobjects/Account/Magento_Id__c/1
	assert_equal "$CODE" 300
	jq -e 'unique|length==20' answer
}

@test "a field that becomes an external id later is found by it" {
	other_schema 's,<externalId>true,<externalId>false,;s,<unique>true,<unique>false,'
	id=$(make Account '{"Name":"a","Magento_Id__c":"1"}')
	job upsert Account Magento_Id__c
	assert_equal "$(jq -r '.[0].errorCode' job.json)" INVALIDJOB
	other_schema ''
	json PATCH /sobjects/Account/Magento_Id__c/1 '{"Name":"c"}'
	assert_equal "$(jq -r .id answer)" "$id"
}

@test "9: a relationship column without its parent" {
	make Account '{"Name":"a","Magento_Id__c":"1"}'
	bulk insert Contact '' <<<$'LastName,Account.Magento_Id__c\na,1\nb,c9'
	refused 'INVALID_FIELD:Foreign key external ID: c9 not found for field Magento_Id__c in entity Account:--'
	soql "SELECT Account.Name FROM Contact WHERE LastName = 'a'" |
	    jq -e '.records[0].Account.Name=="a"'
}

@test "10: type prefixes: refused when needless, demanded when not" {
	bulk insert Contact '' <<<$'LastName,Account:Account.Magento_Id__c\na,1'
	job_failed 'InvalidBatch : type is not needed for non polymorphic foreign key references: Account'
	bulk insert Contact '' <<<$'LastName,Account:Parent.Magento_Id__c\na,1'
	job_failed 'InvalidBatch : Unable to find relationship: Parent'
	bulk insert Contact '' <<<$'LastName,Account:Account:Magento_Id__c\na,1'
	job_failed 'InvalidBatch : Field name not found : Account:Account:Magento_Id__c'
	bulk insert Order '' <<<$'Name,Owner.Username\na,x'
	assert_equal "$(jq -r .state info.json)" Failed
	shop
	bulk update Order '' <<<$'Id,User:Owner.Username\n'"$ORDER,$(credential sf username)"
	assert_equal "$(jq -r .numberRecordsFailed info.json)" 0
	# a type that is there, but is none of the lookup's
	bulk update Order '' <<<$'Id,Account:Owner.Magento_Id__c\n'"$ORDER,1"
	job_failed 'InvalidBatch : Field name not found : Account:Owner.Magento_Id__c'
	bulk insert Task '' <<<$'Subject,Order:Who.Magento_Id__c\na,o1'
	job_failed 'InvalidBatch : Field name not found : Order:Who.Magento_Id__c'
	json PATCH "/sobjects/Order/$ORDER" '{"Owner":{"type":"Account","Magento_Id__c":"1"}}'
	error_is 400 INVALID_FIELD
}

@test "10: RecordType.Name yes, RecordType.DeveloperName no" {
	bulk insert Account '' <<<$'Name,RecordType.Name\na,Consumer'
	assert_equal "$(jq -c '[.state,.numberRecordsFailed]' info.json)" '["JobComplete",0]'
	bulk insert Account '' <<<$'Name,RecordType.DeveloperName\na,Consumer'
	job_failed 'InvalidBatch : DeveloperName is not an External ID or indexed field for RecordType'
}

@test "20: a unique value twice names the other record" {
	id=$(make Account '{"Name":"a","Magento_Id__c":"1"}')
	bulk insert Account '' <<<$'Name,Magento_Id__c\nb,1'
	refused "DUPLICATE_VALUE:duplicate value found: Magento_Id__c duplicates value on record with id: $id:--"
	json POST /sobjects/Account '{"Name":"a","Magento_Id__c":"1"}'
	error_is 400 DUPLICATE_VALUE \
	    "duplicate value found: Magento_Id__c duplicates value on record with id: $id"
}

@test "21: a duplicate rule blocks; only REST can override it" {
	stop sf
	start_sf --set duplicates=Contact.Email
	session
	make Contact '{"LastName":"a","Email":"a@b.example"}'
	bulk insert Contact '' <<<$'LastName,Email\nb,A@b.example\nc,c@b.example'
	refused 'DUPLICATES_DETECTED:Use one of these records?:--'
	assert_equal "$(jq -r .numberRecordsFailed info.json)" 1
	api POST /sobjects/Contact -H 'Content-Type: application/json' -d '{"LastName":"b","Email":"a@b.example"}' \
	    -H 'Sforce-Duplicate-Rule-Header: allowSave=true'
	assert_equal "$CODE" 201
}

@test "22: too long is refused, not cut; characters count, not bytes" {
	long=$(printf 'x%.0s' $(seq 81))
	bulk insert Contact '' <<<$'LastName\n'"$long"$'\n'"$(printf 'ü%.0s' $(seq 80))"
	refused "STRING_TOO_LONG:Last Name: data value too large: $long (max length=80):LastName --"
	assert_equal "$(jq -r .numberRecordsFailed info.json)" 1
}

@test "values that are cut in a message are cut between characters" {
	long=x$(printf 'ü%.0s' $(seq 300))
	bulk insert Contact '' <<<$'LastName,AccountId\n'"$long,"$'\n'"a,$long"
	assert_equal "$(grep -ac '^"","STRING_TOO_LONG\|^"","MALFORMED_ID' bad)" 2
	iconv -f UTF-8 -t UTF-8 bad >/dev/null
	json POST /sobjects/Contact "{\"LastName\":\"a\",\"Birthdate\":\"$long\"}"
	error_is 400 JSON_PARSER_ERROR
	iconv -f UTF-8 -t UTF-8 answer >/dev/null
}

@test "23: restricted picklists refuse with HTML in the value, others take it" {
	shop
	bulk update Order '' <<<$'Id,Status\n'"$ORDER,Macy's"
	refused 'INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST:Status: bad value for restricted picklist field: Macy&#39;s:Status --'
	bulk update Account '' <<<$'Id,Industry\n'"$ACC,Macy's"
	assert_equal "$(jq -r .numberRecordsFailed info.json)" 0
}

@test "24, 25: e-mail, ints, numbers, dates" {
	bulk insert Contact '' <<<$'LastName,Email,Birthdate\na,x@y,\nb,,2026-02-30\nc,c@d.example,2026-02-28'
	refused 'INVALID_EMAIL_ADDRESS:Email: invalid email address: x@y:Email --'
	refused 'INVALID_TYPE_ON_FIELD_IN_RECORD:Birthdate: value not of required type: 2026-02-30:Birthdate --'
	bulk insert Account '' <<<$'Name,NumberOfEmployees,AnnualRevenue\na,250.0,1\nb,1,"1,5"\nc,1,1e3\nd,1,1e30'
	refused 'INVALID_TYPE_ON_FIELD_IN_RECORD:Employees: value not of required type: 250.0:NumberOfEmployees --'
	refused 'INVALID_TYPE_ON_FIELD_IN_RECORD:Annual Revenue: value not of required type: 1,5:AnnualRevenue --'
	refused 'NUMBER_OUTSIDE_VALID_RANGE:Annual Revenue: value outside of valid range on numeric field: 1.0E30:AnnualRevenue --'
	grep -q '"c","1","1000.0"' good
}

@test "25: times are stored in UTC" {
	bulk insert Account '' <<<$'Name,Magento_Sync_Time__c\na,2026-11-20T01:00:00+02:00\nb,2026-11-20 01:00:00'
	refused 'INVALID_TYPE_ON_FIELD_IN_RECORD:Magento Sync Time: value not of required type: 2026-11-20 01:00:00:Magento_Sync_Time__c --'
	soql 'SELECT Magento_Sync_Time__c FROM Account' |
	    jq -e '.records[0].Magento_Sync_Time__c=="2026-11-19T23:00:00.000+0000"'
}

@test "30: ids: 18 out, 15 in; checksum and prefix are looked at" {
	id=$(make Account '{"Name":"a"}')
	assert_equal ${#id} 18
	bulk update Account '' <<EOF
Id,Name
${id:0:15},b
${id:0:15}ZZZ,c
003${id:3:12},d
EOF
	assert_equal "$(jq -r .numberRecordsFailed info.json)" 2
	refused "MALFORMED_ID:Account ID: id value of incorrect type: ${id:0:15}ZZZ:Id --"
	bulk insert Contact '' <<<$'LastName,AccountId\na,North\nb,001Wz0000zzzzzz'
	refused 'MALFORMED_ID:Account ID: id value of incorrect type: North:AccountId --'
	refused 'INVALID_CROSS_REFERENCE_KEY:invalid cross reference id:--'
}

@test "CSV: a stray quote or a missing column costs that row alone" {
	bulk insert Account '' <<<$'Name,Site\na,b\n "c",d\ne\n"f","g ""h"""'
	assert_equal "$(jq -c '[.numberRecordsProcessed,.numberRecordsFailed]' info.json)" '[4,2]'
	grep -q '"f","g ""h"""' good
}

@test "fields that only the system writes" {
	bulk insert Account '' <<<$'Name,CreatedDate\na,2026-11-20T00:00:00Z'
	refused 'INVALID_FIELD_FOR_INSERT_UPDATE:Unable to create/update fields: CreatedDate. Please check the security settings of this field and verify that it is read/write for your profile or permission set.:CreatedDate --'
}

# --- orders and prices (points 14 to 19) ---

@test "14: orders are born Draft" {
	acc=$(make Account '{"Name":"a"}')
	bulk insert Order '' <<<$'AccountId,EffectiveDate,Status\n'"$acc,2026-11-20,Activated"
	refused "FAILED_ACTIVATION:For a new or cloned order, choose Draft. An Activated order's status can't be edited.:--"
}

@test "16: activation needs a line; then the order is locked (15)" {
	shop
	json PATCH "/sobjects/Order/$ORDER" '{"Status":"Activated"}'
	error_is 400 FAILED_ACTIVATION 'An order must have at least one product.'
	line
	assert_equal "$CODE" 201
	item=$(jq -r .id answer)
	json PATCH "/sobjects/Order/$ORDER" '{"Status":"Activated"}'
	assert_equal "$CODE" 204
	locked='Unable to modify activated or superseded Order:  cannot delete Order, or add or remove Order Products'
	line
	error_is 400 ENTITY_IS_LOCKED "$locked"
	api DELETE "/sobjects/OrderItem/$item"
	error_is 400 ENTITY_IS_LOCKED "$locked"
	api DELETE "/sobjects/Order/$ORDER"
	error_is 400 ENTITY_IS_LOCKED "$locked"
	json PATCH "/sobjects/Order/$ORDER" '{"Status":"Activated"}'
	assert_equal "$CODE" 204
	json PATCH "/sobjects/Order/$ORDER" '{"Description":"x"}'
	error_is 400 ENTITY_IS_LOCKED
	json PATCH "/sobjects/Order/$ORDER" '{"Status":"Draft"}'
	assert_equal "$CODE" 204
	api DELETE "/sobjects/OrderItem/$item"
	assert_equal "$CODE" 204
}

@test "the order's total follows its lines; status category is derived" {
	shop
	line
	line
	soql 'SELECT TotalAmount, StatusCode, OrderNumber FROM Order' | jq -e \
	    '.records[0]|.TotalAmount==26 and .StatusCode=="Draft" and
	    (.OrderNumber|test("^[0-9]{8}$"))'
	soql "SELECT ListPrice, TotalPrice, Product2.Name FROM OrderItem LIMIT 1" |
	    jq -e '.records[0]|.ListPrice==6 and .TotalPrice==13 and
	    .Product2.Name=="Mug"'
	# as decimals multiply, not doubles: 8.325
	item=$(soql 'SELECT Id FROM OrderItem LIMIT 1' | jq -r '.records[0].Id')
	json PATCH "/sobjects/OrderItem/$item" '{"Quantity":2.5,"UnitPrice":3.33}'
	get OrderItem "$item" TotalPrice .TotalPrice==8.33
}

@test "17: an order without price book takes no lines" {
	shop
	O=$(make Order "{\"AccountId\":\"$ACC\",\"EffectiveDate\":\"2026-11-20\",
	    \"Status\":\"Draft\"}")
	line
	error_is 400 FIELD_INTEGRITY_EXCEPTION 'The order is missing a price book'
}

@test "18: standard price before custom; one entry a book; create-only keys" {
	shop
	other=$(make Product2 '{"Name":"Cup"}')
	json POST /sobjects/PricebookEntry "{\"Product2Id\":\"$other\",
	    \"Pricebook2Id\":\"$BOOK\",\"UnitPrice\":1}"
	error_is 400 STANDARD_PRICE_NOT_DEFINED \
	    'Before creating a custom price, create a standard price.'
	json POST /sobjects/PricebookEntry "{\"Product2Id\":\"$PROD\",
	    \"Pricebook2Id\":\"$BOOK\",\"UnitPrice\":1}"
	error_is 400 FIELD_INTEGRITY_EXCEPTION \
	    'This price definition already exists in this price book'
	json PATCH "/sobjects/PricebookEntry/$ENTRY" "{\"Product2Id\":\"$PROD\"}"
	error_is 400 INVALID_FIELD_FOR_INSERT_UPDATE
	api DELETE "/sobjects/Pricebook2/$STD"
	error_is 400 INSUFFICIENT_ACCESS_OR_READONLY
	id=$(make PricebookEntry "{\"Product2Id\":\"$other\",
	    \"Pricebook2Id\":\"$STD\",\"UnitPrice\":1}")
	api GET "/sobjects/PricebookEntry/$id?fields=IsActive,Name" |
	    jq -e '.IsActive==false and .Name=="Cup"'
}

@test "19: a line's entry, quantity, price and create-only keys" {
	shop
	std=$(soql "SELECT Id FROM PricebookEntry WHERE Pricebook2Id = '$STD'" |
	    jq -r '.records[0].Id')
	E=$std line
	error_is 400 FIELD_INTEGRITY_EXCEPTION 'Order Products must have a Price Book Entry that belongs to the Price Book related to the parent Order.: Price Book Entry ID'
	Q=0 line
	error_is 400 FIELD_INTEGRITY_EXCEPTION \
	    "Can't save order products with quantities of zero"
	json POST /sobjects/OrderItem "{\"OrderId\":\"$ORDER\",
	    \"PricebookEntryId\":\"$ENTRY\",\"Quantity\":1}"
	error_is 400 REQUIRED_FIELD_MISSING 'Order Products must have a Unit Price.'
	line ',"Magento_Id__c":"i1"'
	item=$(jq -r .id answer)
	json PATCH "/sobjects/OrderItem/$item" "{\"OrderId\":\"$ORDER\"}"
	error_is 400 INVALID_FIELD_FOR_INSERT_UPDATE
	bulk upsert OrderItem Magento_Id__c <<EOF
Magento_Id__c,OrderId,Quantity
i1,$ORDER,3
EOF
	assert_equal "$(jq -r .numberRecordsFailed info.json)" 1
	stop sf
	start_sf --set create_only_equal=on
	session
	bulk upsert OrderItem Magento_Id__c <upload.csv
	assert_equal "$(jq -r .numberRecordsFailed info.json)" 0
}

# --- REST ---

@test "upsert by external id: 201, 200, 404 for no key, 300 is for many" {
	json PATCH /sobjects/Account/Magento_Id__c/a%2Fb '{"Name":"x"}'
	assert_equal "$CODE" 201
	json PATCH /sobjects/Account/Magento_Id__c/a%2Fb '{"Name":"y"}'
	assert_equal "$CODE" 200
	jq -e '.created==false' answer
	BASE=$SF_URL/services/data/v45.0 \
	    json PATCH /sobjects/Account/Magento_Id__c/a%2Fb '{"Name":"z"}'
	assert_equal "$CODE" 204
	json PATCH /sobjects/Account/Phone/5 '{"Name":"y"}'
	error_is 404 NOT_FOUND 'Provided external ID field does not exist or is not accessible: Phone'
	json PATCH '/sobjects/Account/Magento_Id__c/new?updateOnly=true' '{"Name":"y"}'
	assert_equal "$CODE" 404
	json PATCH /sobjects/Account/Id '{"Name":"y"}'
	error_is 405 METHOD_NOT_ALLOWED
}

@test "one record: errors of create, read, update, delete" {
	json POST /sobjects/Account '{"Name":"a","X__c":1}'
	error_is 400 INVALID_FIELD "No such column 'X__c' on sobject of type Account"
	json POST /sobjects/Account '{"Name":'
	error_is 400 JSON_PARSER_ERROR
	json POST /sobjects/Account '{"Name":"a","NumberOfEmployees":"many"}'
	error_is 400 JSON_PARSER_ERROR
	json POST /sobjects/OrderStatus '{"ApiName":"a"}'
	error_is 400 CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY
	con=$(make Contact '{"LastName":"a"}')
	json PATCH "/sobjects/Account/$con" '{"Name":"b"}'
	error_is 400 MALFORMED_ID "Account ID: id value of incorrect type: $con"
	for id in "$con" xyz; do
		api GET "/sobjects/Account/$id"
		error_is 400 MALFORMED_ID "Account ID: id value of incorrect type: $id"
		jq -e '.[0].fields==["Id"]' answer
	done
	api DELETE "/sobjects/Contact/$con"
	assert_equal "$CODE" 204
	api DELETE "/sobjects/Contact/$con"
	error_is 404 ENTITY_IS_DELETED 'entity is deleted'
	api GET "/sobjects/Contact/$con"
	error_is 404 NOT_FOUND
	json PATCH "/sobjects/Contact/$con" '{"LastName":"b"}'
	error_is 404 ENTITY_IS_DELETED 'entity is deleted'
	# the record is there, its parent is not
	acc=$(make Account '{"Name":"gone"}')
	api DELETE "/sobjects/Account/$acc"
	con=$(make Contact '{"LastName":"a"}')
	json PATCH "/sobjects/Contact/$con" '{"AccountId":"'"$acc"'"}'
	error_is 400 ENTITY_IS_DELETED 'entity is deleted'
}

@test "a parent by its external id in JSON; accounts with orders stay" {
	shop
	json POST /sobjects/Contact \
	    '{"LastName":"a","Account":{"Magento_Id__c":"1"}}'
	assert_equal "$CODE" 201
	api DELETE "/sobjects/Account/$ACC"
	error_is 400 DELETE_FAILED
	api DELETE "/sobjects/Order/$ORDER"
	api DELETE "/sobjects/Account/$ACC"
	assert_equal "$CODE" 204
	soql 'SELECT COUNT() FROM Contact' | jq -e '.totalSize==0'
}

@test "collections: order kept, statusCode, all or none, 200 at most" {
	json POST /composite/sobjects '{"records":[
	    {"attributes":{"type":"Account"},"Name":"a"},
	    {"attributes":{"type":"Contact"},"FirstName":"b"},
	    {"attributes":{"type":"Account"},"Name":"c"}]}' >r
	jq -e 'map(.success)==[true,false,true] and
	    .[1].errors[0].statusCode=="REQUIRED_FIELD_MISSING"' r
	json POST /composite/sobjects '{"allOrNone":true,"records":[
	    {"attributes":{"type":"Account"},"Name":"z"},
	    {"attributes":{"type":"Account"}}]}' >r
	jq -e '.[0].errors[0].statusCode=="ALL_OR_NONE_OPERATION_ROLLED_BACK"' r
	soql "SELECT COUNT() FROM Account WHERE Name = 'z'" | jq -e '.totalSize==0'
	json PATCH /composite/sobjects/Account/Magento_Id__c '{"records":[
	    {"attributes":{"type":"Account"},"Name":"u","Magento_Id__c":"u1"}]}' |
	    jq -e '.[0].created'
	id=$(soql "SELECT Id FROM Account WHERE Name = 'u'" | jq -r '.records[0].Id')
	json PATCH /composite/sobjects '{"records":[
	    {"attributes":{"type":"Account"},"ID":"'"$id"'","nAME":"v"},
	    {"attributes":{"type":"Account"},"Name":"w"}]}' |
	    jq -e 'map(.success)==[true,false] and .[1].errors[0].statusCode=="MISSING_ARGUMENT"'
	get Account "$id" Name '.Name=="v"'
	jq -nc '{records:[range(201)|{attributes:{type:"Account"},Name:"n"}]}' >many
	json POST /composite/sobjects @many
	error_is 400 EXCEEDED_ID_LIMIT
	for n in 11 10; do	# types that take turns
		jq -nc --argjson n $n '{records:[range($n)|[{attributes:{type:"Account"},Name:"r"},
		    {attributes:{type:"Contact"},LastName:"r"}][.%2]]}' >many
		json POST /composite/sobjects @many
		[ $n = 10 ] || error_is 400 INVALID_INPUT
	done
	jq -e 'length==10 and all(.success)' answer
	soql "SELECT COUNT() FROM Account WHERE Name = 'r'" | jq -e '.totalSize==5'
}

# --- queries ---

@test "SOQL: conditions, order, parents, semi-joins" {
	shop
	for n in b C a; do make Account "{\"Name\":\"$n\",\"Site\":\"$n\"}"; done
	q() { soql "$1" | jq -c "$2"; }
	assert_equal "$(q "SELECT Name FROM Account WHERE Site IN ('a','c') OR Name LIKE 'AC%' ORDER BY Name DESC" '[.records[].Name]')" '["C","Acme","a"]'
	assert_equal "$(q "SELECT Name FROM Account WHERE (NOT Site = null) AND CreatedDate = TODAY ORDER BY Site LIMIT 2" '[.records[].Name]')" '["a","b"]'
	assert_equal "$(q "SELECT Id FROM Order WHERE Account.Magento_Id__c = '1'" .totalSize)" 1
	assert_equal "$(q "SELECT Name FROM Account WHERE Id IN (SELECT AccountId FROM Order)" '[.records[].Name]')" '["Acme"]'
	assert_equal "$(q "SELECT COUNT() FROM Account WHERE Site != 'a'" '[.totalSize,.records]')" '[3,[]]'
	assert_equal "$(q "SELECT Id FROM Pricebook2 WHERE IsStandard = true AND IsActive != false" .totalSize)" 1
}

@test "SOQL: errors with place and words" {
	soql 'SELECT Id FROM XYZZY'
	error_is 400 INVALID_TYPE
	jq -e '.[0].message|test("ERROR at Row:1:Column:16\nsObject type '\''XYZZY'\'' is not supported")' answer
	soql 'SELECT Id, X__c FROM Contact'
	error_is 400 INVALID_FIELD
	jq -e '.[0].message|test("No such column '\''X__c'\'' on entity '\''Contact'\''. If you are attempting to use a custom field, be sure to append the '\''__c'\'' after the custom field name.")' answer
	soql 'SELECT Id, Name, id FROM Contact'
	error_is 400 MALFORMED_QUERY 'duplicate field selected: Id'
	soql 'SELECT Id FROM Contact WHERE'
	error_is 400 MALFORMED_QUERY
	soql 'SELECT Id FROM Contact WHERE LastName = 5'
	error_is 400 INVALID_FIELD
	soql "SELECT Id FROM Contact WHERE Description = 'x'"
	error_is 400 INVALID_FIELD
	jq -e '.[0].message|endswith("field '\''Description'\'' can not be filtered in a query call")' answer
	soql "SELECT Id FROM Contact WHERE Id = 'x'"
	error_is 400 INVALID_QUERY_FILTER_OPERATOR
}

@test "a body that is not called JSON is refused, whatever it holds" {
	api POST /sobjects/Account -d '{"Name":"x"}'
	error_is 415 UNSUPPORTED_MEDIA_TYPE
	api POST /jobs/ingest -H 'Content-Type: text/plain' -d '{"object":"Account","operation":"insert"}'
	error_is 415 UNSUPPORTED_MEDIA_TYPE
	api POST /sobjects/Account -H 'Content-Type: application/json; charset=UTF-8' -d '{"Name":"x"}'
	assert_equal "$CODE" 201
}

@test "a URI and headers of more than 16384 bytes together are refused" {
	local pad
	pad=$(printf '%016000d' 0)
	api GET /limits -H "X-Pad: $pad" >/dev/null
	assert_equal "$CODE" 200
	api GET "/limits?pad=$(printf '%0400d' 0)" -H "X-Pad: $pad" >/dev/null
	error_is 431 REQUEST_HEADER_FIELDS_TOO_LARGE
}

@test "URIs beyond 16384 bytes and queries beyond 100000 are refused" {
	ids=$(seq -f "'%08g'" -s , 1600)
	soql "SELECT Id FROM Account WHERE Magento_Id__c IN ($ids)" >/dev/null
	error_is 414 URI_TOO_LONG
	ids=$(seq -f "'%08g'" -s , 9100)
	json POST /jobs/query "{\"operation\":\"query\",\"query\":
	    \"SELECT Id FROM Account WHERE Magento_Id__c IN ($ids)\"}"
	error_is 400 MALFORMED_QUERY
}

@test "REST pages; queryAll sees the deleted" {
	{ echo Name; seq 450; } | bulk insert Account ''
	soql 'SELECT Id FROM Account' >/dev/null
	api GET /query -G --data-urlencode 'q=SELECT Name FROM Account' \
	    -H 'Sforce-Query-Options: batchSize=200' >p1
	jq -e '.totalSize==450 and .done==false and (.records|length)==200' p1
	next=$(jq -r .nextRecordsUrl p1)
	api GET "${next#/services/data/v62.0}" >p2
	next=$(jq -r .nextRecordsUrl p2)
	api GET "${next#/services/data/v62.0}" >p3
	jq -e '.done and (.records|length)==50' p3
	id=$(soql "SELECT Id FROM Account WHERE Name = '7'" | jq -r '.records[0].Id')
	api DELETE "/sobjects/Account/$id"
	soql "SELECT COUNT() FROM Account" | jq -e '.totalSize==449'
	api GET /queryAll -G --data-urlencode 'q=SELECT COUNT() FROM Account' |
	    jq -e '.totalSize==450'
}

bulk_query()
{
	local i
	json POST /jobs/query "{\"operation\":\"query\",\"query\":\"$1\"}" >job.json
	JOB=$(jq -r .id job.json)
	for ((i = 0; i < 200; i++)); do
		api GET "/jobs/query/$JOB" >info.json
		case $(jq -r .state info.json) in
		JobComplete | Failed) return ;;
		esac
		sleep 0.02
	done
	return 1
}

@test "Bulk query: pages by locator, the last says null; 409 on another version" {
	{ echo Name; seq 250; } | bulk insert Account ''
	bulk_query 'SELECT Name, Owner.Username, Site FROM Account'
	jq -e '.jobType=="V2Query" and .numberRecordsProcessed==250' info.json
	api GET "/jobs/query/$JOB/results?maxRecords=200" >p1
	assert_equal "$(head -n 2 p1)" "\"Name\",\"Owner.Username\",\"Site\"
\"1\",\"$(credential sf username)\",\"\""
	grep -qi '^sforce-numberofrecords: 200' headers
	locator=$(sed -n 's/^Sforce-Locator: //Ip' headers | tr -d '\r')
	api GET "/jobs/query/$JOB/results?maxRecords=200&locator=$locator" >p2
	grep -qi '^sforce-locator: null' headers
	assert_equal "$(wc -l <p2)" 51
	api GET "/jobs/query/$JOB/resultPages" |
	    jq -e '.done and (.resultPages|length)==1'
	BASE=$SF_URL/services/data/v61.0 api GET "/jobs/query/$JOB/results"
	assert_equal "$CODE" 409
	json PATCH "/jobs/query/$JOB" '{"state":"Aborted"}'
	error_is 400 INVALIDJOBSTATE 'Aborting already Completed Job not allowed'
}

@test "Bulk query refuses aggregates and compound fields" {
	json POST /jobs/query '{"operation":"query","query":"SELECT COUNT() FROM Account"}'
	error_is 400 API_ERROR
	json POST /jobs/query '{"operation":"query","query":"SELECT BillingAddress FROM Account"}'
	error_is 400 API_ERROR 'Selecting compound data not supported in Bulk Query'
	json POST /jobs/query '{"operation":"query","query":"SELECT Id FROM OrderStatus"}'
	error_is 400 INVALIDENTITY
}

# --- faults (points 12, 13, 28) ---

@test "12: a locked row twice, then well; no other row is hurt" {
	faults sf '{"method":"PUT","body":"r7","times":2,"fail_rows":{"match":"r7"}}'
	for want in 1 1 0; do
		bulk upsert Account Magento_Id__c <<<$'Magento_Id__c,Name\n6,r6\n7,r7'
		assert_equal "$(jq -r .numberRecordsFailed info.json)" $want
		[ $want = 0 ] || refused 'UNABLE_TO_LOCK_ROW:unable to obtain exclusive access to this record:--'
	done
}

@test "13: the token dies in mid-poll" {
	faults sf '{"path":"/jobs/ingest/","nth":2,"expire_token":true}'
	job insert Account
	printf 'Name\na\n' >f
	put f
	api GET "/jobs/ingest/$JOB"
	error_is 401 INVALID_SESSION_ID 'Session expired or invalid'
}

@test "13: the token dies wherever the plan says: userinfo, identity, login" {
	id=$(api GET / | jq -r .identity)
	for url in "$SF_URL/services/oauth2/userinfo" "$id"; do
		faults sf '{"nth":1,"expire_token":true}'
		CODE=$(curl -s -o answer -w '%{http_code}' \
		    -H "Authorization: Bearer $TOKEN" "$url")
		assert_equal "$CODE" 403
		api GET /limits
		error_is 401 INVALID_SESSION_ID
		login
		api GET /limits | jq -e .DataStorageMB
	done
	was=$TOKEN
	faults sf '{"path":"/oauth2/token","nth":1,"expire_token":true}'
	login
	api GET /limits | jq -e .DataStorageMB
	TOKEN=$was
	api GET /limits
	error_is 401 INVALID_SESSION_ID
}

login()
{
	TOKEN=$(curl -s "$SF_URL/services/oauth2/token" \
	    -d grant_type=client_credentials \
	    -d "client_id=$(credential sf client_id)" \
	    -d "client_secret=$(credential sf client_secret)" |
	    jq -r .access_token)
}

@test "28: a job fails midway: good, failed and unprocessed rows" {
	faults sf '{"method":"PUT","fail_job":{"after":300},"fail_rows":{"every":100,"code":"X"}}'
	{ echo Name; seq 1000; } | bulk insert Account ''
	jq -e '.state=="Failed" and .numberRecordsProcessed==300 and
	    .numberRecordsFailed==3' info.json
	assert_equal "$(wc -l <good) $(wc -l <bad)" "298 4"
	cmp rest <(echo Name; seq 301 1000)
}

@test "28: a query job fails where the plan says" {
	{ echo Name; seq 250; } | bulk insert Account ''
	for q in 'SELECT Id FROM Account' 'SELECT Id FROM Account ORDER BY Name'; do
		faults sf '{"path":"/jobs/query$","nth":1,"fail_job":{"after":100}}
{"path":"/jobs/query$","nth":2,"fail_job":{"after":0,"error":"InternalServerError : x"}}
{"path":"/jobs/query$","nth":3,"fail_job":{"after":1000}}'
		bulk_query "$q"
		jq -e '.state=="Failed" and .numberRecordsProcessed==100 and
		    .errorMessage=="InternalServerError : Retried more than fifteen times"' info.json
		api GET "/jobs/query/$JOB/results"
		error_is 400 INVALIDJOBSTATE
		bulk_query "$q"
		jq -e '.state=="Failed" and .numberRecordsProcessed==0 and
		    .errorMessage=="InternalServerError : x"' info.json
		bulk_query "$q"
		jq -e '.state=="JobComplete" and .numberRecordsProcessed==250' info.json
	done
}

@test "26: a whole chunk of 200 falls to a trigger, later ones go on" {
	faults sf '{"method":"PUT","fail_rows":{"chunk":2,"code":"CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY","message":"MyTrigger: System.LimitException: Too many SOQL queries: 101"}}'
	{ echo Name; seq 600; } | bulk insert Account ''
	refused 'CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY:MyTrigger: System.LimitException: Too many SOQL queries: 101:--'
	cmp <(tail -n +2 bad | cut -d, -f3 | tr -d '"' | sort -n) <(seq 201 400)
}

@test "the API limit and a failing collection can be planned" {
	faults sf '{"path":"/composite","fail_rows":{"nth":2,"code":"UNABLE_TO_LOCK_ROW"}}
{"path":"/limits","api_limit":true}'
	json POST /composite/sobjects '{"records":[
	    {"attributes":{"type":"Account"},"Name":"a"},
	    {"attributes":{"type":"Account"},"Name":"b"}]}' |
	    jq -e 'map(.success)==[true,false]'
	api GET /limits
	error_is 403 REQUEST_LIMIT_EXCEEDED
}

@test "rows fail with a probability, the seed's, however calls are cut" {
	{ echo Name; seq 1000; } >f
	for seed in 3 3 4; do
		another_sf --set seed=$seed
		faults sf '{"method":"PUT","fail_rows":{"probability":0.3,"code":"X"}}'
		bulk insert Account '' <f
		n=$((n + 1))
		tail -n +2 bad | cut -d, -f3 | sort >bad.$n
		[ "$(wc -l <bad.$n)" -gt 230 ]
		[ "$(wc -l <bad.$n)" -lt 370 ]
	done
	cmp bad.1 bad.2
	cmp -s bad.2 bad.3 && return 1
	bulk insert Account '' <f	# another job, other rows
	cmp -s bad.3 <(tail -n +2 bad | cut -d, -f3 | sort) && return 1
	faults sf '{"fail_rows":{"probability":0.3}}'
	for n in 150 50 30; do
		curl -sf -X POST "$SF_URL/sandbox/reset" >/dev/null
		login
		for ((i = 0; i < 150; i += n)); do
			json POST /composite/sobjects "$(jq -nc "{records:[range($n)|
			    {attributes:{type:\"Account\"},Name:\"n\"}]}")" |
			    jq '.[].success'
		done >made.$n
	done
	grep -q true made.150
	grep -q false made.150
	cmp made.150 made.50
	cmp made.150 made.30
}

@test "rows of deletes and of trees can be planned to fail" {
	for n in 1 2 3; do
		id[n]=$(make Account '{"Name":"a"}')
	done
	ids="ids=${id[1]},${id[2]},${id[3]}"
	faults sf "{\"fail_rows\":{\"match\":\"${id[2]}\",\"code\":\"X\"}}"
	api DELETE "/composite/sobjects?$ids" | jq -e 'map(.success)==[true,false,true] and
	    .[1].errors[0].statusCode=="X"'
	api DELETE "/sobjects/Account/${id[2]}"
	error_is 400 X
	soql 'SELECT COUNT() FROM Account' | jq -e '.totalSize==1'
	cat >tree <<'END'
{"records":[{"attributes":{"type":"Account","referenceId":"a"},"Name":"b",
 "Contacts":{"records":[{"attributes":{"type":"Contact","referenceId":"c"},"LastName":"d"},
  {"attributes":{"type":"Contact","referenceId":"e"},"LastName":"f"}]}}]}
END
	faults sf '{"nth":1,"fail_rows":{"nth":2}}
{"nth":2,"fail_rows":{"match":"\"f\"","code":"X"}}
{"nth":3,"fail_rows":{"match":"nothing"}}'
	json POST /composite/tree/Account @tree
	assert_equal "$CODE" 400
	jq -e '.hasErrors and (.results|map(.referenceId))==["c"] and
	    .results[0].errors[0].statusCode=="UNABLE_TO_LOCK_ROW"' answer
	json POST /composite/tree/Account @tree |
	    jq -e '(.results|map(.referenceId))==["e"] and .results[0].errors[0].statusCode=="X"'
	json POST /composite/tree/Account @tree | jq -e '.hasErrors==false'
	soql 'SELECT COUNT() FROM Contact' | jq -e '.totalSize==2'
}

@test "a planned body without a status is answered with 200, and does nothing" {
	faults sf '{"method":"POST","body_json":{"id":"x","success":true}}
{"path":"/limits","after":true,"api_limit":true,"body_text":"<p>hello"}'
	json POST /sobjects/Account '{"Name":"a"}'
	assert_equal "$CODE" 200
	jq -e '.id=="x"' answer
	soql 'SELECT COUNT() FROM Account' | jq -e '.totalSize==0'
	api GET /limits | grep -qx '<p>hello'
	grep -qi '^content-type: text/html' headers
	soql 'SELECT COUNT() FROM Account'
	error_is 403 REQUEST_LIMIT_EXCEEDED
}

@test "a fault that means nothing is refused by file, line and member" {
	while IFS='|' read -r line want; do
		printf '# a comment\n{"path":"/jobs","nth":1}\n%s\n' "$line" >plan
		run_status 2 timeout 10 sf-sandbox --state none --port 0 --faults plan
		assert_output "sf-sandbox: cannot use 'plan': line 3: $want"
		run curl -s -d "$line" "$SF_URL/sandbox/faults"
		assert_output "line 1: $want"
	done <<'END'
{"pth":"/jobs"}|there is no member 'pth'
{"fail_rows":{"mach":"x"}}|there is no member 'fail_rows.mach'
{"lock":{"record":7}}|'lock.record' is not text
{"status":"503"}|'status' is not a number of 0 or more
{"reset":"behind"}|'reset' is not "before" or "after"
{"hang":"yes"}|'hang' is not true, false or a number of seconds
{"expire_token":1}|'expire_token' is not true or false
{"headers":["a"]}|'headers' is not an object
["path"]|not an object
END
}

@test "12: a parent that others hold fails those who touch it, so many times" {
	shop
	faults sf '{"path":"/limits","nth":1,"lock":{"record":"Account.Magento_Id__c=1","times":2}}'
	api GET /limits >/dev/null
	printf 'LastName,Account.Magento_Id__c\na,1\nb,\nc,1\n' >f
	bulk insert Contact '' <f
	assert_equal "$(wc -l <bad) $(wc -l <good)" '3 2'
	refused "UNABLE_TO_LOCK_ROW:unable to obtain exclusive access to this record or 1 records: $ACC:--"
	json PATCH "/sobjects/Account/$ACC" '{"Name":"x"}'
	error_is 400 UNABLE_TO_LOCK_ROW
	bulk insert Contact '' <f
	assert_equal "$(jq -r .numberRecordsFailed info.json)" 0
	faults sf '{"lock":{"record":"Nobody.Id=1"}}'
	api GET /limits
	error_is 400 SANDBOX_FAULT
}

@test "12: a held child keeps its parent, a held parent those who would leave" {
	shop
	line ',"Magento_Id__c":"i1"'
	other=$(make Account '{"Name":"other"}')
	con=$(make Contact "{\"LastName\":\"a\",\"AccountId\":\"$ACC\"}")
	task=$(make Task "{\"Subject\":\"a\",\"WhoId\":\"$con\"}")
	faults sf "{\"path\":\"/limits\",\"nth\":1,\"lock\":{\"record\":\"OrderItem.Magento_Id__c=i1\"}}
	    {\"path\":\"/limits\",\"nth\":2,\"lock\":{\"record\":\"$ACC\"}}
	    {\"path\":\"/limits\",\"nth\":3,\"lock\":{\"record\":\"$task\"}}"
	api GET /limits
	api DELETE "/sobjects/Order/$ORDER"
	error_is 400 UNABLE_TO_LOCK_ROW
	api DELETE "/sobjects/Order/$ORDER"
	assert_equal "$CODE" 204
	api GET /limits
	json PATCH "/sobjects/Contact/$con" "{\"AccountId\":\"$other\"}"
	error_is 400 UNABLE_TO_LOCK_ROW
	json PATCH "/sobjects/Contact/$con" "{\"AccountId\":\"$other\"}"
	assert_equal "$CODE" 204
	# a lookup that is cleared is a write as well
	api GET /limits
	api DELETE "/sobjects/Contact/$con"
	error_is 400 UNABLE_TO_LOCK_ROW
	api DELETE "/sobjects/Contact/$con"
	assert_equal "$CODE" 204
}

@test "12: the platform tries a locked chunk's rows again, and counts it" {
	stop sf
	start_sf --set job_delay_ms=5 --set lock_retries=2
	session
	shop
	faults sf '{"path":"/limits","nth":1,"lock":{"record":"Account.Magento_Id__c=1","times":2}}'
	api GET /limits >/dev/null
	bulk insert Contact '' <<<$'LastName,Account.Magento_Id__c\na,1\nb,'
	jq -e '.retries==2 and .numberRecordsFailed==0 and .numberRecordsProcessed==2' info.json
}

@test "38: api calls, query jobs, storage can be spent, and come back" {
	printf 'Name\na\n' >f
	faults sf '{"nth":1,"storage_limit":true,"query_limit":true}'
	api GET /limits | jq -e '.DataStorageMB.Remaining==0 and .DailyBulkV2QueryJobs.Remaining==0'
	bulk insert Account '' <f
	refused 'STORAGE_LIMIT_EXCEEDED:storage limit exceeded:--'
	json POST /sobjects/Account '{"Name":"x"}'
	error_is 400 STORAGE_LIMIT_EXCEEDED
	json POST /jobs/query '{"operation":"query","query":"SELECT Id FROM Account"}'
	error_is 400 EXCEEDEDQUOTA 'Max bulk v2 query jobs (10000) per 24 hrs has been reached'
	faults sf '{"nth":1,"query_limit":false,"query_storage_limit":true}'
	api GET /limits | jq -e '.DailyBulkV2QueryFileStorageMB | .Max==976562 and .Remaining==0'
	json POST /jobs/query '{"operation":"query","query":"SELECT Id FROM Account"}'
	error_is 400 EXCEEDEDQUOTA 'Max bulk v2 query result size stored (1000000000) kb per 24 hrs has been exceeded'
	faults sf '{"nth":1,"storage_limit":false,"query_storage_limit":false}'
	api GET /limits >/dev/null
	bulk insert Account '' <f
	assert_equal "$(wc -l <good)" 2
	json POST /jobs/query '{"operation":"query","query":"SELECT Id FROM Account"}'
	assert_equal "$CODE" 200
}

# --- the sandbox itself ---

@test "state, log, reset" {
	make Account '{"Name":"a","Magento_Id__c":"1"}'
	curl -s "$SF_URL/sandbox/state?object=Account" |
	    jq -e '.object=="Account" and .Magento_Id__c=="1"'
	curl -s "$SF_URL/sandbox/log" | jq -se 'map(.method)==["POST"] and
	    all(.[]; .status==201 and (.at|test("^2.*Z$")) and .ms>=0)'
	curl -s "$SF_URL/services/oauth2/revoke?a=b&token=00Dx!secret&c" >/dev/null
	curl -s "$SF_URL/sandbox/log" | jq -se '.[1].query=="a=b&token=***&c"'
	curl -s -X POST "$SF_URL/sandbox/reset"
	curl -s "$SF_URL/sandbox/state?object=Account" | cmp - /dev/null
	curl -s "$SF_URL/sandbox/state" | jq -se 'map(.object)|unique==
	    ["CaseStatus","LeadStatus","OpportunityStage","OrderStatus",
	    "Organization","Pricebook2","RecordType","TaskStatus","User"]'
}

@test "kill -9 at seeded moments of a job: every row once, nothing twice" {
	{ echo Magento_Id__c,Name; seq 60000 | sed 's/.*/&,n&/; s/,n.*777$/,/'; } >f
	RANDOM=4711
	for round in 1 2; do
		another_sf --set chunk_delay_ms=2
		job upsert Account Magento_Id__c
		put f
		json PATCH "/jobs/ingest/$JOB" '{"state":"UploadComplete"}'
		for kill in 1 2 3 4 5; do
			sleep "0.$(printf '%03d' $((RANDOM % 300 + 20)))"
			stop sf -KILL || true	# wait says 137
			start_sf --set job_delay_ms=5 --set chunk_delay_ms=2
			session
		done
		stop sf
		start_sf --set job_delay_ms=5
		session
		finish
		assert_equal "$(jq -c '[.state,.numberRecordsProcessed,
		    .numberRecordsFailed]' info.json)" '["JobComplete",60000,60]'
		soql 'SELECT COUNT() FROM Account' | jq -e '.totalSize==59940'
		assert_equal "$(tail -n +2 good | cut -d, -f3 | sort -u | wc -l) $(tail -n +2 good | grep -c '"true"')" '59940 59940'
		cmp <(tail -qn +2 good bad | awk -F, '{ print $(NF - 1) }' |
		    tr -d '"' | sort -n) <(seq 60000)
	done
}

@test "a state file of another version is left alone" {
	stop sf
	sqlite3 sf.state 'PRAGMA user_version = 1' 2>/dev/null || skip 'no sqlite3'
	run_status 3 timeout 10 sf-sandbox --state sf.state --port 0
	assert_output --partial 'sf.state: made by another version of sf-sandbox; begin a new file'
}

@test "the same seed gives the same files, another one another order" {
	{ echo Name; seq 300; } >f
	for seed in 3 3 4; do
		another_sf --set seed=$seed
		bulk insert Account '' <f
		mv good good.$((n += 1))
	done
	cmp good.1 good.2
	cmp -s good.2 good.3 && return 1
	cmp <(sort good.2) <(sort good.3)
	# nor is the next job's order that of the next seed
	another_sf --set seed=3
	job insert Account
	bulk insert Account '' <f
	for n in 1 3; do
		cmp -s <(cut -d, -f3 good) <(cut -d, -f3 good.$n) && return 1
	done
	return 0
}

@test "what the CLI sends: slashes doubled at the start, numbers as text" {
	json POST /sobjects/Account '{"Name":"x","NumberOfEmployees":"25"}' >made
	jq -e .success made
	json POST /sobjects/Account '{"Name":"x","NumberOfEmployees":"25.5"}' |
	    jq -e '.[0].errorCode=="JSON_PARSER_ERROR"'
	curl -s -H "Authorization: Bearer $TOKEN" \
	    "$SF_URL//services/data/v62.0/sobjects/Account/$(jq -r .id made)" |
	    jq -e '.NumberOfEmployees==25'
}

@test "the resources name the identity URL, whose token is not logged" {
	api GET / >resources
	curl -s -H "Authorization: Bearer $TOKEN" \
	    "$(jq -r .identity resources)?format=json&oauth_token=$TOKEN" |
	    jq -e --arg u "$(jq -r .username <<<"$SF_CREDENTIALS")" '.username==$u'
	curl -s "$SF_URL/sandbox/log" | jq -se \
	    'map(.query)|any(.=="format=json&oauth_token=***")'
}

@test "EntityDefinition: every object, custom ones too" {
	soql "SELECT QualifiedApiName, Label FROM EntityDefinition WHERE IsDeprecatedAndHidden = false ORDER BY QualifiedApiName" |
	    jq -e '.records|map(.QualifiedApiName)|contains(["Account","Order","Magento_Invoice__c"]) and
	    (map(ascii_downcase)|.==sort)'
	soql "SELECT KeyPrefix, PluralLabel FROM EntityDefinition WHERE QualifiedApiName = 'Product2'" |
	    jq -e '.records[0]|.KeyPrefix=="01t" and .PluralLabel=="Products"'
	json POST /sobjects/EntityDefinition '{"Label":"x"}' >/dev/null
	[ "$CODE" -ge 400 ]
}
