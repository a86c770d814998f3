/* http - calls against a server that follows a script. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include <zlib.h>

#include "http.h"

/* Replies that a string cannot be, since they have gzip in them. */
static struct packed {
	char p[4000];
	size_t n;
} packed[16];
static size_t packs;

static size_t
length_of(const char *reply)
{
	for (size_t i = 0; i < packs; i++)
		if (reply == packed[i].p)
			return packed[i].n;
	return strlen(reply);
}

/*
 * The server: each request, on whatever connection, gets the next reply of
 * the script.  A reply is sent as it stands and the connection closed when it
 * says "Connection: close" or is cut, or X-Then, of which the client knows
 * nothing; "HANG" says nothing until the end,
 * "DROP" closes without a byte.
 */
enum { REQUESTS = 16, REQUEST = 8192 };

struct server {
	const char *const *script;
	int fd, port, next, asked, accepted, joined, stop;
	char seen[REQUESTS][REQUEST];
	pthread_mutex_t lock;
	pthread_t thread, of[64];
};

struct line_to {
	struct server *s;
	int fd;
};

/* The whole request, head and body; 0 when the client has left. */
static int
read_request(int fd, char *p)
{
	size_t n = 0, body = 0;
	char *end = NULL, *length;
	ssize_t r;

	while (n < REQUEST - 1 &&
	    (end == NULL || n < (size_t)(end + 4 - p) + body)) {
		if ((r = read(fd, p + n, REQUEST - 1 - n)) <= 0)
			return 0;
		p[n += (size_t)r] = '\0';
		if (p[0] == 0x16)
			return 1;	/* the hello of TLS */
		if (end != NULL || (end = strstr(p, "\r\n\r\n")) == NULL)
			continue;
		if ((length = strstr(p, "Content-Length: ")) != NULL)
			body = strtoul(length + 16, NULL, 10);
	}
	return 1;
}

static void *
serve_line(void *arg)
{
	struct line_to *l = arg;
	struct server *s = l->s;
	char request[REQUEST];
	const char *reply;

	while (read_request(l->fd, request)) {
		pthread_mutex_lock(&s->lock);
		reply = s->script[s->next];
		if (reply != NULL)
			s->next++;
		if (s->asked < REQUESTS)
			memcpy(s->seen[s->asked++], request, REQUEST);
		pthread_mutex_unlock(&s->lock);
		if (reply == NULL || strcmp(reply, "DROP") == 0)
			break;
		if (strcmp(reply, "HANG") == 0) {
			while (read(l->fd, request, 1) > 0)
				;
			break;
		}
		if (write(l->fd, reply, length_of(reply)) == -1 ||
		    strstr(reply, "Connection: close") != NULL ||
		    strstr(reply, "X-Then: close") != NULL)
			break;
	}
	close(l->fd);
	free(l);
	return NULL;
}

static void *
serve(void *arg)
{
	struct server *s = arg;
	struct line_to *l;
	int fd, n;

	while ((fd = accept(s->fd, NULL, NULL)) != -1) {
		l = malloc(sizeof(*l));
		*l = (struct line_to){ s, fd };
		pthread_mutex_lock(&s->lock);
		n = s->accepted++;
		pthread_mutex_unlock(&s->lock);
		pthread_create(&s->of[n], NULL, serve_line, l);
	}
	return NULL;
}

static struct server *
server_start(const char *const *script)
{
	struct server *s = calloc(1, sizeof(*s));
	struct sockaddr_in a = { .sin_family = AF_INET };
	socklen_t n = sizeof(a);

	s->script = script;
	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	pthread_mutex_init(&s->lock, NULL);
	s->fd = socket(AF_INET, SOCK_STREAM, 0);
	assert_int_equal(bind(s->fd, (struct sockaddr *)&a, sizeof(a)), 0);
	assert_int_equal(listen(s->fd, 16), 0);
	getsockname(s->fd, (struct sockaddr *)&a, &n);
	s->port = ntohs(a.sin_port);
	pthread_create(&s->thread, NULL, serve, s);
	return s;
}

/* After the client has closed its connections. */
static void
server_stop(struct server *s)
{
	int i;

	shutdown(s->fd, SHUT_RDWR);
	close(s->fd);
	pthread_join(s->thread, NULL);
	for (i = s->joined; i < s->accepted; i++)
		pthread_join(s->of[i], NULL);
	free(s);
}

struct world {
	struct server *s;
	struct http *h;
	struct http_call c;
	struct why w;
	char url[200];
	int counted, last_status;
	uint64_t received;	/* by the last attempt */
	atomic_bool stop;
};

