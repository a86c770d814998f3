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
	TOKEN=$(credential sf token)
}

# member NAME FILE: the text of the first that is called so
member()
{
	[[ $(<"$2") =~ \"$1\":\"([^\"]+)\" ]] && echo "${BASH_REMATCH[1]}"
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
	member id made || { cat made >&2; return 1; }
}

soql()
{
	api GET /query -G --data-urlencode "q=$1"
}

# get OBJECT ID FIELDS JQ: true of the record
get()
{
	api GET "/sobjects/$1/$2?fields=$3" | jq -e "$4"
}

# job OPERATION OBJECT EXTID: makes a job, its id in JOB; $JOB_MORE is added
job()
{
	json POST /jobs/ingest "{\"operation\":\"$1\",\"object\":\"$2\"
	    ${3:+,\"externalIdFieldName\":\"$3\"}${JOB_MORE:-}}" >job.json
	JOB=$(member id job.json) || :
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
		case $(member state info.json) in
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

# field OBJECT NAME XML: one more field file below x
field()
{
	mkdir -p "x/objects/$1/fields"
	cat >"x/objects/$1/fields/$2.field-meta.xml" <<END
<?xml version="1.0" encoding="UTF-8"?>
<CustomField xmlns="http://soap.sforce.com/2006/04/metadata">
<fullName>$2</fullName><label>The $2</label>$3</CustomField>
END
}

# object NAME NAMEFIELD [XML]
object()
{
	mkdir -p "x/objects/$1"
	cat >"x/objects/$1/$1.object-meta.xml" <<END
<?xml version="1.0" encoding="UTF-8"?>
<CustomObject xmlns="http://soap.sforce.com/2006/04/metadata">
<deploymentStatus>Deployed</deploymentStatus><label>Our $1</label>
<nameField><label>No.</label>$2</nameField>
<pluralLabel>Our ${1}s</pluralLabel>${3:-}</CustomObject>
END
}

# with_schema [OPTION...]: an org with what is below x and nothing else
with_schema()
{
	stop sf
	rm -f sf.state*
	start sf sf-sandbox --state sf.state --port 0 --schema x "$@"
	first sf
	session
}
