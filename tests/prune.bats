#!/usr/bin/env bats
# prune: what a parent no longer has is deleted; from the map to Salesforce.
bats_require_minimum_version 1.5.0
load helpers

# shellcheck disable=SC2034  # sf.bash reads it
FEW=0		# the faults are of jobs

# ---- what rec-map writes ----

maps()
{
	: >millrace.conf
	cp "$REPO"/tests/maps/{parent,prune,order-line}.map .
}

# now RECORD: `children` of the parent's payload
now()
{
	rec-map parent.map prune.map <<<"$1" |
		jq -c 'select(.map == "parent") | .children'
}

# The element of `children` without what the map alone decides.
bare() { jq -c 'map_values(del(.rev))'; }

@test "the parent's payload lists what the record has of a map that prunes" {
	maps
	run now '{"entity_id":1,"items":[{"id":11,"q":2},{"id":"1\"2","q":1}]}'
	[ "$(bare <<<"$output")" = '{"prune":{"phase":30,"also":["order-line"],"keys":["11","1\"2"]}}' ]
	rec-map parent.map prune.map <<<'{"entity_id":1,"items":[{"id":11,"q":2}]}' >out
	[ "$(head -1 out | jq -r .children.prune.rev)" = "$(tail -1 out | jq -r .rev)" ]
	# where it belongs: before the data
	[ "$(head -1 out | jq -r 'keys_unsorted | join(" ")')" = "object map phase source key extid rev children fields" ]
	run now '{"entity_id":1,"items":[]}'
	[ "$(bare <<<"$output")" = '{"prune":{"phase":30,"also":["order-line"],"keys":[]}}' ]
}

@test "an absent list, a child that is skipped or rejected, a closed gate: nothing is listed" {
	maps
	[ "$(now '{"entity_id":1}')" = null ]
	[ "$(now '{"entity_id":1,"items":null}')" = null ]
	[ "$(now '{"entity_id":1,"items":[{"id":11,"q":1},{"id":12,"q":0}]}')" = null ]
	[ "$(now '{"entity_id":1,"items":[{"id":11,"q":1},{"id":null,"q":1}]}')" = null ]
	[ "$(now '{"entity_id":1,"items":[{"id":11,"q":[]}]}')" = null ]
	[ "$(now '{"entity_id":1,"items":7}')" = null ]
	[ "$(now '{"entity_id":1,"off":true,"items":[]}')" = null ]
	[ "$(now '{"entity_id":1,"boom":true,"items":[]}')" = null ]
	sed -i 's/^skip.*/wait later if .later/' prune.map
	[ "$(now '{"entity_id":1,"later":true,"items":[]}')" = null ]
	[ "$(now '{"entity_id":1,"later":true,"items":[{"id":1}]}')" = null ]
	[ "$(now '{"entity_id":1,"items":[]}')" != null ]
	# of two lists one is absent
	sed -i 's/^each.*/each .items[], .more[] as $i/' prune.map
	[ "$(now '{"entity_id":1,"items":[{"id":1}]}')" = null ]
	[ "$(now '{"entity_id":1,"items":[{"id":1}],"more":[]}' | jq -c .prune.keys)" = '["1"]' ]
}

