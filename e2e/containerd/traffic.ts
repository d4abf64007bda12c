import { type Lab, LabProcess, must, waitUntil } from '../lab/index.js';
import type { Vantage } from './reach.js';
import type { Sandbox } from './sandbox.js';

const port = 9000;

/** Sends so many bytes over TCP from one place to another, which listens at this address. */
export async function send(
  bytes: number,
  from: Vantage,
  to: Vantage,
  address: string,
): Promise<void> {
  const sink = must(to.enter(['socat', '-u', `TCP-LISTEN:${port},reuseaddr`, '/dev/null']));
  const source = `SYSTEM:head -c ${bytes} /dev/zero`;
  await Promise.all([sink, must(from.enter(['socat', '-u', source, targetAt(address)]))]);
}

/**
 * Sends as much as goes, to several pods at the same time, until the first of them has got so many bytes more.
 *
 * @returns the bytes that each pod got, in the order of the pods
 */
export async function flood(
  lab: Lab,
  from: Vantage,
  pods: readonly Sandbox[],
  bytes: number,
): Promise<readonly number[]> {
  const before = await Promise.all(pods.map(receivedBytes));
  const received = async (): Promise<readonly number[]> =>
    (await Promise.all(pods.map(receivedBytes))).map((now, index) => now - (before[index] ?? 0));
  const streams = await Promise.all(pods.map((pod) => startStream(lab, from, pod)));
  try {
    return await waitUntil(`${pods[0]?.name} got ${bytes} bytes`, async () => {
      const counts = await received();
      return (counts[0] ?? 0) >= bytes && counts;
    });
  } finally {
    await Promise.all(streams.flat().map((process) => process.stop('SIGKILL')));
  }
}

async function startStream(lab: Lab, from: Vantage, to: Sandbox): Promise<readonly LabProcess[]> {
  const start = (what: string, namespace: Vantage, ...addresses: readonly string[]) =>
    LabProcess.start({
      name: `${what} of ${to.name}`,
      lab: lab.id,
      namespace,
      argv: ['socat', '-u', ...addresses],
      log: `${lab.folder}/${what}-${to.id}.log`,
    });
  return [
    await start('sink', to, `TCP-LISTEN:${port},reuseaddr`, '/dev/null'),
    await start('source', from, '/dev/zero', targetAt(to.ip)),
  ];
}

const targetAt = (address: string): string => `TCP:${address}:${port},retry=50,interval=0.1`;

async function receivedBytes(pod: Sandbox): Promise<number> {
  const text = await pod.must(['ip', '-json', '-statistics', 'link', 'show', 'eth0']);
  const [link] = JSON.parse(text) as [{ readonly stats64: { readonly rx: { bytes: number } } }];
  return link.stats64.rx.bytes;
}
