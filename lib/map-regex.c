/*
 * map-regex - regular expressions: the only door to Oniguruma
 *
 * A pattern is compiled once.  Those that stand in a map as they are belong
 * to the set and are shared by all threads, which only read them; those that
 * are computed from a record belong to the thread and are few: when their
 * table is full, it begins anew.
 */

#include <oniguruma.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "map-eval.h"
#include "map-regex.h"

enum {
	COMPUTED = 64,		/* patterns of records kept at a time */
	PATTERN_MAX = 10000,	/* bytes of a pattern */
	PARSE_DEPTH = 200,	/* nesting of a pattern: C stack */
	STACK_MAX = 1 << 21,	/* of a search: 64 MB; a loop over a text of
				 * 1 MB takes one for each byte */
	SEARCHING = 8000000,	/* of a record, in units: 2 s or so */
	SEARCH = 2,		/* units of a search that finds at once, */
	RETRIES = 64,		/* with so many retries; */
	RETRIES_UNIT = 4,	/* one for so many more, */
	VISITS_UNIT = 64,	/* and for so many characters looked at */
	RETRIES_MAX = 1 << 20,	/* at one place, where not all is counted */
	SLICE = 1000000000,	/* what may be done unseen, 2 s or so */
	NET = 2,		/* seconds of CPU of what cannot be counted */
};

struct regex {
	struct regex *next;
	uint64_t hash;
	struct slice pattern;
	unsigned options;
	OnigRegex onig;
	bool counted;		/* each of its loops is seen by visit() */
	bool walks;		/* it can be tried place by place as well */
	bool lines;		/* and where lines begin is enough */
	int groups;		/* the whole match among them */
	struct slice *names;	/* of the groups; absent: none */
};

struct regexes {
	struct regex *slot[COMPUTED];
	size_t n;
	OnigRegion *region;	/* of the last search */
	OnigMatchParam *param;
};

/* ---- counting ---- */

/*
 * Oniguruma counts how often it goes back, but not how far it goes on, and a
 * loop such as [^>]* that runs to the end of the text from each of its bytes
 * never goes back.  But for whatever is no literal it asks the encoding how
 * long a character is: so the encoding counts.  When the count is over, the
 * rest of the text is one long character: all loops end at once, and what
 * they found is not used.
 */
static _Thread_local struct {
	const OnigUChar *text, *end;	/* of the search, or NULL */
	long left;
} visits;

static OnigEncodingType utf8;		/* set up once, then only read */

static int
visit(const OnigUChar *p)
{
	if (--visits.left < 0 && (uintptr_t)p >= (uintptr_t)visits.text &&
	    (uintptr_t)p < (uintptr_t)visits.end)
		return (int)(visits.end - p);
	return *p < 0x80 ? 1 : OnigEncodingUTF8.mbc_enc_len(p);
}

/* Behind a class in brackets; `seen`: it is clear where that is. */
static size_t
skip_class(struct slice s, size_t i, bool *seen)
{
	int depth = 0;

	do {
		if (s.p[i] == '\\') {
			i++;
		} else if (s.p[i] == '[') {
			depth++;
			i += i + 1 < s.n && s.p[i + 1] == '^';
			i += i + 1 < s.n && s.p[i + 1] == ']';
		} else if (s.p[i] == ']') {
			depth--;
		}
		i++;
	} while (i < s.n && depth > 0);
	*seen = depth == 0;
	return depth == 0 ? i : s.n + 1;
}

/* Behind the atom at `i`; `seen`: visit() sees each character of it. */
static size_t
skip_atom(struct slice s, size_t i, bool *seen)
{
	*seen = true;
	if (s.p[i] == '[')
		return skip_class(s, i, seen);
	if (s.p[i] == '.')
		return i + 1;
	*seen = s.p[i] == '\\' && i + 1 < s.n &&
	    strchr("wWdDsShH", s.p[i + 1]) != NULL;
	return i + (s.p[i] == '\\' ? 2 : 1);
}

/*
 * Whether all that repeats is a class: what repeats a literal or a group,
 * refers back or looks around may go far without being seen.  In doubt no.
 */
static bool
is_counted(struct slice s)
{
	bool seen = false;
	size_t i = 0;

	while (i < s.n) {
		if (strchr("*+{", s.p[i]) != NULL) {
			if (!seen)
				return false;
			i++;
		} else if (s.p[i] == '\\' && i + 1 < s.n &&
		    strchr("123456789kgQ", s.p[i + 1]) != NULL) {
			return false;
		} else if (s.p[i] == '(' && i + 2 < s.n && s.p[i + 1] == '?' &&
		    s.p[i + 2] != ':') {
			return false;
		} else {
			i = skip_atom(s, i, &seen);
		}
	}
	return i == s.n;
}

