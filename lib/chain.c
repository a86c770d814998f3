/* chain - is a run's log what was written, line by line? */
#include <stdlib.h>

#include "chain.h"
#include "runlog.h"
#include "runs.h"

static int
bad(struct why *w, const struct audit_event *e, const char *text)
{
	return why(w, WHY_DATA, AUDIT_FILE ":%ld: %s", e->line, text);
}

/* Where the log stands, and the two lines before. */
struct place {
	struct audit a;
	struct audit_event last, before;
};

/* `e` does not name the line before it.  What happened? */
static int
broken(const struct place *p, const struct audit_event *e, struct why *w)
{
	const struct audit_event *last = &p->last, *before = &p->before;
	struct audit ahead = p->a;
	struct audit_event next;

	if (audit_next(&ahead, &next) && last->line > 0 &&
	    slice_eq(next.before, slice(last->hash)))
		return bad(w, e, "this event was added");
	if (last->line > 0 && slice_eq(e->before, slice(before->line == 0 ?
	    AUDIT_NOTHING : before->hash)))
		return bad(w, last, "this event was added");
	if (e->n > last->n + 1)
		return why(w, WHY_DATA, AUDIT_FILE ":%ld: %s %ld %s dropped "
		    "before this one", e->line,
		    e->n - last->n == 2 ? "event" : "events", last->n + 1,
		    e->n - last->n == 2 ? "was" : "and following were");
	if (e->n <= last->n)
		return bad(w, e, "this event was added or moved");
	return bad(w, last, "this event was changed");
}

static int
check_event(const struct place *p, const struct audit_event *e,
    struct why *w)
{
	const struct audit_event *last = &p->last;

	if (e->torn)
		return bad(w, e, "cut off in the middle of a line");
	if (e->event.p == NULL)
		return bad(w, e, "this event was changed: it is none");
	if (audit_number(e, "audit") != AUDIT_FORMAT)
		return bad(w, e, "a format that this version does not know");
	if (!slice_eq(e->before, slice(last->line == 0 ? AUDIT_NOTHING :
	    last->hash)))
		return broken(p, e, w);
	if (e->n != last->n + 1)
		return bad(w, e, "this event was changed: its number");
	if (last->line == 0 && !slice_is(e->event, "run-start"))
		return bad(w, e, "the start of the run was dropped");
	return 0;
}

/* What is wrong with a log that has no end. */
static int
endless(const char *folder, long line, struct why *w)
{
	if (line == 0)
		return why(w, WHY_DATA, AUDIT_FILE ": it is empty");
	if (runs_busy(folder))
		return why(w, WHY_BUSY, "the run is still going on");
	return why(w, WHY_DATA, AUDIT_FILE ":%ld: cut: the end of the run is "
	    "missing (or it was killed)", line);
}

static int
check_lines(const char *folder, struct why *w)
{
	struct place p = { .last = { 0 } };
	struct audit_event e;
	bool ended = false;
	int r = 0;

	if (audit_open(&p.a, folder, w) == -1)
		return -1;
	while (r == 0 && audit_next(&p.a, &e)) {
		r = check_event(&p, &e, w);
		ended |= slice_is(e.event, "run-end");
		p.before = p.last;
		p.last = e;
	}
	if (r == 0 && !ended)
		r = endless(folder, p.last.line, w);
	audit_close(&p.a);
	return r;
}

/* Has `folder`'s log a line of this hash? */
static bool
has_line(const char *folder, struct slice hash)
{
	struct audit a;
	struct audit_event e;
	bool found = false;

	if (audit_open(&a, folder, NULL) == -1)
		return false;
	while (!found && audit_next(&a, &e))
		found = slice_eq(slice(e.hash), hash);
	audit_close(&a);
	return found;
}

/* Does the start of the run `name` agree with the run before it?  `of` is
 * the run that is asked about: only what names it is looked at. */
static int
check_link(const char *runs, const char *name, const char *of, struct why *w)
{
	char *folder = xasprintf("%s/%s", runs, name), *other = NULL;
	struct runlog l;
	int r = 0;

	if (runlog_open(&l, folder, NULL) == -1)
		goto out;
	if (slice_is(l.before_run, of)) {
		other = xasprintf("%s/%s", runs, of);
		if (!has_line(other, l.before_hash))
			r = why(w, WHY_DATA, AUDIT_FILE ": cut or changed at "
			    "its end: run %s has seen another", name);
	}
	runlog_close(&l);
out:
	free(folder);
	free(other);
	return r;
}

/* The runs after this one that name it as theirs before. */
static int
check_later(const char *folder, struct why *w)
{
	char *runs = xstrdup(folder), *slash = strrchr(runs, '/'), **list;
	size_t n;
	int r = 0;

	if (slash != NULL) {
		*slash = '\0';
		list = runs_list(runs, &n);
		for (size_t i = 0; i < n && r == 0; i++)
			if (strverscmp(list[i], slash + 1) > 0)
				r = check_link(runs, list[i], slash + 1, w);
		runs_free(list, n);
	}
	free(runs);
	return r;
}

int
chain_check(const char *folder, struct why *w)
{
	if (check_lines(folder, w) == -1)
		return -1;
	return check_later(folder, w);
}
