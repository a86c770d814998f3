/* salesforce-line - the lines of a job's CSV, and whose a line of its results
 * is: the second half of salesforce-plan.h. */
#include <stdlib.h>

#include "salesforce-plan.h"
#include "salesforce-texts.h"
#include "sixteen.h"

void
sf_plan_header(const struct sf_plan *p, struct buf *out)
{
	for (size_t i = 0; i < p->columns; i++)
		csv_cell(out, p->column[i]);
	csv_end(out, p->columns);
}

/* A column that no cell fills. */
enum { FROM_NONE = INT32_MAX - 2, FROM_ID, FROM_KEY };

bool
sf_line_learn(struct sf_line *l, const struct sf_plan *p,
    const struct sf_row *r, const struct sf_cells *c)
{
	size_t at = 0;

	if (l->cap < p->columns || l->from == NULL) {
		l->cap = p->column_cap;
		l->from = xrealloc(l->from, l->cap * sizeof(*l->from));
	}
	for (size_t i = 0; i < p->columns; i++)
		l->from[i] = FROM_NONE;
	if (r->op != SF_CREATE)
		l->from[0] = FROM_ID;
	if (r->op != SF_DELETE && r->keyed && !r->step) {
		if ((at = sf_plan_column(p, row_extid(r), 0)) == p->columns)
			return false;
		l->from[at++] = FROM_KEY;
	}
	for (size_t i = 0; i < c->n; i++) {
		if ((at = sf_plan_column(p, c->cell[i].key, at)) == p->columns)
			return false;
		l->from[at++] = (uint32_t)i;
	}
	return true;
}

/* A string without escapes has neither quotes nor line breaks, nor has a
 * number. */
static inline __attribute__((always_inline)) char *
put_plain(char *to, struct slice t)
{
	if (t.p[0] == ' ' || t.p[t.n - 1] == ' ' ||
	    sixteen_copy(to, t.p, t.n, ',')) {
		to[0] = '"';
		memcpy(to + 1, t.p, t.n);
		to[t.n + 1] = '"';
		to += 2;
	}
	to[t.n] = ',';
	return to + t.n + 1;
}

static char *
put_empty(char *to, const struct sf_plan *p, const struct scan_found *k)
{
	bool left = p->op == SF_CREATE &&
	    memchr(k->key.p, '.', k->key.n) != NULL;

	return csv_put(to, left ? SLICE("") : SLICE("#N/A"));
}

static __attribute__((noinline)) char *
put_other(char *to, const struct sf_plan *p, const struct scan_found *k,
    struct pool *pool)
{
	enum scan_kind kind = scan_kind(k->value);
	struct slice t;

	if (kind == SCAN_TRUE || kind == SCAN_FALSE || kind == SCAN_NUMBER)
		return put_plain(to, k->value);
	pool_reset(pool);
	t = sf_cell_text(k, pool);
	return t.n > 0 ? csv_put(to, t) : put_empty(to, p, k);
}

static char *
put_row(char *to, const struct sf_line *l, const struct sf_plan *p,
    const struct sf_row *r, const struct sf_cells *c, struct pool *pool)
{
	const uint32_t *from = l->from, *end = from + p->columns;
	const struct scan_found *k;

	for (; from < end; from++) {
		if (*from == FROM_NONE) {
			*to++ = ',';
		} else if (*from > FROM_NONE) {
			to = csv_put(to, *from == FROM_KEY ? row_key(r) :
			    slice(r->id));
		} else {
			k = &c->cell[*from];
			if (k->plain && k->value.n > 2)
				to = put_plain(to, (struct slice){
				    k->value.p + 1, k->value.n - 2 });
			else
				to = put_other(to, p, k, pool);
		}
	}
	return to;
}

/* Its bytes at most.  What has escapes becomes shorter by them than it grows
 * by its quotes; nobody sends a list as a value, but it would have its place. */
static size_t
most_of(const struct sf_plan *p, const struct sf_row *r,
    const struct sf_cells *c)
{
	return csv_most(c->bytes) + csv_most(row_key(r).n) + sizeof(r->id) +
	    p->columns * csv_most(sizeof("#N/A"));
}

struct slice
sf_line_make(struct sf_line *l, struct sf_plan *p, const struct sf_row *r,
    const struct sf_cells *c, struct sf_plans *ps)
{
	enum { SHORT = 4096 };
	size_t most = most_of(p, r, c), n;
	char *to;

	if (most <= SHORT) {
		to = pool_get(ps->pool, most);
		n = (size_t)(put_row(to, l, p, r, c, ps->scratch) - to);
		pool_trim(ps->pool, to, n);
		return (struct slice){ to, n };
	}
	l->text.max = SIZE_MAX / 2;
	buf_reset(&l->text);
	buf_room(&l->text, most);
	n = (size_t)(put_row(l->text.p, l, p, r, c, ps->scratch) - l->text.p);
	if (n > SF_LINE_MAX)
		return (struct slice){ NULL, 0 };
	return (struct slice){ pool_dup(ps->pool, l->text.p, n), n };
}

void
sf_line_free(struct sf_line *l)
{
	free(l->from);
	buf_free(&l->text);
}

void
sf_plan_row(const struct sf_plan *p, size_t k, struct buf *out)
{
	struct slice line = p->row[k].line;

	out->over |= line.p == NULL;
	buf_slice(out, line);
	for (size_t n = p->row[k].columns; n < p->columns; n++)
		buf_char(out, ',');
	csv_end(out, p->columns);
}

/* A line of one empty cell is quoted, see csv_end(). */
size_t
sf_plan_length(const struct sf_plan *p, size_t k)
{
	size_t n = p->row[k].line.n + p->columns - p->row[k].columns;

	return n == 1 ? sizeof("\"\"\n") - 1 : n;
}

