#ifndef DOCTOR_H
#define DOCTOR_H

#include <time.h>

#include "conf.h"
#include "ledger.h"

/*
 * doctor - what millrace-doctor looks at, a line for each on standard output.
 *
 *	struct doctor d = { .conf = conf, .config = path, .maps = folder };
 *
 *	doctor_here(&d);
 *	doctor_magento(&d);
 *	doctor_salesforce(&d);
 *	status = doctor_status(&d);
 *
 * Each goes on after what is wrong, as far as there is use in it.
 */
struct doctor {
	struct conf *conf;
	const char *config;	/* -c, or NULL */
	const char *maps;	/* folder of the mapping files, or NULL */
	struct ledger *ledger;	/* opened by doctor_here(); may stay NULL */
	int mend, later;	/* lines that are not well */
};

/* This machine: secrets, folders, room on the disk, the ledger. */
void doctor_here(struct doctor *d);

/* The store: login, version, rights, attributes, time zones, clock. */
void doctor_magento(struct doctor *d);

/* The org: login, edition, user, licence, versions, limits, clock, and every
 * field of every map. */
void doctor_salesforce(struct doctor *d);

/* 0, WHY_SETUP where something is to be mended, else WHY_BUSY. */
int doctor_status(const struct doctor *d);

/* ---- lines, for the parts ---- */

void doctor_ok(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Worth a look, and not wrong. */
void doctor_note(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* One thing that is wrong: what, why, and what to do; WHY_BUSY is for later. */
void doctor_wrong(struct doctor *d, const struct why *w, const char *what);

/* What is to be mended, told without a why. */
void doctor_mend(struct doctor *d, const char *what, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* Is our clock right?  `theirs` is -1 where they did not say. */
void doctor_clock(struct doctor *d, const char *who, time_t theirs);

#endif
