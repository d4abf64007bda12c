#include "messages.h"

#include <unistd.h>

#include "protobuf.h"

void encode_request(struct buffer *out, const struct cni_env *env, const struct netns *netns,
		    struct bytes config)
{
	pb_put_bytes(out, 1, bytes_of_text(env->container_id));
	pb_put_bytes(out, 2, bytes_of_text(netns->path));
	pb_put_bytes(out, 3, bytes_of_text(env->ifname));
	pb_put_bytes(out, 4, bytes_of_text(env->args));
	pb_put_bytes(out, 5, bytes_of_text(env->path));
	pb_put_bytes(out, 6, config);
	pb_put_uint64(out, 7, netns->device);
	pb_put_uint64(out, 8, netns->inode);
}

void encode_handover(struct buffer *out, const struct netns *netns)
{
	if (netns->fd < 0)
		return;
	pb_put_uint64(out, 9, (uint64_t)getpid());
	pb_put_uint64(out, 10, (uint64_t)netns->fd);
}

/* The last length-delimited field of a number, as protobuf wants it; empty when there is none. */
static bool last_bytes_field(struct bytes message, uint32_t number, struct bytes *value)
{
	struct pb_field field;
	bool malformed = false;
	*value = (struct bytes){0};
	while (pb_next(&message, &field, &malformed)) {
		if (field.number == number && field.wire == PB_BYTES)
			*value = field.bytes;
	}
	return !malformed;
}

bool decode_add_response(struct bytes message, struct bytes *result)
{
	return last_bytes_field(message, 1, result);
}

bool decode_nothing(struct bytes message)
{
	struct bytes none;
	return last_bytes_field(message, 1, &none);
}

static bool copy_cni_error(struct bytes message, struct cni_error *error)
{
	struct bytes msg, details;
	struct pb_field field;
	bool malformed = false;
	if (!last_bytes_field(message, 2, &msg) || !last_bytes_field(message, 3, &details))
		return false;
	cni_error_free(error);
	buffer_append(&error->msg, msg.data, msg.size);
	buffer_append(&error->details, details.data, details.size);
	while (pb_next(&message, &field, &malformed)) {
		if (field.number == 1 && field.wire == PB_VARINT)
			error->code = (uint32_t)field.integer;
	}
	return true;
}

bool decode_cni_error(struct bytes status, struct cni_error *error)
{
	struct pb_field field;
	struct bytes type, value;
	bool malformed = false;
	while (pb_next(&status, &field, &malformed)) {
		if (field.number != 3 || field.wire != PB_BYTES)
			continue;
		if (!last_bytes_field(field.bytes, 1, &type) || !last_bytes_field(field.bytes, 2, &value))
			return false;
		if (bytes_end_with(type, "/poplin.cni.v1.CniError"))
			return copy_cni_error(value, error);
	}
	return false;
}
