/* runlog - a run as its log tells it. */
#include <stdlib.h>

#include "runlog.h"

static double
real_of(const struct audit_event *e, const char *name)
{
	struct slice v = scan_get(e->text, name);

	return scan_kind(v) == SCAN_NUMBER ? strtod(v.p, NULL) : 0;
}

static void
take_start(struct runlog *l, const struct audit_event *e)
{
	struct slice previous = scan_get(e->text, "previous");

	l->run = audit_text(&l->log, e, "run");
	l->kind = audit_text(&l->log, e, "kind");
	l->version = audit_text(&l->log, e, "version");
	l->conf = audit_text(&l->log, e, "conf");
	l->arguments = scan_get(e->text, "arguments");
	l->at = e->at;
	if (scan_kind(previous) != SCAN_OBJECT)
		return;
	l->before_run = scan_string(scan_get(previous, "run"), l->log.pool);
	l->before_hash = scan_string(scan_get(previous, "hash"), l->log.pool);
}

static void
take_end(struct runlog *l, const struct audit_event *e)
{
	l->ended = true;
	l->status = (long)audit_number(e, "status");
	l->signal = audit_text(&l->log, e, "signal");
	l->seconds = real_of(e, "seconds");
	l->calls = scan_get(e->text, "calls");
	l->forecast = scan_get(e->text, "forecast");
}

static void
take_stage_start(struct runlog *l, const struct audit_event *e)
{
	struct runlog_stage *s;

	l->stage = xrealloc(l->stage, (l->n + 1) * sizeof(*l->stage));
	s = &l->stage[l->n++];
	*s = (struct runlog_stage){ .name = e->stage, .start = e->line,
	    .status = -1, .from = -1 };
	s->program = audit_text(&l->log, e, "program");
	s->arguments = scan_get(e->text, "arguments");
	s->reads = audit_text(&l->log, e, "reads");
	s->writes = audit_text(&l->log, e, "writes");
}

static struct slice
tally_of(struct slice line)
{
	struct slice counts = scan_get(line, "counts");
	const char *from = memmem(line.p, line.n, "\"lines\":", 8);

	if (from == NULL || counts.p == NULL || counts.p < from)
		return (struct slice){ NULL, 0 };
	return (struct slice){ from, (size_t)(counts.p + counts.n - from) };
}

/* The first of that name that has not ended yet. */
static void
take_stage_end(struct runlog *l, const struct audit_event *e)
{
	struct runlog_stage *s = NULL;

	for (size_t i = 0; i < l->n && s == NULL; i++)
		if (l->stage[i].end == 0 &&
		    slice_eq(l->stage[i].name, e->stage))
			s = &l->stage[i];
	if (s == NULL)
		return;
	s->end = e->line;
	s->status = (long)audit_number(e, "status");
	s->signal = audit_text(&l->log, e, "signal");
	s->left = slice_is(audit_text(&l->log, e, "reader"), "left");
	s->seconds = real_of(e, "seconds");
	s->cpu = real_of(e, "cpu");
	s->lines = audit_number(e, "lines");
	s->bytes = audit_number(e, "bytes");
	s->records = audit_number(e, "records");
	s->payloads = audit_number(e, "payloads");
	s->verdicts = audit_number(e, "verdicts");
	s->deletes = audit_number(e, "deletes");
	s->told = audit_number(e, "told");
	s->sources = audit_number(e, "sources");
	s->counts = scan_get(e->text, "counts");
	s->tally = tally_of(e->text);
	s->kept = audit_text(&l->log, e, "kept");
}

static void
take_pruned(struct runlog *l, const struct audit_event *e)
{
	struct slice files = scan_get(e->text, "files"), file;
	struct scan s;

	if (scan_kind(files) != SCAN_ARRAY)
		return;
	scan_enter(&s, files);
	while (scan_element(&s, &file)) {
		file = scan_string(file, l->log.pool);
		for (size_t i = 0; i < l->n; i++)
			if (slice_eq(l->stage[i].kept, file))
				l->stage[i].pruned = true;
	}
}

struct slice
runlog_pipe(const struct runlog_stage *s)
{
	const char *dot = memrchr(s->name.p, '.', s->name.n);

	return (struct slice){ s->name.p,
	    dot == NULL ? s->name.n : (size_t)(dot - s->name.p) };
}

struct slice
runlog_base(const struct runlog_stage *s)
{
	const char *slash = s->program.p == NULL ? NULL :
	    memrchr(s->program.p, '/', s->program.n);

	if (slash == NULL)
		return s->program;
	return (struct slice){ slash + 1,
	    s->program.n - (size_t)(slash + 1 - s->program.p) };
}

