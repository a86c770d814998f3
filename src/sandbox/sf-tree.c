/* sf-tree - Composite Tree: records with their children, all or none */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "sf-api.h"

#define LEVELS 5
#define TYPES 5

/* A record of the request; parents stand before their children. */
struct node {
	yyjson_val *v;
	const struct sf_object *o;
	const char *ref;
	int parent, level;
	const struct sf_field *link;	/* to the parent */
	struct sf_record *r;
	yyjson_doc *doc;		/* v without children, with the link */
	struct sf_err err;
	struct sf_done done;
	bool made;
};

struct tree {
	struct sf_http *h;
	struct node node[SF_CHUNK];
	int n;
	int64_t hits;
};

static bool
ref_ok(const char *s)
{
	return s != NULL && *s && *s != '_' && s[strspn(s,
	    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_")]
	    == '\0';
}

/* Is the member a list of children, and which? */
static const struct sf_field *
children(const struct tree *t, const struct node *x, yyjson_val *k,
    yyjson_val *v)
{
	return yyjson_is_arr(yyjson_obj_get(v, "records")) ?
	    sf_soql_link(t->h->org->schema, x->o, yyjson_get_str(k),
	    yyjson_get_len(k)) : NULL;
}

/* Take a record and what is below it; -1 when the request is refused. */
static int
take(struct tree *t, yyjson_val *v, int parent, const struct sf_field *link,
    int level)
{
	yyjson_val *a = yyjson_obj_get(v, "attributes"), *k, *one;
	const char *type = yyjson_get_str(yyjson_obj_get(a, "type"));
	struct node *x = &t->node[t->n];
	const struct sf_field *f;
	yyjson_arr_iter each;
	yyjson_obj_iter it;
	int i = t->n;

	if (t->n == SF_CHUNK || level == LEVELS) {
		sf_error(t->h, 400, "INVALID_INPUT", "at most %d records and "
		    "%d levels in one request", SF_CHUNK, LEVELS);
		return -1;
	}
	x->ref = yyjson_get_str(yyjson_obj_get(a, "referenceId"));
	x->o = type ? sf_seen_object(t->h->org->schema, type) : NULL;
	if (x->o == NULL || !ref_ok(x->ref)) {
		sf_error(t->h, 400, "INVALID_INPUT", "attributes of a record "
		    "need a type and a referenceId of letters, digits and "
		    "underscores: '%s', '%s'", type ? type : "",
		    x->ref ? x->ref : "");
		return -1;
	}
	x->v = v;
	x->parent = parent;
	x->link = link;
	x->level = level;
	t->n++;
	yyjson_obj_iter_init(v, &it);
	while ((k = yyjson_obj_iter_next(&it)) != NULL) {
		one = yyjson_obj_iter_get_val(k);
		if ((f = children(t, &t->node[i], k, one)) == NULL)
			continue;
		yyjson_arr_iter_init(yyjson_obj_get(one, "records"), &each);
		while ((one = yyjson_arr_iter_next(&each)) != NULL)
			if (take(t, one, i, f, level + 1) < 0)
				return -1;
	}
	return 0;
}

/* The record's own members and its link, as another call would send them. */
static int
own(struct tree *t, struct node *x)
{
	yyjson_mut_doc *d = yyjson_mut_doc_new(NULL);
	yyjson_mut_val *o = yyjson_mut_obj(d);
	yyjson_obj_iter it;
	yyjson_val *k, *v;
	char id[19];

	yyjson_obj_iter_init(x->v, &it);
	while ((k = yyjson_obj_iter_next(&it)) != NULL) {
		v = yyjson_obj_iter_get_val(k);
		if (children(t, x, k, v) == NULL)
			yyjson_mut_obj_add(o, yyjson_val_mut_copy(d, k),
			    yyjson_val_mut_copy(d, v));
	}
	if (x->link != NULL) {
		sf_id_write(t->h->org, t->node[x->parent].done.id, id);
		yyjson_mut_obj_add_strcpy(d, o, x->link->name, id);
	}
	yyjson_mut_doc_set_root(d, o);
	x->doc = yyjson_mut_doc_imut_copy(d, NULL);
	yyjson_mut_doc_free(d);
	v = yyjson_doc_get_root(x->doc);
	x->r = sf_xmalloc(sizeof(*x->r));
	if (sf_record_json(t->h, x->o, v, x->r, &x->err) < 0)
		return -1;
	x->r->change.refuse = sf_refused(t->h, (int)(x - t->node), v,
	    &t->hits, &x->err);
	return 0;
}

/* Save the records of one level and type together; false when one fails. */
static bool
save(struct tree *t, int level, const struct sf_object *o)
{
	struct sf_call call = {.o = o, .op = SF_OP_INSERT,
	    .allow_duplicates = sf_allow_duplicates(t->h)};
	struct sf_change *rows = sf_xmalloc(SF_CHUNK * sizeof(*rows));
	struct sf_done *done = sf_xmalloc(SF_CHUNK * sizeof(*done));
	int at[SF_CHUNK], n = 0, i;
	bool ok = true;

	for (i = 0; i < t->n; i++) {
		struct node *x = &t->node[i];

		if (x->level != level || x->o != o || x->made)
			continue;
		x->made = true;
		if (own(t, x) < 0) {
			memset(&x->r->change, 0, sizeof(x->r->change));
			x->r->change.refuse = &x->err;
		}
		rows[n] = x->r->change;
		at[n++] = i;
	}
	sf_dml(t->h->org, &call, rows, n, done);
	for (i = 0; i < n; i++) {
		t->node[at[i]].done = done[i];
		ok = ok && done[i].ok;
	}
	free(rows);
	free(done);
	return ok;
}

static bool
save_all(struct tree *t)
{
	bool ok = true;
	int level, i;

	sf_begin(t->h->org);
	sf_exec(t->h->org, "SAVEPOINT tree");
	for (level = 0; ok && level < LEVELS; level++)
		for (i = 0; i < t->n; i++)
			if (t->node[i].level == level && !t->node[i].made)
				ok = save(t, level, t->node[i].o) && ok;
	if (!ok)
		sf_exec(t->h->org, "ROLLBACK TO tree");
	sf_exec(t->h->org, "RELEASE tree");
	return ok;
}

static void
show(const struct tree *t, bool ok, struct buf *b)
{
	char id[19];
	int i, n = 0;

	buf_fmt(b, "{\"hasErrors\":%s,\"results\":[", ok ? "false" : "true");
	for (i = 0; i < t->n; i++) {
		const struct node *x = &t->node[i];

		if (!ok && (!x->made || x->done.ok))
			continue;
		buf_fmt(b, "%s{\"referenceId\":\"%s\",", n++ ? "," : "",
		    x->ref);
		if (ok) {
			sf_id_write(t->h->org, x->done.id, id);
			buf_fmt(b, "\"id\":\"%s\"}", id);
			continue;
		}
		buf_str(b, "\"errors\":[{\"statusCode\":");
		sf_json(b, x->done.err.code);
		buf_str(b, ",\"message\":");
		sf_json(b, x->done.err.msg);
		buf_str(b, ",\"fields\":");
		sf_fields_json(x->done.err.fields, b);
		buf_str(b, "}]}");
	}
	buf_str(b, "]}");
}

/* Two records with one referenceId; more than five types. */
static bool
sound(struct tree *t)
{
	const struct sf_object *types[TYPES];
	int i, k, n = 0;

	for (i = 0; i < t->n; i++) {
		for (k = 0; k < i; k++)
			if (strcmp(t->node[k].ref, t->node[i].ref) == 0) {
				sf_error(t->h, 400, "INVALID_INPUT",
				    "Duplicate ReferenceId provided in the "
				    "request: '%s'", t->node[i].ref);
				return false;
			}
		for (k = 0; k < n && types[k] != t->node[i].o; k++)
			;
		if (k < n)
			continue;
		if (n == TYPES) {
			sf_error(t->h, 400, "INVALID_INPUT", "at most %d "
			    "types of records in one request", TYPES);
			return false;
		}
		types[n++] = t->node[i].o;
	}
	return true;
}

void
sf_tree(struct sf_http *h)
{
	const struct sf_object *o = sf_seen_object(h->org->schema,
	    h->part[2]);
	yyjson_val *v, *list, *one;
	struct tree *t;
	yyjson_arr_iter it;
	bool fine = true;
	int i;

	if (o == NULL) {
		sf_not_found(h);
		return;
	}
	if ((v = sf_body(h)) == NULL)
		return;
	list = yyjson_obj_get(v, "records");
	if (!yyjson_is_arr(list) || yyjson_arr_size(list) == 0) {
		sf_error(h, 400, "INVALID_INPUT", "records is missing");
		return;
	}
	t = sf_xmalloc(sizeof(*t));
	memset(t, 0, sizeof(*t));
	t->h = h;
	yyjson_arr_iter_init(list, &it);
	while (fine && (one = yyjson_arr_iter_next(&it)) != NULL)
		fine = take(t, one, -1, NULL, 0) == 0;
	for (i = 0; fine && i < t->n; i++)
		if (t->node[i].level == 0 && t->node[i].o != o) {
			sf_error(h, 400, "INVALID_INPUT", "the type of a root "
			    "record is not %s: '%s'", o->name,
			    t->node[i].ref);
			fine = false;
		}
	if (fine && sound(t)) {
		fine = save_all(t);
		show(t, fine, sf_ok(h, fine ? 201 : 400));
	}
	for (i = 0; i < t->n; i++) {
		free(t->node[i].r);
		yyjson_doc_free(t->node[i].doc);
	}
	free(t);
}
