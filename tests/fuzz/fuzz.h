#ifndef FUZZ_H
#define FUZZ_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "map.h"

/*
 * fuzz - what the fuzz targets have in common.
 *
 * A target is one function, as libFuzzer calls it.  It keeps nothing from one
 * input to the next, and stops the process by demand() when what came out
 * cannot be right.  tests/fuzz/main.c replays files without libFuzzer.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

#define demand(what) \
	((what) ? (void)0 : demand_failed(__FILE__, __LINE__, #what))

static inline void
demand_failed(const char *file, int line, const char *what)
{
	fprintf(stderr, "%s:%d: not so: %s\n", file, line, what);
	abort();
}

/* The bytes up to `end`, and off `rest` with them and it. */
static inline struct slice
fuzz_cut(struct slice *rest, const char *end)
{
	size_t n = strlen(end);
	const char *at = rest->n == 0 ? NULL :
	    memmem(rest->p, rest->n, end, n);
	struct slice s = *rest;

	if (at == NULL) {
		*rest = (struct slice){ NULL, 0 };
		return s;
	}
	s.n = (size_t)(at - s.p);
	rest->n -= s.n + n;
	rest->p = rest->n == 0 ? NULL : at + n;
	return s;
}

/* A record as lines.h gives it: in a block of its own, an LF and 63 NULs
 * behind it, so that a sanitizer sees who reads further. */
static inline struct slice
fuzz_record(struct slice s)
{
	char *p = xmalloc(s.n + 64);

	if (s.n > 0)
		memcpy(p, s.p, s.n);
	memset(p + s.n, 0, 64);
	p[s.n] = '\n';
	return (struct slice){ p, s.n };
}

/* The world of the maps: settings, a reference, one table for every name,
 * one zone file. */
struct fuzz_world {
	struct map_world world;
	struct map_ref *ref;
};

static inline int
fuzz_table(void *ctx, const char *map, const char *name, struct buf *out,
    struct why *w)
{
	(void)ctx, (void)map;
	if (strstr(name, "none") != NULL)
		return why(w, WHY_SETUP, "cannot read '%s'", name);
	buf_str(out, "from,to\nnew,Draft\ncomplete,Activated\n\"a, b\",\n");
	return 0;
}

static inline int
fuzz_zone(void *ctx, const char *name, struct buf *out, struct why *w)
{
	char room[4096];
	FILE *f = fopen("/usr/share/zoneinfo/Europe/Berlin", "r");
	size_t n = f == NULL ? 0 : fread(room, 1, sizeof(room), f);

	(void)ctx;
	if (f != NULL)
		fclose(f);
	if (n == 0)
		return why(w, WHY_SETUP, "no zone '%s'", name);
	buf_put(out, room, n);
	return 0;
}

static inline void
fuzz_world_open(struct fuzz_world *f)
{
	static const char *const lines[] = {
		"{\"reference\":\"website\",\"record\":{\"id\":1,"
		    "\"code\":\"base\",\"name\":\"Main\"}}",
		"{\"reference\":\"store\",\"record\":{\"id\":1,"
		    "\"code\":\"de\",\"website_id\":1,\"name\":\"Shop\"}}",
		"{\"reference\":\"store-config\",\"record\":{\"id\":1,"
		    "\"code\":\"de\",\"website_id\":1,\"timezone\":"
		    "\"Europe/Berlin\",\"locale\":\"de_DE\"}}",
		"{\"reference\":\"customer-group\",\"record\":{\"id\":1,"
		    "\"code\":\"General\"}}",
	};
	struct why w;
	struct slice s;
	size_t i;

	f->ref = map_ref_new();
	for (i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
		s = fuzz_record(slice(lines[i]));
		map_ref_line(f->ref, s, &w);
		free((char *)(uintptr_t)s.p);
	}
	f->world = (struct map_world){ .ref = f->ref, .table = fuzz_table,
	    .zone = fuzz_zone, .settings = SLICE("{\"orders\":{\"automatic\":"
	    "true,\"default_status\":\"Draft\",\"window\":30,\"states\":[\"a\","
	    "\"b\"],\"none\":null,\"update_order_info\":false},\"customers\":"
	    "{\"person_accounts\":false},\"run\":{\"id\":\"r1\",\"started\":"
	    "\"2026-03-29T00:30:00Z\"},\"magento\":{\"prefix\":\"M-\"}}") };
}

static inline void
fuzz_world_close(struct fuzz_world *f)
{
	map_ref_free(f->ref);
}

#endif
