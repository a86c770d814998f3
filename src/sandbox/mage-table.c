#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mage-table.h"

#define REST 8192	/* records between two rests */

static void
room_for(struct table *t, size_t n)
{
	if (n <= t->room)
		return;
	while (t->room < n)
		t->room = t->room ? t->room * 2 : 64;
	t->rec = realloc(t->rec, t->room * sizeof *t->rec);
	if (t->rec == NULL)
		err(3, "cannot allocate memory");
	seen_room(t);
}

void
table_rest(const struct table *t)
{
	if (t->map)
		(void)madvise(t->map, t->map_n, MADV_DONTNEED);
}

size_t
table_lower(const struct table *t, int64_t id)
{
	size_t lo = 0, hi = t->n, mid;

	if (entities[t->kind].listed) {
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

static int
is_at(const struct table *t, size_t i, int64_t id)
{
	return i < t->n && t->rec[i].id == id;
}

void
table_put(struct table *t, int64_t id, char *json, size_t n)
{
	size_t i = table_lower(t, id);

	if (is_at(t, i, id)) {
		if (t->rec[i].own)
			free((char *)(uintptr_t)t->rec[i].p);
	} else {
		room_for(t, t->n + 1);
		memmove(&t->rec[i + 1], &t->rec[i],
		    (t->n - i) * sizeof *t->rec);
		seen_open(t, i);
		t->n++;
	}
	t->rec[i] = (struct rec){id, json, (uint32_t)n, 1};
	if (id > t->top)
		t->top = id;
	for (int c = 0; c < t->seen_n; c++)
		seen_set(&t->seen[c], &t->rec[i], i);
}

int
table_delete(struct table *t, int64_t id)
{
	size_t i = table_lower(t, id);

	if (!is_at(t, i, id))
		return 0;
	if (t->rec[i].own)
		free((char *)(uintptr_t)t->rec[i].p);
	memmove(&t->rec[i], &t->rec[i + 1],
	    (t->n - i - 1) * sizeof *t->rec);
	seen_close(t, i);
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
index_lines(struct table *t, char *why, size_t size)
{
	const struct entity *e = &entities[t->kind];
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
		if (t->n % REST == 0)
			table_rest(t);
	}
	if (!sorted && !e->listed)
		qsort(t->rec, t->n, sizeof *t->rec, by_id);
	return 0;
}

int
table_load(struct table *t, enum kind k, const char *dir, char *why,
    size_t size)
{
	struct stat st;
	char file[4096];
	int fd, rc = -1;

	t->kind = k;
	snprintf(file, sizeof file, "%s/%s.ndjson", dir, entities[k].name);
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
		} else {
			(void)madvise(t->map, t->map_n, MADV_SEQUENTIAL);
			rc = index_lines(t, why, size);
			(void)madvise(t->map, t->map_n, MADV_NORMAL);
		}
	}
	close(fd);
	return rc;
}

void
table_unload(struct table *t)
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
