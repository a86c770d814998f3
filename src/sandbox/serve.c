#include <err.h>
#include <errno.h>
#include <limits.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "reply.h"

#define IN_MEMORY ((size_t)1 << 20)	/* a larger body goes to a file */
#define CONNECTIONS 512
#define HEAD_MAX ((size_t)256 << 10)	/* request line and headers */
#define IDLE_CLOSE 300			/* seconds an idle connection stays */

struct server {
	struct serve_conf *conf;
	struct faults *faults;
	pthread_mutex_t lock;	/* all below, and the handler */
	unsigned long n;
	time_t last;		/* when the last request came */
	int log;		/* a file without a name */
	off_t log_len;
	int stop[2];		/* closing [1] wakes all who wait */
	char base[64];
};

/* One request while it comes in. */
struct call {
	struct server *s;
	char *path, *plain, *query;
	struct buf body;
	int spool;		/* -1, or a file without a name */
	size_t spooled;
	char *map;
	int begun, too_big, answered;
	struct fault *fault;
};

static int
temp_file(void)
{
	const char *dir = getenv("TMPDIR");
	char name[PATH_MAX];
	int fd;

	snprintf(name, sizeof name, "%s/sandbox.XXXXXX",
	    dir && *dir ? dir : "/tmp");
	if ((fd = mkstemp(name)) == -1)
		err(3, "cannot make a file in '%s'", dir ? dir : "/tmp");
	unlink(name);
	return fd;
}

static int
write_all(int fd, const char *p, size_t n)
{
	ssize_t done;

	for (; n; p += done, n -= (size_t)done)
		if ((done = write(fd, p, n)) <= 0)
			return -1;
	return 0;
}

/* --- taking a request in --- */

static void *
call_open(void *cls, const char *uri, struct MHD_Connection *conn)
{
	struct call *c = calloc(1, sizeof *c);
	size_t n = strcspn(uri, "?");

	(void)conn;
	if (c == NULL || (c->path = strndup(uri, n)) == NULL ||
	    (c->query = strdup(uri + n + (uri[n] == '?'))) == NULL)
		err(3, "cannot allocate memory");
	c->plain = serve_decode(c->path, n, 0, NULL);
	c->s = cls;
	c->spool = -1;
	return c;
}

static void
call_close(void *cls, struct MHD_Connection *conn, void **con,
    enum MHD_RequestTerminationCode code)
{
	struct call *c = *con;

	(void)cls, (void)conn, (void)code;
	if (c == NULL)
		return;
	if (c->map)
		munmap(c->map, c->spooled);
	if (c->spool != -1)
		close(c->spool);
	buf_free(&c->body);
	fault_free(c->fault);
	free(c->path);
	free(c->plain);
	free(c->query);
	free(c);
	*con = NULL;
}

static void
spill(struct call *c)
{
	if (c->body.n == 0)
		return;
	if (c->spool == -1)
		c->spool = temp_file();
	if (write_all(c->spool, c->body.p, c->body.n) == -1)
		err(3, "cannot keep a request's body");
	c->spooled += c->body.n;
	c->body.n = 0;
}

static void
body_add(struct call *c, const char *p, size_t n)
{
	if (c->too_big || c->spooled + c->body.n + n > SERVE_BODY_MAX) {
		c->too_big = 1;
		return;
	}
	buf_add(&c->body, p, n);
	if (c->body.n >= IN_MEMORY)
		spill(c);
}

/* The whole body, wherever it is. */
static const char *
body_all(struct call *c, size_t *n)
{
	if (c->spool == -1) {
		*n = c->body.n;
		return c->body.p ? c->body.p : "";
	}
	spill(c);
	c->map = mmap(NULL, c->spooled, PROT_READ, MAP_PRIVATE, c->spool, 0);
	if (c->map == MAP_FAILED)
		err(3, "cannot map a request's body");
	*n = c->spooled;
	return c->map;
}

/* --- answering it --- */

