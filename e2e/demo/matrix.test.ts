import { describe, expect, it } from 'vitest';
import type { Namespace } from '../lab/index.js';
import { type Check, type Endpoint, planChecks } from './check.js';
import { drawReport } from './matrix.js';
import type { Report } from './report.js';

/** Two nodes with two pods each, and the host outside. Nothing is run in their namespaces here. */
const endpoints: readonly Endpoint[] = [
  ...['n1', 'n2'].flatMap((node, index) =>
    ['p1', 'p2'].map((pod, number) =>
      endpoint('pod', `${node}-${pod}`, `10.244.${index}.${number}`, `192.168.77.${index + 11}`),
    ),
  ),
  endpoint('node', 'n1', '192.168.77.11'),
  endpoint('node', 'n2', '192.168.77.12'),
  endpoint('outside', 'outside', '192.168.77.200'),
];

describe('the plan of checks', () => {
  it('has every pod to every other pod and node, every node to every pod, and every pod to the outside', () => {
    const counts = new Map<string, number>();
    for (const { kind } of planChecks(endpoints)) counts.set(kind, (counts.get(kind) ?? 0) + 1);
    expect(Object.fromEntries(counts)).toEqual({
      'pod-pod': 12,
      'pod-node': 8,
      'pod-outside': 4,
      'node-pod': 8,
    });
  });

  it("expects the sender's own address everywhere but outside, where it expects the node's", () => {
    for (const { kind, from, expected } of planChecks(endpoints))
      expect(expected).toEqual(kind === 'pod-outside' ? [from.nodeIp] : from.own);
  });
});

describe('the report', () => {
  it('shows a passed check, a failed one and one that is not made', () => {
    const text = drawReport(
      reportOf({ 'n2-p1 n1-p1': 'seen as 192.168.77.12, not as 10.244.1.0' }),
    );
    const row = (name: string): string | undefined =>
      text.split('\n').find((line) => line.startsWith(`${name} `) && /[✓✗·]/.test(line));
    expect(row('n1-p1')?.split(/\s+/)).toEqual(['n1-p1', '·', '✓', '✓', '✓', '✓', '✓', '✓']);
    expect(row('n2-p1')?.split(/\s+/)).toEqual(['n2-p1', '✗', '✓', '·', '✓', '✓', '✓', '✓']);
    expect(row('n1')?.split(/\s+/)).toEqual(['n1', '✓', '✓', '✓', '✓', '·', '·', '·']);
  });

  it('puts the pods of a node together when there are many, and counts where some failed', () => {
    const report = reportOf({ 'n2-p1 n1-p1': 'no answer' });
    const many = Array.from({ length: 20 }, (_, index) => ({
      ...{ name: `n1-x${index}`, node: 'n1', ip: '10.244.9.9', ips: ['10.244.9.9'], addMs: 1 },
    }));
    const text = drawReport({ ...report, pods: [...report.pods, ...many] });
    expect(text).toMatch(/^n2-p\* +✗ 3\/4 +✓ +✓ +✓ +✓$/m);
    expect(text).toMatch(/^n1-p\* +✓ +✓ +✓ +✓ +✓$/m);
  });

  it('says of each failed check what was seen', () => {
    expect(drawReport(reportOf({ 'n2-p1 n1-p1': 'seen as 192.168.77.12' }))).toContain(
      '✗ pod-pod IPv4 n2-p1 → n1-p1: seen as 192.168.77.12',
    );
  });

  it('has a matrix for each family, and names both', () => {
    const sixth = endpoints.map((end, index): Endpoint => {
      return { ...end, family: 'ipv6', ip: `fd00::${index}`, own: [`fd00::${index}`] };
    });
    const report = reportOf({}, [...endpoints, ...sixth]);
    expect(report.checks).toHaveLength(64);
    const headings = drawReport(report).match(/^(IPv\d) +n1-p1/gm);
    expect(headings?.map((line) => line.slice(0, 4))).toEqual(['IPv4', 'IPv6']);
    expect(drawReport(reportOf({}))).not.toMatch(/^IPv4/m);
  });

  it('says how the underlay looks', () => {
    const report = reportOf({});
    expect(drawReport(report).split('\n')[0]).toBe(
      'Underlay: one subnet, 192.168.77.0/24. Backend host-gw, pods attached routed.',
    );
    const subnets = [['10.1.0.0/24', 'fd01::/64'], ['10.2.0.0/24']];
    const routed = drawReport({ ...report, underlay: { family: 'dual', subnets } });
    expect(routed).toMatch(/2 subnets behind a router, 10\.1\.0\.0\/24 fd01::\/64 \| 10\.2/);
  });

  it('sums up in its last line', () => {
    expect(drawReport(reportOf({})).split('\n').at(-1)).toMatch(
      /^✓ host-gw, 2 nodes, 4 pods: 32 of 32 checks passed\.$/,
    );
  });
});

function endpoint(kind: Endpoint['kind'], name: string, ip: string, nodeIp = ip): Endpoint {
  const namespace = {} as Namespace;
  return { kind, family: 'ipv4', name, ip, own: [ip], nodeIp, namespace };
}

/** A report in which the named checks failed, each with what was seen. */
function reportOf(failures: Readonly<Record<string, string>>, ends = endpoints): Report {
  const checks = planChecks(ends).map(({ kind, from, to }): Check => {
    const detail = failures[`${from.name} ${to.name}`];
    const check = { kind, family: from.family, from: from.name, to: to.name, ms: 1 };
    return detail === undefined ? { ...check, ok: true } : { ...check, ok: false, detail };
  });
  const pods = endpoints.filter(({ kind }) => kind === 'pod');
  return {
    ok: Object.keys(failures).length === 0,
    backend: 'host-gw',
    attach: 'routed',
    underlay: { family: 'ipv4', subnets: [['192.168.77.0/24']] },
    nodes: ['n1', 'n2'].map((name) => {
      return { name, address: '192.168.77.1', addresses: ['192.168.77.1'], blocks: [] };
    }),
    pods: pods.map(({ name, ip }) => ({ name, node: name.slice(0, 2), ip, ips: [ip], addMs: 5 })),
    checks,
  };
}
