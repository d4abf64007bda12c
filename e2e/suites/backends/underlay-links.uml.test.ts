import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { askStatus, type Host, Lab, waitUntil } from '../../lab/index.js';
import { type Way, ways } from './cell.js';
import { areRight, attachByHand, type HandPod, ping } from './hand-pod.js';

/**
 * Hosts whose `eth0` is no network card but what people put above cards. The other kernel has bonds and VLANs; it has no ADD, so pods
 * are attached by hand.
 */
const way = ways.find(({ name }) => name === 'vxlan') as Way;

describe('nodes on a bond, on a VLAN of a bond and on a bridge', () => {
  let lab: Lab;
  let pods: HandPod[];

  beforeAll(async () => {
    lab = await Lab.create({
      ...{ nodes: 3, family: 'dual', start: false, ...way },
      cluster: { masquerade: { enabled: false } },
    });
    await putOnBond(lab, lab.host('n1'));
    await putOnVlan(lab, lab.host('n2'));
    await putOnBridge(lab, lab.host('n3'));
    for (const host of lab.hosts) await host.start();
    for (const host of lab.hosts) await host.waitReady();
    pods = [];
    for (const host of lab.hosts) pods.push(await attachByHand(host));
    await waitUntil('packets leave by the right links', () => areRight(lab.hosts, pods, way));
  });

  afterAll(() => lab?.[Symbol.asyncDispose]());

  const pod = (name: string): HandPod => {
    const found = pods.find(({ host }) => host.name === name);
    if (!found) throw new Error(`no pod on ${name}`);
    return found;
  };

  it('reach each other, pods and nodes', async () => {
    for (const from of pods)
      for (const to of pods.filter((one) => one !== from)) {
        for (const ip of to.ips) await ping(from.namespace, ip);
        for (const ip of to.host.addresses) await ping(from.namespace, ip);
      }
  });

  it('have the tunnel on that link, which is the underlay', async () => {
    for (const host of lab.hosts) {
      expect(await askStatus(host.socket)).toMatchObject({ underlayMtu: 1500 });
      const shown = await host.namespace.must(['ip', '-d', 'link', 'show', 'poplin.vxlan']);
      expect(shown, host.name).toMatch(/ mtu 1450 [\s\S]* dev eth0 /);
    }
  });

  it('of a bond keep their pods reachable when its active port fails', async () => {
    const { namespace, socket } = lab.host('n1');
    const before = await askStatus(socket);
    await namespace.configure(['link set port0 down']);
    await waitUntil('the other port is the active one', async () => {
      const shown = await namespace.must(['ip', '-d', 'link', 'show', 'eth0']);
      return shown.includes('active_slave port1');
    });
    for (const ip of pod('n1').ips) await ping(pod('n3').namespace, ip);
    for (const ip of pod('n2').ips) await ping(pod('n1').namespace, ip);
    expect((await askStatus(socket))?.problems).toEqual(before?.problems);
    await namespace.configure(['link set port0 up']);
  });

  it.each(['n1', 'n2', 'n3'])('follow that link to another MTU, live: %s', async (name) => {
    const { namespace, socket } = lab.host(name);
    await namespace.configure(['link set eth0 mtu 1400']);
    await waitUntil('tunnel and status have it', async () => {
      const shown = await namespace.must(['ip', 'link', 'show', 'poplin.vxlan']);
      return shown.includes(' mtu 1350 ') && (await askStatus(socket))?.underlayMtu === 1400;
    });
    const peer = pods.find(({ host }) => host.name !== name) as HandPod;
    const [ip = ''] = pod(name).ips;
    await waitUntil('the peer says what fits', async () =>
      (await peer.host.namespace.must(['ip', 'route', 'get', ip])).includes('mtu 1350'),
    );
    const whole = ['ping', '-n', '-c1', '-W5', '-M', 'do', '-s', String(1350 - 28), ip];
    await waitUntil(
      'as much as fits gets through whole',
      async () => (await peer.namespace.execute(whole)).status === 0,
    );
    await namespace.configure(['link set eth0 mtu 1500']);
    await waitUntil('all is as before', async () => {
      const shown = await namespace.must(['ip', 'link', 'show', 'poplin.vxlan']);
      const route = await peer.host.namespace.must(['ip', 'route', 'get', ip]);
      return shown.includes(' mtu 1450 ') && !route.includes('mtu 1350');
    });
  });
});

/** Gives a host a second card. */
async function addCard({ underlay }: Lab, { name, namespace, planned }: Host): Promise<void> {
  const { bridge = '' } = underlay.plan.subnets[planned.subnet] ?? {};
  await underlay.namespace.configure([
    `link add ${name}b master ${bridge} up type veth peer name port1 netns ${namespace.name}`,
  ]);
}

/** `eth0` becomes a bond of two cards, of which one works at a time. */
async function putOnBond(lab: Lab, host: Host, bond = 'eth0'): Promise<void> {
  await addCard(lab, host);
  await host.namespace.configure([
    'link set eth0 down',
    'link set eth0 name port0',
    'address flush dev port0',
    `link add ${bond} type bond mode active-backup miimon 100`,
    `link set port0 master ${bond}`,
    `link set port1 master ${bond}`,
    `link set ${bond} up`,
  ]);
  if (bond === 'eth0') await host.namespace.configure(lab.underlay.addressLines(host.planned));
}

/** `eth0` becomes VLAN 100 of such a bond. The switch takes the tags off at its ports. */
async function putOnVlan(lab: Lab, host: Host): Promise<void> {
  await putOnBond(lab, host, 'bond0');
  const { bridge = '' } = lab.underlay.plan.subnets[host.planned.subnet] ?? {};
  await lab.underlay.namespace.configure(
    [host.name, `${host.name}b`].flatMap((port) => [
      `link set ${port} nomaster`,
      `link add ${port}.100 link ${port} type vlan id 100`,
      `link set ${port}.100 master ${bridge} up`,
    ]),
  );
  await host.namespace.configure([
    'link add eth0 link bond0 type vlan id 100',
    ...lab.underlay.addressLines(host.planned),
  ]);
}

/** `eth0` becomes a bridge with the card as its port, as for virtual machines. */
async function putOnBridge(lab: Lab, host: Host): Promise<void> {
  await host.namespace.configure([
    'link set eth0 down',
    'link set eth0 name port0',
    'address flush dev port0',
    'link add eth0 type bridge',
    'link set port0 master eth0 up',
    ...lab.underlay.addressLines(host.planned),
  ]);
}
