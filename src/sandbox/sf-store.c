/* sf-store - the org's records in one SQLite file */

#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sf-org.h"

/*
 * rec holds a record as packed fields: number (2 bytes), kind (1), then 8
 * bytes, or 4 of length and the text.  Its key is the object's number << 40 |
 * sequence, so an object's records lie together and new ones are appended.
 * idx maps field number and value to the records that have it: the live ones,
 * and under DEAD those in the recycle bin, by lookups.
 */
enum { LIVE, IN_BIN, GONE };		/* rec.dead */

static _Noreturn void
die(struct sf_org *org, const char *what)
{
	errx(3, "state file: %s: %s", what, sqlite3_errmsg(org->db));
}

void
sf_exec(struct sf_org *org, const char *text)
{
	if (sqlite3_exec(org->db, text, NULL, NULL, NULL) != SQLITE_OK)
		die(org, text);
}

sqlite3_stmt *
sf_sql(struct sf_org *org, const char *text)
{
	sqlite3_stmt *st;

	if (sqlite3_prepare_v2(org->db, text, -1, &st, NULL) != SQLITE_OK)
		die(org, text);
	return st;
}

bool
sf_step(struct sf_org *org, sqlite3_stmt *st)
{
	int rc = sqlite3_step(st);

	if (rc != SQLITE_ROW && rc != SQLITE_DONE)
		die(org, sqlite3_sql(st));
	return rc == SQLITE_ROW;
}

void
sf_begin(struct sf_org *org)
{
	if (!org->in_txn)
		sf_exec(org, "BEGIN");
	org->in_txn = true;
}

void
sf_commit(struct sf_org *org)
{
	if (org->in_txn)
		sf_exec(org, "COMMIT");
	org->in_txn = false;
}

const struct sf_object *
sf_object_of(const struct sf_org *org, int64_t id)
{
	int64_t num = id >> 40;
	int i;

	for (i = 0; i < org->schema->nobjects; i++)
		if (org->schema->objects[i]->num == num)
			return org->schema->objects[i];
	return NULL;
}

/* --- packing --- */

static void
pack(const struct sf_row *r, struct buf *b)
{
	const struct sf_val *v;
	uint16_t num;
	uint32_t n;
	uint8_t kind;
	int i;

	for (i = 0; i < r->o->nfields; i++) {
		v = &r->v[i];
		if (v->kind <= SF_NULL)
			continue;
		num = (uint16_t)r->o->fields[i]->num;
		kind = (uint8_t)v->kind;
		buf_add(b, &num, 2);
		buf_add(b, &kind, 1);
		if (v->kind != SF_TEXT) {
			buf_add(b, &v->i, 8);
			continue;
		}
		n = (uint32_t)v->n;
		buf_add(b, &n, 4);
		buf_add(b, v->s, v->n);
	}
}

static void
unpack(const struct sf_org *org, const char *p, size_t n, struct sf_row *r)
{
	const char *end = p + n;
	const struct sf_field *f;
	struct sf_val v;
	uint16_t num;
	uint32_t len;

	while (end - p >= 7) {
		memset(&v, 0, sizeof(v));
		memcpy(&num, p, 2);
		v.kind = (enum sf_kind)p[2];
		p += 3;
		if (v.kind == SF_TEXT) {
			memcpy(&len, p, 4);
			v.s = p + 4;
			v.n = len;
			p += 4 + len;
		} else {
			memcpy(&v.i, p, 8);
			p += 8;
		}
		/* a field that the schema has lost is kept but not seen */
		f = num < SF_MAX_NUMS ? org->by_num[num] : NULL;
		if (f != NULL && f->object == r->o)
			r->v[f->index] = v;
	}
}

static void
load(struct sf_org *org, sqlite3_stmt *st, struct sf_arena *a,
    struct sf_row *r)
{
	size_t n = (size_t)sqlite3_column_bytes(st, 2);
	int i;

	r->id = sqlite3_column_int64(st, 0);
	r->dead = sqlite3_column_int(st, 1) != LIVE;
	r->gone = sqlite3_column_int(st, 1) == GONE;
	r->o = sf_object_of(org, r->id);
	for (i = 0; i < r->o->nfields; i++)
		r->v[i].kind = SF_NULL;
	unpack(org, sf_dup(a, sqlite3_column_blob(st, 2), n), n, r);
	for (i = 0; i < 3; i++) {		/* Id and IsDeleted stand first */
		const struct sf_field *f = r->o->fields[i];

		if (f->type != SF_T_ID && strcmp(f->name, "IsDeleted") != 0)
			continue;
		r->v[i].kind = SF_INT;
		r->v[i].i = f->type == SF_T_ID ? r->id : r->dead;
	}
}

