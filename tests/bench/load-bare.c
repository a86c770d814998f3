/*
 * load-bare - what a load costs at least
 *
 *	load-bare INSTANCE-URL TOKEN <PAYLOADS >VERDICTS
 *
 * The floor under sf-load: payloads of the one shape that the bench makes, by
 * hand-made code that believes every byte; their fields as CSV into a file,
 * a Bulk job for each 100 MB of it by libcurl, the results joined by the key, a
 * verdict for each line in its order.  Nothing is checked, nothing remembered, and all
 * keys and ids are held.
 */
#include <curl/curl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { FIELDS = 6, IN = 1 << 20, JOB = 100 * 1000 * 1000, JOBS = 100 };

static const char header[] = "Magento_Id__c,BillingCity,BillingPostalCode,"
    "BillingStreet,Name,Phone,Website\n";

struct row {
	char key[16], id[18];
	uint8_t n;
};

struct load {
	const char *url, *token;
	FILE *csv;
	long start[JOBS + 1];	/* of each job's part of it */
	long length, left;	/* of the part at hand, and to be sent of it */
	size_t jobs;
	struct row *row;
	size_t n, cap;
	uint32_t *slot;
	size_t slots, found;
	char *rest;		/* of a result line not yet whole */
	size_t rest_n, rest_cap;
	bool header;		/* of the results: seen */
	char answer[4096];
	size_t answer_n;
};

static void *
need(void *p)
{
	if (p == NULL)
		abort();
	return p;
}

/* The text of the string behind the next `name`, up to its quote. */
static const char *
text(const char *p, const char *end, const char *name, size_t *n)
{
	p = need(memmem(p, (size_t)(end - p), name, strlen(name)));
	p += strlen(name);
	*n = (size_t)((const char *)need(memchr(p, '"', (size_t)(end - p))) -
	    p);
	return p;
}

/* Before a row: does it begin another job? */
static void
begin_job(struct load *l)
{
	long at = ftell(l->csv);

	if (l->jobs > 0 && at - l->start[l->jobs - 1] < JOB)
		return;
	if (l->jobs == JOBS)
		abort();
	l->start[l->jobs++] = at;
	fputs(header, l->csv);
}

static void
take_payload(struct load *l, const char *p, const char *end)
{
	struct row *r;
	size_t n;

	if (l->n == l->cap) {
		l->cap = l->cap == 0 ? 1024 : 2 * l->cap;
		l->row = need(realloc(l->row, l->cap * sizeof(*l->row)));
	}
	if (l->n % 1000 == 0)
		begin_job(l);
	r = &l->row[l->n++];
	p = text(p, end, "\"key\":\"", &n);
	memcpy(r->key, p, r->n = (uint8_t)n);
	fwrite_unlocked(p, 1, n, l->csv);
	p = text(p, end, "\"fields\":{\"", &n);
	for (int i = 0; i < FIELDS; i++, p += n + 3) {
		p = (char *)rawmemchr(p, '"') + 3;	/* the value */
		n = (size_t)((char *)rawmemchr(p, '"') - p);
		putc_unlocked(',', l->csv);
		fwrite_unlocked(p, 1, n, l->csv);
	}
	putc_unlocked('\n', l->csv);
}

static void
read_payloads(struct load *l)
{
	char *in = need(malloc(IN)), *p, *lf;
	size_t n = 0, got;

	while ((got = fread(in + n, 1, IN - n, stdin)) > 0) {
		n += got;
		for (p = in; (lf = memchr(p, '\n', n - (size_t)(p - in))) !=
		    NULL; p = lf + 1)
			take_payload(l, p, lf);
		n -= (size_t)(p - in);
		memmove(in, p, n);
	}
	free(in);
	l->start[l->jobs] = ftell(l->csv);
}

static uint32_t
hash(const char *p, size_t n)
{
	uint32_t h = 2166136261u;

	while (n-- > 0)
		h = (h ^ (unsigned char)*p++) * 16777619u;
	return h ^ h >> 15;
}

static void
index_rows(struct load *l)
{
	uint32_t k;

	for (l->slots = 16; l->slots < 2 * l->n; l->slots *= 2)
		continue;
	l->slot = need(calloc(l->slots, sizeof(*l->slot)));
	for (size_t i = 0; i < l->n; i++) {
		k = hash(l->row[i].key, l->row[i].n);
		while (l->slot[k &= (uint32_t)l->slots - 1] != 0)
			k++;
		l->slot[k] = (uint32_t)i + 1;
	}
}

/* "ID","true","KEY",... */
static void
take_result(struct load *l, const char *p, const char *end)
{
	const char *key = p + sizeof("\"001000000000000AAA\",\"true\",\"") - 1;
	struct row *r;
	size_t n;

	if (!l->header) {	/* of each job's results */
		l->header = true;
		return;
	}
	n = (size_t)((const char *)need(memchr(key, '"',
	    (size_t)(end - key))) - key);
	for (uint32_t k = hash(key, n);
	    l->slot[k &= (uint32_t)l->slots - 1] != 0; k++) {
		r = &l->row[l->slot[k] - 1];
		if (r->n == n && memcmp(r->key, key, n) == 0) {
			memcpy(r->id, p + 1, sizeof(r->id));
			l->found++;
			return;
		}
	}
}

