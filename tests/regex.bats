#!/usr/bin/env bats
# Regular expressions that run away, and those that only look like it.
bats_require_minimum_version 1.5.0
load helpers

# count PATTERN TEXT: what the pattern finds in a text, which is an expression;
# the program is stopped when no limit does it.
count()
{
	timeout 120 rec-map --eval "$2 | [match(\"$1\"; \"g\")] | length" <<<'{"a":"a"}'
}

@test "whatever runs away is stopped" {
	local pattern text seen
	while IFS=$'\t' read -r pattern text; do
		seen=$(sed 's/\\\\/\\/g' <<<"$pattern")
		run -1 count "$pattern" "$text"
		assert_output --partial "the regular expression \"$seen\" takes too long on a text of "
	done <<-'EOT'
	(a+)+$	("a" * 300000) + "!"
	(a|aa)+$	("a" * 1000) + "!"
	(.*)*x	(.a * 1000) + "\nx"
	<[^>]*>	"<" * 300000
	(x+x+)+y	("x" * 1000) + "!y"
	(.+)\\1+y	(.a * 300000) + "!y"
	a*b	(.a * 1000000) + "cb"
	(?=[a-z]*$)(?!.*b)a*1	(.a * 300000) + "1"
	[0-9]+[0-9]+[0-9]+$	("1" * 300000) + "x"
	[ ]+$	(" " * 300000) + "x"
	EOT
}

@test "what is stopped is not caught, and the verdict says where" {
	: >millrace.conf
	cat >run.map <<-'EOT'
	from orders
	object Order
	phase 1
	key Id__c = .entity_id | text
	A__c = .a * 100000 | (try gsub("<[^>]*>"; "") catch "x") | .[:10]
	EOT
	run -1 rec-map run.map <<<'{"entity_id":1,"a":"<"}'
	assert_output --partial '"reason":"mapping-error","message":"run:5: A__c: the regular expression \"<[^>]*>\" takes too long on a text of 100000 bytes'
	# again, and the next record as if nothing had been
	run rec-map run.map <<<$'{"entity_id":1,"a":"<"}\n{"entity_id":2,"a":"-"}'
	assert_line --index 0 --partial 'takes too long'
	assert_line --index 1 --partial '"A__c":"----------"'
}

@test "what is honest passes on a text of 1 MB" {
	local pattern text n
	while IFS=$'\t' read -r pattern text n; do
		run -0 count "$pattern" "$text"
		assert_output "$n"
	done <<-'EOT'
	[ \\t]+	" " * 1000000	1
	[ \\t]+	"a b\t" * 250000	500000
	<[^>]*>	"<p>abc</p>" * 100000	200000
	\\s+$	("word and " * 111111) + "  "	1
	 +$	("word and " * 111111) + "x"	0
	^.{1,255}	.a * 1000000	1
	^[^@ ]+@[^@ ]+[.][a-z]+$	(.a * 1000000) + "@example.com"	1
	[^\\x20-\\x7e]	"prose, as it is \u00e4 " * 50000	50000
	[a-z]+[0-9]	"word and " * 111111	0
	.*\\d$	"word and " * 111111	0
	.*?[0-9]x	("word and \n" * 100000) + "1x"	1
	(.)\\1	"word and " * 111111	0
	(foo|bar)+x	"word foo bar " * 76923	0
	<(b|i)>.*?</\\1>	"word <b>and</b> " * 62500	62500
	EOT
	run -0 rec-map --eval '"a,b," * 250000 | split(","; null), split(",") | length' <<<'{}'
	assert_output $'500001\n500001'
	run -0 rec-map --eval '"\u00e4\u00f6" * 250000 | gsub("[^\\x20-\\x7e]"; "")' <<<'{}'
	assert_output '""'
}
