/* map-edit - change the field lines of a mapping file, and no other byte */

#include <ctype.h>
#include <fnmatch.h>

#include "map-edit.h"
#include "map-file.h"

enum { FLAGS = 8 };

struct head {			/* NAME [FLAG]... = */
	struct slice name;
	struct slice flag[FLAGS];	/* with their brackets */
	int n;
	const char *behind;	/* the last of these */
	const char *equals;
};

struct editor {
	const struct map *map;
	const struct map_change *change;
	struct slice file;	/* the text of the file, without what it
				 * includes */
	const char *copied;	/* of that, up to here */
	struct buf *text, *diff;
	long shift;		/* lines that the new text has more */
	bool *hit;
	int changed;
};

static const struct statement *
statement(const struct map *m, const char *at)
{
	size_t i;

	for (i = 0; i + 1 < m->n_statements && m->statements[i].at != at; )
		i++;
	return &m->statements[i];
}

/* ---- what stands left of `=` ---- */

static const char *
pass_space(const char *p, const char *end)
{
	while (p < end && isspace((unsigned char)*p))
		p++;
	return p;
}

static bool
head_read(struct head *h, const struct field_map *f, const char *end)
{
	const char *p = f->name.p + f->name.n, *close;

	h->name = f->name;
	for (h->n = 0, h->behind = p;; h->behind = p) {
		p = pass_space(p, end);
		if (p == end || *p != '[' || h->n == FLAGS)
			break;
		if ((close = memchr(p, ']', (size_t)(end - p))) == NULL)
			return false;
		h->flag[h->n++] = (struct slice){ p,
		    (size_t)(close + 1 - p) };
		p = close + 1;
	}
	h->equals = p;
	return p < end && *p == '=';
}

static bool
flag_is(struct slice flag, const char *word)
{
	const char *p = pass_space(flag.p + 1, flag.p + flag.n);
	size_t n = strlen(word);

	return flag.n > n + 1 && strncmp(p, word, n) == 0 &&
	    *pass_space(p + n, flag.p + flag.n) == ']';
}

static void
flag_drop(struct head *h, const char *word)
{
	int i, n = 0;

	for (i = 0; i < h->n; i++)
		if (!flag_is(h->flag[i], word))
			h->flag[n++] = h->flag[i];
	h->n = n;
}

static void
flag_first(struct head *h, struct slice flag)
{
	if (h->n == FLAGS)
		return;
	memmove(h->flag + 1, h->flag, (size_t)h->n * sizeof(*h->flag));
	h->flag[0] = flag;
	h->n++;
}

static void
flag_last(struct head *h, struct slice flag)
{
	if (h->n < FLAGS)
		h->flag[h->n++] = flag;
}

static void
set_when(struct head *h, const char *when)
{
	if (when == NULL)
		return;
	flag_drop(h, "insert");
	flag_drop(h, "update");
	if (strcmp(when, "insert") == 0)
		flag_first(h, SLICE("[insert]"));
	else if (strcmp(when, "update") == 0)
		flag_first(h, SLICE("[update]"));
}

/* ---- the column of `=` ---- */

/* Stand these two next to each other, with no empty line between? */
static bool
neighbours(const struct map *m, const struct field_map *a,
    const struct field_map *b)
{
	const char *p;

	for (p = statement(m, a->at)->end; p < b->at; p++)
		if (*p == '\n' && (p[-1] == '\n' || p[-1] == '\r'))
			return false;
	return true;
}

/* Where `=` stands in a field's line, and whether spaces brought it there. */
static size_t
column(const struct map *m, const struct field_map *f, bool *padded)
{
	struct head h;

	if (!head_read(&h, f, statement(m, f->at)->end) ||
	    memchr(f->at, '\n', (size_t)(h.equals - f->at)) != NULL ||
	    memchr(f->at, '\t', (size_t)(h.equals - f->at)) != NULL)
		return 0;
	*padded = h.equals - h.behind > 1;
	return (size_t)(h.equals - f->at);
}

/*
 * The column in which most fields around the k-th have their `=`, less that
 * one itself where `others`.  0: they are not aligned.
 */
