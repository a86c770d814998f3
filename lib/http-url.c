#include <curl/curl.h>
#include <stdlib.h>

#include "http.h"
#include "http-in.h"

enum { URL_LIMIT = 1 << 20 };

struct http_url {
	struct buf base, path, query;	/* encoded; the query without its ? */
	struct buf text;
};

static bool
plain(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	    (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' ||
	    c == '~';
}

/* Not curl_easy_escape(): that one allocates for each value, and its length
 * is an int. */
void
http_escape(struct buf *b, struct slice text)
{
	static const char digits[] = "0123456789ABCDEF";
	size_t i;

	for (i = 0; i < text.n; i++) {
		unsigned char c = (unsigned char)text.p[i];

		if (plain(c)) {
			buf_char(b, (char)c);
			continue;
		}
		buf_char(b, '%');
		buf_char(b, digits[c >> 4]);
		buf_char(b, digits[c & 15]);
	}
}

/* One part of a URL, to be freed by curl_free(); NULL: it has none. */
static char *
part(CURLU *u, CURLUPart which)
{
	char *s = NULL;

	return curl_url_get(u, which, &s, 0) == CURLUE_OK ? s : NULL;
}

static bool
is_loopback(const char *host)
{
	static const char four[] = "127.";

	return strcmp(host, "localhost") == 0 || strcmp(host, "[::1]") == 0 ||
	    (strncmp(host, four, 4) == 0 &&
	    strspn(host, "0123456789.") == strlen(host));
}

/* A scheme and host that may be spoken to. */
static int
usable(CURLU *u, const char *text, struct why *w)
{
	char *scheme = part(u, CURLUPART_SCHEME);
	char *host = part(u, CURLUPART_HOST);
	char *user = part(u, CURLUPART_USER);
	int r = -1;

	if (user != NULL)
		why(w, WHY_SETUP, "the URL of %s contains a user name; it "
		    "belongs into its own setting", host);
	else if (scheme == NULL || host == NULL)
		why(w, WHY_SETUP, "'%s' is not a URL", text);
	else if (strcmp(scheme, "https") == 0 ||
	    (strcmp(scheme, "http") == 0 && is_loopback(host)))
		r = 0;
	else if (strcmp(scheme, "http") == 0)
		why(w, WHY_SETUP, "plain http to %s would show secrets to "
		    "everybody on the way; use https", host);
	else
		why(w, WHY_SETUP, "cannot speak '%s'; use https", scheme);
	curl_free(scheme);
	curl_free(host);
	curl_free(user);
	return r;
}

int
http_url_usable(const char *text, struct why *w)
{
	CURLU *u = curl_url();
	int r;

	if (u == NULL || curl_url_set(u, CURLUPART_URL, text, 0) != CURLUE_OK)
		r = why(w, WHY_SETUP, "'%.200s' is not a URL", text);
	else
		r = usable(u, text, w);
	curl_url_cleanup(u);
	return r;
}

/* scheme://host:port and the path of a parsed URL. */
static int
take_base(struct http_url *u, CURLU *from, const char *text, struct why *w)
{
	char *scheme = part(from, CURLUPART_SCHEME);
	char *host = part(from, CURLUPART_HOST);
	char *port = part(from, CURLUPART_PORT);
	char *path = part(from, CURLUPART_PATH);
	char *query = part(from, CURLUPART_QUERY);
	char *fragment = part(from, CURLUPART_FRAGMENT);
	int r = 0;

	if (query != NULL || fragment != NULL)
		r = why(w, WHY_SETUP, "the URL '%.200s' has more than a host "
		    "and a path", text);
	else
		buf_fmt(&u->base, "%s://%s%s%s", scheme, host,
		    port == NULL ? "" : ":", port == NULL ? "" : port);
	buf_str(&u->path, path == NULL ? "/" : path);
	curl_free(scheme);
	curl_free(host);
	curl_free(port);
	curl_free(path);
	curl_free(query);
	curl_free(fragment);
	return r;
}

struct http_url *
http_url_open(const char *base, struct why *w)
{
	struct http_url *u = xcalloc(1, sizeof(*u));
	CURLU *from = curl_url();

	u->base = BUF(URL_LIMIT);
	u->path = BUF(URL_LIMIT);
	u->query = BUF(URL_LIMIT);
	u->text = BUF(4 * URL_LIMIT);
	if (from == NULL || curl_url_set(from, CURLUPART_URL, base,
	    0) != CURLUE_OK)
		why(w, WHY_SETUP, "'%.200s' is not a URL", base);
	else if (usable(from, base, w) == 0 && take_base(u, from, base, w) == 0)
		goto out;
	http_url_free(u);
	u = NULL;
out:
	curl_url_cleanup(from);
	return u;
}

static void
one_slash(struct http_url *u)
{
	while (u->path.n > 0 && u->path.p[u->path.n - 1] == '/')
		u->path.n--;
	buf_char(&u->path, '/');
}

void
http_url_path(struct http_url *u, const char *path)
{
	one_slash(u);
	buf_str(&u->path, path + strspn(path, "/"));
}

void
http_url_segment(struct http_url *u, struct slice text)
{
	one_slash(u);
	http_escape(&u->path, text);
}

void
http_url_query(struct http_url *u, const char *name, struct slice value)
{
	if (u->query.n > 0)
		buf_char(&u->query, '&');
	http_escape(&u->query, slice(name));
	buf_char(&u->query, '=');
	http_escape(&u->query, value);
}

/* Not by curl_url_get(): that one changes what is encoded already.  One that
 * is too long is none, rather than one that asks for something else. */
const char *
http_url_text(struct http_url *u)
{
	buf_reset(&u->text);
	buf_slice(&u->text, buf_all(&u->base));
	buf_slice(&u->text, buf_all(&u->path));
	if (u->query.n > 0)
		buf_char(&u->text, '?');
	buf_slice(&u->text, buf_all(&u->query));
	if (u->path.over || u->query.over || u->text.over)
		buf_reset(&u->text);
	return buf_cstr(&u->text);
}

void
http_url_free(struct http_url *u)
{
	if (u == NULL)
		return;
	buf_free(&u->base);
	buf_free(&u->path);
	buf_free(&u->query);
	buf_free(&u->text);
	free(u);
}

void
http_host(struct buf *b, const char *url)
{
	const char *p = strstr(url, "://"), *at;
	size_t n;

	p = p == NULL ? url : p + 3;
	n = strcspn(p, "/?#");
	if ((at = memchr(p, '@', n)) != NULL) {
		n -= (size_t)(at + 1 - p);
		p = at + 1;
	}
	buf_put(b, p, n);
}

/* Queries hold e-mail addresses, users passwords: neither is shown. */
void
http_url_public(struct buf *b, const char *url)
{
	const char *p = strstr(url, "://");
	size_t host;

	if (p == NULL) {
		p = url;
	} else {
		p += 3;
		buf_put(b, url, (size_t)(p - url));
	}
	host = strcspn(p, "/?#");
	http_host(b, url);
	buf_put(b, p + host, strcspn(p + host, "?#"));
}
