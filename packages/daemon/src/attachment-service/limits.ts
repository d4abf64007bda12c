import type { Bandwidth } from '@poplin/api';
import type { BitLimit } from '@poplin/reconciler';
import type { BandwidthLimits } from '../cni/index.js';
import { AttachmentServiceError } from './error.js';

/** Bits per second: 1 kbit/s, below which a packet waits for seconds, to 100 Tbit/s, more than any link has. */
const rates = { least: 1000n, most: 100_000_000_000_000n };

/**
 * The limits that a message asks for; `undefined` when it asks for none.
 *
 * @throws {AttachmentServiceError} INVALID_REQUEST for a rate out of range, or a burst without a rate.
 */
export function limitsOf(bandwidth: Bandwidth | undefined): BandwidthLimits | undefined {
  if (!bandwidth) return undefined;
  const ingress = limitOf('ingress', bandwidth.ingressRate, bandwidth.ingressBurst);
  const egress = limitOf('egress', bandwidth.egressRate, bandwidth.egressBurst);
  if (!ingress && !egress) return undefined;
  return { ...(ingress && { ingress }), ...(egress && { egress }) };
}

function limitOf(
  direction: 'ingress' | 'egress',
  rate: bigint,
  burst: bigint,
): BitLimit | undefined {
  if (rate === 0n && burst === 0n) return undefined;
  if (rate === 0n) {
    throw refused(`${direction}_burst is ${burst} bits, but ${direction}_rate is missing`);
  }
  if (rate < rates.least || rate > rates.most) {
    throw refused(
      `${direction}_rate is ${rate} bit/s; it must be ${rates.least} (1 kbit/s) to ${rates.most} (100 Tbit/s)`,
    );
  }
  return { rate: Number(rate), ...(burst > 0n && { burst: Number(burst) }) };
}

function refused(message: string): AttachmentServiceError {
  return new AttachmentServiceError('INVALID_REQUEST', message);
}
