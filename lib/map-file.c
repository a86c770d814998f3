/* map-file - a mapping file's text into directives and fields */

#include <ctype.h>
#include <stdlib.h>

#include "map-file.h"
#include "scan.h"

struct reader {
	struct map_set *set;
	struct map *map;
	struct buf *mistakes;
	struct parser p;
	const struct statement *at;
	bool failed;
};

static const char *const directives[] = { "from", "object", "key", "phase",
	"match", "each", "under", "with", "only", "shared", "let", "table",
	"skip", "wait", "hold" };
enum { DIRECTIVES = sizeof(directives) / sizeof(*directives) };

/* FNV-1a, with an end mark so that two texts differ from their sum. */
uint64_t
rev_fold(uint64_t h, struct slice s)
{
	size_t i;

	for (i = 0; i < s.n; i++)
		h = (h ^ (unsigned char)s.p[i]) * 0x100000001b3u;
	return (h ^ 0xff) * 0x100000001b3u;
}

/* ---- statements ---- */

static bool
blank(const char *p, const char *end)
{
	while (p < end && *p != '\n' && isspace((unsigned char)*p))
		p++;
	return p == end || *p == '\n';
}

static const char *
line_end(const char *p, const char *end)
{
	const char *nl = memchr(p, '\n', (size_t)(end - p));

	return nl == NULL ? end : nl + 1;
}

static struct slice
first_word(const char *p, const char *end)
{
	const char *from = p;

	while (p < end && (isalnum((unsigned char)*p) || strchr("_.:-", *p) !=
	    NULL) && *p != '\0')
		p++;
	return (struct slice){ from, (size_t)(p - from) };
}

/*
 * A statement begins in the first column; lines that begin with white space
 * belong to the one before.
 */
static int
split(struct map_set *s, struct map *m, struct buf *mistakes)
{
	const char *p = m->source.text.p, *end = p + m->source.text.n, *next;
	struct statement *st;
	size_t lines = 1;

	for (next = p; next < end; next = line_end(next, end))
		lines++;
	m->statements = pool_get(s->pool, lines * sizeof(*m->statements));
	for (; p < end; p = next) {
		next = line_end(p, end);
		if (blank(p, end) || *p == '#')
			continue;
		if (isspace((unsigned char)*p)) {
			mistake(mistakes, &m->source, p, "this line continues "
			    "nothing: begin in the first column");
			return -1;
		}
		st = &m->statements[m->n_statements++];
		st->at = p;
		st->word = first_word(p, end);
		while (next < end && (*next == ' ' || *next == '\t') &&
		    !blank(next, end))
			next = line_end(next, end);
		st->end = next;
	}
	return 0;
}

static int
fail(struct reader *r, const char *at, const char *text)
{
	mistake(r->mistakes, &r->map->source, at, "%s", text);
	r->failed = true;
	return -1;
}

/* ---- words of a statement ---- */

static void
start(struct reader *r, const char *from)
{
	struct parser *p = &r->p;

	p->failed = p->dead = false;
	p->depth = p->nodes = 0;
	p->each = NULL;
	p->names = r->map->names;
	lex_start(&p->lex, from, r->at->end);
}

static bool
ended(struct reader *r)
{
	if (r->p.failed || r->p.dead)
		return false;
	if (r->p.lex.kind == T_END)
		return true;
	fail(r, r->p.lex.at, "this does not belong here");
	return false;
}

/* A name of a map, field, object or code: letters, digits and _.:- */
static bool
take_word(struct reader *r, struct slice *word, const char *what)
{
	struct lex *l = &r->p.lex;

	*word = first_word(l->at, r->at->end);
	if (l->kind == T_END || word->n == 0) {
		mistake(r->mistakes, &r->map->source, l->at, "%s expected",
		    what);
		r->failed = true;
		return false;
	}
	l->p = word->p + word->n;
	lex_next(l);
	return true;
}

