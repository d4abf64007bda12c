import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { LabError } from './error.js';

/** Where labs are written down: on tmpfs, so that a reboot forgets them together with their namespaces. */
export const recordFolder = '/run/poplin-lab';

/**
 * What is written down of a lab before anything is made, so that a later run can take away what an earlier one
 * left. Namespaces and processes need no mention: the first carry the lab's id in their names, the others in
 * their environment.
 */
export interface LabRecord {
  readonly id: string;
  /** The process that the lab belongs to. */
  readonly owner: ProcessIdentity;
  /** Folder with everything the lab writes. */
  readonly folder: string;
  /** True when the lab was left running on purpose. */
  readonly isKept: boolean;
}

/** A process, told apart from a later one with the same pid by when it started. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Clock ticks from boot to start: field 22 of /proc/PID/stat, proc(5). */
  readonly startTime: string;
}

/** Identity of a live process; undefined when there is none. */
export function identify(pid: number): ProcessIdentity | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // Field 2 is the name in parentheses and may hold anything: count from behind its end.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [state, startTime] = [fields[0], fields[19]];
    // One that is dead and only waits for its parent still has its line here.
    if (startTime === undefined || state === 'Z' || state === 'X') return undefined;
    return { pid, startTime };
  } catch {
    return undefined;
  }
}

/** True while this very process lives. */
export function isAlive({ pid, startTime }: ProcessIdentity): boolean {
  return identify(pid)?.startTime === startTime;
}

/** Identity of this process. */
export function ownIdentity(): ProcessIdentity {
  const own = identify(process.pid);
  if (own) return own;
  throw new LabError('/proc/self/stat cannot be read: is /proc mounted?');
}

/** Writes a record, whole or not at all. */
export function writeRecord(record: LabRecord): void {
  const file = `${recordFolder}/${record.id}.json`;
  for (;;) {
    mkdirSync(recordFolder, { recursive: true, mode: 0o700 });
    try {
      writeFileSync(`${file}.new`, `${JSON.stringify(record)}\n`);
      renameSync(`${file}.new`, file);
      return;
    } catch (error) {
      // Another process has forgotten the last lab just now, and removed the folder with it.
      if (!isSystemError(error, 'ENOENT')) throw error;
    }
  }
}

/** All labs that are written down. */
export function readRecords(): readonly LabRecord[] {
  return listRecords()
    .filter((name) => name.endsWith('.json'))
    .flatMap((name) => readRecord(`${recordFolder}/${name}`));
}

/** Nothing when another process has removed it meanwhile. */
function readRecord(file: string): readonly LabRecord[] {
  try {
    return [JSON.parse(readFileSync(file, 'utf8')) as LabRecord];
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return [];
    throw error;
  }
}

/** Forgets a lab, and the folder with the last one. */
export function removeRecord(id: string): void {
  for (const ending of ['.json', '.json.new'])
    rmSync(`${recordFolder}/${id}${ending}`, { force: true });
  if (listRecords().length === 0) removeIfEmpty(recordFolder);
}

function listRecords(): readonly string[] {
  try {
    return readdirSync(recordFolder);
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return [];
    throw error;
  }
}

/** Removes a folder unless somebody has put something into it, or it is gone. */
export function removeIfEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch (error) {
    if (!['ENOENT', 'ENOTEMPTY', 'EBUSY'].some((code) => isSystemError(error, code))) throw error;
  }
}

/** True for an error of the operating system with this code. */
export function isSystemError(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
