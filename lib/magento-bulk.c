#include "magento-bulk.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "say.h"

enum {
	LOT = 500,		/* records of a bulk */
	BODY_MAX = LOT * 4096,
	FIRST_MS = 200, LONGEST_MS = 15000,	/* between two looks */
};

/* One request: the records at `t`, and what the store calls it. */
struct lot {
	struct mage_tell **t;
	size_t n, open;
	char uuid[MAGE_UUID];
};

void
mage_bulk_init(struct mage_bulk *b, struct mage *m,
    const struct mage_places *p, const struct conf *c, struct ledger *l)
{
	const char *bulk = conf_text(c, "magento", "bulk");

	*b = (struct mage_bulk){ .m = m, .places = p, .ledger = l };
	b->allowed[MAGE_PRODUCTS] = strcmp(bulk, "no") != 0;
	b->allowed[MAGE_CUSTOMERS] = strcmp(bulk, "all") == 0;
	b->from = (size_t)conf_int(c, "magento", "bulk_from");
	b->patience = conf_int(c, "magento", "bulk_patience");
}

bool
mage_bulk_wants(const struct mage_bulk *b, enum mage_kind kind, size_t n)
{
	return b->allowed[kind] && b->from > 0 && n >= b->from;
}

/* No bulk any more in this run. */
static void
give_up(struct mage_bulk *b, const char *what)
{
	b->allowed[MAGE_PRODUCTS] = b->allowed[MAGE_CUSTOMERS] = false;
	say("%s; records are told one by one", what);
}

/* --- sending --- */

static void
body_of(const struct mage_bulk *b, const struct lot *lot, struct buf *body)
{
	size_t i;

	buf_char(body, '[');
	for (i = 0; i < lot->n; i++) {
		if (i > 0)
			buf_char(body, ',');
		mage_tell_body(lot->t[i], b->places, true, body);
	}
	buf_char(body, ']');
}

static struct mage_tell *
tell_of(const struct lot *lot, struct slice item)
{
	int64_t i = mage_number(scan_get(item, "id"));

	return i >= 0 && (size_t)i < lot->n ? lot->t[i] : NULL;
}

static void
op_failed(struct mage_tell *t, enum mage_op op, struct slice said,
    struct pool *pool)
{
	static const char *const code[] = {
		[MAGE_OP_RETRY] = "bulk-again",
		[MAGE_OP_FAILED] = "bulk-refused",
		[MAGE_OP_REJECTED] = "bulk-refused",
	};
	struct slice text = scan_string(said, pool);

	t->op = op;
	why_code(&t->error, WHY_DATA, code[op], "%.*s",
	    text.n == 0 ? 17 : slice_cut(text, 500),
	    text.n == 0 ? "no reason is given" : text.p);
}

/* It becomes a part of paths. */
static bool
is_uuid(struct slice s)
{
	size_t i;

	for (i = 0; i < s.n; i++)
		if (!((s.p[i] >= '0' && s.p[i] <= '9') ||
		    (s.p[i] >= 'a' && s.p[i] <= 'z') ||
		    (s.p[i] >= 'A' && s.p[i] <= 'Z') || s.p[i] == '-'))
			return false;
	return s.n > 0 && s.n < MAGE_UUID;
}

/* request_items: what the store would not even queue is "rejected". */
static int
take_receipt(struct lot *lot, const struct http_call *c, struct why *w)
{
	struct pool *pool = pool_new();
	struct slice all, uuid = { NULL, 0 }, one;
	struct mage_tell *t;
	struct scan s;
	size_t i;

	if (scan_text(buf_all(&c->answer), &all, NULL) == 0 &&
	    scan_kind(all) == SCAN_OBJECT)
		uuid = scan_string(scan_get(all, "bulk_uuid"), pool);
	if (!is_uuid(uuid)) {
		pool_free(pool);
		return why_code(w, WHY_BROKEN, "no-uuid", "Magento answered "
		    "a bulk without a bulk_uuid");
	}
	memcpy(lot->uuid, uuid.p, uuid.n);
	lot->uuid[uuid.n] = '\0';
	for (i = 0; i < lot->n; i++)
		lot->t[i]->op = MAGE_OP_OPEN;
	lot->open = lot->n;
	scan_enter(&s, scan_get(all, "request_items"));
	while (scan_element(&s, &one))
		if (slice_is(scan_string(scan_get(one, "status"), pool),
		    "rejected") && (t = tell_of(lot, one)) != NULL)
			op_failed(t, MAGE_OP_REJECTED,
			    scan_get(one, "error_message"), pool);
	pool_free(pool);
	return 0;
}

