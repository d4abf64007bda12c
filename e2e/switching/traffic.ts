import { readFileSync, statSync } from 'node:fs';
import { type Lab, LabProcess, type Place, type Pod, waitUntil } from '../lab/index.js';

/** Milliseconds from one probe to the next. */
export const every = 20;

/** Pings from a pod or node to another. */
export interface Probe {
  readonly what: string;
  readonly log: string;
  readonly process: LabProcess;
}

/** Begins to ping. */
export async function startProbe(
  lab: Lab,
  { name, namespace }: Place,
  to: { readonly name: string; readonly ip: string },
): Promise<Probe> {
  const what = `${name} to ${to.name}`;
  const log = `${lab.folder}/ping-${name}-${to.name}.log`;
  const argv = ['ping', '-n', '-i', String(every / 1000), to.ip];
  return {
    what,
    log,
    process: await LabProcess.start({ name: what, lab: lab.id, namespace, argv, log }),
  };
}

/** A TCP connection over which something goes all the time, in packets as large as it can. */
export interface Stream {
  readonly sender: LabProcess;
  readonly receiver: LabProcess;
  /** Bytes that have arrived. */
  readonly arrived: () => number;
}

/** Connects two pods: some 20 kB every 20 ms. */
export async function startStream(lab: Lab, from: Pod, to: Pod): Promise<Stream> {
  const file = `${lab.folder}/stream`;
  const start = (pod: Pod, name: string, command: string) =>
    LabProcess.start({
      name,
      lab: lab.id,
      namespace: pod.namespace,
      argv: ['sh', '-c', command],
      log: `${lab.folder}/${name}.log`,
    });
  const receiver = await start(to, 'receiver', `exec socat -u TCP-LISTEN:9000 CREATE:${file}`);
  await waitUntil('the receiver listens', async () =>
    (await to.namespace.must(['ss', '-Hltn'])).includes(':9000'),
  );
  const chunks = `while head -c 20000 /dev/zero; do sleep 0.02; done`;
  const sender = await start(from, 'sender', `{ ${chunks}; } | exec socat -u - TCP:${to.ip}:9000`);
  return { sender, receiver, arrived: () => statSync(file, { throwIfNoEntry: false })?.size ?? 0 };
}

/** Waits until every probe and the stream have got through once more. */
export async function alive(probes: readonly Probe[], stream: Stream): Promise<void> {
  const before = probes.map(({ log }) => answers(log).length);
  const bytes = stream.arrived();
  await waitUntil('all probes are answered', () =>
    probes.every(({ log }, i) => answers(log).length > (before[i] ?? 0) + 10),
  );
  await waitUntil('the stream goes on', () => stream.arrived() > bytes + 100_000);
}

/** Sequence numbers of the probes that were answered. */
export function answers(log: string): readonly number[] {
  const lines = readFileSync(log, 'utf8').matchAll(/bytes from .*icmp_seq=(\d+)/g);
  return [...lines].map(([, number]) => Number(number));
}

/** The most probes in a row that were not answered. */
export function longestGap(log: string): number {
  const numbers = [...answers(log)].sort((a, b) => a - b);
  return Math.max(...numbers.map((number, i) => number - (numbers[i - 1] ?? 0) - 1));
}
