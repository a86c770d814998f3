/* learn - a record of the other side, remembered as if we had made it. */
#include "learn.h"
#include "scan.h"

/* A member by its name, or by its path: sf-query gives A.B both ways. */
static struct slice
get_path(struct slice record, const char *path, struct pool *pool)
{
	struct slice v = scan_get(record, path), all = record;
	const char *dot;
	char *part;

	while (v.p == NULL && (dot = strchr(path, '.')) != NULL) {
		part = pool_dup(pool, path, (size_t)(dot - path));
		all = scan_get(all, part);
		if (scan_kind(all) != SCAN_OBJECT)
			break;
		path = dot + 1;
		v = scan_get(all, path);
	}
	return scan_kind(v) == SCAN_STRING ? scan_string(v, pool) : v;
}

/* "Account=AccountId__r.Key__c" of a record gives "Account/1042". */
static struct slice
get_parent(const struct learn *l, struct slice record, struct pool *pool)
{
	const char *field = l->parent == NULL ? NULL : strchr(l->parent, '=');
	struct slice key, none = { NULL, 0 };
	char *name;
	size_t n;

	if (field == NULL)
		return none;
	key = get_path(record, field + 1, pool);
	if (key.n == 0 || scan_kind(key) == SCAN_NULL)
		return none;
	n = (size_t)(field - l->parent);
	name = pool_get(pool, n + 1 + key.n);
	memcpy(name, l->parent, n);
	name[n] = '/';
	memcpy(name + n + 1, key.p, key.n);
	return (struct slice){ name, n + 1 + key.n };
}

int
learn_record(struct ledger *ledger, const struct learn *l, struct slice text,
    struct pool *pool, struct why *w)
{
	struct ledger_record r = { .object = slice(l->object) };
	struct slice record;

	if (scan_text(text, &record, w) == -1)
		return -1;
	r.id = get_path(record, "Id", pool);
	r.key = get_path(record, l->key, pool);
	if (r.id.n == 0)
		return why(w, WHY_DATA, "a record has no 'Id'");
	if (r.key.n == 0 || slice_is(r.key, "null"))
		return 0;	/* not one of ours */
	r.parent = get_parent(l, record, pool);
	return ledger_record_put(ledger, &r, w) == -1 ? -1 : 1;
}
