import { type Cidr, describeError, type Ip, parseCidr, parseIp } from '@poplin/net';
import { ConfigError } from '../config/error.js';

/** How the operator wants the underlay interface to be found. */
export type InterfaceChoice =
  | { readonly by: 'default' }
  | { readonly by: 'name'; readonly name: string }
  | { readonly by: 'cidr'; readonly cidr: Cidr }
  | { readonly by: 'can-reach'; readonly ip: Ip };

/** Longest interface name in bytes: IFNAMSIZ of linux/if.h less the terminating zero. */
const maxNameBytes = 15;

const canReach = 'can-reach=';

/**
 * Reads `NAME`, `CIDR` or `can-reach=IP`.
 *
 * @throws {ConfigError} INVALID_OPTION when the text is none of them; a name may have at most 15 bytes.
 */
export function parseInterfaceChoice(text: string): InterfaceChoice {
  try {
    if (text.startsWith(canReach)) {
      return { by: 'can-reach', ip: parseIp(text.slice(canReach.length)) };
    }
    if (text.includes('/')) return { by: 'cidr', cidr: parseCidr(text) };
  } catch (cause) {
    throw new ConfigError('INVALID_OPTION', describeError(cause), { cause });
  }
  return { by: 'name', name: checkedName(text) };
}

/** The kernel's own rule, dev_valid_name() in net/core/dev.c. */
function checkedName(name: string): string {
  const bytes = Buffer.byteLength(name);
  if (bytes > maxNameBytes) {
    throw new ConfigError(
      'INVALID_OPTION',
      `interface name "${name}" has ${bytes} bytes, and the kernel allows ${maxNameBytes}`,
    );
  }
  if (bytes === 0 || name === '.' || name === '..' || /[\s:]/.test(name)) {
    throw new ConfigError(
      'INVALID_OPTION',
      `"${name}" is not an interface name, a prefix or can-reach=IP`,
      { remedy: 'Write for example eth0, 192.168.5.0/24 or can-reach=192.168.5.1' },
    );
  }
  return name;
}
