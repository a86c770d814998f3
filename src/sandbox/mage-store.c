#include <err.h>
#include <errno.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "mage-store.h"
#include "mage-table.h"

#define REST 32		/* answers between two rests */

struct store {
	struct table t[KINDS];
	sqlite3 *db;
	sqlite3_stmt *put, *next;
	char *dir;
	pthread_mutex_t lock;	/* around changes and store_walk */
	struct sequence { char name[40]; int64_t last; } seq[40];
	int seqs;
	unsigned answers;
};

/* --- what is there --- */

struct piece
store_value(struct store *s, enum kind k, const struct column *c, size_t place)
{
	struct table *t = &s->t[k];
	struct seen *seen;

	if (t->n == 0)
		return (struct piece){NULL, 0};
	seen = table_seen(t, c);
	if (seen->len[place] == 0)
		return (struct piece){NULL, 0};
	return (struct piece){t->rec[place].p + seen->off[place],
	    seen->len[place]};
}

const double *
store_cells(struct store *s, enum kind k, const struct column *c)
{
	return s->t[k].n ? table_seen(&s->t[k], c)->cell : NULL;
}

void
store_rest(struct store *s)
{
	if (s->answers++ % REST == 0)
		for (int k = 0; k < KINDS; k++)
			table_rest(&s->t[k]);
}

size_t
store_count(const struct store *s, enum kind k)
{
	return s->t[k].n;
}

struct piece
store_at(const struct store *s, enum kind k, size_t place)
{
	const struct rec *r = &s->t[k].rec[place];

	return (struct piece){r->p, r->n};
}

int64_t
store_id(const struct store *s, enum kind k, size_t place)
{
	return s->t[k].rec[place].id;
}

size_t
store_lower(const struct store *s, enum kind k, int64_t id)
{
	return table_lower(&s->t[k], id);
}

ssize_t
store_find(const struct store *s, enum kind k, int64_t id)
{
	size_t i = store_lower(s, k, id);

	return i < s->t[k].n && s->t[k].rec[i].id == id ? (ssize_t)i : -1;
}

/* --- what changed --- */

static char *
copy(const char *p, size_t n)
{
	char *to = malloc(n + 1);

	if (to == NULL)
		err(3, "cannot allocate memory");
	memcpy(to, p, n);
	to[n] = '\0';
	return to;
}

static int
sql(struct store *s, const char *text, char *why, size_t size)
{
	if (sqlite3_exec(s->db, text, NULL, NULL, NULL) == SQLITE_OK)
		return 0;
	snprintf(why, size, "state: %s", sqlite3_errmsg(s->db));
	return -1;
}

/* Lay the changes of the state file over the records. */
static int
replay(struct store *s, char *why, size_t size)
{
	sqlite3_stmt *q = NULL;
	const char *name;
	int k, n;

	if (sqlite3_prepare_v2(s->db, "SELECT entity, id, json FROM record", -1,
	    &q, NULL) != SQLITE_OK) {
		snprintf(why, size, "state: %s", sqlite3_errmsg(s->db));
		return -1;
	}
	while (sqlite3_step(q) == SQLITE_ROW) {
		name = (const char *)sqlite3_column_text(q, 0);
		k = entity_named(name, strlen(name));
		n = sqlite3_column_bytes(q, 2);
		if (k == -1)
			continue;
		if (sqlite3_column_type(q, 2) == SQLITE_NULL)
			table_delete(&s->t[k], sqlite3_column_int64(q, 1));
		else
			table_put(&s->t[k], sqlite3_column_int64(q, 1),
			    copy(sqlite3_column_blob(q, 2), (size_t)n),
			    (size_t)n);
	}
	sqlite3_finalize(q);
	return 0;
}

static int
state_open(struct store *s, const char *file, char *why, size_t size)
{
	if (sqlite3_open(file, &s->db) != SQLITE_OK) {
		snprintf(why, size, "cannot open '%s': %s", file,
		    sqlite3_errmsg(s->db));
		return -1;
	}
	/* a kill loses nothing without fsync; a power cut is not our case */
	if (sql(s, "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF;"
	    "CREATE TABLE IF NOT EXISTS record (entity TEXT, id INTEGER,"
	    " json BLOB, PRIMARY KEY (entity, id)) WITHOUT ROWID;"
	    "CREATE TABLE IF NOT EXISTS sequence (name TEXT PRIMARY KEY,"
	    " last INTEGER) WITHOUT ROWID", why, size) == -1)
		return -1;
	if (sqlite3_prepare_v2(s->db, "INSERT OR REPLACE INTO record"
	    " VALUES (?, ?, ?)", -1, &s->put, NULL) != SQLITE_OK ||
	    sqlite3_prepare_v2(s->db, "INSERT INTO sequence VALUES (?1, ?2) ON"
	    " CONFLICT (name) DO UPDATE SET last = max(last + 1, ?2) RETURNING"
	    " last", -1, &s->next, NULL) != SQLITE_OK) {
		snprintf(why, size, "state: %s", sqlite3_errmsg(s->db));
		return -1;
	}
	return replay(s, why, size);
}

