/* runlog-write - the events with which the log of a run begins and ends. */
#include <stdlib.h>
#include <unistd.h>

#include "audit.h"
#include "child.h"
#include "runlog-write.h"
#include "runs.h"

enum { EVENT = 512 << 10 };

static void
put_before(const struct runlog_start *s, struct buf *out)
{
	char *folder;
	struct audit a;
	struct audit_event e, last = { 0 };

	if (s->before == NULL)
		return;
	folder = xasprintf("%s/%s", s->runs, s->before);
	if (audit_open(&a, folder, NULL) == 0) {
		while (audit_next(&a, &e))
			last = e;
		audit_close(&a);
	}
	free(folder);
	if (last.line == 0)
		return;
	buf_str(out, ",\"previous\":{\"run\":");
	scan_quote(out, slice(s->before));
	buf_fmt(out, ",\"hash\":\"%s\"}", last.hash);
}

int
runlog_start(const struct runlog_start *s, struct why *w)
{
	struct buf b = BUF(EVENT), key = BUF(4096);
	int ok = -1;

	if (runs_key(s->runs, &key, w) == -1)
		goto out;
	buf_str(&b, "\"event\":\"run-start\",\"run\":");
	scan_quote(&b, slice(runs_name(s->folder)));
	buf_str(&b, ",\"kind\":");
	scan_quote(&b, slice(s->kind));
	buf_fmt(&b, ",\"process\":%ld,\"version\":\"%s\",", (long)getpid(),
	    VERSION);
	audit_arguments(&b, s->argv, buf_all(&key));
	buf_str(&b, ",\"conf\":");
	scan_quote(&b, slice(s->conf));
	put_before(s, &b);
	ok = audit_append(s->folder, buf_all(&b), NULL, w);
out:
	buf_free(&b);
	buf_free(&key);
	return ok;
}

int
runlog_end(const char *folder, int wait_status, double seconds,
    const struct run_calls *before, const struct conf *conf, struct why *w)
{
	struct buf b = BUF(EVENT);
	int ok;

	buf_str(&b, "\"event\":\"run-end\",");
	child_json(wait_status, &b);
	buf_fmt(&b, ",\"seconds\":%.3f", seconds);
	run_calls_put(before, conf, &b);
	ok = audit_append(folder, buf_all(&b), NULL, w);
	buf_free(&b);
	return ok;
}
