# sf-check - maps and settings against what Salesforce takes
load helpers
load sf

prepare()
{
	start_sf
	write_sf_conf
	maps=$REPO/pipelines/mappings
}

# map NAME LINE...: a map of orders; without `object` it is one of Order
map()
{
	local name=$1
	shift
	{
		echo "from orders"
		echo "phase 5"
		[[ $* == *object* ]] || echo "object Order"
		[[ $* == *"key "* ]] || echo "key Magento_Id__c = .entity_id | text"
		printf '%s\n' "$@"
	} >"$name.map"
}

# What an order must have, so that only what is looked for is found.
whole='Account.Magento_Id__c [insert] = .customer_id | text
EffectiveDate = .created_at | local_date("UTC")
Status [insert] = "Draft"'

@test "the shipped maps have no finding in the shipped schema" {
	run_status 0 sf-check "$maps"/*.map
	assert_output ""
	run_status 0 millrace check
	assert_output ""
}

@test "millrace check: both sides of all maps, a mistake ends it" {
	cp -r "$maps" own
	export MILLRACE_MAPPINGS=$WORK/own
	echo 'Nosuch__c = .payment.po_nmber' >>own/order.map
	run_status 1 millrace check
	assert_line --partial '.payment.po_nmber: no order that we know has it'
	assert_line --partial 'Order.Nosuch__c: no such field'
	run_status 1 millrace check --save org
	run_status 0 millrace check --describe=org own/product.map
	run_status 2 millrace check --describe nowhere own/order.map
	head -c 999 org/Product2.json >half && mv half org/Product2.json
	run_status 3 millrace check --describe org own/product.map
	assert_output --partial "'org/Product2.json' is damaged, save again: "
	sed -i 's/^Nosuch__c .*/PoNumber2 = .payment.po_nmber/; s/^PoNumber .*//; s/PoNumber2/PoNumber/' own/order.map
	run_status 1 millrace check	# a doubt alone
	refute_line --partial 'no such field'
	echo 'X = nosuch()' >>own/order.map
	run_status 2 millrace check
	refute_output --partial sf-check
}

@test "maps of two entities with one key for one object, unless shared" {
	map one "$whole"
	sed 's/^from orders/from invoices/' one.map >two.map
	sed '1a shared' two.map >three.map
	sed 's/= .entity_id | text/= "invoice:" + (.entity_id | text)/' two.map >four.map
	run_status 1 sf-check one.map two.map
	assert_output --partial "two.map:4: map two makes the same keys of invoices for Order as map one of orders: "
	[ "$(wc -l <<<"$output")" -eq 1 ]
	run_status 0 sf-check one.map three.map four.map
	sed 's/^phase 5/phase 6/' one.map >step.map	# of one entity
	run_status 0 sf-check one.map step.map
}

