import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Cluster, startCluster } from '../testing/cluster.js';
import { runCaptured } from '../testing/stand-in.js';

let daemon: Cluster;

beforeAll(async () => {
  daemon = await startCluster();
});
afterAll(() => daemon.stop());
beforeEach(() => {
  daemon.requests.length = 0;
});

const ctl = (...args: string[]) => runCaptured(['--socket', daemon.socket, ...args]);

describe('attachments', () => {
  it('shows what belongs to each, short ids, and nothing as a dash', async () => {
    const end = await ctl('attachments');
    expect(end).toMatchObject({ exitStatus: 0, stderr: '' });
    const rows = end.stdout.split('\n').map((line) => line.split(/ {2,}/));
    expect(rows[0]?.[4]).toBe('HOST PORTS');
    expect(rows[1]?.slice(0, 7)).toEqual([
      'c0ffee012345',
      'eth0',
      'default/web',
      '10.244.0.5,fd00::5',
      '8080->80/tcp,[::1]:53->5353/udp',
      '10Mbit/s',
      '1Gbit/s',
    ]);
    expect(rows[2]).toEqual(['beef', 'net1', '-', '-', '-', '-', '-', '-']);
  });

  it('prints whole ids and bits as numbers with --json', async () => {
    const { attachments } = JSON.parse((await ctl('attachments', '--json')).stdout);
    expect(attachments).toMatchObject([
      {
        containerId: 'c0ffee0123456789',
        bandwidth: { ingressRate: 10_000_000, ingressBurst: 0, egressRate: 1_000_000_000 },
        createdAt: '2023-11-14T22:13:20.000Z',
      },
      { containerId: 'beef' },
    ]);
  });
});

describe('attachments limit', () => {
  it('sends bits and shows the attachment as it is then', async () => {
    const flags = ['--ingress', '2.5M', '--egress', '1G', '--egress-burst', '800k'];
    const end = await ctl('attachments', 'limit', 'c0ffee', '--ifname', 'eth0', ...flags);
    expect(end).toMatchObject({ exitStatus: 0, stderr: '' });
    expect(end.stdout).toMatch(/^c0ffee012345 .* 2\.5Mbit\/s +1Gbit\/s /m);
    expect(daemon.requests).toEqual([
      {
        containerId: 'c0ffee',
        ifname: 'eth0',
        bandwidth: {
          ingressRate: 2_500_000n,
          ingressBurst: 0n,
          egressRate: 1_000_000_000n,
          egressBurst: 800_000n,
        },
      },
    ]);
  });

  it('takes the limits away with --none', async () => {
    const end = await ctl('attachments', 'limit', 'c0ffee', '--none', '--json');
    expect(JSON.parse(end.stdout).attachment.bandwidth).toBeUndefined();
    expect(daemon.requests).toMatchObject([{ containerId: 'c0ffee', bandwidth: undefined }]);
  });

  it.each([
    [[], 'give --ingress, --egress or both, or --none'],
    [['--ingress-burst', '1M'], 'give --ingress, --egress or both, or --none'],
    [['--none', '--egress', '1M'], '--none takes all limits away'],
    [['--ingress', '10Mbps'], 'a number of bits such as 800k, 10M or 2.5G'],
    [['--ingress', '0'], 'a number of bits such as 800k, 10M or 2.5G'],
  ])('refuses %j without a call', async (flags, message) => {
    const end = await ctl('attachments', 'limit', 'c0ffee', ...flags);
    expect(end).toMatchObject({ exitStatus: 1, stdout: '' });
    expect(end.stderr).toContain(message);
    expect(daemon.requests).toEqual([]);
  });

  it("tells the daemon's refusal with its reason", async () => {
    const end = await ctl('attachments', 'limit', 'dead', '--none');
    expect(end.stderr).toBe(
      'poplinctl: cannot limit container dead: no such attachment (ATTACHMENT_NOT_FOUND)\n',
    );
  });

  it('says in its help that rates are in bit/s, and which units there are', async () => {
    const { stdout } = await ctl('attachments', 'limit', '--help');
    expect(stdout).toMatch(/--ingress <rate> +towards the pod, bit\/s; k, M and G are powers of/);
  });
});
