/* One request to the daemon: connect, call, judge the answer. */
#ifndef POPLIN_ASK_H
#define POPLIN_ASK_H

#include "command.h"
#include "verdict.h"

struct question {
	const struct command *command;
	/* The encoded request. */
	struct bytes request;
	const char *socket;
	/* The command and its object, for messages. */
	const char *subject;
	/* How long to try to connect, in milliseconds; 0 for one attempt. */
	int64_t dial_ms;
	/* Point on the clock of wait.h where everything ends. */
	int64_t deadline;
};

/*
 * Asks, and appends to `result` what the answer has to print. The error is filled in unless the verdict is
 * VERDICT_DONE.
 */
enum verdict ask(const struct question *question, struct buffer *result, struct cni_error *error);

#endif
