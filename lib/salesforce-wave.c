/* salesforce-wave - the lines that sf-load holds at a time. */
#include <stdlib.h>

#include "payload-shape.h"
#include "salesforce-wave.h"
#include "steps.h"

enum {
	LINES = 10 << 20,	/* bytes that the lines of a wave may take */
	PLANNED = 100,		/* of a row in its job, besides the CSV, which
				 * takes a quarter of what all lines take */
};

struct sf_wave *
sf_wave_new(size_t rows)
{
	struct sf_wave *v = xcalloc(1, sizeof(*v));

	v->pool = pool_big(LINES);
	v->cap = rows;		/* pages that are never used cost nothing */
	v->row = xaligned(rows * sizeof(*v->row));
	v->hash = xmalloc(rows * sizeof(*v->hash));
	v->flight = xmalloc(rows * sizeof(*v->flight));
	return v;
}

void
sf_wave_free(struct sf_wave *v)
{
	if (v == NULL)
		return;
	pool_free(v->pool);
	free(v->row);
	free(v->phase);
	free(v->flight);
	free(v->hash);
	free(v->bucket);
	free(v->next);
	free(v);
}

void
sf_wave_clear(struct sf_wave *v)
{
	pool_reset(v->pool);
	v->n = v->bytes = v->lines = v->went = v->phases = v->objects = 0;
	v->asks = v->was = v->insert = v->only = v->shared = false;
	v->several = v->twins = v->bad = false;
}

static void
grow(struct sf_wave *v)
{
	size_t cap = v->cap == 0 ? 256 : v->cap * 2;
	struct sf_row *row = xaligned(cap * sizeof(*row));

	if (v->n > 0)
		memcpy(row, v->row, v->n * sizeof(*row));
	free(v->row);
	v->row = row;
	v->hash = xrealloc(v->hash, cap * sizeof(*v->hash));
	v->flight = xrealloc(v->flight, cap * sizeof(*v->flight));
	v->cap = cap;
}

struct payload *
sf_wave_place(struct sf_wave *v)
{
	if (v->n == v->cap)
		grow(v);
	return &v->coming;
}

static struct sf_phase *
find_phase(const struct sf_wave *v, long phase)
{
	for (size_t i = 0; i < v->phases; i++)
		if (v->phase[i].phase == phase)
			return &v->phase[i];
	return NULL;
}

static void
add_phase(struct sf_wave *v, long phase)
{
	struct sf_phase *ph = find_phase(v, phase);

	if (ph == NULL) {
		if (v->phases == v->phases_cap) {
			v->phases_cap = 2 * v->phases_cap + 8;
			v->phase = xrealloc(v->phase,
			    v->phases_cap * sizeof(*v->phase));
		}
		ph = &v->phase[v->phases++];
		*ph = (struct sf_phase){ phase, 0 };
	}
	ph->goes++;
}

/* What all of the wave is asked for later. */
static void
note_any(struct sf_wave *v, const struct sf_row *r)
{
	const struct payload *p = &v->coming;

	v->asks |= p->match.p != NULL || p->shared;
	v->was |= p->was.p != NULL;
	v->insert |= p->insert.p != NULL;
	v->only |= p->only.p != NULL;
	v->shared |= p->shared;
	v->several |= r->record != v->n;
	if (!r->goes)
		v->bad |= sf_row_bad(r);
}

/* A row that shares its key with one that is sent is not lost with it. */
static enum step_fate
fate_of(const struct payload *p)
{
	if (p->verdict.p == NULL)
		return STEP_GOES;
	return slice_is(p->reason, "same-key") ? STEP_SAME :
	    steps_fate(p->verdict);
}

static unsigned char
object_number(struct sf_wave *v, struct slice object)
{
	size_t i = v->n == 0 ? 0 : v->row[v->n - 1].object;

	if (i < v->objects && slice_eq(v->object[i], object))
		return (unsigned char)i;
	for (i = 0; i < v->objects && !slice_eq(v->object[i], object); i++)
		continue;
	if (i == v->objects && i < SF_OBJECTS)
		v->object[v->objects++] = object;
	return (unsigned char)i;
}

