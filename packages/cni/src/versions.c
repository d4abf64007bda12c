#include "versions.h"

static const char *const texts[] = {
	[CNI_0_3_1] = "0.3.1",
	[CNI_0_4_0] = "0.4.0",
	[CNI_1_0_0] = "1.0.0",
	[CNI_1_1_0] = CNI_VERSION_NEWEST,
};

bool cni_version_find(struct bytes text, enum cni_version *version)
{
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		if (bytes_equal_text(text, texts[i])) {
			*version = (enum cni_version)i;
			return true;
		}
	}
	return false;
}

const char *cni_version_text(enum cni_version version)
{
	return texts[version];
}
