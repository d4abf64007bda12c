/* Byte views and a growing byte buffer with an upper bound. */
#ifndef POPLIN_BYTES_H
#define POPLIN_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes that somebody else owns. */
struct bytes {
	const uint8_t *data;
	size_t size;
};

/* Bytes that this value owns. All zero is an empty buffer without bound. */
struct buffer {
	uint8_t *data;
	size_t size;
	size_t capacity;
	/* Never grows beyond this many bytes; 0 for no bound. */
	size_t limit;
	/* Set for good by the first append that did not fit: check once, at the end. */
	bool failed;
};

/* Appends, or sets `failed` and appends nothing. */
void buffer_append(struct buffer *buffer, const void *data, size_t size);
void buffer_append_byte(struct buffer *buffer, uint8_t byte);
void buffer_append_text(struct buffer *buffer, const char *text);

void buffer_free(struct buffer *buffer);

/* What the buffer holds, valid until its next change. */
struct bytes buffer_view(const struct buffer *buffer);

/* The bytes of a C string; NULL counts as empty. */
struct bytes bytes_of_text(const char *text);

bool bytes_equal_text(struct bytes bytes, const char *text);
bool bytes_end_with(struct bytes bytes, const char *suffix);

#endif
