/*
 * map-macro - functions of jq that are written in jq
 *
 * The parser puts the arguments in place of the parameters, so their
 * generators and errors come out as jq's do.  Names with $__ are not seen
 * by arguments, which have been read before.
 */

#include "map-eval.h"

static const struct macro macros[] = {
	{ "map", 1, { "f" }, "[.[] | f]" },
	{ "select", 1, { "f" }, "if f then . else empty end" },
	{ "nulls", 0, { 0 }, "if . == null then . else empty end" },
	{ "booleans", 0, { 0 },
	    "if type == \"boolean\" then . else empty end" },
	{ "numbers", 0, { 0 }, "if type == \"number\" then . else empty end" },
	{ "strings", 0, { 0 }, "if type == \"string\" then . else empty end" },
	{ "arrays", 0, { 0 }, "if type == \"array\" then . else empty end" },
	{ "objects", 0, { 0 }, "if type == \"object\" then . else empty end" },
	{ "iterables", 0, { 0 }, "if type == \"array\" or type == \"object\" "
	    "then . else empty end" },
	{ "scalars", 0, { 0 }, "if type == \"array\" or type == \"object\" "
	    "then empty else . end" },
	{ "first", 0, { 0 }, ".[0]" },
	{ "last", 0, { 0 }, ".[-1]" },
	{ "first", 1, { "f" }, "limit(1; f)" },
	{ "last", 1, { "f" }, "[f] | .[-1]" },
	{ "nth", 1, { "n" }, ".[n]" },
	{ "nth", 2, { "n", "f" }, "n as $__n | if $__n < 0 then "
	    "error(\"nth doesn't support negative indices\") else "
	    "[limit($__n + 1; f)] | if length >= $__n + 1 then .[-1] "
	    "else empty end end" },
	{ "range", 1, { "n" }, "range(0; n)" },
	{ "range", 2, { "from", "to" }, "range(from; to; 1)" },
	{ "in", 1, { "xs" }, ". as $__x | xs | has($__x)" },
	{ "inside", 1, { "xs" }, ". as $__x | xs | contains($__x)" },
	{ "IN", 1, { "s" }, ". as $__x | any(s; . == $__x)" },
	{ "IN", 2, { "src", "s" }, "any(src == s; .)" },
	{ "any", 0, { 0 }, "any(.[]; .)" },
	{ "any", 1, { "f" }, "any(.[]; f)" },
	{ "any", 2, { "g", "f" },
	    "[limit(1; g | f | if . then true else empty end)] != []" },
	{ "all", 0, { 0 }, "all(.[]; .)" },
	{ "all", 1, { "f" }, "all(.[]; f)" },
	{ "all", 2, { "g", "f" },
	    "[limit(1; g | f | if . then empty else true end)] == []" },
	{ "isempty", 1, { "g" }, "[limit(1; g)] == []" },
	{ "finites", 0, { 0 }, "if isfinite then . else empty end" },
	{ "normals", 0, { 0 }, "if isnormal then . else empty end" },
	{ "toarray", 0, { 0 }, "if type == \"array\" then . else [.] end" },
	{ "INDEX", 1, { "f" }, "INDEX(.[]; f)" },
	{ "INDEX", 2, { "src", "f" }, "[src | . as $__v | f | {key: tostring, "
	    "value: $__v}] | _index" },
	{ "JOIN", 2, { "idx", "f" }, "idx as $__i | [.[] | [., $__i[f]]]" },
	{ "JOIN", 3, { "idx", "src", "f" },
	    "idx as $__i | src | [., $__i[f]]" },
	{ "JOIN", 4, { "idx", "src", "f", "g" },
	    "idx as $__i | src | [., $__i[f]] | g" },
	{ "add", 1, { "f" }, "[f] | add" },
	{ "sort_by", 1, { "f" }, "_sort_by([.[] | [f]])" },
	{ "group_by", 1, { "f" }, "_group_by([.[] | [f]])" },
	{ "unique", 0, { 0 }, "_unique_by([.[] | [.]])" },
	{ "unique_by", 1, { "f" }, "_unique_by([.[] | [f]])" },
	{ "min_by", 1, { "f" }, "_min_by([.[] | [f]])" },
	{ "max_by", 1, { "f" }, "_max_by([.[] | [f]])" },
	{ "to_entries", 0, { 0 },
	    "[keys_unsorted[] as $__k | {key: $__k, value: .[$__k]}]" },
	{ "with_entries", 1, { "f" },
	    "to_entries | map(f) | from_entries" },
	{ "map_values", 1, { "f" }, "_map_values([.[] | [limit(1; f)]])" },
	{ "flatten", 0, { 0 }, "flatten(1000000)" },
	{ "todate", 0, { 0 }, "strftime(\"%Y-%m-%dT%H:%M:%SZ\")" },
	{ "fromdate", 0, { 0 },
	    "strptime(\"%Y-%m-%dT%H:%M:%SZ\") | mktime" },
	{ "todateiso8601", 0, { 0 }, "todate" },
	{ "fromdateiso8601", 0, { 0 }, "fromdate" },
	{ "date", 0, { 0 }, "todate" },
	{ "match", 1, { "re" }, "_match(re)[]" },
	{ "match", 2, { "re", "flags" }, "_match(re; flags)[]" },
	{ "capture", 1, { "re" }, "_capture(re)[]" },
	{ "capture", 2, { "re", "flags" }, "_capture(re; flags)[]" },
	{ "scan", 1, { "re" }, "_scan(re; null)[]" },
	{ "scan", 2, { "re", "flags" }, "_scan(re; flags)[]" },
	{ "splits", 1, { "re" }, "split(re; null)[]" },
	{ "splits", 2, { "re", "flags" }, "split(re; flags)[]" },
	{ "dsum", 1, { "f" }, "[f] | dsum" },
	{ "dmul", 1, { "f" }, "[f] | dmul" },
};

