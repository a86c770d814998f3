/* sf-lock - records that others hold, for as long as a plan of faults says */

#include <stdio.h>
#include <string.h>

#include "sf-dml.h"

/* "Object.Field=value" cut into field and value; NULL when it is not that. */
static const struct sf_field *
named(const struct sf_org *org, const char *record, const char **value)
{
	const char *dot = strchr(record, '.'), *eq = strchr(record, '=');
	const struct sf_object *o;
	char object[80];

	if (dot == NULL || eq == NULL || eq < dot ||
	    (size_t)(dot - record) >= sizeof(object))
		return NULL;
	snprintf(object, sizeof(object), "%.*s", (int)(dot - record), record);
	*value = eq + 1;
	o = sf_object(org->schema, object);
	return o ? sf_field_n(o, dot + 1, (size_t)(eq - dot - 1)) : NULL;
}

int
sf_lock_add(struct sf_org *org, const char *record, long times)
{
	struct sf_lock *l = &org->lock_of[org->locks];
	const char *value;

	if (org->locks == SF_LOCKS || strlen(record) >= sizeof(l->record) ||
	    (named(org, record, &value) == NULL &&
	    sf_id_read(org, record, strlen(record)) <= 0))
		return -1;
	snprintf(l->record, sizeof(l->record), "%s", record);
	l->times = times;
	org->locks++;
	return 0;
}

/* The record that is held, or 0: it may not have been made yet. */
static int64_t
held(struct sf_org *org, const struct sf_lock *l)
{
	const struct sf_field *f;
	struct sf_val v = {.kind = SF_TEXT};
	const char *value;
	int64_t id;

	if ((f = named(org, l->record, &value)) == NULL)
		return sf_id_read(org, l->record, strlen(l->record));
	v.s = value;
	v.n = strlen(value);
	return sf_find(org, f, &v, &id, 1) ? id : 0;
}

static bool
touches(const struct sf_row *r, int64_t id)
{
	int i;

	if (r->id == id)
		return true;
	for (i = 0; i < r->o->nfields; i++)
		if (r->o->fields[i]->type == SF_T_REFERENCE &&
		    r->v[i].kind == SF_INT && r->v[i].i == id)
			return true;
	return false;
}

int
sf_lock_check(struct sf_org *org, const struct sf_row *r, unsigned *met,
    struct sf_err *e)
{
	char text[19];
	int64_t id;
	int i;

	for (i = 0; i < org->locks; i++) {
		if (org->lock_of[i].times <= 0 ||
		    (id = held(org, &org->lock_of[i])) == 0 || !touches(r, id))
			continue;
		*met |= 1u << i;
		sf_id_write(org, id, text);
		return sf_fail(e, "UNABLE_TO_LOCK_ROW", "", "unable to obtain "
		    "exclusive access to this record or 1 records: %s", text);
	}
	return 0;
}

void
sf_lock_met(struct sf_org *org, unsigned met)
{
	int i;

	for (i = 0; i < org->locks; i++)
		org->lock_of[i].times -= met >> i & 1;
}
