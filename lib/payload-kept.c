/* payload-kept - payloads in a tenth of their size. */
#include "payload-in.h"
#include "payload-kept.h"
#include "sixteen.h"

_Static_assert(offsetof(struct payload, line) ==
    KEPT_PARTS * sizeof(struct slice), "a part for each slice of a payload");
#define PLACE(name) _Static_assert(offsetof(struct payload, name) == \
	KEPT_##name * sizeof(struct slice), "in the same order");
PAYLOAD_KEPT(PLACE)
#undef PLACE

void
payload_keep(struct payload_kept *k, const struct payload *p,
    struct pool *pool)
{
	*k = (struct payload_kept){ .phase = (int32_t)p->phase,
	    .shared = p->shared, .adopted = p->adopted, .delete = p->delete };
	k->rest = pool_get(pool, sizeof(*k->rest));
	*k->rest = *p;
}

static void
whole_of_form(struct payload *p, const struct payload_kept *k)
{
	const struct payload_place *place = kept_place(k);
	const struct payload_form *f = k->form;

	payload_begin(p, (struct slice){ k->line, k->n });
	for (size_t i = 0; i < f->members; i++)
		*payload_slot(p, f->member[i] * sizeof(struct slice)) =
		    payload_span(k->line, place, f->span[f->member[i]]);
}

void
payload_whole(struct payload *p, const struct payload_kept *k)
{
	if (k->form == NULL)
		*p = *k->rest;
	else
		whole_of_form(p, k);
	p->phase = k->phase;
	p->shared = k->shared;
	p->adopted = k->adopted;
	p->delete = k->delete;
	if (k->no_was)
		p->was = (struct slice){ NULL, 0 };
}

void
kept_copy(struct payload_kept *to, const struct payload_kept *from,
    struct pool *pool)
{
	struct payload_form *form;
	size_t places;
	char *p;

	*to = *from;
	if (from->form == NULL) {
		to->rest = pool_get(pool, sizeof(*to->rest));
		payload_copy(to->rest, from->rest, pool);
		return;
	}
	places = from->form->n * sizeof(struct payload_place);
	p = pool_dup(pool, from->line - places, places + from->n);
	to->line = p + places;
	form = pool_get(pool, sizeof(*form));
	*form = *from->form;
	to->form = form;
}

/* ---- verdicts ---- */

/* Where it lies in the line, with its name: as it would be written? */
static bool
stands(const struct payload_form *f, const struct payload *p, size_t member,
    struct payload_span *run)
{
	const struct payload_member *m;
	struct slice s = *payload_slot((struct payload *)p,
	    member * sizeof(s));
	int before;

	for (m = payload_members; m->at != member * sizeof(s) ||
	    m->type > PAYLOAD_RAW; m++)
		continue;
	if (m->type != PAYLOAD_TEXT)
		return false;
	before = m->before + 1;
	*run = f->span[member];
	run->at = (int16_t)(run->at - before);
	run->end++;
	return run->at >= 0 && sixteen_same(s.p - before + 1, m->lead + 1,
	    (size_t)before - 1) && s.p[s.n] == '"';
}

/* A run that goes on where the one before it ends is one with it. */
static bool
add_run(struct payload_form *f, struct payload_span run, bool apart)
{
	struct payload_span *last = f->run + f->runs;

	if (!apart && f->runs > 0 && last[-1].to == run.from &&
	    last[-1].end == run.at) {
		last[-1].to = run.to;
		last[-1].end = run.end;
		return true;
	}
	if (f->runs == KEPT_RUNS)
		return false;
	f->run[f->runs++] = run;
	return true;
}

void
kept_form_settles(struct payload_form *f, const struct payload *p)
{
	static const uint8_t stay[] = { KEPT_object, KEPT_map, KEPT_source,
		KEPT_key, KEPT_extid, KEPT_parent, KEPT_rev, KEPT_id,
		KEPT_hash };
	struct payload_span run;

	f->runs = f->before_id = 0;
	f->settles = false;
	if (p->verdict.p != NULL || p->adopted || p->delete)
		return;
	for (size_t i = 0; i < sizeof(stay); i++) {
		if (stay[i] == KEPT_id)
			f->before_id = f->runs;
		else if (kept_has(f, stay[i]) &&
		    (!stands(f, p, stay[i], &run) ||
		    !add_run(f, run, stay[i] == KEPT_hash)))
			return;
	}
	f->settles = true;
}

static void
put_text(struct buf *b, const char *lead, const char *text)
{
	if (text == NULL)
		return;
	buf_str(b, lead);
	scan_quote(b, slice(text));
}

/* What has nothing to escape; there is room. */
static void
put_plain(struct buf *b, struct slice lead, const char *text)
{
	size_t n = strlen(text);
	char *to = b->p + b->n;

	memcpy(to, lead.p, lead.n);
	sixteen_put(to + lead.n, text, n);
	to[lead.n + n] = '"';
	b->n += lead.n + n + 1;
}

static void
put_runs(struct buf *b, const struct payload_kept *k, size_t from, size_t to)
{
	const struct payload_place *place = kept_place(k);
	struct slice s;

	for (; from < to; from++) {
		s = payload_span(k->line, place, k->form->run[from]);
		sixteen_put(b->p + b->n, s.p, s.n);
		b->p[b->n] = ',';	/* of the first one it is { */
		b->n += s.n;
	}
}

/* created, updated, unchanged, deleted, skipped */
static bool
is_good(char first)
{
	return first == 'c' || first == 'u' || first == 'd' || first == 's';
}

bool
kept_write_settled(struct buf *b, const struct payload_kept *k,
    const char *id, const char *verdict, const char *reason,
    const char *message)
{
	enum { ROOM = 64 };	/* for a verdict or an id */
	const struct payload_form *f = k->form;

	if (f == NULL || !f->settles || k->adopted || !is_good(*verdict) ||
	    (*id == '\0' && kept_has(f, KEPT_id)))
		return false;
	if (!buf_room(b, k->n + ROOM))
		return true;
	put_plain(b, SLICE("{\"verdict\":\""), verdict);
	put_text(b, ",\"reason\":", reason);
	put_text(b, ",\"message\":", message);
	if (!buf_room(b, k->n + ROOM))
		return true;
	put_runs(b, k, 0, f->before_id);
	if (*id != '\0')
		put_plain(b, SLICE(",\"id\":\""), id);
	put_runs(b, k, f->before_id, f->runs);
	buf_char(b, '}');
	return true;
}
