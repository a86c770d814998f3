#!/usr/bin/env bats
# Records through mapping files: lines, verdicts, mistakes, bad input.
bats_require_minimum_version 1.5.0
load helpers

prepare()
{
	: >millrace.conf
	E=$REPO/fixtures/magento/entities
	REF=$REPO/fixtures/magento/reference.ndjson
	cp "$REPO"/tests/maps/*.map "$REPO"/tests/maps/*.csv .
}

# The member(s) $1 of the lines, by jq.
of() { jq -r "$1" <<<"$output"; }

@test "a payload: members in order, field names sorted, numbers as they came" {
	run rec-map basic.map <<<'{"id":12345678901234567890123,"price":10.50,"name":"A \"b\" \u00e9\/","tags":["x"],"note":null}'
	assert_success
	local rev
	rev=$(of .rev)
	[[ $rev =~ ^[0-9a-f]{16}$ ]]
	assert_output '{"object":"Thing__c","map":"basic","phase":3,"source":"products/12345678901234567890123","key":"12345678901234567890123","extid":"Id__c","own":["Owner__c"],"quiet":["Seen__c"],"rev":"'"$rev"'","insert":{"Owner__c":"me"},"update":{"Touched__c":true},"fields":{"Name":"A \"b\" é/","Note__c":null,"Price__c":10.50,"Seen__c":1}}'
}

@test "what rec-map writes, the next programs read" {
	rec-map --ref "$REF" "$REPO"/pipelines/mappings/{account,contact}.map <"$E/customers.ndjson" >out
	rec-pick '.object == "Account"' <out | head -1 >one
	[ "$(jq -c . one)" = "$(cat one)" ]
}

@test "the same twice gives the same bytes" {
	for i in 1 2; do
		rec-map --ref "$REF" "$REPO"/pipelines/mappings/{order,order-item}.map <"$E/orders.ndjson" >$i
	done
	cmp 1 2
}

@test "null and an empty text clear, no value leaves alone" {
	run rec-map clear.map <<<'{"id":1,"a":null,"b":"","c":null,"d":false}'
	assert_success
	[ "$(of '.fields | tojson')" = '{"A":null,"B":null,"D":false}' ]
}

@test "more than one value, an array, an object, #N/A: the record is rejected" {
	for v in '[1,2]' '{"x":1}' '"#N/A"'; do
		run rec-map --set run.x=1 bad-value.map <<<"{\"id\":1,\"v\":$v}"
		assert_failure 1
		[ "$(of '.verdict + "/" + .reason')" = rejected/mapping-error ]
		[ "$(of '.record.id')" = 1 ]
		[[ $(of .message) == bad-value:5:\ V:\ * ]]
	done
	run rec-map bad-value.map <<<'{"id":1,"v":"fine","w":[1,2]}'
	[[ $(of .message) == bad-value:6:\ W:\ *more\ than\ one* ]]
}

@test "a key that is null or empty is rejected, a record without id too" {
	run rec-map empty-key.map <<<'{"id":1,"k":""}'
	assert_failure 1
	[ "$(of '.verdict + "/" + .reason + "/" + .source')" = rejected/no-key/products/1 ]
	run rec-map empty-key.map <<<'{"k":"x"}'
	assert_failure 1
	[ "$(of '.verdict + "/" + .reason')" = rejected/no-key ]
}

@test "gates answer in their order, with the code" {
	run rec-map gates.map <<'EOF'
{"id":1,"s":1,"w":1,"h":1}
{"id":2,"w":1,"h":1}
{"id":3,"h":1}
{"id":4}
EOF
	assert_failure 1	# one is held
	[ "$(of '"\(.verdict) \(.reason) \(.key)"')" = $'skipped code-s 1\nwaiting code-w 2\nheld code-h 3\nnull null 4' ]
	[ "$(of 'select(.verdict == "held") | .record.h')" = 1 ]
	[ "$(of 'select(.verdict == "waiting") | has("record")')" = false ]
	# a text is true, and the message
	run rec-map gates.map <<<'{"id":5,"h":"2.50 is missing"}'
	[ "$(of '"\(.verdict) \(.reason): \(.message)"')" = 'held code-h: 2.50 is missing' ]
	run rec-map --explain products/5 gates.map <<<'{"id":5,"h":"2.50 is missing"}'
	assert_output --partial 'hold code-h = true: closed, nothing more is asked: 2.50 is missing'
}

@test "each: children of a parent, their own gates, none without a list" {
	run rec-map parent.map child.map <<'EOF'
{"entity_id":1,"items":[{"id":11,"q":2},{"id":12,"q":0},{"id":13,"q":1}]}
{"entity_id":2,"items":[]}
{"entity_id":3}
{"entity_id":4,"items":null}
EOF
	assert_success
	[ "$(of '"\(.source) \(.map) \(.key) \(.verdict // "-") \(.parent // "-")"')" = "\
orders/1 parent 1 - -
orders/1 child 11 - P/1
orders/1 child 12 skipped -
orders/1 child 13 - P/1
orders/2 parent 2 - -
orders/3 parent 3 - -
orders/4 parent 4 - -" ]
}

@test "a closed gate of the parent is told once, for all that share it" {
	run rec-map parent.map child.map step.map <<<'{"entity_id":1,"off":true,"items":[{"id":11},{"id":12}]}'
	assert_success
	[ "$(of '"\(.map) \(.verdict) \(.reason)"')" = 'parent skipped switched-off' ]
}

@test "the children of a rejected parent wait" {
	run rec-map parent.map child.map <<<'{"entity_id":1,"boom":true,"items":[{"id":11,"q":1}]}'
	assert_failure 1
	[ "$(of '"\(.map) \(.verdict) \(.reason)"')" = $'parent rejected mapping-error\nchild waiting parent-failed' ]
	[[ $(of 'select(.map == "parent") | .message') == *"text of the map" ]]
}

@test "a record that no map has a word for is skipped, once" {
	run rec-map child-alone.map <<<'{"entity_id":7}'
	assert_success
	[ "$(of '"\(.verdict) \(.reason) \(.source)"')" = 'skipped nothing-to-send orders/7' ]
}

@test "match: rungs in order, a null value leaves its rung out" {
	run rec-map match.map <<<'{"id":1,"email":"a@b.c","name":null}'
	[ "$(of '.match | tojson')" = '[{"Email":"a@b.c","Site__c":"x"},{"Contacts.Email":"a@b.c"}]' ]
	run rec-map match.map <<<'{"id":1}'
	[ "$(of 'has("match")')" = false ]
}

@test "only, shared, with" {
	run rec-map parent.map step.map <<<'{"entity_id":1}'
	[ "$(of 'select(.map == "step") | "\(.only) \(.shared) \(.with | tojson)"')" = 'insert true ["parent"]' ]
	run rec-map parent.map step.map <<<'{"entity_id":1,"again":true}'
	[ "$(of 'select(.map == "step") | .only')" = null ]
}

@test "tables: found, default, held, rejected" {
	run rec-map table.map <<<'{"id":1,"s":"new"}'
	assert_success
	[ "$(of '.fields | tojson')" = '{"A":"Draft","B":"Draft","C":"Draft","D":"Draft"}' ]
	run rec-map table.map <<<'{"id":1,"s":"nope","only":"ab"}'
	assert_success
	[ "$(of '.fields | tojson')" = '{"A":null,"B":"Other"}' ]
	run rec-map table.map <<<'{"id":1,"s":"nope","only":"abc"}'
	assert_failure 1
	[ "$(of '"\(.verdict) \(.reason)"')" = 'held unmapped' ]
	run rec-map table.map <<<'{"id":1,"s":"nope","only":"abd"}'
	assert_failure 1
	[ "$(of '"\(.verdict) \(.reason)"')" = 'rejected mapping-error' ]
}

@test "a table with two rows of one key, of three columns, or missing is a mistake" {
	printf 'a,b\nx,1\nx,2\n' >status.csv
	run -2 rec-map table.map </dev/null
	assert_output --partial "'x' stands there twice"
	printf 'a,b,c\nx,1,2\n' >status.csv
	run -2 rec-map table.map </dev/null
	assert_output --partial 'two columns'
	rm status.csv
	run -2 rec-map table.map </dev/null
	assert_output --partial 'status.csv'
}

@test "settings, their types, and --set" {
	run rec-map settings.map <<<'{"id":1}'
	assert_success
	[ "$(of '.fields | tojson')" = '{"Bool":true,"Kind":"manual","Text":"Draft"}' ]
	run rec-map --set orders.default_status=Entwurf --set run.kind=nightly settings.map <<<'{"id":1}'
	[ "$(of '.fields | tojson')" = '{"Bool":true,"Kind":"nightly","Text":"Entwurf"}' ]
	MILLRACE_RUN=/x/2026-11-21T020000Z-resync run rec-map settings.map <<<'{"id":1}'
	[ "$(of '.fields.Kind')" = resync ]
}

@test "rev changes with the map, its table and the settings it names, not with others" {
	rev() { rec-map "$@" <<<'{"id":1,"s":"new"}' | jq -r .rev; }
	a=$(rev settings.map)
	[ "$(rev --set orders.default_status=X settings.map)" != "$a" ]
	[ "$(rev --set run.kind=x settings.map)" = "$a" ]
	[ "$(rev --set products.automatic=no settings.map)" = "$a" ]
	t=$(rev table.map)
	echo later,Draft >>status.csv
	[ "$(rev table.map)" != "$t" ]
	sed -i 's/Draft/Draft2/' settings.map
	echo '# a comment alone' >>settings.map
	[ "$(rev settings.map)" = "$a" ]
	echo 'Z = 1' >>settings.map
	[ "$(rev settings.map)" != "$a" ]
}

@test "mistakes are told all at once, with place, line, caret and what was meant" {
	run -2 rec-map mistakes.map </dev/null
	assert_output --partial "mistakes.map:3:1: neither a directive nor FIELD = EXPRESSION, did you mean 'phase'?"
	assert_output --partial "mistakes.map:4:24: unknown function 'asci_downcase', did you mean 'ascii_downcase'?"
	assert_output --partial $'    Email           = .x | asci_downcase\n                           ^'
	assert_output --partial "unknown setting orders.default_statsu, did you mean default_status?"
	assert_output --partial 'unknown variable $emial, did you mean $email?'
	assert_output --partial 'tostring makes text "null" of null'
	assert_output --partial 'unknown flag, did you mean [quiet]?'
	assert_output --partial 'Twice is set in line 9 already'
	assert_output --partial "'=' is not part of this language: a record is not changed; == compares"
	assert_output --partial "there is no 'timezon' here, did you mean timezone?"
	assert_output --partial 'this string does not end'
	assert_output --partial 'no phase'
	assert_output --partial 'no key'
	run -2 rec-map tie.map parent.map </dev/null
	assert_output --partial "tie.map:1:9: the map 'nobdy' is not among those given"
}

@test "words and signs of other languages are answered with ours" {
	# EXPRESSION=what is said
	while IFS=% read -r expr said; do
		run -2 rec-map --eval "$expr" </dev/null
		assert_output --partial "$said"
	done <<-'EOF'
	'Draft'%texts stand in double quotes
	.a && .b%joined by 'and'
	.a || .b%joined by 'or'
	!.a%C | not
	.a === 1%equal is ==
	.a <> 1%unequal is !=
	.a == 1 ? "x" : "y"%if C then A else B end
	.a.toFixed(2)%X | f(A; B)
	.a | toUpper%here it is ascii_upcase
	.a | substr(0; 3)%here it is .[FROM:TO]
	.a | round(2)%here it is dround(DECIMALS)
	.a | sub("x", "y")%between arguments stands ';'
	.a AND .b%joined by 'and'
	.a is null%equal is ==
	.a in ("x", "y")%one of several: X | IN("a", "b")
	$.a%the record is '.'
	order.status%the record is '.' alone: .a.b
	.a == pending%a member begins with '.', a text stands in double quotes
	.first-name%a name with '-' in it stands in quotes
	“x”%straight double quotes
	.a // NULL%here it is null
	EOF
	run rec-map --eval '.a | lowers' </dev/null
	refute_output --partial "here it is"
}

@test "--check says the same without records, and nothing when all is well" {
	run -2 rec-map --check mistakes.map
	assert_output --partial 'mistakes.map:4:'
	run -1 rec-map -q --check parent.map child.map step.map
	assert_output ''
}

@test "--check and --list take the maps of all entities at once" {
	mkdir all
	cp "$REPO"/pipelines/mappings/* all
	run -0 rec-map --check all/*.map
	assert_output ''
	sed -i 's/^PoNumber .*/PoNumber = .payment.po_nmber/' all/order.map
	sed -i 's/^FirstName .*/FirstName = .fristname/' all/contact.map
	run -1 rec-map --check all/*.map
	assert_output --partial '.payment.po_nmber: no order'
	assert_output --partial '.fristname: no customer'
	run -2 rec-map --check --known /dev/null all/*.map
	assert_output --partial '--known goes with maps of one entity, these are of 6'
	sed -i 's/^from .*/from/' all/product.map
	echo 'X = .a |' >>all/order.map
	run -2 rec-map --check all/*.map
	assert_output --partial 'all/product.map:'
	assert_output --partial 'all/order.map:'
	rec-map --list=csv "$REPO"/pipelines/mappings/*.map >list.csv
	[ "$(grep -c '^object,map,' list.csv)" -eq 1 ]
	[ "$(cut -d, -f2 list.csv | sort -u | wc -l)" -eq "$(($(find "$REPO/pipelines/mappings" -name "*.map" | wc -l) + 1))" ]
	# records are of one entity
	run -2 rec-map "$REPO"/pipelines/mappings/{order,account,contact}.map </dev/null
	assert_output --partial 'contact.map:3:9: this map is from customers, those before it are from orders'
}

# doubts LINE...: --check of a map of orders with these fields gives status 1
doubts()
{
	{
		printf 'from orders\nobject O\nphase 1\nkey = .entity_id\n'
		printf '%s\n' "${map[@]}"
	} >d.map
	run -1 rec-map --check "$@" d.map
}

@test "--check: a path that no record has, with the nearest, through lets and lists" {
	map=('let $at = .billing_address // .extension_attributes.shipping_assignments[0].shipping.address'
	    'each .items[]? as $item'
	    'A = .custmer_email'
	    'B = $at.regoin'
	    'C [off] = $item.row_totl'
	    'D = .items.name'
	    'E = .grand_total[]'
	    'F = .telephone'
	    'G = [.items[] | select(.nmae == "x") | .sku] | first'
	    'H = if $orders.automatic then .stauts else .state end'
	    'I = {a: .entity_idd} | .a'
	    'J = .items | map(.skuu) | join(" ")'
	    'K = .["a b"]'
	    'L = custom("x")')
	doubts
	assert_output - <<-'END'
	d.map:7:5: .custmer_email: no order that we know has it; nearest is .customer_email
	    A = .custmer_email
	        ^
	d.map:8:8: .billing_address.regoin: no order that we know has it; nearest is .billing_address.region
	    B = $at.regoin
	           ^
	d.map:9:16: .items[].row_totl: no order that we know has it; nearest is .items[].row_total
	    C [off] = $item.row_totl
	                   ^
	d.map:10:11: .items.name: no order that we know has it; nearest is .items[].name
	    D = .items.name
	              ^
	d.map:11:18: .grand_total[]: no order that we know has a list there
	    E = .grand_total[]
	                     ^
	d.map:12:5: .telephone: no order that we know has it; nearest is .billing_address.telephone
	    F = .telephone
	        ^
	d.map:13:24: .items[].nmae: no order that we know has it; nearest is .items[].name
	    G = [.items[] | select(.nmae == "x") | .sku] | first
	                           ^
	d.map:14:31: .stauts: no order that we know has it; nearest is .status
	    H = if $orders.automatic then .stauts else .state end
	                                  ^
	d.map:15:9: .entity_idd: no order that we know has it; nearest is .entity_id
	    I = {a: .entity_idd} | .a
	            ^
	d.map:16:18: .items[].skuu: no order that we know has it; nearest is .items[].sku
	    J = .items | map(.skuu) | join(" ")
	                     ^
	d.map:17:8: ."a b": no order that we know has it
	    K = .["a b"]
	           ^
	d.map:18:5: .custom_attributes: no order that we know has it
	    L = custom("x")
	        ^
	rec-map: 12 places to look at; what only your store sends is known with --known RECORDS
	END
	run rec-map d.map <<<'{"entity_id":1}'	# and a run goes on
	assert_success
	# the very name elsewhere is rather meant than one like it here
	map=('A = .qty_canceled')
	doubts
	assert_line --partial '.qty_canceled: no order that we know has it; nearest is .items[].qty_canceled'
}

@test "--check: rows that a table lacks, has() of what never is there, types that do not go together" {
	printf 'from,to\nnew,Draft\ncomplete,Done\n' >t.csv
	map=('table $t = t.csv default "x"'
	    'A = $t["nwe"]'
	    'B = $t.cmplete'
	    'C = .billing_address | has("cty") | text'
	    'D = .grand_total + "EUR"'
	    'E = "No " + .entity_id'
	    'F = if .status == 1 then 1 else 2 end'
	    'G = if .items[0].is_virtual == true then 1 else 2 end'
	    'H = .items | map(.sku - 1) | first')
	doubts
	assert_output - <<-'END'
	d.map:6:9: the table has no row for "nwe"; nearest is new
	    A = $t["nwe"]
	            ^
	d.map:7:7: the table has no row for "cmplete"; nearest is complete
	    B = $t.cmplete
	          ^
	d.map:8:29: .billing_address.cty: no order that we know has it; nearest is .billing_address.city
	    C = .billing_address | has("cty") | text
	                                ^
	d.map:9:18: .grand_total is a number wherever we know it, the other side a text: + fails: a number becomes a text by (.a | text), a text a number by tonumber
	    D = .grand_total + "EUR"
	                     ^
	d.map:10:11: .entity_id is a number wherever we know it, the other side a text: + fails: a number becomes a text by (.a | text), a text a number by tonumber
	    E = "No " + .entity_id
	              ^
	d.map:11:16: .status is a text wherever we know it, the other side a number: they are never equal
	    F = if .status == 1 then 1 else 2 end
	                   ^
	d.map:12:29: .items[].is_virtual is a number wherever we know it, the other side true or false: they are never equal
	    G = if .items[0].is_virtual == true then 1 else 2 end
	                                ^
	d.map:13:23: .items[].sku is a text wherever we know it, the other side a number: - fails
	    H = .items | map(.sku - 1) | first
	                          ^
	rec-map: 8 places to look at; what only your store sends is known with --known RECORDS
	END
	# what may be null, is made, or is one of several things
	map=('table $t = t.csv'
	    'let $n = .grand_total // "none"'
	    'A = $t.new + .customer_note + "x"'
	    'B = (.grand_total // "none") == "none"'
	    'C = $n + "EUR"'
	    'D = (.grand_total | text) + "EUR"'
	    'E = .status == "new" and has("customer_email")'
	    'F = .billing_address | has("city")'
	    'G = [.items[] | {q: (.qty_ordered | text)} | .q + "x"] | first')
	printf '%s\n' 'from orders' 'object O' 'phase 1' 'key = .entity_id' "${map[@]}" >d.map
	run -0 rec-map --check d.map
	assert_output ''
}

@test "--check is silent about what is known, made, or below what nobody knows" {
	map=('let $b = .billing_address'
	    'each .items[]? as $item'
	    'A = .created_at[0:10] | length'
	    'B = {a: 1} | .b'
	    'C = $item.extension_attributes.itemized_taxes[0].amount'
	    'D = .children.invoices[].items[0].qty'
	    'E = .items | group_by(.sku) | .[0][0].anything'
	    'F = .extension_attributes.gift_cards_amount'
	    'G = $b.street | reverse | .[0]'
	    'H = (.billing_address // {x: 1}) | .city'
	    'I = [.items[] | {k: .sku, v: .qty_ordered}] | .[0].whatever')
	printf '%s\n' 'from orders' 'object O' 'phase 1' 'key = .entity_id' "${map[@]}" >d.map
	run rec-map --check d.map
	assert_success
	assert_output ''
}

@test "--check: attributes of the store by --ref, \$run, the entity, and records of the store" {
	map=('A = .customer_group_id | label("colr")' 'B = 1 | label("sku")'
	    'C = .customer_group_id | label("group_id")' 'D = $run.strated')
	doubts --ref "$REF"
	assert_line "d.map:5:33: the store has no attribute 'colr'; nearest is color"
	assert_line "d.map:6:16: the attribute 'sku' has no options, so no label"
	assert_line 'd.map:8:10: $run.strated: null unless --set run.strated says it; nearest is started'
	assert_line --partial 'rec-map: 3 places'
	printf '%s\n' 'from products' 'object O' 'phase 1' 'key = .id' 'A = custom("colr")' 'B = custom("color")' >d.map
	run -0 rec-map --check d.map
	run -1 rec-map --check --ref "$REF" d.map
	assert_line "d.map:5:13: the store has no attribute 'colr'; nearest is color"
	assert_line --partial 'rec-map: 1 place to look at'
	printf '%s\n' 'from ordres' 'object O' 'phase 1' 'key = .id' 'A = .x' >d.map
	run -1 rec-map --check d.map
	assert_line 'd.map:1:6: nothing is known of ordres; nearest is orders'
	map=('A = .extension_attributes.our_module' 'B = .extension_attributes.our_list[].x' 'C = .our_typo')
	doubts
	assert_line --partial 'rec-map: 3 places'
	echo '{"entity_id":1,"extension_attributes":{"our_module":null,"our_list":[{"x":1}]}}' >own
	doubts --known own
	assert_line --partial 'rec-map: 1 place '
	run -2 rec-map --check --known nowhere d.map
	echo '[1]' >own
	run -2 rec-map --check --known own d.map
	assert_output --partial 'own:1: no object'
	run -2 rec-map --known own d.map
}

@test "every shipped map is without a doubt, with a reference and without" {
	M=$REPO/pipelines/mappings
	for from in customers products orders; do
		maps=$(grep -l "^from *$from" "$M"/*.map)
		for under in 1 2 3; do
			maps="$maps $(for m in $maps; do
				grep -lE "^(under|with) +$(basename "$m" .map)\b" "$M"/*.map || true
			done)"
			maps=$(printf '%s\n' $maps | sort -u)
		done
		run rec-map --check $maps
		assert_success
		assert_output ''
		run rec-map --check --ref "$REF" $maps
		assert_success
		assert_output ''
	done
}

@test "a mapping file that is binary, empty or not there" {
	head -c 2000 /bin/sh >binary.map
	run -2 rec-map binary.map </dev/null
	: >empty.map
	run -2 rec-map empty.map </dev/null
	assert_output --partial 'no entity'
	run -2 rec-map nowhere.map </dev/null
	assert_output --partial nowhere.map
}

@test "lines that are no records are answered, and the next ones go on" {
	{
		echo 'not json'
		echo '[1]'
		echo '{"id":1'
		printf '{"id":1,"a":"\xff"}\n'
		printf '{"id":1,"a":"\\ud800"}\n'
		printf '{"id":1,"a":"\x01"}\n'
		echo '{"id":1,"a":01}'
		echo '{"id":1} x'
		echo ''
		jq -nr '"[" * 600'
		echo '{"id":5,"price":1}'
	} >in
	run rec-map basic.map <in
	assert_failure 1
	[ "$(of '"\(.verdict // "payload")/\(.reason // .key)"' | sort | uniq -c | tr -s ' ')" = $' 1 payload/5\n 10 rejected/bad-json' ]
	[ "$(of 'select(.record) | .record | tojson')" = '[1]' ]
	[ "$(of 'select(.bytes) | .bytes' | head -1 | base64 -d)" = 'not json' ]
}

@test "a line over the limit is answered with its length and digest" {
	printf '[runs]\nline_limit = 64k\n' >millrace.conf
	{ printf '{"id":1,"a":"'; head -c 100000 /dev/zero | tr '\0' x; echo '"}'; echo '{"id":2}'; } >in
	run rec-map clear.map <in
	assert_failure 1
	[[ $(of '.message // .key') == *100015\ bytes*$'\n'2 ]]
}

@test "a stream that is cut off ends with status 3" {
	run -3 rec-map basic.map < <(printf '{"id":1}\n{"id":2')
}

@test "a full disk ends with status 3, a reader that leaves quietly" {
	run -3 bash -c "rec-map basic.map <<<'{\"id\":1}' >/dev/full"
	for i in {1..20000}; do echo '{"id":1}'; done >in
	run bash -c 'set -o pipefail; rec-map basic.map <in | head -1 >/dev/null'
	assert_success
	assert_output ''
}

@test "verdicts pass by, byte for byte" {
	echo '{"verdict":"rejected",  "reason":"x"}' >v
	rec-map basic.map <v | cmp - v
}

@test "an expression without end is stopped, the others go on" {
	run rec-map runaway.map basic.map <<<'{"id":1}'
	assert_failure 1
	[ "$(of 'select(.map == "runaway") | .reason')" = mapping-error ]
	[[ $(of 'select(.map == "runaway") | .message') == *steps* ]]
	run rec-map --eval '[range(100000) as $n | "x" * (100000 + $n)] | length' <<<null
	assert_failure 1
	assert_output --partial MiB
}

@test "keys: the last of two wins, escaped ones are found, order does not matter" {
	run rec-map basic.map <<'EOF'
{"id":1,"price":1,"price":2}
{"\u0069d":2,"pr\u0069ce":3}
{"price":4,"x":{"price":9},"id":3}
 { "id" : 4 , "price" : 5 } 
EOF
	assert_success
	[ "$(of '"\(.key) \(.fields.Price__c)"')" = $'1 2\n2 3\n3 4\n4 5' ]
}

@test "the day of an order is the store's, whatever TZ says" {
	for tz in UTC Asia/Kolkata America/New_York; do
		TZ=$tz run rec-map --eval '[local_date("Europe/Berlin", "America/Los_Angeles", "Asia/Kolkata", "Australia/Lord_Howe")]' <<<'"2026-03-28 23:30:00"'
		assert_output '["2026-03-29","2026-03-28","2026-03-29","2026-03-29"]'
	done
	run -1 rec-map --eval 'local_date("Europe/Nowhere")' <<<'"2026-03-28 23:30:00"'
	assert_output --partial 'Europe/Nowhere'
	run -1 rec-map --eval 'local_date("../../../etc/passwd")' <<<'"2026-03-28 23:30:00"'
	assert_output --partial 'is no time zone'
}

@test '$store and label() come from --ref' {
	run rec-map --ref "$REF" store.map <<'EOF'
{"id":1,"store_id":3,"color":"14"}
{"id":2,"website_id":2,"color":"14,16"}
{"id":3,"color":null}
EOF
	assert_success
	[ "$(of '.fields | tojson')" = '{"Color":"Red","Store":"fr","Zone":"Europe/Paris"}
{"Color":"Red;Grün","Store":"fr","Zone":"Europe/Paris"}
{"Color":null,"Store":"default","Zone":"America/Chicago"}' ]
	run -1 rec-map --ref "$REF" store.map <<<'{"id":1,"color":"99"}'
	assert_output --partial "has no option '99'"
	sed 's/"color")/"colour")/' store.map >other.map
	grep -q colour other.map
	run -1 rec-map --ref "$REF" other.map <<<'{"id":1,"color":"14"}'
	assert_output --partial "the store has no attribute 'colour'; nearest is color"
	run -2 rec-map store.map <<<'{"id":1}'
	assert_output --partial 'without --ref'
}

# A map with all that --list can tell.
listed()
{
	cat >l.map <<-'END'
	from    products
	object  Thing__c
	key     Id__c = .id | text   # never the SKU
	phase   3
	match   Code__c = .sku, Name   # as it was before us
	skip    no-price  if .price == null   # grouped ones
	Name                   = .name // "n/a"
	Price__c [insert]      = .price // -1   # with "quotes", and a comma
	Note__c  [own] [quiet] = .a   # one
	  # two, between
	  | if . == "#" then "x\(.)#" else . end   # the last
	Off__c   [off]         = .x // false
	Site__c [website fr]   = "Köln"
	Site__c                = .y
	END
}

@test "--list: a table with a heading, in columns" {
	listed
	run rec-map --list l.map
	assert_success
	assert_output - <<-'END'
	MAP  OBJECT    FIELD     WHEN    FLAGS       WEBSITE  DEFAULT  LINE  EXPRESSION
	l    Thing__c  Id__c     key                                   3     .id | text  # never the SKU
	l    Thing__c  Code__c   match                                 5     .sku  # as it was before us
	l    Thing__c  Name      match                                 5       # as it was before us
	l    Thing__c  no-price  skip                                  6     .price == null  # grouped ones
	l    Thing__c  Name      always                       n/a      7     .name // "n/a"
	l    Thing__c  Price__c  insert                       -1       8     .price // -1  # with "quotes", and a comma
	l    Thing__c  Note__c   always  own, quiet                    9     .a | if . == "#" then "x\(.)#" else . end  # the last
	l    Thing__c  Off__c    off                          false    12    .x // false
	l    Thing__c  Site__c   always              fr                13    "Köln"
	l    Thing__c  Site__c   always                                14    .y
	END
	command -v script >/dev/null || skip "no script(1)"
	run script -qec "stty cols 40; rec-map --list l.map" /dev/null
	assert_line --index 1 $'l    Thing__c  Id__c     key            \r'
	run script -qec "stty cols 86; rec-map --list l.map" /dev/null
	assert_line --index 9 $'l    Thing__c  Site__c   always              fr                13    "Köln"\r'
}

@test "--list=json and --list=csv say the same, and what they say is what stands in the map" {
	listed
	run rec-map --list=json l.map
	assert_success
	[ "$(of 'select(.field == "Off__c") | [.enabled, .default, .line] | tojson')" = '[false,"false",12]' ]
	[ "$(of 'select(.field == "Price__c") | [.when, .default, .description] | tojson')" = '["insert","-1","with \"quotes\", and a comma"]' ]
	M=$REPO/pipelines/mappings
	for maps in l.map "$M/account.map $M/contact.map" "$M/order.map $M/order-item.map"; do
		rec-map --list=json $maps >j
		rec-map --list=csv $maps >c
		python3 - <<-'END'
		import csv, json
		rows = list(csv.DictReader(open('c', newline='', encoding='utf-8'), strict=True))
		items = [json.loads(line) for line in open('j', encoding='utf-8')]
		assert rows and len(rows) == len(items)
		for row, item in zip(rows, items):
		    item['enabled'] = 'yes' if item['enabled'] else 'no'
		    item['line'] = str(item['line'])
		    assert row == item, (row, item)
		END
	done
	# the fields put together again are the map
	{
		printf 'from products\nobject Thing__c\nphase 3\nkey Id__c = .id | text\n'
		rec-map --list=json l.map | jq -r 'select(.when == ("always", "insert", "update")) |
			.field + (if .when == "always" then "" else " [\(.when)]" end)
			+ (.flags | split(", ") | map(" [\(.)]") | join(""))
			+ (if .website == "" then "" else " [website \(.website)]" end)
			+ (if .enabled then "" else " [off]" end)
			+ " = " + .expression
			+ (if .description == "" then "" else " # " + .description end)'
	} >again.map
	jq -c 'select(.when == ("always", "insert", "update")) | del(.line, .map)' <(rec-map --list=json l.map) >1
	jq -c 'select(.when == ("always", "insert", "update")) | del(.line, .map)' <(rec-map --list=json again.map) >2
	diff 1 2
	run -2 rec-map --list=xml basic.map
	run -3 bash -c 'rec-map --list l.map >/dev/full'
}

@test "many fields are disabled and enabled as the manual says" {
	cp "$REPO/pipelines/mappings/account.map" .
	command=$(mandoc -Tascii "$REPO/src/millrace-mapping.5" | col -b |
		grep -oE "sed -i .*off.*account.map")
	[ "$(wc -l <<<"$command")" -eq 2 ]
	bash -c "$(sed -n 1p <<<"$command")"
	run rec-map --list=json account.map
	[ "$(of 'select(.enabled | not) | .field' | sort | paste -sd' ')" = "ShippingCity ShippingCountry ShippingPostalCode ShippingState ShippingStreet" ]
	bash -c "$(sed -n 2p <<<"$command")"
	run rec-map --list=json account.map
	[ -z "$(of 'select(.enabled | not) | .field')" ]
	rec-map --check account.map
}

@test "an error inside of a let is told with its name and line" {
	cat >let.map <<-'END'
	from orders
	object O
	phase 1
	key Id__c = .id | text
	let $a = .a + 1
	let $b = $a * 2
	let $c = try $a catch "no"
	A__c = $b
	END
	run -1 rec-map let.map <<<'{"entity_id":1,"id":1,"a":"x"}'
	assert_output --partial "let:8: A__c: in \$a, line 5: string (\\\"x\\\") and number (1) cannot be added"
	sed -i 's/^A__c.*/A__c = $c + {}/' let.map
	run -1 rec-map let.map <<<'{"entity_id":1,"id":1,"a":"x"}'
	assert_output --partial "let:8: A__c: string (\\\"no\\\") and object ({}) cannot be added"
}

