/* The messages of proto/poplin/cni/v1/cni.proto and google.rpc.Status, as far as the shim needs them. */
#ifndef POPLIN_MESSAGES_H
#define POPLIN_MESSAGES_H

#include "env.h"
#include "netns.h"

/* Encodes the request of any command: a field has the same number in all of them, and what is empty is left out. */
void encode_request(struct buffer *out, const struct cni_env *env, const struct netns *netns,
		    struct bytes config);

/*
 * Appends to a request where the daemon finds the open namespace as long as this process lives:
 * /proc/<caller_pid>/fd/<netns_fd>. Nothing when none is open.
 */
void encode_handover(struct buffer *out, const struct netns *netns);

/* Finds AddResponse.result. False when the message is malformed. */
bool decode_add_response(struct bytes message, struct bytes *result);

/* Whether a message is well-formed at all: all that an answer without a result has to be. */
bool decode_nothing(struct bytes message);

/*
 * Finds the first poplin.cni.v1.CniError among the details of a google.rpc.Status and copies it. False when
 * there is none or the message is malformed.
 */
bool decode_cni_error(struct bytes status, struct cni_error *error);

#endif
