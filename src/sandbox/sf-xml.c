/* sf-xml - metadata files: read, and walked */

#include "sf-xml.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define DEPTH_MAX 16		/* of elements */

int
sf_bad(struct sf_fault *e, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(e->text, e->n, fmt, ap);
	va_end(ap);
	return -1;
}

int
sf_xml_read(const char *path, char *text, struct sf_fault *e)
{
	FILE *fp = fopen(path, "rb");
	size_t n;

	if (fp == NULL)
		return sf_bad(e, "%s", strerror(errno));
	n = fread(text, 1, SF_XML_MAX, fp);
	text[n] = '\0';
	fclose(fp);
	if (n == SF_XML_MAX || strlen(text) != n)
		return sf_bad(e, "larger than %d bytes, or not text", SF_XML_MAX);
	return 0;
}

/* Append text with the five entities and character references resolved. */
static int
text_to(struct buf *b, const char *s, const char *end, struct sf_fault *e)
{
	static const char *const names[] = {"amp", "lt", "gt", "quot", "apos"};
	const char *semi;
	size_t i;

	for (; s < end; s++) {
		if (*s != '&') {
			buf_byte(b, *s);
			continue;
		}
		semi = memchr(s, ';', (size_t)(end - s));
		for (i = 0; semi != NULL && i < 5; i++)
			if (strlen(names[i]) == (size_t)(semi - s - 1) &&
			    strncmp(names[i], s + 1, strlen(names[i])) == 0)
				break;
		if (semi == NULL || i == 5)
			return sf_bad(e, "unknown entity");
		buf_byte(b, "&<>\"'"[i]);
		s = semi;
	}
	return 0;
}

static bool
name_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	    (c >= '0' && c <= '9') || c == '_' || c == ':' || c == '-';
}

/* A walk through XML: where it is, and in which element. */
struct walk {
	const char *p;
	char path[512];		/* "/CustomField/label" */
	int depth, roots;
	struct buf text;	/* of the element, so far */
	/* what an element's text and place mean; the element ends there */
	sf_xml_take *take;
	void *ctx;
	struct sf_fault *e;
};

/* Pass a comment or a processing instruction. */
static int
pass(struct walk *w)
{
	bool prolog = w->p[1] == '?';
	const char *end = strstr(w->p, prolog ? "?>" : "-->");

	if (end == NULL)
		return sf_bad(w->e, "comment or prolog does not end");
	w->p = end + (prolog ? 2 : 3);
	return 0;
}

static int
enter(struct walk *w, const char *name, size_t n)
{
	size_t at = strlen(w->path);

	if ((w->depth == 0 && w->roots++) || w->depth == DEPTH_MAX ||
	    at + n + 2 > sizeof(w->path))
		return sf_bad(w->e, "more than one root, or too deep");
	w->path[at] = '/';
	memcpy(w->path + at + 1, name, n);
	w->path[at + n + 1] = '\0';
	w->depth++;
	return 0;
}

static int
leave(struct walk *w, const char *name, size_t n)
{
	size_t at = strlen(w->path);

	if (at < n + 1 || w->path[at - n - 1] != '/' ||
	    strncmp(w->path + at - n, name, n) != 0)
		return sf_bad(w->e, "</%.*s> does not close %s", (int)n, name,
		    *w->path ? w->path : "anything");
	if (w->take(w->ctx, w->path, &w->text, w->e) < 0)
		return -1;
	w->path[at - n - 1] = '\0';
	w->depth--;
	return 0;
}

static int
tag(struct walk *w)
{
	bool end = w->p[1] == '/';
	const char *name = w->p + 1 + end, *q;
	size_t n = 0;
	int rc = 0;

	while (name_char(name[n]))
		n++;
	if (n == 0 || (q = strchr(name + n, '>')) == NULL)
		return sf_bad(w->e, "a tag is not well-formed");
	if (end)
		rc = leave(w, name, n);
	else if (q[-1] != '/')
		rc = enter(w, name, n);
	w->text.n = 0;
	w->p = q + 1;
	return rc;
}

static int
text(struct walk *w)
{
	size_t n = strcspn(w->p, "<");
	const char *from = w->p;

	w->p += n;
	if (w->depth == 0)		/* a byte order mark and blanks */
		return strspn(from, " \t\r\n\xef\xbb\xbf") < n ?
		    sf_bad(w->e, "text outside of the root element") : 0;
	return text_to(&w->text, from, from + n, w->e);
}

/*
 * Walk the XML: enough of it for metadata files (prolog, comments, elements,
 * attributes that are skipped, text), strict about nesting.
 */
int
sf_xml_walk(const char *p, sf_xml_take *take_, void *ctx, struct sf_fault *e)
{
	struct walk w = {.p = p, .take = take_, .ctx = ctx, .e = e};
	int rc = 0;

	while (rc == 0 && *w.p) {
		if (*w.p != '<')
			rc = text(&w);
		else if (w.p[1] == '?' || strncmp(w.p, "<!--", 4) == 0)
			rc = pass(&w);
		else
			rc = tag(&w);
	}
	if (rc == 0 && w.depth != 0)
		rc = sf_bad(e, "%s is not closed", w.path);
	if (rc == 0 && w.roots == 0)
		rc = sf_bad(e, "no XML here");
	buf_free(&w.text);
	return rc;
}