static size_t
block_column(const struct map *m, size_t k, bool others)
{
	size_t from = k, to = k, i, j, c, best = 0, most = 0, n;
	bool padded = false, any;

	while (from > 0 && neighbours(m, &m->fields[from - 1],
	    &m->fields[from]))
		from--;
	while (to + 1 < m->n_fields && neighbours(m, &m->fields[to],
	    &m->fields[to + 1]))
		to++;
	for (i = from; i <= to; i++) {
		any = false;
		if ((others && i == k) ||
		    (c = column(m, &m->fields[i], &any)) == 0)
			continue;
		for (j = from, n = 0; j <= to; j++)
			n += !(others && j == k) &&
			    column(m, &m->fields[j], &padded) == c;
		if (n + any > most) {
			most = n + any;
			best = c;
		}
	}
	return most > 1 ? best : 0;
}

/* Spaces up to `=`: as they were, where they are no mere spaces. */
static void
put_gap(struct buf *b, size_t length, size_t want, struct slice was)
{
	if (was.p != NULL && (memchr(was.p, '\n', was.n) != NULL ||
	    memchr(was.p, '\t', was.n) != NULL)) {
		buf_slice(b, was);
		return;
	}
	do
		buf_char(b, ' ');
	while (++length < want);
}

static void
put_head(struct editor *e, struct buf *b, const struct head *h, size_t k,
    const struct head *was)
{
	struct slice gap = { was->behind, (size_t)(was->equals - was->behind) };
	size_t from = b->n, want;
	const char *name_end = was->name.p + was->name.n;
	int i;

	buf_slice(b, h->name);
	for (i = 0; i < h->n; i++) {
		if (i == 0 && was->n > 0)
			buf_put(b, name_end,
			    (size_t)(was->flag[0].p - name_end));
		else
			buf_char(b, ' ');
		buf_slice(b, h->flag[i]);
	}
	want = gap.n > 1 ? (size_t)(was->equals - was->name.p) :
	    block_column(e->map, k, true);
	put_gap(b, b->n - from, want, gap);
}

/* ---- right of it ---- */

/*
 * An expression as a person gave it: what follows its first line is indented,
 * or it would begin statements of its own.
 */
static void
put_expression(struct buf *b, const char *p)
{
	const char *end = p + strlen(p);

	p = pass_space(p, end);
	while (end > p && isspace((unsigned char)end[-1]))
		end--;
	for (; p < end; p++) {
		if (*p != '\n') {
			buf_char(b, *p);
			continue;
		}
		while (p + 1 < end && pass_space(p + 1, end) > p + 1 &&
		    memchr(p + 1, '\n', (size_t)(pass_space(p + 1, end) -
		    (p + 1))) != NULL)
			p++;
		buf_char(b, '\n');
		if (p + 1 < end && p[1] != ' ' && p[1] != '\t')
			buf_str(b, "\t\t");
	}
}

/* What stands behind the expression: the comment, which is the description. */
static void
put_description(struct editor *e, struct buf *b, const struct field_map *f,
    const char *end)
{
	const char *behind = f->text.p + f->text.n;
	const char *text = e->change->description;
	bool has = f->comment.p != NULL && f->comment.p >= behind;

	if (text == NULL) {
		buf_put(b, behind, (size_t)(end - behind));
		return;
	}
	if (*text != '\0' && has)
		buf_put(b, behind, (size_t)(f->comment.p - behind));
	else if (*text != '\0')
		buf_str(b, "  # ");
	buf_str(b, text);
	buf_char(b, '\n');
}

/* ---- one field ---- */

static unsigned
lines_of(struct slice s)
{
	unsigned n = s.n > 0 && s.p[s.n - 1] != '\n';
	size_t i;

	for (i = 0; i < s.n; i++)
		n += s.p[i] == '\n';
	return n;
}

static void
diff_lines(struct buf *b, char sign, struct slice s)
{
	const char *p = s.p, *end = s.p + s.n, *nl;

	for (; p < end; p = nl + 1) {
		nl = memchr(p, '\n', (size_t)(end - p));
		nl = nl == NULL ? end : nl;
		buf_char(b, sign);
		buf_put(b, p, (size_t)(nl - p));
		buf_char(b, '\n');
	}
}

static void
diff_range(struct buf *b, char sign, long first, unsigned n)
{
	buf_fmt(b, "%c%ld", sign, n == 0 ? first - 1 : first);
	if (n != 1)
		buf_fmt(b, ",%u", n);
}

