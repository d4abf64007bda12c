import { readdirSync, readFileSync } from 'node:fs';

/** The environment variable that marks each process of a lab, and what it starts, with the lab's id. */
export const marker = 'NETLAB_ID';

/** A process of a lab. */
export interface MarkedProcess {
  readonly pid: number;
  /** Id of the lab. */
  readonly lab: string;
  /** Its command line. */
  readonly command: string;
}

/**
 * All processes of all labs, found by their mark. A mark is inherited and cannot be lost, so that this finds what
 * was started a moment before its starter died, and what lives in a namespace that has lost its name; and it
 * never finds the shell of a person who looks around in a lab.
 */
export function markedProcesses(): readonly MarkedProcess[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      const lab = labOf(name);
      return lab === undefined ? [] : [{ pid: Number(name), lab, command: commandOf(name) }];
    });
}

function labOf(pid: string): string | undefined {
  const mark = readList(pid, 'environ').find((text) => text.startsWith(`${marker}=`));
  return mark?.slice(marker.length + 1);
}

const commandOf = (pid: string): string => readList(pid, 'cmdline').join(' ').trimEnd();

/** A file of NUL-separated texts; empty for a process that has ended meanwhile, or that is another user's. */
function readList(pid: string, file: string): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8').split('\0');
  } catch {
    return [];
  }
}