/* What a row takes up, and what of it goes on. */
static void
count(struct sf_wave *v, const struct sf_row *r)
{
	size_t n = row_line(r).n;

	v->bytes += n + n / 4 + sizeof(*r) + PLANNED;
	if (r->p.places != NULL)
		v->bytes += sizeof(*r->p.places) +
		    r->p.places->n * sizeof(*r->p.places->place);
	if (r->p.rest != NULL)
		v->bytes += sizeof(*r->p.rest);
	if (!r->goes)
		return;
	add_phase(v, r->phase);
	v->lines += n;
	v->went++;
}

/* See sf_row.near; `r` is number v->n. */
static void
note_near(struct sf_wave *v, struct sf_row *r)
{
	size_t n = v->n, i = n - r->record < UINT8_MAX ? r->record :
	    n - UINT8_MAX;

	if (r->passes || (r->child && !r->step))
		return;
	for (; i < n && r->near == 0; i++) {
		struct sf_row *o = &v->row[i];

		if (r->step && o->goes && !o->step &&
		    steps_names(row_with(r), row_map(o)))
			r->near = (unsigned char)(n - i);
		else if (!r->step && o->fate == STEP_SKIPPED && o->near == 0 &&
		    v->hash[i] == v->hash[n] && sf_row_same(o, r))
			o->near = (unsigned char)(n - i);
	}
}

/* All that takes the texts is done while they are at hand. */
void
sf_wave_add(struct sf_wave *v)
{
	struct sf_row *r = &v->row[v->n];
	const struct payload *p = &v->coming;

	memset(r, 0, offsetof(struct sf_row, p));
	payload_keep(&r->p, p, v->pool);
	if (sf_id_ok(p->id))
		sf_id_18(r->id, p->id);
	r->phase = p->phase < 0 ? 0 : p->phase;
	r->record = v->n > 0 && p->source.n > 0 &&
	    slice_eq(p->source, row_source(&r[-1])) ? r[-1].record :
	    (uint32_t)v->n;
	r->passes = p->verdict.p != NULL;
	r->goes = !r->passes;
	r->fate = (unsigned char)fate_of(p);
	r->step = p->with.p != NULL;
	r->plain = p->only.p == NULL && !r->step && !p->delete;
	r->child = p->parent.n > 0;
	r->object = object_number(v, p->object);
	note_any(v, r);
	count(v, r);
	if (r->goes)
		v->flight[v->n] = ledger_flight_of(p);
	v->hash[v->n] = (uint32_t)slice_quick_hash(p->object, p->key);
	if (r->record != v->n)
		note_near(v, r);
	v->n++;
}

void
sf_wave_move_last(struct sf_wave *from, struct sf_wave *to)
{
	struct sf_row *r = &from->row[--from->n];
	struct payload p;

	for (size_t i = r->record; i < from->n; i++)
		if (!from->row[i].step && i + from->row[i].near == from->n)
			from->row[i].near = 0;
	if (r->goes) {
		find_phase(from, r->phase)->goes--;
		from->lines -= row_line(r).n;
		from->went--;
	}
	payload_whole(&p, &r->p);
	payload_copy(sf_wave_place(to), &p, to->pool);
	sf_wave_add(to);
}

bool
sf_row_bad(const struct sf_row *r)
{
	return r->verdict == NULL ? r->fate == STEP_BAD :
	    steps_fate(slice(r->verdict)) == STEP_BAD;
}

/* created, updated, unchanged, deleted, skipped */
static bool
is_good(char first)
{
	return first == 'c' || first == 'u' || first == 'd' || first == 's';
}

void
sf_row_settle(struct sf_wave *v, struct sf_row *r, const char *verdict,
    const char *reason, const char *message)
{
	bool goes = verdict == NULL && !r->passes;

	if (goes != r->goes)
		find_phase(v, r->phase)->goes += goes ? 1 : (size_t)-1;
	r->goes = goes;
	v->bad |= verdict != NULL && !is_good(*verdict);
	r->verdict = verdict;
	r->reason = reason;
	r->message = message == NULL ? NULL :
	    pool_dup(v->pool, message, strlen(message));
}

