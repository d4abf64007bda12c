#include "fuzz.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "grpc.h"
#include "verdict.h"
#include "wait.h"

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

void fuzz_call(bool damaged)
{
	const struct verdict_context context = {"ADD of container c1, interface eth0", "/run/x.sock", 1000};
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
	if (judge(outcome, &reply, &context, &error) != VERDICT_DONE)
		require_json(&error);
	cni_error_free(&error);
	grpc_reply_free(&reply);
	close(pair[0]);
	close(pair[1]);
	if (damaged)
		free((void *)input.data);
	buffer_free(&sound);
}
