#include "env.h"

#include <ctype.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>

#include "utf8.h"

static const char *variable(const char *name)
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

static void name_if_missing(struct buffer *missing, const char *name, const char *value)
{
	if (*value)
		return;
	if (missing->size > 0)
		buffer_append_text(missing, ", ");
	buffer_append_text(missing, name);
}

static bool require_all(const struct cni_env *env, bool needs_netns, struct cni_error *error)
{
	struct buffer missing = {0};
	name_if_missing(&missing, "CNI_CONTAINERID", env->container_id);
	if (needs_netns)
		name_if_missing(&missing, "CNI_NETNS", env->netns);
	name_if_missing(&missing, "CNI_IFNAME", env->ifname);
	bool complete = missing.size == 0;
	if (!complete)
		cni_fail(error, CNI_BAD_ENVIRONMENT, "required environment variables are missing: %.*s",
			 (int)missing.size, (const char *)missing.data);
	buffer_free(&missing);
	return complete;
}

static bool require_utf8(const char *name, const char *value, struct cni_error *error)
{
	if (utf8_is_valid(bytes_of_text(value)))
		return true;
	return cni_fail(error, CNI_BAD_ENVIRONMENT, "%s is not UTF-8", name);
}

static bool is_true(const char *value)
{
	return strcmp(value, "1") == 0 || strcmp(value, "true") == 0 || strcmp(value, "TRUE") == 0 ||
	       strcmp(value, "True") == 0;
}

bool cni_env_read(struct cni_env *env, bool needs_netns, struct cni_error *error)
{
	*env = (struct cni_env){
		.container_id = variable("CNI_CONTAINERID"),
		.netns = variable("CNI_NETNS"),
		.ifname = variable("CNI_IFNAME"),
		.args = variable("CNI_ARGS"),
		.path = variable("CNI_PATH"),
		.netns_override = is_true(variable("CNI_NETNS_OVERRIDE")),
	};
	if (!require_all(env, needs_netns, error))
		return false;
	if (!is_cni_identifier(bytes_of_text(env->container_id)))
		return cni_fail(error, CNI_BAD_ENVIRONMENT,
				"CNI_CONTAINERID \"%s\" is not valid: it must start with a letter or digit and go "
				"on with letters, digits, '_', '.' and '-'",
				env->container_id);
	const char *fault = ifname_fault(env->ifname);
	if (fault)
		return cni_fail(error, CNI_BAD_ENVIRONMENT,
				"CNI_IFNAME \"%s\" is not a valid interface name: %s", env->ifname, fault);
	return require_utf8("CNI_IFNAME", env->ifname, error) &&
	       require_utf8("CNI_NETNS", env->netns, error) &&
	       require_utf8("CNI_ARGS", env->args, error) && require_utf8("CNI_PATH", env->path, error);
}
