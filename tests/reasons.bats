#!/usr/bin/env bats
# Every code that a person can meet is explained; what comes again, and how.
bats_require_minimum_version 1.5.0
load helpers
load sf

prepare()
{
	start_sf --set job_delay_ms=5
	write_sf_conf
}

@test "every code of Salesforce has a kind, who mends it, and how" {
	local code
	for code in REQUIRED_FIELD_MISSING INVALID_CROSS_REFERENCE_KEY INVALID_FIELD DUPLICATE_VALUE DUPLICATE_EXTERNAL_ID \
		MISSING_ARGUMENT DUPLICATES_DETECTED UNABLE_TO_LOCK_ROW STRING_TOO_LONG INVALID_EMAIL_ADDRESS \
		INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST FIELD_CUSTOM_VALIDATION_EXCEPTION FIELD_FILTER_VALIDATION_EXCEPTION \
		FIELD_INTEGRITY_EXCEPTION ENTITY_IS_DELETED ENTITY_IS_LOCKED MALFORMED_ID INVALID_TYPE_ON_FIELD_IN_RECORD \
		NUMBER_OUTSIDE_VALID_RANGE INVALID_FIELD_FOR_INSERT_UPDATE CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY \
		CANNOT_EXECUTE_FLOW_TRIGGER FAILED_ACTIVATION STANDARD_PRICE_NOT_DEFINED INACTIVE_OWNER_OR_USER \
		INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY INSUFFICIENT_ACCESS_OR_READONLY INVALID_CURRENCY_ISO \
		STORAGE_LIMIT_EXCEEDED TOO_MANY_APEX_REQUESTS REQUEST_LIMIT_EXCEEDED INVALID_SESSION_ID SERVER_UNAVAILABLE \
		UNKNOWN_EXCEPTION QUERY_TIMEOUT REQUEST_RUNNING_TOO_LONG EXCEEDED_ID_LIMIT CANNOT_UPDATE_CONVERTED_LEAD \
		NOT_FOUND INVALIDJOB INVALIDJOBSTATE INVALIDENTITY API_ERROR BULK_API_ERROR INVALID_AUTH_HEADER INVALID_HEADER_TYPE \
		INVALID_TYPE MALFORMED_QUERY JSON_PARSER_ERROR METHOD_NOT_ALLOWED PROCESSING_HALTED \
		ALL_OR_NONE_OPERATION_ROLLED_BACK invalid_grant invalid_client invalid_client_id unsupported_grant_type; do
		run -0 millrace-explain "$code"
		[ "${#lines[@]}" -eq 5 ]
		[[ ${lines[2]} == '  Kind: '?* && ${lines[3]} == '  Who:  '?* && ${lines[4]} == '  What: '?* ]]
	done
}

@test "every reason that our own verdicts and errors can give is explained" {
	local code
	grep -ohE '"(held|rejected|waiting|failed|skipped)", *"[a-z][a-z-]+"' "$REPO"/lib/*.c "$REPO"/src/*.c |
		grep -oE '"[a-z-]+"$' | tr -d '"' |
		grep -vxE 'created|updated|failed|held|rejected|waiting|skipped' | sort -u >codes
	[ "$(wc -l <codes)" -gt 10 ]
	while read -r code; do
		run -0 millrace-explain "$code"
	done <codes
}

@test "what a call can be refused with is explained, as a thing of the same kind" {
	local code kind
	sed -n '/^} meanings\[\] = {/,/^};/p' "$REPO/lib/salesforce.c" |
		sed -n 's/^.{ "\([A-Z_]*\)", WHY_\([A-Z]*\),.*/\1 \2/p' >codes
	[ "$(wc -l <codes)" -gt 15 ]
	assert_equal "$(wc -l <codes)" "$(sed -n '/^} meanings\[\] = {/,/^};/p' "$REPO/lib/salesforce.c" | grep -c '^.{ "')"
	while read -r code kind; do
		run -0 millrace-explain "$code"
		assert_line --index 0 "$code"
		case $code:$kind in
		# the same session again and again is no longer one that ended
		INVALID_SESSION_ID:SETUP) ;;
		*:BUSY) assert_line --partial 'Kind: transient' ;;
		*:SETUP) refute_line --partial 'Kind: transient' ;;
		esac
	done <codes
	# and what a job ends with
	grep -A3 'codes\[\] = { "InvalidBatch"' "$REPO/lib/salesforce-job.c" | grep -o '"[A-Za-z ]*"' | tr -d '" ' >codes
	[ "$(wc -l <codes)" -gt 5 ]
	printf '%s\n' ExceededQuota TooManyLockFailure InvalidBatch ClientInputError InvalidEntity >>codes
	while read -r code; do
		run -0 millrace-explain "$code"
		assert_line --index 0 "${code^^}"
	done <codes
	run -0 millrace-explain unable_to_lock_row NotFound
	assert_line UNABLE_TO_LOCK_ROW
	assert_line NOT_FOUND
	run -2 millrace-explain GONE		# ours, gone, is another thing
}

