/*
 * Runs programs and tells how long each took from its start to its end, to the nanosecond. A process of its own, small and
 * with nothing else to do: spawning from Node takes as long as the smallest of the programs.
 *
 *   in:   go COUNT CONCURRENCY, then COUNT lines PROGRAM <TAB> STDIN-FILE <TAB> STDOUT-FILE { <TAB> KEY=VALUE }
 *   out:  TOTAL-NS { NS:WAIT-STATUS }
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MAX_CALLS 4096
#define MAX_VARIABLES 62

struct call {
	char *line;
	pid_t pid;
	int64_t started, took;
	int status;
};

static int64_t now(void)
{
	struct timespec time;
	clock_gettime(CLOCK_MONOTONIC, &time);
	return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

static char *next_field(char **rest)
{
	return strsep(rest, "\t");
}

/* In the child, which borrows its parent's memory: it changes nothing there. */
static void become(char *program, const char *input, const char *output, char **environment)
{
	char *arguments[] = {program, NULL};
	int in = open(input, O_RDONLY);
	int out = open(output, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	if (in >= 0 && out >= 0 && dup2(in, 0) == 0 && dup2(out, 1) == 1 && close(in) == 0 && close(out) == 0)
		execve(program, arguments, environment);
	_exit(127);
}

static void start(struct call *call)
{
	char *rest = call->line;
	char *program = next_field(&rest);
	char *input = next_field(&rest);
	char *output = next_field(&rest);
	char *environment[MAX_VARIABLES + 1];
	int count = 0;

	while (rest && count < MAX_VARIABLES)
		environment[count++] = next_field(&rest);
	environment[count] = NULL;
	call->started = now();
	/* As runtimes do it (Go's forkExec). posix_spawn() of glibc asks about each of 64 signals first. */
	call->pid = vfork();
	if (call->pid == 0)
		become(program, input, output, environment);
	if (call->pid < 0) {
		fprintf(stderr, "cannot run %s: %s\n", program, strerror(errno));
		exit(1);
	}
}

static void wait_for_one(struct call *calls, int count)
{
	int status;
	pid_t pid = wait(&status);
	int64_t ended = now();
	for (int i = 0; i < count; i++) {
		if (calls[i].pid != pid)
			continue;
		calls[i].took = ended - calls[i].started;
		calls[i].status = status;
		calls[i].pid = 0;
		return;
	}
}

static void run(struct call *calls, int count, int concurrency)
{
	int64_t started = now();
	int begun = 0;
	for (int ended = 0; ended < count; ended++) {
		for (; begun < count && begun - ended < concurrency; begun++)
			start(&calls[begun]);
		wait_for_one(calls, begun);
	}
	printf("%lld", (long long)(now() - started));
	for (int i = 0; i < count; i++)
		printf(" %lld:%d", (long long)calls[i].took, calls[i].status);
	printf("\n");
	fflush(stdout);
}

int main(void)
{
	static struct call calls[MAX_CALLS];
	char *line = NULL;
	size_t size = 0;
	int count, concurrency;

	while (getline(&line, &size, stdin) > 0) {
		if (sscanf(line, "go %d %d", &count, &concurrency) != 2 || count < 1 || count > MAX_CALLS ||
		    concurrency < 1)
			return 2;
		for (int i = 0; i < count; i++) {
			if (getline(&line, &size, stdin) <= 0)
				return 2;
			line[strcspn(line, "\n")] = '\0';
			calls[i] = (struct call){.line = strdup(line)};
		}
		run(calls, count, concurrency);
		for (int i = 0; i < count; i++)
			free(calls[i].line);
	}
	free(line);
	return 0;
}
