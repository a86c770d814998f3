#!/usr/bin/env bats
# The Salesforce CLI: how it logs in, and what it tells of the org.

load clients

setup_file()
{
	open_org --set api_limit=5000
	cd "$BATS_FILE_TMPDIR"
	ok login
}

jwt()	# [OPTION...]
{
	sf org login jwt --client-id "$CLIENT_ID" --jwt-key-file "$JWT_KEY" \
	    --username "$USERNAME" --instance-url "$SF_URL" "$@"
}

@test "login with an access token, on plain http and a port of its own" {
	forget
	ok login
	want ".result.username == \"$USERNAME\" and .result.isDevHub == false"
	want '.warnings | any(startswith("Using insecure protocol: http:"))'
	# the user is asked for; that there are no scratch orgs is learned
	# from the error of a query
	run requests
	assert_line '200 GET /services/oauth2/userinfo'
	assert_line --regexp '^200 GET /services/data/v[0-9]+\.0/sobjects/User/005'
	assert_line --regexp '^400 GET /services/data/v[0-9]+\.0/query$'
}

@test "sf puts two slashes before services: its instance URL ends with one" {
	forget
	ok sf org display --target-org box
	run requests
	assert_line --regexp '^200 GET //services/data/v'
}

@test "a dead access token is refused at login" {
	own_home "$WORK/home"
	SF_ACCESS_TOKEN=${TOKEN%?????}aaaaa fails sf org login access-token \
	    --no-prompt --instance-url "$SF_URL" --alias dead
	want '.name == "AuthInvalidAccessToken" or (.message | test("INVALID|expired|Bad_OAuth_Token|invalid"; "i"))'
}

@test "login jwt: the audience may be the org's own URL" {
	own_home "$WORK/home"
	forget
	SF_AUDIENCE_URL=$SF_URL ok jwt --alias jwtbox
	want ".result.username == \"$USERNAME\" and .result.instanceUrl == \"$SF_URL\""
	run requests
	assert_line '200 POST /services/oauth2/token'
	refute_line '400 POST /services/oauth2/token'
}

@test "login jwt: without SF_AUDIENCE_URL sf tries two audiences" {
	own_home "$WORK/home"
	forget
	ok jwt --alias jwtbox2
	want '.status == 0'
	requests >log
	run grep -c 'POST /services/oauth2/token' log
	[ "$output" -eq 2 ]
}

@test "login jwt with a key that is not the org's is refused" {
	own_home "$WORK/home"
	openssl genrsa -out other.pem 2048 2>/dev/null
	SF_AUDIENCE_URL=$SF_URL fails sf org login jwt \
	    --client-id "$CLIENT_ID" --jwt-key-file other.pem \
	    --username "$USERNAME" --instance-url "$SF_URL"
	want '.message | test("invalid assertion")'
}

@test "login jwt of a user who is not approved is refused" {
	own_home "$WORK/home"
	SF_AUDIENCE_URL=$SF_URL fails sf org login jwt \
	    --client-id "$CLIENT_ID" --jwt-key-file "$JWT_KEY" \
	    --username nobody@millrace.test --instance-url "$SF_URL"
	want '.message | test("user hasn.t approved this consumer")'
}

@test "a login that is refused makes sf forget the one it had" {
	own_home "$WORK/home"
	ok login
	openssl genrsa -out other.pem 2048 2>/dev/null
	SF_AUDIENCE_URL=$SF_URL fails sf org login jwt \
	    --client-id "$CLIENT_ID" --jwt-key-file other.pem \
	    --username "$USERNAME" --instance-url "$SF_URL"
	fails sf org display --target-org box
	want '.name == "NamedOrgNotFoundError"'
}

@test "org display says that it is connected" {
	ok sf org display --target-org box
	want ".result.connectedStatus == \"Connected\" and .result.username == \"$USERNAME\""
	want '.result.id | test("^00D")'
}

@test "org list has the org with what Organization tells of it" {
	ok sf org list
	want '.result.nonScratchOrgs[0].connectedStatus == "Connected"'
	want '.result.nonScratchOrgs[0].name | type == "string"'
}

@test "limits api display and org list limits count calls" {
	ok sf limits api display
	want '.result | map(select(.name == "DailyApiRequests"))[0] | .max == 5000 and .remaining < 5000 and .remaining > 0'
	jq '.result | map(select(.name == "DailyApiRequests"))[0].remaining' out.json >first
	ok sf org list limits
	want ".result | map(select(.name == \"DailyApiRequests\"))[0].remaining == $(cat first) - 1"
}

@test "org list sobject record-counts" {
	ok sf org list sobject record-counts --sobject User --sobject RecordType
	want ".result | map(select(.name == \"RecordType\"))[0].count == $(state RecordType | wc -l)"
}

@test "sobject list: standard objects" {
	ok sf sobject list --sobject standard
	want '.result | contains(["Account", "Contact", "Order", "OrderItem", "PricebookEntry", "User"])'
}

@test "sobject describe: custom fields with their keys" {
	ok sf sobject describe --sobject Account
	want '.result.fields | map(select(.name == "Magento_Id__c"))[0] | .externalId and .custom and .idLookup'
	want '.result.name == "Account" and .result.keyPrefix == "001"'
	want '.result.childRelationships | map(.relationshipName) | contains(["Contacts", "Orders"])'
}

@test "sobject describe of what is not there" {
	fails sf sobject describe --sobject Nothing__c
	want '.name == "NOT_FOUND" and .message == "The requested resource does not exist"'
}

@test "api request rest, of another version than the newest" {
	ok sf api request rest /services/data/v58.0/limits/recordCount?sObjects=User
	want '.result.statusCode == 200 and .result.body == {"sObjects": [{"count": 2, "name": "User"}]}'
	want '.result.headers["sforce-limit-info"] | test("^api-usage=[0-9]+/5000$")'
}