@test "a payload that is too long with its children is rejected, and they wait for it" {
	maps
	sed -i 's/^Twice.*/Text = "x" * (.much \/\/ 1)/' parent.map
	jq -nc '{entity_id: 1, much: 50331000, items: [range(100) | {id: "line-\(.)", q: 1}]},
	    {entity_id: 2, items: [{id: 1, q: 1}]}' >in
	run -1 rec-map parent.map prune.map <in
	jq -r '"\(.source) \(.map) \(.verdict // "goes"): \(.message // .reason)"' <<<"$output" | uniq -c >fates
	[ "$(sed 's/^ *//' fates)" = "\
1 orders/1 parent rejected: parent:3: prune: the payload is too long with the keys of its children
100 orders/1 prune waiting: parent-failed
1 orders/2 parent goes: null
1 orders/2 prune goes: null" ]
}

@test "lines keep their order, whatever waits for the list" {
	maps
	cp "$REPO/tests/maps/step.map" .
	run rec-map parent.map prune.map step.map <<'END'
{"entity_id":1,"items":[{"id":11,"q":2},{"id":12,"q":0}]}
{"entity_id":2,"items":[]}
END
	[ "$(jq -r '"\(.source) \(.map) \(.verdict // "-")"' <<<"$output")" = "\
orders/1 parent -
orders/1 prune -
orders/1 prune skipped
orders/1 step -
orders/2 parent -
orders/2 step -" ]
}

# wrong LINE-BY-SED TEXT: the mistake is told
wrong()
{
	cp "$REPO"/tests/maps/{parent,prune}.map .
	sed -i "$1" prune.map
	run -2 rec-map parent.map prune.map </dev/null
	assert_output --partial "$2"
}

@test "mistakes with prune" {
	maps
	wrong 's/order-line/order-lien/' "prune.map:5:9: there is no map 'order-lien' beside this one, did you mean 'order-line'?"
	wrong 's/order-line/prune/' 'prune.map:5:9: prune means this map anyway'
	wrong 's/order-line/order-line, order-line/' 'prune.map:5:21: this map is named here twice'
	wrong 's/order-line/parent/' 'prune.map:5:9: that map makes children of its own'
	wrong '5a prune' 'prune.map:6:1: prune stands here twice, first in line 5'
	wrong 's/^under.*/from orders/' 'prune.map:5:1: prune deletes what a parent no longer has: under MAP is missing'
	wrong 's/^each.*/let $i = .items[0]/' 'prune.map:5:1: prune goes by what each no longer yields: each EXPR as $x is missing'
	wrong '5a shared' 'prune.map:5:1: of what is shared other records may have'
	wrong 's/order-line/,/' 'prune.map:5:9: a map expected'
	wrong 's/order-line/order-line if true/' 'prune.map:5:20: this does not belong here'
	run -0 rec-map parent.map "$REPO/tests/maps/prune.map" </dev/null
}

# ---- what led-recall adds ----

ledger()
{
	printf '[magento]\nurl = http://shop.test/\n[ledger]\npath = ledger.sqlite\n' >m.conf
	export MILLRACE_CONF=$WORK/m.conf
}

REV=1

# order SOURCE PARENT KEYS LINE...: draft, header, lines, activation; each LINE
# is a key, KEYS the list in children, "-" for none
order()
{
	local source=$1 p=$2 keys=$3 c='' k
	shift 3
	[ "$keys" = - ] || c=",\"children\":{\"line\":{\"phase\":30,\"rev\":\"$REV\",\"also\":[\"cart-line\"],\"keys\":$keys}}"
	printf '{"object":"O","map":"draft","phase":10,"source":"%s","key":"%s","with":["head","line","activate"],"only":"update","quiet":["S"],"rev":"1","fields":{"S":"Draft"}}\n' "$source" "$p"
	printf '{"object":"O","map":"head","phase":20,"source":"%s","key":"%s","rev":"1"%s,"fields":{"H":"%s"}}\n' "$source" "$p" "$c" "${HEAD:-h}"
	for k; do
		printf '{"object":"L","map":"%s","phase":30,"source":"%s","key":"%s","parent":"O/%s","rev":"1","fields":{"I":"%s"}}\n' "${MAP:-line}" "$source" "$k" "$p" "${FIELD:-i}"
	done
	printf '{"object":"O","map":"activate","phase":40,"source":"%s","key":"%s","with":["head","line"],"rev":"1","fields":{"S":"Done"}}\n' "$source" "$p"
}

# All that goes on is done, as sf-load would say it; $1: more jq.
load_all()
{
	jq -c "if .verdict then . else {verdict:(if .delete then \"deleted\" else \"created\" end)}
	    + (del(.fields,.with,.phase,.only,.shared,.quiet)
	    | .id //= \"001000000000\" + (.object + .key + \"000000\")[:6]) end ${1-}"
}

record() { led-recall | load_all "${1-}" | led-record >/dev/null; }

fates()
{
	jq -r '"\(.map) \(.key) \(if .delete then "delete " else "" end)\(.verdict // "goes")" + (if .reason then " " + .reason else "" end)'
}

@test "a child that is gone is deleted, between the steps, before what is new" {
	ledger
	order orders/7 7 - a b | record
	order orders/7 7 '["b","c"]' b c | led-recall >out
	[ "$(fates <out)" = "\
draft 7 goes
head 7 unchanged
line a delete goes
line b unchanged
line c goes
activate 7 goes" ]
	run jq -c 'select(.delete)' out
	assert_output '{"object":"L","map":"line","phase":30,"source":"orders/7","key":"a","parent":"O/7","rev":"1","id":"001000000000La0000","delete":true}'
	[ "$(jq -c 'select(.children)' out)" = "" ]
	# deleted: forgotten, and nothing is done again
	load_all <out | led-record >/dev/null
	order orders/7 7 '["b","c"]' b c >in
	[ "$(led-recall <in | fates | cut -d' ' -f3 | sort -u)" = unchanged ]
	# and what comes back is new
	order orders/7 7 '["a","b","c"]' a b c | led-recall >out
	[ "$(jq -r 'select(.key == "a") | has("id")' out)" = false ]
}

@test "with an empty list all children go; with none nothing does" {
	ledger
	order orders/7 7 - a b | record
	[ "$(order orders/7 7 - | led-recall | fates | grep -c delete)" -eq 0 ]
	[ "$(order orders/7 7 '[]' | led-recall | fates | paste -sd,)" = \
		"draft 7 goes,head 7 unchanged,line a delete goes,line b delete goes,activate 7 goes" ]
	[ "$(order orders/7 7 '[]' | led-recall --again | fates | grep -c delete)" -eq 2 ]
}

@test "children of another parent, and of a map that is not named, stay" {
	ledger
	order orders/7 7 - a | record
	order orders/8 8 - b | record
	MAP=other order orders/7 7 - x | record
	MAP=cart-line order carts/5 7 - q | record
	[ "$(order orders/7 7 '[]' | led-recall | fates | grep delete | paste -sd,)" = \
		"line a delete goes,line q delete goes" ]
	# what another map of the record gives is not gone
	{ order orders/7 7 '["a"]' a | head -3; MAP=cart-line order orders/7 7 - q | sed -n 3p; } >in
	[ "$(led-recall <in | fates | grep -c delete)" -eq 0 ]
	# an entry of the named map's own goes as well
	order orders/7 7 '["a"]' a | record
	[ "$(led list | grep -c cart-line)" -eq 0 ]
}

@test "not when the parent or a child is not well" {
	ledger
	order orders/7 7 - a b | record
	order orders/7 7 '["b"]' b >in
	for v in skipped/x waiting/x held/x rejected/x failed/X; do
		jq -c "if .map == \"line\" then {verdict:\"${v%/*}\",reason:\"${v#*/}\"} + del(.fields) else . end" in >bad
		run led-recall <bad
		[[ $output != *'"delete"'* ]]
		jq -c "if .map == \"head\" then {verdict:\"${v%/*}\",reason:\"${v#*/}\"} + del(.fields, .children) else . end" in >bad
		run led-recall <bad
		[[ $output != *'"delete"'* ]]
	done
	# a child that led-recall itself rejects
	{ cat in; sed -n 3p in; } >twice
	run -1 led-recall <twice
	[[ $output == *duplicate-key* && $output != *'"delete"'* ]]
}

@test "a delete that Salesforce refuses is tried again until the attempts are spent" {
	ledger
	printf '[runs]\nattempts = 3\n' >>m.conf
	order orders/7 7 - a b | record
	refuse='| if .delete and .verdict == "deleted" then .verdict = "failed" | .reason = "ENTITY_IS_LOCKED" | .message = "no" else . end'
	for i in 1 2 3; do
		[ "$(order orders/7 7 '["b"]' b | led-recall | fates | grep delete)" = "line a delete goes" ]
		[ "$i" = 1 ] || [ "$(led due orders)" = 7 ]
		order orders/7 7 '["b"]' b | record "$refuse"
	done
	run -1 led-recall < <(order orders/7 7 '["b"]' b)
	[ "$(fates <<<"$output" | grep delete)" = "line a delete failed ENTITY_IS_LOCKED" ]
	[ "$(led due orders)" = "" ]
	# a changed map, or --again, makes it due
	[ "$(REV=2 order orders/7 7 '["b"]' b | led-recall | fates | grep delete)" = "line a delete goes" ]
	[ "$(order orders/7 7 '["b"]' b | led-recall --again | fates | grep delete)" = "line a delete goes" ]
	# and when it is given again it is sent, not deleted
	order orders/7 7 '["a","b"]' a b | led-recall >out
	[ "$(fates <out | grep -c delete)" -eq 0 ]
	[ "$(fates <out | grep 'line a')" = "line a goes" ]
}

@test "a changed map does not delete more than resend_limit" {
	ledger
	printf '[runs]\nresend_limit = 1\n' >>m.conf
	order orders/7 7 - a b c | record
	REV=2 order orders/7 7 '[]' >in
	run -1 led-recall <in
	[ "$(fates <<<"$output" | grep -c 'delete goes')" -eq 1 ]
	[ "$(fates <<<"$output" | grep -c 'delete held map-changed')" -eq 2 ]
	[ "$(led-recall --again <in | fates | grep -c 'delete goes')" -eq 3 ]
}

@test "children of another form reject their payload alone" {
	ledger
	order orders/7 7 - a | record
	for c in '7' '{"line":["a"]}' '{"line":{"phase":30}}' '{"line":{"phase":"30","keys":[]}}'; do
		{ order orders/7 7 '[]' | jq -c --argjson c "$c" 'if .children then .children = $c else . end'
		order orders/8 8 - z; } >in
		run -1 led-recall <in
		[[ $output == *bad-payload* && $output != *'"delete"'* ]]
		[[ $output == *'"source":"orders/8","key":"z"'* ]]
	done
}

@test "the books balance with deletes that are added, and with those that are answered" {
	ledger
	printf '[runs]\ndir = runs\nresend_limit = 1\nkeep = all\n' >>m.conf
	order orders/7 7 - a b c | record
	REV=2 order orders/7 7 '[]' >in
	run-open manual bash -c 'run-stage in.map cat in | run-stage in.recall led-recall >out' || [ $? -eq 1 ]
	[ "$(grep -c '"delete":true' out)" -eq 3 ]
	run_status 0 run-verify runs/latest
}

# ---- the whole way ----

# A small store: three orders, one of them complete with five lines.
shop()
{
	mkdir store mappings
	cp "$REPO"/fixtures/magento/entities/* store
	jq -c 'select(.entity_id == 9 or .entity_id == 17 or .entity_id == 20)
	    | .ext_order_id = null' \
	    "$REPO/fixtures/magento/entities/orders.ndjson" >store/orders.ndjson
	cp "$REPO"/pipelines/mappings/* mappings
	export MILLRACE_MAPPINGS=$WORK/mappings
	# shellcheck disable=SC2034  # start_mage reads it
	MAGE_DATA=$WORK/store
	start_mage
	start_sf
	write_conf
	# lines will go, and the totals stay
	printf '[orders]\ntotal_mismatch = send\n' >>millrace.conf
	run_status 0 millrace nightly
}

# drop N...: the lines of order 9 by their places, from 0
drop()
{
	curl -sS --fail "$MAGE_URL/sandbox/state?entity=orders" |
		jq -c --argjson n "[$(IFS=,; echo "$*")]" 'select(.entity_id == 9)
		    | .items |= [to_entries[] | select(.key as $k | $n | index($k) | not) | .value]' |
		curl -sS --fail -X POST --data-binary @- "$MAGE_URL/sandbox/records/orders" >/dev/null
}

lines_of_9() { sf-query "SELECT Id FROM OrderItem WHERE Order.Magento_Id__c = '9'" | wc -l; }

status_of_9() { sf-query "SELECT Status FROM Order WHERE Magento_Id__c = '9'" | jq -r .Status; }

@test "lines of an activated order are deleted, and the order is activated again" {
	shop
	all=$(lines_of_9)
	[ "$all" -ge 4 ] && [ "$(status_of_9)" = Activated ]
	sf_state >before
	drop 0 1
	run_status 0 millrace nightly
	assert_output --partial deleted
	[ "$(lines_of_9)" -eq $((all - 2)) ]
	[ "$(status_of_9)" = Activated ]
	# nothing else has changed
	sf_state >after
	[ "$(diff before after | grep -c '^<.*"object":"OrderItem"')" -eq 2 ]
	[ "$(diff before after | grep -c '^>.*"object":"OrderItem"')" -eq 0 ]
	run_status 0 millrace verify
	run_status 0 millrace nightly
	[[ $output != *deleted* ]]
	sf_state >again
	diff after again
	run_status 0 millrace resync orders
	sf_state >again
	diff after again
}

@test "an order whose lines all vanish" {
	shop
	all=$(lines_of_9)
	curl -sS --fail "$MAGE_URL/sandbox/state?entity=orders" >whole
	drop 0 1 2 3 4 5 6 7 8 9
	# Salesforce activates no order without lines: it stays a draft, and is told
	run_status 1 millrace nightly
	assert_output --partial 'An order must have at least one product'
	[ "$(lines_of_9)/$(status_of_9)" = 0/Draft ]
	run_status 0 millrace verify
	run_status 1 millrace nightly
	[[ $output != *deleted* && $output == *'1 failed'* ]]
	# until it has lines again
	curl -sS --fail -X POST --data-binary @whole "$MAGE_URL/sandbox/records/orders" >/dev/null
	run_status 0 millrace nightly
	[ "$(lines_of_9)/$(status_of_9)" = "$all/Activated" ]
}

@test "a plan shows the delete; it writes nothing; apply does it" {
	shop
	sf_state >before
	drop 1
	run_status 1 millrace plan
	assert_output --partial '1 to delete'
	plan=$(readlink -f runs/latest)
	[ "$(jq -c 'select(.delete) | .was | keys' "$plan/plan.ndjson")" = '["SystemModstamp"]' ]
	sf_state >still
	diff before still
	run_status 0 millrace apply "$plan"
	sf_state >after
	[ "$(diff before after | grep -c '^<.*"object":"OrderItem"')" -eq 1 ]
	[ "$(status_of_9)" = Activated ]
	run_status 0 millrace plan
	# applied again: it is gone, and that is well
	run millrace apply "$plan"
	sf_state >again
	diff after again
}

@test "a line that somebody has changed since the plan is not deleted" {
	shop
	drop 1
	run_status 1 millrace plan
	plan=$(readlink -f runs/latest)
	id=$(jq -r 'select(.delete) | .id' "$plan/plan.ndjson")
	order=$(sf-query "SELECT Id FROM Order WHERE Magento_Id__c = '9'" | jq -r .Id)
	token="Authorization: Bearer $(credential sf token)"
	for status in Draft Activated; do
		curl -sS --fail -X PATCH -H "$token" -H 'Content-Type: application/json' \
		    -d "{\"Status\":\"$status\"}" "$SF_URL/services/data/v62.0/sobjects/Order/$order"
		[ $status = Activated ] || {
			sleep 1.1
			curl -sS --fail -X PATCH -H "$token" -H 'Content-Type: application/json' \
			    -d '{"Description":"by hand"}' "$SF_URL/services/data/v62.0/sobjects/OrderItem/$id"
		}
	done
	sf_state >before
	run_status 1 millrace apply "$plan"
	assert_output --partial stale
	sf_state >after
	diff before after
	run_status 0 millrace nightly
	[ "$(sf-query "SELECT Id FROM OrderItem WHERE Id = '$id'" | wc -l)" -eq 0 ]
}

@test "a line that is gone already, and one that Salesforce refuses to delete" {
	shop
	all=$(lines_of_9)
	drop 0 1
	faults sf '{"method":"PATCH","path":"/jobs/ingest/","fail_rows":{"code":"FIELD_CUSTOM_VALIDATION_EXCEPTION","message":"not this one","nth":1}}'
	run_status 1 millrace nightly
	faults sf
	assert_output --partial FIELD_CUSTOM_VALIDATION_EXCEPTION
	run_status 0 millrace nightly
	[ "$(lines_of_9)" -eq $((all - 2)) ]
	[ "$(status_of_9)" = Activated ]
	run_status 0 millrace verify
}

@test "a parent that Salesforce refuses keeps its children until it is well" {
	shop
	all=$(lines_of_9)
	drop 0 1
	curl -sS --fail "$MAGE_URL/sandbox/state?entity=orders" |
		jq -c 'select(.entity_id == 9) | .customer_note = "new"' |
		curl -sS --fail -X POST --data-binary @- "$MAGE_URL/sandbox/records/orders" >/dev/null
	# draft, header, delete, activate: a job each
	faults sf '{"method":"PATCH","path":"/jobs/ingest/","nth":2,"fail_rows":{"code":"FIELD_CUSTOM_VALIDATION_EXCEPTION","message":"not this one"}}'
	run_status 1 millrace nightly
	faults sf
	assert_output --partial parent-failed
	[ "$(lines_of_9)" -eq "$all" ]
	run_status 0 millrace verify
	run_status 0 millrace nightly
	[ "$(lines_of_9)" -eq $((all - 2)) ]
	[ "$(status_of_9)" = Activated ]
}

@test "orders that are left alone keep their lines" {
	shop
	all=$(lines_of_9)
	drop 0 1
	printf '[orders]\nupdate_order_info = no\n' >>millrace.conf
	run_status 0 millrace nightly
	assert_output --partial only-insert
	[ "$(lines_of_9)" -eq "$all" ]
	[ "$(status_of_9)" = Activated ]
	run_status 0 millrace verify
}

# How many jobs have given their results since the log was emptied?
answered() { curl -sS "$SF_URL/sandbox/log" | grep -c successfulResults || :; }

# kill_when FAULT CONDITION: sf-load is killed once the condition holds, while
# that request hangs; the next night ends as if nothing had been.
kill_when()
{
	shop
	all=$(lines_of_9)
	drop 0 1
	curl -sS --fail -X DELETE "$SF_URL/sandbox/log" >/dev/null
	faults sf "$1"
	setsid bash -c 'echo $$ >night.pid; exec millrace nightly >night.log 2>&1' &
	for ((i = 0; i < 1000; i++)); do
		eval "$2" && break
		sleep 0.05
	done
	[ "$i" -lt 1000 ]
	kill -9 "$(pgrep -x -s "$(cat night.pid)" sf-load | head -n 1)"
	wait $! || :
	faults sf
	run_status 0 millrace nightly
	[ "$(lines_of_9)" -eq $((all - 2)) ]
	[ "$(status_of_9)" = Activated ]
	run_status 0 millrace verify
	run_status 0 millrace nightly
	[[ $output != *deleted* ]]
}

# draft, delete, activate: a job each
@test "kill -9 before the delete" {
	kill_when '{"method":"POST","path":"/jobs/ingest$","nth":2,"hang":true}' '[ "$(answered)" -eq 1 ]'
}

@test "kill -9 after the delete, before its answer" {
	kill_when '{"method":"GET","path":"successfulResults","nth":2,"hang":true}' '[ "$(lines_of_9)" -eq $((all - 2)) ]'
}

@test "kill -9 after the answer, before the order is activated again" {
	kill_when '{"method":"POST","path":"/jobs/ingest$","nth":3,"hang":true}' '[ "$(answered)" -eq 2 ]'
}
