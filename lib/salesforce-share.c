/* salesforce-share - one session for the programs of a pipe. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "file.h"
#include "salesforce-session.h"
#include "sign.h"

/* The lock is held while somebody logs in, which can take a while. */
enum { FILE_MAX = 64 << 10, LOCK_SECONDS = 60, SECRET_MAX = 64 << 10 };

/* Which login this is a session of: other settings are another session. */
static void
fingerprint(const struct sf *s, char hex[SIGN_HEX])
{
	static const char *const names[] = { "url", "login", "client_id",
	    "username", "audience" };
	static const char *const secrets[] = { "client_secret_file",
	    "jwt_key_file" };
	struct sign_sha256 *sum = sign_sha256_new();
	struct buf secret = BUF(SECRET_MAX);
	struct why ignored;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const char *t = conf_text(s->conf, "salesforce", names[i]);

		sign_sha256_put(sum, t == NULL ? "" : t,
		    t == NULL ? 1 : strlen(t) + 1);
	}
	for (size_t i = 0; i < sizeof(secrets) / sizeof(secrets[0]); i++)
		if (conf_has_secret(s->conf, "salesforce", secrets[i]) &&
		    conf_secret(s->conf, "salesforce", secrets[i], &secret,
		    &ignored) == 0)
			sign_sha256_put(sum, secret.p, secret.n);
	sign_sha256_end_hex(sum, hex);
	sign_sha256_free(sum);
	if (secret.p != NULL)
		explicit_bzero(secret.p, secret.n);
	buf_free(&secret);
}

/* -1 WHY_SETUP: somebody else has put it there, or can read it. */
static int
is_private(int fd, const char *path, struct why *w)
{
	struct stat st;

	if (fstat(fd, &st) == -1)
		return why(w, WHY_SETUP, "cannot look at '%s': %s", path,
		    strerror(errno));
	if (!S_ISREG(st.st_mode) || st.st_uid != geteuid())
		return why_code(w, WHY_SETUP, "session-file", "'%s' must be a "
		    "file of this user: it holds a Salesforce session; remove "
		    "it", path);
	if ((st.st_mode & 077) != 0)
		return why_code(w, WHY_SETUP, "session-file", "'%s' holds a "
		    "Salesforce session and others can read it (mode %03o): "
		    "remove it, and end that session in Salesforce", path,
		    st.st_mode & 0777u);
	return 0;
}

static bool
lock(int fd)
{
	const struct timespec rest = { 0, 20000000 };

	for (int i = 0; i < LOCK_SECONDS * 50; i++) {
		if (flock(fd, LOCK_EX | LOCK_NB) == 0)
			return true;
		if (errno != EWOULDBLOCK && errno != EINTR)
			return false;
		nanosleep(&rest, NULL);
	}
	return false;
}

/* The file, locked; -1 without `w`: there can be none here, -1 with it: the
 * one that is there must not be used. */
static int
open_locked(const struct sf *s, char **path, struct why *w)
{
	char *ledger = conf_path(s->conf, "ledger", "path");
	int fd = -1;

	*path = NULL;
	if (ledger != NULL)
		*path = xasprintf("%s-session", ledger);
	free(ledger);
	if (*path != NULL)
		fd = open(*path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC,
		    0600);
	if (fd == -1 && *path != NULL && errno == ELOOP)
		why_code(w, WHY_SETUP, "session-file", "'%s' is a link, and "
		    "a Salesforce session belongs into no file elsewhere: "
		    "remove it", *path);
	if (fd != -1 && (is_private(fd, *path, w) == -1 || !lock(fd))) {
		close(fd);
		fd = -1;
	}
	return fd;
}

/* True: the file's session is ours now.  Not one that is known to be dead,
 * nor one of another login, nor of an org that the ledger does not know. */
static bool
take(struct sf *s, int fd, const char *path, const char *hex,
    const char *dead)
{
	struct buf text = BUF(FILE_MAX);
	struct pool *pool = pool_new();
	struct slice v, token, org, instance;
	bool good = false;

	if (file_read_fd(fd, path, &text, NULL) == -1 ||
	    scan_text(buf_all(&text), &v, NULL) == -1)
		goto out;
	token = scan_string(scan_get(v, "token"), pool);
	org = scan_string(scan_get(v, "org"), pool);
	instance = scan_string(scan_get(v, "instance"), pool);
	good = slice_is(scan_string(scan_get(v, "login"), pool), hex) &&
	    token.n > 0 && org.n == 18 && sf_id_ok(org) && instance.n > 0 &&
	    (dead == NULL || !slice_is(token, dead)) &&
	    ledger_paired(s->ledger, "org", pool_dup(pool, org.p, org.n));
	if (!good)
		goto out;
	sf_id_18(s->org, org);
	free(s->instance);
	s->instance = xstrndup(instance.p, instance.n);
	buf_reset(&s->token);
	buf_slice(&s->token, token);
out:
	if (text.p != NULL)
		explicit_bzero(text.p, text.n);
	buf_free(&text);
	pool_free(pool);
	return good;
}

/* A file that cannot be written is left empty: then each logs in. */
static void
give(const struct sf *s, int fd, const char *hex)
{
	struct buf text = BUF(FILE_MAX);

	buf_fmt(&text, "{\"login\":\"%s\",\"org\":\"%s\",\"instance\":", hex,
	    s->org);
	scan_quote(&text, slice(s->instance));
	buf_str(&text, ",\"token\":");
	scan_quote(&text, buf_all(&s->token));
	buf_str(&text, "}\n");
	if (ftruncate(fd, 0) == -1 || text.over ||
	    pwrite(fd, text.p, text.n, 0) != (ssize_t)text.n)
		(void)!ftruncate(fd, 0);
	explicit_bzero(text.p, text.n);
	buf_free(&text);
}

int
sf_session(struct sf *s, const char *dead, struct why *w)
{
	char hex[SIGN_HEX], *path;
	struct why mine = {0};
	int fd, r = 0;

	if (s->ledger == NULL)
		return sf_login(s, w);
	fd = open_locked(s, &path, &mine);
	if (mine.kind != WHY_NONE) {
		*w = mine;
		r = -1;
	} else if (fd == -1) {
		r = sf_login(s, w);
	} else {
		fingerprint(s, hex);
		if (!take(s, fd, path, hex, dead) &&
		    (r = sf_login(s, w)) == 0 &&
		    (r = ledger_pair(s->ledger, "org", s->org, w)) == 0)
			give(s, fd, hex);
	}
	if (fd != -1)
		close(fd);
	free(path);
	return r;
}
