/* Waiting for a descriptor, for a deadline and for the request to stop, all at once. */
#ifndef POPLIN_WAIT_H
#define POPLIN_WAIT_H

#include <stdbool.h>
#include <stdint.h>

enum wait_result {
	WAIT_READY,
	WAIT_EXPIRED,
	/* SIGTERM, SIGINT or SIGHUP came: let go of everything and end. */
	WAIT_STOPPED,
	/* ppoll itself failed; errno says why. */
	WAIT_FAILED,
};

/* Milliseconds of CLOCK_MONOTONIC. Deadlines are points on this clock. */
int64_t clock_ms(void);

/*
 * Keeps the stop signals back except inside wait_for, where they end the wait: no race between looking
 * at a flag and going to sleep. Ignores SIGPIPE.
 */
void catch_stop_signals(void);

/* Whether a stop signal has ended a wait. */
bool stop_requested(void);

/*
 * Waits until the descriptor is ready for `events` (poll(2)), the deadline passes or a stop signal comes.
 * A negative descriptor only waits.
 */
enum wait_result wait_for(int fd, short events, int64_t deadline);

/* Attempts that are repeated for a while. */
struct patience {
	/* Point on the clock of the last attempt; one that has passed allows no second. */
	int64_t until;
	/* Length of the last pause, milliseconds; 0 at first. */
	int64_t pause;
};

/*
 * Waits before another attempt: 50 ms at first, then twice as long each time, at most 400 ms. False when there is to be no
 * other: the time is over, or a stop signal came.
 */
bool wait_again(struct patience *patience);

#endif