const struct macro *
macro_find(struct slice name, int arity)
{
	size_t i;

	for (i = 0; i < sizeof(macros) / sizeof(*macros); i++)
		if (macros[i].arity == arity && slice_is(name, macros[i].name))
			return &macros[i];
	return NULL;
}

static const struct func *const groups[] = { func_core, func_string,
	func_list, func_order, func_time, func_own, func_format, func_regex,
	func_math, func_gen };
enum { GROUPS = sizeof(groups) / sizeof(*groups) };

const struct func *
func_find(struct slice name, int arity)
{
	const struct func *f;
	size_t i;

	for (i = 0; i < GROUPS; i++)
		for (f = groups[i]; f->name != NULL; f++)
			if (f->arity == arity && slice_is(name, f->name))
				return f;
	return NULL;
}

void
func_names(void (*see)(void *ctx, const char *name), void *ctx)
{
	const struct func *f;
	size_t i;

	for (i = 0; i < GROUPS; i++)
		for (f = groups[i]; f->name != NULL; f++)
			if (f->name[0] != '_' && f->name[0] != '@')
				see(ctx, f->name);
	for (i = 0; i < sizeof(macros) / sizeof(*macros); i++)
		see(ctx, macros[i].name);
}

struct search {
	struct near near;
	const char *best;
};

static void
see(void *ctx, const char *name)
{
	struct search *s = ctx;
	size_t before = s->near.distance;

	near_try(&s->near, slice(name));
	if (s->near.distance < before)
		s->best = name;
}

const char *
func_nearest(struct slice name)
{
	struct search s = { .best = NULL };

	near_start(&s.near, name);
	func_names(see, &s);
	return near_best(&s.near) == NULL ? NULL : s.best;
}

struct same {
	struct slice want;
	bool found;
};

static void
see_same(void *ctx, const char *name)
{
	struct same *s = ctx;

	s->found |= slice_is(s->want, name);
}

bool
func_exists(struct slice name)
{
	struct same s = { name, false };

	func_names(see_same, &s);
	return s.found;
}
