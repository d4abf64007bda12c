/* The container's network namespace, held open while the daemon works in it. */
#ifndef POPLIN_NETNS_H
#define POPLIN_NETNS_H

#include "env.h"

struct netns {
	/* Open descriptor, or -1 when there is no namespace to speak of. */
	int fd;
	/* Path as the runtime names it, or "" when there is no namespace to speak of. */
	const char *path;
	/* st_dev and st_ino: the identity that a path alone does not have. 0 when there is none. */
	uint64_t device;
	uint64_t inode;
};

/*
 * Opens the namespace of the environment as the rule of the command wants it. Fails with CNI_BAD_ENVIRONMENT
 * when the path leads to no network namespace, and with CNI_BAD_NETNS when it leads to the one that this process
 * lives in, the rule is NETNS_FOREIGN and CNI_NETNS_OVERRIDE does not allow that.
 *
 * NETNS_IF_THERE never fails: what is gone, is something else by now or is the host's own counts as none, so that the
 * daemon releases what it recorded and touches nothing else.
 */
bool netns_open(struct netns *netns, enum netns_rule rule, const struct cni_env *env,
		struct cni_error *error);

void netns_close(struct netns *netns);

#endif