/* Sent twice it is done twice, which changes nothing. */
static int
send(struct mage_bulk *b, struct lot *lot, struct why *w)
{
	struct buf body = BUF(BODY_MAX);
	struct http_call c = { .method = "PUT", .repeatable = true };
	char *url = mage_bulk_url(b->m, lot->t[0]->kind == MAGE_CUSTOMERS ?
	    "customers/byCustomerId" : "products/bySku");
	int r;

	body_of(b, lot, &body);
	c.body = buf_all(&body);
	if (body.over)
		r = why_code(w, WHY_DATA, "too-long", "a bulk is too long");
	else if ((r = mage_call(b->m, url, &c, w)) == 0)
		r = take_receipt(lot, &c, w);
	http_call_free(&c);
	buf_free(&body);
	free(url);
	return r;
}

/* --- asking how far it is --- */

static void
take_operation(struct lot *lot, struct slice one, size_t *open,
    struct pool *pool)
{
	struct mage_tell *t = tell_of(lot, one);
	int64_t op = mage_number(scan_get(one, "status"));

	if (op == MAGE_OP_OPEN)
		(*open)++;
	else if (t != NULL && t->op == MAGE_OP_OPEN && op == MAGE_OP_DONE)
		t->op = MAGE_OP_DONE;
	else if (t != NULL && t->op == MAGE_OP_OPEN && op > 0 &&
	    op <= MAGE_OP_REJECTED)
		op_failed(t, (enum mage_op)op, scan_get(one, "result_message"),
		    pool);
}

/* Operations that are not listed yet are open: the states that Magento sums up
 * are wrong while it works. */
static int
look(struct mage_bulk *b, struct lot *lot, int *status, struct why *w)
{
	char *path = xasprintf("bulk/%s/status", lot->uuid);
	char *url = mage_url(b->m, path, (struct slice){ NULL, 0 });
	struct pool *pool = pool_new();
	struct http_call c = {0};
	struct slice all, one;
	size_t open = 0, listed = 0;
	struct scan s;
	int64_t count;
	int r = mage_get(b->m, url, &c, w);

	*status = c.status;
	if (r == 0 && (scan_text(buf_all(&c.answer), &all, w) == -1 ||
	    scan_kind(scan_get(all, "operations_list")) != SCAN_ARRAY))
		r = why_code(w, WHY_BROKEN, "no-items", "Magento answered no "
		    "operations_list for a bulk");
	if (r == 0) {
		scan_enter(&s, scan_get(all, "operations_list"));
		for (; scan_element(&s, &one); listed++)
			take_operation(lot, one, &open, pool);
		count = mage_number(scan_get(all, "operation_count"));
		if (count < (int64_t)lot->n)
			count = (int64_t)lot->n;
		if (count > (int64_t)listed)
			open += (size_t)count - listed;
		lot->open = open;
	}
	http_call_free(&c);
	pool_free(pool);
	free(path);
	free(url);
	return r;
}

static double
seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void
pause_ms(long ms)
{
	struct timespec t = { ms / 1000, ms % 1000 * 1000000 };

	nanosleep(&t, NULL);
}

/*
 * Until nothing is open or our patience ends.  A look that fails is a look
 * less.  -1 with `w`: looks are refused for good (a right is missing, the
 * store does not know the bulk).
 */
static int
wait_for(struct mage_bulk *b, struct lot *lot, size_t lots, struct why *w)
{
	double end = seconds() + (double)b->patience, left;
	long ms = FIRST_MS;
	size_t i = 0, before;
	int status;

	for (;;) {
		before = i;
		if (look(b, &lot[i], &status, w) == -1) {
			if (w->kind == WHY_SETUP || w->kind == WHY_DATA)
				return -1;
			say_verbose("%s", w->text);
			memset(w, 0, sizeof(*w));
		}
		while (i < lots && lot[i].open == 0)
			i++;
		left = end - seconds();
		if (i == lots || left <= 0)
			return 0;
		if (i != before)
			continue;
		pause_ms((double)ms < left * 1000 ? ms : (long)(left * 1000));
		ms = 2 * ms < LONGEST_MS ? 2 * ms : LONGEST_MS;
	}
}

