/* salesforce-saved - the org's answers, kept in a folder and read again. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "file.h"
#include "salesforce-session.h"
#include "scan.h"
#include "sign.h"

enum { ANSWER = 64 << 20 };

/* "sobjects/Order/describe" is Order.json, all else has its digest's name. */
static char *
name_of(const char *dir, const char *path)
{
	static const char front[] = "sobjects/", end[] = "/describe";
	size_t n = strlen(path), f = sizeof(front) - 1, e = sizeof(end) - 1;
	char hex[SIGN_HEX];

	if (n > f + e && memcmp(path, front, f) == 0 &&
	    strcmp(path + n - e, end) == 0 &&
	    memchr(path + f, '/', n - f - e) == NULL)
		return xasprintf("%s/%.*s.json", dir, (int)(n - f - e),
		    path + f);
	sign_sha256_hex(slice(path), hex);
	return xasprintf("%s/answer-%.16s.json", dir, hex);
}

int
sf_saved_get(const struct sf *s, struct http_call *c, const char *path,
    struct why *w)
{
	char *name = name_of(s->saved, path);
	struct slice json;
	int r;

	c->answer.max = ANSWER;
	if (access(name, F_OK) == -1 && errno == ENOENT)
		r = why_code(w, WHY_SETUP, "not-saved", "'%s' is not there: "
		    "the org did not know it when the folder was saved, or it "
		    "was not asked; save again", name);
	else if ((r = file_read(name, &c->answer, w)) == 0 &&
	    scan_text(buf_all(&c->answer), &json, w) == -1) {
		w->kind = WHY_BROKEN;
		r = why_in(w, "'%s' is damaged, save again", name);
	}
	free(name);
	return r;
}

int
sf_saved_put(const struct sf *s, const struct http_call *c, const char *path,
    struct why *w)
{
	char *name = name_of(s->save, path);
	struct file *f = file_create(name, FILE_PLAIN, w);
	int r = -1;

	if (f != NULL) {
		file_write(f, c->answer.p, c->answer.n);
		r = file_commit(f, w);
	}
	free(name);
	return r;
}

int
sf_save(struct sf *s, const char *dir, struct why *w)
{
	if (file_folder(dir, w) == -1)
		return -1;
	s->save = dir;
	return 0;
}

struct sf *
sf_saved(const char *dir)
{
	struct sf *s = xcalloc(1, sizeof(*s));

	s->saved = dir;
	s->used = s->max = -1;
	s->token = BUF(0);
	return s;
}
