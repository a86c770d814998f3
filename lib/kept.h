#ifndef KEPT_H
#define KEPT_H

#include "file.h"
#include "mem.h"
#include "why.h"

/*
 * kept - a kept copy (NAME.ndjson.gz) line by line.
 *
 *	struct kept *k = kept_open(path, &w);
 *	while ((r = kept_next(k, &line, &w)) == 1)
 *		...
 *	kept_close(k);
 */

enum { KEPT_LINE = 64 << 20 };	/* what is longer is cut here */

struct kept;

/* NULL: WHY_DATA, there is no such file or it is no gzip. */
struct kept *kept_open(const char *path, struct why *w);

/* 1 and the next line without its LF, borrowed until the next call; 0 at the
 * end; -1 WHY_DATA: the copy is damaged or cut. */
int kept_next(struct kept *k, struct slice *line, struct why *w);

void kept_close(struct kept *k);

#endif
