/* conf - settings and secrets: one INI file, every name declared. */
#include <ctype.h>
#include <errno.h>
#include <ini.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "conf.h"
#include "file.h"
#include "say.h"
#include "scan.h"

enum {
	LINE = 200,		/* what libinih holds of a line */
	NAMES = 256,		/* more than there are in any list of names */
};

struct setting {
	char *value;		/* NULL: the fallback */
	char *origin;		/* file:line or --set */
};

struct conf {
	char *path, *folder;
	struct setting *settings;	/* beside conf_keys */
	struct buf run;			/* ,"name":"text" of run.NAME */
};

/* What the reader and the handler of libinih need. */
struct reading {
	struct conf *c;
	FILE *f;
	int line;
	int mistakes;
	char first[512];		/* told last, by the caller */
};

static int
find(const char *section, const char *name)
{
	int i;

	for (i = 0; conf_keys[i].section != NULL; i++)
		if (strcmp(conf_keys[i].section, section) == 0 &&
		    strcmp(conf_keys[i].name, name) == 0)
			return i;
	return -1;
}

static int
declared(const char *section, const char *name)
{
	int i = find(section, name);

	if (i == -1) {
		say_error("bug: setting [%s] %s is not declared", section,
		    name);
		abort();
	}
	return i;
}

static int
get(const struct conf *c, const char *section, const char *name,
    const char **value)
{
	int i = declared(section, name);

	*value = c->settings[i].value;
	if (*value == NULL || (**value == '\0' &&
	    conf_keys[i].type != CONF_LIST && conf_keys[i].type != CONF_PAIRS))
		*value = conf_keys[i].fallback;
	if (*value != NULL && **value == '\0')
		*value = NULL;
	return i;
}

/* The nearest declared section, or the nearest name within one. */
static const char *
nearest(const char *section, const char *name)
{
	const char *list[NAMES];
	int i, n = 0;

	for (i = 0; conf_keys[i].section != NULL && n < NAMES; i++) {
		if (name == NULL)
			list[n++] = conf_keys[i].section;
		else if (strcmp(conf_keys[i].section, section) == 0)
			list[n++] = conf_keys[i].name;
	}
	return say_nearest(name == NULL ? section : name, list, n);
}

static bool
known_section(const char *section)
{
	int i;

	for (i = 0; conf_keys[i].section != NULL; i++)
		if (strcmp(conf_keys[i].section, section) == 0)
			return true;
	return false;
}

/* The one other section that has a setting of this name, or NULL. */
static const char *
elsewhere(const char *name)
{
	const char *found = NULL;
	int i;

	for (i = 0; conf_keys[i].section != NULL; i++) {
		if (conf_keys[i].type == CONF_RETIRED ||
		    strcmp(conf_keys[i].name, name) != 0)
			continue;
		if (found != NULL)
			return NULL;
		found = conf_keys[i].section;
	}
	return found;
}

static int
unknown(const char *section, const char *name, struct why *w)
{
	const char *near;

	if (!known_section(section)) {
		near = nearest(section, NULL);
		why(w, WHY_SETUP, "unknown section [%s]%s%s%s", section,
		    near == NULL ? "" : "; did you mean [",
		    near == NULL ? "" : near, near == NULL ? "" : "]?");
	} else if ((near = elsewhere(name)) != NULL) {
		why(w, WHY_SETUP, "unknown setting '%s' in [%s]; it is in [%s]",
		    name, section, near);
	} else {
		near = nearest(section, name);
		why(w, WHY_SETUP, "unknown setting '%s' in [%s]%s%s%s", name,
		    section, near == NULL ? "" : "; did you mean '",
		    near == NULL ? "" : near, near == NULL ? "" : "'?");
	}
	return -1;
}

static bool
is_yes(const char *v)
{
	return strcmp(v, "yes") == 0 || strcmp(v, "true") == 0 ||
	    strcmp(v, "on") == 0 || strcmp(v, "1") == 0;
}

static bool
is_no(const char *v)
{
	return strcmp(v, "no") == 0 || strcmp(v, "false") == 0 ||
	    strcmp(v, "off") == 0 || strcmp(v, "0") == 0;
}

/* A whole number with a unit of `units`, a letter and its factor each. */
static int
whole(const char *v, const char *units, const long *factor, long *n)
{
	const char *u;
	char *end;
	long x;

	errno = 0;
	x = strtol(v, &end, 10);
	if (end == v || errno != 0 || x < 0)
		return -1;
	if (*end != '\0') {
		if (end[1] != '\0' || (u = strchr(units, *end)) == NULL ||
		    x > LONG_MAX / factor[u - units])
			return -1;
		x *= factor[u - units];
	}
	*n = x;
	return 0;
}

