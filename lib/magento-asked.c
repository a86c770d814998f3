#include "magento-asked.h"

#include <stdio.h>
#include <stdlib.h>

/* --- lines to jobs --- */

static bool
is_id(struct slice id)
{
	size_t i;

	for (i = 0; i < id.n; i++)
		if (!((id.p[i] >= '0' && id.p[i] <= '9') ||
		    (id.p[i] >= 'A' && id.p[i] <= 'Z') ||
		    (id.p[i] >= 'a' && id.p[i] <= 'z')))
			return false;
	return id.n == 15 || id.n == 18;
}

/* "orders/1042": what it is and its number; -1: none of ours. */
static int
kind_of(struct slice source, int64_t *number)
{
	const char *name;
	size_t n;
	int k;

	for (k = 0; k < MAGE_KINDS; k++) {
		name = mage_kind_name(k);
		n = strlen(name);
		if (source.n <= n + 1 || memcmp(source.p, name, n) != 0 ||
		    source.p[n] != '/')
			continue;
		*number = mage_number((struct slice){ source.p + n + 1,
		    source.n - n - 1 });
		return *number > 0 ? k : -1;
	}
	return -1;
}

/* The place for the id that this verdict gives, -1: there is none. */
static int
place_of(const struct payload *p, enum mage_kind kind)
{
	static const char *const object[MAGE_KINDS][MAGE_PLACES] = {
		[MAGE_ORDERS] = { [MAGE_ID] = "Order" },
		[MAGE_CUSTOMERS] = { [MAGE_ID] = "Account",
		    [MAGE_SECOND_ID] = "Contact" },
		[MAGE_PRODUCTS] = { [MAGE_ID] = "Product2" },
	};
	int i;

	if (!is_id(p->id) || slice_is(p->verdict, "deleted") ||
	    slice_is(p->reason, "gone"))
		return -1;
	for (i = 0; i < MAGE_PLACES; i++)
		if (object[kind][i] != NULL &&
		    slice_is(p->object, object[kind][i]))
			return i;
	return -1;
}

/* The verdict that a person should know of, of several. */
static int
rank_of(const struct payload *p)
{
	static const char *const order[] = {
		"skipped",
		"deleted", "unchanged", "updated", "created",
		"waiting", "held", "rejected", "failed",
	};
	int i;

	if (p->object.n > 8 && memcmp(p->object.p, "magento/", 8) == 0)
		return 0;
	for (i = (int)(sizeof(order) / sizeof(*order)); i > 0; i--)
		if (slice_is(p->verdict, order[i - 1]))
			return i;
	return 0;
}

/* "synced", or the verdict and its reason. */
static void
put_status(struct mage_job *j, const struct payload *p)
{
	int rank = rank_of(p);
	char *to = j->tell.want[MAGE_STATUS];

	if (rank <= j->rank)
		return;
	j->rank = rank;
	if (ledger_success(p->verdict) && !slice_is(p->verdict, "deleted"))
		snprintf(to, MAGE_TOLD_MAX + 1, "synced");
	else if (p->reason.n == 0)
		snprintf(to, MAGE_TOLD_MAX + 1, "%.*s", (int)p->verdict.n,
		    p->verdict.p);
	else
		snprintf(to, MAGE_TOLD_MAX + 1, "%.*s: %.*s",
		    (int)p->verdict.n, p->verdict.p,
		    slice_cut(p->reason, MAGE_TOLD_MAX - 12), p->reason.p);
}

static struct mage_job *
job_of(struct mage_asked *a, struct slice source, enum mage_kind kind,
    int64_t id)
{
	struct mage_job *j = &a->job[a->n];

	if (a->n > 0 && slice_eq(j[-1].source, source))
		return j - 1;
	memset(j, 0, sizeof(*j));
	j->source = source;
	j->tell.kind = kind;
	j->tell.id = id;
	a->n++;
	return j;
}

static void
take_line(struct mage_asked *a, const struct mage_places *places,
    const struct payload *p, size_t i)
{
	int64_t id;
	int kind = kind_of(p->source, &id), place;
	bool status = kind != -1 && places->name[kind][MAGE_STATUS] != NULL &&
	    rank_of(p) > 0;
	struct mage_job *j;

	if (kind == -1)
		return;
	if ((place = place_of(p, kind)) != -1 &&
	    places->name[kind][place] == NULL)
		place = -1;
	if (place == -1 && !status)
		return;
	j = job_of(a, p->source, kind, id);
	if (place != -1) {
		memcpy(j->tell.want[place], p->id.p, p->id.n);
		j->tell.want[place][p->id.n] = '\0';
	}
	if (status)
		put_status(j, p);
	j->last = i;
	j->changed |= slice_is(p->verdict, "created") ||
	    slice_is(p->verdict, "updated");
}

