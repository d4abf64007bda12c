#include "protobuf.h"

/* A varint has at most ten bytes, and the tenth holds one bit. */
static bool read_varint(struct bytes *rest, uint64_t *value)
{
	*value = 0;
	for (unsigned shift = 0; shift < 64 && rest->size > 0; shift += 7) {
		uint8_t byte = *rest->data;
		rest->data++;
		rest->size--;
		if (shift == 63 && byte > 1)
			return false;
		*value |= (uint64_t)(byte & 0x7f) << shift;
		if (byte < 0x80)
			return true;
	}
	return false;
}

static bool read_fixed(struct bytes *rest, size_t size, uint64_t *value)
{
	if (rest->size < size)
		return false;
	*value = 0;
	for (size_t i = 0; i < size; i++)
		*value |= (uint64_t)rest->data[i] << (8 * i);
	rest->data += size;
	rest->size -= size;
	return true;
}

static bool read_bytes(struct bytes *rest, struct bytes *value)
{
	uint64_t size;
	if (!read_varint(rest, &size) || size > rest->size)
		return false;
	*value = (struct bytes){rest->data, (size_t)size};
	rest->data += size;
	rest->size -= (size_t)size;
	return true;
}

static bool read_value(struct bytes *rest, struct pb_field *field)
{
	switch (field->wire) {
	case PB_VARINT:
		return read_varint(rest, &field->integer);
	case PB_FIXED64:
		return read_fixed(rest, 8, &field->integer);
	case PB_BYTES:
		return read_bytes(rest, &field->bytes);
	case PB_FIXED32:
		return read_fixed(rest, 4, &field->integer);
	default:
		return false;
	}
}

bool pb_next(struct bytes *rest, struct pb_field *field, bool *malformed)
{
	uint64_t key;
	if (rest->size == 0)
		return false;
	*field = (struct pb_field){0};
	if (!read_varint(rest, &key) || key > UINT32_MAX || key >> 3 == 0) {
		*malformed = true;
		return false;
	}
	field->number = (uint32_t)(key >> 3);
	field->wire = (enum pb_wire)(key & 7);
	if (read_value(rest, field))
		return true;
	*malformed = true;
	return false;
}

static void put_varint(struct buffer *out, uint64_t value)
{
	for (; value >= 0x80; value >>= 7)
		buffer_append_byte(out, (uint8_t)(value | 0x80));
	buffer_append_byte(out, (uint8_t)value);
}

void pb_put_bytes(struct buffer *out, uint32_t number, struct bytes value)
{
	if (value.size == 0)
		return;
	put_varint(out, (uint64_t)number << 3 | PB_BYTES);
	put_varint(out, value.size);
	buffer_append(out, value.data, value.size);
}

void pb_put_uint64(struct buffer *out, uint32_t number, uint64_t value)
{
	if (value == 0)
		return;
	put_varint(out, (uint64_t)number << 3 | PB_VARINT);
	put_varint(out, value);
}
