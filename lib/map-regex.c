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

#include "map-int.h"

enum {
	COMPUTED = 64,		/* patterns of records kept at a time */
	PATTERN_MAX = 10000,	/* bytes of a pattern */
	PARSE_DEPTH = 200,	/* nesting of a pattern: C stack */
	STACK_MAX = 200000,	/* of a search: 10 MB or so */
	RETRIES = 1 << 20,	/* of a search, some 10 ms */
};

struct regex {
	struct regex *next;
	uint64_t hash;
	struct slice pattern;
	unsigned options;
	OnigRegex onig;
	int groups;		/* the whole match among them */
	struct slice *names;	/* of the groups; absent: none */
};

struct regexes {
	struct regex *slot[COMPUTED];
	size_t n;
	OnigRegion *region;	/* of the last search */
	OnigMatchParam *param;
};

/* Oniguruma sets its tables up once for the whole process. */
static void
initialize(void)
{
	OnigEncoding encodings[] = { ONIG_ENCODING_UTF8 };

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
	r = onig_new(&x->onig, p, p + x->pattern.n, x->options |
	    ONIG_OPTION_CAPTURE_GROUP, ONIG_ENCODING_UTF8,
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

static int
search(struct regexes *r, const struct regex *x, struct slice s, size_t from,
    unsigned long retries)
{
	const OnigUChar *p = (const OnigUChar *)s.p, *end = p + s.n;

	if (r->region == NULL) {
		r->region = onig_region_new();
		r->param = onig_new_match_param();
		if (r->region == NULL || r->param == NULL)
			return ONIGERR_MEMORY;
		onig_set_match_stack_limit_size_of_match_param(r->param,
		    STACK_MAX);
	}
	onig_set_retry_limit_in_match_of_match_param(r->param, retries);
	onig_set_retry_limit_in_search_of_match_param(r->param, retries);
	return onig_search_with_param(x->onig, p, end, p + from, end,
	    r->region, ONIG_OPTION_NONE, r->param);
}

/*
 * Oniguruma does not tell how hard a search was, so it is tried with few
 * retries first and with four times as many each time these do not do: what
 * was counted is then near to what it took.
 */
int
regex_search(struct regexes *r, const struct regex *x, struct slice s,
    size_t from, long *steps, long most, struct hit *hit)
{
	unsigned long retries;
	int found;

	for (retries = 64; ; retries *= 4) {
		*steps += (long)retries / 8;
		if (*steps > most)
			return REGEX_LIMIT;
		found = search(r, x, s, from, retries);
		if (found >= 0)
			break;
		if (found == ONIG_MISMATCH)
			return 0;
		if ((found != ONIGERR_RETRY_LIMIT_IN_MATCH_OVER &&
		    found != ONIGERR_RETRY_LIMIT_IN_SEARCH_OVER) ||
		    retries >= RETRIES)
			return REGEX_LIMIT;
	}
	*hit = (struct hit){ x->groups, r->region->beg, r->region->end,
	    x->names };
	return 1;
}
