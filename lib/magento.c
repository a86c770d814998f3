#include "magento.h"

#include <pthread.h>
#include <stdlib.h>

#include "magento-login.h"

enum { READS, WRITES, LOGINS, KINDS };

static const char *const kinds[KINDS] = { "read", "write", "login" };

/* What all handles of one store share. */
struct shared {
	pthread_mutex_t lock;	/* for the two that follow */
	int users;
	long calls[KINDS];
	struct mage_login *login;
	atomic_bool stop;
};

struct mage {
	const struct conf *conf;
	struct ledger *ledger;	/* of the first handle only */
	struct shared *shared;
	struct http *h;
	const char *base;
	char *store;		/* view that it speaks to */
	char *ca_file;
};

static void
count(void *ctx, const struct http_attempt *a)
{
	struct shared *s = ctx;
	int i;

	pthread_mutex_lock(&s->lock);
	for (i = 0; i < KINDS; i++)
		if (strcmp(kinds[i], a->kind) == 0)
			s->calls[i]++;
	pthread_mutex_unlock(&s->lock);
}

void
mage_tally(struct mage *m)
{
	long n[KINDS];
	int i;

	pthread_mutex_lock(&m->shared->lock);
	memcpy(n, m->shared->calls, sizeof(n));
	if (m->ledger != NULL)
		memset(m->shared->calls, 0, sizeof(n));
	pthread_mutex_unlock(&m->shared->lock);
	for (i = 0; m->ledger != NULL && i < KINDS; i++)
		for (; n[i] > 0; n[i]--)
			ledger_call(m->ledger, "magento", kinds[i]);
}

/* The name of the header by which the answer says that a cache gave it. */
static const char *
cache_of(const struct http_call *c)
{
	static const char *const hits[] = { "X-Cache",
	    "X-Magento-Cache-Debug", "CF-Cache-Status" };
	struct slice age = http_header(c, "Age"), v;
	size_t i;

	if (age.n > 0 && !slice_is(age, "0"))
		return "Age";
	for (i = 0; i < sizeof(hits) / sizeof(*hits); i++) {
		v = http_header(c, hits[i]);
		if (v.n > 0 && (memmem(v.p, v.n, "HIT", 3) != NULL ||
		    memmem(v.p, v.n, "Hit", 3) != NULL))
			return hits[i];
	}
	return NULL;
}

/* A cache that keeps what was made for one login would give it to others,
 * and old records to us. */
static int
not_from_cache(const struct http_call *c, struct why *w)
{
	const char *name = cache_of(c);
	struct slice v;

	if (strcmp(c->method, "GET") != 0 || name == NULL)
		return 0;
	v = http_header(c, name);
	return why_code(w, WHY_SETUP, "cached", "an answer comes from a cache "
	    "(%s: %.*s), so it may be old; keep rest/ out of the cache in "
	    "front of Magento", name, slice_cut(v, 40), v.p);
}

/* What to do, where it is more than usual with such a status. */
static const char *
todo_of(const struct mage *m, const struct http_call *c, const char *said)
{
	bool store = strstr(said, "does not match any route") != NULL ||
	    strstr(said, "Specified request cannot be processed") != NULL;

	if (c->status == 401)
		return mage_login_todo(m->shared->login, said);
	if (c->status == 403)
		return "Magento never answers so: a firewall or the web server "
		    "in front of it does; let User-Agent millrace through to "
		    "rest/, query and all";
	if (c->status == 404 && *said == '\0')
		return "this is no Magento, or its REST API is elsewhere: is "
		    "[magento] url right?";
	if (store && (c->status == 400 || c->status == 404))
		return "is [magento] store a code of a store view, and [magento] "
		    "url right?";
	if (c->status == 414)
		return "a server on the way takes no request so long: ask for "
		    "less at once";
	return NULL;
}

/* Whose fault is it? */
static int
judge(const struct mage *m, const struct http_call *c, struct why *w)
{
	struct buf said = BUF(1000);

	if (c->error.kind == WHY_NONE && c->status / 100 == 2)
		return not_from_cache(c, w);
	mage_says(buf_all(&c->answer), &said);
	http_check_said(c, said.n > 0 ? buf_cstr(&said) : NULL,
	    todo_of(m, c, buf_cstr(&said)), w);
	if (c->status == 400 || c->status == 404 || c->status == 405 ||
	    c->status == 413 || c->status == 414)
		w->kind = WHY_DATA;
	buf_free(&said);
	return -1;
}

