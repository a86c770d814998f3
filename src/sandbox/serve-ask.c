/* The part of serve.h that needs no server: settings, and reading a request. */
#include <err.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <microhttpd.h>

#include "serve.h"

/* --- settings --- */

void
serve_defaults(struct serve_conf *conf, const char *name)
{
	memset(conf, 0, sizeof *conf);
	conf->name = name;
	conf->seed = 1;
	conf->idle = 3600;
	conf->gzip = 1;
}

int
serve_number(const char *text, long *to)
{
	char *end;
	long v;

	errno = 0;
	v = strtol(text, &end, 10);
	if (errno || end == text || *end || v < 0)
		return -1;
	*to = v;
	return 0;
}

int
serve_onoff(const char *text, int *to)
{
	static const char *const word[] = {"off", "on", "no", "yes", "0", "1"};

	for (int i = 0; i < 6; i++)
		if (strcmp(text, word[i]) == 0) {
			*to = i & 1;
			return 0;
		}
	return -1;
}

time_t
serve_now(const struct serve_conf *conf)
{
	return conf->stands ? (time_t)conf->stands :
	    time(NULL) + (time_t)conf->offset;
}

static int
read_clock(const char *text, int64_t *at)
{
	struct tm tm = {0};
	const char *end = strptime(text, "%Y-%m-%dT%H:%M:%S", &tm);

	if (end == NULL || (*end && strcmp(end, "Z") != 0))
		return -1;
	*at = (int64_t)timegm(&tm);
	return 0;
}

int
serve_stop_clock(struct serve_conf *conf, const char *text)
{
	int64_t at;

	if (read_clock(text, &at) == -1)
		return -1;
	conf->stands = at;
	return 0;
}

static int
set_clock(struct serve_conf *conf, const char *text)
{
	int64_t at;

	if (read_clock(text, &at) == -1)
		return -1;
	conf->offset = at - (int64_t)time(NULL);
	return 1;
}

static int
set_offset(struct serve_conf *conf, const char *text)
{
	long v;

	if (serve_number(*text == '-' ? text + 1 : text, &v) == -1)
		return -1;
	conf->offset = *text == '-' ? -v : v;
	return 1;
}

int
serve_set(struct serve_conf *conf, const char *setting)
{
	const char *eq = strchr(setting, '=');
	size_t n = eq ? (size_t)(eq - setting) : 0;
	long v = 0;

#define IS(s) (n == sizeof s - 1 && memcmp(setting, s, n) == 0)
	if (eq == NULL)
		return 0;
	if (IS("gzip"))
		return serve_onoff(eq + 1, &conf->gzip) ? -1 : 1;
	if (IS("seed")) {
		if (serve_number(eq + 1, &v) == -1)
			return -1;
		conf->seed = (uint64_t)v;
		return 1;
	}
	if (IS("latency"))
		return serve_number(eq + 1, &conf->latency) ? -1 : 1;
	if (IS("idle"))
		return serve_number(eq + 1, &conf->idle) ? -1 : 1;
	if (IS("parent"))
		return serve_number(eq + 1, &conf->parent) ? -1 : 1;
	if (IS("offset"))
		return set_offset(conf, eq + 1);
	if (IS("clock"))
		return set_clock(conf, eq + 1);
#undef IS
	return 0;
}

/* --- what handlers ask --- */

const char *
serve_header(const struct request *rq, const char *name)
{
	return MHD_lookup_connection_value(rq->conn, MHD_HEADER_KIND, name);
}

static enum MHD_Result
add_header(void *ctx, enum MHD_ValueKind kind, const char *name,
    const char *value)
{
	(void)kind;
	*(size_t *)ctx += strlen(name) + strlen(value ? value : "") + 4;
	return MHD_YES;
}

size_t
serve_headers(const struct request *rq)
{
	size_t n = 0;

	MHD_get_connection_values(rq->conn, MHD_HEADER_KIND, add_header, &n);
	return n;
}

static int
hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

char *
serve_decode(const char *s, size_t n, int plus, size_t *len)
{
	char *out = malloc(n + 1);
	size_t i, o = 0;

	if (out == NULL)
		err(3, "cannot allocate memory");
	for (i = 0; i < n; i++) {
		if (s[i] == '%' && i + 2 < n && hex(s[i + 1]) >= 0 &&
		    hex(s[i + 2]) >= 0) {
			out[o++] = (char)(hex(s[i + 1]) << 4 | hex(s[i + 2]));
			i += 2;
		} else
			out[o++] = plus && s[i] == '+' ? ' ' : s[i];
	}
	out[o] = '\0';
	if (len)
		*len = o;
	return out;
}

int
serve_pair(const char **at, char **name, char **value)
{
	const char *p = *at, *end, *eq;

	while (*p == '&')
		p++;
	if (*p == '\0')
		return 0;
	end = p + strcspn(p, "&");
	eq = memchr(p, '=', (size_t)(end - p));
	*name = serve_decode(p, (size_t)((eq ? eq : end) - p), 1, NULL);
	*value = eq ? serve_decode(eq + 1, (size_t)(end - eq - 1), 1, NULL) :
	    NULL;
	*at = end;
	return 1;
}
