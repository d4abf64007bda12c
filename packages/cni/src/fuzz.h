/* Damage, and the rules that must hold in spite of it. */
#ifndef POPLIN_FUZZ_H
#define POPLIN_FUZZ_H

#include "error.h"

/* The state of the generator; never 0. */
extern uint64_t fuzz_state;

/* A number below the bound, by xorshift64: good enough to choose damage, and the same everywhere. */
uint32_t below(uint32_t bound);

/* Aborts, with the rule on standard error, when the condition does not hold. */
void require(bool condition, const char *rule);

/* Requires that the error makes valid JSON. */
void require_json(const struct cni_error *error);

/* A copy with a few bytes changed, dropped, doubled or cut off; on the heap, so that reading past it is seen. */
struct bytes damage(struct bytes sound);

/* Lets a server of nonsense, or of sense, answer a gRPC call. */
void fuzz_call(bool damaged);

#endif
