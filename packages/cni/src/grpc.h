/* One unary gRPC call (PROTOCOL-HTTP2.md of the gRPC project). */
#ifndef POPLIN_GRPC_H
#define POPLIN_GRPC_H

#include "http2.h"

/* Status codes of gRPC that the shim treats apart. */
enum { GRPC_OK = 0, GRPC_CANCELLED = 1, GRPC_DEADLINE_EXCEEDED = 4, GRPC_UNAVAILABLE = 14 };

/* Metadata to send along. A value that is NULL, empty or not visible ASCII is left out. */
struct grpc_metadata {
	const char *name;
	const char *value;
};

struct grpc_request {
	/* For example "/poplin.cni.v1.CniService/Add". */
	const char *method;
	struct bytes message;
	/* At most GRPC_MAX_METADATA; the rest is left out. */
	const struct grpc_metadata *metadata;
	size_t metadata_count;
	/* Point on the clock of wait.h; also sent as grpc-timeout. */
	int64_t deadline;
};

#define GRPC_MAX_METADATA 4

struct grpc_reply {
	/* The answer had begun, with a header or more. */
	bool begun;
	/* The gRPC status; -1 when none came. */
	int status;
	/* The response message; set when the status is GRPC_OK. Points into `body`. */
	struct bytes message;
	/* Trailer grpc-message, still percent-encoded. */
	struct buffer status_message;
	/* Trailer grpc-status-details-bin, still base64. */
	struct buffer status_details;
	/* The response with its prefix. */
	struct buffer body;
	/* What was wrong with a garbled answer: a constant. */
	const char *fault;
};

/*
 * Makes the call over a connected, non-blocking socket, which stays open. With CALL_FINISHED the status is
 * there; it may be any.
 */
enum call_outcome grpc_call(int fd, const struct grpc_request *request, struct grpc_reply *reply);

void grpc_reply_free(struct grpc_reply *reply);

#endif
