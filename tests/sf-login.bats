#!/usr/bin/env bats
# OAuth of the pretend Salesforce org: every flow, and how it refuses.
# shellcheck disable=SC2030,SC2031,SC2034

load helpers
load sf-api

# oauth ENDPOINT CURL-OPTION...: the answer, its code in CODE
oauth()
{
	local what=$1
	shift
	CODE=$(curl -s -o answer -w '%{http_code}' "$SF_URL/services/oauth2/$what" "$@")
	cat answer
}

# token MEMBER=VALUE...: of the token endpoint, with the client's id and secret
token()
{
	local args=()
	for a in "$@"; do args+=(--data-urlencode "$a"); done
	oauth token -d "client_id=$(credential sf client_id)" \
	    -d "client_secret=$(credential sf client_secret)" "${args[@]}"
}

# refused ERROR DESCRIPTION: an object, not the array of the REST API
refused()
{
	assert_equal "$CODE $(jq -c '[.error,.error_description]' answer)" "400 [\"$1\",\"$2\"]"
}

@test "client credentials give a token without expires_in" {
	curl -s "$SF_URL/services/oauth2/token" -d grant_type=client_credentials \
	    -d "client_id=$(credential sf client_id)" \
	    -d "client_secret=$(credential sf client_secret)" >token
	TOKEN=$(jq -r .access_token token)
	[[ $TOKEN = 00D*!* ]]
	jq -e 'has("expires_in")|not' token
	jq -e '.token_type=="Bearer" and (.issued_at|type=="string")' token
	api GET /limits
	assert_equal "$CODE" 200
	curl -s "$SF_URL/services/oauth2/token" -d grant_type=client_credentials \
	    -d "client_id=$(credential sf client_id)" -d client_secret=no >token
	assert_equal "$(jq -r .error token)" invalid_client
}

b64url()
{
	openssl base64 -A | tr '+/' '-_' | tr -d =
}

# jwt AUD EXP [ALG]: the answer of the token endpoint
jwt()
{
	local text
	text=$(printf '{"alg":"%s"}' "${3:-RS256}" | b64url).$(
	    printf '{"iss":"%s","sub":"%s","aud":"%s","exp":%s}' \
	    "$(credential sf client_id)" "${SUB:-$(credential sf username)}" \
	    "$1" "$2" | b64url)
	text=$text.$(printf %s "$text" | openssl dgst -sha256 \
	    -sign "$(credential sf jwt_key_file)" | b64url)
	curl -s "$SF_URL/services/oauth2/token" --data-urlencode \
	    grant_type=urn:ietf:params:oauth:grant-type:jwt-bearer \
	    --data-urlencode "assertion=$text${TAMPER:-}"
}

@test "JWT bearer: signature, alg, audience, subject and expiry are checked" {
	far=$(($(date +%s) + 300))
	jwt https://login.salesforce.com $far | jq -e .access_token
	jwt "$SF_URL" $far | jq -e .access_token
	jwt https://login.salesforce.com ${far}000 | jq -e .access_token
	jwt https://evil.example $far |
	    jq -e '.error_description=="Audience validation failed"'
	jwt https://login.salesforce.com 1000 | jq -e '.error=="invalid_grant"'
	jwt https://login.salesforce.com $far none |
	    jq -e '.error_description=="invalid assertion"'
	SUB=who@else jwt https://login.salesforce.com $far |
	    jq -e '.error_description|test("approved")'
	TAMPER=AAAA jwt https://login.salesforce.com $far |
	    jq -e '.error_description=="invalid assertion"'
}

@test "revoke, introspect, userinfo" {
	curl -s -H "Authorization: Bearer $TOKEN" \
	    "$SF_URL/services/oauth2/userinfo" |
	    jq -e '(.organization_id|startswith("00D")) and .preferred_username and .urls.rest and .sub'
	curl -s "$SF_URL/services/oauth2/introspect" -d "token=$TOKEN" \
	    -u "$(credential sf client_id):$(credential sf client_secret)" |
	    jq -e .active
	curl -s "$SF_URL/services/oauth2/revoke" --data-urlencode "token=$TOKEN"
	api GET /limits
	error_is 401 INVALID_SESSION_ID
}

