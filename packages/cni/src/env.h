/* The CNI environment (CNI specification 1.1.0, "Parameters"), checked. */
#ifndef POPLIN_ENV_H
#define POPLIN_ENV_H

#include "command.h"
#include "error.h"

/*
 * What a runtime says beside the configuration. The texts are UTF-8, never NULL, and belong to the environment; what
 * the command has no use for is empty.
 */
struct cni_env {
	const char *container_id;
	/* Path of the network namespace; may be empty on DEL. */
	const char *netns;
	const char *ifname;
	const char *args;
	const char *path;
	/* CNI_NETNS_OVERRIDE: the namespace may be the host's own. */
	bool netns_override;
};

/*
 * Reads the environment of a command. All missing variables are named in one message; an empty one counts as
 * missing. Fails with CNI_BAD_ENVIRONMENT.
 */
bool cni_env_read(struct cni_env *env, const struct command *command, struct cni_error *error);

/* [A-Za-z0-9][A-Za-z0-9_.-]*: the rule for container ids and for network names. */
bool is_cni_identifier(struct bytes text);

#endif
