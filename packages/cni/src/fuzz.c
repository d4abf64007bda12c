/*
 * Feeds everything that reads foreign bytes with damaged input, under AddressSanitizer and UBSan.
 *
 *   build/fuzz SEED ROUNDS
 *
 * Ends with status 0, or aborts on the first fault; the same seed finds it again.
 */
#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "config.h"
#include "grpc.h"
#include "messages.h"
#include "trailer.h"
#include "utf8.h"
#include "verdict.h"
#include "wait.h"

static uint64_t state;

/* xorshift64: good enough to choose damage, and the same everywhere. */
static uint32_t below(uint32_t bound)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (uint32_t)(state >> 32) % bound;
}

static void require(bool condition, const char *rule)
{
	if (condition)
		return;
	fprintf(stderr, "broken: %s\n", rule);
	abort();
}

/* A copy with a few bytes changed, dropped, doubled or cut off; on the heap, so that reading past it is seen. */
static struct bytes damage(struct bytes sound)
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

static void require_json(const struct cni_error *error)
{
	struct buffer out = {0};
	cni_error_format(error, "1.0.0", &out);
	json_t *parsed = json_loadb((const char *)out.data, out.size, JSON_ALLOW_NUL, NULL);
	require(json_is_object(parsed), "an error object is always valid JSON");
	json_decref(parsed);
	buffer_free(&out);
}

static void fuzz_config(void)
{
	static const char sound[] =
		"{\"cniVersion\":\"1.0.0\",\"name\":\"poplin\",\"type\":\"poplin\",\"socket\":\"/run/x.sock\","
		"\"runtimeConfig\":{\"bandwidth\":{\"IngressRate\":4294967295},\"x\":[\"\\u00e4\\ud83d\\ude00\"]}}";
	struct bytes input = damage((struct bytes){(const uint8_t *)sound, sizeof sound - 1});
	struct cni_config config = {0};
	struct cni_error error = {0};
	buffer_append(&config.document, input.data, input.size);
	if (!cni_config_parse(&config, &error)) {
		require(error.code == 1 || error.code == 6 || error.code == 7, "a config error has code 1, 6 or 7");
		require_json(&error);
	}
	cni_error_free(&error);
	cni_config_free(&config);
	free((void *)input.data);
}

/* google.rpc.Status with an ErrorInfo and a CniError among its details. */
static void encode_status(struct buffer *out)
{
	struct buffer error = {0}, other = {0}, any = {0};
	buffer_append(&error, "\x08\x0b\x12\x05" "later" "\x1a\x03" "why", 14);
	buffer_append(&other, "\x0a\x10" "type.x/ErrorInfo" "\x12\x02\x0a\x00", 22);
	buffer_append(&any, "\x0a\x1a" "x.com/poplin.cni.v1.CniError" "\x12", 31);
	any.data[1] = 28;
	buffer_append_byte(&any, (uint8_t)error.size);
	buffer_append(&any, error.data, error.size);
	buffer_append(out, "\x08\x0e\x12\x03" "bad" "\x1a", 8);
	buffer_append_byte(out, (uint8_t)other.size);
	buffer_append(out, other.data, other.size);
	buffer_append_byte(out, 0x1a);
	buffer_append_byte(out, (uint8_t)any.size);
	buffer_append(out, any.data, any.size);
	buffer_free(&error);
	buffer_free(&other);
	buffer_free(&any);
}

static void fuzz_messages(void)
{
	struct buffer sound = {0};
	struct cni_error error = {0};
	struct bytes result;
	encode_status(&sound);
	require(decode_cni_error(buffer_view(&sound), &error) && error.code == 11, "a sound status is understood");
	struct bytes input = damage(buffer_view(&sound));
	if (decode_cni_error(input, &error))
		require_json(&error);
	if (decode_add_response(input, &result) && result.size > 0)
		require(result.data >= input.data && result.data + result.size <= input.data + input.size,
			"a field lies within its message");
	cni_error_free(&error);
	buffer_free(&sound);
	free((void *)input.data);
}

