import { Hold } from '../hold.js';
import type { NetlinkRequest } from './request.js';

/**
 * Keeps the namespaces open that requests name by their descriptors, until it is disposed: a number that the process
 * has closed meanwhile may already stand for something else.
 */
export function holdNamespaces(requests: readonly NetlinkRequest[]): Disposable {
  return holdAll(requests.flatMap(({ namespaces }) => namespaces ?? []));
}

/** Keeps several things open until it is disposed. */
export function holdAll(all: readonly { hold(): Disposable }[]): Disposable {
  const held: Disposable[] = [];
  for (const one of all) held.push(one.hold());
  return new Hold(() => {
    for (const one of held) one[Symbol.dispose]();
  });
}