@test "--explain tells each gate, key and field with its line" {
	run rec-map --explain orders/1 parent.map child.map <<<'{"entity_id":1,"items":[{"id":11,"q":2}]}'
	assert_success
	assert_line --index 0 'orders/1: 2 payloads'
	assert_line '  parent.map:6: skip switched-off = false'
	assert_line '  parent.map:3: key Id__c = "1"'
	assert_line '  child.map:7: Qty = 2'
	assert_line '  -> payload C/11'
	# a verdict that comes along is no part of the answer
	run -1 rec-map --explain orders/2 parent.map <<<'{"verdict":"skipped","reason":"x","object":"O","map":"m","source":"orders/2"}'
	refute_output --partial '"verdict"'
	run -1 rec-map --explain orders/2 parent.map <<<'{"entity_id":1}'
	assert_output --partial 'no record orders/2 came'
	run -2 rec-map --explain customers/2 parent.map <<<'{"entity_id":1}'
	assert_output --partial "the maps are from orders: --explain orders/ID, not 'customers/2'"
}

# The maps told below.
told()
{
	printf 'a,b\nx,1\n' >t.csv
	cat >e.map <<-'END'
	from    orders
	object  E
	key     Id__c = .entity_id
	phase   1
	let     $mail = .mail | ascii_downcase
	let     $unused = .x
	table   $t = t.csv
	match   Mail = $mail, Name
	match   Code = .code
	only    insert if .once
	skip    by-settings if $orders.automatic == false
	skip    small if .total < 5
	hold    never-asked if error("not reached")
	Name               = .name
	Gone               = .name | values
	T [update] [quiet] = $t[.t]
	Site [website eu]  = "F"
	Site               = "other"
	Bad                = if .bad then error("bad one") else 1 end
	END
	cat >c.map <<-'END'
	under   e
	object  C
	phase   2
	each    .items[]? as $i
	let     $twice = $i.n * 2
	key     = $i.id
	skip    none if $i.n == 0
	N       = $twice
	END
}

