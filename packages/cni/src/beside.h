/* Files that the daemon and the shim share: they are in the directory of the socket. */
#ifndef POPLIN_BESIDE_H
#define POPLIN_BESIDE_H

#include <sys/un.h>

/* Room for the path of any such file. */
#define BESIDE_SIZE (sizeof((struct sockaddr_un *)0)->sun_path + 32)

/* Writes the path of `name`, at most 30 bytes, in the directory of an absolute socket path. Empty for the directory. */
void path_beside(char path[BESIDE_SIZE], const char *socket, const char *name);

#endif