static void
counted(void *ctx, const struct http_attempt *a)
{
	struct world *x = ctx;

	x->counted++;
	x->last_status = a->status;
	x->received = a->received;
	assert_null(strchr(a->url, '?'));
	assert_string_equal(a->section, "shop");
}

static void
world_open(struct world *x, const char *const *script,
    struct http_setup setup)
{
	memset(x, 0, sizeof(*x));
	x->s = server_start(script);
	setup.name = "Shop";
	setup.section = "shop";
	setup.backoff_ms = 1;
	setup.count = counted;
	setup.count_ctx = x;
	x->h = http_open(&setup, &x->w);
	assert_non_null(x->h);
	snprintf(x->url, sizeof(x->url), "http://127.0.0.1:%d/a?q=1",
	    x->s->port);
	x->c = (struct http_call){ .method = "GET", .url = x->url,
	    .authorization = "Bearer tops3cret", .json = true,
	    .repeatable = true };
}

static void
world_close(struct world *x)
{
	http_call_free(&x->c);
	http_close(x->h);
	server_stop(x->s);
}

#define OK(body, length) "HTTP/1.1 200 OK\r\nContent-Type: application/json" \
    "\r\nContent-Length: " length "\r\n\r\n" body
#define STATUS(line, more) "HTTP/1.1 " line "\r\n" more \
    "Content-Length: 0\r\n\r\n"

static void
plain_get(void **state)
{
	static const char *const script[] = {
	    "HTTP/1.1 200 OK\r\nX-One:  two \r\nContent-Length: 7\r\n"
	    "Date: Sat, 21 Nov 2026 02:00:00 GMT\r\n\r\n{\"a\":1}",
	    OK("[]", "2"), NULL };
	struct world x;

	(void)state;
	world_open(&x, script, (struct http_setup){ 0 });
	assert_int_equal(http_run(x.h, &x.c, &x.w), 0);
	assert_int_equal(http_check(&x.c, &x.w), 0);
	assert_string_equal(buf_cstr(&x.c.answer), "{\"a\":1}");
	assert_true(slice_is(http_header(&x.c, "x-one"), "two"));
	assert_null(http_header(&x.c, "x-on").p);
	assert_int_equal(http_date(&x.c), 1795226400);
	assert_int_equal(http_run(x.h, &x.c, &x.w), 0);
	assert_int_equal(x.s->accepted, 1);	/* kept alive */
	assert_int_equal(x.counted, 2);
	assert_non_null(strstr(x.s->seen[0], "GET /a?q=1 HTTP/1.1\r\n"));
	assert_non_null(strstr(x.s->seen[0], "User-Agent: millrace/"));
	assert_non_null(strstr(x.s->seen[0], "Accept: application/json\r\n"));
	assert_non_null(strstr(x.s->seen[0], "Accept-Encoding: gzip\r\n"));
	assert_non_null(strstr(x.s->seen[0],
	    "Authorization: Bearer tops3cret\r\n"));
	world_close(&x);
}

static void
tries_again(void **state)
{
	static const char *const script[] = { STATUS("500 Oops",
	    "Connection: close\r\n"), "DROP", "HTTP/1.1 200 OK\r\nContent-Length: 50\r\n"
	    "Connection: close\r\n\r\n{\"half\":", STATUS("429 Slow",
	    "Retry-After: 0\r\n"), OK("{}", "2"), NULL };
	struct world x;

	(void)state;
	world_open(&x, script, (struct http_setup){ 0 });
	assert_int_equal(http_run(x.h, &x.c, &x.w), 0);
	assert_int_equal(x.c.status, 200);
	assert_int_equal(x.c.attempts, 5);
	assert_int_equal(x.counted, 5);
	world_close(&x);
}

static void
gives_up(void **state)
{
	static const char *const script[] = { STATUS("502 Bad", ""),
	    STATUS("502 Bad", ""), STATUS("502 Bad", ""), NULL };
	struct world x;

	(void)state;
	world_open(&x, script, (struct http_setup){ .attempts = 2 });
	assert_int_equal(http_run(x.h, &x.c, &x.w), 0);
	assert_int_equal(x.c.attempts, 2);
	assert_int_equal(http_check(&x.c, &x.w), -1);
	assert_int_equal(x.w.kind, WHY_BUSY);
	assert_string_equal(x.w.code, "http-502");
	world_close(&x);
}

