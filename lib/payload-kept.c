/* payload-kept - payloads in a tenth of their size. */
#include "payload-in.h"
#include "payload-kept.h"

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

void
payload_of_form(struct payload *p, const struct payload_form *f,
    struct slice line, const struct payload_place *place)
{
	payload_begin(p, line);
	for (size_t i = 0; i < f->members; i++)
		*payload_slot(p, f->member[i] * sizeof(struct slice)) =
		    payload_span(line.p, place, f->span[f->member[i]]);
	p->phase = f->phase;
	p->shared = f->shared;
	p->adopted = f->adopted;
	p->delete = f->delete;
}

/* What may have changed since is not that of the form. */
void
payload_whole(struct payload *p, const struct payload_kept *k)
{
	if (k->form == NULL)
		*p = *k->rest;
	else
		payload_of_form(p, k->form, (struct slice){ k->line, k->n },
		    kept_place(k));
	p->adopted = k->adopted;
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

/* Where it lies in the line with its name; false: it does not, or is written
 * otherwise. */
static bool
run_of(struct payload_span *run, const struct payload_form *f,
    const struct payload_member *m, const struct payload *p)
{
	size_t member = m->at / sizeof(struct slice);
	struct slice s = *payload_slot((struct payload *)p, m->at);
	int before = m->before + m->quote;

	*run = f->span[member];
	run->at = (int16_t)(run->at - before);
	run->end = (int16_t)(run->end + m->quote);
	return run->at >= 0 &&
	    (uintptr_t)s.p - (uintptr_t)p->line.p < p->line.n &&
	    payload_stands(m, s, (size_t)before);
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

/* Its verdict, reason and message are others then. */
static bool
stays(const struct payload_form *f, const struct payload_member *m)
{
	size_t member = m->at / sizeof(struct slice);

	return m->settled == PAYLOAD_STAYS && m->type <= PAYLOAD_RAW &&
	    member > KEPT_message && kept_has(f, member);
}

void
payload_form_settles(struct payload_form *f, const struct payload *p)
{
	const struct payload_member *m = payload_members;
	struct payload_span run;
	bool behind = false;

	f->runs = f->before_id = 0;
	f->settles = false;
	if (p->verdict.p != NULL || p->adopted || p->delete)
		return;
	for (; m < payload_members + PAYLOAD_MEMBERS; m++) {
		if (m->at == offsetof(struct payload, id)) {
			f->before_id = f->runs;
			behind = true;
		} else if (stays(f, m)) {
			if (!run_of(&run, f, m, p) || !add_run(f, run, behind))
				return;
			behind = false;
		}
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

bool
kept_write_settled(struct buf *b, const struct payload_kept *k,
    const char *id, const char *verdict, const char *reason,
    const char *message)
{
	enum { ROOM = 64 };	/* for a verdict or an id */
	const struct payload_form *f = k->form;

	if (f == NULL || !f->settles || k->adopted || !payload_is_good(verdict) ||
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