/* Wait so long, unless the client leaves or the server ends. */
static void
wait_ms(struct server *s, struct MHD_Connection *conn, long ms)
{
	const union MHD_ConnectionInfo *ci;
	struct pollfd p[2];

	if (ms <= 0)
		return;
	ci = MHD_get_connection_info(conn, MHD_CONNECTION_INFO_CONNECTION_FD);
	p[0].fd = s->stop[0];
	p[0].events = POLLIN;
	p[1].fd = ci ? ci->connect_fd : -1;
	p[1].events = POLLRDHUP;
	(void)poll(p, 2, ms > INT_MAX ? INT_MAX : (int)ms);
}

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* The query as sent, the values of secrets aside: others may read the log. */
static void
log_query(struct buf *b, const char *query)
{
	static const char *const secret[] = {"token", "access_token",
	    "oauth_token", "refresh_token", "client_secret", "assertion",
	    "password"};
	struct buf clean = {0};
	const char *p, *end;
	size_t n, i;

	for (p = query; *p; p = end + (*end == '&')) {
		end = p + strcspn(p, "&");
		n = strcspn(p, "=&");
		for (i = 0; i < sizeof secret / sizeof *secret; i++)
			if (strlen(secret[i]) == n &&
			    strncasecmp(secret[i], p, n) == 0)
				break;
		if (p > query)
			buf_byte(&clean, '&');
		if (i < sizeof secret / sizeof *secret) {
			buf_add(&clean, p, n);
			buf_str(&clean, "=***");
		} else
			buf_add(&clean, p, (size_t)(end - p));
	}
	buf_json(b, clean.p ? clean.p : "", clean.n);
	buf_free(&clean);
}

static void
log_add(struct server *s, const struct request *rq, int status, double begun)
{
	struct buf b = {0};
	time_t at = serve_now(s->conf);
	char date[32];
	struct tm tm;

	buf_fmt(&b, "{\"n\":%lu,\"method\":", rq->n);
	buf_json(&b, rq->method, strlen(rq->method));
	buf_str(&b, ",\"path\":");
	buf_json(&b, rq->path, strlen(rq->path));
	buf_str(&b, ",\"query\":");
	log_query(&b, rq->query);
	gmtime_r(&at, &tm);
	strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%SZ", &tm);
	buf_fmt(&b, ",\"status\":%d,\"bytes\":%zu,\"at\":\"%s\",\"ms\":%.0f"
	    "%s}\n", status, rq->body_len, date, now() - begun,
	    rq->fault ? ",\"fault\":true" : "");
	if (write_all(s->log, b.p, b.n) == -1)
		err(3, "cannot keep the log");
	s->log_len += (off_t)b.n;
	buf_free(&b);
}

/* Does the plan of faults answer instead?  A body alone does so as well. */
static int
answers(const struct fault *ft)
{
	return fault_get(ft, "status") || fault_get(ft, "body_text") ||
	    fault_get(ft, "body_json");
}

/* The answer that it gives. */
static void
answer_fault(const struct fault *ft, struct reply *rp)
{
	const char *text = fault_str(ft, "body_text");
	yyjson_val *json = fault_get(ft, "body_json");
	const char *type = fault_str(ft, "type");
	struct buf *b;
	size_t n;
	char *p;

	reply_free(rp);
	if (type == NULL)
		type = text ? "text/html" : "application/json; charset=utf-8";
	b = reply_with(rp, (int)fault_int(ft, "status", 200), type);
	if (json && (p = yyjson_val_write(json, 0, &n))) {
		buf_add(b, p, n);
		free(p);
	} else if (text)
		buf_str(b, text);
}

/* True when the request is not to reach the handler. */
static int
fault_before(struct call *c, const struct request *rq, struct reply *rp)
{
	const struct fault *ft = rq->fault;
	yyjson_val *hang = fault_get(ft, "hang");
	const char *reset = fault_str(ft, "reset");

	wait_ms(c->s, rq->conn, c->s->conf->latency + fault_int(ft, "delay", 0));
	if (hang && !yyjson_is_false(hang)) {
		wait_ms(c->s, rq->conn, fault_int(ft, "hang", 3600) * 1000);
		reply_drop(rp, 0);
		return 1;
	}
	if (reset && strcmp(reset, "before") == 0) {
		reply_drop(rp, 1);
		return 1;
	}
	if (!answers(ft) || fault_true(ft, "after"))
		return 0;
	answer_fault(ft, rp);
	return 1;
}

static void
fault_after(const struct request *rq, struct reply *rp, int handled)
{
	const struct fault *ft = rq->fault;
	const char *reset = fault_str(ft, "reset");
	yyjson_val *all = fault_get(ft, "headers"), *k, *v;
	size_t i, max;

	if (handled && answers(ft))
		answer_fault(ft, rp);
	if (handled && reset && strcmp(reset, "after") == 0)
		reply_drop(rp, 1);
	if (yyjson_is_obj(all))
		yyjson_obj_foreach(all, i, max, k, v)
			if (yyjson_is_str(v))
				reply_header(rp, yyjson_get_str(k),
				    yyjson_get_str(v));
	rp->truncate = fault_int(ft, "truncate", -1);
}

