import type { BackendHost, NetworkView, Peer, RunningBackend } from '@poplin/backend';
import { type Cidr, type Log, parseCidr, parseIp } from '@poplin/net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type BackendFolder, backendFolder } from '../../../test-support/backend-folder.js';
import { type BackendLimits, backendLimits } from './limits.js';
import { loadExternalBackend } from './load.js';

const limits: BackendLimits = {
  ...backendLimits,
  answerMs: 2_000,
  startMs: 5_000,
  backoffMs: 50,
  announceMs: 10,
  heapMib: 64,
};
const view: NetworkView = {
  underlay: {
    link: 'eth0',
    mtu: 1500,
    addresses: [
      { family: 'ipv4', ip: parseIp('192.168.7.1'), onLink: parseCidr('192.168.7.0/24') },
    ],
  },
  pools: [parseCidr('10.244.0.0/16')],
};
const peer = (number: number, does = 'none'): Peer => ({
  name: `n${number}`,
  addresses: [parseIp(`192.168.7.${number}`)],
  blocks: [parseCidr(`10.244.${number}.0/26`)],
  data: { does },
});

let folder: BackendFolder;
let running: RunningBackend | undefined;
const lines: string[] = [];
const keep = (facts: object, text: string): void =>
  void lines.push(`${text} ${JSON.stringify(facts)}`);
const log: Log = { debug: keep, info: keep, warn: keep, error: keep };
const host: BackendHost = {
  ...{ nodeName: 'n1', nodeId: 'id-1', underlay: view.underlay, linkSuffix: '', log },
};

beforeAll(() => {
  folder = backendFolder();
  folder.install('poplin-backend-mischief', 'mischief.js');
});
afterAll(() => folder[Symbol.dispose]());
afterEach(async () => {
  await running?.stop();
  running = undefined;
  lines.length = 0;
});

async function start(options: object = {}, ownBlocks: () => readonly Cidr[] = () => [], more = {}) {
  const directories = [folder.path];
  const at = { directories, log, ownBlocks, limits: { ...limits, ...more } };
  const backend = await loadExternalBackend('mischief', at);
  running = await backend.start(host, await backend.options.parseAsync(options));
  return running;
}
const routesTo = (one: RunningBackend, to: Peer): readonly string[] =>
  one.planPeer(to, view).state.routes.map(({ dst }) => dst);