@test "--explain: lets that were asked for, rungs, tables, websites, what is cleared" {
	told
	run rec-map --ref "$REF" --explain orders/1 e.map c.map <<<'{"entity_id":1,"store_id":3,"mail":"A@B.C","name":null,"code":"k","total":9,"t":"nope","items":[{"id":1,"n":2},{"id":2,"n":0}]}'
	assert_success
	assert_output - <<-'END'
	orders/1: 0 payloads, e rejected (mapping-error)
	e: orders/1 to E
	  e.map:11: skip by-settings = false, by the settings
	  e.map:12: skip small = false
	  e.map:13: hold never-asked: not reached
	  -> rejected (mapping-error): e:13: never-asked: not reached
	c: orders/1 to C
	  e.map:11: skip by-settings = false, by the settings
	  e.map:12: skip small = false
	  e.map:13: hold never-asked: not reached
	  -> nothing: a gate of e is closed
	END
	sed -i /never-asked/d e.map
	run rec-map --ref "$REF" --explain orders/1 e.map c.map <<<'{"entity_id":1,"store_id":3,"mail":"A@B.C","name":null,"code":"k","total":9,"t":"nope","items":[{"id":1,"n":2},{"id":2,"n":0}]}'
	assert_success
	assert_output - <<-'END'
	orders/1: 2 payloads, c skipped (none)
	e: orders/1 to E
	  e.map:11: skip by-settings = false, by the settings
	  e.map:12: skip small = false
	  e.map:5: let $mail = "a@b.c"
	  e.map:3: key Id__c = 1
	  e.map:8: match Mail = "a@b.c", Name = null: left out, Name is empty
	  e.map:9: match Code = "k"
	  e.map:10: only insert = false
	  e.map:13: Name = null, which clears it
	  e.map:14: Gone is left alone
	  e.map:15: [update] [quiet] T = null, which clears it (t.csv has no row for string ("nope"))
	  e.map:16: Site = "F", by the line of the website
	  e.map:18: Bad = 1
	  -> payload E/1
	c: orders/1 to C
	  the gates of e are open
	  c.map:4: each gives 2
	  - 1 of 2: $i = {"n":2,"id":1}
	  c.map:7: skip none = false
	  c.map:5: let $twice = 4
	  c.map:6: key = 1
	  c.map:8: N = 4
	  -> payload C/1
	  - 2 of 2: $i = {"n":0,"id":2}
	  c.map:7: skip none = true: closed, nothing more is asked
	  -> skipped (none)
	END
}