int
runlog_call(const struct runlog *l, struct scan *s, struct slice *system,
    struct slice *calls)
{
	struct slice row;

	if (!scan_element(s, &row))
		return 0;
	*calls = scan_get(row, "calls");
	*system = scan_string(scan_get(row, "system"), l->log.pool);
	return calls->p != NULL && system->p != NULL;
}

bool
runlog_whole(const struct runlog_stage *s)
{
	return s->end != 0 && !s->left &&
	    (s->status == 0 || s->status == 1 || s->status == 4);
}

/*
 * The kernel gives a pipe's number again once the pipe is gone, so of those
 * that wrote to the same one the nearest in the log is the neighbour.
 */
static long
writer_of(const struct runlog *l, size_t reader)
{
	const struct runlog_stage *r = &l->stage[reader], *s;
	long best = -1, far = -1;

	for (size_t i = 0; i < l->n; i++) {
		s = &l->stage[i];
		if (i == reader || r->reads.p == NULL ||
		    !slice_eq(s->writes, r->reads) ||
		    !slice_eq(runlog_pipe(s), runlog_pipe(r)))
			continue;
		if (best == -1 || labs(s->start - r->start) < far) {
			best = (long)i;
			far = labs(s->start - r->start);
		}
	}
	return best;
}

/* How many stages stand before this one in its pipe. */
static long
depth(const struct runlog *l, size_t i)
{
	long n = 0;

	for (long at = l->stage[i].from; at != -1 && n < (long)l->n; n++)
		at = l->stage[at].from;
	return n;
}

static long
source_of(const struct runlog *l, size_t i)
{
	long at = (long)i, n = 0;

	while (l->stage[at].from != -1 && n++ < (long)l->n)
		at = l->stage[at].from;
	return at;
}

struct place {
	long pipe;	/* where the first of its pipeline starts in the log */
	long source;	/* where its pipe's first stage starts */
	long depth;
	size_t was;
};

static int
by_place(const void *a, const void *b)
{
	const struct place *x = a, *y = b;

	if (x->pipe != y->pipe)
		return x->pipe < y->pipe ? -1 : 1;
	if (x->source != y->source)
		return x->source < y->source ? -1 : 1;
	return (x->depth > y->depth) - (x->depth < y->depth);
}

static long
pipe_start(const struct runlog *l, size_t i)
{
	struct slice pipe = runlog_pipe(&l->stage[i]);
	size_t k = 0;

	while (!slice_eq(runlog_pipe(&l->stage[k]), pipe))
		k++;
	return l->stage[k].start;
}

/* The stages of a pipe start in any order; a reader wants them in theirs. */
static void
sort_stages(struct runlog *l)
{
	struct place *p = xcalloc(l->n + 1, sizeof(*p));
	struct runlog_stage *s = xcalloc(l->n + 1, sizeof(*s));
	long *now = xcalloc(l->n + 1, sizeof(*now));

	for (size_t i = 0; i < l->n; i++)
		p[i] = (struct place){ pipe_start(l, i),
		    l->stage[source_of(l, i)].start, depth(l, i), i };
	qsort(p, l->n, sizeof(*p), by_place);
	for (size_t i = 0; i < l->n; i++) {
		s[i] = l->stage[p[i].was];
		now[p[i].was] = (long)i;
	}
	for (size_t i = 0; i < l->n; i++)
		if (s[i].from != -1)
			s[i].from = now[s[i].from];
	free(l->stage);
	l->stage = s;
	free(now);
	free(p);
}

int
runlog_open(struct runlog *l, const char *folder, struct why *w)
{
	struct audit_event e;

	*l = (struct runlog){ .status = -1 };
	if (audit_open(&l->log, folder, w) == -1)
		return -1;
	while (audit_next(&l->log, &e)) {
		l->events++;
		if (slice_is(e.event, "run-start"))
			take_start(l, &e);
		else if (slice_is(e.event, "run-end"))
			take_end(l, &e);
		else if (slice_is(e.event, "stage-start"))
			take_stage_start(l, &e);
		else if (slice_is(e.event, "stage-end"))
			take_stage_end(l, &e);
		else if (slice_is(e.event, "pruned"))
			take_pruned(l, &e);
	}
	for (size_t i = 0; i < l->n; i++)
		l->stage[i].from = writer_of(l, i);
	sort_stages(l);
	return 0;
}

void
runlog_close(struct runlog *l)
{
	audit_close(&l->log);
	free(l->stage);
	l->stage = NULL;
}

bool
runlog_last(const struct runlog *l, size_t i)
{
	for (size_t k = 0; k < l->n; k++)
		if (l->stage[k].from == (long)i)
			return false;
	return true;
}
