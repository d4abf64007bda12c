import { type AttributeWriter, NLA_F_NESTED } from '../codec/attribute-writer.js';
import { Attributes } from '../codec/attributes.js';
import { decodeGenericCommand, encodeGenericHeader, GENLMSG_LENGTH } from '../generic/header.js';
import { checkIfindex, encodeRequest } from '../rtnetlink/encode-request.js';
import type { NetlinkRequest } from '../socket/request.js';

/** A feature of a link, such as `tx-checksum-ip-generic`. */
export interface Feature {
  /** Whether it is at work. */
  readonly active: boolean;
  /** Whether it can be switched at all; `[fixed]` of `ethtool -k` when not. */
  readonly changeable: boolean;
}

/** Features of a link by the names of `ethtool -k`. Those that are neither active nor changeable are left out. */
export type Features = ReadonlyMap<string, Feature>;

/** ETHTOOL_MSG_FEATURES_* (linux/ethtool_netlink.h), and the kernel's number of the answer. */
const MSG = { GET: 11, SET: 12, GET_REPLY: 11 } as const;
/** ETHTOOL_A_FEATURES_*. */
const FEATURES = { HEADER: 1, HW: 2, WANTED: 3, ACTIVE: 4 } as const;
/** ETHTOOL_A_HEADER_*, and ETHTOOL_FLAG_OMIT_REPLY: do not tell what came of it. */
const HEADER = { DEV_INDEX: 1, FLAGS: 3, OMIT_REPLY: 2 } as const;
/** ETHTOOL_A_BITSET_*. */
const BITSET = { BITS: 3 } as const;
/** ETHTOOL_A_BITSET_BITS_BIT, and ETHTOOL_A_BITSET_BIT_* inside. */
const BIT = { BIT: 1, NAME: 2, VALUE: 3 } as const;

/** Asks for the features of a link. Same as `ethtool -k LINK`. @param family - number of the family `ethtool`. */
export function featuresGet(family: number, ifindex: number): NetlinkRequest {
  const operation = `get features of link #${ifindex}`;
  return encodeRequest(
    { type: family, flags: 0, operation },
    encodeGenericHeader(MSG.GET),
    (attributes) => writeHeader(operation, attributes, ifindex, 0),
  );
}

/**
 * Switches features of a link by their names; what depends on them follows. Those that cannot be switched stay. Same as
 * `ethtool -K LINK FEATURE on|off …`.
 *
 * @throws {NetlinkError} INVALID_ARGUMENT.
 */
export function featuresSet(
  family: number,
  ifindex: number,
  wanted: Readonly<Record<string, boolean>>,
): NetlinkRequest {
  const operation = `set features of link #${ifindex}`;
  return encodeRequest(
    { type: family, flags: 0, operation },
    encodeGenericHeader(MSG.SET),
    (attributes) => {
      writeHeader(operation, attributes, ifindex, HEADER.OMIT_REPLY);
      attributes.nested(NLA_F_NESTED | FEATURES.WANTED, (set) => {
        set.nested(NLA_F_NESTED | BITSET.BITS, (bits) => {
          for (const [name, on] of Object.entries(wanted)) writeBit(bits, name, on);
        });
      });
    },
  );
}

function writeHeader(
  operation: string,
  attributes: AttributeWriter,
  ifindex: number,
  flags: number,
): void {
  attributes.nested(NLA_F_NESTED | FEATURES.HEADER, (header) => {
    header.u32(HEADER.DEV_INDEX, checkIfindex(operation, ifindex));
    if (flags !== 0) header.u32(HEADER.FLAGS, flags);
  });
}

function writeBit(bits: AttributeWriter, name: string, on: boolean): void {
  bits.nested(NLA_F_NESTED | BIT.BIT, (bit) => {
    bit.text(BIT.NAME, name);
    if (on) bit.flag(BIT.VALUE);
  });
}

/** Reads the features of a link; `undefined` when it is another message. @throws {NetlinkError} DECODE. */
export function decodeFeatures(body: Uint8Array): Features | undefined {
  if (decodeGenericCommand('features', body) !== MSG.GET_REPLY) return undefined;
  const attributes = new Attributes('features', body, GENLMSG_LENGTH);
  const changeable = readBits(attributes.nested(FEATURES.HW), true);
  const active = readBits(attributes.nested(FEATURES.ACTIVE), false);
  const names = new Set([...changeable, ...active]);
  return new Map(
    [...names].map((name) => [
      name,
      { active: active.has(name), changeable: changeable.has(name) },
    ]),
  );
}

/** Names of the bits that are set. @param masked - the list has others, too: those that are set say so (no BITSET_NOMASK). */
function readBits(set: Attributes | undefined, masked: boolean): Set<string> {
  const names = new Set<string>();
  const list = set?.nested(BITSET.BITS);
  for (const [type, value] of list?.entries() ?? []) {
    if (type !== BIT.BIT) continue;
    const bit = new Attributes('features', value);
    const name = bit.text(BIT.NAME);
    if (name !== undefined && (!masked || bit.has(BIT.VALUE))) names.add(name);
  }
  return names;
}