int
sf_plan_columns(struct sf_plan *p, const struct csv_row *header,
    struct why *w)
{
	for (size_t i = 0; i < p->joins; i++) {
		size_t k = 0;

		while (k < header->n &&
		    !slice_same(header->cell[k], p->join[i]))
			k++;
		if (k == header->n)
			return why(w, WHY_BROKEN, "the results of a job have "
			    "no column '%.*s'", (int)p->join[i].n,
			    p->join[i].p);
		p->cell[i] = k;
	}
	return 0;
}

/* Up to eight bytes, some of them twice.  Letters of both cases have the bit
 * that is set, and what else becomes equal by it does no harm. */
static uint64_t
folded(const char *p, size_t n)
{
	uint32_t a = 0, b = 0;

	if (n >= 4) {
		memcpy(&a, p, 4);
		memcpy(&b, p + n - 4, 4);
	} else if (n > 0) {
		a = (unsigned char)p[0];
		b = (uint32_t)(unsigned char)p[n / 2] << 8 |
		    (unsigned char)p[n - 1];
	}
	return (a | (uint64_t)b << 32) | 0x2020202020202020;
}

uint32_t
sf_key_hash(struct slice t)
{
	const uint64_t odd = 0x9e3779b97f4a7c15;
	uint64_t h = t.n * odd;

	for (; t.n > 8; t.p += 8, t.n -= 8) {
		h = (h ^ folded(t.p, 8)) * odd;
		h ^= h >> 32;
	}
	h = (h ^ folded(t.p, t.n)) * odd;
	return __builtin_bswap32((uint32_t)(h >> 32));	/* the best bits are
							 * the highest */
}

static inline bool
known_by(const struct sf_key *k, struct slice text)
{
	return k->n == text.n && (text.n == 0 ||
	    sixteen_same(sf_key_text(k), text.p, text.n));
}

/* Salesforce saves SF_CHUNK rows at a time, and tells of them in any order:
 * when the first of a chunk is met, what all of it will be found by, and the
 * rows, are fetched into the cache. */
static void
fetch_chunk(const struct sf_keys *ks, struct sf_plan *p, size_t chunk)
{
	size_t at = chunk * SF_CHUNK, to = at + SF_CHUNK;

	p->fetched[chunk] = true;
	if (to > p->rows)
		to = p->rows;
	for (; at < to; at++) {
		const struct sf_key *k = &ks->key[p->row[at].key];
		uint32_t h;

		if (k->n > sizeof(k->near)) {
			__builtin_prefetch(k->far);
			h = k->hash;
		} else {
			h = sf_key_hash((struct slice){ k->near, k->n });
		}
		__builtin_prefetch(&ks->slot[h & (ks->slots - 1)]);
		__builtin_prefetch(p->row[at].row, 1);
	}
}

static inline struct sf_row *
met(const struct sf_keys *ks, struct sf_plan *p, size_t at)
{
	if (!p->fetched[at / SF_CHUNK])
		fetch_chunk(ks, p, at / SF_CHUNK);
	p->in_turn = at == p->told + 1;
	p->told = at;
	return p->row[at].row;
}

static struct sf_row *
lookup(const struct sf_keys *ks, struct sf_plan *p, struct slice text)
{
	uint32_t h = sf_key_hash(text);
	const struct sf_key *k;

	for (size_t i = h & (ks->slots - 1); ks->slot[i] != 0;
	    i = (i + 1) & (ks->slots - 1)) {
		if (!sf_slot_like(ks, i, h))
			continue;
		for (uint32_t n = sf_slot_number(ks, i); n != 0;
		    n = k->before) {
			k = &ks->key[n - 1];
			if (k->plan == p->number && known_by(k, text))
				return met(ks, p, k->at);
		}
	}
	return NULL;
}

/* Where results come as the lines went, a look at the next one is all. */
static struct sf_row *
find(const struct sf_keys *ks, struct sf_plan *p, struct slice text)
{
	size_t next = p->told + 1;	/* 0 at first */

	if (!p->in_turn || next == p->rows ||
	    !known_by(&ks->key[p->row[next].key], text))
		return lookup(ks, p, text);
	return met(ks, p, next);
}

/* What a line of an insert's results is known by. */
static __attribute__((noinline)) struct slice
line_join(const struct sf_plan *p, const struct csv_row *line,
    struct pool *pool)
{
	struct buf b = BUF(1 << 24);
	struct slice t;

	for (size_t i = 0; i < p->joins; i++) {
		t = line->cell[p->cell[i]];
		if (slice_is(t, "#N/A"))
			t.n = 0;
		buf_slice(&b, sf_canonical(t, pool));
		buf_char(&b, '\0');
	}
	t = buf_all(&b);
	t.p = pool_dup(pool, t.p, t.n);
	buf_free(&b);
	return t;
}

struct sf_row *
sf_plan_find(struct sf_plans *ps, struct sf_plan *p,
    const struct csv_row *line)
{
	struct slice t = p->joins > 0 ? line->cell[p->cell[0]] : SLICE("");
	struct sf_row *r;

	if (p->op != SF_CREATE)
		return t.n < 15 ? NULL :
		    find(&ps->keys, p, (struct slice){ t.p, 15 });
	if (p->extid.n > 0 && (r = find(&ps->keys, p, t)) != NULL)
		return r;
	pool_reset(ps->scratch);
	return lookup(&ps->keys, p, p->extid.n == 0 ?
	    line_join(p, line, ps->scratch) : sf_canonical(t, ps->scratch));
}
