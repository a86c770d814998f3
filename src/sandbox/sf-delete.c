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

/* One record of the tree: `of` is the call, `depth` 0 what it names. */
static int delete(struct sf_save *of, int64_t id, bool hard, int depth);

/* Delete or detach the records that look up to `r` by `f`. */
static int
follow(struct sf_save *of, const struct sf_row *r, const struct sf_field *f,
    bool hard, int depth)
{
	struct sf_val v = {.kind = SF_INT, .i = r->id};
	struct sf_row *old = sf_alloc(of->a, sizeof(*old));
	struct sf_row *child = sf_alloc(of->a, sizeof(*child));
	int64_t ids[64];
	int n, j;

	while ((n = sf_find(of->org, f, &v, ids, 64)) > 0)
		for (j = 0; j < n; j++) {
			if ((f->flags & SF_CASCADE) && depth < 8) {
				if (delete(of, ids[j], hard, depth + 1) < 0)
					return -1;
				continue;
			}
			sf_get(of->org, ids[j], of->a, old);
			if (sf_lock_check(of->org, old, &of->locks,
			    of->e) < 0)
				return -1;
			*child = *old;
			child->v[f->index].kind = SF_NULL;
			sf_put(of->org, child, old);
		}
	return 0;
}

static int
children_follow(struct sf_save *of, const struct sf_row *r, bool hard,
    int depth)
{
	struct sf_val v = {.kind = SF_INT, .i = r->id};
	int64_t any;
	int i;

	for (i = 0; i < r->o->nrefs; i++)
		if (sf_find(of->org, r->o->refs[i], &v, &any, 1) > 0 &&
		    follow(of, r, r->o->refs[i], hard, depth) < 0)
			return -1;
	return 0;
}

static int
delete(struct sf_save *of, int64_t id, bool hard, int depth)
{
	struct sf_row *r = sf_alloc(of->a, sizeof(*r));
	struct sf_save s = {.org = of->org, .a = of->a, .row = r, .e = of->e,
	    .cascade = depth > 0};

	if (!sf_get(s.org, id, s.a, r))
		return sf_fail(s.e, SF_CROSS, "", "invalid cross reference id");
	if (r->dead)
		return sf_fail(s.e, "ENTITY_IS_DELETED", "",
		    "entity is deleted");
	if (depth == 0 && !r->o->deletable)
		return sf_fail(s.e, "INSUFFICIENT_ACCESS_OR_READONLY", "",
		    "entity type cannot be deleted: %s", r->o->label);
	if (sf_lock_check(s.org, r, &of->locks, s.e) < 0 ||
	    sf_rules_delete(&s) < 0 || children_allow(s.org, r, s.e) < 0 ||
	    children_follow(of, r, hard, depth) < 0)
		return -1;
	sf_kill(s.org, r, r->o->undeletable && !hard);
	sf_rules_deleted(&s);
	return 0;
}

/* A child that cannot go may be found when others are gone: all or none. */
int
sf_delete_tree(struct sf_save *s, int64_t id, bool hard)
{
	int rc;

	sf_begin(s->org);
	sf_exec(s->org, "SAVEPOINT tree");
	rc = delete(s, id, hard, 0);
	if (rc < 0)
		sf_exec(s->org, "ROLLBACK TO tree");
	sf_exec(s->org, "RELEASE tree");
	return rc;
}
