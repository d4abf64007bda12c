#include "ask.h"

#include <stdlib.h>
#include <unistd.h>

#include "dial.h"
#include "messages.h"
#include "wait.h"

static enum call_outcome call(int fd, const struct question *question, struct grpc_reply *reply)
{
	/* CNI hands a trace context on in the environment (containernetworking/cni, 2026). */
	const struct grpc_metadata metadata[] = {
		{"traceparent", getenv("TRACEPARENT")},
		{"tracestate", getenv("TRACESTATE")},
		{"baggage", getenv("BAGGAGE")},
	};
	const struct grpc_request request = {
		.method = question->command->method,
		.message = question->request,
		.metadata = metadata,
		.metadata_count = sizeof metadata / sizeof *metadata,
		.deadline = question->deadline,
	};
	return grpc_call(fd, &request, reply);
}

static enum verdict judge_call(enum call_outcome outcome, const struct grpc_reply *reply,
			       const struct question *question, struct cni_error *error)
{
	const struct verdict_context context = {question->subject, question->socket,
						question->command->total_ms};
	return judge(outcome, reply, &context, error);
}

/* Takes the result out of an answer that says it went well. */
static bool take_result(const struct question *question, const struct grpc_reply *reply,
			struct buffer *result, struct cni_error *error)
{
	struct bytes json = {0};
	bool valid = question->command->has_result
			     ? decode_add_response(reply->message, &json) && json.size > 0
			     : decode_nothing(reply->message);
	buffer_append(result, json.data, json.size);
	if (valid && !result->failed)
		return true;
	return cni_fail(error, CNI_INTERNAL, "poplind on %s answered %s without a result that can be read",
			question->socket, question->subject);
}

/* One connection, one call. `answered` tells whether an answer had begun at least. */
static enum verdict converse(int fd, const struct question *question, struct buffer *result, bool *answered,
			     struct cni_error *error)
{
	struct grpc_reply reply = {0};
	enum call_outcome outcome = call(fd, question, &reply);
	enum verdict verdict = judge_call(outcome, &reply, question, error);
	*answered = reply.begun;
	if (verdict == VERDICT_DONE && !take_result(question, &reply, result, error))
		verdict = VERDICT_FOREIGN;
	grpc_reply_free(&reply);
	return verdict;
}

static enum verdict ask_until(struct patience *patience, const struct question *question, struct buffer *result,
			      struct cni_error *error)
{
	for (;;) {
		bool answered;
		int fd = dial(question->socket, patience, error);
		if (fd < 0)
			return stop_requested()			 ? VERDICT_STOPPED
			       : error->code == CNI_TRY_LATER ? VERDICT_AWAY
							      : VERDICT_FOREIGN;
		enum verdict verdict = converse(fd, question, result, &answered, error);
		/* With the answer at hand nothing is left to be done but to print it: the process takes the connection with it. */
		if (verdict == VERDICT_DONE)
			return verdict;
		close(fd);
		if (verdict != VERDICT_AWAY || answered || question->command->fallback != FALLBACK_ERROR)
			return verdict;
		if (!wait_again(patience))
			return stop_requested() ? judge_call(CALL_STOPPED, NULL, question, error) : verdict;
	}
}

enum verdict ask(const struct question *question, struct buffer *result, struct cni_error *error)
{
	struct patience patience = {.until = question->patience};
	if (stop_requested())
		return judge_call(CALL_STOPPED, NULL, question, error);
	if (clock_ms() >= question->deadline)
		return judge_call(CALL_EXPIRED, NULL, question, error);
	return ask_until(&patience, question, result, error);
}