@test "a limit of what runs at once is not told as one of the day's" {
	local text
	for text in 'ConcurrentPerOrgLongTxn Limit exceeded.' 'ConcurrentRequests (Concurrent API Requests) Limit exceeded.'; do
		faults "{\"path\":\"/query\",\"status\":403,\"body_json\":[{\"errorCode\":\"REQUEST_LIMIT_EXCEEDED\",\"message\":\"$text\"}]}"
		run_status 4 sf-query 'SELECT Id FROM Account'
		assert_output --partial "$text"
		assert_output --partial 'too many calls to the org ran long at once'
		refute_output --partial '24 hours'
	done
	faults '{"path":"/query","status":403,"body_json":[{"errorCode":"REQUEST_LIMIT_EXCEEDED","message":"TotalRequests Limit exceeded."}]}'
	run_status 4 sf-query 'SELECT Id FROM Account'
	assert_output --partial '24 hours are used up'
	run -0 millrace-explain REQUEST_LIMIT_EXCEEDED
	assert_output --partial "where the message begins with 'Concurrent'"
}

@test "the list is sorted, each code once" {
	millrace-explain -l | awk '{ print $1 }' >codes
	LC_ALL=C sort -uc codes
}

# puts N: uploads since the last time
puts()
{
	local all
	all=$(requests | grep -c PUT)
	assert_equal "$((all - PUTS))" "$1"
	PUTS=$all
}

@test "what passes by itself comes again in smaller jobs, the rest does not" {
	PUTS=0
	customers 1 1050 | jq -c 'select(.object == "Account")' >one
	customers 1051 2200 | jq -c 'select(.object == "Account")' >>one
	faults '{"path":"/batches$","times":1,"fail_rows":{"every":1}}'
	run_status 0 bash -o pipefail -c 'sf-load <one | led-record >out'
	[ "$(jq -r .verdict out | sort -u)" = created ]
	puts 3		# 2200, then 2000 and 200
	head -500 one >two
	faults '{"path":"/batches$","times":2,"fail_rows":{"every":1}}'
	run_status 0 bash -o pipefail -c 'sf-load <two | led-record >out'
	puts 5	# 500; 500; 200, 200, 100
	faults '{"path":"/batches$","times":1,"fail_rows":{"every":1,"code":"CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY","message":"T: System.NullPointerException: x"}}'
	run_status 1 bash -o pipefail -c 'sf-load <two | led-record >out'
	puts 1
	faults '{"path":"/batches$","times":1,"fail_rows":{"every":1,"code":"CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY","message":"T: System.LimitException: Too many SOQL queries: 101"}}'
	run_status 0 bash -o pipefail -c 'sf-load <two | led-record >out'
	puts 2
}

# whole PATH CODE: it answers every call there, with status 400
whole()
{
	faults "{\"path\":\"$1\",\"status\":400,\"body_json\":[{\"errorCode\":\"$2\",\"message\":\"so it is\"}]}"
}

@test "what passes by itself on a row is status 4 when it answers a whole call" {
	local code
	customers 1 1 | jq -c 'select(.object == "Account") | .match = [{Name: "A"}]' >one
	for code in UNKNOWN_EXCEPTION TOO_MANY_APEX_REQUESTS UNABLE_TO_LOCK_ROW; do
		whole /query "$code"
		run_status 4 sf-query 'SELECT Id FROM Account'
		run_status 4 sf-match <one
		for few in 0 5000; do
			FEW=$few write_sf_conf
			whole 'composite|ingest' "$code"
			run_status 4 bash -c 'sf-load <one >out'
			assert_equal "$(verdicts out)" 'waiting not-sent Account 1'
		done
	done
	# of a row it is an accident, of a call it says that it cannot be
	whole /query API_ERROR
	run_status 2 sf-query 'SELECT Id FROM Account'
}

@test "children of one parent never straddle two batches of 10,000" {
	# 9,999 accounts of three contacts each: 10,000 is inside of one of them
	seq 4000 | awk '{ for (i = 0; i < 3; i++)
		printf "{\"object\":\"Contact\",\"map\":\"c\",\"phase\":1,\"source\":\"c/%d\",\"key\":\"%d-%d\",\"extid\":\"Magento_Id__c\",\"parent\":\"Account/%d\",\"fields\":{\"LastName\":\"x\"}}\n", $1, $1, i, $1 }' >one
	run_status 0 bash -c 'sf-load <one >out'
	[ "$(requests | grep -c PUT)" -eq 2 ]
	curl -sf "$SF_URL/services/data/v62.0/jobs/ingest" -H "Authorization: Bearer $(credential sf token)" |
		jq -r .records[].id | while read -r id; do
		curl -sf "$SF_URL/services/data/v62.0/jobs/ingest/$id" -H "Authorization: Bearer $(credential sf token)" |
			jq .numberRecordsProcessed
	done | sort -n >sizes
	assert_equal "$(tr '\n' ' ' <sizes)" '2001 9999 '
}
