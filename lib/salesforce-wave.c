/* salesforce-wave - the lines that sf-load holds at a time, and what may go. */
#include <stdlib.h>

#include "payload-shape.h"
#include "salesforce-wave.h"
#include "steps.h"

enum {
	BAD_MAX = 1 << 20,
	LINES = 10 << 20,	/* bytes that the lines of a wave may take */
	PLANNED = 100,		/* of a row in its job, besides the CSV, which
				 * takes a quarter of what all lines take */
};

struct sf_bad {
	uint64_t *slot;		/* 0: empty */
	size_t cap, n;
};

struct sf_bad *
sf_bad_new(void)
{
	struct sf_bad *b = xcalloc(1, sizeof(*b));

	b->cap = 1024;
	b->slot = xcalloc(b->cap, sizeof(*b->slot));
	return b;
}

void
sf_bad_free(struct sf_bad *b)
{
	if (b == NULL)
		return;
	free(b->slot);
	free(b);
}

static uint64_t *
bad_slot(uint64_t *slot, size_t cap, uint64_t h)
{
	size_t i = h & (cap - 1);

	while (slot[i] != 0 && slot[i] != h)
		i = (i + 1) & (cap - 1);
	return &slot[i];
}

static void
bad_grow(struct sf_bad *b)
{
	size_t cap = b->cap * 2;
	uint64_t *slot = xcalloc(cap, sizeof(*slot));

	for (size_t i = 0; i < b->cap; i++)
		if (b->slot[i] != 0)
			*bad_slot(slot, cap, b->slot[i]) = b->slot[i];
	free(b->slot);
	b->slot = slot;
	b->cap = cap;
}

void
sf_bad_add(struct sf_bad *b, struct slice object, struct slice key)
{
	uint64_t h = slice_quick_hash(object, key) | 1, *s;

	if (b->n >= BAD_MAX)
		return;
	if (b->n * 2 >= b->cap)
		bad_grow(b);
	s = bad_slot(b->slot, b->cap, h);
	b->n += *s == 0;
	*s = h;
}

bool
sf_bad_has(const struct sf_bad *b, struct slice object, struct slice key)
{
	return b->n > 0 &&
	    *bad_slot(b->slot, b->cap, slice_quick_hash(object, key) | 1) != 0;
}

size_t
sf_bad_count(const struct sf_bad *b)
{
	return b->n;
}

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

static bool
same_key(const struct sf_row *a, const struct sf_row *b)
{
	return sf_row_alike(a, b) && slice_eq(row_key(a), row_key(b));
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
		    v->hash[i] == v->hash[n] && same_key(o, r))
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

static enum step_fate
fate(const struct sf_row *r)
{
	if (r->verdict == NULL)
		return r->fate;
	if (r->reason != NULL && strcmp(r->reason, "same-key") == 0)
		return STEP_SAME;
	return steps_fate(slice(r->verdict));
}

static void
answer(struct sf_wave *v, struct sf_row *r, const struct step *s,
    const struct step *cause)
{
	char *text;

	switch (s->answer) {
	case STEP_PASS:
		break;
	case STEP_UNCHANGED:
		sf_row_settle(v, r, "unchanged", NULL, NULL);
		break;
	case STEP_SKIP:
		sf_row_settle(v, r, "skipped", s->reason.n == 0 ? NULL :
		    pool_dup(v->pool, s->reason.p, s->reason.n), NULL);
		break;
	case STEP_WAIT:
		text = xasprintf("%.*s %.*s of the same record ended badly",
		    (int)cause->map.n, cause->map.p, (int)cause->key.n,
		    cause->key.p);
		sf_row_settle(v, r, "waiting", "parent-failed", text);
		free(text);
	}
}

static struct step
step_of(const struct sf_row *r)
{
	struct payload p;
	struct step s;

	payload_whole(&p, &r->p);
	s = steps_of(&p);
	s.fate = fate(r);
	if (r->verdict != NULL)
		s.reason = slice(r->reason);
	s.own = true;
	return s;
}

static bool
any_goes(const struct sf_wave *v, size_t from, size_t to, long phase)
{
	while (from < to && !(sf_row_goes(&v->row[from]) &&
	    sf_row_phase(&v->row[from]) == phase))
		from++;
	return from < to;
}

static bool
goes_or_went(const struct sf_row *r)
{
	return sf_row_goes(r) || fate(r) == STEP_SENT;
}

/* Does step `at` stand around a line that goes on or was sent, and is none? */
static bool
stands_well(const struct sf_wave *v, size_t at, size_t from, size_t to)
{
	const struct sf_row *step = &v->row[at];

	if (step->near > 0 && goes_or_went(step - step->near))
		return true;
	for (size_t i = from; i < to; i++) {
		const struct sf_row *r = &v->row[i];

		if (goes_or_went(r) && !r->step &&
		    steps_names(row_with(step), row_map(r)))
			return true;
	}
	return false;
}

static bool
lives(const struct sf_row *r)
{
	return sf_row_goes(r) || fate(r) <= STEP_SAME;
}

/* Has the record of Salesforce that row `at` is skipped for another line, that
 * lives, and is no child (of itself, it would not count)? */
static bool
lives_on(const struct sf_wave *v, size_t at, size_t from, size_t to)
{
	const struct sf_row *s = &v->row[at];

	if (s->near > 0 && lives(s + s->near))
		return true;
	for (size_t i = from; i < to; i++) {
		const struct sf_row *r = &v->row[i];

		if (i != at && v->hash[i] == v->hash[at] && !r->child &&
		    !r->step && lives(r) && same_key(r, s))
			return true;
	}
	return false;
}

