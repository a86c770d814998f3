#!/usr/bin/env bats
# Every directive and flag of a mapping file does what the manual says: each
# test fails where its directive is read and passed over.
bats_require_minimum_version 1.5.0
load helpers

prepare()
{
	: >millrace.conf
	export MILLRACE_CONF=$WORK/millrace.conf
	REF=$REPO/fixtures/magento/reference.ndjson
	cp "$REPO"/tests/maps/{parent,child,step,website,order-line,prune}.map "$REPO"/tests/maps/*.csv .
}

# of FILTER: the members of the output's lines
of() { jq -r "$1" <<<"$output"; }

# map NAME: a map of orders from standard input, with what each must have
map()
{
	{
		printf 'from orders\nobject %s\nphase %s\n' "${OBJECT:-O}" "${PHASE:-1}"
		cat
	} >"$1.map"
}

# said TEXT: the maps have this mistake
wrong()
{
	local text=$1
	shift
	run -2 rec-map "$@" </dev/null
	assert_output --partial "$text"
}

K='key Id__c = .entity_id | text'

# ---- what a map is of ----

@test "from: the source's entity, and the member that is its id" {
	while read -r entity member; do
		printf 'from %s\nobject O\nphase 1\nkey Id__c = "k"\nA = 1\n' "$entity" >x.map
		run -0 rec-map x.map <<<"{\"id\":1,\"entity_id\":2,\"rule_id\":3,\"coupon_id\":4}"
		[ "$(of .source)" = "$entity/$member" ]
	done <<'END'
orders 2
customers 1
products 1
carts 1
sales-rules 3
coupons 4
invoices 2
END
	map a <<<"$K"$'\nA = 1'
	printf 'from products\nobject O\nphase 1\n%s\nA = 1\n' "$K" >b.map
	wrong 'b.map:1:6: this map is from products, those before it are from orders' a.map b.map
}

@test "object and phase: lines come by phase, whatever the order of the maps" {
	OBJECT=First PHASE=9 map a <<<"$K"$'\nA = 1'
	OBJECT=Second PHASE=10 map b <<<"$K"$'\nA = 1'
	OBJECT=Third PHASE=10 map c <<<"$K"$'\nA = 1'
	run -0 rec-map c.map b.map a.map <<<'{"entity_id":1}'
	[ "$(of '"\(.object) \(.phase)"')" = $'First 9\nThird 10\nSecond 10' ]
	wrong 'a whole number up to 1000000 expected' <(map x <<<"$K"$'\nA = 1'; sed 's/^phase.*/phase 1O/' x.map)
}

@test "key: with an external id, without one, as text whatever it was" {
	map a <<<$'key Id__c = .k\nA = 1'
	run -0 rec-map a.map <<<'{"entity_id":1,"k":10.50}'
	[ "$(of '"\(.key) \(.extid)"')" = '10.50 Id__c' ]
	map a <<<$'key = .k\nA = 1'
	run -0 rec-map a.map <<<'{"entity_id":1,"k":"x\"y"}'
	[ "$(of '"\(.key) \(has("extid"))"')" = 'x"y false' ]
	run -1 rec-map a.map <<<'{"entity_id":1,"k":[1]}'
	[[ $(of .message) == *"a key is a text or a number, not array"* ]]
	wrong 'keys and references use text' <(map x <<<$'key = .k | tostring\nA = 1'; cat x.map)
	wrong 'keys and references use text' <(map x <<<"$K"$'\nA.B__c = .k | tostring'; cat x.map)
	# elsewhere tostring is what jq says
	map a <<<"$K"$'\nA = null | tostring'
	run -0 rec-map a.map <<<'{"entity_id":1}'
	[ "$(of .fields.A)" = null ] && [ "$(of '.fields.A | type')" = string ]
}

@test "match: rungs in their order, with the field's value or one of their own" {
	map a <<<"$K"$'
match Name, City = (.c, .d) | select(. != null)
match Contacts.Email = .mail
match Name
Name = .name'
	run -0 rec-map a.map <<<'{"entity_id":1,"name":"n","c":"x","mail":"a@b.c"}'
	[ "$(of '.match | tojson')" = '[{"Name":"n","City":"x"},{"Contacts.Email":"a@b.c"},{"Name":"n"}]' ]
	run -0 rec-map a.map <<<'{"entity_id":1,"name":"n","mail":""}'
	[ "$(of '.match | tojson')" = '[{"Name":"n"}]' ]
	wrong 'that field is [off]; give its value' <(sed 's/^Name =/Name [off] =/' a.map)
	wrong "this map sets no such field, did you mean 'Name'?; give its value: match FIELD = EXPRESSION" <(sed 's/^match Name$/match Naem/' a.map)
}