/*
 * Whether what does not match where a line begins matches nowhere in that
 * line: behind .* it makes no difference where a match began.  Oniguruma
 * mostly tries each place nevertheless, and goes to the end from each.
 */
static bool
is_by_lines(struct slice s)
{
	size_t i = 2;

	if (s.n < 2 || memcmp(s.p, ".*", 2) != 0)
		return false;
	i += i < s.n && s.p[i] == '?';
	return (i == s.n || strchr("*+?{", s.p[i]) == NULL) &&
	    memchr(s.p, '|', s.n) == NULL && is_counted(s);
}

/* Oniguruma sets its tables up once for the whole process. */
static void
initialize(void)
{
	OnigEncoding encodings[] = { &utf8 };

	utf8 = OnigEncodingUTF8;
	utf8.mbc_enc_len = visit;
	onig_initialize(encodings, 1);
	onig_set_parse_depth_limit(PARSE_DEPTH);
}

struct regexes *
regexes_new(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	struct regexes *r = xcalloc(1, sizeof(*r));

	pthread_once(&once, initialize);
	return r;
}

static void
regex_free(struct regex *x)
{
	if (x->onig != NULL)
		onig_free(x->onig);
	free(x->names);
	free((char *)x->pattern.p);
	free(x);
}

static void
forget(struct regexes *r)
{
	struct regex *x;
	size_t i;

	for (i = 0; i < COMPUTED; i++)
		while ((x = r->slot[i]) != NULL) {
			r->slot[i] = x->next;
			regex_free(x);
		}
	r->n = 0;
}

void
regexes_free(struct regexes *r)
{
	if (r == NULL)
		return;
	forget(r);
	if (r->region != NULL)
		onig_region_free(r->region, 1);
	if (r->param != NULL)
		onig_free_match_param(r->param);
	free(r);
}

/* ---- compiling ---- */

struct naming {
	struct slice *names;
	int groups;
};

static int
name_groups(const OnigUChar *name, const OnigUChar *end, int n, int *group,
    OnigRegex onig, void *ctx)
{
	struct naming *to = ctx;
	int i;

	(void)onig;
	for (i = 0; i < n; i++)
		if (group[i] < to->groups)
			to->names[group[i]] = (struct slice){
			    (const char *)name, (size_t)(end - name) };
	return 0;
}

static int
compile(struct regex *x, struct why *w)
{
	const OnigUChar *p = (const OnigUChar *)x->pattern.p;
	OnigUChar text[ONIG_MAX_ERROR_MESSAGE_LEN];
	OnigErrorInfo info = {0};
	struct naming to;
	int r;

	if (x->pattern.n > PATTERN_MAX)
		return why(w, WHY_DATA, "longer than %d bytes", PATTERN_MAX);
	visits.text = visits.end = NULL;
	x->counted = is_counted(x->pattern);
	x->lines = is_by_lines(x->pattern);
	/* l looks everywhere; behind .* there would be too many places */
	x->walks = !(x->options & ONIG_OPTION_FIND_LONGEST) && (x->lines ||
	    (!x->counted && (x->pattern.n < 2 ||
	    memcmp(x->pattern.p, ".*", 2) != 0)));
	r = onig_new(&x->onig, p, p + x->pattern.n, x->options |
	    ONIG_OPTION_CAPTURE_GROUP, &utf8,
	    ONIG_SYNTAX_PERL_NG, &info);
	if (r != ONIG_NORMAL) {
		x->onig = NULL;
		onig_error_code_to_str(text, r, &info);
		return why(w, WHY_DATA, "%s", (const char *)text);
	}
	x->groups = onig_number_of_captures(x->onig) + 1;
	x->names = xcalloc((size_t)x->groups, sizeof(*x->names));
	to = (struct naming){ x->names, x->groups };
	onig_foreach_name(x->onig, name_groups, &to);
	return 0;
}

static uint64_t
hash_of(struct slice s, unsigned options)
{
	uint64_t h = s.n * 31 + options, part = 0;
	size_t i;

	for (i = 0; i + 8 <= s.n; i += 8) {
		memcpy(&part, s.p + i, 8);
		h = (h ^ part) * 0x9e3779b97f4a7c15u;
		h ^= h >> 29;
	}
	part = 0;
	if (i < s.n)
		memcpy(&part, s.p + i, s.n - i);
	h = (h ^ part) * 0x9e3779b97f4a7c15u;
	return h ^ h >> 32;
}

