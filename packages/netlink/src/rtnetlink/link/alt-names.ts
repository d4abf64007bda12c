import { NLA_F_NESTED } from '../../codec/attribute-writer.js';
import type { Attributes } from '../../codec/attributes.js';
import { NLM_F } from '../../codec/message.js';
import { invalidArgument } from '../../error.js';
import type { NetlinkRequest } from '../../socket/request.js';
import { encodeRequest } from '../encode-request.js';
import { RTM } from '../message-types.js';
import { IFLA } from './attributes.js';
import { encodeLinkHeader } from './header.js';
import { selectorIfindex, selectorText, writeSelector } from './selector.js';
import type { LinkSelector } from './types.js';

/** ALTIFNAMSIZ without the closing NUL. */
const MAX_BYTES = 127;

/** Gives a link more names; EEXIST when one is taken. Same as `ip link property add dev NAME altname …`. */
export function linkAddAltNames(selector: LinkSelector, names: readonly string[]): NetlinkRequest {
  const flags = NLM_F.CREATE | NLM_F.EXCL | NLM_F.APPEND;
  return encodeAltNames('add', { type: RTM.NEWLINKPROP, flags }, selector, names);
}

/** Takes such names away; ENOENT when it has none of them. Same as `ip link property del dev NAME altname …`. */
export function linkDelAltNames(selector: LinkSelector, names: readonly string[]): NetlinkRequest {
  return encodeAltNames('delete', { type: RTM.DELLINKPROP, flags: 0 }, selector, names);
}

/** Reads the other names of a link; `undefined` when it has none. @throws {NetlinkError} DECODE. */
export function readAltNames(attributes: Attributes): readonly string[] | undefined {
  const list = attributes.nested(IFLA.PROP_LIST);
  if (!list) return undefined;
  const decoder = new TextDecoder();
  return [...list.entries()]
    .filter(([type]) => type === IFLA.ALT_IFNAME)
    .map(([, value]) => decoder.decode(value).replace(/\0.*$/su, ''));
}

function encodeAltNames(
  verb: string,
  head: { readonly type: number; readonly flags: number },
  selector: LinkSelector,
  names: readonly string[],
): NetlinkRequest {
  const operation = `${verb} names of link ${selectorText(selector)}`;
  const header = encodeLinkHeader({ ifindex: selectorIfindex(operation, selector) });
  return encodeRequest({ operation, ...head }, header, (attributes) => {
    writeSelector(operation, attributes, selector);
    attributes.nested(NLA_F_NESTED | IFLA.PROP_LIST, (list) => {
      for (const name of names) list.text(IFLA.ALT_IFNAME, checkAltName(operation, name));
    });
  });
}

function checkAltName(operation: string, name: string): string {
  const bytes = Buffer.byteLength(name);
  if (bytes > 0 && bytes <= MAX_BYTES && !/[\s/:\0]/u.test(name)) return name;
  throw invalidArgument(
    operation,
    `"${name}" cannot be another name: it has 1 to ${MAX_BYTES} bytes without "/", ":" and spaces`,
  );
}
