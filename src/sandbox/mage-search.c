/* Lists: filter, sort and page the records of one kind. */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mage-plan.h"
#include "mage-search.h"

static void *
grab(size_t n, size_t size)
{
	void *p = calloc(n ? n : 1, size);

	if (p == NULL)
		err(3, "cannot allocate memory");
	return p;
}

static struct column
attribute_column(struct shop *shop, enum kind list, const char *field)
{
	struct column c = {NO_COLUMN, 1, ""};
	struct piece one, type;
	char quoted[100];

	if (snprintf(quoted, sizeof quoted, "\"%s\"", field) >=
	    (int)sizeof c.path)
		return c;
	for (size_t i = 0; i < store_count(shop->store, list); i++) {
		one = store_at(shop->store, list, i);
		if (!json_is(json_member(one, "attribute_code"), quoted))
			continue;
		type = json_member(one, "backend_type");
		c.type = json_is(type, "\"int\"") ? INTEGER :
		    json_is(type, "\"decimal\"") ? DECIMAL :
		    json_is(type, "\"datetime\"") ? DATE : TEXT;
		snprintf(c.path, sizeof c.path, "%s", field);
		return c;
	}
	return c;
}

/* The column that a filter of this shop calls `field`, its attributes
 * included. */
static struct column
shop_column(struct shop *shop, enum kind k, const char *field)
{
	struct column c = entity_column(k, field);

	if (c.type != NO_COLUMN || strcmp(field, "id") == 0)
		return c;
	if (k == CUSTOMERS)
		return attribute_column(shop, CUSTOMER_ATTRIBUTES, field);
	if (k == PRODUCTS)
		return attribute_column(shop, PRODUCT_ATTRIBUTES, field);
	return c;
}

ssize_t
shop_find(struct shop *shop, enum kind k, const char *field, const char *text)
{
	struct column c = shop_column(shop, k, field);
	struct match *m = match_new(&c, "eq", text);
	ssize_t found = -1;

	for (size_t i = 0; found < 0 && i < store_count(shop->store, k); i++)
		if (match_eval(m, store_value(shop->store, k, &c, i)))
			found = (ssize_t)i;
	match_free(m);
	return found;
}

/* --- compiling --- */

static int
unknown_field(struct search *s, const char *field, struct refusal *no)
{
	struct buf b = {0};

	if (!entities[s->k].eav || field == NULL)
		return refuse_internal(s->shop, no);
	buf_byte(&b, '[');
	php_string(&b, field, strlen(field));
	buf_byte(&b, ']');
	refuse(no, 400, "The \"%1\" attribute name is invalid. Reset the name"
	    " and try again.", b.p);
	buf_free(&b);
	return -1;
}

static int
digits(const char *s, int64_t *v)
{
	char *end;

	if (s == NULL || *s < '0' || *s > '9' || strlen(s) > 17)
		return 0;
	*v = strtoll(s, &end, 10);
	return *end == '\0';
}

/* A lone bound on the id only narrows the places: no record is looked at. */
static int
narrow(struct search *s, const struct group *g)
{
	const struct filter *f = &g->f[0];
	size_t at;
	int64_t v;
	int above;

	if (g->n != 1 || entities[s->k].listed || !f->field || !f->type ||
	    strcmp(f->field, entities[s->k].column) != 0 ||
	    !digits(f->value, &v))
		return 0;
	if (strcmp(f->type, "gt") == 0)
		above = 1, v++;
	else if (strcmp(f->type, "gteq") == 0 || strcmp(f->type, "from") == 0)
		above = 1;
	else if (strcmp(f->type, "lteq") == 0 || strcmp(f->type, "to") == 0)
		above = 0, v++;
	else if (strcmp(f->type, "lt") == 0)
		above = 0;
	else
		return 0;
	at = store_lower(s->shop->store, s->k, v);
	if (above && at > s->lo)
		s->lo = at;
	if (!above && at < s->hi)
		s->hi = at;
	return 1;
}

static int
compile_group(struct search *s, const struct group *g, struct refusal *no)
{
	struct any *a = &s->group[s->groups];
	const struct filter *f;

	for (int i = 0; i < g->n; i++) {
		f = &g->f[i];
		if (f->field == NULL)
			return unknown_field(s, NULL, no);
		if (shop_column(s->shop, s->k, f->field).type == NO_COLUMN)
			return unknown_field(s, f->field, no);
	}
	if (g->n <= 0 || narrow(s, g))
		return 0;
	s->groups++;
	a->t = grab(CRITERIA_MAX, sizeof *a->t);
	for (a->n = 0; a->n < g->n; a->n++) {
		f = &g->f[a->n];
		a->t[a->n].column = shop_column(s->shop, s->k, f->field);
		a->t[a->n].m = match_new(&a->t[a->n].column, f->type, f->value);
	}
	return 0;
}

