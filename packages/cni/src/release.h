/* A DEL that poplind did not serve. The runtime would keep the pod for ever on an error, so there is none. */
#ifndef POPLIN_RELEASE_H
#define POPLIN_RELEASE_H

#include "ask.h"

/* Says on standard error what cannot be said otherwise. */
void complain(const char *subject, const struct cni_error *error);

/*
 * Sees to it that the DEL happens later: leaves the first `lasting` bytes of the request as a tombstone, unless
 * poplind refused it for good. A poplind that has come back in the meantime may have looked for tombstones before
 * this one was there, so it is asked once more. What goes wrong is told on standard error.
 */
void release_later(const struct question *question, enum verdict verdict, size_t lasting,
		   struct cni_error *error);

#endif
