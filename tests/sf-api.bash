# shellcheck shell=bash disable=SC2034,SC2154  # bats and the tests
# What the tests of sf-sandbox share: calls of its API, beside helpers.

prepare()
{
	start_sf --set job_delay_ms=5
	session
}

# another_sf [OPTION...]: a new org, with these settings
another_sf()
{
	stop sf
	rm -f sf.state*
	start_sf --set job_delay_ms=5 "$@"
	session
}

session()
{
	BASE=$SF_URL/services/data/v62.0
	TOKEN=$(jq -r .token <<<"$SF_CREDENTIALS")
}

# api METHOD PATH [CURL OPTION...]: the body on stdout, the code in CODE
api()
{
	local method=$1 path=$2
	shift 2
	CODE=$(curl -s -X "$method" -o answer -D headers -w '%{http_code}' \
	    -H "Authorization: Bearer $TOKEN" "$BASE$path" "$@")
	cat answer
}

json()
{
	api "$1" "$2" -H 'Content-Type: application/json' -d "$3"
}

# A record is made, its id printed.
make()
{
	json POST "/sobjects/$1" "$2" >made
	jq -re .id made || { cat made >&2; return 1; }
}

soql()
{
	api GET /query -G --data-urlencode "q=$1"
}

# job OPERATION OBJECT EXTID: makes a job, its id in JOB; $JOB_MORE is added
job()
{
	json POST /jobs/ingest "{\"operation\":\"$1\",\"object\":\"$2\"
	    ${3:+,\"externalIdFieldName\":\"$3\"}${JOB_MORE:-}}" >job.json
	JOB=$(jq -r '.id? // empty' job.json)
}

put()
{
	api PUT "/jobs/ingest/$JOB/batches" -H 'Content-Type: text/csv' \
	    --data-binary "@$1" >put
}

finish()
{
	local i
	json PATCH "/jobs/ingest/$JOB" '{"state":"UploadComplete"}' >close.json
	for ((i = 0; i < 200; i++)); do
		api GET "/jobs/ingest/$JOB" >info.json
		case $(jq -r .state info.json) in
		JobComplete | Failed | Aborted) break ;;
		esac
		sleep 0.02
	done
	api GET "/jobs/ingest/$JOB/successfulResults" >good
	api GET "/jobs/ingest/$JOB/failedResults" >bad
	api GET "/jobs/ingest/$JOB/unprocessedrecords" >rest
}

# bulk OPERATION OBJECT EXTID: the whole way, the CSV from stdin
bulk()
{
	cat >upload.csv
	job "$1" "$2" "$3"
	put upload.csv
	finish
}

# refused TEXT: a failed row begins with exactly this sf__Error
refused()
{
	grep -qF "\"\",\"$1\"," bad || {
		echo "no row was refused with: $1" >&2
		cat info.json good bad >&2
		return 1
	}
}

job_failed()
{
	assert_equal "$(jq -r .state info.json)" Failed
	assert_equal "$(jq -r .errorMessage info.json)" "$1"
	assert_equal "$(jq -c '[.numberRecordsProcessed,.numberRecordsFailed]' \
	    info.json)" '[0,0]'
}

error_is()
{
	assert_equal "$CODE" "$1"
	assert_equal "$(jq -r '.[0].errorCode' answer)" "$2"
	[ -z "${3:-}" ] || assert_equal "$(jq -r '.[0].message' answer)" "$3"
}

# An account, a product with both prices, a book and an order: ids in ACC
# PROD BOOK STD ENTRY ORDER
shop()
{
	ACC=$(make Account '{"Name":"Acme","Magento_Id__c":"1"}')
	PROD=$(make Product2 '{"Name":"Mug","IsActive":true}')
	STD=$(soql 'SELECT Id FROM Pricebook2 WHERE IsStandard = true' |
	    jq -r '.records[0].Id')
	BOOK=$(make Pricebook2 '{"Name":"Shop","IsActive":true}')
	make PricebookEntry "{\"Product2Id\":\"$PROD\",\"Pricebook2Id\":
	    \"$STD\",\"UnitPrice\":5,\"IsActive\":true}" >/dev/null
	ENTRY=$(make PricebookEntry "{\"Product2Id\":\"$PROD\",\"Pricebook2Id\":
	    \"$BOOK\",\"UnitPrice\":6,\"IsActive\":true}")
	ORDER=$(make Order "{\"AccountId\":\"$ACC\",\"Pricebook2Id\":\"$BOOK\",
	    \"EffectiveDate\":\"2026-11-20\",\"Status\":\"Draft\",
	    \"Magento_Id__c\":\"o1\"}")
}

line()
{
	json POST /sobjects/OrderItem "{\"OrderId\":\"${O:-$ORDER}\",
	    \"PricebookEntryId\":\"${E:-$ENTRY}\",\"Quantity\":${Q:-2},
	    \"UnitPrice\":6.5${1:-}}"
}
