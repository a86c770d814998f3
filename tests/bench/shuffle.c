/*
 * shuffle - put the members of every object into an order of their own
 *
 *	shuffle SEED <FILE
 *
 * For lines of JSON without white space, such as gen's.  The same seed gives
 * the same bytes; no value is touched, so a line keeps its length.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MEMBERS = 1000 };

struct span { const char *from, *to; };

static uint64_t state;

static uint64_t
next(void)
{
	uint64_t x = state += 0x9e3779b97f4a7c15u;

	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
	x = (x ^ x >> 27) * 0x94d049bb133111ebu;
	return x ^ x >> 31;
}

/* Behind the string that begins at `p`. */
static const char *
string_end(const char *p)
{
	for (p++; *p != '"'; p++)
		if (*p == '\\')
			p++;
	return p + 1;
}

/* Behind the value at `p`. */
static const char *
value_end(const char *p)
{
	int depth = 0;

	do {
		if (*p == '"') {
			p = string_end(p);
			continue;
		}
		if (depth == 0 && *p != '{' && *p != '[')
			return p + strcspn(p, ",]}\n");
		if (*p == '{' || *p == '[')
			depth++;
		if (*p == '}' || *p == ']')
			depth--;
		p++;
	} while (depth > 0);
	return p;
}

/* The members of the object at `p`, shuffled; how many. */
static size_t
members(const char *p, struct span *m)
{
	struct span swap;
	size_t n = 0, i, j;

	for (p++; *p != '}'; n++) {
		if (n == MEMBERS)
			exit(1);
		m[n].from = p;
		m[n].to = p = value_end(string_end(p) + 1);
		p += *p == ',';
	}
	for (i = n; i > 1; i--) {
		j = (size_t)(next() % i);
		swap = m[i - 1];
		m[i - 1] = m[j];
		m[j] = swap;
	}
	return n;
}

static void
put(const char *p, const char *end)
{
	struct span *m;
	const char *value;
	size_t i, n;

	if (*p == '{') {
		m = malloc(MEMBERS * sizeof(*m));
		if (m == NULL)
			exit(3);
		n = members(p, m);
		for (i = 0; i < n; i++) {
			putchar(i == 0 ? '{' : ',');
			value = string_end(m[i].from) + 1;
			fwrite(m[i].from, 1, (size_t)(value - m[i].from),
			    stdout);
			put(value, m[i].to);
		}
		fputs(n == 0 ? "{}" : "}", stdout);
		free(m);
	} else if (*p == '[' && p[1] == '{') {
		putchar('[');
		for (p++; p < end; p++) {	/* , or ] behind each */
			value = p;
			p = value_end(p);
			put(value, p);
			putchar(*p);
		}
	} else {
		fwrite(p, 1, (size_t)(end - p), stdout);
	}
}

int
main(int argc, char **argv)
{
	char *line = NULL;
	size_t cap = 0;
	uint64_t n, seed;

	if (argc != 2) {
		fputs("usage: shuffle SEED <FILE\n", stderr);
		return 2;
	}
	seed = strtoull(argv[1], NULL, 10);
	for (n = 1; getline(&line, &cap, stdin) != -1; n++) {
		state = seed * 1000003u + n;
		put(line, value_end(line));
		putchar('\n');
	}
	free(line);
	return fflush(stdout) == 0 && !ferror(stdout) ? 0 : 3;
}
