/* salesforce-collections - rows of a lot, 200 a call, several in flight. */
#include <stdio.h>
#include <stdlib.h>

#include "salesforce-json.h"
#include "salesforce-load.h"
#include "salesforce-lot.h"
#include "salesforce-session.h"
#include "say.h"

enum {
	BODY = 4 << 20,		/* a call ends behind the row that fills it */
	BODY_MAX = 64 << 20,
	AT_ONCE = 16,
};

/* One call on its way: rows from..to of the plan. */
struct call {
	struct sf_call call;
	struct buf body;
	char *path;
	size_t from, to;
	bool busy;
};

struct collect {
	struct sf_lot *lot;
	struct call call[AT_ONCE];
	size_t at_once;
	size_t rows;			/* of a call */
	struct sf_json json;
	size_t at;			/* rows before it were sent */
	struct half { size_t from, to; } *half;	/* these go again */
	size_t halves, cap;
	struct pool *pool;		/* of one row */
	bool ended;			/* nothing more is sent, `w` says why */
	struct why *w;
};

/* --- calls -------------------------------------------------------------- */

/* Children of one parent go in one call, where they fit. */
static size_t
group_end(const struct sf_plan *p, size_t i, size_t rows)
{
	size_t k = i + 1;

	while (k < p->rows && k - i < rows && p->row[i].family > 0 &&
	    p->row[i].family == p->row[k].family)
		k++;
	return k;
}

static size_t
call_end(const struct sf_plan *p, size_t from, size_t rows)
{
	size_t i = from, next;

	while (i < p->rows && (next = group_end(p, i, rows)) -
	    from <= rows)
		i = next;
	return i;
}

/* Deletes have their ids in the URL and no body. */
static void
fill_delete(struct call *c, const struct sf_plan *p)
{
	struct buf path = BUF(16 << 10);

	buf_str(&path, "composite/sobjects?allOrNone=false&ids=");
	for (size_t i = c->from; i < c->to; i++)
		buf_fmt(&path, "%s%s", i == c->from ? "" : ",",
		    p->row[i].row->id);
	c->path = xstrdup(buf_cstr(&path));
	buf_free(&path);
}

static void
fill_records(const struct collect *k, struct call *c, const struct sf_plan *p)
{
	struct buf *b = &c->body;
	size_t i;

	buf_reset(b);
	buf_str(b, "{\"allOrNone\":false,\"records\":[");
	for (i = c->from; i < c->to && b->n < BODY; i++) {
		if (i > c->from)
			buf_char(b, ',');
		sf_json_row(&k->json, p->row[i].row, b);
	}
	c->to = i;
	buf_str(b, "]}");
	c->path = p->op == SF_UPDATE || p->extid.n == 0 ?
	    xstrdup("composite/sobjects") :
	    xasprintf("composite/sobjects/%.*s/%.*s", (int)p->object.n,
	    p->object.p, (int)p->extid.n, p->extid.p);
}

/*
 * Begin the call for rows from..to; to may move back.  What is told twice
 * changes nothing, but an insert: that is never repeated without a look.
 * No assignment rules: Bulk runs none either.
 */
static int
start(struct collect *k, struct call *c, size_t from, size_t to,
    struct why *w)
{
	static const char *const plain[] = { "Sforce-Auto-Assign: FALSE",
	    NULL };
	const struct sf_plan *p = k->lot->part.plan;
	struct http_call *h = &c->call.c;

	c->from = from;
	c->to = to;
	c->body.max = BODY_MAX;
	*h = (struct http_call){ .kind = "collections", .json = true,
	    .headers = plain, .repeatable = p->op != SF_CREATE ||
	    p->extid.n > 0 };
	if (p->op == SF_DELETE)
		fill_delete(c, p);
	else
		fill_records(k, c, p);
	if (c->body.over)
		return why(w, WHY_BROKEN, "a row of the upload is over %d "
		    "bytes", BODY_MAX);
	h->method = p->op == SF_DELETE ? "DELETE" : p->op == SF_CREATE &&
	    p->extid.n == 0 ? "POST" : "PATCH";
	if (p->op != SF_DELETE)
		h->body = buf_all(&c->body);
	c->call.path = c->path;
	c->busy = sf_start(k->lot->s, &c->call, w) == 0;
	return c->busy ? 0 : -1;
}

