/* map-hint - what is said here for a word or sign of another language */

#include <ctype.h>
#include <string.h>

#include "map-hint.h"

static const struct {
	const char *words;	/* each with a blank before and behind it */
	const char *here;
} functions[] = {
	{ " lower lowercase tolower to_lower downcase strtolower lcase ascii_lower ",
	    "ascii_downcase" },
	{ " upper uppercase toupper to_upper upcase strtoupper ucase ascii_upper ",
	    "ascii_upcase" },
	{ " substr substring left right mid slice ", ".[FROM:TO]" },
	{ " concat concatenate ", "A + B" },
	{ " replace str_replace replaceall substitute preg_replace ",
	    "gsub(RE; TEXT)" },
	{ " sum ", "add, exactly dsum" },
	{ " len strlen size count sizeof ", "length" },
	{ " strip chomp ", "trim" },
	{ " round tofixed round_to number_format ", "dround(DECIMALS)" },
	{ " int integer float number parseint parsefloat tonum to_number intval floatval ",
	    "tonumber" },
	{ " str string to_string to_text ", "text" },
	{ " coalesce ifnull nvl isnull is_null isset default defined exists blankvalue ",
	    "A // B" },
	{ " iif iff when case switch choose cond ",
	    "if C then A else B end" },
	{ " like regex regexp matches preg_match ", "test(RE)" },
	{ " filter where grep ", "select(C)" },
	{ " each foreach for_each ", ".[]" },
	{ " lookup vlookup dict ", "a table, and $name[KEY]" },
	{ " today date_now getdate current_date ", "$run.started" },
	{ " format_date date_format dateformat formatdate to_date todate ",
	    "local_date(ZONE), or strptime and strftime" },
	{ " urlencode url_encode encodeuricomponent ", "@uri" },
	{ " json_encode to_json ", "tojson" },
	{ " json_decode from_json parse_json ", "fromjson" },
	{ " distinct uniq ", "unique" },
	{ " attribute attr getattribute ", "custom(CODE)" },
	{ " null none nil undefined ", "null" },
	{ " true yes ", "true" },
	{ " false no ", "false" },
};

/* Where an operator is awaited. */
static const struct {
	const char *words, *here;
} operators[] = {
	{ " and ", "conditions are joined by 'and'" },
	{ " or ", "conditions are joined by 'or'" },
	{ " is eq equals ", "equal is ==" },
	{ " isnt ne ", "unequal is !=" },
	{ " like matches contains ", "a text is tested by test(RE)" },
	{ " in ", "one of several: X | IN(\"a\", \"b\")" },
};

/* Is the name among `words`, in whatever case? */
static bool
among(const char *words, struct slice name)
{
	char word[32];
	size_t i;

	if (name.n == 0 || name.n + 3 > sizeof(word))
		return false;
	word[0] = word[name.n + 1] = ' ';
	word[name.n + 2] = '\0';
	for (i = 0; i < name.n; i++)
		word[i + 1] = (char)tolower((unsigned char)name.p[i]);
	return strstr(words, word) != NULL;
}

const char *
hint_function(struct slice name)
{
	size_t i;

	for (i = 0; i < sizeof(functions) / sizeof(*functions); i++)
		if (among(functions[i].words, name))
			return functions[i].here;
	return NULL;
}

/* The sign before `at`, blanks left out; 0 at the start. */
static char
before(const char *from, const char *at)
{
	while (at > from && isspace((unsigned char)at[-1]))
		at--;
	return at > from ? at[-1] : '\0';
}

/* A word that stands alone was meant as a value. */
const char *
hint_bare(const char *from, const char *at, size_t n, const char *end)
{
	if (at - from > 1 && at[-1] == '-' && isalnum((unsigned char)at[-2]))
		return "a name with '-' in it stands in quotes: .\"a-b\"";
	if (before(from, at) == '|')
		return NULL;
	if (at + n < end && at[n] == '.')
		return "the record is '.' alone: .a.b";
	return "a member begins with '.', a text stands in double quotes";
}

static const char *
hint_operator(const char *at, const char *end)
{
	const char *p = at;
	size_t i;

	while (p < end && (isalnum((unsigned char)*p) || *p == '_'))
		p++;
	for (i = 0; i < sizeof(operators) / sizeof(*operators); i++)
		if (among(operators[i].words, (struct slice){ at,
		    (size_t)(p - at) }))
			return operators[i].here;
	return NULL;
}

/* Is it the first thing in a line that begins with a blank? */
static bool
continues(const char *from, const char *at)
{
	const char *p = at;

	while (p > from && (p[-1] == ' ' || p[-1] == '\t'))
		p--;
	return p < at && p > from && p[-1] == '\n';
}

const char *
hint_sign(const char *from, const char *at, const char *end)
{
	const char *word;

	if (at >= end)
		return NULL;
	if (end - at >= 3 && memcmp(at, "\xe2\x80", 2) == 0 &&
	    (unsigned char)at[2] >= 0x98 && (unsigned char)at[2] <= 0x9f)
		return "texts stand in straight double quotes";
	switch (*at) {
	case '\'':
	case '`':
		return "texts stand in double quotes";
	case '&':
		return "conditions are joined by 'and'";
	case '|':
		return before(from, at) == '|' ?
		    "conditions are joined by 'or'" : NULL;
	case '!':
		return "'not' stands behind: C | not";
	case '~':
		return "a text is tested by test(RE)";
	case '>':
		return before(from, at) == '<' ? "unequal is !=" : NULL;
	case '=':
		return before(from, at) == '=' ? "equal is ==" : NULL;
	case '(':
		return at > from && isalnum((unsigned char)at[-1]) ?
		    "a function stands behind '|': X | f(A; B)" : NULL;
	case '$':
		return "the record is '.', as in .status; $ begins the name "
		    "of a let";
	default:
		if (before(from, at) == '?')
			return "a choice is: if C then A else B end";
		if ((word = hint_operator(at, end)) != NULL)
			return word;
		return continues(from, at) ? "a line that begins with a "
		    "blank continues the one before it" : NULL;
	}
}
