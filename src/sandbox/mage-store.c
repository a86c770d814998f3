#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mage-store.h"

#define COLUMNS 24	/* remembered per kind; the oldest makes room */

struct rec {
	int64_t id;
	const char *p;
	uint32_t n;
	uint32_t own;		/* malloc'd, not part of the file */
};

/* Where a column's values stand in each record: found once, asked often. */
struct seen {
	struct column what;
	uint32_t *off, *len;	/* len 0: none */
};

struct table {
	struct rec *rec;
	size_t n, room;
	char *map;
	size_t map_n;
	int64_t top;		/* highest id ever */
	struct seen seen[COLUMNS];
	int seen_n, seen_next;
};

struct store {
	struct table t[KINDS];
	sqlite3 *db;
	sqlite3_stmt *put, *next;
	char *dir;
	pthread_mutex_t lock;	/* around changes and store_walk */
	struct sequence { char name[40]; int64_t last; } seq[16];
	int seqs;
};

static void *
grow(void *p, size_t n, size_t size)
{
	p = realloc(p, n * size);
	if (p == NULL)
		err(3, "cannot allocate memory");
	return p;
}

/* --- columns --- */

static void
seen_drop(struct table *t)
{
	for (int i = 0; i < t->seen_n; i++) {
		free(t->seen[i].off);
		free(t->seen[i].len);
	}
	t->seen_n = t->seen_next = 0;
}

static struct piece
attribute(struct piece record, const char *code)
{
	struct piece all = json_member(record, "custom_attributes"), one, name;
	size_t at = 0, n = strlen(code);

	while ((one = json_item(all, &at)).p) {
		name = json_member(one, "attribute_code");
		if (name.n == n + 2 && memcmp(name.p + 1, code, n) == 0)
			return json_member(one, "value");
	}
	return (struct piece){NULL, 0};
}

static struct piece
column_value(struct piece record, const struct column *c)
{
	struct piece v;

	if (c->path[0] == '\0')
		return (struct piece){NULL, 0};
	v = c->attribute ? attribute(record, c->path) :
	    json_path(record, c->path);
	if (json_is(v, "null"))
		v.p = NULL;
	return v;
}

static void
seen_set(struct seen *s, const struct rec *r, size_t i)
{
	struct piece v = column_value((struct piece){r->p, r->n}, &s->what);

	s->off[i] = v.p ? (uint32_t)(v.p - r->p) : 0;
	s->len[i] = v.p ? (uint32_t)v.n : 0;
}

static struct seen *
seen_find(struct table *t, const struct column *c)
{
	struct seen *s;
	int i;

	for (i = 0; i < t->seen_n; i++)
		if (t->seen[i].what.attribute == c->attribute &&
		    strcmp(t->seen[i].what.path, c->path) == 0)
			return &t->seen[i];
	if (t->seen_n < COLUMNS)
		s = &t->seen[t->seen_n++];
	else {
		s = &t->seen[t->seen_next++ % COLUMNS];
		free(s->off);
		free(s->len);
	}
	s->what = *c;
	s->off = grow(NULL, t->room, sizeof *s->off);
	s->len = grow(NULL, t->room, sizeof *s->len);
	for (size_t r = 0; r < t->n; r++)
		seen_set(s, &t->rec[r], r);
	return s;
}

struct piece
store_value(struct store *s, enum kind k, const struct column *c, size_t place)
{
	struct table *t = &s->t[k];
	struct seen *seen;

	if (t->n == 0)
		return (struct piece){NULL, 0};
	seen = seen_find(t, c);
	if (seen->len[place] == 0)
		return (struct piece){NULL, 0};
	return (struct piece){t->rec[place].p + seen->off[place],
	    seen->len[place]};
}

