import { availableParallelism } from 'node:os';
import { LabError, LabProcess, type Namespace, waitUntil } from '../../lab/index.js';

/** What is sent: one TCP stream, eight of them, or UDP as fast as it goes. */
export type Traffic = 'tcp1' | 'tcp8' | 'udp';

/** All kinds, in the order of measuring. */
export const traffics: readonly Traffic[] = ['tcp1', 'tcp8', 'udp'];

/**
 * Arguments of iperf3. A UDP datagram of 1,400 bytes fits into every tunnel, so that all contestants send the same packets; TCP takes
 * what its path carries.
 */
const argumentsOf: Readonly<Record<Traffic, readonly string[]>> = {
  tcp1: [],
  tcp8: ['--parallel', '8'],
  udp: ['--udp', '--bitrate', '0', '--length', '1400'],
};

/** Port of the server. */
const port = 5201;

/**
 * What iperf3 says before a transfer, when the server is still at the end of the one before: it turns the client away, or closes its
 * listening socket, and opens another, while the client waits in the queue of the old one. Seen on busy machines.
 */
const notYet =
  /server is busy|unable to (connect to server|send cookie to server|receive control message): Connection (refused|reset)/;

/** What one transfer came to. */
export interface Transfer {
  /** What the receiver got of the payload, Gbit/s. */
  readonly rate: number;
  /** How busy sender and receiver were, in processors: 1 is all of one. What the kernel does in softirqs for them counts in part. */
  readonly processors: number;
  /** Datagrams that were sent and not received, as a share; 0 for TCP. */
  readonly lost: number;
}

/** Where a transfer goes. */
export interface Receiver {
  readonly namespace: Namespace;
  readonly ip: string;
}

/** Starts a server that ends with its lab. */
export async function startServer(
  { namespace, ip }: Receiver,
  lab: { readonly id: string; readonly folder: string },
): Promise<void> {
  const server = await LabProcess.start({
    name: `iperf3 ${namespace.name}`,
    lab: lab.id,
    namespace,
    argv: ['iperf3', '--server', '--bind', ip, '--port', String(port)],
    log: `${lab.folder}/iperf3-${namespace.name}.log`,
  });
  await waitUntil(`iperf3 of ${namespace.name} listens`, async () => {
    if (server.exit) throw new LabError(`iperf3 ended: ${server.lastWords()}`);
    return (await namespace.must(['ss', '-Hltn', `sport = :${port}`])) !== '';
  });
}

/**
 * Sends for so many seconds. The first half second, in which TCP finds its window, is left out.
 *
 * @throws LabError with what iperf3 said, when it fails or nothing arrived
 */
export async function transfer(
  from: Namespace,
  to: Receiver,
  traffic: Traffic,
  seconds: number,
): Promise<Transfer> {
  const where = `iperf3 from ${from.name} to ${to.ip}`;
  const argv = [
    ...['iperf3', '--client', to.ip, '--port', String(port), '--json', '--connect-timeout', '3000'],
    ...['--time', String(seconds), '--omit', '0.5', ...argumentsOf[traffic]],
  ];
  const { status, stdout, stderr } = await waitUntil(`${where} finds the server free`, async () => {
    const finished = await from.execute(argv);
    return notYet.test(errorIn(finished.stdout) ?? '') ? undefined : finished;
  });
  if (status !== 0) throw new LabError(`${where}: ${errorIn(stdout) ?? stderr.trim()}`);
  const transferred = readTransfer(stdout);
  if (transferred.rate > 0) return transferred;
  throw new LabError(`${where}: nothing arrived`);
}

/**
 * Reads the document that iperf3 prints (`--json`).
 *
 * @throws LabError with what iperf3 said when it has no result, which it may say with exit status 0
 */
export function readTransfer(text: string): Transfer {
  const { end, error } = JSON.parse(text) as IperfDocument;
  if (!end?.sum_received || !end.cpu_utilization_percent)
    throw new LabError(`iperf3 has no result: ${error ?? text}`);
  const { host_total: sender, remote_total: receiver } = end.cpu_utilization_percent;
  const { bits_per_second: rate, lost_percent: lost = 0 } = end.sum_received;
  return { rate: rate / 1e9, processors: (sender + receiver) / 100, lost: lost / 100 };
}

function errorIn(text: string): string | undefined {
  try {
    return (JSON.parse(text) as { readonly error?: string }).error;
  } catch {
    return undefined;
  }
}

/** As far as it is read here. */
interface IperfDocument {
  readonly error?: string;
  readonly end?: {
    readonly sum_received?: { readonly bits_per_second: number; readonly lost_percent?: number };
    readonly cpu_utilization_percent?: {
      readonly host_total: number;
      readonly remote_total: number;
    };
  };
}

/** How many processors there are for sender, receiver, and what lies between them. */
export const processors = availableParallelism();
