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

/* A status without details: from the gRPC library, or from something that is not poplind. */
static bool fail_plain(const struct grpc_reply *reply, const struct verdict_context *context,
		       struct cni_error *error)
{
	bool passing = reply->status == GRPC_UNAVAILABLE || reply->status == GRPC_DEADLINE_EXCEEDED;
	struct buffer text = {0};
	decode_percent(buffer_view(&reply->status_message), &text);
	cni_fail(error, passing ? CNI_TRY_LATER : CNI_INTERNAL,
		 "poplind on %s refused %s of container %s, interface %s (gRPC status %d): %.*s", context->socket,
		 context->command, context->container_id, context->ifname, reply->status, (int)text.size,
		 (const char *)text.data);
	buffer_free(&text);
	return false;
}

bool verdict(enum call_outcome outcome, const struct grpc_reply *reply,
	     const struct verdict_context *context, struct cni_error *error)
{
	switch (outcome) {
	case CALL_FINISHED:
		if (reply->status == GRPC_OK)
			return true;
		return !adopt_details(reply, error) && fail_plain(reply, context, error);
	case CALL_EXPIRED:
		return cni_fail(error, CNI_TRY_LATER,
				"poplind on %s did not finish %s of container %s, interface %s, within %lld s. "
				"Its log says what it waits for: journalctl -u poplind",
				context->socket, context->command, context->container_id, context->ifname,
				(long long)context->allowance / 1000);
	case CALL_STOPPED:
		return cni_fail(error, CNI_TRY_LATER,
				"stopped by a signal during %s of container %s, interface %s; the call was cancelled",
				context->command, context->container_id, context->ifname);
	case CALL_LOST:
		return cni_fail(error, CNI_TRY_LATER,
				"poplind on %s closed the connection during %s of container %s, interface %s. Was it "
				"stopped? Try: systemctl status poplind",
				context->socket, context->command, context->container_id, context->ifname);
	default:
		return cni_fail(error, CNI_INTERNAL,
				"what listens on %s answered %s of container %s, interface %s, with %s. Is it poplind, "
				"and of a version near %s?",
				context->socket, context->command, context->container_id, context->ifname,
				reply->fault ? reply->fault : "nonsense", POPLIN_VERSION);
	}
}
