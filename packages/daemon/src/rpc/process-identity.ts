import { readFile } from 'node:fs/promises';

/** What names a process for ever: a pid alone comes back. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Clock ticks from boot to its start: field 22 of /proc/PID/stat, proc_pid_stat(5). */
  readonly startTime: string;
  /** Which boot: first group of /proc/sys/kernel/random/boot_id. */
  readonly boot: string;
}

/** The identity of this process. */
export async function ownIdentity(): Promise<ProcessIdentity> {
  const startTime = await startTimeOf(process.pid);
  if (startTime === undefined) throw new Error('/proc does not know this process; mount /proc');
  return { pid: process.pid, startTime, boot: await currentBoot() };
}

/** Tells whether the process with this identity still runs. One that only waits to be reaped does not. */
export async function isAlive({ pid, startTime, boot }: ProcessIdentity): Promise<boolean> {
  return boot === (await currentBoot()) && startTime === (await startTimeOf(pid));
}

async function currentBoot(): Promise<string> {
  const id = await readFile('/proc/sys/kernel/random/boot_id', 'utf8');
  return id.slice(0, 8);
}

async function startTimeOf(pid: number): Promise<string | undefined> {
  let stat: string;
  try {
    stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    // ESRCH: it went while we read.
    if (code === 'ENOENT' || code === 'ESRCH') return undefined;
    throw error;
  }
  // Field 2, the command in parentheses, may hold spaces and parentheses of its own.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state, startTime] = [fields[0], fields[19]];
  return state === 'Z' || state === 'X' ? undefined : startTime;
}
