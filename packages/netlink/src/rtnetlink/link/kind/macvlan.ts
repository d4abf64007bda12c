import { type Mac, macFromBytes } from '@poplin/net';
import type { AttributeWriter } from '../../../codec/attribute-writer.js';
import type { Attributes } from '../../../codec/attributes.js';
import { namesOf } from '../../names.js';
import { type Fields, readFields, u32, word, writeFields } from '../fields.js';

/** What macvlans of one lower link may say to each other (MACVLAN_MODE_*). */
export type MacvlanMode =
  /** Nothing. */
  | 'private'
  /** Only by way of a switch outside that sends frames back. */
  | 'vepa'
  /** Everything, directly. */
  | 'bridge'
  /** There is only one, and it has the lower link for itself. */
  | 'passthru'
  /** What comes from one of `sourceMacs`. */
  | 'source';

/** A link with a MAC of its own on top of another one. */
export interface MacvlanKind extends MacvlanOptions {
  readonly kind: 'macvlan';
  /** Index of the link below (IFLA_LINK). */
  readonly linkIfindex: number;
}

/** Options of a macvlan (IFLA_MACVLAN_*). Same as those of `ip link add … type macvlan`. */
export interface MacvlanOptions {
  /** Default: `vepa`, as the kernel has it. */
  readonly mode?: MacvlanMode;
  /** With `passthru`: leave the lower link out of promiscuous mode (MACVLAN_FLAG_NOPROMISC); off by default. */
  readonly noPromisc?: boolean;
  /** With `source`: do not hand frames on to the lower link as well (MACVLAN_FLAG_NODST, Linux 5.13); off by default. */
  readonly noDst?: boolean;
  /** With `source`: the addresses to take frames from, instead of those there were (IFLA_MACVLAN_MACADDR_DATA). */
  readonly sourceMacs?: readonly Mac[];
  /** Broadcasts that may wait, the lower link has one queue for all its macvlans (IFLA_MACVLAN_BC_QUEUE_LEN, Linux 5.11). */
  readonly broadcastQueueLength?: number;
}

/** A macvlan as the kernel tells it. */
export interface MacvlanData extends MacvlanOptions {
  readonly kind: 'macvlan';
}

/** IFLA_MACVLAN_* (linux/if_link.h). */
const IFLA_MACVLAN = {
  MODE: 1,
  FLAGS: 2,
  MACADDR_MODE: 3,
  MACADDR: 4,
  MACADDR_DATA: 5,
  BC_QUEUE_LEN: 7,
} as const;

/** MACVLAN_MACADDR_SET: what to do with a list of addresses. */
const MACADDR_SET = 3;

const FLAG_NOPROMISC = 1;
const FLAG_NODST = 2;

const modes = namesOf<MacvlanMode>({ private: 1, vepa: 2, bridge: 4, passthru: 8, source: 16 });

const fields: Fields<Pick<MacvlanOptions, 'mode' | 'broadcastQueueLength'>> = {
  mode: word(u32(IFLA_MACVLAN.MODE), modes),
  broadcastQueueLength: u32(IFLA_MACVLAN.BC_QUEUE_LEN),
};

/** Writes IFLA_INFO_DATA of a macvlan. The two flags go together. @throws {NetlinkError} INVALID_ARGUMENT. */
export function writeMacvlan(
  operation: string,
  data: AttributeWriter,
  options: MacvlanOptions,
): void {
  writeFields(operation, data, fields, options);
  const { noPromisc, noDst, sourceMacs } = options;
  if (noPromisc !== undefined || noDst !== undefined) {
    data.u16(IFLA_MACVLAN.FLAGS, (noPromisc ? FLAG_NOPROMISC : 0) | (noDst ? FLAG_NODST : 0));
  }
  if (!sourceMacs) return;
  data.u32(IFLA_MACVLAN.MACADDR_MODE, MACADDR_SET);
  data.nested(IFLA_MACVLAN.MACADDR_DATA, (list) => {
    for (const mac of sourceMacs) list.mac(IFLA_MACVLAN.MACADDR, mac);
  });
}

/** Reads IFLA_INFO_DATA of a macvlan. @throws {NetlinkError} DECODE. */
export function readMacvlan(data: Attributes): MacvlanData {
  const flags = data.u16(IFLA_MACVLAN.FLAGS) ?? 0;
  const sourceMacs = readSourceMacs(data);
  return {
    kind: 'macvlan',
    ...readFields(data, fields),
    noPromisc: (flags & FLAG_NOPROMISC) !== 0,
    noDst: (flags & FLAG_NODST) !== 0,
    ...(sourceMacs ? { sourceMacs } : {}),
  };
}

function readSourceMacs(data: Attributes): Mac[] | undefined {
  const list = data.nested(IFLA_MACVLAN.MACADDR_DATA);
  if (!list) return undefined;
  const macs: Mac[] = [];
  for (const [type, value] of list.entries()) {
    if (type === IFLA_MACVLAN.MACADDR && value.length === 6) macs.push(macFromBytes(value));
  }
  return macs;
}
