#include <curl/curl.h>
#include <stdio.h>
#include <strings.h>

#include "http-in.h"
#include "scan.h"

enum { WORDS = 160, DAY = 86400 };

struct slice
http_header(const struct http_call *c, const char *name)
{
	const char *p = c->head.p, *end = p + c->head.n, *eol;
	size_t n = strlen(name);

	for (; p != NULL && p < end; p = eol + 1) {
		struct slice v;

		if ((eol = memchr(p, '\n', (size_t)(end - p))) == NULL)
			break;
		if ((size_t)(eol - p) <= n || p[n] != ':' ||
		    strncasecmp(p, name, n) != 0)
			continue;
		v = (struct slice){ p + n + 1, (size_t)(eol - p) - n - 1 };
		while (v.n > 0 && (*v.p == ' ' || *v.p == '\t'))
			v.p++, v.n--;
		while (v.n > 0 && strchr(" \t\r", v.p[v.n - 1]) != NULL)
			v.n--;
		return v;
	}
	return (struct slice){ NULL, 0 };
}

static time_t
date_of(struct slice text)
{
	char s[64];

	if (text.p == NULL || text.n >= sizeof(s))
		return -1;
	memcpy(s, text.p, text.n);
	s[text.n] = '\0';
	return curl_getdate(s, NULL);
}

time_t
http_date(const struct http_call *c)
{
	return date_of(http_header(c, "Date"));
}

/* Seconds, or a date: that one is by the server's clock, as its Date is. */
long
http_retry_after(const struct http_call *c)
{
	struct slice v = http_header(c, "Retry-After");
	time_t then, now;
	long s = 0;
	size_t i;

	for (i = 0; i < v.n && v.p[i] >= '0' && v.p[i] <= '9'; i++)
		if ((s = s * 10 + (v.p[i] - '0')) > DAY)
			s = DAY;
	if (v.n > 0 && i == v.n)
		return s;
	if ((then = date_of(v)) == -1)
		return -1;
	if ((now = http_date(c)) == -1)
		now = time(NULL);
	if (then <= now)
		return 0;
	return then - now > DAY ? DAY : (long)(then - now);
}

/* The place behind the element that opens at `p`; style and script hold no
 * words. */
static const char *
skip_tag(const char *p, const char *end)
{
	static const char *const mute[] = { "<style", "<script" };
	const char *q;
	size_t i, n;

	for (i = 0; i < 2; i++) {
		n = strlen(mute[i]);
		if ((size_t)(end - p) <= n || strncasecmp(p, mute[i], n) != 0)
			continue;
		for (q = p + n; (size_t)(end - q) > n; q++)
			if (q[0] == '<' && q[1] == '/' &&
			    strncasecmp(q + 2, mute[i] + 1, n - 1) == 0) {
				p = q;
				break;
			}
	}
	q = memchr(p, '>', (size_t)(end - p));
	return q == NULL ? end : q + 1;
}

/* The first words of a body that is no JSON, one line of plain UTF-8. */
static void
first_words(struct slice body, struct buf *b)
{
	const char *p = body.p, *end = p + body.n;
	bool space = false;

	while (p != NULL && p < end && b->n < WORDS) {
		if (*p == '<') {
			p = skip_tag(p, end);
			space = true;
		} else if ((unsigned char)*p <= ' ' || *p == 0x7f) {
			p++;
			space = true;
		} else {
			if (space && b->n > 0)
				buf_char(b, ' ');
			space = false;
			buf_char(b, *p++);
		}
	}
	while (b->n > 0 && p < end && ((unsigned char)*p & 0xc0) == 0x80)
		if (((unsigned char)b->p[--b->n] & 0xc0) == 0xc0)
			break;
	if (!scan_utf8(buf_all(b)))
		for (size_t i = 0; i < b->n; i++)
			if ((unsigned char)b->p[i] >= 0x80)
				b->p[i] = '?';
}

static bool
has_word(struct slice text, const char *word)
{
	size_t n = strlen(word), i;

	for (i = 0; i + n <= text.n; i++)
		if (strncasecmp(text.p + i, word, n) == 0)
			return true;
	return false;
}

/* Only the outermost form: the vendor's module reads the rest. */
static bool
looks_like_json(struct slice t)
{
	static const char *const words[] = { "true", "false", "null" };
	char last;
	size_t i;

	while (t.n > 0 && strchr(" \t\r\n", *t.p) != NULL)
		t.p++, t.n--;
	while (t.n > 0 && strchr(" \t\r\n", t.p[t.n - 1]) != NULL)
		t.n--;
	if (t.n == 0)
		return false;
	last = t.p[t.n - 1];
	for (i = 0; i < 3; i++)
		if (slice_is(t, words[i]))
			return true;
	switch (*t.p) {
	case '{': return last == '}' && t.n > 1;
	case '[': return last == ']' && t.n > 1;
	case '"': return last == '"' && t.n > 1;
	default: return strchr("-0123456789", *t.p) != NULL;
	}
}

