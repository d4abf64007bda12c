import { bitsOf, cidrOf, familyOf, type Ip, ipToBigInt, tryParseIp } from '@poplin/net';
import { conntrackProtocols, type NftJson, type NftObject } from '@poplin/netlink';
import { bySlot, type Element, type Elements, type KeyPart, prefixPart } from './element.js';
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
      const types = tableSets.find(({ name }) => name === listed?.name)?.type;
      if (!listed || !types) return [];
      const { name, elem = [] } = listed as { name: string; elem?: readonly NftJson[] };
      const isMap = 'map' in object;
      return elem.map((json) => elementOf(name, types, json, isMap));
    }),
  );
}

function elementOf(set: string, types: readonly string[], json: NftJson, isMap: boolean): Element {
  const [key, value] = isMap && Array.isArray(json) ? json : [json];
  const parts = member(key, 'concat') ?? [key];
  return {
    set,
    key: (parts as readonly NftJson[]).map((part, i) => partOf(part, types[i])),
    ...(isMap && { value: partOf(value, undefined) }),
  };
}

/** A value of a listing, spelt as it is in an {@link Element}, however libnftables spells it. */
function partOf(json: NftJson | undefined, type: string | undefined): KeyPart {
  const prefix = member(json, 'prefix') as { addr: string; len: number } | undefined;
  if (prefix) return prefixPart(cidrOf(prefix.addr as Ip, prefix.len));
  const range = member(json, 'range') as readonly [string, string] | undefined;
  if (range) return rangePart(range);
  if (type === 'inet_proto') return protocolName(json);
  if (typeof json === 'number') return json;
  if (typeof json !== 'string') return JSON.stringify(json);
  if (type === 'ifname') return json;
  return tryParseIp(json) ?? (/^\d+$/.test(json) ? Number(json) : json);
}

/** Where /etc/protocols is missing, libnftables lists numbers. */
function protocolName(json: NftJson | undefined): string {
  const names = Object.entries(conntrackProtocols);
  return names.find(([, number]) => number === Number(json))?.[0] ?? String(json);
}

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