static int
number(enum conf_type type, const char *v, long *n)
{
	static const long size[] = { 1024, 1024 * 1024, 1024 * 1024 * 1024 };
	static const long seconds[] = { 1, 60, 3600, 86400 };

	if (type == CONF_SIZE)
		return whole(v, "kMG", size, n);
	if (type == CONF_SECONDS)
		return whole(v, "smhd", seconds, n);
	return whole(v, "", size, n);
}

static struct slice
trimmed(const char *p, const char *end)
{
	while (p < end && isspace((unsigned char)*p))
		p++;
	while (end > p && isspace((unsigned char)end[-1]))
		end--;
	return (struct slice){ p, (size_t)(end - p) };
}

/* The next of "name: value, ..."; 1, 0 at the end, -1: it is none. */
static int
next_pair(const char **at, struct slice *name, struct slice *value)
{
	const char *p = *at + strspn(*at, " \t,"), *end, *colon;

	if (*p == '\0')
		return 0;
	end = p + strcspn(p, ",");
	*at = end;
	if ((colon = memchr(p, ':', (size_t)(end - p))) == NULL)
		return -1;
	*name = trimmed(p, colon);
	*value = trimmed(colon + 1, end);
	return name->n > 0 && value->n > 0 ? 1 : -1;
}

/* Are these pairs, each name once? */
static bool
pairs(const char *v)
{
	struct slice name, value, other, same;
	const char *rest;
	int r;

	while ((r = next_pair(&v, &name, &value)) == 1)
		for (rest = v; next_pair(&rest, &other, &same) == 1; )
			if (slice_eq(name, other))
				return false;
	return r == 0;
}

static bool
chosen(const char *choices, const char *v)
{
	size_t n = strlen(v);
	const char *p = strchr(v, '|') == NULL ? choices : NULL;

	for (; p != NULL && n > 0; p = strchr(p, '|')) {
		p += *p == '|';
		if (strncmp(p, v, n) == 0 && (p[n] == '|' || p[n] == '\0'))
			return true;
	}
	return false;
}

/* The words of a list that has choices. */
static bool
all_chosen(const char *choices, const char *v)
{
	bool all = true;
	char *word;
	size_t n;

	while (all && choices != NULL && *v != '\0') {
		v += strspn(v, ", \t");
		n = strcspn(v, ",");
		while (n > 0 && (v[n - 1] == ' ' || v[n - 1] == '\t'))
			n--;
		word = xstrndup(v, n);
		all = n == 0 || chosen(choices, word);
		free(word);
		v += strcspn(v, ",");
	}
	return all;
}

/* Is `v` of the key's type?  -1 with what was expected. */
static int
check(const struct conf_key *k, const char *v, struct why *w)
{
	const char *want = NULL;
	char of[256];
	long n;

	if (*v == '\0' || k->type == CONF_RETIRED)
		return 0;
	if (k->type == CONF_BOOL && !is_yes(v) && !is_no(v))
		want = "yes or no";
	else if (k->type == CONF_INT && number(k->type, v, &n) == -1)
		want = "a whole number";
	else if (k->type == CONF_SIZE && number(k->type, v, &n) == -1)
		want = "a size as 4096, 64k, 16M";
	else if (k->type == CONF_SECONDS && number(k->type, v, &n) == -1)
		want = "a time as 90s, 5m, 2h, 7d";
	else if (k->type == CONF_PAIRS && !pairs(v))
		want = "name: value, name: value, each name once";
	else if (k->type == CONF_CHOICE && !chosen(k->choices, v)) {
		snprintf(of, sizeof(of), "one of %s", k->choices);
		want = of;
	} else if (k->type == CONF_LIST && !all_chosen(k->choices, v)) {
		snprintf(of, sizeof(of), "some of %s", k->choices);
		want = of;
	}
	if (want == NULL)
		return 0;
	return why(w, WHY_SETUP, "[%s] %s is '%s', not %s", k->section,
	    k->name, v, want);
}

static int
set(struct conf *c, const char *section, const char *name, const char *value,
    int line, struct why *w)
{
	int i = find(section, name);

	if (i == -1)
		return unknown(section, name, w);
	if (check(&conf_keys[i], value, w) == -1)
		return -1;
	if (conf_keys[i].type == CONF_RETIRED) {
		say("%s:%d: warning: setting '%s' in [%s] is retired: %s",
		    c->path, line, name, section, conf_keys[i].help);
		return 0;
	}
	free(c->settings[i].value);
	free(c->settings[i].origin);
	c->settings[i].value = xstrdup(value);
	c->settings[i].origin = line == 0 ? xstrdup("--set") :
	    xasprintf("%s:%d", c->path, line);
	return 0;
}