const problemsOf = (one: RunningBackend): string => one.problems?.().join('\n') ?? '';
async function until(what: string, isSo: () => boolean): Promise<void> {
  const deadline = Date.now() + 40_000;
  while (!isSo()) {
    if (Date.now() > deadline) throw new Error(`waited in vain until ${what}: ${lines.join('\n')}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

describe('a backend in a thread of its own', () => {
  it('publishes, tells its overhead, and plans what it was asked to prepare', async () => {
    const one = await start();
    expect(one.published).toEqual({ does: 'none' });
    expect(one.overhead(view)).toEqual({ ipv4: 20, ipv6: 40 });
    expect(await one.prepare?.([peer(2), peer(3)], view)).toBe(true);
    expect(routesTo(one, peer(2))).toEqual(['10.244.2.0/26']);
    expect(one.planPeer(peer(3), view).refusals).toEqual([]);
    expect(one.planHost(view).sysctls).toHaveLength(1);
    expect(one.problems?.()).toEqual([]);
  });

  it('is asked for what nobody prepared, and tells when it has answered', async () => {
    const one = await start();
    let changes = 0;
    one.onChange?.(() => {
      changes += 1;
    });
    expect(one.planPeer(peer(2), view).refusals).toEqual([expect.stringContaining('not said yet')]);
    await until('it tells', () => changes > 0);
    expect(routesTo(one, peer(2))).toEqual(['10.244.2.0/26']);
  });

  it('answers for five thousand peers', async () => {
    const one = await start();
    const peers = Array.from({ length: 5_000 }, (_, at) => ({
      ...peer(2),
      name: `p${at}`,
      blocks: [parseCidr(`10.244.${at >> 6}.${(at & 63) << 2}/30`)],
    }));
    expect(await one.prepare?.(peers, view)).toBe(true);
    expect(peers.every((each) => routesTo(one, each).length === 1)).toBe(true);
  });

  it('hears of all peers, and its plans follow when it says that they are others', async () => {
    const one = await start();
    await one.prepare?.([peer(2)], view);
    expect(one.planHost(view).sysctls[0]?.value).toBe('0');
    one.peersChanged?.([peer(2), peer(3), peer(4)], view);
    await until('the plan follows', () => one.planHost(view).sysctls[0]?.value === '3');
  });

  it('logs into the log of the daemon, console.log too, without drowning it', async () => {
    const one = await start();
    await one.prepare?.([peer(2, 'noise')], view);
    await until('noise is heard', () => lines.some((line) => line.startsWith('noise 0')));
    expect(lines.find((line) => line.startsWith('mischief is at work'))).toMatch(
      /"count":1,"backend":"mischief"/,
    );
    expect(lines.length).toBeLessThan(200);
  });

  it('does not see the environment of the daemon', async () => {
    process.env.POPLIN_SECRET = 'swordfish';
    folder.write(
      'poplin-backend-spy',
      'throw new Error("sees " + (process.env.POPLIN_SECRET ?? "nothing"))',
    );
    const spied = loadExternalBackend('spy', { directories: [folder.path], log, limits });
    await expect(spied).rejects.toThrow(/sees nothing/);
    delete process.env.POPLIN_SECRET;
  });
});

describe('when the backend does not plan well, its last good answers stand', () => {
  it.each([
    ['throw', /planPeer: the answer is lost/],
    ['huge', /planPeer: the answer has \d+ characters; 8388608 are allowed/],
    ['garbage', /bad plan: state\.routes\.0/],
    ['circular', /planPeer: .*circular/],
    ['forbidden', /route 0\.0\.0\.0\/0: a backend may not have a default route/],
  ])('and it goes on: %s', async (does, reason) => {
    const one = await start();
    await one.prepare?.([peer(2), peer(3)], view);
    expect(await one.prepare?.([peer(2, does), peer(4)], view)).toBe(false);
    expect(routesTo(one, peer(2, does))).toEqual(['10.244.2.0/26']);
    expect(routesTo(one, peer(4))).toEqual(['10.244.4.0/26']);
    expect(problemsOf(one)).toMatch(reason);
    expect(problemsOf(one)).toMatch(/node n2\); its last good answer stands/);
    await one.prepare?.([peer(2)], view);
    expect(problemsOf(one)).toBe('');
  });

  it.each([
    ['loop', /mischief did not answer for 2 s \(fails in planPeer\)/],
    ['promise', /mischief did not answer for 2 s \(fails in planPeer\)/],
    ['exit', /process\.exit\(3\)/],
    ['memory', /took more than 64 MiB of memory/],
  ])('and its thread is started anew: %s', async (does, reason) => {
    const one = await start();
    await one.prepare?.([peer(2), peer(3)], view);
    expect(await one.prepare?.([peer(2, does), peer(4)], view)).toBe(false);
    expect(problemsOf(one)).toMatch(reason);
    expect(routesTo(one, peer(2, does))).toEqual(['10.244.2.0/26']);
    expect(routesTo(one, peer(3))).toEqual(['10.244.3.0/26']);
    // The new thread answers the others, and is not asked at once what ended the old one.
    await until('it plans the others', () => routesTo(one, peer(4)).length === 1);
    expect(routesTo(one, peer(2, does))).toEqual(['10.244.2.0/26']);
    expect(await one.prepare?.([peer(2), peer(5)], view)).toBe(true);
    await until('all is well', () => problemsOf(one) === '');
  });

  it.each(['uncaught', 'reject'])('and its thread is started anew: %s', async (does) => {
    const one = await start();
    await one.prepare?.([peer(2)], view);
    await one.prepare?.([peer(3, does)], view);
    await until('it has died', () => lines.some((line) => line.includes('is started again')));
    expect(lines.join('\n')).toMatch(/nobody caught: (out of nowhere|nobody listens)|has ended/);
    expect(routesTo(one, peer(2))).toEqual(['10.244.2.0/26']);
    one.peersChanged?.([peer(2)], view);
    await until('it lives', () => problemsOf(one) === '');
    expect(routesTo(one, peer(2))).toEqual(['10.244.2.0/26']);
  });

  it('also when it does not take the news of its peers', async () => {
    const one = await start({ peers: 'loop' });
    await one.prepare?.([peer(2)], view);
    one.peersChanged?.([peer(2)], view);
    await until('it has died', () => lines.some((line) => line.includes('is started again')));
    await until('it lives', () => problemsOf(one) === '');
    expect(await one.prepare?.([peer(3)], view)).toBe(true);
  });

  it('and what ended a thread is asked once more after a while', async () => {
    const one = await start({}, () => [], { forgiveMs: 300 });
    await one.prepare?.([peer(2, 'exit')], view);
    const deaths = () => lines.filter((line) => line.includes('is started again')).length;
    await until('it has been asked once more', () => deaths() >= 2);
  });

  it('and refuses a peer that it has never answered for, with the reason', async () => {
    const one = await start();
    expect(await one.prepare?.([peer(2, 'throw')], view)).toBe(false);
    expect(one.planPeer(peer(2, 'throw'), view)).toMatchObject({
      state: { routes: [] },
      refusals: [expect.stringContaining('the answer is lost')],
    });
  });

  it('and refuses a peer whose data its schema does not take, by name', async () => {
    const one = await start();
    await one.prepare?.([{ ...peer(2), data: { does: 'sing' } }], view);
    expect(problemsOf(one)).toMatch(/node n2 published data that it cannot read: does: /);
  });
});

it('takes back a route to a block that this node has claimed since', async () => {
  const own: Cidr[] = [];
  const one = await start({}, () => own);
  await one.prepare?.([peer(2), peer(3)], view);
  own.push(parseCidr('10.244.2.0/28'));
  expect(routesTo(one, peer(2))).toEqual([]);
  expect(routesTo(one, peer(3))).toEqual(['10.244.3.0/26']);
  expect(problemsOf(one)).toMatch(/it meets 10\.244\.2\.0\/28, a block of this node/);
});

describe('a start that fails', () => {
  it.each([
    [{ start: 'throw' }, /mischief fails in start: the answer is lost/],
    [{ start: 'exit' }, /process\.exit\(3\)/],
    [{ start: 'hang' }, /did not answer for 5 s \(fails in start\)/],
    [{ start: 'loop' }, /did not answer for 5 s \(fails in start\)/],
    [{ start: 'publish' }, /publishes 100002 characters; 65536 are allowed/],
  ])('is told in the words of the backend: %j', async (options, reason) => {
    await expect(start(options)).rejects.toMatchObject({
      code: 'BACKEND_FAILED',
      message: expect.stringMatching(reason),
    });
  });
});

describe('stop', () => {
  it.each(['none', 'throw', 'hang', 'exit', 'loop'])(
    'ends the thread, whatever the backend does: %s',
    async (how) => {
      const one = await start({ stop: how });
      await one.stop();
      await one.stop();
      expect(await one.prepare?.([peer(2)], view)).toBe(false);
      running = undefined;
    },
  );
});