static void fuzz_trailers(void)
{
	static const char sound[] = "CAsSBWxhdGVyGgN3aHk=%e4%C3%A4%,100%";
	struct bytes input = damage((struct bytes){(const uint8_t *)sound, sizeof sound - 1});
	struct buffer base64 = {0}, percent = {0};
	struct cni_error error = {0};
	decode_base64(input, &base64);
	decode_percent(input, &percent);
	cni_fail(&error, 999, "%.*s", (int)percent.size, (const char *)percent.data);
	require_json(&error);
	cni_error_free(&error);
	buffer_free(&base64);
	buffer_free(&percent);
	free((void *)input.data);
}

static void put_frame(struct buffer *out, uint8_t type, uint8_t flags, uint8_t stream, struct bytes payload)
{
	const uint8_t head[9] = {(uint8_t)(payload.size >> 16), (uint8_t)(payload.size >> 8),
				 (uint8_t)payload.size, type, flags, 0, 0, 0, stream};
	buffer_append(out, head, sizeof head);
	buffer_append(out, payload.data, payload.size);
}

/* HPACK literal without indexing, new name (RFC 7541 section 6.2.2). */
static void put_header(struct buffer *block, const char *name, const char *value)
{
	buffer_append_byte(block, 0);
	buffer_append_byte(block, (uint8_t)strlen(name));
	buffer_append_text(block, name);
	buffer_append_byte(block, (uint8_t)strlen(value));
	buffer_append_text(block, value);
}

/* What a server says in a whole call: settings, headers, one message, trailers. */
static void put_conversation(struct buffer *out, const char *status)
{
	struct buffer block = {0};
	const uint8_t message[] = {0, 0, 0, 0, 4, 0x0a, 2, '{', '}'};
	put_frame(out, 4, 0, 0, (struct bytes){0});
	buffer_append_byte(&block, 0x88);
	put_header(&block, "content-type", "application/grpc");
	put_frame(out, 1, 4, 1, buffer_view(&block));
	put_frame(out, 0, 0, 1, (struct bytes){message, sizeof message});
	buffer_free(&block);
	put_header(&block, "grpc-status", status);
	put_header(&block, "grpc-message", "pool %22default%22 is full");
	put_header(&block, "grpc-status-details-bin", "CA4SA2JhZA");
	put_frame(out, 1, 5, 1, buffer_view(&block));
	buffer_free(&block);
}

static void fuzz_call(bool damaged)
{
	const struct verdict_context context = {"ADD", "/run/x.sock", "c1", "eth0", 1000};
	const struct grpc_request request = {.method = "/x.Y/Z",
					     .message = {(const uint8_t *)"abc", 3},
					     .deadline = clock_ms() + 5000};
	struct buffer sound = {0};
	struct grpc_reply reply;
	struct cni_error error = {0};
	int pair[2];
	bool fine = below(2) == 0;

	put_conversation(&sound, fine ? "0" : "14");
	struct bytes input = damaged ? damage(buffer_view(&sound)) : buffer_view(&sound);
	require(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair) == 0, "a socket pair can be had");
	require(send(pair[1], input.data, input.size, 0) == (ssize_t)input.size, "the pair holds it all");
	shutdown(pair[1], SHUT_WR);
	enum call_outcome outcome = grpc_call(pair[0], &request, &reply);
	require(outcome != CALL_EXPIRED, "a call ends with its connection");
	require(damaged || (outcome == CALL_FINISHED && reply.status == (fine ? 0 : 14)), "a sound answer is understood");
	if (!verdict(outcome, &reply, &context, &error))
		require_json(&error);
	cni_error_free(&error);
	grpc_reply_free(&reply);
	close(pair[0]);
	close(pair[1]);
	if (damaged)
		free((void *)input.data);
	buffer_free(&sound);
}

int main(int count, char **arguments)
{
	if (count != 3) {
		fputs("usage: fuzz SEED ROUNDS\n", stderr);
		return 2;
	}
	state = strtoull(arguments[1], NULL, 10) * 2 + 1;
	for (long round = strtol(arguments[2], NULL, 10); round > 0; round--) {
		fuzz_config();
		fuzz_messages();
		fuzz_trailers();
		fuzz_call(below(10) != 0);
	}
	return 0;
}