static const struct regex *
find(const struct regexes *r, struct slice pattern, unsigned options,
    uint64_t hash)
{
	const struct regex *x;

	for (x = r->slot[hash % COMPUTED]; x != NULL; x = x->next)
		if (x->hash == hash && x->options == options &&
		    slice_eq(x->pattern, pattern))
			return x;
	return NULL;
}

static const struct regex *
add(struct regexes *r, struct slice pattern, unsigned options, uint64_t hash,
    struct why *w)
{
	struct regex *x = xcalloc(1, sizeof(*x));

	x->hash = hash;
	x->options = options;
	x->pattern = (struct slice){ xstrndup(pattern.p, pattern.n),
	    pattern.n };
	if (compile(x, w) == -1) {
		regex_free(x);
		return NULL;
	}
	x->next = r->slot[hash % COMPUTED];
	r->slot[hash % COMPUTED] = x;
	r->n++;
	return x;
}

int
regex_flags(struct slice flags, unsigned *options, bool *global)
{
	size_t i;

	*options = ONIG_OPTION_NONE;
	for (i = 0; i < flags.n; i++)
		switch (flags.p[i]) {
		case 'g':
			*global = true;
			break;
		case 'i':
			*options |= ONIG_OPTION_IGNORECASE;
			break;
		case 'x':
			*options |= ONIG_OPTION_EXTEND;
			break;
		case 's':
			*options |= ONIG_OPTION_SINGLELINE;
			break;
		case 'p':
			*options |= ONIG_OPTION_MULTILINE |
			    ONIG_OPTION_SINGLELINE;
			break;
		case 'l':
			*options |= ONIG_OPTION_FIND_LONGEST;
			break;
		case 'n':
			*options |= ONIG_OPTION_FIND_NOT_EMPTY;
			break;
		default:
			return -1;
		}
	return 0;
}

int
regexes_add(struct regexes *r, struct slice pattern, unsigned options,
    struct why *w)
{
	uint64_t hash = hash_of(pattern, options);

	return find(r, pattern, options, hash) != NULL ||
	    add(r, pattern, options, hash, w) != NULL ? 0 : -1;
}

const struct regex *
regexes_get(const struct regexes *constant, struct regexes *computed,
    struct slice pattern, unsigned options, struct why *w)
{
	uint64_t hash = hash_of(pattern, options);
	const struct regex *x = constant == NULL ? NULL :
	    find(constant, pattern, options, hash);

	if (x == NULL)
		x = find(computed, pattern, options, hash);
	if (x != NULL)
		return x;
	if (computed->n == COMPUTED)
		forget(computed);
	return add(computed, pattern, options, hash, w);
}

struct slice
regex_pattern(const struct regex *x)
{
	return x->pattern;
}

/* ---- searching ---- */

static bool
prepare(struct regexes *r, unsigned long retries)
{
	if (r->region == NULL) {
		r->region = onig_region_new();
		r->param = onig_new_match_param();
		if (r->region == NULL || r->param == NULL)
			return false;
		onig_set_match_stack_limit_size_of_match_param(r->param,
		    STACK_MAX);
	}
	onig_set_retry_limit_in_match_of_match_param(r->param, retries);
	onig_set_retry_limit_in_search_of_match_param(r->param, retries);
	return true;
}

struct place {			/* where matches are looked for */
	struct slice s;
	size_t from, at;	/* the first byte of all, of this search */
	bool here;		/* only at `at` */
};

/* Oniguruma's answer; what it visited is charged. */
static int
search(struct ev *e, const struct regex *x, const struct place *where,
    unsigned long retries)
{
	const OnigUChar *p = (const OnigUChar *)where->s.p;
	const OnigUChar *end = p + where->s.n, *at = p + where->at;
	long left = (SEARCHING - e->searched + 1) * VISITS_UNIT;
	struct regexes *r = e->regexes;
	int found;

	if (!prepare(r, retries))
		return ONIGERR_MEMORY;
	visits.text = p;
	visits.end = end;
	visits.left = left;
	found = where->here ?
	    onig_match_with_param(x->onig, p, end, at, r->region,
	    where->at > where->from ? ONIG_OPTION_NOT_BEGIN_POSITION :
	    ONIG_OPTION_NONE, r->param) :
	    onig_search_with_param(x->onig, p, end, at, end, r->region,
	    ONIG_OPTION_NONE, r->param);
	visits.text = visits.end = NULL;
	e->searched += (left - visits.left) / VISITS_UNIT;
	return visits.left < 0 ? ONIGERR_MATCH_STACK_LIMIT_OVER : found;
}

