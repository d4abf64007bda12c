import { ATTRIBUTE_HEADER_LENGTH } from './attribute-writer.js';
import { align4, littleEndian, viewOf } from './byte-order.js';

const TYPE_MASK = 0x3fff;

/**
 * The types of the attributes that lead to an offset in a request's body, outermost first: `[18, 2, 1]` for
 * IFLA_VXLAN_ID inside IFLA_INFO_DATA inside IFLA_LINKINFO. Empty when no attribute begins there.
 *
 * @param start where the attributes begin, behind the fixed header.
 */
export function attributePathAt(body: Uint8Array, start: number, offset: number): number[] {
  const view = viewOf(body);
  const path: number[] = [];
  let at = start;
  let end = body.length;
  while (at + ATTRIBUTE_HEADER_LENGTH <= end && at <= offset) {
    const length = view.getUint16(at, littleEndian);
    if (length < ATTRIBUTE_HEADER_LENGTH || at + length > end) return [];
    const type = view.getUint16(at + 2, littleEndian) & TYPE_MASK;
    if (at === offset) return [...path, type];
    if (offset < at + length) {
      path.push(type);
      end = at + length;
      at += ATTRIBUTE_HEADER_LENGTH;
    } else {
      at += align4(length);
    }
  }
  return [];
}
