/* sf-load - an ingest job in work: rows of its upload become records */

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "faults.h"
#include "sf-job.h"

#define COLS 1000		/* in a header; SF_MAX_FIELDS bounds the rest */

struct sf_load {
	struct sf_org *org;
	struct sf_job *j;
	struct sf_call call;
	struct sf_col col[COLS];
	int ncols;
	struct buf win;		/* a window on the upload */
	size_t used;		/* of it: rows that are read */
	int64_t at;		/* byte of the upload at win.p + used */
	int64_t next;		/* and behind the window */
	struct sf_batch *batch;
	int *order;		/* in which they are worked off */
	int batches, turn;	/* order[turn] is in work */
	yyjson_doc *fault;
	struct sf_arena a;
	struct sf_csvcell *cells;	/* of one row */
	struct sf_cell *cell;		/* of a chunk: COLS a row */
	struct sf_change change[SF_CHUNK];
	struct sf_done done[SF_CHUNK];
	struct sf_err refuse[SF_CHUNK];
};

void
sf_job_fail(struct sf_org *org, struct sf_job *j, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(j->error, sizeof(j->error), fmt, ap);
	va_end(ap);
	snprintf(j->state, sizeof(j->state), "Failed");
	sf_job_save(org, j);
}

/* --- the window, and the header in it --- */

/* Add the next block to the window; false at the upload's end. */
static bool
more(struct sf_load *l)
{
	size_t n;

	if (l->used) {
		memmove(l->win.p, l->win.p + l->used, l->win.n - l->used);
		l->win.n -= l->used;
		l->used = 0;
	}
	n = sf_job_read(l->org, l->j->n, l->next, &l->win);
	l->next += (int64_t)n;
	return n > 0;
}

/* The next row is that at byte `at`. */
static void
go_to(struct sf_load *l, int64_t at)
{
	l->win.n = l->used = 0;
	l->at = l->next = at;
}

/* Read a row at the window's start; 1, or 0 at the end. */
static int
row(struct sf_load *l, struct sf_csvrow *r)
{
	struct sf_csv c = {.delim = sf_job_delim(l->j)};

	r->cell = l->cells;
	for (;;) {
		c.p = l->win.p ? l->win.p + l->used : "";
		c.end = l->win.p ? l->win.p + l->win.n : c.p;
		c.last = l->next >= l->j->bytes;
		if (sf_csv_row(&c, r, &l->a)) {
			l->at += c.p - (l->win.p + l->used);
			l->used = (size_t)(c.p - l->win.p);
			return 1;
		}
		if (c.last || !more(l))
			return 0;
	}
}

static int
columns(struct sf_load *l, const struct sf_csvrow *r, char *why, size_t size)
{
	int i, k;

	for (i = 0; i < r->n; i++) {
		if (sf_column(l->org, l->call.o, r->cell[i].s, r->cell[i].n,
		    &l->col[i], why, size) < 0)
			return -1;
		for (k = 0; k < i; k++)
			if (l->col[k].f == l->col[i].f)
				break;
		if (k < i) {
			snprintf(why, size, "Duplicate field name found : "
			    "%.*s", (int)r->cell[i].n, r->cell[i].s);
			return -1;
		}
	}
	l->ncols = r->n;
	return 0;
}

static int
header(struct sf_load *l, char *why, size_t size)
{
	struct sf_csvrow r;
	bool del = l->call.op == SF_OP_DELETE ||
	    l->call.op == SF_OP_HARDDELETE;

	go_to(l, 0);
	if (!row(l, &r) || r.bad != NULL || r.raw_n > 32000 || r.n > COLS) {
		snprintf(why, size, "Unable to read the header row");
		return -1;
	}
	if (del && (r.n != 1 || sf_column(l->org, l->call.o, r.cell[0].s,
	    r.cell[0].n, &l->col[0], why, size) < 0 ||
	    l->col[0].f->type != SF_T_ID || l->col[0].match != NULL)) {
		snprintf(why, size, "The '%s' batch must contain only ids",
		    l->j->operation);
		return -1;
	}
	return columns(l, &r, why, size);
}

static enum sf_op
operation(const char *name)
{
	static const char *const names[] = {"insert", "update", "upsert",
	    "delete", "hardDelete"};
	int i;

	for (i = 0; i < 4; i++)
		if (strcmp(names[i], name) == 0)
			break;
	return (enum sf_op)i;
}

/* --- batches --- */

static void
batch_add(struct sf_load *l, const struct sf_batch *b)
{
	l->batch = sf_xrealloc(l->batch,
	    (size_t)(l->batches + 1) * sizeof(*b));
	l->batch[l->batches++] = *b;
}

/*
 * Cut the rows behind the header.  The platform makes an empty batch besides,
 * and counts it.  Others are let in behind each batch; the state file gets all
 * at once, or a kill would leave a job without its last rows.
 */
