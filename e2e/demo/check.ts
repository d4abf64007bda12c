import { differencesSince, type Family, type Place, type Snapshot } from '../lab/index.js';
import { askForOwnAddress } from './responder.js';

/** Which promise of the Kubernetes network model a check is about. */
export type CheckKind = 'pod-pod' | 'node-pod' | 'pod-node' | 'pod-outside' | 'clean';

/** One thing that was looked at. */
export interface Check {
  readonly kind: CheckKind;
  /** Of the addresses; absent where there are none. */
  readonly family?: Family;
  readonly from: string;
  readonly to: string;
  readonly ok: boolean;
  /** Milliseconds from the start of the client to its exit, which includes starting it. */
  readonly ms: number;
  /** What was seen instead; only when not ok. */
  readonly detail?: string;
}

/** An end of a check. */
export interface Endpoint extends Place {
  readonly kind: 'pod' | 'node' | 'outside';
  /** Of all of its addresses here: an end with both families is two. */
  readonly family: Family;
  /** The address that others reach it by. */
  readonly ip: string;
  /** Addresses that are its own: what a receiver may see when nothing is translated. */
  readonly own: readonly string[];
  /** Address of the node that a pod lives on; its own for others. */
  readonly nodeIp: string;
}

/** A check that is to be made. */
export interface PlannedCheck {
  readonly kind: Exclude<CheckKind, 'clean'>;
  readonly from: Endpoint;
  readonly to: Endpoint;
  /** What the receiver may see as the sender's address. */
  readonly expected: readonly string[];
}

/**
 * All checks that the network model asks for among these ends, per family: pods to all other pods, all nodes to all pods,
 * all pods to all nodes, each without translation, and pods to the outside as their node.
 */
export function planChecks(endpoints: readonly Endpoint[]): readonly PlannedCheck[] {
  return endpoints.flatMap((from) =>
    endpoints.flatMap((to): PlannedCheck[] => {
      const kind = kindOf(from, to);
      if (kind === undefined) return [];
      return [{ kind, from, to, expected: kind === 'pod-outside' ? [from.nodeIp] : from.own }];
    }),
  );
}

function kindOf(from: Endpoint, to: Endpoint): PlannedCheck['kind'] | undefined {
  if (from === to || from.family !== to.family) return undefined;
  if (from.kind === 'pod') return `pod-${to.kind}`;
  return from.kind === 'node' && to.kind === 'pod' ? 'node-pod' : undefined;
}

/** Makes one check: connects, and compares the address that the receiver saw. */
export async function makeCheck({ kind, from, to, expected }: PlannedCheck): Promise<Check> {
  const { seen, ms, said } = await askForOwnAddress(from.namespace, to.ip);
  const { family } = from;
  const names = { kind, family, from: from.name, to: to.name, ms: Math.round(ms * 10) / 10 };
  if (seen === undefined)
    return { ...names, ok: false, detail: `no answer from ${to.ip}: ${said}` };
  if (!expected.includes(seen))
    return { ...names, ok: false, detail: `seen as ${seen}, not as ${expected.join(' or ')}` };
  const leak = kind === 'pod-outside' ? await routeBack(to, from) : undefined;
  return leak === undefined ? { ...names, ok: true } : { ...names, ok: false, detail: leak };
}

/** Being seen as the node means something only where the receiver could not answer the pod itself. */
async function routeBack(outside: Endpoint, pod: Endpoint): Promise<string | undefined> {
  const family = pod.family === 'ipv4' ? '-4' : '-6';
  const routes = await outside.namespace.must(['ip', family, 'route', 'show', 'match', pod.ip]);
  const specific = routes.split('\n').filter((line) => line && !line.startsWith('default'));
  return specific.length === 0
    ? undefined
    : `${outside.name} has a route to the pod: ${specific[0]}`;
}

/** Compares the machine with what it was before the run. */
export async function checkClean(before: Snapshot): Promise<Check> {
  const started = performance.now();
  const differences = await differencesSince(before);
  const ms = Math.round(performance.now() - started);
  const names = { kind: 'clean', from: 'demo', to: 'machine', ms } as const;
  if (differences.length === 0) return { ...names, ok: true };
  return { ...names, ok: false, detail: differences.join('; ') };
}