static void
remember(struct store *s, enum kind k, int64_t id, const char *json, size_t n)
{
	if (s->db == NULL)
		return;
	sqlite3_bind_text(s->put, 1, entities[k].name, -1, SQLITE_STATIC);
	sqlite3_bind_int64(s->put, 2, id);
	if (json)
		sqlite3_bind_blob64(s->put, 3, json, n, SQLITE_STATIC);
	else
		sqlite3_bind_null(s->put, 3);
	if (sqlite3_step(s->put) != SQLITE_DONE)
		errx(3, "cannot keep the state: %s", sqlite3_errmsg(s->db));
	sqlite3_reset(s->put);
}

void
store_put(struct store *s, enum kind k, int64_t id, const char *json, size_t n)
{
	pthread_mutex_lock(&s->lock);
	remember(s, k, id, json, n);
	table_put(&s->t[k], id, copy(json, n), n);
	pthread_mutex_unlock(&s->lock);
}

int
store_delete(struct store *s, enum kind k, int64_t id)
{
	int there;

	pthread_mutex_lock(&s->lock);
	there = table_delete(&s->t[k], id);
	if (there)
		remember(s, k, id, NULL, 0);
	pthread_mutex_unlock(&s->lock);
	return there;
}

static int64_t
next_kept(struct store *s, const char *name, int64_t least)
{
	int64_t v;

	sqlite3_bind_text(s->next, 1, name, -1, SQLITE_STATIC);
	sqlite3_bind_int64(s->next, 2, least);
	if (sqlite3_step(s->next) != SQLITE_ROW)
		errx(3, "cannot keep the state: %s", sqlite3_errmsg(s->db));
	v = sqlite3_column_int64(s->next, 0);
	sqlite3_reset(s->next);
	return v;
}

int64_t
store_next(struct store *s, const char *sequence, enum kind k)
{
	int64_t least = k == KINDS ? 1000001 : s->t[k].top + 1;
	int i;

	if (s->db)
		return next_kept(s, sequence, least);
	for (i = 0; i < s->seqs; i++)
		if (strcmp(s->seq[i].name, sequence) == 0)
			break;
	if (i == s->seqs) {
		if (i == sizeof s->seq / sizeof *s->seq)
			errx(3, "too many sequences");
		snprintf(s->seq[i].name, sizeof s->seq[i].name, "%s", sequence);
		s->seq[i].last = 0;
		s->seqs++;
	}
	if (s->seq[i].last + 1 > least)
		least = s->seq[i].last + 1;
	return s->seq[i].last = least;
}

void
store_begin(struct store *s)
{
	char why[200];

	if (s->db && sql(s, "BEGIN IMMEDIATE", why, sizeof why) == -1)
		errx(3, "%s", why);
}

void
store_commit(struct store *s)
{
	char why[200];

	if (s->db && sql(s, "COMMIT", why, sizeof why) == -1)
		errx(3, "%s", why);
}

static int
load_all(struct store *s, char *why, size_t size)
{
	struct stat st;

	errno = ENOTDIR;
	if (stat(s->dir, &st) == -1 || !S_ISDIR(st.st_mode)) {
		snprintf(why, size, "cannot read '%s': %s", s->dir,
		    strerror(errno));
		return -1;
	}
	for (int k = 0; k < KINDS; k++)
		if (table_load(&s->t[k], (enum kind)k, s->dir, why, size) == -1)
			return -1;
	return 0;
}

void
store_reset(struct store *s)
{
	char why[500];

	pthread_mutex_lock(&s->lock);
	if (s->db && sql(s, "DELETE FROM record; DELETE FROM sequence", why,
	    sizeof why) == -1)
		errx(3, "%s", why);
	for (int k = 0; k < KINDS; k++)
		table_unload(&s->t[k]);
	s->seqs = 0;
	if (load_all(s, why, sizeof why) == -1)
		errx(3, "%s", why);
	pthread_mutex_unlock(&s->lock);
}

int
store_walk(struct store *s, enum kind k, size_t *from, struct buf *out)
{
	struct table *t = &s->t[k];
	size_t i;
	int found;

	pthread_mutex_lock(&s->lock);
	i = entities[k].listed ? *from : store_lower(s, k, (int64_t)*from);
	found = i < t->n;
	if (found) {
		buf_add(out, t->rec[i].p, t->rec[i].n);
		buf_byte(out, '\n');
		*from = entities[k].listed ? i + 1 : (size_t)t->rec[i].id + 1;
		if (i % 4096 == 0)
			table_rest(t);
	}
	pthread_mutex_unlock(&s->lock);
	return found;
}

struct store *
store_open(const char *dir, const char *state, char *why, size_t size)
{
	struct store *s = calloc(1, sizeof *s);

	if (s == NULL || (s->dir = strdup(dir)) == NULL)
		err(3, "cannot allocate memory");
	pthread_mutex_init(&s->lock, NULL);
	if (load_all(s, why, size) == -1 ||
	    (state && state_open(s, state, why, size) == -1)) {
		store_close(s);
		return NULL;
	}
	return s;
}

void
store_close(struct store *s)
{
	if (s == NULL)
		return;
	for (int k = 0; k < KINDS; k++)
		table_unload(&s->t[k]);
	sqlite3_finalize(s->put);
	sqlite3_finalize(s->next);
	sqlite3_close(s->db);
	pthread_mutex_destroy(&s->lock);
	free(s->dir);
	free(s);
}