bool
sf_get(struct sf_org *org, int64_t id, struct sf_arena *a, struct sf_row *r)
{
	bool found;

	if (id <= 0 || sf_object_of(org, id) == NULL)
		return false;
	sqlite3_bind_int64(org->get, 1, id);
	if ((found = sf_step(org, org->get)))
		load(org, org->get, a, r);
	sqlite3_reset(org->get);
	return found;
}

/* --- index --- */

/* Two bytes for the field, then text or 8 bytes. */
size_t
sf_key(const struct sf_field *f, const struct sf_val *v, char *k, size_t max)
{
	size_t n;
	double d;

	k[0] = (char)(f->num >> 8);	/* below 16 */
	k[1] = (char)f->num;
	if (v->kind == SF_TEXT) {
		n = v->n < max - 2 ? v->n : max - 2;
		if (f->flags & SF_CASESENSITIVE)
			memcpy(k + 2, v->s, n);
		else
			sf_lower(k + 2, v->s, n);
		return n + 2;
	}
	d = v->kind == SF_NUM ? v->d : 0;
	memcpy(k + 2, v->kind == SF_NUM ? (void *)&d : (const void *)&v->i, 8);
	return 10;
}

#define DEAD 0x40		/* in a key's first byte: records that are deleted */

static void
idx(struct sf_org *org, sqlite3_stmt *st, const struct sf_field *f,
    const struct sf_val *v, int64_t id, char dead)
{
	char k[SF_KEY_MAX];
	size_t n;

	if (v->kind <= SF_NULL)
		return;
	n = sf_key(f, v, k, sizeof(k));
	k[0] = (char)(k[0] | dead);
	sqlite3_bind_blob(st, 1, k, (int)n, SQLITE_STATIC);
	sqlite3_bind_int64(st, 2, id);
	sf_step(org, st);
	sqlite3_reset(st);
}

static bool
same(const struct sf_val *a, const struct sf_val *b)
{
	if (a->kind <= SF_NULL || b->kind <= SF_NULL)
		return a->kind <= SF_NULL && b->kind <= SF_NULL;
	if (a->kind == SF_TEXT && b->kind == SF_TEXT)
		return a->n == b->n && memcmp(a->s, b->s, a->n) == 0;
	return a->kind == b->kind && a->i == b->i;
}

/* Bring the index from `old` (NULL: nothing) to `r` (NULL: nothing). */
static void
reindex(struct sf_org *org, const struct sf_row *old, const struct sf_row *r)
{
	const struct sf_row *any = r ? r : old;
	const struct sf_field *f;
	int i;

	for (i = 0; i < any->o->nfields; i++) {
		f = any->o->fields[i];
		if (!(f->flags & SF_INDEXED))
			continue;
		if (old && r && same(&old->v[i], &r->v[i]))
			continue;
		if (old)
			idx(org, org->idx_del, f, &old->v[i], any->id, 0);
		if (r)
			idx(org, org->idx_add, f, &r->v[i], any->id, 0);
	}
}

/* The deleted are found by their parents. */
static void
index_dead(struct sf_org *org, const struct sf_row *r)
{
	const struct sf_field *f;
	int i;

	for (i = 0; i < r->o->nfields; i++) {
		f = r->o->fields[i];
		if (f->type == SF_T_REFERENCE && f->flags & SF_INDEXED)
			idx(org, org->idx_add, f, &r->v[i], r->id, DEAD);
	}
}

static int
find(struct sf_org *org, const struct sf_field *f, const struct sf_val *v,
    int64_t *ids, int max, char dead)
{
	char k[SF_KEY_MAX];
	size_t len;
	int n = 0;

	if (v->kind <= SF_NULL)
		return 0;
	len = sf_key(f, v, k, sizeof(k));
	k[0] = (char)(k[0] | dead);
	sqlite3_bind_blob(org->find, 1, k, (int)len, SQLITE_STATIC);
	while (n < max && sf_step(org, org->find))
		ids[n++] = sqlite3_column_int64(org->find, 0);
	sqlite3_reset(org->find);
	return n;
}

int
sf_find(struct sf_org *org, const struct sf_field *f, const struct sf_val *v,
    int64_t *ids, int max)
{
	return find(org, f, v, ids, max, 0);
}

int
sf_find_dead(struct sf_org *org, const struct sf_field *f,
    const struct sf_val *v, int64_t *ids, int max)
{
	return find(org, f, v, ids, max, DEAD);
}

/* --- writing --- */

static void
write_row(struct sf_org *org, sqlite3_stmt *st, const struct sf_row *r)
{
	struct buf b = {0};

	pack(r, &b);
	sqlite3_bind_int64(st, 1, r->id);
	sqlite3_bind_blob(st, 2, b.p ? b.p : "", (int)b.n, SQLITE_STATIC);
	sf_step(org, st);
	sqlite3_reset(st);
	buf_free(&b);
}