/* A write that may have been done is never done twice. */
static void
writes_once(void **state)
{
	static const char *const script[] = { STATUS("500 Oops", ""), "DROP",
	    STATUS("503 Busy", "Retry-After: 0\r\n"), OK("{}", "2"),
	    STATUS("503 Busy", ""), NULL };
	struct world x;

	(void)state;
	world_open(&x, script, (struct http_setup){ 0 });
	x.c.method = "POST";
	x.c.body = SLICE("{\"x\":1}");
	x.c.repeatable = false;
	assert_int_equal(http_run(x.h, &x.c, &x.w), 0);
	assert_int_equal(x.c.status, 500);
	assert_int_equal(x.c.attempts, 1);
	assert_non_null(strstr(x.s->seen[0], "\r\n\r\n{\"x\":1}"));
	assert_non_null(strstr(x.s->seen[0],
	    "Content-Type: application/json\r\n"));
	assert_int_equal(http_run(x.h, &x.c, &x.w), -1);	/* dropped */
	assert_int_equal(x.c.attempts, 1);
	assert_int_equal(x.w.kind, WHY_BROKEN);
	assert_non_null(strstr(x.w.text, "may have been done"));
	assert_int_equal(x.s->asked, 2);
	assert_int_equal(http_run(x.h, &x.c, &x.w), 0);	/* 503, come back */
	assert_int_equal(x.c.status, 200);
	assert_int_equal(x.c.attempts, 2);
	assert_int_equal(http_run(x.h, &x.c, &x.w), 0);
	assert_int_equal(x.c.status, 503);		/* it did not say when */
	assert_int_equal(x.c.attempts, 1);
	world_close(&x);
}

static void
poisoned_page(void **state)
{
	static const char *const script[] = { STATUS("500 Oops", ""), NULL };
	struct world x;

	(void)state;
	world_open(&x, script, (struct http_setup){ 0 });
	x.c.once = true;
	assert_int_equal(http_run(x.h, &x.c, &x.w), 0);
	assert_int_equal(x.c.attempts, 1);
	assert_int_equal(http_check(&x.c, &x.w), -1);
	assert_int_equal(x.w.kind, WHY_BROKEN);
	world_close(&x);
}

/* Longer than we are ready to wait: the answer is given as it is. */
static void
retry_after_too_long(void **state)
{
	static const char *const script[] = { STATUS("503 Busy",
	    "Retry-After: 4000\r\n"), STATUS("503 Busy",
	    "Date: Sat, 21 Nov 2026 02:00:00 GMT\r\n"
	    "Retry-After: Sat, 21 Nov 2026 03:00:00 GMT\r\n"), NULL };
	struct world x;

	(void)state;
	world_open(&x, script, (struct http_setup){ 0 });
	assert_int_equal(http_run(x.h, &x.c, &x.w), 0);
	assert_int_equal(http_check(&x.c, &x.w), -1);
	assert_int_equal(x.w.kind, WHY_BUSY);
	assert_non_null(strstr(x.w.text, "4000 s"));
	assert_int_equal(http_run(x.h, &x.c, &x.w), 0);
	assert_int_equal(http_check(&x.c, &x.w), -1);
	assert_non_null(strstr(x.w.text, "3600 s"));
	assert_int_equal(x.counted, 2);
	world_close(&x);
}

static void
pages_for_people(void **state)
{
	static const char *const script[] = {
	    "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close"
	    "\r\n\r\n<html><style>p{}</style><title>Gone\x1b[2J "
	    "fishing</title>\n<p>W\xc3\xa4re", "HTTP/1.1 503 Busy\r\n"
	    "Connection: close\r\n\r\n<h1>Service Temporarily Unavailable"
	    "</h1>", "HTTP/1.1 302 Found\r\nLocation: https://e.example/\r\n"
	    "Content-Length: 0\r\n\r\n", STATUS("401 No", ""), NULL };
	struct world x;

	(void)state;
	world_open(&x, script, (struct http_setup){ .attempts = 1 });
	assert_int_equal(http_run(x.h, &x.c, &x.w), -1);
	assert_int_equal(x.w.kind, WHY_BROKEN);
	assert_string_equal(x.w.code, "not-json");
	assert_non_null(strstr(x.w.text, "\"Gone [2J fishing W\xc3\xa4re\""));
	assert_int_equal(http_check(&x.c, &x.w), -1);	/* the same again */
	assert_int_equal(http_run(x.h, &x.c, &x.w), 0);
	assert_int_equal(http_check(&x.c, &x.w), -1);
	assert_int_equal(x.w.kind, WHY_BUSY);
	assert_non_null(strstr(x.w.text, "Service Temporarily Unavailable"));
	assert_int_equal(http_run(x.h, &x.c, &x.w), 0);
	assert_int_equal(http_check(&x.c, &x.w), -1);
	assert_int_equal(x.w.kind, WHY_SETUP);
	assert_non_null(strstr(x.w.text, "https://e.example/"));
	assert_int_equal(http_run(x.h, &x.c, &x.w), 0);
	assert_int_equal(http_check_said(&x.c, "go away", NULL, &x.w), -1);
	assert_int_equal(x.w.kind, WHY_SETUP);
	assert_non_null(strstr(x.w.text, "go away"));
	assert_null(strstr(x.w.text, "tops3cret"));
	world_close(&x);
}

