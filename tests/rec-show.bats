#!/usr/bin/env bats
# rec-show: any stream, for a person; and millrace-explain, what it cites.
load helpers

prepare()
{
	cat >plan <<-'END'
	{"object":"Account","map":"account","phase":10,"source":"customers/1","key":"1","extid":"X__c","was":null,"insert":{"Name":"Ann"},"fields":{"Phone":"12","Fax":null}}
	{"object":"Contact","map":"contact","phase":11,"source":"customers/1","key":"1","extid":"X__c","quiet":["T"],"id":"003000000000001AAA","was":{"LastName":"Old","Amount":10.5,"Due":"2026-01-02T03:04:05.000+0000","Fax":null},"fields":{"Amount":10.50,"Due":"2026-01-02T03:04:05Z","Fax":"","LastName":"New","T":"x"}}
	{"object":"OrderItem","map":"order-item","phase":30,"source":"orders/1","key":"9","id":"802","delete":true,"was":{}}
	{"verdict":"unchanged","object":"Order","map":"order","source":"orders/1","key":"1"}
	{"verdict":"failed","reason":"REQUIRED_FIELD_MISSING","message":"Required: [Name]","object":"Order","map":"order","source":"orders/3","key":"3"}
	{"verdict":"failed","reason":"REQUIRED_FIELD_MISSING","message":"Required: [Date]","object":"Order","map":"order","source":"orders/4","key":"4"}
	END
}

@test "a plan is a diff: created, updated, deleted, and its sum" {
	run_status 0 rec-show <plan
	assert_output - <<-'END'
	customers/1
	  + Account 1  account
	      Name                         "Ann"
	      Phone                        "12"
	  ~ Contact 1  contact  003000000000001AAA
	      LastName                     "Old" -> "New"
	orders/1
	  - OrderItem 9  order-item  802

	Plan: 1 to create, 1 to update, 1 to delete; 1 unchanged, 2 failed.
	  account                     1 to create
	  contact                     1 to update
	    LastName 1
	  order-item                  1 to delete
	  failed           2  order                       REQUIRED_FIELD_MISSING
	                 e.g. orders/3: Required: [Name]
	                      A required field has no value. Map the field that the message names, or mend the record. [who writes the mapping files]
	  unchanged        1  order
	END
}

@test "--stat and --json give the sums alone" {
	run_status 0 rec-show --stat <plan
	assert_line --index 0 --partial "Plan: 1 to create"
	run_status 0 rec-show --json <plan
	[ "$(jq -c '[.create,.update,.delete,.verdicts,.rows[0].lines]' <<<"$output")" = '[1,1,1,3,2]' ]
	[ "$(jq -c '.maps[1].fields' <<<"$output")" = '{"LastName":1}' ]
	run_status 2 rec-show --json --html
}

@test "payloads without was, verdicts alone, records, nothing" {
	grep verdict plan >verdicts
	run_status 0 rec-show <verdicts
	assert_line --index 0 "Verdicts: 1 unchanged, 2 failed."
	sed -n 1p plan | sed 's/"was":null,//' >payload
	run_status 0 rec-show <payload
	assert_line "  * Account 1  account"
	assert_line --partial 'Payloads: 1 to send.'
	run_status 0 rec-show <<<'{"a":{"b":[1,2.50,{"c":"x"}]}}'
	assert_line '    "b": ['
	assert_line '      2.50,'
	run_status 0 rec-show </dev/null
	assert_output 'Nothing.'
}

@test "what would move a cursor or turn the text is shown, not sent" {
	printf '{"object":"A","map":"a","phase":1,"source":"a/1","key":"1","fields":{"X":"\xc2\x9b31m \xe2\x80\xae \x7f"}}\n' >in
	run_status 0 rec-show <in
	assert_output --partial '"\u009b31m \u202e \u007f"'
}

@test "--html is whole, and nothing from outside is markup" {
	sed -i 's/New/<script>x<\/script>/' plan
	rec-show --html <plan >page
	[ "$(head -n 1 page)" = '<!doctype html>' ]
	[ "$(tail -n 1 page)" = '</pre></body></html>' ]
	run cat page
	assert_output --partial '&lt;script&gt;'
	refute_output --partial '<script'
}

@test "colour on a terminal only, and never with NO_COLOR" {
	run_status 0 rec-show <plan
	refute_output --partial $'\033'
	command -v script >/dev/null || skip "no script(1)"
	TERM=xterm run script -qec "rec-show" /dev/null <plan
	assert_output --partial $'\033[32m'
	NO_COLOR=1 TERM=xterm run script -qec "rec-show" /dev/null <plan
	refute_output --partial $'\033[32m'
}

