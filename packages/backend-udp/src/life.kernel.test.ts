import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';
import { type Log, parseIp, silentLog } from '@poplin/net';
import { openUdp } from '@poplin/netlink';
import { describe, expect, it } from 'vitest';
import { nodeIp, podIp, type TestNode, twoNodes } from '../test-support/two-nodes.js';
import { startUdp } from './backend.js';
import { Forwarder } from './forwarder/forwarder.js';
import { PeerFeed } from './peer-feed.js';

const ping = (from: TestNode, ...args: string[]): Promise<string> =>
  from.pod.execAsync('ping', '-c3', '-i0.05', '-W1', ...args, podIp(2));

/** A log that keeps its complaints. */
function complaints(): { readonly log: Log; readonly messages: string[] } {
  const messages: string[] = [];
  const keep = (_: unknown, message: string): void => void messages.push(message);
  return { log: { ...silentLog, warn: keep, error: keep }, messages };
}

/** The backend of a node once more, as the next daemon has it. */
const startAgain = ({ host, view, name }: TestNode, log: Log = silentLog, port = 8285) =>
  startUdp(
    { nodeName: name, nodeId: name, underlay: view.underlay, linkSuffix: '', log },
    { port },
    host.netns,
  );

describe('a restart', () => {
  it('finds the link and its routes in place, and forwards on them', async () => {
    await using nodes = await twoNodes();
    const { a, b } = nodes;
    const state = (): string =>
      a.host.exec('ip', 'route', 'show', 'table', 'all', 'dev', 'poplin.udp', 'proto', '112');
    const before = state();
    expect(before).toContain('10.244.2.0/24');
    await a.stop();
    const link = (): string => a.host.exec('ip', 'link', 'show', 'poplin.udp');
    await expect.poll(link, { timeout: 30_000 }).toContain('NO-CARRIER');
    expect(
      state()
        .replaceAll(' linkdown', '')
        .split('\n')
        .map((line) => line.trim()),
    ).toEqual(before.split('\n').map((line) => line.trim()));
    expect(await ping(a)).toContain('0 received');
    const running = await startAgain(a);
    try {
      running.peersChanged?.([b.peer], a.view);
      await expect.poll(() => ping(a), { timeout: 30_000 }).toContain('3 received');
      expect(state()).toBe(before);
    } finally {
      await running.stop();
    }
  });

  it('waits for a daemon that is about to end, and takes over', async () => {
    await using nodes = await twoNodes();
    const { a, b } = nodes;
    const { log, messages } = complaints();
    const running = await startAgain(a, log);
    try {
      running.peersChanged?.([b.peer], a.view);
      expect(messages.join()).toMatch(/poplin\.udp is open in another process/);
      expect(messages.join()).toMatch(/UDP port 8285 of 192\.168\.7\.1 is taken.*ss -lunp.*port:/);
      await a.stop();
      await expect.poll(() => ping(a), { timeout: 20_000 }).toContain('3 received');
      expect(running.counters?.().sent_packets).toBeGreaterThanOrEqual(3);
    } finally {
      await running.stop();
    }
  });
});

describe('a link that somebody deletes', () => {
  it('comes back, and the plans are asked for again', async () => {
    const { log, messages } = complaints();
    await using nodes = await twoNodes({ log });
    const { a } = nodes;
    let changes = 0;
    a.running.onChange?.(() => {
      changes += 1;
      a.apply();
    });
    for (let round = 1; round <= 3; round++) {
      a.host.exec('ip', 'link', 'delete', 'poplin.udp');
      await expect.poll(() => changes, { timeout: 30_000 }).toBe(round);
      await expect.poll(() => ping(a), { timeout: 30_000 }).toContain('3 received');
    }
    expect(messages.filter((message) => message.includes('somebody deleted'))).toHaveLength(3);
  });
});