static void
cut(struct sf_load *l)
{
	struct sf_batch b = {.at = l->at};
	struct sf_csvrow r;
	bool more;
	int i;

	do {
		if ((more = row(l, &r)))
			b.rows++;
		sf_arena_reset(&l->a);
		b.end = l->at;
		if (b.rows == SF_BATCH || (!more && b.rows > 0)) {
			batch_add(l, &b);
			b.n++;
			b.row += b.rows;
			b.rows = 0;
			b.at = b.end;
			sf_give_way(l->org, 0);
		}
	} while (more);
	if (!sf_job_going(l->org, l->j->n))
		return;
	sf_begin(l->org);
	for (i = 0; i < l->batches; i++)
		sf_batch_new(l->org, l->j->n, &l->batch[i]);
	l->org->batches += l->batches + 1;
}

/* The first batch in the order of work that is not done; false for none. */
static bool
next_batch(struct sf_load *l)
{
	struct sf_batch *b;

	for (; l->turn < l->batches; l->turn++) {
		b = &l->batch[l->order[l->turn]];
		if (b->done < b->rows) {
			if (l->at != b->at)
				go_to(l, b->at);
			return true;
		}
	}
	return false;
}

/* False when the day's batches do not suffice. */
static bool
batches(struct sf_load *l)
{
	int i;

	l->batches = sf_batches(l->org, l->j->n, &l->batch);
	if (l->batches == 0)
		cut(l);
	if (l->batches > 0 && l->j->processed == 0 &&
	    l->org->batches > l->org->set.batch_limit)
		return false;
	l->order = sf_xmalloc((size_t)l->batches * sizeof(*l->order));
	for (i = 0; i < l->batches; i++)
		l->order[i] = i;
	sf_shuffle(l->order, l->batches, sf_job_dice(l->org, l->j));
	return true;
}

static struct sf_load *
load_new(struct sf_org *org, struct sf_job *j)
{
	struct sf_load *l = sf_xmalloc(sizeof(*l));

	memset(l, 0, offsetof(struct sf_load, change));
	l->org = org;
	l->j = j;
	l->call.o = sf_object(org->schema, j->object);
	l->call.op = operation(j->operation);
	l->call.key = j->extid[0] ? sf_seen_field(l->call.o, j->extid) : NULL;
	l->cells = sf_xmalloc(SF_CSV_COLS * sizeof(*l->cells));
	if (j->fault != NULL)
		l->fault = yyjson_read(j->fault, strlen(j->fault), 0);
	return l;
}

struct sf_load *
sf_load_open(struct sf_org *org, struct sf_job *j)
{
	struct sf_load *l = load_new(org, j);
	bool fits = j->processed > 0 || sf_upload_endings(org, j);
	char why[400];

	if (!sf_job_going(org, j->n)) {
		;
	} else if (!fits) {
		sf_job_fail(org, j, "ClientInputError : LineEnding is invalid "
		    "on user data. Current LineEnding setting is %s",
		    j->ending);
	} else if (header(l, why, sizeof(why)) < 0) {
		sf_job_fail(org, j, "InvalidBatch : %s", why);
	} else if (!batches(l)) {
		sf_job_fail(org, j, "ExceededQuota : ApiBatchItems Limit "
		    "exceeded.");
	} else if (sf_job_going(org, j->n)) {
		l->cell = sf_xmalloc((size_t)l->ncols * SF_CHUNK *
		    sizeof(*l->cell));
		sf_arena_reset(&l->a);
		return l;
	}
	sf_load_close(l);
	return NULL;
}

void
sf_load_close(struct sf_load *l)
{
	if (l == NULL)
		return;
	buf_free(&l->win);
	free(l->batch);
	free(l->order);
	yyjson_doc_free(l->fault);
	sf_arena_free(&l->a);
	free(l->cells);
	free(l->cell);
	free(l);
}

/* --- rows --- */

static void
take_row(struct sf_load *l, const struct sf_csvrow *r, int i, int64_t number)
{
	struct sf_cell *to = l->cell + (size_t)i * (size_t)l->ncols;
	yyjson_val *spec = yyjson_obj_get(yyjson_doc_get_root(l->fault),
	    "fail_rows");
	struct sf_change *ch = &l->change[i];
	int k;

	memset(ch, 0, sizeof(*ch));
	ch->cols = l->col;
	ch->cells = to;
	ch->ncols = l->ncols;
	for (k = 0; k < l->ncols; k++) {
		/* cells in the window do not survive its next move */
		bool there = k < r->n;

		to[k].n = there ? r->cell[k].n : 0;
		to[k].s = sf_dup(&l->a, there ? r->cell[k].s : "", to[k].n);
		to[k].j = NULL;
		to[k].kind = to[k].n == 0 ? SF_CELL_NONE :
		    to[k].n == 4 && memcmp(to[k].s, "#N/A", 4) == 0 ?
		    SF_CELL_NULL : SF_CELL_CSV;
	}
	if (r->bad != NULL)
		sf_fail(&l->refuse[i], "INVALID_CSV", "", "%s", r->bad);
	else if (r->n != l->ncols)
		sf_fail(&l->refuse[i], "INVALID_CSV", "", "the row has %d "
		    "columns, the header has %d", r->n, l->ncols);
	else if (!spec || !sf_fault_row(spec, number, r->raw, r->raw_n,
	    faults_throw(sf_job_dice(l->org, l->j), (uint64_t)number),
	    &l->j->hits, &l->refuse[i]))
		return;
	ch->refuse = &l->refuse[i];
}

