#ifndef SALESFORCE_SESSION_H
#define SALESFORCE_SESSION_H

#include "salesforce.h"

/*
 * salesforce-session - what the parts of lib/salesforce share; for them only.
 */

struct sf_kept;				/* describes, salesforce-describe.c */

struct sf {
	const struct conf *conf;	/* borrowed */
	struct ledger *ledger;		/* borrowed, or NULL */
	struct http *http;
	char *instance;			/* https://..., no slash at the end */
	char *version;			/* "v62.0" */
	bool version_seen;		/* an answer was of it */
	struct buf token;		/* "Bearer 00D...!..." */
	char org[19];
	long used, max;			/* Sforce-Limit-Info; -1: not seen */
	long batches_used, batches_max;	/* DailyBulkApiBatches, as asked */
	long queries_used, queries_max;	/* DailyBulkV2QueryJobs */
	long results_used, results_max;	/* DailyBulkV2QueryFileStorageMB */
	long batches, queries;		/* ours since then, about */
	bool asked;			/* limits */
	long running;			/* jobs sent and not waited for */
	long timeout_s, poll_s;		/* jobs: all in all; longest pause */
	struct sf_kept *kept;
	const char *save, *saved;	/* folders: answers go to, come from */
};

/* The answer to a GET of `path` from or to the folder (salesforce-saved.c). */
int sf_saved_get(const struct sf *s, struct http_call *c, const char *path,
    struct why *w);
int sf_saved_put(const struct sf *s, const struct http_call *c,
    const char *path, struct why *w);

/* Log in and set instance, token, org.  -1 WHY_SETUP also when Salesforce
 * sends us to a host that does not belong to the configured one. */
int sf_login(struct sf *s, struct why *w);

/*
 * Does the host that a login at `url` names belong to it, so that the session
 * may go there?  It is the one that was configured; or one of Salesforce's
 * where that is login.salesforce.com or test., where all orgs log in; or the
 * same sandbox under the older or newer form of its name.
 */
bool sf_belongs(const char *url, struct slice instance);

/*
 * sf_login() by the session that the programs of a pipe share: the first one
 * logs in and leaves it in a file beside the ledger ("-session", mode 0600),
 * locked meanwhile, so that the others wait and take it.  `dead` is a token
 * that was refused, or NULL: it is not taken again.  Without a ledger, or
 * where no file can be made, each logs in.  -1 WHY_SETUP "session-file":
 * others can read the file.
 */
int sf_session(struct sf *s, const char *dead, struct why *w);

void sf_kept_free(struct sf_kept *k);

/* The lookup behind a relationship column: AccountId of
 * "Account.Magento_Id__c".  NULL: none. */
const struct sf_field *sf_lookup(struct sf *s, struct slice object,
    struct slice column, struct why *w);

/* The names of a SELECT list in `pool`; 0 in *n when it has more than names
 * (functions, sub-queries).  `from` gets the object behind FROM. */
struct slice *sf_select_list(const char *soql, struct pool *pool, size_t *n,
    struct slice *from);

/* sf_query() by a Bulk query job; `name` as sf_select_list() gave them. */
int sf_bulk_query(struct sf *s, const char *soql, struct slice object,
    const struct slice *name, size_t n, sf_take *take, void *ctx,
    struct why *w);

/* Is there room for one more query job of the day's, and for its results, by
 * [salesforce] api_share of each (salesforce-budget.c)?  -1 WHY_BUSY
 * "limit-near", or the limits cannot be asked at all. */
int sf_budget_query(struct sf *s, struct why *w);

/* Is there room for one more look at a job that was not over at the last one,
 * for `more` calls and the ends of all jobs that are running?  -1 WHY_BUSY
 * "limit-near". */
int sf_budget_look(const struct sf *s, long more, struct why *w);

/* Pauses between polls: `soonest` and a moment at first, then each about half
 * of all before it, at most [salesforce] poll. */
struct sf_pause {
	long soonest;		/* ms within which it cannot have ended, or 0 */
	long ms;		/* 0 before the first */
	double since;		/* of the first, monotonic seconds */
};

/* Sleep; -1 WHY_BUSY "no-result" when [salesforce] timeout is over, with
 * `what` in the text. */
int sf_pause(const struct sf *s, struct sf_pause *p, const char *what,
    struct why *w);

#endif
