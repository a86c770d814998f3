/* sf-sandbox - a loopback server that behaves like a Salesforce org */

#include <err.h>
#include <getopt.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sf-api.h"
#include "sf-rules.h"

static void
usage(FILE *to)
{
	fputs("usage: sf-sandbox [OPTION]... --state FILE --port N\n"
	    "sf-sandbox: a Salesforce org on the loopback interface\n"
	    "\n"
	    "      --state FILE               where everything is kept\n"
	    "      --port N                   0: the system chooses\n"
	    "      --schema DIR               custom fields, Salesforce DX "
	    "source\n"
	    "      --faults FILE              what is to go wrong\n"
	    "      --set NAME=VALUE           a setting; may be repeated\n"
	    "  -v, --verbose                  no more is said\n"
	    "  -q, --quiet                    no less is said\n"
	    "  -h, --help                     show this and leave\n"
	    "      --version                  show the version and leave\n"
	    "\n"
	    "See sf-sandbox(1).\n", to);
}

struct options {
	const char *state, *schema, *faults;
	struct serve_conf conf;
};

/* The settings that are not serve's own. */
static int
set(struct sf_org *org, const char *text)
{
	struct sf_settings *s = &org->set;
	const struct { const char *name; long *number; int *onoff; } names[] = {
		{"job_delay_ms", &s->job_delay_ms, NULL},
		{"chunk_delay_ms", &s->chunk_delay_ms, NULL},
		{"job_polls", &s->job_polls, NULL},
		{"api_limit", &s->api_limit, NULL},
		{"batch_limit", &s->batch_limit, NULL},
		{"query_limit", &s->query_limit, NULL},
		{"lock_retries", &s->lock_retries, NULL},
		{"page", &s->page, NULL},
		{"bulk_page", &s->bulk_page, NULL},
		{"org", &s->org, NULL},
		{"edit_activated", NULL, &s->edit_activated},
		{"create_only_equal", NULL, &s->create_only_equal},
		{"hard_delete", NULL, &s->hard_delete},
		{"standard_active", NULL, &s->standard_active},
		{"view_setup", NULL, &s->view_setup},
		{"person_accounts", NULL, &s->person_accounts},
		{"member_status", NULL, &s->member_status}};
	const struct { const char *name; const char **list; } lists[] = {
		{"duplicates", &s->duplicates},
		{"duplicates_block", &s->duplicates_block},
		{"currencies", &s->currencies}, {"hide", &s->hide},
		{"read_only", &s->read_only}, {"rights", &s->rights}};
	const char *eq = strchr(text, '=');
	size_t i, n = eq ? (size_t)(eq - text) : 0;

	for (i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
		if (strlen(lists[i].name) == n &&
		    strncmp(lists[i].name, text, n) == 0) {
			*lists[i].list = eq + 1;
			return 0;
		}
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strlen(names[i].name) != n ||
		    strncmp(names[i].name, text, n) != 0)
			continue;
		return names[i].number ?
		    serve_number(eq + 1, names[i].number) :
		    serve_onoff(eq + 1, names[i].onoff);
	}
	return -1;
}

static void
read_options(int argc, char **argv, struct options *o, struct sf_org *org)
{
	static const struct option longs[] = {
		{"state", required_argument, NULL, 's'},
		{"port", required_argument, NULL, 'p'},
		{"schema", required_argument, NULL, 'd'},
		{"faults", required_argument, NULL, 'f'},
		{"set", required_argument, NULL, 't'},
		{"verbose", no_argument, NULL, 'v'},
		{"quiet", no_argument, NULL, 'q'},
		{"help", no_argument, NULL, 'h'},
		{"version", no_argument, NULL, 'V'},
		{NULL, 0, NULL, 0}};
	long port = -1;
	int c, rc;

	while ((c = getopt_long(argc, argv, "hqv", longs, NULL)) != -1)
		switch (c) {
		case 's': o->state = optarg; break;
		case 'd': o->schema = optarg; break;
		case 'f': o->faults = optarg; break;
		case 'q':
		case 'v':
			break;		/* it says nothing unless it fails */
		case 'p':
			if (serve_number(optarg, &port) < 0 || port > 65535)
				errx(2, "'%s' is no port", optarg);
			break;
		case 't':
			rc = serve_set(&o->conf, optarg);
			if (rc < 0 || (rc == 0 && set(org, optarg) < 0))
				errx(2, "--set does not know '%s'", optarg);
			break;
		case 'h':
			usage(stdout);
			exit(0);
		case 'V':
			puts("sf-sandbox (millrace) " VERSION);
			exit(0);
		default:
			usage(stderr);
			exit(2);
		}
	if (optind != argc || o->state == NULL || port < 0) {
		usage(stderr);
		exit(2);
	}
	o->conf.port = (int)port;
}