@test "refresh: a new access token, never a new refresh token" {
	refresh=$(credential sf refresh_token)
	[[ $refresh = 5Aep861* ]]
	token grant_type=refresh_token "refresh_token=$refresh" >new
	jq -e 'has("refresh_token")|not' new
	jq -e '.token_type=="Bearer" and (.scope|test("refresh_token"))' new
	TOKEN=$(jq -r .access_token new)
	api GET /limits >/dev/null
	assert_equal "$CODE" 200
	TOKEN=$refresh
	api GET /limits >/dev/null
	error_is 401 INVALID_SESSION_ID
	token grant_type=refresh_token refresh_token=5Aep861no >/dev/null
	refused invalid_grant 'expired access/refresh token'
	oauth token -d grant_type=refresh_token -d client_id=no -d client_secret=no >/dev/null
	refused invalid_client_id 'client identifier invalid'
}

@test "an expired session leaves the refresh token alive" {
	faults sf '{"path":"/limits","times":1,"expire_token":true}'
	api GET /limits >/dev/null
	error_is 401 INVALID_SESSION_ID
	token grant_type=refresh_token "refresh_token=$(credential sf refresh_token)" >new
	TOKEN=$(jq -r .access_token new)
	api GET /limits >/dev/null
	assert_equal "$CODE" 200
}

@test "revoking a refresh token revokes what it got, by GET as well" {
	refresh=$(credential sf refresh_token)
	token grant_type=refresh_token "refresh_token=$refresh" >new
	OLD=$TOKEN
	TOKEN=$(jq -r .access_token new)
	oauth "revoke?token=$refresh"
	assert_equal "$CODE" 200
	api GET /limits >/dev/null
	error_is 401 INVALID_SESSION_ID
	TOKEN=$OLD
	api GET /limits >/dev/null
	assert_equal "$CODE" 200
	token grant_type=refresh_token "refresh_token=$refresh" >/dev/null
	refused invalid_grant 'expired access/refresh token'
	oauth revoke -d token=no >/dev/null
	refused unsupported_token_type 'this token type is not supported'
}

@test "passwords are blocked, other flows unknown" {
	token grant_type=password "username=$(credential sf username)" password=x >/dev/null
	refused invalid_grant 'authentication failure'
	token grant_type=device >/dev/null
	refused unsupported_grant_type 'grant type not supported'
	oauth token -X POST >/dev/null
	refused unsupported_grant_type 'grant type not supported'
}

@test "the signature is the client's to check" {
	token grant_type=client_credentials >t
	want=$(printf %s "$(jq -r '.id+.issued_at' t)" | openssl dgst -sha256 \
	    -hmac "$(credential sf client_secret)" -binary | base64)
	assert_equal "$(jq -r .signature t)" "$want"
}

@test "introspection: of both kinds, and of dead ones" {
	who=(-u "$(credential sf client_id):$(credential sf client_secret)")
	oauth introspect "${who[@]}" --data-urlencode "token=$TOKEN" | jq -e '.active and .token_type=="access_token" and .exp>.iat'
	oauth introspect "${who[@]}" --data-urlencode "token=$(credential sf refresh_token)" | jq -e '.active and .token_type=="refresh_token"'
	assert_equal "$(oauth introspect "${who[@]}" -d token=no)" '{"active":false}'
	oauth introspect -d "token=$TOKEN" >/dev/null
	refused invalid_client_id 'client identifier invalid'
}

@test "identity: of the token's own org and user; refusals are a word" {
	url=$(token grant_type=client_credentials | jq -r .id)
	id() { CODE=$(curl -s -o answer -w '%{http_code}' "$@"); }
	id -H "Authorization: Bearer $TOKEN" "$url"
	jq -e --arg u "$url" '.id==$u and .username and .user_id and .organization_id and
	    (.urls.query|endswith("/services/data/v{version}/query/"))' answer
	id "$url"
	assert_equal "$CODE $(cat answer)" '403 Missing_OAuth_Token'
	id -H 'Authorization: Bearer no' "$url"
	assert_equal "$CODE $(cat answer)" '403 Bad_OAuth_Token'
	id -H "Authorization: Bearer $TOKEN" "${url%/*}/005000000000099AAA"
	assert_equal "$CODE $(cat answer)" '404 Bad_Id'
	id -H "Authorization: Bearer $TOKEN" "$SF_URL/id/00D000000000099/x"
	assert_equal "$CODE $(cat answer)" '403 Wrong_Org'
}
