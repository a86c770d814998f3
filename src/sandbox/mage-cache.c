#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mage-cache.h"

#define ANSWERS 64	/* the oldest makes room */

struct cache {
	struct kept {
		char *url, *type;
		struct buf body;
		time_t at;
	} kept[ANSWERS];
	size_t next;
};

struct cache *
cache_open(void)
{
	struct cache *c = calloc(1, sizeof *c);

	if (c == NULL)
		err(3, "cannot allocate memory");
	return c;
}

static void
forget(struct kept *k)
{
	free(k->url);
	free(k->type);
	buf_free(&k->body);
	memset(k, 0, sizeof *k);
}

void
cache_close(struct cache *c)
{
	if (c == NULL)
		return;
	for (size_t i = 0; i < ANSWERS; i++)
		forget(&c->kept[i]);
	free(c);
}

static char *
url_of(const struct request *rq)
{
	struct buf b = {0};

	buf_fmt(&b, "%s?%s", rq->path, rq->query);
	return b.p;
}

int
cache_answer(struct shop *shop, const struct request *rq, struct reply *rp)
{
	time_t now = serve_now(&shop->serve);
	struct kept *k = shop->cache->kept, *end = k + ANSWERS;
	char *url, text[40];
	struct buf *b;

	if (shop->set.cache == 0 || strcmp(rq->method, "GET") != 0)
		return 0;
	url = url_of(rq);
	while (k < end && !(k->url && strcmp(k->url, url) == 0 &&
	    now - k->at < shop->set.cache))
		k++;
	free(url);
	if (k == end)
		return 0;
	b = reply_with(rp, 200, k->type);
	buf_add(b, k->body.p, k->body.n);
	/* younger than a second it would pass for fresh */
	snprintf(text, sizeof text, "%lld",
	    now > k->at ? (long long)(now - k->at) : 1LL);
	reply_header(rp, "Age", text);
	snprintf(text, sizeof text, "max-age=%ld", shop->set.cache);
	reply_header(rp, "Cache-Control", text);
	return 1;
}

void
cache_keep(struct shop *shop, const struct request *rq, const char *type,
    const struct buf *body)
{
	struct cache *c = shop->cache;
	struct kept *k = &c->kept[c->next++ % ANSWERS];

	if (shop->set.cache == 0 || strcmp(rq->method, "GET") != 0)
		return;
	forget(k);
	k->url = url_of(rq);
	k->type = buf_dup(type);
	buf_add(&k->body, body->p, body->n);
	k->at = serve_now(&shop->serve);
}
