/* why - why something failed, as a value. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "why.h"

/* Cut at a whole UTF-8 character, so that the text can go into JSON. */
static void
put(struct why *w, const char *fmt, va_list ap)
{
	size_t max = sizeof(w->text) - 4;
	int n = vsnprintf(w->text, sizeof(w->text), fmt, ap);

	if (n < 0 || (size_t)n < sizeof(w->text))
		return;
	while (max > 0 && ((unsigned char)w->text[max] & 0xc0) == 0x80)
		max--;
	memcpy(w->text + max, "...", 4);
}

static void
put_args(struct why *w, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	put(w, fmt, ap);
	va_end(ap);
}

int
why(struct why *w, enum why_kind kind, const char *fmt, ...)
{
	va_list ap;

	if (w == NULL)
		return -1;
	w->kind = kind;
	w->code[0] = '\0';
	va_start(ap, fmt);
	put(w, fmt, ap);
	va_end(ap);
	return -1;
}

int
why_code(struct why *w, enum why_kind kind, const char *code,
    const char *fmt, ...)
{
	va_list ap;

	if (w == NULL)
		return -1;
	w->kind = kind;
	snprintf(w->code, sizeof(w->code), "%s", code);
	va_start(ap, fmt);
	put(w, fmt, ap);
	va_end(ap);
	return -1;
}

int
why_in(struct why *w, const char *fmt, ...)
{
	char before[512], old[sizeof(w->text)];
	va_list ap;

	if (w == NULL)
		return -1;
	va_start(ap, fmt);
	vsnprintf(before, sizeof(before), fmt, ap);
	va_end(ap);
	memcpy(old, w->text, sizeof(old));
	put_args(w, "%s: %s", before, old);
	return -1;
}
