import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { checkout } from '../../lab/index.js';
import { add } from './rules/add.js';
import { bandwidth } from './rules/bandwidth.js';
import { check } from './rules/check.js';
import { del } from './rules/del.js';
import { faults } from './rules/faults.js';
import { gcStatus } from './rules/gc-status.js';
import { hostPorts } from './rules/host-ports.js';
import { ipam } from './rules/ipam.js';
import { lifecycle } from './rules/lifecycle.js';
import { masquerade } from './rules/masquerade.js';
import { protocol } from './rules/protocol.js';
import { result } from './rules/result.js';

const groups = [
  ...[protocol, add, result, del, check, ipam, hostPorts].flat(),
  ...[bandwidth, masquerade, gcStatus, lifecycle, faults].flat(),
];
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
