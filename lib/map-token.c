/* map-token - what is not usual in strings, numbers and words */

#include <stdlib.h>

#include "map-token.h"
#include "utf8.h"

const char *
token_bad(struct scanner *s, const char *p, const char *text)
{
	if (s->why->kind == WHY_NONE)
		why_code(s->why, WHY_DATA, "bad-json", "%s at byte %zu", text,
		    (size_t)(p - s->start));
	return NULL;
}

const char *
token_white(struct scanner *s, const char *p)
{
	while (p < s->end &&
	    (*p == ' ' || *p == '\n' || *p == '\t' || *p == '\r'))
		p++;
	return p;
}

/* ---- strings ---- */

/* The next byte from `p` on that is not plain ASCII text. */
static inline const char *
plain(const char *p, const char *end)
{
#ifdef __SSE2__
	unsigned m;

	for (; p < end; p += 16)
		if ((m = special(p)) != 0)
			return p + __builtin_ctz(m);
	return end;
#else
	while (p < end && (unsigned char)*p >= 0x20 &&
	    (unsigned char)*p < 0x80 && *p != '"' && *p != '\\')
		p++;
	return p;
#endif
}

/* Behind the characters beyond ASCII at `p`. */
static const char *
characters(struct scanner *s, const char *p)
{
	int n;

	if ((unsigned char)*p < 0x80)
		return token_bad(s, p, "control character");
	do {
		if ((n = text_utf8((const unsigned char *)p)) == 0)
			return token_bad(s, p, "not UTF-8");
		p += n;
	} while ((unsigned char)*p >= 0x80);
	return p;
}

const char *
token_string(struct scanner *s, const char *p, bool *escaped)
{
	const char *q;

	*escaped = false;
	for (;;) {
		p = plain(p, s->end);
		if (p >= s->end)
			return token_bad(s, s->end, "a string does not end");
		if (*p == '"')
			return p;
		if (*p != '\\') {
			if ((p = characters(s, p)) == NULL)
				return NULL;
			continue;
		}
		*escaped = true;
		do {		/* they like to come in rows */
			if (text_simple[(unsigned char)p[1]] != '\0')
				q = p + 2;
			else if ((q = text_escape(p)) == NULL)
				return token_bad(s, p, "bad escape");
		} while (*(p = q) == '\\');
	}
}

/* Copy what is plain from `p` on: up to where it ends. */
static inline const char *
copy_plain(const char *p, const char *end, char **to)
{
	char *q = *to;
#ifdef __SSE2__
	unsigned m = 0;

	for (; p < end; p += 16, q += 16) {
		memcpy(q, p, 16);
		if ((m = special(p)) != 0) {
			p += __builtin_ctz(m);
			*to = q + __builtin_ctz(m);
			return p;
		}
	}
	*to = q;
	return end;
#else
	const char *stop = plain(p, end);

	memcpy(q, p, (size_t)(stop - p));
	*to = q + (stop - p);
	return stop;
#endif
}

/* Undo the escapes in a row at `p`; `clean` stays when what they mean needs
 * none. */
static inline const char *
undo(struct scanner *s, const char *p, char **to, bool *clean)
{
	const char *from;
	unsigned point;
	char c;

	do {
		if ((c = text_simple[(unsigned char)p[1]]) != '\0') {
			*(*to)++ = c;
			*clean &= c == '/';
			p += 2;
			continue;
		}
		from = p;
		if (p[1] != 'u' || (p = text_unicode(p, &point)) == NULL)
			return token_bad(s, from, "bad escape");
		if (point < 0x80)
			*clean &= point >= ' ' && point != '"' &&
			    point != '\\';
		*to = utf8_put(*to, point);
	} while (*p == '\\');
	return p;
}

/* Room for `n` bytes, where the pool has none. */
static char *
text_room(struct scanner *s, size_t n)
{
	if (n > s->text_room) {
		free(s->text);
		s->text_room = n + n / 8;
		s->text = xmalloc(s->text_room);
	}
	return s->text;
}

/* The string whose inside began at `from`; its first escape is at `p`. */
static const char *
decode(struct scanner *s, const char *from, const char *p, struct val *out)
{
	/* what it means is never longer; most often it can stay there */
	size_t most = (size_t)(s->end - from) + ROOM;
	bool stays = most <= s->pool->left;
	char *room = stays ? s->pool->at : text_room(s, most), *copy;
	char *q = text_copy(room, from, (size_t)(p - from));
	const char *next;
	bool clean = true;
	size_t n;

	for (;;) {
		if (*p == '\\') {
			if ((p = undo(s, p, &q, &clean)) == NULL)
				return NULL;
		} else if ((unsigned char)*p >= 0x80) {
			if ((next = characters(s, p)) == NULL)
				return NULL;
			q = text_copy(q, p, (size_t)(next - p));
			p = next;
		}
		p = copy_plain(p, s->end, &q);
		if (p >= s->end)
			return token_bad(s, s->end, "a string does not end");
		if (*p == '"')
			break;
		if ((unsigned char)*p < ' ')
			return token_bad(s, p, "control character");
	}
	n = (size_t)(q - room);
	copy = pool_get(s->pool, n);
	if (!stays)
		text_copy(copy, room, n);
	*out = val_text(copy, n);
	out->flags = clean ? VF_CLEAN : 0;
	return p + 1;
}

const char *
token_keep(struct scanner *s, const char *from, const char *p,
    struct val *out)
{
	for (;;) {
		p = plain(p, s->end);
		if (p >= s->end)
			return token_bad(s, s->end, "a string does not end");
		if (*p == '"')
			break;
		if (*p == '\\')
			return decode(s, from, p, out);
		if ((p = characters(s, p)) == NULL)
			return NULL;
	}
	*out = val_text(from, (size_t)(p - from));
	out->flags = VF_CLEAN;
	return p + 1;
}

const char *
token_skip(struct scanner *s, const char *p)
{
	bool escaped;

	p = token_string(s, p, &escaped);
	return p == NULL ? NULL : p + 1;
}

/* ---- other scalars ---- */

static inline bool
digit(char c)
{
	return (unsigned char)(c - '0') < 10;
}

const char *
token_number(struct scanner *s, const char *p)
{
	const char *from = p;

	if (*p == '-')
		p++;
	if (*p == '0')
		p++;
	else if (digit(*p))
		while (digit(*p))
			p++;
	else
		return token_bad(s, from, from >= s->end ?
		    "it stops in the middle" : "not JSON");
	if (*p == '.') {
		if (!digit(*++p))
			return token_bad(s, from, "bad number");
		while (digit(*p))
			p++;
	}
	if (*p == 'e' || *p == 'E') {
		p++;
		if (*p == '+' || *p == '-')
			p++;
		if (!digit(*p))
			return token_bad(s, from, "bad number");
		while (digit(*p))
			p++;
	}
	return p;
}

const char *
token_word(struct scanner *s, const char *p, uint8_t *kind)
{
	if (memcmp(p, "null", 4) == 0) {
		*kind = V_NULL;
		return p + 4;
	}
	if (memcmp(p, "true", 4) == 0) {
		*kind = V_TRUE;
		return p + 4;
	}
	if (memcmp(p, "false", 5) == 0) {
		*kind = V_FALSE;
		return p + 5;
	}
	return token_bad(s, p, "not JSON");
}
