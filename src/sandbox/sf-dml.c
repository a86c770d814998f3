/* sf-dml - insert, update, upsert and delete, with the platform's refusals */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sf-dml.h"

#define NO_WRITE "Unable to create/update fields: %s. Please check the " \
    "security settings of this field and verify that it is read/write for " \
    "your profile or permission set."

/* --- one save --- */

bool
sf_changed(const struct sf_save *s, const struct sf_field *f)
{
	const struct sf_val *a = &s->row->v[f->index];
	const struct sf_val *b = s->old ? &s->old->v[f->index] : NULL;

	if (b == NULL || b->kind <= SF_NULL)
		return a->kind > SF_NULL;
	if (a->kind != b->kind)
		return true;
	if (a->kind == SF_TEXT)
		return a->n != b->n || memcmp(a->s, b->s, a->n) != 0;
	return a->i != b->i;
}

static void
name_add(char *list, size_t size, const char *name)
{
	size_t at = strlen(list);

	snprintf(list + at, size - at, "%s%s", at ? ", " : "", name);
}

/*
 * May the save write this field at all?  Create-only fields in an update are
 * refused even with their old value, unless the org is set to let that pass.
 */
static bool
writable(const struct sf_save *s, const struct sf_field *f,
    const struct sf_val *v)
{
	struct sf_val *now = &s->row->v[f->index], was = *now;
	bool same;

	if (f->flags & (s->old ? SF_UPDATE : SF_CREATE))
		return true;
	if (s->old == NULL || !(f->flags & SF_CREATE) ||
	    !s->org->set.create_only_equal)
		return false;
	*now = *v;
	same = !sf_changed(s, f);
	*now = was;
	return same;
}

/* Put the row's cells into s->row. */
static int
take_cells(struct sf_save *s, const struct sf_change *ch,
    const struct sf_field *key)
{
	char refused[280] = "";
	struct sf_val v;
	int i;

	for (i = 0; i < ch->ncols; i++) {
		const struct sf_col *c = &ch->cols[i];

		if (ch->cells[i].kind == SF_CELL_NONE)
			continue;
		if (c->f->type == SF_T_ID) {
			if (s->old == NULL)
				return sf_fail(s->e,
				    "INVALID_FIELD_FOR_INSERT_UPDATE", "Id",
				    "cannot specify Id in an insert call");
			continue;
		}
		if (sf_resolve(s->org, s->row->o, c, &ch->cells[i], s->a, &v,
		    s->e) < 0)
			return -1;
		if (c->f == key && s->old != NULL)
			continue;
		if (!writable(s, c->f, &v)) {
			name_add(refused, sizeof(refused), c->f->name);
			continue;
		}
		s->sent[c->f->index] = true;
		s->row->v[c->f->index] = v;
		if (sf_value_check(c->f, &s->row->v[c->f->index], s->e) < 0)
			return -1;
	}
	if (*refused)
		return sf_fail(s->e, "INVALID_FIELD_FOR_INSERT_UPDATE",
		    refused, NO_WRITE, refused);
	return 0;
}

static void
set_int(struct sf_row *r, const struct sf_field *f, int64_t i)
{
	r->v[f->index].kind = SF_INT;
	r->v[f->index].i = i;
}

/* "A-{0000}" with the record's number in place of the braces; standard
 * objects count from 100 in eight digits, custom ones from 1. */
static void
auto_number(struct sf_save *s, const struct sf_field *f, struct sf_val *v)
{
	const char *format = f->format ? f->format : "{00000000}";
	const char *open = strchr(format, '{');
	const char *close = open ? strchr(open, '}') : NULL;
	int64_t n = s->org->next[s->row->o->num] + (f->format ? 0 : 99);
	struct buf b = {0};

	if (close == NULL)
		open = close = format + strlen(format);
	buf_add(&b, format, (size_t)(open - format));
	buf_fmt(&b, "%0*lld", (int)(close - open) - 1 > 0 ?
	    (int)(close - open) - 1 : 1, (long long)n);
	if (*close)
		buf_str(&b, close + 1);
	v->kind = SF_TEXT;
	v->s = sf_dup(s->a, b.p, b.n);
	v->n = b.n;
	buf_free(&b);
}

