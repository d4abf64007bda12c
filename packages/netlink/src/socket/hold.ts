import type { NetlinkRequest } from './request.js';

/**
 * Keeps the namespaces open that requests name by their descriptors, until it is disposed: a number that the process
 * has closed meanwhile may already stand for something else.
 */
export function holdNamespaces(requests: readonly NetlinkRequest[]): Disposable {
  const held: Disposable[] = [];
  for (const { namespaces } of requests) {
    for (const netns of namespaces ?? []) held.push(netns.hold());
  }
  return {
    [Symbol.dispose]() {
      for (const one of held) one[Symbol.dispose]();
    },
  };
}
