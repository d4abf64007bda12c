import { parseCidr } from '@poplin/net';
import { type NetlinkRequest, routeAdd } from '@poplin/netlink';
import { describe, expect, it } from 'vitest';
import { defaultRoute, podGateway } from './plan.js';
import { podEndRequests } from './pod-end.js';
import type { AttachmentRecord } from './record.js';
import { addresses, sampleRecord } from './testing/sample-record.js';

const ipv4 = addresses('10.244.0.5', '10.244.0.0/26');
const ipv6 = addresses('fd00:10::5', 'fd00:10::/122');

/** Pods that differ in what the requests depend on, or in their addresses alone. */
const pods: readonly [ifindex: number, record: AttachmentRecord][] = [
  [2, sampleRecord({ addresses: ipv4 })],
  [2, sampleRecord({ addresses: addresses('10.244.0.6', '10.244.0.0/26') })],
  [3, sampleRecord({ addresses: ipv4 })],
  [2, sampleRecord({ addresses: ipv6 })],
  [2, sampleRecord({ addresses: [...ipv4, ...ipv6] })],
  [2, sampleRecord({ addresses: [...ipv6, ...ipv4] })],
  [2, sampleRecord({ addresses: ipv4, pathMtu: { ipv4: 1430 } })],
  [2, sampleRecord({ addresses: ipv4, pathMtu: { ipv6: 1430 } })],
  [2, sampleRecord({ addresses: ipv4, secondary: true })],
  [2, sampleRecord({ addresses: ipv4, routes: [{ dst: parseCidr('192.0.2.0/24') }] })],
];

const words = (requests: readonly NetlinkRequest[]) =>
  requests.map(({ operation, body }) => `${operation} ${Buffer.from(body).toString('hex')}`);

describe('the requests for the end of a pod', () => {
  it('are the same when they were encoded before, whatever was asked for in between', () => {
    const first = pods.map(([ifindex, record]) => words(podEndRequests(record, ifindex)));
    const again = pods
      .toReversed()
      .map(([ifindex, record]) => words(podEndRequests(record, ifindex)));
    expect(again.toReversed()).toEqual(first);
    const plain = sampleRecord({ addresses: ipv4, pathMtu: { ipv4: 1430 } });
    expect(words(podEndRequests(plain, 2)).slice(-2, -1)).toEqual(
      words([
        routeAdd({
          dst: defaultRoute.ipv4,
          ifindex: 2,
          via: podGateway.ipv4,
          onlink: true,
          mtu: 1430,
        }),
      ]),
    );
  });

  it('name the pod’s own link and addresses, not those of one that is alike', () => {
    const all = pods.map(([ifindex, record]) => words(podEndRequests(record, ifindex)).join());
    // A path's MTU of a family that the pod does not have says nothing.
    expect(new Set(all).size).toBe(pods.length - 1);
  });

  it('bring it up first, and ask for it last', () => {
    for (const [ifindex, record] of pods) {
      const operations = podEndRequests(record, ifindex).map(({ operation }) => operation);
      expect(operations[0]).toBe(`set link #${ifindex}`);
      expect(operations.at(-1)).toBe(`get link #${ifindex}`);
    }
  });

  it('are encoded anew when too many different ones were kept', () => {
    const record = sampleRecord({ addresses: ipv4 });
    const first = words(podEndRequests(record, 2));
    for (let ifindex = 3; ifindex < 300; ifindex++) podEndRequests(record, ifindex);
    expect(words(podEndRequests(record, 2))).toEqual(first);
  });
});
