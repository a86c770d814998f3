#include "magento.h"

#include <pthread.h>
#include <stdlib.h>

#include "say.h"

enum { TOKEN_MAX = 16 << 10, HEADER_MAX = TOKEN_MAX + 16 };

enum { READS, WRITES, LOGINS, KINDS };

static const char *const kinds[KINDS] = { "read", "write", "login" };

/* What all handles of one store share. */
struct login {
	pthread_mutex_t lock, counting;
	int users;
	bool admin;
	char *header;		/* "Bearer ...", NULL: not logged in yet */
	int age;		/* counts the tokens that were had */
	long calls[KINDS];
	atomic_bool stop;
};

struct mage {
	const struct conf *conf;
	struct ledger *ledger;	/* of the first handle only */
	struct login *login;
	struct http *h;
	const char *base;
	char *root;		/* rest/STORE/V1 */
	char *ca_file;
};

static void
count(void *ctx, const struct http_attempt *a)
{
	struct login *l = ctx;
	int i;

	pthread_mutex_lock(&l->counting);
	for (i = 0; i < KINDS; i++)
		if (strcmp(kinds[i], a->kind) == 0)
			l->calls[i]++;
	pthread_mutex_unlock(&l->counting);
}

void
mage_tally(struct mage *m)
{
	long n[KINDS];
	int i;

	pthread_mutex_lock(&m->login->counting);
	memcpy(n, m->login->calls, sizeof(n));
	if (m->ledger != NULL)
		memset(m->login->calls, 0, sizeof(n));
	pthread_mutex_unlock(&m->login->counting);
	for (i = 0; m->ledger != NULL && i < KINDS; i++)
		for (; n[i] > 0; n[i]--)
			ledger_call(m->ledger, "magento", kinds[i]);
}

static int
set_header(struct login *l, struct slice token, struct why *w)
{
	size_t i;

	for (i = 0; i < token.n; i++)
		if ((unsigned char)token.p[i] <= ' ')
			return why(w, WHY_SETUP, "the token of [magento] has "
			    "a space or line break in it");
	free(l->header);
	l->header = xasprintf("Bearer %.*s", (int)token.n, token.p);
	l->age++;
	return 0;
}

/* Read the token file; 1: there is another token in it than before. */
static int
read_token(struct mage *m, struct why *w)
{
	struct login *l = m->login;
	struct buf b = BUF(TOKEN_MAX);
	int r = -1;

	if (conf_secret(m->conf, "magento", "token_file", &b, w) == -1)
		goto out;
	r = l->header == NULL || strcmp(l->header + strlen("Bearer "),
	    buf_cstr(&b)) != 0;
	if (r == 1 && set_header(l, buf_all(&b), w) == -1)
		r = -1;
out:
	buf_free(&b);
	return r;
}

static int
login_body(struct mage *m, struct buf *b, struct why *w)
{
	struct buf password = BUF(TOKEN_MAX);
	const char *user;
	int r = -1;

	if (conf_need(m->conf, "magento", "username", &user, w) == -1 ||
	    conf_secret(m->conf, "magento", "password_file", &password,
	    w) == -1)
		goto out;
	buf_str(b, "{\"username\":");
	scan_quote(b, slice(user));
	buf_str(b, ",\"password\":");
	scan_quote(b, buf_all(&password));
	buf_str(b, "}");
	r = 0;
out:
	if (password.p != NULL)
		explicit_bzero(password.p, password.n);
	buf_free(&password);
	return r;
}

/* The answer to a login is a JSON string. */
static int
take_token(struct login *l, const struct http_call *c, struct why *w)
{
	struct pool *pool = pool_new();
	struct slice value, token = { NULL, 0 };
	int r;

	if (scan_text(buf_all(&c->answer), &value, NULL) == 0)
		token = scan_string(value, pool);
	if (token.n == 0 || token.n > TOKEN_MAX)
		r = why(w, WHY_BROKEN, "the login of an admin was answered "
		    "without a token");
	else
		r = set_header(l, token, w);
	pool_free(pool);
	return r;
}

/* POST integration/admin/token; another token does not end the old one.  1,
 * or -1. */
static int
log_in(struct mage *m, struct why *w)
{
	struct buf body = BUF(2 * TOKEN_MAX), said = BUF(1000);
	char *url = mage_url(m, "integration/admin/token",
	    (struct slice){ NULL, 0 });
	struct http_call c = { .method = "POST", .url = url, .json = true,
	    .kind = kinds[LOGINS], .repeatable = true };
	int r = -1;

	if (login_body(m, &body, w) == -1)
		goto out;
	c.body = buf_all(&body);
	if (http_run(m->h, &c, w) == -1)
		goto out;
	if (c.status / 100 != 2) {
		mage_says(buf_all(&c.answer), &said);
		http_check_said(&c, said.n > 0 ? buf_cstr(&said) : NULL, w);
		if (c.status == 400)
			w->kind = WHY_SETUP;
		goto out;
	}
	r = take_token(m->login, &c, w) == -1 ? -1 : 1;
out:
	if (body.p != NULL)
		explicit_bzero(body.p, body.n);
	buf_free(&body);
	buf_free(&said);
	http_call_free(&c);
	free(url);
	return r;
}

/*
 * Copy the header in force to `out`.  When there is none, or the one of age
 * `dead` was refused, get another first, unless another thread just did.
 * 1: here it is; 0: there is no other; -1.
 */
