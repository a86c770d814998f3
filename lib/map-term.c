/*
 * map-term - strings, names, calls, if, try, arrays, objects into nodes
 *
 * Names are resolved here; functions that are written in jq (map-macro.c)
 * are put in with their arguments in place of their parameters.
 */

#include <stdarg.h>
#include <stdio.h>

#include "map-hint.h"
#include "map-parse.h"
#include "map-regex.h"

/* ---- strings ---- */

struct parts {			/* of a string with \( ) in it */
	struct node *part[100];
	int n;
};

static void
add_part(struct parser *p, struct parts *s, struct node *n, const char *at)
{
	if (s->n == (int)(sizeof(s->part) / sizeof(*s->part)))
		parse_stop(p, at, "too many \\( ) in a string");
	else
		s->part[s->n++] = n;
}

/* The text before the first \( in `raw` from *q on, escapes undone. */
static struct node *
literal_part(struct parser *p, const char **q, const char *end)
{
	struct buf json = BUF(1 << 24);
	const char *from = *q, *s = from;
	struct val v = val_text("", 0);
	struct why w = {0};
	struct node *n = NULL;

	while (s < end && !(s[0] == '\\' && s[1] == '('))
		s += *s == '\\' ? 2 : 1;
	buf_char(&json, '"');
	for (; from < s; from++)
		if (*from == '\n')
			buf_str(&json, "\\n");
		else if (*from == '\t')
			buf_str(&json, "\\t");
		else
			buf_char(&json, *from);
	buf_char(&json, '"');
	if (val_parse(buf_all(&json), p->pool, &v, &w) == -1)
		parse_stop(p, *q, "bad string: %s", w.text);
	else
		n = parse_constant(p, *q, v);
	buf_free(&json);
	*q = s;
	return n;
}

/* The expression of \( ) that begins at *q, with a scanner of its own. */
static struct node *
inner_part(struct parser *p, const char **q, const char *end)
{
	struct lex outer = p->lex;
	struct node *n;

	lex_start(&p->lex, *q + 2, end);
	if (p->lex.kind == T_BAD)
		return parse_stop(p, p->lex.at, "%s", p->lex.bad);
	n = parse_pipe(p, true);
	if (!p->dead && !lex_op(&p->lex, ")"))
		parse_stop(p, p->lex.at, "')' expected in a string");
	*q = p->lex.at + 1;
	p->lex = outer;
	return n;
}

/* A format is part of what it writes: one that fails does so before what
 * stands to its left is computed. */
static struct node *
formatted(struct parser *p, struct node *part, const struct func *format)
{
	struct node *call;

	if (part == NULL || format == NULL)
		return part;
	call = node_new(p, N_CALL, part->at, 0);
	call->func = format;
	return parse_two(p, N_PIPE, part->at, part, parse_finish(p, call));
}

struct node *
parse_string(struct parser *p, const struct func *format)
{
	struct slice raw = p->lex.text;
	const char *q = raw.p, *end = raw.p + raw.n, *at = p->lex.at;
	struct parts s = { .n = 0 };
	struct node *n;

	do {
		add_part(p, &s, literal_part(p, &q, end), q);
		if (q < end && !p->dead)
			add_part(p, &s, formatted(p, inner_part(p, &q, end),
			    format), q);
	} while (q < end && !p->dead);
	if (p->dead)
		return NULL;
	parse_next(p);
	if (s.n == 1)
		return s.part[0];
	n = node_new(p, N_FORMAT, at, s.n);
	n->func = func_find(SLICE("@text"), 0);
	memcpy(n->kid, s.part, (size_t)s.n * sizeof(*s.part));
	return parse_finish(p, n);
}

struct node *
parse_format(struct parser *p)
{
	const char *at = p->lex.at;
	struct slice name = { at, p->lex.text.n + 1 };
	const struct func *f = func_find(name, 0);
	struct node *n;

	if (f == NULL)
		parse_fail(p, at, "unknown format '%.*s'", (int)name.n,
		    name.p);
	parse_next(p);
	if (p->lex.kind == T_STRING)
		return parse_string(p, f);
	n = node_new(p, N_CALL, at, 0);
	n->func = f;
	return f == NULL ? NULL : parse_finish(p, n);
}

