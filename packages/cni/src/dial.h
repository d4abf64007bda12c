/* Connecting to the daemon's socket. */
#ifndef POPLIN_DIAL_H
#define POPLIN_DIAL_H

#include "error.h"
#include "wait.h"

/*
 * Connects to a unix socket, non-blocking. A daemon that restarts is away for a moment, so while the socket
 * is missing or refuses, tries again as long as `patience` lasts.
 *
 * Returns the descriptor, or -1 with CNI_TRY_LATER, or CNI_IO_FAILURE for what waiting does not mend.
 */
int dial(const char *path, struct patience *patience, struct cni_error *error);

#endif