/* --- answers ------------------------------------------------------------ */

/* ["LastName","Email"] as LastName,Email */
static struct slice
field_list(struct slice list, struct pool *pool)
{
	struct buf b = BUF(64 << 10);
	struct slice one, t;
	struct scan s;

	scan_enter(&s, list);
	while (scan_kind(list) == SCAN_ARRAY && scan_element(&s, &one)) {
		if (b.n > 0)
			buf_char(&b, ',');
		buf_slice(&b, scan_string(one, pool));
	}
	t = buf_all(&b);
	t.p = pool_dup(pool, t.p, t.n);
	buf_free(&b);
	return t;
}

/* Nothing more is sent; what is on its way is waited for. */
static void
stop(struct collect *k, const struct why *w)
{
	if (k->ended)
		sf_load_worse(k->w, w);
	else
		*k->w = *w;
	k->ended = true;
}

static void
again(struct collect *k, size_t from, size_t to)
{
	if (k->halves == k->cap) {
		k->cap = k->cap == 0 ? 16 : k->cap * 2;
		k->half = xrealloc(k->half, k->cap * sizeof(*k->half));
	}
	k->half[k->halves++] = (struct half){ from, to };
}

/* A column that is not there: what Bulk refuses a whole job for. */
static void
no_column(struct collect *k, struct sf_row *r, struct slice message)
{
	struct why w = {0};

	why_code(&w, WHY_SETUP, "job-refused", "Salesforce refuses the %s of "
	    "%.*s: %.*s; no such field, or field-level security hides it from "
	    "the integration user", sf_plan_operation(k->lot->part.plan),
	    (int)row_object(r).n, row_object(r).p, (int)message.n, message.p);
	sf_row_settle(k->lot->v, r, "rejected", "job-refused", w.text);
	stop(k, &w);
}

/*
 * The message of a duplicate rule, and which records it found, where the error
 * has them: duplicateResult.matchResults[].matchRecords[].record.Id.
 */
static struct slice
with_twins(struct slice message, struct slice e, struct pool *pool)
{
	struct buf b = BUF(8 << 10);
	struct slice result, twin, id;
	struct scan rule, record;
	const char *before = " It resembles ";

	buf_slice(&b, message);
	scan_enter(&rule, scan_get(scan_get(e, "duplicateResult"),
	    "matchResults"));
	while (scan_element(&rule, &result)) {
		scan_enter(&record, scan_get(result, "matchRecords"));
		while (scan_element(&record, &twin)) {
			id = scan_string(scan_get(scan_get(twin, "record"),
			    "Id"), pool);
			if (!sf_id_ok(id))
				continue;
			buf_fmt(&b, "%s%.*s", before, (int)id.n, id.p);
			before = ", ";
		}
	}
	message = buf_all(&b);
	message.p = pool_dup(pool, message.p, message.n);
	buf_free(&b);
	return message;
}

static void
take_success(struct collect *k, struct sf_row *r, struct slice one)
{
	struct slice id = scan_string(scan_get(one, "id"), k->pool);
	char text[128];

	if (sf_row_loaded(k->lot->v, r, id,
	    scan_kind(scan_get(one, "created")) == SCAN_TRUE ||
	    (r->op == SF_CREATE && row_extid(r).n == 0)))
		return;
	snprintf(text, sizeof(text), "Salesforce answers it with %s '%.*s'",
	    r->op == SF_CREATE ? "the id" : "the id of another record,",
	    (int)(id.n < 32 ? id.n : 32), id.p == NULL ? "" : id.p);
	sf_row_settle(k->lot->v, r, "waiting", "no-result", text);
}

static int
take_one(struct collect *k, struct sf_row *r, struct slice one,
    struct why *w)
{
	struct slice e = { NULL, 0 }, code, message;
	struct scan s;

