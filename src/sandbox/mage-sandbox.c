/* mage-sandbox - a Magento store on the loopback interface */
#include <err.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "mage-attribute.h"
#include "mage-auth.h"
#include "mage-cache.h"
#include "mage-change.h"
#include "mage-trouble.h"

static void
usage(FILE *to)
{
	fputs("usage: mage-sandbox --data DIR [OPTION]...\n"
	    "mage-sandbox: a Magento store on the loopback interface\n\n"
	    "      --data DIR                 its records, NAME.ndjson each\n"
	    "      --port N                   0, the default: any that is free\n"
	    "      --state FILE               keep what clients change here\n"
	    "      --faults FILE              what goes wrong, and when\n"
	    "      --set NAME=VALUE           a setting; more than once\n"
	    "  -h, --help                     show this and leave\n"
	    "      --version                  show the version and leave\n\n"
	    "See mage-sandbox(1).\n", to);
}

void
shop_now(const struct shop *shop, char text[20])
{
	time_t now = serve_now(&shop->serve);
	struct tm tm;

	gmtime_r(&now, &tm);
	strftime(text, 20, "%Y-%m-%d %H:%M:%S", &tm);
}

int
refuse_internal(struct shop *shop, struct refusal *no)
{
	char text[200];

	snprintf(text, sizeof text, "Internal Error. Details are available in"
	    " Magento log file. Report ID: webapi-%05x%08x",
	    (unsigned)(serve_now(&shop->serve) & 0xfffff), ++shop->reports);
	return refuse(no, 500, text, NULL);
}

/* --- what no real shop has: /sandbox/... --- */

struct walk {
	struct store *store;
	int kind, last;		/* where it is and where it ends */
	int bare;		/* records alone, as in the files */
	size_t at;
	struct buf line;
	size_t sent;
};

/* The next line of the state, in `line`: 0 at the end. */
static int
walk_line(struct walk *w)
{
	struct buf one = {0};

	w->line.n = w->sent = 0;
	while (w->kind <= w->last && !store_walk(w->store, (enum kind)w->kind,
	    &w->at, &one)) {
		w->kind++;
		w->at = 0;
	}
	if (one.n && !w->bare)
		buf_fmt(&w->line, "{\"entity\":\"%s\",\"record\":%.*s}\n",
		    entities[w->kind].name, (int)one.n - 1, one.p);
	else
		buf_add(&w->line, one.p, one.n);
	buf_free(&one);
	return w->line.n > 0;
}

static ssize_t
walk_read(void *src, char *to, size_t cap)
{
	struct walk *w = src;
	size_t n = 0, part;

	while (n < cap) {
		if (w->sent == w->line.n && !walk_line(w))
			break;
		part = w->line.n - w->sent;
		if (part > cap - n)
			part = cap - n;
		memcpy(to + n, w->line.p + w->sent, part);
		w->sent += part;
		n += part;
	}
	return (ssize_t)n;
}

static void
walk_done(void *src)
{
	struct walk *w = src;

	buf_free(&w->line);
	free(w);
}

/* GET /sandbox/state[?entity=NAME] */
static void
state(struct shop *shop, const struct request *rq, struct reply *rp)
{
	struct walk *w = calloc(1, sizeof *w);
	const char *name = rq->query;

	if (w == NULL)
		err(3, "cannot allocate memory");
	w->store = shop->store;
	w->last = KINDS - 1;
	if (strncmp(name, "entity=", 7) == 0) {
		w->kind = w->last = entity_named(name + 7, strlen(name + 7));
		w->bare = 1;
	}
	if (w->kind == -1) {
		free(w);
		buf_str(reply_with(rp, 404, "text/plain"), "no such entity\n");
		return;
	}
	reply_stream(rp, 200, "application/x-ndjson", walk_read, w, walk_done,
	    -1);
}

/* Insert or replace one record; an id is given where there is none, and the
 * items of an order go into their own list too. */