/* The JSON ends although its length was kept: a server that ran out. */
static void
half_json(void **state)
{
	static const char *const script[] = { OK("{\"items\":[{\"a\"", "14"),
	    OK("", "0"), NULL };
	struct world x;

	(void)state;
	world_open(&x, script, (struct http_setup){ .attempts = 1 });
	assert_int_equal(http_run(x.h, &x.c, &x.w), -1);
	assert_string_equal(x.w.code, "half-answer");
	assert_int_equal(http_run(x.h, &x.c, &x.w), -1);
	assert_string_equal(x.w.code, "no-answer");
	world_close(&x);
}

/* The beginning of what an error says is enough; its status is the news. */
static void
long_error(void **state)
{
	static const char *const script[] = { "HTTP/1.1 404 Not Found\r\n"
	    "Content-Length: 40\r\n\r\n"
	    "0123456789012345678901234567890123456789", NULL };
	struct world x;

	(void)state;
	world_open(&x, script, (struct http_setup){ .attempts = 1 });
	x.c.answer_max = 16;
	assert_int_equal(http_run(x.h, &x.c, &x.w), 0);
	assert_int_equal(x.c.status, 404);
	assert_int_equal(x.c.answer.n, 16);
	world_close(&x);
}

/* What never began is told by the call as well as by `w`. */
static void
not_begun(void **state)
{
	static const char *const script[] = { NULL };
	struct world x;

	(void)state;
	world_open(&x, script, (struct http_setup){ .attempts = 1 });
	x.c.authorization = "Bearer a\nb";
	assert_int_equal(http_run(x.h, &x.c, &x.w), -1);
	assert_int_equal(x.w.kind, WHY_SETUP);
	assert_string_equal(x.c.error.text, x.w.text);
	world_close(&x);
}

static void
nothing_at_all(void **state)
{
	static const char *const script[] = { "HANG", NULL };
	struct world x;

	(void)state;
	world_open(&x, script, (struct http_setup){ .attempts = 1,
	    .stall_s = 1 });
	assert_int_equal(http_run(x.h, &x.c, &x.w), -1);
	assert_int_equal(x.w.kind, WHY_BROKEN);
	assert_string_equal(x.w.code, "time-out");
	assert_non_null(strstr(x.w.text, "127.0.0.1"));
	assert_int_equal(x.last_status, 0);
	world_close(&x);
}

static void
refused(void **state)
{
	static const char *const script[] = { NULL };
	struct world x;

	(void)state;
	world_open(&x, script, (struct http_setup){ .attempts = 2 });
	x.c.url = "http://127.0.0.1:1/";	/* nobody listens there */
	x.c.method = "POST";
	x.c.repeatable = false;
	assert_int_equal(http_run(x.h, &x.c, &x.w), -1);
	assert_int_equal(x.c.attempts, 2);	/* nothing can have been done */
	assert_int_equal(x.w.kind, WHY_BROKEN);
	assert_string_equal(x.w.code, "no-connection");
	world_close(&x);
}

static void
no_tls(void **state)
{
	static const char *const script[] = { NULL };
	struct world x;
	char url[100];

	(void)state;
	world_open(&x, script, (struct http_setup){ .attempts = 1 });
	snprintf(url, sizeof(url), "https://127.0.0.1:%d/", x.s->port);
	x.c.url = url;
	x.s->script = (const char *const []){ "not tls\n", NULL };
	assert_int_equal(http_run(x.h, &x.c, &x.w), -1);
	assert_int_equal(x.w.kind, WHY_SETUP);
	assert_string_equal(x.w.code, "tls");
	world_close(&x);
}

struct gathered {
	struct buf b;
	int again, stop_at;
};

static int
gather(void *ctx, const char *p, size_t n)
{
	struct gathered *g = ctx;

	if (g->stop_at > 0)
		return -1;
	buf_put(&g->b, p, n);
	return 0;
}

static int
begin_again(void *ctx)
{
	struct gathered *g = ctx;

	g->again++;
	buf_reset(&g->b);
	return 0;
}

