/* sf-query - REST queries with their pages, and the sandbox's own dump */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "sf-api.h"

/* Children are found by their way from the root: "/Orders/OrderItems". */
static const struct sf_soql *
way(const struct sf_soql *q, struct buf *b)
{
	const struct sf_soql *root = q->up ? way(q->up, b) : q;

	if (q->up != NULL)
		buf_fmt(b, "/%s", q->relation);
	return root;
}

static struct sf_soql *
along(struct sf_soql *q, const char *way)
{
	const struct sf_item *item;
	size_t n;

	for (; *way == '/'; way += n) {
		n = strcspn(++way, "/ ");
		for (item = q->select; item < q->select + q->nselect; item++)
			if (item->kind == SF_ITEM_CHILDREN &&
			    strlen(item->relation) == n &&
			    strncmp(item->relation, way, n) == 0)
				break;
		if (item == q->select + q->nselect)
			return NULL;
		q = item->child;
	}
	return q;
}

/*
 * A cursor keeps the whole query, as children cannot be asked for without the
 * one around them; with a way in front, which no query begins with.
 */
static int64_t
cursor_new(struct sf_org *org, const struct sf_soql *q, const int64_t *ids,
    size_t n, size_t size)
{
	struct buf text = {0};
	const struct sf_soql *root = way(q, &text);
	sqlite3_stmt *st;

	buf_fmt(&text, "%s%s", text.n ? " " : "", root->text);
	sf_begin(org);
	st = sf_sql(org, "INSERT INTO cursor(query, total, dead, ids)"
	    " VALUES(?1, ?2, ?3, ?4)");
	sqlite3_bind_text(st, 1, text.p, (int)text.n, SQLITE_STATIC);
	sqlite3_bind_int64(st, 2, (int64_t)n);
	sqlite3_bind_int64(st, 3, (int64_t)size);
	sqlite3_bind_blob64(st, 4, ids, n * sizeof(*ids), SQLITE_STATIC);
	sf_step(org, st);
	sqlite3_finalize(st);
	buf_free(&text);
	return sqlite3_last_insert_rowid(org->db);
}

/* Records ids[from..] of a query's result as one page. */
static void
page(struct sf_http *h, struct sf_soql *q, const int64_t *ids, size_t total,
    size_t from, size_t size, int64_t cursor)
{
	struct sf_view view = {.version = h->version, .page = size,
	    .all = strcmp(h->part[0], "queryAll") == 0, .more = cursor_new};
	struct sf_row *r = sf_alloc(&h->org->scratch, sizeof(*r));
	size_t to = total - from > size ? from + size : total, i;
	struct buf *b = sf_ok(h, 200);
	struct sf_arena a = {0};
	bool first = true;

	buf_fmt(b, "{\"totalSize\":%zu,\"done\":%s,", total,
	    to == total ? "true" : "false");
	if (to < total)
		sf_soql_next(h->org, h->version, cursor, to, b);
	buf_str(b, "\"records\":[");
	for (i = from; i < to; i++) {
		if (!sf_get(h->org, ids[i], &a, r))
			continue;
		if (!first)
			buf_byte(b, ',');
		first = false;
		sf_soql_json(h->org, q, r, &view, b);
		sf_arena_reset(&a);
	}
	buf_str(b, "]}");
	sf_arena_free(&a);
}

/* The client may ask for pages of 200 to 2,000. */
static size_t
page_size(const struct sf_http *h)
{
	const char *v = sf_header(h, "Sforce-Query-Options");
	const char *at = v ? strstr(v, "batchSize=") : NULL;
	long n = at ? atol(at + 10) : h->org->set.page;

	if (at != NULL)
		n = n < 200 ? 200 : n > 2000 ? 2000 : n;
	return (size_t)n;
}

static void
groups(struct sf_http *h, struct sf_soql *q, bool all)
{
	struct buf rows = {0}, *b;
	struct sf_err e;
	size_t n;

	if (sf_soql_groups(h->org, q, all, &rows, &n, &e) < 0) {
		sf_error_of(h, 400, &e);
	} else {
		b = sf_ok(h, 200);
		buf_fmt(b, "{\"totalSize\":%zu,\"done\":true,"
		    "\"records\":[", n);
		buf_add(b, rows.p, rows.n);
		buf_str(b, "]}");
	}
	buf_free(&rows);
}

static void
first_page(struct sf_http *h, const char *text, bool all)
{
	struct sf_err e;
	struct sf_soql *q = sf_soql_parse(h->org, text, SF_SOQL_REST, &e);
	size_t n, size = page_size(h);
	char *shape = sf_arg(h, "columns");
	int64_t *ids, cursor = 0;

	if (q == NULL) {
		sf_error_of(h, 400, &e);
	} else if (shape != NULL && strcasecmp(shape, "true") == 0) {
		sf_soql_shape(h, q);
	} else if (q->count) {
		buf_fmt(sf_ok(h, 200), "{\"totalSize\":%zu,\"done\":true,"
		    "\"records\":[]}", sf_soql_count(h->org, q, all));
	} else if (q->grouped) {
		groups(h, q, all);
	} else {
		sf_soql_ids(h->org, q, all, &ids, &n);
		if (n > size)
			cursor = cursor_new(h->org, q, ids, n, size);
		page(h, q, ids, n, 0, size, cursor);
		free(ids);
	}
	free(shape);
	sf_soql_free(q);
}

