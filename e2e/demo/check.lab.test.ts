import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Lab } from '../lab/index.js';
import { type Endpoint, makeCheck } from './check.js';
import { startResponders } from './responder.js';

/** The checks themselves are checked: on plain hosts, without a daemon, where we know what a receiver sees. */
describe('a check', () => {
  let lab: Lab;
  let sender: Endpoint;
  let receiver: Endpoint;
  let outside: Endpoint;

  beforeAll(async () => {
    lab = await Lab.create({ nodes: 2, start: false });
    const [first, second] = lab.hosts;
    if (!first || !second) throw new Error('a lab of two has two hosts');
    sender = endpoint('pod', first, '192.168.77.11');
    receiver = endpoint('pod', second, '192.168.77.12');
    outside = endpoint('outside', lab.outside, '192.168.77.200');
    await startResponders([receiver, outside], lab);
  });

  afterAll(() => lab?.[Symbol.asyncDispose]());

  it('passes when the receiver sees the address of the sender', async () => {
    const planned = { kind: 'pod-pod', from: sender, to: receiver, expected: sender.own } as const;
    expect(await makeCheck(planned)).toEqual({
      ...{ kind: 'pod-pod', family: 'ipv4', from: 'n1', to: 'n2', ok: true },
      ms: expect.any(Number),
    });
  });

  it('fails and tells the address when something translates it', async () => {
    await lab
      .host('n1')
      .namespace.must(['ip', 'address', 'add', '192.168.77.99/24', 'dev', 'eth0']);
    await lab.host('n1').namespace.must(['nft', '-f', '-'], {
      input:
        'table ip t { chain c { type nat hook postrouting priority 100; ip daddr 192.168.77.12 snat to 192.168.77.99; }; }',
    });
    const planned = { kind: 'pod-pod', from: sender, to: receiver, expected: sender.own } as const;
    const check = await makeCheck(planned);
    await lab.host('n1').namespace.must(['nft', 'delete', 'table', 'ip', 't']);
    expect(check).toMatchObject({
      ok: false,
      detail: 'seen as 192.168.77.99, not as 192.168.77.11',
    });
  });

  it('fails and tells what the client said when nobody answers', async () => {
    const to = { ...receiver, ip: '192.168.77.77' };
    const planned = { kind: 'pod-pod', from: sender, to, expected: sender.own } as const;
    const { ok, detail } = await makeCheck(planned);
    expect(ok).toBe(false);
    expect(detail).toMatch(
      /^no answer from 192\.168\.77\.77: connect.*(timed out|No route to host)/,
    );
  });

  it('fails when the host outside has a route to the pod', async () => {
    const expected = sender.own;
    const pod = { ...sender, ip: '10.244.0.9' };
    const planned = { kind: 'pod-outside', from: pod, to: outside, expected } as const;
    expect((await makeCheck(planned)).ok).toBe(true);
    await lab.outside.namespace.must([
      'ip',
      'route',
      'add',
      '10.244.0.0/24',
      'via',
      '192.168.77.11',
    ]);
    expect(await makeCheck(planned)).toMatchObject({
      ok: false,
      detail: expect.stringContaining('outside has a route to the pod: 10.244.0.0/24'),
    });
  });
});

function endpoint(
  kind: Endpoint['kind'],
  place: Pick<Endpoint, 'name' | 'namespace'>,
  ip: string,
): Endpoint {
  const { name, namespace } = place;
  return { kind, family: 'ipv4', name, namespace, ip, own: [ip], nodeIp: ip };
}
