import { Attributes } from '../../codec/attributes.js';
import { decodeError } from '../../error.js';
import { AF_UNSPEC } from '../family.js';
import { namesOf } from '../names.js';
import { readAltNames } from './alt-names.js';
import { IFLA, IFLA_INFO } from './attributes.js';
import { readBridgePort } from './bridge-port.js';
import { readFamilySettings } from './family-settings.js';
import { flag, ifindex, mac, type Readers, readFields, u8, u32, word } from './fields.js';
import { decodeLinkFlags } from './flags.js';
import { decodeLinkHeader, IFINFOMSG_LENGTH } from './header.js';
import { readInfoData } from './kind/info-data.js';
import { settingFields } from './settings.js';
import type { Link, LinkDetails, OperState } from './types.js';

/** IF_OPER_* (linux/if.h). */
const operStates = namesOf<OperState>({
  unknown: 0,
  notpresent: 1,
  down: 2,
  lowerlayerdown: 3,
  testing: 4,
  dormant: 5,
  up: 6,
});

/** IFLA_EVENT_* (linux/if_link.h), those that no other attribute tells. */
const linkEvents = namesOf({ features: 2 });

/** What one attribute tells. */
const details: Readers<
  LinkDetails & Pick<Link, 'mac' | 'txQueueLength' | 'gsoMaxSegs' | 'gsoMaxSize' | 'groMaxSize'>
> = {
  mac: settingFields.mac,
  masterIfindex: ifindex(IFLA.MASTER),
  peerIfindex: ifindex(IFLA.LINK),
  peerNetnsId: { read: (data) => data.i32(IFLA.LINK_NETNSID) },
  alias: { read: (data) => data.text(IFLA.IFALIAS) },
  altNames: { read: readAltNames },
  qdisc: { read: (data) => data.text(IFLA.QDISC) },
  carrier: flag(u8(IFLA.CARRIER)),
  txQueueLength: settingFields.txQueueLength,
  numTxQueues: u32(IFLA.NUM_TX_QUEUES),
  numRxQueues: u32(IFLA.NUM_RX_QUEUES),
  gsoMaxSegs: settingFields.gsoMaxSegs,
  gsoMaxSize: settingFields.gsoMaxSize,
  groMaxSize: settingFields.groMaxSize,
  promiscuity: u32(IFLA.PROMISCUITY),
  allMulticastCount: u32(IFLA.ALLMULTI),
  minMtu: u32(IFLA.MIN_MTU),
  maxMtu: u32(IFLA.MAX_MTU),
  permanentMac: mac(IFLA.PERM_ADDRESS),
  event: word(u32(IFLA.EVENT), linkEvents),
};

/**
 * Reads a link from the body of an RTM_NEWLINK or RTM_DELLINK. `undefined` for those that are about a port and not
 * about the link itself: a bridge announces them with AF_BRIDGE, and a port that leaves as RTM_DELLINK.
 *
 * @throws {NetlinkError} DECODE.
 */
export function decodeLink(body: Uint8Array): Link | undefined {
  return decode(body, (attributes) =>
    Object.assign(
      readFields(attributes, details),
      decodeInfo(attributes.nested(IFLA.LINKINFO)),
      readFamilySettings(attributes),
    ),
  );
}

/**
 * The same with less: of all that is optional the MAC, the master and the alias. A fraction of the time: for who follows the
 * changes of hundreds of links.
 *
 * @throws {NetlinkError} DECODE.
 */
export function decodeLinkBriefly(body: Uint8Array): Link | undefined {
  return decode(body, (attributes) => readFields(attributes, briefDetails));
}

/**
 * A link of one group; `undefined` for others, of which nothing else is read. The kernel does not filter by group, and those of a
 * group are few among all links.
 *
 * @throws {NetlinkError} DECODE.
 */
export function decodeLinkOfGroup(body: Uint8Array, group: number): Link | undefined {
  const { family } = decodeLinkHeader(body);
  if (family !== AF_UNSPEC) return undefined;
  const attributes = new Attributes('link', body, IFINFOMSG_LENGTH);
  return (attributes.u32(IFLA.GROUP) ?? 0) === group ? decodeLink(body) : undefined;
}

const briefDetails: Readers<Pick<Link, 'mac' | 'masterIfindex' | 'alias'>> = {
  mac: details.mac,
  masterIfindex: details.masterIfindex,
  alias: details.alias,
};

function decode(
  body: Uint8Array,
  optional: (attributes: Attributes) => Partial<Link>,
): Link | undefined {
  const header = decodeLinkHeader(body);
  if (header.family !== AF_UNSPEC) return undefined;
  const attributes = new Attributes('link', body, IFINFOMSG_LENGTH);
  const name = attributes.text(IFLA.IFNAME);
  if (name === undefined) throw decodeError('link', `number ${header.ifindex} has no name`);
  return {
    ifindex: header.ifindex,
    name,
    mtu: attributes.u32(IFLA.MTU) ?? 0,
    ...decodeLinkFlags(header.flags),
    operState: operStates.nameOf(attributes.u8(IFLA.OPERSTATE)) ?? 'unknown',
    group: attributes.u32(IFLA.GROUP) ?? 0,
    flags: header.flags,
    ...optional(attributes),
  };
}

/** What IFLA_LINKINFO tells: the kind of the link, and what it is to the bridge it is a port of. */
function decodeInfo(info: Attributes | undefined): Pick<Link, 'kind' | 'data' | 'bridgePort'> {
  if (!info) return {};
  const kind = info.text(IFLA_INFO.KIND);
  const data = kind === undefined ? undefined : readInfoData(kind, info);
  const bridgePort = readBridgePort(info);
  return {
    ...(kind === undefined ? {} : { kind }),
    ...(data ? { data } : {}),
    ...(bridgePort ? { bridgePort } : {}),
  };
}