@test "it only reads, and counts its requests" {
	curl -sf "$SF_URL/sandbox/state" | sort >before
	sf-check "$maps"/*.map
	curl -sf "$SF_URL/sandbox/state" | sort | cmp - before
	run requests
	refute_line --regexp '^(PATCH|PUT|DELETE)'
	assert_equal "$(grep -c 'POST' <<<"$output")" 1	# the login
	assert_equal "$(grep -c '/describe$' <<<"$output")" 22
	run led requests
	assert_output --partial describe
}

@test "a field that is not there, by the nearest name" {
	map m "$whole" 'PoNumbr = .payment.po_number'
	run_status 1 sf-check m.map
	assert_line --partial 'm.map:8: Order.PoNumbr: no such field; nearest is PoNumber'
	assert_equal "${#lines[@]}" 1
}

@test "an object that is not there" {
	map m 'object Visit__c' 'Name = .x' 'key Id__c = .x'
	run_status 1 sf-check m.map
	assert_output --regexp "^m.map:3: .*no object 'Visit__c'.*may not see"
}

@test "what Salesforce said once answers as well, and nothing is asked" {
	map m "$whole" 'Nonsense__c = .x'
	run_status 1 sf-check --save kept m.map
	online=$output
	assert_equal "$(stat -c %a kept/Order.json)" 600
	stop sf
	run_status 1 sf-check --describe kept m.map
	assert_output "$online"
	run_status 1 sf-check --describe kept --set prices.pricebook=Shop m.map
	assert_line --partial 'warning: [prices] pricebook: not checked'
	run_status 1 sf-check --describe kept "$maps"/product.map
	assert_output --partial "'kept/Product2.json' is not there"
	printf 'garbage' >kept/Order.json
	run_status 3 sf-check --describe kept m.map
	assert_output --partial kept
}

@test "arguments, configuration, mistakes in maps, a full disk" {
	run_status 2 sf-check
	run_status 2 sf-check --nonsense "$maps"/product.map
	run_status 2 sf-check --save a --describe b "$maps"/product.map
	run_status 2 sf-check -c nothing.conf "$maps"/product.map
	run_status 2 sf-check nothing.map
	map m 'Name = .x | nonsense'
	map n 'from products' 'Name = .x | rubbish'
	run_status 2 sf-check m.map n.map
	assert_output --partial nonsense
	run_status 2 sf-check --extract x "$maps"/product.map "$maps"/account.map
	map m "$whole" 'PoNumbr = .x'
	run_status 3 bash -c 'sf-check m.map >/dev/full'
	run_status 0 sf-check --help
}

# again OPTION...: another org, with settings of the sandbox
again()
{
	stop sf
	rm -f sf.state* ledger.sqlite*
	start_sf "$@"
	write_sf_conf
}

@test "a field that field-level security hides, with what to grant" {
	again --set hide=Order.Magento_Tax__c,Order.PoNumber
	map m "$whole" 'Magento_Tax__c = .tax' 'PoNumber = .po' 'PoNumbr = .po'
	run_status 1 sf-check m.map
	assert_line --index 0 "m.map:8: Order.Magento_Tax__c: field-level security hides it from the integration user; grant Read and Edit on it; permission set 'Millrace' grants it: assign it to the user"
	assert_line --index 1 --partial "m.map:9: Order.PoNumber: field-level security hides it"
	assert_line --index 1 --partial "profile 'System Administrator' grants it"
	assert_line --index 2 --partial 'm.map:10: Order.PoNumbr: no such field'
	assert_equal "${#lines[@]}" 3
	# one question for all of them
	run requests
	assert_equal "$(grep -c /query <<<"$output")" 3
}

@test "hidden or absent: who may not ask does not guess" {
	again --set hide=Order.Magento_Tax__c --set view_setup=off
	map m "$whole" 'Magento_Tax__c = .tax' 'Nonsense__c = .x'
	run_status 1 sf-check m.map
	assert_line --index 0 --partial "m.map:8: Order.Magento_Tax__c: no such field"
	assert_line --index 0 --partial "or field-level security hides it"
	assert_line --index 0 --partial "View Setup and Configuration"
	assert_line --index 1 --partial "m.map:9: Order.Nonsense__c: no such field"
	assert_equal "${#lines[@]}" 2
}

@test "a field that the user may only read" {
	again --set read_only=Order.Magento_Tax__c
	map m "$whole" 'Magento_Tax__c = .tax'
	run_status 1 sf-check m.map
	assert_output "m.map:8: Order.Magento_Tax__c: the integration user may only read it; grant Edit on it (field-level security); permission set 'Millrace' grants it: assign it to the user"
}

@test "objects that the user may not read, create or edit" {
	again --set rights=Product2:ru,Account:rc,Contact:
	for o in Product2 Account; do
		map "$o" "object $o" 'Name = .x'
	done
	map Contact 'object Contact' 'LastName = .x'
	run_status 1 sf-check Product2.map Account.map Contact.map
	assert_line --index 0 'Product2.map:4: Product2: the integration user may not create it; grant that in its permission set (Object Settings)'
	assert_line --index 1 --partial 'Account: the integration user may not edit it'
	assert_line --index 2 --partial "no object 'Contact', or the integration user may not see it"
	again --set rights=OrderItem:cru
	sed '/^prune$/d' "$maps"/order-item.map >order-item.map
	run_status 0 sf-check "$maps"/order.map order-item.map
	run_status 1 sf-check "$maps"/order.map "$maps"/order-item.map
	assert_output --partial 'OrderItem: the integration user may not delete it'
	again --set rights=Product2:ru
	# a map that never creates asks for less
	map Product2 'object Product2' 'only update' 'Name = .x'
	run_status 0 sf-check Product2.map
}

@test "not createable, not updateable, computed" {
	map m "$whole" 'OrderNumber = .n' 'ActivatedDate = .x' 'TotalAmount [update] = .x' 'CreatedDate [insert] = .x'
	run_status 1 sf-check m.map
	assert_line 'm.map:8: Order.OrderNumber: Salesforce computes it (auto-number), it cannot be written'
	assert_line 'm.map:9: Order.ActivatedDate: ActivatedDate cannot be set when a record is created'
	assert_line 'm.map:10: Order.TotalAmount: TotalAmount cannot be changed by an update'
	assert_line --partial 'm.map:11: Order.CreatedDate: CreatedDate cannot be set'
	map i 'object OrderItem' 'Order.Magento_Id__c = .o | text' 'PricebookEntry.Magento_Id__c [insert] = .p | text' 'Quantity = .q' 'UnitPrice = .p'
	run_status 1 sf-check i.map
	assert_output 'i.map:5: OrderItem.Order.Magento_Id__c: OrderId cannot be changed by an update: make it [insert]'
}

@test "constants of the wrong type, too long, too large" {
	map m "$whole" 'EndDate = "2026-02-30"' 'Magento_Placed_At__c = "2026-03-01 10:00:00"' \
		'Magento_Tax__c = "much"' 'Magento_Total_Paid__c = 12345678901234567890' \
		'PoNumber = if .x then "short" else "an order number that is rather too long for the field that it goes into, by far, and cut" end' \
		'OriginalOrderId [insert] = "801"' 'IsReductionOrder [insert] = "maybe"' 'Name = 12.50' 'Description = true'
	run_status 1 sf-check m.map
	assert_line "m.map:8: Order.EndDate: '2026-02-30' is not a date like 2026-11-20"
	assert_line --partial "m.map:9: Order.Magento_Placed_At__c: '2026-03-01 10:00:00' is not a date-time"
	assert_line "m.map:10: Order.Magento_Tax__c: 'much' is not a number"
	assert_line --partial 'm.map:11: Order.Magento_Total_Paid__c: 12345678901234567890 is too large, the field takes 16 digits'
	assert_line --regexp "m.map:12: Order.PoNumber: 'an order .*' has 88 characters, the field takes 80"
	assert_line "m.map:13: Order.OriginalOrderId: '801' is not an id of 15 or 18 characters"
	assert_line "m.map:14: Order.IsReductionOrder: 'maybe' is not true or false"
	assert_equal "${#lines[@]}" 7
}

@test "expressions whose kind is known" {
	map m "$whole" 'EndDate = .x | sf_datetime' 'Magento_Placed_At__c = .x | local_date("UTC") | values' \
		'Magento_Tax__c = .a == .b' 'CustomerAuthorizedDate = [.a, .b] | dsum' 'Name = [.a]' \
		'IsReductionOrder [insert] = .a | length' 'CompanyAuthorizedDate = (.x | local_date("UTC")) // "soon"'
	run_status 1 sf-check m.map
	assert_line --partial "m.map:8: Order.EndDate: the expression gives a date-time"
	assert_line --partial "m.map:9: Order.Magento_Placed_At__c: the expression gives a date (2026-11-20)"
	assert_line --partial "m.map:10: Order.Magento_Tax__c: the expression gives true or false, the field takes a number"
	assert_line --partial "m.map:11: Order.CustomerAuthorizedDate: the expression gives a number, the field takes a date"
	assert_line --partial "m.map:12: Order.Name: the expression gives an array or object"
	assert_line "m.map:13: warning: Order.IsReductionOrder: the expression gives a number, the field takes true or false"
	assert_line "m.map:14: Order.CompanyAuthorizedDate: 'soon' is not a date like 2026-11-20"
	assert_equal "${#lines[@]}" 7
	# a warning alone is no failure
	map m "$whole" 'IsReductionOrder [insert] = .a | length'
	run_status 0 sf-check m.map
	assert_output --partial warning
}

@test "what cannot be known is no finding" {
	map m "$whole" 'let $x = .a.b' 'let $d = try (.c | local_date("UTC")) catch "never"' \
		'EndDate = $x' 'Magento_Tax__c = .tax | text' 'Magento_Placed_At__c = .x | if . == null then null else . end' \
		'Name = .a[]? | select(. == "x")' 'PoNumber = "\(.a)-\(.b)"' 'Magento_Total_Paid__c = .a // empty | tostring' \
		'BillingCity = [.a, "b"] | join(" ")' 'Magento_Subtotal__c = .a - .b' 'Magento_Discount__c = .a + .b' \
		'BillingState = ["Bayern", "Hessen"] | .[.i]' 'CustomerAuthorizedDate = "2026-11-20 00:00:00" | .[0:10]' \
		'CompanyAuthorizedDate = $run.started | .[0:10]' 'IsReductionOrder [insert] = if .a then "TRUE" else "0" end'
	run_status 0 sf-check m.map
	assert_output ""
}

@test "each line of a field that differs by website" {
	map m "$whole" 'Magento_Tax__c [website fr] = "a"' 'Magento_Tax__c [website de, at] = 1' 'Magento_Tax__c = "c"'
	run_status 1 sf-check m.map
	assert_line --index 0 "m.map:8: Order.Magento_Tax__c: 'a' is not a number"
	assert_line --index 1 "m.map:10: Order.Magento_Tax__c: 'c' is not a number"
	assert_equal "${#lines[@]}" 2
}

@test "restricted picklists: constants, tables and their default" {
	printf 'm,s\nnew,Draft\ndone,Finished\ngone,gone\n' >s.csv
	map m 'table $s = s.csv default "Unknown"' "${whole/'"Draft"'/'$s[.status]'}" \
		'BillingGeocodeAccuracy = if .x then "city" else "Town" end' 'Type = "Anything"'
	run_status 1 sf-check m.map
	assert_line --regexp "^m.map:8: Order.Status: 'Finished' \(s.csv, row 'done'\) is not in the restricted picklist, which has Draft, On Hold, Activated"
	assert_line --partial "Order.Status: 'Unknown' is not in the restricted picklist"
	assert_line --partial "Order.Status: 'gone' (s.csv, row 'gone')"
	assert_line --partial "m.map:9: Order.BillingGeocodeAccuracy: 'Town'"
	assert_equal "${#lines[@]}" 4
	# through what is done with it, and not through what is left out
	map m 'table $s = s.csv hold' "${whole/'"Draft"'/'$s[.status] | if . == "Finished" or . == "gone" then empty else ascii_upcase end'}"
	run_status 0 sf-check m.map
}

@test "the key is a unique external id, a text" {
	map m "$whole" 'key PoNumber = .increment_id'
	run_status 1 sf-check m.map
	assert_output 'm.map:7: Order.PoNumber: it is no external id, so no record can be found by it'
	map m "$whole" 'key Magento_IdX__c = .increment_id'
	run_status 1 sf-check m.map
	assert_output --partial 'Order.Magento_IdX__c: no such field; nearest is Magento_Id__c'
	cp -r "$REPO/pipelines/setup/salesforce" schema
	f=schema/force-app/main/default/objects/Order/fields/Magento_Id__c.field-meta.xml
	sed -i 's,<unique>true</unique>,<unique>false</unique>,' $f
	g=schema/force-app/main/default/objects/Product2/fields/Magento_Id__c.field-meta.xml
	sed -i 's,<type>Text</type>,<type>Number</type><precision>18</precision><scale>0</scale>,; /<length>/d' $g
	again --schema schema
	run_status 1 sf-check "$maps"/order*.map "$maps"/product.map
	assert_line --regexp 'order.map:9: Order.Magento_Id__c: the external id is not unique'
	assert_line --regexp 'product.map:8: Product2.Magento_Id__c: a key is a text, the field is a double'
}

@test "what a new record needs" {
	map m 'EffectiveDate = .x' 'Name = .n'
	run_status 1 sf-check m.map
	assert_line 'm.map:3: Order.AccountId: a new record needs it (Account ID), and the map does not give it'
	assert_line --partial 'Order.Status: a new record needs it'
	assert_equal "${#lines[@]}" 2
	map m 'only update' 'EffectiveDate = .x'
	run_status 0 sf-check m.map
	map m 'Account.Magento_Id__c [insert] = .x | text' 'EffectiveDate = .x' 'Status [update] = .x'
	run_status 1 sf-check m.map
	assert_output --partial 'Order.Status: a new record needs it'
	# a field that the settings never send is none
	map m "$whole" 'only insert if $orders.update_order_info == false' 'Nonsense__c = if $prices.multi_currency then .c else empty end'
	run_status 0 sf-check m.map
	assert_output ""
}

@test "names of relationships and types in front of them" {
	map m "$whole" 'Acount.Magento_Id__c [insert] = .x | text' 'AccountId.Magento_Id__c [insert] = .x | text' \
		'Contact:BillToContact.Magento_Id__c [insert] = .x | text' 'Owner.Email [insert] = .x' \
		'Owner:User.Username [insert] = .x | text' 'Account:Owner.Username [insert] = .x | text' \
		'Contract.Magento_Id__c [insert] = .x' 'CustomerAuthorizedBy.LastName [insert] = .x | text' \
		'User:Owner.Usernam [insert] = .x | text' 'CompanyAuthorizedBy.Manager.Username = .x | text'
	run_status 1 sf-check m.map
	assert_line "m.map:8: Order.Acount.Magento_Id__c: no relationship 'Acount'; nearest is Account"
	assert_line "m.map:9: Order.AccountId.Magento_Id__c: 'AccountId' is the field; the relationship is 'Account'"
	assert_line "m.map:10: Order.Contact:BillToContact.Magento_Id__c: BillToContactId refers to Contact alone, so no type stands in front: BillToContact.Magento_Id__c"
	assert_line --regexp 'm.map:11: Order.Owner.Email: OwnerId refers to .*: say which, as .*:Owner.Email'
	assert_line 'm.map:12: Order.Owner:User.Username: the type stands first: User:Owner.Username'
	assert_line --partial 'm.map:13: Order.Account:Owner.Username: OwnerId does not refer to Account, but to'
	assert_line --partial 'm.map:14: Order.Contract.Magento_Id__c: Salesforce has no object'
	assert_line 'm.map:15: Order.CustomerAuthorizedBy.LastName: Contact.LastName is no external id, so it finds no record'
	assert_line --partial 'm.map:16: User.Usernam: no such field; nearest is Username'
	assert_line --partial 'm.map:17: Order.CompanyAuthorizedBy.Manager.Username: only one step up'
	assert_equal "${#lines[@]}" 10
}

@test "match: fields that cannot be searched, or are not there" {
	map m "$whole" 'match Description = .d' 'match Acount.Name = .a' 'match Nonsense__c = null' \
		'match PoNumbr = .po, Account.Nme = .a' 'match OrderItems.Magento_Id__c = .i'
	run_status 1 sf-check m.map
	assert_line 'm.map:8: match Order.Description: Salesforce cannot search by Description (textarea of 32000 characters)'
	assert_line --partial "m.map:9: match Order.Acount.Name: no relationship 'Acount'; nearest is Account"
	assert_line --partial 'm.map:11: Order.PoNumbr: no such field; nearest is PoNumber'
	assert_line --partial 'm.map:11: Account.Nme: no such field; nearest is Name'
	assert_equal "${#lines[@]}" 4
}

@test "symbols and settings that name something in Salesforce" {
	run_status 1 sf-check --set customers.owner=nobody@shop.example --set customers.record_type=Consumr \
		--set guests.account=g1 --set prices.pricebook=Shop --set orders.default_status=Activated \
		--set prices.multi_currency=yes "$maps"/account.map
	assert_line --partial "[customers] owner: Salesforce has no user 'nobody@shop.example'"
	assert_line "--set: [customers] record_type: Account has no record type 'Consumr'; it has Business_Account, Consumer"
	assert_line --partial "[guests] account: no Account has Magento_Id__c 'g1'"
	assert_line --partial "[prices] pricebook: Salesforce has no price book 'Shop'"
	assert_line --partial "[orders] default_status: the order status 'Activated' is of category Activated, not Draft"
	assert_line --partial "[prices] multi_currency: the org has a single currency"
	assert_equal "${#lines[@]}" 6	# and the map does not repeat them
	printf '[orders]\ndefault_status = Nonsense\n' >>millrace.conf
	run_status 1 sf-check "$maps"/product.map
	assert_output --regexp "millrace.conf:[0-9]+: \[orders\] default_status: Salesforce has no order status 'Nonsense'"
	sed -i '/^\[orders\]/,$d' millrace.conf
	run_status 0 sf-check --set customers.owner=integration@millrace.test --set customers.record_type=Consumer "$maps"/account.map
	map m 'object Account' 'Name = .n' 'RecordType.DeveloperName [insert] = "Shop"' 'Owner.Username [insert] = if .x then "a@b.c" else empty end'
	run_status 1 sf-check m.map
	assert_line --partial "m.map:6: Account.RecordType.DeveloperName: Account has no record type 'Shop'"
	assert_line --partial "m.map:7: Account.Owner.Username: Salesforce has no user 'a@b.c'"
}

@test "a record type that is not active, or not the user's" {
	cp -r "$REPO/pipelines/setup/salesforce" x
	mkdir -p x/objects/Account/recordTypes x/profiles
	for t in Shop:true Fair:true Old:false; do
		printf '<RecordType><fullName>%s</fullName><active>%s</active><label>x</label></RecordType>' \
			"${t%:*}" "${t#*:}" >"x/objects/Account/recordTypes/${t%:*}.recordType-meta.xml"
	done
	echo '<Profile><recordTypeVisibilities><recordType>Account.Shop</recordType><visible>true</visible></recordTypeVisibilities></Profile>' >x/profiles/Admin.profile-meta.xml
	again --schema x
	run_status 0 sf-check --set customers.record_type=Shop "$maps"/account.map
	run_status 1 sf-check --set customers.record_type=Fair "$maps"/account.map
	assert_output --partial "[customers] record_type: the integration user may not use the record type 'Fair' of Account"
	run_status 1 sf-check --set customers.record_type=Old "$maps"/account.map
	assert_output --partial "[customers] record_type: the record type 'Old' of Account is not active"
}

@test "an inactive standard price book is a warning" {
	again --set standard_active=off
	run_status 0 sf-check "$maps"/product.map "$maps"/price*.map
	assert_line --regexp 'price-standard.map:.*: warning: the standard price book is not active'
	assert_equal "${#lines[@]}" 1
}

@test "an extract: the longest values, other forms, other picklist values" {
	long=$(printf 'x%.0s' {1..79})
	cat >x.ndjson <<-END
	{"entity_id":1,"customer_id":7,"created_at":"2026-11-20 10:00:00","po":"${long}é","day":"2026-11-20","s":"draft","n":12.5}
	{"entity_id":2,"customer_id":7,"created_at":"2026-11-20 10:00:00","po":"${long}😀","day":"20.11.2026","s":"Lost","n":"12,5"}
	{"entity_id":3,"customer_id":7,"created_at":"2026-11-20 10:00:00","po":"${long}${long}","day":null,"s":"Draft","n":null}
	{"entity_id":4,"customer_id":7,"created_at":"2026-11-20 10:00:00","po":"${long}ab","day":"","s":"Odd","n":12345678901234567890}
	END
	map m "${whole/'"Draft"'/.s}" 'PoNumber = .po' 'EndDate = .day' 'Magento_Tax__c = .n'
	run_status 0 sf-check m.map
	run_status 1 sf-check --extract x.ndjson m.map
	assert_line --regexp "^m.map:7: Order.Status: orders/2: 'Lost' is not in the restricted picklist, .*\(2 such in the extract\)"
	assert_line 'm.map:8: Order.PoNumber: orders/3: 158 characters, the field takes 80; the longest (3 such in the extract)'
	assert_line "m.map:9: Order.EndDate: orders/2: '20.11.2026' is not a date like 2026-11-20 (1 such in the extract)"
	assert_line "m.map:10: Order.Magento_Tax__c: orders/2: '12,5' is not a number (1 such in the extract)"
	assert_line --partial 'm.map:10: Order.Magento_Tax__c: orders/4: 12345678901234567890 is too large'
	assert_equal "${#lines[@]}" 5
}

@test "an extract that is cut, is none, or is not there" {
	map m "$whole" 'PoNumber = .po | if . == "x" then error("no") else . end'
	printf '{"entity_id":1,"po":"x"}\nnonsense\n{"entity_id":2,"created_at":"nonsense"}\n' >x.ndjson
	run_status 0 sf-check --extract x.ndjson m.map
	assert_output --partial "3 payloads or records of 'x.ndjson' are rejected"
	printf '{"entity_id":1}' >x.ndjson
	run_status 3 sf-check --extract x.ndjson m.map
	run_status 2 sf-check --extract nothing m.map
	# $store is not known without the reference
	run_status 2 sf-check --extract x.ndjson "$maps"/account.map
	assert_output --partial -- --ref
}

@test "the fixtures fit the shipped schema" {
	start_mage
	sed -i "s,^url = http://127.0.0.1:1/,url = $MAGE_URL\ntoken_file = mage.token," millrace.conf
	credential mage token >mage.token
	mage-extract reference >ref.ndjson
	for of in products:product,price-standard,price customers:account,contact \
	    orders:guest-account,guest-contact,buyer-account,buyer-contact,placeholder-product,placeholder-price-standard,order-draft,order,order-item,order-fee,order-note,order-activate,invoice,invoice-item,shipment,shipment-item,track,creditmemo,creditmemo-item; do
		IFS=, read -ra names <<<"${of#*:}"
		names=("${names[@]/#/$maps/}")
		run_status 0 sf-check --ref ref.ndjson "${names[@]/%/.map}" \
			--extract "$REPO/fixtures/magento/entities/${of%%:*}.ndjson"
		assert_output ""
	done
}

@test "a server that errs, babbles, cuts off or forgets the session" {
	map m "$whole" 'Nonsense__c = .x'
	printf 'timeout = 5\n' >>millrace.conf
	faults '{"path":"describe","times":9,"status":400,"body_json":[{"errorCode":"UNKNOWN_EXCEPTION","message":"an unexpected error"}]}'
	run_status 4 sf-check m.map
	assert_output --partial 'an unexpected error'
	faults '{"path":"describe","times":99,"status":200,"body_text":"<html>maintenance</html>","type":"text/html"}'
	run_status 4 sf-check m.map
	refute_output --partial m.map:
	assert_output --partial 'a page for people instead of JSON'
	faults '{"path":"describe","times":1,"truncate":1000}'
	run sf-check m.map	# tried again, or told: never half a describe
	[ "$status" -eq 1 ] || [ "$status" -eq 3 ]
	faults '{"path":"describe","status":200,"body_json":{"name":"Order"}}'
	run_status 3 sf-check m.map
	assert_output --partial 'no fields'
	faults '{"path":"describe","times":9,"reset":"before"}'
	run_status 3 sf-check m.map
	assert_output --partial 'broke'
	faults '{"path":"describe","nth":1,"expire_token":true}'
	run_status 1 sf-check m.map	# logged in anew
	assert_output --partial 'Nonsense__c: no such field'
	faults '{"path":"query","times":9,"status":200,"body_json":{"done":true}}'
	run_status 3 sf-check m.map
	faults '{"path":"describe","times":9,"status":403,"body_json":[{"errorCode":"REQUEST_LIMIT_EXCEEDED","message":"TotalRequests Limit exceeded."}]}'
	run_status 4 sf-check m.map
	stop sf
	run_status 3 sf-check m.map
	assert_output --partial 'is it up'
}
