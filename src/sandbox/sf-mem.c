/* sf-mem - memory with a lifetime, and the ways to quote text */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sf-mem.h"

#define BLOCK 65536

struct sf_block {
	struct sf_block *next;
	size_t used, cap;
	_Alignas(max_align_t) char p[];
};

static void *
need(void *p)
{
	if (p == NULL) {
		fputs("sf-sandbox: out of memory\n", stderr);
		abort();
	}
	return p;
}

void *
sf_xmalloc(size_t n)
{
	return need(malloc(n ? n : 1));
}

void *
sf_xrealloc(void *p, size_t n)
{
	return need(realloc(p, n ? n : 1));
}

char *
sf_xstrdup(const char *s)
{
	return need(strdup(s));
}

void
sf_csv(struct buf *b, const char *s, size_t n)
{
	const char *end = s + n, *q;

	buf_byte(b, '"');
	while (s < end && (q = memchr(s, '"', (size_t)(end - s))) != NULL) {
		buf_add(b, s, (size_t)(q - s) + 1);
		buf_byte(b, '"');
		s = q + 1;
	}
	if (s < end)
		buf_add(b, s, (size_t)(end - s));
	buf_byte(b, '"');
}

void
sf_html(struct buf *b, const char *s, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		switch (s[i]) {
		case '&': buf_str(b, "&amp;"); break;
		case '<': buf_str(b, "&lt;"); break;
		case '>': buf_str(b, "&gt;"); break;
		case '"': buf_str(b, "&quot;"); break;
		case '\'': buf_str(b, "&#39;"); break;
		default: buf_byte(b, s[i]);
		}
	}
}

/* Bytes of the UTF-8 character at `p`, 0 when there is none. */
static size_t
character(const unsigned char *p)
{
	size_t n = *p < 0x80 ? 1 : *p < 0xc2 ? 0 : *p < 0xe0 ? 2 :
	    *p < 0xf0 ? 3 : *p < 0xf5 ? 4 : 0, i;

	for (i = 1; i < n; i++)
		if ((p[i] & 0xc0) != 0x80)
			return 0;
	return n;
}

void
sf_json(struct buf *b, const char *s)
{
	struct buf clean = {0};
	size_t n;

	for (; *s; s += n ? n : 1) {
		n = character((const unsigned char *)s);
		if (n)
			buf_add(&clean, s, n);
		else
			buf_str(&clean, "\xef\xbf\xbd");
	}
	buf_json(b, clean.p ? clean.p : "", clean.n);
	buf_free(&clean);
}

void *
sf_alloc(struct sf_arena *a, size_t n)
{
	struct sf_block *k = a->head;
	size_t cap;
	void *p;

	n = (n + 15) & ~(size_t)15;
	if (k == NULL || k->cap - k->used < n) {
		cap = n > BLOCK ? n : BLOCK;
		k = sf_xmalloc(sizeof(*k) + cap);
		k->next = a->head;
		k->used = 0;
		k->cap = cap;
		a->head = k;
	}
	p = k->p + k->used;
	k->used += n;
	return p;
}

char *
sf_dup(struct sf_arena *a, const char *s, size_t n)
{
	char *p = sf_alloc(a, n + 1);

	if (n)
		memcpy(p, s, n);
	p[n] = '\0';
	return p;
}

void
sf_arena_reset(struct sf_arena *a)
{
	struct sf_block *k;

	while ((k = a->head) != NULL && (k->next != NULL || k->cap > BLOCK)) {
		a->head = k->next;
		free(k);
	}
	if (k != NULL)
		k->used = 0;
}

void
sf_arena_free(struct sf_arena *a)
{
	struct sf_block *k;

	while ((k = a->head) != NULL) {
		a->head = k->next;
		free(k);
	}
}
