import type { Attributes } from './attributes.js';

/** Attributes of a policy (NL_POLICY_TYPE_ATTR_*, linux/netlink.h). */
const ATTR = {
  TYPE: 1,
  MIN_VALUE_S: 2,
  MAX_VALUE_S: 3,
  MIN_VALUE_U: 4,
  MAX_VALUE_U: 5,
  MIN_LENGTH: 6,
  MAX_LENGTH: 7,
  BITFIELD32_MASK: 10,
  MASK: 12,
} as const;

/** Types by their numbers (NL_ATTR_TYPE_*). */
const types = [
  'invalid',
  'flag',
  'u8',
  'u16',
  'u32',
  'u64',
  's8',
  's16',
  's32',
  's64',
  'binary',
  'string',
  'nul-string',
  'nested',
  'nested-array',
  'bitfield32',
  'sint',
  'uint',
] as const;

/** What the kernel takes for an attribute (NLMSGERR_ATTR_POLICY, Linux 5.10). */
export interface AttributePolicy {
  readonly type: (typeof types)[number] | `type ${number}`;
  /** Least value of a number. */
  readonly min?: bigint;
  /** Greatest value of a number. */
  readonly max?: bigint;
  /** Least length, bytes. */
  readonly minLength?: number;
  /** Greatest length, bytes. */
  readonly maxLength?: number;
  /** Bits that may be set. */
  readonly mask?: bigint;
}

/** Reads a policy. @throws {NetlinkError} DECODE. */
export function decodePolicy(attributes: Attributes): AttributePolicy {
  const number = attributes.u32(ATTR.TYPE) ?? 0;
  const min = signed(attributes.u64(ATTR.MIN_VALUE_S)) ?? attributes.u64(ATTR.MIN_VALUE_U);
  const max = signed(attributes.u64(ATTR.MAX_VALUE_S)) ?? attributes.u64(ATTR.MAX_VALUE_U);
  const minLength = attributes.u32(ATTR.MIN_LENGTH);
  const maxLength = attributes.u32(ATTR.MAX_LENGTH);
  const bits = attributes.u32(ATTR.BITFIELD32_MASK);
  const mask = attributes.u64(ATTR.MASK) ?? (bits === undefined ? undefined : BigInt(bits));
  return {
    type: types[number] ?? `type ${number}`,
    ...(min === undefined ? {} : { min }),
    ...(max === undefined ? {} : { max }),
    ...(minLength === undefined ? {} : { minLength }),
    ...(maxLength === undefined ? {} : { maxLength }),
    ...(mask === undefined ? {} : { mask }),
  };
}

/** A policy for a person: `u32 from 0 to 16777215`, `string of up to 15 bytes`. */
export function describePolicy({ type, min, max, minLength, maxLength, mask }: AttributePolicy) {
  const range = between(min, max, '');
  const length = between(minLength, maxLength, ' bytes');
  return [
    type,
    ...(range ? [range] : []),
    ...(length ? [`of ${length}`] : []),
    ...(mask === undefined ? [] : [`with bits of 0x${mask.toString(16)}`]),
  ].join(' ');
}

function between(
  least: bigint | number | undefined,
  most: bigint | number | undefined,
  unit: string,
): string | undefined {
  if (least === undefined && most === undefined) return undefined;
  if (most === undefined) return `${least}${unit} or more`;
  return least === undefined ? `up to ${most}${unit}` : `${least} to ${most}${unit}`;
}

function signed(value: bigint | undefined): bigint | undefined {
  return value === undefined ? undefined : BigInt.asIntN(64, value);
}