/* ---- names ---- */

struct node *
parse_variable(struct parser *p)
{
	struct slice want = p->lex.text;
	const char *at = p->lex.at;
	struct name *v;
	struct near near;
	struct node *n;

	for (v = p->names; v != NULL && !slice_eq(v->name, want); )
		v = v->next;
	if (v == NULL && parse_never(p, (struct slice){ at, want.n + 1 }, at))
		return NULL;
	parse_next(p);
	if (v == NULL && p->any_name)
		return parse_constant(p, at, val_null());
	if (v == NULL) {
		near_start(&near, want);
		for (v = p->names; v != NULL; v = v->next)
			near_try(&near, v->name);
		parse_fail(p, at, "unknown variable $%.*s%s%s%s", (int)want.n,
		    want.p, near_best(&near) ? ", did you mean $" : "",
		    near_best(&near) ? near_best(&near) : "",
		    near_best(&near) ? "?" : "");
		return NULL;
	}
	if (v->missing != NULL)
		parse_fail(p, at, "%s", v->missing);
	n = node_new(p, N_VAR, at, 0);
	n->slot = v->slot;
	n->keys = v->keys;
	if (v->constant != NULL) {
		n->op = N_CONST;
		n->value = v->constant->value;
		if (v->settings)
			n->section = want;
	}
	return parse_finish(p, n);
}

struct node *
parse_macro(struct parser *p, const struct macro *m, struct node **args,
    const char *at)
{
	struct parser inner = *p;
	struct node *n;

	inner.macro = m;
	inner.args = args;
	if (inner.call == NULL)
		inner.call = at;
	lex_start(&inner.lex, m->body, m->body + strlen(m->body));
	n = parse_pipe(&inner, true);
	p->nodes = inner.nodes;
	p->failed |= inner.failed;
	p->dead |= inner.dead;
	return n;
}

static struct node *
unknown(struct parser *p, struct slice name, int arity, bool comma,
    const char *at)
{
	const char *best = func_nearest(name), *here = hint_function(name);
	const char *bare = arity > 0 ? NULL : hint_bare(p->source->text.p, at,
	    name.n, p->lex.end);

	if (func_exists(name))
		parse_fail(p, at, "'%.*s' does not take %d argument%s%s%s",
		    (int)name.n, name.p, arity, arity == 1 ? "" : "s",
		    comma ? "; between arguments stands ';'" :
		    here != NULL ? "; here it is " : "",
		    comma || here == NULL ? "" : here);
	else if (here != NULL)
		parse_fail(p, at, "unknown function '%.*s'; here it is %s",
		    (int)name.n, name.p, here);
	else if (best != NULL)
		parse_fail(p, at,
		    "unknown function '%.*s', did you mean '%s'?%s%s",
		    (int)name.n, name.p, best, bare != NULL ? "; else " : "",
		    bare != NULL ? bare : "");
	else
		parse_fail(p, at, "unknown function '%.*s'%s%s", (int)name.n,
		    name.p, bare != NULL ? "; " : "", bare != NULL ? bare : "");
	return NULL;
}

/* The arguments behind a name, or none; those beyond what any function takes
 * are read and dropped. */
static int
arguments(struct parser *p, struct node *args[MAP_PARAMS])
{
	struct node *extra;
	int n = 0;

	if (!parse_op(p, "("))
		return 0;
	do {
		extra = parse_pipe(p, true);
		if (n < MAP_PARAMS)
			args[n] = extra;
		n++;
	} while (parse_op(p, ";"));
	parse_expect(p, ")", "behind the arguments");
	return n;
}

static struct node *
parameter(struct parser *p, struct slice name)
{
	int i;

	for (i = 0; p->macro != NULL && i < p->macro->arity; i++)
		if (slice_is(name, p->macro->params[i]))
			return p->args[i];
	return NULL;
}

