import { bitsOf, cidrOf, familyOf, ipToBigInt, parseIp, tryParseIp } from '@poplin/net';
import { conntrackProtocols, type NftJson, type NftObject } from '@poplin/netlink';
import { bySlot, type Element, type Elements, type KeyPart, prefixPart } from './element.js';
import type { SetDeclaration } from './set.js';
import { tableSets } from './table.js';

/** Text that is equal when two listings of the table differ in elements and handles at most. */
export function skeletonOf(objects: readonly NftObject[]): string {
  return JSON.stringify(objects, (key, value) =>
    key === 'handle' || key === 'elem' ? undefined : value,
  );
}

/** The elements of a listing. Sets that are none of ours are passed by: the skeleton tells of them. */
export function elementsIn(objects: readonly NftObject[]): Elements {
  return bySlot(
    objects.flatMap((object) => {
      const listed = 'set' in object ? object.set : 'map' in object ? object.map : undefined;
      const declared = tableSets.find(({ name }) => name === listed?.name);
      if (!listed || !declared) return [];
      const { elem = [] } = listed as { elem?: readonly NftJson[] };
      return elem.map((json) => elementOf(declared, json));
    }),
  );
}

function elementOf({ name, type, map }: SetDeclaration, json: NftJson): Element {
  const [key, value] = map !== undefined && Array.isArray(json) ? json : [json];
  const parts = (member(key, 'concat') ?? [key]) as readonly NftJson[];
  return {
    set: name,
    key: parts.map((part, i) => partOf(part, type[i])),
    ...(map !== undefined && { value: partOf(value, map) }),
  };
}

/**
 * A value of a listing, spelt as it is in an {@link Element}, however libnftables spells it. With hundreds of pods there are
 * thousands, so addresses are parsed only where libc's spelling may differ from RFC 5952: IPv6 with an IPv4 tail.
 */
function partOf(json: NftJson | undefined, type: string | undefined): KeyPart {
  if (type === 'inet_proto') return protocolPart(json);
  if (typeof json === 'number') return json;
  if (typeof json === 'string') {
    if (type === 'inet_service') return Number(json);
    return type === 'ipv6_addr' && json.includes('.') ? parseIp(json) : json;
  }
  const prefix = member(json, 'prefix') as { addr: string; len: number } | undefined;
  if (prefix) return prefixPart(cidrOf(parseIp(prefix.addr), prefix.len));
  const range = member(json, 'range') as readonly [string, string] | undefined;
  return range ? rangePart(range) : JSON.stringify(json);
}

/** Where /etc/protocols is missing, libnftables lists numbers; where it is there, names that only it has. */
function protocolPart(json: NftJson | undefined): KeyPart {
  const text = String(json);
  const number = tunnelProtocols.get(text) ?? Number(text);
  return Number.isNaN(number) ? text : (protocolNames.get(number) ?? number);
}

const tunnelProtocols: ReadonlyMap<string, number> = new Map([
  ['ipencap', 4],
  ['ipv6', 41],
]);

const protocolNames = new Map<number, string>(
  Object.entries(conntrackProtocols).map(([name, number]) => [number, name]),
);

/** A range that is a prefix as such. */
function rangePart([from, to]: readonly [string, string]): string {
  const [first, last] = [tryParseIp(from), tryParseIp(to)];
  if (!first || !last) return `${from}-${to}`;
  const size = ipToBigInt(last) - ipToBigInt(first) + 1n;
  const length = bitsOf(familyOf(first)) - (size.toString(2).length - 1);
  const isPrefix = (size & (size - 1n)) === 0n && ipToBigInt(first) % size === 0n;
  return isPrefix ? prefixPart(cidrOf(first, length)) : `${from}-${to}`;
}

function member(json: NftJson | undefined, name: string): NftJson | undefined {
  const isObject = typeof json === 'object' && json !== null && !Array.isArray(json);
  return isObject ? (json as { readonly [key: string]: NftJson | undefined })[name] : undefined;
}
