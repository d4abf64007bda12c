/* The messages of proto/poplin/cni/v1/cni.proto and google.rpc.Status, as far as the shim needs them. */
#ifndef POPLIN_MESSAGES_H
#define POPLIN_MESSAGES_H

#include "env.h"
#include "netns.h"

/* Encodes an AddRequest or a DelRequest: their fields are the same. */
void encode_request(struct buffer *out, const struct cni_env *env, const struct netns *netns,
		    struct bytes config);

/* Finds AddResponse.result. False when the message is malformed. */
bool decode_add_response(struct bytes message, struct bytes *result);

/* Whether a message is well-formed at all: all that a DelResponse has to be. */
bool decode_nothing(struct bytes message);

/*
 * Finds the first poplin.cni.v1.CniError among the details of a google.rpc.Status and copies it. False when
 * there is none or the message is malformed.
 */
bool decode_cni_error(struct bytes status, struct cni_error *error);

#endif