@test "--explain: closed gates, failures, what each does not give" {
	told
	sed -i /never-asked/d e.map
	run rec-map --ref "$REF" --explain orders/1 e.map c.map <<<'{"entity_id":1,"total":1}'
	assert_output - <<-'END'
	orders/1: 0 payloads, e skipped (small)
	e: orders/1 to E
	  e.map:11: skip by-settings = false, by the settings
	  e.map:12: skip small = true: closed, nothing more is asked
	  -> skipped (small)
	c: orders/1 to C
	  e.map:11: skip by-settings = false, by the settings
	  e.map:12: skip small = true: closed, nothing more is asked
	  -> nothing: a gate of e is closed
	END
	run rec-map --ref "$REF" --explain orders/1 e.map c.map <<<'{"entity_id":1,"total":9,"mail":"x","bad":true}'
	assert_line '  e.map:18: Bad: bad one'
	assert_line '  -> rejected (mapping-error): e:18: Bad: bad one'
	assert_line '  c.map:4: each gives 0'
	assert_line '  -> nothing: each gives no value'
	run rec-map --ref "$REF" --explain orders/1 e.map c.map <<<'{"entity_id":1,"total":9,"mail":7}'
	assert_line --partial '  e.map:8: match Mail: '
	assert_line --partial '  -> rejected (mapping-error): e:8: Mail: '
}

