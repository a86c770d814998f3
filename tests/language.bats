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
