/* say - what a program tells a person, on standard error. */
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "mem.h"
#include "progress.h"
#include "say.h"

/* The one state at file scope in the library: who speaks, and how much.
 * Workers of a crew speak as well; progress is the main thread's. */
static struct {
	const char *name;
	_Atomic enum say_level level;
	time_t told;		/* when progress was last shown */
	atomic_bool open;	/* a progress line waits for its end */
	struct progress *noted;	/* where somebody else draws it */
	bool asked;
} who = { "millrace", SAY_NORMAL, 0, false, NULL, false };

void
say_start(const char *name, enum say_level level)
{
	who.name = name;
	who.level = level;
}

void
say_level(enum say_level level)
{
	who.level = level;
}

bool
say_tells(enum say_level level)
{
	return who.level >= level;
}

/* U+0080 to U+009F, which a terminal obeys as it obeys ESC. */
static bool
is_c1(const unsigned char *p)
{
	return p[0] == 0xc2 && p[1] >= 0x80 && p[1] <= 0x9f;
}

/* Control characters are shown, not sent; a line feed stays. */
static void
put_clean(struct buf *b, const char *s)
{
	const unsigned char *p = (const unsigned char *)s;

	for (; *p != '\0'; p++) {
		if (is_c1(p))
			buf_fmt(b, "\\x%02x", *++p);
		else if ((*p < 0x20 && *p != '\n' && *p != '\t') ||
		    *p == 0x7f)
			buf_fmt(b, "\\x%02x", *p);
		else
			buf_char(b, (char)*p);
	}
}

static void
tell(const char *fmt, va_list ap)
{
	char text[4096];
	struct buf b = BUF(4 * sizeof(text));

	vsnprintf(text, sizeof(text), fmt, ap);
	if (atomic_exchange(&who.open, false))
		buf_char(&b, '\n');
	else if (getenv("MILLRACE_PROGRESS") != NULL && progress_terminal())
		buf_str(&b, "\r\033[K");	/* the line of the run */
	buf_str(&b, who.name);
	buf_str(&b, ": ");
	put_clean(&b, text);
	buf_char(&b, '\n');
	if (write(STDERR_FILENO, b.p, b.n) == -1)
		who.level = SAY_QUIET;	/* nobody is there to be told */
	buf_free(&b);
}

void
say(const char *fmt, ...)
{
	va_list ap;

	if (who.level < SAY_NORMAL)
		return;
	va_start(ap, fmt);
	tell(fmt, ap);
	va_end(ap);
}

void
say_verbose(const char *fmt, ...)
{
	va_list ap;

	if (who.level < SAY_VERBOSE)
		return;
	va_start(ap, fmt);
	tell(fmt, ap);
	va_end(ap);
}

void
say_error(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	tell(fmt, ap);
	va_end(ap);
}

int
say_why(const struct why *w)
{
	say_error("%s", w->text[0] == '\0' ? "failed" : w->text);
	return w->kind == WHY_NONE ? WHY_BROKEN : (int)w->kind;
}

void
say_progress(const char *what, long done, long total)
{
	bool terminal = progress_terminal();
	time_t now = time(NULL);
	char of[32] = "", line[256];
	int n;

	if (!who.asked) {
		who.asked = true;
		who.noted = progress_of(getenv("MILLRACE_PROGRESS"));
	}
	if (who.noted != NULL) {
		progress_total(who.noted, total);
		return;
	}
	if (who.level < SAY_NORMAL || now - who.told < (terminal ? 1 : 60))
		return;
	if (who.told == 0 && !terminal) {
		who.told = now;	/* the first minute passes in silence */
		return;
	}
	who.told = now;
	if (total >= 0)
		snprintf(of, sizeof(of), " of %ld", total);
	n = snprintf(line, sizeof(line), "%s%s: %s %ld%s%s",
	    terminal ? "\r\033[K" : "", who.name, what, done, of,
	    terminal ? "" : "\n");
	if (n >= (int)sizeof(line))
		n = (int)sizeof(line) - 1;
	if (write(STDERR_FILENO, line, (size_t)n) == -1)
		who.level = SAY_QUIET;
	who.open = terminal;
}

/* Edits (insert, delete, replace, swap) from `a` to `b`, both short. */
static int
distance(const char *a, const char *b)
{
	int row[3][64], *two = row[0], *one = row[1], *now = row[2], *t;
	int n = (int)strlen(a), m = (int)strlen(b), i, j, best;

	if (n > 62 || m > 62)
		return 99;
	for (j = 0; j <= m; j++)
		one[j] = two[j] = j;
	for (i = 1; i <= n; i++) {
		now[0] = i;
		for (j = 1; j <= m; j++) {
			best = one[j - 1] + (a[i - 1] != b[j - 1]);
			if (one[j] + 1 < best)
				best = one[j] + 1;
			if (now[j - 1] + 1 < best)
				best = now[j - 1] + 1;
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
			    a[i - 2] == b[j - 1] && two[j - 2] + 1 < best)
				best = two[j - 2] + 1;
			now[j] = best;
		}
		t = two, two = one, one = now, now = t;
	}
	return one[m];
}

const char *
say_nearest(const char *name, const char *const *list, int n)
{
	const char *best = NULL;
	int i, d, near = (int)strlen(name) / 3 + 2;

	for (i = 0; i < n; i++) {
		d = distance(name, list[i]);
		if (d < near) {
			near = d;
			best = list[i];
		}
	}
	return best;
}

const char *
say_meant(char room[SAY_MEANT], const char *name, const char *const *list,
    int n)
{
	const char *near = say_nearest(name, list, n);

	if (near == NULL)
		return "";
	snprintf(room, SAY_MEANT, "; did you mean '%.200s'?", near);
	return room;
}
