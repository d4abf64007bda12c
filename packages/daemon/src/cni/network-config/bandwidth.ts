import type { BitLimit } from '@poplin/reconciler';
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

/** Limits of a pod, as they were asked for. A direction that is absent has no limit. */
export interface BandwidthLimits {
  /** Towards the pod. */
  readonly ingress?: BitLimit;
  /** From the pod. */
  readonly egress?: BitLimit;
}

/** What is wrong with limits that are numbers: a burst alone says nothing of a rate. */
export function bandwidthProblems(rates: BandwidthRates): readonly Problem[] {
  return (['ingress', 'egress'] as const).flatMap((direction) => {
    const rate = `${direction}Rate` as const;
    const burst = `${direction}Burst` as const;
    if (rates[rate] || !rates[burst]) return [];
    return [{ path: burst, message: `needs ${rate} beside it` }];
  });
}

/** The limits that these rates ask for. @param rates - without {@link bandwidthProblems}. */
export function limitsOf(rates: BandwidthRates): BandwidthLimits {
  const ingress = limitOf(rates.ingressRate, rates.ingressBurst);
  const egress = limitOf(rates.egressRate, rates.egressBurst);
  return { ...(ingress && { ingress }), ...(egress && { egress }) };
}

function limitOf(rate = 0, burst = 0): BitLimit | undefined {
  if (rate === 0) return undefined;
  return { rate, ...(burst > 0 && { burst }) };
}

const bits = wholeNumber(0, Number.MAX_SAFE_INTEGER, 'bits').exactOptional();

const shape = { ingressRate: bits, ingressBurst: bits, egressRate: bits, egressBurst: bits };

function refine(rates: BandwidthRates, context: z.core.$RefinementCtx): void {
  for (const { path, message } of bandwidthProblems(rates)) {
    context.addIssue({ code: 'custom', path: [path], message });
  }
}

/** Schema of the configuration's `bandwidth`. */
export const configBandwidth = configObject(shape).superRefine(refine).transform(limitsOf);

/** Schema of the capability `bandwidth`. */
export const runtimeBandwidth = runtimeObject(shape).superRefine(refine).transform(limitsOf);
