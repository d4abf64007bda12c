/* The versions of the CNI specification that the plugin speaks. */
#ifndef POPLIN_VERSIONS_H
#define POPLIN_VERSIONS_H

#include "bytes.h"

/* Oldest first, as a JSON list and as a list for people. Keep the three in step. */
#define CNI_VERSIONS_JSON "[\"0.3.1\",\"0.4.0\",\"1.0.0\",\"1.1.0\"]"
#define CNI_VERSIONS_TEXT "0.3.1, 0.4.0, 1.0.0, 1.1.0"
#define CNI_VERSION_NEWEST "1.1.0"

/* The same version as a constant, or NULL when it is not spoken. */
const char *cni_version_supported(struct bytes version);

#endif