# ---- maps that stand together ----

@test "each: a payload for each value, the record stays the dot" {
	run -0 rec-map parent.map child.map <<<'{"entity_id":5,"items":[{"id":1,"q":3},{"id":2,"q":4}]}'
	[ "$(of 'select(.map == "child") | "\(.key) \(.fields.Qty) \(.insert["Parent.Id__c"])"')" = $'1 3 5\n2 4 5' ]
	map a <<<"$K"$'\neach .x[] as $i\nA = $i'
	sed -i 's/^key.*/key Id__c = $i/' a.map
	wrong 'unknown variable $i' a.map		# each comes before what uses it
	map a <<<$'each .x[] as $i\nkey Id__c = $i\nA = $i'
	run -0 rec-map a.map <<<'{"entity_id":1,"x":["p","q"]}'
	[ "$(of .key)" = $'p\nq' ]
	run -1 rec-map a.map <<<'{"entity_id":1,"x":7}'
	[ "$(of '"\(.verdict) \(.reason)"')" = 'rejected mapping-error' ]
}

@test "under: names, tables and gates of the parent, and the parent's fate" {
	cat >p.map <<'END'
from orders
object P
phase 1
key Id__c = .entity_id | text
table $t = status.csv
let $n = .n
skip closed if .closed
A = .a + 1
END
	printf 'under p\nobject C\nphase 2\nkey Id__c = "c"\nB = $t[$n]\n' >c.map
	run -0 rec-map p.map c.map <<<'{"entity_id":1,"a":1,"n":"new"}'
	[ "$(of 'select(.map == "c") | "\(.parent) \(.fields.B)"')" = 'P/1 Draft' ]
	run -0 rec-map p.map c.map <<<'{"entity_id":1,"a":1,"n":"new","closed":true}'
	[ "$(of '"\(.map) \(.verdict) \(.reason)"')" = 'p skipped closed' ]
	run -1 rec-map p.map c.map <<<'{"entity_id":1,"a":"x","n":"new"}'
	[ "$(of '"\(.map) \(.verdict) \(.reason)"')" = $'p rejected mapping-error\nc waiting parent-failed' ]
	wrong 'the phase of that map does not come before' p.map <(sed 's/phase 2/phase 1/' c.map)
	wrong "the map 'q' is not among those given" p.map <(sed 's/under p/under q/' c.map)
	sed -i 's/^key.*/each .x[] as $i\nkey Id__c = $i/' p.map
	wrong 'that map has `each`' p.map c.map
	printf 'under b\nobject C\nphase 2\n%s\nA = 1\n' "$K" >a.map
	printf 'under a\nobject C\nphase 3\n%s\nA = 1\n' "$K" >b.map
	wrong 'in a circle' a.map b.map
}

@test "with: the maps a step stands around, and the first one's names and gates" {
	run -0 rec-map parent.map step.map <<<'{"entity_id":1}'
	[ "$(of 'select(.map == "step") | "\(.with | tojson) \(.fields.Status)"')" = '["parent"] 2' ]
	run -0 rec-map parent.map step.map <<<'{"entity_id":1,"off":true}'
	[ "$(of '"\(.map) \(.verdict)"')" = 'parent skipped' ]
	sed -i 's/^with .*/with parent, child/' step.map
	run -0 rec-map parent.map child.map step.map <<<'{"entity_id":1,"items":[]}'
	[ "$(of 'select(.map == "step") | .with | tojson')" = '["parent","child"]' ]
	sed -i 's/^with .*/with parent, chidl/' step.map
	wrong "the map 'chidl' is not among those given, did you mean 'child'?" parent.map child.map step.map
}

