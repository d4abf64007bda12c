/* A command that leads to the daemon: everything between the environment and the answer. */
#ifndef POPLIN_SERVE_H
#define POPLIN_SERVE_H

#include "command.h"
#include "error.h"

/*
 * Serves the command. On success `result` holds what belongs on standard output. `cni_version` is the version for an
 * error object: that of the configuration as soon as it is known.
 */
bool serve(const struct command *command, struct buffer *result, const char **cni_version,
	   struct cni_error *error);

#endif
