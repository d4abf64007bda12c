import {
  type Family,
  LabProcess,
  mapParallel,
  type Namespace,
  type Place,
  waitUntil,
} from '../lab/index.js';

/** The port that responders listen on. */
const port = 7777;

/** What socat is told of its socket: each family has one of its own. */
const options = { ipv4: 'fork,reuseaddr', ipv6: 'fork,reuseaddr,ipv6-v6only=1' } as const;

/** How many to start at once. */
const parallel = 4;

/** Where a responder is, and which family it serves. */
export interface ResponderPlace extends Place {
  readonly family: Family;
}

/**
 * Starts in each place a server that tells whoever connects the address it is seen under, and waits until all
 * listen. They end with the lab.
 */
export async function startResponders(
  places: readonly ResponderPlace[],
  lab: { readonly id: string; readonly folder: string },
): Promise<void> {
  await mapParallel(places, parallel, async ({ name, namespace, family }) => {
    const listen = { ipv4: 'TCP4-LISTEN', ipv6: 'TCP6-LISTEN' }[family];
    const server = await LabProcess.start({
      name: `responder ${name} ${family}`,
      lab: lab.id,
      namespace,
      // -U: only from the command to the peer. The shell that SYSTEM starts sees the peer in its environment.
      argv: ['socat', '-U', `${listen}:${port},${options[family]}`, 'SYSTEM:echo $SOCAT_PEERADDR'],
      log: `${lab.folder}/responder-${name}-${family}.log`,
    });
    const flag = { ipv4: '-4', ipv6: '-6' }[family];
    await waitUntil(`the responder of ${name} listens`, async () => {
      if (server.exit) throw new Error(`socat of ${name} ended: ${server.lastWords()}`);
      return (await namespace.must(['ss', '-Hltn', flag, `sport = :${port}`])) !== '';
    });
  });
}

/** What a responder said. */
export interface Answer {
  /** The address that it saw; undefined when there was no answer. */
  readonly seen: string | undefined;
  /** Milliseconds from the start of the client to its exit. */
  readonly ms: number;
  /** What the client said when there was no answer. */
  readonly said: string;
}

/** Connects from a namespace to a responder. */
export async function askForOwnAddress(from: Namespace, ip: string): Promise<Answer> {
  const target = `TCP:${hostPart(ip)}:${port},connect-timeout=3`;
  const { stdout, stderr, ms } = await from.execute(['socat', '-T5', '-u', target, 'STDOUT']);
  const seen = stdout.trim() === '' ? undefined : shortest(stdout.trim());
  return { seen, ms, said: stderr.trim().replace(/^.* E /, '') || 'the connection was closed' };
}

const hostPart = (ip: string): string => (ip.includes(':') ? `[${ip}]` : ip);

/** socat writes all digits of an IPv6 address, in brackets; a URL has the shortest form (RFC 5952). */
const shortest = (seen: string): string =>
  seen.startsWith('[') ? new URL(`http://${seen}`).hostname.slice(1, -1) : seen;
