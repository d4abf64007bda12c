#include "netns.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <linux/nsfs.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

static bool is_network_namespace(int fd)
{
	struct statfs file_system;
	return fstatfs(fd, &file_system) == 0 && file_system.f_type == NSFS_MAGIC &&
	       ioctl(fd, NS_GET_NSTYPE) == CLONE_NEWNET;
}

static bool open_checked(struct netns *netns, const char *path, struct cni_error *error)
{
	struct stat identity;
	/* Non-blocking, because the path of a careless caller may lead to a FIFO. */
	netns->fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (netns->fd < 0)
		return cni_fail(error, CNI_BAD_ENVIRONMENT, "cannot open the network namespace \"%s\": %s",
				path, errno_words(errno));
	if (!is_network_namespace(netns->fd) || fstat(netns->fd, &identity) != 0) {
		netns_close(netns);
		return cni_fail(error, CNI_BAD_ENVIRONMENT,
				"\"%s\" is not a network namespace: the runtime must bind-mount one there before ADD",
				path);
	}
	netns->path = path;
	netns->device = identity.st_dev;
	netns->inode = identity.st_ino;
	return true;
}

static bool is_own(const struct netns *netns)
{
	struct stat own;
	return stat("/proc/self/ns/net", &own) == 0 && own.st_dev == netns->device &&
	       own.st_ino == netns->inode;
}

static bool open_foreign(struct netns *netns, const struct cni_env *env, struct cni_error *error)
{
	if (!open_checked(netns, env->netns, error))
		return false;
	if (env->netns_override || !is_own(netns))
		return true;
	netns_close(netns);
	return cni_fail(error, CNI_BAD_NETNS,
			"\"%s\" is the host's own network namespace: a pod would take over the host's "
			"interfaces. Give the container a namespace, or set CNI_NETNS_OVERRIDE=1 if this is meant",
			env->netns);
}

bool netns_open(struct netns *netns, enum netns_rule rule, const struct cni_env *env,
		struct cni_error *error)
{
	*netns = (struct netns){.fd = -1, .path = ""};
	switch (rule) {
	case NETNS_FOREIGN:
		return open_foreign(netns, env, error);
	case NETNS_THERE:
		return open_checked(netns, env->netns, error);
	case NETNS_IF_THERE:
		if (*env->netns && !open_foreign(netns, env, error))
			cni_error_free(error);
		return true;
	default:
		return true;
	}
}

void netns_close(struct netns *netns)
{
	if (netns->fd >= 0)
		close(netns->fd);
	*netns = (struct netns){.fd = -1, .path = ""};
}
