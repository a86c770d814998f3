#ifndef WHY_H
#define WHY_H

/*
 * why - why something failed, as a value.
 *
 *	struct why w = {0};
 *	if (conf_open(&c, path, &w) == -1)
 *		return say_why(&w);
 *
 * What can fail takes a `struct why *` last and returns -1 (or NULL) by
 *	return why(w, WHY_DATA, "no '%s'", field);
 * The kind is the exit status; the text goes unchanged to standard error and
 * into verdicts.  Texts begin with a small letter, have no full stop, and say
 * what failed first: "cannot read 'x': reason".
 */

enum why_kind {
	WHY_NONE = 0,
	WHY_DATA = 1,	/* this record or answer is at fault, the run goes on */
	WHY_SETUP = 2,	/* arguments, configuration, mapping, credentials */
	WHY_BROKEN = 3,	/* the output is incomplete */
	WHY_BUSY = 4,	/* the same command again later */
};

struct why {
	enum why_kind kind;
	char code[64];		/* stable reason code, "" when there is none */
	char text[1024];	/* for a person; cut with "..." when longer */
};

/* Set `w` and return -1.  `w` may be NULL: then only -1 is returned. */
int why(struct why *w, enum why_kind kind, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* The same with a reason code for the verdict, e.g. "bad-json". */
int why_code(struct why *w, enum why_kind kind, const char *code,
    const char *fmt, ...) __attribute__((format(printf, 4, 5)));

/* Put "what: " before the text; return -1. */
int why_in(struct why *w, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

#endif
