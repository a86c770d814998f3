#!/usr/bin/env bats
# The mapping language against what would never end, and files that are none:
# a record is rejected, a mistake is told, memory stays bounded.
bats_require_minimum_version 1.5.0
load helpers

prepare()
{
	: >millrace.conf
	cat >m.map <<-'EOF'
	from products
	object P
	phase 1
	key Id__c = .id | text
	A = .a
	EOF
}

of() { jq -r "$1" <<<"$output"; }

# endless EXPR [INPUT]: stopped by a limit that try does not catch, in bounded
# time and memory
endless()
{
	run -1 timeout 60 rec-map --eval "try ($1) catch \"caught\"" <<<"${2:-null}"
	assert_output --regexp 'takes more than [0-9]+ steps|needs more than [0-9]+ MiB of memory|too long'
	refute_output --partial caught
}

@test "generators without end are stopped, and try does not catch it" {
	endless '[range(1e9)] | length'
	endless '[range(1e5) as $a | range(1e5) as $b | 1] | length'
	endless '[.[] as $a | .[] as $b | .[] as $c | .[] as $d | .[] as $e | 1] | length' "[$(seq -s, 1 200)]"
	endless 'first(range(1e10) | select(. < 0))'
	endless 'any(range(1e10); . < 0)'
	endless '[limit(1e9; range(1e10))] | length'
}

@test "texts and arrays that double and double are stopped" {
	local more
	endless '"x" * 1e9 | length'
	more=$(printf '| [.[], .[]] %.0s' {1..40})
	endless "[1] $more | length"
	more=$(printf '| . + . %.0s' {1..40})
	endless "\"x\" $more | length"
	endless '("x" * 1e5) as $s | [range(1e5) | $s + "y"] | length'
	endless '("x" * 1e8) | @base64 | @base64 | @base64 | length'
	endless '[range(1e5)] | map([range(.)]) | length'
}

@test "a value that holds itself many times costs by what it shows, not by what it takes" {
	local deep e
	deep=1$(printf '|[.,.]%.0s' {1..40})
	for e in '. == .' '.[0] < .[1]' tojson tostring '"\(.)"' '@json' sort unique \
	    'contains([1])' 'inside(.)' '[., 1] - [2]' 'group_by(.)' 'max_by(.)' \
	    flatten 'join(",")' 'error(.)' '. as $a | [$a] | index([$a])'; do
		endless "$deep|$e"
	done
	# what needs only the surface is not refused
	run -0 rec-map --eval "$deep|length, type, (.[0][1] | length)" <<<null
	assert_output $'2\n"array"\n2'
	# and a message shows its beginning only
	run -1 rec-map --eval "$deep|. + 1" <<<null
	assert_output --partial 'cannot be added'
}

@test "looking at a long text again and again costs, too" {
	local e
	for e in length '. == $s' 'index("y")' '.[59999999:]' 'split("y") | length' \
	    'contains("y")' 'startswith("y")' 'explode | length'; do
		endless "(\"x\" * 6e7) as \$s | [range(1e5) | \$s | $e] | length"
	done
	endless '[range(1e5)] as $s | [range(1e5) | $s | add] | length'
	endless '[range(1e5)] as $s | $s - ($s | map(-. - 1)) | length'
	endless '[range(1e5)] as $s | ($s | map(-. - 1)) as $t | [range(1e5) | $s | contains($t)] | length'
}

@test "no single step costs much, whatever it looks at" {
	local e
	for e in '. / "b"' 'sub("b"; "c")' 'gsub("b"; "c")' 'index("b")' '@uri' \
	    'try (. * .) catch .' 'try ([.] + 1) catch .' 'try ({a: [.]} - 1) catch .'; do
		endless "(\"x\" * 1e6) as \$s | [range(1e9) | \$s | $e] | length"
	done
	for e in 'try (. * .) catch .' 'try sub("b"; "c") catch .' 'try ltrimstr("b") catch .' 'try transpose catch .'; do
		endless "[range(1e5)] as \$s | [range(1e9) | \$s | $e] | length"
	done
	endless '[range(1e5) | {key: "k\(.)", value: .}] | from_entries as $o | [range(1e9) | $o | contains($o)] | length'
	endless '[range(1e9) | "" * 1e9] | length'
	# where each of a million matches stands is counted on from the last
	run -0 timeout 60 rec-map --eval '("ä" * 1e6) | indices("ä") | length, .[-1]' <<<null
	assert_output $'1000000\n999999'
}

