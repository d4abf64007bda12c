#include "wait.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <time.h>

#define FIRST_PAUSE_MS 50
#define LAST_PAUSE_MS 400

static volatile sig_atomic_t stopped;

/* The signal mask of the caller: what is open while waiting. */
static sigset_t open_mask;

static void on_stop(int number)
{
	(void)number;
	stopped = 1;
}

int64_t clock_ms(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void catch_stop_signals(void)
{
	static const int stop_signals[] = {SIGTERM, SIGINT, SIGHUP};
	struct sigaction stop = {.sa_handler = on_stop};
	struct sigaction ignore = {.sa_handler = SIG_IGN};
	sigset_t blocked;

	sigemptyset(&blocked);
	for (size_t i = 0; i < sizeof stop_signals / sizeof *stop_signals; i++) {
		sigaction(stop_signals[i], &stop, NULL);
		sigaddset(&blocked, stop_signals[i]);
	}
	sigaction(SIGPIPE, &ignore, NULL);
	sigprocmask(SIG_BLOCK, &blocked, NULL);
	/* A runtime may have started us with these signals blocked; while waiting they are open. */
	sigprocmask(SIG_BLOCK, NULL, &open_mask);
	for (size_t i = 0; i < sizeof stop_signals / sizeof *stop_signals; i++)
		sigdelset(&open_mask, stop_signals[i]);
}

bool stop_requested(void)
{
	return stopped;
}

enum wait_result wait_for(int fd, short events, int64_t deadline)
{
	struct pollfd entry = {.fd = fd, .events = events};
	for (;;) {
		if (stopped)
			return WAIT_STOPPED;
		int64_t left = deadline - clock_ms();
		if (left <= 0)
			return WAIT_EXPIRED;
		struct timespec timeout = {left / 1000, (left % 1000) * 1000000};
		int ready = ppoll(&entry, 1, &timeout, &open_mask);
		if (ready > 0)
			return WAIT_READY;
		if (ready < 0 && errno != EINTR)
			return WAIT_FAILED;
	}
}

bool wait_again(struct patience *patience)
{
	int64_t now = clock_ms();
	if (now >= patience->until)
		return false;
	int64_t pause = patience->pause > 0 ? patience->pause * 2 : FIRST_PAUSE_MS;
	patience->pause = pause < LAST_PAUSE_MS ? pause : LAST_PAUSE_MS;
	int64_t wake = now + patience->pause;
	return wait_for(-1, 0, wake < patience->until ? wake : patience->until) == WAIT_EXPIRED;
}