	if (scan_kind(scan_get(one, "success")) == SCAN_TRUE) {
		take_success(k, r, one);
		return 0;
	}
	scan_enter(&s, scan_get(one, "errors"));
	scan_element(&s, &e);
	code = scan_string(scan_get(e, "statusCode"), k->pool);
	message = scan_string(scan_get(e, "message"), k->pool);
	if (code.n == 0)
		return why(w, WHY_BROKEN, "an answer of sObject Collections "
		    "has neither success nor an error");
	if (slice_is(code, "DUPLICATES_DETECTED"))
		message = with_twins(message, e, k->pool);
	if (slice_is(code, "INVALID_FIELD") && message.n > 0 &&
	    memmem(message.p, message.n, "No such column", 14) != NULL)
		no_column(k, r, message);
	else
		sf_row_failed(k->lot->v, r, code, message,
		    field_list(scan_get(e, "fields"), k->pool));
	return 0;
}

/* As many answers as rows, in their order, or none counts. */
static int
take_answers(struct collect *k, const struct call *c, struct why *w)
{
	const struct sf_plan *p = k->lot->part.plan;
	struct slice list, one;
	struct scan s;
	size_t n = 0;

	if (scan_text(buf_all(&c->call.c.answer), &list, NULL) == -1 ||
	    scan_kind(list) != SCAN_ARRAY)
		return why(w, WHY_BROKEN, "the answer of sObject Collections "
		    "is no list");
	for (scan_enter(&s, list); scan_element(&s, &one); n++)
		continue;
	if (n != c->to - c->from)
		return why(w, WHY_BROKEN, "sObject Collections answer %zu "
		    "rows where %zu were sent", n, c->to - c->from);
	scan_enter(&s, list);
	for (size_t i = c->from; i < c->to && scan_element(&s, &one); i++) {
		pool_reset(k->pool);
		if (take_one(k, p->row[i].row, one, w) == -1)
			return -1;
		p->row[i].row->told = true;
	}
	return 0;
}

static void
settle(const struct collect *k, const struct call *c, const char *verdict,
    const char *reason, const char *text)
{
	const struct sf_plan *p = k->lot->part.plan;

	for (size_t i = c->from; i < c->to; i++) {
		struct sf_row *r = p->row[i].row;

		if (!r->told)
			sf_row_settle(k->lot->v, r, verdict, reason, text);
		r->told = true;
	}
}

/*
 * Refused as a whole: nothing was done, unless by an attempt before.  One
 * value that is no JSON of its field's type spoils a call: halves are tried,
 * and the row alone is refused.  What is not there at all is what Bulk refuses
 * a job for.
 */
static void
call_refused(struct collect *k, const struct call *c, struct why *w)
{
	const struct sf_plan *p = k->lot->part.plan;
	const struct http_call *h = &c->call.c;
	size_t middle = c->from + (c->to - c->from) / 2;
	struct sf_row *r = p->row[c->from].row;

	if (strcmp(w->code, "JSON_PARSER_ERROR") == 0 && middle > c->from) {
		again(k, middle, c->to);
		again(k, c->from, middle);
	} else if (strcmp(w->code, "JSON_PARSER_ERROR") == 0) {
		sf_row_failed(k->lot->v, r, slice("JSON_PARSER_ERROR"),
		    slice(w->text), SLICE(""));
		r->told = true;
	} else if (strcmp(w->code, "INVALID_FIELD") == 0 ||
	    strcmp(w->code, "INVALID_TYPE") == 0 ||
	    strcmp(w->code, "NOT_FOUND") == 0) {
		settle(k, c, "rejected", "job-refused", w->text);
		snprintf(w->code, sizeof(w->code), "job-refused");
		w->kind = WHY_SETUP;
		stop(k, w);
	} else {
		if (h->repeatable && h->attempts > 1)
			settle(k, c, NULL, "no-result", w->text);
		stop(k, w);
	}
}

/*
 * No answer that could be understood: it may have been done.  A repetition of
 * all but an insert does no harm, and http has tried.  An insert comes again
 * once its `match` was asked whether it is there, if it can be.
 */
