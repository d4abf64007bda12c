import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const folder = fileURLToPath(new URL('../test-support', import.meta.url));
const vitest = fileURLToPath(new URL('../../../node_modules/vitest/vitest.mjs', import.meta.url));

/** The parts of the suite, as patterns of their names. */
const plans = '^(name|options|peer data|plans|life) of';
const packets = '^packets of .*(needs in this kernel|reaches the other host|both ways: ipv4|stops)';

/**
 * Runs a part of the suite for a backend that is broken in some way, as its author would.
 *
 * @returns the names of the tests that fail.
 */
function failures(how: string, part = '.'): Promise<readonly string[]> {
  const args = [vitest, 'run', '--root', folder, '--reporter', 'json', '-t', part];
  const env = { PATH: process.env.PATH, ...(how !== '' && { BROKEN: how }) };
  return new Promise((resolve, reject) => {
    execFile(process.execPath, args, { env, maxBuffer: 2 ** 26 }, (_, stdout, stderr) => {
      const start = stdout.indexOf('{');
      if (start < 0) return reject(new Error(stdout + stderr));
      const { testResults } = JSON.parse(stdout.slice(start)) as Report;
      const tests = testResults.flatMap(({ assertionResults }) => assertionResults);
      if (tests.length < 30) return reject(new Error(`${tests.length} tests: ${stderr}`));
      resolve(tests.filter(({ status }) => status === 'failed').map(({ title }) => title));
    });
  });
}

interface Report {
  readonly testResults: readonly {
    readonly assertionResults: readonly { readonly title: string; readonly status: string }[];
  }[];
}

/** The rule that a backend breaks, by the names of its tests. */
type Case = readonly [how: string, rule: RegExp];

const finds = async (how: string, rule: RegExp, part: string): Promise<void> =>
  expect(await failures(how, part)).toContainEqual(expect.stringMatching(rule));

// Those with packets wait most of their time.
it.concurrent('passes a sound backend', { timeout: 120_000 }, async () => {
  expect(await failures('')).toEqual([]);
});

it.concurrent.each<Case>([
  ['next hop', /carries packets between pods, both ways: ipv4/],
  ['timer', /stops and starts, and what carries packets stays/],
])('finds a backend that is broken: %s', { timeout: 120_000 }, (how, rule) =>
  finds(how, rule, packets),
);

it.each<Case>([
  ['type', /has a type that npm takes/],
  ['options', /refuses a key that it does not know/],
  ['peer data', /never with a throw/],
  ['published', /publishes the same for the same host/],
  ['overhead', /overhead of whole bytes/],
  ['sysctl', /nothing that a backend may not ask for/],
  ['default route', /nothing that a backend may not ask for/],
  ['impure', /answers the same for the same arguments/],
  ['silent', /routes every block of a peer, or says/],
  ['stop', /takes it that it is told twice/],
])('finds a backend that is broken: %s', { timeout: 120_000 }, (how, rule) =>
  finds(how, rule, plans),
);
