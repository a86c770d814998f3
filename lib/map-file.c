/* map-file - a mapping file's text into directives and fields */

#include <ctype.h>

#include "map-reader.h"

static const char *const directives[] = { "from", "object", "key", "phase",
	"match", "each", "under", "with", "only", "prune", "shared", "include",
	"let", "table", "skip", "wait", "hold" };
enum { DIRECTIVES = sizeof(directives) / sizeof(*directives) };

/* ---- does it change with each child? ---- */

static bool
child_slot(const struct map *m, uint32_t slot)
{
	size_t i;

	if (m->each != NULL && m->each_slot == slot)
		return true;
	for (i = 0; i < m->n_lets; i++)
		if (m->lets[i].slot == slot)
			return m->lets[i].child;
	return false;
}

bool
depends(const struct map *m, const struct node *n)
{
	int i;

	if (n == NULL)
		return false;
	if (n->op == N_VAR && child_slot(m, n->slot))
		return true;
	for (i = 0; i < n->kids; i++)
		if (depends(m, n->kid[i]))
			return true;
	return false;
}

/* ---- names ---- */

static struct name *
add_name(struct reader *r, struct slice name, const char *at)
{
	struct name *n;

	for (n = r->map->names; n != NULL; n = n->next)
		if (slice_eq(n->name, name)) {
			mistake(r->mistakes, &r->map->source, at,
			    "$%.*s has a meaning already", (int)name.n,
			    name.p);
			r->failed = true;
			break;
		}
	n = pool_get(r->set->pool, sizeof(*n));
	memset(n, 0, sizeof(*n));
	n->name = name;
	n->slot = r->set->slots++;
	n->next = r->map->names;
	r->map->names = n;
	return n;
}

static bool
take_variable(struct reader *r, struct slice *name)
{
	if (r->p.lex.kind != T_VAR) {
		reader_fail(r, r->p.lex.at, "a $name expected");
		return false;
	}
	*name = r->p.lex.text;
	lex_next(&r->p.lex);
	return true;
}

static void
read_let(struct reader *r)
{
	const char *at = r->p.lex.at;
	struct let l = { .at = r->at->at };
	struct name *name;

	if (!take_variable(r, &l.name) || !reader_expect(r, "="))
		return;
	l.expr = reader_expr(r, true, NULL);
	if (l.expr != NULL)
		reader_ended(r);
	l.child = depends(r->map, l.expr);
	/* with a mistake too, or each use of it would be told as one */
	name = add_name(r, l.name, at);
	l.slot = name->slot;
	if (l.expr != NULL && l.expr->op == N_CONST)
		name->constant = l.expr;	/* the settings decide it */
	MORE(r->set->pool, r->map->lets, r->map->n_lets);
	r->map->lets[r->map->n_lets++] = l;
}

/* What was to be each's name, where its expression has a mistake. */
static struct slice
last_variable(const struct statement *st)
{
	struct slice name = { NULL, 0 };
	const char *p;

	for (p = st->end; p > st->at && name.p == NULL; p--)
		if (p[-1] == '$')
			name = first_word(p, st->end);
	if (name.p != NULL)
		return name;
	/* `as item`, without the $ */
	for (p = st->end; p > st->at && isspace((unsigned char)p[-1]); p--)
		continue;
	for (name.p = p; name.p > st->at &&
	    (isalnum((unsigned char)name.p[-1]) || name.p[-1] == '_'); name.p--)
		name.n++;
	return name;
}

static void
read_each(struct reader *r)
{
	struct slice name;
	struct node *n;

	if (r->map->each != NULL)	/* told by the outline */
		return;
	name = (struct slice){ NULL, 0 };
	r->p.each = &name;
	n = reader_expr(r, true, NULL);
	r->p.each = NULL;
	if (n != NULL && reader_ended(r) && name.p == NULL)
		reader_fail(r, r->p.lex.at, "'as $name' expected at the end");
	if (name.p == NULL)
		name = last_variable(r->at);
	if (name.n == 0)
		return;
	r->map->each = n;
	r->map->each_name = name;
	r->map->each_slot = add_name(r, name, name.p)->slot;
}

/* What happens with a key that is not in the table. */
static void
read_missing(struct reader *r, struct table *t)
{
	struct lex *l = &r->p.lex;
	struct node *n;

	if (lex_word(l, "default")) {
		lex_next(l);
		t->missing = TABLE_DEFAULT;
		n = reader_expr(r, true, NULL);
		if (n != NULL && n->op != N_CONST)
			reader_fail(r, n->at, "a text or number expected");
		if (n != NULL)
			t->fallback = n->value;
	} else if (lex_word(l, "hold")) {
		lex_next(l);
		t->missing = TABLE_HOLD;
		t->code = SLICE("not-in-table");
		if (l->kind == T_NAME)
			reader_word(r, &t->code, "a code");
	} else if (lex_word(l, "error")) {
		lex_next(l);
		t->missing = TABLE_ERROR;
	} else if (l->kind != T_END) {
		reader_fail(r, l->at, "'default VALUE', 'hold [CODE]' or "
		    "'error' expected");
		l->p = l->end;
		lex_next(l);
	}
}

