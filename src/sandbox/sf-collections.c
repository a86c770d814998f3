/* sf-collections - sObject Collections: up to 200 records in one call */

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "sf-subrequest.h"

#define RETRIEVE_MAX 2000	/* records; a URL holds some 800 */
#define RUNS_MAX 10		/* of records of one type */

struct batch {
	struct sf_record *r[SF_CHUNK];
	const struct sf_object *o[SF_CHUNK];
	struct sf_change change[SF_CHUNK];
	struct sf_done done[SF_CHUNK];
	struct sf_err refuse[SF_CHUNK];
	int n, runs;
	int64_t hits;
};

static void
one_result(struct sf_http *h, const struct sf_done *d, bool upsert_too,
    struct buf *b)
{
	char id[19];

	buf_byte(b, '{');
	if (d->ok) {
		sf_id_write(h->org, d->id, id);
		buf_fmt(b, "\"id\":\"%s\",\"success\":true,\"errors\":[]", id);
		if (upsert_too)
			buf_fmt(b, ",\"created\":%s",
			    d->created ? "true" : "false");
	} else {
		buf_str(b, "\"success\":false,\"errors\":[{\"statusCode\":");
		sf_json(b, d->err.code);
		buf_str(b, ",\"message\":");
		sf_json(b, d->err.msg);
		buf_str(b, ",\"fields\":");
		sf_fields_json(d->err.fields, b);
		buf_str(b, "}]");
	}
	buf_byte(b, '}');
}

/* Save runs of equal type together, as the platform does. */
static void
save_all(struct sf_http *h, struct batch *x, struct sf_call *call,
    bool all_or_none)
{
	bool failed = false;
	int i, from;

	call->allow_duplicates = sf_allow_duplicates(h);
	sf_begin(h->org);
	sf_exec(h->org, "SAVEPOINT collection");
	for (from = 0; from < x->n; from = i) {
		for (i = from; i < x->n && x->o[i] == x->o[from]; i++)
			;
		call->o = x->o[from];
		sf_dml(h->org, call, x->change + from, i - from,
		    x->done + from);
	}
	for (i = 0; i < x->n; i++)
		failed = failed || !x->done[i].ok;
	if (h->sub != NULL)
		h->sub->failed = failed;
	if (failed && all_or_none) {
		sf_exec(h->org, "ROLLBACK TO collection");
		for (i = 0; i < x->n; i++)
			if (x->done[i].ok)
				x->done[i].ok = sf_fail(&x->done[i].err,
				    "ALL_OR_NONE_OPERATION_ROLLED_BACK", "",
				    "Record rolled back because not all "
				    "records were valid and the request was "
				    "using AllOrNone header") == 0;
	}
	sf_exec(h->org, "RELEASE collection");
}

static void
answer_all(struct sf_http *h, struct batch *x, bool upsert_too)
{
	struct buf *b = sf_ok(h, 200);
	int i;

	buf_byte(b, '[');
	for (i = 0; i < x->n; i++) {
		if (i)
			buf_byte(b, ',');
		one_result(h, &x->done[i], upsert_too, b);
	}
	buf_byte(b, ']');
}

static bool
has_id(const struct sf_change *ch)
{
	int i;

	for (i = 0; i < ch->ncols; i++)
		if (ch->cols[i].f->type == SF_T_ID)
			return true;
	return false;
}

/* Take one record of the request; -1 when the whole call is refused. */
static int
take(struct sf_http *h, struct batch *x, yyjson_val *v, enum sf_op op,
    const char *object)
{
	const char *type = yyjson_get_str(yyjson_obj_get(
	    yyjson_obj_get(v, "attributes"), "type"));
	const struct sf_object *o;
	int i = x->n;

	if (type == NULL || (o = sf_seen_object(h->org->schema, type)) == NULL ||
	    (object != NULL && strcasecmp(object, type) != 0)) {
		sf_error(h, 400, "INVALID_FIELD", "attributes.type is missing "
		    "or names no object: %s", type ? type : "");
		return -1;
	}
	x->o[i] = o;
	x->runs += i == 0 || x->o[i - 1] != o;
	x->r[i] = sf_xmalloc(sizeof(**x->r));
	x->n++;
	x->change[i].refuse = NULL;
	if (sf_record_json(h, o, v, x->r[i], &x->refuse[i]) < 0) {
		memset(&x->r[i]->change, 0, sizeof(x->r[i]->change));
		x->change[i] = x->r[i]->change;
		x->change[i].refuse = &x->refuse[i];
		return 0;
	}
	x->change[i] = x->r[i]->change;
	if (op == SF_OP_UPDATE && !has_id(&x->change[i])) {
		sf_fail(&x->refuse[i], "MISSING_ARGUMENT", "",
		    "Id not specified in an update call");
		x->change[i].refuse = &x->refuse[i];
	} else {
		x->change[i].refuse = sf_refused(h, i, v, &x->hits,
		    &x->refuse[i]);
	}
	return 0;
}

