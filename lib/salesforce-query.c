/* salesforce-query - SOQL: by REST here, or by a Bulk query job. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "alike.h"
#include "salesforce-fit.h"
#include "salesforce-session.h"

enum {
	URI_MAX = 15000,	/* Salesforce: 16,384 with the host */
	SOQL_MAX = 90000,	/* Salesforce: 100,000 characters */
	REST_KEYS = 2000,	/* so many keys are asked by REST */
	UNASKED = 64,		/* values in a record that are borne with */
};

/* One query on its way. */
struct ask {
	struct sf *s;
	struct pool *pool;		/* of the query */
	struct pool *page;		/* of a record */
	struct slice object, *name;
	size_t n;
	bool counts;			/* SELECT COUNT(): no records come */
	long given;			/* records, so far */
	struct sf_value *value;
	sf_take *take;
	void *ctx;
	struct why *w;
};

static bool
is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_' || c == '.';
}

static const char *
blanks(const char *p)
{
	while (isspace((unsigned char)*p))
		p++;
	return p;
}

static struct slice
word(const char **p)
{
	struct slice w = { *p, 0 };

	while (is_word(w.p[w.n]))
		w.n++;
	*p = blanks(w.p + w.n);
	return w;
}

static bool
is(struct slice w, const char *name)
{
	return w.n == strlen(name) && strncasecmp(w.p, name, w.n) == 0;
}

/* The object of the outermost FROM. */
static struct slice
object_of(const char *p)
{
	struct slice w, none = { NULL, 0 };
	int depth = 0;

	while (*p != '\0') {
		depth += (*p == '(') - (*p == ')');
		if (!is_word(*p)) {
			p++;
			continue;
		}
		w = word(&p);
		if (depth == 0 && is(w, "from"))
			return word(&p);
	}
	return none;
}

struct slice *
sf_select_list(const char *soql, struct pool *pool, size_t *n,
    struct slice *from)
{
	const char *p = blanks(soql);
	struct slice *list = pool_get(pool,
	    (strlen(soql) / 2 + 1) * sizeof(*list));
	size_t count = 0;

	*n = 0;
	*from = object_of(soql);
	if (!is(word(&p), "select"))
		return list;
	for (;;) {
		list[count] = word(&p);
		if (list[count++].n == 0)
			return list;
		if (*p != ',')
			break;
		p = blanks(p + 1);
	}
	if (is(word(&p), "from"))
		*n = count;
	return list;
}

static struct ask *
ask_new(struct sf *s, const char *soql, sf_take *take, void *ctx,
    struct why *w)
{
	struct ask *a = xcalloc(1, sizeof(*a));

	a->s = s;
	a->pool = pool_new();
	a->page = pool_new();
	a->take = take;
	a->ctx = ctx;
	a->w = w;
	a->name = sf_select_list(soql, a->pool, &a->n, &a->object);
	a->counts = a->n == 0 && strcasestr(soql, "count()") != NULL;
	a->value = pool_get(a->pool, (a->n + 1) * sizeof(*a->value));
	return a;
}

static void
ask_free(struct ask *a)
{
	pool_free(a->pool);
	pool_free(a->page);
	free(a);
}

/* A record's members with their paths; relationships are gone into, and are
 * known by their `attributes`; an address stays one value. */
struct flat {
	struct { struct slice path, value; } *one;
	size_t n, room;
};

/* False: there are more than anybody asked for. */
static bool
flatten(struct flat *f, struct slice json, struct slice above,
    struct pool *pool)
{
	struct slice key, v, path;
	struct scan s;

	scan_enter(&s, json);
	while (scan_member(&s, &key, &v)) {
		if (slice_is(key, "attributes"))
			continue;
		path = key;
		if (above.n > 0) {
			char *joined = pool_get(pool, above.n + key.n + 1);

			memcpy(joined, above.p, above.n);
			joined[above.n] = '.';
			memcpy(joined + above.n + 1, key.p, key.n);
			path = (struct slice){ joined, above.n + key.n + 1 };
		}
		if (scan_kind(v) == SCAN_OBJECT &&
		    scan_get(v, "attributes").p != NULL) {
			if (!flatten(f, v, path, pool))
				return false;
			continue;
		}
		if (f->n == f->room)
			return false;
		f->one[f->n].path = path;
		f->one[f->n++].value = v;
	}
	return true;
}