static int
compile(struct search *s, struct refusal *no)
{
	struct order *o;
	const char *field;
	int i;

	s->lo = 0;
	s->hi = store_count(s->shop->store, s->k);
	s->group = grab((size_t)s->c.groups, sizeof *s->group);
	s->order = grab((size_t)s->c.sorts + 1, sizeof *s->order);
	for (i = 0; i < s->c.groups; i++)
		if (compile_group(s, &s->c.group[i], no) == -1)
			return -1;
	for (i = 0; i < s->c.sorts; i++) {
		o = &s->order[s->orders];
		field = s->c.sort[i].field;
		if (field)
			o->column = shop_column(s->shop, s->k, field);
		if (field == NULL || o->column.type == NO_COLUMN) {
			if (!entities[s->k].eav)
				return refuse_internal(s->shop, no);
			continue;
		}
		o->down = s->c.sort[i].direction <= 0;
		s->orders++;
	}
	if (s->orders == 0 && s->k == GROUPS)
		s->order[s->orders++].column = entity_column(GROUPS, "id");
	return 0;
}

static int
within_limits(struct search *s, struct refusal *no)
{
	const struct settings *set = &s->shop->set;
	char p[64];

	if (!set->limits)
		return 0;
	if (s->c.groups > set->max_items)
		return refuse_items(no, "\\\\Magento\\\\Framework\\\\Api"
		    "\\\\Search\\\\FilterGroup", set->max_items);
	for (int i = 0; i < s->c.groups; i++)
		if (s->c.group[i].n > set->max_items)
			return refuse_items(no, "\\\\Magento\\\\Framework"
			    "\\\\Api\\\\Filter", set->max_items);
	if (s->c.has_size && s->c.size > set->max_page) {
		snprintf(p, sizeof p, "{\"max\":%ld}", set->max_page);
		return refuse(no, 400, "Maximum SearchCriteria pageSize is %max",
		    p);
	}
	if (!s->c.has_size) {
		s->c.has_size = 1;
		s->c.size = set->default_page;
	}
	return 0;
}

/* --- running --- */

static int
holds(struct search *s, struct test *t, size_t place)
{
	int yes = t->cell ? match_quick(t->m, t->cell[place]) : -1;

	return yes != -1 ? yes : match_eval(t->m, store_value(s->shop->store,
	    s->k, &t->column, place));
}

static int
agrees(struct search *s, size_t place)
{
	struct any *a;
	int g, i;

	for (g = 0; g < s->groups; g++) {
		a = &s->group[g];
		for (i = 0; i < a->n; i++)
			if (holds(s, &a->t[i], place))
				break;
		if (i == a->n)
			return 0;
	}
	return 1;
}

/* Of so many columns as the store remembers at a time. */
static void
find_cells(struct search *s)
{
	int tests = 0, g, i;

	for (g = 0; g < s->groups; g++)
		tests += s->group[g].n;
	for (g = 0; tests <= COLUMNS && g < s->groups; g++)
		for (i = 0; i < s->group[g].n; i++)
			s->group[g].t[i].cell = store_cells(s->shop->store,
			    s->k, &s->group[g].t[i].column);
}

static void
collect(struct search *s)
{
	if (s->hi < s->lo)
		s->hi = s->lo;
	s->hits = s->hi - s->lo;
	if (s->groups == 0)
		return;
	find_cells(s);
	s->hit = grab(s->hits, sizeof *s->hit);
	s->hits = 0;
	for (size_t i = s->lo; i < s->hi; i++)
		if (agrees(s, i))
			s->hit[s->hits++] = i;
}

struct sorting {
	struct search *s;
	struct sort_key *key;	/* orders of them for each row */
	struct buf texts;
};

struct row {
	size_t place, key;
};

static int
compare_keys(const struct sort_key *a, const struct sort_key *b,
    const struct buf *texts)
{
	size_t n = a->n < b->n ? a->n : b->n;
	int c;

	if (a->null || b->null)
		return b->null - a->null;
	if (a->num != b->num)
		return a->num < b->num ? -1 : 1;
	c = n ? memcmp(texts->p + a->at, texts->p + b->at, n) : 0;
	return c ? c : (a->n > b->n) - (a->n < b->n);
}

