/* ADD and DEL: everything between the environment and the answer. */
#ifndef POPLIN_ATTACH_H
#define POPLIN_ATTACH_H

#include "error.h"

/* How one command is served. */
struct command {
	const char *name;
	/* Full name of the gRPC method. */
	const char *method;
	bool is_add;
	/* How long to wait for a socket that is away, and for everything together; milliseconds. */
	int64_t dial_ms;
	int64_t total_ms;
};

extern const struct command command_add;
extern const struct command command_del;

/*
 * Serves the command. On success `result` holds what belongs on standard output. `cni_version` is the version for an
 * error object: that of the configuration as soon as it is known.
 */
bool attach(const struct command *command, struct buffer *result, const char **cni_version,
	    struct cni_error *error);

#endif