static void
to_a_sink(void **state)
{
	static const char *const script[] = {
	    "HTTP/1.1 200 OK\r\nContent-Length: 9\r\nConnection: close\r\n\r\n"
	    "a,b\n", OK("a,b\n1,2\n", "8"), STATUS("404 No", ""),
	    OK("x", "1"), NULL };
	struct gathered g = { .b = BUF(1000) };
	struct world x;

	(void)state;
	world_open(&x, script, (struct http_setup){ 0 });
	x.c.sink = gather;
	x.c.again = begin_again;
	x.c.ctx = &g;
	assert_int_equal(http_run(x.h, &x.c, &x.w), 0);
	assert_int_equal(g.again, 1);
	assert_string_equal(buf_cstr(&g.b), "a,b\n1,2\n");
	assert_int_equal(x.c.answer.n, 0);
	assert_int_equal(http_run(x.h, &x.c, &x.w), 0);
	assert_int_equal(x.c.status, 404);
	g.stop_at = 1;
	assert_int_equal(http_run(x.h, &x.c, &x.w), -1);
	assert_string_equal(x.w.code, "stopped");
	assert_int_equal(x.c.attempts, 1);
	buf_free(&g.b);
	world_close(&x);
}

/* A body of 40 bytes that has only as many as its context says. */
static long
give_some(void *ctx, int64_t at, char *p, size_t n)
{
	static const char text[] = "sent in pieces";
	size_t most = *(const size_t *)ctx, left = most - (size_t)at;

	if (left == 0)
		return -1;
	if (n > left)
		n = left;
	if (n > 5)
		n = 5;
	memcpy(p, text + at, n);
	return (long)n;
}

/* Whatever carries the body: what was kept is used, and never twice for what
 * must not be done twice. */
static void
on_kept(void **state)
{
	static const char *const script[] = { OK("{}", "2"), OK("{}", "2"),
	    OK("{}", "2"), "DROP", OK("{}", "2"), "DROP", OK("{}", "2"),
	    "DROP", OK("{}", "2"), NULL };
	size_t most = 14;
	struct world x;

	(void)state;
	world_open(&x, script, (struct http_setup){ .attempts = 1 });
	assert_int_equal(http_run(x.h, &x.c, &x.w), 0);
	x.c.method = "PUT";
	x.c.body_give = give_some;
	x.c.body_ctx = &most;
	x.c.body_length = 14;
	x.c.repeatable = false;
	assert_int_equal(http_run(x.h, &x.c, &x.w), 0);
	assert_int_equal(http_run(x.h, &x.c, &x.w), 0);
	assert_int_equal(x.s->accepted, 1);
	assert_int_equal(http_run(x.h, &x.c, &x.w), -1);
	assert_int_equal(x.s->asked, 4);
	assert_int_equal(http_run(x.h, &x.c, &x.w), 0);
	x.c.repeatable = true;			/* libcurl may do it again */
	assert_int_equal(http_run(x.h, &x.c, &x.w), 0);
	assert_non_null(strstr(x.s->seen[6], "\r\n\r\nsent in pieces"));
	x.c.body_give = NULL;
	x.c.body_length = 0;
	x.c.method = "POST";
	x.c.repeatable = false;			/* nothing to go back in */
	assert_int_equal(http_run(x.h, &x.c, &x.w), -1);
	assert_int_equal(x.s->asked, 8);
	world_close(&x);
}

/* What the server has closed meanwhile is no fault of a call. */
static void
closed_meanwhile(void **state)
{
	static const char *const script[] = { "HTTP/1.1 200 OK\r\n"
	    "X-Then: close\r\nContent-Length: 2\r\n\r\n{}",
	    OK("[]", "2"), NULL };
	struct world x;

	(void)state;
	world_open(&x, script, (struct http_setup){ .attempts = 1 });
	assert_int_equal(http_run(x.h, &x.c, &x.w), 0);
	pthread_join(x.s->of[x.s->joined++], NULL);
	x.c.method = "POST";
	x.c.body = SLICE("{}");
	x.c.repeatable = false;
	assert_int_equal(http_run(x.h, &x.c, &x.w), 0);
	assert_string_equal(buf_cstr(&x.c.answer), "[]");
	assert_int_equal(x.s->accepted, 2);
	world_close(&x);
}

static void
in_pieces(void **state)
{
	static const char *const script[] = { STATUS("503 Busy",
	    "Retry-After: 0\r\n"), OK("{}", "2"), OK("{}", "2"), NULL };
	size_t most = 14;
	struct world x;

	(void)state;
	world_open(&x, script, (struct http_setup){ 0 });
	x.c.method = "PUT";
	x.c.content_type = "text/csv";
	x.c.body_give = give_some;
	x.c.body_ctx = &most;
	x.c.body_length = 14;
	assert_int_equal(http_run(x.h, &x.c, &x.w), 0);
	assert_int_equal(x.c.status, 200);
	assert_non_null(strstr(x.s->seen[1], "PUT /a"));
	assert_non_null(strstr(x.s->seen[1], "Content-Length: 14\r\n"));
	assert_non_null(strstr(x.s->seen[1], "\r\n\r\nsent in pieces"));
	x.c.body_length = 40;		/* there is less than it said */
	assert_int_equal(http_run(x.h, &x.c, &x.w), -1);
	assert_string_equal(x.w.code, "body");
	world_close(&x);
}

