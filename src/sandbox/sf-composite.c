/* sf-composite - Composite and Composite Graph */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sf-subrequest.h"

#define PARTS_MAX 25		/* subrequests of one composite request */
#define HEAVY_MAX 5		/* of them queries and collections */
#define GRAPHS_MAX 75
#define NODES_MAX 500		/* of all graphs */
#define DEPTH_MAX 15		/* nodes that refer to each other in a row */
#define FAILURES_MAX 14		/* of graphs; the rest is halted */

/* A list of subrequests and their answers so far. */
struct parts {
	struct sf_http *h;
	yyjson_val *ask[NODES_MAX];
	struct sf_sub sub[NODES_MAX];
	yyjson_doc *answer[NODES_MAX];	/* of those that were referred to */
	int n, done;
	bool all_or_none;
};

static const char *
name_of(const struct parts *p, int i)
{
	const char *s = yyjson_get_str(yyjson_obj_get(p->ask[i],
	    "referenceId"));

	return s ? s : "";
}

/* --- @{ref.path} --- */

/* The answer's value at ".id" or "[0].Id"; NULL when there is none. */
static yyjson_val *
walk(yyjson_val *v, const char *s, const char *end)
{
	size_t n;

	while (v != NULL && s < end) {
		if (*s == '[') {
			v = yyjson_arr_get(v, strtoul(s + 1, NULL, 10));
			s = memchr(s, ']', (size_t)(end - s));
			if (s == NULL)
				return NULL;
			s++;
			continue;
		}
		s += *s == '.';
		n = 0;
		while (s + n < end && s[n] != '.' && s[n] != '[')
			n++;
		v = n ? yyjson_obj_getn(v, s, n) : NULL;
		s += n;
	}
	return v;
}

/* Which of the first `of` is named at `s`; `of` when none is. */
static int
named(const struct parts *p, const char *s, const char *end, int of)
{
	size_t n = 0;
	int i;

	while (s + n < end && s[n] != '.' && s[n] != '[')
		n++;
	for (i = 0; i < of; i++)
		if (strlen(name_of(p, i)) == n &&
		    memcmp(name_of(p, i), s, n) == 0)
			break;
	return i;
}

static yyjson_val *
referred(struct parts *p, const char *s, const char *end, const char **name)
{
	int i = named(p, s, end, p->done);

	if (i == p->done)
		return NULL;
	*name = name_of(p, i);
	if (p->answer[i] == NULL && p->sub[i].body.n)
		p->answer[i] = yyjson_read(p->sub[i].body.p,
		    p->sub[i].body.n, 0);
	return walk(yyjson_doc_get_root(p->answer[i]), s + strlen(*name),
	    end);
}

/*
 * Append `text` with references filled in.  In JSON one that is a whole
 * string becomes the value as it is, else its text.  -1: `sub` is answered.
 */
static int
fill(struct parts *p, const char *text, bool json, struct buf *b,
    struct sf_sub *sub)
{
	const char *at, *end, *name;
	yyjson_val *v;
	char *s;
	bool whole;

	for (; (at = strstr(text, "@{")) != NULL && (end = strchr(at, '}'));
	    text = end + 1) {
		name = "";
		v = referred(p, at + 2, end, &name);
		if (v == NULL || (yyjson_is_null(v) &&
		    !sf_since(p->h, 52)) || yyjson_is_ctn(v)) {
			sf_sub_error(sub, 400, "PROCESSING_HALTED", "Invalid "
			    "reference specified. No value for %.*s found in "
			    "%s.", (int)(end - at - 2), at + 2, name);
			return -1;
		}
		whole = json && at > text && at[-1] == '"' && end[1] == '"';
		buf_add(b, text, (size_t)(at - text) - whole);
		s = yyjson_val_write(v, 0, NULL);
		if (whole || !yyjson_is_str(v))
			buf_str(b, yyjson_is_null(v) && !whole ? "" : s);
		else if (json)
			buf_add(b, s + 1, strlen(s) - 2);
		else
			buf_str(b, yyjson_get_str(v));
		free(s);
		end += whole;
	}
	buf_str(b, text);
	return 0;
}

/* --- running them --- */

static void
run_one(struct parts *p, int i)
{
	yyjson_val *body = yyjson_obj_get(p->ask[i], "body");
	const char *url = yyjson_get_str(yyjson_obj_get(p->ask[i], "url"));
	char *text = body ? yyjson_val_write(body, 0, NULL) : NULL;
	struct sf_ask ask = {.method = yyjson_get_str(yyjson_obj_get(
	    p->ask[i], "method")), .headers = yyjson_obj_get(p->ask[i],
	    "httpHeaders"), .all_or_none = p->all_or_none};
	struct buf u = {0}, t = {0};

	if (fill(p, url, false, &u, &p->sub[i]) == 0 &&
	    fill(p, text ? text : "", true, &t, &p->sub[i]) == 0) {
		ask.url = u.p + 15;
		ask.body = t.p ? t.p : "";
		sf_subrequest(p->h, &ask, &p->sub[i]);
	}
	buf_free(&u);
	buf_free(&t);
	free(text);
}

