/* salesforce-describe - what the org says of its objects, asked once a run. */
#include <stddef.h>
#include <stdlib.h>

#include "salesforce-session.h"
#include "say.h"

struct kept {
	struct kept *next;
	struct sf_object object;
};

struct sf_kept {
	struct pool *pool;
	struct kept *first;
};

void
sf_kept_free(struct sf_kept *k)
{
	if (k == NULL)
		return;
	pool_free(k->pool);
	free(k);
}

static struct slice
text(struct slice v, struct pool *pool)
{
	struct slice s = scan_string(v, pool);

	if (s.p != NULL)
		s.p = pool_dup(pool, s.p, s.n);
	return s;
}

static struct slice
raw(struct slice v, struct pool *pool)
{
	if (v.p != NULL)
		v.p = pool_dup(pool, v.p, v.n);
	return v;
}

static bool
yes(struct slice v)
{
	return scan_kind(v) == SCAN_TRUE;
}

static enum sf_type
type_of(struct slice v)
{
	static const struct { const char *name; enum sf_type type; } types[] = {
		{ "id", SF_ID }, { "reference", SF_ID },
		{ "int", SF_NUMBER }, { "double", SF_NUMBER },
		{ "currency", SF_NUMBER }, { "percent", SF_NUMBER },
		{ "long", SF_NUMBER }, { "boolean", SF_BOOL },
		{ "date", SF_DATE }, { "datetime", SF_DATETIME },
		{ "time", SF_TIME }, { "multipicklist", SF_MULTI },
	};

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (slice_is(v, types[i].name))
			return types[i].type;
	return SF_TEXT;
}

static size_t
count(struct slice array)
{
	struct scan s;
	struct slice v;
	size_t n = 0;

	if (scan_kind(array) != SCAN_ARRAY)
		return 0;
	scan_enter(&s, array);
	while (scan_element(&s, &v))
		n++;
	return n;
}

static void
take_refs(struct sf_field *f, struct slice array, struct pool *pool)
{
	size_t n = count(array);
	struct slice *refs, v;
	struct scan s;

	if (n == 0)
		return;
	f->refs = refs = pool_get(pool, n * sizeof(*refs));
	scan_enter(&s, array);
	while (scan_element(&s, &v))
		refs[f->n_refs++] = text(v, pool);
}

/* Members that are true or false, and numbers. */
static const struct { const char *name; size_t at; } flags[] = {
	{ "createable", offsetof(struct sf_field, createable) },
	{ "updateable", offsetof(struct sf_field, updateable) },
	{ "nillable", offsetof(struct sf_field, nillable) },
	{ "externalId", offsetof(struct sf_field, external_id) },
	{ "idLookup", offsetof(struct sf_field, id_lookup) },
	{ "unique", offsetof(struct sf_field, unique) },
	{ "custom", offsetof(struct sf_field, custom) },
	{ "calculated", offsetof(struct sf_field, calculated) },
	{ "autoNumber", offsetof(struct sf_field, auto_number) },
	{ "caseSensitive", offsetof(struct sf_field, case_sensitive) },
	{ "defaultedOnCreate", offsetof(struct sf_field, defaulted) },
	{ "filterable", offsetof(struct sf_field, filterable) },
	{ "restrictedPicklist", offsetof(struct sf_field, restricted) },
}, numbers[] = {
	{ "length", offsetof(struct sf_field, length) },
	{ "scale", offsetof(struct sf_field, scale) },
	{ "precision", offsetof(struct sf_field, precision) },
};

