/* salesforce-wave - the lines that sf-load holds at a time. */
#include <stdlib.h>

#include "ledger.h"
#include "salesforce-wave.h"
#include "steps.h"

enum {
	KINDS = 32,		/* forms of which is known what their rows are */
	LINES = 10 << 20,	/* bytes that the lines of a wave may take */
	OTHERS = 24,		/* of a row, besides itself and its line */
	PLANNED = 100,		/* of a row in its job, besides the CSV, which
				 * takes a quarter of what all lines take */
};

/* What all rows of one form have. */
struct sf_kind {
	const struct payload_form *form;
	size_t phase;		/* its number */
	size_t bytes;		/* of a row, besides its line */
	uint64_t hash;		/* begun with its object, */
	uint64_t map;		/* see ledger_flight_map() */
	unsigned char object;
	bool has_id, passes, plain, step, child, keyed;	/* child: or empty */
};

struct sf_wave *
sf_wave_new(size_t rows)
{
	struct sf_wave *v = xcalloc(1, sizeof(*v));

	v->pool = pool_big(LINES);
	v->cap = rows;		/* pages that are never used cost nothing */
	v->row = xaligned(rows * sizeof(*v->row));
	v->said = xmalloc(rows * sizeof(*v->said));
	v->kind = xmalloc((KINDS + 1) * sizeof(*v->kind));
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
	free(v->said);
	free(v->kind);
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
	v->n = v->bytes = v->planned = v->lines = v->went = 0;
	v->phases = v->objects = v->kinds = v->kind_last = 0;
	v->asks = v->was = v->insert = v->only = v->shared = false;
	v->several = v->decides = v->ids = v->twins = v->bad = false;
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
	v->said = xrealloc(v->said, cap * sizeof(*v->said));
	v->hash = xrealloc(v->hash, cap * sizeof(*v->hash));
	v->flight = xrealloc(v->flight, cap * sizeof(*v->flight));
	v->cap = cap;
}

struct payload_kept *
sf_wave_place(struct sf_wave *v)
{
	if (v->n == v->cap)
		grow(v);
	return &v->row[v->n].p;
}

static struct sf_phase *
find_phase(const struct sf_wave *v, long phase)
{
	for (size_t i = 0; i < v->phases; i++)
		if (v->phase[i].phase == phase)
			return &v->phase[i];
	return NULL;
}

/* The number of a phase. */
static size_t
phase_number(struct sf_wave *v, long phase)
{
	const struct sf_phase *ph = find_phase(v, phase);

	if (ph != NULL)
		return (size_t)(ph - v->phase);
	if (v->phases == v->phases_cap) {
		v->phases_cap = 2 * v->phases_cap + 8;
		v->phase = xrealloc(v->phase,
		    v->phases_cap * sizeof(*v->phase));
	}
	v->phase[v->phases] = (struct sf_phase){ .phase = phase };
	return v->phases++;
}

/* The number of an object; `phase`: of the row that has it. */
static unsigned char
object_number(struct sf_wave *v, struct slice object, size_t phase)
{
	size_t i = 0;

	while (i < v->objects && !slice_eq(v->object[i].name, object))
		i++;
	if (i == v->objects && i < SF_OBJECTS)
		v->object[v->objects++] = (struct sf_wave_object){ object,
		    phase };
	return (unsigned char)i;
}

/* A row of its kind comes; what all of the wave is asked for later. */
static void
kind_set(struct sf_wave *v, struct sf_kind *k, const struct sf_row *r)
{
	const struct payload_kept *p = &r->p;

	*k = (struct sf_kind){ .form = p->form,
	    .phase = phase_number(v, sf_row_phase(r)),
	    .bytes = sizeof(*r) + OTHERS +
	    (p->form == NULL ? sizeof(struct payload) :
	    p->form->n * sizeof(struct payload_place)),
	    .hash = slice_quick_begin(row_object(r)),
	    .map = ledger_flight_map(row_map(r)),
	    .has_id = row_id(r).p != NULL,
	    .passes = row_verdict(r).p != NULL,
	    .step = row_with(r).p != NULL,
	    .child = row_parent(r).p != NULL,
	    .keyed = row_extid(r).n > 0 };
	k->object = object_number(v, row_object(r), k->phase);
	k->plain = row_only(r).p == NULL && !k->step && !p->delete;
	v->asks |= row_match(r).p != NULL || p->shared;
	v->was |= row_was(r).p != NULL;
	v->insert |= row_insert(r).p != NULL;
	v->only |= row_only(r).p != NULL;
	v->shared |= p->shared;
	v->ids |= k->passes || k->has_id || k->object == SF_OBJECTS ||
	    v->object[k->object].phase != k->phase;
}

/* Forms take turns, mostly.  Where they are many, the oldest is forgotten. */
static const struct sf_kind *
kind_of_form(struct sf_wave *v, const struct sf_row *r)
{
	size_t i = v->kind_last, n = v->kinds < KINDS ? v->kinds : KINDS;

	for (size_t left = n; left > 0; left--) {
		i = i + 1 < n ? i + 1 : 0;
		if (v->kind[i].form == r->p.form) {
			v->kind_last = i;
			return &v->kind[i];
		}
	}
	v->kind_last = i = v->kinds++ % KINDS;
	v->bytes += sizeof(*r->p.form);
	kind_set(v, &v->kind[i], r);
	return &v->kind[i];
}

static const struct sf_kind *
kind_of(struct sf_wave *v, const struct sf_row *r)
{
	if (r->p.form != NULL)
		return kind_of_form(v, r);
	kind_set(v, &v->kind[KINDS], r);
	return &v->kind[KINDS];
}

