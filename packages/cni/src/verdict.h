/* What the outcome of a gRPC call means in terms of CNI. */
#ifndef POPLIN_VERDICT_H
#define POPLIN_VERDICT_H

#include "error.h"
#include "grpc.h"

/* Whom was asked for what: the nouns of the messages. */
struct verdict_context {
	const char *command;
	const char *socket;
	const char *container_id;
	const char *ifname;
	/* Milliseconds that the call was given as a whole. */
	int64_t allowance;
};

/*
 * True when the daemon did what was asked. Else turns the outcome into an error: the CniError of the status
 * details where there is one, CNI_TRY_LATER for what another attempt may mend, CNI_INTERNAL for the rest.
 */
bool verdict(enum call_outcome outcome, const struct grpc_reply *reply,
	     const struct verdict_context *context, struct cni_error *error);

#endif
