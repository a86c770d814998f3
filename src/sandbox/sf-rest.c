/* sf-rest - single records: create, read, update, upsert, delete */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "sf-api.h"

/* "Account": {"Ext__c": "A1"}: the parent by a key of its own. */
static int
parent_member(struct sf_http *h, const struct sf_object *o, const char *name,
    yyjson_val *v, struct sf_col *c, struct sf_cell *cell, struct sf_err *e)
{
	const struct sf_field *f = sf_seen_relation(o, name, strlen(name));
	const char *type = yyjson_get_str(yyjson_obj_get(
	    yyjson_obj_get(v, "attributes"), "type"));
	yyjson_val *k, *val = NULL;
	yyjson_obj_iter it;
	char column[300], why[400];
	const char *match = NULL;

	if (f == NULL)
		return sf_fail(e, "INVALID_FIELD", "", "No such column '%s' "
		    "on sobject of type %s", name, o->name);
	if (type == NULL)
		type = yyjson_get_str(yyjson_obj_get(v, "type"));
	yyjson_obj_iter_init(v, &it);
	while ((k = yyjson_obj_iter_next(&it)) != NULL) {
		if (yyjson_equals_str(k, "attributes") ||
		    yyjson_equals_str(k, "type"))
			continue;
		if (match != NULL)
			return sf_fail(e, "INVALID_FIELD", "", "%s needs "
			    "exactly one key field", name);
		match = yyjson_get_str(k);
		val = yyjson_obj_iter_get_val(k);
	}
	if (match == NULL)
		return sf_fail(e, "INVALID_FIELD", "", "%s needs exactly one "
		    "key field", name);
	snprintf(column, sizeof(column), "%s%s%s.%s",
	    f->ntargets > 1 && type ? type : "",
	    f->ntargets > 1 && type ? ":" : "", name, match);
	if (sf_column(h->org, o, column, strlen(column), c, why,
	    sizeof(why)) < 0)
		return sf_fail(e, "INVALID_FIELD", "", "%s", why);
	cell->kind = SF_CELL_JSON;
	cell->j = val;
	return 0;
}

static int
member(struct sf_http *h, const struct sf_object *o, const char *name,
    yyjson_val *v, struct sf_record *r, struct sf_err *e)
{
	struct sf_col *c = &r->col[r->change.ncols];
	struct sf_cell *cell = &r->cell[r->change.ncols];

	if (r->change.ncols == SF_MEMBERS)
		return sf_fail(e, "INVALID_FIELD", "", "too many fields");
	memset(c, 0, sizeof(*c));
	memset(cell, 0, sizeof(*cell));
	r->change.ncols++;
	if (yyjson_is_obj(v))
		return parent_member(h, o, name, v, c, cell, e);
	c->f = sf_seen_field(o, name);
	if (c->f == NULL || c->f->type == SF_T_ADDRESS)
		return sf_fail(e, "INVALID_FIELD", "", "No such column '%s' "
		    "on sobject of type %s", name, o->name);
	cell->kind = SF_CELL_JSON;
	cell->j = v;
	return 0;
}

int
sf_record_json(struct sf_http *h, const struct sf_object *o, yyjson_val *v,
    struct sf_record *r, struct sf_err *e)
{
	yyjson_obj_iter it;
	yyjson_val *k;

	memset(&r->change, 0, sizeof(r->change));
	r->change.cols = r->col;
	r->change.cells = r->cell;
	if (!yyjson_is_obj(v))
		return sf_fail(e, "JSON_PARSER_ERROR", "",
		    "a record must be an object");
	yyjson_obj_iter_init(v, &it);
	while ((k = yyjson_obj_iter_next(&it)) != NULL) {
		const char *name = yyjson_get_str(k);

		if (strcasecmp(name, "attributes") == 0)
			continue;
		if (member(h, o, name, yyjson_obj_iter_get_val(k), r, e) < 0)
			return -1;
	}
	return 0;
}

/* --- one record --- */

static void
created(struct sf_http *h, int status, const struct sf_done *d, bool flag)
{
	struct buf *b = sf_ok(h, status);
	char id[19], place[160];

	sf_id_write(h->org, d->id, id);
	snprintf(place, sizeof(place), "/services/data/v%s/sobjects/%s/%s",
	    h->version, h->part[1], id);
	if (status == 201)
		sf_reply_header(h, "Location", place);
	buf_fmt(b, "{\"id\":\"%s\",\"success\":true,\"errors\":[]%s}", id,
	    !flag ? "" : d->created ? ",\"created\":true" :
	    ",\"created\":false");
}