@test "a bad line is shown as one, a torn stream is broken, a full disk told" {
	run_status 0 rec-show <<<'not json'
	assert_output --partial 'not json'
	run_status 3 rec-show < <(printf '{"a":1}\n{"b"')
	run_status 3 bash -c 'rec-show <plan >/dev/full'
	run bash -c "yes '{\"a\":1}' | head -n 100000 | rec-show | head -n 1; echo \${PIPESTATUS[2]}"
	assert_line --index 1 0
}

@test "millrace-explain knows every code that the programs and maps give" {
	run_status 0 millrace-explain stale UNABLE_TO_LOCK_ROW
	assert_line "  Who:  nobody: it comes again by itself"
	run_status 2 millrace-explain stalee
	assert_output --partial "did you mean 'stale'"
	run_status 2 millrace-explain
	millrace-explain --list | awk '{print $1}' >known
	LC_ALL=C sort -cu known
	sed -nE 's/^(skip|wait|hold) +([a-z-]+) .*/\2/p' "$REPO"/pipelines/mappings/*.map | sort -u >used
	run comm -13 <(sort known) used
	assert_output ''
}

# Two streams of the same records, before and now.
streams()
{
	cat >before <<-'END'
	{"object":"Account","map":"account","phase":1,"source":"customers/1","key":"1","rev":"a","insert":{"Own":"x"},"fields":{"City":"Bonn","Name":"Ann"}}
	{"object":"Contact","map":"contact","phase":2,"source":"customers/1","key":"1","rev":"a","fields":{"Email":"a@b.c"}}
	{"verdict":"skipped","reason":"group","object":"Account","map":"account","source":"customers/2","key":"2"}
	{"verdict":"rejected","reason":"bad-json","bytes":"eA=="}
	{"object":"Account","map":"account","phase":1,"source":"customers/9","key":"9","rev":"a","fields":{"City":"Köln","Name":"Cy"}}
	{"object":"Contact","map":"contact","phase":2,"source":"customers/9","key":"9","rev":"a","fields":{"Email":"c@b.c"}}
	{"object":"Account","map":"account","phase":1,"source":"customers/10","key":"10","rev":"a","fields":{"City":"Ulm","Name":"Di"}}
	END
	sed 's/"rev":"a"/"rev":"b"/' before >now
}

@test "--against: streams that say the same, whatever their rev" {
	streams
	run_status 0 rec-show --against before <now
	assert_output 'Nothing would change: 5 records.'
	run_status 0 rec-show --against before --json <now
	[ "$(jq -c '[.records,.changed,.maps[0].same]' <<<"$output")" = '[5,0,4]' ]
	run_status 0 rec-show --against /dev/null </dev/null
	assert_output 'Nothing would change: 0 records.'
}

@test "--against: fields, flags, keys, gates and mistakes, each record and in sums" {
	streams
	sed -i -e '/"key":"1".*City/s/"insert":{"Own":"x"},"fields":{"City":"Bonn",/"fields":{"City":"BONN","Own":"x",/' \
	    -e '/customers\/9.*Account/!s/"City":"Ulm",//' \
	    -e 's/^{"verdict":"skipped".*/{"object":"Account","map":"account","phase":1,"source":"customers\/2","key":"2","fields":{"Name":"Bo"}}/' \
	    -e '/contact.*customers\/9/s/"key":"9"/"key":"c9"/' \
	    -e 's/^.*"account".*customers\/9.*/{"verdict":"rejected","reason":"mapping-error","message":"account:7: City: boo","object":"Account","map":"account","source":"customers\/9"}/' now
	run_status 1 rec-show --against before <now
	assert_output - <<-'END'
	customers/1
	  ~ Account 1  account
	      [insert] Own                 "x" -> absent
	      City                         "Bonn" -> "BONN"
	      Own                          absent -> "x"
	customers/2
	  ! Account 2  account  skipped (group) -> sent
	customers/9
	  ! Account   account  sent -> rejected (mapping-error): account:7: City: boo
	  ~ Contact 9 -> c9  contact
	customers/10
	  ~ Account 10  account
	      City                         "Ulm" -> absent

	Against: 4 of 5 records would change.
	  account                     2 changed, 2 with another end, 0 as before
	    now sent, was skipped (group): 1, e.g. customers/2
	    now rejected (mapping-error), was sent: 1, e.g. customers/9
	      account:7: City: boo
	    [insert] Own                           1  customers/1  "x" -> absent
	    City                                   2  customers/1  "Bonn" -> "BONN"
	                                              customers/10  "Ulm" -> absent
	    Own                                    1  customers/1  absent -> "x"
	  contact                     1 with another key, 1 as before
	    key                                    1  customers/9  9 -> c9
	END
	run_status 1 rec-show --against before --stat <now
	assert_line --index 0 'Against: 4 of 5 records would change.'
	run_status 1 rec-show --against before --json <now
	[ "$(jq -c '.maps[] | select(.map == "account") | [.changed, .turned, .fields.City.payloads, .fields.City.samples[1].old, .turns[1].now, .turns[1].message]' <<<"$output")" = \
	    '[2,2,2,"\"Ulm\"","rejected (mapping-error)","account:7: City: boo"]' ]
	run_status 1 rec-show --against before --html <now
	assert_line --index 0 '<!doctype html>'
	refute_output --partial ' "x" -> '	# quotes are escaped
}

