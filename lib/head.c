/* head - the first members of a line, without reading the line. */
#include "head.h"

struct at {
	const char *p, *end;
};

/* Behind the quote that ends the string whose text begins at `p`, or NULL
 * where the line stops before. */
static const char *
string_end(const char *p, const char *end)
{
	const char *q, *b;

	while (p < end && (q = memchr(p, '"', (size_t)(end - p))) != NULL) {
		for (b = q; b > p && b[-1] == '\\'; b--)
			;
		if ((q - b) % 2 == 0)
			return q + 1;
		p = q + 1;
	}
	return NULL;
}

static const char *
nested_end(const char *p, const char *end)
{
	int depth = 0;

	while (p != NULL && p < end) {
		switch (*p++) {
		case '"':
			p = string_end(p, end);
			break;
		case '{': case '[':
			depth++;
			break;
		case '}': case ']':
			if (--depth == 0)
				return p;
		}
	}
	return NULL;
}

static const char *
value_end(const char *p, const char *end)
{
	if (p == end)
		return NULL;
	if (*p == '"')
		return string_end(p + 1, end);
	if (*p == '{' || *p == '[')
		return nested_end(p, end);
	while (p < end && *p != ',' && *p != '}')
		p++;
	return p;
}

/* The next `"name":value` and the comma behind it. */
static bool
member(struct at *a, struct slice *name, struct slice *value)
{
	const char *q;

	if (a->p == a->end || *a->p != '"' ||
	    (q = string_end(a->p + 1, a->end)) == NULL ||
	    q == a->end || *q != ':')
		return false;
	*name = (struct slice){ a->p + 1, (size_t)(q - a->p) - 2 };
	a->p = q + 1;
	if ((q = value_end(a->p, a->end)) == NULL)
		return false;
	*value = (struct slice){ a->p, (size_t)(q - a->p) };
	a->p = q < a->end && *q == ',' ? q + 1 : a->end;
	return true;
}

static struct slice
text_of(struct slice value)
{
	if (value.n < 2 || value.p[0] != '"')
		return (struct slice){ NULL, 0 };
	return (struct slice){ value.p + 1, value.n - 2 };
}

/* False: the data begins, and the head is over. */
static bool
keep(struct head *h, struct slice name, struct slice value)
{
	const struct {
		const char *name;
		struct slice *at;
	} texts[] = {
		{ "verdict", &h->verdict }, { "reason", &h->reason },
		{ "message", &h->message }, { "object", &h->object },
		{ "map", &h->map }, { "source", &h->source },
		{ "key", &h->key }, { "parent", &h->parent },
		{ "id", &h->id },
	};
	static const char *const data[] = {
		"hash", "insert", "update", "fields", "record", "bytes",
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		if (slice_is(name, texts[i].name)) {
			*texts[i].at = text_of(value);
			return true;
		}
	if (slice_is(name, "delete"))
		h->deletes = slice_is(value, "true");
	else if (slice_is(name, "was")) {
		h->planned = true;
		return false;
	}
	for (size_t i = 0; i < sizeof(data) / sizeof(*data); i++)
		if (slice_is(name, data[i]))
			return false;
	return true;
}

static bool
begins(struct slice line, struct slice with)
{
	return line.n >= with.n && memcmp(line.p, with.p, with.n) == 0;
}

enum head_kind
head_read(struct head *h, struct slice line)
{
	struct at a = { line.p + 1, line.p + line.n };
	struct slice name, value;

	*h = (struct head){ .kind = HEAD_RECORD };
	if (begins(line, SLICE("{\"verdict\":")))
		h->kind = HEAD_VERDICT;
	else if (begins(line, SLICE("{\"object\":\"")))
		h->kind = HEAD_PAYLOAD;
	else
		return h->kind;
	while (member(&a, &name, &value) && keep(h, name, value))
		;
	return h->kind;
}

bool
head_told(const struct head *h)
{
	return h->kind == HEAD_VERDICT &&
	    begins(h->object, SLICE("magento/"));
}