/* What is not there, and an upsert that may not insert; of a save, a record
 * that is deleted or unknown may be a lookup's. */
static int
status_of(enum sf_op op, const struct sf_done *d)
{
	const char *code = d->err.code;

	return d->gone || strcmp(code, "NOT_FOUND") == 0 ||
	    (op == SF_OP_DELETE && (strcmp(code, "ENTITY_IS_DELETED") == 0 ||
	    strcmp(code, "INVALID_CROSS_REFERENCE_KEY") == 0)) ? 404 : 400;
}

bool
sf_allow_duplicates(const struct sf_http *h)
{
	const char *v = sf_header(h, "Sforce-Duplicate-Rule-Header");

	return v != NULL && strcasestr(v, "allowSave=true") != NULL;
}

static bool
run(struct sf_http *h, struct sf_call *call, struct sf_record *r,
    yyjson_val *v, struct sf_done *d)
{
	struct sf_err e;
	int64_t hits = 0;
	char id[19];

	if (v == NULL) {	/* a delete */
		sf_id_write(h->org, r->change.id, id);
		r->change.refuse = sf_refused_text(h, 0, id, strlen(id), &hits,
		    &e);
	} else {
		r->change.refuse = sf_refused(h, 0, v, &hits, &e);
	}
	call->allow_duplicates = sf_allow_duplicates(h);
	sf_dml(h->org, call, &r->change, 1, d);
	return d->ok;
}

static void
create(struct sf_http *h, const struct sf_object *o)
{
	struct sf_call call = {.o = o, .op = SF_OP_INSERT};
	struct sf_record *r = sf_xmalloc(sizeof(*r));
	yyjson_val *v = sf_body(h);
	struct sf_done d;
	struct sf_err e;

	if (v == NULL)
		;
	else if (sf_record_json(h, o, v, r, &e) < 0)
		sf_error_of(h, 400, &e);
	else if (run(h, &call, r, v, &d))
		created(h, 201, &d, false);
	else
		sf_error_of(h, 400, &d.err);
	free(r);
}

/* Append a value; base 64 stands at an address of its own. */
static void
show(struct sf_http *h, struct sf_row *r, const struct sf_field *f,
    struct buf *b)
{
	buf_fmt(b, ",\"%s\":", f->name);
	if (f->type == SF_T_BASE64)
		sf_blob_url(h->org, r, f, h->version, b);
	else
		sf_to_json(h->org, f, &r->v[f->index], b);
}

static void
show_all(struct sf_http *h, struct sf_row *r, struct buf *b)
{
	int i;

	for (i = 0; i < r->o->nfields; i++) {
		if (r->o->fields[i]->flags & SF_HIDDEN)
			continue;
		show(h, r, r->o->fields[i], b);
	}
}

int
sf_record_show(struct sf_http *h, struct sf_row *r, const char *list,
    struct buf *b, struct sf_err *e)
{
	const struct sf_field *f;
	char text[19];
	size_t n;
	bool id = false;

	sf_id_write(h->org, r->id, text);
	buf_fmt(b, "{\"attributes\":{\"type\":\"%s\",\"url\":"
	    "\"/services/data/v%s/sobjects/%s/%s\"}", r->o->name, h->version,
	    r->o->name, text);
	if (list == NULL)
		show_all(h, r, b);
	for (; list != NULL && *list; list += n + (list[n] == ',')) {
		n = strcspn(list, ",");
		f = sf_seen_field_n(r->o, list, n);
		if (f == NULL)
			return sf_fail(e, "INVALID_FIELD", "", "No such "
			    "column '%.*s' on sobject of type %s", (int)n,
			    list, r->o->name);
		id = id || f->type == SF_T_ID;
		show(h, r, f, b);
	}
	if (list != NULL && !id)	/* the Id comes unasked */
		buf_fmt(b, ",\"Id\":\"%s\"", text);
	buf_byte(b, '}');
	return 0;
}

static void
read_record(struct sf_http *h, const struct sf_object *o, int64_t id)
{
	struct sf_row *r = sf_alloc(&h->org->scratch, sizeof(*r));
	struct buf out = {0};
	struct sf_err e;
	char *list;

	if (!sf_get(h->org, id, &h->org->scratch, r) || r->dead ||
	    r->o != o) {
		sf_not_found(h);
		return;
	}
	list = sf_arg(h, "fields");
	if (sf_record_show(h, r, list, &out, &e) < 0)
		sf_error_of(h, 400, &e);
	else
		buf_add(sf_ok(h, 200), out.p, out.n);
	free(list);
	buf_free(&out);
}

