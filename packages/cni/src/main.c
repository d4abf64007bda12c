/*
 * poplin: the CNI plugin of Poplin. It checks what the container runtime hands over, asks poplind in one gRPC call on
 * a unix socket, and prints the answer. It has no policy of its own.
 *
 * Exit status 0, or 1 with a CNI error object on standard output.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "process.h"
#include "serve.h"
#include "versions.h"
#include "wait.h"

/* poplinctl knows the binary as ours by the words after the version. */
static const char about[] = "poplin " POPLIN_VERSION
			    ", the CNI plugin of the Poplin container network\n"
			    "CNI versions: " CNI_VERSIONS_TEXT "\n";

static const char versions[] =
	"{\"cniVersion\":\"" CNI_VERSION_NEWEST "\",\"supportedVersions\":" CNI_VERSIONS_JSON "}\n";

static bool run(const char *name, struct buffer *result, const char **cni_version,
		struct cni_error *error)
{
	if (strcmp(name, "VERSION") == 0) {
		buffer_append_text(result, versions);
		return true;
	}
	const struct command *command = command_find(name);
	if (command)
		return serve(command, result, cni_version, error);
	return cni_fail(error, CNI_BAD_ENVIRONMENT, "CNI_COMMAND \"%s\" is unknown", name);
}

int main(void)
{
	const char *name = getenv("CNI_COMMAND");
	const char *cni_version = CNI_VERSION_NEWEST;
	struct buffer output = {0};
	struct cni_error error = {0};

	put_descriptors_in_order();
	catch_stop_signals();
	if (!name || !*name) {
		fputs(about, stderr);
		return 0;
	}
	bool done = run(name, &output, &cni_version, &error);
	if (!done)
		cni_error_format(&error, cni_version, &output);
	if (output.failed || !print_all(buffer_view(&output))) {
		fprintf(stderr, "poplin: cannot print the answer: %s\n", strerror(errno));
		done = false;
	}
	cni_error_free(&error);
	buffer_free(&output);
	return done ? 0 : 1;
}
