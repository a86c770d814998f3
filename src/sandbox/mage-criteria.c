#include <ctype.h>
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "mage-criteria.h"
#include "mage-json.h"
#include "serve.h"

#define SEGMENTS 8

static void
assign(char **to, const char *s)
{
	free(*to);
	*to = s ? buf_dup(s) : NULL;
}

/* --- refusals --- */

int
refuse(struct refusal *no, int status, const char *message,
    const char *parameters)
{
	no->status = status;
	snprintf(no->message, sizeof no->message, "%s", message);
	snprintf(no->parameters, sizeof no->parameters, "%s",
	    parameters ? parameters : "");
	return -1;
}

int
refuse_type(struct refusal *no, const char *field, const char *value,
    const char *type)
{
	char text[1000], where[200] = "";

	if (field)
		snprintf(where, sizeof where,
		    "Error occurred during \"%s\" processing. ", field);
	snprintf(text, sizeof text, "%sThe \"%.500s\" value's type is invalid. "
	    "The \"%s\" type was expected. Verify and try again.", where,
	    value, type);
	return refuse(no, 400, text, NULL);
}

/* nosuch_field becomes NosuchField, as the vendor's setters are called. */
static void
upper_camel(const char *name, char *to, size_t size)
{
	size_t n = 0;
	int up = 1;

	for (; *name && n + 1 < size; name++) {
		if (*name == '_') {
			up = 1;
			continue;
		}
		to[n++] = (char)(up ? toupper((unsigned char)*name) : *name);
		up = 0;
	}
	to[n] = '\0';
}

int
refuse_field(struct refusal *no, const char *name)
{
	struct buf b = {0};
	char camel[200];
	int rc;

	upper_camel(name, camel, sizeof camel);
	buf_str(&b, "{\"fieldName\":");
	php_string(&b, camel, strlen(camel));
	buf_byte(&b, '}');
	rc = refuse(no, 400, "\"%fieldName\" is not supported. Correct the field"
	    " name and try again.", b.p);
	buf_free(&b);
	return rc;
}

int
refuse_required(struct refusal *no, const char *name)
{
	char p[200];

	snprintf(p, sizeof p, "{\"fieldName\":\"%s\"}", name);
	return refuse(no, 400, "\"%fieldName\" is required. Enter and try again.",
	    p);
}

int
refuse_items(struct refusal *no, const char *class_name, long max)
{
	char p[400];

	snprintf(p, sizeof p, "{\"type\":\"%s\",\"max\":%ld}", class_name, max);
	return refuse(no, 400, "Maximum items of type \"%type\" is %max", p);
}

/* --- reading --- */

/* Split "a[b][c]" in place; returns the number of segments, 0 if malformed. */
static int
segments(char *name, char *seg[SEGMENTS])
{
	int n = 0;
	char *p = strchr(name, '['), *close;

	seg[n++] = name;
	while (p && *p == '[' && n < SEGMENTS) {
		if ((close = strchr(p, ']')) == NULL)
			return 0;
		*p = *close = '\0';
		seg[n++] = p + 1;
		p = close + 1;
	}
	return n;
}

static int
is(const char *s, const char *snake, const char *camel)
{
	return strcmp(s, snake) == 0 || strcmp(s, camel) == 0;
}

static void *
more(void *p, int n, size_t size)
{
	p = realloc(p, (size_t)(n + 1) * size);
	if (p == NULL)
		err(3, "cannot allocate memory");
	memset((char *)p + (size_t)n * size, 0, size);
	return p;
}

static struct group *
group_at(struct criteria *c, const char *key)
{
	for (int i = 0; i < c->groups; i++)
		if (strcmp(c->group[i].key, key) == 0)
			return &c->group[i];
	if (c->groups == CRITERIA_MAX)
		return NULL;
	c->group = more(c->group, c->groups, sizeof *c->group);
	c->group[c->groups].key = buf_dup(key);
	return &c->group[c->groups++];
}

static struct filter *
filter_at(struct group *g, const char *key)
{
	for (int i = 0; i < g->n; i++)
		if (strcmp(g->f[i].key, key) == 0)
			return &g->f[i];
	if (g->n == CRITERIA_MAX)
		return NULL;
	g->f = more(g->f, g->n, sizeof *g->f);
	g->f[g->n].key = buf_dup(key);
	g->f[g->n].type = buf_dup("eq");
	return &g->f[g->n++];
}

static struct sort *
sort_at(struct criteria *c, const char *key)
{
	for (int i = 0; i < c->sorts; i++)
		if (strcmp(c->sort[i].key, key) == 0)
			return &c->sort[i];
	if (c->sorts == CRITERIA_MAX)
		return NULL;
	c->sort = more(c->sort, c->sorts, sizeof *c->sort);
	c->sort[c->sorts].key = buf_dup(key);
	return &c->sort[c->sorts++];
}

static int
too_many(struct refusal *no)
{
	return refuse(no, 400, "Specified request cannot be processed.", NULL);
}

static int
read_filter(struct criteria *c, char **seg, int n, const char *value,
    struct refusal *no)
{
	struct group *g;
	struct filter *f;

	if (n < 3)
		return 0;
	if ((g = group_at(c, seg[2])) == NULL)
		return too_many(no);
	if (n < 4)
		return 0;
	if (strcmp(seg[3], "filters") != 0)
		return refuse_field(no, seg[3]);
	if (n < 6)
		return 0;
	if ((f = filter_at(g, seg[4])) == NULL)
		return too_many(no);
	if (strcmp(seg[5], "field") == 0)
		assign(&f->field, value);
	else if (strcmp(seg[5], "value") == 0)
		assign(&f->value, value);
	else if (is(seg[5], "condition_type", "conditionType"))
		assign(&f->type, value);
	else
		return refuse_field(no, seg[5]);
	return 0;
}

