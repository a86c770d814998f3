/*
 * mage-criteria - searchCriteria, read from a query and echoed
 *
 * Groups are ANDed, the filters of a group ORed.  Both spellings of each name
 * are taken (filter_groups and filterGroups...), PHP's nested brackets are
 * read as PHP reads them: what appears first stands first, what is said twice
 * counts the last time.
 */
#ifndef SANDBOX_MAGE_CRITERIA_H
#define SANDBOX_MAGE_CRITERIA_H

#include "buf.h"

#define CRITERIA_MAX 200	/* groups, filters of a group, sort orders */

struct filter {
	char *key;		/* in its group, as sent */
	char *field, *value;	/* NULL: not sent */
	char *type;		/* "eq" when not sent */
};

struct group {
	char *key;
	struct filter *f;
	int n;
};

struct sort {
	char *key, *field;
	int direction;		/* 1 ascending, -1 descending, 0 not sent */
};

struct criteria {
	int given;		/* a searchCriteria was sent at all */
	struct group *group;
	int groups;
	struct sort *sort;
	int sorts;
	int has_size, has_page;
	long size, page;
};

/* What a request is refused with. */
struct refusal {
	int status;		/* 0: not refused */
	char message[1200];
	char parameters[2000];	/* JSON, or "" for none */
	const char *trouble;	/* answered instead (mage-trouble.h), or NULL */
};

/* Read the query into `c` (all zero before).  Return 0, or -1 with `no` set.
 * criteria_free either way. */
int criteria_read(struct criteria *c, const char *query, struct refusal *no);

/* {"filter_groups":[...],...} as the vendor echoes it. */
void criteria_echo(const struct criteria *c, struct buf *out);

void criteria_free(struct criteria *c);

/* Set a refusal; `parameters` is JSON or NULL.  Returns -1. */
int refuse(struct refusal *no, int status, const char *message,
    const char *parameters);

/* The vendor's refusals that several modules need; all return -1. */
int refuse_type(struct refusal *no, const char *field, const char *value,
    const char *type);	/* field NULL: the short form */
int refuse_field(struct refusal *no, const char *name);	/* not supported */
int refuse_required(struct refusal *no, const char *name);
int refuse_items(struct refusal *no, const char *class_name, long max);

#endif