static void
bad_locator(struct sf_http *h)
{
	sf_error(h, 400, "INVALID_QUERY_LOCATOR", "invalid query locator");
}

/* The schema may have changed since the first page: then there is no next. */
static void
stored_page(struct sf_http *h, sqlite3_stmt *st, size_t from, int64_t cursor)
{
	const char *text = (const char *)sqlite3_column_text(st, 0);
	struct sf_err e;
	struct sf_soql *root = sf_soql_parse(h->org, *text == '/' ?
	    strchr(text, ' ') + 1 : text, SF_SOQL_REST, &e);
	struct sf_soql *q = root ? along(root, text) : NULL;

	if (q == NULL)
		bad_locator(h);
	else
		page(h, q, sqlite3_column_blob(st, 3),
		    (size_t)sqlite3_column_int64(st, 1), from,
		    (size_t)sqlite3_column_int64(st, 2), cursor);
	sf_soql_free(root);
}

static void
next_page(struct sf_http *h, const char *locator)
{
	const char *dash = strchr(locator, '-');
	int64_t n = dash ? sf_id_number("01g", locator,
	    (size_t)(dash - locator)) : -1;
	size_t from = dash ? strtoul(dash + 1, NULL, 10) : 0;
	sqlite3_stmt *st = sf_sql(h->org, "SELECT query, total, dead, ids "
	    "FROM cursor WHERE n = ?1");

	sqlite3_bind_int64(st, 1, n);
	if (!sf_step(h->org, st) ||
	    from >= (size_t)sqlite3_column_int64(st, 1))
		bad_locator(h);
	else
		stored_page(h, st, from, n);
	sqlite3_finalize(st);
}

void
sf_rest_query(struct sf_http *h)
{
	char *text;

	if (!sf_reads(h))
		return;
	if (h->parts == 2) {
		next_page(h, h->part[1]);
		return;
	}
	text = sf_arg(h, "q");
	if (text == NULL || h->parts > 2)
		sf_error(h, 400, "MALFORMED_QUERY",
		    "A query string has to be specified");
	else
		first_page(h, text, strcmp(h->part[0], "queryAll") == 0);
	free(text);
}

/* --- GET /sandbox/state --- */

#define PIECE 500		/* records fetched under one lock */

/* The dump while it is sent, so that the org's size does not matter. */
struct dump {
	struct sf_org *org;
	struct sf_object *objects[SF_MAX_OBJECTS];
	int n, i;		/* how many, at which */
	int64_t last;		/* of its records that was sent */
	struct buf b;
	size_t sent;
};

static void
show(struct sf_org *org, const struct sf_row *r, struct buf *b)
{
	char id[19];
	int i;

	sf_id_write(org, r->id, id);
	buf_fmt(b, "{\"object\":\"%s\",\"Id\":\"%s\"", r->o->name, id);
	for (i = 1; i < r->o->nfields; i++) {
		if (r->v[i].kind <= SF_NULL)
			continue;
		buf_fmt(b, ",\"%s\":", r->o->fields[i]->name);
		sf_to_json(org, r->o->fields[i], &r->v[i], b);
	}
	buf_str(b, "}\n");
}

/* Fetch some records; false when there are no more objects. */
static bool
fetch(struct dump *d)
{
	struct sf_row *r = sf_xmalloc(sizeof(*r));
	struct sf_arena a = {0};
	int n;

	d->b.n = d->sent = 0;
	for (n = 0; n < PIECE && d->i < d->n; n++) {
		if (!sf_next(d->org, d->objects[d->i], d->last, &a, r)) {
			d->i++;
			d->last = 0;
			continue;
		}
		d->last = r->id;
		if (!r->dead)
			show(d->org, r, &d->b);
		sf_arena_reset(&a);
	}
	sf_arena_free(&a);
	free(r);
	return d->b.n > 0 || d->i < d->n;
}

static ssize_t
dump_read(void *src, char *to, size_t cap)
{
	struct dump *d = src;
	bool more = true;
	size_t n;

	while (more && d->sent == d->b.n) {
		d->org->waiting++;
		pthread_mutex_lock(&d->org->lock);
		d->org->waiting--;
		more = fetch(d);
		pthread_mutex_unlock(&d->org->lock);
	}
	n = d->b.n - d->sent < cap ? d->b.n - d->sent : cap;
	if (n)
		memcpy(to, d->b.p + d->sent, n);
	d->sent += n;
	return (ssize_t)n;
}

static void
dump_done(void *src)
{
	struct dump *d = src;

	buf_free(&d->b);
	free(d);
}

static int
by_name(const void *a, const void *b)
{
	return strcmp((*(struct sf_object *const *)a)->name,
	    (*(struct sf_object *const *)b)->name);
}

void
sf_state(struct sf_http *h)
{
	const struct sf_schema *s = h->org->schema;
	char *only = sf_arg(h, "object");
	struct dump *d = sf_xmalloc(sizeof(*d));
	int i;

	memset(d, 0, sizeof(*d));
	d->org = h->org;
	for (i = 0; i < s->nobjects; i++)
		if (only == NULL ? !s->objects[i]->setup :
		    strcmp(only, s->objects[i]->name) == 0)
			d->objects[d->n++] = s->objects[i];
	qsort(d->objects, (size_t)d->n, sizeof(d->objects[0]), by_name);
	reply_stream(h->rp, 200, "application/x-ndjson", dump_read, d,
	    dump_done, -1);
	free(only);
}
