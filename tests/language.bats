#!/usr/bin/env bats
# The mapping language against its page and against jq's list of builtins.
bats_require_minimum_version 1.5.0
load helpers

page=$REPO/src/millrace-mapping.5

# The .Cm lists of a section of the page, one name a line: map(f), range(a;b).
listed()
{
	sed -n "/^\.Ss $1\$/,/^\.S[sh] /p" "$page" |
	    sed '/^\.Pp$/,/^\.It /d' | sed -n 's/^\.Cm //p' |
	    sed 's/ ,$//' | tr ' ' '\n'
}

# NAME<tab>the page's words, of what is not here.
refused()
{
	sed -n '/^\.Ss Not here$/,/^\.Ss /p' "$page" | awk '
	    function flush(  i) {
		for (i = 1; i <= n; i++)
			print name[i] "\t" words
		n = 0
		words = ""
	    }
	    /^\.It Cm / { flush(); for (i = 3; i <= NF; i++) name[++n] = $i; next }
	    /^\.El/ { flush(); exit }
	    n > 0 { sub(/^\\&/, ""); words = words (words == "" ? "" : " ") $0 }'
}

# An expression with the name of the page in it: each argument is `.`.
called()
{
	sed 's/[^(;]*\([;)]\)/.\1/g'
}

@test "every function on the page is one, with these arguments" {
	{
		printf 'from orders\nobject Order\nphase 1\nkey Id__c = .entity_id | text\n'
		listed "Functions of jq" | called |
		    awk '{ printf "F%d__c = %s\n", NR, $0 }'
	} >page.map
	[ "$(wc -l <page.map)" -gt 150 ]
	grep -q 'JOIN(.;.;.;.)' page.map
	: >millrace.conf
	run -0 rec-map --check page.map
}

@test "what is not here is refused in the words of the page" {
	local name words expr n=0
	while IFS=$'\t' read -r name words; do
		case $name in
		*=) expr=".a $name 1" ;;
		*) expr=$name ;;
		esac
		run -2 rec-map --eval "$expr" <<<'{}'
		[[ "$output" == *": '$name' is not part of this language: $words"* ]] || {
			echo "$expr: $output"
			return 1
		}
		n=$((n + 1))
	done < <(refused)
	[ "$n" -gt 50 ]
}

@test "each builtin of jq 1.6 and 1.7 is on the page, here or not here" {
	refused | cut -f1 | sed 's/$/\//' >not-here
	listed "Functions of jq" | awk '{
		name = $0
		sub(/\(.*/, "", name)
		args = gsub(/;/, ";") + /\(/
		print name "/" args }' >here
	{
		grep -v '^#' "$REPO/tests/jq.builtins"
		jq -nr 'builtins[]'
	} | sort -u >builtins
	[ "$(wc -l <builtins)" -gt 200 ]
	grep -vxFf here builtins >rest || true
	awk 'NR == FNR { no[$0]; next }
	    { name = $0; sub(/\/.*/, "/", name) } !(name in no)' not-here rest >missing
	diff missing - </dev/null
	# and not in both
	sed 's/\/.*/\//' here | sort -u | comm -12 - <(sort -u not-here) >both
	diff both - </dev/null
}

# Instants of each zone: around its changes of the clock, to the second, and
# others from 1890 to 2200.
instants()
{
	zdump -v -c 1890,2045 "$1" 2>/dev/null |
	    sed -n 's/^[^ ]*  *\(.*\) UTC\{0,1\} = .*/\1 UTC/p' | grep -v NULL |
	    TZ=UTC date -f - +%s 2>/dev/null | sort -nu | head -400
	awk -v n="$2" 'BEGIN { srand(n); for (i = 0; i < 200; i++)
	    printf "%d\n", -2524000000 + rand() * 9700000000 }'
}

@test "local times are the C library's, in any zone, at any change, before 1970 and after 2037" {
	local zone n=0
	for zone in Europe/Berlin America/New_York Asia/Kathmandu \
	    Australia/Lord_Howe Pacific/Apia Africa/Casablanca Europe/Dublin \
	    America/St_Johns Asia/Tehran UTC; do
		n=$((n + 1))
		instants "$zone" $n >at
		[ "$(wc -l <at)" -ge 200 ]
		sed 's/^/@/' at | TZ=$zone date -f - '+%F %T' >expected
		jq -cs '{t: .}' at |
		    rec-map --eval '.t[] | todate | local_datetime("'$zone'")' |
		    tr -d '"' >ours
		diff expected ours
		cut -c1-10 expected >days
		jq -cs '{t: .}' at |
		    rec-map --eval '.t[] | todate | local_date("'$zone'")' |
		    tr -d '"' | diff days -
	done
}

@test "several zones in one run do not disturb each other" {
	run -0 rec-map --eval '["Asia/Kathmandu","Europe/Berlin","America/New_York"][] as $z | .[] | local_datetime($z)' <<<'["2026-03-29 00:59:59","2026-03-29 01:00:00","2026-11-01 05:59:59","2026-11-01 06:00:00"]'
	assert_output '"2026-03-29 06:44:59"
"2026-03-29 06:45:00"
"2026-11-01 11:44:59"
"2026-11-01 11:45:00"
"2026-03-29 01:59:59"
"2026-03-29 03:00:00"
"2026-11-01 06:59:59"
"2026-11-01 07:00:00"
"2026-03-28 20:59:59"
"2026-03-28 21:00:00"
"2026-11-01 01:59:59"
"2026-11-01 01:00:00"'
}

@test "times do not depend on the zone of the machine" {
	local zone
	for zone in UTC Asia/Kathmandu America/New_York; do
		TZ=$zone run -0 rec-map --eval '[(1425599507 | strftime("%s %Z %z %c"), todate, gmtime), ("1425599507" | strptime("%s") | mktime), ("2015-03-05 23:51:47" | local_datetime("UTC"))]' <<<null
		assert_output '["1425599507 UTC +0000 Thu Mar  5 23:51:47 2015","2015-03-05T23:51:47Z",[2015,2,5,23,51,47,4,63],1425599507,"2015-03-05 23:51:47"]'
	done
}

@test "error(text) in a map rejects with source, map, line, field and that text" {
	: >millrace.conf
	cat >refuse.map <<-'EOF'
	from orders
	object Order
	phase 1
	key Id__c = .entity_id | text
	A__c = if .n > 1 then error("more than one, n is \(.n)") else .n end
	EOF
	run -1 rec-map refuse.map <<<'{"entity_id":7,"n":2}'
	assert_equal "$(jq -r '[.verdict, .reason, .source, .message] | join(" | ")' <<<"$output")" \
	    'rejected | mapping-error | orders/7 | refuse:5: A__c: more than one, n is 2'
}

@test "a country's name by the shipped table" {
	: >millrace.conf
	cp "$REPO/pipelines/mappings/country.csv" .
	cat >country.map <<-'EOF'
	from orders
	object Order
	phase 1
	key Id__c = .entity_id | text
	table $country = country.csv error
	A__c = $country[.c]
	EOF
	run -0 rec-map country.map <<<'{"entity_id":7,"c":"DE"}
	{"entity_id":8,"c":"CI"}'
	assert_equal "$(jq -r .fields.A__c <<<"$output" | paste -sd,)" "Germany,Côte d'Ivoire"
	run -1 rec-map country.map <<<'{"entity_id":9,"c":"XX"}'
}
