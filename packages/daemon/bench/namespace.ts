import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import type { Objects } from './figures.js';
import { own } from './synthetic-peers.js';

/** A network namespace with an underlay `eth0`, gone when it is disposed. Needs root, `ip` and `bridge`. */
export class Namespace implements Disposable {
  readonly name = `pb${randomBytes(4).toString('hex')}`;

  constructor() {
    run('ip', 'netns', 'add', this.name);
    try {
      this.#ip('link', 'add', 'eth0', 'type', 'veth', 'peer', 'name', 'far0');
      for (const link of ['lo', 'far0', 'eth0']) this.#ip('link', 'set', link, 'up');
      this.#ip('address', 'add', `${own.ip}/${own.length}`, 'dev', 'eth0');
    } catch (error) {
      this[Symbol.dispose]();
      throw error;
    }
  }

  /** What is there of Poplin's, counted by `ip` and `bridge`: the witness that what was measured has happened. */
  get objects(): Objects {
    const lines = (text: string): readonly string[] => text.split('\n').filter(Boolean);
    const neighbours = this.#ip('neighbour', 'show', 'nud', 'permanent');
    const fdb = run('bridge', '-n', this.name, 'fdb', 'show');
    return {
      routes: lines(this.#ip('route', 'show', 'table', 'all', 'proto', '112')).length,
      neighbours: lines(neighbours).length,
      fdb: lines(fdb).filter((line) => line.includes(' dst ')).length,
    };
  }

  [Symbol.dispose](): void {
    run('ip', 'netns', 'delete', this.name);
  }

  #ip(...args: readonly string[]): string {
    return run('ip', '-n', this.name, ...args);
  }
}

function run(file: string, ...args: readonly string[]): string {
  return execFileSync(file, args, { encoding: 'utf8', stdio: 'pipe', maxBuffer: 2 ** 26 });
}
