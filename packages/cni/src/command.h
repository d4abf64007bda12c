/* The commands of CNI that lead to the daemon, and the policy of each: one table. */
#ifndef POPLIN_COMMAND_H
#define POPLIN_COMMAND_H

#include <stdbool.h>
#include <stdint.h>

#include "versions.h"

/* Variables of the CNI environment, to be combined. */
enum cni_variable {
	ENV_CONTAINERID = 1 << 0,
	ENV_NETNS = 1 << 1,
	ENV_IFNAME = 1 << 2,
	ENV_ARGS = 1 << 3,
	ENV_PATH = 1 << 4,
};

/* What the network namespace has to be. */
enum netns_rule {
	/* The command has none. */
	NETNS_NONE,
	/* May be gone; what is no foreign namespace counts as none. */
	NETNS_IF_THERE,
	NETNS_THERE,
	/* There, and not the host's own. */
	NETNS_FOREIGN,
};

/* What a command does when poplind does not serve it. */
enum fallback {
	FALLBACK_ERROR,
	/* Notes the request down for later, and succeeds whatever happens. */
	FALLBACK_TOMBSTONE,
	/* Believes what poplind said last. */
	FALLBACK_HEARTBEAT,
};

struct command {
	/* Value of CNI_COMMAND. */
	const char *name;
	/* Full name of the gRPC method. */
	const char *method;
	/* Variables that must be there, and those that may; others are not looked at. */
	unsigned required;
	unsigned optional;
	enum netns_rule netns;
	/* The first version of the specification that has the command. */
	enum cni_version since;
	/* The answer holds something to print. */
	bool has_result;
	/* How long to wait for a daemon that is away, and for everything together; milliseconds from the start. */
	int64_t patience_ms;
	int64_t total_ms;
	enum fallback fallback;
};

/* The command of that name, or NULL. */
const struct command *command_find(const char *name);

#endif
