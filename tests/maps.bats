#!/usr/bin/env bats
# The shipped maps on a real store's records: what Salesforce will be told.
load helpers

MAPS=$REPO/pipelines/mappings
E=$REPO/fixtures/magento/entities
FIELDS=$REPO/pipelines/setup/salesforce/force-app/main/default
CUSTOMERS=(account contact)
PRODUCTS=(product price-standard price)
ORDERS=(guest-account guest-contact buyer-account buyer-contact
	placeholder-product placeholder-price-standard placeholder-price
	fee-product fee-price-standard fee-price order-draft order
	order-item order-fee order-note order-activate invoice invoice-item
	shipment shipment-item track creditmemo creditmemo-item)
OPPORTUNITIES=(opportunity-draft opportunity opportunity-line opportunity-fee
	opportunity-role opportunity-stage)
LEADS=(lead lead-subscriber)
RULES=(campaign campaign-response)
SITES=(newsletter newsletter-status)
CARTS=(cart-account cart-contact cart-product cart-price-standard
	cart-price cart-draft cart cart-line
	cart-role cart-stage)

prepare()
{
	: >millrace.conf
	ln -s "$REPO/fixtures/magento/reference.ndjson" ref.ndjson
	ln -s "$MAPS" mappings
}

files()
{
	printf 'mappings/%s.map\n' "$@"
}

# [-s section.name=value]... NAME...: those maps on stdin
through()
{
	local set=() name=() m
	while [ $# -gt 0 ]; do
		case $1 in
		-s) set+=(--set "$2"); shift 2 ;;
		*) name+=("$MAPS/$1.map"); shift ;;
		esac
	done
	rec-map --ref ref.ndjson "${set[@]}" "${name[@]}"
}

orders() { through "$@" <"$E/orders.ndjson"; }

@test "the reference lines are what mage-extract gives for the store" {
	start_mage
	credential mage token >token
	printf '[magento]\nurl = %s\ntoken_file = token\n' "$MAGE_URL" >millrace.conf
	mage-extract reference | cmp - ref.ndjson
}

@test "every shipped map is sound" {
	rec-map --check $(files "${CUSTOMERS[@]}")
	rec-map --check $(files "${PRODUCTS[@]}")
	rec-map --check $(files "${ORDERS[@]}")
	rec-map --check $(files "${OPPORTUNITIES[@]}")
	rec-map --check $(files "${CARTS[@]}" cart-lead)
	rec-map --check $(files "${CUSTOMERS[@]}" subscriber "${LEADS[@]}")
	rec-map --check $(files "${RULES[@]}")
	rec-map --check $(files "${SITES[@]}")
	rec-map --check $(files guest-lead campaign-member)
}

# The orders with their documents, as mage-extract --with gives them.
with_documents()
{
	jq -c --slurpfile i "$E/invoices.ndjson" --slurpfile s "$E/shipments.ndjson" \
	    --slurpfile c "$E/creditmemos.ndjson" '.entity_id as $id
	    | def mine: map(select(.order_id == $id));
	    .children = {invoices: ($i | mine), shipments: ($s | mine),
		creditmemos: ($c | mine)}' "$E/orders.ndjson"
}

# same ENTITY NAME...: rec-map and jq make the same payloads of it
same()
{
	local records=$E/$1.ndjson
	if [ "$1" = orders ]; then
		records=orders.ndjson
		with_documents >$records
	elif [ "$1" = carts ]; then	# to jq, .[] of null is an error
		records=carts.ndjson
		jq -c '.items //= []' "$E/carts.ndjson" >$records
	fi
	shift
	{ cat "$REPO/tests/bench/prelude.jq"; "$REPO/tests/bench/map2jq" $(files "$@"); } >p.jq
	jq -nc --argjson set "$(millrace-config show --json)" \
	    --slurpfile ref ref.ndjson -f p.jq "$records" >by-jq
	through "$@" <"$records" >by-us
	grep -q '"fields":' by-us
	for f in by-jq by-us; do
		jq -cS 'select(has("verdict") | not) | del(.rev, .children) |
		    if .own then .own |= sort else . end |
		    # jq since 1.7 keeps the text of a number that nothing touched
		    .fields[] |= (if . == "" then null elif type == "number"
			then . + 0 else . end)' $f >$f.payloads
	done
	diff by-jq.payloads by-us.payloads
	# of what a gate keeps back we tell less than each payload
	for f in by-jq by-us; do
		jq -r 'select(.verdict) | [.map, .source, .verdict, .reason] | @tsv' $f | sort -u >$f.verdicts
	done
	run comm -13 by-jq.verdicts by-us.verdicts
	assert_output ""
}

