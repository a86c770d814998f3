/* child - a command that run-open or run-stage starts and waits for. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "child.h"
#include "say.h"

static void
run(char *const argv[], int out, int how, const sigset_t *mask)
{
	if (how & CHILD_GROUP)
		setpgid(0, 0);
	if (out != -1 && dup2(out, STDOUT_FILENO) == -1)
		_exit(WHY_BROKEN);
	signal(SIGPIPE, SIG_DFL);
	sigprocmask(SIG_SETMASK, mask, NULL);
	execvp(argv[0], argv);
	say_error("cannot run '%s': %s", argv[0], strerror(errno));
	_exit(WHY_SETUP);
}

int
child_start(struct child *c, char *const argv[], int out, int how,
    struct why *w)
{
	sigset_t set, before;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGQUIT);
	sigaddset(&set, SIGCHLD);
	sigprocmask(SIG_BLOCK, &set, &before);
	c->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	c->group = (how & CHILD_GROUP) != 0;
	c->pid = c->signals == -1 ? -1 : fork();
	if (c->pid == 0)
		run(argv, out, how, &before);
	if (c->pid == -1)
		return why(w, WHY_BROKEN, "cannot start '%s': %s", argv[0],
		    strerror(errno));
	if (c->group)		/* whoever is first: no race with kill() */
		setpgid(c->pid, c->pid);
	return 0;
}

int
child_signal(struct child *c)
{
	struct signalfd_siginfo info;
	int sig;

	if (read(c->signals, &info, sizeof(info)) != sizeof(info))
		return 0;
	sig = (int)info.ssi_signo;
	if (sig != SIGCHLD && c->pid > 0)	/* never to everybody */
		kill(c->group ? -c->pid : c->pid, sig);
	return sig;
}

void
child_done(struct child *c)
{
	if (c->signals != -1)
		close(c->signals);
	c->signals = -1;
}

int
child_status(int wait_status)
{
	int status;

	if (!WIFEXITED(wait_status))
		return WHY_BROKEN;
	status = WEXITSTATUS(wait_status);
	if (status <= WHY_BUSY)
		return status;
	return status == 126 || status == 127 ? WHY_SETUP : WHY_BROKEN;
}

void
child_json(int wait_status, struct buf *out)
{
	const char *name;

	if (!WIFSIGNALED(wait_status)) {
		buf_fmt(out, "\"status\":%d", WEXITSTATUS(wait_status));
		return;
	}
	name = sigabbrev_np(WTERMSIG(wait_status));
	buf_fmt(out, "\"signal\":\"%s\"", name == NULL ? "?" : name);
}

char *
child_path(const char *name)
{
	const char *path = getenv("PATH"), *colon;
	char *at, *found = NULL;

	if (strchr(name, '/') != NULL)
		return realpath(name, NULL);
	for (; path != NULL && found == NULL;
	    path = *colon == '\0' ? NULL : colon + 1) {
		colon = strchrnul(path, ':');
		at = xasprintf("%.*s/%s", (int)(colon - path), path, name);
		if (access(at, X_OK) == 0)
			found = realpath(at, NULL);
		free(at);
	}
	return found;
}