static void
take_scalar(struct sf_field *f, struct slice key, struct slice v)
{
	size_t i;

	for (i = 0; i < sizeof(flags) / sizeof(flags[0]); i++)
		if (slice_is(key, flags[i].name))
			*(bool *)((char *)f + flags[i].at) = yes(v);
	for (i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		if (slice_is(key, numbers[i].name))
			*(long *)(void *)((char *)f + numbers[i].at) =
			    strtol(v.p, NULL, 10);
}

static void
take_field(struct sf_field *f, struct slice json, struct pool *pool)
{
	struct slice key, v;
	struct scan s;

	*f = (struct sf_field){0};
	scan_enter(&s, json);
	while (scan_member(&s, &key, &v)) {
		if (slice_is(key, "name"))
			f->name = text(v, pool);
		else if (slice_is(key, "label"))
			f->label = text(v, pool);
		else if (slice_is(key, "relationshipName"))
			f->relationship = text(v, pool);
		else if (slice_is(key, "type"))
			f->kind = text(v, pool);
		else if (slice_is(key, "picklistValues"))
			f->values = raw(v, pool);
		else if (slice_is(key, "referenceTo"))
			take_refs(f, v, pool);
		else
			take_scalar(f, key, v);
	}
	f->type = type_of(f->kind);
}

static int
take_object(struct sf_object *o, struct slice json, struct pool *pool,
    struct why *w)
{
	struct slice array = scan_get(json, "fields"), v;
	struct sf_field *field;
	struct scan s;
	size_t n = count(array);

	*o = (struct sf_object){0};
	if (n == 0)
		return why(w, WHY_BROKEN, "the describe has no fields");
	o->name = text(scan_get(json, "name"), pool);
	o->label = text(scan_get(json, "label"), pool);
	o->createable = yes(scan_get(json, "createable"));
	o->updateable = yes(scan_get(json, "updateable"));
	o->deletable = yes(scan_get(json, "deletable"));
	o->queryable = yes(scan_get(json, "queryable"));
	o->record_types = raw(scan_get(json, "recordTypeInfos"), pool);
	o->children = raw(scan_get(json, "childRelationships"), pool);
	field = pool_get(pool, n * sizeof(*field));
	scan_enter(&s, array);
	while (scan_element(&s, &v)) {
		take_field(&field[o->n], v, pool);
		if (field[o->n].name.p != NULL)
			o->n++;
	}
	o->field = field;
	return 0;
}

static bool
is_name(struct slice t)
{
	for (size_t i = 0; i < t.n; i++)
		if (strchr("_ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuv"
		    "wxyz0123456789", t.p[i]) == NULL || t.p[i] == '\0')
			return false;
	return t.n > 0 && t.n < 200;
}

static int
ask(struct sf *s, struct slice object, struct sf_object *o, struct why *w)
{
	struct http_call c = { .kind = "describe" };
	struct slice json;
	char *path;
	int r;

	if (!is_name(object))
		return why_code(w, WHY_SETUP, "INVALID_TYPE",
		    "'%.*s' is not the name of an object",
		    (int)(object.n < 80 ? object.n : 80), object.p);
	path = xasprintf("sobjects/%.*s/describe", (int)object.n, object.p);
	r = sf_get(s, &c, path, &json, w);
	if (r == -1 && strcmp(w->code, "not-saved") == 0)
		memcpy(w->code, "INVALID_TYPE", sizeof("INVALID_TYPE"));
	if (r == -1 && c.status == 404 &&
	    strcmp(w->code, "UNSUPPORTED_API_VERSION") != 0)
		why_code(w, WHY_SETUP, "INVALID_TYPE", "Salesforce has no "
		    "object '%.*s', or the integration user may not see it",
		    (int)object.n, object.p);
	if (r == 0 && (r = take_object(o, json, s->kept->pool, w)) == -1)
		why_in(w, "Salesforce object '%.*s'", (int)object.n, object.p);
	http_call_free(&c);
	free(path);
	return r;
}

const struct sf_object *
sf_describe(struct sf *s, struct slice object, struct why *w)
{
	struct why unsaid;
	struct kept *k;

	if (w == NULL)
		w = &unsaid;
	if (s->kept == NULL) {
		s->kept = xcalloc(1, sizeof(*s->kept));
		s->kept->pool = pool_new();
	}
	for (k = s->kept->first; k != NULL; k = k->next)
		if (slice_same(k->object.name, object))
			return &k->object;
	k = pool_get(s->kept->pool, sizeof(*k));
	if (ask(s, object, &k->object, w) == -1)
		return NULL;
	k->next = s->kept->first;
	s->kept->first = k;
	return &k->object;
}

const struct sf_field *
sf_field_of(const struct sf_object *o, struct slice name)
{
	for (size_t i = 0; i < o->n; i++)
		if (slice_same(o->field[i].name, name))
			return &o->field[i];
	return NULL;
}

static int
no_field(const struct sf_object *o, struct slice name, struct why *w)
{
	const char **list = xmalloc((o->n + 1) * sizeof(*list));
	char *wanted = xstrndup(name.p, name.n < 200 ? name.n : 200);
	const char *near;

	for (size_t i = 0; i < o->n; i++)
		list[i] = o->field[i].name.p;
	near = say_nearest(wanted, list, (int)o->n);
	why_code(w, WHY_SETUP, "INVALID_FIELD", "%.*s has no field '%s', or "
	    "field-level security hides it; %s%s%s", (int)o->name.n, o->name.p,
	    wanted, near == NULL ? "deploy it, and see millrace doctor" :
	    "did you mean '", near == NULL ? "" : near,
	    near == NULL ? "" : "'?");
	free(list);
	free(wanted);
	return -1;
}

const struct sf_field *
sf_lookup_of(const struct sf_object *o, struct slice name)
{
	for (size_t i = 0; i < o->n; i++)
		if (o->field[i].n_refs > 0 &&
		    o->field[i].relationship.p != NULL &&
		    slice_same(o->field[i].relationship, name))
			return &o->field[i];
	return NULL;
}

/* Where a lookup has several targets and no type is given, the first target
 * that has the field. */
static const struct sf_field *
over(struct sf *s, const struct sf_field *lookup, struct slice type,
    struct slice name, struct why *w)
{
	const struct sf_object *o = NULL;
	const struct sf_field *f;

	for (size_t i = 0; i < lookup->n_refs; i++) {
		if (type.n > 0 && !slice_same(lookup->refs[i], type))
			continue;
		if ((o = sf_describe(s, lookup->refs[i], w)) == NULL)
			return NULL;
		if ((f = sf_field_of(o, name)) != NULL)
			return f;
	}
	if (o == NULL)
		why_code(w, WHY_SETUP, "INVALID_FIELD", "%.*s does not refer "
		    "to %.*s", (int)lookup->name.n, lookup->name.p,
		    (int)type.n, type.p);
	else
		no_field(o, name, w);
	return NULL;
}

const struct sf_field *
sf_field(struct sf *s, struct slice object, struct slice name, struct why *w)
{
	const struct sf_object *o = sf_describe(s, object, w);
	const struct sf_field *f;
	struct slice type = SLICE(""), rel = name;
	const char *dot = memchr(name.p, '.', name.n);
	const char *colon = memchr(name.p, ':', name.n);

	if (o == NULL)
		return NULL;
	if (dot == NULL) {
		if ((f = sf_field_of(o, name)) == NULL)
			no_field(o, name, w);
		return f;
	}
	if (colon != NULL && colon < dot) {
		type = (struct slice){ name.p, (size_t)(colon - name.p) };
		rel.p = colon + 1;
	}
	rel.n = (size_t)(dot - rel.p);
	if ((f = sf_lookup_of(o, rel)) == NULL) {
		no_field(o, rel, w);
		return NULL;
	}
	name = (struct slice){ dot + 1,
	    (size_t)(name.p + name.n - (dot + 1)) };
	return over(s, f, type, name, w);
}

const struct sf_field *
sf_lookup(struct sf *s, struct slice object, struct slice column,
    struct why *w)
{
	const struct sf_object *o = sf_describe(s, object, w);
	const char *dot = memchr(column.p, '.', column.n);
	const char *colon = memchr(column.p, ':', column.n);

	if (o == NULL || dot == NULL)
		return NULL;
	if (colon != NULL && colon < dot)
		column.p = colon + 1;
	column.n = (size_t)(dot - column.p);
	return sf_lookup_of(o, column);
}
