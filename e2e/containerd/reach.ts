import { type Lab, LabProcess, must, waitUntil } from '../lab/index.js';
import type { Sandbox } from './sandbox.js';

/** Where TCP servers of pods listen unless told otherwise. */
export const serverPort = 8080;

/** Any place that commands run in: a sandbox, a namespace of the lab. */
export interface Vantage {
  readonly enter: (argv: readonly string[]) => readonly string[];
}

/** Sends two echo requests from one pod to another; both must be answered. */
export async function reachByPing(from: Vantage, to: Sandbox): Promise<void> {
  await must(from.enter(['ping', '-n', '-c', '2', '-i', '0.05', '-W', '2', to.ip]));
}

/** Starts in a pod a TCP server that tells whoever connects the address it is seen under; it ends with the lab. */
export function serve(lab: Lab, pod: Sandbox): Promise<void> {
  const listener = `TCP-LISTEN:${serverPort},fork,reuseaddr`;
  return listen(lab, pod, ['-U', listener, 'SYSTEM:echo $SOCAT_PEERADDR'], '-Hltn');
}

/** Starts in a pod a UDP server that answers whatever it is sent with the address it came from; it ends with the lab. */
export function serveUdp(lab: Lab, pod: Sandbox): Promise<void> {
  const listener = `UDP-LISTEN:${serverPort},fork,reuseaddr`;
  // It reads first: socat gives up, answer and all, on a command that closes its input.
  return listen(lab, pod, [listener, 'SYSTEM:read question; echo $SOCAT_PEERADDR'], '-Hlun');
}

async function listen(
  lab: Lab,
  pod: Sandbox,
  addresses: readonly string[],
  ssFlags: string,
): Promise<void> {
  const isListening = async (): Promise<boolean> =>
    (await pod.must(['ss', ssFlags, `sport = :${serverPort}`])) !== '';
  if (await isListening()) return;
  const server = await LabProcess.start({
    name: `server in ${pod.name}`,
    lab: lab.id,
    namespace: pod,
    // The shell that SYSTEM starts sees the peer in its environment.
    argv: ['socat', ...addresses],
    log: `${lab.folder}/server-${pod.id}.log`,
  });
  await waitUntil(`the server in ${pod.name} listens`, () => {
    if (server.exit) throw new Error(`socat ended: ${server.lastWords()}`);
    return isListening();
  });
}

/** Connects to an address and port; answers with what the server there said. */
export async function ask(from: Vantage, ip: string, port: number): Promise<string> {
  const target = `TCP:${ip}:${port},connect-timeout=3`;
  return (await must(from.enter(['socat', '-T5', '-u', target, 'STDOUT']))).trim();
}

/** Connects from one pod to a server in another; answers with the address that the server saw. */
export async function reachByTcp(lab: Lab, from: Sandbox, to: Sandbox): Promise<string> {
  await serve(lab, to);
  return ask(from, to.ip, serverPort);
}
