import { execFileSync, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { type Netns, openNetns } from '@poplin/netlink';

/** A namespace to measure in, with `ip` looking into it. */
export interface Stage extends Disposable {
  readonly name: string;
  readonly netns: Netns;
  /** Runs `ip -n NAME …`; fails when it fails. Its output goes nowhere. */
  ip(...args: string[]): void;
}

const run = `pb${randomBytes(3).toString('hex')}`;
let count = 0;

/** Makes one, with a name that no other run has. */
export function openStage(): Stage {
  count += 1;
  const name = `${run}-${count}`;
  execFileSync('ip', ['netns', 'add', name]);
  const netns = openNetns(`/run/netns/${name}`);
  const ip = (...args: string[]): void => {
    const { status, stderr } = spawnSync('ip', ['-n', name, ...args], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    if (status !== 0) throw new Error(`ip ${args.join(' ')}: ${stderr}`);
  };
  return {
    name,
    netns,
    ip,
    [Symbol.dispose]() {
      netns[Symbol.dispose]();
      execFileSync('ip', ['netns', 'delete', name]);
    },
  };
}
