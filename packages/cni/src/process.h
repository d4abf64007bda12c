/* The process itself: what it inherits from a container runtime, and its standard output. */
#ifndef POPLIN_PROCESS_H
#define POPLIN_PROCESS_H

#include "bytes.h"

/*
 * Closes every descriptor above standard error: a runtime may leak sockets and pipes of its own, and ours
 * outlive it while an ADD waits. Fills missing standard descriptors with /dev/null, so that none of ours lands there.
 */
void put_descriptors_in_order(void);

/* Writes all of it to standard output. False, with errno, when that fails. */
bool print_all(struct bytes bytes);

#endif
