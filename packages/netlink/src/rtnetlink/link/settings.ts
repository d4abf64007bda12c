import type { Mac } from '@poplin/net';
import type { AttributeWriter } from '../../codec/attribute-writer.js';
import { IFLA } from './attributes.js';
import type { BridgePortOptions } from './bridge-port.js';
import type { FamilySettings } from './family-settings.js';
import { type Fields, ifindex, mac, u32, writeFields } from './fields.js';

/** What every link has and anyone may change. */
export interface LinkSettings {
  /** MTU in bytes (IFLA_MTU). */
  readonly mtu?: number;
  /** Its Ethernet address (IFLA_ADDRESS); the kernel draws one for a new link. */
  readonly mac?: Mac;
  /** Packets that its queue holds (IFLA_TXQLEN). */
  readonly txQueueLength?: number;
  /** Link group (IFLA_GROUP), 0 by default. */
  readonly group?: number;
  /** Most segments of a packet that the device is to cut (IFLA_GSO_MAX_SEGS). */
  readonly gsoMaxSegs?: number;
  /** Most bytes of it (IFLA_GSO_MAX_SIZE). */
  readonly gsoMaxSize?: number;
  /** Most bytes that arriving packets are put together to (IFLA_GRO_MAX_SIZE, Linux 5.19). */
  readonly groMaxSize?: number;
}

/** What else a link can be born with. */
export interface BirthSettings extends LinkSettings {
  /** The index it is to have; EBUSY when it is taken. The kernel chooses by default. */
  readonly ifindex?: number;
  /** Queues to send by (IFLA_NUM_TX_QUEUES). */
  readonly numTxQueues?: number;
  /** Queues to receive by (IFLA_NUM_RX_QUEUES). */
  readonly numRxQueues?: number;
}

/** What no link can be born with: the kernel refuses or ignores it at creation, so it takes a second request. */
export interface LaterSettings extends FamilySettings {
  /** A text for people and owners, up to 255 bytes (IFLA_IFALIAS). */
  readonly alias?: string;
  /** Options as a port of the bridge `masterIfindex`. */
  readonly bridgePort?: BridgePortOptions;
}

/** Attributes of those that are one attribute each. */
export const settingFields: Fields<LinkSettings> = {
  mtu: u32(IFLA.MTU),
  mac: mac(IFLA.ADDRESS),
  txQueueLength: u32(IFLA.TXQLEN),
  group: u32(IFLA.GROUP),
  gsoMaxSegs: u32(IFLA.GSO_MAX_SEGS),
  gsoMaxSize: u32(IFLA.GSO_MAX_SIZE),
  groMaxSize: u32(IFLA.GRO_MAX_SIZE),
};

const birthFields: Fields<Omit<BirthSettings, 'ifindex'>> = {
  ...settingFields,
  numTxQueues: u32(IFLA.NUM_TX_QUEUES),
  numRxQueues: u32(IFLA.NUM_RX_QUEUES),
};

const masterField: Fields<{ readonly masterIfindex?: number }> = {
  masterIfindex: ifindex(IFLA.MASTER),
};

/** Writes what a link of any kind is born with; the index goes into the header. @throws {NetlinkError} INVALID_ARGUMENT. */
export function writeBirthSettings(
  operation: string,
  attributes: AttributeWriter,
  settings: BirthSettings,
): void {
  writeFields(operation, attributes, birthFields, settings);
}

/** Writes what is to be changed. @throws {NetlinkError} INVALID_ARGUMENT. */
export function writeSettings(
  operation: string,
  attributes: AttributeWriter,
  settings: LinkSettings,
): void {
  writeFields(operation, attributes, settingFields, settings);
}

/** Writes which bridge to join, 0 to leave the one it is in. @throws {NetlinkError} INVALID_ARGUMENT. */
export function writeMaster(
  operation: string,
  attributes: AttributeWriter,
  settings: { readonly masterIfindex?: number },
): void {
  writeFields(operation, attributes, masterField, settings);
}
