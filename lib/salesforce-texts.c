/* salesforce-texts - rows by one text each, and what look-ups share. */
#include <stdlib.h>

#include "alike.h"
#include "salesforce-texts.h"

void
sf_texts_init(struct sf_texts *t, size_t max)
{
	t->n = 0;
	for (t->buckets = 64; t->buckets < max; t->buckets *= 2)
		continue;
	t->row = xmalloc((max + 1) * sizeof(struct sf_row *));
	t->text = xmalloc((max + 1) * sizeof(*t->text));
	t->next = xmalloc((max + 1) * sizeof(*t->next));
	t->bucket = xcalloc(t->buckets, sizeof(*t->bucket));
}

void
sf_texts_free(struct sf_texts *t)
{
	free(t->row);
	free(t->text);
	free(t->next);
	free(t->bucket);
}

static size_t
bucket_of(const struct sf_texts *t, struct slice text)
{
	if (text.n == 18 && sf_id_ok(text))
		text.n = 15;
	return alike_hash(text) & (t->buckets - 1);
}

void
sf_texts_add(struct sf_texts *t, struct slice text, struct sf_row *r)
{
	size_t h = bucket_of(t, text);

	t->row[t->n] = r;
	t->text[t->n] = text;
	t->next[t->n] = t->bucket[h];
	t->bucket[h] = (uint32_t)++t->n;
}

uint32_t
sf_texts_first(const struct sf_texts *t, struct slice text)
{
	return t->bucket[bucket_of(t, text)];
}

struct slice
sf_selected(struct slice name)
{
	const char *colon = memchr(name.p, ':', name.n);

	if (colon != NULL) {
		name.n -= (size_t)(colon + 1 - name.p);
		name.p = colon + 1;
	}
	return name;
}

struct slice
sf_plain(struct slice json, struct pool *pool)
{
	if (scan_kind(json) == SCAN_STRING)
		return scan_string(json, pool);
	return scan_kind(json) == SCAN_NULL ? (struct slice){ NULL, 0 } : json;
}

const struct sf_value *
sf_value_of(const struct sf_record *rec, struct slice name)
{
	name = sf_selected(name);
	for (size_t i = 0; i < rec->n; i++)
		if (slice_same(rec->name[i], name))
			return &rec->value[i];
	return NULL;
}