static void
own_path(struct server *s, const struct request *rq, struct reply *rp)
{
	char why[400];

	if (strcmp(rq->path, "/sandbox/log") == 0) {
		if (strcmp(rq->method, "DELETE") == 0) {
			s->log_len = 0;
			if (ftruncate(s->log, 0) == -1 ||
			    lseek(s->log, 0, SEEK_SET) == -1)
				err(3, "cannot empty the log");
			reply_with(rp, 204, NULL);
		} else
			reply_file(rp, 200, "application/x-ndjson", s->log, 0,
			    s->log_len);
	} else if (strcmp(rq->path, "/sandbox/faults") == 0) {
		if (faults_set(s->faults, rq->body, rq->body_len, why,
		    sizeof why) == -1)
			buf_fmt(reply_with(rp, 400, "text/plain"), "%s\n", why);
		else
			reply_with(rp, 204, NULL);
	} else
		s->conf->handle(s->conf->ctx, rq, rp);
}

void
serve_give_way(const struct request *rq)
{
	const struct timespec moment = {0, 100000};
	struct server *s = rq->server;

	pthread_mutex_unlock(&s->lock);
	nanosleep(&moment, NULL);	/* or it would get the lock back */
	pthread_mutex_lock(&s->lock);
}

static void
respond(struct call *c, struct request *rq, struct reply *rp)
{
	struct server *s = c->s;
	int handled = 0, own = strncmp(rq->path, "/sandbox/", 9) == 0;
	double begun = now();
	char *query;

	if (!own) {
		query = serve_decode(rq->query, strlen(rq->query), 1, NULL);
		pthread_mutex_lock(&s->lock);
		rq->n = ++s->n;
		c->fault = faults_pick(s->faults, rq->method, rq->path, query,
		    rq->body, rq->body_len);
		pthread_mutex_unlock(&s->lock);
		free(query);
		rq->fault = c->fault;
		handled = !fault_before(c, rq, rp);
	}
	pthread_mutex_lock(&s->lock);
	s->last = time(NULL);
	if (own)
		own_path(s, rq, rp);
	else if (handled && c->too_big)
		reply_with(rp, 413, NULL);
	else if (handled)
		s->conf->handle(s->conf->ctx, rq, rp);
	if (rq->fault)
		fault_after(rq, rp, handled);
	if (rp->status == 0 && !rp->drop)
		reply_with(rp, 500, NULL);
	if (!own)
		log_add(s, rq, rp->drop ? 0 : rp->status, begun -
		    (double)rp->wait);
	pthread_mutex_unlock(&s->lock);
}

static int
wants_gzip(const struct request *rq)
{
	const char *p = serve_header(rq, "Accept-Encoding");

	if (p == NULL || (p = strcasestr(p, "gzip")) == NULL)
		return 0;
	p += 4 + strspn(p + 4, " ");
	if (*p != ';')
		return 1;
	p += 1 + strspn(p + 1, " ");
	return strncmp(p, "q=", 2) != 0 || strtod(p + 2, NULL) > 0;
}

/* Dissolving the association is what makes Linux send RST at once; a close
 * would come after libmicrohttpd's shutdown(), whose FIN looks like an end. */
static void
set_reset(struct MHD_Connection *conn)
{
	const union MHD_ConnectionInfo *ci;
	struct sockaddr none = {.sa_family = AF_UNSPEC};

	ci = MHD_get_connection_info(conn, MHD_CONNECTION_INFO_CONNECTION_FD);
	if (ci)
		(void)connect(ci->connect_fd, &none, sizeof none);
}

static enum MHD_Result
answer(struct call *c, struct MHD_Connection *conn, const char *method)
{
	struct request rq = {0};
	struct reply rp = {0};
	enum MHD_Result rc;

	rq.method = method;
	rq.path = c->path;
	rq.plain = c->plain;
	rq.query = c->query;
	rq.body = body_all(c, &rq.body_len);
	rq.base = c->s->base;
	rq.conn = conn;
	rq.server = c->s;
	rp.truncate = -1;
	respond(c, &rq, &rp);
	wait_ms(c->s, conn, rp.wait);
	if (rp.drop) {
		if (rp.reset)
			set_reset(conn);
		reply_free(&rp);
		return MHD_NO;
	}
	rc = reply_send(&rp, conn, c->s->conf->gzip && wants_gzip(&rq),
	    serve_now(c->s->conf));
	reply_free(&rp);
	return rc;
}

