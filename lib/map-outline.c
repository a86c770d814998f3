/*
 * map-outline - what a mapping file says of itself: from, object, phase, and
 * which maps it goes with
 *
 * It is read of all maps before anything else, as the others need it for the
 * names that they share.
 */

#include <ctype.h>
#include <stdlib.h>

#include "map-reader.h"
#include "scan.h"

/* Any name can be set, most are not. */
static void
check_run(struct reader *r, struct slice name, const char *at, struct val v)
{
	struct near near;

	if (!r->p.whole || name.p == NULL || v.kind != V_NULL ||
	    slice_is(name, "id") || slice_is(name, "kind") ||
	    slice_is(name, "started"))
		return;
	near_start(&near, name);
	near_try(&near, SLICE("id"));
	near_try(&near, SLICE("kind"));
	near_try(&near, SLICE("started"));
	doubt(r->set, r->map, at, "$run.%.*s: null unless --set run.%.*s "
	    "says it%s%s", (int)name.n, name.p, (int)name.n, name.p,
	    near_best(&near) ? "; nearest is " : "",
	    near_best(&near) ? near_best(&near) : "");
}

/* It is null, or what the table has for others, in each record. */
static void
check_row(void *ctx, struct val table, struct slice key, const char *at)
{
	struct reader *r = ctx;
	struct near near;
	uint32_t i;

	if (!r->p.whole)
		return;
	near_start(&near, key);
	for (i = 0; i < table.n; i++)
		near_try(&near, val_bytes(table.members[i].key));
	doubt(r->set, r->map, at, "the table has no row for \"%.*s\"%s%s",
	    slice_cut(key, 100), key.p, near_best(&near) ? "; nearest is " :
	    "", near_best(&near) ? near_best(&near) : "");
}

static void
used(void *ctx, struct slice section, struct slice name, const char *at,
    struct val v)
{
	struct reader *r = ctx;
	struct buf b = BUF(1 << 24);

	if (slice_is(section, "run")) {	/* changes with every run */
		check_run(r, name, at, v);
		return;
	}
	val_json(&b, v);
	r->map->rev = rev_fold(r->map->rev, section);
	r->map->rev = rev_fold(r->map->rev, name);
	r->map->rev = rev_fold(r->map->rev, buf_all(&b));
	buf_free(&b);
}

void
reader_start(struct reader *r, struct map_set *s, struct map *m,
    struct buf *mistakes)
{
	*r = (struct reader){ .set = s, .map = m, .mistakes = mistakes };
	r->p.source = &m->source;
	r->p.mistakes = mistakes;
	r->p.pool = s->pool;
	r->p.regexes = s->regexes;
	r->p.slots = &s->slots;
	r->p.hints = &s->hints;
	r->p.keys = &s->keys;
	r->p.whole = s->world.whole;
	r->p.used = used;
	r->p.row = check_row;
	r->p.ctx = r;
}

/* MAP[, MAP]..., of `with` and `prune`. */
static void
read_maps(struct reader *r, struct slice *name, const char **at, int *n)
{
	do {
		if (*n > 0)
			lex_next(&r->p.lex);
		if (*n == 16) {
			reader_fail(r, r->p.lex.at, "too many maps");
			return;
		}
		at[*n] = r->p.lex.at;
		if (!reader_word(r, &name[*n], "a map"))
			return;
		(*n)++;
	} while (lex_op(&r->p.lex, ","));
	reader_ended(r);
}

/* The directives that tie maps; all others are read once names are known. */
static bool
outline(struct reader *r, struct slice word)
{
	struct map *m = r->map;
	struct slice v;
	char *end;

	if (slice_is(word, "from")) {
		if (reader_word(r, &m->from, "an entity"))
			reader_ended(r);
	} else if (slice_is(word, "object")) {
		if (reader_word(r, &m->object, "a Salesforce object"))
			reader_ended(r);
	} else if (slice_is(word, "phase")) {
		if (reader_word(r, &v, "a number")) {
			m->phase = strtol(v.p, &end, 10);
			if (!isdigit((unsigned char)v.p[0]) ||
			    end != v.p + v.n || m->phase > 1000000)
				reader_fail(r, v.p, "a whole number up to "
				    "1000000 expected");
			reader_ended(r);
		}
	} else if (slice_is(word, "under")) {
		m->under_at = r->p.lex.at;
		if (reader_word(r, &m->under, "a map"))
			reader_ended(r);
	} else if (slice_is(word, "with")) {
		read_maps(r, m->with, m->with_at, &m->n_with);
	} else if (slice_is(word, "prune")) {
		m->prune_at = r->at->at;
		if (r->p.lex.kind != T_END)
			read_maps(r, m->prune, m->prunes_at, &m->n_prune);
	} else {
		return false;
	}
	return true;
}

/* What says one thing of the whole map stands in it once. */
static bool
is_repeated(struct reader *r)
{
	static const char *const once[] = { "from", "object", "key", "phase",
		"each", "under", "with", "only", "prune", "shared" };
	struct slice word = r->at->word;
	const struct statement *st;
	size_t i;

	for (i = 0; i < sizeof(once) / sizeof(*once); i++)
		if (slice_is(word, once[i]))
			break;
	if (i == sizeof(once) / sizeof(*once))
		return false;
	for (st = r->map->statements; st < r->at; st++)
		if (slice_eq(st->word, word)) {
			mistake(r->mistakes, &r->map->source, r->at->at,
			    "%s stands here twice, first in line %u", once[i],
			    source_line(&r->map->source, st->at));
			r->failed = true;
			return true;
		}
	return false;
}

enum { MAPPING_FILE = 4 << 20 };

/* Why it cannot be read at all, or NULL. */
static const char *
no_mapping(struct slice text)
{
	if (text.n > MAPPING_FILE)
		return "this is no mapping file: it is over 4 MiB";
	if (memchr(text.p, '\0', text.n) != NULL || !scan_utf8(text))
		return "this is no mapping file: it is no UTF-8 text";
	return NULL;
}

int
map_outline(struct map_set *s, struct map *m, struct buf *mistakes)
{
	const char *bad;
	struct reader r;
	size_t i;

	reader_start(&r, s, m, mistakes);
	m->phase = -1;
	if ((bad = no_mapping(m->source.text)) != NULL) {
		m->broken = true;
		m->source.text.n = 0;	/* nothing of it is for a terminal */
		return reader_fail(&r, m->source.text.p, bad);
	}
	if (reader_split(s, m, mistakes) == -1) {
		m->broken = true;
		return -1;
	}
	m->rev = rev_fold(0xcbf29ce484222325u, slice(m->name));
	for (i = 0; i < m->n_statements; i++) {
		r.at = &m->statements[i];
		m->rev = rev_fold(m->rev, (struct slice){ r.at->at,
		    (size_t)(r.at->end - r.at->at) });
		reader_start_at(&r, r.at->word.p + r.at->word.n);
		if (!include_may(m, r.at))
			reader_fail(&r, r.at->at, "what is included has names "
			    "and gates alone: let, table, skip, wait, hold");
		else if (!is_repeated(&r))
			outline(&r, r.at->word);
	}
	return r.failed ? -1 : 0;
}

bool
outline_word(struct slice w)
{
	return slice_is(w, "from") || slice_is(w, "object") ||
	    slice_is(w, "phase") || slice_is(w, "under") ||
	    slice_is(w, "with") || slice_is(w, "prune");
}
