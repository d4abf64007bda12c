import type { Link } from '@poplin/netlink';
import type { Items } from '../change.js';
import { bridgePortKey, type Item } from '../item.js';
import { isHostLink } from '../ownership.js';

/**
 * The item for a pod's link that is a port, where it is to be one: of whatever bridge, with the options that it has. Other ports are no
 * business of ours, nor are pods' links that nobody wants in a bridge.
 *
 * @param names - names of all links, by index.
 */
export function bridgePortItem(
  link: Link,
  wanted: Items,
  names: ReadonlyMap<number, string>,
): Item | undefined {
  const { name, masterIfindex, bridgePort = {} } = link;
  if (!masterIfindex || !isHostLink(link) || !wanted.has(bridgePortKey(name))) return undefined;
  const { hairpin = false, isolated = false } = bridgePort;
  const bridge = names.get(masterIfindex) ?? '';
  return { kind: 'bridgePort', value: { link: name, bridge, hairpin, isolated } };
}
