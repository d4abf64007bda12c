#include "tombstone.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* After a start of the host, the runtime may be up before poplind has made the directory of its socket. */
static bool make_directory(const char *path, const char *socket)
{
	char parent[BESIDE_SIZE];
	if (mkdir(path, 0700) == 0 || errno == EEXIST)
		return true;
	if (errno != ENOENT)
		return false;
	path_beside(parent, socket, "");
	return (mkdir(parent, 0755) == 0 || errno == EEXIST) &&
	       (mkdir(path, 0700) == 0 || errno == EEXIST);
}

static int open_directory(const char *path)
{
	return open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

static bool write_whole(int fd, struct bytes bytes)
{
	while (bytes.size > 0) {
		ssize_t count = write(fd, bytes.data, bytes.size);
		if (count < 0 && errno != EINTR)
			return false;
		if (count > 0) {
			bytes.data += count;
			bytes.size -= (size_t)count;
		}
	}
	return true;
}

/* Writes under a name that the daemon does not look at, then gives it the one that it does. False with errno. */
static bool write_renamed(int directory, const char *name, struct bytes request)
{
	char draft[TOMBSTONE_NAME_SIZE + 4];
	snprintf(draft, sizeof draft, "%s.tmp", name);
	int fd = openat(directory, draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return false;
	bool done = write_whole(fd, request) && renameat(directory, draft, directory, name) == 0;
	int reason = errno;
	close(fd);
	if (!done)
		unlinkat(directory, draft, 0);
	errno = reason;
	return done;
}

bool tombstone_leave(struct tombstone *tombstone, const char *socket, struct bytes request,
		     struct cni_error *error)
{
	struct timespec now;
	clock_gettime(CLOCK_REALTIME, &now);
	snprintf(tombstone->name, sizeof tombstone->name, "%011lld%09ld-%d.del", (long long)now.tv_sec,
		 now.tv_nsec, (int)getpid());
	path_beside(tombstone->directory, socket, "del");
	int directory =
		make_directory(tombstone->directory, socket) ? open_directory(tombstone->directory) : -1;
	bool done = directory >= 0 && write_renamed(directory, tombstone->name, request);
	if (!done)
		cni_fail(error, CNI_IO_FAILURE, "it cannot be noted down in %s: %s", tombstone->directory,
			 errno_words(errno));
	if (directory >= 0)
		close(directory);
	return done;
}

void tombstone_remove(const struct tombstone *tombstone)
{
	int directory = open_directory(tombstone->directory);
	if (directory < 0)
		return;
	unlinkat(directory, tombstone->name, 0);
	close(directory);
}
