import { NETLINK_GENERIC } from '../ffi/constants.js';
import { familyNumberOf } from '../generic/family.js';
import type { Netns } from '../namespace/netns.js';
import { openExecutor } from '../socket/executor.js';
import { askOne, perform } from '../socket/perform.js';
import { decodeFeatures, type Features, featuresGet, featuresSet } from './features.js';

/**
 * A handle on what the drivers of a namespace's links can do. Every verb throws {@link NetlinkError} with the kernel's code: ENODEV
 * (no such link), EOPNOTSUPP, ENOENT (the kernel has no ethtool over netlink: it is older than 5.9, or built without
 * CONFIG_ETHTOOL_NETLINK).
 */
export interface Ethtool extends Disposable {
  /** Features of a link. Same as `ethtool -k LINK`. */
  features(ifindex: number): Promise<Features>;
  /** Switches features; what depends on them follows. Same as `ethtool -K LINK FEATURE on|off …`. */
  setFeatures(ifindex: number, wanted: Readonly<Record<string, boolean>>): Promise<void>;
}

/**
 * Opens a handle on a namespace, by default the one that the thread is in. It stays with that namespace, and
 * `netns` may be disposed right after.
 *
 * @throws {NetlinkError} the kernel's code when the namespace cannot be entered or the socket not opened.
 */
export function openEthtool(options: { readonly netns?: Netns } = {}): Ethtool {
  const executor = openExecutor({ netns: options.netns, protocol: NETLINK_GENERIC });
  let family: Promise<number> | undefined;
  const numberOfFamily = (): Promise<number> => {
    // What failed is asked again: the kernel may have got what it lacked.
    family ??= familyNumberOf(executor, 'ethtool').catch((error: unknown) => {
      family = undefined;
      throw error;
    });
    return family;
  };
  return {
    features: async (ifindex) =>
      askOne(executor, featuresGet(await numberOfFamily(), ifindex), decodeFeatures),
    setFeatures: async (ifindex, wanted) =>
      perform(executor, featuresSet(await numberOfFamily(), ifindex, wanted)),
    [Symbol.dispose]: () => executor[Symbol.dispose](),
  };
}
