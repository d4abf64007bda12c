/* One request and its answer on one HTTP/2 connection (RFC 9113), by libnghttp2. */
#ifndef POPLIN_HTTP2_H
#define POPLIN_HTTP2_H

#include <nghttp2/nghttp2.h>

#include "bytes.h"

enum call_outcome {
	/* The answer came to its end. */
	CALL_FINISHED,
	/* The deadline passed; the call was cancelled. */
	CALL_EXPIRED,
	/* A stop signal came; the call was cancelled. */
	CALL_STOPPED,
	/* The connection or the stream ended early: nobody knows whether the call was done. */
	CALL_LOST,
	/* What came is not what the protocol allows, or more than we accept. */
	CALL_GARBLED,
};

struct http2_request {
	const nghttp2_nv *headers;
	size_t header_count;
	struct bytes body;
	/* Point on the clock of wait.h. */
	int64_t deadline;
};

struct http2_answer {
	/* Called for every header and trailer of the answer, with `context`. */
	void (*on_header)(void *context, struct bytes name, struct bytes value);
	void *context;
	/* DATA as it comes; its limit is the most that is accepted. */
	struct buffer body;
	/* What was wrong with a garbled answer: a constant. */
	const char *fault;
};

/* Sends the request over a connected, non-blocking socket and takes the answer. The descriptor stays open. */
enum call_outcome http2_exchange(int fd, const struct http2_request *request,
				 struct http2_answer *answer);

#endif
