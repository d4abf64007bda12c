/**
 * Throughput of the udp backend between two namespaces, beside the plain wire and the kernel's vxlan in the same run. As root, with iperf3:
 * `node packages/backend-udp/bench/dist/main.js [seconds]`.
 *
 * @module
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { DaemonReport } from './report.js';

const seconds = process.argv[2] ?? '5';
const run = `pb${randomBytes(3).toString('hex')}`;
const [a, b] = [`${run}-1`, `${run}-2`] as const;
const ip = (...args: string[]): Buffer => execFileSync('ip', args);
const inside = (name: string, ...command: string[]): string =>
  execFileSync('ip', ['netns', 'exec', name, ...command], { encoding: 'utf8' });

interface Figures {
  readonly what: string;
  readonly tcpMbit: number;
  readonly tcpReverseMbit: number;
  readonly smallPps: number;
  readonly pingMs: number;
}

function wire(): void {
  for (const name of [a, b]) {
    ip('netns', 'add', name);
    ip('-n', name, 'link', 'set', 'lo', 'up');
  }
  ip('-n', a, 'link', 'add', 'eth0', 'type', 'veth', 'peer', 'name', 'eth0', 'netns', b);
  for (const [i, name] of [a, b].entries()) {
    ip('-n', name, 'address', 'add', `192.168.7.${i + 1}/24`, 'dev', 'eth0');
    ip('-n', name, 'link', 'set', 'eth0', 'up');
    ip('-n', name, 'address', 'add', `10.244.${i + 1}.5/32`, 'dev', 'lo');
  }
}

function plain(): void {
  for (const [i, name] of [a, b].entries()) {
    const route = [`10.244.${2 - i}.0/24`, 'via', `192.168.7.${2 - i}`, 'src', `10.244.${i + 1}.5`];
    ip('-n', name, 'route', 'replace', ...route);
  }
}

function vxlan(): void {
  for (const [i, name] of [a, b].entries()) {
    const own = ['id', '1', 'dstport', '8472', 'local', `192.168.7.${i + 1}`, 'dev', 'eth0'];
    const mac = (n: number): string => `02:00:00:00:00:0${n}`;
    ip(
      '-n',
      name,
      'link',
      'add',
      'vx',
      'address',
      mac(i + 1),
      'type',
      'vxlan',
      ...own,
      'nolearning',
    );
    ip('-n', name, 'link', 'set', 'vx', 'up');
    const via = `192.168.7.${2 - i}`;
    ip('-n', name, 'neighbour', 'add', via, 'lladdr', mac(2 - i), 'dev', 'vx', 'nud', 'permanent');
    inside(name, 'bridge', 'fdb', 'append', mac(2 - i), 'dst', via, 'dev', 'vx');
    const route = ['via', via, 'dev', 'vx', 'onlink', 'src', `10.244.${i + 1}.5`];
    ip('-n', name, 'route', 'replace', `10.244.${2 - i}.0/24`, ...route);
  }
}

async function daemon(n: number, name: string): Promise<ChildProcess> {
  const file = fileURLToPath(new URL('./daemon.js', import.meta.url));
  const child = spawn('ip', ['netns', 'exec', name, process.execPath, file, String(n)], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  await once(child, 'message');
  return child;
}

async function iperf(...args: string[]): Promise<{ end: Record<string, never> }> {
  const server = spawn('ip', ['netns', 'exec', b, 'iperf3', '-s', '-1', '-B', '10.244.2.5'], {
    stdio: 'ignore',
  });
  await sleep(300);
  const client = ['iperf3', '-c', '10.244.2.5', '-B', '10.244.1.5', '-J', '-t', seconds];
  const child = spawn('ip', ['netns', 'exec', a, ...client, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  child.stdout.on('data', (chunk) => {
    text += chunk;
  });
  await once(child, 'close');
  server.kill();
  return JSON.parse(text);
}

async function measure(what: string): Promise<Figures> {
  const tcp = async (...args: string[]): Promise<number> => {
    const { end } = (await iperf(...args)) as never as {
      end: { sum_received: { bits_per_second: number } };
    };
    return Math.round(end.sum_received.bits_per_second / 1e6);
  };
  const small = (await iperf('-u', '-l', '64', '-b', '0')) as never as {
    end: { sum: { packets: number; lost_packets: number; seconds: number } };
  };
  const { packets, lost_packets: lost } = small.end.sum;
  const ping = inside(
    a,
    'ping',
    '-q',
    '-c',
    '500',
    '-i',
    '0.002',
    '-I',
    '10.244.1.5',
    '10.244.2.5',
  );
  return {
    what,
    tcpMbit: await tcp(),
    tcpReverseMbit: await tcp('-R'),
    smallPps: Math.round((packets - lost) / Number(seconds)),
    pingMs: Number(/= [\d.]+\/([\d.]+)/.exec(ping)?.[1]),
  };
}

async function loopDelay(daemons: readonly ChildProcess[], rate: string): Promise<DaemonReport[]> {
  for (const child of daemons) child.send('measure');
  await iperf('-b', rate);
  return Promise.all(
    daemons.map(async (child) => {
      child.send('report');
      return (await once(child, 'message'))[0] as DaemonReport;
    }),
  );
}

/** How long nothing got through while a daemon was killed and another started, ms. */
async function restart(daemons: ChildProcess[]): Promise<number> {
  const count = 1000;
  const ping = ['ping', '-q', '-c', String(count), '-i', '0.005', '-I', '10.244.1.5', '10.244.2.5'];
  const child = spawn('ip', ['netns', 'exec', a, ...ping], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  child.stdout.on('data', (chunk) => {
    text += chunk;
  });
  const ended = once(child, 'close');
  await sleep(1000);
  const [first] = daemons;
  first?.kill('SIGKILL');
  daemons[0] = await daemon(1, a);
  await ended;
  return (count - Number(/(\d+) received/.exec(text)?.[1])) * 5;
}

wire();
const daemons: ChildProcess[] = [];
try {
  plain();
  console.log(await measure('plain'));
  vxlan();
  console.log(await measure('vxlan'));
  daemons.push(await daemon(1, a), await daemon(2, b));
  console.log(await measure('udp'));
  for (const rate of ['0', '100M']) {
    const reports = await loopDelay(daemons, rate);
    const figures = reports.map(({ p50, p99, max }) => ({ p50, p99, max }));
    console.log(rate === '0' ? 'loop delay, all that goes' : `loop delay, ${rate}bit/s`, figures);
  }
  // What hardware without the offload has: the kernel cuts before the interface.
  for (const name of [a, b]) inside(name, 'ethtool', '-K', 'eth0', 'tx-udp-segmentation', 'off');
  console.log(await measure('udp, no segmentation by the interface'));
  console.log('killed and started anew, ms without packets', await restart(daemons));
} finally {
  for (const child of daemons) {
    child.send('stop');
    await once(child, 'exit');
  }
  ip('netns', 'delete', a);
  ip('netns', 'delete', b);
}