@test "--explain stops reading at its record, and passes over what is none" {
	told
	sed -i /never-asked/d e.map
	run bash -c "set -o pipefail; { echo '[1]'; echo 'x'; while echo '{\"entity_id\":7,\"total\":1}'; do :; done; } 2>/dev/null | timeout 20 rec-map --ref '$REF' --explain orders/7 c.map e.map | head -n 1; echo \${PIPESTATUS[1]}"
	assert_line --index 0 'orders/7: 0 payloads, e skipped (small)'
	assert_line '0'
	long=$(head -c 5000 /dev/zero | tr '\0' x)
	run rec-map --ref "$REF" --explain orders/7 e.map <<<"{\"entity_id\":7,\"total\":9,\"mail\":\"x\",\"name\":\"$long\"}"
	assert_line --partial 'x... (5002 bytes)'
}

@test "usage: no map, a wrong option" {
	run -2 rec-map
	run -2 rec-map --chekc basic.map
	assert_output --partial -- '--check'
	run -2 rec-map --eval . basic.map
}

@test "a pattern of a map that is none is a mistake, with its place and reason" {
	cat >re.map <<-'EOF'
	from orders
	object Order
	phase 1
	key Id__c = .entity_id | text
	A__c = .a | test("a(b")
	B__c = .b | gsub("x"; "y"; "q")
	C__c = .c | [match(["[a", "g"])] | length
	EOF
	run rec-map --check re.map
	assert_failure 2
	assert_line "re.map:5:13: bad regular expression: end pattern with unmatched parenthesis"
	assert_line "re.map:6:13: 'q' are no flags, which are g i x s n l p"
	assert_line "re.map:7:14: bad regular expression: premature end of char-class"
}

