#ifndef CONF_H
#define CONF_H

#include "mem.h"
#include "why.h"

/*
 * conf - settings and secrets: one INI file, every name declared.
 *
 *	struct conf *c = conf_open(path, &w);
 *	url = conf_text(c, "magento", "url");
 *	if (conf_secret(c, "magento", "token_file", &token, &w) == -1) ...
 *	conf_close(c);
 *
 * conf_open(NULL) reads $MILLRACE_CONF, else ./millrace.conf, else
 * /etc/millrace/millrace.conf.  All mistakes of a file are told at once, with
 * file:line: unknown section or name (with the nearest), a value that is not
 * of the declared type.  Retired names are warnings.  File names in values
 * are relative to the configuration file.
 *
 * Asking for a name that conf-keys.c does not declare is a bug: abort().
 */

enum conf_type {
	CONF_TEXT, CONF_BOOL, CONF_INT, CONF_SIZE, CONF_SECONDS, CONF_LIST,
	CONF_CHOICE, CONF_PATH,
	CONF_PAIRS,	/* "name: value, name: value", each name once */
	CONF_SECRET,	/* names a file, see conf_secret() */
	CONF_RETIRED,	/* no longer used: a warning; `help` says what is */
};

struct conf_key {
	const char *section, *name;
	enum conf_type type;
	const char *fallback;	/* NULL: none, the setting is empty */
	const char *choices;	/* "a|b|c", for CONF_CHOICE; a list's too */
	const char *help;	/* one line, for `millrace config` and the
				 * example file */
};

/* Ends with { 0 }.  In conf-keys.c, grouped by section. */
extern const struct conf_key conf_keys[];

struct conf;

/* NULL with `w` (WHY_SETUP): cannot be read, or has mistakes (one is in `w`,
 * the others were told). */
struct conf *conf_open(const char *path, struct why *w);
void conf_close(struct conf *c);

/* Change a setting for this run: "orders.create_order=paid".  -1 WHY_SETUP:
 * unknown or of the wrong type.  `run.NAME` takes any name. */
int conf_set(struct conf *c, const char *assignment, struct why *w);

/* An empty value is the same as none: the default counts, but for a list,
 * which is empty then. */
const char *conf_text(const struct conf *c, const char *section,
    const char *name);			/* NULL: not set */
bool conf_bool(const struct conf *c, const char *section, const char *name);
long conf_int(const struct conf *c, const char *section, const char *name);
			/* also sizes (64k, 16M: bytes) and seconds (90s, 5m, 2h) */
int conf_need(const struct conf *c, const char *section, const char *name,
    const char **value, struct why *w);	/* -1: not set, and says where */

/* The i-th pair of a CONF_PAIRS setting, borrowed; false: it has fewer. */
bool conf_pair(const struct conf *c, const char *section, const char *name,
    int i, struct slice *left, struct slice *right);

/* A path, made absolute by the configuration file's folder.  Freed by the
 * caller; NULL when not set. */
char *conf_path(const struct conf *c, const char *section, const char *name);

/*
 * The text of a secret, from the file that the setting names, or from the
 * systemd credential `SECTION.NAME` without _file ($CREDENTIALS_DIRECTORY)
 * when the setting is empty.  One trailing newline is cut.  -1 WHY_SETUP: not
 * set, cannot be read, empty, or others can read it (mode & 077).  From here
 * on the process leaves no core, and nobody but root can look into it.
 */
int conf_secret(const struct conf *c, const char *section, const char *name,
    struct buf *out, struct why *w);

/* True when conf_secret() would find a file or credential. */
bool conf_has_secret(const struct conf *c, const char *section,
    const char *name);

/* All settings as one JSON object of sections, typed: booleans, numbers,
 * lists as arrays, pairs as an object, unset as null; secrets and their file names left out. */
void conf_json(const struct conf *c, struct buf *out);

/* Append the text of a new configuration: every setting explained, commented
 * out, but for those in `g` (ends with { 0 }; may be NULL), which have these
 * values. */
struct conf_given {
	const char *section, *name, *value;
};
void conf_example(struct buf *b, const struct conf_given *g);

/* "file:line", "--set", "default". */
const char *conf_origin(const struct conf *c, const char *section,
    const char *name);
const char *conf_file(const struct conf *c);	/* which file was read */

#endif
