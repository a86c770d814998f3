/* rules - the grammar of random expressions, and where versions of jq differ */

#include <stddef.h>

#include "rules.h"

/*
 * Where jq 1.6, jq 1.7 and we differ, and what is done about it here.  What a
 * function does otherwise is mended by a definition in jq-1.6.jq (loaded for
 * 1.6) or jq-1.7.jq (for both); the rest by the texts below.
 *
 *	try		1.6 catches what fails behind it in the pipe too: _try()
 *	error(null)	1.6 makes it empty: _try(), error()
 *	if without else	1.6 has it not: `else .`
 *	.[1.7]		1.6 gives null: _ix
 *	"ab" * 0.5	below 1 null or "", by version: _mul()
 *	1 / 0, {(1): 2}	of constants they do not compile: compile_errors
 *	1 % 1e20	1.6 leaves it to the processor, who says what: _rest()
 *	numbers' text	1.6 drops it: all numbers are as jq writes them; of
 *			1e-06 1.7 makes 0.000001: _plain
 *	!*()'		@uri of 1.6 leaves them: no text has one, but @sh makes
 *			quotes: _uri
 *	.[nan:]		1.6 aborts: _bound
 *	mktime		before 1970 it fails, with us not: mistakes
 *	""		as a regular expression with g never ends in 1.6: there
 *			is none that matches nothing
 *	implode		1.6 aborts on what is no code point: only of explode
 *	@base64d	1.6 takes nearly anything: only of @base64
 *	error("object")	1.6 takes the text for an object: its answer, which
 *			has __jq in it, says nothing
 *	?//		that limit() has enough it takes for an error, and goes
 *			on: only within [ ]
 *	exp10		is not the same in all versions of glibc: not here
 *	fromjson, tonumber	of "nan", by version: no text is that
 */

/*
 * Texts of errors that are jq's own in one version only, or ours, as a regular
 * expression without operators but `|`.  What is caught is looked at: such a
 * text becomes `unstable` before an expression goes on with it, here as in
 * _try(), so that all else can be compared.
 */
#define UNSTABLE \
	"while parsing"			/* tonumber, fromjson: the parser's */ \
	"|slice indices must be"	/* "Start and end" or "Array/string" */ \
	"| slice must be numbers" \
	"|\xef\xbf\xbd"			/* a value cut in a character */ \
	"|flatten depth must be a number"	/* jq tells of a sum */ \
	"|cannot be trimmed|cannot be matched|no text"	/* ours alone */ \
	"|out of range|does not match format"	/* ours say more */ \
	"|requires parsed datetime inputs" \
	"|trailing base64 byte found" \
	"|bad regular expression|Regex failure"	/* ours names it */ \
	"|is not a valid regex" \
	"|Cannot index "		/* long names left out, or cut */ \
	"|is not valid in a "		/* csv row: of tsv as well */ \
	"|cannot be iterated over"	/* max_by of an object: of what */ \
	"|is no number|cannot be parsed as a number" \
	"|skip needs a number|cannot be parsed as a boolean"	/* of 1.8 */
#define CATCH " catch (if type == \"string\" and test(\"" UNSTABLE "\") " \
	"then \"unstable\" else . end | "

#define GENERIC(text, weight) { '*', 0, weight, text, NULL, NULL }
#define RULE(of, text) { of, 0, 4, text, NULL, NULL }
#define IN(of, in, text) { of, in, 12, text, NULL, NULL }
#define TRY(weight, body, handler) { '*', 0, weight, \
	"try " body CATCH handler ")", "_try(" body "; " handler ")", \
	"_try(" body "; " handler ")" }