@test "a hundred thousand keys are no square" {
	run -0 timeout 60 rec-map --eval '[range(1e5) | {key: "k\(. % 99999)", value: .}] | from_entries | length, .k0' <<<null
	assert_output $'99999\n99999'
	endless '[range(1e5) | {key: "k\(.)", value: 1}] | from_entries | [keys[] as $k | .[$k]] | length'
}

@test "a runaway rejects its record alone, in bounded memory" {
	cat >r.map <<-'EOF'
	from products
	object P
	phase 1
	key Id__c = .id | text
	A = try ([range(.n)] | map([.,.] | tojson) | length) catch 0
	EOF
	printf '{"id":%d,"n":%s}\n' 1 3 2 1e9 3 4 >in
	run -1 /usr/bin/time -f %M -o peak rec-map r.map <in
	[ "$(of '.verdict // .fields.A' | xargs)" = '3 rejected 4' ]
	[[ $(of '.message // empty') == 'r:5: A: takes more than'* ]]
	[ -n "$SAN" ] || [ "$(tail -n 1 peak)" -lt 250000 ]
}

@test "nesting, huge numbers, NUL, surrogates, keys: kept as they are, or refused" {
	{
		printf '{"id":1,"a":1,"x":%s}\n' "$(jq -nr '"[" * 10000 + "]" * 10000')"
		printf '{"id":2,"a":1e999999}\n'
		printf '{"id":3,"a":%s}\n' "$(printf '9%.0s' {1..5000})"
		printf '{"id":4,"a":"x\\u0000y"}\n'
		printf '{"id":5,"a":"\\ud800"}\n{"id":6,"a":"\\udc00\\ud800"}\n'
		printf '{"id":7,"a":"\\ud83d\\ude00"}\n'
		printf '{"id":8,"a":"\xed\xa0\x80"}\n{"id":9,"a":"\xc0\xaf"}\n'
		printf '{"id":10,"a":1,"\\u0061":2}\n{"id":0,"id":11,"a":3}\n'
	} >in
	run -1 rec-map m.map <in
	[ "$(of '.verdict // .key' | xargs)" = 'rejected 2 3 4 rejected rejected 7 rejected rejected 10 11' ]
	assert_line --partial '"fields":{"A":1e999999}}'
	assert_line --partial "\"fields\":{\"A\":$(printf '9%.0s' {1..5000})}}"
	assert_line --partial '"A":"x\u0000y"'
	assert_line --partial '"A":"😀"'
	[ "$(of 'select(.key == "10" or .key == "11") | .fields.A' | xargs)" = '2 3' ]
	run -0 rec-map --eval '.a * 2, (.a | tostring | length), (.a | floor == .)' < <(sed -n 2,3p in)
	assert_output $'1.7976931348623157e+308\n8\ntrue\n1.7976931348623157e+308\n5000\ntrue'
}

@test "a text of 64 MB: over the limit, or passed over, or more than a payload holds" {
	big() { printf '{"id":1,"%s":"' "$1"; head -c 64000000 /dev/zero | tr '\0' a; echo '"}'; echo '{"id":2}'; }
	run -1 bash -c "$(declare -f big); big a | rec-map m.map"
	[[ $(of '.message // .key') == *'64000015 bytes'*$'\n'2 ]]
	printf '[runs]\nline_limit = 100M\n' >millrace.conf
	for j in 1 2; do
		big x | /usr/bin/time -f %M -o peak rec-map -j $j m.map >out
		[ "$(jq -r .key out | xargs)" = '1 2' ]
		[ -n "$SAN" ] || [ "$(cat peak)" -lt 200000 ]
		big a | rec-map -j $j m.map >out || [ $? -eq 1 ]
		[ "$(jq -r '.message // .key' out | xargs)" = 'm:4: payload: the payload is too long 2' ]
		[ "$(jq -r '.record.a | length' out | head -1)" = 64000000 ]
	done
}

