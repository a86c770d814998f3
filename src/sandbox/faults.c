#include <err.h>
#include <errno.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "faults.h"

struct line {
	yyjson_doc *doc;	/* the whole line */
	regex_t path, query;
	int has_path, has_query;
	uint64_t seen;		/* requests that agreed so far */
	uint64_t used;		/* of them, those that were hit */
	uint64_t dice, thrown;
};

struct faults {
	uint64_t seed;
	const struct fault_word *words;		/* the vendor's */
	size_t nwords;
	const char *(*check)(const char *name, yyjson_val *v);
	struct line *line;
	size_t n;
};

struct fault {
	yyjson_doc *doc;
};

/* --- dice --- */

/* splitmix64: small, and the same everywhere. */
static uint64_t
mix(uint64_t n)
{
	uint64_t z = n * 0x9e3779b97f4a7c15u;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

/* Mixed twice: dice whose seeds are neighbours would else throw the same,
 * one throw later. */
uint64_t
faults_dice(uint64_t seed, uint64_t n)
{
	return mix(mix(seed + 1) + n + 1);
}

double
faults_throw(uint64_t dice, uint64_t n)
{
	return (double)(mix(dice + n + 1) >> 11) / 9007199254740992.0;
}

/* --- lines --- */

static void *
grab(size_t n, size_t size)
{
	void *p = calloc(n, size);

	if (p == NULL)
		err(3, "cannot allocate memory");
	return p;
}

struct faults *
faults_open(uint64_t seed)
{
	struct faults *f = grab(1, sizeof *f);

	f->seed = seed;
	return f;
}

static void
lines_free(struct line *line, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (line[i].has_path)
			regfree(&line[i].path);
		if (line[i].has_query)
			regfree(&line[i].query);
		yyjson_doc_free(line[i].doc);
	}
	free(line);
}

static int
pattern(regex_t *re, int *has, yyjson_val *obj, const char *name, char *why,
    size_t size)
{
	yyjson_val *v = yyjson_obj_get(obj, name);
	char msg[200];
	int rc;

	if (v == NULL)
		return 0;
	rc = regcomp(re, yyjson_get_str(v), REG_EXTENDED | REG_NOSUB);
	if (rc) {
		regerror(rc, re, msg, sizeof msg);
		snprintf(why, size, "'%s': %s", name, msg);
		return -1;
	}
	*has = 1;
	return 0;
}

/* --- what a line may hold --- */

static const struct fault_word common[] = {
	{"method", FAULT_TEXT}, {"path", FAULT_TEXT}, {"query", FAULT_TEXT},
	{"body", FAULT_TEXT}, {"nth", FAULT_NUMBER}, {"times", FAULT_NUMBER},
	{"every", FAULT_NUMBER}, {"probability", FAULT_NUMBER},
	{"delay", FAULT_NUMBER}, {"hang", FAULT_HANG}, {"reset", FAULT_RESET},
	{"status", FAULT_NUMBER}, {"after", FAULT_FLAG},
	{"headers", FAULT_OBJECT}, {"body_text", FAULT_TEXT},
	{"body_json", FAULT_ANY}, {"type", FAULT_TEXT},
	{"truncate", FAULT_NUMBER}};

#define NCOMMON (sizeof common / sizeof *common)

void
faults_words(struct faults *f, const struct fault_word *words, size_t n)
{
	f->words = words;
	f->nwords = n;
}

void
faults_check(struct faults *f, const char *(*check)(const char *name,
    yyjson_val *v))
{
	f->check = check;
}

/* NULL, or what a value of this kind has to be. */
static const char *
unsuitable(enum fault_kind kind, yyjson_val *v)
{
	int number = yyjson_is_num(v) && yyjson_get_num(v) >= 0;

	switch (kind) {
	case FAULT_NUMBER:
		return number ? NULL : "a number of 0 or more";
	case FAULT_TEXT:
		return yyjson_is_str(v) ? NULL : "text";
	case FAULT_FLAG:
		return yyjson_is_bool(v) ? NULL : "true or false";
	case FAULT_OBJECT:
		return yyjson_is_obj(v) ? NULL : "an object";
	case FAULT_RESET:
		return yyjson_equals_str(v, "before") ||
		    yyjson_equals_str(v, "after") ? NULL :
		    "\"before\" or \"after\"";
	case FAULT_HANG:
		return yyjson_is_bool(v) || number ? NULL :
		    "true, false or a number of seconds";
	default:
		return NULL;
	}
}

