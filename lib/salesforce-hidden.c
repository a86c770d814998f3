/*
 * salesforce-hidden - absent, or hidden by field-level security?
 *
 * Describe shows a field that is hidden from the user as little as one that
 * is not there.  Two places know more, and only users with "View Setup and
 * Configuration" may ask them: FieldPermissions has a row for each permission
 * set and profile that lets somebody read the field, and Tooling's CustomField
 * one for each custom field.  A row in either proves that the field is there.
 */
#include <stdio.h>
#include <stdlib.h>

#include "salesforce-check-in.h"

struct grant {			/* a permission set lets its users edit */
	struct grant *next;
	struct slice field;	/* without object */
	bool edit, profile;
	struct slice by;
};

struct hidden {			/* of an object, asked once */
	struct hidden *next;
	struct slice object;
	bool refused;		/* we may not ask */
	struct grant *grants;
	struct sf_check *check;
};

static struct slice
keep(struct pool *pool, struct slice s)
{
	if (s.p != NULL)
		s.p = pool_dup(pool, s.p, s.n);
	return s;
}

static void
add(struct hidden *h, struct slice field, struct slice by, bool edit,
    bool profile)
{
	struct pool *pool = h->check->pool;
	struct grant *g = pool_get(pool, sizeof(*g));

	*g = (struct grant){ h->grants, keep(pool, field), edit, profile,
	    keep(pool, by) };
	h->grants = g;
}

/* Field is "Order.Magento_Id__c". */
static int
take(void *ctx, const struct sf_record *r, struct why *w)
{
	struct hidden *h = ctx;
	struct slice field, by;
	const char *dot;
	bool profile;

	if (r->n != 6)
		return why(w, WHY_BROKEN, "an answer lacks columns");
	field = r->value[1].text;
	dot = field.p == NULL ? NULL : memchr(field.p, '.', field.n);
	if (dot == NULL)
		return 0;
	field.n -= (size_t)(dot + 1 - field.p);
	field.p = dot + 1;
	profile = slice_is(r->value[4].text, "true");
	by = r->value[profile ? 5 : 3].text;
	add(h, field, by, slice_is(r->value[2].text, "true"), profile);
	return 0;
}

static int
ask_grants(struct hidden *h, struct why *w)
{
	char *soql = xasprintf("SELECT SobjectType, Field, PermissionsEdit, "
	    "Parent.Label, Parent.IsOwnedByProfile, Parent.Profile.Name "
	    "FROM FieldPermissions WHERE SobjectType = '%s'", h->object.p);
	int r = sf_query(h->check->sf, soql, SF_REST, take, h, w);

	free(soql);
	return r;
}

/* Custom fields of standard objects; those of custom ones are listed under
 * an id that we do not know. */
static int
ask_custom(struct hidden *h, struct why *w)
{
	struct http_call c = { .kind = "query" };
	struct buf path = BUF(4096);
	struct slice json, v;
	struct scan s;
	char *name, *soql;
	int r;

	soql = xasprintf("SELECT DeveloperName, NamespacePrefix FROM "
	    "CustomField WHERE TableEnumOrId = '%s'", h->object.p);
	buf_str(&path, "tooling/query?q=");
	http_escape(&path, slice(soql));
	r = sf_get(h->check->sf, &c, buf_cstr(&path), &json, w);
	if (r == 0)
		scan_enter(&s, scan_get(json, "records"));
	while (r == 0 && scan_element(&s, &v)) {
		struct slice dev = scan_string(scan_get(v, "DeveloperName"),
		    h->check->pool);
		struct slice ns = scan_string(scan_get(v, "NamespacePrefix"),
		    h->check->pool);

		name = xasprintf("%.*s%s%.*s__c", (int)ns.n, ns.n == 0 ? "" :
		    ns.p, ns.n == 0 ? "" : "__", (int)dev.n, dev.n == 0 ? "" :
		    dev.p);
		add(h, slice(name), (struct slice){ NULL, 0 }, false, false);
		free(name);
	}
	http_call_free(&c);
	buf_free(&path);
	free(soql);
	return r;
}

static bool
is_custom(struct slice object)
{
	return object.n > 3 && memcmp(object.p + object.n - 3, "__c", 3) == 0;
}

/* What is refused is not known; what fails otherwise stops the check. */
static int
asked(struct hidden *h, int r, struct why *w)
{
	static const char *const codes[] = { "INVALID_TYPE", "INVALID_FIELD",
		"INSUFFICIENT_ACCESS", "NOT_FOUND", "not-saved" };
	size_t i;

	for (i = 0; r == -1 && i < sizeof(codes) / sizeof(codes[0]); i++)
		if (strcmp(w->code, codes[i]) == 0) {
			h->refused = true;
			*w = (struct why){0};
			return 0;
		}
	return r;
}

static int
ask(struct sf_check *c, const struct sf_object *o, struct hidden **out,
    struct why *w)
{
	struct hidden *h;

	for (h = c->hidden; h != NULL; h = h->next)
		if (slice_same(h->object, o->name))
			break;
	if (h == NULL) {
		h = pool_get(c->pool, sizeof(*h));
		*h = (struct hidden){ .next = c->hidden, .object = o->name,
		    .check = c };
		c->hidden = h;
		if (asked(h, ask_grants(h, w), w) == -1 ||
		    (!is_custom(o->name) && !h->refused &&
		    asked(h, ask_custom(h, w), w) == -1))
			return -1;
	}
	*out = h;
	return 0;
}

/* "; permission set 'A', profile 'B' grants it: assign ..." */
static const char *
grants(struct sf_check *c, const struct hidden *h, struct slice field)
{
	struct buf b = BUF(1024);
	const struct grant *g;
	const char *out;
	bool sets = false;
	int n = 0;

	for (g = h->grants; g != NULL; g = g->next) {
		if (!slice_same(g->field, field) || !g->edit || g->by.n == 0)
			continue;
		buf_fmt(&b, "%s%s '%.*s'", n++ > 0 ? ", " : "; ",
		    g->profile ? "profile" : "permission set", (int)g->by.n,
		    g->by.p);
		sets |= !g->profile;
	}
	if (n > 0)
		buf_str(&b, n > 1 ? " grant it" : " grants it");
	if (sets)
		buf_str(&b, n > 1 ? ": assign one to the user" :
		    ": assign it to the user");
	out = pool_dup(c->pool, b.p == NULL ? "" : b.p, b.n);
	buf_free(&b);
	return out;
}

int
hidden_ask(struct sf_check *c, const struct sf_object *o,
    struct slice field, enum hidden_is *is, const char **who, struct why *w)
{
	const struct grant *g;
	struct hidden *h;

	*who = "";
	if (ask(c, o, &h, w) == -1)
		return -1;
	*is = h->refused ? HIDDEN_UNKNOWN : HIDDEN_NO;
	for (g = h->grants; g != NULL; g = g->next)
		if (slice_same(g->field, field))
			*is = HIDDEN_YES;
	if (*is == HIDDEN_YES)
		*who = grants(c, h, field);
	return 0;
}

int
hidden_editors(struct sf_check *c, const struct sf_object *o,
    struct slice field, const char **who, struct why *w)
{
	enum hidden_is is;

	return hidden_ask(c, o, field, &is, who, w);
}