/* A custom object's record without a name is named after its id. */
static void
name_of_id(struct sf_save *s, struct sf_val *v)
{
	const struct sf_object *o = s->row->o;
	char id[19];

	sf_id_write(s->org, (int64_t)o->num << 40 | s->org->next[o->num], id);
	v->kind = SF_TEXT;
	v->s = sf_dup(s->a, id, SF_ID_LEN);
	v->n = SF_ID_LEN;
}

/* What the platform fills in by itself on insert. */
static void
defaults(struct sf_save *s)
{
	const struct sf_object *o = s->row->o;
	struct sf_err ignored;
	int i;

	for (i = 0; i < o->nfields; i++) {
		const struct sf_field *f = o->fields[i];
		struct sf_val *v = &s->row->v[i];

		if (v->kind == SF_ABSENT)
			v->kind = SF_NULL;
		if (v->kind != SF_NULL)
			continue;
		if (f->defvalue != NULL)
			sf_value_csv(f, f->defvalue, strlen(f->defvalue),
			    s->a, v, &ignored);
		else if (f->type == SF_T_BOOLEAN)
			set_int(s->row, f, 0);
		else if (strcmp(f->name, "OwnerId") == 0)
			set_int(s->row, f, s->org->user);
		else if (f->flags & SF_AUTONUMBER)
			auto_number(s, f, v);
		else if (o->custom && f->flags & SF_NAMEFIELD)
			name_of_id(s, v);
	}
}

static void
stamp(struct sf_save *s)
{
	const struct sf_object *o = s->row->o;
	int64_t now = sf_now();
	int i;

	for (i = o->nfields - 1; i >= 0; i--) {
		const struct sf_field *f = o->fields[i];

		if (f->flags & SF_CREATE)
			continue;
		if (strcmp(f->name, "SystemModstamp") == 0 ||
		    strcmp(f->name, "LastModifiedDate") == 0 ||
		    (!s->old && strcmp(f->name, "CreatedDate") == 0))
			set_int(s->row, f, now);
		else if (strcmp(f->name, "LastModifiedById") == 0 ||
		    (!s->old && strcmp(f->name, "CreatedById") == 0))
			set_int(s->row, f, s->org->user);
	}
}

void
sf_complete(struct sf_save *s)
{
	defaults(s);
	stamp(s);
}

static int
required(struct sf_save *s)
{
	const struct sf_object *o = s->row->o;
	char names[280] = "";
	int i;

	for (i = 0; i < o->nfields; i++) {
		const struct sf_field *f = o->fields[i];

		if (!(f->flags & SF_CREATE) || (f->flags & SF_NILLABLE) ||
		    s->row->v[i].kind > SF_NULL)
			continue;
		if (strcmp(f->name, "OwnerId") == 0)
			return sf_fail(s->e, SF_CROSS, "OwnerId",
			    "Owner ID: cannot be blank");
		name_add(names, sizeof(names), f->name);
	}
	if (*names)
		return sf_fail(s->e, "REQUIRED_FIELD_MISSING", names,
		    "Required fields are missing: [%s]", names);
	return 0;
}

int
sf_unique(struct sf_save *s)
{
	const struct sf_object *o = s->row->o;
	int64_t ids[2];
	char id[19];
	int i, n;

	for (i = 0; i < o->nfields; i++) {
		const struct sf_field *f = o->fields[i];

		if (!(f->flags & SF_UNIQUE) || !sf_changed(s, f))
			continue;
		n = sf_find(s->org, f, &s->row->v[i], ids, 2);
		if (n > 0 && s->old != NULL && ids[0] == s->row->id)
			n = n > 1 ? (ids[0] = ids[1], 1) : 0;
		if (n == 0)
			continue;
		sf_id_write(s->org, ids[0], id);
		return sf_fail(s->e, "DUPLICATE_VALUE", "", "duplicate value "
		    "found: %s duplicates value on record with id: %s",
		    f->name, id);
	}
	return 0;
}

