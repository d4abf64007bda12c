#include "grpc.h"

#include <stdio.h>
#include <string.h>

#include "wait.h"

/* Compressed flag and length in front of every message. */
#define PREFIX_SIZE 5
/* Far more than any CNI result, and what gRPC servers commonly accept themselves. */
#define MAX_MESSAGE ((size_t)4 << 20)
/* libnghttp2 bounds a header block too; this bounds what we keep of it. */
#define MAX_TRAILER ((size_t)64 << 10)

/* A status is decimal digits; -1 for anything else. */
static int parse_status(struct bytes text)
{
	int status = 0;
	if (text.size == 0 || text.size > 4)
		return -1;
	for (size_t i = 0; i < text.size; i++) {
		if (text.data[i] < '0' || text.data[i] > '9')
			return -1;
		status = status * 10 + (text.data[i] - '0');
	}
	return status;
}

static bool starts_with(struct bytes text, const char *prefix)
{
	size_t size = strlen(prefix);
	return text.size >= size && memcmp(text.data, prefix, size) == 0;
}

static void keep_first(struct buffer *buffer, struct bytes value)
{
	if (buffer->size == 0)
		buffer_append(buffer, value.data, value.size);
}

/* Headers and trailers alike: an error without a message has everything in its headers. */
static void on_header(void *context, struct bytes name, struct bytes value)
{
	struct grpc_reply *reply = context;
	reply->begun = true;
	if (bytes_equal_text(name, ":status") && !starts_with(value, "200"))
		reply->fault = "an HTTP error";
	else if (bytes_equal_text(name, "content-type") && !starts_with(value, "application/grpc"))
		reply->fault = "something that is not gRPC";
	else if (bytes_equal_text(name, "grpc-status"))
		reply->status = parse_status(value);
	else if (bytes_equal_text(name, "grpc-message"))
		keep_first(&reply->status_message, value);
	else if (bytes_equal_text(name, "grpc-status-details-bin"))
		keep_first(&reply->status_details, value);
}

static bool is_metadata_value(const char *value)
{
	if (!value || !*value)
		return false;
	for (; *value; value++) {
		if (*value < 0x20 || *value > 0x7e)
			return false;
	}
	return true;
}

static nghttp2_nv header(const char *name, const char *value)
{
	return (nghttp2_nv){(uint8_t *)name, (uint8_t *)value, strlen(name), strlen(value),
			    NGHTTP2_NV_FLAG_NONE};
}

static void frame_message(struct buffer *body, struct bytes message)
{
	buffer_append_byte(body, 0);
	for (int shift = 24; shift >= 0; shift -= 8)
		buffer_append_byte(body, (uint8_t)(message.size >> shift));
	buffer_append(body, message.data, message.size);
}

/* A unary answer is one message, uncompressed because we offered no compression. */
static bool unframe_message(struct bytes body, struct bytes *message)
{
	if (body.size < PREFIX_SIZE || body.data[0] != 0)
		return false;
	size_t size = 0;
	for (int i = 1; i < PREFIX_SIZE; i++)
		size = size << 8 | body.data[i];
	*message = (struct bytes){body.data + PREFIX_SIZE, size};
	return size == body.size - PREFIX_SIZE;
}

static enum call_outcome exchange(int fd, const struct grpc_request *request, struct bytes body,
				  struct grpc_reply *reply)
{
	struct http2_answer answer = {.on_header = on_header, .context = reply};
	int64_t left = request->deadline - clock_ms();
	char timeout[24];
	nghttp2_nv headers[8 + GRPC_MAX_METADATA];
	size_t count = 0;

	snprintf(timeout, sizeof timeout, "%lldm", (long long)(left > 0 ? left : 1));
	headers[count++] = header(":method", "POST");
	headers[count++] = header(":scheme", "http");
	headers[count++] = header(":path", request->method);
	headers[count++] = header(":authority", "localhost");
	headers[count++] = header("te", "trailers");
	headers[count++] = header("grpc-timeout", timeout);
	headers[count++] = header("content-type", "application/grpc");
	headers[count++] = header("user-agent", "poplin-cni/" POPLIN_VERSION);
	for (size_t i = 0; i < request->metadata_count && i < GRPC_MAX_METADATA; i++) {
		if (is_metadata_value(request->metadata[i].value))
			headers[count++] = header(request->metadata[i].name, request->metadata[i].value);
	}
	answer.body.limit = MAX_MESSAGE + PREFIX_SIZE;
	const struct http2_request sent = {headers, count, body, request->deadline};
	enum call_outcome outcome = http2_exchange(fd, &sent, &answer);
	reply->body = answer.body;
	if (answer.fault)
		reply->fault = answer.fault;
	return outcome;
}

enum call_outcome grpc_call(int fd, const struct grpc_request *request, struct grpc_reply *reply)
{
	struct buffer body = {0};
	enum call_outcome outcome = CALL_LOST;
	*reply = (struct grpc_reply){
		.status = -1,
		.status_message.limit = MAX_TRAILER,
		.status_details.limit = MAX_TRAILER,
	};
	frame_message(&body, request->message);
	if (!body.failed)
		outcome = exchange(fd, request, buffer_view(&body), reply);
	buffer_free(&body);
	if (outcome == CALL_FINISHED && reply->status < 0 && !reply->fault)
		return CALL_LOST;
	if (outcome == CALL_FINISHED && reply->status == GRPC_OK && !reply->fault &&
	    !unframe_message(buffer_view(&reply->body), &reply->message))
		reply->fault = "no single uncompressed message";
	return outcome == CALL_FINISHED && reply->fault ? CALL_GARBLED : outcome;
}

void grpc_reply_free(struct grpc_reply *reply)
{
	buffer_free(&reply->status_message);
	buffer_free(&reply->status_details);
	buffer_free(&reply->body);
}
