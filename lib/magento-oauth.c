#include "magento-oauth.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "http.h"
#include "sign.h"

enum { OWN = 6, BASE_MAX = 1 << 20 };

struct pair {
	const char *name, *value;	/* encoded */
};

static int
hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* What of a URL was encoded somehow, encoded in the one way that is signed. */
static const char *
encoded_anew(const char *p, size_t n, struct pool *pool)
{
	struct buf plain = BUF(BASE_MAX), b = BUF(BASE_MAX);
	const char *text;
	size_t i;

	for (i = 0; i < n; i++)
		if (p[i] == '%' && n - i > 2 && hex(p[i + 1]) != -1 &&
		    hex(p[i + 2]) != -1) {
			buf_char(&plain, (char)(hex(p[i + 1]) << 4 |
			    hex(p[i + 2])));
			i += 2;
		} else {
			buf_char(&plain, p[i]);
		}
	http_escape(&b, buf_all(&plain));
	text = pool_dup(pool, buf_all(&b).p, b.n);
	buf_free(&plain);
	buf_free(&b);
	return text;
}

/* Runs of digits count as numbers, as in PHP's strnatcmp(). */
static int
natural(const char *a, const char *b)
{
	static const char digits[] = "0123456789";
	size_t m, n;
	int r;

	for (; *a != '\0' && *b != '\0'; a += m, b += m) {
		m = strspn(a, digits);
		n = strspn(b, digits);
		if (m != n && m > 0 && n > 0)
			return m < n ? -1 : 1;
		m = m > 0 && n > 0 ? m : 1;
		if ((r = memcmp(a, b, m)) != 0)
			return r;
	}
	return (*a != '\0') - (*b != '\0');
}

static int
by_name(const void *a, const void *b)
{
	const struct pair *x = a, *y = b;
	int r = natural(x->name, y->name);

	return r != 0 ? r : natural(x->value, y->value);
}

static size_t
count(const char *s, char c)
{
	size_t n = 0;

	for (; *s != '\0'; s++)
		n += *s == c;
	return n;
}

/* The pairs of a query that count. */
static size_t
take_query(const char *query, struct pair *p, struct pool *pool)
{
	size_t n = 0, len;
	const char *eq;

	for (; *query != '\0'; query += len + (query[len] == '&')) {
		len = strcspn(query, "&");
		eq = memchr(query, '=', len);
		if (eq == NULL || memchr(eq + 1, '=',
		    len - (size_t)(eq + 1 - query)) != NULL)
			continue;
		p[n++] = (struct pair){
		    encoded_anew(query, (size_t)(eq - query), pool),
		    encoded_anew(eq + 1, len - (size_t)(eq + 1 - query), pool)
		};
	}
	return n;
}

static void
own_pairs(const struct mage_oauth *o, const char *nonce, int64_t now,
    struct pair p[OWN], struct pool *pool)
{
	char text[24];
	const struct pair own[OWN] = {
		{ "oauth_consumer_key", o->consumer_key },
		{ "oauth_nonce", nonce },
		{ "oauth_signature_method", "HMAC-SHA256" },
		{ "oauth_timestamp", text },
		{ "oauth_token", o->token },
		{ "oauth_version", "1.0" },
	};
	struct buf b = BUF(BASE_MAX);
	int i;

	snprintf(text, sizeof(text), "%" PRId64, now);
	for (i = 0; i < OWN; i++) {
		buf_reset(&b);
		http_escape(&b, slice(own[i].value));
		p[i] = (struct pair){ own[i].name,
		    pool_dup(pool, buf_all(&b).p, b.n) };
	}
	buf_free(&b);
}

/* scheme://host/path, host in small letters, without a port that goes
 * without saying: what Magento sees of the request. */
