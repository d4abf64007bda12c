import type { AttributeWriter } from '../../codec/attribute-writer.js';
import { checkIfindex } from '../encode-request.js';
import { IFLA } from './attributes.js';
import { checkLinkName } from './name.js';
import type { LinkSelector } from './types.js';

/** A selector for messages to people: the name, or `#7` for an index. */
export function selectorText(selector: LinkSelector): string {
  return 'name' in selector ? selector.name : `#${selector.ifindex}`;
}

/** Index for the header of a request: that of the selector, or 0 where a name selects. */
export function selectorIfindex(operation: string, selector: LinkSelector): number {
  return 'name' in selector ? 0 : checkIfindex(operation, selector.ifindex);
}

/** Adds the name where a name selects. */
export function writeSelector(
  operation: string,
  attributes: AttributeWriter,
  selector: LinkSelector,
): void {
  if ('name' in selector) attributes.text(IFLA.IFNAME, checkLinkName(operation, selector.name));
}