/* A cell as result files show it: numbers are not copied but printed anew. */
static void
show_cell(const struct sf_load *l, const struct sf_col *c,
    const struct sf_cell *cell, struct buf *b)
{
	enum sf_type t = c->f->type;
	struct sf_arena none = {0};
	struct sf_err e;
	struct sf_val v;

	(void)l;
	if (cell->kind == SF_CELL_CSV && c->match == NULL &&
	    (t == SF_T_DOUBLE || t == SF_T_CURRENCY || t == SF_T_PERCENT ||
	    t == SF_T_INT || t == SF_T_BOOLEAN || t == SF_T_DATETIME) &&
	    sf_value_csv(c->f, cell->s, cell->n, &none, &v, &e) == 0) {
		buf_byte(b, '"');
		sf_value_text(c->f, &v, "Z", b);
		buf_byte(b, '"');
		return;
	}
	sf_csv(b, cell->s, cell->n);
}

static void
show_row(const struct sf_load *l, int i, struct buf *b)
{
	const struct sf_done *d = &l->done[i];
	char id[19], delim = sf_job_delim(l->j);
	int k;

	if (d->ok) {
		sf_id_write(l->org, d->id, id);
		buf_fmt(b, "\"%s\"%c\"%s\"", id, delim,
		    d->created ? "true" : "false");
	} else {
		struct buf e = {0};

		buf_fmt(&e, "%s:%s:%s%s--", d->err.code, d->err.msg,
		    d->err.fields, d->err.fields[0] ? " " : "");
		buf_fmt(b, "\"\"%c", delim);
		sf_csv(b, e.p, e.n);
		buf_free(&e);
	}
	for (k = 0; k < l->ncols; k++) {
		buf_byte(b, delim);
		show_cell(l, &l->col[k],
		    &l->cell[(size_t)i * (size_t)l->ncols + (size_t)k], b);
	}
	buf_str(b, sf_job_eol(l->j));
}

static void
keep_results(struct sf_load *l, int64_t first, int n)
{
	struct buf good = {0}, bad = {0};
	int order[SF_CHUNK], i;

	for (i = 0; i < n; i++)
		order[i] = i;
	sf_shuffle(order, n, faults_dice(sf_job_dice(l->org, l->j),
	    (uint64_t)first));
	for (i = 0; i < n; i++)
		show_row(l, order[i], l->done[order[i]].ok ? &good : &bad);
	sf_job_result(l->org, l->j->n, first, n, &good, &bad);
	buf_free(&good);
	buf_free(&bad);
}

/*
 * Save a chunk.  Rows that met a lock are tried again, as often as the org is
 * set to, which JobInfo tells as `retries`.
 */
static void
save(struct sf_load *l, int n)
{
	struct sf_change again[SF_CHUNK];
	struct sf_done done[SF_CHUNK];
	int from[SF_CHUNK], i, k;
	long round;

	sf_dml(l->org, &l->call, l->change, n, l->done);
	for (round = 0; round < l->org->set.lock_retries; round++) {
		for (i = k = 0; i < n; i++) {
			if (l->done[i].ok || l->change[i].refuse != NULL ||
			    strcmp(l->done[i].err.code,
			    "UNABLE_TO_LOCK_ROW") != 0)
				continue;
			again[k] = l->change[i];
			from[k++] = i;
		}
		if (k == 0)
			return;
		l->j->retries++;
		sf_dml(l->org, &l->call, again, k, done);
		while (k-- > 0)
			l->done[from[k]] = done[k];
	}
}

/* Count a chunk of `n` rows, in the transaction that has saved them. */
static void
count(struct sf_load *l, struct sf_batch *b, int n, int64_t begun)
{
	int i;

	for (i = 0; i < n; i++)
		l->j->failed += !l->done[i].ok;
	l->j->processed += n;
	l->j->ms += sf_now() - begun;
	b->done += n;
	b->at = l->at;
	sf_batch_save(l->org, l->j->n, b);
	sf_job_save(l->org, l->j);
}

int
sf_load_step(struct sf_load *l)
{
	struct sf_batch *b;
	struct sf_csvrow r;
	int64_t begun = sf_now(), first, limit = SF_CHUNK;
	int n;

	if (sf_fault_job(l->org, l->j, yyjson_obj_get(
	    yyjson_doc_get_root(l->fault), "fail_job"), &limit))
		return 0;
	sf_begin(l->org);
	if (!next_batch(l)) {
		snprintf(l->j->state, sizeof(l->j->state), "JobComplete");
		sf_job_save(l->org, l->j);
		return 0;
	}
	b = &l->batch[l->order[l->turn]];
	first = b->row + b->done;
	if (b->rows - b->done < limit)
		limit = b->rows - b->done;
	for (n = 0; n < limit && row(l, &r); n++)
		take_row(l, &r, n, first + n + 1);
	save(l, n);
	keep_results(l, first, n);
	count(l, b, n, begun);
	sf_arena_reset(&l->a);
	return 1;
}