static size_t
on_results(char *p, size_t size, size_t n, void *ctx)
{
	struct load *l = ctx;
	char *end, *lf;

	if (l->rest_n + n > l->rest_cap) {
		l->rest_cap = 2 * (l->rest_n + n);
		l->rest = need(realloc(l->rest, l->rest_cap));
	}
	memcpy(l->rest + l->rest_n, p, n);
	end = l->rest + l->rest_n + n;
	for (p = l->rest; (lf = memchr(p, '\n', (size_t)(end - p))) != NULL;
	    p = lf + 1)
		take_result(l, p, lf);
	l->rest_n = (size_t)(end - p);
	memmove(l->rest, p, l->rest_n);
	return n * size;
}

static size_t
on_answer(char *p, size_t size, size_t n, void *ctx)
{
	struct load *l = ctx;

	if (l->answer_n + n < sizeof(l->answer)) {
		memcpy(l->answer + l->answer_n, p, n);
		l->answer_n += n;
	}
	l->answer[l->answer_n] = '\0';
	return n * size;
}

/* The part at hand and no more: libcurl takes what comes behind it for a fault
 * of ours. */
static size_t
give_part(char *p, size_t size, size_t n, void *ctx)
{
	struct load *l = ctx;

	n *= size;
	if (n > (size_t)l->left)
		n = (size_t)l->left;
	n = fread(p, 1, n, l->csv);
	l->left -= (long)n;
	return n;
}

/* What is sent is `body`, or the CSV. */
static void
call(struct load *l, CURL *e, const char *method, const char *path,
    const char *body, curl_write_callback take)
{
	char url[512], line[2048];
	struct curl_slist *lines;

	curl_easy_reset(e);
	snprintf(url, sizeof(url), "%s/services/data/v62.0/jobs/ingest%s",
	    l->url, path);
	snprintf(line, sizeof(line), "Authorization: Bearer %s", l->token);
	lines = curl_slist_append(NULL, line);
	lines = curl_slist_append(lines, strcmp(method, "PUT") == 0 ?
	    "Content-Type: text/csv" : "Content-Type: application/json");
	lines = curl_slist_append(lines, "Expect:");
	curl_easy_setopt(e, CURLOPT_HTTPHEADER, lines);
	curl_easy_setopt(e, CURLOPT_URL, url);
	curl_easy_setopt(e, CURLOPT_ACCEPT_ENCODING, "gzip");
	curl_easy_setopt(e, CURLOPT_WRITEFUNCTION, take);
	curl_easy_setopt(e, CURLOPT_WRITEDATA, l);
	if (strcmp(method, "PUT") == 0) {
		curl_easy_setopt(e, CURLOPT_UPLOAD, 1L);
		curl_easy_setopt(e, CURLOPT_READFUNCTION, give_part);
		curl_easy_setopt(e, CURLOPT_READDATA, l);
		curl_easy_setopt(e, CURLOPT_INFILESIZE, l->length);
		l->left = l->length;
	} else if (body != NULL) {
		curl_easy_setopt(e, CURLOPT_POSTFIELDS, body);
	}
	curl_easy_setopt(e, CURLOPT_CUSTOMREQUEST, method);
	l->answer_n = 0;
	if (curl_easy_perform(e) != CURLE_OK) {
		fprintf(stderr, "load-bare: %s %s failed\n", method, url);
		exit(1);
	}
	curl_slist_free_all(lines);
}

static void
run_job(struct load *l, CURL *e, size_t i)
{
	const struct timespec pause = { 0, 200000000 };
	char job[64] = "/", path[128];
	size_t n;
	const char *id;

	fseek(l->csv, l->start[i], SEEK_SET);
	l->length = l->start[i + 1] - l->start[i];
	l->header = false;
	call(l, e, "POST", "", "{\"object\":\"Account\",\"operation\":"
	    "\"upsert\",\"externalIdFieldName\":\"Magento_Id__c\"}", on_answer);
	id = text(l->answer, l->answer + l->answer_n, "\"id\":\"", &n);
	snprintf(job, sizeof(job), "/%.*s", (int)n, id);
	snprintf(path, sizeof(path), "%s/batches", job);
	call(l, e, "PUT", path, NULL, on_answer);
	call(l, e, "PATCH", job, "{\"state\":\"UploadComplete\"}", on_answer);
	do {
		nanosleep(&pause, NULL);
		call(l, e, "GET", job, NULL, on_answer);
		if (strstr(l->answer, "\"Open\"") != NULL ||
		    strstr(l->answer, "\"Failed\"") != NULL) {
			fprintf(stderr, "load-bare: %s\n", l->answer);
			exit(1);
		}
	} while (strstr(l->answer, "\"JobComplete\"") == NULL);
	snprintf(path, sizeof(path), "%s/successfulResults", job);
	call(l, e, "GET", path, NULL, on_results);
}

static void
write_verdicts(const struct load *l)
{
	for (size_t i = 0; i < l->n; i++)
		printf("{\"verdict\":\"created\",\"object\":\"Account\","
		    "\"map\":\"account\",\"source\":\"customers/%.*s\","
		    "\"key\":\"%.*s\",\"extid\":\"Magento_Id__c\","
		    "\"id\":\"%.18s\"}\n",
		    l->row[i].n, l->row[i].key, l->row[i].n, l->row[i].key,
		    l->row[i].id);
}

int
main(int argc, char **argv)
{
	struct load l = { .csv = tmpfile() };
	CURL *e;

	if (argc != 3 || l.csv == NULL)
		return 2;
	l.url = argv[1];
	l.token = argv[2];
	curl_global_init(CURL_GLOBAL_DEFAULT);
	read_payloads(&l);
	index_rows(&l);
	e = need(curl_easy_init());
	for (size_t i = 0; i < l.jobs; i++)
		run_job(&l, e, i);
	curl_easy_cleanup(e);
	write_verdicts(&l);
	return l.found == l.n && fflush(stdout) == 0 ? 0 : 1;
}
