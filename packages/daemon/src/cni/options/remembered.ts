import { deepFrozen } from '../network-config/deep-frozen.js';
import type { NetworkConfig } from '../network-config/schema.js';
import type { AttachmentDefaults, AttachmentOptions } from './attachment-options.js';
import { type AttachmentWords, resolveOptions } from './resolve.js';

/** What the last pod of a network got, and what that depended on besides the configuration. */
interface Resolved {
  readonly ifname: string;
  readonly ip: string | undefined;
  readonly mac: string | undefined;
  readonly defaults: AttachmentDefaults;
  readonly options: AttachmentOptions;
}

/** As long as a configuration is known, so are the options of its last pod. */
const lastOf = new WeakMap<NetworkConfig, Resolved>();

/**
 * {@link resolveOptions}, remembered: the pods of a network differ in nothing that matters for their options, unless they wish for
 * something of their own.
 *
 * @param defaults - never changed; others are another object.
 * @returns options that several calls may share: deeply frozen.
 */
export function optionsOf(words: AttachmentWords, defaults: AttachmentDefaults): AttachmentOptions {
  const { config, ifname } = words;
  const { ip, mac } = words.args;
  const last = lastOf.get(config);
  const isSame =
    last?.defaults === defaults && last.ifname === ifname && last.ip === ip && last.mac === mac;
  if (isSame) return last.options;
  const options = deepFrozen(resolveOptions(words, defaults));
  lastOf.set(config, { ifname, ip, mac, defaults, options });
  return options;
}