static struct node *
expression(struct reader *r, bool comma, struct slice *text)
{
	const char *from = r->p.lex.at, *to;
	struct node *n = parse_expr(&r->p, comma);

	if (n == NULL)
		r->failed = true;
	if (text != NULL) {
		to = r->p.lex.kind == T_END && r->p.lex.comment.p != NULL &&
		    r->p.lex.comment.p > from ? r->p.lex.comment.p :
		    r->p.lex.at;
		if (to == r->p.lex.comment.p)
			while (to > from && to[-1] != '#')
				to--;
		if (to > from && to[-1] == '#')
			to--;
		while (to > from && isspace((unsigned char)to[-1]))
			to--;
		*text = (struct slice){ from, (size_t)(to - from) };
	}
	return n;
}

static bool
expect(struct reader *r, const char *op)
{
	if (lex_op(&r->p.lex, op)) {
		lex_next(&r->p.lex);
		return true;
	}
	mistake(r->mistakes, &r->map->source, r->p.lex.at, "'%s' expected",
	    op);
	r->failed = true;
	return false;
}

#define MORE(pool, list, n) \
	((list) = more((pool), (list), (n), sizeof(*(list))))

/* Room for one more element, zeroed. */
static void *
more(struct pool *pool, void *list, size_t n, size_t size)
{
	char *p = list;

	if ((n & (n - 1)) == 0) {
		p = pool_get(pool, (n == 0 ? 1 : n * 2) * size);
		if (n > 0)
			memcpy(p, list, n * size);
	}
	memset(p + n * size, 0, size);
	return p;
}

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
		fail(r, r->p.lex.at, "a $name expected");
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
	struct let l = { .slot = 0 };

	if (!take_variable(r, &l.name) || !expect(r, "="))
		return;
	l.expr = expression(r, true, NULL);
	if (l.expr != NULL)
		ended(r);
	l.child = depends(r->map, l.expr);
	/* with a mistake too, or each use of it would be told as one */
	l.slot = add_name(r, l.name, at)->slot;
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
	return name;
}

static void
read_each(struct reader *r)
{
	const char *at = r->p.lex.at;
	struct slice name;
	struct node *n;

	if (r->map->each != NULL) {
		fail(r, at, "each stands here twice");
		return;
	}
	name = (struct slice){ NULL, 0 };
	r->p.each = &name;
	n = expression(r, true, NULL);
	r->p.each = NULL;
	if (n != NULL && ended(r) && name.p == NULL)
		fail(r, r->p.lex.at, "'as $name' expected at the end");
	if (name.p == NULL)
		name = last_variable(r->at);
	if (name.p == NULL)
		return;
	r->map->each = n;
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
		n = expression(r, true, NULL);
		if (n != NULL && n->op != N_CONST)
			fail(r, n->at, "a text or number expected");
		if (n != NULL)
			t->fallback = n->value;
	} else if (lex_word(l, "hold")) {
		lex_next(l);
		t->missing = TABLE_HOLD;
		t->code = SLICE("not-in-table");
		if (l->kind == T_NAME)
			take_word(r, &t->code, "a code");
	} else if (lex_word(l, "error")) {
		lex_next(l);
		t->missing = TABLE_ERROR;
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

	if (!take_variable(r, &name) || !expect(r, "=") ||
	    !take_word(r, &file, "the name of a CSV file"))
		return;
	t = table_load(r->set, r->map, file, &r->map->rev, &w);
	if (t == NULL) {
		mistake(r->mistakes, &r->map->source, file.p, "%s", w.text);
		r->failed = true;
		return;
	}
	read_missing(r, t);
	if (r->failed || !ended(r))
		return;
	n = node_new(&r->p, N_CONST, at, 0);
	n->value = (struct val){ .kind = V_OBJECT, .flags = VF_TABLE,
	    .depth = 1, .n = t->n, .members = t->rows };
	add_name(r, name, at)->constant = n;
}

/* ---- gates, key, match, only ---- */