static int
take_ids(struct sf_http *h, struct batch *x)
{
	char *list = sf_arg(h, "ids"), *rest = list, *p;
	int rc = list && *list ? 0 : -1;

	while (rc == 0 && (p = strsep(&rest, ",")) != NULL) {
		const struct sf_object *o = strlen(p) >= 15 ?
		    sf_object_by_prefix(h->org->schema, p) : NULL;
		struct sf_val v;
		int i = x->n;

		if (i == SF_CHUNK) {
			rc = -2;
			break;
		}
		x->n++;
		memset(&x->change[i], 0, sizeof(x->change[i]));
		x->o[i] = o ? o : h->org->schema->objects[0];
		if (sf_id_value(h->org, x->o[i]->fields[0], p, strlen(p), &v,
		    &x->refuse[i]) < 0)
			x->change[i].refuse = &x->refuse[i];
		else if (v.i == 0) {
			sf_fail(&x->refuse[i], "INVALID_CROSS_REFERENCE_KEY",
			    "", "invalid cross reference id");
			x->change[i].refuse = &x->refuse[i];
		} else
			x->change[i].refuse = sf_refused_text(h, i, p,
			    strlen(p), &x->hits, &x->refuse[i]);
		x->change[i].id = v.i;
	}
	free(list);
	return rc;
}

static int
take_records(struct sf_http *h, struct batch *x, enum sf_op op,
    const char *object, bool *all_or_none)
{
	yyjson_val *v = sf_body(h), *list, *one;
	yyjson_arr_iter it;

	if (v == NULL)
		return -1;
	*all_or_none = *all_or_none ||
	    yyjson_get_bool(yyjson_obj_get(v, "allOrNone"));
	list = yyjson_obj_get(v, "records");
	if (!yyjson_is_arr(list)) {
		sf_error(h, 400, "JSON_PARSER_ERROR", "records is missing");
		return -1;
	}
	if (yyjson_arr_size(list) > SF_CHUNK)
		return -2;
	yyjson_arr_iter_init(list, &it);
	while ((one = yyjson_arr_iter_next(&it)) != NULL)
		if (take(h, x, one, op, object) < 0)
			return -1;
	if (x->runs <= RUNS_MAX)
		return 0;
	sf_error(h, 400, "INVALID_INPUT", "Cannot have more than %d chunks in "
	    "a single operation. Please rearrange the data to reduce "
	    "chunking.", RUNS_MAX);
	return -1;
}

static void
collection(struct sf_http *h, struct sf_call *call, const char *object)
{
	struct batch *x = sf_xmalloc(sizeof(*x));
	char *arg = sf_arg(h, "allOrNone");
	bool all = h->all_or_none || (arg != NULL && strcmp(arg, "true") == 0);
	int rc, i;

	x->n = x->runs = 0;
	x->hits = 0;
	memset(x->r, 0, sizeof(x->r));
	rc = call->op == SF_OP_DELETE ? take_ids(h, x) :
	    take_records(h, x, call->op, object, &all);
	if (rc == -2)
		sf_error(h, 400, "EXCEEDED_ID_LIMIT", "record limit reached. "
		    "cannot submit more than 200 records into this call");
	else if (rc < 0 && call->op == SF_OP_DELETE)
		sf_error(h, 400, "MISSING_ARGUMENT", "ids not specified");
	else if (rc == 0) {
		save_all(h, x, call, all);
		answer_all(h, x, call->op == SF_OP_UPSERT);
	}
	for (i = 0; i < SF_CHUNK; i++)
		free(x->r[i]);
	free(arg);
	free(x);
}

/* --- retrieve: ids and fields in the URL or in a body --- */

