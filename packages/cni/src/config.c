#include "config.h"

#include <errno.h>
#include <jansson.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

#include "env.h"
#include "versions.h"
#include "wait.h"

#define MAX_DOCUMENT ((size_t)1 << 20)
/* Most configurations fit; a larger array would cost a page fault per page. */
#define CHUNK_SIZE 4096

/*
 * Seeds the hash of the JSON objects from the random bytes that the kernel gives every process (getauxval(3)), instead
 * of /dev/urandom: pods choose some of the keys, by their annotations.
 */
static void seed_json(void)
{
	size_t seed = 0;
	const void *random = (const void *)getauxval(AT_RANDOM);
	if (random)
		memcpy(&seed, random, sizeof seed);
	/* 0 leaves the choice to the library. */
	json_object_seed(seed);
}

void cni_config_init(struct cni_config *config)
{
	*config = (struct cni_config){
		.document.limit = MAX_DOCUMENT,
		.cni_version = CNI_VERSION_NEWEST,
		.socket = DEFAULT_SOCKET,
	};
}

static bool await_input(int fd, int64_t deadline, struct cni_error *error)
{
	switch (wait_for(fd, POLLIN, deadline)) {
	case WAIT_READY:
		return true;
	case WAIT_EXPIRED:
		return cni_fail(error, CNI_TRY_LATER,
				"the network configuration on standard input did not end in time");
	case WAIT_STOPPED:
		return cni_fail(error, CNI_TRY_LATER, "stopped by a signal before anything was done");
	default:
		return cni_fail(error, CNI_IO_FAILURE, "cannot wait for standard input: %s",
				errno_words(errno));
	}
}

bool cni_config_read(struct cni_config *config, int fd, int64_t deadline, struct cni_error *error)
{
	uint8_t chunk[CHUNK_SIZE];
	while (await_input(fd, deadline, error)) {
		ssize_t count = read(fd, chunk, sizeof chunk);
		if (count == 0)
			return true;
		if (count < 0 && (errno == EINTR || errno == EAGAIN))
			continue;
		if (count < 0)
			return cni_fail(error, CNI_IO_FAILURE,
					"cannot read the network configuration from standard input: %s",
					errno_words(errno));
		buffer_append(&config->document, chunk, (size_t)count);
		if (config->document.failed)
			return cni_fail(error, CNI_DECODE_FAILURE,
					"the network configuration on standard input is larger than 1 MiB");
	}
	return false;
}

static struct bytes string_bytes(const json_t *value)
{
	return (struct bytes){(const uint8_t *)json_string_value(value), json_string_length(value)};
}

static bool check_name(const json_t *root, struct cni_error *error)
{
	const json_t *name = json_object_get(root, "name");
	if (!json_is_string(name) || json_string_length(name) == 0)
		return cni_fail(error, CNI_INVALID_CONFIG,
				"the network configuration has no \"name\": it must be a non-empty string");
	if (!is_cni_identifier(string_bytes(name)))
		return cni_fail(error, CNI_INVALID_CONFIG,
				"the network name \"%s\" is not valid: it must start with a letter or digit and go on "
				"with letters, digits, '_', '.' and '-'",
				json_string_value(name));
	return true;
}

/* CNI specification: a configuration without the key is of version 0.1.0. */
static struct bytes version_of(const json_t *root)
{
	const json_t *version = json_object_get(root, "cniVersion");
	return version ? string_bytes(version) : bytes_of_text("0.1.0");
}

static bool fail_version(struct cni_error *error, struct bytes asked, const char *what)
{
	cni_fail(error, CNI_INCOMPATIBLE_VERSION, "the network configuration is of CNI version %.*s, which %s",
		 (int)asked.size, (const char *)asked.data, what);
	cni_error_details(error, "config is \"%.*s\", plugin supports %s", (int)asked.size,
			  (const char *)asked.data, CNI_VERSIONS_TEXT);
	return false;
}

static bool check_version(struct cni_config *config, const json_t *root,
			  const struct command *command, struct cni_error *error)
{
	struct bytes asked = version_of(root);
	enum cni_version version;
	char what[64];
	if (!asked.data)
		return cni_fail(error, CNI_DECODE_FAILURE,
				"\"cniVersion\" of the network configuration is not a string");
	if (!cni_version_find(asked, &version))
		return fail_version(error, asked, "this plugin does not speak");
	config->cni_version = cni_version_text(version);
	if (version >= command->since)
		return true;
	snprintf(what, sizeof what, "has no %s: it came with %s", command->name,
		 cni_version_text(command->since));
	return fail_version(error, asked, what);
}

static bool choose_socket(struct cni_config *config, const json_t *root, struct cni_error *error)
{
	const json_t *value = json_object_get(root, "socket");
	if (!value)
		return true;
	const char *path = json_string_value(value);
	if (!path || path[0] != '/')
		return cni_fail(error, CNI_INVALID_CONFIG,
				"\"socket\" of the network configuration is not an absolute path");
	size_t size = strlen(path);
	if (size >= sizeof config->socket || json_string_length(value) != size)
		return cni_fail(error, CNI_INVALID_CONFIG,
				"\"socket\" of the network configuration is no path of at most %zu bytes",
				sizeof config->socket - 1);
	memcpy(config->socket, path, size + 1);
	return true;
}

/* Reads what there is, whatever else is wrong; of several complaints the last one stands. */
static bool check_object(struct cni_config *config, const json_t *root,
			 const struct command *command, struct cni_error *error)
{
	bool sound = choose_socket(config, root, error);
	sound = check_version(config, root, command, error) && sound;
	return check_name(root, error) && sound;
}

bool cni_config_parse(struct cni_config *config, const struct command *command,
		      struct cni_error *error)
{
	/* Numbers are not ours to judge: as reals, none is too large. NUL may hide in a pod annotation. */
	const size_t flags = JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL | JSON_DECODE_INT_AS_REAL;
	json_error_t where;

	if (config->document.size == 0)
		return cni_fail(error, CNI_DECODE_FAILURE,
				"standard input is empty: the network configuration is missing");
	seed_json();
	json_t *root =
		json_loadb((const char *)config->document.data, config->document.size, flags, &where);
	if (!root)
		return cni_fail(error, CNI_DECODE_FAILURE,
				"the network configuration is not valid JSON: line %d, column %d: %s", where.line,
				where.column, where.text);
	bool sound = json_is_object(root)
			     ? check_object(config, root, command, error)
			     : cni_fail(error, CNI_DECODE_FAILURE,
					"the network configuration is not a JSON object");
	json_decref(root);
	return sound;
}

void cni_config_free(struct cni_config *config)
{
	buffer_free(&config->document);
}
