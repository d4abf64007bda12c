#include "verdict.h"

#include "messages.h"
#include "trailer.h"

/* The error that the daemon composed itself. */
static bool adopt_details(const struct grpc_reply *reply, struct cni_error *error)
{
	struct buffer status = {0};
	bool found = reply->status_details.size > 0 &&
		     decode_base64(buffer_view(&reply->status_details), &status) &&
		     decode_cni_error(buffer_view(&status), error);
	buffer_free(&status);
	return found;
}

static bool may_pass(int status)
{
	return status == GRPC_UNAVAILABLE || status == GRPC_DEADLINE_EXCEEDED || status == GRPC_CANCELLED;
}

/* A status without details: from the gRPC library, or from something that is not poplind. */
static void fail_plain(const struct grpc_reply *reply, const struct verdict_context *context,
		       struct cni_error *error)
{
	struct buffer text = {0};
	decode_percent(buffer_view(&reply->status_message), &text);
	cni_fail(error, may_pass(reply->status) ? CNI_TRY_LATER : CNI_INTERNAL,
		 "poplind on %s refused %s (gRPC status %d): %.*s", context->socket, context->subject,
		 reply->status, (int)text.size, (const char *)text.data);
	buffer_free(&text);
}

static enum verdict judge_status(const struct grpc_reply *reply,
				 const struct verdict_context *context, struct cni_error *error)
{
	if (reply->status == GRPC_OK)
		return VERDICT_DONE;
	if (!adopt_details(reply, error))
		fail_plain(reply, context, error);
	return may_pass(reply->status) || error->code == CNI_TRY_LATER ? VERDICT_AGAIN : VERDICT_REFUSED;
}

enum verdict judge(enum call_outcome outcome, const struct grpc_reply *reply,
		   const struct verdict_context *context, struct cni_error *error)
{
	switch (outcome) {
	case CALL_FINISHED:
		return judge_status(reply, context, error);
	case CALL_EXPIRED:
		cni_fail(error, CNI_TRY_LATER,
			 "poplind on %s did not finish %s within %g s. Its log says what it waits for: "
			 "journalctl -u poplind",
			 context->socket, context->subject, (double)context->allowance / 1000);
		return VERDICT_LATE;
	case CALL_STOPPED:
		cni_fail(error, CNI_TRY_LATER, "stopped by a signal during %s; the call was cancelled",
			 context->subject);
		return VERDICT_STOPPED;
	case CALL_LOST:
		cni_fail(error, CNI_TRY_LATER,
			 "poplind on %s closed the connection during %s. Was it stopped? Try: systemctl status "
			 "poplind",
			 context->socket, context->subject);
		return VERDICT_AWAY;
	default:
		cni_fail(error, CNI_INTERNAL,
			 "what listens on %s answered %s with %s. Is it poplind, and of a version near %s?",
			 context->socket, context->subject, reply->fault ? reply->fault : "nonsense",
			 POPLIN_VERSION);
		return VERDICT_FOREIGN;
	}
}
