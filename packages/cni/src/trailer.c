#include "trailer.h"

static int sextet(uint8_t c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

bool decode_base64(struct bytes text, struct buffer *out)
{
	uint32_t bits = 0;
	unsigned held = 0;
	size_t i = 0;
	for (; i < text.size && text.data[i] != '=' && text.data[i] != ','; i++) {
		int value = sextet(text.data[i]);
		if (value < 0)
			return false;
		bits = (bits << 6 | (uint32_t)value) & 0xffff;
		held += 6;
		if (held >= 8) {
			held -= 8;
			buffer_append_byte(out, (uint8_t)(bits >> held));
		}
	}
	for (; i < text.size && text.data[i] != ','; i++) {
		if (text.data[i] != '=')
			return false;
	}
	/* A lone sextet at the end holds no byte. */
	return held != 6 && !out->failed;
}

static int hex_digit(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

void decode_percent(struct bytes text, struct buffer *out)
{
	for (size_t i = 0; i < text.size; i++) {
		int high = -1, low = -1;
		if (text.data[i] == '%' && text.size - i > 2) {
			high = hex_digit(text.data[i + 1]);
			low = hex_digit(text.data[i + 2]);
		}
		if (high >= 0 && low >= 0) {
			buffer_append_byte(out, (uint8_t)(high << 4 | low));
			i += 2;
		} else {
			buffer_append_byte(out, text.data[i]);
		}
	}
}