/* Does the record name itself, which its path does already?  Answered. */
static bool
named(struct sf_http *h, yyjson_val *v, const char *field)
{
	yyjson_obj_iter it;
	yyjson_val *k;

	yyjson_obj_iter_init(v, &it);
	while ((k = yyjson_obj_iter_next(&it)) != NULL)
		if (strcasecmp(yyjson_get_str(k), field) == 0) {
			sf_error(h, 400, "INVALID_FIELD", "The %s field should "
			    "not be specified in the sobject data.", field);
			return true;
		}
	return false;
}

static void
by_id(struct sf_http *h, const struct sf_object *o)
{
	struct sf_call call = {.o = o, .op = SF_OP_UPDATE};
	struct sf_record *r = sf_xmalloc(sizeof(*r));
	struct sf_done d;
	struct sf_err e;
	struct sf_val id;
	yyjson_val *v = NULL;

	memset(r, 0, sizeof(r->change));
	if (sf_seen_field(o, h->part[2]) != NULL && sf_is(h, "POST"))
		create(h, o);
	else if (sf_seen_field(o, h->part[2]) != NULL)
		sf_not_allowed(h, "GET,HEAD,POST");
	else if (sf_id_value(h->org, o->fields[0], h->part[2],
	    strlen(h->part[2]), &id, &e) < 0)
		sf_error_of(h, 400, &e);
	else if (sf_is(h, "GET"))
		read_record(h, o, id.i);
	else if (!sf_is(h, "PATCH") && !sf_is(h, "DELETE"))
		sf_not_allowed(h, "DELETE,GET,HEAD,PATCH");
	else if (id.i == 0 || (sf_is(h, "PATCH") &&
	    !sf_get(h->org, id.i, &h->org->scratch,
	    sf_alloc(&h->org->scratch, sizeof(struct sf_row))))) {
		if (sf_is(h, "PATCH"))
			sf_not_found(h);
		else
			sf_error(h, 404, "INVALID_CROSS_REFERENCE_KEY",
			    "invalid cross reference id");
	} else if (sf_is(h, "PATCH") && ((v = sf_body(h)) == NULL ||
	    named(h, v, "Id"))) {
		;
	} else if (sf_is(h, "PATCH") &&
	    sf_record_json(h, o, v, r, &e) < 0) {
		sf_error_of(h, 400, &e);
	} else {
		r->change.id = id.i;
		if (sf_is(h, "DELETE"))
			call.op = SF_OP_DELETE;
		if (run(h, &call, r, v, &d))
			sf_ok(h, 204);
		else
			sf_error_of(h, status_of(call.op, &d), &d.err);
	}
	free(r);
}

/* --- by external id --- */

/* All whose `key` is the path's; -1: the value is none, answered. */
static int
keyed(struct sf_http *h, const struct sf_field *key, int64_t **ids)
{
	struct sf_arena *a = &h->org->scratch;
	struct sf_val v;
	struct sf_err e;
	int n, room;

	if (sf_value_csv(key, h->part[3], strlen(h->part[3]), a, &v, &e) < 0) {
		sf_error_of(h, 400, &e);
		return -1;
	}
	for (room = 8;; room *= 2) {
		*ids = sf_alloc(a, (size_t)room * sizeof(**ids));
		n = sf_find(h->org, key, &v, *ids, room);
		if (n < room)
			return n;
	}
}

static void
several(struct sf_http *h, const struct sf_object *o, const int64_t *ids,
    int n)
{
	struct buf *b = sf_ok(h, 300);
	char id[19];
	int i;

	buf_byte(b, '[');
	for (i = 0; i < n; i++) {
		sf_id_write(h->org, ids[i], id);
		buf_fmt(b, "%s\"/services/data/v%s/sobjects/%s/%s\"",
		    i ? "," : "", h->version, o->name, id);
	}
	buf_byte(b, ']');
}