/* The first is kept for `w`, the others are told at once. */
static void
mistake(struct reading *r, int line, const char *text)
{
	if (r->mistakes++ == 0)
		snprintf(r->first, sizeof(r->first), "%s:%d: %s", r->c->path,
		    line, text);
	else
		say_error("%s:%d: %s", r->c->path, line, text);
}

/* libinih would split a longer line in silence, and needs to be told where
 * it is. */
static char *
reader(char *line, int size, void *ctx)
{
	struct reading *r = ctx;
	size_t n;
	int c;

	if (fgets(line, size, r->f) == NULL)
		return NULL;
	r->line++;
	n = strlen(line);
	if (n > 0 && line[n - 1] != '\n' && !feof(r->f)) {
		mistake(r, r->line, "line is longer than 198 characters");
		while ((c = getc(r->f)) != EOF && c != '\n')
			continue;
	}
	return line;
}

static int
handler(void *ctx, const char *section, const char *name, const char *value)
{
	struct reading *r = ctx;
	struct why w = {0};

	if (*section == '\0')
		why(&w, WHY_SETUP, "setting '%s' stands before any [section]",
		    name);
	else
		set(r->c, section, name, value, r->line, &w);
	if (w.kind != WHY_NONE)
		mistake(r, r->line, w.text);
	return 1;
}

static char *
default_path(void)
{
	const char *env = getenv("MILLRACE_CONF");

	if (env != NULL && *env != '\0')
		return xstrdup(env);
	if (access("millrace.conf", F_OK) == 0)
		return xstrdup("millrace.conf");
	return xstrdup("/etc/millrace/millrace.conf");
}

static int
read_all(struct conf *c, struct why *w)
{
	struct reading r = { .c = c };
	int line;

	if ((r.f = fopen(c->path, "re")) == NULL)
		return why(w, WHY_SETUP, "cannot open configuration '%s': %s"
		    "; name one by -c or MILLRACE_CONF, or begin one by "
		    "'millrace config init'", c->path, strerror(errno));
	line = ini_parse_stream(reader, &r, handler, &r);
	if (line > 0)
		mistake(&r, line, "neither [section] nor name = value");
	if (ferror(r.f))
		mistake(&r, r.line, "cannot be read to its end");
	fclose(r.f);
	if (r.mistakes == 0)
		return 0;
	return why(w, WHY_SETUP, "%s", r.first);
}

struct conf *
conf_open(const char *path, struct why *w)
{
	struct conf *c = xcalloc(1, sizeof(*c));
	char *slash;
	int n = 0;

	while (conf_keys[n].section != NULL)
		n++;
	c->settings = xcalloc((size_t)n + 1, sizeof(*c->settings));
	c->run = BUF(64 * 1024);
	c->path = path != NULL ? xstrdup(path) : default_path();
	c->folder = realpath(c->path, NULL);
	if (c->folder != NULL && (slash = strrchr(c->folder, '/')) != NULL)
		slash[slash == c->folder] = '\0';
	if (read_all(c, w) == -1) {
		conf_close(c);
		return NULL;
	}
	return c;
}

void
conf_close(struct conf *c)
{
	int i;

	if (c == NULL)
		return;
	for (i = 0; conf_keys[i].section != NULL; i++)
		free(c->settings[i].value), free(c->settings[i].origin);
	free(c->settings);
	buf_free(&c->run);
	free(c->path);
	free(c->folder);
	free(c);
}

int
conf_set(struct conf *c, const char *assignment, struct why *w)
{
	const char *dot = strchr(assignment, '.');
	const char *eq = strchr(assignment, '=');
	char *section, *name;
	int r = 0;

	if (dot == NULL || eq == NULL || dot > eq || dot == assignment)
		return why(w, WHY_SETUP, "'%s' is not section.name=value",
		    assignment);
	section = xstrndup(assignment, (size_t)(dot - assignment));
	name = xstrndup(dot + 1, (size_t)(eq - dot) - 1);
	if (strcmp(section, "run") == 0) {
		buf_char(&c->run, ',');
		scan_quote(&c->run, slice(name));
		buf_char(&c->run, ':');
		scan_quote(&c->run, slice(eq + 1));
		if (c->run.over)
			r = why(w, WHY_SETUP, "--set run.%s is too long", name);
	} else if (set(c, section, name, eq + 1, 0, w) == -1) {
		r = why_in(w, "--set %s", assignment);
	}
	free(section);
	free(name);
	return r;
}