static const struct fault_word *
word(const struct faults *f, const char *name)
{
	for (size_t i = 0; i < NCOMMON; i++)
		if (strcmp(common[i].name, name) == 0)
			return &common[i];
	for (size_t i = 0; i < f->nwords; i++)
		if (strcmp(f->words[i].name, name) == 0)
			return &f->words[i];
	return NULL;
}

/* Does the vendor say what may be inside of `name`? */
static int
has_inside(const struct faults *f, const char *name)
{
	size_t n = strlen(name);

	for (size_t i = 0; i < f->nwords; i++)
		if (strncmp(f->words[i].name, name, n) == 0 &&
		    f->words[i].name[n] == '.')
			return 1;
	return 0;
}

/* Every member of `o`, whose own name is `in`, is one of those above. */
static int
members(const struct faults *f, const char *in, yyjson_val *o, char *why,
    size_t size)
{
	const struct fault_word *w;
	const char *want;
	yyjson_val *k, *v;
	char name[200];
	size_t i, max;

	yyjson_obj_foreach(o, i, max, k, v) {
		snprintf(name, sizeof name, "%s%s%s", in, *in ? "." : "",
		    yyjson_get_str(k));
		if ((w = word(f, name)) == NULL) {
			snprintf(why, size, "there is no member '%s'", name);
			return -1;
		}
		want = unsuitable(w->kind, v);
		if (want == NULL && f->check)
			want = f->check(name, v);
		if (want) {
			snprintf(why, size, "'%s' is not %s", name, want);
			return -1;
		}
		if (yyjson_is_obj(v) && has_inside(f, name) &&
		    members(f, name, v, why, size) == -1)
			return -1;
	}
	return 0;
}

static int
line_read(const struct faults *f, struct line *l, const char *p, size_t n,
    char *why, size_t size)
{
	yyjson_read_err e;
	yyjson_val *o;

	l->doc = yyjson_read_opts((char *)(uintptr_t)p, n, 0, NULL, &e);
	if (l->doc == NULL) {
		snprintf(why, size, "%s at byte %zu", e.msg, e.pos);
		return -1;
	}
	o = yyjson_doc_get_root(l->doc);
	if (!yyjson_is_obj(o)) {
		snprintf(why, size, "not an object");
		return -1;
	}
	if (members(f, "", o, why, size) == -1 ||
	    pattern(&l->path, &l->has_path, o, "path", why, size) == -1)
		return -1;
	return pattern(&l->query, &l->has_query, o, "query", why, size);
}

int
faults_set(struct faults *f, const char *text, size_t n, char *why,
    size_t size)
{
	struct line *line = NULL;
	size_t used = 0, room = 0, number = 0, len, max;
	const char *p = text, *end = text + n, *nl;
	char msg[300];

	max = size;
	for (; p < end; p = nl + 1) {
		nl = memchr(p, '\n', (size_t)(end - p));
		if (nl == NULL)
			nl = end;
		number++;
		len = (size_t)(nl - p);
		if (len == 0 || *p == '#' || strspn(p, " \t\r") >= len)
			continue;
		if (used == room) {
			room = room ? room * 2 : 8;
			line = realloc(line, room * sizeof *line);
			if (line == NULL)
				err(3, "cannot allocate memory");
		}
		memset(&line[used], 0, sizeof *line);
		line[used].dice = faults_dice(f->seed, used);
		used++;
		if (line_read(f, &line[used - 1], p, len, msg,
		    sizeof msg) == -1) {
			snprintf(why, max, "line %zu: %s", number, msg);
			lines_free(line, used);
			return -1;
		}
	}
	lines_free(f->line, f->n);
	f->line = line;
	f->n = used;
	return 0;
}

int
faults_load(struct faults *f, const char *file, char *why, size_t size)
{
	struct buf b = {0};
	char msg[400];
	FILE *in;
	size_t got;
	int rc = -1;

	if ((in = fopen(file, "r")) == NULL) {
		snprintf(why, size, "cannot read '%s': %s", file,
		    strerror(errno));
		return -1;
	}
	do {
		got = fread(buf_room(&b, 8192), 1, 8192, in);
		b.n += got;
	} while (got > 0);
	if (ferror(in))
		snprintf(why, size, "cannot read '%s': %s", file,
		    strerror(errno));
	else if ((rc = faults_set(f, b.n ? b.p : "", b.n, msg,
	    sizeof msg)) == -1)
		snprintf(why, size, "cannot use '%s': %s", file, msg);
	fclose(in);
	buf_free(&b);
	return rc;
}