static bool
failed(const struct sf_sub *sub)
{
	return sub->status >= 400 || sub->failed;
}

/* Where all or none counts, the first failure undoes the others. */
static bool
run(struct parts *p)
{
	int i, bad = -1;

	sf_begin(p->h->org);
	sf_exec(p->h->org, "SAVEPOINT composite");
	for (p->done = 0; p->done < p->n; p->done++) {
		run_one(p, p->done);
		if (p->all_or_none && failed(&p->sub[p->done])) {
			bad = p->done;
			break;
		}
	}
	if (bad >= 0) {
		sf_exec(p->h->org, "ROLLBACK TO composite");
		for (i = 0; i < p->n; i++)
			if (i != bad && !p->sub[i].failed)
				sf_sub_error(&p->sub[i], 400,
				    "PROCESSING_HALTED", "The transaction was "
				    "rolled back since another operation in "
				    "the same transaction failed.");
	}
	sf_exec(p->h->org, "RELEASE composite");
	return bad < 0;
}

static void
show(const struct parts *p, struct buf *b)
{
	int i;

	buf_str(b, "\"compositeResponse\":[");
	for (i = 0; i < p->n; i++) {
		buf_str(b, i ? ",{\"body\":" : "{\"body\":");
		sf_sub_body(&p->sub[i], b);
		buf_str(b, ",\"httpHeaders\":{");
		if (p->sub[i].location[0])
			buf_fmt(b, "\"Location\":\"%s\"", p->sub[i].location);
		buf_fmt(b, "},\"httpStatusCode\":%d,\"referenceId\":",
		    p->sub[i].status);
		sf_json(b, name_of(p, i));
		buf_byte(b, '}');
	}
	buf_byte(b, ']');
}

static void
drop(struct parts *p)
{
	int i;

	for (i = 0; i < p->n; i++) {
		buf_free(&p->sub[i].body);
		yyjson_doc_free(p->answer[i]);
	}
	free(p);
}

/* --- what is refused as a whole --- */

static bool
name_ok(const char *s)
{
	return *s && s[strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQR"
	    "STUVWXYZ0123456789_")] == '\0';
}

/* The first reason against the i-th subrequest; 0, or -1 when answered. */
static int
part_ok(struct parts *p, int i, int *heavy)
{
	const char *url = yyjson_get_str(yyjson_obj_get(p->ask[i], "url"));
	enum sf_asked what;
	int k;

	if (url == NULL || strncmp(url, "/services/data/v", 16) != 0 ||
	    !yyjson_is_str(yyjson_obj_get(p->ask[i], "method"))) {
		sf_error(p->h, 400, "INVALID_INPUT", "url must begin with "
		    "/services/data/vXX.X/, and method be there: '%s'",
		    name_of(p, i));
		return -1;
	}
	if (sf_since(p->h, 52) && !name_ok(name_of(p, i))) {
		sf_error(p->h, 400, "INVALID_INPUT", "Illegal character in "
		    "referenceId: '%s'", name_of(p, i));
		return -1;
	}
	for (k = 0; k < i; k++)
		if (strcmp(name_of(p, k), name_of(p, i)) == 0) {
			sf_error(p->h, 400, "INVALID_INPUT", "Duplicate "
			    "referenceId: '%s'", name_of(p, i));
			return -1;
		}
	what = sf_asked(p->h, url + 15);
	*heavy += what == SF_ASKED_MUCH;
	if (what == SF_ASKED_JOBS || what == SF_ASKED_MORE) {
		sf_error(p->h, 400, "INVALID_INPUT", "not a resource for a "
		    "composite request: %s", url);
		return -1;
	}
	return 0;
}

/* Of those that refer to others, each is one deeper than the deepest. */
static bool
too_deep(const struct parts *p)
{
	int depth[NODES_MAX], i, k;
	const char *at, *end;
	char *text;

	for (i = 0; i < p->n; i++) {
		depth[i] = 1;
		text = yyjson_val_write(p->ask[i], 0, NULL);
		for (at = text; (at = strstr(at, "@{")) != NULL &&
		    (end = strchr(at, '}')) != NULL; at = end) {
			k = named(p, at + 2, end, i);
			if (k < i && depth[k] >= depth[i])
				depth[i] = depth[k] + 1;
		}
		free(text);
		if (depth[i] > DEPTH_MAX)
			return true;
	}
	return false;
}