static void
hash_of(char text[MAGE_PLACES][MAGE_TOLD_MAX + 1], bool comment,
    char hash[SIGN_HEX])
{
	char all[MAGE_PLACES * (MAGE_TOLD_MAX + 1) + 16];

	snprintf(all, sizeof(all), "%s%s|%s%s%s", comment ? "comment|" : "",
	    text[MAGE_ID], text[MAGE_SECOND_ID], text[MAGE_STATUS][0] == '\0' ?
	    "" : "|", text[MAGE_STATUS]);
	sign_sha256_hex(slice(all), hash);
}

static void
empty(struct mage_asked *a)
{
	size_t i;

	for (i = 0; i < a->n; i++)
		mage_tell_free(&a->job[i].tell);
	a->n = 0;
}

void
mage_asked_find(struct mage_asked *a, const struct mage_places *p,
    const struct payload *line, size_t n)
{
	const char *place = p->name[MAGE_ORDERS][MAGE_ID];
	bool comment = place != NULL && strcmp(place, "comment") == 0;
	size_t i;

	empty(a);
	if (n > a->room) {
		a->room = n;
		a->job = xrealloc(a->job, n * sizeof(*a->job));
	}
	for (i = 0; i < n; i++) {
		if (a->n > 0 && slice_eq(a->job[a->n - 1].source,
		    line[i].source))
			a->job[a->n - 1].last = i;
		if (line[i].verdict.p != NULL)
			take_line(a, p, &line[i], i);
	}
	for (i = 0; i < a->n; i++)
		hash_of(a->job[i].tell.want, comment &&
		    a->job[i].tell.kind == MAGE_ORDERS, a->job[i].hash);
}

/* --- the ledger --- */

/* Is there nothing to do, by what the ledger has of it? */
static bool
is_settled(struct mage_job *j, const struct ledger_told *t, int attempts)
{
	if (t->hash.n > 0 && t->hash.n < SIGN_HEX)
		memcpy(j->before, t->hash.p, t->hash.n);
	if (t->refusal.p == NULL)
		return slice_is(t->hash, j->hash);
	if (!slice_is(t->asked, j->hash) || j->changed)
		return false;
	j->attempts = t->attempts;
	return t->attempts == 0 || t->attempts >= attempts;
}

int
mage_asked_drop(struct mage_asked *a, struct ledger *l, bool again,
    int attempts, struct why *w)
{
	struct ledger_told t;
	size_t i, n = 0;
	int r;

	for (i = 0; i < a->n; i++) {
		struct mage_job *j = &a->job[i];

		if ((r = ledger_told_get(l, j->source, &t, w)) == -1)
			return -1;
		if (r == 1 && is_settled(j, &t, attempts) && !again)
			mage_tell_free(&j->tell);
		else
			a->job[n++] = *j;
	}
	a->n = n;
	return 0;
}

bool
mage_asked_ours(const struct mage_job *j)
{
	char has[MAGE_PLACES][MAGE_TOLD_MAX + 1] = { "" };
	char hash[SIGN_HEX];

	snprintf(has[MAGE_ID], sizeof(has[MAGE_ID]), "%.*s", MAGE_TOLD_MAX,
	    j->tell.has[MAGE_ID]);
	hash_of(has, false, hash);
	return strcmp(hash, j->before) == 0;
}

static int
remember_one(const struct mage_job *j, struct ledger *l,
    const struct why *owed, struct why *w)
{
	struct ledger_told t = { .source = j->source, .hash = slice(j->hash) };

	if (j->done)
		return ledger_told_put(l, &t, w);
	if (j->verdict == NULL && owed == NULL)
		return 0;
	t.asked = t.hash;
	t.hash = j->before[0] == '\0' ? (struct slice){ NULL, 0 } :
	    slice(j->before);
	if (j->verdict != NULL) {
		t.refusal = slice(j->tell.error.text);
		t.attempts = j->again ? j->attempts + 1 : 0;
	} else {
		t.refusal = slice(owed->text);
		t.attempts = j->attempts > 0 ? j->attempts : 1;
	}
	return ledger_told_put(l, &t, w);
}

int
mage_asked_remember(const struct mage_asked *a, struct ledger *l,
    const struct why *owed, struct why *w)
{
	size_t i;

	if (ledger_begin(l, w) == -1)
		return -1;
	for (i = 0; i < a->n; i++)
		if (remember_one(&a->job[i], l, owed, w) == -1) {
			ledger_rollback(l);
			return -1;
		}
	return ledger_commit(l, w);
}

void
mage_asked_free(struct mage_asked *a)
{
	empty(a);
	free(a->job);
}
