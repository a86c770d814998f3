#ifndef AGAINST_IN_H
#define AGAINST_IN_H

#include "against.h"

/*
 * against-in - the sums, which against.c makes and against-show.c shows.
 */

struct sample {
	char source[128], old[AGAINST_TEXT + 8], new[AGAINST_TEXT + 8];
};

struct row {			/* a field, or a turn from one end to another */
	char name[128];		/* turn: how it ended, "" a payload */
	char to[128], message[256];	/* of a turn */
	uint64_t lines;
	struct sample sample[AGAINST_SAMPLES];
	int samples;
};

struct rows {
	struct row *row;
	int n;
};

struct map_sum {
	char name[64];
	uint64_t same, kind[AGAINST_KINDS];
	struct rows fields, turns, keys;
};

struct against {
	uint64_t records, changed;
	struct map_sum map[AGAINST_MAPS];
	int n;
};

#endif
