import { expect } from 'vitest';
import { type CniFailure, describeAnswer, type PluginAnswer } from '../../../lab/index.js';

/** A result of ADD, in any of the versions (CNI spec 0.3.1 to 1.1.0, "Result"). */
export interface CniResult {
  readonly cniVersion: string;
  readonly interfaces: readonly CniInterface[];
  readonly ips: readonly CniIp[];
  readonly routes?: readonly CniRoute[];
  readonly dns?: CniDns;
  readonly [other: string]: unknown;
}

/** One of `interfaces`. */
export interface CniInterface {
  readonly name: string;
  readonly mac?: string;
  readonly mtu?: number;
  readonly sandbox?: string;
}

/** One of `ips`. */
export interface CniIp {
  readonly version?: string;
  readonly address: string;
  readonly gateway?: string;
  readonly interface?: number;
}

/** One of `routes`. */
export interface CniRoute {
  readonly dst: string;
  readonly gw?: string;
  readonly mtu?: number;
  readonly advmss?: number;
  readonly priority?: number;
  readonly table?: number;
  readonly scope?: number;
}

/** `dns`. */
export interface CniDns {
  readonly nameservers?: readonly string[];
  readonly domain?: string;
  readonly search?: readonly string[];
  readonly options?: readonly string[];
}

/** Takes the result out of an answer that has to be one, and the only thing on standard output. */
export function resultOf(answer: PluginAnswer): CniResult {
  expect(answer.status, describeAnswer(answer)).toBe(0);
  return JSON.parse(answer.stdout) as CniResult;
}

/** Takes the error out of an answer that has to be one, and the only thing on standard output. */
export function refusalOf(answer: PluginAnswer): CniFailure {
  expect(answer.status, `it should fail: ${describeAnswer(answer)}`).not.toBe(0);
  const failure = JSON.parse(answer.stdout) as CniFailure;
  expect(failure).toEqual(
    expect.objectContaining({ code: expect.any(Number), msg: expect.stringMatching(/\S/) }),
  );
  return failure;
}

/** The addresses of a result without their prefix lengths, in order. */
export function ipsOf(result: CniResult): readonly string[] {
  return result.ips.map(({ address }) => address.replace(/\/\d+$/, ''));
}

/** The first address of a result. */
export function ipOf(result: CniResult): string {
  const [first] = ipsOf(result);
  if (first === undefined) throw new TypeError('a result of Poplin has an address');
  return first;
}

/** The host's end of an attachment: the last interface without a sandbox. */
export function hostLinkOf(result: CniResult): string {
  const host = result.interfaces.filter(({ sandbox }) => !sandbox).at(-1);
  if (!host) throw new TypeError("a result of Poplin names the host's end");
  return host.name;
}
