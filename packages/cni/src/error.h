/* The CNI error object (CNI specification 1.1.0, "Error"). */
#ifndef POPLIN_ERROR_H
#define POPLIN_ERROR_H

#include "bytes.h"

/* Error codes of the CNI specification, section 5; 8 and 999 are those of the reference plugins. */
enum cni_code {
	CNI_INCOMPATIBLE_VERSION = 1,
	CNI_BAD_ENVIRONMENT = 4,
	CNI_IO_FAILURE = 5,
	CNI_DECODE_FAILURE = 6,
	CNI_INVALID_CONFIG = 7,
	CNI_BAD_NETNS = 8,
	CNI_TRY_LATER = 11,
	CNI_NOT_AVAILABLE = 50,
	CNI_DEGRADED = 51,
	CNI_INTERNAL = 999,
};

struct cni_error {
	uint32_t code;
	struct buffer msg;
	struct buffer details;
};

/*
 * Sets code and message, and drops earlier ones. Always returns false, so that a function which
 * reports success as bool can end in `return cni_fail(...)`.
 */
bool cni_fail(struct cni_error *error, uint32_t code, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Sets the details of an error that already has its message. */
void cni_error_details(struct cni_error *error, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/*
 * Appends the error as one line of JSON. Text that is not UTF-8 loses its bad bytes to U+FFFD: what a
 * runtime cannot decode, nobody reads.
 */
void cni_error_format(const struct cni_error *error, const char *cni_version, struct buffer *out);

void cni_error_free(struct cni_error *error);

/*
 * An errno as the end of a sentence. ENOENT gets words of its own: container runtimes take a DEL error
 * that contains "no such file or directory" or "not found" for success, and the release would be lost.
 */
const char *errno_words(int number);

#endif
