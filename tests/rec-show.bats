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
