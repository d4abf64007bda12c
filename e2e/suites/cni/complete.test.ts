import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { checkout } from '../../lab/index.js';
import { faults } from './rules/faults/index.js';
import { conformance } from './rules/index.js';

const groups = [...conformance, ...faults];
const rules = groups.flatMap(({ title, scenarios }) =>
  scenarios.map((scenario) => ({ title, ...scenario })),
);

describe('the conformance suite', () => {
  it('has a rule for each of its 78 scenarios', () => {
    const shown = new Set(rules.map(({ number }) => number));
    const all = Array.from({ length: 78 }, (_, index) => index + 1);
    expect(all.filter((number) => !shown.has(number))).toEqual([]);
  });

  it('has no rule twice on one host, so that a name tells which one failed', () => {
    const names = rules.map(({ title, number, rule }) => `${title} [${number}] ${rule}`);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });

  it('shows every rule with a version', () => {
    expect(rules.filter(({ versions }) => versions.length === 0)).toEqual([]);
  });

  it('lets the daemon die at every fail point', () => {
    const names = readFileSync(`${checkout}/packages/daemon/src/fail-point/names.ts`, 'utf8');
    const failPoints = [...names.matchAll(/^ {2}'([a-z-]+)',$/gm)].flatMap(
      ([, name]) => name ?? [],
    );
    expect(failPoints.length).toBeGreaterThanOrEqual(20);
    const text = rules.map(({ rule }) => rule).join('\n');
    expect(failPoints.filter((name) => !text.includes(name))).toEqual([]);
  });
});
