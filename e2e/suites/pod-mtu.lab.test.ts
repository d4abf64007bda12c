import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type AttachMode,
  callFor,
  callPlugin,
  failureOf,
  type Host,
  Lab,
  LabProcess,
  makeContainer,
  Namespace,
  waitUntil,
} from '../lab/index.js';

/** A pod that was attached by version 1.1.0, whose results tell the MTU. */
interface Subject {
  readonly namespace: Namespace;
  readonly container: ReturnType<typeof makeContainer>;
  readonly config: Readonly<Record<string, unknown>>;
  readonly result: unknown;
}

describe.each<AttachMode>(['routed', 'bridge'])('the MTU of pods that are attached %s', (mode) => {
  let lab: Lab;
  let host: Host;
  const subjects = new Map<string, Subject>();

  const attach = async (name: string, keys: object = {}): Promise<Subject> => {
    const namespace = await Namespace.create(`${lab.id}-${name}`);
    const container = makeContainer(name);
    const config = { ...host.networkConfig, cniVersion: '1.1.0', ...keys };
    const call = { ...callFor(host, container, namespace), config };
    const answer = await callPlugin({ ...call, command: 'ADD' });
    const subject = { namespace, container, config, result: JSON.parse(answer.stdout) };
    if (answer.status === 0) subjects.set(name, subject);
    return subject;
  };
  const subject = (name: string): Subject => {
    const found = subjects.get(name);
    if (!found) throw new Error(`no pod ${name}`);
    return found;
  };
  const check = async ({ namespace, container, config, result }: Subject) => {
    const call = callFor(host, container, namespace);
    const withResult = { ...config, prevResult: result };
    return callPlugin({ ...call, config: withResult, command: 'CHECK' });
  };
  const mtuIn = async (name: string): Promise<number | undefined> => {
    const [link] = (await subject(name).namespace.observe('link', 'show', 'eth0')) as Link[];
    return link?.mtu;
  };
  /** MTU of the host's end of a pod, and of the bridge where there is one. */
  const mtusAtHost = async (name: string): Promise<readonly number[]> => {
    const { interfaces } = subject(name).result as { interfaces: { name: string }[] };
    const names = interfaces.map((one) => one.name).filter((one) => one.startsWith('pop'));
    const links = (await host.namespace.observe('link', 'show')) as Link[];
    return links.filter(({ ifname }) => names.includes(ifname)).map(({ mtu }) => mtu);
  };
  const routesIn = async (name: string): Promise<readonly string[]> => {
    const { namespace } = subject(name);
    const show = (family: string) =>
      namespace.must(['ip', family, 'route', 'show', 'default', 'table', 'main']);
    return [await show('-4'), await show('-6')].map(
      (text) => /mtu (\d+)/.exec(text)?.[1] ?? 'none',
    );
  };
  const setMtu = (mtu: number): Promise<void> =>
    host.namespace.configure([`link set eth0 mtu ${mtu}`]);
  const becomes = (name: string, mtu: number): Promise<unknown> =>
    waitUntil(`pod ${name} has an MTU of ${mtu}`, async () => (await mtuIn(name)) === mtu);

  beforeAll(async () => {
    const pools = [
      { cidr: '10.244.0.0/16', blockSize: 26 },
      { cidr: 'fd00:10:244::/56', blockSize: 122 },
    ];
    lab = await Lab.create({ nodes: 1, pools, attach: mode });
    host = lab.host('n1');
    await attach('plain');
    await attach('asked', { attach: { mtu: 1300 } });
    await attach('touched');
  });

  afterAll(async () => {
    await lab?.[Symbol.asyncDispose]();
  });

  it('is what new ones get when that changes, at both ends, and CHECK is content', async () => {
    expect(await mtuIn('plain')).toBe(1500);
    const log = `${lab.folder}/ping.log`;
    const { namespace } = subject('plain');
    const [address] = await namespace.addresses();
    const argv = ['ping', '-n', '-i', '0.01', `${address}`];
    const ping = await LabProcess.start({
      ...{ name: 'ping', lab: lab.id, namespace: host.namespace, argv, log },
    });
    for (const mtu of [1400, 9000, 1450]) {
      await setMtu(mtu);
      await becomes('plain', mtu);
      await waitUntil('the host has it', async () =>
        (await mtusAtHost('plain')).every((one) => one === mtu),
      );
      expect(await mtusAtHost('plain')).toHaveLength(mode === 'bridge' ? 2 : 1);
      expect(await check(subject('plain'))).toMatchObject({ status: 0 });
    }
    await ping.stop('SIGINT');
    expect(ping.lastWords()).toMatch(/ 0% packet loss/);
  });

  it('is that of the network where its configuration says one', async () => {
    expect(await mtuIn('asked')).toBe(1300);
    expect(await check(subject('asked'))).toMatchObject({ status: 0 });
  });

  it('is left alone where somebody else has changed the pod', async () => {
    const { namespace } = subject('touched');
    await namespace.configure(['link set eth0 mtu 1350']);
    await setMtu(1440);
    await becomes('plain', 1440);
    expect(await mtuIn('touched')).toBe(1350);
  });

  it('is known again after a restart, and followed from there', async () => {
    await host.stop();
    await setMtu(1420);
    await host.start();
    await host.waitReady();
    await becomes('plain', 1420);
    expect(await check(subject('plain'))).toMatchObject({ status: 0 });
  });

  it('may be more than what fits: the default routes say so, in new pods and in those that run', async () => {
    const document = JSON.parse((await host.poplinctl('config', 'get', '--json')).stdout) as {
      attach: object;
    };
    const input = JSON.stringify({ ...document, attach: { ...document.attach, mtu: 4000 } });
    const path = `${lab.folder}/wide.json`;
    await host.namespace.must(['tee', path], { input });
    expect(await host.poplinctl('config', 'apply', '-f', path)).toMatchObject({ status: 0 });
    await becomes('plain', 4000);
    expect(await routesIn('plain')).toEqual(['1420', '1420']);
    expect(await check(subject('plain'))).toMatchObject({ status: 0 });
    await attach('wide');
    expect(await mtuIn('wide')).toBe(4000);
    expect(await routesIn('wide')).toEqual(['1420', '1420']);
    expect(await check(subject('wide'))).toMatchObject({ status: 0 });
    await setMtu(1410);
    await waitUntil('the routes follow', async () =>
      (await routesIn('wide')).every((mtu) => mtu === '1410'),
    );
    expect(await check(subject('wide'))).toMatchObject({ status: 0 });
    await subject('wide').namespace.configure([
      'route replace default via 169.254.1.1 dev eth0 onlink',
    ]);
    const refused = await check(subject('wide'));
    expect(failureOf(refused)).toMatchObject({
      code: 107,
      msg: expect.stringContaining('mtu 1410'),
    });
  });

  it('is never less than IPv6 needs: an ADD is refused, pods that run stay', async () => {
    await setMtu(1200);
    await waitUntil('the daemon says so', async () =>
      (await host.poplinctl('status')).stdout.includes('pods cannot have IPv6'),
    );
    const { result } = await attach('late');
    expect(result).toMatchObject({ code: 110, msg: expect.stringContaining('1280') });
    expect(await mtuIn('plain')).toBe(4000);
    await setMtu(1500);
    await waitUntil(
      'that is over',
      async () => !(await host.poplinctl('status')).stdout.includes('pods cannot have IPv6'),
    );
    await attach('later');
    expect(await mtuIn('later')).toBe(4000);
  });
});

interface Link {
  readonly ifname: string;
  readonly mtu: number;
}