int
mage_call(struct mage *m, const char *url, struct http_call *c, struct why *w)
{
	struct mage_login *l = m->shared->login;
	struct mage_pass pass = MAGE_PASS;
	int r;

	c->url = url;
	c->json = true;
	if (c->method == NULL)
		c->method = "GET";
	if (strcmp(c->method, "GET") == 0)
		c->repeatable = true;
	c->kind = kinds[strcmp(c->method, "GET") == 0 ? READS : WRITES];
	do
		if ((r = mage_login_pass(l, m->h, &pass, c, w)) == -1)
			goto out;
	while (http_run(m->h, c, w) == 0 && c->status == 401 &&
	    (r = mage_login_again(l, m->h, &pass, c, w)) == 1);
	if (r != -1)
		r = judge(m, c, w);
out:
	mage_pass_end(&pass, c);
	return r;
}

int
mage_get(struct mage *m, const char *url, struct http_call *c, struct why *w)
{
	c->method = "GET";
	return mage_call(m, url, c, w);
}

static char *
url_below(struct mage *m, const char *service, const char *path,
    struct slice last)
{
	struct http_url *u = http_url_open(m->base, NULL);
	char *text;

	http_url_path(u, "rest");
	http_url_path(u, m->store);
	http_url_path(u, service);
	http_url_path(u, path);
	if (last.p != NULL)
		http_url_segment(u, last);
	text = xstrdup(http_url_text(u));
	http_url_free(u);
	return text;
}

char *
mage_url(struct mage *m, const char *path, struct slice last)
{
	return url_below(m, "V1", path, last);
}

char *
mage_bulk_url(struct mage *m, const char *path)
{
	return url_below(m, "async/bulk/V1", path, (struct slice){ NULL, 0 });
}

void
mage_scope(struct mage *m, const char *store)
{
	free(m->store);
	m->store = xstrdup(store);
}

static int
connect_http(struct mage *m, struct why *w)
{
	const struct conf *c = m->conf;
	struct http_setup s = { .name = "Magento", .section = "magento",
	    .in_flight = 1, .count = count, .count_ctx = m->shared,
	    .stop = &m->shared->stop };

	s.attempts = (int)conf_int(c, "magento", "attempts");
	s.patience_s = conf_int(c, "magento", "patience");
	/* Magento is silent while it works on a page. */
	s.total_s = s.stall_s = conf_int(c, "magento", "timeout");
	s.proxy = conf_text(c, "magento", "proxy");
	s.ca_file = m->ca_file = conf_path(c, "magento", "ca_file");
	m->h = http_open(&s, w);
	return m->h == NULL ? -1 : 0;
}

static int
check_url(struct mage *m, struct why *w)
{
	struct http_url *u;

	if (conf_need(m->conf, "magento", "url", &m->base, w) == -1)
		return -1;
	if ((u = http_url_open(m->base, w)) == NULL)
		return why_in(w, "[magento] url");
	http_url_free(u);
	return 0;
}

static struct mage *
new_handle(const struct conf *conf, struct shared *s)
{
	struct mage *m = xcalloc(1, sizeof(*m));

	m->conf = conf;
	m->shared = s;
	m->store = xstrdup(conf_text(conf, "magento", "store"));
	pthread_mutex_lock(&s->lock);
	s->users++;
	pthread_mutex_unlock(&s->lock);
	return m;
}

static int
open_login(struct mage *m, struct why *w)
{
	char *url = mage_url(m, "integration/admin/token",
	    (struct slice){ NULL, 0 });

	m->shared->login = mage_login_open(m->conf, url, w);
	free(url);
	return m->shared->login == NULL ? -1 : 0;
}

struct mage *
mage_open(const struct conf *conf, struct ledger *ledger, struct why *w)
{
	struct shared *s = xcalloc(1, sizeof(*s));
	struct mage *m;

	pthread_mutex_init(&s->lock, NULL);
	atomic_init(&s->stop, false);
	m = new_handle(conf, s);
	m->ledger = ledger;
	if (check_url(m, w) == 0 && connect_http(m, w) == 0 &&
	    open_login(m, w) == 0)
		return m;
	mage_close(m);
	return NULL;
}

struct mage *
mage_twin(struct mage *m, struct why *w)
{
	struct mage *twin = new_handle(m->conf, m->shared);

	twin->base = m->base;
	mage_scope(twin, m->store);
	if (connect_http(twin, w) == 0)
		return twin;
	mage_close(twin);
	return NULL;
}

void
mage_stop(struct mage *m)
{
	atomic_store(&m->shared->stop, true);
}

static void
free_shared(struct shared *s)
{
	mage_login_close(s->login);
	pthread_mutex_destroy(&s->lock);
	free(s);
}

void
mage_close(struct mage *m)
{
	struct shared *s;
	int users;

	if (m == NULL)
		return;
	if (m->ledger != NULL)
		mage_tally(m);
	http_close(m->h);
	s = m->shared;
	pthread_mutex_lock(&s->lock);
	users = --s->users;
	pthread_mutex_unlock(&s->lock);
	if (users == 0)
		free_shared(s);
	free(m->store);
	free(m->ca_file);
	free(m);
}
