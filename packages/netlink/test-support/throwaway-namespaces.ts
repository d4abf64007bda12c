import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { type Netns, openNetns } from '../src/namespace/netns.js';

/** A namespace that lives as long as a test, with the kernel's own tools looking into it. */
export interface ThrowawayNamespace extends Disposable {
  readonly name: string;
  readonly path: string;
  readonly netns: Netns;
  /** Runs a command inside and gives what it prints. */
  exec(command: string, ...args: string[]): string;
  /** `ip -j -d …`, parsed. */
  ip(...args: string[]): Record<string, unknown>[];
}

/** Programs that go into a namespace by themselves; `ip netns exec` makes a mount namespace too, and runs one program more. */
const goInside: ReadonlySet<string> = new Set(['ip', 'bridge', 'tc']);

const run = `pt${randomBytes(3).toString('hex')}`;
let count = 0;

/** Makes a namespace with a name that no other run has. Dispose it, also on failure: `using`. */
export function throwawayNamespace(): ThrowawayNamespace {
  count += 1;
  const name = `${run}-${count}`;
  execFileSync('ip', ['netns', 'add', name]);
  const path = `/run/netns/${name}`;
  const netns = openNetns(path);
  const exec = (command: string, ...args: string[]): string => {
    const [program, ...inside] = goInside.has(command)
      ? [command, '-n', name]
      : ['ip', 'netns', 'exec', name, command];
    return execFileSync(program, [...inside, ...args], { encoding: 'utf8' });
  };
  exec('ip', 'link', 'set', 'lo', 'up');
  return {
    name,
    path,
    netns,
    exec,
    ip: (...args) => JSON.parse(exec('ip', '-j', '-d', ...args) || '[]'),
    [Symbol.dispose]() {
      netns[Symbol.dispose]();
      execFileSync('ip', ['netns', 'delete', name]);
    },
  };
}

/** Waits until a condition holds; fails after five seconds with what it was about. */
export async function eventually(what: string, condition: () => boolean): Promise<void> {
  for (let i = 0; i < 500; i++) {
    if (condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`after 5 s still not: ${what}`);
}