describe('a port that another program has', () => {
  it('is named in the log with the remedy, and used as soon as it is free', async () => {
    await using nodes = await twoNodes();
    const { a, b } = nodes;
    await a.stop();
    const other = await openUdp({
      netns: a.host.netns,
      local: { address: parseIp(nodeIp(1)), port: 8285 },
    });
    const { log, messages } = complaints();
    const running = await startAgain(a, log);
    try {
      running.peersChanged?.([b.peer], a.view);
      expect(messages[0]).toMatch(/UDP port 8285 of 192\.168\.7\.1 is taken/);
      expect(await ping(a)).toContain('0 received');
      expect(running.counters?.().out_no_socket).toBeGreaterThan(0);
      other.close();
      await expect.poll(() => ping(a), { timeout: 20_000 }).toContain('3 received');
    } finally {
      await running.stop();
    }
  });

  it('does not matter where each node has another', async () => {
    await using nodes = await twoNodes();
    const { a, b } = nodes;
    await a.stop();
    const running = await startAgain(a, silentLog, 9999);
    try {
      running.peersChanged?.([b.peer], a.view);
      b.running.peersChanged?.([{ ...a.peer, data: running.published }], b.view);
      await expect.poll(() => ping(a), { timeout: 30_000 }).toContain('3 received');
    } finally {
      await running.stop();
    }
  });
});

describe('a change while packets flow', () => {
  it('of the own address moves the socket to it', async () => {
    await using nodes = await twoNodes();
    const { a, b } = nodes;
    a.host.exec('ip', 'address', 'replace', '192.168.7.11/24', 'dev', 'eth0');
    const [was] = a.view.underlay.addresses;
    if (!was) throw new Error('it has one');
    const address = { ...was, ip: parseIp('192.168.7.11') };
    const view = { ...a.view, underlay: { ...a.view.underlay, addresses: [address] } };
    a.running.peersChanged?.([b.peer], view);
    b.running.peersChanged?.([{ ...a.peer, addresses: [address.ip] }], b.view);
    // Two threads have to hear of it.
    await expect.poll(() => ping(a), { timeout: 30_000 }).toContain('3 received');
    expect(a.host.exec('ss', '-Hlun')).toContain('192.168.7.11:8285');
    expect(a.host.exec('ss', '-Hlun')).not.toContain('192.168.7.1:8285');
  });

  it('of the peers counts for the next packet: one that has gone is not let in', async () => {
    await using nodes = await twoNodes();
    const { a, b } = nodes;
    expect(await ping(a)).toContain('3 received');
    b.running.peersChanged?.([], b.view);
    expect(await ping(a)).toContain('0 received');
    expect(b.counter('in_stranger')).toBe(3);
    b.running.peersChanged?.([a.peer], b.view);
    await expect.poll(() => ping(a), { timeout: 30_000 }).toContain('3 received');
  });
});

describe('the thread that carries packets', () => {
  it('is replaced when it dies; meanwhile the link and its routes stay', async () => {
    await using nodes = await twoNodes();
    const { a, b } = nodes;
    await a.stop();
    const { log, messages } = complaints();
    const workers: Worker[] = [];
    const forwarder = await Forwarder.start({
      link: 'poplin.udp',
      port: 8285,
      log,
      netns: a.host.netns,
      openWorker(data) {
        const file = createRequire(import.meta.url).resolve('#forwarding-thread');
        const worker = new Worker(file, {
          workerData: data,
          transferList: [data.port],
          execArgv: [],
        });
        workers.push(worker);
        return worker;
      },
    });
    try {
      const index = a.host.exec('cat', '/sys/class/net/poplin.udp/ifindex');
      const { set } = new PeerFeed({ port: 8285 }).next([b.peer], a.view);
      forwarder.setUnderlay(a.addresses);
      forwarder.setDestinations(a.view.pools);
      forwarder.setPeers(set, []);
      await expect.poll(() => ping(a), { timeout: 30_000 }).toContain('3 received');
      await workers[0]?.terminate();
      await expect.poll(() => ping(a), { timeout: 30_000 }).toContain('3 received');
      expect(workers).toHaveLength(2);
      expect(messages.join()).toMatch(/the thread that carries packets ended/);
      expect(a.host.exec('cat', '/sys/class/net/poplin.udp/ifindex')).toBe(index);
    } finally {
      await forwarder.stop();
    }
  });
});

describe('the device', () => {
  it('persists, has no address that anybody uses, and a longer queue than the kernel gives it', async () => {
    await using nodes = await twoNodes();
    const { a } = nodes;
    const [link] = JSON.parse(a.host.exec('ip', '-j', '-d', 'address', 'show', 'poplin.udp'));
    // See `looseReversePath`.
    const unused = { local: '169.254.112.112', prefixlen: 32, scope: 'host' };
    expect(link).toMatchObject({ mtu: 1472, txqlen: 1000, addr_info: [unused] });
    expect(link.linkinfo).toMatchObject({ info_kind: 'tun', info_data: { persist: true } });
  });
});