static struct sf_value
value_of(struct slice json, struct pool *pool)
{
	struct sf_value v = {0};

	switch (scan_kind(json)) {
	case SCAN_NONE:
	case SCAN_NULL:
		break;
	case SCAN_STRING:
		v.text = scan_string(json, pool);
		break;
	default:
		v.text = json;
		v.bare = true;
	}
	return v;
}

/* Members come in the order of the SELECT list, nearly always. */
static int
give_json(struct ask *a, struct slice json)
{
	struct sf_record r = { a->name, a->value, a->n, json };
	struct flat f = { .room = a->n + UNASKED };
	size_t at = 0;

	pool_reset(a->page);
	f.one = pool_get(a->page, f.room * sizeof(*f.one));
	if (a->n > 0 && !flatten(&f, json, SLICE(""), a->page))
		return why(a->w, WHY_BROKEN, "a record in the answer of "
		    "Salesforce has more values than the %zu that were asked "
		    "for", a->n);
	for (size_t i = 0; i < a->n; i++) {
		a->value[i] = (struct sf_value){0};
		for (size_t k = 0; k < f.n; k++, at++) {
			if (at >= f.n)
				at = 0;
			if (f.one[at].path.n == a->name[i].n &&
			    strncasecmp(f.one[at].path.p, a->name[i].p,
			    a->name[i].n) == 0) {
				a->value[i] = value_of(f.one[at].value,
				    a->page);
				break;
			}
		}
	}
	return a->take(a->ctx, &r, a->w);
}

/* Of a page; -1: it does not say. */
static long
total_size(struct slice json)
{
	struct slice v = scan_get(json, "totalSize");

	return scan_kind(v) == SCAN_NUMBER ? strtol(v.p, NULL, 10) : -1;
}

static int
give_count(struct ask *a, struct slice total)
{
	char json[64];

	if (scan_kind(total) != SCAN_NUMBER || total.n > 20)
		return why(a->w, WHY_BROKEN, "the answer of Salesforce to a "
		    "COUNT() has no number");
	snprintf(json, sizeof(json), "{\"totalSize\":%.*s}",
	    (int)total.n, total.p);
	return give_json(a, slice(json));
}

/* One page; `next` gets the path of the following one, NULL at the end. */
static int
give_page(struct ask *a, struct slice json, char **next)
{
	struct slice v, records = scan_get(json, "records");
	long total = total_size(json);
	struct scan s;

	if (scan_kind(records) != SCAN_ARRAY)
		return why(a->w, WHY_BROKEN, "the answer of Salesforce to a "
		    "query has no records");
	if (a->counts)
		return give_count(a, scan_get(json, "totalSize"));
	scan_enter(&s, records);
	while (scan_element(&s, &v)) {
		if (a->given++ == total && total != -1)	/* round and round */
			return why(a->w, WHY_BROKEN, "Salesforce gives more "
			    "than the %ld records that it told of", total);
		if (give_json(a, v) == -1)
			return -1;
	}
	v = scan_string(scan_get(json, "nextRecordsUrl"), a->page);
	if (v.n > 0 && v.p[0] == '/')
		*next = xstrndup(v.p, v.n);
	else if (scan_kind(scan_get(json, "done")) == SCAN_FALSE)
		return why(a->w, WHY_BROKEN, "Salesforce says that there is "
		    "more, but not where");
	return 0;
}

/* 1: too many for REST, nothing was given. */
static int
by_rest(struct ask *a, const char *path, bool may_switch)
{
	struct http_call c;
	struct slice json;
	char *at = xstrdup(path), *next;
	int r = 0;

	for (bool first = true; at != NULL && r == 0; first = false) {
		c = (struct http_call){ .kind = "query" };
		next = NULL;
		r = sf_get(a->s, &c, at, &json, a->w);
		if (r == 0 && first && may_switch && a->n > 0 &&
		    total_size(json) > SF_MANY)
			r = 1;
		if (r == 0)
			r = give_page(a, json, &next);
		if (r == 0 && next != NULL && strcmp(next, at) == 0)
			r = why(a->w, WHY_BROKEN, "Salesforce gives the same "
			    "page again");
		/* later pages may lack what was deleted meanwhile */
		if (r == 0 && first && next == NULL && !a->counts &&
		    a->given < total_size(json))
			r = why(a->w, WHY_BROKEN, "Salesforce gives fewer "
			    "than the %ld records that it told of",
			    total_size(json));
		http_call_free(&c);
		free(at);
		at = next;
	}
	free(at);
	return r;
}