static void
read_table(struct reader *r)
{
	const char *at = r->p.lex.at;
	struct slice name, file;
	struct table *t;
	struct node *n;
	struct why w = {0};

	if (!take_variable(r, &name) || !reader_expect(r, "=") ||
	    !reader_word(r, &file, "the name of a CSV file"))
		return;
	n = node_new(&r->p, N_CONST, at, 0);
	n->value = val_null();
	t = table_load(r->set, r->map, file, &r->map->rev, &w);
	if (t == NULL) {
		mistake(r->mistakes, &r->map->source, file.p, "%s", w.text);
		r->failed = true;
	} else {
		read_missing(r, t);
		reader_ended(r);
		n->value = (struct val){ .kind = V_OBJECT, .flags = VF_TABLE,
		    .depth = 1, .n = t->n, .members = t->rows };
	}
	/* with a mistake too, or each use of it would be told as one */
	add_name(r, name, at)->constant = n;
}

/* ---- gates, key, match, only ---- */

static void
read_gate(struct reader *r, const char *verdict)
{
	struct gate g = { .verdict = verdict, .at = r->at->at };

	if (!reader_word(r, &g.code, "a code"))
		return;
	if (!lex_word(&r->p.lex, "if")) {
		reader_fail(r, r->p.lex.at, "'if' expected behind the code");
		return;
	}
	lex_next(&r->p.lex);
	g.cond = reader_expr(r, true, &g.text);
	if (g.cond == NULL || !reader_ended(r))
		return;
	g.comment = r->p.lex.comment;
	g.child = depends(r->map, g.cond);
	MORE(r->set->pool, r->map->gates, r->map->n_gates);
	r->map->gates[r->map->n_gates++] = g;
}

/* tostring would make "null" of null: a key or a reference to nobody. */
static void
lint_text(struct reader *r, const struct node *n)
{
	int i;

	if (n == NULL)
		return;
	if (n->op == N_CALL && strcmp(n->func->name, "tostring") == 0)
		reader_fail(r, n->at, "tostring makes text \"null\" of null; keys "
		    "and references use text");
	for (i = 0; i < n->kids; i++)
		lint_text(r, n->kid[i]);
}

static bool
field_name(struct reader *r, struct slice s)
{
	size_t i;
	bool good = s.n > 0 && isalpha((unsigned char)s.p[0]) &&
	    s.p[s.n - 1] != '.' && s.p[s.n - 1] != ':';

	for (i = 0; i < s.n; i++)
		good &= s.p[i] != '-';
	if (!good)
		reader_fail(r, s.p, "this is no field name");
	return good;
}

static void
read_key(struct reader *r)
{
	struct map *m = r->map;

	if (m->key != NULL)		/* told by the outline */
		return;
	m->key_at = r->at->at;
	if (!lex_op(&r->p.lex, "=") && (!reader_word(r, &m->key_field,
	    "a field or '='") || !field_name(r, m->key_field)))
		return;
	if (!reader_expect(r, "="))
		return;
	m->key = reader_expr(r, true, &m->key_text);
	lint_text(r, m->key);
	if (m->key != NULL)
		reader_ended(r);
	m->key_comment = r->p.lex.comment;
	m->key_child = depends(m, m->key);
}

static void
read_match(struct reader *r)
{
	struct rung g = { .n = 0 };
	struct slice name;

	do {
		if (g.n > 0)
			lex_next(&r->p.lex);
		if (g.n == (int)(sizeof(g.part) / sizeof(*g.part))) {
			reader_fail(r, r->p.lex.at, "too many fields");
			return;
		}
		if (!reader_word(r, &name, "a field") || !field_name(r, name))
			return;
		g.part[g.n].name = name;
		g.part[g.n].at = name.p;
		if (lex_op(&r->p.lex, "=")) {
			lex_next(&r->p.lex);
			g.part[g.n].expr = reader_expr(r, false,
			    &g.part[g.n].text);
			if (g.part[g.n].expr == NULL)
				return;
		}
		g.n++;
	} while (lex_op(&r->p.lex, ","));
	if (!reader_ended(r))
		return;
	g.comment = r->p.lex.comment;
	MORE(r->set->pool, r->map->rungs, r->map->n_rungs);
	r->map->rungs[r->map->n_rungs++] = g;
}

static void
read_only(struct reader *r)
{
	struct slice word;

	r->map->only_at = r->at->at;
	if (!reader_word(r, &word, "'insert' or 'update'"))
		return;
	if (slice_is(word, "insert"))
		r->map->only = "insert";
	else if (slice_is(word, "update"))
		r->map->only = "update";
	else {
		reader_fail(r, word.p, "'insert' or 'update' expected");
		return;
	}
	if (lex_word(&r->p.lex, "if")) {
		lex_next(&r->p.lex);
		if ((r->map->only_if = reader_expr(r, true, NULL)) == NULL)
			return;
		r->map->only_child = depends(r->map, r->map->only_if);
	}
	reader_ended(r);
}