const char *
conf_text(const struct conf *c, const char *section, const char *name)
{
	const char *v;

	get(c, section, name, &v);
	return v;
}

bool
conf_bool(const struct conf *c, const char *section, const char *name)
{
	const char *v;

	get(c, section, name, &v);
	return v != NULL && is_yes(v);
}

long
conf_int(const struct conf *c, const char *section, const char *name)
{
	const char *v;
	long n = 0;
	int i = get(c, section, name, &v);

	if (v != NULL)
		(void)number(conf_keys[i].type, v, &n);	/* was checked */
	return n;
}

int
conf_need(const struct conf *c, const char *section, const char *name,
    const char **value, struct why *w)
{
	get(c, section, name, value);
	if (*value == NULL)
		return why(w, WHY_SETUP, "setting '%s' in [%s] of '%s' is "
		    "missing", name, section, c->path);
	return 0;
}

bool
conf_pair(const struct conf *c, const char *section, const char *name,
    int i, struct slice *left, struct slice *right)
{
	const char *v;

	get(c, section, name, &v);
	while (v != NULL && next_pair(&v, left, right) == 1)
		if (i-- == 0)
			return true;
	return false;
}

char *
conf_path(const struct conf *c, const char *section, const char *name)
{
	const char *v;

	get(c, section, name, &v);
	if (v == NULL)
		return NULL;
	if (*v == '/' || c->folder == NULL)
		return xstrdup(v);
	return xasprintf("%s/%s", c->folder, v);
}

/* "a, b" as ["a","b"]. */
static void
json_list(struct buf *out, const char *v)
{
	const char *p = v, *end;
	char before = '[';

	while (p != NULL && *p != '\0') {
		p += strspn(p, " \t,");
		end = p + strcspn(p, ",");
		while (end > p && isspace((unsigned char)end[-1]))
			end--;
		if (end > p) {
			buf_char(out, before);
			before = ',';
			scan_quote(out, (struct slice){ p,
			    (size_t)(end - p) });
		}
		p = strchr(end, ',');
	}
	buf_str(out, before == '[' ? "[]" : "]");
}

static void
json_pairs(struct buf *out, const char *v)
{
	struct slice name, value;
	char before = '{';

	while (v != NULL && next_pair(&v, &name, &value) == 1) {
		buf_char(out, before);
		before = ',';
		scan_quote(out, name);
		buf_char(out, ':');
		scan_quote(out, value);
	}
	buf_str(out, before == '{' ? "{}" : "}");
}

static void
json_value(struct buf *out, const struct conf_key *k, const char *v)
{
	long n;

	if (v == NULL && k->type == CONF_LIST)
		buf_str(out, "[]");
	else if (k->type == CONF_PAIRS)
		json_pairs(out, v);
	else if (v == NULL)
		buf_str(out, "null");
	else if (k->type == CONF_BOOL)
		buf_str(out, is_yes(v) ? "true" : "false");
	else if (k->type == CONF_LIST)
		json_list(out, v);
	else if ((k->type == CONF_INT || k->type == CONF_SIZE ||
	    k->type == CONF_SECONDS) && number(k->type, v, &n) == 0)
		buf_fmt(out, "%ld", n);
	else
		scan_quote(out, slice(v));
}

void
conf_json(const struct conf *c, struct buf *out)
{
	const char *section = "", *v;
	const struct conf_key *k;

	buf_char(out, '{');
	for (k = conf_keys; k->section != NULL; k++) {
		if (k->type == CONF_SECRET || k->type == CONF_RETIRED)
			continue;
		if (strcmp(section, k->section) != 0) {
			buf_str(out, *section == '\0' ? "" : "},");
			scan_quote(out, slice(k->section));
			buf_str(out, ":{");
			section = k->section;
		} else {
			buf_char(out, ',');
		}
		get(c, k->section, k->name, &v);
		scan_quote(out, slice(k->name));
		buf_char(out, ':');
		json_value(out, k, v);
	}
	buf_str(out, *section == '\0' ? "" : "},");
	buf_str(out, "\"run\":{\"kind\":\"manual\"");
	buf_slice(out, buf_all(&c->run));
	buf_str(out, "}}");
}

const char *
conf_origin(const struct conf *c, const char *section, const char *name)
{
	const struct setting *s = &c->settings[declared(section, name)];

	return s->value == NULL ? "default" : s->origin;
}

const char *
conf_file(const struct conf *c)
{
	return c->path;
}
