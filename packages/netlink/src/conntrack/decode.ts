import { Attributes } from '../codec/attributes.js';
import { NFGENMSG_LENGTH } from '../nfnetlink/header.js';
import { flagNamesOf } from '../rtnetlink/flag-names.js';
import { CTA, CTA_COUNTERS, CTA_PROTOINFO_TCP, CTA_PROTOINFO_TCP_STATE } from './attributes.js';
import { decodeConntrackFamily } from './header.js';
import { decodeTuple, protocolNameOf } from './tuple.js';
import type {
  ConntrackCounters,
  ConntrackEntry,
  ConntrackStatus,
  ConntrackTcpState,
} from './types.js';

/** Bits of CTA_STATUS. */
const statusNames = flagNamesOf<ConntrackStatus>({
  expected: 1 << 0,
  seenReply: 1 << 1,
  assured: 1 << 2,
  confirmed: 1 << 3,
  srcNat: 1 << 4,
  dstNat: 1 << 5,
  seqAdjust: 1 << 6,
  srcNatDone: 1 << 7,
  dstNatDone: 1 << 8,
  dying: 1 << 9,
  fixedTimeout: 1 << 10,
  template: 1 << 11,
  untracked: 1 << 12,
  helper: 1 << 13,
  offload: 1 << 14,
  hwOffload: 1 << 15,
});

/** Names of the TCP states by their numbers. */
const tcpStates: readonly ConntrackTcpState[] = [
  'NONE',
  'SYN_SENT',
  'SYN_RECV',
  'ESTABLISHED',
  'FIN_WAIT',
  'CLOSE_WAIT',
  'LAST_ACK',
  'TIME_WAIT',
  'CLOSE',
  'SYN_SENT2',
];

/**
 * Reads an entry from the body of an IPCTNL_MSG_CT_NEW; `undefined` when it is no IP connection.
 *
 * @throws {NetlinkError} DECODE.
 */
export function decodeConntrack(body: Uint8Array): ConntrackEntry | undefined {
  const family = decodeConntrackFamily(body);
  if (!family) return undefined;
  const attributes = new Attributes('conntrack', body, NFGENMSG_LENGTH);
  const original = decodeTuple(family, attributes.nested(CTA.TUPLE_ORIG));
  const timeout = attributes.be32(CTA.TIMEOUT);
  const state = attributes
    .nested(CTA.PROTOINFO)
    ?.nested(CTA_PROTOINFO_TCP)
    ?.u8(CTA_PROTOINFO_TCP_STATE);
  const tcpState = state === undefined ? undefined : tcpStates[state];
  const counters = decodeBothCounters(attributes);
  const protocolName = protocolNameOf(original.protocol);
  return {
    family,
    protocol: original.protocol,
    ...(protocolName === undefined ? {} : { protocolName }),
    original,
    reply: decodeTuple(family, attributes.nested(CTA.TUPLE_REPLY)),
    status: statusNames(attributes.be32(CTA.STATUS) ?? 0),
    ...(timeout === undefined ? {} : { timeout }),
    mark: attributes.be32(CTA.MARK) ?? 0,
    zone: attributes.be16(CTA.ZONE) ?? 0,
    id: attributes.be32(CTA.ID) ?? 0,
    ...(tcpState === undefined ? {} : { tcpState }),
    ...(counters === undefined ? {} : { counters }),
  };
}

function decodeBothCounters(attributes: Attributes): ConntrackEntry['counters'] {
  const original = attributes.nested(CTA.COUNTERS_ORIG);
  const reply = attributes.nested(CTA.COUNTERS_REPLY);
  return original && reply && { original: countersOf(original), reply: countersOf(reply) };
}

function countersOf(attributes: Attributes): ConntrackCounters {
  return {
    packets: attributes.be64(CTA_COUNTERS.PACKETS) ?? 0n,
    bytes: attributes.be64(CTA_COUNTERS.BYTES) ?? 0n,
  };
}
