/* Connecting to the daemon's socket. */
#ifndef POPLIN_DIAL_H
#define POPLIN_DIAL_H

#include "error.h"

/*
 * Connects to a unix socket, non-blocking. A daemon that restarts is away for a moment, so while the socket
 * is missing or refuses, tries again until `deadline` (ms of CLOCK_MONOTONIC), at first after 50 ms, at last
 * every 400 ms, and once more at the deadline.
 *
 * Returns the descriptor, or -1 with CNI_TRY_LATER, or CNI_IO_FAILURE for what waiting does not mend.
 */
int dial(const char *path, int64_t deadline, struct cni_error *error);

#endif
