import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const folder = fileURLToPath(new URL('../test-support', import.meta.url));
const vitest = fileURLToPath(new URL('../../../node_modules/vitest/vitest.mjs', import.meta.url));

/** The parts of the suite, as patterns of their names behind that of the group. */
const plans = '(name|options|peer data|plans|life) of backend';
const packets =
  'packets of backend .*(needs in this kernel|reaches the other host|both ways: ipv4|stops)';

/** The names of the tests that fail, by the way in which the backend is broken; `sound` for one that is not. */
type Failures = ReadonlyMap<string, readonly string[]>;

/** Runs a part of the suite for backends that are broken in some ways, as their author would. */
function failures(hows: readonly string[], part = '.'): Promise<Failures> {
  const args = [vitest, 'run', '--root', folder, '--reporter', 'json', '-t', part];
  const env = { PATH: process.env.PATH, ...(hows.length > 0 && { BROKEN: hows.join() }) };
  return new Promise((resolve, reject) => {
    execFile(process.execPath, args, { env, maxBuffer: 2 ** 26 }, (_, stdout, stderr) => {
      const start = stdout.indexOf('{');
      if (start < 0) return reject(new Error(stdout + stderr));
      const { testResults } = JSON.parse(stdout.slice(start)) as Report;
      const all = testResults.flatMap(({ assertionResults }) => assertionResults);
      const found = new Map<string, readonly string[]>();
      for (const how of hows.length > 0 ? hows : ['sound']) {
        const tests = all.filter(({ ancestorTitles }) => ancestorTitles[0] === how);
        if (tests.length < 30) return reject(new Error(`${how}: ${tests.length} tests: ${stderr}`));
        const failed = tests.filter(({ status }) => status === 'failed');
        found.set(
          how,
          failed.map(({ title }) => title),
        );
      }
      resolve(found);
    });
  });
}

interface Report {
  readonly testResults: readonly {
    readonly assertionResults: readonly {
      readonly ancestorTitles: readonly string[];
      readonly title: string;
      readonly status: string;
    }[];
  }[];
}

/** The rule that a backend breaks, by the names of its tests. */
type Case = readonly [how: string, rule: RegExp];

const carrying: readonly Case[] = [
  ['next hop', /carries packets between pods, both ways: ipv4/],
  ['timer', /stops and starts, and what carries packets stays/],
];
const planning: readonly Case[] = [
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
];

/** Once for all of them: most of a run is the start of vitest. */
let planningFailures: Promise<Failures> | undefined;

// Those with packets wait most of their time.
it.concurrent('passes a sound backend', { timeout: 120_000 }, async () => {
  expect((await failures([])).get('sound')).toEqual([]);
});

it.concurrent.each(carrying)(
  'finds a backend that is broken: %s',
  { timeout: 120_000 },
  async (how, rule) => {
    const found = await failures([how], packets);
    expect(found.get(how)).toContainEqual(expect.stringMatching(rule));
  },
);

it.each(planning)('finds a backend that is broken: %s', { timeout: 120_000 }, async (how, rule) => {
  planningFailures ??= failures(
    planning.map(([name]) => name),
    plans,
  );
  expect((await planningFailures).get(how)).toContainEqual(expect.stringMatching(rule));
});