/* The pattern and the flags of a call, where they stand in the map. */
static bool
constant_regex(const struct node *n, struct val *re, struct val *flags)
{
	const struct node *first = n->kid[0], *last = n->kid[n->kids - 1];

	*flags = val_null();
	if (n->kids == 1 && first->op == N_ARRAY &&
	    first->kid[0]->op == N_COMMA) {
		last = first->kid[0]->kid[1];
		first = first->kid[0]->kid[0];
	}
	if (n->func->gen != NULL && n->kids == 2)
		last = first;		/* sub(re; str) */
	*re = first->value;
	if (last != first)
		*flags = last->value;
	return first->op == N_CONST && last->op == N_CONST;
}

/* What is wrong with it is a mistake of the map, and no record has to wait
 * for it to be compiled. */
static void
check_regex(struct parser *p, const struct node *n, const char *at)
{
	struct val re, flags;
	unsigned options = 0;
	bool global;
	struct why w;

	if (!constant_regex(n, &re, &flags))
		return;
	if (flags.kind == V_STRING && regex_flags(val_bytes(flags), &options,
	    &global) == -1)
		parse_fail(p, at, "'%.*s' are no flags, which are g i x s n l "
		    "p", (int)flags.n, flags.p);
	else if (re.kind == V_STRING && regexes_add(p->regexes,
	    val_bytes(re), options, &w) == -1)
		parse_fail(p, at, "bad regular expression: %s", w.text);
}

static struct node *
call(struct parser *p)
{
	struct slice name = p->lex.text;
	const char *at = p->lex.at;
	struct node *args[MAP_PARAMS] = { NULL }, *n = parameter(p, name);
	const struct func *f;
	const struct macro *m;
	int arity, i;

	parse_next(p);
	if (n != NULL)
		return n;
	/* `label` is a word of jq, and label(code) a function of ours */
	if (never_why(name) != NULL &&
	    (!lex_op(&p->lex, "(") || !func_exists(name)) &&
	    parse_never(p, name, at))
		return NULL;
	arity = arguments(p, args);
	/* names with _ are for macros, which keep to what these take */
	f = name.p[0] == '_' && p->macro == NULL ? NULL :
	    func_find(name, arity);
	m = macro_find(name, arity);
	if (f == NULL && m == NULL)
		return unknown(p, name, arity, arity > 0 && args[0] != NULL &&
		    args[0]->op == N_COMMA, at);
	for (i = 0; i < arity; i++)
		if (args[i] == NULL)
			return NULL;
	if (f == NULL)
		return parse_macro(p, m, args, at);
	n = node_new(p, N_CALL, at, arity);
	n->func = f;
	for (i = 0; i < arity; i++)
		n->kid[i] = args[i];
	if (f->flags & FUNC_REGEX)
		check_regex(p, n, at);
	return parse_finish(p, n);
}

/* ---- words with a grammar of their own ---- */

/* Where the expression is over, that is behind all that is to be seen. */
static struct node *
unclosed(struct parser *p, const char *start, const char *word)
{
	if (p->lex.kind == T_END)
		return parse_stop(p, start, "this has no '%s'", word);
	return parse_stop(p, p->lex.at, "'%s' expected", word);
}

static struct node *
condition(struct parser *p)
{
	struct node *n = node_new(p, N_IF, p->lex.at, 3);

	parse_next(p);
	n->kid[0] = parse_pipe(p, true);
	if (!parse_word(p, "then"))
		return unclosed(p, n->at, "then");
	n->kid[1] = parse_pipe(p, true);
	if (lex_word(&p->lex, "elif")) {
		n->kid[2] = condition(p);
		return parse_finish(p, n);
	}
	if (parse_word(p, "else"))
		n->kid[2] = parse_pipe(p, true);
	else
		n->kid[2] = parse_finish(p, node_new(p, N_DOT, p->lex.at, 0));
	if (!parse_word(p, "end"))
		return unclosed(p, n->at, "end");
	return parse_finish(p, n);
}

