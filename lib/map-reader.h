#ifndef MAP_READER_H
#define MAP_READER_H

#include "map-file.h"

/*
 * map-reader - what map-file.c and map-outline.c read a mapping file with
 * (map-words.c).
 *
 * A mistake is told at once and sets `failed`; reading goes on with the next
 * statement.
 */
struct reader {
	struct map_set *set;
	struct map *map;
	struct buf *mistakes;
	struct parser p;
	const struct statement *at;
	bool failed;
};

/* Split m's text into statements.  -1: a mistake was told. */
int reader_split(struct map_set *s, struct map *m, struct buf *mistakes);

/* r->at is an `include` that include_all() had to leave: tell why. */
void include_fail(struct reader *r);

/* May it stand where it stands?  An included file has no `include`, fields... */
bool include_may(const struct map *m, const struct statement *st);

/* The first word at `p`: letters, digits and _.:- */
struct slice first_word(const char *p, const char *end);

/* Tell a mistake; -1. */
int reader_fail(struct reader *r, const char *at, const char *text);

/* Begin with a map, before its statements. */
void reader_start(struct reader *r, struct map_set *s, struct map *m,
    struct buf *mistakes);

/* Is it a directive that map_outline() reads? */
bool outline_word(struct slice word);

/* Begin at `from` in the statement r->at; is it at its end, well? */
void reader_start_at(struct reader *r, const char *from);
bool reader_ended(struct reader *r);

/* The next word; `what` is expected. */
bool reader_word(struct reader *r, struct slice *word, const char *what);

/* An expression; `text`, unless NULL, gets it as it stands. */
struct node *reader_expr(struct reader *r, bool comma, struct slice *text);
bool reader_expect(struct reader *r, const char *op);

/* ---- fields that differ by website (map-site.c) ---- */

/* The codes of [website CODE, ...], at the first one. */
bool sites_read(struct reader *r, struct field_map *f);

/* Is the field set for the same case already?  Told. */
void sites_clash(struct reader *r, const struct field_map *f);

/* All lines are read: those of one field become one field. */
void sites_merge(struct reader *r);

/* Room for one more element of a list of `n`, zeroed. */
void *reader_more(struct pool *pool, void *list, size_t n, size_t size);

#define MORE(pool, list, n) \
	((list) = reader_more((pool), (list), (n), sizeof(*(list))))

#endif