@test "a pattern that explodes rejects its record, uncaught, and names itself" {
	cat >re.map <<-'EOF'
	from orders
	object Order
	phase 1
	key Id__c = .entity_id | text
	A__c = try (.a | test("^(a|aa)+$")) catch "caught"
	EOF
	local a
	a=$(printf 'a%.0s' {1..200})
	run -1 rec-map re.map <<<'{"entity_id":1,"a":"'"$a"'b"}
	{"entity_id":2,"a":"aaab"}'
	assert_equal "$(of '.verdict // "payload"' | xargs)" "rejected payload"
	[[ $(of '.message // empty') == re:5:\ A__c:\ the\ regular\ expression\ \"^\(a\|aa\)+$\"\ takes\ too\ long\ on\ a\ text\ of\ 201\ bytes* ]]
}

@test "many patterns, all computed, are compiled and forgotten" {
	local n
	n=$(jq -nc '[range(1000) | {p: "^x\(.)$", t: "x\(.)"}]')
	run -0 rec-map --eval '[.[] | .p as $p | .t | select(test($p) and (test($p + "0") | not))] | length' <<<"$n"
	assert_output 1000
}

@test "searches cost steps, so that a record cannot hold many slow ones" {
	local a
	a=$(printf 'a%.0s' {1..26})
	run -1 rec-map --eval '[range(1e6) as $i | test("^(a|aa)+$")] | length' <<<'"'"$a"'b"'
	assert_output --partial "takes"
}

# ---- several threads ----

# Some blocks of lines of all kinds: records, verdicts, what is no record, what
# is too long, with lengths that fall on no border.
mixed()
{
	awk 'BEGIN {
		for (i = 1; i <= 30000; i++) {
			if (i % 97 == 0) print "{\"verdict\":\"skipped\",  \"n\":" i "}"
			else if (i % 101 == 0) print "not json " i
			else if (i % 103 == 0) print "[" i "]"
			else if (i % 107 == 0) print "{\"w\":1}"
			else if (i % 9973 == 0) printf "{\"id\":%d,\"a\":\"%0*d\"}\n", i, 70000 + i, 0
			else printf "{\"id\":%d,\"%s\":1,\"x\":\"%0*d\"}\n", i,
			    substr("swho", i % 4 + 1, 1), i % 500, 0
		}
	}'
}

@test "threads: the bytes, the status and the words of one" {
	printf '[runs]\nline_limit = 64k\n' >millrace.conf
	mixed >in
	[ "$(wc -c <in)" -gt 8000000 ]
	run -1 bash -c 'rec-map -j 1 gates.map basic.map <in >1 2>1.err'
	[ "$(grep -c 'over the limit' 1)" -eq 3 ]
	for n in 2 3 8; do
		run -1 bash -c "rec-map -j $n gates.map basic.map <in >$n 2>$n.err"
		cmp 1 $n
		cmp 1.err $n.err
	done
	# from a pipe whose reads have borders of their own
	run -1 bash -c 'dd if=in bs=777 status=none | rec-map -j 3 gates.map basic.map >p'
	cmp 1 p
}

@test "threads: zones, tables, labels, children and what was learned are each one's own" {
	for i in {1..40}; do
		cat "$E/orders.ndjson"
	done >in
	cat >patterns.map <<-'EOF'
	from orders
	object Order
	phase 1
	key Id__c = .entity_id | text
	Same__c = .increment_id | sub("^0+"; "") | test("[1-9]$")
	Computed__c = .entity_id as $n | [.items[].sku // empty | test("^\($n % 90)|[a-z]+-\($n)")] | any
	Day__c = .created_at | local_date("Asia/Kolkata")
	EOF
	for n in 1 2 5; do
		rec-map -j $n --ref "$REF" "$REPO"/pipelines/mappings/{order,order-item,order-fee,order-draft,order-activate}.map \
		    patterns.map <in >$n || [ $? -eq 1 ]
	done
	grep -q Computed__c 1
	cmp 1 2
	cmp 1 5
}

@test "threads: a record that has come goes out, though none follows" {
	coproc rec-map -j 2 basic.map
	local pid=$COPROC_PID in=${COPROC[1]} line
	for id in 1 2 3; do
		printf '{"id":%d}\n{"id":' $id >&"$in"
		read -r -t 60 line <&"${COPROC[0]}"
		[ "$(jq -r .key <<<"$line")" = $id ]
		printf '9}\n' >&"$in"
		read -r -t 60 line <&"${COPROC[0]}"
		[ "$(jq -r .key <<<"$line")" = 9 ]
	done
	exec {in}>&-
	wait "$pid"
}

@test "threads: a cut-off stream is status 3, with all that came before" {
	{ mixed; printf '{"id":2'; } >in
	run -3 bash -c 'rec-map -j 1 basic.map <in >1'
	run -3 bash -c 'rec-map -j 4 basic.map <in >4'
	assert_output --partial 'writer died'
	cmp 1 4
}

@test "threads: a full disk is status 3, also while nothing more comes" {
	mixed >in
	run -3 bash -c 'rec-map -j 2 basic.map <in >/dev/full'
	assert_output --partial 'No space left'
	mkfifo open
	exec 7<>open
	echo '{"id":1}' >&7
	run -3 bash -c 'timeout 60 rec-map -j 4 basic.map <open >/dev/full 7>&-'
	exec 7>&-
}

@test "threads: a reader that leaves ends it quietly, also while nothing more comes" {
	yes '{"id":1}' | head -200000 >in
	run bash -c 'set -o pipefail; rec-map -j 3 basic.map <in | head -1 >/dev/null'
	assert_success
	assert_output ''
	mkfifo open
	exec 7<>open
	{ timeout 60 rec-map -j 3 basic.map <open 7>&-; echo "status $?" >status; } | true 7>&- &
	local job=$!
	# it finds out by what it writes when the reader has left
	until [ -s status ]; do
		echo '{"id":1}' >&7
		sleep 0.1
	done
	wait $job
	exec 7>&-
	[ "$(cat status)" = 'status 0' ]
}

@test "threads: a line that cannot be written ends the output there" {
	printf '[runs]\nline_limit = 80M\n' >millrace.conf
	{
		mixed | head -2000
		printf '{"verdict":"'
		head -c 70000000 /dev/zero | tr '\0' x
		echo '"}'
		mixed
	} >in
	run -3 bash -c 'rec-map -j 1 basic.map <in >1'
	assert_output --partial 'cannot be written'
	run -3 bash -c 'rec-map -j 3 basic.map <in >3'
	assert_output --partial 'cannot be written'
	[ -s 1 ]
	cmp 1 3
}

@test "threads: more than there is to do, and how many there can be" {
	echo '{"id":1}' >in
	rec-map basic.map <in >1
	rec-map -j 64 basic.map <in | cmp - 1
	rec-map -j 2 basic.map </dev/null | cmp - /dev/null
	for n in 0 65 x 2x '' -1; do
		run -2 rec-map -j "$n" basic.map
		assert_output --partial '1 to 64'
	done
}

@test "what was learned of earlier records changes nothing in later ones" {
	cat >m.map <<-'MAP'
	from orders
	object O
	phase 1
	key K = .entity_id | text
	A = .a | tojson
	B = .o.k | tojson
	C = .o.deep[0].x | tojson
	D = .z | tojson
	MAP
	# long the same, then another kind, order, spelling, blanks, twice
	jq -nc 'range(600) as $i | {entity_id: ($i + 1), a: 0, u: {p: 1, q: [1]},
		o: {k: "same", n: null, deep: [{x: 1, y: 2}]}, z: true}
	    | if $i % 17 == 0 then .a = [] elif $i % 19 == 0 then .a = {}
		elif $i % 23 == 0 then .a = "x\ny" elif $i % 29 == 0 then .a = -1.5 else . end
	    | if $i % 31 == 0 then .o.k = [$i] elif $i % 37 == 0 then del(.o.k)
		elif $i > 300 then .o.k = "\($i)" else . end
	    | if $i % 41 == 0 then .u = [] elif $i % 43 == 0 then .o.deep = [] else . end
	    | if $i % 47 == 0 then {z, o, u, a, entity_id} else . end
	    | if $i > 500 then .a = $i else . end' |
	    awk 'NR % 53 == 0 { sub(/"a":/, "\"\\u0061\":") }
		NR % 59 == 0 { gsub(/,/, " , "); gsub(/:/, " : ") }
		NR % 61 == 0 { sub(/}$/, ",\"a\":7,\"z\":\"last\"}") }
		NR % 67 == 0 { sub(/"u":/, "\"new" NR "\":1,\"u\":") } 1' >in
	jq -c '[.a, .o.k, .o.deep[0].x, .z | tojson]' in >by-jq
	rec-map m.map <in | jq -c '.fields | [.A, .B, .C, .D]' >by-us
	[ "$(wc -l <by-us)" -eq 600 ]
	cmp by-jq by-us
}

