#ifndef MAP_DEC_H
#define MAP_DEC_H

#include "mem.h"

/* map-dec - decimal numbers, reckoned exactly. */

__extension__ typedef __int128 int128;

/* A decimal number: m * 10^-scale. */
struct dec {
	int128 m;
	int scale;
};

int dec_read(struct slice s, struct dec *d);	/* -1: no number, too long */
int dec_add(struct dec a, struct dec b, struct dec *out);
int dec_mul(struct dec a, struct dec b, struct dec *out);
int dec_round(struct dec a, int scale, struct dec *out);
/* a / b with so many decimals, half away from zero; b is not 0. */
int dec_div(struct dec a, struct dec b, int scale, struct dec *out);
enum { DEC_TEXT = 64 };
size_t dec_write(struct dec d, char room[DEC_TEXT]);

#endif