/* The subrequests of `list`; NULL when the whole request is refused. */
static struct parts *
parts_new(struct sf_http *h, yyjson_val *list, int max)
{
	struct parts *p;
	size_t n = yyjson_arr_size(list);
	int heavy = 0, i;

	if (n == 0 || n > (size_t)max) {
		sf_error(h, 400, "INVALID_INPUT", "compositeRequest must hold "
		    "1 to %d subrequests", max);
		return NULL;
	}
	p = sf_xmalloc(sizeof(*p));
	memset(p, 0, sizeof(*p));
	p->h = h;
	p->n = (int)n;
	for (i = 0; i < p->n; i++) {
		p->ask[i] = yyjson_arr_get(list, (size_t)i);
		if (part_ok(p, i, &heavy) < 0)
			break;
	}
	if (i == p->n && heavy > HEAVY_MAX && max == PARTS_MAX)
		sf_error(h, 400, "INVALID_INPUT", "at most %d subrequests "
		    "may be queries or collections", HEAVY_MAX);
	else if (i == p->n && max == NODES_MAX && too_deep(p))
		sf_error(h, 400, "INVALID_INPUT", "a graph may be at most %d "
		    "nodes deep", DEPTH_MAX);
	else if (i == p->n)
		return p;
	drop(p);
	return NULL;
}

void
sf_composite(struct sf_http *h)
{
	yyjson_val *v = sf_body(h);
	struct parts *p;
	struct buf *b;

	if (v == NULL || (p = parts_new(h, yyjson_obj_get(v,
	    "compositeRequest"), PARTS_MAX)) == NULL)
		return;
	p->all_or_none = yyjson_get_bool(yyjson_obj_get(v, "allOrNone"));
	run(p);
	b = sf_ok(h, 200);
	buf_byte(b, '{');
	show(p, b);
	buf_byte(b, '}');
	drop(p);
}

/* --- graphs: each is all or none --- */

static void
graph(struct parts *p, const char *id, bool halted, int *bad, struct buf *b)
{
	bool ok = false;
	int i;

	p->all_or_none = true;
	for (i = 0; halted && i < p->n; i++)
		sf_sub_error(&p->sub[i], 400, "PROCESSING_HALTED", "too many "
		    "graphs of this request have failed");
	if (!halted)
		ok = run(p);
	*bad += !ok;
	buf_str(b, b->n ? ",{\"graphId\":" : "{\"graphId\":");
	sf_json(b, id ? id : "");
	buf_str(b, ",\"graphResponse\":{");
	show(p, b);
	buf_fmt(b, "},\"isSuccessful\":%s}", ok ? "true" : "false");
}

/* All are looked at before the first is run. */
static size_t
graphs(struct sf_http *h, yyjson_val *list, size_t n, struct parts **p)
{
	size_t i;

	for (i = 0; i < n; i++)
		if ((p[i] = parts_new(h, yyjson_obj_get(yyjson_arr_get(list,
		    i), "compositeRequest"), NODES_MAX)) == NULL)
			break;
	return i;
}

void
sf_composite_graph(struct sf_http *h)
{
	yyjson_val *v = sf_body(h), *list = yyjson_obj_get(v, "graphs");
	size_t n = yyjson_arr_size(list), nodes = 0, i, made;
	struct parts *p[GRAPHS_MAX];
	struct buf rows = {0}, *b;
	int bad = 0;

	if (v == NULL)
		return;
	for (i = 0; i < n; i++)
		nodes += yyjson_arr_size(yyjson_obj_get(yyjson_arr_get(list,
		    i), "compositeRequest"));
	if (n == 0 || n > GRAPHS_MAX || nodes > NODES_MAX) {
		sf_error(h, 400, "INVALID_INPUT", "1 to %d graphs with at "
		    "most %d nodes in all", GRAPHS_MAX, NODES_MAX);
		return;
	}
	made = graphs(h, list, n, p);
	for (i = 0; i < made && made == n; i++)
		graph(p[i], yyjson_get_str(yyjson_obj_get(yyjson_arr_get(list,
		    i), "graphId")), bad > FAILURES_MAX, &bad, &rows);
	if (made == n) {
		b = sf_ok(h, 200);
		buf_str(b, "{\"graphs\":[");
		buf_add(b, rows.p, rows.n);
		buf_str(b, "]}");
	}
	for (i = 0; i < made; i++)
		drop(p[i]);
	buf_free(&rows);
}