/* A statement in the file: where its line begins there. */
static struct slice
in_file(const struct editor *e, const struct statement *st)
{
	unsigned line = source_line(&e->map->source, st->at);
	const char *p = e->file.p, *end = p + e->file.n;
	size_t n = (size_t)(st->end - st->at);

	while (--line > 0 && (p = memchr(p, '\n', (size_t)(end - p))) != NULL)
		p++;
	if (p == NULL || (size_t)(end - p) < n || memcmp(p, st->at, n) != 0)
		return (struct slice){ NULL, 0 };
	return (struct slice){ p, n };
}

/* A part of the file becomes `to`. */
static void
replace(struct editor *e, struct slice was, struct slice to)
{
	long line = 1 + lines_of((struct slice){ e->file.p,
	    (size_t)(was.p - e->file.p) });
	unsigned lost = lines_of(was), got = lines_of(to);

	buf_put(e->text, e->copied, (size_t)(was.p - e->copied));
	buf_slice(e->text, to);
	e->copied = was.p + was.n;
	if (e->changed++ == 0)
		buf_fmt(e->diff, "--- %.*s\n+++ %.*s\n",
		    (int)e->map->source.file.n, e->map->source.file.p,
		    (int)e->map->source.file.n, e->map->source.file.p);
	buf_str(e->diff, "@@ ");
	diff_range(e->diff, '-', line, lost);
	buf_char(e->diff, ' ');
	diff_range(e->diff, '+', line + e->shift, got);
	buf_str(e->diff, " @@\n");
	diff_lines(e->diff, '-', was);
	diff_lines(e->diff, '+', to);
	e->shift += (long)got - (long)lost;
}

static int
change_field(struct editor *e, size_t k, struct why *w)
{
	const struct field_map *f = &e->map->fields[k];
	const struct statement *st = statement(e->map, f->at);
	const struct map_change *c = e->change;
	struct head was, h;
	struct buf b = BUF(1 << 22);

	if (!head_read(&was, f, st->end) || in_file(e, st).p == NULL)
		return why(w, WHY_SETUP, "%.*s:%u: what stands left of '=' is "
		    "for an editor", (int)e->map->source.file.n,
		    e->map->source.file.p, source_line(&e->map->source, f->at));
	h = was;
	if (c->act == MAP_ON)
		flag_drop(&h, "off");
	else if (c->act == MAP_OFF)
		flag_last(&h, SLICE("[off]"));
	else
		set_when(&h, c->when);
	put_head(e, &b, &h, k, &was);
	if (c->expression != NULL) {
		buf_str(&b, "= ");
		put_expression(&b, c->expression);
	} else {
		buf_put(&b, was.equals,
		    (size_t)(f->text.p + f->text.n - was.equals));
	}
	put_description(e, &b, f, st->end);
	if (!slice_eq(buf_all(&b), (struct slice){ st->at,
	    (size_t)(st->end - st->at) }))
		replace(e, in_file(e, st), buf_all(&b));
	buf_free(&b);
	return 0;
}

/* ---- all that are named ---- */

static bool
is_meant(struct editor *e, const struct field_map *f)
{
	const struct map_change *c = e->change;
	char name[256];
	bool meant = false;
	int i;

	if (f->name.n >= sizeof(name) || (c->line != 0 &&
	    source_line(&e->map->source, f->at) != c->line))
		return false;
	memcpy(name, f->name.p, f->name.n);
	name[f->name.n] = '\0';
	for (i = 0; i < c->n_fields; i++)
		if (fnmatch(c->fields[i], name, 0) == 0)
			meant = e->hit[i] = true;
	return meant;
}

static int
change_all(struct editor *e, struct why *w)
{
	const struct map_change *c = e->change;
	const struct field_map *f;
	const struct statement *st;
	int n = 0;
	size_t k;

	for (k = 0; k < e->map->n_fields; k++) {
		f = &e->map->fields[k];
		if (!is_meant(e, f))
			continue;
		if (n++ > 0 && c->act == MAP_SET && c->expression != NULL)
			return why(w, WHY_SETUP, "%s: several lines are meant, "
			    "and one expression is given: name one of them "
			    "with --line", e->map->name);
		st = statement(e->map, f->at);
		if (c->act == MAP_DELETE && in_file(e, st).p != NULL)
			replace(e, in_file(e, st), SLICE(""));
		else if (c->act == MAP_SET || f->off == (c->act == MAP_ON))
			if (change_field(e, k, w) == -1)
				return -1;
	}
	return 0;
}