static void
too_long(void **state)
{
	static const char *const script[] = { OK("[1,2,3,4]", "9"), NULL };
	struct world x;

	(void)state;
	world_open(&x, script, (struct http_setup){ 0 });
	x.c.answer_max = 5;
	assert_int_equal(http_run(x.h, &x.c, &x.w), -1);
	assert_string_equal(x.w.code, "too-long");
	assert_int_equal(x.c.attempts, 1);
	world_close(&x);
}

/* `n` bytes of `text`, packed, less `cut` at their end, `more` behind them. */
static const char *
pack(const char *status, const char *coding, struct slice text, size_t cut,
    const char *more)
{
	struct packed *k = &packed[packs++];
	char body[3000];
	z_stream z = { .next_in = (Bytef *)(uintptr_t)text.p,
	    .avail_in = (uInt)text.n, .next_out = (Bytef *)body,
	    .avail_out = sizeof(body) };
	size_t n;

	assert_true(packs <= sizeof(packed) / sizeof(*packed));
	assert_int_equal(deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 8,
	    Z_DEFAULT_STRATEGY), Z_OK);
	assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
	n = sizeof(body) - z.avail_out - cut;
	deflateEnd(&z);
	k->n = (size_t)snprintf(k->p, sizeof(k->p), "HTTP/1.1 %s\r\n"
	    "Content-Encoding: %s\r\nContent-Length: %zu\r\n\r\n", status,
	    coding, n + strlen(more));
	memcpy(k->p + k->n, body, n);
	memcpy(k->p + k->n + n, more, strlen(more));
	k->n += n + strlen(more);
	return k->p;
}

#define PLAIN(status, coding, body, length) "HTTP/1.1 " status "\r\n" \
    "Content-Encoding: " coding "\r\nContent-Length: " length "\r\n\r\n" body

static void
packed_answers(void **state)
{
	const struct slice json = SLICE("{\"a\":[1,1,1,1,1,1,1,1]}");
	const char *script[] = { pack("200 OK", "gzip", json, 0, ""),
	    pack("200 OK", "GZip", json, 0, ""),
	    pack("200 OK", "x-gzip", json, 0, ""),
	    PLAIN("200 OK", "identity", "[]", "2"),
	    PLAIN("204 No", "gzip", "", "0"), PLAIN("200 OK", "gzip", "", "0"),
	    PLAIN("200 OK", "gzip", "", "77"), NULL };
	struct world x;

	(void)state;
	world_open(&x, script, (struct http_setup){ .attempts = 1 });
	for (int i = 0; i < 3; i++) {
		assert_int_equal(http_run(x.h, &x.c, &x.w), 0);
		assert_true(slice_eq(buf_all(&x.c.answer), json));
		assert_true(x.received > json.n && x.received < 60);
	}
	assert_int_equal(http_run(x.h, &x.c, &x.w), 0);
	assert_string_equal(buf_cstr(&x.c.answer), "[]");
	assert_int_equal(http_run(x.h, &x.c, &x.w), 0);
	assert_int_equal(x.c.status, 204);
	assert_int_equal(http_run(x.h, &x.c, &x.w), -1);
	assert_string_equal(x.w.code, "no-answer");
	x.c.method = "HEAD";
	x.c.json = false;
	assert_int_equal(http_run(x.h, &x.c, &x.w), 0);
	assert_int_equal(x.s->accepted, 1);
	packs = 0;
	world_close(&x);
}

