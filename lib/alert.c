/* alert - [runs] alert, run with a text. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "alert.h"
#include "audit.h"
#include "child.h"
#include "say.h"

enum { WORDS = 32, EVENT = 512 };

struct words {
	char *text, *word[WORDS + 1];
};

static void
split(struct words *s, const char *command)
{
	char *at = NULL, *word;
	int n = 0;

	s->text = xstrdup(command);
	for (word = strtok_r(s->text, " \t", &at); word != NULL && n < WORDS;
	    word = strtok_r(NULL, " \t", &at))
		s->word[n++] = word;
	s->word[n] = NULL;
}

static bool
wanted(const struct conf *c, int status)
{
	const char *from = conf_text(c, "runs", "alert_from");

	return conf_text(c, "runs", "alert") != NULL && status != 0 &&
	    (status != WHY_DATA || strcmp(from, "records") == 0);
}

bool
alert_there(const struct conf *c)
{
	const char *command = conf_text(c, "runs", "alert");
	struct words s;
	char *path;
	bool there;

	if (command == NULL)
		return true;
	split(&s, command);
	path = s.word[0] == NULL ? NULL : child_path(s.word[0]);
	there = path != NULL && access(path, X_OK) == 0;
	free(path);
	free(s.text);
	return there;
}

/* A process with these for input and output; -1: none. */
static pid_t
start(char *const argv[], int in, int out, const int keep[2])
{
	sigset_t none;
	pid_t pid = fork();
	int i;

	if (pid != 0)
		return pid;
	setpgid(0, 0);		/* all that it starts can be ended with it */
	for (i = 0; i < 2; i++)
		if (keep[i] != -1)
			close(keep[i]);
	if (dup2(in, STDIN_FILENO) == -1 || dup2(out, STDOUT_FILENO) == -1)
		_exit(WHY_BROKEN);
	signal(SIGPIPE, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	execvp(argv[0], argv);
	say_error("cannot run '%s': %s", argv[0], strerror(errno));
	_exit(WHY_SETUP);
}

/* Wait, but not for ever: the status of waitpid(), or -1. */
static int
finish(pid_t pid)
{
	const struct timespec nap = { 0, 20000000 };
	struct timespec now, end;
	int status;
	pid_t got;

	clock_gettime(CLOCK_MONOTONIC, &end);
	end.tv_sec += ALERT_SECONDS;
	do {
		if ((got = waitpid(pid, &status, WNOHANG)) != 0)
			break;
		nanosleep(&nap, NULL);
		clock_gettime(CLOCK_MONOTONIC, &now);
	} while (now.tv_sec < end.tv_sec);
	if (got == pid)
		return status;
	kill(-pid, SIGKILL);
	waitpid(pid, &status, 0);
	return -1;
}

/* What the run came to, behind what is in the file already. */
static void
add_report(const char *folder, int text, const int keep[2])
{
	char name[] = "run-report";
	char *argv[] = { name, xstrdup(folder), NULL };
	int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
	pid_t pid = null == -1 ? -1 : start(argv, null, text, keep);

	if (pid != -1)
		finish(pid);
	if (null != -1)
		close(null);
	free(argv[1]);
}

/* What its end, as finish() gives it, says. */
static int
judge(const char *name, int status, struct why *w)
{
	if (status == -1)
		return why(w, WHY_BROKEN, "alert: '%s' did not end within %d s",
		    name, ALERT_SECONDS);
	if (WIFSIGNALED(status))
		return why(w, WHY_BROKEN, "alert: '%s' failed with status %d",
		    name, 128 + WTERMSIG(status));
	if (WEXITSTATUS(status) != 0)
		return why(w, WHY_BROKEN, "alert: '%s' failed with status %d",
		    name, WEXITSTATUS(status));
	return 0;
}

static int
tell(const struct alert *a, const char *headline, struct why *w)
{
	int text = memfd_create("alert", MFD_CLOEXEC), ok = -1;
	struct words s;
	pid_t pid;

	split(&s, conf_text(a->conf, "runs", "alert"));
	setenv("MILLRACE_SUBJECT", headline, 1);
	if (text == -1 || dprintf(text, "%s\n\n", headline) < 0) {
		why(w, WHY_BROKEN, "alert: %s", strerror(errno));
		goto out;
	}
	if (a->folder != NULL)
		add_report(a->folder, text, a->keep);
	lseek(text, 0, SEEK_SET);
	if ((pid = start(s.word, text, STDERR_FILENO, a->keep)) == -1)
		why(w, WHY_BROKEN, "alert: cannot start '%s': %s", s.word[0],
		    strerror(errno));
	else
		ok = judge(s.word[0], finish(pid), w);
out:
	unsetenv("MILLRACE_SUBJECT");	/* the run's command comes after us */
	if (text != -1)
		close(text);
	free(s.text);
	return ok;
}

static void
log_alert(const char *folder, int status)
{
	struct buf b = BUF(EVENT);
	struct why w = { 0 };

	buf_fmt(&b, "\"event\":\"alert\",\"status\":%d", status);
	if (audit_append(folder, buf_all(&b), NULL, &w) == -1)
		say_error("%s", w.text);
	buf_free(&b);
}

static char *
headline_of(const char *fmt, va_list ap)
{
	char host[256] = "?", *text, *headline;

	gethostname(host, sizeof(host) - 1);
	if (vasprintf(&text, fmt, ap) == -1)
		return xasprintf("millrace on %s", host);
	headline = xasprintf("millrace on %s: %s", host, text);
	free(text);
	return headline;
}

void
alert_tell(const struct alert *a, int status, const char *fmt, ...)
{
	struct why w = { 0 };
	char *headline;
	va_list ap;
	int ok;

	if (!wanted(a->conf, status))
		return;
	va_start(ap, fmt);
	headline = headline_of(fmt, ap);
	va_end(ap);
	ok = tell(a, headline, &w);
	free(headline);
	if (ok == -1)
		say_error("%s", w.text);
	if (a->folder != NULL)
		log_alert(a->folder, ok == 0 ? 0 : 1);
}