static int
put_record(struct shop *shop, enum kind k, const char *line, size_t n,
    struct buf *out)
{
	yyjson_doc *in = php_read(line, n);
	yyjson_val *root = in ? yyjson_doc_get_root(in) : NULL;
	yyjson_mut_doc *doc;
	struct buf b = {0};
	int64_t id;

	if (!yyjson_is_obj(root) || entities[k].id == NULL) {
		yyjson_doc_free(in);
		return -1;
	}
	doc = yyjson_doc_mut_copy(in, NULL);
	id = input_id(yyjson_obj_get(root, entities[k].id));
	if (id == -1) {
		id = store_next(shop->store, entities[k].name, k);
		record_set_id(doc, yyjson_mut_doc_get_root(doc), entities[k].id,
		    id);
		php_write(doc, &b);
	} else
		buf_add(&b, line, n);
	store_put(shop->store, k, id, b.p, b.n);
	if (k == ORDERS)
		items_keep(shop->store, doc, yyjson_mut_doc_get_root(doc));
	buf_fmt(out, "{\"id\":%lld}\n", (long long)id);
	buf_free(&b);
	yyjson_mut_doc_free(doc);
	yyjson_doc_free(in);
	return 0;
}

static void
put_records(struct shop *shop, enum kind k, const struct request *rq,
    struct reply *rp)
{
	struct buf *out = reply_with(rp, 200, "application/x-ndjson");
	const char *p = rq->body, *end = p + rq->body_len, *nl;
	int rc = 0;

	store_begin(shop->store);
	for (; rc == 0 && p < end; p = nl + 1) {
		nl = memchr(p, '\n', (size_t)(end - p));
		if (nl == NULL)
			nl = end;
		if (nl > p)
			rc = put_record(shop, k, p, (size_t)(nl - p), out);
	}
	store_commit(shop->store);
	if (rc == -1)
		buf_str(reply_with(rp, 400, "text/plain"), "a line is not a JSON"
		    " object, or this kind has no ids\n");
}

/* POST /sandbox/records/NAME, DELETE /sandbox/records/NAME/ID */
static void
records(struct shop *shop, const struct request *rq, struct reply *rp)
{
	const char *name = rq->path + strlen("/sandbox/records/");
	size_t n = strcspn(name, "/");
	int k = entity_named(name, n), there;

	if (k == -1) {
		buf_str(reply_with(rp, 404, "text/plain"), "no such entity\n");
		return;
	}
	if (strcmp(rq->method, "POST") == 0) {
		put_records(shop, (enum kind)k, rq, rp);
		return;
	}
	store_begin(shop->store);
	there = strcmp(rq->method, "DELETE") == 0 && name[n] == '/' &&
	    store_delete(shop->store, (enum kind)k, atoll(name + n + 1));
	store_commit(shop->store);
	reply_with(rp, there ? 204 : 404, NULL);
}

/* POST /sandbox/clock */
static void
stop_clock(struct shop *shop, const struct request *rq, struct reply *rp)
{
	char text[32];

	snprintf(text, sizeof text, "%.*s", (int)rq->body_len, rq->body);
	reply_with(rp, serve_stop_clock(&shop->serve, text) == -1 ? 400 : 204,
	    NULL);
}

static void
handle(void *ctx, const struct request *rq, struct reply *rp)
{
	struct shop *shop = ctx;
	const char *p = rq->path;

	bulk_work(shop);
	if (strcmp(p, "/sandbox/state") == 0)
		state(shop, rq, rp);
	else if (strcmp(p, "/sandbox/clock") == 0 &&
	    strcmp(rq->method, "POST") == 0)
		stop_clock(shop, rq, rp);
	else if (strcmp(p, "/sandbox/reset") == 0 &&
	    strcmp(rq->method, "POST") == 0) {
		store_reset(shop->store);
		shop->bulk = 0;
		attributes_seed(shop);
		reply_with(rp, 204, NULL);
	} else if (strncmp(p, "/sandbox/records/", 17) == 0)
		records(shop, rq, rp);
	else if (strncmp(p, "/rest/", 6) == 0 ||
	    strncmp(p, "/index.php/rest/", 16) == 0)
		rest_handle(shop, rq, rp);
	else if (strcmp(p, "/magento_version") == 0)
		/* module-version: without the patch, to everybody */
		buf_fmt(reply_with(rp, 200, "text/html; charset=UTF-8"),
		    "Magento/%ld.%ld (Community)", shop->set.release / 10000,
		    shop->set.release / 100 % 100);
	else
		buf_str(reply_with(rp, 404, "text/html; charset=UTF-8"),
		    "<!doctype html>\n<title>404 Not Found</title>\n");
}

