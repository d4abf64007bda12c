#include "attach.h"

#include <stdlib.h>
#include <unistd.h>

#include "config.h"
#include "dial.h"
#include "messages.h"
#include "verdict.h"
#include "wait.h"

/* An ADD waits long enough for a daemon to restart; a DEL is repeated by the runtime anyway. */
const struct command command_add = {"ADD", "/poplin.cni.v1.CniService/Add", true, 5000, 30000};
const struct command command_del = {"DEL", "/poplin.cni.v1.CniService/Del", false, 1000, 10000};

/* Takes the result out of an answer that says it went well. */
static bool take_result(const struct command *command, const struct grpc_reply *reply,
			const char *socket, struct buffer *result, struct cni_error *error)
{
	struct bytes json = {0};
	bool valid = command->is_add ? decode_add_response(reply->message, &json) && json.size > 0
				     : decode_nothing(reply->message);
	buffer_append(result, json.data, json.size);
	if (valid && !result->failed)
		return true;
	return cni_fail(error, CNI_INTERNAL, "poplind on %s answered %s without a result that can be read",
			socket, command->name);
}

static bool call_daemon(const struct command *command, struct bytes message, const char *socket,
			int64_t deadline, struct grpc_reply *reply, enum call_outcome *outcome,
			struct cni_error *error)
{
	/* CNI hands a trace context on in the environment (containernetworking/cni, 2026). */
	const struct grpc_metadata metadata[] = {
		{"traceparent", getenv("TRACEPARENT")},
		{"tracestate", getenv("TRACESTATE")},
		{"baggage", getenv("BAGGAGE")},
	};
	const struct grpc_request request = {
		.method = command->method,
		.message = message,
		.metadata = metadata,
		.metadata_count = sizeof metadata / sizeof *metadata,
		.deadline = deadline,
	};
	int64_t patience = clock_ms() + command->dial_ms;
	int fd = dial(socket, patience < deadline ? patience : deadline, error);
	if (fd < 0)
		return false;
	*outcome = grpc_call(fd, &request, reply);
	close(fd);
	return true;
}

static bool ask_daemon(const struct command *command, const struct cni_env *env, struct bytes message,
		       const char *socket, int64_t deadline, struct buffer *result,
		       struct cni_error *error)
{
	const struct verdict_context context = {command->name, socket, env->container_id, env->ifname,
						command->total_ms};
	struct grpc_reply reply = {0};
	enum call_outcome outcome;
	bool done = call_daemon(command, message, socket, deadline, &reply, &outcome, error) &&
		    verdict(outcome, &reply, &context, error) &&
		    take_result(command, &reply, socket, result, error);
	grpc_reply_free(&reply);
	return done;
}

bool attach(const struct command *command, struct buffer *result, const char **cni_version,
	    struct cni_error *error)
{
	int64_t deadline = clock_ms() + command->total_ms;
	struct cni_config config = {0};
	struct cni_env env;
	struct netns netns;
	struct buffer message = {0};
	bool done = false;

	if (!cni_env_read(&env, command->is_add, error))
		return false;
	if (!cni_config_read(&config, STDIN_FILENO, deadline, error))
		goto free_config;
	bool valid = cni_config_parse(&config, error);
	*cni_version = config.cni_version;
	if (!valid)
		goto free_config;
	if (!command->is_add)
		netns_open_for_del(&netns, &env);
	else if (!netns_open_for_add(&netns, &env, error))
		goto free_config;
	encode_request(&message, &env, &netns, buffer_view(&config.document));
	done = message.failed
		       ? cni_fail(error, CNI_INTERNAL, "out of memory")
		       : ask_daemon(command, &env, buffer_view(&message), config.socket, deadline, result, error);
	netns_close(&netns);
	buffer_free(&message);
free_config:
	cni_config_free(&config);
	return done;
}