int
http_shape(const struct http_call *c, struct why *w)
{
	struct buf url = BUF(400), words = BUF(WORDS + 8);
	struct slice body = buf_all(&c->answer);
	struct slice type = http_header(c, "Content-Type");
	size_t i = 0;
	bool html;
	int r;

	if (!c->json || c->sink != NULL || c->status / 100 != 2 ||
	    c->status == 204 || looks_like_json(body))
		return 0;
	while (i < body.n && strchr(" \t\r\n", body.p[i]) != NULL)
		i++;
	html = i < body.n && body.p[i] == '<';
	http_url_public(&url, c->url);
	first_words(body, &words);
	if (i == body.n)
		r = why_code(w, WHY_BROKEN, "no-answer",
		    "%s %s answered status %d with nothing in it", c->method,
		    buf_cstr(&url), c->status);
	else if (!html && has_word(type, "json"))
		r = why_code(w, WHY_BROKEN, "half-answer",
		    "the answer of %s %s stops in the middle, after %zu bytes",
		    c->method, buf_cstr(&url), body.n);
	else
		r = why_code(w, has_word(body, "maintenance") ? WHY_BUSY :
		    WHY_BROKEN, "not-json",
		    "%s %s answered a page for people instead of JSON: \"%s\"",
		    c->method, buf_cstr(&url), buf_cstr(&words));
	buf_free(&url);
	buf_free(&words);
	return r;
}

static enum why_kind
kind_of(int status)
{
	switch (status) {
	case 401: case 403:
		return WHY_SETUP;
	case 408: case 429: case 502: case 503: case 504:
		return WHY_BUSY;
	default:
		return status / 100 == 3 ? WHY_SETUP : WHY_BROKEN;
	}
}

/* How much of a URL can be shown: no query, nothing that moves a cursor. */
static int
plain_part(struct slice url)
{
	size_t n = 0;

	while (n < url.n && n < 200 && url.p[n] > ' ' && url.p[n] < 0x7f &&
	    url.p[n] != '?' && url.p[n] != '#')
		n++;
	return (int)n;
}

/* What a person can do about it. */
static void
advice(const struct http_call *c, bool explained, struct buf *b)
{
	struct slice to = http_header(c, "Location");
	long s = http_retry_after(c);

	if (c->status / 100 == 3 && to.p != NULL)
		buf_fmt(b, "; it points to %.*s: is the url of the "
		    "configuration the right one?", plain_part(to), to.p);
	else if (c->status == 401)
		buf_str(b, "; are the credentials right, and do they have the "
		    "right to do this?");
	else if (c->status == 403)
		buf_str(b, "; the right is missing, or a firewall between "
		    "refuses it");
	else if (c->status == 404 && !explained)
		buf_str(b, "; is the url of the configuration the right one?");
	else if (kind_of(c->status) == WHY_BUSY && s > 0)
		buf_fmt(b, "; it asks to come back in %ld s", s);
	else if (kind_of(c->status) == WHY_BUSY)
		buf_str(b, "; try again later");
}

int
http_check_said(const struct http_call *c, const char *said,
    const char *todo, struct why *w)
{
	struct buf url = BUF(400), words = BUF(WORDS + 8), more = BUF(500);
	char code[32];

	if (c->error.kind != WHY_NONE) {
		if (w != NULL)
			*w = c->error;
		return -1;
	}
	if (c->status / 100 == 2)
		return 0;
	http_url_public(&url, c->url);
	first_words(buf_all(&c->answer), &words);
	if (todo != NULL)
		buf_fmt(&more, "; %s", todo);
	else
		advice(c, said != NULL, &more);
	if (said == NULL)
		said = words.n == 0 ? "no text" : buf_cstr(&words);
	snprintf(code, sizeof(code), "http-%d", c->status);
	why_code(w, kind_of(c->status), code,
	    "%s %s answered status %d: %.400s%s", c->method, buf_cstr(&url),
	    c->status, said, buf_cstr(&more));
	buf_free(&url);
	buf_free(&words);
	buf_free(&more);
	return -1;
}

int
http_check(const struct http_call *c, struct why *w)
{
	return http_check_said(c, NULL, NULL, w);
}