static int
get_header(struct mage *m, int dead, struct buf *out, int *age, struct why *w)
{
	struct login *l = m->login;
	int r = 1;

	pthread_mutex_lock(&l->lock);
	if (l->header == NULL || l->age == dead)
		r = l->admin ? log_in(m, w) : read_token(m, w);
	if (r == 1) {
		buf_reset(out);
		buf_str(out, l->header);
		*age = l->age;
	}
	pthread_mutex_unlock(&l->lock);
	return r;
}

/* A cache that keeps what was made for one login would give it to others,
 * and old records to us. */
static int
not_from_cache(const struct http_call *c, struct why *w)
{
	struct slice age = http_header(c, "Age");

	if (strcmp(c->method, "GET") != 0 || age.n == 0 || slice_is(age, "0"))
		return 0;
	return why_code(w, WHY_SETUP, "cached", "the answer comes from a "
	    "cache, where it lay for %.*s s; keep rest/ out of the cache in "
	    "front of Magento", (int)(age.n < 20 ? age.n : 20), age.p);
}

/* Whose fault is it? */
static int
judge(const struct http_call *c, struct why *w)
{
	struct buf said = BUF(1000);

	if (c->error.kind == WHY_NONE && c->status / 100 == 2)
		return not_from_cache(c, w);
	mage_says(buf_all(&c->answer), &said);
	http_check_said(c, said.n > 0 ? buf_cstr(&said) : NULL, w);
	if (c->status == 400 || c->status == 404 || c->status == 405 ||
	    c->status == 413 || c->status == 414)
		w->kind = WHY_DATA;
	buf_free(&said);
	return -1;
}

int
mage_call(struct mage *m, const char *url, struct http_call *c, struct why *w)
{
	struct buf header = BUF(HEADER_MAX);
	int age = 0, dead = 0, r = -1;

	c->url = url;
	c->json = true;
	if (c->method == NULL)
		c->method = "GET";
	if (strcmp(c->method, "GET") == 0)
		c->repeatable = true;
	c->kind = kinds[strcmp(c->method, "GET") == 0 ? READS : WRITES];
	if (get_header(m, dead, &header, &age, w) == -1)
		goto out;
	for (;;) {
		c->authorization = buf_cstr(&header);
		if (http_run(m->h, c, w) == -1 || c->status != 401 || dead > 0)
			break;
		dead = age;
		if ((r = get_header(m, dead, &header, &age, w)) == -1)
			goto out;
		if (r == 0)
			break;
		say_verbose("Magento no longer took the token; it was renewed");
	}
	r = judge(c, w);
out:
	c->authorization = NULL;
	if (header.p != NULL)
		explicit_bzero(header.p, header.n);
	buf_free(&header);
	return r;
}

int
mage_get(struct mage *m, const char *url, struct http_call *c, struct why *w)
{
	c->method = "GET";
	return mage_call(m, url, c, w);
}

char *
mage_url(struct mage *m, const char *path, struct slice last)
{
	struct http_url *u = http_url_open(m->base, NULL);
	char *text;

	http_url_path(u, m->root);
	http_url_path(u, path);
	if (last.p != NULL)
		http_url_segment(u, last);
	text = xstrdup(http_url_text(u));
	http_url_free(u);
	return text;
}

static int
connect_http(struct mage *m, struct why *w)
{
	const struct conf *c = m->conf;
	struct http_setup s = { .name = "Magento", .section = "magento",
	    .in_flight = 1, .count = count, .count_ctx = m->login,
	    .stop = &m->login->stop };

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
new_handle(const struct conf *conf, struct login *l)
{
	struct mage *m = xcalloc(1, sizeof(*m));

	m->conf = conf;
	m->login = l;
	m->root = xasprintf("rest/%s/V1", conf_text(conf, "magento", "store"));
	pthread_mutex_lock(&l->lock);
	l->users++;
	pthread_mutex_unlock(&l->lock);
	return m;
}

struct mage *
mage_open(const struct conf *conf, struct ledger *ledger, struct why *w)
{
	struct login *l = xcalloc(1, sizeof(*l));
	struct mage *m;

	pthread_mutex_init(&l->lock, NULL);
	pthread_mutex_init(&l->counting, NULL);
	atomic_init(&l->stop, false);
	l->admin = strcmp(conf_text(conf, "magento", "login"), "admin") == 0;
	m = new_handle(conf, l);
	m->ledger = ledger;
	if (check_url(m, w) == 0 && connect_http(m, w) == 0 &&
	    (l->admin || read_token(m, w) != -1))
		return m;
	mage_close(m);
	return NULL;
}

struct mage *
mage_twin(struct mage *m, struct why *w)
{
	struct mage *twin = new_handle(m->conf, m->login);

	twin->base = m->base;
	if (connect_http(twin, w) == 0)
		return twin;
	mage_close(twin);
	return NULL;
}

void
mage_stop(struct mage *m)
{
	atomic_store(&m->login->stop, true);
}

static void
free_login(struct login *l)
{
	if (l->header != NULL)
		explicit_bzero(l->header, strlen(l->header));
	free(l->header);
	pthread_mutex_destroy(&l->lock);
	pthread_mutex_destroy(&l->counting);
	free(l);
}

void
mage_close(struct mage *m)
{
	struct login *l;
	int users;

	if (m == NULL)
		return;
	if (m->ledger != NULL)
		mage_tally(m);
	http_close(m->h);
	l = m->login;
	pthread_mutex_lock(&l->lock);
	users = --l->users;
	pthread_mutex_unlock(&l->lock);
	if (users == 0)
		free_login(l);
	free(m->root);
	free(m->ca_file);
	free(m);
}