/* --- the index --- */

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
	const struct table *t = &s->t[k];
	size_t lo = 0, hi = t->n, mid;

	if (entities[k].listed) {
		while (lo < hi && t->rec[lo].id != id)
			lo++;
		return lo;
	}
	while (lo < hi) {
		mid = lo + (hi - lo) / 2;
		if (t->rec[mid].id < id)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

ssize_t
store_find(const struct store *s, enum kind k, int64_t id)
{
	size_t i = store_lower(s, k, id);

	return i < s->t[k].n && s->t[k].rec[i].id == id ? (ssize_t)i : -1;
}

static void
room_for(struct table *t, size_t n)
{
	if (n <= t->room)
		return;
	while (t->room < n)
		t->room = t->room ? t->room * 2 : 64;
	t->rec = grow(t->rec, t->room, sizeof *t->rec);
	for (int i = 0; i < t->seen_n; i++) {
		t->seen[i].off = grow(t->seen[i].off, t->room, sizeof(uint32_t));
		t->seen[i].len = grow(t->seen[i].len, t->room, sizeof(uint32_t));
	}
}

/* Put a record that is malloc'd into the index. */
static void
index_put(struct store *s, enum kind k, int64_t id, char *json, size_t n)
{
	struct table *t = &s->t[k];
	size_t i = store_lower(s, k, id);

	if (i < t->n && t->rec[i].id == id) {
		if (t->rec[i].own)
			free((char *)(uintptr_t)t->rec[i].p);
	} else {
		room_for(t, t->n + 1);
		if (i < t->n) {
			seen_drop(t);
			memmove(&t->rec[i + 1], &t->rec[i],
			    (t->n - i) * sizeof *t->rec);
		}
		t->n++;
	}
	t->rec[i] = (struct rec){id, json, (uint32_t)n, 1};
	if (id > t->top)
		t->top = id;
	for (int c = 0; c < t->seen_n; c++)
		seen_set(&t->seen[c], &t->rec[i], i);
}

static int
index_delete(struct store *s, enum kind k, int64_t id)
{
	struct table *t = &s->t[k];
	ssize_t i = store_find(s, k, id);

	if (i == -1)
		return 0;
	if (t->rec[i].own)
		free((char *)(uintptr_t)t->rec[i].p);
	seen_drop(t);
	memmove(&t->rec[i], &t->rec[i + 1],
	    (t->n - (size_t)i - 1) * sizeof *t->rec);
	t->n--;
	return 1;
}

/* --- the files --- */

static int
by_id(const void *a, const void *b)
{
	const struct rec *x = a, *y = b;

	return (x->id > y->id) - (x->id < y->id);
}

/* Index the lines of a mapped file. */
static int
index_lines(struct table *t, enum kind k, char *why, size_t size)
{
	const struct entity *e = &entities[k];
	const char *p = t->map, *end = t->map + t->map_n, *nl;
	struct piece line, id;
	int sorted = 1;
	int64_t v;

	for (; p < end; p = nl + 1) {
		nl = memchr(p, '\n', (size_t)(end - p));
		if (nl == NULL) {
			snprintf(why, size, "%s: the last line has no newline",
			    e->name);
			return -1;
		}
		line = (struct piece){p, (size_t)(nl - p)};
		id = json_member(line, e->id ? e->id : e->needs);
		if (id.p == NULL || line.n > UINT32_MAX) {
			snprintf(why, size, "%s: line %zu has no '%s'", e->name,
			    t->n + 1, e->id ? e->id : e->needs);
			return -1;
		}
		v = e->id ? strtoll(id.p, NULL, 10) : (int64_t)t->n + 1;
		room_for(t, t->n + 1);
		sorted &= t->n == 0 || t->rec[t->n - 1].id < v;
		t->rec[t->n++] = (struct rec){v, p, (uint32_t)line.n, 0};
		if (v > t->top)
			t->top = v;
	}
	if (!sorted && !e->listed)
		qsort(t->rec, t->n, sizeof *t->rec, by_id);
	return 0;
}

static int
load(struct store *s, enum kind k, char *why, size_t size)
{
	struct table *t = &s->t[k];
	struct stat st;
	char file[4096];
	int fd, rc = -1;

	snprintf(file, sizeof file, "%s/%s.ndjson", s->dir, entities[k].name);
	if ((fd = open(file, O_RDONLY | O_CLOEXEC)) == -1) {
		if (errno == ENOENT)
			return 0;
		snprintf(why, size, "cannot read '%s': %s", file,
		    strerror(errno));
		return -1;
	}
	if (fstat(fd, &st) == -1)
		snprintf(why, size, "cannot read '%s': %s", file,
		    strerror(errno));
	else if (st.st_size == 0)
		rc = 0;
	else {
		t->map_n = (size_t)st.st_size;
		t->map = mmap(NULL, t->map_n, PROT_READ, MAP_PRIVATE, fd, 0);
		if (t->map == MAP_FAILED) {
			t->map = NULL;
			snprintf(why, size, "cannot map '%s': %s", file,
			    strerror(errno));
		} else
			rc = index_lines(t, k, why, size);
	}
	close(fd);
	return rc;
}

static void
unload(struct table *t)
{
	seen_drop(t);
	for (size_t i = 0; i < t->n; i++)
		if (t->rec[i].own)
			free((char *)(uintptr_t)t->rec[i].p);
	free(t->rec);
	if (t->map)
		munmap(t->map, t->map_n);
	memset(t, 0, sizeof *t);
}

/* --- what changed --- */

static char *
copy(const char *p, size_t n)
{
	char *to = grow(NULL, n + 1, 1);

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
			index_delete(s, (enum kind)k, sqlite3_column_int64(q, 1));
		else
			index_put(s, (enum kind)k, sqlite3_column_int64(q, 1),
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
	index_put(s, k, id, copy(json, n), n);
	pthread_mutex_unlock(&s->lock);
}

int
store_delete(struct store *s, enum kind k, int64_t id)
{
	int there;

	pthread_mutex_lock(&s->lock);
	there = index_delete(s, k, id);
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
		if (load(s, (enum kind)k, why, size) == -1)
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
		unload(&s->t[k]);
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
		unload(&s->t[k]);
	sqlite3_finalize(s->put);
	sqlite3_finalize(s->next);
	sqlite3_close(s->db);
	pthread_mutex_destroy(&s->lock);
	free(s->dir);
	free(s);
}