/* A broken transfer, however whole it looks from outside: once more. */
static void
packed_badly(void **state)
{
	const struct slice json = SLICE("{\"a\":[1,1,1,1,1,1,1,1]}");
	const char *script[] = { pack("200 OK", "gzip", json, 1, ""),
	    pack("200 OK", "gzip", json, 12, ""),
	    pack("200 OK", "gzip", json, 0, "something behind it"),
	    PLAIN("200 OK", "gzip", "{\"a\":\"no gzip at all\"}", "22"),
	    PLAIN("200 OK", "br", "whatever", "8"),
	    pack("200 OK", "gzip", json, 0, ""), NULL };
	static const char *const code[] = { "half-answer", "half-answer",
	    "connection", "connection", "connection" };
	static const char *const text[] = { "its gzip is cut off",
	    "its gzip is cut off", "is not the gzip", "is not the gzip",
	    "encoded as 'br', not gzip" };
	struct world x;

	(void)state;
	world_open(&x, script, (struct http_setup){ .attempts = 6 });
	assert_int_equal(http_run(x.h, &x.c, &x.w), 0);
	assert_int_equal(x.c.attempts, 6);
	assert_true(slice_eq(buf_all(&x.c.answer), json));
	x.s->next = 0;
	x.c.repeatable = false;		/* it may have been done */
	for (int i = 0; i < 5; i++) {
		assert_int_equal(http_run(x.h, &x.c, &x.w), -1);
		assert_int_equal(x.c.attempts, 1);
		assert_int_equal(x.w.kind, WHY_BROKEN);
		assert_string_equal(x.w.code, code[i]);
		assert_non_null(strstr(x.w.text, text[i]));
	}
	packs = 0;
	world_close(&x);
}

/* Its status is the news, whatever becomes of its body. */
static void
packed_errors(void **state)
{
	const struct slice page = SLICE("<h1>Gone fishing</h1>");
	static char as[100000];
	const char *script[] = { pack("404 Not Found", "gzip", page, 0, ""),
	    pack("404 Not Found", "gzip", page, 9, ""),
	    PLAIN("404 Not Found", "br", "whatever", "8"),
	    PLAIN("404 Not Found", "gzip", "{\"a\":\"no gzip\"}", "15"),
	    pack("404 Not Found", "gzip", (struct slice){ as, sizeof(as) },
	    0, ""), NULL };
	struct world x;

	(void)state;
	world_open(&x, script, (struct http_setup){ 0 });
	x.c.answer_max = 1000;
	for (int i = 0; i < 5; i++) {
		assert_int_equal(http_run(x.h, &x.c, &x.w), 0);
		assert_int_equal(x.c.attempts, 1);
		assert_int_equal(http_check(&x.c, &x.w), -1);
		assert_string_equal(x.w.code, "http-404");
		if (i == 0)
			assert_non_null(strstr(x.w.text, "Gone fishing"));
	}
	assert_int_equal(x.c.answer.n, 1000);
	packs = 0;
	world_close(&x);
}

/* A little that becomes much is too much, too. */
static void
packed_too_long(void **state)
{
	static char as[100000];
	const char *script[] = { pack("200 OK", "gzip",
	    (struct slice){ as, sizeof(as) }, 0, ""), NULL };
	struct world x;

	(void)state;
	world_open(&x, script, (struct http_setup){ 0 });
	x.c.answer_max = 50000;
	assert_int_equal(http_run(x.h, &x.c, &x.w), -1);
	assert_string_equal(x.w.code, "too-long");
	assert_int_equal(x.c.attempts, 1);
	assert_true(x.c.answer.n <= 50000);
	packs = 0;
	world_close(&x);
}

static void
packed_to_a_sink(void **state)
{
	const struct slice csv = SLICE("a,b\n1,2\n1,2\n1,2\n1,2\n");
	const char *script[] = { pack("200 OK", "gzip", csv, 4, ""),
	    pack("200 OK", "gzip", csv, 0, ""),
	    pack("200 OK", "gzip", csv, 0, ""), NULL };
	struct gathered g = { .b = BUF(1000) };
	struct world x;

	(void)state;
	world_open(&x, script, (struct http_setup){ 0 });
	x.c.sink = gather;
	x.c.again = begin_again;
	x.c.ctx = &g;
	assert_int_equal(http_run(x.h, &x.c, &x.w), 0);
	assert_int_equal(g.again, 1);
	assert_true(slice_eq(buf_all(&g.b), csv));
	g.stop_at = 1;
	assert_int_equal(http_run(x.h, &x.c, &x.w), -1);
	assert_string_equal(x.w.code, "stopped");
	assert_int_equal(x.c.attempts, 1);
	buf_free(&g.b);
	packs = 0;
	world_close(&x);
}

/* Three, two of them in flight at once. */
static void
several(void **state)
{
	static const char *const script[] = { OK("1", "1"), OK("1", "1"),
	    OK("1", "1"), NULL };
	struct world x;
	struct http_call c[3], *done;
	int i, given = 0;

	(void)state;
	world_open(&x, script, (struct http_setup){ .in_flight = 2 });
	for (i = 0; i < 3; i++) {
		c[i] = x.c;
		c[i].user = &c[i];
		assert_int_equal(http_start(x.h, &c[i], &x.w), 0);
	}
	while ((done = http_wait(x.h)) != NULL) {
		assert_ptr_equal(done->user, done);
		assert_string_equal(buf_cstr(&done->answer), "1");
		given++;
	}
	assert_int_equal(given, 3);
	for (i = 0; i < 3; i++)
		http_call_free(&c[i]);
	world_close(&x);
}