void
sf_wave_settle_record(struct sf_wave *v, size_t i, const char *verdict,
    const char *reason, const char *message)
{
	size_t record = v->row[i].record;

	for (i = record; i < v->n && v->row[i].record == record; i++)
		if (sf_row_goes(&v->row[i]))
			sf_row_settle(v, &v->row[i], verdict, reason, message);
}

static void
index_rows(struct sf_wave *v)
{
	uint32_t h, k;

	for (v->buckets = 1024; v->buckets < v->n; v->buckets *= 2)
		continue;
	v->bucket = xrealloc(v->bucket, v->buckets * sizeof(*v->bucket));
	v->next = xrealloc(v->next, (v->n + 1) * sizeof(*v->next));
	memset(v->bucket, 0, v->buckets * sizeof(*v->bucket));
	for (size_t i = v->n; i-- > 0; ) {	/* chains in the rows' order */
		h = v->hash[i] & (uint32_t)(v->buckets - 1);
		v->next[i] = v->bucket[h];
		v->bucket[h] = (uint32_t)i + 1;
		for (k = v->next[i]; k != 0 && !v->twins; k = v->next[k - 1])
			v->twins = v->hash[k - 1] == v->hash[i];
	}
}

struct sf_row *
sf_wave_find(const struct sf_wave *v, struct slice object, struct slice key,
    const struct sf_row *from)
{
	uint32_t h, i;
	struct sf_row *r;

	if (v->n == 0)
		return NULL;
	h = from != NULL ? v->hash[from - v->row] :
	    (uint32_t)slice_quick_hash(object, key);
	i = from != NULL ? v->next[from - v->row] :
	    v->bucket[h & (v->buckets - 1)];
	for (; i != 0; i = v->next[i - 1]) {
		r = &v->row[i - 1];
		if (v->hash[i - 1] == h && slice_eq(row_key(r), key) &&
		    slice_eq(row_object(r), object))
			return r;
	}
	return NULL;
}

/* Of equal sources the later line wins: it is the record's own last word. */
static void
choose_shared(struct sf_wave *v, struct sf_row *r)
{
	struct sf_row *best = r, *o;

	for (o = sf_wave_find(v, row_object(r), row_key(r), NULL); o != NULL;
	    o = sf_wave_find(v, row_object(r), row_key(r), o))
		if (o->p.shared && sf_row_goes(o) &&
		    slice_eq(row_map(o), row_map(r)) &&
		    payload_source_cmp(row_source(o), row_source(best)) >= 0)
			best = o;
	if (best != r)
		sf_row_settle(v, r, "skipped", "same-key",
		    "a record of a higher id gives the same key in this run");
}

void
sf_wave_ready(struct sf_wave *v)
{
	index_rows(v);
	for (size_t i = 0; i < v->n && v->only; i++) {
		struct sf_row *r = &v->row[i];

		if (sf_row_goes(r) && *r->id != '\0' && !r->p.delete &&
		    slice_is(row_only(r), "insert"))
			sf_row_settle(v, r, "skipped", "only-insert", NULL);
	}
	for (size_t i = 0; i < v->n && v->shared; i++)
		if (sf_row_goes(&v->row[i]) && v->row[i].p.shared)
			choose_shared(v, &v->row[i]);
}

long
sf_wave_phase(const struct sf_wave *v, long after)
{
	const struct sf_phase *ph = v->phase;
	long best = -1;

	for (size_t i = 0; i < v->phases; i++)
		if (ph[i].goes > 0 && ph[i].phase > after &&
		    (best == -1 || ph[i].phase < best))
			best = ph[i].phase;
	return best;
}

size_t
sf_wave_goes(const struct sf_wave *v, long phase)
{
	const struct sf_phase *ph = find_phase(v, phase);

	return ph == NULL ? 0 : ph->goes;
}
