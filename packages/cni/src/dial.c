#include "dial.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* One attempt: a descriptor, or -1 and errno. */
static int connect_once(const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	if (strlen(path) >= sizeof address.sun_path) {
		errno = ENAMETOOLONG;
		return -1;
	}
	strcpy(address.sun_path, path);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -1;
	/* On a unix socket this either succeeds or fails at once; EAGAIN means a full backlog (connect(2)). */
	if (connect(fd, (const struct sockaddr *)&address, sizeof address) == 0)
		return fd;
	int reason = errno;
	close(fd);
	errno = reason;
	return -1;
}

static bool may_pass(int reason)
{
	return reason == ENOENT || reason == ECONNREFUSED || reason == EAGAIN || reason == EINTR;
}

static int fail_unreachable(const char *path, int reason, struct cni_error *error)
{
	cni_fail(error, CNI_TRY_LATER,
		 "cannot reach poplind on %s: %s. Is poplind running? Try: systemctl status poplind", path,
		 reason == EAGAIN ? "its queue of callers is full" : errno_words(reason));
	return -1;
}

static int fail_stopped(const char *path, struct cni_error *error)
{
	cni_fail(error, CNI_TRY_LATER, "stopped by a signal while waiting for poplind on %s", path);
	return -1;
}

int dial(const char *path, struct patience *patience, struct cni_error *error)
{
	for (;;) {
		int fd = connect_once(path);
		if (fd >= 0)
			return fd;
		int reason = errno;
		if (!may_pass(reason)) {
			cni_fail(error, CNI_IO_FAILURE, "cannot connect to poplind on %s: %s", path,
				 errno_words(reason));
			return -1;
		}
		if (!wait_again(patience))
			return stop_requested() ? fail_stopped(path, error)
						: fail_unreachable(path, reason, error);
	}
}