int
sf_query(struct sf *s, const char *soql, enum sf_way way, sf_take *take,
    void *ctx, struct why *w)
{
	struct ask *a = ask_new(s, soql, take, ctx, w);
	struct buf path = BUF(4 * SOQL_MAX);
	int r = 1;

	buf_str(&path, "query?q=");
	http_escape(&path, slice(soql));
	if (strlen(soql) > SOQL_MAX || path.over)
		r = why(w, WHY_SETUP, "the query is over %d characters",
		    SOQL_MAX);
	else if (way == SF_REST && path.n > URI_MAX)
		r = why(w, WHY_SETUP, "the query is too long for REST");
	else if (way != SF_BULK && path.n <= URI_MAX)
		r = by_rest(a, buf_cstr(&path), way == SF_AUTO);
	if (r == 1)
		r = sf_bulk_query(s, soql, a->object, a->name, a->n, take,
		    ctx, w);
	buf_free(&path);
	ask_free(a);
	return r;
}

static int
by_text(const void *a, const void *b)
{
	return slice_cmp(*(const struct slice *)a, *(const struct slice *)b);
}

/* How long a key is in a URL, or in the body of a job, escapes, quotes and
 * comma with it. */
static size_t
weight(struct slice key, bool bulk)
{
	size_t n = 9;

	for (size_t i = 0; i < key.n; i++)
		n += isalnum((unsigned char)key.p[i]) ? 1 : bulk ? 2 : 6;
	return n;
}

/* What one call of sf_query_keys() asks for. */
struct keys {
	const char *select, *and;
	struct slice object, name;
	const struct sf_field *field;
	struct slice *key;		/* sorted */
	size_t n, max;
	bool bulk;
};

/* The query for the keys from `i` on; the index behind the last of them. */
static size_t
keys_query(const struct keys *k, size_t i, struct buf *q)
{
	size_t first = i, used, more;

	buf_reset(q);
	buf_fmt(q, "SELECT %s FROM %.*s WHERE %.*s IN (", k->select,
	    (int)k->object.n, k->object.p, (int)k->name.n, k->name.p);
	used = 256 + 2 * q->n + (k->and == NULL ? 0 : 3 * strlen(k->and));
	for (; i < k->n; i++) {
		if (i > first && slice_eq(k->key[i], k->key[i - 1]))
			continue;
		more = weight(k->key[i], k->bulk);
		if (i > first && used + more > k->max)
			break;
		used += more;
		if (i > first)
			buf_char(q, ',');
		sf_soql_value(q, k->field, k->key[i]);
	}
	buf_char(q, ')');
	if (k->and != NULL)
		buf_fmt(q, " AND (%s)", k->and);
	return i;
}

/* Salesforce answers a query for anything else with an error, and the
 * neighbours would go with it. */
bool
sf_can_be(const struct sf_field *f, struct slice key)
{
	if (key.n == 0 || key.n > SF_KEY_MAX ||
	    memchr(key.p, '\0', key.n) != NULL)
		return false;
	return f->type == SF_TEXT || f->type == SF_MULTI ||
	    sf_fit(f, key) == SF_FITS;
}

bool
sf_asks_same(const struct sf_field *f, struct slice a, struct slice b)
{
	if (f->type == SF_ID)
		return sf_id_same(a, b);
	return f->case_sensitive ? slice_eq(a, b) : alike_cmp(a, b) == 0;
}

int
sf_query_keys(struct sf *s, const char *select, struct slice object,
    struct slice field, const struct slice *keys, size_t n, const char *and,
    sf_take *take, void *ctx, struct why *w)
{
	struct keys k = { .select = select, .and = and, .object = object,
	    .name = field };
	struct buf q = BUF(2 * SOQL_MAX);
	int r = 0;

	if (n == 0)
		return 0;
	if ((k.field = sf_field(s, object, field, w)) == NULL)
		return -1;
	k.key = xmalloc(n * sizeof(*k.key));
	for (size_t i = 0; i < n; i++)
		if (sf_can_be(k.field, keys[i]))
			k.key[k.n++] = keys[i];
	k.bulk = k.n > REST_KEYS;
	k.max = k.bulk ? SOQL_MAX : URI_MAX;
	qsort(k.key, k.n, sizeof(*k.key), by_text);
	for (size_t i = 0; i < k.n && r == 0; ) {
		i = keys_query(&k, i, &q);
		r = sf_query(s, buf_cstr(&q), k.bulk ? SF_BULK : SF_AUTO,
		    take, ctx, w);
	}
	buf_free(&q);
	free(k.key);
	return r;
}
