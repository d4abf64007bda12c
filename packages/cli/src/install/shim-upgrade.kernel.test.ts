import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type InstallOptions, install } from './install.js';

const cniDir = fileURLToPath(new URL('../../../cni', import.meta.url));

let root: string;
let options: Omit<InstallOptions, 'shim'>;

beforeAll(() => {
  execFileSync('make', ['-s', '-C', cniDir, 'all'], { stdio: ['ignore', 'pipe', 'pipe'] });
  root = mkdtempSync(join(tmpdir(), 'poplin-upgrade-'));
  const socket = '/run/poplin/poplin.sock';
  options = { binDir: join(root, 'bin'), confDir: join(root, 'net.d'), socket };
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Two builds of the shim: what follows its last segment, the loader leaves alone. */
function makeBuilds(): readonly [string, string] {
  const binary = readFileSync(join(cniDir, 'build', 'poplin'));
  const [a, b] = [join(root, 'a'), join(root, 'b')];
  writeFileSync(a, binary);
  writeFileSync(b, Buffer.concat([binary, Buffer.from('another build')]));
  return [a, b];
}

/**
 * Invokes the installed shim over and over, as long as the flag file is there, and prints how often, and each
 * exit status that is not 0. A shell's own are 126 for a binary that cannot be run, 127 for one that is not there.
 */
const invokeForever = `
  count=0
  while :; do
    "$SHIM" </dev/null >/dev/null || echo "exit status $?"
    count=$((count + 1))
    [ -e "$FLAG" ] || break
  done
  echo "invoked $count times"`;

function startInvocations(flag: string): Promise<string> {
  const env = { CNI_COMMAND: 'VERSION', SHIM: join(options.binDir, 'poplin'), FLAG: flag };
  const child = spawn('/bin/sh', ['-c', invokeForever], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', () => resolve(output.trim()));
  });
}

it('no invocation of 32 in parallel fails while the binary is replaced', async () => {
  const builds = makeBuilds();
  await install({ ...options, shim: builds[0] });
  const flag = join(root, 'go on');
  writeFileSync(flag, '');
  const invocations = Array.from({ length: 32 }, () => startInvocations(flag));
  try {
    for (let i = 1; i <= 20; i++) {
      const [report] = await install({ ...options, shim: builds[i % 2 === 0 ? 0 : 1] });
      expect(report?.action).toBe('replaced');
    }
  } finally {
    rmSync(flag);
  }
  for (const output of await Promise.all(invocations)) {
    expect(output).toMatch(/^invoked [1-9]\d* times$/);
  }
});