/* The rule on `f`: does another record agree with the row in it? */
static int
duplicate(struct sf_save *s, const struct sf_field *f)
{
	int64_t ids[5];
	int i, n, others = 0;

	n = sf_find(s->org, f, &s->row->v[f->index], ids, 5);
	for (i = 0; i < n; i++)
		if (s->old == NULL || ids[i] != s->row->id)
			ids[others++] = ids[i];
	if (others == 0)
		return 0;
	sf_fail(s->e, "DUPLICATES_DETECTED", "", "Use one of these records?");
	s->e->ntwins = others > 4 ? 4 : others;
	memcpy(s->e->twins, ids, (size_t)s->e->ntwins * sizeof(ids[0]));
	s->e->may_save = !(f->flags & SF_NOSAVE);
	return -1;
}

/* Duplicate rules: those that block cannot be told to save all the same. */
static int
duplicates(struct sf_save *s)
{
	const struct sf_object *o = s->row->o;
	int i;

	for (i = 0; i < o->nfields; i++) {
		const struct sf_field *f = o->fields[i];

		if (!(f->flags & SF_DUPLICATE) || !sf_changed(s, f) ||
		    (s->allow_duplicates && !(f->flags & SF_NOSAVE)))
			continue;
		if (duplicate(s, f) < 0)
			return -1;
	}
	return 0;
}

/* What keeps a good record out: no room for it, or somebody else at it. */
static int
let_in(struct sf_save *s)
{
	if (s->old == NULL && s->org->storage_full)
		return sf_fail(s->e, "STORAGE_LIMIT_EXCEEDED", "",
		    "storage limit exceeded");
	/* who leaves a parent needs it as much as who comes to one */
	if (s->old != NULL &&
	    sf_lock_check(s->org, s->old, &s->locks, s->e) < 0)
		return -1;
	return sf_lock_check(s->org, s->row, &s->locks, s->e);
}

static int
insert(struct sf_save *s, const struct sf_change *ch,
    const struct sf_field *key, struct sf_done *d)
{
	const struct sf_object *o = s->row->o;
	int i;

	if (!o->creatable)
		return sf_fail(s->e, "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY",
		    "", "entity type cannot be inserted: %s", o->label);
	for (i = 0; i < o->nfields; i++)
		s->row->v[i].kind = SF_ABSENT;
	s->old = NULL;
	if (take_cells(s, ch, key) < 0)
		return -1;
	defaults(s);
	if (required(s) < 0 || sf_rules_save(s) < 0 || sf_unique(s) < 0 ||
	    duplicates(s) < 0 || let_in(s) < 0)
		return -1;
	stamp(s);
	d->id = sf_add(s->org, s->row);
	d->created = true;
	sf_rules_saved(s);
	return 0;
}

static int
update(struct sf_save *s, const struct sf_change *ch, int64_t id,
    const struct sf_field *key, struct sf_done *d)
{
	const struct sf_object *o = s->row->o;

	d->id = id;
	if (!sf_get(s->org, id, s->a, s->old) || s->old->o != o)
		return sf_fail(s->e, SF_CROSS, "", "invalid cross reference id");
	d->gone = s->old->dead;
	if (d->gone)
		return sf_fail(s->e, "ENTITY_IS_DELETED", "",
		    "entity is deleted");
	if (!o->updatable)
		return sf_fail(s->e, "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY",
		    "", "entity type cannot be updated: %s", o->label);
	memcpy(s->row->v, s->old->v, sizeof(s->row->v[0]) *
	    (size_t)o->nfields);
	s->row->id = id;
	s->row->dead = false;
	if (take_cells(s, ch, key) < 0 || required(s) < 0 ||
	    sf_rules_save(s) < 0 || sf_unique(s) < 0 || duplicates(s) < 0 ||
	    let_in(s) < 0)
		return -1;
	stamp(s);
	sf_put(s->org, s->row, s->old);
	sf_rules_saved(s);
	return 0;
}

