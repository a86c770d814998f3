/* map-words - a mapping file's text into statements, and their words */

#include <ctype.h>

#include "map-reader.h"

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

struct slice
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
int
reader_split(struct map_set *s, struct map *m, struct buf *mistakes)
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

int
reader_fail(struct reader *r, const char *at, const char *text)
{
	mistake(r->mistakes, &r->map->source, at, "%s", text);
	r->failed = true;
	return -1;
}

/* ---- words of a statement ---- */

void
reader_start_at(struct reader *r, const char *from)
{
	struct parser *p = &r->p;

	p->failed = p->dead = false;
	p->depth = p->nodes = 0;
	p->each = NULL;
	p->names = r->map->names;
	lex_start(&p->lex, from, r->at->end);
}

bool
reader_ended(struct reader *r)
{
	if (r->p.failed || r->p.dead)
		return false;
	if (parse_ended(&r->p))
		return true;
	r->failed = true;
	return false;
}

/* A name of a map, field, object or code: letters, digits and _.:- */
bool
reader_word(struct reader *r, struct slice *word, const char *what)
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

struct node *
reader_expr(struct reader *r, bool comma, struct slice *text)
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

bool
reader_expect(struct reader *r, const char *op)
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

/* Room for one more element, zeroed. */
void *
reader_more(struct pool *pool, void *list, size_t n, size_t size)
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
