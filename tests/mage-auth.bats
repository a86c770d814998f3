#!/usr/bin/env bats
# Who is let in to the pretend Magento shop: points 5 and 6 of what bites,
# and admins.
load helpers
load mage-api

signed()	# METHOD PATH [WORD=VALUE]...: status and message of a signed request
{
	local method=$1 path=$2 h
	shift 2
	h=$("$REPO/tests/mage-sign" "$MAGE_CREDENTIALS" "$method" "$URL$path" "$@")
	curl -sg --path-as-is -X "$method" -H "Authorization: $h" \
	    -w '\n%{http_code}\n' "$URL$path" | jq -rs '"\(.[1]) \(.[0].message? // "")"'
}

@test "5: 401 says the same for a wrong, an expired token and a missing right" {
	sandbox --set deny=Magento_Sales::actions_view --set token_life=0
	want='{"message":"The consumer isn'\''t authorized to access %resources.","parameters":{"resources":"Magento_Sales::actions_view"}}'
	run answer GET /rest/V1/orders/1
	assert_output "$want"
	TOKEN=$(send POST /rest/V1/integration/admin/token "{\"username\":\"admin\",\"password\":\"$(credential mage admin_password)\"}" | head -n 1 | jq -r .)
	run answer GET /rest/V1/orders/1
	assert_output "$want"
	TOKEN=nonsense
	run ask GET /rest/V1/orders/1 -D -
	assert_line "$want"
	assert_line --regexp '^Set-Cookie: PHPSESSID='
	refute_output --regexp '[Ww][Ww][Ww]-[Aa]uthenticate'
}

