import type { AttributeWriter } from '../../../../codec/attribute-writer.js';
import { Attributes } from '../../../../codec/attributes.js';
import { littleEndian, viewOf } from '../../../../codec/byte-order.js';
import { decodeError, invalidArgument } from '../../../../error.js';
import { checkNumber } from '../../../encode-request.js';

/** A token bucket: traffic is held back to a rate. Same as `tc qdisc … tbf`. */
export interface TbfOptions {
  /** Bits per second, at least 8. */
  readonly rate: number;
  /** How much may go out at once, bytes; at least the MTU of the link, or nothing fits. */
  readonly burst: number;
  /** How much may wait, bytes. Give this or {@link latency}. */
  readonly limit?: number;
  /** How long a packet may wait, ms: the limit is computed from it. */
  readonly latency?: number;
  /** Most at which a burst goes out, bits per second, more than the rate; with {@link mtu}. */
  readonly peakRate?: number;
  /** Size of the second bucket, bytes: the MTU of the link. */
  readonly mtu?: number;
}

/** A token bucket as the kernel tells it. */
export interface TbfSettings {
  /** Bits per second. */
  readonly rate: number;
  /** Bytes; computed back from the time that they take at the rate, so it may be off by one. */
  readonly burst: number;
  /** Bytes. */
  readonly limit: number;
  /** Bits per second. */
  readonly peakRate?: number;
}

/** Attributes inside TCA_OPTIONS (TCA_TBF_*). */
const TCA_TBF = { PARMS: 1, RATE64: 4, PRATE64: 5, BURST: 6, PBURST: 7 } as const;

/** Length of `struct tc_tbf_qopt`: two of `struct tc_ratespec`, limit, buffer, MTU. */
const QOPT_LENGTH = 36;
const RATESPEC_LENGTH = 12;
/** TC_LINKLAYER_ETHERNET: with it the kernel wants no table of rates. */
const LINKLAYER_ETHERNET = 1;
const MAX_U32 = 0xffff_ffff;
/** Nanoseconds in the kernel's tick (PSCHED_SHIFT 6; `/proc/net/psched` tells the same). */
const TICK_NS = 64;

/** Bytes that wait at most, where a latency is given: what goes out in that time, and a burst. As tc(8) computes it. */
export function limitOf({ rate, burst, latency = 0, peakRate, mtu = 0 }: TbfOptions): number {
  const during = (bitRate: number): number => (bitRate / 8) * (latency / 1000);
  const limit = during(rate) + burst;
  return Math.floor(peakRate === undefined ? limit : Math.min(limit, during(peakRate) + mtu));
}

/** Writes TCA_OPTIONS. @throws {NetlinkError} INVALID_ARGUMENT for what cannot be meant. */
export function writeTbf(operation: string, options: AttributeWriter, tbf: TbfOptions): void {
  checkChoice(operation, tbf);
  const { burst, peakRate, mtu } = tbf;
  const number = (what: string, value: number, max: number): number =>
    checkNumber(operation, what, value, 1, max);
  const rate = bytesPerSecond(operation, 'rate', tbf.rate);
  const peak = peakRate === undefined ? 0 : bytesPerSecond(operation, 'peakRate', peakRate);
  // The kernel compares whole bytes, and says no more than EINVAL.
  if (peakRate !== undefined && peak <= rate) {
    throw invalidArgument(operation, `peakRate ${peakRate} is not more than rate ${tbf.rate}`);
  }
  const parameters = new Uint8Array(QOPT_LENGTH);
  const view = viewOf(parameters);
  for (const [at, value] of [
    [0, rate],
    [RATESPEC_LENGTH, peak],
  ] as const) {
    view.setUint8(at + 1, LINKLAYER_ETHERNET);
    view.setUint32(at + 8, Math.min(value, MAX_U32), littleEndian);
  }
  view.setUint32(24, number('limit', tbf.limit ?? limitOf(tbf), MAX_U32), littleEndian);
  options.bytes(TCA_TBF.PARMS, parameters);
  options.u32(TCA_TBF.BURST, number('burst', burst, MAX_U32));
  if (rate > MAX_U32) options.u64(TCA_TBF.RATE64, BigInt(rate));
  if (peak > MAX_U32) options.u64(TCA_TBF.PRATE64, BigInt(peak));
  if (mtu !== undefined) options.u32(TCA_TBF.PBURST, number('mtu', mtu, MAX_U32));
}

/** Refuses what does not go together. */
function checkChoice(operation: string, { limit, latency, peakRate, mtu }: TbfOptions): void {
  if ((limit === undefined) === (latency === undefined)) {
    throw invalidArgument(operation, 'a token bucket has a limit or a latency, one of them');
  }
  // A negative one would only shorten the queue, and nobody would notice.
  if (latency !== undefined && !(latency > 0)) {
    throw invalidArgument(operation, `latency is more than 0 ms, not ${latency}`);
  }
  if ((peakRate === undefined) !== (mtu === undefined)) {
    throw invalidArgument(operation, 'a peak rate goes with an MTU');
  }
}

/** Reads TCA_OPTIONS. @throws {NetlinkError} DECODE. */
export function decodeTbf(bytes: Uint8Array): TbfSettings {
  const attributes = new Attributes('qdisc', bytes);
  const parameters = attributes.bytes(TCA_TBF.PARMS);
  if (!parameters || parameters.length < QOPT_LENGTH) {
    throw decodeError('qdisc', `a token bucket of ${parameters?.length ?? 0} bytes`);
  }
  const view = viewOf(parameters);
  const rate = Number(attributes.u64(TCA_TBF.RATE64) ?? view.getUint32(8, littleEndian));
  const peak = Number(
    attributes.u64(TCA_TBF.PRATE64) ?? view.getUint32(RATESPEC_LENGTH + 8, littleEndian),
  );
  const nanoseconds = view.getUint32(28, littleEndian) * TICK_NS;
  return {
    rate: 8 * rate,
    burst: Math.round((rate * nanoseconds) / 1e9),
    limit: view.getUint32(24, littleEndian),
    ...(peak === 0 ? {} : { peakRate: 8 * peak }),
  };
}

function bytesPerSecond(operation: string, what: string, bitRate: number): number {
  return Math.floor(checkNumber(operation, what, bitRate, 8, Number.MAX_SAFE_INTEGER) / 8);
}
