/* map-include - lines that several maps share, in the place of `include FILE` */

#include <string.h>

#include "map-reader.h"

enum { INCLUDED = 1 << 20, ALL = 8 << 20 };	/* bytes */

/* The file that the line at `p` includes, or nothing. */
static struct slice
file_of(const char *p, const char *end)
{
	struct slice word = first_word(p, end), none = { NULL, 0 };

	if (!slice_is(word, "include"))
		return none;
	for (p += word.n; p < end && (*p == ' ' || *p == '\t'); p++)
		continue;
	return first_word(p, end);
}

/* The text goes on with a line of `file`. */
static void
piece_add(struct map_set *s, struct source *c, size_t from, struct slice file,
    unsigned line)
{
	MORE(s->pool, c->pieces, c->n_pieces);
	c->pieces[c->n_pieces++] = (struct piece){ from, file, line };
}

/* As messages name it: it stands beside the map. */
static struct slice
beside(struct map_set *s, struct slice map, struct slice file)
{
	struct buf b = BUF(1 << 16);
	struct slice path;

	while (map.n > 0 && map.p[map.n - 1] != '/')
		map.n--;
	buf_slice(&b, map);
	buf_slice(&b, file);
	path = (struct slice){ pool_dup(s->pool, b.p, b.n), b.n };
	buf_free(&b);
	return path;
}

static int
include_text(struct map_set *s, const struct map *m, struct slice file,
    struct buf *text, struct why *w)
{
	const char *name = pool_dup(s->pool, file.p, file.n);

	if (s->world.table == NULL)
		return why(w, WHY_SETUP, "no files here");
	if (s->world.table(s->world.ctx, m->source.file.p, name, text, w) ==
	    -1)
		return -1;
	if (text->n > INCLUDED)
		return why(w, WHY_SETUP, "it is over 1 MiB");
	return 0;
}

/* Put a line of the map, or what it includes.  What cannot be read stays, and
 * is told when the directive is met. */
static void
put(struct map_set *s, struct map *m, struct buf *to, struct slice line,
    unsigned number)
{
	struct slice file = file_of(line.p, line.p + line.n);
	struct source *c = &m->source;
	struct buf text = BUF(ALL);
	struct slice lines;
	struct why w = {0};

	if (file.n == 0 || include_text(s, m, file, &text, &w) == -1) {
		buf_slice(to, line);
	} else {
		piece_add(s, c, to->n, beside(s, c->file, file), 1);
		lines = source_text(buf_all(&text));
		buf_slice(to, lines);
		if (lines.n > 0 && lines.p[lines.n - 1] != '\n')
			buf_char(to, '\n');
		piece_add(s, c, to->n, c->file, number + 1);
	}
	buf_free(&text);
}

void
include_all(struct map_set *s, struct map *m)
{
	const char *p = m->source.text.p, *end = p + m->source.text.n, *next;
	struct buf to = BUF(ALL);
	unsigned number;

	for (number = 1; p < end; p = next, number++) {
		next = memchr(p, '\n', (size_t)(end - p));
		next = next == NULL ? end : next + 1;
		put(s, m, &to, (struct slice){ p, (size_t)(next - p) },
		    number);
	}
	if (m->source.n_pieces > 0)
		m->source.text = (struct slice){ pool_dup(s->pool, to.p,
		    to.n), to.n };
	buf_free(&to);
}

/* Names and gates: what else a map is, one sees in the map itself. */
bool
include_may(const struct map *m, const struct statement *st)
{
	static const char *const may[] = { "let", "table", "skip", "wait",
		"hold" };

	if (source_file(&m->source, st->at).p == m->source.file.p)
		return true;
	for (size_t i = 0; i < sizeof(may) / sizeof(*may); i++)
		if (slice_is(st->word, may[i]))
			return true;
	return false;
}

void
include_fail(struct reader *r)
{
	struct slice file;
	struct buf text = BUF(ALL);
	struct why w = {0};

	if (reader_word(r, &file, "the name of a file") &&
	    include_text(r->set, r->map, file, &text, &w) == -1) {
		mistake(r->mistakes, &r->map->source, file.p, "%s", w.text);
		r->failed = true;
		r->p.any_name = true;	/* who knows which it has */
	}
	buf_free(&text);
}
