/* The protobuf wire format (protobuf.dev, "Encoding"): fields one by one, every read within bounds. */
#ifndef POPLIN_PROTOBUF_H
#define POPLIN_PROTOBUF_H

#include "bytes.h"

/* Wire types. Groups (3 and 4) are not accepted: proto3 has none. */
enum pb_wire { PB_VARINT = 0, PB_FIXED64 = 1, PB_BYTES = 2, PB_FIXED32 = 5 };

struct pb_field {
	uint32_t number;
	enum pb_wire wire;
	/* Value of a varint or fixed field. */
	uint64_t integer;
	/* Value of a length-delimited field: a view into the message. */
	struct bytes bytes;
};

/* Reads the next field off the front of `rest`. False at the end, and on bad input, which sets `malformed`. */
bool pb_next(struct bytes *rest, struct pb_field *field, bool *malformed);

/* Writers. Proto3 leaves out fields with the default value, and so do these. */
void pb_put_bytes(struct buffer *out, uint32_t number, struct bytes value);
void pb_put_uint64(struct buffer *out, uint32_t number, uint64_t value);

#endif