/* The comma-separated text of a JSON array of texts, malloc'd. */
static char *
joined(yyjson_val *list)
{
	struct buf b = {0};
	yyjson_arr_iter it;
	yyjson_val *v;

	yyjson_arr_iter_init(list, &it);
	while ((v = yyjson_arr_iter_next(&it)) != NULL)
		buf_fmt(&b, "%s%s", b.n ? "," : "",
		    yyjson_is_str(v) ? yyjson_get_str(v) : "");
	buf_byte(&b, '\0');
	return b.p;
}

/* One of the ids; null for what is not there. -1 when a field is not. */
static int
retrieve_one(struct sf_http *h, const struct sf_object *o, const char *id,
    const char *fields, struct buf *b, struct sf_err *e)
{
	struct sf_row *r = sf_xmalloc(sizeof(*r));
	struct sf_arena a = {0};
	struct sf_val v;
	int rc = 0;

	if (sf_id_value(h->org, o->fields[0], id, strlen(id), &v, e) < 0)
		rc = -1;
	else if (!sf_get(h->org, v.i, &a, r) || r->dead || r->o != o)
		buf_str(b, "null");
	else
		rc = sf_record_show(h, r, fields, b, e);
	sf_arena_free(&a);
	free(r);
	return rc;
}

static void
retrieve_all(struct sf_http *h, const struct sf_object *o, char *ids,
    const char *fields)
{
	struct buf b = {0};
	struct sf_err e;
	char *id;
	int n = 0, rc = 0;

	while (rc == 0 && n <= RETRIEVE_MAX &&
	    (id = strsep(&ids, ",")) != NULL) {
		buf_byte(&b, n++ ? ',' : '[');
		rc = retrieve_one(h, o, id, fields, &b, &e);
	}
	if (n > RETRIEVE_MAX)
		sf_error(h, 400, "EXCEEDED_ID_LIMIT", "record limit reached. "
		    "cannot submit more than %d records into this call",
		    RETRIEVE_MAX);
	else if (rc < 0)
		sf_error_of(h, 400, &e);
	else
		buf_fmt(sf_ok(h, 200), "%.*s]", (int)b.n, b.p);
	buf_free(&b);
}

static void
retrieve(struct sf_http *h)
{
	const struct sf_object *o = sf_seen_object(h->org->schema,
	    h->part[2]);
	bool post = sf_is(h, "POST");
	yyjson_val *v = NULL;
	char *ids, *fields;

	if (o == NULL || (!post && !sf_is(h, "GET"))) {
		if (o == NULL)
			sf_not_found(h);
		else
			sf_not_allowed(h, "GET,HEAD,POST");
		return;
	}
	if (post && (v = sf_body(h)) == NULL)
		return;
	ids = post ? joined(yyjson_obj_get(v, "ids")) : sf_arg(h, "ids");
	fields = post ? joined(yyjson_obj_get(v, "fields")) :
	    sf_arg(h, "fields");
	if (ids == NULL || *ids == '\0' || fields == NULL || *fields == '\0')
		sf_error(h, 400, "MISSING_ARGUMENT", "ids and fields must be "
		    "specified");
	else
		retrieve_all(h, o, ids, fields);
	free(ids);
	free(fields);
}

void
sf_rest_collections(struct sf_http *h)
{
	struct sf_call call = {0};
	const struct sf_object *o;

	if (h->parts == 4 && sf_is(h, "PATCH") && sf_since(h, 46)) {
		o = sf_seen_object(h->org->schema, h->part[2]);
		call.op = SF_OP_UPSERT;
		call.key = o ? sf_seen_field(o, h->part[3]) : NULL;
		if (call.key == NULL || !sf_can_upsert(call.key))
			sf_error(h, 404, "NOT_FOUND", "Provided external ID "
			    "field does not exist or is not accessible: %s",
			    h->part[3]);
		else
			collection(h, &call, o->name);
		return;
	}
	if (h->parts == 3) {
		retrieve(h);
		return;
	}
	if (h->parts != 2) {
		sf_not_found(h);
		return;
	}
	if (sf_is(h, "POST"))
		call.op = SF_OP_INSERT;
	else if (sf_is(h, "PATCH"))
		call.op = SF_OP_UPDATE;
	else if (sf_is(h, "DELETE"))
		call.op = SF_OP_DELETE;
	else {
		sf_not_allowed(h, "DELETE,PATCH,POST");
		return;
	}
	collection(h, &call, NULL);
}
