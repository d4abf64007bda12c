import type { SysctlState } from '@poplin/backend';
import { type Netns, writeSysctl } from '@poplin/netlink';

/**
 * Sets values in the pod's namespace, in their order. Same as `sysctl -w`.
 *
 * @throws {NetlinkError} the kernel's code, with the key: ENOENT when it has no such one there, EINVAL for a value that it
 *   does not take.
 */
export async function writeSysctls(sysctls: readonly SysctlState[], netns: Netns): Promise<void> {
  for (const { key, value } of sysctls) await writeSysctl(key, value, { netns });
}