/* --- which record --- */

static const struct sf_cell *
cell_of(const struct sf_change *ch, const struct sf_field *f)
{
	int i;

	for (i = 0; i < ch->ncols; i++)
		if (ch->cols[i].f == f && ch->cols[i].match == NULL)
			return &ch->cells[i];
	return NULL;
}

static bool
blank(const struct sf_cell *c)
{
	if (c == NULL || c->kind == SF_CELL_NONE || c->kind == SF_CELL_NULL)
		return true;
	if (c->kind == SF_CELL_CSV)
		return c->n == 0;
	return yyjson_is_null(c->j) || yyjson_equals_str(c->j, "");
}

/* The value of a cell that is not blank and names a record by `f`. */
static int
key_value(struct sf_org *org, const struct sf_field *f,
    const struct sf_cell *c, struct sf_arena *a, struct sf_val *v,
    struct sf_err *e)
{
	bool json = c->kind == SF_CELL_JSON;
	const char *s = json ? yyjson_get_str(c->j) : c->s;
	size_t n = json ? yyjson_get_len(c->j) : c->n;

	if (f->type == SF_T_ID)
		return sf_id_value(org, f, s ? s : "", s ? n : 0, v, e);
	return json ? sf_value_json(f, c->j, a, v, e) :
	    sf_value_csv(f, s, n, a, v, e);
}

/* The record named by the Id column: its number, or -1 with `e`. */
static int64_t
by_id(struct sf_org *org, const struct sf_object *o,
    const struct sf_change *ch, struct sf_arena *a, struct sf_err *e)
{
	const struct sf_field *f = o->fields[0];
	const struct sf_cell *c = cell_of(ch, f);
	struct sf_val v;

	if (ch->id != 0)
		return ch->id;
	if (blank(c))
		return sf_fail(e, "MISSING_ARGUMENT", "",
		    "Id not specified in an update call");
	return key_value(org, f, c, a, &v, e) < 0 ? -1 : v.i;
}

/* The record that the upsert key names: 0 for none, -1 with `e`. */
static int64_t
by_key(struct sf_org *org, const struct sf_field *key,
    const struct sf_change *ch, struct sf_arena *a, struct sf_done *d)
{
	const struct sf_cell *c = cell_of(ch, key);
	struct sf_val v;
	char list[180];

	if (blank(c)) {
		if (key->type == SF_T_ID)
			return 0;
		return sf_fail(&d->err, "MISSING_ARGUMENT", "",
		    "%s not specified", key->name);
	}
	if (key->type == SF_T_ID)
		return by_id(org, key->object, ch, a, &d->err);
	if (key_value(org, key, c, a, &v, &d->err) < 0)
		return -1;
	d->nmany = sf_find(org, key, &v, d->many, 8);
	if (d->nmany <= 1)
		return d->nmany ? d->many[0] : 0;
	sf_list_ids(org, d->many, d->nmany, list, sizeof(list));
	return sf_fail(&d->err, "DUPLICATE_EXTERNAL_ID", "", "%s: more than "
	    "one record found for external id field: [%s]", key->label, list);
}

/* --- the chunk --- */

#define SLOTS 512		/* more than twice SF_CHUNK */

struct slot {
	const char *k;		/* NULL: free */
	size_t n;
	int row;
};

/* The slot of a key: its own, or a free one. */
static struct slot *
slot_of(struct slot *slots, const char *k, size_t n)
{
	uint32_t h = 2166136261u;
	size_t i;

	for (i = 0; i < n; i++)
		h = (h ^ (unsigned char)k[i]) * 16777619u;
	for (h %= SLOTS; slots[h].k != NULL; h = (h + 1) % SLOTS)
		if (slots[h].n == n && memcmp(slots[h].k, k, n) == 0)
			break;
	return &slots[h];
}

