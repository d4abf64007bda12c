/*
 * Feeds everything that reads foreign bytes with damaged input, under AddressSanitizer and UBSan.
 *
 *   build/fuzz SEED ROUNDS
 *
 * Ends with status 0, or aborts on the first fault; the same seed finds it again.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "fuzz.h"
#include "heartbeat.h"
#include "messages.h"
#include "trailer.h"

static void fuzz_config(void)
{
	static const char sound[] =
		"{\"cniVersion\":\"1.0.0\",\"name\":\"poplin\",\"type\":\"poplin\",\"socket\":\"/run/x.sock\","
		"\"runtimeConfig\":{\"bandwidth\":{\"IngressRate\":4294967295},\"x\":[\"\\u00e4\\ud83d\\ude00\"]}}";
	struct bytes input = damage((struct bytes){(const uint8_t *)sound, sizeof sound - 1});
	enum cni_version version;
	const struct command *command = command_find(below(2) ? "DEL" : "GC");
	struct cni_config config;
	struct cni_error error = {0};
	cni_config_init(&config);
	buffer_append(&config.document, input.data, input.size);
	if (!cni_config_parse(&config, command, &error)) {
		require(error.code == 1 || error.code == 6 || error.code == 7, "a config error has code 1, 6 or 7");
		require_json(&error);
	}
	require(config.socket[0] == '/' && memchr(config.socket, 0, sizeof config.socket),
		"a socket is known, whatever the configuration says");
	require(cni_version_find(bytes_of_text(config.cni_version), &version),
		"an answer has a version that is spoken");
	cni_error_free(&error);
	cni_config_free(&config);
	free((void *)input.data);
}

/* google.rpc.Status with an ErrorInfo and a CniError among its details. */
static void encode_status(struct buffer *out)
{
	struct buffer error = {0}, other = {0}, any = {0};
	buffer_append(&error, "\x08\x0b\x12\x05" "later" "\x1a\x03" "why", 14);
	buffer_append(&other, "\x0a\x10" "type.x/ErrorInfo" "\x12\x02\x0a\x00", 22);
	buffer_append(&any, "\x0a\x1a" "x.com/poplin.cni.v1.CniError" "\x12", 31);
	any.data[1] = 28;
	buffer_append_byte(&any, (uint8_t)error.size);
	buffer_append(&any, error.data, error.size);
	buffer_append(out, "\x08\x0e\x12\x03" "bad" "\x1a", 8);
	buffer_append_byte(out, (uint8_t)other.size);
	buffer_append(out, other.data, other.size);
	buffer_append_byte(out, 0x1a);
	buffer_append_byte(out, (uint8_t)any.size);
	buffer_append(out, any.data, any.size);
	buffer_free(&error);
	buffer_free(&other);
	buffer_free(&any);
}

static void fuzz_messages(void)
{
	struct buffer sound = {0};
	struct cni_error error = {0};
	struct bytes result;
	encode_status(&sound);
	require(decode_cni_error(buffer_view(&sound), &error) && error.code == 11, "a sound status is understood");
	struct bytes input = damage(buffer_view(&sound));
	if (decode_cni_error(input, &error))
		require_json(&error);
	if (decode_add_response(input, &result) && result.size > 0)
		require(result.data >= input.data && result.data + result.size <= input.data + input.size,
			"a field lies within its message");
	cni_error_free(&error);
	buffer_free(&sound);
	free((void *)input.data);
}

static void fuzz_trailers(void)
{
	static const char sound[] = "CAsSBWxhdGVyGgN3aHk=%e4%C3%A4%,100%";
	struct bytes input = damage((struct bytes){(const uint8_t *)sound, sizeof sound - 1});
	struct buffer base64 = {0}, percent = {0};
	struct cni_error error = {0};
	decode_base64(input, &base64);
	decode_percent(input, &percent);
	cni_fail(&error, 999, "%.*s", (int)percent.size, (const char *)percent.data);
	require_json(&error);
	cni_error_free(&error);
	buffer_free(&base64);
	buffer_free(&percent);
	free((void *)input.data);
}

static void fuzz_heartbeat(void)
{
	static const char sound[] = "123456789 degraded\n";
	struct heartbeat heartbeat;
	char line[64];
	require(heartbeat_parse((struct bytes){(const uint8_t *)sound, sizeof sound - 1}, &heartbeat) &&
			heartbeat.at_ms == 123456789 && heartbeat.degraded,
		"a sound heartbeat is understood");
	struct bytes input = damage((struct bytes){(const uint8_t *)sound, sizeof sound - 1});
	if (heartbeat_parse(input, &heartbeat)) {
		snprintf(line, sizeof line, "%lld %s\n", (long long)heartbeat.at_ms,
			 heartbeat.degraded ? "degraded" : "serving");
		size_t zeros = 0;
		while (zeros + strlen(line) < input.size && input.data[zeros] == '0')
			zeros++;
		require(bytes_equal_text((struct bytes){input.data + zeros, input.size - zeros}, line),
			"a heartbeat is a number, a blank and a word, and nothing else");
	}
	free((void *)input.data);
}

int main(int count, char **arguments)
{
	if (count != 3) {
		fputs("usage: fuzz SEED ROUNDS\n", stderr);
		return 2;
	}
	fuzz_state = strtoull(arguments[1], NULL, 10) * 2 + 1;
	for (long round = strtol(arguments[2], NULL, 10); round > 0; round--) {
		fuzz_config();
		fuzz_messages();
		fuzz_trailers();
		fuzz_heartbeat();
		fuzz_call(below(10) != 0);
	}
	return 0;
}
