#include "versions.h"

const char *cni_version_supported(struct bytes version)
{
	static const char *const supported[] = {"0.3.1", "0.4.0", "1.0.0", CNI_VERSION_NEWEST};
	for (size_t i = 0; i < sizeof supported / sizeof *supported; i++) {
		if (bytes_equal_text(version, supported[i]))
			return supported[i];
	}
	return NULL;
}
