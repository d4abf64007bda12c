/* The two text encodings of gRPC trailers. */
#ifndef POPLIN_TRAILER_H
#define POPLIN_TRAILER_H

#include "bytes.h"

/*
 * Decodes standard base64, padded or not; gRPC peers send both. Where several values were joined by commas, the
 * first counts. False when it is not base64.
 */
bool decode_base64(struct bytes text, struct buffer *out);

/* Decodes the percent encoding of grpc-message. A stray percent sign stands for itself, as the protocol wants. */
void decode_percent(struct bytes text, struct buffer *out);

#endif
