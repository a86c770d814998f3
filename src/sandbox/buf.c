#include <err.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"

char *
buf_room(struct buf *b, size_t n)
{
	size_t want, cap;

	if (n > BUF_MAX || b->n > BUF_MAX - n)
		errx(3, "a buffer of more than %zu bytes", BUF_MAX);
	want = b->n + n + 1;
	if (want > b->cap) {
		cap = b->cap ? b->cap : 64;
		while (cap < want)
			cap *= 2;
		if ((b->p = realloc(b->p, cap)) == NULL)
			err(3, "cannot allocate %zu bytes", cap);
		b->cap = cap;
	}
	b->p[b->n] = '\0';
	return b->p + b->n;
}

void
buf_add(struct buf *b, const void *p, size_t n)
{
	char *to = buf_room(b, n);

	if (n)
		memcpy(to, p, n);
	b->n += n;
	b->p[b->n] = '\0';
}

void
buf_str(struct buf *b, const char *s)
{
	buf_add(b, s, strlen(s));
}

void
buf_byte(struct buf *b, char c)
{
	buf_add(b, &c, 1);
}

void
buf_fmt(struct buf *b, const char *fmt, ...)
{
	va_list ap;
	char *to;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0)
		errx(3, "cannot format '%s'", fmt);
	to = buf_room(b, (size_t)n);
	va_start(ap, fmt);
	vsnprintf(to, (size_t)n + 1, fmt, ap);
	va_end(ap);
	b->n += (size_t)n;
}

void
buf_json(struct buf *b, const char *s, size_t n)
{
	static const char named[] = "\b\t\n\f\r\"\\", letter[] = "btnfr\"\\";
	const char *at;
	size_t i, from = 0;

	buf_byte(b, '"');
	for (i = 0; i < n; i++) {
		unsigned char c = (unsigned char)s[i];

		if (c >= 0x20 && c != '"' && c != '\\')
			continue;
		buf_add(b, s + from, i - from);
		from = i + 1;
		at = c ? strchr(named, c) : NULL;
		if (at)
			buf_fmt(b, "\\%c", letter[at - named]);
		else
			buf_fmt(b, "\\u%04x", c);
	}
	buf_add(b, s + from, n - from);
	buf_byte(b, '"');
}

char *
buf_dup(const char *s)
{
	char *p = strdup(s);

	if (p == NULL)
		err(3, "cannot allocate memory");
	return p;
}

void
buf_free(struct buf *b)
{
	free(b->p);
	b->p = NULL;
	b->n = b->cap = 0;
}
