# shellcheck shell=bash disable=SC2154  # bats sets
# What the tests of sf-query and sf-load share, beside helpers.

# Only the Salesforce half of write_conf, and Bulk alone unless FEW says below
# how many rows not.  write_sf_conf [SETTING...]
write_sf_conf()
{
	credential sf client_secret >"$WORK/sf.secret"
	cat >"$WORK/millrace.conf" <<END
[magento]
url = http://127.0.0.1:1/
[ledger]
path = ledger.sqlite
[salesforce]
url = $SF_URL
client_id = $(credential sf client_id)
client_secret_file = sf.secret
poll = 1
timeout = 20
collections_below = ${FEW:-0}
END
	printf '%s\n' "$@" >>"$WORK/millrace.conf"
	export MILLRACE_CONF=$WORK/millrace.conf
}

# faults LINES: from now on
faults()
{
	curl -sf --data-binary "$1" "$SF_URL/sandbox/faults"
}

# The requests so far: "METHOD PATH" a line.
requests()
{
	curl -sf "$SF_URL/sandbox/log" | jq -r '"\(.method) \(.path)"'
}

# payload OBJECT MAP PHASE SOURCE KEY REST: REST is further members, with a
# comma in front
payload()
{
	printf '{"object":"%s","map":"%s","phase":%d,"source":"%s","key":"%s","extid":"Magento_Id__c"%s}\n' "$@"
}

# customers FROM TO [NAME]: an account and a contact each
customers()
{
	local i
	for ((i = $1; i <= $2; i++)); do
		payload Account account 10 "customers/$i" "$i" \
			",\"fields\":{\"Name\":\"${3:-Shop} $i\"}"
		payload Contact contact 20 "customers/$i" "$i" \
			",\"parent\":\"Account/$i\",\"fields\":{\"Account.Magento_Id__c\":\"$i\",\"Email\":\"c$i@example.com\",\"LastName\":\"${3:-Shop} $i\"}"
	done
}

# catalogue: two products with standard prices, made once
catalogue()
{
	local i
	for i in 1 2; do
		payload Product2 product 10 "products/$i" "$i" \
			",\"fields\":{\"IsActive\":true,\"Name\":\"P$i\"}"
		payload PricebookEntry price 20 "products/$i" "$i" \
			",\"parent\":\"Product2/$i\",\"insert\":{\"Pricebook2Id\":\"$(book)\",\"Product2.Magento_Id__c\":\"$i\"},\"fields\":{\"IsActive\":true,\"UnitPrice\":10.50}"
	done | sf-load >/dev/null
}

book()
{
	sf-query 'SELECT Id FROM Pricebook2 WHERE IsStandard = true' | jq -r .Id
}

# order N QUANTITY [ID]: the four payloads of an order with two lines
order()
{
	local id=${3:+,\"id\":\"$3\"} with='"order","order-item"'
	[ -z "$id" ] || payload Order order-draft 10 "orders/$1" "$1" \
		",\"with\":[$with,\"order-activate\"],\"only\":\"update\"$id,\"fields\":{\"Status\":\"Draft\"}"
	payload Order order 20 "orders/$1" "$1" \
		"$id,\"insert\":{\"Account.Magento_Id__c\":\"1\",\"Pricebook2Id\":\"$BOOK\",\"Status\":\"Draft\"},\"fields\":{\"EffectiveDate\":\"2026-11-20\"}"
	for i in 1 2; do
		payload OrderItem order-item 30 "orders/$1" "$1-$i" \
			",\"parent\":\"Order/$1\"$(item_id "$1-$i"),\"insert\":{\"Order.Magento_Id__c\":\"$1\",\"PricebookEntry.Magento_Id__c\":\"$i\"},\"fields\":{\"Quantity\":$2,\"UnitPrice\":9.99}"
	done
	payload Order order-activate 40 "orders/$1" "$1" \
		",\"with\":[$with]$id,\"fields\":{\"Status\":\"Activated\"}"
}

item_id()
{
	[ -z "${ITEMS:-}" ] ||
		jq -r --arg k "$1" 'select(.Magento_Id__c==$k)|",\"id\":\"\(.Id)\""' "$ITEMS"
}

# All that the loads of the tests write, without ids.
org()
{
	sf-query 'SELECT Magento_Id__c, Name FROM Account'
	sf-query 'SELECT Magento_Id__c, LastName, Email, Account.Magento_Id__c FROM Contact'
	sf-query 'SELECT Magento_Id__c, Status, Account.Magento_Id__c FROM Order'
	sf-query 'SELECT Magento_Id__c, Quantity, UnitPrice, Order.Magento_Id__c FROM OrderItem'
}

org_sorted()
{
	org | sort
}

verdicts()
{
	jq -r '[.verdict,.reason,.object,.key]|map(.//"-")|join(" ")' "$@"
}
