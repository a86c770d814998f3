/*
 * map-parse - an expression's text into nodes
 *
 * jq's grammar, by recursive descent, from what binds least to what binds
 * most:  |  ,  //  or  and  == < ...  + -  * / %  terms.
 * Names are resolved here; functions that are written in jq (map-macro.c)
 * are put in with their arguments in place of their parameters.
 */

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "map-int.h"

static struct node *pipe_(struct parser *p, bool comma);
static struct node *postfix(struct parser *p);

int
parse_fail(struct parser *p, const char *at, const char *fmt, ...)
{
	char text[512];
	va_list ap;

	if (p->dead)
		return -1;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	p->failed = true;
	mistake(p->mistakes, p->source, p->call != NULL ? p->call : at, "%s",
	    text);
	return -1;
}

/* A mistake behind which the text cannot be understood. */
static struct node *
stop(struct parser *p, const char *at, const char *fmt, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	parse_fail(p, at, "%s", text);
	p->dead = true;
	p->lex.kind = T_END;
	return NULL;
}

static void
next(struct parser *p)
{
	if (p->dead)
		return;
	lex_next(&p->lex);
	if (p->lex.kind == T_BAD)
		stop(p, p->lex.at, "%s", p->lex.bad);
}

static bool
accept_op(struct parser *p, const char *op)
{
	if (!lex_op(&p->lex, op))
		return false;
	next(p);
	return true;
}

static bool
accept_word(struct parser *p, const char *word)
{
	if (!lex_word(&p->lex, word))
		return false;
	next(p);
	return true;
}

static void
expect(struct parser *p, const char *op, const char *where)
{
	if (!accept_op(p, op))
		stop(p, p->lex.at, "'%s' expected %s", op, where);
}

struct node *
node_new(struct parser *p, enum op op, const char *at, int kids)
{
	struct node *n = pool_get(p->pool, sizeof(*n));

	if (++p->nodes == MAP_EXPR_NODES)
		stop(p, at, "this expression is too long");
	memset(n, 0, sizeof(*n));
	n->op = op;
	n->at = p->call != NULL ? p->call : at;
	n->kids = kids;
	n->hint = (*p->hints)++;
	if (kids > 0) {
		n->kid = pool_get(p->pool, (size_t)kids * sizeof(*n->kid));
		memset(n->kid, 0, (size_t)kids * sizeof(*n->kid));
	}
	return n;
}

/* Set `single`; NULL when a kid is missing, which a mistake explains. */
static struct node *
finish_plain(struct node *n)
{
	int i;

	n->single = n->op != N_COMMA && n->op != N_EACH;
	for (i = 0; i < n->kids; i++) {
		if (n->kid[i] == NULL)
			return NULL;
		n->single &= n->kid[i]->single;
	}
	if (n->op == N_ARRAY)
		n->single = true;
	if (n->op == N_CALL && n->func->gen != NULL)
		n->single = (n->func->flags & FUNC_SINGLE) != 0;
	return n;
}

/*
 * The same, and what settings decide is decided: in
 *	$orders.automatic == false and EXPR
 * nothing is left to do for a record when it is not.
 */
static struct node *
finish(struct parser *p, struct node *n)
{
	return finish_plain(n) == NULL ? NULL : fold_node(p->pool, n);
}

static struct node *
two(struct parser *p, enum op op, const char *at, struct node *a,
    struct node *b)
{
	struct node *n = node_new(p, op, at, 2);

	n->kid[0] = a;
	n->kid[1] = b;
	return finish(p, n);
}

static struct node *
constant(struct parser *p, const char *at, struct val v)
{
	struct node *n = node_new(p, N_CONST, at, 0);

	n->value = v;
	return finish(p, n);
}

/* ---- strings ---- */

struct parts {			/* of a string with \( ) in it */
	struct node *part[100];
	int n;
};

static void
add_part(struct parser *p, struct parts *s, struct node *n, const char *at)
{
	if (s->n == (int)(sizeof(s->part) / sizeof(*s->part)))
		stop(p, at, "too many \\( ) in a string");
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
		stop(p, *q, "bad string: %s", w.text);
	else
		n = constant(p, *q, v);
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
		return stop(p, p->lex.at, "%s", p->lex.bad);
	n = pipe_(p, true);
	if (!p->dead && !lex_op(&p->lex, ")"))
		stop(p, p->lex.at, "')' expected in a string");
	*q = p->lex.at + 1;
	p->lex = outer;
	return n;
}

