/*
 * random - random expressions over random documents, by us and by jq
 *
 *	random [-n PAIRS] [-s SEED] [-m DIFFERENCES] [-d DIR] [-t SECONDS]
 *
 * Expressions come of the grammar in rules.c, which knows types, so that most
 * of them give values.  Each is tried on four documents; jq gets some dozen
 * in one program, SECONDS of CPU for it, and is named when it dies.  Values must be the same bytes, an error must be an error
 * with the same text, unless rules.c names it.  The same seed makes the same
 * pairs.  A pair that differs is cut down to the smallest that still does;
 * its seed, both answers and a last line that counts are printed.  JQ in the
 * environment is the jq to ask; DIR has jq-1.6.jq and its like.
 */

#include <err.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ours.h"
#include "rules.h"

enum {
	HOLES = 8,		/* of a rule */
	DEPTH = 5,		/* of an expression */
	NODES = 30,		/* of an expression, about */
	DOCS = 4,		/* for an expression */
	BATCH = 64,		/* expressions for two jqs, which are slower
				 * than linear */
	TRIALS = 100,		/* of one step to a smaller pair */
	LONGEST = 20000,	/* bytes of an answer that is compared */
};

/* ---- chance ---- */

static uint64_t state;		/* splitmix64 */

static uint64_t
chance(void)
{
	uint64_t z = state += 0x9e3779b97f4a7c15u;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

static unsigned
below(unsigned n)
{
	return (unsigned)(chance() % n);
}

#define PICK(a) ((a)[below(sizeof(a) / sizeof(*(a)))])

/* ---- documents ---- */

struct json {
	const char *open;	/* "[", "{", or a whole value */
	const char *key;	/* as a member, with its quotes */
	struct json **kid;
	int kids;
};

static struct pool *pool;	/* of a batch */

static const char *const numbers[] = { "0", "1", "-1", "2", "3", "7", "10",
	"0.5", "-2.5", "1.25", "100", "0.1", "12345678901", "-0.001", "99.99" };
static const char *const texts[] = { "\"\"", "\"a\"", "\"b\"", "\"ab\"",
	"\"abc\"", "\"a,b,,c\"", "\"  x \"", "\"Abc Def\"", "\"\\u00c4\"",
	"\"\u00e4\u00f6\u00fc\"", "\"\U0001f600x\"", "\"e\\u0301\"",
	"\"A-B_C.d~\"", "\"q\\\"b\\\\\\n\\t\"", "\"<&>\"", "\"\\u001f\\u0001\"",
	"\"1\"", "\"aXbXc\"", "\"aaa\"", "\"b2 c3\"", "\"\u20ac 5\"" };
static const char *const digits[] = { "\"12\"", "\"-3\"", "\"0.25\"",
	"\"1000\"", "\"0\"" };
static const char *const seconds[] = { "0", "1425599621", "951782400",
	"1709164799", "4102444800", "-86400" };
static const char *const smalls[] = { "0", "1", "2", "3", "4", "-1", "-2",
	"5" };
static const char *const booleans[] = { "true", "false" };
static const char *const patterns[] = { "\"a\"", "\"b+\"", "\"[a-c]\"",
	"\"(?<x>[a-z])(?<y>[0-9])?\"", "\"\\\\s\"", "\",\"", "\"X|-\"",
	"\"^.\"", "\"(a)(b)?\"", "\"[[:upper:]]\"", "\"\u00f6\"" };

static struct json *document(char type, int depth);

static struct json *
leaf(const char *text)
{
	struct json *j = pool_get(pool, sizeof(*j));

	*j = (struct json){ .open = text };
	return j;
}

static void
put_kid(struct json *j, const char *key, struct json *kid)
{
	struct json **more = pool_get(pool, (size_t)(j->kids + 1) *
	    sizeof(*more));

	if (j->kids > 0)
		memcpy(more, j->kid, (size_t)j->kids * sizeof(*more));
	more[j->kids++] = kid;
	j->kid = more;
	kid->key = key;
}

static struct json *
list(char of, int depth)
{
	struct json *j = leaf("[");
	unsigned i, n = below(5);

	for (i = 0; i < n; i++)
		put_kid(j, NULL, document(of, depth - 1));
	return j;
}

/* What rules.c takes for granted of an object, most of the time. */
static struct json *
object(int depth)
{
	static const struct { const char *key; char type; } members[] = {
		{ "\"a\"", 'n' }, { "\"b\"", 's' }, { "\"c\"", 'b' },
		{ "\"d\"", 'N' }, { "\"e\"", 'S' }, { "\"f\"", 'o' },
		{ "\"g\"", 'O' }, { "\"h\"", 'A' }, { "\"l\"", 'L' },
		{ "\"s\"", 'd' }, { "\"t\"", 't' }, { "\"x\"", 'z' },
		{ "\"k y\"", 's' }, { "\"\u00fc\"", 's' } };
	struct json *j = leaf("{");
	size_t i, at = below(14);
	const size_t n = sizeof(members) / sizeof(*members);
	char type;

	for (i = 0; i < n; i++, at++) {
		type = members[at % n].type;
		if (below(depth > 1 ? 6 : 3) == 0 ||
		    (depth <= 0 && strchr("NSoOAL", type) != NULL))
			continue;
		put_kid(j, members[at % n].key, document(below(20) == 0 ?
		    "nszNao"[below(6)] : type, depth - 1));
	}
	return j;
}

static struct json *
document(char type, int depth)
{
	switch (type) {
	case 'n': return leaf(PICK(numbers));
	case 'i': return leaf(PICK(smalls));
	case 's': return leaf(PICK(texts));
	case 'b': return leaf(PICK(booleans));
	case 'd': return leaf(PICK(digits));
	case 't': return leaf(PICK(seconds));
	case 'z': return leaf("null");
	case 'N': return list('n', depth);
	case 'S': return list('s', depth);
	case 'O': return list(depth > 0 ? 'o' : 'n', depth);
	case 'L': return list(depth > 0 ? 'N' : 'n', depth);
	case 'A': return list('a', depth);
	case 'o': return object(depth);
	default: return document("nsbznsNo"[below(depth > 0 ? 8 : 6)], depth);
	}
}

static void
put_json(struct buf *b, const struct json *j)
{
	int i;

	buf_str(b, j->open);
	for (i = 0; i < j->kids; i++) {
		if (i > 0)
			buf_char(b, ',');
		if (j->kid[i]->key != NULL) {
			buf_str(b, j->kid[i]->key);
			buf_char(b, ':');
		}
		put_json(b, j->kid[i]);
	}
	if (j->open[1] == '\0' && (*j->open == '[' || *j->open == '{'))
		buf_char(b, *j->open == '[' ? ']' : '}');
}

/* ---- expressions ---- */

struct node {
	const struct rule *rule;	/* or NULL: */
	const char *text;		/* is all */
	struct node *kid[HOLES];
	bool bare[HOLES];		/* without parentheses */
	const char *pick[HOLES];	/* of %{X */
	int kids, var;
};

struct scope {
	struct scope *outer;
	char type;
	int var;
};

static int nodes, vars;

static const char *
picked(char from)
{
	static const char *const formats[] = { "\"%Y-%m-%d\"",
		"\"%H:%M:%S %j\"", "\"%A, %B %d, %Y\"", "\"%d.%m.%y\"" };
	static const char *const replacements[] = { "\"\"", "\"-\"",
		"\"<\\(.x)>\"", "\"aa\"" };
	static const char *const repeats[] = { "1", "2", "3" };
	static const char *const flags[] = { "\"g\"", "\"gi\"", "\"x\"",
		"\"gs\"", "\"n\"", "null", "\"gx\"" };

	switch (from) {
	case 'F': return PICK(formats);
	case 'G': return PICK(flags);
	case 'R': return PICK(replacements);
	default: return PICK(repeats);
	}
}

static struct node *
word(const char *text)
{
	struct node *n = pool_get(pool, sizeof(*n));

	memset(n, 0, sizeof(*n));
	n->text = text;
	return n;
}

static const char *
literal(char type)
{
	struct buf b = BUF(1 << 16);
	const char *s;

	if (type == 'r')
		return PICK(patterns);
	if (type == 'E')
		return "[{\"key\":\"a\",\"value\":1},{\"name\":\"b\","
		    "\"value\":false}]";
	put_json(&b, document(type, 1));
	s = pool_dup(pool, buf_cstr(&b), b.n);
	buf_free(&b);
	return s;
}

static bool
has_holes(const char *text)
{
	for (; (text = strchr(text, '%')) != NULL; text++)
		if (strchr(" %Y", text[1]) == NULL)
			return true;
	return false;
}

/* $v0 to $v5 */
static struct node *
variable(int var)
{
	char name[] = { '$', 'v', (char)('0' + var), '\0' };

	return word(pool_dup(pool, name, 3));
}

static struct node *
simple(char type, char in, const struct scope *scope)
{
	const struct scope *s;
	unsigned i, n = 0;
	const struct rule *found = NULL;

	for (s = scope; s != NULL; s = s->outer)
		if (s->type == type && below(2) == 0)
			return variable(s->var);
	if ((in == type || type == 'a') && below(3) > 0)
		return word(".");
	for (i = 0; i < n_rules; i++)
		if (rules[i].in == in && in != 0 && (rules[i].of == type ||
		    type == 'a') && !has_holes(rules[i].text) &&
		    below(++n) == 0)
			found = &rules[i];
	if (found != NULL && below(8) > 0) {
		struct node *w = word(found->text);

		w->rule = found;
		return w;
	}
	return word(literal(type));
}

static struct node *grow(char type, char in, int depth, struct scope *scope);

/* Fill the holes of a rule. */
static struct node *
filled(const struct rule *r, char want, char in, int depth,
    struct scope *scope)
{
	struct scope mine = { scope, 0, 0 };
	struct node *n = word(NULL);
	const char *p = r->text;
	char type, at;
	bool bare;

	n->rule = r;
	for (; *p != '\0'; p++) {
		if (p[0] == '$' && p[1] == '$') {
			mine.var = n->var = vars++ % 6;
			scope = &mine;
			p++;
		}
		if (*p != '%' || strchr(" %Y", p[1]) != NULL) {
			p += p[0] == '%' && p[1] == '%';
			continue;
		}
		if (p[1] == '{') {
			n->pick[n->kids++] = picked(p[2]);
			p += 2;
			continue;
		}
		bare = p[1] == '~';
		p += bare ? 2 : 1;
		type = *p == 'w' ? want : *p;
		at = in;
		if (p[1] == '{') {
			at = p[2] == 'w' ? want : p[2];
			p += 3;
		}
		if (n->kids == 0)
			mine.type = type;
		n->bare[n->kids] = bare && below(3) == 0;
		/* rules with i count on it: "a" * 0.5 is by version */
		n->kid[n->kids++] = grow(type != 'i' && below(25) == 0 ?
		    "nsbNSoOAaiz"[below(11)] : type, at, depth - 1, scope);
	}
	return n;
}

static struct node *
grow(char type, char in, int depth, struct scope *scope)
{
	const struct rule *found = NULL;
	unsigned i, total = 0;
	bool generic = below(10) < 3;

	if (++nodes > NODES || depth <= 0 || type == 'r' || below(7) == 0 ||
	    (strchr("idtzE", type) != NULL && below(3) > 0))
		return simple(type, in, scope);
	for (i = 0; i < n_rules; i++) {
		if (generic ? rules[i].of != '*' : rules[i].of != type)
			continue;
		if (rules[i].in != 0 && rules[i].in != in)
			continue;
		total += (unsigned)rules[i].weight;
		if (below(total) < (unsigned)rules[i].weight)
			found = &rules[i];
	}
	return found == NULL ? simple(type, in, scope) :
	    filled(found, type, in, depth, scope);
}

enum flavour { OURS, JQ16, JQ17 };
static enum flavour flavour;		/* of the jq that is asked */

static void put_node(struct buf *b, const struct node *n, enum flavour f);

/* Such do not chain. */
static bool
compares(const struct node *n)
{
	const char *text = n->rule == NULL ? "" : n->rule->text;

	return strstr(text, "= %") != NULL || strstr(text, "< %") != NULL ||
	    strstr(text, "> %") != NULL;
}

/* Another text may bind in another way. */
static bool
differs_by(const struct node *n)
{
	return n->rule != NULL && (n->rule->jq16 != NULL ||
	    n->rule->jq17 != NULL);
}

static void
put_hole(struct buf *b, const struct node *n, bool bare, char behind,
    enum flavour f)
{
	bool wrap = (!bare || compares(n) || differs_by(n)) && (n->rule != NULL || *n->text == '-');

	wrap |= behind == '.' && n->text != NULL && (*n->text == '.' ||
	    (*n->text >= '0' && *n->text <= '9'));
	if (wrap)
		buf_char(b, '(');
	put_node(b, n, f);
	if (wrap)
		buf_char(b, ')');
}

static void
put_node(struct buf *b, const struct node *n, enum flavour f)
{
	const char *p = n->text;
	int hole = 0;

	if (n->rule != NULL)
		p = f == JQ16 && n->rule->jq16 != NULL ? n->rule->jq16 :
		    f == JQ17 && n->rule->jq17 != NULL ? n->rule->jq17 :
		    n->rule->text;
	if (n->rule == NULL) {
		buf_str(b, p);
		return;
	}
	for (; *p != '\0'; p++) {
		if (p[0] == '$' && p[1] == '$') {
			buf_fmt(b, "$v%d", n->var);
			p++;
		} else if (*p != '%' || strchr(" %Y", p[1]) != NULL) {
			buf_char(b, *p);
			p += p[0] == '%' && p[1] == '%';
		} else if (p[1] == '{') {
			buf_str(b, n->pick[hole++]);
			p += 2;
		} else {
			p += p[1] == '~' ? 2 : 1;
			put_hole(b, n->kid[hole], n->bare[hole], p[1], f);
			hole++;
			if (p[1] == '{')
				p += 3;
		}
	}
}

/* ---- a pair, and what both say ---- */

struct pair {			/* an expression with its documents */
	struct node *node;
	struct json *json[DOCS];
	const char *expr, *for_jq, *doc[DOCS];	/* the same as text */
	const char *ours[DOCS], *jq[DOCS];	/* the answers */
	int docs;
};

static const char *directory = "tests/oracle", *jq;
static unsigned jq_seconds = 20;	/* of CPU, for one jq */
static double jq_cpu;			/* what all took */

/* Answers of ours, about jq */
#define REFUSED "refused: "
#define NO_ANSWER "no answer: "

/* In the batch's pool. */
static char *
taken(struct buf *b)
{
	char *s = pool_dup(pool, buf_cstr(b), b->n);

	buf_free(b);
	return s;
}

static char *
shown(const struct node *n, enum flavour f)
{
	struct buf b = BUF(1 << 20);

	put_node(&b, n, f);
	return taken(&b);
}

static char *
shown_json(const struct json *j)
{
	struct buf b = BUF(1 << 20);

	put_json(&b, j);
	return taken(&b);
}

static void
write_down(struct pair *p)
{
	int i;

	p->expr = shown(p->node, OURS);
	p->for_jq = shown(p->node, flavour);
	for (i = 0; i < p->docs; i++)
		p->doc[i] = shown_json(p->json[i]);
}

/* Our limits are not jq's, nor is what fits into a message: such a pair says
 * nothing. */
static bool
too_much(struct buf *answer)
{
	const char *s = buf_cstr(answer);

	return answer->n > LONGEST || (answer->n > 900 &&
	    strcmp(s + answer->n - 6, "...\"}]") == 0) || strstr(s, "\"takes more than") != NULL ||
	    strstr(s, "\"needs more than") != NULL ||
	    strstr(s, "\"a text is too long") != NULL;
}

/* False: not to be compared, or no expression of ours. */
static bool
ask_us(struct pair *p, struct buf *mistakes)
{
	struct map_expr *x = map_expr_open(NULL, p->expr, mistakes);
	struct buf out = BUF(64 << 20);
	bool good = x != NULL;
	int i;

	for (i = 0; good && i < p->docs; i++) {
		buf_reset(&out);
		ours_values(x, slice(p->doc[i]), &out);
		good = !too_much(&out);
		p->ours[i] = pool_dup(pool, out.p, out.n);
	}
	map_expr_close(x);
	buf_free(&out);
	return good;
}

/* ---- jq ---- */

enum { PROGRAM, DOCUMENTS, ANSWERS, COMPLAINTS, FILES };

struct asking {			/* one jq, and what it was asked */
	struct pair *p;
	int n;
	pid_t pid;
	char *file[FILES];
};

static FILE *
opened(const char *file, const char *mode)
{
	FILE *f = fopen(file, mode);

	if (f == NULL)
		err(2, "%s", file);
	return f;
}

static void
include(FILE *program, const char *name)
{
	char *path = xasprintf("%s/%s", directory, name), room[4096];
	FILE *f = opened(path, "r");
	size_t n;

	while ((n = fread(room, 1, sizeof(room), f)) > 0)
		fwrite(room, 1, n, program);
	fclose(f);
	free(path);
}

/* Many documents as constants are slow to compile: they are the input. */
static void
write_question(const struct asking *a)
{
	FILE *program = opened(a->file[PROGRAM], "w");
	FILE *documents = opened(a->file[DOCUMENTS], "w");
	int i, j;

	include(program, "../prelude.jq");
	include(program, "jq-1.7.jq");
	if (flavour == JQ16)
		include(program, "jq-1.6.jq");
	include(program, "ask.jq");
	for (i = 0; i < a->n; i++) {
		fprintf(program, "_on(%d; %s),\n", a->p[i].docs,
		    a->p[i].for_jq);
		for (j = 0; j < a->p[i].docs; j++)
			fprintf(documents, "%s\n", a->p[i].doc[j]);
	}
	fprintf(program, "empty\n");
	if ((fclose(program) | fclose(documents)) == EOF)
		err(2, "%s", a->file[PROGRAM]);
}

/* The clock is for a jq that sleeps; one that counts has CPU. */
static void
be_jq(const struct asking *a)
{
	const struct rlimit cpu = { jq_seconds, jq_seconds };
	const struct rlimit room = { (rlim_t)4 << 30, (rlim_t)4 << 30 };

	if (freopen("/dev/null", "r", stdin) == NULL ||
	    freopen(a->file[ANSWERS], "w", stdout) == NULL ||
	    freopen(a->file[COMPLAINTS], "w", stderr) == NULL ||
	    setrlimit(RLIMIT_CPU, &cpu) == -1 ||
	    setrlimit(RLIMIT_AS, &room) == -1)
		_exit(126);
	alarm(10 * jq_seconds);
	execlp(jq, jq, "-n", "-c", "--arg", "unstable", unstable_errors, "-f",
	    a->file[PROGRAM], a->file[DOCUMENTS], (char *)NULL);
	_exit(127);
}

static void
start_jq(struct asking *a, struct pair *p, int n)
{
	static const char *const names[] = { "jq", "json", "out", "err" };
	static long serial;
	const char *tmp = getenv("TMPDIR");
	int i;

	a->p = p;
	a->n = n;
	for (i = 0; i < FILES; i++)
		a->file[i] = xasprintf("%s/random.%ld.%ld.%s", tmp == NULL ?
		    "/tmp" : tmp, (long)getpid(), serial, names[i]);
	serial++;
	write_question(a);
	fflush(stdout);
	if ((a->pid = fork()) == -1)
		err(2, "fork");
	if (a->pid == 0)
		be_jq(a);
}

/* True: there is a whole answer for each. */
static bool
read_answers(const struct asking *a)
{
	FILE *f = opened(a->file[ANSWERS], "r");
	char *line = NULL;
	size_t cap = 0;
	ssize_t got = 1;
	int i, j;

	for (i = 0; got > 0 && i < a->n; i++)
		for (j = 0; got > 0 && j < a->p[i].docs; j++) {
			got = getline(&line, &cap, f);
			if (got > 0)
				a->p[i].jq[j] = pool_dup(pool, line,
				    (size_t)got - 1);
		}
	free(line);
	fclose(f);
	return got > 0;
}

/* Why there is no answer to this one pair. */
static void
no_answer(const struct asking *a, int status)
{
	FILE *f = opened(a->file[COMPLAINTS], "r");
	char said[256] = "", *why;
	int n = WIFSIGNALED(status) ? WTERMSIG(status) :
	    WEXITSTATUS(status) > 128 ? WEXITSTATUS(status) - 128 : 0;

	if (fgets(said, sizeof(said), f) == NULL)
		*said = '\0';
	fclose(f);
	said[strcspn(said, "\n")] = '\0';
	why = n > 0 ? xasprintf(NO_ANSWER "killed (%s) with %u s of CPU "
	    "allowed", strsignal(n), jq_seconds) :
	    xasprintf(REFUSED "status %d, %s", WEXITSTATUS(status), said);
	a->p->docs = 1;
	a->p->jq[0] = pool_dup(pool, why, strlen(why));
	free(why);
}

static void ask_jq(struct pair *p, int n);

/* What jq refuses among others, or dies of, is found by halves. */
static void
finish_jq(struct asking *a)
{
	struct rusage used;
	int status, i;
	bool good;

	while (wait4(a->pid, &status, 0, &used) == -1)
		if (errno != EINTR)
			err(2, "wait");
	jq_cpu += (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
	    (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
	good = status == 0 && read_answers(a);
	if (!good && a->n == 1)
		no_answer(a, status);
	for (i = 0; i < FILES; i++) {
		if (getenv("KEEP") == NULL)
			unlink(a->file[i]);
		free(a->file[i]);
	}
	if (!good && a->n > 1)
		ask_jq(a->p, a->n);
}

/* Two at once. */
static void
ask_jq(struct pair *p, int n)
{
	struct asking a[2];
	int half = n / 2;

	if (half > 0)
		start_jq(&a[0], p, half);
	start_jq(&a[1], p + half, n - half);
	if (half > 0)
		finish_jq(&a[0]);
	finish_jq(&a[1]);
}

static bool
has_one(struct slice text, const char *const *of)
{
	for (; *of != NULL; of++)
		if (memmem(text.p, text.n, *of, strlen(*of)) != NULL)
			return true;
	return false;
}

/* jq's own mistake, or it judges what it would not come to. */
static bool
excused(const char *theirs)
{
	return has_one(slice(theirs), mistakes) ||
	    (strncmp(theirs, REFUSED, strlen(REFUSED)) == 0 &&
	    has_one(slice(theirs), compile_errors));
}

static bool
is_unstable(struct slice error)
{
	const char *p = unstable_errors;
	size_t n;

	for (; *p != '\0'; p += n + (p[n] == '|')) {
		n = strcspn(p, "|");
		if (memmem(error.p, error.n, p, n) != NULL)
			return true;
	}
	return memmem(error.p, error.n, "unstable", 8) != NULL;
}

/* Two errors of which one is no stable text. */
static bool
same_trouble(struct slice x, struct slice y)
{
	struct slice ours = scan_get(x, "e"), theirs = scan_get(y, "e");

	return ours.p != NULL && theirs.p != NULL &&
	    (is_unstable(ours) || is_unstable(theirs));
}

/* Both are arrays of {"v":VALUE} and perhaps a last {"e":TEXT}. */
static bool
alike(const char *ours, const char *theirs)
{
	struct scan a, b;
	struct slice x, y;

	if (strcmp(ours, theirs) == 0 || excused(theirs))
		return true;
	if (*theirs != '[')
		return false;
	scan_enter(&a, slice(ours));
	scan_enter(&b, slice(theirs));
	while (scan_element(&a, &x)) {
		if (!scan_element(&b, &y))
			return false;
		if (!slice_eq(x, y) && !same_trouble(x, y))
			return false;
	}
	return !scan_element(&b, &y);
}

/* The first document that they do not agree about, or -1. */
static int
differs(const struct pair *p)
{
	int i;

	for (i = 0; i < p->docs; i++)
		if (!alike(p->ours[i], p->jq[i]))
			return i;
	return -1;
}

/* ---- smaller pairs that still differ ---- */

struct trials {			/* ways to make `pair` smaller */
	struct pair *pair, *p;
	struct {
		struct node **node, *by;	/* this node by that */
		struct json *list, *element;	/* or an element by that */
		int at;				/* (NULL: gone) */
	} edit[TRIALS];
	int n;
};

/* `pair` as it is now, one edit having been made. */
static void
propose(struct trials *t)
{
	struct pair *p = &t->p[t->n];
	struct buf mistakes = BUF(1 << 16);

	*p = *t->pair;
	write_down(p);
	if (t->n < TRIALS - 1 && strlen(p->expr) + strlen(p->doc[0]) <
	    strlen(t->pair->expr) + strlen(t->pair->doc[0]) &&
	    ask_us(p, &mistakes))
		t->n++;
	buf_free(&mistakes);
}

static void
try_nodes(struct trials *t, struct node **at)
{
	static const char *const words[] = { ".", "null", "1", "\"a\"", "[]" };
	struct node *was = *at;
	size_t i;
	int k;

	for (k = 0; k < was->kids; k++)
		if (was->kid[k] != NULL) {
			t->edit[t->n].node = at;
			t->edit[t->n].by = *at = was->kid[k];
			propose(t);
		}
	for (i = 0; i < sizeof(words) / sizeof(*words); i++) {
		t->edit[t->n].node = at;
		t->edit[t->n].by = *at = word(words[i]);
		propose(t);
	}
	*at = was;
	for (k = 0; k < was->kids; k++)
		if (was->kid[k] != NULL)
			try_nodes(t, &was->kid[k]);
}

static void
put_element(struct json *list, int at, struct json *by)
{
	int i;

	if (by != NULL) {
		list->kid[at] = by;
		return;
	}
	for (i = at; i + 1 < list->kids; i++)
		list->kid[i] = list->kid[i + 1];
	list->kids--;
}

static void
try_elements(struct trials *t, struct json *list)
{
	struct json kept, *null;
	int i;

	for (i = 0; i < list->kids; i++) {
		kept = *list;
		kept.kid = pool_get(pool, (size_t)list->kids *
		    sizeof(*kept.kid));
		memcpy(kept.kid, list->kid, (size_t)list->kids *
		    sizeof(*kept.kid));
		null = leaf("1");
		null->key = list->kid[i]->key;
		t->edit[t->n].node = NULL;
		t->edit[t->n].list = list;
		t->edit[t->n].element = null;
		t->edit[t->n].at = i;
		put_element(list, i, null);
		propose(t);
		*list = kept;
		kept.kid = pool_get(pool, (size_t)list->kids *
		    sizeof(*kept.kid));
		memcpy(kept.kid, list->kid, (size_t)list->kids *
		    sizeof(*kept.kid));
		t->edit[t->n].node = NULL;
		t->edit[t->n].list = list;
		t->edit[t->n].element = NULL;
		t->edit[t->n].at = i;
		put_element(list, i, NULL);
		propose(t);
		*list = kept;
		try_elements(t, list->kid[i]);
	}
}

/* One step: the shortest of all edits that still differs.  False: none. */
static bool
smaller(struct pair *pair)
{
	struct trials t = { .pair = pair };
	size_t length, best_length = SIZE_MAX;
	int i, best = -1;

	t.p = pool_get(pool, TRIALS * sizeof(*t.p));
	try_nodes(&t, &pair->node);
	try_elements(&t, pair->json[0]);
	for (i = 0; i < t.n; i += BATCH)
		ask_jq(t.p + i, t.n - i < BATCH ? t.n - i : BATCH);
	for (i = 0; i < t.n; i++) {
		length = strlen(t.p[i].expr) + strlen(t.p[i].doc[0]);
		if (differs(&t.p[i]) == -1 || length >= best_length ||
		    *t.p[i].jq[0] != *pair->jq[0])	/* [ or a word */
			continue;
		best = i;
		best_length = length;
	}
	if (best == -1)
		return false;
	if (t.edit[best].node != NULL)
		*t.edit[best].node = t.edit[best].by;
	else
		put_element(t.edit[best].list, t.edit[best].at,
		    t.edit[best].element);
	pair->ours[0] = t.p[best].ours[0];
	pair->jq[0] = t.p[best].jq[0];
	write_down(pair);
	return true;
}

static void
tell(struct pair *p, int doc)
{
	p->json[0] = p->json[doc];
	p->doc[0] = p->doc[doc];
	p->ours[0] = p->ours[doc];
	p->jq[0] = p->jq[doc];
	p->docs = 1;
	while (strncmp(p->jq[0], NO_ANSWER, strlen(NO_ANSWER)) != 0 &&
	    smaller(p))
		;
	printf("%s\n%s\n  ours  %s\n  jq    %s\n", p->expr, p->doc[0],
	    p->ours[0], p->jq[0]);
	if (strcmp(p->expr, p->for_jq) != 0)
		printf("  as    %s\n", p->for_jq);
	printf("\n");
}

/* ---- all of them ---- */

struct counts {
	long values, errors, excused, differ;
};

static void
make(struct pair *p)
{
	char type = "oooooooOONSAsnaL"[below(16)];
	struct buf mistakes = BUF(1 << 16);
	int i;

	do {
		nodes = vars = 0;
		p->node = grow("aaaansbNSOoA"[below(12)], type, DEPTH, NULL);
		p->docs = DOCS;
		for (i = 0; i < DOCS; i++)
			p->json[i] = document(below(12) == 0 ? 'a' : type, 2);
		write_down(p);
		buf_reset(&mistakes);
		if (ask_us(p, &mistakes))
			break;
		/* jq finds flags that are none when it runs, we when we
		 * compile */
		if (mistakes.n > 0 && strstr(buf_cstr(&mistakes),
		    "are no flags") == NULL)
			errx(1, "refused by us: %s\n%.*s", p->expr,
			    (int)mistakes.n, mistakes.p);
	} while (true);
	buf_free(&mistakes);
}

static void
batch(long wanted, long most, struct counts *c)
{
	int n = wanted > BATCH * DOCS ? BATCH :
	    (int)((wanted + DOCS - 1) / DOCS);
	struct pair *p;
	int i, j;

	pool = pool_new();
	p = pool_get(pool, (size_t)n * sizeof(*p));
	for (i = 0; i < n; i++)
		make(&p[i]);
	ask_jq(p, n);
	for (i = 0; i < n; i++) {
		for (j = 0; j < p[i].docs; j++)
			if (excused(p[i].jq[j]))
				c->excused++;
			else if (strstr(p[i].ours[j], "{\"e\":") == NULL)
				c->values++;
			else
				c->errors++;
		if ((j = differs(&p[i])) == -1)
			continue;
		if (++c->differ > most)
			break;
		tell(&p[i], j);
	}
	pool_free(pool);
}

/* The version, for the last line. */
static char *
which_jq(void)
{
	char version[64] = "", *command;
	FILE *f;

	jq = getenv("JQ") == NULL ? "jq" : getenv("JQ");
	command = xasprintf("'%s' --version", jq);
	if ((f = popen(command, "r")) == NULL ||
	    fgets(version, sizeof(version), f) == NULL)
		errx(2, "cannot run '%s'", command);
	pclose(f);
	free(command);
	version[strcspn(version, "\n")] = '\0';
	flavour = strncmp(version, "jq-1.6", 6) == 0 ? JQ16 : JQ17;
	setenv("TZ", "UTC", 1);		/* %s is of the machine's zone */
	return xasprintf("%s", version);
}

static void
last_line(const struct counts *c, uint64_t seed, const char *version)
{
	printf("seed %llu, %s: %ld pairs compared, %ld with values alone, "
	    "%ld with an error, %ld of jq's own mistakes; %ld expressions "
	    "differ; %.1f s of jq's CPU\n", (unsigned long long)seed, version,
	    c->values + c->errors, c->values, c->errors, c->excused,
	    c->differ, jq_cpu);
}

int
main(int argc, char **argv)
{
	struct counts c = { 0 };
	uint64_t seed = 1;
	long pairs = 20000, most = 5;
	char *version;
	int o;

	while ((o = getopt(argc, argv, "n:s:d:m:t:")) != -1)
		switch (o) {
		case 'n': pairs = atol(optarg); break;
		case 's': seed = strtoull(optarg, NULL, 10); break;
		case 'm': most = atol(optarg); break;
		case 'd': directory = optarg; break;
		case 't': jq_seconds = (unsigned)atol(optarg); break;
		default: return 2;
		}
	setvbuf(stdout, NULL, _IOLBF, 0);
	version = which_jq();
	state = seed;
	while (c.values + c.errors < pairs && c.differ <= most)
		batch(pairs - c.values - c.errors, most, &c);
	last_line(&c, seed, version);
	free(version);
	return c.differ == 0 ? 0 : 1;
}