static struct node *
try_(struct parser *p)
{
	const char *at = p->lex.at;
	struct node *n, *body, *handler = NULL;

	parse_next(p);
	body = parse_postfix(p);
	if (parse_word(p, "catch"))
		handler = parse_postfix(p);
	n = node_new(p, N_TRY, at, handler == NULL ? 1 : 2);
	n->kid[0] = body;
	if (handler != NULL)
		n->kid[1] = handler;
	return parse_finish(p, n);
}

struct node *
parse_special(struct parser *p)
{
	static const char *const reserved[] = { "then", "elif", "else", "end",
		"as", "and", "or", "catch" };
	const char *at = p->lex.at;
	size_t i;

	if (lex_word(&p->lex, "if"))
		return condition(p);
	if (lex_word(&p->lex, "try"))
		return try_(p);
	if (parse_word(p, "null"))
		return parse_constant(p, at, val_null());
	if (parse_word(p, "true"))
		return parse_constant(p, at, val_bool(true));
	if (parse_word(p, "false"))
		return parse_constant(p, at, val_bool(false));
	for (i = 0; i < sizeof(reserved) / sizeof(*reserved); i++)
		if (lex_word(&p->lex, reserved[i]))
			return parse_stop(p, at, "unexpected '%s'", reserved[i]);
	return call(p);
}

/* ---- arrays and objects ---- */

struct node *
parse_array(struct parser *p)
{
	const char *at = p->lex.at;
	struct node *n;

	parse_next(p);
	if (parse_op(p, "]"))
		return parse_constant(p, at, (struct val){ .kind = V_ARRAY,
		    .depth = 1 });
	n = node_new(p, N_ARRAY, at, 1);
	n->kid[0] = parse_pipe(p, true);
	parse_expect(p, "]", "at the end of the array");
	return parse_finish(p, n);
}

/* One member; without a value {a} is {a: .a} and {$x} is {x: $x}. */
static void
member(struct parser *p, struct node **key, struct node **value)
{
	const char *at = p->lex.at;
	bool alone = true;

	*key = *value = NULL;
	if (p->lex.kind == T_VAR) {
		*key = parse_constant(p, at, val_slice(p->lex.text));
		*value = parse_variable(p);
		return;
	}
	if (p->lex.kind == T_NAME) {
		*key = parse_constant(p, at, val_slice(p->lex.text));
		parse_next(p);
	} else if (p->lex.kind == T_STRING) {
		*key = parse_string(p, NULL);
	} else if (p->lex.kind == T_FORMAT) {
		*key = parse_format(p);
	} else if (parse_op(p, "(")) {
		*key = parse_pipe(p, true);
		parse_expect(p, ")", "behind a computed key");
		alone = false;
	} else {
		parse_stop(p, at, "a key expected in the object");
		return;
	}
	if (parse_op(p, ":"))
		*value = parse_pipe(p, false);
	else if (!alone)
		parse_stop(p, p->lex.at, "':' expected behind a computed key");
	else if (*key != NULL)
		*value = parse_field(p, parse_finish(p, node_new(p, N_DOT, at, 0)), *key);
}

struct node *
parse_object(struct parser *p)
{
	struct node *kid[200], *n;
	const char *at = p->lex.at;
	int kids = 0;

	parse_next(p);
	while (!p->dead && !lex_op(&p->lex, "}")) {
		if (kids == (int)(sizeof(kid) / sizeof(*kid)))
			return parse_stop(p, p->lex.at, "too many members");
		member(p, &kid[kids], &kid[kids + 1]);
		kids += 2;
		if (!parse_op(p, ","))
			break;
	}
	parse_expect(p, "}", "at the end of the object");
	if (kids == 0)
		return parse_constant(p, at, (struct val){ .kind = V_OBJECT,
		    .depth = 1 });
	n = node_new(p, N_OBJECT, at, kids);
	memcpy(n->kid, kid, (size_t)kids * sizeof(*kid));
	return parse_finish(p, n);
}