static struct node *
string(struct parser *p, const struct func *format)
{
	struct slice raw = p->lex.text;
	const char *q = raw.p, *end = raw.p + raw.n, *at = p->lex.at;
	struct parts s = { .n = 0 };
	struct node *n;

	do {
		add_part(p, &s, literal_part(p, &q, end), q);
		if (q < end && !p->dead)
			add_part(p, &s, inner_part(p, &q, end), q);
	} while (q < end && !p->dead);
	if (p->dead)
		return NULL;
	next(p);
	if (s.n == 1)
		return s.part[0];
	n = node_new(p, N_FORMAT, at, s.n);
	n->func = format != NULL ? format : func_find(SLICE("@text"), 0);
	memcpy(n->kid, s.part, (size_t)s.n * sizeof(*s.part));
	return finish(p, n);
}

static struct node *
format(struct parser *p)
{
	const char *at = p->lex.at;
	struct slice name = { at, p->lex.text.n + 1 };
	const struct func *f = func_find(name, 0);
	struct node *n;

	if (f == NULL)
		parse_fail(p, at, "unknown format '%.*s'", (int)name.n,
		    name.p);
	next(p);
	if (p->lex.kind == T_STRING)
		return string(p, f);
	n = node_new(p, N_CALL, at, 0);
	n->func = f;
	return f == NULL ? NULL : finish(p, n);
}

/* ---- names ---- */

static struct node *
variable(struct parser *p)
{
	struct slice want = p->lex.text;
	const char *at = p->lex.at;
	struct name *v;
	struct near near;
	struct node *n;

	next(p);
	for (v = p->names; v != NULL && !slice_eq(v->name, want); )
		v = v->next;
	if (v == NULL && p->any_name)
		return constant(p, at, val_null());
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
	return finish(p, n);
}

/* `Term as $x | body`: all that follows belongs to the body. */
static struct node *
binding(struct parser *p, struct node *source)
{
	struct name name = { .next = p->names };
	struct node *n = node_new(p, N_AS, p->lex.at, 2);

	next(p);
	if (p->lex.kind != T_VAR)
		return stop(p, p->lex.at, "a $name expected behind 'as'%s",
		    lex_op(&p->lex, "[") || lex_op(&p->lex, "{") ?
		    "; patterns are not part of this language" : "");
	name.name = p->lex.text;
	name.slot = n->slot = (*p->slots)++;
	next(p);
	if (p->each != NULL && p->macro == NULL && p->lex.kind == T_END) {
		*p->each = name.name;	/* the end of an each directive */
		return source;
	}
	expect(p, "|", "behind 'as $name'");
	n->kid[0] = source;
	p->names = &name;
	n->kid[1] = pipe_(p, true);
	p->names = name.next;
	return finish(p, n);
}

static struct node *
expand(struct parser *p, const struct macro *m, struct node **args,
    const char *at)
{
	struct parser inner = *p;
	struct node *n;

	inner.macro = m;
	inner.args = args;
	if (inner.call == NULL)
		inner.call = at;
	lex_start(&inner.lex, m->body, m->body + strlen(m->body));
	n = pipe_(&inner, true);
	p->nodes = inner.nodes;
	p->failed |= inner.failed;
	p->dead |= inner.dead;
	return n;
}

static struct node *
unknown(struct parser *p, struct slice name, int arity, const char *at)
{
	static const char *const never[] = { "def", "reduce", "foreach",
		"label", "import", "include", "input", "inputs", "env",
		"now", "path", "paths", "del", "setpath", "getpath",
		"delpaths", "recurse", "walk", "debug", "limit", "until",
		"while", "repeat", "range", "input_line_number", "halt" };
	const char *best = func_nearest(name);
	size_t i;

	for (i = 0; i < sizeof(never) / sizeof(*never); i++)
		if (slice_is(name, never[i]) && !func_exists(name)) {
			parse_fail(p, at, "'%s' is not part of this language",
			    never[i]);
			return NULL;
		}
	if (func_exists(name))
		parse_fail(p, at, "'%.*s' does not take %d argument%s",
		    (int)name.n, name.p, arity, arity == 1 ? "" : "s");
	else if (best != NULL)
		parse_fail(p, at,
		    "unknown function '%.*s', did you mean '%s'?",
		    (int)name.n, name.p, best);
	else
		parse_fail(p, at, "unknown function '%.*s'", (int)name.n,
		    name.p);
	return NULL;
}

