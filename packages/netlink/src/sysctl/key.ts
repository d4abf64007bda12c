import { invalidArgument } from '../error.js';

/**
 * The file of a sysctl. The key is a path below /proc/sys with slashes, because interface names may contain dots:
 * `net/ipv4/conf/poplin.vxlan/rp_filter`.
 *
 * @throws {NetlinkError} INVALID_ARGUMENT when it leaves `net/`: the rest of /proc/sys belongs to no namespace.
 */
export function sysctlPath(operation: string, key: string): string {
  const [first, ...rest] = key.split('/');
  const clean =
    rest.length > 0 && rest.every((part) => part !== '' && part !== '.' && part !== '..');
  if (first !== 'net' || !clean || key.includes('\0')) {
    throw invalidArgument(
      operation,
      'the key is no path below net/',
      'Write it with slashes, for example net/ipv4/ip_forward',
    );
  }
  return `/proc/sys/${key}`;
}
