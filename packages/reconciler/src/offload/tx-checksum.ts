import type { OffloadState } from '@poplin/backend';
import { type Ethtool, type Features, type Link, NetlinkError } from '@poplin/netlink';
import type { Change, Items } from '../change.js';
import { ReconcilerError } from '../error.js';
import type { Item } from '../item.js';
import type { KnownLink } from '../link/known.js';
import { isOwnLink } from '../ownership.js';

/** Features that compute checksums of what is sent, those that the link lets be switched: `tx` of `ethtool -K`. */
function txChecksums(features: Features): readonly string[] {
  return [...features]
    .filter(([name, { changeable }]) => name.startsWith('tx-checksum-') && changeable)
    .map(([name]) => name);
}

/**
 * The items for links that compute no checksums late: vxlans of ours, and links of which that is wanted.
 *
 * @throws {NetlinkError} when the kernel cannot be asked.
 */
export async function readOffloads(
  ethtool: Ethtool,
  links: readonly Link[],
  wanted: Items,
): Promise<readonly Item[]> {
  const items = await Promise.all(
    links.map(async (link): Promise<Item | undefined> => {
      const item: Item = { kind: 'offload', value: { link: link.name, txChecksum: false } };
      const concerns =
        wanted.has(offloadKey(item.value)) || (isOwnLink(link) && link.kind === 'vxlan');
      return concerns && (await isOff(ethtool, link)) ? item : undefined;
    }),
  );
  return items.flatMap((item) => item ?? []);
}

/** The key of an {@link OffloadState}. */
export function offloadKey({ link }: OffloadState): string {
  return `checksums of ${link}`;
}

/** Off as far as can be; a kernel that tells nothing of it is taken for one that has them on. */
async function isOff(ethtool: Ethtool, { ifindex }: KnownLink): Promise<boolean> {
  try {
    const features = await ethtool.features(ifindex);
    return txChecksums(features).every((name) => !features.get(name)?.active);
  } catch (error) {
    if (error instanceof NetlinkError && silent.has(error.code)) return false;
    throw error;
  }
}

/** No ethtool over netlink; the link has just gone. */
const silent: ReadonlySet<string> = new Set(['ENOENT', 'EOPNOTSUPP', 'ENODEV']);

/**
 * Switches the checksums off, or on again when that is wanted no more.
 *
 * @throws {ReconcilerError} KERNEL_LACKS when the kernel has no ethtool over netlink, LINK_MISSING.
 * @throws {NetlinkError} when the kernel refuses.
 */
export async function applyOffload(
  ethtool: Ethtool,
  verb: Change['verb'],
  { link }: OffloadState,
  links: ReadonlyMap<string, KnownLink>,
): Promise<void> {
  const ifindex = links.get(link)?.ifindex;
  if (ifindex === undefined) {
    if (verb === 'delete') return;
    const message = `${offloadKey({ link, txChecksum: false })} cannot be set: there is no such link`;
    throw new ReconcilerError('LINK_MISSING', message, { retryable: true });
  }
  try {
    const names = txChecksums(await ethtool.features(ifindex));
    const on = verb === 'delete';
    if (names.length > 0) {
      await ethtool.setFeatures(ifindex, Object.fromEntries(names.map((name) => [name, on])));
    }
  } catch (cause) {
    if (!(cause instanceof NetlinkError) || cause.code !== 'ENOENT') throw cause;
    const message = `${offloadKey({ link, txChecksum: false })}: this kernel has no ethtool over netlink`;
    const remedy = `It takes Linux 5.9 with CONFIG_ETHTOOL_NETLINK. By hand: ethtool -K ${link} tx off`;
    throw new ReconcilerError('KERNEL_LACKS', message, { remedy, cause });
  }
}