static void
credentials(void *ctx, const char *base, struct buf *out)
{
	struct shop *shop = ctx;

	snprintf(shop->base, sizeof shop->base, "%s", base);
	auth_print(shop->auth, out);
}

/* --- options --- */

static void
set(struct shop *shop, const char *text)
{
	const char *eq = strchr(text, '=');
	int rc = serve_set(&shop->serve, text);

	if (rc == 1)
		return;
	if (rc == -1 || eq == NULL ||
	    settings_set(&shop->set, text, (size_t)(eq - text), eq + 1) == -1)
		errx(2, "cannot set '%s'", text);
}

static void
defaults(struct shop *shop)
{
	memset(shop, 0, sizeof *shop);
	serve_defaults(&shop->serve, "mage-sandbox");
	shop->set = settings_default;
}

static void
options(struct shop *shop, int argc, char **argv, const char **data,
    const char **state_file, const char **faults)
{
	static const struct option longs[] = {
		{"data", required_argument, NULL, 'd'},
		{"port", required_argument, NULL, 'p'},
		{"state", required_argument, NULL, 's'},
		{"faults", required_argument, NULL, 'f'},
		{"set", required_argument, NULL, 'S'},
		{"help", no_argument, NULL, 'h'},
		{"version", no_argument, NULL, 'V'},
		{NULL, 0, NULL, 0}
	};
	long port;
	int o;

	while ((o = getopt_long(argc, argv, "h", longs, NULL)) != -1)
		switch (o) {
		case 'd':
			*data = optarg;
			break;
		case 'p':
			if (serve_number(optarg, &port) == -1 || port > 65535)
				errx(2, "no port: '%s'", optarg);
			shop->serve.port = (int)port;
			break;
		case 's':
			*state_file = optarg;
			break;
		case 'f':
			*faults = optarg;
			break;
		case 'S':
			set(shop, optarg);
			break;
		case 'h':
			usage(stdout);
			exit(0);
		case 'V':
			printf("mage-sandbox (millrace) %s\n", VERSION);
			exit(0);
		default:
			usage(stderr);
			exit(2);
		}
	if (optind < argc || *data == NULL) {
		usage(stderr);
		exit(2);
	}
}

static const struct fault_word words[] = {{"expire_token", FAULT_FLAG},
	{"as", FAULT_TEXT}, {"poison", FAULT_TEXT}, {"change", FAULT_ANY},
	{"change_at", FAULT_TEXT},
	{"operation", FAULT_NUMBER}, {"operation_status", FAULT_NUMBER},
};

int
main(int argc, char **argv)
{
	const char *data = NULL, *state_file = NULL, *faults = NULL;
	struct shop shop;
	char why[5000];
	int rc;

	defaults(&shop);
	options(&shop, argc, argv, &data, &state_file, &faults);
	if ((shop.store = store_open(data, state_file, why, sizeof why)) == NULL)
		errx(2, "%s", why);
	attributes_seed(&shop);
	shop.auth = auth_open(&shop);
	shop.cache = cache_open();
	shop.serve.faults = faults_open(shop.serve.seed);
	faults_words(shop.serve.faults, words, sizeof words / sizeof *words);
	faults_check(shop.serve.faults, trouble_check);
	if (faults && faults_load(shop.serve.faults, faults, why, sizeof why) ==
	    -1)
		errx(2, "%s", why);
	shop.serve.handle = handle;
	shop.serve.credentials = credentials;
	shop.serve.ctx = &shop;
	rc = serve_run(&shop.serve);
	cache_close(shop.cache);
	auth_close(shop.auth);
	store_close(shop.store);
	return rc;
}
