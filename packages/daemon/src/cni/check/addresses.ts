import type { Ip } from '@poplin/net';
import type { PreviousResult } from '../result/previous.js';
import {
  type AcceptedChange,
  type AddressOnLink,
  type CheckComparison,
  changeOf,
  type RecordedInterface,
} from './comparison.js';

/**
 * Compares the addresses of a result with our own: each of ours must be on our interface; further ones there are welcome.
 *
 * @param place - place of our interface in the result; below 0: it is not there.
 */
export function compareAddresses(
  { ips }: PreviousResult,
  record: RecordedInterface,
  place: number,
): Omit<CheckComparison, 'expected'> & { readonly expected: readonly AddressOnLink[] } {
  // An address without an index may be anybody's, so ours too.
  const candidates = ips.filter(({ interface: at = place }) => at === place);
  const lengths = new Map<Ip, number>(candidates.map(({ ip, length }) => [ip, length]));
  const own = new Set<Ip>(record.ips.map(({ ip }) => ip));
  const added = candidates.filter(({ ip, interface: at }) => at !== undefined && !own.has(ip));
  const kept = record.ips.map(({ ip, length }) => ({ ip, length: lengths.get(ip) ?? length }));
  return {
    problems: record.ips
      .filter(({ ip }) => !lengths.has(ip))
      .map(({ ip }) => `prevResult has no address ${ip} on ${record.ifname}`),
    changes: [
      ...record.ips.flatMap((one, at) => changeOf('address', text(one), text(kept[at] ?? one))),
      ...added.map((one): AcceptedChange => ({ what: 'address', to: text(one) })),
    ],
    expected: [...kept, ...added.map(({ ip, length }) => ({ ip, length }))],
  };
}

function text({ ip, length }: AddressOnLink): string {
  return `${ip}/${length}`;
}