# Lists of attributes in the form that Magento writes them, and in others; the
# long ones in an order of their own each.
attributes()
{
	local a='{"attribute_code":"a","value":"1"}' b='{"attribute_code":"b","value":"\u00e9 \"\n"}' i
	for i in 1 2 3 4 5 6 7 8; do
		printf '%s\n' "[$a,$b]" "[$a,{\"attribute_code\":\"b\",\"value\":$i}]"
	done
	printf '%s\n' "[$b,$a]" "[$a]" '[]' 'null' '"x"' '{"a":1}' "[$a,5,$b]" \
	    "[ $a , $b ]" "[$a, $b]" "[$a,$b,{\"attribute_code\":\"a\",\"value\":[1,{\"x\":[]}]}]" \
	    '[{"value":2,"attribute_code":"a"}]' "[$a,{\"attribute_code\":\"b\"}]" \
	    '[{"attribute_code":"a","value":3,"more":1},{"attribute_code":"a","value":4}]' \
	    '[{"attribute_code":"\u0061","value":5}]' '[{"attribute_code":"a", "value":6}]' \
	    '[{"attribute_code":"a","value":7 }]' '[{"attribute_code":"a","value":8} ]' \
	    '[{"attribute_code":"a","value":1,"value":9}]' '[{"attribute_code":7,"value":"a"}]' \
	    '[{"attribute_code":"a","value":null},{"attribute_code":"b","value":{}}]'
	for i in {1..40}; do
		printf '%s\n' {a..z} | shuf --random-source=<(yes "$i") | jq -R '{attribute_code: ., value: "\(.)\(input_line_number)"}' | jq -sc .
	done
	printf '%s\n' "[$a,$b]" "[$b,$a]"
}