static int
agrees(const struct line *l, const char *method, const char *path,
    const char *query, const char *body, size_t body_len)
{
	yyjson_val *o = yyjson_doc_get_root(l->doc), *v;

	v = yyjson_obj_get(o, "method");
	if (v && !yyjson_equals_str(v, method))
		return 0;
	if (l->has_path && regexec(&l->path, path, 0, NULL, 0))
		return 0;
	if (l->has_query && regexec(&l->query, query, 0, NULL, 0))
		return 0;
	v = yyjson_obj_get(o, "body");
	if (v && (body_len == 0 || !yyjson_is_str(v) ||
	    !memmem(body, body_len, yyjson_get_str(v), yyjson_get_len(v))))
		return 0;
	return 1;
}

/* A request agrees: is it this line's turn? */
static int
turn(struct line *l)
{
	yyjson_val *o = yyjson_doc_get_root(l->doc), *v;
	uint64_t nth = 1, times = UINT64_MAX, every = 1;

	if ((v = yyjson_obj_get(o, "nth"))) {
		nth = (uint64_t)yyjson_get_num(v);
		times = 1;
	}
	if ((v = yyjson_obj_get(o, "times")))
		times = (uint64_t)yyjson_get_num(v);
	if ((v = yyjson_obj_get(o, "every")) && yyjson_get_num(v) >= 1)
		every = (uint64_t)yyjson_get_num(v);
	l->seen++;
	if (nth == 0)
		nth = 1;
	if (l->seen < nth || l->used >= times || (l->seen - nth) % every)
		return 0;
	v = yyjson_obj_get(o, "probability");
	if (v && faults_throw(l->dice, l->thrown++) >= yyjson_get_num(v))
		return 0;
	l->used++;
	return 1;
}

static yyjson_mut_doc *
gather(yyjson_mut_doc *all, yyjson_val *from)
{
	yyjson_mut_val *root;
	yyjson_val *k, *v;
	size_t i, max;

	if (all == NULL) {
		all = yyjson_mut_doc_new(NULL);
		if (all)
			yyjson_mut_doc_set_root(all, yyjson_mut_obj(all));
	}
	root = yyjson_mut_doc_get_root(all);
	if (root == NULL)
		err(3, "cannot allocate memory");
	yyjson_obj_foreach(from, i, max, k, v)
		if (!yyjson_mut_obj_get(root, yyjson_get_str(k)))
			yyjson_mut_obj_add(root, yyjson_val_mut_copy(all, k),
			    yyjson_val_mut_copy(all, v));
	return all;
}

struct fault *
faults_pick(struct faults *f, const char *method, const char *path,
    const char *query, const char *body, size_t body_len)
{
	yyjson_mut_doc *all = NULL;
	struct fault *ft;
	struct line *l;

	for (size_t i = 0; i < f->n; i++) {
		l = &f->line[i];
		if (agrees(l, method, path, query, body, body_len) && turn(l))
			all = gather(all, yyjson_doc_get_root(l->doc));
	}
	if (all == NULL)
		return NULL;
	/* its own copy: the plan may be replaced while this request waits */
	ft = grab(1, sizeof *ft);
	ft->doc = yyjson_mut_doc_imut_copy(all, NULL);
	yyjson_mut_doc_free(all);
	if (ft->doc == NULL)
		err(3, "cannot allocate memory");
	return ft;
}

yyjson_val *
fault_get(const struct fault *ft, const char *name)
{
	if (ft == NULL)
		return NULL;
	return yyjson_obj_get(yyjson_doc_get_root(ft->doc), name);
}

const char *
fault_str(const struct fault *ft, const char *name)
{
	return yyjson_get_str(fault_get(ft, name));
}

long
fault_int(const struct fault *ft, const char *name, long none)
{
	yyjson_val *v = fault_get(ft, name);

	return yyjson_is_num(v) ? (long)yyjson_get_num(v) : none;
}

int
fault_true(const struct fault *ft, const char *name)
{
	return yyjson_is_true(fault_get(ft, name));
}

void
fault_free(struct fault *ft)
{
	if (ft == NULL)
		return;
	yyjson_doc_free(ft->doc);
	free(ft);
}

void
faults_close(struct faults *f)
{
	if (f == NULL)
		return;
	lines_free(f->line, f->n);
	free(f);
}