# What a step before and a step after do is led-recall's, sf-match's, sf-diff's
# and sf-load's; here from the maps on.
@test "with: before only what goes on, after what went on" {
	printf '[magento]\nurl = http://shop.test/\n[ledger]\npath = ledger.sqlite\n' >millrace.conf
	cat >h.map <<<$'from orders\nobject O\nphase 2\nkey Id__c = .entity_id | text\nH = .h'
	cat >b.map <<<$'with h, a\nobject O\nphase 1\nkey Id__c = .entity_id | text\nS [quiet] = "Draft"'
	cat >a.map <<<$'with h\nobject O\nphase 3\nkey Id__c = .entity_id | text\nS = .s'
	fates() { rec-map h.map b.map a.map <<<"$1" | led-recall | jq -r '.map + " " + (.verdict // "goes")' | paste -sd,; }
	rec-map h.map b.map a.map <<<'{"entity_id":1,"h":1,"s":1}' | led-recall |
		jq -c '{verdict:"created"} + del(.fields,.with,.phase,.quiet,.only) + {id:"801000000000001AAA"}' | led-record >/dev/null
	[ "$(fates '{"entity_id":1,"h":1,"s":1}')" = 'b unchanged,h unchanged,a unchanged' ]
	[ "$(fates '{"entity_id":1,"h":2,"s":1}')" = 'b goes,h goes,a goes' ]
	[ "$(fates '{"entity_id":1,"h":1,"s":2}')" = 'b goes,h unchanged,a goes' ]
}

@test "only: on the payload where its condition holds, of each child alone" {
	map a <<<$'each .x[] as $i\nkey Id__c = $i\nonly update if $i == "p"\nA = $i'
	run -0 rec-map a.map <<<'{"entity_id":1,"x":["p","q"]}'
	[ "$(of '"\(.key) \(.only)"')" = $'p update\nq null' ]
	sed -i 's/^only.*/only insert/' a.map
	run -0 rec-map a.map <<<'{"entity_id":1,"x":["p","q"]}'
	[ "$(of .only)" = $'insert\ninsert' ]
	sed -i 's/^only.*/only insert if .x | keys | error/' a.map
	run -1 rec-map a.map <<<'{"entity_id":1,"x":["p"]}'
	[ "$(of .reason)" = mapping-error ]
	sed -i 's/^only.*/only delete/' a.map
	wrong "'insert' or 'update' expected" a.map
}

@test "shared: on the payload" {
	map a <<<"$K"$'\nshared\nA = 1'
	run -0 rec-map a.map <<<'{"entity_id":1}'
	[ "$(of .shared)" = true ]
	sed -i '/^shared/d' a.map
	run -0 rec-map a.map <<<'{"entity_id":1}'
	[ "$(of 'has("shared")')" = false ]
}

# ---- names ----

@test "let: a value for the record or the child, null without one" {
	map a <<<$'let $r = .a + 1\neach .x[] as $i\nlet $c = $i * $r\nlet $none = empty\nlet $bad = error("never asked")\nkey Id__c = $i\nA = $c\nB = $none'
	run -0 rec-map a.map <<<'{"entity_id":1,"a":1,"x":[3,4]}'
	[ "$(of '"\(.fields.A) \(.fields.B) \(.fields | has("B"))"')" = $'6 null true\n8 null true' ]
	map a <<<"$K"$'\nlet $two = (1, 2)\nA = $two'
	run -1 rec-map a.map <<<'{"entity_id":1}'
	[[ $(of .message) == *"more than one value"* ]]
	map a <<<"$K"$'\nlet $x = 1\nlet $x = 2\nlet $orders = 3\nA = $x'
	wrong '$x has a meaning already' a.map
	wrong '$orders has a meaning already' a.map
}