/* A number that has nothing to do with the place, the same for one request. */
static uint64_t
toss(const struct search *s, size_t place)
{
	uint64_t h = (uint64_t)store_id(s->shop->store, s->k, place);

	h += s->shop->serve.seed + s->view->rq->n * 0x9e3779b97f4a7c15U;
	h = (h ^ h >> 30) * 0xbf58476d1ce4e5b9U;
	h = (h ^ h >> 27) * 0x94d049bb133111ebU;
	return h ^ h >> 31;
}

static int
compare_tied(const struct search *s, size_t a, size_t b)
{
	uint64_t x = toss(s, a), y = toss(s, b);

	if (s->shop->set.ties_each && x != y)
		return x < y ? -1 : 1;
	return (a > b) - (a < b);
}

static int
compare_rows(const void *x, const void *y, void *arg)
{
	const struct row *a = x, *b = y;
	struct sorting *g = arg;
	int c;

	for (int i = 0; i < g->s->orders; i++) {
		c = compare_keys(&g->key[a->key + (size_t)i],
		    &g->key[b->key + (size_t)i], &g->texts);
		if (c)
			return g->s->order[i].down ? -c : c;
	}
	return compare_tied(g->s, a->place, b->place);
}

static void
list_hits(struct search *s)
{
	if (s->hit)
		return;
	s->hit = grab(s->hits, sizeof *s->hit);
	for (size_t i = 0; i < s->hits; i++)
		s->hit[i] = s->lo + i;
}

static void
sort_hits(struct search *s)
{
	struct sorting g = {.s = s};
	size_t w = (size_t)s->orders, i;
	struct row *row = grab(s->hits, sizeof *row);

	list_hits(s);
	g.key = grab(s->hits * w, sizeof *g.key);
	for (i = 0; i < s->hits; i++) {
		row[i].place = s->hit[i];
		row[i].key = i * w;
		for (size_t o = 0; o < w; o++)
			g.key[i * w + o] = match_key(&s->order[o].column,
			    store_value(s->shop->store, s->k,
			    &s->order[o].column, s->hit[i]), &g.texts);
	}
	qsort_r(row, s->hits, sizeof *row, compare_rows, &g);
	for (i = 0; i < s->hits; i++)
		s->hit[i] = row[i].place;
	free(row);
	free(g.key);
	buf_free(&g.texts);
}

/* Sorted by the id first: the places are in order as they are. */
static int
in_order(const struct search *s)
{
	struct column id = entity_column(s->k, entities[s->k].column);

	return s->orders && strcmp(s->order[0].column.path, id.path) == 0 &&
	    !entities[s->k].listed;
}

static void
reverse(struct search *s)
{
	size_t i, t;

	for (i = 0; i < s->hits / 2; i++) {
		t = s->hit[i];
		s->hit[i] = s->hit[s->hits - 1 - i];
		s->hit[s->hits - 1 - i] = t;
	}
}

static void
arrange(struct search *s)
{
	if (s->orders == 0)
		return;
	if (!in_order(s))
		sort_hits(s);
	else if (s->hit && s->order[0].down)
		reverse(s);
}

static void
search_free(struct search *s)
{
	for (int g = 0; g < s->groups; g++) {
		for (int i = 0; i < s->group[g].n; i++)
			match_free(s->group[g].t[i].m);
		free(s->group[g].t);
	}
	free(s->group);
	free(s->order);
	free(s->hit);
	criteria_free(&s->c);
}

/* Rows are counted by a statement of their own: others may write before it. */
static size_t
count(struct search *s)
{
	struct search again = {.shop = s->shop, .view = s->view, .k = s->k};
	struct refusal no = {0};
	size_t n = s->hits;

	if (plan_apply(s->shop, s->view->rq, "rows") &&
	    criteria_read(&again.c, s->view->rq->query, &no) == 0 &&
	    compile(&again, &no) == 0) {
		collect(&again);
		n = again.hits;
	}
	search_free(&again);
	return n;
}

int
search_list(struct shop *shop, enum kind k, struct view *v, struct buf *out,
    struct refusal *no)
{
	struct search s = {.shop = shop, .view = v, .k = k};
	int rc = -1;

	if (criteria_read(&s.c, v->rq->query, no) == -1 ||
	    within_limits(&s, no) == -1 || compile(&s, no) == -1)
		goto out;
	collect(&s);
	arrange(&s);
	if (search_rows(&s, out, no) == -1)
		goto out;
	buf_fmt(out, ",\"total_count\":%zu}", count(&s));
	rc = 0;
out:
	search_free(&s);
	return rc;
}
