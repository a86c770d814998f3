/*
 * floor - parse each line with yyjson and throw it away
 *
 *	floor FILE
 *
 * The floor F that the bench compares with: in situ, one pool for all lines,
 * numbers parsed, nothing else done.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yyjson.h>

enum { POOL = 64 << 20 };

static char *
whole(const char *path, size_t *n)
{
	FILE *f = fopen(path, "rb");
	char *p;
	long size;

	if (f == NULL || fseek(f, 0, SEEK_END) == -1 ||
	    (size = ftell(f)) == -1)
		return NULL;
	rewind(f);
	p = malloc((size_t)size + YYJSON_PADDING_SIZE);
	*n = p == NULL ? 0 : fread(p, 1, (size_t)size, f);
	fclose(f);
	return p;
}

int
main(int argc, char **argv)
{
	yyjson_alc alc;
	void *pool = malloc(POOL);
	char *p, *end, *lf, saved[YYJSON_PADDING_SIZE];
	size_t n;
	long lines = 0;

	if (argc != 2 || (p = whole(argv[1], &n)) == NULL || pool == NULL) {
		fputs("usage: floor FILE\n", stderr);
		return 2;
	}
	for (end = p + n; p < end; p = lf + 1) {
		yyjson_doc *doc;

		if ((lf = memchr(p, '\n', (size_t)(end - p))) == NULL)
			break;
		yyjson_alc_pool_init(&alc, pool, POOL);
		/* In situ wants zeros behind the text: lend it some. */
		memcpy(saved, lf, YYJSON_PADDING_SIZE);
		memset(lf, 0, YYJSON_PADDING_SIZE);
		doc = yyjson_read_opts(p, (size_t)(lf - p),
		    YYJSON_READ_INSITU, &alc, NULL);
		memcpy(lf, saved, YYJSON_PADDING_SIZE);
		if (doc == NULL)
			return 1;
		lines++;
	}
	printf("%ld\n", lines);
	return 0;
}