static int64_t
cpu_time(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/*
 * Before a search that cannot be counted and may do so much `work` unseen.
 * The clock decides only here, and is asked only when the searches of the
 * record might have taken a tenth of a second since.  -1: it took too long.
 *
 * No count would do: Oniguruma limits how often it goes back, how deep its
 * stack is and how often a group is called, but not how often it goes on; a
 * callout counts only where it is written into the pattern; and `work` is all
 * that may have been done: for 60,000 finds in 1 MB far beyond any limit.
 */
static int
unseen(struct ev *e, double work)
{
	int64_t now;

	e->unseen.work += work;
	if (e->unseen.work < SLICE / 20)
		return 0;
	e->unseen.work = 0;
	now = cpu_time();
	if (e->unseen.since == 0)
		e->unseen.since = now;
	return now - e->unseen.since > (int64_t)NET * 1000000000 ? -1 : 0;
}

/* Four times as many retries; but of what cannot be counted only as many more
 * as end in time, whatever each does. */
static unsigned long
more(const struct regex *x, unsigned long tries, unsigned long slice)
{
	return x->counted || tries * 3 <= slice ? tries * 4 : tries + slice;
}

enum { TOO_MANY = -3 };		/* a walk would do it */

/*
 * Oniguruma does not tell how hard a search was, so it is tried with few
 * retries first and with more each time these do not do: what is charged is
 * then near to what it took.
 */
static int
look(struct ev *e, const struct regex *x, const struct place *where,
    unsigned long tries)
{
	size_t reach = where->s.n - where->at + 1;
	unsigned long slice = SLICE / reach + 1, before = 0;
	int found;

	e->searched += where->here ? 1 : SEARCH;
	for (tries = tries < slice ? tries : slice; ;
	    tries = more(x, tries, slice)) {
		e->searched += before == 0 ? 0 : (long)(tries - before) /
		    RETRIES_UNIT + 1;
		if (e->searched > SEARCHING || (!x->counted && unseen(e,
		    (double)(tries - before) * (double)reach) == -1))
			return REGEX_LIMIT;
		found = search(e, x, where, tries);
		if (found >= 0)
			return 1;
		if (found == ONIG_MISMATCH)
			return 0;
		if (found != ONIGERR_RETRY_LIMIT_IN_MATCH_OVER &&
		    found != ONIGERR_RETRY_LIMIT_IN_SEARCH_OVER)
			return REGEX_LIMIT;
		if (!x->counted && tries >= RETRIES_MAX)
			return x->walks && !where->here ? TOO_MANY :
			    REGEX_LIMIT;
		if (x->walks && !where->here && tries * 3 > slice)
			return TOO_MANY;
		before = tries;
	}
}

/* The next place where a match may begin; behind the text: none. */
static size_t
next_place(const struct regex *x, const struct place *where)
{
	struct slice s = where->s;
	size_t at = where->at + 1;
	const char *lf = NULL;

	if (!x->lines) {
		while (at < s.n && ((unsigned char)s.p[at] & 0xc0) == 0x80)
			at++;
		return at;
	}
	if (where->at < s.n && !(x->options & ONIG_OPTION_MULTILINE))
		lf = memchr(s.p + where->at, '\n', s.n - where->at);
	return lf == NULL ? s.n + 1 : (size_t)(lf - s.p) + 1;
}

/* Place by place: what was looked at is behind us, and each place is little. */
static int
walk(struct ev *e, const struct regex *x, struct place *where)
{
	int found;

	where->here = true;
	for (; where->at <= where->s.n; where->at = next_place(x, where)) {
		found = look(e, x, where, RETRIES / 8);
		if (found != 0)
			return found;
	}
	return 0;
}

int
regex_search(struct ev *e, const struct regex *x, struct slice s,
    size_t from, struct hit *hit)
{
	struct place where = { s, from, from, false };
	int found = look(e, x, &where, RETRIES);

	if (found == TOO_MANY)
		found = walk(e, x, &where);
	if (found == 1)
		*hit = (struct hit){ x->groups, e->regexes->region->beg,
		    e->regexes->region->end, x->names };
	return found;
}
