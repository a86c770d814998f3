/* main - replay: run a fuzz target over files, without libFuzzer */

#include "fuzz.h"

static void
replay(const char *file)
{
	FILE *f = fopen(file, "r");
	uint8_t *p = NULL;
	size_t n = 0, got;

	if (f == NULL) {
		perror(file);
		exit(2);
	}
	do {
		p = xrealloc(p, n + 65536);
		got = fread(p + n, 1, 65536, f);
		n += got;
	} while (got > 0);
	fclose(f);
	p = xrealloc(p, n + 1);		/* who reads further is seen */
	LLVMFuzzerTestOneInput(p, n);
	free(p);
}

int
main(int argc, char **argv)
{
	int i;

	for (i = 1; i < argc; i++) {
		fprintf(stderr, "%s\n", argv[i]);
		replay(argv[i]);
	}
	printf("%d inputs\n", argc - 1);
	return argc > 1 ? 0 : 2;
}
