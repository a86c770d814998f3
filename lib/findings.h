#ifndef FINDINGS_H
#define FINDINGS_H

#include <stdarg.h>
#include <stdio.h>

#include "conf.h"

/*
 * findings - what a check of settings and maps has to say, all at once.
 *
 *	struct findings *f = findings_new();
 *	findings_error(f, findings_set(f, conf, "orders", "default_status"),
 *	    "%s: no such status", label);
 *	errors = findings_tell(f, stdout);
 *	findings_free(f);
 *
 * A finding says where, what, and what to do.  Each vendor's part of a check
 * adds its own to one list (magento-check.h, salesforce-check.h).
 */

struct place {			/* where something is said */
	const char *file;	/* borrowed until findings_free() */
	unsigned line;		/* 0: `file` says it */
};

struct findings;

struct findings *findings_new(void);
void findings_free(struct findings *f);

/* An error will make records fail; a warning is about what may. */
void findings_error(struct findings *f, struct place at, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
void findings_warn(struct findings *f, struct place at, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
void findings_add(struct findings *f, struct place at, bool warning,
    const char *fmt, va_list ap) __attribute__((format(printf, 4, 0)));

/* What is told from here on belongs behind what has a lower number; within
 * one, by line, then as found.  0 at the beginning, for settings. */
void findings_order(struct findings *f, size_t order);

/* Where a setting stands: "FILE:LINE", "--set", "default". */
struct place findings_set(struct findings *f, const struct conf *c,
    const char *section, const char *name);

size_t findings_errors(const struct findings *f);	/* how many so far */

/* See all, by order, line, and as found.  How many are errors. */
struct finding {
	struct place at;
	bool warning;
	const char *text;	/* may hold what a server said */
	size_t order, number;	/* of the map; as found */
};

size_t findings_each(struct findings *f,
    void (*see)(void *ctx, const struct finding *one), void *ctx);

/* Print all, one a line.  How many are errors. */
size_t findings_tell(struct findings *f, FILE *to);

/* A value of a setting: all of it, or of a list one after the other.  False
 * at the end; begin with `rest` = conf_text(). */
bool findings_value(const char **rest, bool list, struct slice *value);

/*
 * The rows of a table of two columns, as maps read them.  -1 with `w`: it
 * cannot be read (WHY_SETUP), or what `row` said.  The slices are borrowed.
 */
struct findings_row {
	struct slice key, value;
	unsigned line;
};

int findings_table(const char *path,
    int (*row)(void *ctx, const struct findings_row *r, struct why *w),
    void *ctx, struct why *w);

#endif
