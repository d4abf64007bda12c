import { type Family, familyOf } from '@poplin/net';
import { type AttributeWriter, NLA_F_NESTED } from '../codec/attribute-writer.js';
import type { Attributes } from '../codec/attributes.js';
import { decodeError, invalidArgument } from '../error.js';
import { CTA_IP, CTA_PROTO, CTA_TUPLE } from './attributes.js';
import {
  type ConntrackIcmp,
  type ConntrackProtocolName,
  type ConntrackTuple,
  conntrackProtocols,
} from './types.js';

/** The attributes that carry an ICMP message's id, type and code, by family. */
const icmpAttributes = {
  ipv4: { id: CTA_PROTO.ICMP_ID, type: CTA_PROTO.ICMP_TYPE, code: CTA_PROTO.ICMP_CODE },
  ipv6: { id: CTA_PROTO.ICMPV6_ID, type: CTA_PROTO.ICMPV6_TYPE, code: CTA_PROTO.ICMPV6_CODE },
} as const;

/**
 * Writes a tuple as an attribute.
 *
 * @throws {NetlinkError} INVALID_ARGUMENT when its two addresses are of different families, or a number is out of range.
 */
export function writeTuple(
  operation: string,
  attributes: AttributeWriter,
  type: number,
  tuple: ConntrackTuple,
): void {
  const { source, destination, protocol } = tuple;
  const family = familyOf(source);
  if (family !== familyOf(destination)) {
    throw invalidArgument(operation, `${source} and ${destination} are of different families`);
  }
  const isIpv4 = family === 'ipv4';
  attributes.nested(type | NLA_F_NESTED, (inner) => {
    inner.nested(CTA_TUPLE.IP | NLA_F_NESTED, (ip) => {
      ip.ip(isIpv4 ? CTA_IP.V4_SRC : CTA_IP.V6_SRC, source);
      ip.ip(isIpv4 ? CTA_IP.V4_DST : CTA_IP.V6_DST, destination);
    });
    inner.nested(CTA_TUPLE.PROTO | NLA_F_NESTED, (proto) => {
      proto.u8(CTA_PROTO.NUM, protocol);
      if (tuple.sourcePort !== undefined) proto.be16(CTA_PROTO.SRC_PORT, tuple.sourcePort);
      if (tuple.destinationPort !== undefined) {
        proto.be16(CTA_PROTO.DST_PORT, tuple.destinationPort);
      }
      if (tuple.icmp) writeIcmp(proto, family, tuple.icmp);
    });
    if (tuple.zone !== undefined) inner.be16(CTA_TUPLE.ZONE, tuple.zone);
  });
}

function writeIcmp(proto: AttributeWriter, family: Family, icmp: ConntrackIcmp): void {
  const of = icmpAttributes[family];
  proto.be16(of.id, icmp.id).u8(of.type, icmp.type).u8(of.code, icmp.code);
}

/** Reads a tuple. @throws {NetlinkError} DECODE when something that every tuple has is missing. */
export function decodeTuple(family: Family, attributes: Attributes | undefined): ConntrackTuple {
  const isIpv4 = family === 'ipv4';
  const ip = attributes?.nested(CTA_TUPLE.IP);
  const proto = attributes?.nested(CTA_TUPLE.PROTO);
  const source = ip?.ip(isIpv4 ? CTA_IP.V4_SRC : CTA_IP.V6_SRC, family);
  const destination = ip?.ip(isIpv4 ? CTA_IP.V4_DST : CTA_IP.V6_DST, family);
  const protocol = proto?.u8(CTA_PROTO.NUM);
  if (source === undefined || destination === undefined || !proto || protocol === undefined) {
    throw decodeError('conntrack', 'a tuple lacks an address or its protocol');
  }
  const zone = attributes?.be16(CTA_TUPLE.ZONE);
  return {
    source,
    destination,
    protocol,
    ...decodePorts(family, protocol, proto),
    ...(zone === undefined ? {} : { zone }),
  };
}

function decodePorts(
  family: Family,
  protocol: number,
  proto: Attributes,
): Pick<ConntrackTuple, 'sourcePort' | 'destinationPort' | 'icmp'> {
  if (protocol === conntrackProtocols[family === 'ipv4' ? 'icmp' : 'icmpv6']) {
    const of = icmpAttributes[family];
    const [id, type, code] = [proto.be16(of.id), proto.u8(of.type), proto.u8(of.code)];
    if (id === undefined || type === undefined || code === undefined) return {};
    return { icmp: { id, type, code } };
  }
  const sourcePort = proto.be16(CTA_PROTO.SRC_PORT);
  const destinationPort = proto.be16(CTA_PROTO.DST_PORT);
  return {
    ...(sourcePort === undefined ? {} : { sourcePort }),
    ...(destinationPort === undefined ? {} : { destinationPort }),
  };
}

const protocolNames = new Map<number, ConntrackProtocolName>(
  Object.entries(conntrackProtocols).map(([name, number]) => [
    number,
    name as ConntrackProtocolName,
  ]),
);

/** The name of a protocol; `undefined` where it has none here. */
export function protocolNameOf(protocol: number): ConntrackProtocolName | undefined {
  return protocolNames.get(protocol);
}

/** A tuple for messages to people: `udp 10.0.0.1 53 → 10.0.0.2 53`. */
export function tupleText({ source, destination, protocol, ...rest }: ConntrackTuple): string {
  const name = protocolNameOf(protocol);
  const port = (number: number | undefined): string => (number === undefined ? '' : ` ${number}`);
  return `${name ?? protocol} ${source}${port(rest.sourcePort)} → ${destination}${port(rest.destinationPort)}`;
}
