/* http-hide - what a server tells back of a request, without its secrets. */
#include <curl/curl.h>

#include "http-in.h"

enum { SECRET_MIN = 6 };	/* what is shorter is a word as well */

/* Stars of the same length: JSON stays JSON. */
static void
star(struct buf *b, struct slice secret)
{
	char *p = b->p, *end = b->p + b->n;

	if (secret.n < SECRET_MIN || b->n == 0)
		return;
	while ((p = memmem(p, (size_t)(end - p), secret.p,
	    secret.n)) != NULL) {
		memset(p, '*', secret.n);
		p += secret.n;
	}
}

static void
hide(struct http_call *c, struct slice secret)
{
	star(&c->head, secret);
	star(&c->answer, secret);
}

/* The method, the version, the time. */
static bool
is_known(struct slice value)
{
	return strspn(value.p, "0123456789.") >= value.n ||
	    (value.n > 5 && memcmp(value.p, "HMAC-", 5) == 0);
}

/* Of "Bearer TOKEN" the token; of a signature whatever stands in quotes, but
 * for what everybody knows. */
static void
hide_authorization(struct http_call *c, const char *value)
{
	const char *p = strchr(value, '"'), *end;
	struct slice part;

	if (p == NULL) {
		p = strchr(value, ' ');
		hide(c, slice(p == NULL ? value : p + 1));
		return;
	}
	for (; p != NULL; p = strchr(end + 1, '"')) {
		if ((end = strchr(++p, '"')) == NULL)
			return;
		part = (struct slice){ p, (size_t)(end - p) };
		if (!is_known(part))
			hide(c, part);
	}
}

/* An answer to keep as it is: data, in which nothing is told of the request.
 * A message in its place says so in its first member. */
static bool
is_data(const struct http_call *c)
{
	struct slice t = buf_all(&c->answer);

	while (t.n > 0 && strchr(" \t\r\n", *t.p) != NULL)
		t.p++, t.n--;
	return c->status / 100 == 2 && t.n > 0 && (*t.p == '[' ||
	    (*t.p == '{' && memmem(t.p, t.n < 20 ? t.n : 20, "\"message",
	    8) == NULL));
}

void
http_hide(struct http_state *s)
{
	static const char name[] = "Authorization: ";
	struct http_call *c = s->call;
	const struct curl_slist *l;
	size_t i;

	if (is_data(c))
		return;
	for (l = s->lines; l != NULL; l = l->next)
		if (strncmp(l->data, name, sizeof(name) - 1) == 0)
			hide_authorization(c, l->data + sizeof(name) - 1);
	for (i = 0; c->secrets != NULL && c->secrets[i].p != NULL; i++)
		hide(c, c->secrets[i]);
}
