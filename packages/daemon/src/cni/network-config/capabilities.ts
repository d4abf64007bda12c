import { nearest } from '../../config/index.js';
import { CniCallError, invalidConfig } from '../error.js';
import { isObject, type JsonObject } from './document.js';
import { isForeignKey, keyFolder } from './objects.js';

/** containerd's capability for the annotations of a pod. */
export const podAnnotations = 'io.kubernetes.cri.pod-annotations';

/** Capabilities that do something. */
const served = ['portMappings', 'bandwidth', 'dns', 'ips', 'mac', podAnnotations];

/** Capabilities of the conventions and of runtimes that are welcome and do nothing: they only tell. */
const taken = ['cgroupPath', 'podAnnotations'];

/** Capabilities of the conventions that Poplin does not have, and what to do instead. */
const refused: Readonly<Record<string, string>> = {
  ipRanges:
    'Give the cluster a pool (poplinctl config), or ask for addresses with the capability ips',
  infinibandGUID: 'Poplin makes Ethernet interfaces only',
  deviceID: 'Poplin makes its interfaces itself, of kind veth',
  aliases: "Names are the cluster's DNS server's business",
};

/** Every capability that there is, in its own spelling. */
const names = [...served, ...taken, ...Object.keys(refused)];

const foldNames = keyFolder(names);

/**
 * Refuses what a configuration asks for in vain: capabilities that Poplin does not have, declared or sent, and an IPAM plugin.
 * Nothing of it may be ignored, since a pod would run without what it was promised.
 *
 * @throws {CniCallError} UNSUPPORTED_FIELD with the key and its value (CNI spec 1.1.0, "Error", code 2);
 * INVALID_NETWORK_CONFIG for a capability that nobody knows.
 */
export function refuseUnsupported(config: JsonObject): void {
  for (const [name, wanted] of entriesOf(config.capabilities)) {
    if (wanted === true) refuseCapability(`capabilities.${name}`, name, wanted);
  }
  for (const [name, value] of entriesOf(config.runtimeConfig)) {
    if (!isForeignKey(name) && !isEmpty(value)) {
      refuseCapability(`runtimeConfig.${name}`, name, value);
    }
  }
  if (!isEmpty(config.ipam)) {
    throw unsupported('ipam', config.ipam, 'Leave it out: Poplin has an IPAM of its own');
  }
}

function refuseCapability(path: string, name: string, value: unknown): void {
  if (Object.hasOwn(refused, name)) throw unsupported(path, value, refused[name]);
  if (names.includes(name)) return;
  const guess = nearest(name, names);
  const hint =
    guess === undefined ? `; there are ${served.join(', ')}` : `; did you mean ${guess}?`;
  throw invalidConfig([{ path, message: `unknown capability${hint}` }]);
}

function unsupported(path: string, value: unknown, remedy: string | undefined): CniCallError {
  const text = JSON.stringify(value);
  const shown = text.length > 200 ? `${text.slice(0, 200)}…` : text;
  return new CniCallError(
    'UNSUPPORTED_FIELD',
    `network configuration: ${path}: ${shown} is not supported`,
    remedy === undefined ? {} : { remedy },
  );
}

function entriesOf(value: unknown): readonly (readonly [string, unknown])[] {
  return isObject(value) ? Object.entries(foldNames(value).object) : [];
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null) return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}
