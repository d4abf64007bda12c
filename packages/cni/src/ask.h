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
	/* Until when a poplind that is away is waited for; one that has passed allows one attempt. Clock of wait.h. */
	int64_t patience;
	/* Where everything ends, on the same clock. */
	int64_t deadline;
};

/*
 * Asks, and appends to `result` what the answer has to print. The error is filled in unless the verdict is
 * VERDICT_DONE.
 *
 * A poplind that ends closes connections which it has not answered, and perhaps not even looked at. A command that would only
 * fail then (FALLBACK_ERROR) is asked again while the patience lasts. That is never worse than failing: an ADD that was
 * carried out all the same is refused as one of an interface that exists, and the runtime follows either with a DEL.
 */
enum verdict ask(const struct question *question, struct buffer *result, struct cni_error *error);

#endif
