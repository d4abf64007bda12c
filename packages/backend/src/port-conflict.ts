import { familyOf } from '@poplin/net';
import type { PortMappingState } from './kernel-state.js';

/**
 * The first mapping that has the same port of the node as the one wanted: equal family, protocol and `hostPort`, and an
 * equal `hostIp`, or none at one of them. To be asked before the wish is made: the kernel's tables hold both, and the
 * one for the single address wins.
 */
export function conflictingPortMapping(
  wanted: PortMappingState,
  existing: Iterable<PortMappingState>,
): PortMappingState | undefined {
  for (const other of existing) if (isSamePort(wanted, other)) return other;
  return undefined;
}

function isSamePort(a: PortMappingState, b: PortMappingState): boolean {
  return (
    a.hostPort === b.hostPort &&
    a.protocol === b.protocol &&
    familyOf(a.ip) === familyOf(b.ip) &&
    (a.hostIp === undefined || b.hostIp === undefined || a.hostIp === b.hostIp)
  );
}
