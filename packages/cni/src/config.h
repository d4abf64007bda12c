/* The network configuration on standard input: the few keys that the shim itself must understand. */
#ifndef POPLIN_CONFIG_H
#define POPLIN_CONFIG_H

#include <sys/un.h>

#include "command.h"
#include "error.h"

#define DEFAULT_SOCKET "/run/poplin/poplin.sock"

struct cni_config {
	/* The document, byte for byte: the daemon reads the rest. */
	struct buffer document;
	/* Version of the specification that the answer must have. Points to a constant. */
	const char *cni_version;
	/* Path of the daemon's socket: key `socket`, or DEFAULT_SOCKET when that cannot be read. */
	char socket[sizeof((struct sockaddr_un *)0)->sun_path];
};

/* An empty document, the newest version and the default socket: what holds as long as nothing is known. */
void cni_config_init(struct cni_config *config);

/*
 * Reads a descriptor to its end, at most 1 MiB. Fails with CNI_IO_FAILURE, with CNI_DECODE_FAILURE when
 * there is more, and with CNI_TRY_LATER when the deadline passes first.
 */
bool cni_config_read(struct cni_config *config, int fd, int64_t deadline, struct cni_error *error);

/*
 * Checks the document for a command and fills in the rest. A document that fails still gives what can be read of
 * it. Fails with CNI_DECODE_FAILURE, CNI_INVALID_CONFIG or CNI_INCOMPATIBLE_VERSION.
 */
bool cni_config_parse(struct cni_config *config, const struct command *command,
		      struct cni_error *error);

void cni_config_free(struct cni_config *config);

#endif
