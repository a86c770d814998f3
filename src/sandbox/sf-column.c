/* sf-column - what a column or member names, and what its cells mean */

#include <stdio.h>
#include <string.h>

#include "sf-dml.h"

bool
sf_can_match(const struct sf_field *f)
{
	return f->type == SF_T_ID ||
	    (f->flags & (SF_EXTERNALID | SF_IDLOOKUP)) != 0;
}

bool
sf_can_upsert(const struct sf_field *f)
{
	return !f->object->no_upsert &&
	    (f->type == SF_T_ID || f->flags & SF_EXTERNALID);
}

static bool
points_to(const struct sf_field *f, const struct sf_object *o)
{
	int i;

	for (i = 0; i < f->ntargets; i++)
		if (sf_target(f, i) == o)
			return true;
	return false;
}

static int
relation_column(const struct sf_org *org, const struct sf_object *o,
    const char *name, size_t n, struct sf_col *c, char *why, size_t size)
{
	const char *colon = memchr(name, ':', n), *rel, *dot, *field;
	const char *end = name + n;
	char type[80];
	size_t rn, fn;

	rel = colon ? colon + 1 : name;
	dot = memchr(rel, '.', (size_t)(end - rel));
	if (dot == NULL || memchr(rel, ':', (size_t)(end - rel)) != NULL) {
		snprintf(why, size, "Field name not found : %.*s", (int)n,
		    name);
		return -1;
	}
	rn = (size_t)(dot - rel);
	field = dot + 1;
	fn = (size_t)(end - field);
	if ((c->f = sf_seen_relation(o, rel, rn)) == NULL) {
		/* in T:R.F with R unknown, R is what the org complains of */
		if (colon != NULL)
			snprintf(why, size, "Unable to find relationship: "
			    "%.*s", (int)rn, rel);
		else
			snprintf(why, size, "Field name not found : %.*s",
			    (int)n, name);
		return -1;
	}
	if (colon != NULL && c->f->ntargets < 2) {
		snprintf(why, size, "type is not needed for non polymorphic "
		    "foreign key references: %.*s", (int)rn, rel);
		return -1;
	}
	if (colon == NULL && c->f->ntargets > 1) {
		snprintf(why, size, "Unable to find type for polymorphic "
		    "foreign key reference: %.*s", (int)rn, rel);
		return -1;
	}
	snprintf(type, sizeof(type), "%.*s",
	    colon ? (int)(colon - name) : 79, colon ? name : c->f->targets[0]);
	c->target = sf_seen_object(org->schema, type);
	c->match = c->target && points_to(c->f, c->target) ?
	    sf_seen_field_n(c->target, field, fn) : NULL;
	if (c->match == NULL) {
		snprintf(why, size, "Field name not found : %.*s", (int)n,
		    name);
		return -1;
	}
	if (!sf_can_match(c->match)) {
		snprintf(why, size, "%s is not an External ID or indexed "
		    "field for %s", c->match->name, c->target->name);
		return -1;
	}
	return 0;
}

int
sf_column(const struct sf_org *org, const struct sf_object *o,
    const char *name, size_t n, struct sf_col *c, char *why, size_t size)
{
	memset(c, 0, sizeof(*c));
	if (memchr(name, '.', n) || memchr(name, ':', n))
		return relation_column(org, o, name, n, c, why, size);
	c->f = sf_seen_field_n(o, name, n);
	if (c->f == NULL || c->f->type == SF_T_ADDRESS ||
	    c->f->type == SF_T_LOCATION) {
		snprintf(why, size, "Field name not found : %.*s", (int)n,
		    name);
		return -1;
	}
	return 0;
}

/* --- one cell --- */

void
sf_list_ids(const struct sf_org *org, const int64_t *ids, int n, char *to,
    size_t size)
{
	char id[19];
	size_t at = 0;
	int i;

	*to = '\0';
	for (i = 0; i < n && at + 22 < size; i++) {
		sf_id_write(org, ids[i], id);
		at += (size_t)snprintf(to + at, size - at, "%s%s",
		    i ? ", " : "", id);
	}
}

