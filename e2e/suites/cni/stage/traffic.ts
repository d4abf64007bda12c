import { type Namespace, waitUntil } from '../../../lab/index.js';
import type { Stage } from './stage.js';

/** Transports that programs of the suite speak. */
export type Transport = 'tcp' | 'udp' | 'sctp';

/** What a server answers. */
export interface Heard {
  /** Name of the server that answered. */
  readonly server: string;
  /** Address of the client as the server saw it. */
  readonly client: string;
}

const listeners = { tcp: 'TCP6-LISTEN', udp: 'UDP6-RECVFROM', sctp: 'SCTP6-LISTEN' } as const;
const states = { tcp: '-ltn', udp: '-lun', sctp: '-lSn' } as const;

/**
 * Starts a server, of both families, that answers whoever calls with its own name and the address that it is seen
 * under; waits until it listens. It ends with the scenario.
 */
export async function serve(
  stage: Stage,
  namespace: Namespace,
  { transport, port, name }: { transport: Transport; port: number; name: string },
): Promise<void> {
  const listen = `${listeners[transport]}:${port},ipv6only=0,reuseaddr,fork`;
  // It reads before it answers: socat gives up an answer when the request finds nobody who reads it.
  await stage.start(namespace, ['socat', listen, `SYSTEM:read _; echo ${name} $SOCAT_PEERADDR`]);
  await waitUntil(`${name} listens on ${transport} port ${port}`, async () => {
    const sockets = await namespace.must(['ss', '-H', states[transport], `sport = :${port}`]);
    return sockets.trim() !== '';
  });
}

/**
 * Calls a server.
 *
 * @param options `sourcePort` makes several calls one flow
 * @returns undefined when nobody answers
 */
export async function ask(
  from: Namespace,
  target: { readonly transport: Transport; readonly ip: string; readonly port: number },
  options: { readonly sourcePort?: number } = {},
): Promise<Heard | undefined> {
  const host = target.ip.includes(':') ? `[${target.ip}]` : target.ip;
  const source = options.sourcePort ? `,sourceport=${options.sourcePort},reuseaddr` : '';
  const kind = target.transport.toUpperCase();
  const timeout = target.transport === 'tcp' ? ',connect-timeout=2' : '';
  const address = `${kind}:${host}:${target.port}${source}${timeout}`;
  // -t: how long to wait for the answer after the request has ended.
  const { stdout } = await from.execute(['socat', '-t1', '-T2', '-', address], { input: '?\n' });
  const [, server, client] = /^(\S+) (\S+)$/m.exec(stdout) ?? [];
  return server && client ? { server, client: plainAddress(client) } : undefined;
}

/** `[0000:…:ffff:c0a8:4d0b]`, as socat writes addresses of a socket of both families, in the usual form. */
function plainAddress(text: string): string {
  const plain = text.replace(/^\[|\]$/g, '');
  const mapped = /^(?:0{1,4}:){5}ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/i.exec(plain);
  if (!mapped)
    return new URL(`http://${plain.includes(':') ? `[${plain}]` : plain}`).hostname.replace(
      /^\[|\]$/g,
      '',
    );
  const bytes = mapped.slice(1).flatMap((half) => {
    const value = Number.parseInt(half, 16);
    return [value >> 8, value & 255];
  });
  return bytes.join('.');
}

/** Starts a server that swallows what it is sent; it ends with the scenario. */
export async function swallow(stage: Stage, namespace: Namespace, port: number): Promise<void> {
  await stage.start(namespace, [
    ...['socat', '-u', `TCP-LISTEN:${port},reuseaddr,fork`, 'OPEN:/dev/null'],
  ]);
  await waitUntil(
    `something listens on port ${port}`,
    async () => (await namespace.must(['ss', '-Hltn', `sport = :${port}`])).trim() !== '',
  );
}

/**
 * Sends bytes to a server of {@link swallow} and waits until it has them all.
 *
 * @returns bits per second from the first byte to the server's end of the connection
 */
export async function rateOf(
  from: Namespace,
  { ip, port, bytes }: { readonly ip: string; readonly port: number; readonly bytes: number },
): Promise<number> {
  const program = `
    const socket = require('node:net').connect({ host: ${JSON.stringify(ip)}, port: ${port} });
    let started;
    socket.on('connect', () => { started = performance.now(); socket.end(Buffer.alloc(${bytes})); });
    socket.on('close', () => console.log((performance.now() - started) / 1000));
    socket.resume();`;
  const seconds = Number(
    await from.must([process.execPath, '--eval', program], { timeoutMs: 90_000 }),
  );
  return (bytes * 8) / seconds;
}
