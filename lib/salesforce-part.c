/* salesforce-part - the rows of a job as a CSV file, cut where it is full. */
#include "salesforce-part.h"

enum {
	BATCH = 10000,		/* rows that Salesforce works on at a time */
	GROUP_MAX = 8 << 20,	/* children of one parent kept together */
};

static bool
same_parent(const struct sf_plan *p, size_t a, size_t b)
{
	return p->row[a].family > 0 && p->row[a].family == p->row[b].family;
}

/*
 * The rows from `from` on that belong together: up to which one, and how long
 * they are.  Children of one parent go into one file, unless they alone would
 * fill it: two jobs at once would fight for the parent's lock.
 */
static size_t
group(const struct sf_part *pt, size_t from, int64_t max, int64_t *length)
{
	bool alone = from == pt->from;	/* else the whole group moves on */
	size_t i = from;
	int64_t n;

	*length = 0;
	do {
		n = (int64_t)sf_plan_length(pt->plan, i);
		if (alone && i > from && pt->length + *length + n > max)
			break;
		*length += n;
		i++;
	} while (i < pt->plan->rows && same_parent(pt->plan, from, i) &&
	    *length < GROUP_MAX);
	return i;
}

/* Do rows from..to, of `length`, have their place in another file? */
static bool
next_file(const struct sf_part *pt, size_t from, size_t to, int64_t length,
    int64_t max)
{
	size_t first = from - pt->from, last = to - 1 - pt->from;

	if (first == 0)
		return false;
	return pt->length + length > max ||
	    (pt->most > 0 && last >= pt->most) ||
	    (last / BATCH != first / BATCH && last - first < BATCH);
}

int
sf_part_cut(struct sf_part *pt, int64_t max, struct why *w)
{
	size_t next;
	int64_t length;

	pt->out = BUF(2 * SF_LINE_MAX);
	sf_plan_header(pt->plan, &pt->out);
	pt->length = (int64_t)pt->out.n;
	for (pt->to = pt->from; pt->to < pt->plan->rows; pt->to = next) {
		next = group(pt, pt->to, max, &length);
		if (next_file(pt, pt->to, next, length, max))
			break;
		for (size_t i = pt->to; i < next; i++)
			if (pt->plan->row[i].line.p == NULL)
				return why(w, WHY_BROKEN, "a row of the "
				    "upload is over %d bytes", SF_LINE_MAX);
		pt->length += length;
	}
	return 0;
}

/* Rows as they fit into `n` bytes at `p`; how long they are. */
static size_t
give_rows(struct sf_part *pt, char *p, size_t n)
{
	struct buf to = { .p = p, .cap = n, .max = n };

	while (pt->next < pt->to &&
	    sf_plan_length(pt->plan, pt->next) <= n - to.n)
		sf_plan_row(pt->plan, pt->next++, &to);
	return to.n;
}

/* The header, and a row that is longer than what is asked for, are given from
 * `out`, piece by piece. */
static size_t
give_held(struct sf_part *pt, char *p, size_t n)
{
	size_t left = pt->out.n - pt->given;

	if (n > left)
		n = left;
	memcpy(p, pt->out.p + pt->given, n);
	pt->given += n;
	return n;
}

static void
hold(struct sf_part *pt, bool header)
{
	buf_reset(&pt->out);
	pt->given = 0;
	if (header) {
		sf_plan_header(pt->plan, &pt->out);
		pt->next = pt->from;
	} else if (pt->next < pt->to) {
		sf_plan_row(pt->plan, pt->next++, &pt->out);
	}
}

long
sf_part_give(void *ctx, int64_t at, char *p, size_t n)
{
	struct sf_part *pt = ctx;
	size_t got;

	if (at == 0)
		hold(pt, true);
	got = give_held(pt, p, n);
	if (pt->given == pt->out.n)
		got += give_rows(pt, p + got, n - got);
	if (got == 0) {
		hold(pt, false);
		got = give_held(pt, p, n);
	}
	return pt->out.over ? -1 : (long)got;
}

void
sf_part_close(struct sf_part *pt)
{
	buf_free(&pt->out);
}
