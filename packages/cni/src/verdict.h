/* What the outcome of a gRPC call means in terms of CNI. */
#ifndef POPLIN_VERDICT_H
#define POPLIN_VERDICT_H

#include "error.h"
#include "grpc.h"

/* What became of a request. */
enum verdict {
	/* poplind did it. */
	VERDICT_DONE,
	/* poplind says no, and would say so again. */
	VERDICT_REFUSED,
	/* poplind says that another attempt may succeed. */
	VERDICT_AGAIN,
	/* The deadline passed. */
	VERDICT_LATE,
	/* A signal said that nobody waits any more. */
	VERDICT_STOPPED,
	/* poplind is not there, or went away during the call. */
	VERDICT_AWAY,
	/* The socket is of no use: it cannot be connected, or what answers there is not poplind. */
	VERDICT_FOREIGN,
};

/* Whom was asked for what: the nouns of the messages. */
struct verdict_context {
	/* The command and its object, such as "ADD of container c1, interface eth0". */
	const char *subject;
	const char *socket;
	/* Milliseconds that the call was given as a whole. */
	int64_t allowance;
};

/*
 * Judges the outcome, and fills in the error unless it is VERDICT_DONE: the CniError of the status details where
 * there is one, CNI_TRY_LATER for what another attempt may mend, CNI_INTERNAL for the rest.
 */
enum verdict judge(enum call_outcome outcome, const struct grpc_reply *reply,
		   const struct verdict_context *context, struct cni_error *error);

#endif
