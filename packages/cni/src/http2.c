#include "http2.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

#include "wait.h"

/* Bytes that the peer may send without asking: more than any answer that we keep. */
#define WINDOW (5 << 20)

static const char not_http2[] = "something that is not HTTP/2";

/* One exchange in progress. */
struct exchange {
	nghttp2_session *session;
	int32_t stream;
	struct http2_answer *answer;
	/* The part of the request's body that libnghttp2 has not taken yet. */
	struct bytes body;
	/* Frames on their way out, and how much of them the socket has taken. */
	struct buffer frames;
	size_t sent;
	/* The peer takes nothing more; what it said before may still be unread. */
	bool deaf;
	bool closed;
};

static int on_header(nghttp2_session *session, const nghttp2_frame *frame, const uint8_t *name,
		     size_t name_size, const uint8_t *value, size_t value_size, uint8_t flags, void *data)
{
	struct exchange *exchange = data;
	(void)session;
	(void)flags;
	if (frame->hd.stream_id == exchange->stream)
		exchange->answer->on_header(exchange->answer->context, (struct bytes){name, name_size},
					    (struct bytes){value, value_size});
	return 0;
}

static int on_data(nghttp2_session *session, uint8_t flags, int32_t stream, const uint8_t *data,
		   size_t size, void *user_data)
{
	struct exchange *exchange = user_data;
	(void)session;
	(void)flags;
	if (stream != exchange->stream)
		return 0;
	buffer_append(&exchange->answer->body, data, size);
	if (!exchange->answer->body.failed)
		return 0;
	exchange->answer->fault = "more than the shim accepts";
	return NGHTTP2_ERR_CALLBACK_FAILURE;
}

static int on_stream_close(nghttp2_session *session, int32_t stream, uint32_t code, void *data)
{
	struct exchange *exchange = data;
	(void)session;
	(void)code;
	if (stream == exchange->stream)
		exchange->closed = true;
	return 0;
}

static ssize_t take_body(nghttp2_session *session, int32_t stream, uint8_t *target, size_t room,
			 uint32_t *flags, nghttp2_data_source *source, void *data)
{
	struct exchange *exchange = data;
	size_t count = exchange->body.size < room ? exchange->body.size : room;
	(void)session;
	(void)stream;
	(void)source;
	memcpy(target, exchange->body.data, count);
	exchange->body.data += count;
	exchange->body.size -= count;
	if (exchange->body.size == 0)
		*flags |= NGHTTP2_DATA_FLAG_EOF;
	return (ssize_t)count;
}

static bool open_session(struct exchange *exchange)
{
	nghttp2_session_callbacks *callbacks;
	if (nghttp2_session_callbacks_new(&callbacks) != 0)
		return false;
	nghttp2_session_callbacks_set_on_header_callback(callbacks, on_header);
	nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, on_data);
	nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, on_stream_close);
	int failed = nghttp2_session_client_new(&exchange->session, callbacks, exchange);
	nghttp2_session_callbacks_del(callbacks);
	return failed == 0;
}

static bool submit(struct exchange *exchange, const struct http2_request *request)
{
	/* Windows for the longest answer: the daemon answers at once whom it need not ask for room. */
	static const nghttp2_settings_entry settings[] = {
		{NGHTTP2_SETTINGS_ENABLE_PUSH, 0},
		{NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, WINDOW},
	};
	const nghttp2_data_provider body = {.read_callback = take_body};
	if (nghttp2_submit_settings(exchange->session, NGHTTP2_FLAG_NONE, settings, 2) != 0 ||
	    nghttp2_session_set_local_window_size(exchange->session, NGHTTP2_FLAG_NONE, 0, WINDOW) != 0)
		return false;
	exchange->stream = nghttp2_submit_request(exchange->session, NULL, request->headers,
						  request->header_count, &body, NULL);
	return exchange->stream > 0;
}