@test "custom() finds attributes in whatever form they come" {
	attributes | sed 's/.*/{"id":7,"custom_attributes":&}/' >in
	printf '%s\n' '{"id":7}' 'null' >>in
	rec-map --eval '[custom("a"), custom("b"), custom("none"), custom("z")]' <in >got
	jq -c 'def custom($code): if . == null then null else [.custom_attributes[]? | objects |
	    select(.attribute_code == $code) | .value] | last end;
	    [custom("a"), custom("b"), custom("none"), custom("z")]' in >want
	[ "$(wc -l <want)" -eq 80 ]
	diff want got
	# the same where the list is looked at in another way, too
	rec-map --eval '[custom("a"), custom("b"), custom("none"), custom("z"), (.custom_attributes | length | values | empty)]' <in >got
	diff want got
}

@test "a list of attributes that breaks off is no JSON, however it looked before" {
	local good='[{"attribute_code":"a","value":1},{"attribute_code":"b","value":2}]' bad
	for bad in '[{"attribute_code":"a","value":1}' '[{"attribute_code":"a","value":1},' \
	    '[{"attribute_code":"a","value":1},]' '[{"attribute_code":"a","value":1}]]' \
	    '[{"attribute_code":"a","value":01}]' '[{"attribute_code":"a","value":}]' \
	    '[{"attribute_code":"a","value":1' '[{"attribute_code":"a' \
	    '[{"attribute_code":"a","value":1}}' '[{"attribute_code":"a","value":1,}]'; do
		{
			yes "{\"id\":1,\"custom_attributes\":$good}" | head -n 10
			echo "{\"id\":1,\"custom_attributes\":$bad}"
			echo "{\"id\":1,\"custom_attributes\":$good}"
		} >in
		run rec-map --eval 'custom("b")' <in
		assert_equal "${#lines[@]}" 12
		assert_equal "$(grep -c '^2$' <<<"$output")" 11
	done
}

@test "a list of attributes that nobody wants is checked, in whatever form" {
	attributes | sed 's/.*/{"id":7,"custom_attributes":&,"name":"n"}/' >in
	rec-map --eval .name <in >got
	[ "$(sort got | uniq -c | tr -s ' ')" = ' 78 "n"' ]
	for bad in '[{"attribute_code":"a","value":01}]' '[{"attribute_code":"a","value":1}' \
	    '[{"attribute_code":"a","value":1},]' '[{"attribute_code":"\x"}]' '[{"attribute_code":"a","value":"\ud800"}]'; do
		{ cat in; echo "{\"id\":7,\"custom_attributes\":$bad,\"name\":\"n\"}"; } >worse
		run rec-map --eval .name <worse
		assert_equal "${#lines[@]}" 79
		assert_output --partial 'at byte'
	done
}

@test "it starts without the network's libraries: digests come from libcrypto's archive" {
	run ldd "$MILLRACE_BIN/rec-map"
	assert_success
	refute_output --regexp 'lib(crypto|ssl|curl)'
	run nm "$MILLRACE_BIN/rec-map"	# and bring no more of it along
	assert_output --partial SHA256_Init
	refute_output --partial EVP_
}

@test "a verdict names the source as a payload does, with a NUL in its id too" {
	cat >order.map <<-'EOF'
	from orders
	object Order
	phase 20
	key = .entity_id | text
	A = if .a == 1 then error("no") else .a end
	EOF
	printf '{"entity_id":"1\\u00002","a":%d}\n' 1 2 >in
	run -1 rec-map order.map <in
	assert_line --index 0 --partial '"source":"orders/1\u00002"'
	assert_line --index 0 --partial '"verdict":"rejected"'
	assert_line --index 1 --partial '"source":"orders/1\u00002"'
	refute_line --index 1 --partial '"verdict"'
}