/* --- both --- */

#define MEND "cron must run (bin/magento cron:run), or start the consumer by " \
	"'bin/magento queue:consumers:start async.operations.all'"

/* A bulk of an earlier run that the store had not worked off: is it now?
 * What it holds was told otherwise or is asked for again. */
static int
left_open(struct mage_bulk *b, struct why *w)
{
	struct buf uuid = BUF(MAGE_UUID);
	struct lot lot = {0};
	struct why no = {0};
	int r, status;

	b->asked = true;
	if ((r = ledger_bulk_get(b->ledger, &uuid, w)) <= 0)
		goto out;
	snprintf(lot.uuid, sizeof(lot.uuid), "%s", buf_cstr(&uuid));
	lot.open = 1;
	r = 0;
	if (look(b, &lot, &status, &no) == -1 && status != 404)
		give_up(b, no.text);
	else if (status != 404 && lot.open > 0)
		give_up(b, "Magento has not worked off the bulk of an earlier "
		    "run: " MEND);
	else
		r = ledger_bulk_put(b->ledger, NULL, w);
out:
	buf_free(&uuid);
	return r;
}

/* What is still open, and whether the store did anything at all. */
static void
judge(struct mage_bulk *b, struct mage_tell **t, size_t n, size_t *open)
{
	size_t i, settled = 0;
	char *what;

	for (*open = i = 0; i < n; i++) {
		*open += t[i]->op == MAGE_OP_OPEN;
		settled += t[i]->op == MAGE_OP_DONE ||
		    t[i]->op == MAGE_OP_FAILED || t[i]->op == MAGE_OP_RETRY;
	}
	if (*open == 0)
		return;
	if (settled == 0) {
		what = xasprintf("nobody in Magento works off bulks (%ld s, "
		    "%zu open): " MEND, b->patience, *open);
		give_up(b, what);
		free(what);
	}
	for (i = 0; i < n; i++)
		if (t[i]->op == MAGE_OP_OPEN && settled == 0)
			t[i]->op = MAGE_OP_NONE;
		else if (t[i]->op == MAGE_OP_OPEN)
			why_code(&t[i]->error, WHY_DATA, "bulk-open",
			    "Magento has not come to it within %ld s "
			    "([magento] bulk_patience)", b->patience);
}

static void
none(struct mage_bulk *b, const struct lot *lot, size_t lots,
    const struct why *no)
{
	char *what = xasprintf("Magento takes no bulks: %s", no->text);
	size_t i, k;

	give_up(b, what);
	free(what);
	for (i = 0; i < lots; i++)
		for (k = 0; k < lot[i].n; k++)
			if (lot[i].t[k]->op == MAGE_OP_OPEN)
				lot[i].t[k]->op = MAGE_OP_NONE;
}

static int
send_all(struct mage_bulk *b, struct lot *lot, size_t lots, struct why *no,
    struct why *w)
{
	size_t i;

	for (i = 0; i < lots; i++) {
		if (send(b, &lot[i], no) == -1)
			return 0;
		if (ledger_bulk_put(b->ledger, lot[i].uuid, w) == -1)
			return -1;
		say_verbose("%zu records are with Magento as bulk %s",
		    lot[i].n, lot[i].uuid);
	}
	return 0;
}

int
mage_bulk_tell(struct mage_bulk *b, struct mage_tell **t, size_t n,
    struct why *w)
{
	struct lot *lot = xcalloc(n / LOT + 1, sizeof(*lot));
	size_t i, lots = 0, open = 0;
	struct why no = {0};
	int r = b->asked ? 0 : left_open(b, w);

	if (r == -1 || !b->allowed[t[0]->kind])
		goto out;
	for (i = 0; i < n; i += LOT)
		lot[lots++] = (struct lot){ .t = t + i,
		    .n = n - i < LOT ? n - i : LOT };
	if ((r = send_all(b, lot, lots, &no, w)) == -1)
		goto out;
	if (no.kind != WHY_NONE || wait_for(b, lot, lots, &no) == -1)
		none(b, lot, lots, &no);
	else
		judge(b, t, n, &open);
	if (open == 0)
		r = ledger_bulk_put(b->ledger, NULL, w);
out:
	free(lot);
	return r;
}