static void
refused_urls(void **state)
{
	static const char *const script[] = { NULL };
	static const char *const bad[] = { "http://shop.example/",
	    "http://10.0.0.1/", "http://127.0.0.1.example.org/",
	    "ftp://shop.example/", "file:///etc/passwd", "",
	    "https://user:pass@shop.example/" };
	struct world x;
	size_t i;

	(void)state;
	world_open(&x, script, (struct http_setup){ 0 });
	for (i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		x.c.url = bad[i];
		assert_int_equal(http_start(x.h, &x.c, &x.w), -1);
		assert_int_equal(x.w.kind, WHY_SETUP);
		assert_null(strstr(x.w.text, "pass@"));
		assert_null(http_url_open(bad[i], &x.w));
	}
	x.c.url = x.url;
	x.c.authorization = "Bearer x\r\nX-Evil: 1";
	assert_int_equal(http_start(x.h, &x.c, &x.w), -1);
	assert_null(strstr(x.w.text, "Evil"));
	assert_null(http_url_open("https://a.example/?x=1", &x.w));
	world_close(&x);
}

static void
urls(void **state)
{
	struct why w = {0};
	struct buf b = BUF(100);
	struct http_url *u = http_url_open("https://shop.example:444/m/", &w);

	(void)state;
	assert_non_null(u);
	http_url_path(u, "/rest/all/V1/products");
	http_url_segment(u, SLICE("24/7 b\xc3\xa4g"));
	assert_string_equal(http_url_text(u), "https://shop.example:444/m/"
	    "rest/all/V1/products/24%2F7%20b%C3%A4g");
	http_url_query(u, "s[f][0]", SLICE("a+b c&d=%"));
	http_url_query(u, "x", SLICE(""));
	assert_string_equal(http_url_text(u), "https://shop.example:444/m/"
	    "rest/all/V1/products/24%2F7%20b%C3%A4g"
	    "?s%5Bf%5D%5B0%5D=a%2Bb%20c%26d%3D%25&x=");
	http_host(&b, "https://u@shop.example:444/m?x@y");
	assert_string_equal(buf_cstr(&b), "shop.example:444");
	buf_free(&b);
	http_url_free(u);
	u = http_url_open("http://[::1]:8080", &w);
	assert_non_null(u);
	http_url_path(u, "x");
	assert_string_equal(http_url_text(u), "http://[::1]:8080/x");
	http_url_free(u);
}

/* Once the server has the request. */
static void *
says_stop(void *arg)
{
	struct world *x = arg;
	int asked = 0;

	while (asked == 0) {
		usleep(1000);
		pthread_mutex_lock(&x->s->lock);
		asked = x->s->asked;
		pthread_mutex_unlock(&x->s->lock);
	}
	atomic_store(&x->stop, true);
	return NULL;
}

/* What was asked for counts, answered or not. */
static void
stopped_in_flight(void **state)
{
	static const char *const script[] = { "HANG", NULL };
	struct world x = { .stop = false };
	pthread_t who;

	(void)state;
	world_open(&x, script, (struct http_setup){ .stop = &x.stop });
	pthread_create(&who, NULL, says_stop, &x);
	assert_int_equal(http_run(x.h, &x.c, &x.w), -1);
	pthread_join(who, NULL);
	assert_string_equal(x.w.code, "stopped");
	assert_int_equal(x.counted, 1);
	world_close(&x);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plain_get), cmocka_unit_test(tries_again),
		cmocka_unit_test(gives_up), cmocka_unit_test(writes_once),
		cmocka_unit_test(stopped_in_flight),
		cmocka_unit_test(poisoned_page),
		cmocka_unit_test(retry_after_too_long),
		cmocka_unit_test(pages_for_people),
		cmocka_unit_test(half_json), cmocka_unit_test(long_error),
		cmocka_unit_test(not_begun),
		cmocka_unit_test(nothing_at_all),
		cmocka_unit_test(refused), cmocka_unit_test(no_tls),
		cmocka_unit_test(to_a_sink), cmocka_unit_test(in_pieces),
		cmocka_unit_test(on_kept), cmocka_unit_test(closed_meanwhile),
		cmocka_unit_test(too_long), cmocka_unit_test(several),
		cmocka_unit_test(packed_answers),
		cmocka_unit_test(packed_badly),
		cmocka_unit_test(packed_errors),
		cmocka_unit_test(packed_too_long),
		cmocka_unit_test(packed_to_a_sink),
		cmocka_unit_test(refused_urls), cmocka_unit_test(urls),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
