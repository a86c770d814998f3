/* conf-example - the text of a new configuration. */
#include "conf.h"

static const struct conf_given *
given(const struct conf_given *g, const struct conf_key *k)
{
	for (; g != NULL && g->section != NULL; g++)
		if (strcmp(g->section, k->section) == 0 &&
		    strcmp(g->name, k->name) == 0)
			return g;
	return NULL;
}

static void
setting(struct buf *b, const struct conf_key *k, const struct conf_given *g)
{
	const char *value = g != NULL ? g->value : k->fallback;

	buf_fmt(b, "# %s", k->help);
	if (k->choices != NULL)
		buf_fmt(b, " (%s)", k->choices);
	else if (k->type == CONF_BOOL)
		buf_str(b, " (yes|no)");
	buf_fmt(b, "\n%s%s =%s%s\n", g == NULL ? "#" : "", k->name,
	    value == NULL || *value == '\0' ? "" : " ",
	    value == NULL ? "" : value);
}

void
conf_example(struct buf *b, const struct conf_given *g)
{
	const char *section = "";
	const struct conf_key *k;

	buf_str(b, "# millrace.conf - see millrace-config(5)\n#\n"
	    "# What is commented out shows its default.  Secrets stand in "
	    "files of their own,\n# readable by nobody else (chmod 600); "
	    "file names are relative to this file.\n");
	for (k = conf_keys; k->section != NULL; k++) {
		if (k->type == CONF_RETIRED)
			continue;
		if (strcmp(section, k->section) != 0)
			buf_fmt(b, "\n[%s]\n", k->section);
		section = k->section;
		setting(b, k, given(g, k));
	}
}