@test "include: names and gates of several maps, with their own file and lines" {
	mkdir maps
	cp status.csv maps
	printf 'let $two = $one + 1\n\ntable $t = status.csv\nskip off if .off\nlet $bad = .s | error("no")' >maps/common.inc
	map maps/a <<<"$K"$'\nlet $one = 1\ninclude common.inc\nlet $three = $two + 1\nA = [$two, $three, $t[.s]] | join(" ")\nB = if .bad then $bad else 1 end'
	run -0 rec-map maps/a.map <<<'{"entity_id":1,"s":"new"}'
	[ "$(of .fields.A)" = '2 3 Draft' ]
	run -0 rec-map maps/a.map <<<'{"entity_id":1,"off":true}'
	[ "$(of '"\(.verdict) \(.reason)"')" = 'skipped off' ]
	# the record's error and the map's mistakes are where they stand
	run -1 rec-map maps/a.map <<<'{"entity_id":1,"s":"new","bad":true}'
	[[ $(of .message) == 'a:9: B: in $bad, common.inc:5: no' ]]
	printf 'let $two = nix\nA = 1\n' >maps/common.inc
	wrong 'maps/common.inc:1:12: unknown function' maps/a.map
	assert_output --partial 'maps/common.inc:2:1: what is included has names and gates alone'
	# what the map is, changes with it; a comment is none of that
	printf 'let $two = 2\ntable $t = status.csv\nlet $bad = 1\n' >maps/common.inc
	run -0 rec-map maps/a.map <<<'{"entity_id":1,"s":"new"}'
	rev=$(of .rev)
	echo '# no more' >>maps/common.inc
	run -0 rec-map maps/a.map <<<'{"entity_id":1,"s":"new"}'
	[ "$(of .rev)" = "$rev" ]
	sed -i 's/= 2/= 3/' maps/common.inc
	run -0 rec-map maps/a.map <<<'{"entity_id":1,"s":"new"}'
	[ "$(of .rev)" != "$rev" ]
	# as an editor of another system leaves it
	cp maps/common.inc was
	sed -i '1s/^/\xef\xbb\xbf/' maps/common.inc
	run -0 rec-map maps/a.map <<<'{"entity_id":1,"s":"new"}'
	[ "$(of .fields.A)" = '3 4 Draft' ]
	mv was maps/common.inc
	# who changes a line of the map changes no other
	cp maps/a.map was
	printf '[runs]\nmappings = maps\n' >millrace.conf
	millrace maps disable a A
	[ "$(diff was maps/a.map | grep -c '^[<>]')" -eq 2 ]
	millrace maps enable a A
	cmp was maps/a.map
	: >millrace.conf
	echo 'include more.inc' >>maps/common.inc
	wrong 'common.inc:5:1: what is included has' maps/a.map
	rm maps/common.inc
	wrong "maps/a.map:6:9: cannot open 'maps/common.inc': No such file" maps/a.map
	refute_output --partial unknown
	map maps/b <<<"$K"$'\ninclude\nA = 1'
	wrong 'the name of a file expected' maps/b.map
}

@test "table: what is not there is null, a default, held, rejected" {
	for missing in '' 'default 7' 'hold' 'hold code' 'error'; do
		map a <<<"$K"$'\ntable $t = status.csv '"$missing"$'\nA = $t[.s]'
		run rec-map a.map <<<'{"entity_id":1,"s":"new"}'
		[ "$(of .fields.A)" = Draft ]
		run rec-map a.map <<<'{"entity_id":1,"s":"no such"}'
		of '"\(.verdict) \(.reason) \(.fields.A)"' >>got
	done
	diff got - <<'END'
null null null
null null 7
held not-in-table null
held code null
rejected mapping-error null
END
}

# ---- gates ----

@test "skip, wait, hold: the first that is true, in their order" {
	for first in skip wait hold; do
		map a <<<"$K"$'\n'"$first"$' one if .x > 0\nskip two if .x > 1\nwait three if .x > 2\nhold four if .x > 3\nA = 1'
		run rec-map a.map <<<'{"entity_id":1,"x":9}'
		of '"\(.verdict) \(.reason)"' >>got
	done
	diff got - <<'END'
skipped one
waiting one
held one
END
	map a <<<"$K"$'\nskip two if .x > 1\nhold four if .x > 3\nwait three if .x > 2\nA = 1'
	run rec-map a.map <<<'{"entity_id":1,"x":1}'
	[ "$(of 'has("verdict")')" = false ]
	sed -i 's/skip two if .x > 1/skip two if .x == 2/' a.map
	run rec-map a.map <<<'{"entity_id":1,"x":4}'
	[ "$(of .reason)" = four ]
	run -1 rec-map <(sed 's/^skip.*/skip two if .x | keys/' a.map) <<<'{"entity_id":1,"x":4}'
	[ "$(of .reason)" = mapping-error ]
}

# ---- fields ----

