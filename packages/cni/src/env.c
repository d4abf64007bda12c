#include "env.h"

#include <ctype.h>
#include <net/if.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "utf8.h"

static const char *value_of(const char *name)
{
	const char *value = getenv(name);
	return value ? value : "";
}

static bool is_alphanumeric(uint8_t c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

bool is_cni_identifier(struct bytes text)
{
	if (text.size == 0 || !is_alphanumeric(text.data[0]))
		return false;
	for (size_t i = 1; i < text.size; i++) {
		uint8_t c = text.data[i];
		if (!is_alphanumeric(c) && c != '_' && c != '.' && c != '-')
			return false;
	}
	return true;
}

/* Why the kernel's dev_valid_name() or the specification refuses an interface name; NULL when neither does. */
static const char *ifname_fault(const char *name)
{
	if (strlen(name) >= IFNAMSIZ)
		return "it has more than 15 bytes";
	if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
		return "it is a directory name";
	for (const char *c = name; *c; c++) {
		if (*c == '/' || *c == ':')
			return "it has a slash or a colon";
		if (isspace((unsigned char)*c) || iscntrl((unsigned char)*c))
			return "it has white space or a control character";
		/* The kernel takes "eth%d" for a pattern and would pick another name. */
		if (*c == '%')
			return "it has a percent sign";
	}
	return NULL;
}

static const struct variable {
	const char *name;
	enum cni_variable bit;
	size_t offset;
} variables[] = {
	{"CNI_CONTAINERID", ENV_CONTAINERID, offsetof(struct cni_env, container_id)},
	{"CNI_NETNS", ENV_NETNS, offsetof(struct cni_env, netns)},
	{"CNI_IFNAME", ENV_IFNAME, offsetof(struct cni_env, ifname)},
	{"CNI_ARGS", ENV_ARGS, offsetof(struct cni_env, args)},
	{"CNI_PATH", ENV_PATH, offsetof(struct cni_env, path)},
};

#define VARIABLE_COUNT (sizeof variables / sizeof *variables)

static const char **field(struct cni_env *env, const struct variable *variable)
{
	return (const char **)((char *)env + variable->offset);
}

static bool read_all(struct cni_env *env, const struct command *command, struct cni_error *error)
{
	struct buffer missing = {0};
	for (size_t i = 0; i < VARIABLE_COUNT; i++) {
		bool wanted = (command->required | command->optional) & variables[i].bit;
		const char *value = wanted ? value_of(variables[i].name) : "";
		*field(env, &variables[i]) = value;
		if (*value || !(command->required & variables[i].bit))
			continue;
		buffer_append_text(&missing, missing.size > 0 ? ", " : "");
		buffer_append_text(&missing, variables[i].name);
	}
	bool complete = missing.size == 0;
	if (!complete)
		cni_fail(error, CNI_BAD_ENVIRONMENT, "required environment variables are missing: %.*s",
			 (int)missing.size, (const char *)missing.data);
	buffer_free(&missing);
	return complete;
}

static bool check_ids(const struct cni_env *env, struct cni_error *error)
{
	if (!is_cni_identifier(bytes_of_text(env->container_id)))
		return cni_fail(error, CNI_BAD_ENVIRONMENT,
				"CNI_CONTAINERID \"%s\" is not valid: it must start with a letter or digit and go "
				"on with letters, digits, '_', '.' and '-'",
				env->container_id);
	const char *fault = ifname_fault(env->ifname);
	return !fault || cni_fail(error, CNI_BAD_ENVIRONMENT,
				  "CNI_IFNAME \"%s\" is not a valid interface name: %s", env->ifname, fault);
}

static bool check_utf8(struct cni_env *env, struct cni_error *error)
{
	for (size_t i = 0; i < VARIABLE_COUNT; i++) {
		if (!utf8_is_valid(bytes_of_text(*field(env, &variables[i]))))
			return cni_fail(error, CNI_BAD_ENVIRONMENT, "%s is not UTF-8", variables[i].name);
	}
	return true;
}

static bool is_true(const char *value)
{
	return strcmp(value, "1") == 0 || strcmp(value, "true") == 0 || strcmp(value, "TRUE") == 0 ||
	       strcmp(value, "True") == 0;
}

bool cni_env_read(struct cni_env *env, const struct command *command, struct cni_error *error)
{
	env->netns_override = is_true(value_of("CNI_NETNS_OVERRIDE"));
	return read_all(env, command, error) &&
	       (!(command->required & ENV_CONTAINERID) || check_ids(env, error)) && check_utf8(env, error);
}