/* As most records are: none of their lines decides anything for another one,
 * so steps_apply() need not be asked. */
static bool
is_well(const struct sf_wave *v, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++) {
		const struct sf_row *r = &v->row[i];
		enum step_fate f = fate(r);

		if (f == STEP_BAD || (f == STEP_GOES && r->p.delete) ||
		    (f == STEP_GOES && r->step &&
		    !stands_well(v, i, from, to)) ||
		    (f == STEP_SKIPPED && !r->step &&
		    !lives_on(v, i, from, to)))
			return false;
	}
	return true;
}

/* The steps of one record, applied to what goes on in this phase. */
static void
begin_record(struct sf_wave *v, size_t from, size_t to, long phase)
{
	struct step *s;

	if (to - from < 2 || !any_goes(v, from, to, phase) ||
	    is_well(v, from, to))
		return;
	s = xmalloc((to - from) * sizeof(*s));
	for (size_t i = from; i < to; i++)
		s[i - from] = step_of(&v->row[i]);
	steps_apply(s, to - from);
	for (size_t i = from; i < to; i++)
		if (sf_row_goes(&v->row[i]) &&
		    sf_row_phase(&v->row[i]) == phase)
			answer(v, &v->row[i], &s[i - from],
			    &s[s[i - from].cause]);
	free(s);
}

/* OBJECT/KEY */
static bool
split_parent(struct slice parent, struct slice *object, struct slice *key)
{
	const char *slash = parent.n == 0 ? NULL :
	    memchr(parent.p, '/', parent.n);

	if (slash == NULL)
		return false;
	*object = (struct slice){ parent.p, (size_t)(slash - parent.p) };
	*key = (struct slice){ slash + 1, parent.n - object->n - 1 };
	return true;
}

/* A step behind its record (activate) fails without harm to the children:
 * only what comes before the child counts; by its place where it came as a
 * verdict, which has no phase. */
static bool
parent_bad(const struct sf_wave *v, const struct sf_row *child,
    const struct sf_bad *bad)
{
	struct slice object, key;
	struct sf_row *r;

	if ((!v->bad && (bad == NULL || sf_bad_count(bad) == 0)) ||
	    !split_parent(row_parent(child), &object, &key))
		return false;
	r = sf_wave_find(v, object, key, NULL);
	if (r == NULL)
		return bad != NULL && sf_bad_has(bad, object, key);
	for (; r != NULL; r = sf_wave_find(v, object, key, r))
		if (sf_row_bad(r) && (r->passes ? r < child :
		    sf_row_phase(r) < sf_row_phase(child)))
			return true;
	return false;
}

/* Mostly no other row has its hash: no row is looked at. */
static void
take_id(struct sf_wave *v, struct sf_row *r)
{
	uint32_t h = v->hash[r - v->row];
	const struct sf_row *o;

	for (uint32_t i = v->bucket[h & (v->buckets - 1)];
	    i != 0 && *r->id == '\0'; i = v->next[i - 1]) {
		o = &v->row[i - 1];
		if (v->hash[i - 1] == h && o != r && *o->id != '\0' &&
		    slice_eq(row_key(o), row_key(r)) &&
		    slice_eq(row_object(o), row_object(r)) && !sf_row_goes(o) &&
		    !sf_row_bad(o))
			memcpy(r->id, o->id, sizeof(r->id));
	}
}

/* What `op` is, its own members may forbid. */
static void
begin_special(struct sf_wave *v, struct sf_row *r)
{
	if (r->p.delete)
		r->op = SF_DELETE;
	if (r->op == SF_DELETE && *r->id == '\0')
		sf_row_settle(v, r, "rejected", "no-key",
		    "a delete without an id");
	else if (r->op == SF_UPDATE && slice_is(row_only(r), "insert"))
		sf_row_settle(v, r, "skipped", "only-insert", NULL);
	else if (r->op == SF_CREATE && slice_is(row_only(r), "update"))
		sf_row_settle(v, r, "skipped", "only-update", NULL);
	else if (r->op == SF_CREATE && row_with(r).p != NULL)
		sf_row_settle(v, r, "waiting", "parent-missing",
		    "what this step is around is not in Salesforce yet");
}

static void
begin_row(struct sf_wave *v, struct sf_row *r, const struct sf_bad *bad)
{
	char *text;

	if (r->child && parent_bad(v, r, bad)) {
		text = xasprintf("its parent %.*s ended badly",
		    (int)row_parent(r).n, row_parent(r).p);
		sf_row_settle(v, r, "waiting", "parent-failed", text);
		free(text);
		return;
	}
	if (*r->id == '\0' && v->twins)
		take_id(v, r);
	r->op = *r->id == '\0' ? SF_CREATE : SF_UPDATE;
	if (!r->plain)
		begin_special(v, r);
}

void
sf_wave_begin(struct sf_wave *v, long phase, const struct sf_bad *bad)
{
	size_t to;

	for (size_t i = 0; i < v->n && v->several; i = to) {
		for (to = i + 1; to < v->n &&
		    v->row[to].record == v->row[i].record; to++)
			continue;
		begin_record(v, i, to, phase);
	}
	for (size_t i = 0; i < v->n; i++)
		if (sf_row_goes(&v->row[i]) &&
		    sf_row_phase(&v->row[i]) == phase)
			begin_row(v, &v->row[i], bad);
}