/* A row that shares its key with one that is sent is not lost with it. */
static enum step_fate
fate_of(const struct sf_row *r)
{
	if (!r->passes)
		return STEP_GOES;
	return slice_is(row_reason(r), "same-key") ? STEP_SAME :
	    steps_fate(row_verdict(r));
}

/* What a row takes up, and what of it goes on. */
static void
count(struct sf_wave *v, const struct sf_row *r, const struct sf_kind *k)
{
	struct sf_phase *ph = &v->phase[k->phase];
	size_t n = row_line(r).n;

	v->bytes += n + k->bytes;
	if (!r->goes)
		return;
	ph->goes++;
	ph->bytes += n / 4 + PLANNED;
	if (v->planned < ph->bytes)
		v->planned = ph->bytes;
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

/* What it is known by on its way. */
static struct ledger_flight
flight_of(const struct sf_wave *v, const struct sf_row *r,
    const struct sf_kind *k, struct slice source)
{
	return (struct ledger_flight){
	    ledger_flight_payload(k->map, row_key(r)),
	    r->record != v->n && r[-1].goes ? v->flight[v->n - 1].source :
	    ledger_flight_source(source) };
}

/* All that takes the texts is done while they are at hand. */
void
sf_wave_add(struct sf_wave *v)
{
	struct sf_row *r = &v->row[v->n];
	const struct sf_kind *k = kind_of(v, r);
	struct slice source = row_source(r);

	*r = (struct sf_row){ .p = r->p };
	if (k->has_id && sf_id_ok(row_id(r)))
		sf_id_18(r->id, row_id(r));
	r->record = v->n > 0 && source.n > 0 &&
	    slice_eq(source, row_source(&r[-1])) ? r[-1].record :
	    (uint32_t)v->n;
	r->passes = k->passes;
	r->goes = !k->passes;
	r->fate = (unsigned char)fate_of(r);
	r->step = k->step;
	r->plain = k->plain;
	r->child = k->child && row_parent(r).n > 0;
	r->keyed = k->keyed;
	r->object = k->object;
	v->several |= r->record != v->n;
	v->bad |= r->fate == STEP_BAD;
	v->decides |= k->step || r->p.delete || r->fate >= STEP_SKIPPED;
	count(v, r, k);
	if (r->goes)
		v->flight[v->n] = flight_of(v, r, k, source);
	v->hash[v->n] = (uint32_t)slice_quick_end(k->hash, row_key(r));
	if (r->record != v->n)
		note_near(v, r);
	v->n++;
	if (r->goes && k->has_id && *r->id == '\0')
		sf_row_settle(v, r, "rejected", "bad-payload",
		    "its id is none of Salesforce, so it would be made anew");
}

void
sf_wave_move_last(struct sf_wave *from, struct sf_wave *to)
{
	struct sf_row *r = &from->row[--from->n];

	for (size_t i = r->record; i < from->n; i++)
		if (!from->row[i].step && i + from->row[i].near == from->n)
			from->row[i].near = 0;
	if (r->goes) {
		find_phase(from, sf_row_phase(r))->goes--;
		from->lines -= row_line(r).n;
		from->went--;
	}
	kept_copy(sf_wave_place(to), &r->p, to->pool);
	sf_wave_add(to);
}

bool
sf_row_bad(const struct sf_row *r)
{
	return r->verdict == NULL ? r->fate == STEP_BAD :
	    steps_fate(slice(r->verdict)) == STEP_BAD;
}

void
sf_row_settle(struct sf_wave *v, struct sf_row *r, const char *verdict,
    const char *reason, const char *message)
{
	bool goes = verdict == NULL && !r->passes;

	if (goes != r->goes)
		find_phase(v, sf_row_phase(r))->goes += goes ? 1 : (size_t)-1;
	r->goes = goes;
	v->bad |= verdict != NULL && !payload_is_good(verdict);
	v->decides |= v->bad || (verdict != NULL && *verdict == 's');
	r->verdict = verdict;
	r->said = reason != NULL || message != NULL;
	if (r->said)
		v->said[r - v->row] = (struct sf_said){ reason,
		    message == NULL ? NULL :
		    pool_dup(v->pool, message, strlen(message)) };
}

void
sf_row_found(struct sf_wave *v, struct sf_row *r, struct slice id)
{
	sf_id_18(r->id, id);
	v->ids = true;
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

void
sf_wave_index(struct sf_wave *v)
{
	uint32_t h, k;

	if (v->indexed)
		return;
	v->indexed = true;
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
sf_wave_find(struct sf_wave *v, struct slice object, struct slice key,
    const struct sf_row *from)
{
	uint32_t h, i;
	struct sf_row *r;

	if (v->n == 0)
		return NULL;
	sf_wave_index(v);
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

static bool
is_choice(const struct sf_row *o, const struct sf_row *r)
{
	return o->p.shared && sf_row_goes(o) &&
	    slice_eq(row_map(o), row_map(r));
}

/* Row `r` is the first of its key and map: one of them goes on.  Of equal
 * sources the later line wins: it is the record's own last word. */
static void
choose_shared(struct sf_wave *v, struct sf_row *r)
{
	struct slice object = row_object(r), key = row_key(r);
	struct sf_row *best = r, *o, *next;

	for (o = r; (o = sf_wave_find(v, object, key, o)) != NULL; )
		if (is_choice(o, r) && payload_source_cmp(row_source(o),
		    row_source(best)) >= 0)
			best = o;
	for (o = r; o != NULL; o = next) {
		next = sf_wave_find(v, object, key, o);
		if (o != best && is_choice(o, best))
			sf_row_settle(v, o, "skipped", "same-key", "a record "
			    "of a higher id gives the same key in this run");
	}
}

void
sf_wave_ready(struct sf_wave *v)
{
	v->indexed = v->twins = false;
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