/* NAME [FLAG]... = EXPRESSION, with its `=` below theirs. */
static void
put_new(const struct editor *e, struct buf *b)
{
	const struct map_change *c = e->change;
	struct head h = { .name = slice(c->fields[0]) };
	int i;

	set_when(&h, c->when);
	if (c->off)
		flag_last(&h, SLICE("[off]"));
	buf_slice(b, h.name);
	for (i = 0; i < h.n; i++) {
		buf_char(b, ' ');
		buf_slice(b, h.flag[i]);
	}
	put_gap(b, b->n, block_column(e->map, e->map->n_fields - 1, false),
	    (struct slice){ NULL, 0 });
	buf_str(b, "= ");
	put_expression(b, c->expression);
	if (c->description != NULL && *c->description != '\0')
		buf_fmt(b, "  # %s", c->description);
	buf_char(b, '\n');
}

/* May a field of this name be added? */
static int
check_new(const struct map *m, const char *name, struct why *w)
{
	size_t k;

	if (m->n_fields == 0)
		return why(w, WHY_SETUP, "%s sets no field: begin it with an "
		    "editor", m->name);
	for (k = 0; k < m->n_fields; k++)
		if (slice_is(m->fields[k].name, name))
			return why(w, WHY_SETUP, "%s has %s, in line %u: set "
			    "changes it", m->name, name,
			    source_line(&m->source, m->fields[k].at));
	return 0;
}

/* Behind the last field, whose line may lack its end. */
static int
add(struct editor *e, struct why *w)
{
	const struct map *m = e->map;
	struct buf b = BUF(1 << 22);
	struct slice last;

	if (check_new(m, e->change->fields[0], w) == -1)
		return -1;
	last = in_file(e, statement(m, m->fields[m->n_fields - 1].at));
	if (last.p == NULL)
		return why(w, WHY_SETUP, "%s is for an editor", m->name);
	e->hit[0] = true;
	last = (struct slice){ last.p + last.n, 0 };
	if (last.p[-1] != '\n') {
		buf_put(e->text, e->copied, (size_t)(last.p - e->copied));
		buf_char(e->text, '\n');
		e->copied = last.p;
	}
	put_new(e, &b);
	replace(e, last, buf_all(&b));
	buf_free(&b);
	return 0;
}

/* ---- what is no expression, no description ---- */

static int
check(const struct map_change *c, struct why *w)
{
	const char *p = c->expression;
	struct lex l;

	if (c->description != NULL && strpbrk(c->description, "\r\n") != NULL)
		return why(w, WHY_SETUP, "a description is one line");
	if (p == NULL)
		return 0;
	if (*pass_space(p, p + strlen(p)) == '\0')
		return why(w, WHY_SETUP, "the expression is empty; what is "
		    "not to be sent is disabled, or deleted");
	for (lex_start(&l, p, p + strlen(p)); l.kind != T_END &&
	    l.kind != T_BAD; )
		lex_next(&l);
	if (l.comment.p != NULL)
		return why(w, WHY_SETUP, "there is a comment in the "
		    "expression: it goes by --description");
	return 0;
}

int
map_edit(const struct map_set *s, const char *name, struct slice was,
    const struct map_change *c, struct buf *text, struct buf *diff, bool *hit,
    struct why *w)
{
	struct editor e = { .change = c, .text = text, .diff = diff,
		.hit = hit, .file = source_text(was), .copied = was.p };
	const char *end;
	size_t i;

	for (i = 0; i < s->n; i++)
		if (strcmp(s->maps[i].name, name) == 0)
			e.map = &s->maps[i];
	if (e.map == NULL)
		return why(w, WHY_SETUP, "no map '%s'", name);
	if (check(c, w) == -1 ||
	    (c->act == MAP_ADD ? add(&e, w) : change_all(&e, w)) == -1)
		return -1;
	end = was.p + was.n;
	buf_put(text, e.copied, (size_t)(end - e.copied));
	return e.changed;
}
