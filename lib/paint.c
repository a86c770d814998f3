/* paint - text for a person, on a terminal, in a file or in a browser. */
#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>

#include "paint.h"
#include "say.h"

static const struct {
	const char *colour, *style;
} tones[] = {
	[PAINT_PLAIN] = { "", NULL },
	[PAINT_HEAD] = { "\033[1m", "h" },
	[PAINT_ADD] = { "\033[32m", "a" },
	[PAINT_CHANGE] = { "\033[33m", "c" },
	[PAINT_DELETE] = { "\033[31m", "d" },
	[PAINT_BAD] = { "\033[31m", "b" },
	[PAINT_DIM] = { "\033[2m", "m" },
};

struct paint
paint_for(FILE *to, bool html)
{
	const char *no = getenv("NO_COLOR"), *term = getenv("TERM");

	return (struct paint){ .to = to, .html = html,
	    .colour = !html && isatty(fileno(to)) &&
	    (no == NULL || no[0] == '\0') &&
	    term != NULL && strcmp(term, "dumb") != 0 };
}

void
paint_open(const struct paint *p, const char *title)
{
	if (!p->html)
		return;
	fprintf(p->to, "<!doctype html>\n<html lang=\"en\"><head>"
	    "<meta charset=\"utf-8\"><title>");
	paint_text(p, PAINT_PLAIN, slice(title));
	fprintf(p->to, "</title>\n<style>body{font:14px/1.4 sans-serif}"
	    "pre{font:13px/1.4 monospace;white-space:pre-wrap}"
	    ".h{font-weight:bold}.a{color:#06661c}.c{color:#8a5a00}"
	    ".d,.b{color:#a8071a}.m{color:#666}</style></head>\n<body><h1>");
	paint_text(p, PAINT_PLAIN, slice(title));
	fprintf(p->to, "</h1>\n<pre>");
}

void
paint_close(const struct paint *p)
{
	if (p->html)
		fprintf(p->to, "</pre></body></html>\n");
}

/* The UTF-8 character at `p` when it must not reach a terminal, and its
 * length: C0 and C1 controls, DEL, marks of direction. */
static unsigned
forbidden(const unsigned char *p, size_t n, size_t *length)
{
	unsigned c = p[0];

	*length = 1;
	if ((c < 0x20 && c != '\n') || c == 0x7f)
		return c;
	if (c == 0xc2 && n > 1 && p[1] < 0xa0) {
		*length = 2;
		return p[1];
	}
	if (c == 0xe2 && n > 2) {
		c = 0x2000U | (p[1] & 0x3fU) << 6 | (p[2] & 0x3fU);
		*length = 3;
		if (c == 0x200e || c == 0x200f || c == 0x2028 || c == 0x2029 ||
		    (c >= 0x202a && c <= 0x202e) ||
		    (c >= 0x2066 && c <= 0x2069))
			return c;
		*length = 1;
	}
	return 0;
}

static void
put(const struct paint *p, struct slice text)
{
	static const char special[] = "<>&\"";
	static const char *const entity[] = {
		"&lt;", "&gt;", "&amp;", "&quot;",
	};
	const char *end = text.p + text.n, *at, *s;
	size_t n;
	unsigned c;

	for (at = text.p; at < end; at += n) {
		c = forbidden((const unsigned char *)at, (size_t)(end - at),
		    &n);
		if (c != 0)
			fprintf(p->to, "\\u%04x", c);
		else if (p->html && *at != '\0' &&
		    (s = strchr(special, *at)) != NULL)
			fputs(entity[s - special], p->to);
		else if (*at != '\0')
			putc(*at, p->to);
	}
}

void
paint_text(const struct paint *p, enum paint_tone tone, struct slice text)
{
	if (text.n == 0)
		return;
	if (p->html && tones[tone].style != NULL)
		fprintf(p->to, "<span class=\"%s\">", tones[tone].style);
	if (p->colour)
		fputs(tones[tone].colour, p->to);
	put(p, text);
	if (p->colour && tone != PAINT_PLAIN)
		fputs("\033[0m", p->to);
	if (p->html && tones[tone].style != NULL)
		fputs("</span>", p->to);
}

void
paint_fmt(const struct paint *p, enum paint_tone tone, const char *fmt, ...)
{
	char text[2048];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	paint_text(p, tone, slice(text));
}

void
paint_cut(const struct paint *p, enum paint_tone tone, struct slice text,
    size_t max)
{
	size_t n = (size_t)slice_cut(text, max);

	paint_text(p, tone, (struct slice){ text.p, n });
	if (n < text.n)
		paint_fmt(p, PAINT_DIM, "... (%zu bytes)", text.n);
}

void
paint_begin(void)
{
	signal(SIGPIPE, SIG_IGN);
}

int
paint_end(FILE *to, int status)
{
	bool failed = ferror(to) != 0;

	errno = 0;
	if (fflush(to) == 0 && !failed)
		return status;
	if (errno == EPIPE)
		return 0;
	say_error("cannot write: %s", errno == 0 ? "output was lost" :
	    strerror(errno));
	return WHY_BROKEN;
}
