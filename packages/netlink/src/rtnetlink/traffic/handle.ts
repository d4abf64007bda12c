import { invalidArgument } from '../../error.js';

/**
 * Names a qdisc (`'1:'`), a class (`'1:10'`, both numbers hexadecimal) or a place: `'root'`, and for filters of an ingress or clsact
 * qdisc `'ingress'` and `'egress'`. Same as in tc(8), HANDLES.
 */
export type TrafficHandle = `${string}:${string}` | 'root' | 'ingress' | 'egress';

/** TC_H_ROOT. */
const ROOT = 0xffff_ffff;
/** TC_H_INGRESS, which is TC_H_CLSACT as well: what those qdiscs hang on. */
export const INGRESS_PARENT = 0xffff_fff1;
/** TC_H_MAJ(TC_H_INGRESS): the handle that those qdiscs have. */
export const INGRESS_HANDLE = 0xffff_0000;

const places: ReadonlyMap<string, number> = new Map([
  ['root', ROOT],
  ['ingress', 0xffff_fff2],
  ['egress', 0xffff_fff3],
]);

/** Number of a handle (TC_H_MAKE). @throws {NetlinkError} INVALID_ARGUMENT for a text that is none. */
export function handleNumber(operation: string, text: TrafficHandle): number {
  const place = places.get(text);
  if (place !== undefined) return place;
  const parts = /^([0-9a-f]{1,4}):([0-9a-f]{0,4})$/i.exec(text);
  if (parts) {
    return Number.parseInt(parts[1] ?? '', 16) * 0x1_0000 + Number.parseInt(parts[2] || '0', 16);
  }
  throw invalidArgument(
    operation,
    `${JSON.stringify(text)} is no handle`,
    'Write "root", "ingress", "egress", "1:" or "1:10"',
  );
}

/** Text of a handle, as tc writes it; `undefined` for 0, which names nothing. */
export function handleText(number: number): TrafficHandle | undefined {
  if (number === 0) return undefined;
  if (number === ROOT) return 'root';
  const major = (number >>> 16).toString(16);
  const minor = number & 0xffff;
  return `${major}:${minor === 0 ? '' : minor.toString(16)}`;
}