@test "6: bearer by release; signatures, right and wrong" {
	sandbox --set release=2.4.8
	[ "$(status_of GET /rest/V1/customers/1)" = 401 ]
	q='/rest/V1/customers/search?searchCriteria[pageSize]=1'
	bad='401 The signature is invalid. Verify and try again.'
	[ "$(signed GET "$q")" = '200 ' ]
	[ "$(signed GET "${q//\[/%5B}")" = '200 ' ]
	[ "$(signed GET "$q" realm=x)" = '200 ' ]
	[ "$(signed GET "${q//\[/%5B}" raw=1)" = "$bad" ]
	[ "$(signed GET "$q" url="https://127.0.0.1:${URL##*:}$q")" = "$bad" ]
	[ "$(signed GET "$q" url="http://localhost:${URL##*:}$q")" = "$bad" ]
	[ "$(signed GET "$q" url="${URL%:*}$q")" = "$bad" ]
	[ "$(signed POST "$q")" != '200 ' ]
	# a + is no space, an = is no part of a value, a bare word is not signed
	name="$q&$SC[field]=firstname&$SC[value]=a"
	[ "$(signed GET "$name%20b")" = '200 ' ]
	[ "$(signed GET "$name+b")" = '200 ' ]
	[ "$(signed GET "$name+b" plus=1)" = "$bad" ]
	[ "$(signed GET "$q&flag&a=b=c")" = '200 ' ]
	[ "$(signed GET "$q&x=1&x=2")" = '200 ' ]
	# from ten on the order counts
	many=$q
	for i in 0 1 2 3 4 5 6 7 8 9 10; do
		many+="&searchCriteria[filter_groups][$i][filters][0][field]=entity_id&searchCriteria[filter_groups][$i][filters][0][value]=1"
	done
	[ "$(signed GET "$many")" = '200 ' ]
	[ "$(signed GET "$many" sort=bytes)" = "$bad" ]
	# an escaped slash in the path fails since 2.4.6
	[ "$(signed GET '/rest/V1/products/24-MB01')" = '200 ' ]
	[ "$(signed GET '/rest/V1/products/WITH%20SPACE%2FSLASH')" = "$bad" ]
}

@test "6: nonces are good once, timestamps not of the future, SHA1 no more" {
	sandbox
	q=/rest/V1/customers/1
	[ "$(signed GET $q nonce=one)" = '200 ' ]
	[ "$(signed GET $q nonce=one)" = '401 The nonce is already being used by the consumer with ID %1' ]
	[ "$(signed GET $q stamp=-90000)" = '200 ' ]
	[ "$(signed GET $q stamp=590)" = '200 ' ]
	[ "$(signed GET $q stamp=660)" = '401 An error occurred validating the nonce' ]
	[ "$(signed GET $q stamp=-99999999999)" = '401 An error occurred validating the nonce' ]
	[ "$(signed GET $q method=HMAC-SHA1)" = '400 Signature method %1 is not supported' ]
	MAGE_CREDENTIALS=$(jq -c '.access_token="x"' <<<"$MAGE_CREDENTIALS")
	[ "$(signed GET $q)" = '401 Specified token does not exist' ]
}

@test "admin tokens: opaque or JWT, good for so long, locked after six" {
	login()	# PASSWORD
	{
		send POST /rest/V1/integration/admin/token "{\"username\":\"admin\",\"password\":\"$1\"}"
	}
	sandbox --set release=2.4.3
	password=$(credential mage admin_password)
	TOKEN=$(login "$password" | head -n 1 | jq -r .)
	[[ $TOKEN =~ ^[0-9a-z]{32}$ ]]
	[ "$(status_of GET /rest/V1/customers/1)" = 200 ]
	TOKEN=${TOKEN%?}z
	[ "$(status_of GET /rest/V1/customers/1)" = 401 ]
	stop mage
	sandbox --set release=2.4.6
	first=$(login "$password" | head -n 1 | jq -r .)
	TOKEN=$(login "$password" | head -n 1 | jq -r .)
	[[ $TOKEN == *.*.* ]]
	[ "$TOKEN" != "$first" ]
	[ "$(status_of GET /rest/V1/customers/1)" = 200 ]
	TOKEN=$first	# a new one does not end the old one
	[ "$(status_of GET /rest/V1/customers/1)" = 200 ]
	for i in 1 2 3 4 5 6; do login no; done | grep -c 'sign-in was incorrect' |
	    grep -qx 6
	login "$password" | grep -q 'sign-in was incorrect'
}

@test "two factors: a right password gets other words than a wrong one" {
	sandbox --set two_factor=on
	run send POST /rest/V1/integration/admin/token "{\"username\":\"admin\",\"password\":\"$(credential mage admin_password)\"}"
	assert_line '{"message":"Please use the 2fa provider-specific endpoints to obtain a token.","parameters":{"active_providers":["google"]}}'
	assert_line 400
	run send POST /rest/V1/integration/admin/token '{"username":"admin","password":"x"}'
	assert_line 401
}

@test "SHA1 signs before 2.4.4, and an escaped slash before 2.4.6" {
	sandbox --set release=2.4.3
	[ "$(signed GET /rest/V1/customers/1 method=HMAC-SHA1)" = '200 ' ]
	[ "$(signed GET /rest/V1/products/WITH%20SPACE%2FSLASH)" = '200 ' ]
}

@test "headers and paths that end too soon hurt nothing" {
	sandbox
	for h in 'OAuth' 'OAuth ' 'OAuth oauth_nonce="' 'Bearer ' 'Bearer a.b.c' \
	    "Bearer $(printf '%032d' 0)" "Bearer $(printf '%0900d' 0)" \
	    "$("$REPO/tests/mage-sign" "$MAGE_CREDENTIALS" GET "$URL/x")"; do
		for p in '/rest/V1/products/a%' '/rest/V1/products/%2' \
		    '/rest/V1/orders?%=%&=&a=%2&searchCriteria[pageSize]=1'; do
			curl -sg --path-as-is -o /dev/null -w '%{http_code}\n' \
			    -H "Authorization: $h" "$URL$p"
		done
	done | sort -u >got
	run cat got
	assert_output $'400\n401'
	[ "$(signed GET /rest/V1/customers/1)" = '200 ' ]
}