@test "[insert] [update]: where the field stands; [own] [quiet]: named; [off]: nowhere" {
	map a <<<"$K"$'\nA [insert] = 1\nB [update] = 2\nC = 3\nD [own] = 4\nE [quiet] [update] = 5\nF [off] = 6\nG [insert] = 7\nG [update] = 8'
	run -0 rec-map a.map <<<'{"entity_id":1}'
	[ "$(of '[.insert, .update, .fields, .own, .quiet] | tojson')" = '[{"A":1,"G":7},{"B":2,"E":5,"G":8},{"C":3,"D":4},["D"],["E"]]' ]
	wrong ':11:13: [quiet] is for what may change' <(sed 's/^G .insert. =/G [insert] [quiet] =/' a.map)
	wrong ':11:12: [quiet] is for what may change' <(sed 's/^G .insert. =/G [quiet] [insert] =/' a.map)
	# disabled, but checked
	wrong "unknown function 'nonsense'" <(sed 's/^F.*/F [off] = nonsense/' a.map)
	wrong 'G is set in line' <(echo 'G = 9' | cat a.map -)
	wrong 'unknown flag, did you mean [quiet]?' <(sed 's/quiet/qiuet/' a.map)
}

@test "a field: none leaves alone, null and empty clear, #N/A and more than one are refused" {
	map a <<<"$K"$'\nA = .a | values\nB = .b\nC = .c'
	run -0 rec-map a.map <<<'{"entity_id":1,"b":""}'
	[ "$(of '.fields | tojson')" = '{"B":null,"C":null}' ]
	run -1 rec-map a.map <<<'{"entity_id":1,"a":"#N/A"}'
	[[ $(of .message) == 'a:5: A: '*'the text #N/A'* ]]
	run -0 rec-map a.map <<<'{"entity_id":1,"a":"#N/A "}'
	[ "$(of .fields.A)" = '#N/A ' ]
	run -1 rec-map a.map <<<'{"entity_id":1,"c":{}}'
	[[ $(of .message) == 'a:7: C: '*object* ]]
}

# ---- websites ----