const struct rule rules[] = {
	/* what gives any type */
	GENERIC("%w", 1),
	GENERIC("%~w, %~w", 4),
	GENERIC("%~w // %~w", 4),
	GENERIC("%~a | %w", 1),
	GENERIC("%~o | %w{o}", 4),
	GENERIC("%~n | %w{n}", 1),
	GENERIC("%~s | %w{s}", 1),
	GENERIC("%O[] | %w{o}", 3),
	GENERIC("%N as $$ | %w", 2),
	GENERIC("%w as $$ | %w", 4),
	GENERIC("%o as $$ | %w", 2),
	GENERIC("%s as $$ | %w", 2),
	GENERIC("%n as $$ | %w", 2),
	GENERIC("if %~b then %~w else %~w end", 4),
	GENERIC("if %~a then %~w elif %~b then %~w else %~w end", 2),
	{ '*', 0, 1, "if %~b then %~w end", "if %~b then %~w else . end",
	    NULL },
	TRY(4, "%w", "%w{e}"),
	{ '*', 0, 3, "%w?", "_try(%w; empty)", NULL },
	{ '*', 0, 2, "try %w", "_try(%w; empty)", NULL },
	TRY(1, "error(%s)", "%w{s}"),
	TRY(1, "error(%o)", "%w{o}"),
	TRY(1, "(%~w, error(%a), %~w)", "%w"),
	GENERIC("[%~w, %~w][]", 2),
	{ '*', 0, 2, "[%~w][%i]", "[%~w][%i|_ix]", NULL },
	GENERIC("{a: %w}.a", 2),
	GENERIC("{a: %w, b: %a} | .a", 1),
	GENERIC("{(%s): %w}[]", 1),
	GENERIC("first(%~w)", 2),
	GENERIC("last(%~w)", 2),
	GENERIC("limit(%i; %~w)", 2),
	GENERIC("nth(%i; %~w)", 1),
	GENERIC("%~w | select(%b{w})", 3),
	GENERIC("%~w | values", 1),
	GENERIC("[%~w] | first", 1),
	GENERIC("[%~w] | last", 1),
	GENERIC("[%~w] | min, max", 1),
	GENERIC("[%~w] | min_by(%a{w})", 1),
	GENERIC("[%~w] | max_by(%a{w})", 1),
	GENERIC("[%~w] | sort[]", 1),
	GENERIC("[%~w] | reverse | .[]", 1),
	GENERIC("[%~w] | unique_by(%a{w}) | .[]", 1),
	GENERIC("empty", 1),
	GENERIC("error(%s)", 1),
	GENERIC("error", 1),
	{ '*', 0, 1, "%w | tojson | fromjson", NULL,
	    "%w | tojson | fromjson | _plain" },

	/* out of an object: its schema is in random.c */
	IN('n', 'o', ".a"), IN('s', 'o', ".b"), IN('b', 'o', ".c"),
	IN('N', 'o', ".d"), IN('S', 'o', ".e"), IN('o', 'o', ".f"),
	IN('O', 'o', ".g"), IN('A', 'o', ".h"), IN('d', 'o', ".s"),
	IN('t', 'o', ".t"), IN('z', 'o', ".x"), IN('L', 'o', ".l"),
	IN('s', 'o', ".\"k y\""), IN('s', 'o', ".[\"\\u00fc\"]"),
	IN('n', 'o', ".f.a"), IN('n', 'o', ".g[].a"), IN('n', 'o', ".d[]"),
	IN('n', 'o', ".d[]?"), IN('s', 'o', ".e[]?"), IN('n', 'o', ".g[]?.a?"),
	IN('s', 'o', ".f?.b?"), IN('n', 'o', ".l[][]"), IN('a', 'o', ".[]"),
	{ 'a', 'o', 12, ".[%s]", ".[%s|_ix]", NULL }, IN('a', 'o', ".[.b]?"), IN('a', 'o', ".h[]"),
	IN('S', 'o', "keys"), IN('S', 'o', "keys_unsorted"),
	IN('E', 'o', "to_entries"), IN('n', 'o', "length"),
	IN('b', 'o', "has(%s)"), IN('b', 'o', "has(\"a\", \"q\")"),
	IN('o', 'o', "{a, b}"), IN('o', 'o', "{a, \"k y\", b: %s}"),
	IN('o', 'o', "{d: [.d[] | %n{n}], f}"),
	IN('o', 'o', "map_values(%a{a})"),
	IN('o', 'o', "with_entries(select(.value | %b{a}))"),
	IN('o', 'o', "with_entries({key: (.key | %s{s}), value: .value})"),
	IN('n', 'O', ".[].a"), IN('s', 'O', ".[].b?"), IN('o', 'O', ".[]"),
	IN('n', 'N', ".[]"), IN('s', 'S', ".[]"), IN('N', 'L', ".[]"),
	IN('n', 'L', ".[][]"), IN('a', 'A', ".[]"), IN('a', 'A', ".[]?"),
	IN('a', 'a', ".[]?"), IN('a', 'a', ".a?"), IN('a', 'a', ".[0]?"),
	IN('a', 'a', ".[1:]?"), IN('s', 'a', "tostring"), IN('s', 'a', "type"),
	IN('n', 'a', "length"), IN('n', 'a', "numbers"), IN('s', 'a', "strings"),
	IN('A', 'a', "arrays"), IN('o', 'a', "objects"), IN('b', 'a', "booleans"),
	IN('z', 'a', "nulls"), IN('a', 'a', "iterables"), IN('a', 'a', "scalars"),
	IN('b', 'a', "not"), IN('b', 'e', "(type == \"string\")"),
	IN('s', 'e', "type"), IN('n', 's', "length"), IN('n', 's', "utf8bytelength"),

	/* elements and slices */
	{ 'n', 'N', 8, ".[%i]", ".[%i|_ix]", NULL },
	{ 's', 'S', 8, ".[%i]", ".[%i|_ix]", NULL },
	{ 'o', 'O', 8, ".[%i]", ".[%i|_ix]", NULL },
	{ 'n', 0, 3, "%N[%i]", "%N[%i|_ix]", NULL },
	{ 'n', 0, 2, "%N[%~n]", "%N[%~n|_ix]", NULL },
	{ 's', 0, 3, "%S[%i]?", "%S[%i|_ix]?", NULL },
	{ 'o', 0, 3, "%O[%i, %i]", "%O[%i, %i|_ix]", NULL },
	{ 'N', 0, 4, "%N[%i:%i]",
	    "%N[%i|_bound:%i|_bound]", NULL }, { 'S', 0, 4, "%S[%i:]",
	    "%S[%i|_bound:]", NULL }, { 'O', 0, 4, "%O[:%i]",
	    "%O[:%i|_bound]", NULL },
	{ 's', 0, 4, "%s[%i:%i]",
	    "%s[%i|_bound:%i|_bound]", NULL }, { 's', 0, 4, "%s[%n:]",
	    "%s[%n|_bound:]", NULL }, { 'N', 0, 4, "%N[:%n]?",
	    "%N[:%n|_bound]?", NULL },
	{ 'N', 0, 4, "%N[%n:%n]",
	    "%N[%n|_bound:%n|_bound]", NULL }, { 'A', 0, 4, "%A[%z:%i]",
	    "%A[%z|_bound:%i|_bound]", NULL }, RULE('s', "%s[-3:100000]"),
	RULE('N', "%N[1e9:], %N[-1e9:1]"), { 'N', 0, 4, "%N[%i, %i:%i, %i]",
	    "%N[(%i, %i)|_bound:(%i, %i)|_bound]", NULL },
	RULE('n', "%o.a"), RULE('s', "%o.b"), RULE('N', "%o.d"),
	RULE('O', "%o | .g"), RULE('S', "%o | .e"), RULE('n', "%O[].a"),
	{ 'a', 0, 4, "%o[%s]", "%o[%s|_ix]", NULL }, RULE('a', "%o[]"), RULE('a', "%A[]"),
	{ 'a', 0, 4, "%a[%s]?", "%a[%s|_ix]?", NULL }, { 'a', 0, 4, "%a[%i]?", "%a[%i|_ix]?", NULL },

	/* arithmetic */
	RULE('n', "%~n + %~n"), RULE('n', "%~n - %~n"),
	{ 'n', 0, 4, "%n * %n", "_mul(%n; %n)", "_mul(%n; %n)" },
	RULE('n', "%~n / %~n"), { 'n', 0, 3, "%n % %n", "_rest(%n; %n)",
	    NULL },
	/* what binds how: numbers alone, so that nothing else differs */
	RULE('n', "%i + %i * %i - %i"), RULE('n', "%i * %i + %i // %i"),
	RULE('b', "%i + %i < %i * %i and %b or %b"), RULE('n', "-%i * %i - -%i"),
	RULE('n', "-%n"), RULE('n', "-%n + %n"), RULE('n', "%n | -."),
	RULE('s', "%~s + %~s"), RULE('s', "%~s + %~z"),
	{ 's', 0, 2, "%s * %{3", NULL, NULL },
	RULE('S', "%s / %s"), RULE('N', "%~N + %~N"), RULE('S', "%~S + %~S"),
	RULE('N', "%~N - %~N"), RULE('S', "%S - %S"), RULE('A', "%~A - %~A"),
	RULE('O', "%O + %O"), RULE('o', "%~o + %~o"),
	{ 'o', 0, 4, "%o * %o", "_mul(%o; %o)", "_mul(%o; %o)" },
	{ 'a', 0, 3, "%~a + %~a", NULL, NULL },
	{ 'a', 0, 1, "%~a - %~a", NULL, NULL },
	{ 'a', 0, 1, "%a * %a", "_mul(%a; %a)", "_mul(%a; %a)" },
	{ 'a', 0, 1, "%~a / %~a", NULL, NULL },

	/* truth and order */
	RULE('b', "%~n < %~n"), RULE('b', "%~n == %~n"), RULE('b', "%~s <= %~s"),
	RULE('b', "%~a == %~a"), RULE('b', "%~a != %~a"), RULE('b', "%~a < %~a"),
	RULE('b', "%~a >= %~a"), RULE('b', "%~a > %~a"), RULE('b', "%A < %A"),
	RULE('b', "%o < %o"), RULE('b', "%~b and %~b"), RULE('b', "%~b or %~b"),
	RULE('b', "%~a and %~b"), RULE('b', "%~a or %~a"), RULE('b', "%a | not"),
	RULE('b', "%a == (%a, %a)"), RULE('b', "%A | any"), RULE('b', "%A | all"),
	RULE('b', "%N | any(%b{n})"), RULE('b', "%O | all(%b{o})"),
	RULE('b', "any(%~a; %b{a})"), RULE('b', "all(%~n; %b{n})"),
	RULE('b', "isempty(%~a)"), RULE('b', "%a | IN(%~a, %~a)"),
	RULE('b', "IN(%~n; %~n, %~n)"), RULE('b', "%s | contains(%s)"),
	RULE('b', "%A | contains(%A)"), RULE('b', "%o | contains(%o)"),
	RULE('b', "%o | contains({b: %s})"), RULE('b', "%s | inside(%s)"),
	RULE('b', "%S | contains(%S)"), RULE('b', "%N | inside(%N)"),
	RULE('b', "%s | startswith(%s)"), RULE('b', "%s | endswith(%s)"),
	RULE('b', "%s | in(%o)"), RULE('b', "%i | in(%N)"), RULE('b', "%N | has(%i)"),
	RULE('b', "%n | isnan"), RULE('b', "%s | test(%r)"),
	RULE('b', "%s | test(%r; \"i\", \"x\", null)"),
	RULE('b', "%a | . == .[0]?"),

	/* lists */
	RULE('N', "[%~n, %~n]"), RULE('N', "[%~n]"), RULE('S', "[%~s, %~s]"),
	RULE('S', "[%~s]"), RULE('O', "[%~o]"), RULE('O', "[%~o, %~o]"),
	RULE('A', "[%~a, %~a]"), RULE('A', "[%~a]"), RULE('A', "[]"),
	RULE('L', "[%~N, %~N]"), RULE('L', "[%N]"),
	RULE('N', "[range(%i)]"), RULE('N', "[range(%i; %i)]"),
	RULE('N', "[range(%i; %i; %i)]"), RULE('n', "range(%i, %i; %i)"),
	RULE('N', "%N | map(%n{n})"), RULE('N', "%O | map(%n{o})"),
	RULE('S', "%S | map(%s{s})"), RULE('O', "%O | map(select(%b{o}))"),
	RULE('O', "%O | map(%o{o})"), RULE('A', "%A | map(%a{a})"),
	RULE('N', "%N | map_values(%n{n})"), RULE('A', "%A | map_values(empty)"),
	RULE('N', "%N | sort"), RULE('S', "%S | sort"), RULE('A', "%A | sort"),
	RULE('O', "%O | sort"), RULE('O', "%O | sort_by(%a{o})"),
	RULE('O', "%O | sort_by(%a{o}, %n{o})"), RULE('N', "%N | sort_by(-.)"),
	RULE('A', "%O | group_by(%a{o})"), RULE('L', "%N | group_by(%a{n})"),
	RULE('N', "%N | unique"), RULE('A', "%A | unique"),
	RULE('O', "%O | unique_by(%a{o})"), RULE('S', "%S | unique_by(length)"),
	RULE('N', "%N | reverse"), RULE('A', "%A | reverse"),
	RULE('A', "%A | flatten"), RULE('A', "%A | flatten(%i)"),
	RULE('L', "%L | transpose"), RULE('N', "%L | add"), RULE('N', "%L | flatten"),
	RULE('N', "%a | indices(%a)"), RULE('N', "%s | indices(%s)"),
	RULE('N', "%N | indices(%n)"), RULE('N', "%N | indices(%N)"),
	RULE('n', "%s | index(%s)"), RULE('n', "%s | rindex(%s)"),
	RULE('n', "%N | index(%n)"), RULE('n', "%A | rindex(%a)"),
	RULE('n', "%N | add"), RULE('s', "%S | add"), RULE('a', "%A | add"),
	RULE('n', "add(%~n)"), RULE('o', "%O | add"), RULE('n', "%o | add"),
	RULE('n', "%N | min"), RULE('n', "%N | max"), RULE('a', "%A | min, max"),
	RULE('o', "%O | min_by(%a{o})"), RULE('o', "%O | max_by(%a{o})"),
	RULE('n', "%N | first"), RULE('n', "%N | last"), { 'n', 0, 4, "%N | nth(%i)", "%N | nth(%i|_ix)", NULL },
	{ 'a', 0, 3, "%a | first?", "%a | _try(first; empty)", NULL }, RULE('n', "%a | length"),
	RULE('n', "%A | length"), RULE('A', "%a | [.[]?]"),
	RULE('N', "%s | explode"), RULE('A', "%o | [.[]]"),
	RULE('N', "%t | gmtime"), RULE('N', "%O | map(.a | values)"),

	/* objects */
	RULE('o', "{a: %n, b: %s}"), RULE('o', "{a: %n, d: %N, f: %o}"),
	RULE('o', "{b: %s, g: %O, c: %b}"), RULE('o', "{\"a\": %n, \"x\": null}"),
	RULE('o', "{(%s): %a}"), RULE('o', "{(\"a\", \"b\"): %a}"),
	RULE('o', "{\"k\\(%n)\": %a, b: %s}"), RULE('o', "%n as $a | {$a, b: %s}"),
	RULE('o', "{a: (%~n, %~n), b: (%~s, %~s)}"), RULE('o', "{}"),
	RULE('o', "{@base64 \"\\(%s)\": %n}"),
	RULE('E', "%o | to_entries"), RULE('o', "%E | from_entries"),
	RULE('E', "[{key: %s, value: %a}]"), RULE('E', "[{name: %s, value: %n}]"),
	RULE('o', "%o | with_entries(select(.key | %b{s}))"),
	RULE('o', "%o | map_values(%a{a})"), RULE('S', "%o | keys"),
	RULE('S', "%o | keys_unsorted"), RULE('N', "%A | keys"),

	/* texts */
	RULE('s', "%a | tostring"), RULE('s', "%a | tojson"), RULE('s', "%a | type"),
	RULE('s', "%s | ascii_downcase"), RULE('s', "%s | ascii_upcase"),
	RULE('s', "%s | ltrimstr(%s)"), RULE('s', "%s | rtrimstr(%s)"),
	RULE('s', "%s | trim"), RULE('s', "%s | ltrim"), RULE('s', "%s | rtrim"),
	RULE('s', "%S | join(%s)"), RULE('s', "%N | join(%s)"),
	RULE('s', "%A | join(\", \")"), RULE('S', "%s | split(%s)"),
	RULE('S', "%s | split(\"\", \",\")"), RULE('s', "%s | explode | implode"),
	RULE('s', "%s | explode | reverse | implode"),
	RULE('s', "\"\\(%~a)\""), RULE('s', "\"x\\(%~n)y\\(%~s)\""),
	RULE('s', "\"\\(%~s)\\(\"in \\(%~a)\")\""), RULE('s', "@text \"\\(%~a)-\""),
	RULE('s', "@json \"j\\(%~a)\""), RULE('s', "@html \"<\\(%~a)>\""),
	{ 's', 0, 4, "@uri \"?q=\\(%~s)&\\(%~a)\"",
	    "(@uri \"?q=\\(%~s)&\\(%~a)\" | _uri)", NULL }, RULE('s', "@csv \"\\(%A)\""),
	RULE('s', "@tsv \"\\(%S)\\t\""), RULE('s', "@base64 \"\\(%~a)\""),
	RULE('s', "%a | @text"), RULE('s', "%a | @json"), RULE('s', "%a | @html"),
	{ 's', 0, 4, "%a | @uri", "(%a | @uri | _uri)", NULL }, RULE('s', "%A | @csv"), RULE('s', "%S | @tsv"),
	RULE('s', "%N | @csv"), RULE('s', "%a | @base64"),
	RULE('s', "%s | @base64 | @base64d"),
	RULE('s', "%t | todate"), RULE('s', "%t | strftime(%{F)"),
	RULE('s', "%t | gmtime | strftime(%{F)"), RULE('s', "%a | text"),
	RULE('s', "%s | sub(%r; %{R)"), RULE('s', "%s | gsub(%r; %{R)"),
	RULE('s', "%s | [match(%r; \"g\").string] | join(\"-\")"),
	RULE('n', "%s | match(%r) | .offset, .length"),
	RULE('o', "%s | capture(\"(?<a>[a-z])(?<b>[0-9])?\")"),
	RULE('S', "%s | [scan(%r)]"), RULE('S', "%s | [splits(%r)]"),
	RULE('S', "%s | split(%r; null)"),
	RULE('d', "%n | tostring"), RULE('d', "%d"),

	/* numbers */
	RULE('n', "%n | floor"), RULE('n', "%n | ceil"), RULE('n', "%n | round"),
	RULE('n', "%n | trunc"), RULE('n', "%n | fabs"), RULE('n', "%n | abs"),
	RULE('n', "%n | sqrt"), RULE('n', "pow(%n; %i)"), RULE('n', "%d | tonumber"),
	RULE('n', "%n | tonumber"), RULE('n', "%s | length"),
	RULE('n', "%s | utf8bytelength"), RULE('n', "%t | gmtime | mktime"),
	RULE('t', "%t | todate | fromdate"), RULE('t', "%t + 86400"),
	RULE('t', "%t | todate | strptime(\"%%Y-%%m-%%dT%%H:%%M:%%SZ\") | mktime"),
	{ 'n', 0, 1, "nan", NULL, NULL }, { 'n', 0, 1, "infinite", NULL, NULL },
	RULE('i', "%i - 1"), RULE('i', "%i, %i"), RULE('i', "%i + 1"),
	{ 'i', 'n', 2, "floor", NULL, NULL },
	{ 'z', 0, 1, "null", NULL, NULL }, RULE('z', "%z"),
	RULE('r', "%r"),

	RULE('n', "%n | significand"), RULE('n', "%n | logb"),
	RULE('n', "%n | nearbyint"), RULE('n', "%n | rint"),
	RULE('n', "%n | frexp[]"), RULE('n', "%n | modf[]"),
	RULE('n', "ldexp(%n; %i)"), RULE('n', "scalb(%n; %i)"),
	RULE('n', "scalbln(%n; %i)"), RULE('n', "fma(%n; %n; %i)"),
	RULE('n', "fmin(%n; %n), fmax(%n; %i)"), RULE('n', "fmod(%n; %n)"),
	RULE('n', "drem(%n; %i)"), RULE('n', "copysign(%n; %i)"),
	RULE('n', "fdim(%n; %n)"), RULE('n', "nextafter(%n; %i)"),
	/* libm's last digits are the machine's */
	RULE('s', "%n | cbrt, exp2, log2 | tostring[:12]"),
	RULE('s', "%n | sin, cos, atan, tanh, expm1 | tostring[:12]"),
	RULE('s', "%n | log, log10, log1p, gamma | tostring[:12]"),
	RULE('s', "atan2(%n; %n), hypot(%n; %i) | tostring[:12]"),
	RULE('b', "%n | isinfinite, isnormal"), RULE('a', "%A[] | finites"),
	RULE('n', "%N[] | normals"), RULE('b', "%b | tostring | toboolean"),

	/* times */
	RULE('s', "%t | todateiso8601"), RULE('s', "%t | gmtime | todate"),
	RULE('t', "%t | todate | fromdateiso8601"),
	RULE('t', "%s | fromdate"), RULE('N', "%s | strptime(%{F)"),
	RULE('t', "%t | strftime(%{F) | strptime(%{F) | mktime"),
	RULE('t', "%N | mktime"), RULE('s', "%N | strftime(%{F)"),
	RULE('N', "%t | todate | strptime(\"%%Y-%%m-%%dT%%H:%%M:%%SZ\")"),

	/* anything in anything */
	RULE('o', "%O | INDEX(%s{o})"), RULE('o', "INDEX(%O[]; %a{o})"),
	RULE('A', "%O | JOIN(%o; %s{o})"), RULE('A', "[JOIN(%o; %O[]; .b)]"),
	RULE('n', "%N | unique | bsearch(%n)"),
	RULE('n', "%A | unique | bsearch(%a)"),
	RULE('a', "%a | walk(if type == \"number\" then %~n{n} else . end)"),
	RULE('a', "%a | walk(if type == \"array\" then sort else . end)"),
	RULE('A', "[%L | combinations]"), RULE('A', "[%N | combinations(2)]"),
	RULE('A', "[[%N, %S] | combinations]"), RULE('A', "%a | toarray"),
	RULE('N', "[skip(%i; %N[])]"), RULE('n', "skip(1; %~n, %~n)"),
	RULE('S', "%S | @sh | split(\" \")"),

	/* taking apart */
	GENERIC("[%n, %s] as [$$] | %w", 2),
	GENERIC("{a: %s} as {a: $$} | %w", 2),
	GENERIC("{a: [%n, %s]} as {a: [$$]} | %w", 1),
	GENERIC("[[%n], %s] as [[$$]] | %w", 1),
	GENERIC("{\"k y\": %s, b: 1} as {\"k y\": $$, b: $q} | %w", 1),
	GENERIC("{a: %n} as {(\"a\", \"b\"): $$} | %w", 1),
	GENERIC("%o as {$a, b: $$} | %w", 1),
	GENERIC("[%n as [$$] ?// $$ | %w][]", 1),
	GENERIC("[%N as {a: $$} ?// [$$] | %w][]", 1),
	GENERIC("[%a as [$q, [$$]] ?// {$q, a: $$} ?// $$ | %w][]", 1),

	/* more of texts */
	RULE('s', "%s | @sh"), RULE('s', "%S | @sh"), RULE('s', "%A | @sh"),
	RULE('s', "@sh \"echo \\(%~s) \\(%~n)\""),
	RULE('s', "%s | trimstr(%s)"), RULE('s', "%s | [splits(%r)] | add"),
	RULE('s', "%s | splits(%r; %{G)"),
	RULE('b', "%s | test(%r; %{G)"), RULE('b', "%s | test([%r, %{G])"),
	RULE('s', "%s | match(%r; %{G).string"),
	RULE('n', "%s | match([%r, %{G]) | .offset, (.captures | length)"),
	RULE('o', "%s | match(%r; \"g\")"), RULE('o', "%s | capture(%r; %{G)"),
	RULE('s', "%s | sub(%r; %{R; %{G)"), RULE('s', "%s | gsub(%r; %{R; \"i\")"),
	RULE('s', "%s | sub(%r; \"-\", %s)"),
	RULE('s', "%s | gsub(\"(?<x>[a-z])\"; .x | ascii_upcase)"),
	RULE('a', "%s | scan(%r; \"i\")"), RULE('a', "%s | scan(\"([a-z])([0-9])?\")"),
	RULE('s', "%s | gsub(\"^\\\\s+|\\\\s+$\"; \"\")"),

	/* anything */
	RULE('a', "%n"), RULE('a', "%s"), RULE('a', "%b"), RULE('a', "%N"),
	RULE('a', "%S"), RULE('a', "%o"), RULE('a', "%O"), RULE('a', "%A"),
};
const unsigned n_rules = sizeof(rules) / sizeof(*rules);

const char unstable_errors[] = UNSTABLE;

const char *const mistakes[] = { "__jq", "mktime not supported",
	"invalid gmtime representation", NULL };

const char *const compile_errors[] = { "Division by zero?",
	"as object key", "Object keys must be strings", NULL };
