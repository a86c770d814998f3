/*
 * map-never - what jq has and this language has not, and why
 *
 * millrace-mapping(5) lists the same names with the same words.
 */

#include "map-int.h"

static const struct {
	const char *names[12];	/* the last one is NULL */
	const char *why;
} never[] = {
	{ { "def" },
	    "a map is to be plain to read; let and as give names to values" },
	{ { "reduce", "foreach" },
	    "map, add, any, all, dsum and walk go through values, and end" },
	{ { "label", "break" },
	    "first(f) and limit(n; f) stop early" },
	{ { "..", "recurse", "recurse_down", "while", "until", "repeat" },
	    "it goes over all of a record, or never ends; walk(f) goes into a"
	    " value, range(n) counts" },
	{ { "path", "paths", "leaf_paths", "getpath", "setpath", "delpaths",
	    "del", "pick" },
	    "places are written, not computed: .a.b, .[EXPR], an object of "
	    "what is wanted" },
	{ { "=" },
	    "a record is not changed; == compares" },
	{ { "|=", "+=", "-=", "*=", "/=", "%=", "//=" },
	    "a record is not changed; map(f), map_values(f) and "
	    "with_entries(f) make a new value" },
	{ { "input", "inputs", "input_filename", "input_line_number" },
	    "a map sees one record at a time" },
	{ { "tostream", "fromstream", "truncate_stream" },
	    "a record is one value, no stream of events" },
	{ { "env", "$ENV" },
	    "a map sees no environment; settings are $orders and so on" },
	{ { "now" },
	    "the same record is to give the same payload at any time; "
	    "$run.started is when the run began" },
	{ { "localtime", "strflocaltime" },
	    "the machine's zone does not count; gmtime and strftime are of "
	    "UTC, local_datetime(zone) is of a store" },
	{ { "debug", "stderr" },
	    "a map gives values and nothing else; rec-map --explain shows "
	    "them" },
	{ { "halt", "halt_error" },
	    "one record does not end a run; error(text) rejects it, skip and "
	    "hold set it aside" },
	{ { "import", "include", "module", "modulemeta", "get_search_list" },
	    "a map stands alone; under and with share names" },
	{ { "builtins", "get_jq_origin", "get_prog_origin",
	    "have_literal_numbers", "have_decnum", "$__loc__",
	    "$__prog_args", "$JQ_BUILD_CONFIGURATION" },
	    "it asks about jq itself" },
	{ { "format" },
	    "a format is written out: @csv, @json" },
	{ { "pow10", "scalars_or_empty" },
	    "an old name; exp10 and scalars are the new ones" },
};

const char *
never_why(struct slice name)
{
	const char *const *at;
	size_t i;

	for (i = 0; i < sizeof(never) / sizeof(*never); i++)
		for (at = never[i].names; *at != NULL; at++)
			if (slice_is(name, *at))
				return never[i].why;
	return NULL;
}
