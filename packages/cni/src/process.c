#include "process.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

void put_descriptors_in_order(void)
{
	closefrom(STDERR_FILENO + 1);
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
		/* open() takes the lowest free number, which is this one. */
		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_RDWR) != fd)
			_exit(1);
	}
}

bool print_all(struct bytes bytes)
{
	while (bytes.size > 0) {
		ssize_t count = write(STDOUT_FILENO, bytes.data, bytes.size);
		if (count < 0 && errno == EINTR)
			continue;
		if (count < 0)
			return false;
		bytes.data += count;
		bytes.size -= (size_t)count;
	}
	return true;
}
