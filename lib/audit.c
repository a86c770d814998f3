/* audit - the event log of a run. */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "audit.h"
#include "file.h"

void
audit_time(struct buf *out, long long seconds)
{
	time_t t = (time_t)seconds;
	struct tm tm;
	char text[32];

	gmtime_r(&t, &tm);
	strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &tm);
	buf_str(out, text);
}

/* ---- appending ---- */

/* Where the next event goes, and what it must say of the line before. */
struct end {
	off_t size;		/* behind the last whole line */
	long n;			/* of the last line */
	char hash[SIGN_HEX];	/* of the last line */
	struct buf torn;	/* what stands behind it */
};

static int
read_at(int fd, struct buf *b, off_t from, size_t n, struct why *w)
{
	ssize_t r;

	if (!buf_room(b, n))
		return why(w, WHY_BROKEN, "the last line is too long");
	while (n > 0) {
		r = pread(fd, b->p + b->n, n, from);
		if (r <= 0)
			return why(w, WHY_BROKEN, "cannot read: %s",
			    r == 0 ? "it shrank" : strerror(errno));
		b->n += (size_t)r;
		from += r;
		n -= (size_t)r;
	}
	return 0;
}

static long
number_of(struct slice line)
{
	struct slice value;

	if (scan_text(line, &value, NULL) == -1 ||
	    scan_kind(value) != SCAN_OBJECT ||
	    scan_kind(value = scan_get(value, "n")) != SCAN_NUMBER)
		return 0;
	return strtol(value.p, NULL, 10);
}

static int
find_end(int fd, struct end *e, struct why *w)
{
	struct buf tail = BUF(3 * AUDIT_LINE);
	struct stat st;
	size_t n;
	const char *lf, *before;
	struct slice line;
	int r = -1;

	if (fstat(fd, &st) == -1) {
		why(w, WHY_BROKEN, "cannot read: %s", strerror(errno));
		goto out;
	}
	n = st.st_size > 2 * AUDIT_LINE ? 2 * AUDIT_LINE : (size_t)st.st_size;
	if (read_at(fd, &tail, st.st_size - (off_t)n, n, w) == -1)
		goto out;
	lf = n == 0 ? NULL : memrchr(tail.p, '\n', n);
	line.p = lf == NULL ? tail.p : lf + 1;
	buf_put(&e->torn, line.p, n - (size_t)(lf == NULL ? 0 :
	    line.p - tail.p));
	e->size = st.st_size - (off_t)e->torn.n;
	r = 0;
	if (lf == NULL)
		goto out;
	before = memrchr(tail.p, '\n', (size_t)(lf - tail.p));
	line.p = before == NULL ? tail.p : before + 1;
	line.n = (size_t)(lf - line.p);
	e->n = number_of(line);
	sign_sha256_hex(line, e->hash);
out:
	buf_free(&tail);
	return r;
}

static void
put_line(struct buf *out, struct end *e, struct slice members)
{
	size_t from = out->n;

	buf_fmt(out, "{\"audit\":%d,\"n\":%ld,\"before\":\"%s\",\"at\":\"",
	    AUDIT_FORMAT, ++e->n, e->hash);
	audit_time(out, (long long)time(NULL));
	buf_str(out, "\",");
	buf_slice(out, members);
	buf_str(out, "}");
	if (!out->over)
		sign_sha256_hex((struct slice){ out->p + from, out->n - from },
		    e->hash);
	buf_char(out, '\n');
}

static void
put_torn(struct buf *out, struct end *e)
{
	struct buf b = BUF(256);
	char hash[SIGN_HEX];

	sign_sha256_hex(buf_all(&e->torn), hash);
	buf_fmt(&b, "\"event\":\"torn\",\"bytes\":%zu,\"sha256\":\"%s\"",
	    e->torn.n, hash);
	put_line(out, e, buf_all(&b));
	buf_free(&b);
}

/* One write, and what a full disk left of it is taken back. */
static int
write_end(int fd, const struct end *e, struct slice text, struct why *w)
{
	ssize_t r;

	if (e->torn.n > 0 && ftruncate(fd, e->size) == -1)
		return why(w, WHY_BROKEN, "cannot cut: %s", strerror(errno));
	r = pwrite(fd, text.p, text.n, e->size);
	if (r == (ssize_t)text.n && fdatasync(fd) == 0)
		return 0;
	why(w, WHY_BROKEN, "cannot write: %s",
	    strerror(r >= 0 && r < (ssize_t)text.n ? ENOSPC : errno));
	if (ftruncate(fd, e->size) == -1)
		why_in(w, "and what was written stays");
	return -1;
}

static int
append(int fd, struct slice members, char hash[SIGN_HEX], struct why *w)
{
	struct end e = { .hash = AUDIT_NOTHING, .torn = BUF(3 * AUDIT_LINE) };
	struct buf out = BUF(AUDIT_LINE);
	int r = -1;

	if (find_end(fd, &e, w) == -1)
		goto out;
	if (e.torn.n > 0)
		put_torn(&out, &e);
	put_line(&out, &e, members);
	if (out.over) {
		why(w, WHY_BROKEN, "an event is over %d bytes", AUDIT_LINE);
		goto out;
	}
	if ((r = write_end(fd, &e, buf_all(&out), w)) == 0 && hash != NULL)
		memcpy(hash, e.hash, SIGN_HEX);
out:
	buf_free(&e.torn);
	buf_free(&out);
	return r;
}

