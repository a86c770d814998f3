/* sf-delete - a record goes, and with it or against it its children */

#include <string.h>

#include "sf-dml.h"

static int
children_allow(struct sf_org *org, const struct sf_row *r, struct sf_err *e)
{
	const struct sf_schema *sc = org->schema;
	struct sf_val v = {.kind = SF_INT, .i = r->id};
	int64_t ids[1];
	char id[19];
	int i, k;

	for (i = 0; i < sc->nobjects; i++)
		for (k = 0; k < sc->objects[i]->nfields; k++) {
			const struct sf_field *f = sc->objects[i]->fields[k];

			if (!(f->flags & SF_RESTRICT) ||
			    sf_object(sc, f->targets[0]) != r->o ||
			    sf_find(org, f, &v, ids, 1) == 0)
				continue;
			sf_id_write(org, ids[0], id);
			return sf_fail(e, "DELETE_FAILED", "", "Your attempt "
			    "to delete this record could not be completed "
			    "because it is associated with the following "
			    "%s: %s", f->object->plural, id);
		}
	return 0;
}

static int delete(struct sf_org *org, int64_t id, struct sf_arena *a,
    int depth, struct sf_err *e);

/* Delete or detach the records that look up to `r`. */
static int
children_follow(struct sf_org *org, const struct sf_row *r,
    struct sf_arena *a, int depth, struct sf_err *e)
{
	const struct sf_schema *sc = org->schema;
	struct sf_val v = {.kind = SF_INT, .i = r->id};
	struct sf_row *old, *child;
	int64_t ids[64];
	int i, k, n, j;

	old = sf_alloc(a, sizeof(*old));
	child = sf_alloc(a, sizeof(*child));
	for (i = 0; i < sc->nobjects; i++)
		for (k = 0; k < sc->objects[i]->nfields; k++) {
			const struct sf_field *f = sc->objects[i]->fields[k];

			if (!(f->flags & SF_INDEXED) ||
			    f->type != SF_T_REFERENCE ||
			    sf_object(sc, f->targets[0]) != r->o)
				continue;
			while ((n = sf_find(org, f, &v, ids, 64)) > 0)
				for (j = 0; j < n; j++) {
					if ((f->flags & SF_CASCADE) &&
					    depth < 8) {
						if (delete(org, ids[j], a,
						    depth + 1, e) < 0)
							return -1;
						continue;
					}
					sf_get(org, ids[j], a, old);
					*child = *old;
					child->v[f->index].kind = SF_NULL;
					sf_put(org, child, old);
				}
		}
	return 0;
}

static int
delete(struct sf_org *org, int64_t id, struct sf_arena *a, int depth,
    struct sf_err *e)
{
	struct sf_row *r = sf_alloc(a, sizeof(*r));

	if (!sf_get(org, id, a, r))
		return sf_fail(e, SF_CROSS, "", "invalid cross reference id");
	if (r->dead)
		return sf_fail(e, "ENTITY_IS_DELETED", "",
		    "entity is deleted");
	if (!r->o->deletable)
		return sf_fail(e, "INSUFFICIENT_ACCESS_OR_READONLY", "",
		    "entity type cannot be deleted: %s", r->o->label);
	if (sf_rules_delete(org, r, a, e) < 0 ||
	    children_allow(org, r, e) < 0 ||
	    children_follow(org, r, a, depth, e) < 0)
		return -1;
	sf_kill(org, r);
	sf_rules_deleted(org, r, a);
	return 0;
}

/* A child that cannot go may be found when others are gone: all or none. */
int
sf_delete_tree(struct sf_org *org, int64_t id, struct sf_arena *a,
    struct sf_err *e)
{
	int rc;

	sf_begin(org);
	sf_exec(org, "SAVEPOINT tree");
	rc = delete(org, id, a, 0, e);
	if (rc < 0)
		sf_exec(org, "ROLLBACK TO tree");
	sf_exec(org, "RELEASE tree");
	return rc;
}