@test "--against: what stands around the fields" {
	local line='{"object":"O","map":"m","phase":1,"source":"o/1","key":"1","extid":"X__c","parent":"P/1","shared":true,"fields":{"A":1}}' old
	echo "$line" >before
	for old in '"O"' 'X__c' 'P/1' ',"shared":true' '"phase":1'; do
		case $old in
		,*) sed "s/$old//" before >now ;;
		*:1) sed "s/$old/\"phase\":2/" before >now ;;
		*) sed "s,$old,${old/[A-Z]/Q}," before >now ;;
		esac
		run_status 1 rec-show --against before --json <now
		[ "$(jq -c '.maps[0].fields | length, ([.[].payloads] | add)' <<<"$output" | paste -sd' ')" = '1 1' ]
	done
	assert_output --partial '"(phase)":{"payloads":1,"samples":[{"source":"o/1","old":"1","new":"2"}]}'
}

@test "--against: records that one stream lacks, by their order" {
	streams
	grep -v 'customers/9' before >less
	run_status 1 rec-show --against less --stat <now
	assert_output - <<-'END'
	Against: 1 of 5 records would change.
	  account                     1 new, 3 as before
	  contact                     1 new, 1 as before
	END
	run_status 1 rec-show --against now --stat <less
	assert_line '  contact                     1 gone, 1 as before'
	# in any order, while both have the same
	tac before >b
	tac now >n
	run_status 0 rec-show --against b <n
	# but not otherwise
	run_status 2 rec-show --against b --stat <now
	assert_output --partial "make both of the same records, or of ascending ones"
	run_status 1 rec-show --against /dev/null --stat <n
	assert_line '  account                     4 new, 0 as before'
	assert_line '  (no map)                    1 new, 0 as before'
}

@test "--against: what cannot be compared, a torn stream, a file that is not there" {
	streams
	run_status 2 rec-show --against nowhere <now
	assert_output --partial "cannot read 'nowhere'"
	run_status 2 rec-show --against before <<<'{"id":1}'
	assert_output --partial 'the stream now: line 1 is neither a payload nor a verdict'
	printf '{"verdict":"skip' >torn
	run_status 3 rec-show --against torn <now
	run_status 3 rec-show --against before <torn
	run_status 3 bash -c 'rec-show --against before <now >/dev/full'
	printf '{"object":"A","map":"a","phase":1,"source":"a/1","key":"1","fields":{"X":"\x1b[31m"}}\n' | tr -d '\033' >x
	sed 's/\[31m/\\u001b[0m\xc2\x9b/' x >y
	run_status 1 rec-show --against x <y
	refute_output --partial $'\xc2\x9b'
}

@test "--against: sources of any length, more fields and maps than are told apart" {
	local long fields
	long=$(printf 'x%.0s' {1..400})
	# two lines of one record each, of two records that begin alike
	for k in a b; do
		printf '{"object":"O","map":"m","phase":9,"source":"o/%s","key":"1","fields":{"A":1}}\n' "$long$k" "$long$k"
	done >before
	sed '3,4s/"A":1/"A":2/' before >now
	run_status 1 rec-show --against before --stat <now
	assert_line --index 0 'Against: 1 of 2 records would change.'
	fields=$(printf '"F%d":1,' {1..600})
	printf '{"object":"O","map":"m%d","phase":9,"source":"o/1","key":"1","fields":{"A":1}}\n' {1..300} >before
	printf '{"object":"O","map":"n","phase":9,"source":"o/2","key":"1","fields":{%s}}\n' "${fields%,}" >>before
	sed 's/":1\([,}]\)/":2\1/g' before >now
	run_status 1 rec-show --against before --json <now
	[ "$(jq '.maps | length, ([.[].changed] | add), .[255].map' <<<"$output" | paste -sd' ')" = '256 301 "(other maps)"' ]
	sed -n '$p' before >b
	sed -n '$p' now >n
	run_status 1 rec-show --against b --json <n
	[ "$(jq '.maps[0].fields | length, ([.[].payloads] | add), has("(others)")' <<<"$output" | paste -sd' ')" = '512 600 true' ]
}
