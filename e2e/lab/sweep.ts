import { readdirSync, rmSync } from 'node:fs';
import { execute, must } from './execute.js';
import { kill } from './kill.js';
import { markedProcesses } from './marked.js';
import { namespaceFolder } from './namespace.js';
import {
  isAlive,
  isSystemError,
  type LabRecord,
  readRecords,
  removeIfEmpty,
  removeRecord,
} from './record.js';
import { removeRuntimeFolders, removeRuntimeLeftovers } from './runtime-leftovers.js';
import { waitUntil } from './wait.js';

/** Which labs to take away besides those whose owner died. */
export interface SweepOptions {
  /** Also those that were left running on purpose. */
  readonly kept: boolean;
}

/**
 * Takes away what earlier runs left: labs whose owner lives no more. A lab at work is never touched.
 *
 * @returns the ids of the labs taken away
 */
export function sweepLabs({ kept }: SweepOptions): Promise<readonly string[]> {
  const sweeping = lastSweep.then(async () => {
    const left = readRecords().filter((lab) => !isAlive(lab.owner) && (kept || !lab.isKept));
    for (const lab of left) await removeLab(lab);
    return left.map(({ id }) => id);
  });
  lastSweep = sweeping.catch(() => {});
  return sweeping;
}

/** Several labs may be made at once: each sweep begins when the one before has ended. */
let lastSweep: Promise<unknown> = Promise.resolve();

/** Takes a lab away: its processes, its namespaces, its files, and at last its record. */
export async function removeLab({ id, folder }: Pick<LabRecord, 'id' | 'folder'>): Promise<void> {
  await waitUntil(`the processes of ${id} have ended`, () => {
    const pids = processesOf(id);
    for (const pid of pids) kill(pid);
    return pids.length === 0;
  });
  for (const name of namespacesOf(id)) await deleteNamespace(id, name);
  await removeRuntimeLeftovers(id, folder);
  rmSync(folder, { recursive: true, force: true });
  removeRecord(id);
  if (readRecords().length > 0) return;
  removeRuntimeFolders();
  await leaveNamespaceFolder();
}

/** Two processes may sweep at once: what the other was faster to delete is deleted. */
async function deleteNamespace(id: string, name: string): Promise<void> {
  await must(['ip', 'netns', 'del', name]).catch((error) => {
    if (namespacesOf(id).includes(name)) throw error;
  });
}

/** Names of the namespaces of a lab: they begin with its id. */
export function namespacesOf(id: string): readonly string[] {
  try {
    return readdirSync(namespaceFolder).filter((name) => name.startsWith(`${id}-`));
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return [];
    throw error;
  }
}

/** Pids of the processes of a lab. */
export function processesOf(id: string): readonly number[] {
  return markedProcesses().flatMap(({ pid, lab }) => (lab === id ? [pid] : []));
}

/**
 * The first `ip netns add` since boot makes /run/netns and mounts it onto itself. Once it is empty, both are taken
 * back; where somebody uses it, umount finds it busy or rmdir finds it full, and it stays. Not while there is a lab: one that is being
 * made has no namespace yet.
 */
async function leaveNamespaceFolder(): Promise<void> {
  if (readdirSync('/run').includes('netns') && readdirSync(namespaceFolder).length === 0) {
    await execute(['umount', namespaceFolder]);
    removeIfEmpty(namespaceFolder);
  }
}
