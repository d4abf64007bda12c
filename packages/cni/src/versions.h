/* The versions of the CNI specification that the plugin speaks. */
#ifndef POPLIN_VERSIONS_H
#define POPLIN_VERSIONS_H

#include "bytes.h"

/* Oldest first, as values, as a JSON list and as a list for people. Keep the three in step. */
enum cni_version { CNI_0_3_1, CNI_0_4_0, CNI_1_0_0, CNI_1_1_0 };
#define CNI_VERSIONS_JSON "[\"0.3.1\",\"0.4.0\",\"1.0.0\",\"1.1.0\"]"
#define CNI_VERSIONS_TEXT "0.3.1, 0.4.0, 1.0.0, 1.1.0"
#define CNI_VERSION_NEWEST "1.1.0"

/* Finds a version by its text. False when it is not spoken. */
bool cni_version_find(struct bytes text, enum cni_version *version);

/* Its text, a constant. */
const char *cni_version_text(enum cni_version version);

#endif
