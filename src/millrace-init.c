/* millrace-init - a first configuration, and what to grant on both sides */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "conf.h"
#include "file.h"
#include "magento-rights.h"
#include "opt.h"

enum { ALL = 1 << 20 };

static const struct opt options[] = {
	{ 0, NULL, NULL, NULL },
};

/* What has to be filled in stands there without a #. */
static const struct conf_given begun[] = {
	{ "magento", "url", "" },
	{ "magento", "token_file", "secrets/magento.token" },
	{ "salesforce", "url", "" },
	{ "salesforce", "client_id", "" },
	{ "salesforce", "client_secret_file", "secrets/salesforce.secret" },
	{ "ledger", "path", "ledger.sqlite" },
	{ "runs", "dir", "runs" },
	{ NULL, NULL, NULL },
};

/* ---- files and folders ---- */

/* Never over one that is there. */
static int
make_file(const char *path, const char *text, size_t n, struct why *w)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	bool whole;

	if (fd == -1 && errno == EEXIST) {
		printf("%s: is there already, left as it is\n", path);
		return 0;
	}
	whole = fd != -1 && write(fd, text, n) == (ssize_t)n;
	if (fd != -1 && close(fd) == -1)
		whole = false;
	if (!whole) {
		why(w, WHY_SETUP, "cannot write '%s': %s", path,
		    strerror(errno));
		if (fd != -1)	/* half of it is taken for all, next time */
			unlink(path);
		return -1;
	}
	printf("%s: made, mode 600\n", path);
	return 0;
}

static int
make_folder(const char *path, struct why *w)
{
	bool there = access(path, F_OK) == 0;

	if (file_folder(path, w) == -1) {
		w->kind = WHY_SETUP;
		return -1;
	}
	printf("%s/: %s\n", path, there ? "is there already" :
	    "made, mode 700");
	return 0;
}

static int
make_all(const char *dir, const char *conf, struct why *w)
{
	static const char *const folders[] = { "runs", "secrets" },
	    *const secrets[] = { "secrets/magento.token",
	    "secrets/salesforce.secret" };
	struct buf b = BUF(ALL);
	bool there = access(conf, F_OK) == 0;
	char *path;
	int i, r;

	if (file_folder(dir, w) == -1) {
		w->kind = WHY_SETUP;
		return -1;
	}
	conf_example(&b, begun);
	r = make_file(conf, b.p, b.n, w);
	buf_free(&b);
	for (i = 0; r == 0 && !there && i < 4; i++) {
		path = xasprintf("%s/%s", dir, i < 2 ? folders[i] :
		    secrets[i - 2]);
		r = i < 2 ? make_folder(path, w) : make_file(path, "", 0, w);
		free(path);
	}
	return r;
}

/* ---- what is to be done ---- */

static void
tell_rights(const struct conf *c)
{
	const struct mage_right *r, *before;
	struct mage_places p;

	mage_places(&p, c);
	printf("\n1. Magento, admin: System, Extensions, Integrations: a new "
	    "one with these API\n   resources, for what is switched on in the "
	    "configuration.  Activate it.\n\n");
	for (r = mage_rights; r->what != NULL; r++) {
		if (!mage_right_needed(r, c, &p))
			continue;
		for (before = mage_rights; before != r; before++)
			if (strcmp(before->resource, r->resource) == 0 &&
			    mage_right_needed(before, c, &p))
				break;
		printf("     %-26s %s\n", r->what, r->resource);
		if (before == r)
			printf("     %-26s %s\n", "", r->where);
	}
}

static void
tell_org(void)
{
	printf("\n2. Salesforce: the fields and the permission set Millrace, "
	    "which are in\n   pipelines/setup/salesforce:\n\n"
	    "     sf project deploy start --source-dir force-app "
	    "--target-org ORG\n"
	    "     sf org assign permset --name Millrace --on-behalf-of "
	    "USERNAME --target-org ORG\n\n"
	    "   USERNAME is the integration user.  The permission set lets it "
	    "use the API, read\n   and write the objects and fields of the "
	    "maps, activate orders and edit activated\n   ones.  Setup, "
	    "External Client App Manager: a new app with OAuth, the scope "
	    "api,\n   the client credentials flow, and that user as its "
	    "Run-As user.\n");
}

static const char *
state_of(const char *path)
{
	struct stat st;

	if (stat(path, &st) == -1)
		return "missing: make it with mode 600";
	if ((st.st_mode & 077) != 0)
		return "others can read it: chmod 600 it";
	return st.st_size == 0 ? "empty: paste it in (cat >FILE, paste, "
	    "Return, Ctrl-D)" : "there, nobody else can read it";
}

static void
tell_secrets(const struct conf *c)
{
	const struct conf_key *k;
	char *path;

	printf("\n3. %s: fill in url and what the logins ask for.  Secrets "
	    "are\n   files of their own, which nobody else may read (mode "
	    "600 in a folder of mode\n   700); the programs refuse others:\n\n",
	    conf_file(c));
	for (k = conf_keys; k->section != NULL; k++) {
		if (k->type != CONF_SECRET ||
		    (path = conf_path(c, k->section, k->name)) == NULL)
			continue;
		printf("     [%s] %s: %s\n       %s\n", k->section, k->name,
		    k->help, path);
		printf("       %s\n", state_of(path));
		free(path);
	}
}

static void
tell_next(const char *conf)
{
	printf("\n4. Then:\n\n"
	    "     millrace -c %s doctor    what is still missing\n"
	    "     millrace -c %s plan      what would be sent; nothing is\n"
	    "     millrace -c %s resync customers --limit 10\n"
	    "     millrace install-timers    every night by itself\n", conf,
	    conf, conf);
}

static int
init(const char *dir, struct why *w)
{
	char *path = strcmp(dir, ".") == 0 ? xstrdup("millrace.conf") :
	    xasprintf("%s/millrace.conf", dir);
	struct conf *c = NULL;
	int r = -1;

	if (make_all(dir, path, w) == -1 || (c = conf_open(path, w)) == NULL)
		goto out;
	tell_rights(c);
	tell_org();
	tell_secrets(c);
	tell_next(path);
	r = fflush(stdout) == 0 && !ferror(stdout) ? 0 :
	    why(w, WHY_BROKEN, "cannot write: %s", strerror(errno));
out:
	conf_close(c);
	free(path);
	return r;
}

int
main(int argc, char **argv)
{
	struct opts o = { .name = "millrace-init", .operands = "[DIR]",
	    .purpose = "a first configuration, and what to grant on both "
	    "sides", .table = options };
	struct why w = {0};
	int c;

	while ((c = opt_next(&o, argc, argv)) > 0)
		continue;
	if (c < 0)
		return o.status;
	if (o.config != NULL)
		return opt_usage(&o, "it makes a configuration: give a "
		    "folder, not -c");
	if (argc - o.first > 1)
		return opt_usage(&o, "'%s' is one argument too many",
		    argv[o.first + 1]);
	return init(o.first < argc ? argv[o.first] : ".", &w) == 0 ? 0 :
	    say_why(&w);
}
