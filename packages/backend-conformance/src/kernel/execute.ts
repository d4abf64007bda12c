import { execFile } from 'node:child_process';

/** How a command ended. */
export interface Finished {
  readonly status: number;
  /** What it printed, on both streams. */
  readonly said: string;
}

/** Runs a command to its end, whatever that is. */
export function run(command: string, ...args: readonly string[]): Promise<Finished> {
  return new Promise((resolve, reject) => {
    execFile(command, [...args], { encoding: 'utf8' }, (error, stdout, stderr) => {
      if (error && typeof error.code !== 'number') reject(error);
      else resolve({ status: Number(error?.code ?? 0), said: `${stdout}${stderr}` });
    });
  });
}

/** Runs a command that has to succeed. @returns what it printed. @throws {Error} with its words when it does not. */
export async function must(command: string, ...args: readonly string[]): Promise<string> {
  const { status, said } = await run(command, ...args);
  if (status === 0) return said;
  throw new Error(`${command} ${args.join(' ')}: ${said.trim() || `status ${status}`}`);
}
