#include "fuzz.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

uint64_t fuzz_state;

uint32_t below(uint32_t bound)
{
	fuzz_state ^= fuzz_state << 13;
	fuzz_state ^= fuzz_state >> 7;
	fuzz_state ^= fuzz_state << 17;
	return (uint32_t)(fuzz_state >> 32) % bound;
}

void require(bool condition, const char *rule)
{
	if (condition)
		return;
	fprintf(stderr, "broken: %s\n", rule);
	abort();
}

struct bytes damage(struct bytes sound)
{
	uint8_t *copy = malloc(sound.size * 2 + 1);
	size_t size = sound.size;
	memcpy(copy, sound.data, size);
	for (uint32_t i = below(6); i > 0 && size > 0; i--) {
		size_t at = below((uint32_t)size);
		size_t span = 1 + below(16);
		if (span > size - at)
			span = size - at;
		switch (below(5)) {
		case 0:
			copy[at] = (uint8_t)below(256);
			break;
		case 1:
			copy[at] ^= (uint8_t)(1u << below(8));
			break;
		case 2:
			size = at;
			break;
		case 3:
			memmove(copy + at, copy + at + span, size - at - span);
			size -= span;
			break;
		default:
			if (size + span > sound.size * 2)
				break;
			memmove(copy + at + span, copy + at, size - at);
			size += span;
		}
	}
	uint8_t *tight = malloc(size ? size : 1);
	memcpy(tight, copy, size);
	free(copy);
	return (struct bytes){tight, size};
}

void require_json(const struct cni_error *error)
{
	struct buffer out = {0};
	cni_error_format(error, "1.0.0", &out);
	json_t *parsed = json_loadb((const char *)out.data, out.size, JSON_ALLOW_NUL, NULL);
	require(json_is_object(parsed), "an error object is always valid JSON");
	json_decref(parsed);
	buffer_free(&out);
}
