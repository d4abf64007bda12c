import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { enterNetns, openNetns } from '@poplin/netlink';
import { ip } from './tools.js';

/** A pod with one interface, as a network namespace beside the host's. */
export interface StagePod {
  readonly namespace: string;
  /** Name of the host's end. */
  readonly link: string;
  /** Name of the link that leads what comes from it, where that is limited. */
  readonly ifb: string;
  /** Address of the host's end, and of the pod's. */
  readonly hostIp: string;
  readonly podIp: string;
  /** Where transfers of this pod go, so that those of two pods may run at once. */
  readonly port: number;
}

/** A host as a network namespace, which this process has moved into for good, with the kernel's own tools. */
export interface PodHost extends Disposable {
  /** Makes a pod; it is taken down with the host. */
  addPod(): StagePod;
  /** Deletes a pod's link, as its runtime does. */
  removePod(pod: StagePod): void;
  /** Sends as many bytes to the pod or from it, and tells how long that took, ms. */
  transfer(pod: StagePod, direction: 'toPod' | 'fromPod', bytes: number): Promise<number>;
}

/** Makes a host and moves the process there. Dispose of it when the tests of the file end. */
export function enterPodHost(): PodHost {
  const prefix = `pt${randomBytes(3).toString('hex')}`;
  const namespaces = [`${prefix}-host`];
  execFileSync('ip', ['netns', 'add', `${prefix}-host`]);
  using netns = openNetns(`/run/netns/${prefix}-host`);
  enterNetns(netns);
  return {
    addPod() {
      const pod = makePod(prefix, namespaces.length);
      namespaces.push(pod.namespace);
      return pod;
    },
    removePod({ link }) {
      ip('link', 'delete', link);
    },
    transfer,
    [Symbol.dispose]() {
      for (const name of namespaces) spawnSync('ip', ['netns', 'delete', name]);
    },
  };
}

function makePod(prefix: string, number: number): StagePod {
  const namespace = `${prefix}-pod${number}`;
  const link = `pop${randomBytes(6).toString('hex').slice(0, 11)}`;
  const hostIp = `10.9.${number}.1`;
  const podIp = `10.9.${number}.2`;
  const inPod = (...args: string[]): string => ip('-n', namespace, ...args);
  ip('netns', 'add', namespace);
  ip(
    'link',
    'add',
    link,
    'mtu',
    '1400',
    'type',
    'veth',
    'peer',
    'name',
    'eth0',
    'netns',
    namespace,
  );
  ip('link', 'set', link, 'alias', `poplin:pod:${namespace}:eth0`, 'up');
  ip('address', 'add', `${hostIp}/24`, 'dev', link);
  inPod('link', 'set', 'eth0', 'mtu', '1400', 'up');
  inPod('address', 'add', `${podIp}/24`, 'dev', 'eth0');
  return { namespace, link, ifb: `pbw${link.slice(3)}`, hostIp, podIp, port: 5000 + number };
}

async function transfer(
  { namespace, hostIp, podIp, port }: StagePod,
  direction: 'toPod' | 'fromPod',
  bytes: number,
): Promise<number> {
  const inPod = ['netns', 'exec', namespace];
  const toPod = direction === 'toPod';
  const listen = ['socat', '-u', `TCP-LISTEN:${port},reuseaddr`, 'OPEN:/dev/null'];
  const target = `TCP:${toPod ? podIp : hostIp}:${port}`;
  const send = ['sh', '-c', `head -c ${bytes} /dev/zero | socat -u - ${target}`];
  const start = (inside: boolean, command: readonly string[]) =>
    inside
      ? spawn('ip', [...inPod, ...command], { stdio: 'ignore' })
      : spawn(command[0] ?? '', command.slice(1), { stdio: 'ignore' });
  const receiver = start(toPod, listen);
  const received = once(receiver, 'exit');
  try {
    const sockets = toPod ? ['-n', '-Hltn'] : ['-Hltn'];
    const listening = (): boolean =>
      execFileSync(toPod ? 'ip' : 'ss', toPod ? [...inPod, 'ss', ...sockets] : sockets, {
        encoding: 'utf8',
      }).includes(`:${port} `);
    for (let looks = 0; !listening(); looks++) {
      if (looks > 500) throw new Error('the receiver does not listen');
      await sleep(10);
    }
    const begin = performance.now();
    const sender = start(!toPod, send);
    const [[code]] = await Promise.all([received, once(sender, 'exit')]);
    if (code !== 0) throw new Error(`the receiver ended with ${code}`);
    return performance.now() - begin;
  } finally {
    receiver.kill();
  }
}