@test "[website]: the line of the record's website counts, else the one for all" {
	run -0 rec-map --ref "$REF" website.map <<'END'
{"entity_id":1,"store_id":1,"a":1}
{"entity_id":2,"store_id":2,"a":2}
{"entity_id":3,"store_id":3,"a":3}
{"entity_id":4,"store_id":0,"a":4}
END
	[ "$(of '[.insert, .fields, .quiet, .match] | tojson')" = '[{"New__c":1},{"None__c":1,"Owner__c":"all 1"},["Sum__c"],[{"Owner__c":"all 1"}]]
[{"New__c":2},{"None__c":1,"Owner__c":"all 2"},["Sum__c"],[{"Owner__c":"all 2"}]]
[{"New__c":3},{"Off__c":"sent","Owner__c":"eu 3","Sum__c":4},["Sum__c"],[{"Owner__c":"eu 3"}]]
[null,{"Off__c":"sent","Owner__c":"all 4"},["Sum__c"],[{"Owner__c":"all 4"}]]' ]
}

@test "[website]: an error names the line that counted, and --explain shows it" {
	run -1 rec-map --ref "$REF" website.map <<<'{"entity_id":3,"store_id":3,"a":"x"}'
	[[ $(of .message) == 'website:10: Sum__c: '* ]]
	run -0 rec-map --ref "$REF" --explain orders/3 website.map <<<'{"entity_id":3,"store_id":3,"a":3}'
	assert_line '  website.map:7: Owner__c = "eu 3", by the line of the website'
	assert_line '  website.map:11: Off__c = "sent"'
	run -0 rec-map --ref "$REF" --explain orders/1 website.map <<<'{"entity_id":1,"store_id":1,"a":3}'
	assert_line '  website.map:8: Owner__c = "all 3"'
	assert_line '  website.map:12: Off__c is left alone'
	assert_line '  website.map:10: [quiet] Sum__c is left alone, no line is for this website'
}

@test "[website]: --list shows each line with its websites" {
	run -0 rec-map --list=json website.map
	[ "$(of 'select(.field == "Off__c") | "\(.website) \(.enabled) \(.line)"')" = $' true 11\nbase false 12' ]
	[ "$(of 'select(.field == "New__c") | .website')" = 'eu, base' ]
	run -0 rec-map --list website.map
	assert_line --regexp '^website +O +Owner__c +always +eu +7 +"eu '
}

# with LINE TEXT: one more line, and its mistake
with()
{
	{ cat website.map; echo "$1"; } >w.map
	run -2 rec-map --ref "$REF" w.map </dev/null
	assert_output --partial "w.map:15:$2"
}

@test "[website]: mistakes" {
	wrong 'which website a record is of is not known without --ref' website.map
	with 'X [website ue] = 1' "12: the store has no website 'ue', did you mean 'eu'?"
	with 'X [website france] = 1' "12: the store has no website 'france', its websites are admin, base, eu"
	with 'X [website eu, eu] = 1' '16: this website stands here twice'
	with 'X [website] = 1' '11: the code of a website expected'
	with 'X [webiste eu] = 1' '4: unknown flag, did you mean [website]?'
	with 'Owner__c [website base, eu] = 1' '25: Owner__c of website eu is set in line 7 already'
	with 'Owner__c [website base] [insert] = 1' '1: the lines of Owner__c must agree in [insert] and [update], unlike this one and line 7'
	with 'Sum__c = 1' '1: the lines of Sum__c must agree in [own] and [quiet], unlike this one and line 10'
	with 'Owner__c = 1' '1: Owner__c is set in line 8 already'
	# what --check cannot know without the store it does not doubt
	sed 's/website eu/website elsewhere/' website.map >w.map
	run rec-map --check w.map
	[[ $output != *"no website"* ]]
}

# ---- mistakes ----

@test "a map full of mistakes: all are told, each once, in the order of the lines" {
	cat >hostile.map <<'END'
# thirty mistakes
object  Order Item
phase   3O
each    .items[] as item
key     Id__c = $item.id
match   Emial
only    inserts if true
shared  yes
let     total = .grand_total
let     $a = .a +
table   $t = nowhere.csv
table   $u = status.csv defualt "x"
skip    gone when .gone
hold    if .x
Name              = .name | ascii_upcase(1)
Name     [insrt]  = .name
Email    [insert  = .email
Total             = dsum(.a; .b)
City              = .city.[
Day               = .created_at | local_date($store.timzone)
Zip               = if .a then 1
Amount            = $order.currency
Status            = $orders.default_statsu
Ref.Id__c         = .x | tostring
Cmp               = .x == 1 == 2
Set               = if .x = 1 then 2 end
Sum__c            = def f: 1; f
Now__c            = now
Text              = "abc \(.x"
Num               = 1.2.3
.name             = 1
Field-X           = 1
under   parent
prune   parnet
Lower             = .x | ascii_lowercase
Also              = $u.x
Also              = 2
Slash             = .a / ($b
END
	run -2 rec-map --ref "$REF" parent.map hostile.map </dev/null
	# a mistake has three lines: what, where, and the caret
	grep -oE '^hostile\.map:[0-9]+:[0-9]+' <<<"$output" | cut -d: -f2,3 >places
	sort -t: -n -k1,1 -k2,2 -c places
	[ -z "$(uniq -d places)" ]
	# every line but the heading, and those that are right, is told
	comm -3 <(cut -d: -f1 places | sort -u) <(seq 2 38 | grep -vxE '5|33|36' | sort -u) >differ
	diff differ /dev/null
	for text in \
	    "3:9: a whole number up to 1000000 expected" \
	    "6:9: this map sets no such field, did you mean 'Email'?" \
	    "10:18: an expression expected" \
	    "12:25: 'default VALUE', 'hold [CODE]' or 'error' expected" \
	    "15:29: 'ascii_upcase' does not take 1 argument" \
	    "16:11: unknown flag, did you mean [insert]?" \
	    "21:21: this has no 'end'" \
	    "22:21: unknown variable \$order, did you mean \$orders?" \
	    "23:28: unknown setting orders.default_statsu, did you mean default_status?" \
	    "26:27: '=' is not part of this language" \
	    "34:9: there is no map 'parnet' beside this one, did you mean 'parent'?" \
	    "35:26: unknown function 'ascii_lowercase', did you mean 'ascii_downcase'?" \
	    "37:1: Also is set in line 36 already"; do
		assert_output --partial "hostile.map:$text"
	done
	# and nothing is said of what has none
	[[ $output != *parent.map:* ]]
}

@test "a file of mistakes without end is told as far as anybody reads" {
	yes 'X = 1' | head -c 3000000 >big.map
	run -2 timeout 60 rec-map big.map </dev/null
	[ "${#output}" -lt 2000000 ]
	yes 'x' | head -c 5000000 >big.map
	wrong 'this is no mapping file: it is over 4 MiB' big.map
}
