#include "serve.h"

#include <unistd.h>

#include "ask.h"
#include "config.h"
#include "heartbeat.h"
#include "messages.h"
#include "release.h"
#include "wait.h"

/* What is known of the command, step by step. */
struct request {
	const struct command *command;
	/* Points on the clock of wait.h. */
	int64_t patience;
	int64_t deadline;
	struct cni_env env;
	struct cni_config config;
	struct netns netns;
	struct buffer message;
	/* How much of the message still means something when this process is gone. */
	size_t lasting;
	struct buffer subject;
};

static const char *subject(const struct request *request)
{
	return (const char *)request->subject.data;
}

/* "ADD of container c1, interface eth0", or "GC". */
static void compose_subject(struct request *request)
{
	buffer_append_text(&request->subject, request->command->name);
	if (*request->env.container_id) {
		buffer_append_text(&request->subject, " of container ");
		buffer_append_text(&request->subject, request->env.container_id);
		buffer_append_text(&request->subject, ", interface ");
		buffer_append_text(&request->subject, request->env.ifname);
	}
	buffer_append_byte(&request->subject, '\0');
}

/* A DEL goes on with what it knows: an error would only keep the pod from going away. */
static bool tolerate(const struct request *request, struct cni_error *error)
{
	if (request->command->fallback != FALLBACK_TOMBSTONE)
		return false;
	complain(subject(request), error);
	return true;
}

static bool load_config(struct request *request, struct cni_error *error)
{
	if (cni_config_read(&request->config, STDIN_FILENO, request->deadline, error))
		return cni_config_parse(&request->config, request->command, error);
	/* A part of the document would say something else than the whole. */
	buffer_free(&request->config.document);
	return false;
}

static bool compose(struct request *request, struct cni_error *error)
{
	encode_request(&request->message, &request->env, &request->netns,
		       buffer_view(&request->config.document));
	request->lasting = request->message.size;
	encode_handover(&request->message, &request->netns);
	return !request->message.failed || cni_fail(error, CNI_INTERNAL, "out of memory");
}

static bool late_status(const struct question *question, struct cni_error *error)
{
	return cni_fail(error, CNI_NOT_AVAILABLE,
			"poplind on %s did not tell its status within a second. Its log says what it is busy with: "
			"journalctl -u poplind",
			question->socket);
}

static bool carry_out(const struct request *request, struct buffer *result, struct cni_error *error)
{
	const struct question question = {
		.command = request->command,
		.request = buffer_view(&request->message),
		.socket = request->config.socket,
		.subject = subject(request),
		.patience = request->patience,
		.deadline = request->deadline,
	};
	enum verdict verdict = ask(&question, result, error);
	if (verdict == VERDICT_DONE)
		return true;
	switch (request->command->fallback) {
	case FALLBACK_TOMBSTONE:
		release_later(&question, verdict, request->lasting, error);
		return true;
	case FALLBACK_HEARTBEAT:
		if (verdict == VERDICT_AWAY)
			return heartbeat_vouches(question.socket, error);
		return verdict == VERDICT_LATE ? late_status(&question, error) : false;
	default:
		return false;
	}
}

static bool work_through(struct request *request, struct buffer *result, struct cni_error *error)
{
	if (!cni_env_read(&request->env, request->command, error))
		return false;
	compose_subject(request);
	if (request->subject.failed)
		return cni_fail(error, CNI_INTERNAL, "out of memory");
	if (!load_config(request, error) && !tolerate(request, error))
		return false;
	return netns_open(&request->netns, request->command->netns, &request->env, error) &&
	       compose(request, error) && carry_out(request, result, error);
}

bool serve(const struct command *command, struct buffer *result, const char **cni_version,
	   struct cni_error *error)
{
	int64_t start = clock_ms();
	struct request request = {
		.command = command,
		.patience = start + command->patience_ms,
		.deadline = start + command->total_ms,
		.netns.fd = -1,
	};
	cni_config_init(&request.config);
	bool done = work_through(&request, result, error);
	*cni_version = request.config.cni_version;
	netns_close(&request.netns);
	cni_config_free(&request.config);
	buffer_free(&request.message);
	buffer_free(&request.subject);
	return done;
}
