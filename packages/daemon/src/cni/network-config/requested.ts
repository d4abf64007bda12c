import {
  describeError,
  type Ip,
  type Mac,
  macToBytes,
  parseInterfaceAddress,
  parseIp,
  parseMac,
} from '@poplin/net';
import type { CniArgs } from '../args.js';
import { invalidRequest } from '../call.js';
import { type CniCallError, invalidConfig } from '../error.js';
import { podAnnotations } from './capabilities.js';
import type { NetworkConfig } from './schema.js';

/** An address that a pod wants. */
export interface RequestedIp {
  readonly ip: Ip;
  /** Prefix length that was asked for, bits; absent: whatever the attach mode gives. */
  readonly length?: number;
}

/** A place where a wish may stand. */
interface Wish {
  /** What is said there; not empty. */
  readonly texts: readonly string[];
  readonly refuse: (message: string) => CniCallError;
}

/**
 * The addresses that a pod wants, from the first place that has some: `runtimeConfig`, `args.cni`, the annotation
 * `poplin.dev/ips`, CNI_ARGS. Later places are not even read.
 *
 * @throws {CniCallError} INVALID_NETWORK_CONFIG or, for CNI_ARGS, INVALID_REQUEST.
 */
export function requestedIps(config: NetworkConfig, args: CniArgs): readonly RequestedIp[] {
  const wish =
    inConfig('runtimeConfig.ips', config.runtimeConfig?.ips) ??
    inConfig('args.cni.ips', config.args?.cni?.ips) ??
    inAnnotation(config, 'poplin.dev/ips', commas) ??
    inArgs('IP', commas(args.ip));
  if (!wish) return nothing;
  const ips = new Map<Ip, RequestedIp>();
  for (const text of wish.texts) {
    const requested = orRefuse(wish, () => requestedIp(text));
    if (ips.has(requested.ip)) throw wish.refuse(`${requested.ip} is asked for twice`);
    ips.set(requested.ip, requested);
  }
  return [...ips.values()];
}

/** The MAC that a pod wants, from the first place that has one; as for {@link requestedIps}. */
export function requestedMac(config: NetworkConfig, args: CniArgs): Mac | undefined {
  const wish =
    inConfig('runtimeConfig.mac', one(config.runtimeConfig?.mac)) ??
    inConfig('args.cni.mac', one(config.args?.cni?.mac)) ??
    inAnnotation(config, 'poplin.dev/mac', one) ??
    inArgs('MAC', one(args.mac));
  const [text] = wish?.texts ?? nothing;
  return wish && text !== undefined ? orRefuse(wish, () => interfaceMac(text)) : undefined;
}

function requestedIp(text: string): RequestedIp {
  if (!text.includes('/')) return { ip: parseIp(text) };
  const { ip, length } = parseInterfaceAddress(text);
  return { ip, length };
}

/** IEEE 802-2014 §8.2.2: the lowest bit of the first byte makes a group address. */
function interfaceMac(text: string): Mac {
  const mac = parseMac(text);
  const bytes = macToBytes(mac);
  if (((bytes[0] ?? 0) & 1) === 1) throw new RangeError(`${mac} is a group address`);
  if (bytes.every((byte) => byte === 0)) throw new RangeError(`${mac} is not an address`);
  return mac;
}

function orRefuse<T>(wish: Wish, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw wish.refuse(describeError(error));
  }
}

function inConfig(path: string, texts: readonly string[] = nothing): Wish | undefined {
  if (texts.length === 0) return undefined;
  return { texts, refuse: (message) => invalidConfig([{ path, message }]) };
}

function inAnnotation(
  { runtimeConfig }: NetworkConfig,
  annotation: string,
  split: (text?: string) => readonly string[],
): Wish | undefined {
  const text = runtimeConfig?.[podAnnotations]?.[annotation];
  return inConfig(`annotation ${annotation}`, split(text));
}

function inArgs(key: string, texts: readonly string[]): Wish | undefined {
  if (texts.length === 0) return undefined;
  return { texts, refuse: (message) => invalidRequest(`CNI_ARGS: ${key}: ${message}`) };
}

function commas(text?: string): readonly string[] {
  return text === undefined ? nothing : text.split(',').flatMap(one);
}

function one(text?: string): readonly string[] {
  const wish = text?.trim();
  return wish ? [wish] : nothing;
}

const nothing: readonly never[] = [];