int
audit_append(const char *folder, struct slice members, char hash[SIGN_HEX],
    struct why *w)
{
	char *path = xasprintf("%s/" AUDIT_FILE, folder);
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600), r = -1;

	if (fd == -1 || flock(fd, LOCK_EX) == -1)
		why(w, WHY_BROKEN, "cannot open '%s': %s", path,
		    strerror(errno));
	else if ((r = append(fd, members, hash, w)) == -1)
		why_in(w, "'%s'", path);
	if (fd != -1)
		close(fd);
	free(path);
	return r;
}

/* ---- masking ---- */

static bool
of_address(char c)
{
	return isalnum((unsigned char)c) || (c & 0x80) != 0 ||
	    (c != '\0' && strchr("@.!#$%&'*+/?^_`{|}~-", c) != NULL);
}

/* A word that has text on both sides of an @ is an address. */
static bool
is_address(struct slice word)
{
	const char *at = word.n < 3 ? NULL :
	    memchr(word.p + 1, '@', word.n - 2);

	return at != NULL;
}

static void
put_hidden(struct buf *out, struct slice word, struct slice key)
{
	struct buf lower = BUF(AUDIT_LINE);
	char hex[SIGN_HEX];

	for (size_t i = 0; i < word.n; i++)
		buf_char(&lower, (char)tolower((unsigned char)word.p[i]));
	sign_hmac_sha256_hex(key, buf_all(&lower), hex);
	buf_fmt(out, "email:%.16s", hex);
	buf_free(&lower);
}

void
audit_mask(struct buf *out, struct slice text, struct slice key)
{
	const char *end = text.p + text.n;

	for (const char *p = text.p, *q; p < end; p = q) {
		for (q = p; q < end && of_address(*q); q++)
			;
		if (q == p)
			buf_char(out, *q++);
		else if (is_address((struct slice){ p, (size_t)(q - p) }))
			put_hidden(out, (struct slice){ p, (size_t)(q - p) },
			    key);
		else
			buf_put(out, p, (size_t)(q - p));
	}
}

/* Arguments may be any bytes; what is not UTF-8 must not get into JSON. */
void
audit_arguments(struct buf *out, char *const argv[], struct slice key)
{
	struct buf b = BUF(AUDIT_LINE);

	buf_str(out, "\"arguments\":[");
	for (int i = 0; argv[i] != NULL; i++) {
		buf_reset(&b);
		audit_mask(&b, slice(argv[i]), key);
		if (!scan_utf8(buf_all(&b)))
			for (size_t k = 0; k < b.n; k++)
				if (b.p[k] & 0x80)
					b.p[k] = '?';
		if (i > 0)
			buf_char(out, ',');
		scan_quote(out, buf_all(&b));
	}
	buf_char(out, ']');
	buf_free(&b);
}

/* ---- reading ---- */

int
audit_open(struct audit *a, const char *folder, struct why *w)
{
	char *path = xasprintf("%s/" AUDIT_FILE, folder);
	int r;

	*a = (struct audit){ .text = BUF(AUDIT_LOG), .pool = pool_new() };
	if ((r = file_read(path, &a->text, w)) == -1)
		audit_close(a);
	free(path);
	return r;
}

static struct slice
text_in(struct slice object, const char *name, struct pool *pool)
{
	return scan_string(scan_get(object, name), pool);
}

int
audit_next(struct audit *a, struct audit_event *e)
{
	const char *p = a->text.p + a->at, *lf;
	size_t left = a->text.n - a->at;
	struct slice value;

	*e = (struct audit_event){ .line = ++a->line };
	if (left == 0)
		return 0;
	lf = memchr(p, '\n', left);
	e->torn = lf == NULL;
	e->text = (struct slice){ p, lf == NULL ? left : (size_t)(lf - p) };
	a->at += e->text.n + !e->torn;
	sign_sha256_hex(e->text, e->hash);
	if (scan_text(e->text, &value, NULL) == -1 ||
	    scan_kind(value) != SCAN_OBJECT || !slice_eq(value, e->text))
		return 1;
	e->n = number_of(value);
	e->event = text_in(value, "event", a->pool);
	e->stage = text_in(value, "stage", a->pool);
	e->at = text_in(value, "at", a->pool);
	e->before = text_in(value, "before", a->pool);
	return 1;
}

void
audit_close(struct audit *a)
{
	buf_free(&a->text);
	pool_free(a->pool);
	a->pool = NULL;
}

long long
audit_number(const struct audit_event *e, const char *name)
{
	struct slice v = e->event.p == NULL ? e->event :
	    scan_get(e->text, name);

	return scan_kind(v) == SCAN_NUMBER ? strtoll(v.p, NULL, 10) : -1;
}

struct slice
audit_text(struct audit *a, const struct audit_event *e, const char *name)
{
	if (e->event.p == NULL)
		return (struct slice){ NULL, 0 };
	return text_in(e->text, name, a->pool);
}