static void
refuse_twin(struct sf_org *org, const struct sf_field *key,
    const struct sf_val *v, struct sf_err *e)
{
	struct buf b = {0};

	sf_text(org, key, v, "Z", &b);
	sf_fail(e, "DUPLICATE_VALUE", "",
	    "Duplicate external id specified: %.*s", (int)b.n, b.p);
	buf_free(&b);
}

/* Refuse every row whose upsert key another row of the chunk has as well,
 * however it is written. */
static void
refuse_twins(struct sf_org *org, const struct sf_field *key,
    const struct sf_change *rows, int n, struct sf_arena *a,
    struct sf_done *done)
{
	struct slot slots[SLOTS] = {{0}}, *is;
	char k[SF_KEY_MAX];
	struct sf_err ignored;	/* what is no key is told in its turn */
	struct sf_val v;
	size_t len;
	int i;

	for (i = 0; i < n; i++) {
		const struct sf_cell *c = cell_of(&rows[i], key);

		if (blank(c) || key_value(org, key, c, a, &v, &ignored) < 0)
			continue;
		len = sf_key(key, &v, k, sizeof(k));
		is = slot_of(slots, k, len);
		if (is->k == NULL) {
			*is = (struct slot){sf_dup(a, k, len), len, i};
			continue;
		}
		refuse_twin(org, key, &v, &done[i].err);
		done[is->row].err = done[i].err;
	}
	sf_arena_reset(a);
}

static int
one(struct sf_save *s, const struct sf_call *call, const struct sf_change *ch,
    struct sf_done *d)
{
	int64_t id;

	switch (call->op) {
	case SF_OP_INSERT:
		return insert(s, ch, NULL, d);
	case SF_OP_UPDATE:
		if ((id = by_id(s->org, call->o, ch, s->a, &d->err)) < 0)
			return -1;
		return update(s, ch, id, NULL, d);
	case SF_OP_UPSERT:
		if ((id = by_key(s->org, call->key, ch, s->a, d)) < 0)
			return -1;
		if (id == 0 && ch->no_create)
			return sf_fail(&d->err, "NOT_FOUND", "", "The "
			    "requested resource does not exist");
		return id == 0 && call->key->type != SF_T_ID ?
		    insert(s, ch, call->key, d) : id == 0 ?
		    insert(s, ch, NULL, d) : update(s, ch, id, call->key, d);
	default:
		if ((id = by_id(s->org, call->o, ch, s->a, &d->err)) < 0)
			return -1;
		d->id = id;
		return sf_delete_tree(s, id, call->op == SF_OP_HARDDELETE);
	}
}

void
sf_dml(struct sf_org *org, const struct sf_call *call,
    const struct sf_change *rows, int n, struct sf_done *done)
{
	struct sf_arena a = {0};
	struct sf_save s = {.org = org, .a = &a,
	    .allow_duplicates = call->allow_duplicates};
	struct sf_row *row = sf_xmalloc(sizeof(*row));
	struct sf_row *old = sf_xmalloc(sizeof(*old));
	int i;

	for (i = 0; i < n; i++) {
		memset(&done[i], 0, offsetof(struct sf_done, err));
		done[i].err.code[0] = '\0';
	}
	if (call->op == SF_OP_UPSERT)
		refuse_twins(org, call->key, rows, n, &a, done);
	row->o = call->o;
	for (i = 0; i < n; i++) {
		if (rows[i].refuse != NULL)
			done[i].err = *rows[i].refuse;
		if (done[i].err.code[0])
			continue;
		s.row = row;
		s.old = old;
		memset(s.sent, 0, sizeof(s.sent));
		s.e = &done[i].err;
		done[i].ok = one(&s, call, &rows[i], &done[i]) == 0;
		sf_arena_reset(&a);
	}
	sf_lock_met(org, s.locks);
	free(row);
	free(old);
	sf_arena_free(&a);
}
