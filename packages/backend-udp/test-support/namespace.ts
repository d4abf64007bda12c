import { execFile, execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import { type Netns, openNetns } from '@poplin/netlink';

const runFile = promisify(execFile);

/** A network namespace that lives as long as a test, looked into with the kernel's own tools. */
export interface Namespace extends Disposable {
  readonly name: string;
  readonly netns: Netns;
  /** Runs a command inside, waits for it, and gives what it prints. */
  exec(command: string, ...args: string[]): string;
  /** The same while the event loop turns. Gives what it prints also when it fails. */
  execAsync(command: string, ...args: string[]): Promise<string>;
}

const run = `pu${randomBytes(3).toString('hex')}`;
let count = 0;

/** Makes a namespace with a name that no other run has. Dispose it, also on failure: `using`. */
export function namespace(): Namespace {
  count += 1;
  const name = `${run}-${count}`;
  execFileSync('ip', ['netns', 'add', name]);
  const netns = openNetns(`/run/netns/${name}`);
  const exec = (command: string, ...args: string[]): string =>
    execFileSync('ip', ['netns', 'exec', name, command, ...args], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  exec('ip', 'link', 'set', 'lo', 'up');
  return {
    name,
    netns,
    exec,
    async execAsync(command, ...args) {
      try {
        return (await runFile('ip', ['netns', 'exec', name, command, ...args])).stdout;
      } catch (error) {
        const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
        return `${stdout}${stderr}`;
      }
    },
    [Symbol.dispose]() {
      netns[Symbol.dispose]();
      execFileSync('ip', ['netns', 'delete', name]);
    },
  };
}
