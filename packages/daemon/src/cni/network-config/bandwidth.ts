import type { TokenBucket } from '@poplin/backend';
import type { z } from 'zod';
import type { Problem } from '../../config/index.js';
import { configObject, runtimeObject } from './objects.js';
import { wholeNumber } from './values.js';

/** Limits as CNI gives them: bits per second, and bits. 0 and an absent value are no limit. */
export interface BandwidthRates {
  /** Towards the pod, bits per second. */
  readonly ingressRate?: number;
  /** Towards the pod, bits that may pass at once. */
  readonly ingressBurst?: number;
  /** From the pod, bits per second. */
  readonly egressRate?: number;
  /** From the pod, bits that may pass at once. */
  readonly egressBurst?: number;
}

/** Limits of a pod, as the kernel takes them. A direction without one is not limited. */
export interface Bandwidth {
  readonly toPod?: TokenBucket;
  readonly fromPod?: TokenBucket;
}

/** Bits from which on a burst is no limit: containerd sends 2³² − 1 for each, since Kubernetes has no burst to give. */
const boundless = 2 ** 32 - 1;

/** Share of a second that the burst of our own choice lasts. */
const burstSeconds = 0.05;

/** The least burst of our own choice, bytes: what one packet of segmentation offload may have. */
const leastBurst = 64 * 1024;

/** What is wrong with limits that are numbers: a burst alone says nothing of a rate. */
export function bandwidthProblems(rates: BandwidthRates): readonly Problem[] {
  return (['ingress', 'egress'] as const).flatMap((direction) => {
    const rate = `${direction}Rate` as const;
    const burst = `${direction}Burst` as const;
    if (rates[rate] || !rates[burst]) return [];
    return [{ path: burst, message: `needs ${rate} beside it` }];
  });
}

/**
 * Limits in the kernel's units. A burst that is missing or boundless becomes 50 ms of the rate, at least 64 KiB.
 *
 * @param rates - without {@link bandwidthProblems}.
 */
export function bandwidthOf(rates: BandwidthRates): Bandwidth {
  const toPod = bucketOf(rates.ingressRate, rates.ingressBurst);
  const fromPod = bucketOf(rates.egressRate, rates.egressBurst);
  return { ...(toPod && { toPod }), ...(fromPod && { fromPod }) };
}

function bucketOf(rate = 0, burst = 0): TokenBucket | undefined {
  if (rate === 0) return undefined;
  if (burst > 0 && burst < boundless) return { rate, burst: Math.ceil(burst / 8) };
  const chosen = Math.max(leastBurst, Math.ceil((rate / 8) * burstSeconds));
  return { rate, burst: Math.min(chosen, Math.floor(boundless / 8)) };
}

const bits = wholeNumber(0, Number.MAX_SAFE_INTEGER, 'bits').exactOptional();

const shape = { ingressRate: bits, ingressBurst: bits, egressRate: bits, egressBurst: bits };

function refine(rates: BandwidthRates, context: z.core.$RefinementCtx): void {
  for (const { path, message } of bandwidthProblems(rates)) {
    context.addIssue({ code: 'custom', path: [path], message });
  }
}

/** Schema of the configuration's `bandwidth`. */
export const configBandwidth = configObject(shape).superRefine(refine).transform(bandwidthOf);

/** Schema of the capability `bandwidth`. */
export const runtimeBandwidth = runtimeObject(shape).superRefine(refine).transform(bandwidthOf);
