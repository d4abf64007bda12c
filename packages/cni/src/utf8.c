#include "utf8.h"

static bool in_range(uint8_t byte, uint8_t low, uint8_t high)
{
	return byte >= low && byte <= high;
}

/* RFC 3629 section 4: the first byte fixes the length and the range of the second byte. */
size_t utf8_character(struct bytes bytes)
{
	if (bytes.size == 0)
		return 0;
	uint8_t first = bytes.data[0];
	if (first < 0x80)
		return 1;
	size_t length = in_range(first, 0xc2, 0xdf)   ? 2
			: in_range(first, 0xe0, 0xef) ? 3
			: in_range(first, 0xf0, 0xf4) ? 4
						      : 0;
	if (length == 0 || length > bytes.size)
		return 0;
	uint8_t low = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
	uint8_t high = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
	if (!in_range(bytes.data[1], low, high))
		return 0;
	for (size_t i = 2; i < length; i++) {
		if (!in_range(bytes.data[i], 0x80, 0xbf))
			return 0;
	}
	return length;
}

bool utf8_is_valid(struct bytes bytes)
{
	while (bytes.size > 0) {
		size_t length = utf8_character(bytes);
		if (length == 0)
			return false;
		bytes.data += length;
		bytes.size -= length;
	}
	return true;
}
