#include "heartbeat.h"

#include <errno.h>
#include <fcntl.h>
#include <time.h>
#include <unistd.h>

#include "beside.h"

#define GRACE_MS 60000
/* A little ahead of us is a matter of rounding; further ahead, the file is of another boot. */
#define SKEW_MS 5000
/* Fifteen digits hold 30,000 years. */
#define MAX_DIGITS 15

bool heartbeat_parse(struct bytes line, struct heartbeat *heartbeat)
{
	size_t digits = 0;
	heartbeat->at_ms = 0;
	for (; digits < line.size && line.data[digits] >= '0' && line.data[digits] <= '9'; digits++) {
		if (digits == MAX_DIGITS)
			return false;
		heartbeat->at_ms = heartbeat->at_ms * 10 + (line.data[digits] - '0');
	}
	struct bytes word = {line.data + digits, line.size - digits};
	heartbeat->degraded = bytes_equal_text(word, " degraded\n");
	return digits > 0 && (heartbeat->degraded || bytes_equal_text(word, " serving\n"));
}

static bool read_heartbeat(const char *path, struct heartbeat *heartbeat)
{
	uint8_t line[64];
	/* Non-blocking, because anything may be in its place. */
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0)
		return false;
	ssize_t size = read(fd, line, sizeof line);
	close(fd);
	return size > 0 && heartbeat_parse((struct bytes){line, (size_t)size}, heartbeat);
}

static int64_t boot_ms(void)
{
	struct timespec now;
	clock_gettime(CLOCK_BOOTTIME, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

bool heartbeat_vouches(const char *socket, struct cni_error *error)
{
	static const char remedy[] = "No pod can be attached until it is back. Try: systemctl status poplind";
	struct heartbeat heartbeat;
	char path[BESIDE_SIZE];

	path_beside(path, socket, "heartbeat");
	bool known = read_heartbeat(path, &heartbeat);
	int64_t age = known ? boot_ms() - heartbeat.at_ms : 0;
	if (!known || age < -SKEW_MS)
		return cni_fail(error, CNI_NOT_AVAILABLE,
				"poplind on %s is away, and %s does not tell since when: it has not served since this "
				"host started. %s",
				socket, path, remedy);
	if (age < GRACE_MS)
		return true;
	return cni_fail(error, heartbeat.degraded ? CNI_DEGRADED : CNI_NOT_AVAILABLE,
			"poplind on %s has been away for %lld s%s. %s", socket, (long long)age / 1000,
			heartbeat.degraded ? ", and the network of running pods was degraded before" : "",
			remedy);
}