static void
upsert(struct sf_http *h, const struct sf_object *o,
    const struct sf_field *key)
{
	struct sf_call call = {.o = o, .op = SF_OP_UPSERT, .key = key};
	struct sf_record *r = sf_xmalloc(sizeof(*r));
	char *only = sf_arg(h, "updateOnly");
	yyjson_val *v = sf_body(h);
	bool old = !sf_since(h, 46);
	struct sf_done d;
	struct sf_err e;
	int64_t *ids;
	int n;

	if (v == NULL)
		goto out;
	if (named(h, v, key->name))
		goto out;
	if (sf_record_json(h, o, v, r, &e) < 0) {
		sf_error_of(h, 400, &e);
		goto out;
	}
	r->col[r->change.ncols] = (struct sf_col){.f = key};
	r->cell[r->change.ncols++] = (struct sf_cell){.kind = SF_CELL_CSV,
	    .s = h->part[3], .n = strlen(h->part[3])};
	r->change.no_create = only != NULL && strcmp(only, "true") == 0;
	if (run(h, &call, r, v, &d)) {
		if (old && !d.created)
			sf_ok(h, 204);
		else
			created(h, d.created ? 201 : 200, &d, !old);
	} else if (d.nmany > 1) {
		n = keyed(h, key, &ids);
		several(h, o, ids, n);
	} else {
		sf_error_of(h, status_of(call.op, &d), &d.err);
	}
out:
	free(only);
	free(r);
}

static void
erase(struct sf_http *h, const struct sf_object *o, int64_t id)
{
	struct sf_call call = {.o = o, .op = SF_OP_DELETE};
	struct sf_record *r = sf_xmalloc(sizeof(*r));
	struct sf_done d;

	memset(&r->change, 0, sizeof(r->change));
	r->change.id = id;
	if (run(h, &call, r, NULL, &d))
		sf_ok(h, 204);
	else
		sf_error_of(h, status_of(call.op, &d), &d.err);
	free(r);
}

/* ID/Content: the bytes themselves. */
static bool
blob(struct sf_http *h, const struct sf_object *o)
{
	const struct sf_field *f = sf_seen_field(o, h->part[3]);
	struct sf_row *r = sf_alloc(&h->org->scratch, sizeof(*r));
	struct sf_val id;
	struct sf_err e;

	if (!sf_is(h, "GET") || f == NULL || f->type != SF_T_BASE64 ||
	    sf_id_value(h->org, o->fields[0], h->part[2],
	    strlen(h->part[2]), &id, &e) < 0)
		return false;
	if (!sf_get(h->org, id.i, &h->org->scratch, r) || r->dead)
		sf_not_found(h);
	else if (r->v[f->index].kind == SF_TEXT)
		sf_base64_read(r->v[f->index].s, r->v[f->index].n,
		    sf_type(h, 200, "application/octet-stream"));
	else
		sf_ok(h, 204);
	return true;
}

static void
by_key(struct sf_http *h, const struct sf_object *o)
{
	const struct sf_field *key = sf_seen_field(o, h->part[2]);
	bool patch = sf_is(h, "PATCH");
	int64_t *ids;
	int n;

	if (key == NULL && blob(h, o))
		return;
	if (key == NULL || !sf_can_match(key) ||
	    (patch && o->no_upsert)) {
		sf_error(h, 404, "NOT_FOUND", "Provided external ID field "
		    "does not exist or is not accessible: %s", h->part[2]);
		return;
	}
	if (patch && sf_can_upsert(key)) {
		upsert(h, o, key);
		return;
	}
	if (!sf_is(h, "GET") && !sf_is(h, "DELETE")) {
		sf_not_allowed(h, "DELETE,GET,HEAD,PATCH");
		return;
	}
	if (key->type == SF_T_ID) {
		h->part[2] = h->part[3];
		by_id(h, o);
		return;
	}
	if ((n = keyed(h, key, &ids)) < 0)
		return;
	if (n == 0)
		sf_not_found(h);
	else if (n > 1)
		several(h, o, ids, n);
	else if (sf_is(h, "DELETE"))
		erase(h, o, ids[0]);
	else
		read_record(h, o, ids[0]);
}

void
sf_rest_record(struct sf_http *h)
{
	const struct sf_object *o = sf_seen_object(h->org->schema, h->part[1]);

	if (h->parts == 2 && sf_is(h, "POST"))
		create(h, o);
	else if (h->parts == 2)
		sf_not_allowed(h, "GET,HEAD,POST");
	else if (h->parts == 3)
		by_id(h, o);
	else if (h->parts == 4)
		by_key(h, o);
	else
		sf_not_found(h);
}