/* ---- fields ---- */

static bool
read_flag(struct reader *r, struct field_map *f)
{
	struct lex *l = &r->p.lex;
	struct near near;

	lex_next(l);
	if (lex_word(l, "website"))
		return sites_read(r, f) && reader_expect(r, "]");
	if (lex_word(l, "insert"))
		f->when = WHEN_INSERT;
	else if (lex_word(l, "update"))
		f->when = WHEN_UPDATE;
	else if (lex_word(l, "own"))
		f->own = true;
	else if (lex_word(l, "off"))
		f->off = true;
	else if (lex_word(l, "quiet"))
		f->quiet = true;
	else {
		near_start(&near, l->text);
		near_try(&near, SLICE("insert"));
		near_try(&near, SLICE("update"));
		near_try(&near, SLICE("own"));
		near_try(&near, SLICE("off"));
		near_try(&near, SLICE("quiet"));
		near_try(&near, SLICE("website"));
		mistake(r->mistakes, &r->map->source, l->at, "unknown flag"
		    "%s%s%s", near_best(&near) ? ", did you mean [" :
		    "; there are insert, update, own, quiet, off, website",
		    near_best(&near) ? near_best(&near) : "",
		    near_best(&near) ? "]?" : "");
		r->failed = true;
		return false;
	}
	if (f->quiet && f->when == WHEN_INSERT) {
		reader_fail(r, l->at, "[quiet] is for what may change, and "
		    "[insert] is sent once, with what is new: leave out "
		    "[quiet]");
		return false;
	}
	lex_next(l);
	return reader_expect(r, "]");
}

static void
read_field(struct reader *r)
{
	struct field_map f = { .when = WHEN_ALWAYS, .at = r->at->at };
	struct near near;
	int i;

	reader_start_at(r, r->at->at);
	f.name = r->at->word;
	r->p.lex.p = f.name.p + f.name.n;
	lex_next(&r->p.lex);
	if (!lex_op(&r->p.lex, "=") && !lex_op(&r->p.lex, "[")) {
		near_start(&near, f.name);
		for (i = 0; i < DIRECTIVES; i++)
			near_try(&near, slice(directives[i]));
		mistake(r->mistakes, &r->map->source, f.at, "neither a "
		    "directive nor FIELD = EXPRESSION%s%s%s",
		    near_best(&near) ? ", did you mean '" : "",
		    near_best(&near) ? near_best(&near) : "",
		    near_best(&near) ? "'?" : "");
		r->failed = true;
		return;
	}
	r->map->tries_fields = true;
	if (!field_name(r, f.name))
		return;
	while (lex_op(&r->p.lex, "["))
		if (!read_flag(r, &f))
			return;
	if (!reader_expect(r, "="))
		return;
	f.expr = reader_expr(r, true, &f.text);
	if (f.expr == NULL || !reader_ended(r))
		return;
	f.comment = r->p.lex.comment;
	if (memchr(f.name.p, '.', f.name.n) != NULL)
		lint_text(r, f.expr);
	sites_clash(r, &f);
	f.child = depends(r->map, f.expr);
	MORE(r->set->pool, r->map->fields, r->map->n_fields);
	r->map->fields[r->map->n_fields++] = f;
}

/* ---- the whole file ---- */

static void
read_statement(struct reader *r)
{
	struct slice word = r->at->word;

	reader_start_at(r, word.p + word.n);
	if (slice_is(word, "key"))
		read_key(r);
	else if (slice_is(word, "match"))
		read_match(r);
	else if (slice_is(word, "each"))
		read_each(r);
	else if (slice_is(word, "only"))
		read_only(r);
	else if (slice_is(word, "shared"))
		r->map->shared = reader_ended(r);
	else if (slice_is(word, "include"))
		include_fail(r);
	else if (slice_is(word, "let"))
		read_let(r);
	else if (slice_is(word, "table"))
		read_table(r);
	else if (slice_is(word, "skip"))
		read_gate(r, "skipped");
	else if (slice_is(word, "wait"))
		read_gate(r, "waiting");
	else if (slice_is(word, "hold"))
		read_gate(r, "held");
	else
		read_field(r);
}

int
map_read(struct map_set *s, struct map *m, struct buf *mistakes)
{
	struct reader r;
	size_t i;

	reader_start(&r, s, m, mistakes);
	m->names = m->base != NULL ? m->base->names : s->names;
	/* the names of a map that is not there are not known */
	r.p.any_name = m->base == NULL && (m->under.p != NULL ||
	    m->n_with > 0);
	if (m->base != NULL)
		m->rev = (m->rev ^ m->base->rev) * 0x100000001b3u;
	for (i = 0; i < m->n_statements; i++) {
		r.at = &m->statements[i];
		if (outline_word(r.at->word) || !include_may(m, r.at))
			continue;
		read_statement(&r);
		r.failed |= r.p.failed;
	}
	if (!r.failed)
		sites_merge(&r);
	return r.failed ? -1 : 0;
}
