import type { AttributeWriter } from '../../../../codec/attribute-writer.js';
import { Attributes } from '../../../../codec/attributes.js';
import { littleEndian, viewOf } from '../../../../codec/byte-order.js';
import { decodeError, invalidArgument } from '../../../../error.js';
import { checkNumber } from '../../../encode-request.js';
import { TCA } from '../../attributes.js';

/** A bad line: traffic is delayed, lost, doubled. Same as `tc qdisc … netem`. */
export interface NetemOptions {
  /** Milliseconds that every packet waits. */
  readonly delay?: number;
  /** Milliseconds by which the delay varies, up and down. */
  readonly jitter?: number;
  /** Share of packets that are lost, 0 to 1. */
  readonly loss?: number;
  /** Share of packets that come twice, 0 to 1. */
  readonly duplicate?: number;
  /** Packets that may wait; 1000 by default. */
  readonly limit?: number;
}

/** Length of `struct tc_netem_qopt`: latency, limit, loss, gap, duplicate, jitter. */
const QOPT_LENGTH = 24;
/** Attributes behind it (TCA_NETEM_*): nanoseconds, signed. */
const TCA_NETEM = { LATENCY64: 10, JITTER64: 11 } as const;
const MAX_U32 = 0xffff_ffff;
/** A day: longer is a mistake in the unit. */
const MAX_DELAY_MS = 86_400_000;

/** Adds TCA_OPTIONS, a structure with attributes behind it. @throws {NetlinkError} INVALID_ARGUMENT for a number out of range. */
export function writeNetem(
  operation: string,
  attributes: AttributeWriter,
  { delay = 0, jitter = 0, loss = 0, duplicate = 0, limit = 1000 }: NetemOptions,
): void {
  const qopt = new Uint8Array(QOPT_LENGTH);
  const view = viewOf(qopt);
  view.setUint32(4, checkNumber(operation, 'limit', limit, 1, MAX_U32), littleEndian);
  view.setUint32(8, shareOf(operation, 'loss', loss), littleEndian);
  view.setUint32(16, shareOf(operation, 'duplicate', duplicate), littleEndian);
  attributes.nested(TCA.OPTIONS, (options) => {
    options.header(qopt);
    options.u64(TCA_NETEM.LATENCY64, nanoseconds(operation, 'delay', delay));
    options.u64(TCA_NETEM.JITTER64, nanoseconds(operation, 'jitter', jitter));
  });
}

/** Reads TCA_OPTIONS. @throws {NetlinkError} DECODE. */
export function decodeNetem(bytes: Uint8Array): Required<NetemOptions> {
  if (bytes.length < QOPT_LENGTH) throw decodeError('qdisc', `netem of ${bytes.length} bytes`);
  const view = viewOf(bytes);
  const attributes = new Attributes('qdisc', bytes, QOPT_LENGTH);
  const milliseconds = (type: number): number => Number(attributes.u64(type) ?? 0n) / 1e6;
  return {
    delay: milliseconds(TCA_NETEM.LATENCY64),
    jitter: milliseconds(TCA_NETEM.JITTER64),
    loss: view.getUint32(8, littleEndian) / MAX_U32,
    duplicate: view.getUint32(16, littleEndian) / MAX_U32,
    limit: view.getUint32(4, littleEndian),
  };
}

function shareOf(operation: string, what: string, share: number): number {
  if (share >= 0 && share <= 1) return Math.round(share * MAX_U32);
  throw invalidArgument(operation, `${what} is a share from 0 to 1, not ${share}`);
}

function nanoseconds(operation: string, what: string, ms: number): bigint {
  if (ms >= 0 && ms <= MAX_DELAY_MS) return BigInt(Math.round(ms * 1e6));
  throw invalidArgument(operation, `${what} is from 0 to ${MAX_DELAY_MS} ms, not ${ms}`);
}
