/* sf-upload - the CSV of a job as it was sent: line ends and header */

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
