/*
 * spent - what a command costs
 *
 *	spent FILE COMMAND [ARGUMENT...]
 *
 * FILE gets the user and system seconds of COMMAND and its peak memory in KB;
 * time(1) cuts seconds off behind the second digit, a tenth of what the
 * quickest takes here.  The status is that of COMMAND.
 */
#define _DEFAULT_SOURCE
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static double
seconds(struct timeval t)
{
	return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

int
main(int argc, char **argv)
{
	struct rusage use;
	FILE *out;
	pid_t pid;
	int status;

	if (argc < 3)
		return 2;
	if ((pid = fork()) == 0) {
		execvp(argv[2], argv + 2);
		perror(argv[2]);
		_exit(127);
	}
	if (pid == -1 || wait4(pid, &status, 0, &use) == -1 ||
	    (out = fopen(argv[1], "w")) == NULL) {
		perror("spent");
		return 3;
	}
	fprintf(out, "%.4f %.4f %ld\n", seconds(use.ru_utime),
	    seconds(use.ru_stime), use.ru_maxrss);
	if (fclose(out) != 0)
		return 3;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}