static void
put_place(struct buf *out, const char *url)
{
	static const struct {
		const char *scheme, *port;
	} usual[] = { { "https://", ":443" }, { "http://", ":80" } };
	size_t end = strcspn(url, "?#"), host, i;
	const char *path = strstr(url, "://");
	struct buf b = BUF(BASE_MAX);

	path = path == NULL ? url : path + 3;
	path += strcspn(path, "/?#");
	host = (size_t)(path - url);
	for (i = 0; i < 2; i++)
		if (strncasecmp(url, usual[i].scheme,
		    strlen(usual[i].scheme)) == 0 &&
		    host > strlen(usual[i].port) &&
		    strncmp(path - strlen(usual[i].port), usual[i].port,
		    strlen(usual[i].port)) == 0)
			host -= strlen(usual[i].port);
	for (i = 0; i < host; i++)
		buf_char(&b, url[i] >= 'A' && url[i] <= 'Z' ?
		    (char)(url[i] | 0x20) : url[i]);
	buf_put(&b, path, end - (size_t)(path - url));
	http_escape(out, buf_all(&b));
	buf_free(&b);
}

void
mage_oauth_base(const struct mage_oauth *o, const char *method,
    const char *url, const char *nonce, int64_t now, struct buf *out)
{
	struct pool *pool = pool_new();
	const char *query = strchr(url, '?') == NULL ? "" :
	    strchr(url, '?') + 1;
	struct pair *p = xcalloc(count(query, '&') + 1 + OWN, sizeof(*p));
	struct buf all = BUF(BASE_MAX);
	size_t i, n = take_query(query, p, pool);

	own_pairs(o, nonce, now, p + n, pool);
	n += OWN;
	qsort(p, n, sizeof(*p), by_name);
	for (i = 0; i < n; i++)
		buf_fmt(&all, "%s%s=%s", i == 0 ? "" : "&", p[i].name,
		    p[i].value);
	buf_fmt(out, "%s&", method);
	put_place(out, url);
	buf_char(out, '&');
	http_escape(out, buf_all(&all));
	buf_free(&all);
	free(p);
	pool_free(pool);
}

/* The signature in base64. */
static void
put_signature(const struct mage_oauth *o, struct slice base, struct buf *out)
{
	unsigned char mac[SIGN_SHA256];
	struct buf key = BUF(BASE_MAX);

	http_escape(&key, slice(o->consumer_secret));
	buf_char(&key, '&');
	http_escape(&key, slice(o->token_secret));
	sign_hmac_sha256(buf_all(&key), base, mac);
	sign_base64(out, (struct slice){ (char *)mac, sizeof(mac) });
	explicit_bzero(key.p, key.n);
	buf_free(&key);
}

void
mage_oauth_sign(const struct mage_oauth *o, const char *method,
    const char *url, const char *nonce, int64_t now, struct buf *out)
{
	struct buf base = BUF(4 * BASE_MAX), signature = BUF(100);
	struct pool *pool = pool_new();
	struct pair own[OWN];
	int i;

	own_pairs(o, nonce, now, own, pool);
	mage_oauth_base(o, method, url, nonce, now, &base);
	put_signature(o, buf_all(&base), &signature);
	buf_str(out, "OAuth ");
	for (i = 0; i < OWN; i++)
		buf_fmt(out, "%s=\"%s\", ", own[i].name, own[i].value);
	buf_str(out, "oauth_signature=\"");
	http_escape(out, buf_all(&signature));
	buf_char(out, '"');
	buf_free(&signature);
	buf_free(&base);
	pool_free(pool);
}

void
mage_oauth_nonce(char nonce[MAGE_NONCE])
{
	unsigned char bytes[(MAGE_NONCE - 1) / 2];
	struct buf b = BUF(MAGE_NONCE);

	sign_random(bytes, sizeof(bytes));
	sign_hex(&b, (struct slice){ (char *)bytes, sizeof(bytes) });
	memcpy(nonce, b.p, MAGE_NONCE - 1);
	nonce[MAGE_NONCE - 1] = '\0';
	buf_free(&b);
}
