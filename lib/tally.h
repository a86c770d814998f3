#ifndef TALLY_H
#define TALLY_H

#include <stdint.h>

#include "head.h"
#include "scan.h"
#include "sign.h"

/*
 * tally - count a stream from outside: lines, bytes, SHA-256, verdicts.
 *
 *	struct tally *t = tally_new();
 *	while ((n = read(...)) > 0)
 *		tally_put(t, buf, n);
 *	tally_end(t);
 *	tally_json(t, &members);
 *	tally_free(t);
 *
 * Only heads of lines are looked at (head.h), at most TALLY_HEAD bytes each;
 * memory does not grow with the stream.
 */

enum {
	TALLY_HEAD = 8 << 10,	/* a message of 1 KB, escaped, fits */
	TALLY_ROWS = 1024,	/* kinds of verdicts told apart; the rest of a
				 * lying server's codes is counted as "other" */
	TALLY_CODE = 64,
};

struct tally_row {
	char map[TALLY_CODE], verdict[TALLY_CODE], reason[TALLY_CODE];
	uint64_t lines;
};

struct tally {
	uint64_t lines, bytes;
	uint64_t records, payloads, verdicts;	/* lines = their sum */
	uint64_t deletes;	/* lines that delete: led-recall adds them */
	uint64_t told;		/* verdicts that mage-writeback adds */
	uint64_t sources;	/* runs of lines of one source; one without a
				 * source is a run of its own */
	bool torn;		/* the last line has no LF */
	char sha256[SIGN_HEX];	/* after tally_end() */
	struct tally_row row[TALLY_ROWS];	/* of verdicts; sorted after
						 * tally_end() */
	int rows;

	/* private */
	struct sign_sha256 *sum;
	char head[TALLY_HEAD];
	size_t held;
	bool partial;
	char source[256];
	size_t source_n;
	int last;
};

struct tally *tally_new(void);
void tally_put(struct tally *t, const char *p, size_t n);
void tally_end(struct tally *t);
void tally_free(struct tally *t);

/* The counts as members of a JSON object, from `"lines":` to `"counts":[]`,
 * without braces. */
void tally_json(const struct tally *t, struct buf *out);

/* Is `text` fit to stand in a log as a code: letters, digits and _-.: only,
 * at most TALLY_CODE - 1 of them? */
bool tally_is_code(struct slice text);

#endif
