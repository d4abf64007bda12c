#include "bytes.h"

#include <stdlib.h>
#include <string.h>

static bool reserve(struct buffer *buffer, size_t more)
{
	size_t wanted;
	if (__builtin_add_overflow(buffer->size, more, &wanted))
		return false;
	if (buffer->limit != 0 && wanted > buffer->limit)
		return false;
	if (wanted <= buffer->capacity)
		return true;
	size_t capacity = buffer->capacity ? buffer->capacity : 256;
	while (capacity < wanted) {
		if (__builtin_mul_overflow(capacity, (size_t)2, &capacity))
			return false;
	}
	uint8_t *data = realloc(buffer->data, capacity);
	if (!data)
		return false;
	buffer->data = data;
	buffer->capacity = capacity;
	return true;
}

void buffer_append(struct buffer *buffer, const void *data, size_t size)
{
	if (buffer->failed || size == 0)
		return;
	if (!reserve(buffer, size)) {
		buffer->failed = true;
		return;
	}
	memcpy(buffer->data + buffer->size, data, size);
	buffer->size += size;
}

void buffer_append_byte(struct buffer *buffer, uint8_t byte)
{
	buffer_append(buffer, &byte, 1);
}

void buffer_append_text(struct buffer *buffer, const char *text)
{
	buffer_append(buffer, text, strlen(text));
}

void buffer_free(struct buffer *buffer)
{
	free(buffer->data);
	*buffer = (struct buffer){.limit = buffer->limit};
}

struct bytes buffer_view(const struct buffer *buffer)
{
	return (struct bytes){buffer->data, buffer->size};
}

struct bytes bytes_of_text(const char *text)
{
	return (struct bytes){(const uint8_t *)text, text ? strlen(text) : 0};
}

bool bytes_equal_text(struct bytes bytes, const char *text)
{
	size_t size = strlen(text);
	return bytes.size == size && (size == 0 || memcmp(bytes.data, text, size) == 0);
}

bool bytes_end_with(struct bytes bytes, const char *suffix)
{
	size_t size = strlen(suffix);
	if (bytes.size < size)
		return false;
	return bytes_equal_text((struct bytes){bytes.data + bytes.size - size, size}, suffix);
}