static void
defaults(struct sf_org *org)
{
	memset(org, 0, sizeof(*org));
	pthread_mutex_init(&org->lock, NULL);
	pthread_cond_init(&org->wake, NULL);
	org->set.job_delay_ms = 50;
	org->set.api_limit = 100000;
	org->set.batch_limit = 15000;
	org->set.query_limit = 10000;
	org->set.page = 2000;
	org->set.bulk_page = 100000;
	org->set.standard_active = 1;
	org->set.view_setup = 1;
	org->set.org = 1;
}

/* A setting that lists fields. */
static void
mark(const struct sf_org *org, const char *name, const char *list,
    unsigned on, unsigned off)
{
	if (list != NULL && sf_schema_mark(org->schema, list, on, off) < 0)
		errx(2, "--set %s: no such field in '%s'", name, list);
}

/* What only this vendor's faults have; sf-sandbox.1 explains them. */
static const struct fault_word words[] = {
	{"expire_token", FAULT_FLAG}, {"api_limit", FAULT_FLAG},
	{"batch_limit", FAULT_FLAG}, {"query_limit", FAULT_FLAG},
	{"query_storage_limit", FAULT_FLAG},
	{"storage_limit", FAULT_FLAG}, {"lock", FAULT_OBJECT},
	{"lock.record", FAULT_TEXT}, {"lock.times", FAULT_NUMBER},
	{"fail_rows", FAULT_OBJECT}, {"fail_rows.match", FAULT_TEXT},
	{"fail_rows.nth", FAULT_NUMBER}, {"fail_rows.every", FAULT_NUMBER},
	{"fail_rows.chunk", FAULT_NUMBER}, {"fail_rows.rows", FAULT_NUMBER},
	{"fail_rows.probability", FAULT_NUMBER},
	{"fail_rows.code", FAULT_TEXT}, {"fail_rows.message", FAULT_TEXT},
	{"fail_rows.fields", FAULT_TEXT}, {"fail_job", FAULT_OBJECT},
	{"fail_job.after", FAULT_NUMBER}, {"fail_job.error", FAULT_TEXT}};

int
main(int argc, char **argv)
{
	struct options o = {0};
	struct sf_org org;
	char why[1024];
	int rc;

	if (setlocale(LC_CTYPE, "C.UTF-8") == NULL)	/* for sf-utf8.c */
		errx(3, "no locale C.UTF-8");
	serve_defaults(&o.conf, "sf-sandbox");
	defaults(&org);
	read_options(argc, argv, &o, &org);
	org.set.seed = o.conf.seed;
	org.schema = sf_schema_new();
	if (o.schema != NULL &&
	    sf_schema_dx(org.schema, o.schema, why, sizeof(why)) < 0)
		errx(2, "%s", why);
	if (org.set.person_accounts)
		sf_schema_person(org.schema);
	if (org.set.currencies != NULL && sf_schema_currencies(org.schema,
	    org.set.currencies) < 0)
		errx(2, "--set currencies: '%s' is no list such as EUR,USD",
		    org.set.currencies);
	mark(&org, "duplicates", org.set.duplicates, SF_DUPLICATE, 0);
	mark(&org, "duplicates_block", org.set.duplicates_block,
	    SF_DUPLICATE | SF_NOSAVE, 0);
	mark(&org, "hide", org.set.hide, SF_HIDDEN, 0);
	mark(&org, "read_only", org.set.read_only, 0, SF_CREATE | SF_UPDATE);
	if (org.set.rights != NULL &&
	    sf_schema_rights(org.schema, org.set.rights) < 0)
		errx(2, "--set rights: no such object or right in '%s'",
		    org.set.rights);
	if (!org.set.view_setup)
		sf_schema_no_setup(org.schema);
	sf_rules_bind(org.schema);
	sf_schema_seal(org.schema);
	o.conf.faults = faults_open(o.conf.seed);
	faults_words(o.conf.faults, words, sizeof(words) / sizeof(words[0]));
	if (o.faults != NULL &&
	    faults_load(o.conf.faults, o.faults, why, sizeof(why)) != 0)
		errx(2, "%s", why);
	if (sf_key_open(&org, o.state, why, sizeof(why)) < 0 ||
	    sf_org_open(&org, o.state, why, sizeof(why)) < 0)
		errx(3, "%s", why);
	o.conf.handle = sf_handle;
	o.conf.ctx = &org;
	o.conf.credentials = sf_credentials;
	rc = serve_run(&o.conf);
	sf_worker_stop(&org);
	sf_org_close(&org);
	sf_key_close(&org);
	sf_schema_free(org.schema);
	return rc;
}
