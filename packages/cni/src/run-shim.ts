import { execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Folder of this package. */
export const packageDir = fileURLToPath(new URL('..', import.meta.url));

/** The shim under test. */
export const shimPath = join(packageDir, 'build', 'poplin');

/** Builds a target of the Makefile; make does nothing when it is there already. */
export function build(target: string): void {
  execFileSync('make', ['-s', '-C', packageDir, target], { stdio: ['ignore', 'pipe', 'pipe'] });
}

/** How one run of the shim ended. */
export interface ShimEnd {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A run of the shim. */
export interface ShimRun {
  readonly pid: number;
  readonly end: Promise<ShimEnd>;
  kill(signal: NodeJS.Signals): void;
}

/** What standard input is: what it holds, or a descriptor, or a pipe that stays open and silent. */
export type Stdin = string | Buffer | number | { readonly silent: true };

/** Starts the shim with exactly this environment and nothing inherited. */
export function startShim(
  env: Readonly<Record<string, string>>,
  stdin: Stdin = '',
  command: readonly [string, ...string[]] = [shimPath],
): ShimRun {
  const [program, ...args] = command;
  const child = spawn(program, args, {
    env,
    stdio: [typeof stdin === 'number' ? stdin : 'pipe', 'pipe', 'pipe', 'pipe'],
  });
  const output = { stdout: '', stderr: '' };
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    output.stdout += text;
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    output.stderr += text;
  });
  // The shim may answer before it has read its input; the pipe then breaks, which is fine.
  child.stdin?.on('error', () => {});
  if (typeof stdin === 'string' || Buffer.isBuffer(stdin)) child.stdin?.end(stdin);
  const end = new Promise<ShimEnd>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (exitCode) => {
      child.stdin?.destroy();
      resolve({ exitCode, ...output });
    });
  });
  return { pid: child.pid ?? -1, end, kill: (signal) => child.kill(signal) };
}

/** Runs a copy of the shim to its end in a directory that it takes for the root of the host. */
export function runShimInRoot(
  root: string,
  env: Readonly<Record<string, string>>,
  stdin: Stdin,
): Promise<ShimEnd> {
  copyFileSync(shimPath, join(root, 'poplin'));
  return startShim(env, stdin, ['/usr/sbin/chroot', root, '/poplin']).end;
}

/** Runs the shim to its end. */
export function runShim(
  env: Readonly<Record<string, string>>,
  stdin: Stdin = '',
): Promise<ShimEnd> {
  return startShim(env, stdin).end;
}

/** The error object that a failed run printed; fails when there is anything else on standard output. */
export function errorOf(end: ShimEnd): {
  cniVersion: string;
  code: number;
  msg: string;
  details?: string;
} {
  if (end.exitCode !== 1) throw new Error(`exit status ${end.exitCode}, output ${end.stdout}`);
  return JSON.parse(end.stdout);
}

/** A temporary directory and a network namespace, both gone after `dispose`. */
export interface Scene {
  readonly dir: string;
  /** Path of the network namespace. */
  readonly netns: string;
  dispose(): void;
}

/** Makes a scene under a name of its own. */
export function makeScene(): Scene {
  const dir = mkdtempSync(join(tmpdir(), 'poplin-shim-'));
  const name = `pt${randomBytes(3).toString('hex')}-shim`;
  execFileSync('ip', ['netns', 'add', name]);
  return {
    dir,
    netns: `/run/netns/${name}`,
    dispose() {
      execFileSync('ip', ['netns', 'del', name]);
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** The environment of an ADD that is valid in every respect. */
export function addEnv(scene: Scene): Record<string, string> {
  return {
    CNI_COMMAND: 'ADD',
    CNI_CONTAINERID: 'c0ffee',
    CNI_NETNS: scene.netns,
    CNI_IFNAME: 'eth0',
    CNI_ARGS: 'IgnoreUnknown=1;K8S_POD_NAME=web',
    CNI_PATH: '/opt/cni/bin',
  };
}

/** A valid network configuration, as a runtime writes it to standard input. */
export function netConf(socket: string, changes: Readonly<Record<string, unknown>> = {}): string {
  return JSON.stringify({
    cniVersion: '1.0.0',
    name: 'poplin',
    type: 'poplin',
    socket,
    ...changes,
  });
}
