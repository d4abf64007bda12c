import { isObject, type JsonObject } from '../network-config/document.js';
import type { CniVersion } from '../version.js';
import type { AttachmentResult } from './attachment-result.js';
import { type CniResult, dnsIn, formatResult } from './format.js';
import type { PreviousResult } from './previous.js';

/**
 * The result of an ADD behind other plugins: all that they said, word for word, and ours appended. DNS is ours where our
 * configuration says something about it, even by an empty list.
 *
 * @param previous - `prevResult`; without one the result is ours alone.
 */
export function mergeResult(
  previous: PreviousResult | undefined,
  ours: AttachmentResult,
  cniVersion: CniVersion,
): CniResult {
  if (previous === undefined) return formatResult(ours, cniVersion);
  const { document } = previous;
  const own = formatResult(shifted(ours, previous.interfaces.length), cniVersion);
  const { dns: theirs, ...rest } = document;
  const dns = ours.dns === undefined && isObject(theirs) ? theirs : dnsIn(ours.dns, cniVersion);
  return {
    ...rest,
    cniVersion,
    interfaces: [...objectsOf(document.interfaces), ...own.interfaces],
    ips: [...objectsOf(document.ips), ...own.ips],
    routes: [...objectsOf(document.routes), ...own.routes],
    ...(dns && { dns }),
  };
}

/** {@link mergeResult} as text for standard output. */
export function resultText(
  previous: PreviousResult | undefined,
  ours: AttachmentResult,
  cniVersion: CniVersion,
): string {
  return JSON.stringify(mergeResult(previous, ours, cniVersion));
}

function shifted(result: AttachmentResult, by: number): AttachmentResult {
  const ips = result.ips.map((one) =>
    one.interface === undefined ? one : { ...one, interface: one.interface + by },
  );
  return { ...result, ips };
}

function objectsOf(list: unknown): readonly JsonObject[] {
  return Array.isArray(list) ? list.filter(isObject) : [];
}