static void
call_lost(struct collect *k, const struct call *c, const struct why *w)
{
	const struct sf_plan *p = k->lot->part.plan;
	bool insert = p->op == SF_CREATE && p->extid.n == 0, stops = false;
	struct why no = {0};

	for (size_t i = c->from; i < c->to; i++) {
		struct sf_row *r = p->row[i].row;
		bool again;

		if (r->told)
			continue;
		again = insert && sf_look_can(k->lot->s, r, &no) == 1;
		sf_row_settle(k->lot->v, r, again ? NULL : "waiting",
		    "no-result", w->text);
		r->told = true;
		stops |= !again;
	}
	if (stops)
		stop(k, w);
}

static void
call_done(struct collect *k, struct call *c, struct why *w)
{
	int status = c->call.c.status;

	if (w->kind == WHY_NONE && take_answers(k, c, w) == 0)
		say_verbose("sObject Collections: %s of %zu rows",
		    sf_plan_operation(k->lot->part.plan), c->to - c->from);
	else if ((status / 100 == 4 && status != 408) || (status == 0 &&
	    (w->kind == WHY_SETUP || strcmp(w->code, "no-connection") == 0)))
		call_refused(k, c, w);
	else
		call_lost(k, c, w);
	free(c->path);
	c->path = NULL;
	c->busy = false;
	http_call_free(&c->call.c);
}

/* --- the lot ------------------------------------------------------------ */

static struct call *
idle(struct collect *k)
{
	for (size_t i = 0; i < k->at_once; i++)
		if (!k->call[i].busy)
			return &k->call[i];
	return NULL;
}

/* Begin calls while there are rows and a free place.  -1: no call is on its
 * way. */
static int
fly(struct collect *k)
{
	const struct sf_plan *p = k->lot->part.plan;
	struct call *c;
	struct half h;
	struct why w = {0};

	while (!k->ended && (c = idle(k)) != NULL) {
		if (k->halves > 0)
			h = k->half[--k->halves];
		else if (k->at < p->rows)
			h = (struct half){ k->at, call_end(p, k->at,
			    k->rows) };
		else
			break;
		if (start(k, c, h.from, h.to, &w) == -1) {
			free(c->path);
			stop(k, &w);
			break;
		}
		if (h.from == k->at)
			k->at = c->to;
		else if (c->to < h.to)
			again(k, c->to, h.to);
	}
	for (size_t i = 0; i < k->at_once; i++)
		if (k->call[i].busy)
			return 0;
	return -1;
}

static struct call *
call_of(struct collect *k, const struct sf_call *done)
{
	size_t i = 0;

	while (&k->call[i].call != done)
		i++;
	return &k->call[i];
}

int
sf_collect(struct sf_lot *t, struct why *w)
{
	struct collect k = { .lot = t, .pool = pool_new(), .w = w,
	    .at = t->part.from };
	long n = conf_int(t->s->conf, "salesforce", "in_flight");
	struct sf_call *done;
	struct why one;

	/* what comes again is told one call after the other: smaller ones may
	 * part the children of one parent, who would lock each other out */
	k.at_once = n < 1 || t->round > 0 ? 1 : n > AT_ONCE ? AT_ONCE :
	    (size_t)n;
	k.rows = sf_lot_most(t->part.plan->rows, true, t->round);
	if (sf_json_open(&k.json, t->s, t->part.plan, w) == -1) {
		if (strcmp(w->code, "INVALID_TYPE") == 0)
			sf_lot_untold(t, "rejected", "job-refused", w->text);
		k.ended = true;
	} else if (sf_lot_note(t, w) == -1) {
		k.ended = true;
	}
	while (fly(&k) == 0) {
		one = (struct why){0};
		done = sf_wait(t->s, &one);
		call_done(&k, call_of(&k, done), &one);
	}
	for (size_t i = 0; i < k.at_once; i++)
		buf_free(&k.call[i].body);
	sf_json_close(&k.json);
	free(k.half);
	pool_free(k.pool);
	return k.ended ? -1 : 0;
}