/* Id or reference text: the record must be there and alive. */
static int
resolve_id(struct sf_org *org, const struct sf_field *f, const char *s,
    size_t n, struct sf_val *v, struct sf_err *e)
{
	bool found, dead;

	if (sf_id_value(org, f, s, n, v, e) < 0)
		return -1;
	sqlite3_bind_int64(org->get, 1, v->i);
	found = v->i > 0 && sf_step(org, org->get);
	dead = found && sqlite3_column_int(org->get, 1);
	sqlite3_reset(org->get);
	if (dead)
		return sf_fail(e, "ENTITY_IS_DELETED", "",
		    "entity is deleted");
	if (!found)
		return sf_fail(e, SF_CROSS, "", "invalid cross reference id");
	return 0;
}

/* Only record types of the object itself count for RecordType.Name. */
static int
keep_own_types(struct sf_org *org, const struct sf_object *o,
    const struct sf_col *c, struct sf_arena *a, int64_t *ids, int n)
{
	struct sf_row *r;
	struct sf_val *v;
	int i, kept = 0;

	if (strcmp(c->target->name, "RecordType") != 0)
		return n;
	r = sf_alloc(a, sizeof(*r));
	for (i = 0; i < n; i++) {
		sf_get(org, ids[i], a, r);
		v = sf_at(r, "SobjectType");
		if (v->kind == SF_TEXT && strlen(o->name) == v->n &&
		    memcmp(v->s, o->name, v->n) == 0)
			ids[kept++] = ids[i];
	}
	return kept;
}

static int
resolve_parent(struct sf_org *org, const struct sf_object *o,
    const struct sf_col *c, const char *s, size_t n, struct sf_arena *a,
    struct sf_val *v, struct sf_err *e)
{
	struct sf_val key;
	int64_t ids[SF_MAX_OBJECTS];	/* a record type has one label for all */
	char list[180];
	int found;

	if (c->match->type == SF_T_ID)
		return resolve_id(org, c->f, s, n, v, e);
	if (sf_value_csv(c->match, s, n, a, &key, e) < 0)
		return -1;
	found = sf_find(org, c->match, &key, ids, SF_MAX_OBJECTS);
	found = keep_own_types(org, o, c, a, ids, found);
	if (found == 0)
		return sf_fail(e, "INVALID_FIELD", "",
		    "Foreign key external ID: %.*s not found for field %s in "
		    "entity %s", (int)n, s, c->match->name, c->target->name);
	if (found > 1) {
		sf_list_ids(org, ids, found, list, sizeof(list));
		return sf_fail(e, "DUPLICATE_EXTERNAL_ID", "", "%s: more than "
		    "one record found for external id field: [%s]",
		    c->match->label, list);
	}
	v->kind = SF_INT;
	v->i = ids[0];
	return 0;
}

int
sf_resolve(struct sf_org *org, const struct sf_object *o, const struct sf_col *c,
    const struct sf_cell *cell, struct sf_arena *a, struct sf_val *v,
    struct sf_err *e)
{
	const char *s = cell->s;
	size_t n = cell->n;

	v->kind = SF_NULL;
	if (cell->kind == SF_CELL_NULL || yyjson_is_null(cell->j))
		return 0;
	if (cell->kind == SF_CELL_JSON && (c->match != NULL ||
	    c->f->type == SF_T_REFERENCE || c->f->type == SF_T_ID)) {
		if (yyjson_is_num(cell->j) && c->match != NULL) {
			struct buf b = {0};

			buf_fmt(&b, "%.15g", yyjson_get_num(cell->j));
			s = sf_dup(a, b.p, b.n);
			n = b.n;
			buf_free(&b);
		} else if ((s = yyjson_get_str(cell->j)) == NULL) {
			return sf_fail(e, "JSON_PARSER_ERROR", "", "Cannot "
			    "deserialize instance of reference [%s]",
			    c->f->name);
		} else {
			n = yyjson_get_len(cell->j);
		}
		if (n == 0)
			return 0;
	} else if (cell->kind == SF_CELL_JSON) {
		return sf_value_json(c->f, cell->j, a, v, e);
	}
	if (c->match != NULL)
		return resolve_parent(org, o, c, s, n, a, v, e);
	if (c->f->type == SF_T_REFERENCE || c->f->type == SF_T_ID)
		return resolve_id(org, c->f, s, n, v, e);
	return sf_value_csv(c->f, s, n, a, v, e);
}
