/* sf-delete - a record goes, and with it or against it its children */

#include <string.h>

#include "sf-dml.h"

static int
children_allow(struct sf_org *org, const struct sf_row *r, struct sf_err *e)
{
	struct sf_val v = {.kind = SF_INT, .i = r->id};
	int64_t ids[1];
	char id[19];
	int i;

	for (i = 0; i < r->o->nrefs; i++) {
		const struct sf_field *f = r->o->refs[i];

		if (!(f->flags & SF_RESTRICT) ||
		    sf_find(org, f, &v, ids, 1) == 0)
			continue;
		sf_id_write(org, ids[0], id);
		return sf_fail(e, "DELETE_FAILED", "", "Your attempt to "
		    "delete this record could not be completed because it is "
		    "associated with the following %s: %s",
		    f->object->plural, id);
	}
	return 0;
}

static int delete(struct sf_org *org, int64_t id, bool hard,
    struct sf_arena *a, int depth, struct sf_err *e);

/* Delete or detach the records that look up to `r` by `f`. */
static int
follow(struct sf_org *org, const struct sf_row *r, const struct sf_field *f,
    bool hard, struct sf_arena *a, int depth, struct sf_err *e)
{
	struct sf_val v = {.kind = SF_INT, .i = r->id};
	struct sf_row *old = sf_alloc(a, sizeof(*old));
	struct sf_row *child = sf_alloc(a, sizeof(*child));
	int64_t ids[64];
	int n, j;

	while ((n = sf_find(org, f, &v, ids, 64)) > 0)
		for (j = 0; j < n; j++) {
			if ((f->flags & SF_CASCADE) && depth < 8) {
				if (delete(org, ids[j], hard, a, depth + 1,
				    e) < 0)
					return -1;
				continue;
			}
			sf_get(org, ids[j], a, old);
			*child = *old;
			child->v[f->index].kind = SF_NULL;
			sf_put(org, child, old);
		}
	return 0;
}

static int
children_follow(struct sf_org *org, const struct sf_row *r, bool hard,
    struct sf_arena *a, int depth, struct sf_err *e)
{
	struct sf_val v = {.kind = SF_INT, .i = r->id};
	int64_t any;
	int i;

	for (i = 0; i < r->o->nrefs; i++)
		if (sf_find(org, r->o->refs[i], &v, &any, 1) > 0 &&
		    follow(org, r, r->o->refs[i], hard, a, depth, e) < 0)
			return -1;
	return 0;
}

static int
delete(struct sf_org *org, int64_t id, bool hard, struct sf_arena *a,
    int depth, struct sf_err *e)
{
	struct sf_row *r = sf_alloc(a, sizeof(*r));
	struct sf_save s = {.org = org, .a = a, .row = r, .e = e,
	    .cascade = depth > 0};

	if (!sf_get(org, id, a, r))
		return sf_fail(e, SF_CROSS, "", "invalid cross reference id");
	if (r->dead)
		return sf_fail(e, "ENTITY_IS_DELETED", "",
		    "entity is deleted");
	if (depth == 0 && !r->o->deletable)
		return sf_fail(e, "INSUFFICIENT_ACCESS_OR_READONLY", "",
		    "entity type cannot be deleted: %s", r->o->label);
	if (sf_rules_delete(&s) < 0 || children_allow(org, r, e) < 0 ||
	    children_follow(org, r, hard, a, depth, e) < 0)
		return -1;
	sf_kill(org, r, r->o->undeletable && !hard);
	sf_rules_deleted(&s);
	return 0;
}

/* A child that cannot go may be found when others are gone: all or none. */
int
sf_delete_tree(struct sf_org *org, int64_t id, bool hard,
    struct sf_arena *a, struct sf_err *e)
{
	int rc;

	sf_begin(org);
	sf_exec(org, "SAVEPOINT tree");
	rc = delete(org, id, hard, a, 0, e);
	if (rc < 0)
		sf_exec(org, "ROLLBACK TO tree");
	sf_exec(org, "RELEASE tree");
	return rc;
}
