/* map-hint - what is said here for a word or sign of another language */

#include <ctype.h>
#include <string.h>

#include "map-hint.h"

static const struct {
	const char *words;	/* each with a blank before and behind it */
	const char *here;
} functions[] = {
	{ " lower lowercase tolower to_lower downcase strtolower lcase ",
	    "ascii_downcase" },
	{ " upper uppercase toupper to_upper upcase strtoupper ucase ",
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
};

const char *
hint_function(struct slice name)
{
	char word[32];
	size_t i;

	if (name.n + 3 > sizeof(word))
		return NULL;
	word[0] = word[name.n + 1] = ' ';
	word[name.n + 2] = '\0';
	for (i = 0; i < name.n; i++)
		word[i + 1] = (char)tolower((unsigned char)name.p[i]);
	for (i = 0; i < sizeof(functions) / sizeof(*functions); i++)
		if (strstr(functions[i].words, word) != NULL)
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

const char *
hint_sign(const char *from, const char *at, const char *end)
{
	if (at >= end)
		return NULL;
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
	default:
		return before(from, at) == '?' ?
		    "a choice is: if C then A else B end" : NULL;
	}
}
