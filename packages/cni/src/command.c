#include "command.h"

#include <stddef.h>
#include <string.h>

#define METHOD(name) "/poplin.cni.v1.CniService/" name
#define ATTACHMENT (ENV_CONTAINERID | ENV_IFNAME)

/*
 * Requirements: CNI specification 1.1.0, section 2. Waits: an ADD and a CHECK wait long enough for a daemon to restart. A DEL
 * is safe once it is noted down, and a GC is repeated by the runtime anyway. The runtime asks for STATUS every few
 * seconds and waits for it: it stays below one second with the start of the process included.
 */
static const struct command commands[] = {
	{"ADD", METHOD("Add"), ATTACHMENT | ENV_NETNS, ENV_ARGS | ENV_PATH, NETNS_FOREIGN, CNI_0_3_1, true,
	 5000, 30000, FALLBACK_ERROR},
	{"DEL", METHOD("Del"), ATTACHMENT, ENV_NETNS | ENV_ARGS | ENV_PATH, NETNS_IF_THERE, CNI_0_3_1, false,
	 1000, 10000, FALLBACK_TOMBSTONE},
	{"CHECK", METHOD("Check"), ATTACHMENT | ENV_NETNS, ENV_ARGS | ENV_PATH, NETNS_THERE, CNI_0_4_0, false,
	 5000, 10000, FALLBACK_ERROR},
	{"STATUS", METHOD("Status"), 0, 0, NETNS_NONE, CNI_1_1_0, false,
	 0, 950, FALLBACK_HEARTBEAT},
	{"GC", METHOD("Gc"), 0, ENV_PATH, NETNS_NONE, CNI_1_1_0, false,
	 1000, 60000, FALLBACK_ERROR},
};

const struct command *command_find(const char *name)
{
	for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
		if (strcmp(commands[i].name, name) == 0)
			return &commands[i];
	}
	return NULL;
}
