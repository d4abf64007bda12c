#include "beside.h"

#include <stdio.h>
#include <string.h>

void path_beside(char path[BESIDE_SIZE], const char *socket, const char *name)
{
	const char *slash = strrchr(socket, '/');
	int length = slash ? (int)(slash - socket) + 1 : 0;
	snprintf(path, BESIDE_SIZE, "%.*s%s", length, socket, name);
}