/* The arguments behind a name: at most 3, or none. */
static int
arguments(struct parser *p, struct node *args[3])
{
	struct node *extra;
	int n = 0;

	if (!accept_op(p, "("))
		return 0;
	do {
		extra = pipe_(p, true);
		if (n < 3)
			args[n] = extra;
		n++;
	} while (accept_op(p, ";"));
	expect(p, ")", "behind the arguments");
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

static struct node *
call(struct parser *p)
{
	struct slice name = p->lex.text;
	const char *at = p->lex.at;
	struct node *args[3] = { NULL }, *n = parameter(p, name);
	const struct func *f;
	const struct macro *m;
	int arity, i;

	next(p);
	if (n != NULL)
		return n;
	arity = arguments(p, args);
	f = func_find(name, arity);
	m = macro_find(name, arity);
	if (f == NULL && m == NULL)
		return unknown(p, name, arity, at);
	for (i = 0; i < arity; i++)
		if (args[i] == NULL)
			return NULL;
	if (f == NULL)
		return expand(p, m, args, at);
	n = node_new(p, N_CALL, at, arity);
	n->func = f;
	for (i = 0; i < arity; i++)
		n->kid[i] = args[i];
	return finish(p, n);
}

/* ---- words with a grammar of their own ---- */

static struct node *
condition(struct parser *p)
{
	struct node *n = node_new(p, N_IF, p->lex.at, 3);

	next(p);
	n->kid[0] = pipe_(p, true);
	if (!accept_word(p, "then"))
		return stop(p, p->lex.at, "'then' expected");
	n->kid[1] = pipe_(p, true);
	if (lex_word(&p->lex, "elif")) {
		n->kid[2] = condition(p);
		return finish(p, n);
	}
	if (accept_word(p, "else"))
		n->kid[2] = pipe_(p, true);
	else
		n->kid[2] = finish(p, node_new(p, N_DOT, p->lex.at, 0));
	if (!accept_word(p, "end"))
		return stop(p, p->lex.at, "'end' expected");
	return finish(p, n);
}

static struct node *
try_(struct parser *p)
{
	const char *at = p->lex.at;
	struct node *n, *body, *handler = NULL;

	next(p);
	body = postfix(p);
	if (accept_word(p, "catch"))
		handler = postfix(p);
	n = node_new(p, N_TRY, at, handler == NULL ? 1 : 2);
	n->kid[0] = body;
	if (handler != NULL)
		n->kid[1] = handler;
	return finish(p, n);
}

static struct node *
word(struct parser *p)
{
	static const char *const reserved[] = { "then", "elif", "else", "end",
		"as", "and", "or", "catch" };
	const char *at = p->lex.at;
	size_t i;

	if (lex_word(&p->lex, "if"))
		return condition(p);
	if (lex_word(&p->lex, "try"))
		return try_(p);
	if (accept_word(p, "null"))
		return constant(p, at, val_null());
	if (accept_word(p, "true"))
		return constant(p, at, val_bool(true));
	if (accept_word(p, "false"))
		return constant(p, at, val_bool(false));
	for (i = 0; i < sizeof(reserved) / sizeof(*reserved); i++)
		if (lex_word(&p->lex, reserved[i]))
			return stop(p, at, "unexpected '%s'", reserved[i]);
	return call(p);
}

/* ---- arrays and objects ---- */

static struct node *
array(struct parser *p)
{
	const char *at = p->lex.at;
	struct node *n;

	next(p);
	if (accept_op(p, "]"))
		return constant(p, at, (struct val){ .kind = V_ARRAY,
		    .depth = 1 });
	n = node_new(p, N_ARRAY, at, 1);
	n->kid[0] = pipe_(p, true);
	expect(p, "]", "at the end of the array");
	return finish(p, n);
}

/* One address for a key wherever it is named, so that most comparisons of
 * keys are of addresses. */
static struct val
intern(struct parser *p, struct val key)
{
	struct interned *i;

	for (i = *p->keys; i != NULL; i = i->next)
		if (val_equal(i->key, key))
			return i->key;
	i = pool_get(p->pool, sizeof(*i));
	*i = (struct interned){ *p->keys, key };
	*p->keys = i;
	return key;
}

static struct node *
field_of(struct parser *p, struct node *base, struct node *key)
{
	struct node *n;

	if (key->op != N_CONST || key->value.kind != V_STRING)
		return two(p, N_INDEX, key->at, base, key);
	n = node_new(p, N_FIELD, key->at, 1);
	n->kid[0] = base;
	n->value = intern(p, key->value);
	return finish(p, n);
}

/* One member; without a value {a} is {a: .a} and {$x} is {x: $x}. */
static void
member(struct parser *p, struct node **key, struct node **value)
{
	const char *at = p->lex.at;
	bool alone = true;

	*key = *value = NULL;
	if (p->lex.kind == T_VAR) {
		*key = constant(p, at, val_slice(p->lex.text));
		*value = variable(p);
		return;
	}
	if (p->lex.kind == T_NAME) {
		*key = constant(p, at, val_slice(p->lex.text));
		next(p);
	} else if (p->lex.kind == T_STRING) {
		*key = string(p, NULL);
	} else if (p->lex.kind == T_FORMAT) {
		*key = format(p);
	} else if (accept_op(p, "(")) {
		*key = pipe_(p, true);
		expect(p, ")", "behind a computed key");
		alone = false;
	} else {
		stop(p, at, "a key expected in the object");
		return;
	}
	if (accept_op(p, ":"))
		*value = pipe_(p, false);
	else if (!alone)
		stop(p, p->lex.at, "':' expected behind a computed key");
	else if (*key != NULL)
		*value = field_of(p, finish(p, node_new(p, N_DOT, at, 0)), *key);
}

static struct node *
object(struct parser *p)
{
	struct node *kid[200], *n;
	const char *at = p->lex.at;
	int kids = 0;

	next(p);
	while (!p->dead && !lex_op(&p->lex, "}")) {
		if (kids == (int)(sizeof(kid) / sizeof(*kid)))
			return stop(p, p->lex.at, "too many members");
		member(p, &kid[kids], &kid[kids + 1]);
		kids += 2;
		if (!accept_op(p, ","))
			break;
	}
	expect(p, "}", "at the end of the object");
	if (kids == 0)
		return constant(p, at, (struct val){ .kind = V_OBJECT,
		    .depth = 1 });
	n = node_new(p, N_OBJECT, at, kids);
	memcpy(n->kid, kid, (size_t)kids * sizeof(*kid));
	return finish(p, n);
}

/* ---- paths ---- */

/* $orders.typo is a mistake; what is named is noted. */
static struct node *
setting(struct parser *p, struct node *base, struct slice name,
    const char *at)
{
	struct slice section = base->section;
	struct val v = val_get(base->value, name, NULL);
	struct near near;
	uint32_t i;

	if (v.kind == V_ABSENT && slice_is(section, "run")) {
		v.kind = V_NULL;	/* nobody said it */
	} else if (v.kind == V_ABSENT) {
		near_start(&near, name);
		for (i = 0; i < base->value.n; i++)
			near_try(&near, val_bytes(base->value.members[i].key));
		parse_fail(p, at, "unknown setting %.*s.%.*s%s%s%s",
		    (int)section.n, section.p, (int)name.n, name.p,
		    near_best(&near) ? ", did you mean " : "",
		    near_best(&near) ? near_best(&near) : "",
		    near_best(&near) ? "?" : "");
		return NULL;
	}
	p->used(p->ctx, section, name, v);
	return constant(p, at, v);
}

static void
check_key(struct parser *p, const struct node *base, struct slice name,
    const char *at)
{
	struct near near;
	int i;

	if (base->keys == NULL)
		return;
	near_start(&near, name);
	for (i = 0; base->keys[i] != NULL; i++) {
		if (slice_is(name, base->keys[i]))
			return;
		near_try(&near, slice(base->keys[i]));
	}
	parse_fail(p, at, "there is no '%.*s' here%s%s%s", (int)name.n,
	    name.p, near_best(&near) ? ", did you mean " : "",
	    near_best(&near) ? near_best(&near) : "",
	    near_best(&near) ? "?" : "");
}

static struct node *
named(struct parser *p, struct node *base, struct node *key)
{
	if (base == NULL || key == NULL)
		return NULL;
	if (key->op == N_CONST && key->value.kind == V_STRING) {
		if (base->section.p != NULL)
			return setting(p, base, val_bytes(key->value),
			    key->at);
		check_key(p, base, val_bytes(key->value), key->at);
	}
	return field_of(p, base, key);
}

static struct node *
slice_node(struct parser *p, struct node *base, struct node *from,
    const char *at)
{
	struct node *n = node_new(p, N_SLICE, at, 3);

	/* of the bounds, jq's outer loop is over the first */
	n->kid[0] = base;
	n->kid[1] = lex_op(&p->lex, "]") ? constant(p, at, val_null()) :
	    pipe_(p, true);
	n->kid[2] = from;
	expect(p, "]", "behind the slice");
	return finish(p, n);
}

/* Behind `base[`. */
static struct node *
bracket(struct parser *p, struct node *base)
{
	const char *at = p->lex.at;
	struct node *n, *key;

	if (accept_op(p, "]")) {
		n = node_new(p, N_EACH, at, 1);
		n->kid[0] = base;
		n->lenient = p->each != NULL && p->macro == NULL;
		return finish(p, n);
	}
	if (accept_op(p, ":"))
		return slice_node(p, base, constant(p, at, val_null()), at);
	key = pipe_(p, true);
	if (accept_op(p, ":"))
		return slice_node(p, base, key, at);
	expect(p, "]", "behind the index");
	return named(p, base, key);
}

static struct node *
key_token(struct parser *p)
{
	struct node *n = constant(p, p->lex.at, val_slice(p->lex.text));

	next(p);
	return n;
}

/*
 * A `?` right behind a step of a path guards that step alone, and the values
 * before it go on: .a[]?.b[]? passes over what has no elements.  Behind
 * anything else it is `try`.
 */
static struct node *
guard(struct parser *p, struct node *n, bool step)
{
	struct node *t;

	if (n != NULL && step && !n->guarded && n->op != N_CONST) {
		next(p);
		n->guarded = true;
		return n;
	}
	t = node_new(p, N_TRY, p->lex.at, 1);
	next(p);
	t->kid[0] = n;
	return finish(p, t);
}

static struct node *
suffixes(struct parser *p, struct node *n, bool step)
{
	for (;; step = true) {
		if (p->lex.kind == T_FIELD) {
			n = named(p, n, key_token(p));
		} else if (accept_op(p, "[")) {
			n = bracket(p, n);
		} else if (lex_op(&p->lex, "?")) {
			n = guard(p, n, step);
		} else if (accept_op(p, ".")) {
			if (p->lex.kind == T_STRING)
				n = named(p, n, string(p, NULL));
			else if (!lex_op(&p->lex, "["))
				stop(p, p->lex.at, "a name expected behind "
				    "'.'");
		} else {
			return n;
		}
		if (p->dead)
			return NULL;
	}
}

static struct node *
literal_number(struct parser *p)
{
	struct slice s = p->lex.text;
	struct val v = { .kind = V_NULL };
	struct why w;
	char room[64];

	if (val_parse(s, p->pool, &v, &w) == -1) {
		/* jq reads 5. and .5 and 007, which are no JSON */
		snprintf(room, sizeof(room), "%.*s", (int)s.n, s.p);
		v = val_double(strtod(room, NULL));
	}
	next(p);
	return constant(p, s.p, v);
}

static struct node *
term(struct parser *p)
{
	const char *at = p->lex.at;
	struct node *dot, *n;

	switch (p->lex.kind) {
	case T_NUMBER:
		return literal_number(p);
	case T_STRING:
		return string(p, NULL);
	case T_FORMAT:
		return format(p);
	case T_VAR:
		return variable(p);
	case T_NAME:
		return word(p);
	case T_FIELD:
		return named(p, finish(p, node_new(p, N_DOT, at, 0)),
		    key_token(p));
	case T_END:
		return stop(p, at, "an expression expected");
	default:
		break;
	}
	if (lex_op(&p->lex, "["))
		return array(p);
	if (lex_op(&p->lex, "{"))
		return object(p);
	if (accept_op(p, "(")) {
		n = pipe_(p, true);
		expect(p, ")", "to close the parenthesis");
		return n;
	}
	if (lex_op(&p->lex, ".."))
		return stop(p, at, "'..' is not part of this language");
	if (!accept_op(p, "."))
		return stop(p, at, "unexpected '%s'", p->lex.op);
	dot = finish(p, node_new(p, N_DOT, at, 0));
	if (p->lex.kind == T_STRING)
		return named(p, dot, string(p, NULL));
	return dot;
}

static struct node *
postfix(struct parser *p)
{
	struct node *n;
	bool step;

	if (++p->depth > MAP_EXPR_DEPTH)
		return stop(p, p->lex.at, "nested too deep");
	step = p->lex.kind == T_FIELD || lex_op(&p->lex, ".");
	n = term(p);
	n = suffixes(p, n, step && n != NULL && n->op != N_DOT);
	if (n != NULL && n->section.p != NULL)
		p->used(p->ctx, n->section, (struct slice){ NULL, 0 },
		    n->value);
	if (!p->dead && lex_word(&p->lex, "as"))
		n = binding(p, n);
	p->depth--;
	return n;
}

/* ---- operators ---- */

static struct node *
unary(struct parser *p)
{
	const char *at = p->lex.at;
	struct node *n;

	if (!lex_op(&p->lex, "-"))
		return postfix(p);
	if (++p->depth > MAP_EXPR_DEPTH)
		return stop(p, at, "nested too deep");
	next(p);
	n = node_new(p, N_NEG, at, 1);
	n->kid[0] = unary(p);
	p->depth--;
	return finish(p, n);
}

struct level {			/* operators that bind alike, to the left */
	const char *text[7];
	enum op op[6];
};

/* From `or` on inward; comparisons do not chain. */
static const struct level levels[] = {
	{ { "or" }, { N_OR } },
	{ { "and" }, { N_AND } },
	{ { "==", "!=", "<", "<=", ">", ">=" },
	    { N_EQ, N_NE, N_LT, N_LE, N_GT, N_GE } },
	{ { "+", "-" }, { N_ADD, N_SUB } },
	{ { "*", "/", "%" }, { N_MUL, N_DIV, N_MOD } },
};
enum { COMPARISONS = 2, LEVELS = 5 };

static int
operator(struct parser *p, const struct level *l)
{
	int i;

	for (i = 0; l->text[i] != NULL; i++)
		if (lex_op(&p->lex, l->text[i]) ||
		    lex_word(&p->lex, l->text[i]))
			return i;
	return -1;
}

static struct node *
binary(struct parser *p, int level)
{
	struct node *a = level + 1 < LEVELS ? binary(p, level + 1) : unary(p);
	struct node *b;
	const char *at;
	int i, count = 0;

	while (!p->dead && (i = operator(p, &levels[level])) >= 0) {
		at = p->lex.at;
		if (level == COMPARISONS && count++ > 0)
			return stop(p, at, "comparisons do not chain, use "
			    "parentheses");
		next(p);
		b = level + 1 < LEVELS ? binary(p, level + 1) : unary(p);
		a = two(p, levels[level].op[i], at, a, b);
	}
	return a;
}

static struct node *
alternative(struct parser *p)
{
	struct node *a = binary(p, 0);
	const char *at = p->lex.at;

	if (accept_op(p, "//"))
		return two(p, N_ALT, at, a, alternative(p));
	return a;
}

static struct node *
pipe_(struct parser *p, bool comma)
{
	struct node *a;
	const char *at;

	if (p->dead)
		return NULL;
	if (++p->depth > MAP_EXPR_DEPTH)
		return stop(p, p->lex.at, "nested too deep");
	a = alternative(p);
	while (comma && !p->dead && lex_op(&p->lex, ",")) {
		at = p->lex.at;
		next(p);
		a = two(p, N_COMMA, at, a, alternative(p));
	}
	at = p->lex.at;
	if (accept_op(p, "|"))
		a = two(p, N_PIPE, at, a, pipe_(p, comma));
	p->depth--;
	if (p->lex.kind == T_OP && strchr("|+-*/%", p->lex.op[0]) != NULL &&
	    (p->lex.op[1] == '=' || lex_op(&p->lex, "=")))
		return stop(p, p->lex.at,
		    "assignment is not part of this language");
	if (lex_op(&p->lex, "="))
		return stop(p, p->lex.at, "'=' does not compare, '==' does");
	return p->dead ? NULL : a;
}

struct node *
parse_expr(struct parser *p, bool comma)
{
	if (p->lex.kind == T_BAD)
		return stop(p, p->lex.at, "%s", p->lex.bad);
	return pipe_(p, comma);
}
