/* sf-upload - the CSV of a job as it was sent: line ends, header, rows to spoil */

#include <stdlib.h>
#include <string.h>

#include "sf-job.h"

/*
 * The upload must end its lines as the job says.  Line ends inside of quotes
 * count as well: that is where real uploads trip.
 */
bool
sf_upload_endings(struct sf_org *org, const struct sf_job *j)
{
	bool crlf = strcmp(j->ending, "CRLF") == 0, ok = true;
	struct buf b = {0};
	int64_t at = 0;
	char before = '\0';
	const char *p, *end;
	size_t n;

	while (ok && (n = sf_job_read(org, j->n, at, &b)) > 0) {
		end = b.p + n;
		for (p = b.p; ok && (p = memchr(p, '\n',
		    (size_t)(end - p))) != NULL; p++)
			ok = ((p > b.p ? p[-1] : before) == '\r') == crlf;
		before = end[-1];
		at += (int64_t)n;
		b.n = 0;
		sf_give_way(org, 0);
	}
	buf_free(&b);
	return ok;
}

void
sf_upload_header(struct sf_org *org, const struct sf_job *j, struct buf *b)
{
	struct sf_csvcell *cells = sf_xmalloc(SF_CSV_COLS * sizeof(*cells));
	struct sf_csv c = {.delim = sf_job_delim(j), .last = true};
	struct sf_csvrow r = {.cell = cells};
	struct sf_arena a = {0};
	struct buf block = {0};

	sf_job_read(org, j->n, 0, &block);
	c.p = block.p ? block.p : "";
	c.end = c.p + block.n;
	if (sf_csv_row(&c, &r, &a))
		buf_add(b, r.raw, r.raw_n);
	sf_arena_free(&a);
	buf_free(&block);
	free(cells);
}

bool
sf_fault_row(yyjson_val *spec, int64_t row, const char *raw, size_t n,
    int64_t *hits, struct sf_err *e)
{
	yyjson_val *nth = yyjson_obj_get(spec, "nth");
	yyjson_val *every = yyjson_obj_get(spec, "every");
	yyjson_val *rows = yyjson_obj_get(spec, "rows");
	yyjson_val *chunk = yyjson_obj_get(spec, "chunk");
	const char *match = yyjson_get_str(yyjson_obj_get(spec, "match"));
	const char *code, *msg, *fields;

	if ((nth && row != yyjson_get_sint(nth)) ||
	    (every && row % (yyjson_get_sint(every) + !yyjson_get_sint(every))
	    != 0) ||
	    (chunk && (row - 1) / SF_CHUNK + 1 != yyjson_get_sint(chunk)) ||
	    (rows && *hits >= yyjson_get_sint(rows)) ||
	    (match && memmem(raw, n, match, strlen(match)) == NULL))
		return false;
	++*hits;
	code = yyjson_get_str(yyjson_obj_get(spec, "code"));
	msg = yyjson_get_str(yyjson_obj_get(spec, "message"));
	fields = yyjson_get_str(yyjson_obj_get(spec, "fields"));
	sf_fail(e, code ? code : "UNABLE_TO_LOCK_ROW", fields ? fields : "",
	    "%s", msg ? msg : "unable to obtain exclusive access to this "
	    "record");
	return true;
}