static int
read_sort(struct criteria *c, char **seg, int n, const char *value,
    struct refusal *no)
{
	struct sort *s;

	if (n < 4)
		return 0;
	if ((s = sort_at(c, seg[2])) == NULL)
		return too_many(no);
	if (strcmp(seg[3], "field") == 0) {
		assign(&s->field, value);
		if (value[strspn(value, "abcdefghijklmnopqrstuvwxyz"
		    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_")]) {
			struct buf b = {0};

			buf_byte(&b, '[');
			php_string(&b, value, strlen(value));
			buf_byte(&b, ']');
			refuse(no, 400, "Sort order field %1 contains"
			    " restricted symbols", b.p);
			buf_free(&b);
			return -1;
		}
	} else if (strcmp(seg[3], "direction") == 0) {
		if (strcasecmp(value, "ASC") == 0)
			s->direction = 1;
		else if (strcasecmp(value, "DESC") == 0)
			s->direction = -1;
		else
			return refuse(no, 400, "The sort order has to be"
			    " specified as %1 for ascending order or %2 for"
			    " descending order.", "[\"ASC\",\"DESC\"]");
	} else
		return refuse_field(no, seg[3]);
	return 0;
}

static int
read_number(const char *name, const char *value, int *has, long *to,
    struct refusal *no)
{
	char *end;

	*to = strtol(value, &end, 10);
	if (end == value || *end || isspace((unsigned char)*value))
		return refuse_type(no, name, value, "int");
	*has = 1;
	return 0;
}

static int
read_pair(struct criteria *c, char *name, const char *value, struct refusal *no)
{
	char *seg[SEGMENTS] = {NULL};
	int n = segments(name, seg);

	if (n == 0 || !is(seg[0], "search_criteria", "searchCriteria"))
		return 0;
	c->given = 1;
	if (value == NULL)
		value = "";
	if (n < 2)
		return 0;
	if (is(seg[1], "filter_groups", "filterGroups"))
		return read_filter(c, seg, n, value, no);
	if (is(seg[1], "sort_orders", "sortOrders"))
		return read_sort(c, seg, n, value, no);
	if (is(seg[1], "page_size", "pageSize"))
		return read_number(seg[1], value, &c->has_size, &c->size, no);
	if (is(seg[1], "current_page", "currentPage"))
		return read_number(seg[1], value, &c->has_page, &c->page, no);
	if (is(seg[1], "request_name", "requestName"))
		return 0;
	return refuse_field(no, seg[1]);
}

int
criteria_read(struct criteria *c, const char *query, struct refusal *no)
{
	char *name, *value;
	int rc = 0;

	while (rc == 0 && serve_pair(&query, &name, &value)) {
		rc = read_pair(c, name, value, no);
		free(name);
		free(value);
	}
	if (rc == 0 && !c->given)
		return refuse_required(no, "searchCriteria");
	return rc;
}

/* --- echoing --- */

static void
text_or_null(struct buf *out, const char *s)
{
	if (s)
		php_string(out, s, strlen(s));
	else
		buf_str(out, "null");
}

static void
echo_group(const struct group *g, struct buf *out)
{
	buf_str(out, "{\"filters\":[");
	for (int i = 0; i < g->n; i++) {
		buf_str(out, i ? ",{\"field\":" : "{\"field\":");
		text_or_null(out, g->f[i].field);
		buf_str(out, ",\"value\":");
		text_or_null(out, g->f[i].value);
		buf_str(out, ",\"condition_type\":");
		text_or_null(out, g->f[i].type);
		buf_byte(out, '}');
	}
	buf_str(out, "]}");
}

void
criteria_echo(const struct criteria *c, struct buf *out)
{
	int i;

	buf_str(out, "{\"filter_groups\":[");
	for (i = 0; i < c->groups; i++) {
		if (i)
			buf_byte(out, ',');
		echo_group(&c->group[i], out);
	}
	buf_byte(out, ']');
	for (i = 0; i < c->sorts; i++) {
		buf_str(out, i ? "," : ",\"sort_orders\":[");
		buf_str(out, "{\"field\":");
		text_or_null(out, c->sort[i].field);
		buf_str(out, ",\"direction\":");
		text_or_null(out, c->sort[i].direction == 0 ? NULL :
		    c->sort[i].direction > 0 ? "ASC" : "DESC");
		buf_byte(out, '}');
	}
	if (c->sorts)
		buf_byte(out, ']');
	if (c->has_size)
		buf_fmt(out, ",\"page_size\":%ld", c->size);
	if (c->has_page)
		buf_fmt(out, ",\"current_page\":%ld", c->page);
	buf_byte(out, '}');
}

void
criteria_free(struct criteria *c)
{
	for (int g = 0; g < c->groups; g++) {
		for (int i = 0; i < c->group[g].n; i++) {
			free(c->group[g].f[i].key);
			free(c->group[g].f[i].field);
			free(c->group[g].f[i].value);
			free(c->group[g].f[i].type);
		}
		free(c->group[g].f);
		free(c->group[g].key);
	}
	for (int i = 0; i < c->sorts; i++) {
		free(c->sort[i].key);
		free(c->sort[i].field);
	}
	free(c->group);
	free(c->sort);
	memset(c, 0, sizeof *c);
}