static void
read_gate(struct reader *r, const char *verdict)
{
	struct gate g = { .verdict = verdict, .at = r->at->at };

	if (!take_word(r, &g.code, "a code"))
		return;
	if (!lex_word(&r->p.lex, "if")) {
		fail(r, r->p.lex.at, "'if' expected behind the code");
		return;
	}
	lex_next(&r->p.lex);
	g.cond = expression(r, true, &g.text);
	if (g.cond == NULL || !ended(r))
		return;
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
		fail(r, n->at, "tostring makes text \"null\" of null; keys "
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
		fail(r, s.p, "this is no field name");
	return good;
}

static void
read_key(struct reader *r)
{
	struct map *m = r->map;

	if (m->key != NULL) {
		fail(r, r->at->at, "key stands here twice");
		return;
	}
	m->key_at = r->at->at;
	if (!lex_op(&r->p.lex, "=") && (!take_word(r, &m->key_field,
	    "a field or '='") || !field_name(r, m->key_field)))
		return;
	if (!expect(r, "="))
		return;
	m->key = expression(r, true, &m->key_text);
	lint_text(r, m->key);
	if (m->key != NULL)
		ended(r);
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
			fail(r, r->p.lex.at, "too many fields");
			return;
		}
		if (!take_word(r, &name, "a field") || !field_name(r, name))
			return;
		g.part[g.n].name = name;
		g.part[g.n].at = name.p;
		if (lex_op(&r->p.lex, "=")) {
			lex_next(&r->p.lex);
			g.part[g.n].expr = expression(r, false, NULL);
			if (g.part[g.n].expr == NULL)
				return;
		}
		g.n++;
	} while (lex_op(&r->p.lex, ","));
	if (!ended(r))
		return;
	MORE(r->set->pool, r->map->rungs, r->map->n_rungs);
	r->map->rungs[r->map->n_rungs++] = g;
}

static void
read_only(struct reader *r)
{
	struct slice word;

	if (!take_word(r, &word, "'insert' or 'update'"))
		return;
	if (slice_is(word, "insert"))
		r->map->only = "insert";
	else if (slice_is(word, "update"))
		r->map->only = "update";
	else {
		fail(r, word.p, "'insert' or 'update' expected");
		return;
	}
	if (lex_word(&r->p.lex, "if")) {
		lex_next(&r->p.lex);
		if ((r->map->only_if = expression(r, true, NULL)) == NULL)
			return;
		r->map->only_child = depends(r->map, r->map->only_if);
	}
	ended(r);
}

/* ---- fields ---- */

static bool
read_flag(struct reader *r, struct field_map *f)
{
	struct lex *l = &r->p.lex;
	struct near near;

	lex_next(l);
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
		mistake(r->mistakes, &r->map->source, l->at, "unknown flag"
		    "%s%s%s", near_best(&near) ? ", did you mean [" : "",
		    near_best(&near) ? near_best(&near) : "",
		    near_best(&near) ? "]?" : "");
		r->failed = true;
		return false;
	}
	lex_next(l);
	return expect(r, "]");
}

static void
twice(struct reader *r, const struct field_map *f)
{
	const struct field_map *g;
	size_t i;

	for (i = 0; i < r->map->n_fields; i++) {
		g = &r->map->fields[i];
		if (!f->off && !g->off && slice_eq(f->name, g->name) &&
		    (f->when == g->when || f->when == WHEN_ALWAYS ||
		    g->when == WHEN_ALWAYS)) {
			mistake(r->mistakes, &r->map->source, f->at,
			    "%.*s is set in line %u already", (int)f->name.n,
			    f->name.p, source_line(&r->map->source, g->at));
			r->failed = true;
			return;
		}
	}
}

static void
read_field(struct reader *r)
{
	struct field_map f = { .when = WHEN_ALWAYS, .at = r->at->at };
	struct near near;
	int i;

	start(r, r->at->at);
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
	if (!field_name(r, f.name))
		return;
	while (lex_op(&r->p.lex, "["))
		if (!read_flag(r, &f))
			return;
	if (!expect(r, "="))
		return;
	f.expr = expression(r, true, &f.text);
	if (f.expr == NULL || !ended(r))
		return;
	f.comment = r->p.lex.comment;
	if (memchr(f.name.p, '.', f.name.n) != NULL)
		lint_text(r, f.expr);
	twice(r, &f);
	f.child = depends(r->map, f.expr);
	MORE(r->set->pool, r->map->fields, r->map->n_fields);
	r->map->fields[r->map->n_fields++] = f;
}

/* ---- the whole file ---- */

