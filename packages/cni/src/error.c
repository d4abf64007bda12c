#include "error.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "utf8.h"

static void set_text(struct buffer *buffer, const char *format, va_list arguments)
{
	char *text = NULL;
	buffer_free(buffer);
	if (vasprintf(&text, format, arguments) < 0)
		return;
	buffer_append_text(buffer, text);
	free(text);
}

bool cni_fail(struct cni_error *error, uint32_t code, const char *format, ...)
{
	va_list arguments;
	cni_error_free(error);
	error->code = code;
	va_start(arguments, format);
	set_text(&error->msg, format, arguments);
	va_end(arguments);
	return false;
}

void cni_error_details(struct cni_error *error, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	set_text(&error->details, format, arguments);
	va_end(arguments);
}

static void append_json_string(struct buffer *out, struct bytes text)
{
	char escape[8];
	buffer_append_byte(out, '"');
	while (text.size > 0) {
		size_t length = utf8_character(text);
		uint8_t first = text.data[0];
		if (length == 0) {
			buffer_append_text(out, "\xef\xbf\xbd");
			length = 1;
		} else if (first == '"' || first == '\\') {
			buffer_append_byte(out, '\\');
			buffer_append_byte(out, first);
		} else if (first < 0x20) {
			snprintf(escape, sizeof escape, "\\u%04x", (unsigned)first);
			buffer_append_text(out, escape);
		} else {
			buffer_append(out, text.data, length);
		}
		text.data += length;
		text.size -= length;
	}
	buffer_append_byte(out, '"');
}

void cni_error_format(const struct cni_error *error, const char *cni_version, struct buffer *out)
{
	char code[16];
	snprintf(code, sizeof code, "%u", (unsigned)error->code);
	buffer_append_text(out, "{\"cniVersion\":");
	append_json_string(out, bytes_of_text(cni_version));
	buffer_append_text(out, ",\"code\":");
	buffer_append_text(out, code);
	buffer_append_text(out, ",\"msg\":");
	append_json_string(out, buffer_view(&error->msg));
	if (error->details.size > 0) {
		buffer_append_text(out, ",\"details\":");
		append_json_string(out, buffer_view(&error->details));
	}
	buffer_append_text(out, "}\n");
}

void cni_error_free(struct cni_error *error)
{
	buffer_free(&error->msg);
	buffer_free(&error->details);
	error->code = 0;
}

const char *errno_words(int number)
{
	switch (number) {
	case ENOENT:
		return "it does not exist";
	case ECONNREFUSED:
		return "nobody listens there";
	default:
		return strerror(number);
	}
}