static enum MHD_Result
incoming(void *cls, struct MHD_Connection *conn, const char *url,
    const char *method, const char *version, const char *data, size_t *size,
    void **con)
{
	struct call *c = *con;

	(void)cls, (void)url, (void)version;
	if (!c->begun) {
		c->begun = 1;
		return MHD_YES;
	}
	if (*size) {
		body_add(c, data, *size);
		*size = 0;
		return MHD_YES;
	}
	if (c->answered)
		return MHD_YES;
	c->answered = 1;
	return answer(c, conn, method);
}

/* --- the daemon --- */

static struct MHD_Daemon *
listen_on(struct server *s)
{
	struct sockaddr_in sin = {0};
	const union MHD_DaemonInfo *di;
	struct MHD_Daemon *d;

	sin.sin_family = AF_INET;
	sin.sin_port = htons((uint16_t)s->conf->port);
	sin.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	d = MHD_start_daemon(MHD_USE_THREAD_PER_CONNECTION |
	    MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_POLL |
	    MHD_USE_SUPPRESS_DATE_NO_CLOCK,
	    (uint16_t)s->conf->port, NULL, NULL, incoming, s,
	    MHD_OPTION_SOCK_ADDR, &sin,
	    MHD_OPTION_URI_LOG_CALLBACK, call_open, s,
	    MHD_OPTION_NOTIFY_COMPLETED, call_close, s,
	    MHD_OPTION_CONNECTION_LIMIT, (unsigned)CONNECTIONS,
	    MHD_OPTION_CONNECTION_MEMORY_LIMIT, HEAD_MAX,
	    MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)IDLE_CLOSE,
	    MHD_OPTION_END);
	if (d == NULL)
		return NULL;
	di = MHD_get_daemon_info(d, MHD_DAEMON_INFO_BIND_PORT);
	snprintf(s->base, sizeof s->base, "http://127.0.0.1:%u",
	    di ? di->port : 0);
	return d;
}

/* The first line; who cannot read it cannot use the server: -1. */
static int
announce(struct server *s)
{
	struct buf b = {0};
	int rc;

	buf_fmt(&b, "{\"url\":\"%s\",\"credentials\":", s->base);
	pthread_mutex_lock(&s->lock);
	if (s->conf->credentials)
		s->conf->credentials(s->conf->ctx, s->base, &b);
	else
		buf_str(&b, "{}");
	pthread_mutex_unlock(&s->lock);
	buf_str(&b, "}\n");
	fwrite(b.p, 1, b.n, stdout);
	rc = fflush(stdout) == EOF || ferror(stdout) ? -1 : 0;
	if (rc == -1)
		warn("cannot write");
	buf_free(&b);
	return rc;
}

/* Until a signal, the parent's end, or too long a silence. */
static void
sit(struct server *s, const sigset_t *ends)
{
	const struct timespec tick = {1, 0};
	time_t last;

	for (;;) {
		if (sigtimedwait(ends, NULL, &tick) > 0)
			return;
		if (s->conf->parent && kill((pid_t)s->conf->parent, 0) == -1 &&
		    errno == ESRCH)
			return;
		pthread_mutex_lock(&s->lock);
		last = s->last;
		pthread_mutex_unlock(&s->lock);
		if (s->conf->idle && time(NULL) - last > s->conf->idle)
			return;
	}
}

int
serve_run(struct serve_conf *conf)
{
	struct server s = {.conf = conf, .log = -1};
	struct MHD_Daemon *d;
	sigset_t ends;
	int rc = 3;

	signal(SIGPIPE, SIG_IGN);
	sigemptyset(&ends);
	sigaddset(&ends, SIGTERM);
	sigaddset(&ends, SIGINT);
	pthread_sigmask(SIG_BLOCK, &ends, NULL);
	pthread_mutex_init(&s.lock, NULL);
	if (pipe(s.stop) == -1)
		err(3, "cannot make a pipe");
	s.faults = conf->faults ? conf->faults : faults_open(conf->seed);
	s.log = temp_file();
	s.last = time(NULL);
	if ((d = listen_on(&s)) == NULL)
		warnx("cannot listen on port %d", conf->port);
	else {
		if ((rc = announce(&s) == -1 ? 3 : 0) == 0)
			sit(&s, &ends);
		close(s.stop[1]);
		s.stop[1] = -1;
		MHD_stop_daemon(d);
	}
	if (s.stop[1] != -1)
		close(s.stop[1]);
	close(s.stop[0]);
	close(s.log);
	faults_close(s.faults);
	conf->faults = NULL;
	pthread_mutex_destroy(&s.lock);
	return rc;
}