int64_t
sf_add(struct sf_org *org, struct sf_row *r)
{
	sf_begin(org);
	r->id = (int64_t)r->o->num << 40 | org->next[r->o->num]++;
	write_row(org, org->add, r);
	reindex(org, NULL, r);
	return r->id;
}

/* Whatever changes a record, a rule or a user, moves this stamp. */
static void
stamp(struct sf_row *r)
{
	if (r->o->modstamp == NULL)
		return;
	r->v[r->o->modstamp->index].kind = SF_INT;
	r->v[r->o->modstamp->index].i = sf_now();
}

void
sf_put(struct sf_org *org, struct sf_row *r, const struct sf_row *old)
{
	sf_begin(org);
	stamp(r);
	write_row(org, org->put, r);
	reindex(org, old, r);
}

void
sf_kill(struct sf_org *org, struct sf_row *r, bool bin)
{
	sf_begin(org);
	reindex(org, r, NULL);
	stamp(r);
	write_row(org, org->put, r);
	sqlite3_bind_int64(org->kill, 1, r->id);
	sqlite3_bind_int(org->kill, 2, bin ? IN_BIN : GONE);
	sf_step(org, org->kill);
	sqlite3_reset(org->kill);
	if (bin)
		index_dead(org, r);
}

void
sf_purge(struct sf_org *org, const struct sf_object *o)
{
	sqlite3_stmt *st = sf_sql(org, "DELETE FROM rec WHERE id > ?1 << 40 "
	    "AND id < (?1 + 1) << 40");

	sf_begin(org);
	sqlite3_bind_int(st, 1, o->num);
	sf_step(org, st);
	sqlite3_finalize(st);
	org->next[o->num] = 1;
}

/* --- scanning --- */

bool
sf_next(struct sf_org *org, const struct sf_object *o, int64_t after,
    struct sf_arena *a, struct sf_row *r)
{
	bool found;

	if (after == 0)
		after = (int64_t)o->num << 40;
	sqlite3_bind_int64(org->scan, 1, after);
	sqlite3_bind_int64(org->scan, 2, (int64_t)(o->num + 1) << 40);
	if ((found = sf_step(org, org->scan)))
		load(org, org->scan, a, r);
	sqlite3_reset(org->scan);
	return found;
}

int64_t
sf_count(struct sf_org *org, const struct sf_object *o)
{
	sqlite3_stmt *st = sf_sql(org, "SELECT count(*) FROM rec WHERE "
	    "id > ?1 << 40 AND id < (?1 + 1) << 40 AND dead = 0");
	int64_t n;

	sqlite3_bind_int(st, 1, o->num);
	sf_step(org, st);
	n = sqlite3_column_int64(st, 0);
	sqlite3_finalize(st);
	return n;
}

struct sf_val *
sf_at(struct sf_row *r, const char *field)
{
	const struct sf_field *f = sf_field(r->o, field);

	if (f == NULL)
		errx(3, "no field '%s' on %s: a fault of this program", field,
		    r->o->name);
	return &r->v[f->index];
}

/* --- for sf-open.c --- */

void
sf_store_prepare(struct sf_org *org)
{
	org->get = sf_sql(org, "SELECT id, dead, d FROM rec WHERE id = ?1");
	org->scan = sf_sql(org, "SELECT id, dead, d FROM rec WHERE id > ?1 "
	    "AND id < ?2 AND dead < 2 ORDER BY id LIMIT 1");
	org->add = sf_sql(org, "INSERT INTO rec VALUES(?1, 0, ?2)");
	org->put = sf_sql(org, "UPDATE rec SET d = ?2 WHERE id = ?1");
	org->kill = sf_sql(org, "UPDATE rec SET dead = ?2 WHERE id = ?1");
	org->find = sf_sql(org, "SELECT id FROM idx WHERE k = ?1 ORDER BY id");
	org->idx_add = sf_sql(org, "INSERT OR IGNORE INTO idx VALUES(?1, ?2)");
	org->idx_del = sf_sql(org, "DELETE FROM idx WHERE k = ?1 AND id = ?2");
}

void
sf_store_reindex(struct sf_org *org)
{
	struct sf_row *r = sf_xmalloc(sizeof(*r));
	struct sf_arena a = {0};
	int64_t last;
	int i;

	sf_exec(org, "DELETE FROM idx");
	for (i = 0; i < org->schema->nobjects; i++)
		for (last = 0; sf_next(org, org->schema->objects[i], last, &a,
		    r); last = r->id) {
			if (r->dead)
				index_dead(org, r);
			else
				reindex(org, NULL, r);
			sf_arena_reset(&a);
		}
	sf_arena_free(&a);
	free(r);
}