@test "mapping files: with byte order mark, CR LF, without a last line feed" {
	rec-map m.map <<<'{"id":1,"a":2}' | jq -c .fields >want
	{ printf '\xef\xbb\xbf'; cat m.map; } >bom.map
	sed 's/$/\r/' m.map >crlf.map
	printf '%s' "$(cat m.map)" >end.map
	for f in bom crlf end; do
		rec-map $f.map <<<'{"id":1,"a":2}' | jq -c .fields | diff want -
	done
	# a mistake in the first line is still in its place
	printf '\xef\xbb\xbffron x\n' >bad.map
	run -2 rec-map --check bad.map
	assert_output --partial 'bad.map:1:1: '
}

@test "mapping files that are binary, huge or empty are named, and not shown" {
	printf 'from products\n\0\033[31m = 1\n' >nul.map
	printf '\xff\xfe\033[31m = 1\n' >utf16.map
	for f in nul utf16; do
		run -2 rec-map --check $f.map
		assert_output --partial "$f.map:1:1: this is no mapping file: it is no UTF-8 text"
		refute_output --partial $'\033'
	done
	{ cat m.map; yes '# a comment that goes on and on and on' | head -n 120000; } >four.map
	run -2 rec-map --check four.map
	assert_output --partial 'four.map:1:1: this is no mapping file: it is over 4 MiB'
	{ cat four.map four.map four.map; } >ten.map
	run -2 rec-map --check ten.map
	assert_output --partial "'ten.map' is longer than"
	: >empty.map
	run -2 rec-map --check empty.map
	assert_output --partial 'empty.map:1:1: no object'
}

@test "tables: a million rows, and what is none" {
	cat >t.map <<-'EOF'
	from products
	object P
	phase 1
	table $t = t.csv default "none"
	key Id__c = .id | text
	A = $t[.a]
	EOF
	awk 'BEGIN { print "key,value"; for (i = 0; i < 1000000; i++) printf "sku-%07d,value of %d\n", (i * 7919) % 1000000, i }' >t.csv
	/usr/bin/time -f %M -o peak rec-map t.map <<<'{"id":1,"a":"sku-0007919"}' >out
	[ "$(jq -r .fields.A out)" = 'value of 1' ]
	[ -n "$SAN" ] || [ "$(cat peak)" -lt 160000 ]
	bad() { run -2 rec-map --check t.map; assert_output --partial "t.map:4:12: table t.csv: $1"; }
	printf 'k,v\na,1\na,2\n' >t.csv
	bad "'a' stands there twice"
	printf 'k,v\na,1\nb\n' >t.csv
	bad 'row 3 of the CSV has 1 cells, its header 2'
	printf 'k,v,w\na,1,2\n' >t.csv
	bad 'a table has two columns, not 3'
	printf 'k,v\n"a,1\n' >t.csv
	bad 'row 2 of the CSV has a stray or an open quote'
	: >t.csv
	bad 'the file is empty: its first row is a heading'
	printf 'k,v\na,\xff\n' >t.csv
	bad 'this is no UTF-8 text'
	printf 'k,v\na,x\0y\n' >t.csv
	bad 'this is no UTF-8 text'
	rm t.csv
	bad "cannot open 't.csv'"
	printf '\xef\xbb\xbfk,v\r\na,1' >t.csv
	run -0 rec-map t.map <<<'{"id":1,"a":"a"}'
	[ "$(of .fields.A)" = 1 ]
}

@test "a time's format as long as it may be, and longer" {
	local n
	for n in 990 994 995 996 997 998 999 1000 5000; do
		run rec-map --eval "strftime(\"%\" + \"0\" * $n + \"d\") | ltrimstr(\"00\") | length > 0" <<<0
		[ "$status" -eq 0 ] || assert_output 'rec-map: strftime/1: a text too long'
	done
	run -0 rec-map --eval '"x" * 970 | . as $long | 0 | strftime($long + "%Y") | length' <<<null
	assert_output 974
}

@test "messages are cut between characters" {
	local at e
	for at in 196 197 198 199 200; do
		for e in "\"x\" * $at + \"ä€𝄞(\" | . as \$re | \"a\" | test(\$re)" \
		    "\"x\" * $at + \"ä€𝄞\" | tonumber" \
		    "\"x\" * $at + \"ä€𝄞\" | . as \$zone | \"2026-01-01 00:00:00\" | local_date(\$zone)"; do
			run -1 rec-map --eval "$e" <<<null
			iconv -f utf-8 -t utf-8 <<<"$output" >/dev/null
		done
	done
}