@test "jq makes the same payloads of the customers" { same customers "${CUSTOMERS[@]}"; }
@test "jq makes the same payloads of the products" { same products "${PRODUCTS[@]}"; }
@test "jq makes the same payloads of the orders" { same orders "${ORDERS[@]}"; }
@test "jq makes the same payloads of the opportunities" { same orders "${OPPORTUNITIES[@]}"; }
@test "jq makes the same payloads of the carts" { same carts "${CARTS[@]}"; }

@test "jq makes the same payloads of the orders with other settings" {
	cat >millrace.conf <<-EOF
	[magento]
	prefix = de-
	[guests]
	account = GUESTS
	[prices]
	pricebook = Shop
	multi_currency = yes
	[orders]
	currency = base
	create_order = paid
	zero_grand_total = skip
	update_order_info = no
	sync_all_orders = no
	statuses = complete, processing, pending
	EOF
	same orders "${ORDERS[@]}"
	cat >>millrace.conf <<-EOF
	create_opportunity = every
	[opportunities]
	convert = yes
	invoice_date_as_close_date = yes
	contact_roles = yes
	record_type = Shop
	[carts]
	record_type = Cart
	EOF
	same orders "${OPPORTUNITIES[@]}"
	same carts "${CARTS[@]}"
}

@test "every custom field that a map fills is deployed, with permission" {
	local m object f
	for m in "$MAPS"/*.map; do
		object=$(awk '$1 == "object" { print $2 }' "$m")
		for f in $(sed -nE 's/^(key +)?([A-Za-z_]+__)[cr][ .].*/\2c/p' "$m"); do
			[ -e "$FIELDS/objects/$object/fields/$f.field-meta.xml" ] ||
				{ echo "$m: $object.$f is not in $FIELDS"; return 1; }
		done
	done
	# a detail's way to its master is granted with the object
	grep -rL '<type>MasterDetail' "$FIELDS/objects" --include='*.field-meta.xml' |
	    sed -E 's,.*/objects/(.*)/fields/(.*)\.field-meta\.xml,\1.\2,' | sort >have
	sed -n 's,.*<field>\(.*\)</field>.*,\1,p' "$FIELDS"/permissionsets/*.xml |
	    grep '__c$' | sort >may
	diff have may
}

@test "order-gates.inc has the gates of order.map word for word, campaign-member.map too" {
	# but for the opportunities that have no order, and for whom a guest is
	gates() { sed -nE 's/ and \$orders.create_opportunity == "no"//
	    /^(skip|wait) /p' "$1" | grep -v '^skip    guest '; }
	gates "$MAPS/order.map" >want
	[ "$(wc -l <want)" -eq 6 ]
	gates "$MAPS/order-gates.inc" | diff want -
	gates "$MAPS/campaign-member.map" | diff want -
}

@test "an order or a cart that stays out brings nothing that it alone needs" {
	local gate m
	for gate in create_order=no zero_grand_total=skip sync_all_orders=no; do
		# all cost nothing, none has a status of the list
		jq -c '.grand_total = 0 | .status = "odd"' "$E/orders.ndjson" |
		    through -s orders.$gate -s customers.groups=0,1,4 -s orders.fees=price \
			-s prices.pricebook=Shop "${ORDERS[@]}" >out
		run grep -v '"verdict":"skipped"' out
		assert_output ""
	done
	# no SKU is in the catalogue: each has a product of its own
	jq -c '.children = {products: [.items[]? | {sku}]}' "$E/carts.ndjson" >carts
	for m in account contact product price-standard price; do
		through -s prices.pricebook=Shop cart-$m <carts | grep -q '"key":'
		jq -c '.is_active = false' carts |
		    through -s prices.pricebook=Shop cart-$m >out
		run grep -v '"verdict":"skipped"' out
		assert_output ""
	done
}

@test "55 of 76 orders are guests': an account and a contact each" {
	orders "${ORDERS[@]}" >out
	[ "$(grep -c '"map":"guest-account"' out)" -eq 55 ]
	[ "$(grep -c '"map":"guest-contact"' out)" -eq 55 ]
	[ "$(grep -c '"map":"order",' out)" -eq 76 ]
	# every order names an account that this run or the customers make
	through account <"$E/customers.ndjson" | cat - out |
	    jq -r 'select(.object == "Account") | .key' | sort -u >accounts
	jq -r 'select(.map == "order") | .insert["Account.Magento_Id__c"]' out |
	    sort -u >wanted
	run comm -13 accounts wanted
	assert_output ""
}

@test "an order whose customer was deleted is a guest's" {
	jq -c 'select(.entity_id == 16)' "$E/orders.ndjson" >one
	run jq -c '[.customer_id, .customer_is_guest]' one
	assert_output '[null,0]'
	through guest-account order <one | jq -c '[.map, .key, .insert["Account.Magento_Id__c"]]' >got
	diff got - <<-'EOF'
	["guest-account","guest:todelete@example.com",null]
	["order","16","guest:todelete@example.com"]
	EOF
}

@test "the e-mail of a guest is one key however it is written" {
	jq -c 'select(.entity_id == 10) | del(.customer_id)' "$E/orders.ndjson" |
	    through guest-contact | jq -r .key,.fields.Email >got
	diff got - <<-'EOF'
	guest:upper.case+tag@example.com
	upper.case+tag@example.com
	EOF
}

@test "two customers of two websites with one e-mail stay two" {
	head -n 2 "$E/customers.ndjson" | through "${CUSTOMERS[@]}" |
	    jq -c 'select(.object == "Contact") | [.key, .insert["Account.Magento_Id__c"], .match]' >got
	diff got - <<-'EOF'
	["1","1",[{"Email":"roni_cost@example.com","Magento_Website__c":"base"},{"Email":"roni_cost@example.com"}]]
	["2","2",[{"Email":"roni_cost@example.com","Magento_Website__c":"eu"},{"Email":"roni_cost@example.com"}]]
	EOF
}

@test "a company goes by its name, a person by both" {
	head -n 2 "$E/customers.ndjson" | through account |
	    jq -r '.fields.Name, (.match | length)' >got
	printf '%s\n' 'ACME, Inc.' 3 'Veronica EU' 2 | diff got -
}

@test "a customer without an address says nothing about one" {
	sed -n 3p "$E/customers.ndjson" | through account |
	    jq -c '.fields | keys' >got
	diff got - <<<'["Magento_Group__c","Magento_Tax_Number__c","Magento_Website__c","Name"]'
}

@test "totals that binary arithmetic gets wrong are right" {
	# what jq's own sum makes of them
	run jq -n '[inputs | select(.subtotal + .discount_amount + .shipping_amount + .tax_amount != .grand_total)] | length' "$E/orders.ndjson"
	[ "$output" -gt 20 ]
	orders order >out
	[ "$(grep -c total-mismatch out)" -eq 0 ]
	[ "$(wc -l <out)" -eq 76 ]
}

@test "an order that does not add up is held, or sent where that is set" {
	head -n 1 "$E/orders.ndjson" | sed 's/"grand_total":115.11/"grand_total":115.12/' >one
	through order order-item <one | jq -r '[.verdict, .reason] | @csv' >got
	[ "$(sort -u got)" = '"held","total-mismatch"' ]
	through -s orders.total_mismatch=send order <one | grep -q '"Magento_Grand_Total__c":115.12'
}

@test "gift cards and store credit are part of the sum" {
	head -n 1 "$E/orders.ndjson" |
	    sed 's/"grand_total":115.11/"grand_total":85.1/; s/"converting_from_quote":false/&,"gift_cards_amount":20,"customer_balance_amount":10.01/' |
	    through order >out
	grep -q '"Magento_Grand_Total__c":85.1' out
}

@test "the lines of an order come to its grand total, with the shipping" {
	orders order order-item >out
	jq -rn '[inputs | select(.map == "order-item")] | group_by(.parent) |
	    map({key: .[0].parent, value: (map(.fields.Magento_Total__c | tonumber) | add)}) | from_entries' out >lines
	# order 72 has a discount on the shipping as well
	run jq -rn --slurpfile l lines '[inputs | select(.entity_id != 72) |
	    select((.grand_total - .shipping_amount - $l[0]["Order/\(.entity_id)"]) | fabs > 0.004) | .entity_id]' "$E/orders.ndjson"
	assert_output '[]'
}

@test "what is in no product list is a product all the same" {
	jq -r .id "$E/products.ndjson" | sort >catalogue
	orders placeholder-product | jq -r .key | sort -u >sold
	run comm -13 catalogue sold
	assert_output $'19\nsku:NEWSKU'
	# and each line finds its entry among those made for the orders
	orders placeholder-price-standard | jq -r .key | sort -u >entries
	orders order order-item | jq -r '.insert["PricebookEntry.Magento_Id__c"] // empty' | sort -u >lines
	diff entries lines
}

@test "a product sold twice on an order is told once" {
	jq -c 'select(.entity_id == 1) | .items[1].product_id = 1' "$E/orders.ndjson" >one
	[ "$(through order order-item <one | grep -c '"OrderItem"')" -eq 2 ]
	[ "$(through placeholder-product <one | jq -r .key)" = 1 ]
	[ "$(through placeholder-price-standard <one | jq -r .key)" = 1:standard ]
}

@test "a configurable product is one line: the variant, at the parent's price" {
	jq -c 'select(.entity_id == 3)' "$E/orders.ndjson" | through order order-item |
	    jq -c 'select(.object == "OrderItem") | [.key, .insert["PricebookEntry.Magento_Id__c"], .fields.Quantity, .fields.UnitPrice, .fields.Magento_Sku__c]' >got
	diff got - <<<'["4","12:standard",3,27,"WS-Red-M"]'
}

@test "a bundle is one line, with the discount that its parts have" {
	jq -c 'select(.entity_id == 9)' "$E/orders.ndjson" | through order order-item |
	    jq -c 'select(.key == "18") | [.insert["PricebookEntry.Magento_Id__c"], .fields.UnitPrice, (.fields.Magento_Discount__c | tonumber)]' >got
	diff got - <<<'["16:standard",39.16,3.92]'
}

@test "half a metre goes, nothing is skipped, an eighth holds the order" {
	for q in 2.5 0 0.125; do
		jq -c --argjson q $q 'select(.entity_id == 14) | .items[0].qty_ordered = $q' "$E/orders.ndjson" |
		    through -s orders.total_mismatch=send order order-item |
		    jq -c 'select(.object == "OrderItem" or .verdict) | [.map, .verdict, .reason, .fields.Quantity]'
	done >got
	diff got - <<-'END'
	["order-item",null,null,2.5]
	["order-item","skipped","zero-quantity",null]
	["order","held","quantity-decimals",null]
	END
}

@test "the day of an order is the store's" {
	# 23:50 in London is the 21st in Chicago and the 22nd in Paris
	orders order | jq -r 'select(.key == "1" or .key == "11") | .fields.EffectiveDate, .fields.Magento_Placed_At__c' >got
	printf '%s\n' 2026-11-21 2026-11-21T23:49:23.000Z 2026-11-22 | diff - <(sed -n 1,3p got)
}

@test "the status of an order follows the table" {
	orders order order-item order-fee order-activate | jq -r 'select(.map == "order-activate") | .fields.Status' |
	    sort | uniq -c | awk '{ print $1, $2 }' >got
	jq -r .status "$E/orders.ndjson" | awk '
	    $1 ~ /^(processing|complete|closed)$/ { a++; next } { d++ }
	    END { print a " Activated"; print d " Draft" }' | diff got -
	jq -c 'select(.entity_id == 76)' "$E/orders.ndjson" >one	# awaiting_sf_sync
	through -s orders.default_status=Open order order-item order-fee order-activate <one |
	    grep -q '"fields":{"Status":"Open"}'
	through -s orders.unmapped_status=hold order <one | grep -q '"reason":"unmapped-status"'
}

@test "settings keep orders out, with a reason" {
	count() { orders "$@" order | jq -r '.reason // empty' | sort | uniq -c | awk '{ print $1, $2 }'; }
	run count -s orders.create_order=no
	assert_output '76 create-order-off'
	run count -s orders.create_order=paid
	# 41 are not invoiced, and one of them costs nothing
	assert_output "$(jq -n '[inputs | select(.total_invoiced == null and .grand_total != 0)] | length' "$E/orders.ndjson") not-paid"
	run count -s orders.zero_grand_total=skip
	assert_output '1 zero-total'
	run count -s orders.sync_all_orders=no -s orders.statuses=complete
	assert_output "$(grep -vc '"status":"complete","store_cur' "$E/orders.ndjson") status"
	run count -s customers.groups=1,4
	assert_output "$(jq -n '[inputs | select(.customer_group_id == 0)] | length' "$E/orders.ndjson") group"
	run count -s guests.guests=no
	assert_output '55 guest'
	run count -s prices.currency=USD
	assert_output '3 foreign-currency'
}

@test "automatic = no holds for nightly runs, not for a resync" {
	run bash -c "$(declare -f through orders); $(declare -p E MAPS); orders -s orders.automatic=no -s run.kind=nightly order | grep -c automatic-off"
	assert_output 76
	run bash -c "$(declare -f through orders); $(declare -p E MAPS); orders -s orders.automatic=no -s run.kind=resync order | grep -c automatic-off"
	assert_output 0
}

@test "one account for all guests" {
	orders -s guests.account=GUESTS guest-account guest-contact order >out
	[ "$(grep -c guest-account out)" -eq 0 ]
	[ "$(jq -r 'select(.map == "guest-contact") | .insert["Account.Magento_Id__c"]' out | sort -u)" = GUESTS ]
	[ "$(grep -c '"Account.Magento_Id__c":"GUESTS"' <(grep '"map":"order"' out))" -eq 55 ]
}

@test "a price book of the shop's own, and several currencies" {
	orders -s prices.pricebook=Shop -s prices.multi_currency=yes "${ORDERS[@]}" >out
	jq -c 'select(.source == "orders/11" and (.object == "PricebookEntry" or .object == "Order" or .object == "OrderItem")) |
	    [.map, .key, .insert["Pricebook2.Name"], .insert.CurrencyIsoCode, .insert["PricebookEntry.Magento_Id__c"]]' out >got
	diff got - <<-'EOF'
	["placeholder-price-standard","2:standard:EUR",null,"EUR",null]
	["placeholder-price","2:Shop:EUR","Shop","EUR",null]
	["order-draft","11",null,null,null]
	["order","11","Shop","EUR",null]
	["order-item","23",null,null,"2:Shop:EUR"]
	["order-activate","11",null,null,null]
	EOF
	through -s prices.pricebook=Shop -s prices.multi_currency=yes "${PRODUCTS[@]}" <"$E/products.ndjson" |
	    jq -r 'select(.source == "products/1") | .key' >got
	printf '%s\n' 1 1:standard:USD 1:Shop:USD | diff got -
}

@test "amounts in the website's currency, where that is set" {
	orders -s orders.currency=base order order-item | jq -c 'select(.source == "orders/71") |
	    [.fields.Magento_Currency__c // empty, .fields.Magento_Grand_Total__c // .fields.UnitPrice]' >got
	jq -c 'select(.entity_id == 71) | ["USD", .base_grand_total], (.items[] | [.base_price])' "$E/orders.ndjson" | diff got -
}

@test "a prefix keeps stores that share an org apart" {
	orders -s magento.prefix=de- "${ORDERS[@]}" >out
	[ -z "$(jq -r .key out | grep -v ^de-)" ]
	[ -z "$(jq -r '.insert // {} | to_entries[] | select(.key | endswith(".Magento_Id__c")) | .value' out | grep -v ^de-)" ]
}

@test "products: no price is no entry, disabled is not active" {
	through "${PRODUCTS[@]}" <"$E/products.ndjson" >out
	[ "$(grep -c '"reason":"no-price"' out)" -eq 1 ]
	[ "$(jq -r 'select(.map == "product" and .fields.IsActive == false) | .fields.ProductCode' out)" = DISABLED ]
	[ "$(grep -c '"map":"price"' out)" -eq 0 ]
}

@test "orders already in Salesforce are left alone, where that is set" {
	orders order | { ! grep -q '"only"'; }
	[ "$(orders -s orders.update_order_info=no order | grep -c '"only":"insert"')" -eq 76 ]
}
