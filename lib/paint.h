#ifndef PAINT_H
#define PAINT_H

#include <stdio.h>

#include "mem.h"

/*
 * paint - text for a person, on a terminal, in a file or in a browser.
 *
 *	struct paint p = paint_for(stdout, html);
 *	paint_open(&p, "title");
 *	paint_fmt(&p, PAINT_ADD, "+ %s", name);
 *	paint_close(&p);
 *
 * What comes from outside is shown, never obeyed: control characters, and the
 * marks that turn the direction of writing, stand as \uXXXX; in HTML
 * everything is escaped, and there is no script.
 */

enum paint_tone {
	PAINT_PLAIN, PAINT_HEAD, PAINT_ADD, PAINT_CHANGE, PAINT_DELETE,
	PAINT_BAD, PAINT_DIM,
};

struct paint {
	FILE *to;
	bool colour, html;
};

/* Colour only on a terminal that is not dumb, and without NO_COLOR. */
struct paint paint_for(FILE *to, bool html);

void paint_open(const struct paint *p, const char *title);
void paint_close(const struct paint *p);

void paint_text(const struct paint *p, enum paint_tone tone,
    struct slice text);
void paint_fmt(const struct paint *p, enum paint_tone tone, const char *fmt,
    ...) __attribute__((format(printf, 3, 4)));

/* At most `max` bytes of it, then "..." and how long it was. */
void paint_cut(const struct paint *p, enum paint_tone tone, struct slice text,
    size_t max);

/*
 * For programs that write text: before the first line, so that a reader who
 * leaves is no error; and after the last, to flush `to` and give the exit
 * status: `status`, 0 when the reader left, or 3, told, when it cannot be
 * written.
 */
void paint_begin(void);
int paint_end(FILE *to, int status);

#endif