static void
used(void *ctx, struct slice section, struct slice name, struct val v)
{
	struct reader *r = ctx;
	struct buf b = BUF(1 << 24);

	if (slice_is(section, "run"))	/* changes with every run */
		return;
	val_json(&b, v);
	r->map->rev = rev_fold(r->map->rev, section);
	r->map->rev = rev_fold(r->map->rev, name);
	r->map->rev = rev_fold(r->map->rev, buf_all(&b));
	buf_free(&b);
}

static void
reader_start(struct reader *r, struct map_set *s, struct map *m,
    struct buf *mistakes)
{
	*r = (struct reader){ .set = s, .map = m, .mistakes = mistakes };
	r->p.source = &m->source;
	r->p.mistakes = mistakes;
	r->p.pool = s->pool;
	r->p.slots = &s->slots;
	r->p.hints = &s->hints;
	r->p.keys = &s->keys;
	r->p.used = used;
	r->p.ctx = r;
}

/* The directives that tie maps; all others are read once names are known. */
static bool
outline(struct reader *r, struct slice word)
{
	struct map *m = r->map;
	struct slice v;

	if (slice_is(word, "from")) {
		if (take_word(r, &m->from, "an entity"))
			ended(r);
	} else if (slice_is(word, "object")) {
		if (take_word(r, &m->object, "a Salesforce object"))
			ended(r);
	} else if (slice_is(word, "phase")) {
		if (take_word(r, &v, "a number")) {
			m->phase = strtol(v.p, NULL, 10);
			if (!isdigit((unsigned char)v.p[0]) ||
			    m->phase > 1000000)
				fail(r, v.p, "a number expected");
			ended(r);
		}
	} else if (slice_is(word, "under")) {
		m->under_at = r->p.lex.at;
		if (take_word(r, &m->under, "a map"))
			ended(r);
	} else if (slice_is(word, "with")) {
		do {
			if (m->n_with > 0)
				lex_next(&r->p.lex);
			m->with_at[m->n_with] = r->p.lex.at;
			if (m->n_with == 16 || !take_word(r,
			    &m->with[m->n_with], "a map"))
				return true;
			m->n_with++;
		} while (lex_op(&r->p.lex, ",") && m->n_with < 16);
		ended(r);
	} else {
		return false;
	}
	return true;
}

int
map_outline(struct map_set *s, struct map *m, struct buf *mistakes)
{
	struct reader r;
	size_t i;

	reader_start(&r, s, m, mistakes);
	m->phase = -1;
	if (m->source.text.n > (4 << 20) || memchr(m->source.text.p, '\0',
	    m->source.text.n) != NULL || !scan_utf8(m->source.text)) {
		m->broken = true;
		return fail(&r, m->source.text.p, "this is no mapping file: "
		    "over 4 MiB, or no UTF-8 text");
	}
	if (split(s, m, mistakes) == -1) {
		m->broken = true;
		return -1;
	}
	m->rev = rev_fold(0xcbf29ce484222325u, slice(m->name));
	for (i = 0; i < m->n_statements; i++) {
		r.at = &m->statements[i];
		m->rev = rev_fold(m->rev, (struct slice){ r.at->at,
		    (size_t)(r.at->end - r.at->at) });
		start(&r, r.at->word.p + r.at->word.n);
		outline(&r, r.at->word);
	}
	return r.failed ? -1 : 0;
}

static void
read_statement(struct reader *r)
{
	struct slice word = r->at->word;

	start(r, word.p + word.n);
	if (slice_is(word, "key"))
		read_key(r);
	else if (slice_is(word, "match"))
		read_match(r);
	else if (slice_is(word, "each"))
		read_each(r);
	else if (slice_is(word, "only"))
		read_only(r);
	else if (slice_is(word, "shared"))
		r->map->shared = ended(r);
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

static bool
is_outline(struct slice w)
{
	return slice_is(w, "from") || slice_is(w, "object") ||
	    slice_is(w, "phase") || slice_is(w, "under") ||
	    slice_is(w, "with");
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
		if (is_outline(r.at->word))
			continue;
		read_statement(&r);
		r.failed |= r.p.failed;
	}
	return r.failed ? -1 : 0;
}
