import { Attributes } from '../../codec/attributes.js';
import { decodeError } from '../../error.js';
import { AF_UNSPEC } from '../family.js';
import { namesOf } from '../names.js';
import { IFF, IFLA, IFLA_BRPORT, IFLA_INFO } from './attributes.js';
import { decodeLinkHeader, IFINFOMSG_LENGTH } from './header.js';
import type { BridgePortOptions, Link, OperState } from './types.js';

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

/**
 * Reads a link from the body of an RTM_NEWLINK or RTM_DELLINK. `undefined` for those that are about a port and not
 * about the link itself: a bridge announces them with AF_BRIDGE, and a port that leaves as RTM_DELLINK.
 *
 * @throws {NetlinkError} DECODE.
 */
export function decodeLink(body: Uint8Array): Link | undefined {
  const { family, ifindex, flags } = decodeLinkHeader(body);
  if (family !== AF_UNSPEC) return undefined;
  const attributes = new Attributes('link', body, IFINFOMSG_LENGTH);
  const name = attributes.text(IFLA.IFNAME);
  if (name === undefined) throw decodeError('link', `number ${ifindex} has no name`);
  const info = attributes.nested(IFLA.LINKINFO);
  return {
    ifindex,
    name,
    mtu: attributes.u32(IFLA.MTU) ?? 0,
    up: (flags & IFF.UP) !== 0,
    running: (flags & IFF.RUNNING) !== 0,
    operState: operStates.nameOf(attributes.u8(IFLA.OPERSTATE)) ?? 'unknown',
    group: attributes.u32(IFLA.GROUP) ?? 0,
    flags,
    ...optional(attributes, info),
  };
}

function optional(attributes: Attributes, info: Attributes | undefined): Partial<Link> {
  const mac = attributes.mac(IFLA.ADDRESS);
  const masterIfindex = attributes.u32(IFLA.MASTER);
  const peerIfindex = attributes.u32(IFLA.LINK);
  const peerNetnsId = attributes.i32(IFLA.LINK_NETNSID);
  const alias = attributes.text(IFLA.IFALIAS);
  const txQueueLength = attributes.u32(IFLA.TXQLEN);
  const kind = info?.text(IFLA_INFO.KIND);
  const bridgePort = info && decodeBridgePort(info);
  return {
    ...(kind === undefined ? {} : { kind }),
    ...(mac === undefined ? {} : { mac }),
    ...(masterIfindex ? { masterIfindex } : {}),
    ...(peerIfindex ? { peerIfindex } : {}),
    ...(peerNetnsId === undefined ? {} : { peerNetnsId }),
    ...(alias === undefined ? {} : { alias }),
    ...(txQueueLength === undefined ? {} : { txQueueLength }),
    ...(bridgePort ? { bridgePort } : {}),
  };
}

function decodeBridgePort(info: Attributes): Required<BridgePortOptions> | undefined {
  if (info.text(IFLA_INFO.SLAVE_KIND) !== 'bridge') return undefined;
  const data = info.nested(IFLA_INFO.SLAVE_DATA);
  return {
    hairpin: data?.u8(IFLA_BRPORT.MODE) === 1,
    isolated: data?.u8(IFLA_BRPORT.ISOLATED) === 1,
    learning: data?.u8(IFLA_BRPORT.LEARNING) === 1,
  };
}
