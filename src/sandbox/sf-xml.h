/*
 * sf-xml - metadata files: read, and walked
 *
 *	char *text = sf_xmalloc(SF_XML_MAX + 1);
 *	if (sf_xml_read(path, text, &fault) < 0 ||
 *	    sf_xml_walk(text, take, ctx, &fault) < 0)
 *		... fault.text says why
 *
 * Enough of XML for metadata files (prolog, comments, elements, attributes
 * that are skipped, text with the five entities), strict about nesting.
 */
#ifndef SF_XML_H
#define SF_XML_H

#include "buf.h"

#define SF_XML_MAX 262144	/* one file; real ones have 1 KB */

/* Room for what is wrong. */
struct sf_fault {
	char *text;
	size_t n;
};

/* Say what is wrong and return -1. */
int sf_bad(struct sf_fault *e, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* The element at `path`, such as "/CustomField/label", ends: its text.  -1
 * with the fault ends the walk. */
typedef int sf_xml_take(void *ctx, const char *path, const struct buf *text,
    struct sf_fault *e);

int sf_xml_read(const char *path, char *text, struct sf_fault *e);
int sf_xml_walk(const char *p, sf_xml_take *take, void *ctx,
    struct sf_fault *e);

#endif
