# shellcheck shell=bash disable=SC2154  # bats sets
# What the tests of sf-match and sf-diff share, beside helpers.

# The Salesforce sandbox, the settings for it, an empty ledger.
prepare_sf()
{
	start_sf || return 1
	credential sf client_secret >sf.secret
	cat >m.conf <<END
[magento]
url = http://shop.test/
[salesforce]
url = $SF_URL
client_id = $(credential sf client_id)
client_secret_file = sf.secret
[ledger]
path = ledger.sqlite
END
	export MILLRACE_CONF=$WORK/m.conf
}

call()
{
	curl -sf -H "Authorization: Bearer $(credential sf token)" \
		-H 'Content-Type: application/json' -X "$1" ${3:+-d "$3"} \
		"$SF_URL/services/data/v62.0/$2"
}

# make OBJECT JSON: the new record's id
make_record()
{
	call POST "sobjects/$1" "$2" | jq -r .id
}

# payload OBJECT MAP SOURCE KEY [MORE]: MORE begins with a comma
payload()
{
	local more=${5:-}
	[ -n "$more" ] || more=',"fields":{"Name":"x"}'
	printf '{"object":"%s","map":"%s","phase":10,"source":"%s","key":"%s","extid":"Magento_Id__c","rev":"1"%s}\n' \
		"$1" "$2" "$3" "$4" "$more"
}

# Key, verdict or id, reason of each line.
fates()
{
	jq -r '[.key, .verdict // .id // "new", .reason // empty] | join(" ")'
}

queries()
{
	curl -sf "$SF_URL/sandbox/log" | jq -r 'select(.path | test("/query")) | .query // .path'
}