/* Takes what libnghttp2 has to say: preface, settings, headers and data leave in one write. */
static bool gather(struct exchange *exchange)
{
	const uint8_t *frame;
	ssize_t size;
	while ((size = nghttp2_session_mem_send(exchange->session, &frame)) > 0)
		buffer_append(&exchange->frames, frame, (size_t)size);
	return size == 0 && !exchange->frames.failed;
}

/* Whether frames wait for the socket; forgets those that it has taken. */
static bool is_sending(struct exchange *exchange)
{
	if (exchange->sent < exchange->frames.size)
		return !exchange->deaf;
	exchange->sent = exchange->frames.size = 0;
	return false;
}

/* Hands frames to the socket until it takes no more. False when libnghttp2 gives up. */
static bool send_some(struct exchange *exchange, int fd)
{
	if (!gather(exchange))
		return false;
	while (is_sending(exchange)) {
		ssize_t count = send(fd, exchange->frames.data + exchange->sent,
				     exchange->frames.size - exchange->sent, MSG_NOSIGNAL);
		if (count < 0 && errno == EAGAIN)
			return true;
		if (count < 0 && errno != EINTR)
			exchange->deaf = true;
		if (count > 0)
			exchange->sent += (size_t)count;
	}
	return true;
}

/* One read from the socket; CALL_FINISHED means go on. */
static enum call_outcome receive_some(struct exchange *exchange, int fd)
{
	uint8_t chunk[4096];
	ssize_t count = recv(fd, chunk, sizeof chunk, 0);
	if (count < 0 && (errno == EAGAIN || errno == EINTR))
		return CALL_FINISHED;
	if (count <= 0)
		return CALL_LOST;
	if (nghttp2_session_mem_recv(exchange->session, chunk, (size_t)count) >= 0)
		return CALL_FINISHED;
	if (!exchange->answer->fault)
		exchange->answer->fault = not_http2;
	return CALL_GARBLED;
}

static enum call_outcome wait_for_socket(int fd, bool sending, int64_t deadline)
{
	switch (wait_for(fd, (short)(sending ? POLLIN | POLLOUT : POLLIN), deadline)) {
	case WAIT_READY:
		return CALL_FINISHED;
	case WAIT_EXPIRED:
		return CALL_EXPIRED;
	case WAIT_STOPPED:
		return CALL_STOPPED;
	default:
		return CALL_LOST;
	}
}

/* Frames go out and come in until our stream is closed. */
static enum call_outcome converse(struct exchange *exchange, int fd, int64_t deadline)
{
	while (!exchange->closed) {
		if (!send_some(exchange, fd))
			return CALL_LOST;
		bool sending = is_sending(exchange);
		/* libnghttp2 gave the connection up: it tells nothing, but wants nothing more either. */
		if (!sending && !nghttp2_session_want_read(exchange->session)) {
			exchange->answer->fault = not_http2;
			return CALL_GARBLED;
		}
		enum call_outcome outcome = wait_for_socket(fd, sending, deadline);
		if (outcome == CALL_FINISHED)
			outcome = receive_some(exchange, fd);
		if (outcome != CALL_FINISHED)
			return outcome;
	}
	return CALL_FINISHED;
}

/* Tells the peer, as far as the socket takes it at once; closing the connection says the same. */
static void cancel(struct exchange *exchange, int fd)
{
	nghttp2_submit_rst_stream(exchange->session, NGHTTP2_FLAG_NONE, exchange->stream,
				  NGHTTP2_CANCEL);
	send_some(exchange, fd);
}

enum call_outcome http2_exchange(int fd, const struct http2_request *request,
				 struct http2_answer *answer)
{
	struct exchange exchange = {.answer = answer, .body = request->body};
	enum call_outcome outcome = CALL_LOST;
	if (open_session(&exchange) && submit(&exchange, request))
		outcome = converse(&exchange, fd, request->deadline);
	if (outcome == CALL_EXPIRED || outcome == CALL_STOPPED)
		cancel(&exchange, fd);
	nghttp2_session_del(exchange.session);
	buffer_free(&exchange.frames);
	return outcome;
}
