import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
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

describe('a command that reads', () => {
  it('status tells the facts and what is wrong', async () => {
    const end = await ctl('status');
    expect(end).toMatchObject({ exitStatus: 0, stderr: '' });
    expect(end.stdout).toMatch(/^Node {9}worker-1$/m);
    expect(end.stdout).toMatch(/^Registry {5}etcd \(connected, revision 7\) http:\/\/e:2379$/m);
    expect(end.stdout).toMatch(/^Problem {6}the clock is slow$/m);
  });

  it('status tells every backend at work, and whom those wait for that are to go', async () => {
    const { stdout } = await ctl('status');
    expect(stdout).toMatch(/^Backend {6}vxlan$/m);
    expect(stdout).toMatch(/^Backend {6}host-gw \(links end in \.b\), .*waits for n3, n4$/m);
    expect(stdout).toMatch(/^Underlay {5}eth0 192\.168\.7\.1 mtu 1500$/m);
  });

  it('status tells what a backend has counted, without what never happened', async () => {
    expect((await ctl('status')).stdout).toMatch(/^Counted {6}vxlan: sent_packets 7$/m);
    const { backends } = JSON.parse((await ctl('status', '--json')).stdout);
    expect(backends[0].counters).toMatchObject({ sent_packets: 7 });
  });

  it('peers tells the way in each family, what fits, and what is wrong below', async () => {
    const { stdout } = await ctl('peers');
    expect(stdout.split('\n').map((line) => line.replace(/ +/g, ' '))).toEqual([
      'PEER ALIVE ADDRESSES BACKEND WAY MTU PATH BLOCKS',
      'n1 yes 192.168.7.1,fd77::1 vxlan via 192.168.7.1 dev poplin.vxlan 1450 works 10.244.1.0/26',
      'n1 - - - dev poplin.vxlan6 1430 fails fd00:10::/122',
      'n2 no 192.168.8.2 - - - - 10.244.2.0/26',
      '',
      'n1 packets of 1430 bytes are lost',
      'n2 node n2 is not reached: it is on another link',
      '',
    ]);
    expect(JSON.parse((await ctl('peers', '--json')).stdout).peers).toMatchObject([
      { name: 'n1', paths: [{ mtu: 1450 }, { family: 'ipv6' }] },
      { name: 'n2', refusals: [expect.stringContaining('another link')] },
    ]);
  });

  it('explain route writes the route as ip does, and what it is there for', async () => {
    expect((await ctl('explain', 'route', '10.244.1.9')).stdout).toBe(
      [
        'Address  10.244.1.9',
        'Route    10.244.1.0/26 via fe80::1 dev poplin.vxlan mtu 1430',
        'Reason   node n1 owns the block',
        'Peer     n1',
        'Backend  vxlan',
        '',
      ].join('\n'),
    );
    expect((await ctl('explain', 'route', '192.0.2.1')).stdout).toMatch(
      /^Route {4}none of Poplin's$/m,
    );
    expect(await ctl('explain', 'route', 'bad')).toMatchObject({
      exitStatus: 1,
      stderr: expect.stringContaining('"bad" is no address (INVALID_REQUEST)'),
    });
  });

  it('nodes follows the pages and marks the node that answers', async () => {
    const { stdout } = await ctl('nodes');
    expect(stdout.split('\n').map((line) => line.split(/ +/).slice(0, 2))).toEqual([
      ['NODE', 'ALIVE'],
      ['n0*', 'yes'],
      ['n1', 'no'],
      ['n2', 'yes'],
      [''],
    ]);
  });

  it('blocks asks for one node when told so', async () => {
    const { stdout } = await ctl('blocks', '--node', 'worker-1');
    expect(stdout).toMatch(/^10\.244\.0\.0\/26 {2}worker-1 {2}default {4}3\/64 /m);
    expect(daemon.requests).toMatchObject([{ node: 'worker-1' }]);
  });

  it('addresses shows of a container id what other tools show', async () => {
    expect((await ctl('addresses')).stdout).toMatch(/ c0ffee012345 {2}eth0 /);
  });

  it('prints one JSON document with --json, before or after the command', async () => {
    for (const args of [
      ['--json', 'nodes'],
      ['nodes', '--json'],
    ]) {
      const { stdout } = await ctl(...args);
      expect(stdout.trimEnd()).not.toContain('\n');
      expect(JSON.parse(stdout).nodes).toHaveLength(3);
    }
    const blocks = JSON.parse((await ctl('blocks', '--json')).stdout);
    expect(blocks.blocks[0]).toMatchObject({
      inUse: 3,
      cooling: 0,
      claimedAt: '2023-11-14T22:13:20.000Z',
    });
    expect(JSON.parse((await ctl('status', '--json')).stdout)).toMatchObject({
      pid: 4711,
      peers: 0,
    });
  });

  it('takes the socket from the environment', async () => {
    vi.stubEnv('POPLIN_SOCKET', daemon.socket);
    try {
      expect((await runCaptured(['nodes'])).exitStatus).toBe(0);
    } finally {
      vi.unstubAllEnvs();
    }
  });
});

describe('config', () => {
  it('get prints the document alone, readable or on one line', async () => {
    expect((await ctl('config', 'get')).stdout).toBe(
      '{\n  "backend": {\n    "type": "host-gw"\n  }\n}\n',
    );
    expect((await ctl('config', 'get', '--json')).stdout).toBe('{"backend":{"type":"host-gw"}}\n');
  });

  it('apply sends a file as it is and tells what changed', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'poplin-cli-config-'));
    try {
      writeFileSync(join(dir, 'c.yaml'), 'backend: {mtu: 1400}\n');
      const end = await ctl('config', 'apply', '-f', join(dir, 'c.yaml'));
      expect(end).toEqual({
        exitStatus: 0,
        stdout: 'changed; revision 6\n  backend.mtu\n',
        stderr: '',
      });
      expect(daemon.requests).toMatchObject([
        { document: 'backend: {mtu: 1400}\n', dryRun: false },
      ]);
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  });

  it('apply reads standard input and can only try', async () => {
    const args = ['--socket', daemon.socket, 'config', 'apply', '-f', '-', '--dry-run', '--json'];
    const end = await runCaptured(args, '{}');
    expect(JSON.parse(end.stdout)).toMatchObject({ changed: true, dryRun: true, revision: 6 });
    expect(daemon.requests).toMatchObject([{ document: '{}', dryRun: true }]);
  });

  it('apply refuses an empty document without a call', async () => {
    const end = await ctl('config', 'apply', '-f', '-');
    expect(end).toMatchObject({ exitStatus: 1, stdout: '' });
    expect(end.stderr).toContain('standard input is empty');
    expect(daemon.requests).toEqual([]);
  });

  it("tells the daemon's refusal with its reason", async () => {
    const end = await runCaptured(['--socket', daemon.socket, 'config', 'apply', '-f', '-'], 'bad');
    expect(end).toEqual({
      exitStatus: 1,
      stdout: '',
      stderr:
        'poplinctl: cannot apply the document on standard input: backend.type: "bad" is none (CONFIG_INVALID)\n',
    });
  });
});
