#include <err.h>
#include <stdlib.h>
#include <string.h>

#include "mage-json.h"

#define WRITE (YYJSON_WRITE_ESCAPE_UNICODE | YYJSON_WRITE_ESCAPE_SLASHES | \
    YYJSON_WRITE_ALLOW_INVALID_UNICODE)

static const char *
blank(const char *p, const char *end)
{
	while (p < end && (*p == ' ' || *p == '\t' || *p == '\r' || *p == '\n'))
		p++;
	return p;
}

/* Behind the string that begins at p. */
static const char *
skip_string(const char *p, const char *end)
{
	for (p++; p < end && *p != '"'; p++)
		if (*p == '\\')
			p++;
	return p < end ? p + 1 : end;
}

/* Behind the value that begins at p. */
static const char *
skip_value(const char *p, const char *end)
{
	int depth = 0;

	while (p < end) {
		if (*p == '"') {
			p = skip_string(p, end);
			if (depth == 0)
				return p;
			continue;
		}
		if (*p == '{' || *p == '[')
			depth++;
		else if (*p == '}' || *p == ']') {
			if (depth == 0)
				return p;
			if (--depth == 0)
				return p + 1;
		} else if (depth == 0 && strchr(", \t\r\n", *p))
			return p;
		p++;
	}
	return end;
}

struct piece
json_member(struct piece obj, const char *name)
{
	const char *p = obj.p, *end = obj.p + obj.n, *key, *v;
	size_t n = strlen(name), key_n;
	struct piece none = {NULL, 0};

	if (p == NULL || (p = blank(p, end)) == end || *p != '{')
		return none;
	for (p = blank(p + 1, end); p < end && *p == '"'; p = blank(p, end)) {
		key = p + 1;
		p = skip_string(p, end);
		key_n = (size_t)(p - key - 1);
		p = blank(p, end);
		if (p == end || *p != ':')
			return none;
		v = p = blank(p + 1, end);
		p = skip_value(p, end);
		if (key_n == n && memcmp(key, name, n) == 0)
			return (struct piece){v, (size_t)(p - v)};
		p = blank(p, end);
		if (p < end && *p == ',')
			p++;
		else
			break;
	}
	return none;
}

struct piece
json_path(struct piece obj, const char *path)
{
	const char *dot = strchr(path, '.');
	char first[64];

	if (dot == NULL || (size_t)(dot - path) >= sizeof first)
		return json_member(obj, path);
	memcpy(first, path, (size_t)(dot - path));
	first[dot - path] = '\0';
	return json_path(json_member(obj, first), dot + 1);
}

struct piece
json_item(struct piece array, size_t *at)
{
	const char *end = array.p + array.n, *p, *v;
	struct piece none = {NULL, 0};

	if (array.p == NULL)
		return none;
	if (*at == 0) {
		p = blank(array.p, end);
		if (p == end || *p != '[')
			return none;
		*at = (size_t)(p + 1 - array.p);
	}
	p = blank(array.p + *at, end);
	if (p < end && *p == ',')
		p = blank(p + 1, end);
	if (p == end || *p == ']')
		return none;
	v = p;
	p = skip_value(p, end);
	*at = (size_t)(p - array.p);
	return (struct piece){v, (size_t)(p - v)};
}

static yyjson_doc *
must_read(const char *p, size_t n)
{
	return yyjson_read_opts((char *)(uintptr_t)p, n,
	    YYJSON_READ_NUMBER_AS_RAW | YYJSON_READ_ALLOW_INVALID_UNICODE, NULL,
	    NULL);
}

void
json_text(struct piece v, struct buf *out)
{
	yyjson_doc *doc;
	yyjson_val *root;

	if (v.p == NULL)
		return;
	if (*v.p != '"') {
		buf_add(out, v.p, v.n);
		return;
	}
	if (memchr(v.p, '\\', v.n) == NULL) {
		buf_add(out, v.p + 1, v.n - 2);
		return;
	}
	if ((doc = must_read(v.p, v.n)) == NULL)
		return;
	root = yyjson_doc_get_root(doc);
	buf_add(out, yyjson_get_str(root), yyjson_get_len(root));
	yyjson_doc_free(doc);
}

int
json_is(struct piece v, const char *literal)
{
	return v.p && strlen(literal) == v.n && memcmp(v.p, literal, v.n) == 0;
}

yyjson_doc *
php_read(const char *p, size_t n)
{
	return yyjson_read_opts((char *)(uintptr_t)p, n,
	    YYJSON_READ_NUMBER_AS_RAW, NULL, NULL);
}

/* yyjson writes \u00FC where PHP writes \u00fc. */
static void
lower_escapes(char *p, size_t n)
{
	size_t i, k;

	for (i = 0; i + 1 < n; i++) {
		if (p[i] != '\\')
			continue;
		if (p[i + 1] == 'u')
			for (k = i + 2; k < i + 6 && k < n; k++)
				if (p[k] >= 'A' && p[k] <= 'F')
					p[k] |= 0x20;
		i++;
	}
}

static void
take(char *text, size_t n, struct buf *out)
{
	if (text == NULL)
		errx(3, "cannot write JSON");
	lower_escapes(text, n);
	buf_add(out, text, n);
	free(text);
}

void
php_write(const yyjson_mut_doc *doc, struct buf *out)
{
	size_t n = 0;
	char *text = yyjson_mut_write(doc, WRITE, &n);

	take(text, n, out);
}

void
php_write_val(yyjson_mut_val *v, struct buf *out)
{
	size_t n = 0;
	char *text = yyjson_mut_val_write(v, WRITE, &n);

	take(text, n, out);
}

void
php_precise(struct buf *b)
{
	const char *p = b->p, *end = p + b->n;
	struct buf out = {0};
	size_t n;

	while (p < end) {
		if (*p == '"') {
			for (n = 1; p + n < end && p[n] != '"'; n++)
				n += p[n] == '\\';
			n += p + n < end;
			buf_add(&out, p, n);
		} else if ((n = strspn(p, "-+.0123456789eE")) &&
		    memchr(p, '.', n))
			buf_fmt(&out, "%.17g", strtod(p, NULL));
		else
			buf_add(&out, p, n = n ? n : 1);
		p += n;
	}
	buf_free(b);
	*b = out;
}

void
php_string(struct buf *out, const char *s, size_t n)
{
	yyjson_mut_doc *doc = yyjson_mut_doc_new(NULL);

	if (doc == NULL)
		err(3, "cannot allocate memory");
	php_write_val(yyjson_mut_strn(doc, s, n), out);
	yyjson_mut_doc_free(doc);
}
