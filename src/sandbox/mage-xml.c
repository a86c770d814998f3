#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "mage-json.h"
#include "mage-xml.h"

static int
type_of(const char *s, size_t n)
{
	static const struct { const char *name; enum xml_accept is; } known[] = {
		{"*/*", ACCEPT_JSON}, {"application/json", ACCEPT_JSON},
		{"application/*", ACCEPT_JSON}, {"application/xml", ACCEPT_XML},
		{"text/xml", ACCEPT_XML}, {"text/*", ACCEPT_XML},
		{"application/xhtml+xml", ACCEPT_XML},
	};

	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (strlen(known[i].name) == n &&
		    strncasecmp(known[i].name, s, n) == 0)
			return known[i].is;
	return -1;
}

enum xml_accept
xml_accept(const char *accept)
{
	enum xml_accept best = ACCEPT_NOTHING;
	const char *p, *end, *q;
	double weight, top = -1;
	int is;

	if (accept == NULL || *accept == '\0')
		return ACCEPT_JSON;
	for (p = accept; *p; p = end + (*end == ',')) {
		p += strspn(p, " ");
		end = p + strcspn(p, ",");
		is = type_of(p, strcspn(p, ",; "));
		q = memmem(p, (size_t)(end - p), "q=", 2);
		weight = q ? strtod(q + 2, NULL) : 1;
		if (is != -1 && weight > top) {
			top = weight;
			best = (enum xml_accept)is;
		}
	}
	return best;
}

static void
indent(struct buf *out, int depth)
{
	while (depth-- > 0)
		buf_str(out, "  ");
}

static void
text(struct buf *out, const char *s, size_t n)
{
	const unsigned char *p = (const unsigned char *)s, *end = p + n;
	unsigned c, more;

	while (p < end) {
		if (*p == '&')
			buf_str(out, "&amp;");
		else if (*p == '<')
			buf_str(out, "&lt;");
		else if (*p == '>')
			buf_str(out, "&gt;");
		else if (*p < 0x80)
			buf_byte(out, (char)*p);
		if (*p++ < 0x80)
			continue;
		more = p[-1] < 0xe0 ? 1 : p[-1] < 0xf0 ? 2 : 3;
		c = p[-1] & (0x3fu >> more);
		while (more-- && p < end)
			c = c << 6 | (*p++ & 0x3f);
		buf_fmt(out, "&#x%X;", c);
	}
}

static void write_members(struct buf *out, yyjson_val *v, int depth);

static void
write_element(struct buf *out, const char *name, yyjson_val *v, int depth)
{
	indent(out, depth);
	buf_fmt(out, "<%s>", name);
	if (yyjson_is_ctn(v)) {
		buf_byte(out, '\n');
		write_members(out, v, depth + 1);
		indent(out, depth);
	} else if (yyjson_is_raw(v))
		text(out, yyjson_get_raw(v), yyjson_get_len(v));
	else if (yyjson_is_str(v))
		text(out, yyjson_get_str(v), yyjson_get_len(v));
	else if (yyjson_is_bool(v))
		buf_str(out, yyjson_get_bool(v) ? "true" : "false");
	buf_fmt(out, "</%s>\n", name);
}

static void
write_members(struct buf *out, yyjson_val *v, int depth)
{
	yyjson_val *k, *one;
	size_t i, max;

	if (yyjson_is_arr(v))
		yyjson_arr_foreach(v, i, max, one)
			write_element(out, "item", one, depth);
	else
		yyjson_obj_foreach(v, i, max, k, one)
			write_element(out, yyjson_get_str(k), one, depth);
}

void
xml_from_json(const struct buf *json, struct buf *out)
{
	yyjson_doc *doc = php_read(json->p ? json->p : "", json->n);
	yyjson_val *root = yyjson_doc_get_root(doc);

	buf_str(out, "<?xml version=\"1.0\"?>\n");
	if (yyjson_is_ctn(root)) {
		buf_str(out, "<response>\n");
		write_members(out, root, 1);
		buf_str(out, "</response>\n");
	} else if (root)
		write_element(out, "response", root, 0);
	yyjson_doc_free(doc);
}
