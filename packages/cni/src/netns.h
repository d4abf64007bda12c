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
 * Opens the namespace of an ADD. Fails with CNI_BAD_ENVIRONMENT when the path leads to no network
 * namespace, and with CNI_BAD_NETNS when it leads to the one that this process lives in and
 * CNI_NETNS_OVERRIDE does not allow that.
 */
bool netns_open_for_add(struct netns *netns, const struct cni_env *env, struct cni_error *error);

/*
 * Opens the namespace of a DEL where there still is one. What is gone, is something else by now or is the
 * host's own counts as none, so that the daemon releases what it recorded and touches nothing else.
 */
void netns_open_for_del(struct netns *netns, const struct cni_env *env);

void netns_close(struct netns *netns);

#endif
