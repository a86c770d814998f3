/* opt - command-line options: one table gives the parser and the usage. */
#include <fcntl.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "mem.h"
#include "opt.h"

enum { COMMON_VERSION = 255 };

static const struct opt common[] = {
	{ 'c', "config", "FILE", "configuration file" },
	{ 'v', "verbose", NULL, "say more; twice: much more" },
	{ 'q', "quiet", NULL, "say only errors" },
	{ 'h', "help", NULL, "show this and leave" },
	{ COMMON_VERSION, "version", NULL, "show the version and leave" },
	{ 0, NULL, NULL, NULL },
};

/* Built once from both tables, freed at the end of the options. */
struct state {
	struct option *longs;
	const char **names;
	int n, level;
	char shorts[128];
};

static bool
optional(const struct opt *t)
{
	return t->arg != NULL && t->arg[0] == '[';
}

static void
add(struct state *s, const struct opt *t)
{
	size_t at = strlen(s->shorts);

	for (; t != NULL && t->key != 0; t++) {
		s->longs = xrealloc(s->longs, ((size_t)s->n + 2) *
		    sizeof(*s->longs));
		s->names = xrealloc(s->names, ((size_t)s->n + 1) *
		    sizeof(*s->names));
		s->longs[s->n] = (struct option){ t->name,
		    t->arg == NULL ? no_argument :
		    optional(t) ? optional_argument : required_argument,
		    NULL, t->key };
		s->names[s->n++] = t->name;
		s->longs[s->n] = (struct option){ NULL, 0, NULL, 0 };
		if (t->key < COMMON_VERSION && at + 4 < sizeof(s->shorts)) {
			s->shorts[at++] = (char)t->key;
			if (t->arg != NULL && !optional(t))
				s->shorts[at++] = ':';
			s->shorts[at] = '\0';
		}
	}
}

static void
done(struct opts *o)
{
	struct state *s = o->state;

	if (s == NULL)
		return;
	free(s->longs);
	free(s->names);
	free(s);
	o->state = NULL;
}

static void
show(const struct opt *t)
{
	char left[64], letter[8];

	for (; t != NULL && t->key != 0; t++) {
		letter[0] = '\0';
		if (t->key < COMMON_VERSION)
			snprintf(letter, sizeof(letter), "-%c, ", t->key);
		snprintf(left, sizeof(left), "%s--%s%s%s",
		    letter[0] == '\0' ? "    " : letter, t->name,
		    t->arg == NULL || optional(t) ? "" : " ",
		    t->arg == NULL ? "" : t->arg);
		printf("  %-30s %s\n", left, t->help);
	}
}

static int
usage(struct opts *o)
{
	printf("usage: %s [OPTION]...%s%s\n", o->name,
	    o->operands == NULL || o->operands[0] == '\0' ? "" : " ",
	    o->operands == NULL ? "" : o->operands);
	if (o->purpose != NULL)
		printf("%s: %s\n", o->name, o->purpose);
	printf("\n");
	show(o->table);
	show(common);
	printf("\nSee %s(1).\n", o->name);
	o->status = fflush(stdout) == 0 ? 0 : WHY_BROKEN;
	return -1;
}

/* getopt has not told: its own words would not name what is nearest. */
static int
unknown(struct opts *o, const struct state *s, char **argv, int c)
{
	const char *word = argv[optind > 0 ? optind - 1 : 0], *near;

	if (c == ':') {
		say_error("option '%s' needs an argument", word);
	} else if (strncmp(word, "--", 2) == 0) {
		near = say_nearest(word + 2, s->names, s->n);
		say_error("unknown option '%s'%s%s%s", word,
		    near == NULL ? "" : "; did you mean '--",
		    near == NULL ? "" : near, near == NULL ? "" : "'?");
	} else {
		say_error("unknown option '-%c'; %s -h lists them", optopt,
		    o->name);
	}
	o->status = WHY_SETUP;
	return -1;
}

/* Where one of the three is closed (2>&-), the next file to be opened would
 * take its number, and messages would go into a lock or a ledger.  The wrong
 * way round, so that reading and writing still fail. */
static void
take_standard(void)
{
	int fd;

	for (fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) == -1 && open("/dev/null",
		    fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) == -1)
			return;		/* nothing more can be done */
}

static struct state *
begin(struct opts *o)
{
	struct state *s = xcalloc(1, sizeof(*s));

	take_standard();
	snprintf(s->shorts, sizeof(s->shorts), "%s:", o->leading ? "+" : "");
	add(s, o->table);
	add(s, common);
	o->state = s;
	opterr = 0;
	optind = 1;
	say_start(o->name, SAY_NORMAL);
	return s;
}

/* 1: it was a common option and is done; 0: not common; -1: leave. */
static int
take_common(struct opts *o, struct state *s, int c)
{
	switch (c) {
	case 'c':
		o->config = optarg;
		return 1;
	case 'v':
		say_level((enum say_level)++s->level);
		return 1;
	case 'q':
		say_level(SAY_QUIET);
		return 1;
	case 'h':
		return usage(o);
	case COMMON_VERSION:
		printf("%s (millrace) %s\n", o->name, VERSION);
		o->status = fflush(stdout) == 0 ? 0 : WHY_BROKEN;
		return -1;
	}
	return 0;
}

int
opt_next(struct opts *o, int argc, char **argv)
{
	struct state *s = o->state == NULL ? begin(o) : o->state;
	int c, r;

	for (;;) {
		c = getopt_long(argc, argv, s->shorts, s->longs, NULL);
		if (c == -1) {
			o->first = optind;
			done(o);
			return 0;
		}
		if (c == '?' || c == ':') {
			unknown(o, s, argv, c);
			break;
		}
		if ((r = take_common(o, s, c)) == 0) {
			o->value = optarg;
			return c;
		}
		if (r == -1)
			break;
	}
	done(o);
	return -1;
}

int
opt_usage(const struct opts *o, const char *fmt, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	say_error("%s; see %s -h", text, o->name);
	return WHY_SETUP;
}
