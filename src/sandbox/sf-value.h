/*
 * sf-value - field values: read, judged, compared and written as the
 * platform does.
 *
 *	if (sf_value_csv(f, cell, n, &arena, &v, &err) < 0)
 *		... err.code is INVALID_TYPE_ON_FIELD_IN_RECORD and the like
 *	if (sf_value_check(f, &v, &err) < 0)
 *		... STRING_TOO_LONG, INVALID_EMAIL_ADDRESS, picklists, ranges
 *	sf_value_plain(f, &v, &out);
 *
 * A reference is the parent's store row (sf-id.h); dates are days, times
 * milliseconds of the day, date-times milliseconds since 1970 UTC.
 */
#ifndef SF_VALUE_H
#define SF_VALUE_H

#include <yyjson.h>

#include "sf-mem.h"
#include "sf-schema.h"

enum sf_kind { SF_ABSENT, SF_NULL, SF_INT, SF_NUM, SF_TEXT };

struct sf_val {
	enum sf_kind kind;	/* booleans, ids, dates and ints: SF_INT */
	union {
		int64_t i;
		double d;
		struct { const char *s; size_t n; };	/* borrowed */
	};
};

/* What a row is refused with; `fields` is comma separated, may be empty. */
struct sf_err {
	char code[56];
	char msg[700];
	char fields[300];
	int64_t twins[4];	/* of a duplicate rule: the records it found */
	int ntwins;
	bool may_save;		/* the rule only alerts */
};

/* Fill `e` and return -1. */
int sf_fail(struct sf_err *e, const char *code, const char *fields,
    const char *fmt, ...) __attribute__((format(printf, 4, 5)));

/*
 * Read CSV text, never empty and never #N/A.  Text is copied to `a`.  Ids are
 * not for this function (sf_id_value).  Returns 0, or -1 with `e` set.
 */
int sf_value_csv(const struct sf_field *f, const char *s, size_t n,
    struct sf_arena *a, struct sf_val *v, struct sf_err *e);

/*
 * Read a JSON value.  Null and "" give SF_NULL.  -1 with JSON_PARSER_ERROR
 * when the JSON type does not suit the field.
 */
int sf_value_json(const struct sf_field *f, yyjson_val *j,
    struct sf_arena *a, struct sf_val *v, struct sf_err *e);

/* Length, e-mail, restricted picklist and numeric range; may round. */
int sf_value_check(const struct sf_field *f, struct sf_val *v,
    struct sf_err *e);

/* Is the text of a picklist one of these, or some of them when it is a
 * multi-select one?  -1 with the refusal of a restricted picklist. */
int sf_value_among(const struct sf_field *f, const struct sf_val *v,
    const char **values, int nvalues, struct sf_err *e);

/* That refusal; -1. */
int sf_value_unlisted(const struct sf_field *f, const struct sf_val *v,
    struct sf_err *e);

/*
 * Append a value as text: numbers as Java prints a double (9.12260031E8),
 * ints and booleans plain, times in UTC with `zone` behind them ("Z" in CSV,
 * "+0000" in JSON).  Not for references.  NULL and absent append nothing.
 */
void sf_value_text(const struct sf_field *f, const struct sf_val *v,
    const char *zone, struct buf *b);

/* Append as JSON (null too). */
void sf_value_to_json(const struct sf_field *f, const struct sf_val *v,
    struct buf *b);

/* Parse "yyyy-MM-dd" / date-time; whole text or failure (-1). */
int sf_date_read(const char *s, size_t n, int64_t *days);
int sf_datetime_read(const char *s, size_t n, int64_t *ms);
int sf_time_read(const char *s, size_t n, int64_t *ms);
void sf_date_write(int64_t days, struct buf *b);
void sf_clock_write(int64_t ms, const char *zone, struct buf *b);
void sf_datetime_write(int64_t ms, const char *zone, struct buf *b);

/* Append what base-64 text means to `to` (NULL: only judge it); -1 when it is
 * none. */
int sf_base64_read(const char *s, size_t n, struct buf *to);

/* UTF-16 units in UTF-8 text, or -1 when it is not UTF-8. */
long sf_utf16_len(const char *s, size_t n);

/* How many of the `n` bytes of UTF-8 text to show: whole characters, in `max`
 * bytes at most. */
size_t sf_whole(const char *s, size_t n, size_t max);

/* Lower case of `n` bytes into `to` (as many). */
void sf_lower(char *to, const char *s, size_t n);

#endif
