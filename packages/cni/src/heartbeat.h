/* What poplind said last: the file `heartbeat` beside its socket, which it rewrites every ten seconds. */
#ifndef POPLIN_HEARTBEAT_H
#define POPLIN_HEARTBEAT_H

#include "error.h"

struct heartbeat {
	/* When: milliseconds of CLOCK_BOOTTIME. */
	int64_t at_ms;
	/* The network of running pods was affected. */
	bool degraded;
};

/* Reads the one line "<milliseconds> serving|degraded\n". False when it is anything else. */
bool heartbeat_parse(struct bytes line, struct heartbeat *heartbeat);

/*
 * Answers STATUS in the place of a daemon that is away. True while its last heartbeat is younger than a minute:
 * a daemon that restarts must not make the node unready. Else fails with CNI_NOT_AVAILABLE, or with
 * CNI_DEGRADED when that was what it said last.
 */
bool heartbeat_vouches(const char *socket, struct cni_error *error);

#endif
