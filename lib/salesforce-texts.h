#ifndef SALESFORCE_TEXTS_H
#define SALESFORCE_TEXTS_H

#include <stdint.h>

#include "salesforce-wave.h"

/*
 * salesforce-texts - rows of a wave by one text each (id, key, value of a
 * match field), for the look-ups of sf-load; and small helpers of theirs.
 *
 *	sf_texts_init(&t, v->n);
 *	sf_texts_add(&t, row_key(r), r);
 *	for (i = sf_texts_first(&t, text); i != 0; i = t.next[i - 1])
 *		... t.row[i - 1] can be it: compare
 *	sf_texts_free(&t);
 */
struct sf_texts {
	struct sf_row **row;
	struct slice *text;
	uint32_t *bucket, *next;
	size_t n, buckets;
};

void sf_texts_init(struct sf_texts *t, size_t max);
void sf_texts_free(struct sf_texts *t);

/* `text` is borrowed.  Who goes over the candidates compares them: ids of 15
 * and of 18 characters, and texts in any case, are found together, and ids
 * that differ in nothing but case are different records. */
void sf_texts_add(struct sf_texts *t, struct slice text, struct sf_row *r);
uint32_t sf_texts_first(const struct sf_texts *t, struct slice text);

/* A column's name as a query selects it: without the type before a colon. */
struct slice sf_selected(struct slice name);

/* A JSON scalar as plain text; null is absent. */
struct slice sf_plain(struct slice json, struct pool *pool);

/* The value of a record by name; NULL: not selected. */
const struct sf_value *sf_value_of(const struct sf_record *rec,
    struct slice name);

#endif
